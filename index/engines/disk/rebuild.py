"""Rebuilding a library: terms of the present analyser, a new search index, and what is intact in a damaged file."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path

import apsw

from ...errors import CorruptIndex, EngineUnavailable, PullquoteError
from ...files import sync_folder
from ...language.terms import ANALYSER
from ...model import DEFAULT_COLLECTION, Card
from .. import rows
from ..contract import Progress, Rebuilt, analyse_article, renew_card
from . import lazy_log, lock, sqlite
from .engine import find_folder
from .folder import FILE, LibraryFolder
from .reindex import rebuild_search_index
from .store import ArticleStore
from .writer import StoreWriter

_PAGE = 200


def rebuild(path: str, progress: Progress | None = None) -> Rebuilt:
    """Make a new search index, and new terms if another analyser made them, and drop damaged articles.

    Raises:
        EngineUnavailable: there is no library, another process writes to it, or there is no room.
        IncompatibleIndex: it is of another format.
        CorruptIndex: nothing of it can be read.
    """
    folder, address = find_folder(path), f"disk:{path}"
    if not (folder / FILE).exists():
        raise EngineUnavailable(address, "holds no library; `pullquote add FILE` makes one")
    aside, unreadable = "", 0
    if _is_damaged(folder / FILE, address):
        with lock.hold_lock(folder, address):
            damaged, unreadable = _salvage(folder, address, progress)
            aside = str(damaged)
    with LibraryFolder(folder, address).begin_writing(check=False, any_analyser=True) as (writer, store):
        lost = _renew_terms(writer, store, progress)
        rebuild_search_index(folder, writer, store, progress)
        return Rebuilt(store.read_totals().articles, (*lost, *["?"] * unreadable), aside)


def _is_damaged(file: Path, address: str) -> bool:
    """Tell whether SQLite finds the file damaged; damage to single articles is found by their own checksums."""
    try:
        store = ArticleStore(file, address, any_analyser=True)
    except CorruptIndex:
        return True
    try:
        return bool(store.find_damage())
    finally:
        store.close()


def _renew_terms(writer: StoreWriter, store: ArticleStore, progress: Progress | None) -> list[str]:
    """Store the terms of the present analyser and erase damaged articles, in one transaction.

    Returns the ids of the articles that were erased.
    """
    stale = store.read_meta("analyser") != ANALYSER
    lost: list[str] = []
    total, done, last = store.read_totals().articles, 0, 0
    with writer.transaction():
        while found := store.list_numbers(last, _PAGE):
            for seq in found:
                try:
                    text = store.open(seq)
                except CorruptIndex as exc:
                    lazy_log.warn("%s", exc)
                    lost.append(store.find_id(seq))
                    writer.erase(seq)
                    continue
                if text is None:
                    continue
                if writer.drop_damaged_cards(seq):
                    lost.append(text.id)
                if stale:
                    writer.replace(seq, analyse_article(text.build_article(text.bare)))
                    done += 1
                    if progress is not None:
                        progress(done, total)
            last = found[-1]
        writer.set_meta("analyser", ANALYSER)
    return lost


def _salvage(folder: Path, address: str, progress: Progress | None) -> tuple[Path, int]:
    """Copy what is intact into a new file and put the damaged one aside.

    Returns the new name of the damaged file, and how many articles could not be read.
    """
    file, fresh = folder / FILE, folder / f"{FILE}.new"
    _delete(fresh)
    writer = StoreWriter(fresh, address)
    try:
        saved, lost = _copy(file, address, writer, progress)
    except BaseException:
        writer.close()
        _delete(fresh)
        raise
    writer.close()
    if Path(f"{fresh}-wal").exists():  # closing failed: its last pages did not reach the file
        raise EngineUnavailable(address, "the new file cannot be written; check the disk and try again")
    if not saved:
        _delete(fresh)
        raise CorruptIndex(
            address, f"no article in it can be read any more; move {file} away and add the sources again"
        )
    aside = next(name for n in range(1, 1000) if not (name := folder / f"damaged-{n}.sqlite").exists())
    file.replace(aside)
    for suffix in ("-wal", "-shm"):  # else SQLite would apply the old file's write-ahead log to the new one
        with suppress(FileNotFoundError):
            Path(f"{file}{suffix}").replace(f"{aside}{suffix}")
    fresh.replace(file)
    sync_folder(folder)
    return aside, lost


def _delete(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)


def _copy(file: Path, address: str, writer: StoreWriter, progress: Progress | None) -> tuple[int, int]:
    """Copy every article that can be read, one number after the other, with its collections.

    Returns how many were copied, and how many could not be read.
    """
    saved = lost = 0
    try:
        with closing(sqlite.connect_reader(file)) as connection:
            last = _find_last_number(connection)
            reader = ArticleStore.open_unchecked(connection, address)
            names = _list_collections(reader)
            for seq in range(1, last + 1):
                try:
                    text, members = reader.open(seq), list(reader.list_members_of(seq))
                except CorruptIndex as exc:
                    lazy_log.warn("%s", exc)
                    lost += 1
                    continue
                if text is not None:
                    # a damaged page may have taken the names: whose the text is must then be certain
                    found = _put(writer, text, members or [(name, None, None) for name in names[:1] if len(names) == 1])
                    saved += found
                    lost += not found
                if progress is not None:
                    progress(seq, last)
    except apsw.Error as exc:
        raise CorruptIndex(address, f"nothing of it can be read ({exc}); restore it from a copy") from exc
    return saved, lost


def _put(writer: StoreWriter, text: rows.LazyText, members: list[tuple[str, Card | None, bytes | None]]) -> bool:
    """Store a text in the collections that can be read; False where there is none."""
    with writer.transaction():
        for name, card, raw in members:
            writer.put(text.build_article(card or _restate(text)), name)
            if raw is not None:
                writer.keep(text.id, raw, name)
    return bool(members)


def _restate(text: rows.LazyText) -> Card:
    """Return the card that the text alone would get, because the stored one is lost."""
    from ...reading.article import build_article

    with suppress(PullquoteError):
        return renew_card(text.bare, build_article(text.body.text))
    return text.bare


def _list_collections(reader: ArticleStore) -> list[str]:
    """Return the collections that can be read, the default one where none can."""
    with suppress(CorruptIndex):
        return list(reader.count_by_collection()) or [DEFAULT_COLLECTION]
    return []


def _find_last_number(connection: apsw.Connection) -> int:
    """Return the highest number that an article may have."""
    for statement in ("SELECT seq FROM sqlite_sequence WHERE name = 'article'", "SELECT max(seq) FROM body"):
        with suppress(apsw.Error):
            if (found := sqlite.fetch_value(connection, statement)) is not None:
                return int(str(found))
    return 0
