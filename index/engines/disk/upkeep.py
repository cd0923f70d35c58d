"""All that changes a library folder: adding, removing, and keeping the search index in step with the store.

The order of a change: SQLite commits the articles and, in the same transaction, that the index lacks them; tantivy
commits; its folder is synced; SQLite notes that the index has them. Whatever stops in between, the next writer or
reader finds the note and goes on from there.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import EngineUnavailable
from ...model import Article
from .. import Progress
from . import log, ranker, sqlite
from .ranker import DamagedRanker, Ranker, Writing
from .sqlite import DiskFailed, free
from .store import Store

if TYPE_CHECKING:  # what changes a library is imported where it is first needed: most that open one only ask
    from .changes import Changes, Put

FILE = "library.sqlite"
_LIMIT = 64_000_000  # bytes of the index up to which it is verified when it is first opened, in 60 ms at most
_RESERVE = 1 << 20  # bytes kept aside: on a full disk even deleting needs room


class Upkeep:
    """One library folder, for one engine."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.address = address
        self._lock = threading.Lock()
        self._checked = self._verified = False
        self._told = ""  # the damage that was logged last
        self._failed: DiskFailed | None = None

    def open_store(self) -> Store | None:
        """Open the library for reading, None while there is none."""
        file = self.folder / FILE
        try:
            if not file.exists():
                return None
            store = Store(file, self.address)
        except OSError as exc:
            raise EngineUnavailable(self.address, f"cannot be opened ({exc})") from exc
        except EngineUnavailable:
            if not self._release_reserve():
                raise
            store = Store(file, self.address)
        if store.empty:
            store.close()
            return None
        return store

    def open_ranker(self, store: Store) -> Ranker:
        """Open the search index, put in step with the store first if it is not.

        Where it cannot be (another process is at it, or the disk is full), one that is merely behind is used as it is.
        """
        found = self._usable(store)
        if found is not None and not store.is_behind():
            return found
        try:
            with self.writing(wait=0.8 if found is None else 0.0) as (_, current):
                return Ranker(self.folder / current.meta("folder"), self.address)
        except EngineUnavailable as exc:
            log.debug("the search index cannot be brought up to date: %s", exc)
            if found is not None:
                return found
            from .rebuild import in_memory

            return in_memory(store)

    def add(self, articles: Iterable[Article], collection: str) -> int:
        """Add articles to a collection as one batch and return how many were new to it."""
        with self.writing() as (changes, store):
            batch = _Batch(self.folder / store.meta("folder"), self.address)
            room = free(self.folder)
            try:
                with changes.transaction():
                    for article in articles:
                        room = self._less(room, article)
                        batch.take(changes.put(article, collection))
            except BaseException:
                batch.discard()
                raise
            if batch.new:
                self._publish(changes, store, batch, collection)
            return len(batch.joined)

    def remove(self, article_id: str, collection: str) -> None:
        """Take an article out of a collection; on a full disk the reserve makes the room that this needs."""
        try:
            self._remove(article_id, collection)
        except EngineUnavailable:
            if not self._release_reserve():
                raise
            self._remove(article_id, collection)

    def keep(self, article_id: str, raw: bytes) -> bool:
        """Keep a source's own bytes beside its article; False where there is no such article."""
        with self.writing() as (changes, _), changes.transaction():
            return changes.keep(article_id, raw)

    def rebuild(self, progress: Progress | None = None) -> None:
        """Make the search index anew and throw the old one away."""
        from .rebuild import rebuild_ranker

        with self.writing(check=False) as (changes, store):
            rebuild_ranker(self.folder, changes, store, progress)

    @contextmanager
    def writing(
        self, *, wait: float | None = None, check: bool = True, any_analyser: bool = False
    ) -> Iterator[tuple[Changes, Store]]:
        """Hold the lock of the folder, made if it is not there, with its search index in step unless `check` is False.

        Threads of this engine wait for each other as long as it takes unless `wait` says how many seconds.
        """
        from . import lock
        from .changes import Changes

        if self._failed is not None:
            raise EngineUnavailable(self.address, "the disk failed before; check it and start again, reading works")
        if not self._lock.acquire(timeout=-1 if wait is None else wait):
            raise EngineUnavailable(self.address, "is in use by another thread of this process")
        try:
            _make_folder(self.folder, self.address)
            with lock.held(self.folder, self.address, wait=lock.PATIENCE if wait is None else wait):
                changes = Changes(self.folder / FILE, self.address, any_analyser=any_analyser)
                try:
                    store = Store(self.folder / FILE, self.address, any_analyser=any_analyser)
                    try:
                        self._make_reserve()
                        if check and (store.is_behind() or not self._checked):
                            self._catch_up(changes, store)
                            self._checked = True
                        yield changes, store
                    finally:
                        store.close()
                finally:
                    changes.close()
        except DiskFailed as exc:
            self._failed = exc
            raise
        finally:
            self._lock.release()

    def _remove(self, article_id: str, collection: str) -> None:
        with self.writing() as (changes, store):
            with changes.transaction():
                changes.drop(article_id, collection)
            try:
                self._catch_up(changes, store)
            except DiskFailed:
                raise
            except EngineUnavailable as exc:  # the article is gone for good; the index passes over what is gone
                log.warning("removed, but the search index could not follow yet: %s", exc)

    def _usable(self, store: Store) -> Ranker | None:
        """Open the search index as it is; None when it is missing, damaged or of another state of the library."""
        try:
            folder = self.folder / store.meta("folder")
            if not self._verified:
                ranker.verify(folder, self.address, _LIMIT)
            found = Ranker(folder, self.address)
            self._verified = True
        except DamagedRanker as exc:
            if store.meta("folder") and self._told != exc.reason:
                log.mended(exc.reason)
            self._told = exc.reason
            return None
        return found if store.is_behind() or store.meta("indexed") == str(found.passages) else None

    def _catch_up(self, changes: Changes, store: Store) -> None:
        """Put the search index in step with the store, by what is noted or, when in doubt, as a whole."""
        from .rebuild import rebuild_ranker, replay

        found = self._usable(store)
        noted = store.changed()
        if found is not None and not noted:
            return
        if found is not None:
            folder = self.folder / store.meta("folder")
            try:
                replay(folder, store, noted)
                found = Ranker(folder, self.address)
            except DamagedRanker as exc:
                log.mended(exc.reason)
                found = None
        # of removed passages the terms stay until their segment is merged: not for too long
        if found is None or found.passages != store.stored_passages() or found.stored > 1.5 * found.passages + 1000:
            rebuild_ranker(self.folder, changes, store, None)
        else:
            with changes.transaction():
                changes.settle(found.passages)

    def _publish(self, changes: Changes, store: Store, batch: _Batch, collection: str) -> None:
        """Make a committed batch searchable; where that fails, take it back, so that nothing is half there."""
        from .rebuild import rebuild_ranker

        try:
            try:
                indexed = batch.commit()
            except DamagedRanker as exc:
                log.mended(exc.reason)
                rebuild_ranker(self.folder, changes, store, None)
                return
        except EngineUnavailable:
            with (
                suppress(EngineUnavailable),
                changes.transaction(),
            ):  # else the next writer finds it noted and indexes it
                changes.forget(batch.joined, collection)
                for seq in batch.new:
                    changes.erase(seq)
            raise
        # the batch is safe and can be found; should this fail, the next writer does it again, which changes nothing
        with suppress(EngineUnavailable), changes.transaction():
            changes.settle(indexed)

    def _less(self, room: int, article: Article) -> int:
        """Return the bytes of room that are left beside an article: text, terms and index, and as much to work in."""
        if room < 3 * len(article.text):
            raise EngineUnavailable(self.address, "there is too little room on the disk; nothing was added")
        return room - 3 * len(article.text)

    def _make_reserve(self) -> None:
        reserve = self.folder / "reserve"
        if not reserve.exists() and free(self.folder) > 16 * _RESERVE:
            with suppress(OSError):
                reserve.write_bytes(bytes(_RESERVE))

    def _release_reserve(self) -> bool:
        """Give up the room kept aside if the disk is full; tell whether that helped."""
        try:
            if free(self.folder) > _RESERVE:
                return False
            (self.folder / "reserve").unlink()
        except OSError:
            return False
        return True


