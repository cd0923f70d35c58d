"""The articles of a library and their memberships, read from its SQLite file."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from contextlib import suppress
from heapq import merge
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any

from ...errors import CorruptIndex
from ...model import Card, Filter
from .. import rows
from . import lazy_log
from .library_file import LibraryFile
from .member import WHOLE, MemberRow, decode_and_keep_card, decode_card, decode_row
from .query import SEEN, build_queries, list_marks

_MEMBER = "seq, number, card, checksum"
_AFTER = "number > ?"  # the end of a page
_PAGE = 500  # cards read at a time: a slow consumer of a listing must not keep a read transaction open


class ArticleStore(LibraryFile):
    """Reads the articles of a library and their memberships."""

    def list_numbers(self, after: int, limit: int) -> list[int]:
        """Return the next `limit` article numbers above `after`, in order of first addition."""
        return [
            row[0] for row in self._fetch("SELECT seq FROM article WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit))
        ]

    def find_number(self, article_id: str) -> int | None:
        """Return the number of an article, None if it is not there."""
        found = self._fetch(f"SELECT seq FROM article WHERE id = ? AND {SEEN}", (rows.encode_id(article_id),))  # noqa: S608 - ours
        return found[0][0] if found else None

    def open(self, seq: int) -> rows.LazyText | None:
        """Return an article's text, not yet cut into sentences; None if it is not there.

        Raises:
            CorruptIndex: its bytes fail their checksum.
        """
        found = self._fetch(f"{WHOLE} WHERE seq = ?", (seq,))
        return self._decode(found[0]) if found else None

    def read_text(self, seq: int) -> bytes:
        """Return an article's text as it is stored, damaged or not; b"" if it is not there."""
        found = self._fetch("SELECT text FROM body WHERE seq = ?", (seq,))
        return bytes(found[0][0]) if found else b""

    def open_many(self, seqs: Collection[int]) -> Iterator[tuple[int, rows.LazyText]]:
        """Yield texts with their numbers, in any order; those that are gone or damaged are left out."""
        marks = ",".join("?" * len(seqs))
        for row in self._fetch(f"{WHOLE} WHERE seq IN ({marks})", tuple(seqs)):
            with suppress(CorruptIndex):
                yield row[-1], self._decode(row)

    def find_members(self, seqs: Collection[int], collections: tuple[str, ...]) -> dict[int, MemberRow]:
        """Return the memberships that count in these collections, by the article's number, but for damaged cards."""
        return dict(self._find(Filter(collections=collections), seqs))

    def find_versions(self, stories: Collection[str], collections: tuple[str, ...]) -> list[MemberRow]:
        """Return the memberships of these stories in the same way, in order of addition."""
        within = Filter(collections=collections, stories=tuple(stories))
        return sorted((member for _, member in self._find(within)), key=attrgetter("number"))

    def is_member(self, seq: int, collections: tuple[str, ...]) -> bool:
        """Tell whether one of the collections has the article, though its card may be damaged."""
        return any(self._fetch(*query) for query in build_queries("1", Filter(collections=collections), seqs=(seq,)))

    def list_memberships(self) -> Iterator[tuple[str, Card]]:
        """Yield the cards of all collections with their names, in order of addition; damaged ones are skipped."""
        statement = f"SELECT {_MEMBER}, collection FROM member WHERE {SEEN} AND {_AFTER}"  # noqa: S608 - ours
        for _, card, row in self._read_pages(statement, ()):
            yield row[-1].decode("utf-8", "surrogatepass"), card

    def read_last_place(self) -> int:
        """Return the highest number that a membership ever had, 0 for none."""
        found = self._fetch("SELECT seq FROM sqlite_sequence WHERE name = 'member'")
        return int(found[0][0]) if found else 0

    def list_added(self, place: int) -> Iterator[tuple[int, str, Card]]:
        """Yield number, collection and card of the memberships from this number on, up to the first not seen yet.

        Whoever goes on later from where this ended so misses none.
        """
        unseen = "SELECT min(number) FROM member WHERE seq IN (SELECT seq FROM change)"
        statement = (
            f"SELECT {_MEMBER}, collection FROM member WHERE {_AFTER} AND number < coalesce(({unseen}), 1 << 62)"  # noqa: S608 - ours
        )
        for number, card, row in self._read_pages(statement, (), last=place - 1):
            yield number, row[-1].decode("utf-8", "surrogatepass"), card

    def list_members_of(self, seq: int) -> Iterator[tuple[str, Card | None, bytes | None]]:
        """Yield the collections of one article, with its card there (None if that is damaged) and the source's bytes.

        Raises:
            CorruptIndex: the source's bytes are damaged.
        """
        statement = f"SELECT {_MEMBER}, collection, raw FROM member WHERE seq = ? ORDER BY number"  # noqa: S608 - ours
        for row in self._fetch(statement, (seq,)):
            yield row[-2].decode("utf-8", "surrogatepass"), self._decode_card(row), self._unpack(seq, row[-1])

    def read_raw(self, seq: int, collections: tuple[str, ...]) -> bytes | None:
        """Return the source's own bytes that the membership that counts has, None where they were not kept.

        Raises:
            CorruptIndex: they are damaged.
        """
        queries = build_queries("raw", Filter(collections=collections), seqs=(seq,))
        found = next(chain.from_iterable(self._fetch(*query) for query in queries), None)
        return self._unpack(seq, found[0]) if found else None

    def list_cards(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards that pass the filter, in order of addition; damaged ones are logged and skipped."""
        few = 0 < len(filter.articles) + len(filter.stories) + len(filter.files) <= _PAGE
        order = "+number" if few else "number"  # with the plus SQLite looks the few up, instead of reading all in order
        pages = [self._read_pages(*query, order) for query in build_queries(_MEMBER, filter, f"{order} > ?")]
        for _, card, _ in pages[0] if len(pages) == 1 else merge(*pages, key=itemgetter(0)):
            yield card

    def holds(self, collection: str) -> bool:
        """Tell whether a collection has any article, seen or not yet."""
        found = self._fetch(
            "SELECT EXISTS (SELECT 1 FROM member WHERE collection = ?)", (rows.encode_text(collection),)
        )
        return bool(found[0][0])

    def count(self, filter: Filter) -> int:
        """Return how many articles pass the filter."""
        if filter == Filter(collections=filter.collections) and not self.is_behind():
            # all articles are seen, so an index of the members can be counted alone, which reads a tenth of the pages
            names = [rows.encode_text(name) for name in filter.collections]
            what = "count(*)" if len(names) == 1 else "count(DISTINCT seq)"
            statement = f"SELECT {what} FROM member WHERE collection IN ({list_marks(names)})"  # noqa: S608 - only marks
            return int(self._fetch(statement, tuple(names))[0][0])
        return sum(int(self._fetch(*query)[0][0]) for query in build_queries("count(*)", filter))

    def find_admitted(self, filter: Filter) -> frozenset[int]:
        """Return the numbers of the articles that pass the filter."""
        if filter == Filter(collections=filter.collections):  # whichever membership counts
            names = [rows.encode_text(name) for name in filter.collections]
            queries = [(f"SELECT seq FROM member WHERE collection IN ({list_marks(names)}) AND {SEEN}", tuple(names))]  # noqa: S608 - only marks
        else:
            queries = list(build_queries("seq", filter))
        return frozenset(row[0] for query in queries for row in self._fetch(*query))

    def find_id(self, seq: int) -> str:
        """Return the id of an article, "?" if it is not there."""
        found = self._fetch("SELECT id FROM article WHERE seq = ?", (seq,))
        return str(found[0][0]) if found else "?"

    def count_text_bytes(self) -> int:
        """Return how many bytes the texts of all articles have."""
        return int(self._fetch("SELECT coalesce(sum(length(text)), 0) FROM body")[0][0])

    def count_by_collection(self) -> dict[str, int]:
        """Return how many articles each collection has."""
        found = self._fetch(
            f"SELECT collection, count(*) FROM member WHERE {SEEN} GROUP BY collection ORDER BY collection"  # noqa: S608 - ours
        )
        return {name.decode("utf-8", "surrogatepass"): count for name, count in found}

    def _decode(self, row: tuple[Any, ...]) -> rows.LazyText:
        try:
            return decode_row(row)
        except ValueError as exc:
            message = f"article {row[0]} is damaged ({exc}); add its source again"
            raise CorruptIndex(self.address, message) from exc

    def _decode_card(self, row: tuple[Any, ...], *, is_kept: bool = True) -> Card | None:
        """Return the card of a membership's row; None, after a note in the log, if it is damaged."""
        _, _, card, checksum, *_ = row
        try:
            return (decode_and_keep_card if is_kept else decode_card)(card, checksum)
        except ValueError as exc:  # one damaged article must not stop answers from all others
            lazy_log.warn("%s: a card is damaged (%s); `pullquote rebuild` repairs that", self.address, exc)
            return None

    def _unpack(self, seq: int, raw: bytes | None) -> bytes | None:
        try:
            return None if raw is None else zlib.decompress(raw)
        except zlib.error as exc:
            message = (
                f"the source bytes kept with article {self.find_id(seq)} are damaged ({exc}); add its source again"
            )
            raise CorruptIndex(self.address, message) from exc

    def _find(self, filter: Filter, seqs: Collection[int] | None = None) -> Iterator[tuple[int, MemberRow]]:
        found = chain.from_iterable(self._fetch(*query) for query in build_queries(_MEMBER, filter, seqs=seqs))
        return ((row[0], MemberRow(row[1], card)) for row in found if (card := self._decode_card(row)))

    def _read_pages(
        self, statement: str, values: tuple[Any, ...], order: str = "number", last: int = 0
    ) -> Iterator[tuple[int, Card, tuple[Any, ...]]]:
        """Yield the numbers, cards and rows of memberships; the statement's last mark is the number before the page."""
        while True:
            found = self._fetch(f"{statement} ORDER BY {order} LIMIT {_PAGE}", (*values, last))
            for row in found:
                # a long listing must not push the cards that questions need out of memory
                if card := self._decode_card(row, is_kept=len(found) < _PAGE):
                    yield row[1], card, row
            if len(found) < _PAGE:
                return
            last = found[-1][1]
