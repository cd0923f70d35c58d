"""A damaged library: what is readable is saved, what is lost is named, and a library that was there is never empty."""

from __future__ import annotations

import random
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from index import Article, Filter
from index.engines.disk import DiskEngine
from index.engines.disk.rebuild import rebuild
from index.engines.disk.records import RecordFile
from index.engines.disk.salvage import RECOVERED
from index.engines.vectors import VectorMaker, drop_vectors
from index.errors import CorruptIndex, EngineUnavailable, IncompatibleIndex
from tests.support.make_library import made
from tests.support.vectors import ENCODER, encode, encoded

PAGE = 4096
HERE, CHAT = ("default",), ("chat:7",)


def drawn(count: int) -> list[Article]:
    """Return articles of a few sentences, some of which need several pages."""
    chance = random.Random(count)
    words = [f"w{number}" for number in range(60)]
    return [
        made(
            [chance.choices(words, k=30) for _ in range(chance.choice([3, 6, 40]))],
            title=f"Story {n}",
            source=f"story-{n}.txt",
        )
        for n in range(count)
    ]


ARTICLES = drawn(60)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of 60 articles, ten of them in a chat as well, and two in the chat alone."""
    folder = tmp_path_factory.mktemp("sound") / "library"
    with closing(DiskEngine(str(folder))) as engine:
        engine.add(ARTICLES[:58], "default")
        engine.add([replace(article, title="Ours") for article in ARTICLES[50:]], "chat:7")
        engine.keep(ARTICLES[0].id, b"the source's own bytes", "default")
    return folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "library"))


def change(folder: Path, statement: str) -> None:
    with closing(apsw.Connection(str(folder / "library.sqlite"))) as file:
        file.execute(statement)


def check(folder: Path) -> tuple[int, int]:
    """Return how many articles the library and the chat hold; each must be as it was added."""
    known = {article.id: article for article in ARTICLES}
    with closing(DiskEngine(str(folder))) as engine:
        here, there = (list(engine.articles(Filter(collections=name))) for name in (HERE, CHAT))
        assert all(engine.article(card.id, HERE) == known[card.id] for card in here)
        assert all(engine.article(card.id, CHAT) == replace(known[card.id], title="Ours") for card in there)
        order = [article.id for article in ARTICLES]
        assert [card.id for card in here] == sorted((card.id for card in here), key=order.index)
    return len(here), len(there)


def test_a_library_that_lost_its_last_pages_keeps_all_others(folder: Path) -> None:
    file = folder / "library.sqlite"
    data = file.read_bytes()
    for cut in (1, 5):
        file.write_bytes(data[: -cut * PAGE])
        with pytest.raises(CorruptIndex, match="pullquote rebuild"):
            DiskEngine(str(folder))
        done = rebuild(str(folder))
        assert done.articles + len(done.lost) == 60
        assert len(done.lost) <= 2 * cut
        if cut == 1:  # more pages take cards with them
            assert all("(story-" in done.names[key] for key in done.lost)
        assert sum(check(folder)) >= 68 - 3 * len(done.lost)
        assert file.with_name("damaged-1.sqlite").exists()


def test_whatever_page_is_lost_only_what_stood_there_is_lost(folder: Path) -> None:
    """A page that leads to others costs nothing, nor does one of an index."""
    file = folder / "library.sqlite"
    data = file.read_bytes()
    lost = []
    for start in range(0, len(data), 7 * PAGE):
        damaged = bytearray(data)
        damaged[start : start + PAGE] = bytes(PAGE)
        file.write_bytes(damaged)
        done = rebuild(str(folder))
        assert done.articles + len(done.lost) == 60, start
        if data[start + (100 if start == 0 else 0)] in (2, 5, 10):
            assert not done.lost, start
        lost.append(len(done.lost) + done.recovered)
        check(folder)
    assert 0 < max(lost) < 16


def test_a_text_whose_collection_is_lost_is_shown_to_nobody(folder: Path) -> None:
    """Whose it is can no longer be told, and an embargo may be lost with its card."""
    file = folder / "library.sqlite"
    with RecordFile(file) as records:
        pages = {record.place[0] for record in records if b"chat:7" in record.values}
    data = bytearray(file.read_bytes())
    for page in pages:
        data[(page - 1) * PAGE : page * PAGE] = bytes(PAGE)
    file.write_bytes(data)
    done = rebuild(str(folder))
    here, there = check(folder)
    assert (done.lost, there) == ((), 0)
    assert done.articles == 60
    assert done.recovered >= 2
    with closing(DiskEngine(str(folder))) as engine:
        default = {card.id for card in engine.articles(Filter(collections=HERE))}
        kept = {card.id for card in engine.articles(Filter(collections=(RECOVERED,)))}
    assert not default & {article.id for article in ARTICLES[58:]}
    assert kept >= {article.id for article in ARTICLES[58:]}
    assert here + done.recovered == 60


def test_a_damaged_card_hides_its_text_and_a_damaged_mark_is_made_anew(folder: Path) -> None:
    text = "CALDER, May 1 (Tern Agency) -- The mayor opened three bridges on Monday. They cost 12 million crowns.\n"
    with closing(DiskEngine(str(folder))) as engine:
        article = Article.from_text(text, source="bridges.txt")
        engine.add([article], "default")
    change(folder, "UPDATE body SET spans = x'00' WHERE seq = (SELECT max(seq) FROM body)")
    change(folder, "UPDATE member SET card = x'00' WHERE number = 3")
    done = rebuild(str(folder))
    assert (done.articles, done.lost, done.recovered) == (61, (), 1)
    with closing(DiskEngine(str(folder))) as engine:
        assert engine.article(article.id, HERE) == article
        assert ARTICLES[2].id not in {card.id for card in engine.articles(Filter(collections=HERE))}
        assert engine.article(ARTICLES[2].id, (RECOVERED,)).text == ARTICLES[2].text
        assert engine.add([ARTICLES[2]], "default") == 1  # adding it again is what helps
        assert engine.article(ARTICLES[2].id, HERE) == ARTICLES[2]


def test_terms_of_another_analyser_are_not_taken_over(folder: Path) -> None:
    article = made(["Workers were running towers."])
    with closing(DiskEngine(str(folder))) as engine:
        engine.add([article], "default")
    change(folder, "UPDATE meta SET value = 'other-1' WHERE name = 'analyser'")
    data = bytearray((folder / "library.sqlite").read_bytes())
    data[100:PAGE] = bytes(PAGE - 100)
    (folder / "library.sqlite").write_bytes(data)
    assert rebuild(str(folder)).articles == 61
    with closing(DiskEngine(str(folder))) as engine:
        (sentence,) = engine.article(article.id, HERE).sentences
    assert sentence.terms != article.sentences[0].terms, "the terms are those of the damaged file"


@pytest.fixture(scope="module")
def sound_with_vectors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library whose articles have vectors."""
    folder = tmp_path_factory.mktemp("vectors") / "library"
    with closing(DiskEngine(str(folder), ENCODER)) as engine:
        engine.add(map(encoded, ARTICLES), "default")
        engine.keep(ARTICLES[0].id, b"the source's own bytes", "default")
    return folder


