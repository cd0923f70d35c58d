"""The search index of a library: tantivy over the passages' terms. All of it can be made anew from the store."""

from __future__ import annotations

import errno
import json
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any
from zlib import crc32

from ...errors import CorruptIndex, EngineUnavailable
from ...model import Passage
from . import log
from .sqlite import DiskFailed, free, sync_folder

_HEAP = 48_000_000  # bytes that the writer collects before it writes a segment: flat in the number of articles
_PLACE = (
    24  # bits for the passage's number beside the article's: 16 million, and a text has 5 million characters at most
)
_FEW = 300  # articles up to which a filter goes into the query; above, a set of so many terms costs more than it saves
_LONGEST_TERM = 200  # tantivy drops terms over 65,530 bytes without a word

# "No space", "too many files" and the like: the index is as good as before, only the machine is not
_ERRNO = re.compile(r"(?:os error|Errno) (\d+)")
_PASSING = {errno.EINTR, errno.ENOMEM, errno.EACCES, errno.ENFILE, errno.EMFILE, errno.EFBIG, errno.ENOSPC, errno.EROFS}
_PASSING |= {errno.EDQUOT, errno.EAGAIN, errno.EPERM}


@contextmanager
def guarded(address: str, folder: Path | None) -> Iterator[None]:
    """Turn tantivy's errors into ours; its panics are `BaseException`, so that `except Exception` misses them."""
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
        raise DamagedRanker(address, str(exc)) from exc


class DamagedRanker(CorruptIndex):
    """The search index is damaged; unlike the store it can be made anew unasked. `reason` tells how that was seen."""

    def __init__(self, engine: str, reason: str) -> None:
        """Keep the reason and say what makes the index anew."""
        super().__init__(engine, f"the search index is damaged ({reason}); `pullquote rebuild` makes it anew")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Nominated:
    """Passages as (score, article number, passage number), best first; what is missing scores `floor` or less."""

    places: tuple[tuple[float, int, int], ...]
    floor: float


class Ranker:
    """An open search index, as of the moment it was opened; `is_stale` tells when there is a newer one."""

    def __init__(self, folder: Path | None, address: str, index: Any = None) -> None:
        """Open the index in a folder, or take the one in memory that was made for a disk that cannot be written."""
        import tantivy

        self._tantivy = tantivy
        self._folder = folder
        self._address = address
        self._known: dict[str, int] = {}
        self._lock = threading.Lock()
        with guarded(address, folder):
            self._stamp = _stamp(folder)
            self._index = index if folder is None else tantivy.Index.open(str(folder))
            self._schema = self._index.schema
            self._searcher = self._index.searcher()
            self.passages = self.stored = int(self._searcher.num_docs)
            if folder is not None:  # removed passages count in tantivy's scores until their segment is merged
                segments = json.loads((folder / "meta.json").read_bytes())["segments"]
                self.stored = sum(segment["max_doc"] for segment in segments)

    def is_stale(self) -> bool:
        """Tell whether someone has committed since, or thrown the index away."""
        try:
            return self._folder is not None and _stamp(self._folder) != self._stamp
        except OSError:
            return True

    def holding(self, term: str) -> int:
        """Return how many passages hold the term; removed ones do not count."""
        if term not in self._known:
            with guarded(self._address, self._folder):
                if self.stored == self.passages:
                    found = self._searcher.doc_freq("terms", _spelt(term))
                else:  # what tantivy knows of a term counts removed passages until their segment is merged
                    found = self._count(term)
            with self._lock:
                self._known[term] = int(found)
        return self._known[term]

    def holding_stored(self, term: str) -> int:
        """Return how many passages tantivy's own score counts for the term."""
        with guarded(self._address, self._folder):
            return int(self._searcher.doc_freq("terms", _spelt(term)))

    def nominate(self, terms: Sequence[str], count: int, seqs: frozenset[int] | None) -> Nominated:
        """Return the best passages of `count`; `seqs` limits the articles, None does not.

        Passages of other articles count towards `count` where the filter could not go into the query.
        """
        with guarded(self._address, self._folder):
            should = self._tantivy.Occur.Should
            query = self._tantivy.Query.boolean_query([(should, self._term(term)) for term in terms])
            if seqs is not None and len(seqs) <= _FEW:
                query = self._limited(query, seqs)
            # without the total, tantivy may skip what cannot come among the first
            hits = self._searcher.search(query, count, count=False).hits
            places: list[Any] = self._searcher.fast_field_values("place", [address for _, address in hits])
        found = [
            (float(score), place >> _PLACE, place & ((1 << _PLACE) - 1))
            for (score, _), place in zip(hits, places, strict=True)
        ]
        floor = found[-1][0] if len(hits) == count else 0.0
        return Nominated(tuple(place for place in found if seqs is None or place[1] in seqs), floor)

    def _count(self, term: str) -> int:
        found: Any = self._searcher.search(self._term(term), 1, count=True)
        return int(found.count)

    def _term(self, term: str) -> Any:
        return self._tantivy.Query.term_query(self._schema, "terms", _spelt(term), "freq")

    def _limited(self, query: Any, seqs: Iterable[int]) -> Any:
        must = self._tantivy.Occur.Must
        among = self._tantivy.Query.term_set_query(self._schema, "article", [str(seq) for seq in seqs])
        silent = self._tantivy.Query.const_score_query(among, 0.0)
        return self._tantivy.Query.boolean_query([(must, query), (must, silent)])


