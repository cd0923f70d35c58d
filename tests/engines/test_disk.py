"""The engine on disk beyond the contract: exact ranking, many processes, repair, versions of the format, restoring."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import pytest

from index import Article, Filter
from index.engines import Engine, StorageSize, open_engine, rows
from index.engines.disk import DiskEngine, sqlite
from index.engines.disk.folder import LibraryFolder
from index.engines.disk.lock import hold_lock
from index.engines.disk.member import decode_and_keep_card
from index.engines.disk.rebuild import rebuild
from index.engines.disk.search_index import DamagedSearchIndex, SearchIndex, map_tantivy_errors
from index.engines.disk.store import ArticleStore
from index.engines.disk.writer import StoreWriter
from index.errors import CorruptIndex, EngineUnavailable, IncompatibleIndex, UnknownArticle
from index.language.language import ENGLISH
from index.reading.passages import split
from tests.support.make_library import made
from tests.support.paths import ROOT

ALL = Filter(collections=("default",))
HERE = ALL.collections


def drawn(seed: int, count: int) -> list[Article]:
    """Return articles over a small vocabulary, so that lengths and scores lie close together."""
    chance = random.Random(seed)
    words = [f"w{number}" for number in range(80)]
    weights = [1 / (rank + 2) for rank in range(80)]
    return [
        made(
            [chance.choices(words, weights, k=chance.randint(5, 60)) for _ in range(chance.randint(1, 12))],
            title=f"{n}",
        )
        for n in range(count)
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def engine(folder: Path) -> Iterator[DiskEngine]:
    engine = DiskEngine(str(folder))
    yield engine
    engine.close()


def connection(folder: Path) -> apsw.Connection:
    return apsw.Connection(str(folder / "library.sqlite"))


def index_folder(folder: Path) -> Path:
    (found,) = folder.glob("passages-*")
    return found


# Ranking


def test_hits_are_those_of_the_memory_engine_to_the_bit(engine: DiskEngine) -> None:
    memory = open_engine("memory:")
    articles = drawn(1, 60)
    queries = [random.Random(n).sample([f"w{number}" for number in range(80)], 1 + n % 7) for n in range(60)]
    for each in (memory, engine):
        each.add(articles[:35], "default")
        each.add(articles[35:], "default")
    for terms in [*queries, ["w1", "w1", "w9"]]:
        assert engine.search(terms, 30, ALL) == memory.search(terms, 30, ALL)
        assert engine.search(terms, 3, ALL) == memory.search(terms, 3, ALL)
    for each in (memory, engine):
        for article in articles[5:45:4]:
            each.remove(article.id, "default")
    for terms in queries:
        assert engine.search(terms, 30, ALL) == memory.search(terms, 30, ALL)
        assert engine.statistics(terms) == memory.statistics(terms)


def test_a_filter_of_any_size_gives_the_hits_of_the_memory_engine(
    engine: DiskEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = open_engine("memory:")
    articles = [replace(article, lead=number % 10) for number, article in enumerate(drawn(2, 60))]
    for each in (memory, engine):
        each.add(articles, "default")
    for few in (300, 0):  # the filter inside the query, and over its results
        monkeypatch.setattr("index.engines.disk.search_index._FEW", few)
        for lead in range(10):
            for terms in (["w0", "w3"], ["w70"], ["w1", "w20", "w40"]):
                within = Filter(collections=("default",), lead=lead)
                assert engine.search(terms, 5, within) == memory.search(terms, 5, within)


def test_hundreds_of_equal_scores_are_cut_in_passage_order(engine: DiskEngine) -> None:
    articles = [made([f"alpha tail{number}", "beta"], title=str(number)) for number in range(300)]
    engine.add(articles, "default")
    hits = engine.search(["alpha"], 30, ALL)
    assert [hit.passage.article_id for hit in hits] == [article.id for article in articles[:30]]


def test_collections_that_hold_nothing_are_not_counted_anew(
    engine: DiskEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand chats that added nothing ask as one: counting a large library for each took a third of the answer."""
    articles = drawn(7, 12)
    engine.add(articles[:8], "default")
    engine.add(articles[8:], "chat:1")
    counted: list[Filter] = []
    count = ArticleStore.count
    monkeypatch.setattr(ArticleStore, "count", lambda self, within: counted.append(within) or count(self, within))
    for chat in range(50):
        within = Filter(collections=(f"chat:{chat}", "default"))
        assert engine.count(within) == (12 if chat == 1 else 8)
        found = {hit.passage.article_id for hit in engine.search(["w1", "w2", "w3"], 99, within)}
        assert found <= {article.id for article in (articles if chat == 1 else articles[:8])}
        assert found
    assert len(counted) == 2
    engine.add(articles[:1], "chat:2")
    assert engine.count(Filter(collections=("chat:2", "chat:3"))) == 1
    assert engine.count(Filter(collections=("chat:3",))) == 0
    assert engine.search(["w1", "w2"], 9, Filter(collections=("chat:3",))) == ()