@pytest.mark.parametrize(("lost", "is_mended"), [(1, False), (12, False), (40, True)])
def test_vectors_of_a_damaged_library_are_saved(
    sound_with_vectors: Path, tmp_path: Path, lost: int, is_mended: bool
) -> None:
    """All are made again where a text had to be marked anew, for it has none then; and dropped without an encoder."""
    known = {article.id: encoded(article) for article in ARTICLES}
    asked: list[str] = []

    def count(words: str) -> bytes:
        asked.append(words)
        return encode(words)

    for maker in (VectorMaker(count, ENCODER), VectorMaker()):
        folder = Path(shutil.copytree(sound_with_vectors, tmp_path / f"with {maker.encoder}"))
        file = folder / "library.sqlite"
        data = bytearray(file.read_bytes())
        with RecordFile(file) as records:
            pages = {record.place[0] for record in records if "encoder" in record.values}
        assert not pages & {lost, len(data) // PAGE}
        data[(lost - 1) * PAGE : lost * PAGE] = bytes(PAGE)
        file.write_bytes(data[:-PAGE])
        done = rebuild(str(folder), maker=maker)
        assert done.articles + len(done.lost) == 60
        assert done.articles > 50
        with closing(DiskEngine(str(folder), ENCODER)) as engine:
            assert engine.encoder == maker.encoder
            for card in engine.articles(Filter(collections=HERE)):
                expected = known[card.id] if maker.encoder else drop_vectors(known[card.id])
                assert engine.article(card.id, HERE) == expected
            assert engine.raw(ARTICLES[0].id, HERE) in (b"the source's own bytes", None)
    assert bool(asked) == is_mended, "what is saved need not be made again"


def test_vectors_whose_encoder_is_lost_are_made_anew(sound_with_vectors: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(sound_with_vectors, tmp_path / "library"))
    file = folder / "library.sqlite"
    with RecordFile(file) as records:
        pages = {record.place[0] for record in records if "encoder" in record.values}
    data = bytearray(file.read_bytes())
    for page in pages:
        data[(page - 1) * PAGE : page * PAGE] = bytes(PAGE)
    file.write_bytes(data)
    assert rebuild(str(folder), maker=VectorMaker(lambda words: encode(words)[::-1], "backwards")).articles == 60
    with closing(DiskEngine(str(folder), ENCODER)) as engine:
        assert engine.encoder == "backwards"
        for card in engine.articles(Filter(collections=HERE)):
            article = engine.article(card.id, HERE)
            assert [each.vector[::-1] for each in article.sentences] == [
                each.vector for each in encoded(article).sentences
            ]


@pytest.mark.parametrize("column", ["vectors = zeroblob(length(vectors))", "vectors = x''", "terms = x'00'"])
def test_a_text_whose_vectors_alone_are_damaged_is_damaged(tmp_path: Path, column: str) -> None:
    """As one whose terms are: it is made anew by a rebuild, and by adding it again."""
    folder = tmp_path / "library"
    text = "CALDER, May 1 (Tern Agency) -- The mayor opened three bridges on Monday. They cost 12 million crowns.\n"
    articles = [encoded(Article.from_text(text, source="bridges.txt")), encoded(ARTICLES[0])]
    for mend in ("rebuild", "add", "add without"):
        with closing(DiskEngine(str(folder), ENCODER)) as engine:
            engine.add(articles, "default")
        change(folder, f"UPDATE body SET {column} WHERE seq = (SELECT min(seq) FROM body)")
        with closing(DiskEngine(str(folder), ENCODER)) as engine:
            with pytest.raises(CorruptIndex, match="is damaged"):
                engine.article(articles[0].id, HERE)
            assert engine.article(articles[1].id, HERE) == articles[1]
            if mend != "rebuild":
                assert engine.add([articles[0] if mend == "add" else drop_vectors(articles[0])], "default") == 1
                assert engine.encoder == ("" if mend == "add without" else ENCODER)
        if mend == "rebuild":
            assert rebuild(str(folder), maker=VectorMaker(encode, ENCODER)).lost == ()
        with closing(DiskEngine(str(folder), ENCODER)) as engine:
            expected = drop_vectors(articles[0]) if mend == "add without" else articles[0]
            assert engine.article(articles[0].id, HERE) == expected
            for article in articles:
                engine.remove(article.id, "default")


def test_a_newer_library_is_left_alone(folder: Path) -> None:
    change(folder, "PRAGMA user_version = 77")
    file = folder / "library.sqlite"
    file.write_bytes(file.read_bytes()[:-PAGE])
    before = file.read_bytes()
    with pytest.raises(IncompatibleIndex, match="format 77"):
        rebuild(str(folder))
    assert file.read_bytes() == before


@pytest.mark.parametrize("what", ["empty", "missing"])
def test_a_library_that_is_gone_is_never_an_empty_one(folder: Path, what: str) -> None:
    file = folder / "library.sqlite"
    file.write_bytes(b"") if what == "empty" else file.unlink()
    for act in (lambda: DiskEngine(str(folder)), lambda: rebuild(str(folder))):
        with pytest.raises(CorruptIndex, match=rf"library\.sqlite is {what}, but passages-\w+ beside it"):
            act()
    if what == "empty":
        assert file.read_bytes() == b""
    for place in folder.glob("passages-*"):
        shutil.rmtree(place)
    with closing(DiskEngine(str(folder))) as engine:  # nothing says that there was one
        assert len(engine) == 0
        assert engine.add(ARTICLES[:1], "default") == 1


def test_another_programs_file_is_named_and_left_alone(folder: Path) -> None:
    file = folder / "library.sqlite"
    for data, told in ((b"letters to the editor " * 500, "not a database"), (b"", "another program")):
        file.write_bytes(data)
        if not data:
            change(folder, "CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)")
        before = file.read_bytes()
        with pytest.raises(CorruptIndex, match=told):
            DiskEngine(str(folder))
        with pytest.raises(CorruptIndex):
            rebuild(str(folder))
        assert file.read_bytes() == before


@pytest.mark.parametrize("log", [True, False])
def test_what_a_killed_rebuild_of_an_earlier_version_left_is_found(folder: Path, log: bool) -> None:
    """It had put the damaged file aside, and was killed before the new one took its place."""
    file = folder / "library.sqlite"
    data = file.read_bytes()
    file.unlink()
    (folder / "damaged-1.sqlite").write_bytes(data[:-PAGE])
    (folder / "library.sqlite.new").write_bytes(b"half")
    if log:
        (folder / "library.sqlite-wal").write_bytes(b"")
    with pytest.raises(CorruptIndex, match="a rebuild of it was killed; `pullquote rebuild` goes on"):
        DiskEngine(str(folder))
    done = rebuild(str(folder))
    assert done.articles + len(done.lost) == 60
    assert done.articles > 55
    check(folder)
    assert not (folder / "library.sqlite.new").exists()


def test_a_rebuild_that_had_saved_everything_is_finished_by_who_opens_it(folder: Path) -> None:
    file = folder / "library.sqlite"
    shutil.copy(file, folder / "library.sqlite.saved")
    damaged = file.read_bytes()[: -3 * PAGE]
    file.write_bytes(damaged)
    assert check(folder) == (58, 10)
    assert (folder / "damaged-1.sqlite").read_bytes() == damaged
    assert not (folder / "library.sqlite.saved").exists()


def test_whoever_has_the_library_open_goes_on_with_what_was_saved(folder: Path) -> None:
    with closing(DiskEngine(str(folder))) as engine:
        assert len(engine) == 60
        file = folder / "library.sqlite"
        data = bytearray(file.read_bytes())
        start = next(at for at in range(PAGE, len(data), PAGE) if data[at] == 5)  # a page that leads to others
        data[start : start + PAGE] = bytes(PAGE)
        with file.open("r+b") as opened:  # the same file, as a failing disk leaves it
            opened.write(data)
        assert rebuild(str(folder)).articles == 60
        added = made(["An added article."])
        with closing(DiskEngine(str(folder))) as other:
            other.add([added], "default")
        within = Filter(collections=HERE)
        assert [hit.passage.article_id for hit in engine.search(["added"], 9, within)] == [added.id]
        assert len(engine) == 61


def test_a_full_disk_stops_a_rebuild_and_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "library.sqlite"
    file.write_bytes(file.read_bytes()[:-PAGE])
    before = file.read_bytes()

    def full(*_: object) -> object:
        raise EngineUnavailable("disk:", "no room is left on the disk")

    monkeypatch.setattr("index.engines.disk.salvage._put", full)
    with pytest.raises(EngineUnavailable, match="no room"):
        rebuild(str(folder))
    assert file.read_bytes() == before
    assert not list(folder.glob("library.sqlite.*"))
    monkeypatch.undo()
    assert rebuild(str(folder)).articles > 55
