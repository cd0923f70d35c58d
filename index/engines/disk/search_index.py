"""The search index of a library: tantivy over the passages' terms. It can always be made again from the store."""

from __future__ import annotations

import errno
import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from ... import patterns
from ...errors import CorruptIndex, EngineUnavailable
from ...files import close_to_others, make_private_folder, sync_folder
from . import lazy_log
from .sqlite import DiskFailed, count_free_bytes

_HEAP = 48_000_000  # bytes that the writer collects before it writes a segment, however many articles come
_PLACE = 24  # bits for a passage's number beside its article's: 16 million; a text has at most 5 million characters
_FEW = 300  # articles up to which a filter goes into the query; a longer list costs more than it saves
_LONGEST_TERM = 200  # characters; tantivy silently drops terms of more than 65,530 bytes

# "No space", "too many files" and the like: the fault is the machine's, the index is as good as before
_ERRNO = patterns.compile(r"(?:os error|Errno) (\d+)")
_PASSING = {errno.EINTR, errno.ENOMEM, errno.EACCES, errno.ENFILE, errno.EMFILE, errno.EFBIG, errno.ENOSPC, errno.EROFS}
_PASSING |= {errno.EDQUOT, errno.EAGAIN, errno.EPERM}


@contextmanager
def map_tantivy_errors(address: str, folder: Path | None) -> Iterator[None]:
    """Turn tantivy's errors into ours, also its panics, which are `BaseException` and not `Exception`."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit, EngineUnavailable, CorruptIndex):
        raise
    except BaseException as exc:
        found = _ERRNO.search(str(exc))
        number = int(found[1]) if found else None
        if number == errno.EIO:
            raise DiskFailed(address, f"the disk failed ({exc}); nothing was acknowledged, check the disk") from exc
        if isinstance(exc, MemoryError) or number in _PASSING or _is_full(folder):
            raise EngineUnavailable(address, f"the search index cannot be used just now ({exc})") from exc
        raise DamagedSearchIndex(address, str(exc)) from exc


class DamagedSearchIndex(CorruptIndex):
    """The search index is damaged; unlike the store it can be rebuilt without asking. `reason` says what was wrong."""

    def __init__(self, engine: str, reason: str) -> None:
        """Keep the reason and advise to rebuild."""
        super().__init__(engine, f"the search index is damaged ({reason}); `pullquote rebuild` makes a new one")
        self.reason = reason


Place = tuple[float, int, int]
"""A passage as (score, article number, passage number)."""


class TopPassages(NamedTuple):
    """The best passages, best first; all others score at most `floor`."""

    places: tuple[Place, ...]
    floor: float


class SearchIndex:
    """An open search index, as of the moment it was opened; `is_stale` tells whether it has changed since."""

    def __init__(self, folder: Path | None, address: str, index: Any = None) -> None:
        """Open the index in a folder, or take one in memory (`index`, with no folder)."""
        import tantivy

        self._tantivy = tantivy
        self._folder = folder
        self._address = address
        self._known: dict[str, int] = {}
        self._lock = threading.Lock()
        with map_tantivy_errors(address, folder):
            self._stamp = _read_stamp(folder)
            self._index = index if folder is None else tantivy.Index.open(str(folder))
            self._schema = self._index.schema
            self._searcher = self._index.searcher()
            self.passages = self.stored_passages = int(self._searcher.num_docs)
            if folder is not None:  # until their segment is merged, removed passages count in tantivy's scores
                segments = json.loads((folder / "meta.json").read_bytes())["segments"]
                self.stored_passages = sum(segment["max_doc"] for segment in segments)

    def is_stale(self) -> bool:
        """Tell whether the index was committed to or deleted since it was opened."""
        try:
            return _read_stamp(self._folder) != self._stamp
        except OSError:
            return True

    def is_littered(self) -> bool:
        """Tell whether so many removed passages are left that the index should be rebuilt."""
        return self.stored_passages > 1.5 * self.passages + 1000

    def count_holding(self, term: str) -> int:
        """Return how many passages hold the term; removed ones do not count."""
        if term not in self._known:
            with map_tantivy_errors(self._address, self._folder):
                if self.stored_passages == self.passages:
                    found = self._searcher.doc_freq("terms", _spell_term(term))
                else:  # tantivy's own count of a term includes removed passages: search instead
                    found = self._count(term)
            with self._lock:
                self._known[term] = int(found)
        return self._known[term]

    def count_holding_stored(self, term: str) -> int:
        """Return how many passages hold the term in tantivy's own scores: removed ones count until they are merged."""
        with map_tantivy_errors(self._address, self._folder):
            return int(self._searcher.doc_freq("terms", _spell_term(term)))

    def find_top(self, terms: Sequence[str], count: int, seqs: frozenset[int] | None) -> TopPassages:
        """Return at most `count` passages, the best of the articles `seqs`, or of all where that is None.

        If there are too many `seqs` for the query, passages of other articles use up some of the `count`.
        """
        with map_tantivy_errors(self._address, self._folder):
            should = self._tantivy.Occur.Should
            query = self._tantivy.Query.boolean_query([(should, self._build_term_query(term)) for term in terms])
            if seqs is not None and len(seqs) <= _FEW:
                query = self._limit_to(query, seqs)
            # without a total count, tantivy may skip what cannot be among the first
            hits = self._searcher.search(query, count, count=False).hits
            places: list[Any] = self._searcher.fast_field_values("place", [address for _, address in hits])
        found = [
            (float(score), place >> _PLACE, place & ((1 << _PLACE) - 1))
            for (score, _), place in zip(hits, places, strict=True)
        ]
        floor = found[-1][0] if len(hits) == count else 0.0
        return TopPassages(tuple(place for place in found if seqs is None or place[1] in seqs), floor)

    def _count(self, term: str) -> int:
        found: Any = self._searcher.search(self._build_term_query(term), 1, count=True)
        return int(found.count)

    def _build_term_query(self, term: str) -> Any:
        return self._tantivy.Query.term_query(self._schema, "terms", _spell_term(term), "freq")

    def _limit_to(self, query: Any, seqs: Iterable[int]) -> Any:
        must = self._tantivy.Occur.Must
        among = self._tantivy.Query.term_set_query(self._schema, "article", [str(seq) for seq in seqs])
        silent = self._tantivy.Query.const_score_query(among, 0.0)
        return self._tantivy.Query.boolean_query([(must, query), (must, silent)])