def test_articles_that_are_not_kept_are_read_again(engine: DiskEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.engines.disk.commit_cache._MOST", 2000)
    articles = drawn(3, 30)
    engine.add(articles, "default")
    for article in articles * 2:
        assert engine.article(article.id, HERE) == article
    cache = engine._cache
    assert cache is not None
    assert sum(len(kept.body.text) for kept in cache._loaded.values() if kept) <= 2000 + max(
        len(a.text) for a in articles
    )
    monkeypatch.setattr("index.engines.disk.commit_cache._FILTERS", 2)
    for lead in (0, 1, 2, 3):
        assert bool(engine.search(["w0"], 3, Filter(collections=("default",), lead=lead))) is (lead == 0)


# The file


def test_a_long_list_pushes_out_no_card_that_questions_need(
    engine: DiskEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.add(drawn(5, 7), "default")
    monkeypatch.setattr("index.engines.disk.store._PAGE", 3)
    decode_and_keep_card.cache_clear()
    assert len(list(engine.articles(ALL))) == 7
    assert decode_and_keep_card.cache_info().currsize == 1  # of the last page, which might have been all
    decode_and_keep_card.cache_clear()
    asked = {hit.passage.article_id for hit in engine.search(["w0"], 2, ALL)}
    assert decode_and_keep_card.cache_info().currsize >= len(asked)


def test_cards_just_read_are_those_of_the_file_and_only_of_the_collections_asked(
    engine: DiskEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.engines.disk.engine._FRESH", 3600)
    articles = drawn(5, 6)
    engine.add(articles, "default")
    found = engine.search(["w0"], 30, ALL)
    ids = tuple(dict.fromkeys(hit.passage.article_id for hit in found))
    named = replace(ALL, articles=ids)
    with monkeypatch.context() as patch:
        patch.setattr(ArticleStore, "list_cards", lambda *_: pytest.fail("the file was read once more"))
        quick = list(engine.articles(named))
    with closing(DiskEngine(str(folder))) as other:  # it has read nothing yet
        assert quick == list(other.articles(named))
    assert [card.id for card in quick] == [article.id for article in articles if article.id in ids]
    assert list(engine.articles(replace(named, lead=7))) == []
    assert list(engine.articles(replace(named, collections=("other",)))) == []
    assert list(engine.articles(replace(named, articles=(*ids, "none")))) == quick
    engine.add([made(["apart"], title="apart")], "other")  # from now on not all articles are of the collection
    engine.search(["w0"], 30, ALL)
    engine.search(["w0"], 30, replace(ALL, collections=("other",)))
    assert list(engine.articles(replace(named, collections=("other",)))) == []
    assert list(engine.articles(named)) == quick


@pytest.mark.parametrize(
    "few", [{"articles": ("a", "b")}, {"articles": ("a",)}, {"stories": ("a", "b")}, {"files": ("a",)}]
)
def test_a_few_articles_are_looked_up_instead_of_read_among_all(
    engine: DiskEngine, monkeypatch: pytest.MonkeyPatch, few: dict[str, tuple[str, ...]]
) -> None:
    engine.add(drawn(1, 3), "default")
    store = engine._open()
    assert store is not None
    asked, fetch = [], store._fetch

    def note(statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        asked.append((statement, values))
        return fetch(statement, values)

    monkeypatch.setattr(store, "_fetch", note)
    list(store.list_cards(Filter(collections=("default",), **few)))
    plans = [str(fetch(f"EXPLAIN QUERY PLAN {statement}", values)) for statement, values in asked]
    assert plans
    assert not any("member_order" in plan for plan in plans), plans
    asked.clear()
    list(store.list_cards(ALL))
    whole = [str(fetch(f"EXPLAIN QUERY PLAN {statement}", values)) for statement, values in asked]
    assert not any("TEMP B-TREE" in plan for plan in whole), "all are read in their order, and not sorted"


@pytest.mark.parametrize("fresh", [3600, -1])
def test_what_was_just_read_is_not_read_from_the_file_again(
    engine: DiskEngine, monkeypatch: pytest.MonkeyPatch, fresh: int
) -> None:
    """Whether or not the file was asked meanwhile if it has changed."""
    monkeypatch.setattr("index.engines.disk.engine._FRESH", fresh)
    (article,) = drawn(31, 1)
    engine.add([article], "default")
    for _ in range(2):
        assert engine.article(article.id, HERE) == article
        assert engine.encoder == ""
        for name in ("find_number", "open", "read_encoder"):
            monkeypatch.setattr(ArticleStore, name, lambda *_: pytest.fail("the file was read once more"))


def test_what_others_changed_is_seen_after_the_time_of_one_question(
    engine: DiskEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [8.0]
    monkeypatch.setattr("index.engines.disk.engine.monotonic", lambda: clock[0])
    monkeypatch.setattr("index.engines.disk.engine._FRESH", 0.5)
    gone, stays = drawn(32, 2)
    engine.add([gone, stays], "default")
    assert engine.article(gone.id, HERE) == gone
    assert engine.count(ALL) == 2
    with closing(DiskEngine(str(folder))) as other:
        other.remove(gone.id, "default")
    clock[0] = 8.25
    assert engine.article(gone.id, HERE) == gone
    clock[0] = 8.5
    with pytest.raises(UnknownArticle):
        engine.article(gone.id, HERE)
    assert engine.count(ALL) == 1


def test_an_article_removed_while_it_is_read_is_unknown(
    engine: DiskEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, stays = drawn(33, 2)
    engine.add([gone, stays], "default")
    read = ArticleStore.open

    def remove_first(store: ArticleStore, seq: int) -> object:
        monkeypatch.undo()
        with closing(DiskEngine(str(folder))) as other:
            other.remove(gone.id, "default")
        return read(store, seq)

    monkeypatch.setattr(ArticleStore, "open", remove_first)
    with pytest.raises(UnknownArticle):
        engine.article(gone.id, HERE)


def test_closing_lets_go_of_the_file_though_a_list_is_half_read(engine: DiskEngine, folder: Path) -> None:
    engine.add(drawn(34, 3), "default")
    cards = engine.articles(ALL)
    next(cards)
    for _ in range(2):
        engine.close()
        assert not [each.name for each in folder.glob("library.sqlite-*")], cards
    assert len(engine) == 3, "asked again, it opens the file again"


def test_opening_makes_nothing_and_the_first_article_does(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b" / "library"
    engine = DiskEngine(str(deep))
    assert list(engine.articles(ALL)) == []
    assert engine.collections() == {}
    assert engine.raw("x", HERE) is None
    assert engine.sizes() == StorageSize(text=0, disk=0)
    assert engine.keep("x", b"bytes", "default") is False
    with pytest.raises(UnknownArticle):
        engine.remove("x", "default")
    assert not (tmp_path / "a").exists()
    engine.add([made(["one two."])], "default")
    assert (deep / "library.sqlite").exists()
    engine.close()


def test_no_path_is_the_users_own_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    engine = DiskEngine("")
    engine.add([made(["one two."])], "default")
    engine.close()
    assert list(tmp_path.rglob("library.sqlite"))


def test_a_kill_before_the_first_commit_leaves_an_empty_library(folder: Path) -> None:
    folder.mkdir()
    apsw.Connection(str(folder / "library.sqlite")).execute("PRAGMA journal_mode = WAL").fetchall()
    engine = DiskEngine(str(folder))
    assert len(engine) == 0
    assert engine.add([made(["one two."])], "default") == 1
    engine.close()


def test_another_format_or_analyser_is_refused_untouched(engine: DiskEngine, folder: Path) -> None:
    engine.add([made(["one two."])], "default")
    engine.close()
    for statement, found, way in (
        ("UPDATE meta SET value = 'french-9' WHERE name = 'analyser'", "analyser french-9", "pullquote rebuild"),
        ("PRAGMA user_version = 99", "format 99", "pullquote export"),  # rebuilding would refuse it too
    ):
        file = connection(folder)
        file.execute(statement)
        file.close()
        before = (folder / "library.sqlite").read_bytes()
        with pytest.raises(IncompatibleIndex, match=way) as caught:
            DiskEngine(str(folder))
        assert caught.value.found == found
        assert (folder / "library.sqlite").read_bytes() == before


def test_a_file_that_is_no_library_is_refused_untouched(folder: Path) -> None:
    folder.mkdir()
    file = folder / "library.sqlite"
    file.write_bytes(b"some notes of mine, not a database at all" * 40)
    with pytest.raises(CorruptIndex, match="rebuild"):
        DiskEngine(str(folder))
    for statement in ("PRAGMA application_id = 7", "CREATE TABLE recipes (name)"):
        file.unlink()
        with closing(connection(folder)) as other:
            other.execute(statement)
        with pytest.raises(CorruptIndex, match="another program"):
            DiskEngine(str(folder))
    with pytest.raises(EngineUnavailable, match="cannot be opened"):
        DiskEngine(str(folder / ("too long a name" * 20)))
    taken = folder / "taken"
    taken.write_text("a file")
    with pytest.raises(EngineUnavailable):
        DiskEngine(str(taken)).add([made(["one two."])], "default")


def test_sizes_are_those_of_the_texts_and_of_all_files(engine: DiskEngine, folder: Path) -> None:
    article = made(["one two."])
    engine.add([article], "default")
    sizes = engine.sizes()
    assert sizes.text == len(article.text)
    assert sizes.disk == sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def test_damaged_source_bytes_are_an_error_of_ours(engine: DiskEngine, folder: Path) -> None:
    article = made(["one two."])
    engine.add([article], "default")
    assert engine.keep(article.id, b"<html>" * 1000, "default")
    with closing(apsw.Connection(str(folder / "library.sqlite"))) as connection:
        connection.execute("UPDATE member SET raw = x'00'")
    with pytest.raises(CorruptIndex, match=f"source bytes kept with article {article.id} are damaged"):
        engine.raw(article.id, HERE)
    assert engine.article(article.id, HERE) == article


def test_removed_words_leave_the_file(engine: DiskEngine, folder: Path) -> None:
    engine.add([made(["the canary xylophone sang."]), made(["others stay."])], "default")
    secret = made(["the canary xylophone sang."])
    engine.remove(secret.id, "default")
    engine.close()
    assert b"xylophone" not in (folder / "library.sqlite").read_bytes()


# Two processes


def run(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )


HOLDING = """
import sys
from pathlib import Path
from index.engines.disk.lock import hold_lock
with hold_lock(Path(sys.argv[1]), "disk:"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_writer_hears_who_writes_and_reading_goes_on(engine: DiskEngine, folder: Path) -> None:
    articles = drawn(4, 3)
    engine.add(articles[:2], "default")
    with run(HOLDING, str(folder)) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        while_another_writes(engine, folder, articles, other.pid)
        other.send_signal(signal.SIGKILL)  # a dead owner leaves no lock behind
        other.wait()
        assert engine.add(articles[2:], "default") == 1


def while_another_writes(engine: DiskEngine, folder: Path, articles: list[Article], pid: int) -> None:
    with pytest.raises(EngineUnavailable, match=rf"in use by process {pid}, since 20\d\d-.*try again"):
        engine.add(articles[2:], "default")
    with pytest.raises(EngineUnavailable, match="in use"):
        engine.remove(articles[0].id, "default")
    assert engine.search(["w0"], 5, ALL)
    fresh = DiskEngine(str(folder))
    assert fresh.search(["w0"], 5, ALL) == engine.search(["w0"], 5, ALL)
    fresh.close()


def test_a_note_that_cannot_be_read_names_nobody(tmp_path: Path) -> None:
    with hold_lock(tmp_path, "disk:x"):
        assert (tmp_path / "writer.json").stat().st_mode & 0o077 == 0
        (tmp_path / "writer.json").write_text("{")
        with pytest.raises(EngineUnavailable, match="another process"), hold_lock(tmp_path, "disk:x", wait=0):
            raise AssertionError("two writers")
    with hold_lock(tmp_path, "disk:x", wait=0):
        assert json.loads((tmp_path / "writer.json").read_text())["pid"] == os.getpid()
    assert not (tmp_path / "writer.json").exists()


def test_readers_see_what_others_commit(engine: DiskEngine, folder: Path) -> None:
    articles = drawn(5, 4)
    reader = DiskEngine(str(folder))
    assert len(reader) == 0
    engine.add(articles[:2], "default")
    assert {hit.passage.article_id for hit in reader.search(["w0", "w1"], 99, ALL)} == {a.id for a in articles[:2]}
    engine.add(articles[2:], "default")
    engine.remove(articles[0].id, "default")
    assert {hit.passage.article_id for hit in reader.search(["w0", "w1"], 99, ALL)} == {a.id for a in articles[1:]}
    assert len(reader) == 3
    with pytest.raises(UnknownArticle):
        reader.article(articles[0].id, HERE)
    reader.close()


def test_a_thread_does_not_wait_for_one_that_adds(engine: DiskEngine) -> None:
    articles = drawn(6, 3)
    engine.add(articles[:1], "default")

    def searching() -> Iterator[Article]:
        yield articles[1]
        assert len(engine.search(["w0", "w1", "w2"], 99, ALL)) == len(split(articles[0]))
        assert len(engine) == 1
        yield articles[2]

    assert engine.add(searching(), "default") == 2
    assert len(engine) == 3


# The search index follows


def behind(folder: Path, seqs: list[int]) -> None:
    """Note articles as missing from the search index, as a kill between the two commits leaves them."""
    file = connection(folder)
    file.executemany("INSERT OR IGNORE INTO change VALUES (?)", [(seq,) for seq in seqs])
    file.close()


def test_what_is_noted_is_caught_up_without_twins(engine: DiskEngine, folder: Path) -> None:
    articles = drawn(7, 5)
    engine.add(articles, "default")
    before = engine.search(["w0", "w4"], 99, ALL)
    engine.close()
    behind(folder, [2, 5, 77])
    again = DiskEngine(str(folder))
    assert again.search(["w0", "w4"], 99, ALL) == before
    file = connection(folder)
    assert not file.execute("SELECT * FROM change").fetchall()
    file.close()
    again.close()


@pytest.mark.parametrize("damage", ["gone", "empty", "truncated", "foreign", "meta"])
def test_a_damaged_search_index_is_made_anew_unasked(engine: DiskEngine, folder: Path, damage: str) -> None:
    articles = drawn(8, 6)
    engine.add(articles, "default")
    before = engine.search(["w0", "w4"], 99, ALL)
    engine.close()
    place = index_folder(folder)
    if damage == "gone":
        shutil.rmtree(place)
    elif damage == "empty":
        for file in place.iterdir():
            file.unlink()
    elif damage == "truncated":
        for file in place.glob("*.idx"):  # in another's place: what cuts a mapped file short may end this process
            short = file.with_name("short")
            short.write_bytes(file.read_bytes()[:-30])
            short.replace(file)
    elif damage == "meta":
        (place / "meta.json").write_text("{}")
    else:
        other = DiskEngine(str(folder.with_name("other")))
        other.add(drawn(9, 3), "default")
        other.close()
        shutil.rmtree(place)
        index_folder(folder.with_name("other")).rename(place)
    again = DiskEngine(str(folder))
    assert again.search(["w0", "w4"], 99, ALL) == before
    assert again.statistics(["w0"]).frequency == engine_statistics(articles, "w0")
    again.close()
    assert len(list(folder.glob("passages-*"))) == 1
    third = DiskEngine(str(folder))
    assert third.add(drawn(10, 1), "default") == 1
    third.close()


def kill_writer(folder: Path, article: Article) -> None:
    """Leave an article as a writer does that is killed before the search index has it."""
    with closing(StoreWriter(folder / "library.sqlite", "disk:")) as writer, writer.transaction():
        writer.put(article, "default")


def test_opening_finishes_what_a_killed_writer_began(engine: DiskEngine, folder: Path) -> None:
    articles = drawn(35, 2)
    engine.add(articles[:1], "default")
    engine.close()
    kill_writer(folder, articles[1])
    place = index_folder(folder)
    with closing(DiskEngine(str(folder))) as again:
        assert [card.id for card in again.articles(ALL)] == [article.id for article in articles]
        assert len(again.search(["w0", "w1", "w2"], 99, ALL)) == sum(len(split(article)) for article in articles)
    assert index_folder(folder) == place, "the index was made anew instead of completed"


def test_a_damaged_article_that_a_killed_writer_left_is_told_of(engine: DiskEngine, folder: Path) -> None:
    bad, good, gone = made(["alpha Beta gamma here"]), made(["alpha delta epsilon"]), made(["alpha once"])
    engine.add([bad, good, gone], "default")
    engine.close()
    flip(folder, b"alpha Beta")
    behind(folder, [1, 99])  # the last was removed
    place = index_folder(folder)
    with closing(DiskEngine(str(folder))) as again:
        assert {hit.passage.article_id for hit in again.search(["alpha"], 9, ALL)} == {good.id, gone.id}
        assert again.unread(["alpha"], ALL) == (bad.id,)
        again.remove(gone.id, "default")
        assert [hit.passage.article_id for hit in again.search(["alpha"], 9, ALL)] == [good.id]
        assert again.unread(["alpha"], ALL) == (bad.id,)
    with closing(ArticleStore(folder / "library.sqlite", "disk:")) as store:
        assert store.list_left_out() == {1}
    assert index_folder(folder) == place, "one damaged article must not have the index made anew at each change"


def test_a_writer_finishes_what_a_killed_one_began_and_else_trusts_its_index(
    engine: DiskEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = drawn(36, 4)
    looked: list[LibraryFolder] = []
    catch_up = LibraryFolder._catch_up
    monkeypatch.setattr(LibraryFolder, "_catch_up", lambda self, *more: looked.append(self) or catch_up(self, *more))
    for article in articles[:2]:
        engine.add([article], "default")
    assert len(looked) == 1, "the first time it writes"
    kill_writer(folder, articles[2])
    engine.add(articles[3:], "default")
    assert len(looked) == 2
    found = {hit.passage.article_id for hit in engine.search(["w0", "w1", "w2"], 99, ALL)}
    assert found == {article.id for article in articles}


def test_only_a_search_opens_the_search_index_and_once(
    engine: DiskEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (article,) = drawn(37, 1)
    engine.add([article], "default")
    engine.close()
    opened: list[ArticleStore] = []
    really = LibraryFolder.open_search_index
    monkeypatch.setattr(LibraryFolder, "open_search_index", lambda self, at: opened.append(at) or really(self, at))
    verified: list[Path] = []
    monkeypatch.setattr("index.engines.disk.search_index.verify_checksums", lambda at, *_: verified.append(at))
    with closing(DiskEngine(str(folder))) as reader:
        assert reader.article(article.id, HERE) == article
        assert list(reader.articles(ALL)) == [article.card]
        assert (len(reader), reader.count(ALL), reader.collections()) == (1, 1, {"default": 1})
        assert opened == []
        for _ in range(2):
            assert reader.search(["w0"], 5, ALL)
        assert len(opened) == 1
        with closing(DiskEngine(str(folder))) as other:
            other.add(drawn(44, 1), "default")
        verified.clear()
        assert len(reader.search(["w0"], 99, ALL)) > 1
        assert (len(opened), verified) == (2, [])  # what this process has verified it does not verify again


@pytest.mark.parametrize(("is_there", "seconds"), [(True, 0.0), (False, 0.8)])
def test_a_reader_waits_for_a_writer_only_where_it_has_no_index_to_search(
    engine: DiskEngine, folder: Path, monkeypatch: pytest.MonkeyPatch, is_there: bool, seconds: float
) -> None:
    engine.add(drawn(38, 2), "default")
    engine.close()
    behind(folder, [1])
    if not is_there:
        shutil.rmtree(index_folder(folder))
    waits = []

    def in_use(*_: object, wait: float) -> None:
        waits.append(wait)
        raise EngineUnavailable("disk:", "in use by another process")

    monkeypatch.setattr("index.engines.disk.lock.hold_lock", in_use)
    with closing(DiskEngine(str(folder))) as reader:
        assert reader.search(["w0", "w1", "w2"], 99, ALL)
    assert set(waits) == {seconds}


def test_a_flipped_bit_in_the_search_index_is_found_when_it_is_first_opened(engine: DiskEngine, folder: Path) -> None:
    engine.add(drawn(42, 5), "default")
    before = engine.search(["w0", "w1"], 99, ALL)
    engine.close()
    for kind in ("*.fieldnorm", "*.fast"):  # lengths and places: tantivy would answer, only wrongly
        place = index_folder(folder)
        (file,) = place.glob(kind)
        data = bytearray(file.read_bytes())
        data[0] ^= 1
        file.write_bytes(data)
        with closing(DiskEngine(str(folder))) as again:
            assert again.search(["w0", "w1"], 99, ALL) == before
        assert index_folder(folder) != place


def test_an_index_that_lacks_more_than_is_noted_is_made_anew(engine: DiskEngine, folder: Path) -> None:
    articles = drawn(43, 3)
    engine.add(articles[:1], "default")
    place = index_folder(folder)
    shutil.copytree(place, folder / "old")
    engine.add(articles[1:], "default")
    engine.close()
    shutil.rmtree(place)
    (folder / "old").rename(place)
    behind(folder, [3])
    with closing(DiskEngine(str(folder))) as again:
        found = {hit.passage.article_id for hit in again.search(["w0", "w1", "w2"], 99, ALL)}
    assert found == {article.id for article in articles}


def test_a_batch_that_breaks_off_is_not_in_the_way_of_the_next(engine: DiskEngine, folder: Path) -> None:
    articles = drawn(39, 3)
    engine.add(articles[:1], "default")
    before = index_folder(folder)

    def broken() -> Iterator[Article]:
        yield articles[1]
        raise ValueError("broken on purpose")

    with pytest.raises(ValueError, match="on purpose") as caught:
        engine.add(broken(), "default")
    assert engine.add(articles[2:], "default") == 1, caught  # the error is at hand, and with it what wrote the index
    found = {hit.passage.article_id for hit in engine.search(["w0", "w1", "w2"], 99, ALL)}
    assert found == {articles[0].id, articles[2].id}
    assert index_folder(folder) == before, "the search index had to be made anew"


def engine_statistics(articles: list[Article], term: str) -> dict[str, int]:
    return {term: sum(term in passage.terms for article in articles for passage in split(article))}


@pytest.mark.parametrize("more", [[], ["alpha three.", "alpha four.", "alpha five."]])
def test_an_index_of_other_articles_with_the_same_count_is_found_out(
    engine: DiskEngine, folder: Path, more: list[str]
) -> None:
    """By a passage without the word that was looked for, or by one that the article does not have."""
    articles = [made(["alpha one."]), made(["beta two.", *more])]
    engine.add(articles, "default")
    before = engine.search(["alpha"], 5, ALL)
    engine.close()
    other = DiskEngine(str(folder.with_name("other")))
    other.add(articles[::-1], "default")
    other.close()
    place = index_folder(folder)
    shutil.rmtree(place)
    shutil.copytree(index_folder(folder.with_name("other")), place)
    again = DiskEngine(str(folder))
    assert again.search(["alpha"], 5, ALL) == before
    again.close()


def test_a_damaged_index_is_found_while_adding_and_the_batch_stays(engine: DiskEngine, folder: Path) -> None:
    articles = drawn(11, 4)
    engine.add(articles[:2], "default")
    (index_folder(folder) / "meta.json").write_text("{}")
    assert engine.add(articles[2:], "default") == 2
    found = {hit.passage.article_id for hit in engine.search(["w0", "w1", "w2"], 99, ALL)}
    assert found == {article.id for article in articles}


def test_a_batch_whose_indexing_fails_is_still_found(
    engine: DiskEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = drawn(12, 4)
    engine.add(articles[:2], "default")
    for name in ("add", "commit"):

        def failing(*_: object) -> None:
            monkeypatch.undo()
            raise DamagedSearchIndex("disk:", "broken on purpose")

        monkeypatch.setattr(f"index.engines.disk.search_index.SearchIndexWriter.{name}", failing)
        assert engine.add([articles[2 if name == "add" else 3]], "default") == 1
        with closing(ArticleStore(folder / "library.sqlite", "disk:")) as store:
            assert not store.is_behind(), "who cannot write could not find it"
    found = {hit.passage.article_id for hit in engine.search(["w0", "w1", "w2"], 99, ALL)}
    assert found == {article.id for article in articles}


def test_a_batch_that_cannot_be_indexed_is_taken_back(engine: DiskEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    articles = drawn(13, 3)
    engine.add(articles[:1], "other")
    engine.add(articles[1:2], "default")

    def full(*_: object) -> None:
        raise EngineUnavailable("disk:", "no room")

    monkeypatch.setattr("index.engines.disk.search_index.SearchIndexWriter.commit", full)
    with pytest.raises(EngineUnavailable):
        engine.add([articles[0], articles[2]], "default")
    monkeypatch.undo()
    assert [card.id for card in engine.articles(ALL)] == [articles[1].id]
    assert len(engine) == 2
    assert engine.add([articles[0], articles[2]], "default") == 2
    assert len(engine.search(["w0", "w1", "w2"], 99, ALL)) == sum(len(split(article)) for article in articles)


def test_removing_most_of_a_library_makes_the_index_anew(engine: DiskEngine, folder: Path) -> None:
    engine.add([made([f"w{number} alpha."] * 400) for number in range(8)], "default")
    before = index_folder(folder).name
    for card in list(engine.articles(ALL))[:7]:
        engine.remove(card.id, "default")
    assert index_folder(folder).name != before
    assert engine.statistics(["alpha"]).frequency == {"alpha": 200}


def test_tantivys_panics_and_passing_troubles_are_told_apart() -> None:
    class PanicException(BaseException):
        pass

    for error, kind in (
        (PanicException("assertion failed"), DamagedSearchIndex),
        (ValueError("An IO error: 'No space left on device (os error 28)'"), EngineUnavailable),
        (ValueError("Input/output error (os error 5)"), sqlite.DiskFailed),
        (MemoryError(), EngineUnavailable),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ):
        with pytest.raises(kind), map_tantivy_errors("disk:x", None):
            raise error


def test_an_index_thrown_away_under_a_reader_is_stale(engine: DiskEngine, folder: Path) -> None:
    engine.add(drawn(14, 2), "default")
    ranker = SearchIndex(index_folder(folder), "disk:")
    assert not ranker.is_stale()
    before = engine.search(["w0"], 9, ALL)
    shutil.rmtree(index_folder(folder))
    assert ranker.is_stale()
    assert engine.search(["w0"], 9, ALL) == before
    assert index_folder(folder).exists()


# Errors of SQLite


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (apsw.FullError, EngineUnavailable, "room"),
        (apsw.BusyError, EngineUnavailable, "busy"),
        (apsw.ReadOnlyError, EngineUnavailable, "rights"),
        (apsw.CorruptError, CorruptIndex, "rebuild"),
        (apsw.NotADBError, CorruptIndex, "rebuild"),
        (apsw.NoMemError, EngineUnavailable, "memory"),
    ],
)
def test_errors_of_sqlite_become_ours(error: type[apsw.Error], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words), sqlite.map_sqlite_errors("disk:x"):
        raise error("boom")


def test_only_a_failed_fsync_is_the_end_of_writing() -> None:
    for code, is_end in (
        (apsw.SQLITE_IOERR_FSYNC, True),
        (apsw.SQLITE_IOERR_DIR_FSYNC, True),
        (apsw.SQLITE_IOERR_READ, False),
    ):
        with pytest.raises(EngineUnavailable, match="the disk failed") as caught, sqlite.map_sqlite_errors("disk:x"):
            raise apsw.exception_for(code)
        assert isinstance(caught.value, sqlite.DiskFailed) is is_end


@pytest.mark.parametrize("is_adding", [True, False])
def test_after_a_failed_fsync_nothing_more_is_acknowledged(
    engine: DiskEngine, monkeypatch: pytest.MonkeyPatch, is_adding: bool
) -> None:
    articles = drawn(15, 3)
    engine.add(articles[: 1 if is_adding else 2], "default")

    def failing(*_: object) -> None:
        raise sqlite.DiskFailed("disk:x", "fsync failed")

    monkeypatch.setattr("index.engines.disk.search_index.sync_folder", failing)
    with pytest.raises(EngineUnavailable, match="fsync failed"):
        engine.add(articles[1:2], "default") if is_adding else engine.remove(articles[1].id, "default")
    monkeypatch.undo()
    with pytest.raises(EngineUnavailable, match="start again"):
        engine.add(articles[2:], "default")
    assert engine.article(articles[0].id, HERE) == articles[0]
    again = DiskEngine(engine.address.removeprefix("disk:"))
    assert again.add(articles[1:], "default") == 2
    again.close()


def test_too_little_room_is_told_before_anything_is_written(
    engine: DiskEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.add(drawn(16, 1), "default")
    usage = shutil.disk_usage(".")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=100))
    with pytest.raises(EngineUnavailable, match="room"):
        engine.add(drawn(17, 2), "default")
    monkeypatch.undo()
    assert len(engine) == 1


def test_on_a_full_disk_the_reserve_makes_room_to_remove(
    engine: DiskEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = drawn(18, 2)
    engine.add(articles, "default")
    assert (folder / "reserve").stat().st_size == 1 << 20
    remove = engine._folder._remove
    failures = []

    def full_once(article_id: str, collection: str) -> None:
        if not failures:
            failures.append(article_id)
            raise EngineUnavailable("disk:", "no room is left")
        remove(article_id, collection)

    monkeypatch.setattr(engine._folder, "_remove", full_once)
    with pytest.raises(EngineUnavailable):  # the disk is not full: the trouble is another
        engine.remove(articles[0].id, "default")
    failures.clear()
    usage = shutil.disk_usage(".")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=0))
    engine.remove(articles[0].id, "default")
    monkeypatch.undo()
    assert len(engine) == 1
    assert not (folder / "reserve").exists()


def test_on_a_full_disk_the_reserve_makes_room_to_read(
    engine: DiskEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.add(drawn(40, 2), "default")
    engine.close()
    connect, failures = sqlite.connect_reader, []

    def full_once(file: Path) -> apsw.Connection:
        if not failures:
            failures.append(file)
            raise apsw.FullError("no room for what readers share")
        return connect(file)

    monkeypatch.setattr(sqlite, "connect_reader", full_once)
    with pytest.raises(EngineUnavailable, match="no room"):  # the disk is not full: the trouble is another
        DiskEngine(str(folder))
    failures.clear()
    usage = shutil.disk_usage(".")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=0))
    with closing(DiskEngine(str(folder))) as reader:
        assert len(reader) == 2
    assert not (folder / "reserve").exists()


def test_nothing_is_written_into_a_library_that_another_version_took_over(engine: DiskEngine, folder: Path) -> None:
    articles = drawn(41, 2)
    engine.add(articles[:1], "default")
    with closing(connection(folder)) as file:
        file.execute("UPDATE meta SET value = 'french-9' WHERE name = 'analyser'")
    with pytest.raises(IncompatibleIndex, match="french-9"):
        engine.add(articles[1:], "default")
    with closing(connection(folder)) as file:
        assert file.execute("SELECT id FROM article").fetchall() == [(articles[0].id,)]


# Damage and restoring


def flip(folder: Path, words: bytes) -> None:
    """Flip one bit in the file where the words stand."""
    file = folder / "library.sqlite"
    data = bytearray(file.read_bytes())
    at = data.index(words)
    data[at] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize("part", [b"alpha beta gamma here", b"alpha beta gamma her\n", b'"Marked title"'])
def test_a_flipped_bit_is_never_quoted_and_silences_one_article_only(
    engine: DiskEngine, folder: Path, part: bytes
) -> None:
    bad, good = made(["alpha Beta gamma here", "alpha beta"], title="Marked title"), made(["alpha delta epsilon"])
    if part.endswith(b"\n"):
        part = b"alpha beta gamma here\nalpha beta"  # the terms, one line a sentence
    elif part.startswith(b"alpha"):
        part = b"alpha Beta gamma here"
    engine.add([bad, good], "default")
    engine.close()
    flip(folder, part)
    again = DiskEngine(str(folder))
    with pytest.raises(CorruptIndex, match=f"{bad.id} is damaged"):
        again.article(bad.id, HERE)
    assert [hit.passage.article_id for hit in again.search(["alpha"], 9, ALL)] == [good.id]
    assert again.article(good.id, HERE) == good
    again.remove(bad.id, "default")
    assert again.add([bad], "default") == 1
    assert again.article(bad.id, HERE) == bad
    again.close()


def test_a_search_for_nothing_comes_upon_nothing_damaged(engine: DiskEngine, folder: Path) -> None:
    bad, good = made(["alpha Beta gamma here"]), made(["alpha delta epsilon"])
    engine.add([bad, good], "default")
    engine.close()
    flip(folder, b"alpha Beta")
    engine._folder.rebuild_search_index()
    for terms in (["alpha"], []):
        assert [hit.passage.article_id for hit in engine.search(terms, 5, ALL)] == [good.id] * len(terms)
        assert engine.unread(terms, ALL) == (bad.id,) * len(terms)


def test_restoring_drops_what_is_damaged_and_says_so(engine: DiskEngine, folder: Path) -> None:
    bad, good = made(["alpha Beta gamma here"]), made(["alpha delta epsilon"])
    engine.add([bad, good], "default")
    engine.close()
    flip(folder, b"alpha Beta")
    done = rebuild(str(folder))
    assert (done.articles, done.lost, done.aside) == (1, (bad.id,), "")
    again = DiskEngine(str(folder))
    assert [card.id for card in again.articles(ALL)] == [good.id]
    again.close()


def test_restoring_saves_what_is_intact_in_a_damaged_file(engine: DiskEngine, folder: Path) -> None:
    articles = drawn(19, 120)
    engine.add(articles, "default")
    engine.add(articles[:50], "other")
    engine.keep(articles[0].id, b"raw bytes", "default")
    engine.close()
    file = folder / "library.sqlite"
    data = bytearray(file.read_bytes())
    pages = len(data) // 4096
    for page in range(pages // 2, pages // 2 + 3):
        data[page * 4096 : page * 4096 + 100] = bytes(100)
    file.write_bytes(data)
    steps = []
    done = rebuild(str(folder), lambda now, of: steps.append((now, of)))
    assert done.aside == str(folder / "damaged-1.sqlite")
    assert Path(done.aside).read_bytes() == data
    assert 0 < len(done.lost) < 40
    assert steps
    again = DiskEngine(str(folder))
    known = {article.id: article for article in articles}
    cards = list(again.articles(ALL))
    assert len(cards) + done.recovered == done.articles == len(again) == 120 - len(done.lost)
    assert all(again.article(card.id, HERE) == known[card.id] for card in cards)
    assert again.collections()["other"] <= 50
    again.close()


def test_a_file_beyond_saving_stays_where_it_is(folder: Path) -> None:
    folder.mkdir()
    (folder / "library.sqlite").write_bytes(b"nothing of ours" * 1000)
    with pytest.raises(CorruptIndex, match=r"copy|away"):
        rebuild(str(folder))
    assert (folder / "library.sqlite").read_bytes() == b"nothing of ours" * 1000
    assert not (folder / "library.sqlite.new").exists()
    with pytest.raises(EngineUnavailable, match="pullquote add"):
        rebuild(str(folder.with_name("nowhere")))


def test_restoring_makes_the_terms_of_the_present_analyser(
    engine: DiskEngine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = Article.from_text("CALDER, May 1 (Tern Agency) -- The mayor of Calder opened three bridges on Monday.")
    engine.add([article], "default")
    engine.close()
    monkeypatch.setattr("index.language.terms.ANALYSER", "english-99")
    other = replace(ENGLISH, analyse=lambda text: tuple(text.lower().split()))
    monkeypatch.setattr("index.language.language.get_language", lambda _: other)
    with pytest.raises(IncompatibleIndex):
        DiskEngine(str(folder))
    steps = []
    assert rebuild(str(folder), lambda now, of: steps.append((now, of))).articles == 1
    assert steps
    again = DiskEngine(str(folder))
    assert [hit.passage.article_id for hit in again.search(["bridges"], 5, ALL)] == [article.id]
    assert again.statistics(["the", "bridg"]).frequency == {"the": 1}
    again.close()


def test_a_store_tells_what_it_lacks(engine: DiskEngine, folder: Path) -> None:
    engine.add([made(["one two."])], "default")
    store = ArticleStore(folder / "library.sqlite", "disk:")
    assert store.open(99) is None
    assert store.find_id(99) == "?"
    assert store.read_meta("nothing") == ""
    assert store.read_text(99) == b""
    assert store.find_number("\ud800") is None
    store.close()


def test_rows_refuse_what_is_not_theirs() -> None:
    article = made(["one two.", "three."], published=datetime(2024, 1, 1, tzinfo=UTC))
    body, card = rows.encode_article(article), rows.card_from_json(rows.card_to_json(article))
    assert rows.decode_text(article.id, body, body.checksum).build_article(card) == article
    for broken in (
        body._replace(terms=b"one"),
        body._replace(spans=body.spans[:-16]),
        body._replace(text=b"else"),
        body._replace(spans=body.spans + b"123"),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            rows.decode_text(article.id, broken, broken.checksum)
    with pytest.raises(ValueError, match="stored"):
        rows.decode_text("other", body, body.checksum)
    for text in ("{}", "[]", "null", '{"cities": 5}', "{"):
        with pytest.raises(ValueError, match=r"\w"):
            rows.card_from_json(text)


def test_an_engine_that_cannot_write_reads(engine: DiskEngine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    articles = drawn(20, 4)
    engine.add(articles, "default")
    before = engine.search(["w0", "w1"], 20, ALL)
    engine.close()
    shutil.rmtree(index_folder(folder))

    def read_only(*_: object, **__: object) -> None:
        raise EngineUnavailable("disk:", "cannot be written; reading works")

    monkeypatch.setattr("index.engines.disk.lock.hold_lock", read_only)
    reader: Engine = DiskEngine(str(folder))
    assert reader.search(["w0", "w1"], 20, ALL) == before  # by an index in memory
    with pytest.raises(EngineUnavailable, match="reading works"):
        reader.add(articles, "default")
    reader.close()


def test_a_lock_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "writer.lock").mkdir()
    with pytest.raises(EngineUnavailable, match="cannot be written"), hold_lock(tmp_path, "disk:x"):
        raise AssertionError("a folder was locked")


def test_time_of_addition_is_recorded(engine: DiskEngine, folder: Path) -> None:
    engine.add([made(["one two."])], "default")
    file = connection(folder)
    ((added,),) = file.execute("SELECT added FROM member").fetchall()
    file.close()
    assert abs(datetime.fromisoformat(str(added)).timestamp() - time.time()) < 3600