@dataclass(slots=True)
class _Batch:
    """What one call of `add` has stored, and the index's part of it, opened when the first text is new."""

    folder: Path
    address: str
    new: list[int] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)
    _writing: Writing | None = None
    _damage: DamagedRanker | None = None

    def take(self, put: Put) -> None:
        """Index what was stored; a damaged index does not stop the storing."""
        if put.joined:
            self.joined.append(put.seq)
        if put.is_new:
            self.new.append(put.seq)
        if put.is_new and self._damage is None:
            try:
                self._writing = self._writing or Writing(self.folder, self.address)
                self._writing.add(put.seq, put.passages)
            except DamagedRanker as exc:
                self._damage = exc

    def commit(self) -> int:
        """Commit the index and return how many passages it has."""
        if self._damage is not None:
            self.discard()
            raise self._damage
        assert self._writing is not None, "only a batch with new texts is committed"
        self._writing.commit()
        return Ranker(self.folder, self.address).passages

    def discard(self) -> None:
        """Forget what was to be indexed."""
        if self._writing is not None:
            self._writing.discard()


def _make_folder(folder: Path, address: str) -> None:
    try:
        missing = [place for place in (folder, *folder.parents) if not place.exists()]
        for place in reversed(missing):
            place.mkdir(exist_ok=True)
            sqlite.sync_folder(place.parent)
        if not folder.is_dir():
            raise NotADirectoryError(f"{folder} is a file")
    except OSError as exc:
        raise EngineUnavailable(address, f"the folder cannot be made ({exc})") from exc
