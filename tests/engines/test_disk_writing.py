"""What a library's file holds after each step of writing: a change is noted until the search index has it on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from shutil import rmtree

import apsw
import pytest

from index import Article, Filter
from index.engines.disk import DiskEngine, rebuild, reindex, room, sqlite, traces
from index.engines.disk.folder import LibraryFolder
from index.engines.disk.search_index import DamagedSearchIndex, SearchIndexWriter
from index.engines.disk.store import ArticleStore
from index.engines.disk.writer import PutResult, StoreWriter
from index.errors import CorruptIndex, EngineUnavailable, IncompatibleIndex, UnknownArticle
from index.reading.passages import list_terms
from tests.support.make_library import made
from tests.support.vectors import encoded

ONE, TWO = made(["alpha one.", "beta.", "gamma.", "delta."], title="One"), made(["alpha two."], title="Two")
HERE = Filter(collections=("a",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "library.sqlite"


@pytest.fixture
def writer(file: Path) -> Iterator[StoreWriter]:
    found = StoreWriter(file, "disk:x")
    yield found
    found.close()


@pytest.fixture
def store(writer: StoreWriter, file: Path) -> Iterator[ArticleStore]:
    found = ArticleStore(file, writer.address)
    yield found
    found.close()


def put(writer: StoreWriter, article: Article, collection: str = "a") -> PutResult:
    with writer.transaction():
        return writer.put(article, collection)


def settle(writer: StoreWriter) -> None:
    """Say that the search index has everything, without which no article is seen."""
    with writer.transaction():
        writer.settle(9)


def change(writer: StoreWriter, statement: str) -> None:
    writer._connection.execute(statement)


def test_what_storing_an_article_changed_is_told(writer: StoreWriter) -> None:
    assert put(writer, ONE) == PutResult(1, True, list_terms(ONE), True, False)
    assert put(writer, ONE) == PutResult(1, False, (), False, False)
    assert put(writer, ONE, "b") == PutResult(1, False, (), True, False)
    assert put(writer, TWO, "b") == PutResult(seq=2, is_new=True, passages=list_terms(TWO), joined=True)


def test_a_card_is_written_where_it_changed_and_only_there(writer: StoreWriter, store: ArticleStore) -> None:
    put(writer, ONE)
    put(writer, ONE, "b")
    before = writer._connection.total_changes()
    put(writer, ONE)
    assert writer._connection.total_changes() == before
    put(writer, replace(ONE, title="Other"))
    settle(writer)
    assert [card.title for card in store.list_cards(HERE)] == ["Other"]
    assert [card.title for card in store.list_cards(Filter(collections=("b",)))] == ["One"]


def test_only_what_the_search_index_has_is_counted(writer: StoreWriter, store: ArticleStore) -> None:
    put(writer, ONE)
    put(writer, TWO)
    assert store.count(HERE) == 0
    settle(writer)
    assert store.count(HERE) == 2
    put(writer, made(["alpha three."]))
    assert store.count(HERE) == 2


def test_each_of_many_texts_comes_with_its_number(writer: StoreWriter, store: ArticleStore) -> None:
    third = made(["alpha three."])
    for article in (ONE, TWO, third):
        put(writer, article)
    change(writer, "UPDATE body SET text = x'00' WHERE seq = 2")
    assert {seq: text.id for seq, text in store.open_many([1, 2, 3, 4])} == {1: ONE.id, 3: third.id}


def test_a_damaged_text_is_replaced_and_noted_for_the_index(writer: StoreWriter, store: ArticleStore) -> None:
    put(writer, ONE)
    put(writer, TWO)
    with writer.transaction():
        writer.settle(3)
        writer.leave_out({1, 2, 7})
    change(writer, "UPDATE body SET text = x'00' WHERE seq = 1")
    change(writer, "UPDATE article SET passages = 9, terms = 99 WHERE seq = 1")
    assert put(writer, ONE, "b") == PutResult(1, False, list_terms(ONE), True, True)
    text = store.open(1)
    assert text is not None
    assert text.build_article(ONE.card) == ONE
    assert (store.list_changed(), store.list_left_out()) == ([1], {2, 7})
    assert store.count_stored_passages() == len(list_terms(ONE)) + len(list_terms(TWO))


def test_a_damaged_card_is_healed_where_it_is_and_told(writer: StoreWriter, store: ArticleStore) -> None:
    put(writer, ONE)
    change(writer, "UPDATE member SET checksum = checksum + 1")
    assert put(writer, ONE, "b") == PutResult(1, False, (), True, False)
    assert put(writer, ONE) == PutResult(1, False, (), False, True)
    settle(writer)
    assert list(store.list_cards(HERE)) == [ONE.card]


def test_damaged_words_of_our_own_notes_are_an_error_of_ours(writer: StoreWriter, store: ArticleStore) -> None:
    put(writer, ONE)
    change(writer, "INSERT OR REPLACE INTO meta VALUES ('left_out', CAST(x'ff' AS TEXT))")
    change(writer, "UPDATE body SET text = x'00'")
    with pytest.raises(CorruptIndex, match="has damaged text"):
        put(writer, ONE)
    with pytest.raises(CorruptIndex, match="has damaged text"):
        store.list_left_out()


def test_a_change_is_noted_until_it_is_settled(writer: StoreWriter, store: ArticleStore) -> None:
    put(writer, ONE)
    put(writer, TWO)
    assert (store.is_behind(), store.list_changed()) == (True, [1, 2])
    with writer.transaction():
        writer.settle(3)
    assert (store.is_behind(), store.list_changed(), store.read_meta("indexed")) == (False, [], "3")
    put(writer, ONE, "b")
    assert not store.is_behind()
    with writer.transaction():
        writer.drop(ONE.id, "a")
    assert not store.is_behind(), "another collection has it still"
    with writer.transaction():
        writer.drop(ONE.id, "b")
    assert (store.list_changed(), store.open(1), store.find_id(1)) == ([1], None, "?")
    assert [store.holds(name) for name in ("a", "b")] == [True, False]


def test_only_a_member_can_be_dropped(writer: StoreWriter, store: ArticleStore) -> None:
    put(writer, ONE)
    for article, collection in ((TWO, "a"), (ONE, "b")):
        with pytest.raises(UnknownArticle), writer.transaction():
            writer.drop(article.id, collection)
    assert list(store.list_cards(HERE)) == []
    settle(writer)
    assert list(store.list_cards(HERE)) == [ONE.card]


def test_source_bytes_are_kept_with_a_member_only(writer: StoreWriter, store: ArticleStore) -> None:
    put(writer, ONE)
    with writer.transaction():
        assert writer.keep(ONE.id, b"raw", "a") is True
        assert writer.keep(ONE.id, b"raw", "b") is False
        assert writer.keep(TWO.id, b"raw", "a") is False
    settle(writer)
    assert (store.read_raw(1, ("a",)), store.read_raw(1, ("b",))) == (b"raw", None)


def test_damaged_cards_go_and_with_the_last_one_the_text(writer: StoreWriter, store: ArticleStore) -> None:
    for name in ("a", "b", "c"):
        put(writer, ONE, name)
    settle(writer)
    change(writer, "UPDATE member SET checksum = checksum + 1 WHERE number < 3")
    with writer.transaction():
        assert writer.drop_damaged_cards(1) == 2
    assert [name for name, _, _ in store.list_members_of(1)] == ["c"]
    assert not store.is_behind()
    change(writer, "UPDATE member SET checksum = checksum + 1")
    with writer.transaction():
        assert writer.drop_damaged_cards(1) == 1
    assert (store.open(1), store.list_changed()) == (None, [1])


def test_others_see_a_transaction_whole_or_not_at_all(writer: StoreWriter, file: Path, store: ArticleStore) -> None:
    other = StoreWriter(file, "disk:x")
    other._connection.set_busy_timeout(1)
    with writer.transaction():
        writer.put(ONE, "a")
        assert store.list_numbers(0, 9) == []
        with pytest.raises(EngineUnavailable, match="busy"), other.transaction():
            raise AssertionError("two writers")
    assert store.list_numbers(0, 9) == [1]
    with pytest.raises(AttributeError), writer.transaction():
        writer.leave_out(writer.put(TWO, "a").no_such_part)  # type: ignore[attr-defined]
    assert store.list_numbers(0, 9) == [1]
    assert put(other, TWO).seq == 2
    assert store.list_numbers(1, 9) == [2]
    other.close()


def test_a_closed_file_is_whole_without_its_log(writer: StoreWriter, file: Path) -> None:
    put(writer, ONE)
    assert file.with_name("library.sqlite-wal").exists()
    writer._connection.execute("BEGIN")
    writer.put(TWO, "a")
    writer.close()
    assert [each.name for each in file.parent.iterdir()] == ["library.sqlite"]
    with apsw.Connection(str(file)) as opened:
        assert list(opened.execute("SELECT id FROM article")) == [(ONE.id,)]


def test_a_commit_waits_for_the_disk_and_what_is_deleted_is_overwritten(
    writer: StoreWriter, store: ArticleStore
) -> None:
    asked = ("synchronous", "secure_delete", "journal_mode", "temp_store", "busy_timeout")
    found = [sqlite.fetch_value(writer._connection, f"PRAGMA {name}") for name in asked]
    assert found == [2, 1, "wal", 2, 1000]  # FULL, on, wal, in memory
    assert sqlite.fetch_value(store._connection, "PRAGMA query_only") == 1


def test_another_analysers_library_is_written_only_by_who_renews_it(writer: StoreWriter, file: Path) -> None:
    with writer.transaction():
        writer.set_meta("analyser", "other-1")
    writer.close()
    with pytest.raises(IncompatibleIndex, match="other-1") as caught:
        StoreWriter(file, "disk:x")
    # closed at once: the error is still at hand, and with it all that it came from
    assert [each.name for each in file.parent.iterdir()] == ["library.sqlite"], caught
    StoreWriter(file, "disk:x", any_analyser=True).close()


def test_another_programs_database_is_not_upgraded(file: Path) -> None:
    with closing(apsw.Connection(str(file))) as opened:
        opened.execute("CREATE TABLE body (text); PRAGMA user_version = 2")  # as our own of an earlier version
    before = file.read_bytes()
    with pytest.raises(CorruptIndex, match="another program"):
        StoreWriter(file, "disk:x")
    assert sqlite.fetch_value(sqlite.connect_reader(file), "SELECT group_concat(name) FROM pragma_table_info('body')")
    with closing(apsw.Connection(str(file))) as opened:
        opened.execute("PRAGMA journal_mode = DELETE").fetchall()
    assert len(file.read_bytes()) == len(before)


class Unreadable:
    """What SQLite opens on a read-only disk: only reading tells that there is no place for what readers share."""

    def execute(self, statement: str) -> None:
        if statement.startswith("SELECT"):
            raise apsw.CantOpenError("unable to open database file")


@pytest.mark.parametrize(
    ("log", "works", "tried"),
    [
        (None, "immutable=1", ["mode=rw", "mode=ro", "immutable=1"]),
        (b"", "immutable=1", ["mode=rw", "mode=ro", "immutable=1"]),
        (b"commits", "mode=ro", ["mode=rw", "mode=ro"]),
        (b"commits", "immutable=1", ["mode=rw", "mode=ro"]),
    ],
)
def test_on_a_read_only_disk_a_library_is_read_unless_that_would_lose_what_is_in_its_log(
    folder: Path, monkeypatch: pytest.MonkeyPatch, log: bytes | None, works: str, tried: list[str]
) -> None:
    file = folder / "library.sqlite"
    if log is not None:
        file.with_name("library.sqlite-wal").write_bytes(log)
    attempts = []

    def connect(_: Path, mode: str) -> object:
        attempts.append(mode)
        return apsw.Connection(str(file)) if mode == works else Unreadable()

    monkeypatch.setattr(sqlite, "_connect", connect)
    if works in tried:
        assert sqlite.fetch_value(sqlite.connect_reader(file), "SELECT count(*) FROM article") == 2
    else:
        with pytest.raises(apsw.CantOpenError):
            sqlite.connect_reader(file)
    assert attempts == tried


def test_a_store_tells_whether_another_file_took_the_place_of_its_own(
    writer: StoreWriter, store: ArticleStore, file: Path
) -> None:
    put(writer, ONE)
    assert store.is_replaced() is False
    file.rename(file.with_name("moved"))
    assert store.is_replaced() is False  # what is open can still be read
    assert store.find_id(1) == ONE.id
    file.write_bytes(b"")
    assert store.is_replaced() is True


def test_a_store_tells_what_is_wrong_with_its_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "library.sqlite"
    found = []
    for page in (None, "member_order", "member"):
        if page is not None:
            with closing(apsw.Connection(str(file))) as opened:
                number = int(opened.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (page,)).get)
            data = bytearray(file.read_bytes())
            data[(number - 1) * 4096 : number * 4096] = bytes(4096)
            file.write_bytes(data)
        store = ArticleStore(file, "disk:x")
        found.append(store.find_damage())
        store.close()
    assert found[0] == ""
    assert all("page" in damage for damage in found[1:]), found

    def give_up(_: apsw.Connection) -> str:
        raise apsw.CorruptError("malformed schema")

    store = ArticleStore(file, "disk:x")
    monkeypatch.setattr(sqlite, "find_damage", give_up)  # SQLite cannot even look
    assert "malformed schema" in store.find_damage()
    store.close()


# The order in which a disk gets it


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    engine = DiskEngine(str(tmp_path / "library"))
    engine.add([ONE, TWO], "a")
    engine.close()
    return tmp_path / "library"


def test_a_new_search_index_is_safe_before_the_library_names_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (old,) = folder.glob("passages-*")
    seen = []

    def look(place: Path) -> None:
        store = ArticleStore(folder / "library.sqlite", "disk:x")
        seen.append((place, store.read_meta("folder"), len(list(folder.glob("passages-*")))))
        store.close()

    monkeypatch.setattr(reindex, "sync_folder", look)
    LibraryFolder(folder, "disk:x").rebuild_search_index()
    assert seen == [(folder, old.name, 2)]
    (new,) = folder.glob("passages-*")
    assert new != old
    store = ArticleStore(folder / "library.sqlite", "disk:x")
    assert store.read_meta("folder") == new.name
    store.close()


@pytest.mark.parametrize("way", [rebuild.rebuild, lambda path: LibraryFolder(Path(path), "").rebuild_search_index()])
def test_a_search_index_that_is_asked_for_is_made_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, way: Callable[[str], object]
) -> None:
    """Also where there is none, which a writer would otherwise mend first."""
    rmtree(*folder.glob("passages-*"))
    made_in: list[Path] = []
    monkeypatch.setattr(reindex, "sync_folder", made_in.append)
    way(str(folder))
    assert made_in == [folder]


@pytest.mark.parametrize(
    ("step", "error", "kind", "told"),
    [
        ("SearchIndexWriter.commit", DamagedSearchIndex("disk:x", "torn"), EngineUnavailable, "just now .*torn"),
        ("SearchIndexWriter.commit", EngineUnavailable("disk:x", "no room"), EngineUnavailable, "no room"),
        ("SearchIndexWriter.commit", KeyboardInterrupt(), KeyboardInterrupt, ""),
        ("create_index", EngineUnavailable("disk:x", "no room"), EngineUnavailable, "no room"),
    ],
)
def test_a_search_index_that_cannot_be_made_leaves_the_old_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException, kind: type[BaseException], told: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    before = list(folder.glob("passages-*"))
    ended: list[object] = []
    discard = SearchIndexWriter.discard
    monkeypatch.setattr(SearchIndexWriter, "discard", lambda writer: (ended.append(writer), discard(writer)))
    monkeypatch.setattr(f"index.engines.disk.search_index.{step}", fail)
    with pytest.raises(kind, match=told or None):
        LibraryFolder(folder, "disk:x").rebuild_search_index()
    assert len(ended) == step.endswith("commit"), "its thread must not write into the folder that is deleted"
    assert list(folder.glob("passages-*")) == before
    monkeypatch.undo()
    with closing(DiskEngine(str(folder))) as engine:
        assert len(engine.search(["alpha"], 9, HERE)) == 2


def test_an_old_search_index_that_cannot_be_deleted_stays_until_the_next_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("in use")

    with monkeypatch.context() as patch:
        patch.setattr("os.rmdir", refuse)
        LibraryFolder(folder, "disk:x").rebuild_search_index()
        assert len(list(folder.glob("passages-*"))) == 2
    LibraryFolder(folder, "disk:x").rebuild_search_index()
    assert len(list(folder.glob("passages-*"))) == 1


def damage(folder: Path) -> None:
    """Damage the page that leads to all articles, so that SQLite finds it."""
    data = bytearray((folder / "library.sqlite").read_bytes())
    data[100:4096] = bytes(3996)
    (folder / "library.sqlite").write_bytes(data)


def test_a_saved_library_is_named_whole_and_that_is_safe_before_it_takes_its_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(folder)
    before = (folder / "library.sqlite").read_bytes()
    seen = []

    def look(place: Path) -> None:
        names = [traces.SAVED, traces.NEW, f"{traces.NEW}-shm", f"{traces.NEW}-wal", "damaged-1.sqlite"]
        seen.append((place, [(folder / name).exists() for name in names]))
        assert (folder / "library.sqlite").read_bytes() == before

    monkeypatch.setattr(rebuild, "sync_folder", look)
    done = rebuild.rebuild(str(folder))
    assert seen == [(folder, [True, False, False, False, False])]
    assert (done.articles, done.lost, done.recovered) == (2, (), 0)
    assert Path(done.aside).read_bytes() == before


def test_a_saved_library_whose_last_pages_stayed_in_the_log_is_not_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(folder)
    before = (folder / "library.sqlite").read_bytes()
    close = StoreWriter.close

    def fail(self: StoreWriter) -> None:
        close(self)
        (folder / f"{traces.NEW}-wal").write_bytes(b"the last pages")

    monkeypatch.setattr(StoreWriter, "close", fail)
    with pytest.raises(EngineUnavailable, match="the new file cannot be written"):
        rebuild.rebuild(str(folder))
    assert (folder / "library.sqlite").read_bytes() == before
    assert not (folder / traces.SAVED).exists()


def test_a_thread_that_waits_for_another_is_told(folder: Path) -> None:
    library = LibraryFolder(folder, "disk:x")
    with library.begin_writing():
        with pytest.raises(EngineUnavailable, match="in use by another thread"), library.begin_writing(wait=0):
            raise AssertionError("two writers")
        with (
            pytest.raises(EngineUnavailable, match="in use by process"),
            LibraryFolder(folder, "disk:x").begin_writing(wait=0),
        ):
            raise AssertionError("two writers")
    with library.begin_writing(wait=0):
        pass


def test_writing_lets_go_of_the_file_and_leaves_an_index_in_step_as_it_is(folder: Path) -> None:
    before = list(folder.glob("passages-*"))
    with LibraryFolder(folder, "disk:x").begin_writing() as open_files:
        assert list(folder.glob("library.sqlite-*"))
    assert not list(folder.glob("library.sqlite-*")), open_files
    assert list(folder.glob("passages-*")) == before


def test_an_index_that_has_more_than_is_noted_of_it_is_kept(folder: Path) -> None:
    """As a kill leaves it between the search index's commit and the note of it in the library."""
    before = list(folder.glob("passages-*"))
    with closing(apsw.Connection(str(folder / "library.sqlite"))) as opened:
        opened.execute("INSERT INTO change VALUES (2); UPDATE meta SET value = '1' WHERE name = 'indexed'")
    with LibraryFolder(folder, "disk:x").begin_writing() as (_, store):
        assert (store.is_behind(), store.read_meta("indexed")) == (False, str(len(list_terms(ONE) + list_terms(TWO))))
    assert list(folder.glob("passages-*")) == before


