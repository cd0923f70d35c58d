"""Everything that changes a library folder: adding, removing, and keeping the search index in step with the store.

A change takes four steps: SQLite commits the articles and, in the same transaction, a note that the index lacks them;
tantivy commits; its folder is synced to disk; SQLite deletes the note. If the process dies in between, the next writer
or reader finds the note and finishes the work.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import EngineUnavailable
from ...files import close_to_others
from ..contract import Entry, Progress
from . import lazy_log, traces
from .library_index import LibraryIndex, open_library_index, verify_checksums
from .room import make_reserve, release_reserve, take_room
from .search_index import DamagedSearchIndex
from .sqlite import DiskFailed, OldFormat, count_free_bytes
from .store import ArticleStore
from .traces import FILE

if TYPE_CHECKING:  # imported only when something is written: most processes that open a library just ask
    from .batch import Batch
    from .writer import StoreWriter

_OURS = (FILE, "writer.", "reserve", "passages-", "damaged-")  # how the names of its files begin
_LIMIT = 64_000_000  # bytes; a larger index is not verified when it is first opened (this size takes 60 ms)


class LibraryFolder:
    """The folder of one library, as one engine sees it; `encoder` made the vectors of the articles that it adds."""

    def __init__(self, path: Path, address: str, encoder: str = "") -> None:
        self.path = path
        self.address = address
        self.encoder = encoder
        self._lock = threading.Lock()
        self._checked = self._verified = self._closed = False
        self._logged = ""  # the damage that was logged last
        self._failed: DiskFailed | None = None

    def open_store(self) -> ArticleStore | None:
        """Open the library for reading, None while there is none.

        Raises:
            CorruptIndex: there is none, but there was one.
            EngineUnavailable: the folder cannot be entered.
        """
        store = self._open_present()
        if store is None and traces.find_traces(self.path):
            store = self._open_present()  # another process may have made it just now
            if store is None:
                raise traces.explain_loss(self.path, self.address)
        return store

    def _open_present(self) -> ArticleStore | None:
        file = self.path / FILE
        try:
            if traces.is_unfinished(self.path):
                with suppress(EngineUnavailable), self.begin_writing():
                    pass
            if not file.exists():
                return None
            self._close_to_others()
            store = self._open_upgraded(file)
        except OSError as exc:
            raise EngineUnavailable(self.address, f"cannot be opened ({exc})") from exc
        except EngineUnavailable:
            if not release_reserve(self.path):
                raise
            store = ArticleStore(file, self.address)
        if store.empty:
            store.close()
            return None
        return store

    def _open_upgraded(self, file: Path) -> ArticleStore:
        """Open the file, after an upgrade where an earlier version wrote it.

        Raises:
            OldFormat: it must be upgraded, and cannot be written.
        """
        try:
            return ArticleStore(file, self.address)
        except OldFormat:
            with suppress(EngineUnavailable), self.begin_writing(check=False):  # writers upgrade what they open
                pass
        return ArticleStore(file, self.address)

    def open_search_index(self, store: ArticleStore) -> LibraryIndex:
        """Open the search index, after bringing it up to date with the store.

        If that is impossible (another process is writing, or the disk is full), an index that is merely behind is used
        as it is, and one that cannot be used is made in memory.
        """
        found = self._open_usable(store)
        if found is not None and not store.is_behind():
            return found
        self._checked = False  # what was in step when this engine last wrote is so no more
        try:
            with self.begin_writing(wait=0.8 if found is None else 0.0) as (_, current):
                return open_library_index(self.path / current.read_meta("folder"), self.address)
        except EngineUnavailable as exc:
            lazy_log.debug("the search index cannot be brought up to date: %s", exc)
            if found is not None:
                return found
            from .reindex import index_in_memory

            return index_in_memory(store)

    def restore(self, entries: Iterable[Entry]) -> int:
        """Add articles to collections as one batch and return how many memberships were new."""
        from .batch import Batch

        with self.begin_writing() as (writer, store):
            batch = Batch(self.path / store.read_meta("folder"), self.address)
            room, last = count_free_bytes(self.path), ""
            try:
                with writer.transaction():
                    for name, article, raw in entries:
                        room = room if article.id == last else take_room(room, article, self.address)
                        last = article.id
                        batch.add(writer.put(article, name), name)
                        if raw is not None:
                            writer.keep(article.id, raw, name)
            except BaseException:
                batch.discard()
                raise
            if batch.is_indexed:
                self._publish(writer, store, batch)
            return len({*batch.joined, *batch.healed})

    def remove(self, article_id: str, collection: str) -> None:
        """Take an article out of a collection; on a full disk, deleting the reserve makes room for that."""
        try:
            self._remove(article_id, collection)
        except EngineUnavailable:
            if not release_reserve(self.path):
                raise
            self._remove(article_id, collection)

    def keep(self, article_id: str, raw: bytes, collection: str) -> bool:
        """Keep a source's own bytes beside its article; False where the collection has no such article."""
        with self.begin_writing() as (writer, _), writer.transaction():
            return writer.keep(article_id, raw, collection)

    def rebuild_search_index(self, progress: Progress | None = None) -> None:
        """Make a new search index and delete the old one."""
        from .reindex import rebuild_search_index

        with self.begin_writing(check=False) as (writer, store):
            rebuild_search_index(self.path, writer, store, progress)

    @contextmanager
    def begin_writing(
        self, *, wait: float | None = None, check: bool = True, any_analyser: bool = False
    ) -> Iterator[tuple[StoreWriter, ArticleStore]]:
        """Make the folder if need be, hold its writer's lock, and give what writes and what reads the library.

        The search index is first brought up to date, unless `check` is False. Threads of this engine wait for each
        other as long as it takes, or for `wait` seconds.
        """
        from . import lock
        from .writer import StoreWriter

        if self._failed is not None:
            raise EngineUnavailable(self.address, "the disk failed before; check it and start again, reading works")
        if not self._lock.acquire(timeout=-1 if wait is None else wait):
            raise EngineUnavailable(self.address, "is in use by another thread of this process")
        try:
            traces.make_folder(self.path, self.address)
            with lock.hold_lock(self.path, self.address, wait=lock.PATIENCE if wait is None else wait):
                traces.finish(self.path)
                file = self.path / FILE
                writer = StoreWriter(file, self.address, any_analyser=any_analyser, encoder=self.encoder)
                try:
                    store = ArticleStore(file, self.address, any_analyser=any_analyser)
                    try:
                        make_reserve(self.path)
                        if check and (store.is_behind() or not self._checked):
                            self._catch_up(writer, store)
                            self._checked = True
                        yield writer, store
                    finally:
                        store.close()
                finally:
                    writer.close()
        except DiskFailed as exc:
            self._failed = exc
            raise
        finally:
            self._lock.release()

    def _close_to_others(self) -> None:
        """Take other users' rights off what earlier versions wrote; the folder's, if it holds nothing else."""
        if self._closed:
            return
        self._closed = True
        try:
            found = list(self.path.iterdir())
        except OSError:  # a folder that may be entered, but not listed
            return
        ours = [path for path in found if path.name.startswith(_OURS)]
        if closed := close_to_others([*ours, *([self.path] if ours == found else [])]):
            lazy_log.warn(
                "%s could be read by other users of this machine (%s); now only its owner can",
                self.address,
                ", ".join(sorted(path.name for path in closed)),
            )

    def _remove(self, article_id: str, collection: str) -> None:
        with self.begin_writing() as (writer, store):
            with writer.transaction():
                writer.drop(article_id, collection)
            try:
                self._catch_up(writer, store)
            except DiskFailed:
                raise
            except EngineUnavailable as exc:  # the article is gone for good, and searches skip what is gone
                lazy_log.warn("removed, but the search index could not be updated yet: %s", exc)

    def _open_usable(self, store: ArticleStore) -> LibraryIndex | None:
        """Open the search index as it is; None if it is missing, damaged or of another state of the library."""
        try:
            folder = self.path / store.read_meta("folder")
            if not self._verified:
                verify_checksums(folder, self.address, _LIMIT)
            found = open_library_index(folder, self.address)
            self._verified = True
        except DamagedSearchIndex as exc:
            if store.read_meta("folder") and self._logged != exc.reason:
                lazy_log.warn_of_rebuild(exc.reason)
            self._logged = exc.reason
            return None
        return found if store.is_behind() or store.read_meta("indexed") == str(found.passages) else None

    def _catch_up(self, writer: StoreWriter, store: ArticleStore) -> None:
        """Bring the search index up to date: index the articles noted as missing, or all of them when in doubt."""
        from .reindex import rebuild_search_index, replay

        found = self._open_usable(store)
        noted = store.list_changed()
        if found is not None and not noted:
            return
        if found is not None:
            folder = self.path / store.read_meta("folder")
            try:
                left_out = replay(folder, store, noted)
                found = open_library_index(folder, self.address)
            except DamagedSearchIndex as exc:
                lazy_log.warn_of_rebuild(exc.reason)
                found = None
        if found is None or found.passages != store.count_stored_passages(left_out) or found.is_littered():
            rebuild_search_index(self.path, writer, store, None)
        else:
            with writer.transaction():
                writer.leave_out(left_out)
                writer.settle(found.passages)

    def _publish(self, writer: StoreWriter, store: ArticleStore, batch: Batch) -> None:
        """Make a committed batch searchable, or take it back where that fails, so that nothing is half there."""
        from .reindex import rebuild_search_index

        try:
            try:
                indexed = batch.commit()
            except DamagedSearchIndex as exc:
                lazy_log.warn_of_rebuild(exc.reason)
                rebuild_search_index(self.path, writer, store, None)
                return
        except EngineUnavailable:
            # if this fails too, the next writer finds the note and indexes the batch
            with suppress(EngineUnavailable), writer.transaction():
                writer.forget(batch.joined)
                for seq in batch.new:
                    writer.erase(seq)
            raise
        # the batch is safe and can be found; if this fails, the next writer indexes it again, which changes nothing
        with suppress(EngineUnavailable), writer.transaction():
            writer.settle(indexed)