def verify(folder: Path, address: str, limit: int | None = None) -> None:
    """Compare each file of the index with the checksum that tantivy wrote at its end, and that its reading passes over.

    An index of more than `limit` bytes is not looked at: a gigabyte takes a second.

    Raises:
        DamagedRanker: a file is not as it was written.
    """
    with guarded(address, folder):
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
                    raise DamagedRanker(address, f"{file.name} fails its checksum")


class Writing:
    """One batch of changes to an index; `commit` makes it visible and safe on disk."""

    def __init__(self, folder: Path | None, address: str, index: Any = None) -> None:
        import tantivy

        self._tantivy = tantivy
        self._folder = folder
        self._address = address
        with guarded(address, folder):
            self._index = index or tantivy.Index.open(str(folder))
            self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)

    def add(self, seq: int, found: Iterable[Passage]) -> None:
        """Add the passages of an article that is not in the index."""
        with guarded(self._address, self._folder):
            for passage in found:
                document = self._tantivy.Document()
                document.add_text("terms", _line(passage.terms))
                document.add_text("article", str(seq))
                document.add_unsigned("place", seq << _PLACE | passage.number)
                self._writer.add_document(document)

    def remove(self, seq: int) -> None:
        """Remove all passages of an article; those added before in this batch too."""
        with guarded(self._address, self._folder):
            self._writer.delete_documents_by_term("article", str(seq))

    def commit(self) -> None:
        """Write all, merge, and make it safe against a power cut."""
        with guarded(self._address, self._folder):
            self._writer.commit()
            self._writer.wait_merging_threads()
            if self._folder is not None:
                # tantivy renames its meta.json and leaves the folder to luck: 30 of 45 power cuts lost a commit
                sync_folder(self._folder)

    def discard(self) -> None:
        """Forget the batch; nothing of it was visible."""
        try:
            with guarded(self._address, self._folder):
                self._writer.rollback()
                self._writer.wait_merging_threads()
        except (CorruptIndex, EngineUnavailable) as exc:  # a writer that was killed by a full disk has nothing left
            log.debug("nothing to take back: %s", exc)


def make(folder: Path | None, address: str) -> Any:
    """Make an empty index in a new folder, or in memory."""
    import tantivy

    with guarded(address, folder and folder.parent):
        if folder is None:
            return tantivy.Index(_schema())
        folder.mkdir()
        return tantivy.Index(_schema(), path=str(folder))


def _is_full(folder: Path | None) -> bool:
    """Tell whether the disk is full: a writer that died of it says only that it died."""
    try:
        return folder is not None and free(folder) < 1 << 16
    except OSError:
        return False


def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("article", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("place", fast=True)
    return builder.build()


def _line(terms: Sequence[str]) -> str:
    """Return the terms as tantivy splits them again; nearly always none needs another spelling."""
    line = " ".join(terms)
    plain = line.isascii() and max(map(len, terms), default=0) <= _LONGEST_TERM
    return line if plain else " ".join(map(_spelt, terms))


def _spelt(term: str) -> str:
    """Return the term as the index spells it: hashed where tantivy would drop it, without lone surrogates."""
    if len(term) > _LONGEST_TERM:
        return sha256(term.encode("utf-8", "surrogatepass")).hexdigest()
    return term if term.isascii() else term.encode("utf-8", "backslashreplace").decode()


def _stamp(folder: Path | None) -> tuple[int, int, int]:
    if folder is None:
        return (0, 0, 0)
    found = (folder / "meta.json").stat()
    return (found.st_ino, found.st_mtime_ns, found.st_size)