def verify_checksums(folder: Path, address: str, limit: int | None = None) -> None:
    """Compare each file of the index with the checksum at its end, which tantivy writes but never checks.

    An index of more than `limit` bytes is not checked: a gigabyte takes a second.

    Raises:
        DamagedSearchIndex: a file has changed since it was written.
    """
    with map_tantivy_errors(address, folder):
        segments = json.loads((folder / "meta.json").read_bytes())["segments"]
        names = {segment["segment_id"].replace("-", "") for segment in segments}
        files = [file for file in folder.iterdir() if file.name.partition(".")[0] in names]
        if limit is not None and sum(file.stat().st_size for file in files) > limit:
            return
        for file in files:
            with file.open("rb") as opened, mmap(opened.fileno(), 0, access=ACCESS_READ) as data:
                size = int.from_bytes(data[-8:-4], "little")
                footer = json.loads(data[-8 - size : -8])
                if crc32(memoryview(data)[: -8 - size]) != footer["crc"]:
                    raise DamagedSearchIndex(address, f"{file.name} fails its checksum")


class SearchIndexWriter:
    """Writes one batch of changes to an index; `commit` makes it visible and safe on disk."""

    def __init__(self, folder: Path | None, address: str, index: Any = None) -> None:
        import tantivy

        self._tantivy = tantivy
        self._folder = folder
        self._address = address
        with map_tantivy_errors(address, folder):
            self._index = index or tantivy.Index.open(str(folder))
            self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)

    def add(self, seq: int, found: Iterable[Sequence[str]]) -> None:
        """Add the passages of an article that is not in the index: the terms of each, in text order."""
        with map_tantivy_errors(self._address, self._folder):
            for number, terms in enumerate(found, 1):
                document = self._tantivy.Document()
                document.add_text("terms", _join_terms(terms))
                document.add_text("article", str(seq))
                document.add_unsigned("place", seq << _PLACE | number)
                self._writer.add_document(document)

    def remove(self, seq: int) -> None:
        """Remove all passages of an article, also those added earlier in this batch."""
        with map_tantivy_errors(self._address, self._folder):
            self._writer.delete_documents_by_term("article", str(seq))

    def commit(self) -> None:
        """Write everything, merge segments, and make the index safe against a power cut."""
        with map_tantivy_errors(self._address, self._folder):
            self._writer.commit()
            self._writer.wait_merging_threads()
            if self._folder is not None:
                # tantivy renames meta.json without syncing the folder: 30 of 45 power cuts lost a commit
                sync_folder(self._folder)
                close_to_others(self._folder.glob("*"))  # tantivy lets others read: only the folder keeps them out

    def discard(self) -> None:
        """Drop the batch; nothing of it was visible."""
        try:
            with map_tantivy_errors(self._address, self._folder):
                self._writer.rollback()
                self._writer.wait_merging_threads()
        except (CorruptIndex, EngineUnavailable) as exc:  # the disk was full: the writer is dead, and its batch gone
            lazy_log.debug("nothing to roll back: %s", exc)


def create_index(folder: Path | None, address: str) -> Any:
    """Make an empty index in a new folder, or in memory."""
    import tantivy

    with map_tantivy_errors(address, folder):
        if folder is None:
            return tantivy.Index(_build_schema())
        make_private_folder(folder)
        return tantivy.Index(_build_schema(), path=str(folder))


def _is_full(folder: Path | None) -> bool:
    """Tell whether the disk is full: the error of a writer that died of it does not say so."""
    try:
        return folder is not None and count_free_bytes(folder) < 1 << 16
    except OSError:
        return False


def _build_schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("place", fast=True)
    return builder.build()


def _join_terms(terms: Sequence[str]) -> str:
    """Return the terms as one text that tantivy splits at spaces; hardly ever must one be respelt."""
    line = " ".join(terms)
    plain = line.isascii() and max(map(len, terms), default=0) <= _LONGEST_TERM
    return line if plain else " ".join(map(_spell_term, terms))


def _spell_term(term: str) -> str:
    """Return the term as the index spells it: hashed if tantivy would drop it, lone surrogates escaped."""
    if len(term) > _LONGEST_TERM:
        return sha256(term.encode("utf-8", "surrogatepass")).hexdigest()
    return term if term.isascii() else term.encode("utf-8", "backslashreplace").decode()


def _read_stamp(folder: Path | None) -> tuple[int, int, int] | None:
    if folder is None:  # one in memory never changes
        return None
    found = (folder / "meta.json").stat()
    return (found.st_ino, found.st_mtime_ns, found.st_size)
