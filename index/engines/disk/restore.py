"""Making a library whole again: present terms, a new search index, and out of a damaged file what is intact."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path

import apsw

from ...errors import CorruptIndex, EngineUnavailable
from ...language.terms import ANALYSER
from ...model import DEFAULT_COLLECTION, Article
from .. import Progress, Rebuilt, analysed
from . import lock, log, sqlite
from .changes import Changes
from .engine import place
from .rebuild import rebuild_ranker
from .store import Store
from .upkeep import FILE, Upkeep

_PAGE = 200


def restore(path: str, progress: Progress | None = None) -> Rebuilt:
    """Make the search index of a library anew, its terms where another analyser made them, and drop what is damaged.

    Raises:
        EngineUnavailable: there is no library, another process writes to it, or there is no room.
        IncompatibleIndex: it is of another format.
        CorruptIndex: not even a part of it can be read.
    """
    folder, address = place(path), f"disk:{path}"
    if not (folder / FILE).exists():
        raise EngineUnavailable(address, "holds no library; `pullquote add FILE` makes one")
    aside, gone = "", 0
    if _is_damaged(folder / FILE, address):
        with lock.held(folder, address):
            put, gone = _salvage(folder, address, progress)
            aside = str(put)
    with Upkeep(folder, address).writing(check=False, any_analyser=True) as (changes, store):
        lost = _renew(changes, store, progress)
        rebuild_ranker(folder, changes, store, progress)
        return Rebuilt(store.totals().articles, (*lost, *["?"] * gone), aside)


def _is_damaged(file: Path, address: str) -> bool:
    """Tell whether SQLite finds the file damaged; single articles have checksums of their own."""
    try:
        store = Store(file, address, any_analyser=True)
    except CorruptIndex:
        return True
    try:
        return bool(store.damage())
    finally:
        store.close()


def _renew(changes: Changes, store: Store, progress: Progress | None) -> list[str]:
    """Store the terms of the present analyser and erase damaged articles, all in one transaction; return their ids."""
    stale = store.meta("analyser") != ANALYSER
    lost: list[str] = []
    total, done, last = store.totals().articles, 0, 0
    with changes.transaction():
        while found := store.numbers(last, _PAGE):
            for seq in found:
                try:
                    article = store.load(seq)
                except CorruptIndex as exc:
                    log.warning("%s", exc)
                    lost.append(store.id_of(seq))
                    changes.erase(seq)
                    continue
                if stale and article is not None:
                    changes.replace(seq, analysed(article))
                    done += 1
                    if progress is not None:
                        progress(done, total)
            last = found[-1]
        changes.point("analyser", ANALYSER)
    return lost


def _salvage(folder: Path, address: str, progress: Progress | None) -> tuple[Path, int]:
    """Copy what is intact into a new file, put the damaged one aside, and return its place and how many were lost."""
    file, fresh = folder / FILE, folder / f"{FILE}.new"
    _delete(fresh)
    changes = Changes(fresh, address)
    try:
        saved, lost = _copy(file, address, changes, progress)
    except BaseException:
        changes.close()
        _delete(fresh)
        raise
    changes.close()
    if Path(f"{fresh}-wal").exists():  # its last pages are still there: closing failed
        raise EngineUnavailable(address, "the new file cannot be written; check the disk and try again")
    if not saved:
        _delete(fresh)
        raise CorruptIndex(
            address, f"no article in it can be read any more; move {file} away and add the sources again"
        )
    aside = next(name for n in range(1, 1000) if not (name := folder / f"damaged-{n}.sqlite").exists())
    file.replace(aside)
    for suffix in ("-wal", "-shm"):  # a write-ahead log belongs to its file, and would be read into the new one
        with suppress(FileNotFoundError):
            Path(f"{file}{suffix}").replace(f"{aside}{suffix}")
    fresh.replace(file)
    sqlite.sync_folder(folder)
    return aside, lost


def _delete(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)


def _copy(file: Path, address: str, changes: Changes, progress: Progress | None) -> tuple[int, int]:
    """Copy every article that can be read with its collections, each looked up by its number alone."""
    saved = lost = 0
    try:
        with closing(sqlite.connect_reader(file)) as connection:
            last = _last_number(connection)
            reader = Store.of(connection, address)
            for seq in range(1, last + 1):
                try:
                    article = reader.load(seq)
                    names, raw = reader.names_of(seq), reader.raw(seq)
                except CorruptIndex as exc:
                    log.warning("%s", exc)
                    lost += 1
                    continue
                if article is not None:
                    _put(changes, article, names, raw)
                    saved += 1
                if progress is not None:
                    progress(seq, last)
    except apsw.Error as exc:
        raise CorruptIndex(address, f"nothing of it can be read ({exc}); restore it from a copy") from exc
    return saved, lost


def _put(changes: Changes, article: Article, names: list[str], raw: bytes | None) -> None:
    with changes.transaction():
        for name in names or [DEFAULT_COLLECTION]:  # where a damaged page took the collections with it
            changes.put(article, name)
        if raw is not None:
            changes.keep(article.id, raw)


def _last_number(connection: apsw.Connection) -> int:
    """Return the highest number that an article may have."""
    for statement in ("SELECT seq FROM sqlite_sequence WHERE name = 'article'", "SELECT max(seq) FROM body"):
        with suppress(apsw.Error):
            if (found := sqlite.value(connection, statement)) is not None:
                return int(str(found))
    return 0