def test_a_damaged_index_that_cannot_be_mended_is_told_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(DiskEngine(str(tmp_path))) as engine:
        engine.add([ONE, TWO], "a")
    assert not caplog.records, "a new library lacks nothing"

    def read_only(*_: object, **__: object) -> None:
        raise EngineUnavailable("disk:", "cannot be written; reading works")

    monkeypatch.setattr("index.engines.disk.lock.hold_lock", read_only)
    library, store = LibraryFolder(tmp_path, "disk:x"), ArticleStore(tmp_path / "library.sqlite", "disk:x")
    (place,) = tmp_path.glob("passages-*")
    for step in ((place / "meta.json").unlink, lambda: (place / "meta.json").write_text("[]")):
        caplog.clear()
        step()
        for _ in range(3):
            index = library.open_search_index(store).choose("en")
            assert index is not None
            assert index.count_holding("alpha") == 2
        assert [record.getMessage().partition(" (")[0] for record in caplog.records] == ["the search index is damaged"]
    store.close()


# Room


def test_an_article_takes_three_times_its_text() -> None:
    need = 3 * len(ONE.text)
    assert [room.take_room(need + more, ONE, "disk:x") for more in (0, 5)] == [0, 5]
    with pytest.raises(EngineUnavailable, match="too little room"):
        room.take_room(need - 1, ONE, "disk:x")
    assert room.take_room(need + 64, encoded(ONE), "disk:x") == 0  # and its vectors, four of 16 bytes


def test_the_reserve_is_made_where_there_is_plenty_and_used_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = [16 << 20]
    monkeypatch.setattr(room, "count_free_bytes", lambda _: free[0])
    room.make_reserve(tmp_path)
    assert not (tmp_path / "reserve").exists()
    free[0] += 1
    room.make_reserve(tmp_path)
    assert (tmp_path / "reserve").stat().st_size == 1 << 20
    (tmp_path / "reserve").write_bytes(b"kept")
    room.make_reserve(tmp_path)
    assert (tmp_path / "reserve").read_bytes() == b"kept"
    free[0] = (1 << 20) + 1
    assert room.release_reserve(tmp_path) is False
    assert (tmp_path / "reserve").exists()
    free[0] = 1 << 20
    assert room.release_reserve(tmp_path) is True
    assert not (tmp_path / "reserve").exists()
    assert room.release_reserve(tmp_path) is False


def test_what_was_added_is_told_up_to_the_first_that_is_not_seen_yet(writer: StoreWriter, store: ArticleStore) -> None:
    first, second = made(["the first"]), made(["the second"])
    with writer.transaction():
        writer.put(first, "default")
        writer.settle(1)
    with writer.transaction():
        writer.put(second, "default")  # the search index has it not yet
        writer.put(first, "other")  # its text is found already
    assert [number for number, _, _ in store.list_added(0)] == [1]
    assert store.read_last_place() == 3
    with writer.transaction():
        writer.settle(2)
    assert [(number, name) for number, name, _ in store.list_added(0)] == [(1, "default"), (2, "default"), (3, "other")]
    with writer.transaction():
        writer.drop(first.id, "other")
    assert store.read_last_place() == 3, "a number is never given twice"
