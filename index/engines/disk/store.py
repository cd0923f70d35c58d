"""The contents of a library, the search index apart: articles, memberships and totals in one SQLite file."""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import apsw

from ...errors import CorruptIndex
from ...model import Article, Card, Filter
from ...moments import as_utc
from .. import rows
from ..score import Totals
from . import lazy_log, sqlite
from .sqlite import map_sqlite_errors

# An article is seen once the search index has it; else it would be listed but no question would find it.
_SEEN = "seq NOT IN (SELECT seq FROM change)"

_WHOLE = (
    "SELECT id, card, article.checksum, body.checksum, text, spans, body.terms, seq FROM article JOIN body USING (seq)"
)

_PAGE = 500  # cards read at a time: a slow consumer of a listing must not keep a read transaction open


class ArticleStore:
    """Reads a library's file; any number of threads and processes may do so at once."""

    def __init__(self, file: Path, address: str, *, any_analyser: bool = False) -> None:
        self.address = address
        self._lock = threading.Lock()
        with map_sqlite_errors(address):
            self._connection = sqlite.connect_reader(file)
            self.empty = sqlite.is_empty(self._connection)
            if not self.empty:
                try:
                    sqlite.check_format(self._connection, address, any_analyser=any_analyser)
                except BaseException:
                    self._connection.close()
                    raise

    @classmethod
    def open_unchecked(cls, connection: apsw.Connection, address: str) -> ArticleStore:
        """Read a damaged file as far as possible, without checking its format."""
        store = cls.__new__(cls)
        store.address, store._lock, store._connection, store.empty = address, threading.Lock(), connection, False
        return store

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def read_version(self) -> int:
        """Return a number that changes with every commit of any process."""
        return int(self._fetch("PRAGMA data_version")[0][0])

    def read_totals(self) -> Totals:
        """Return the totals of the articles that are seen."""
        return Totals(
            *self._fetch(
                "SELECT articles - count(seq), total.passages - coalesce(sum(article.passages), 0),"
                " total.terms - coalesce(sum(article.terms), 0) FROM total LEFT JOIN (change JOIN article USING (seq))"
            )[0]
        )

    def count_stored_passages(self) -> int:
        """Return how many passages there are, also of articles not seen yet."""
        return int(self._fetch("SELECT passages FROM total")[0][0])

    def read_meta(self, name: str) -> str:
        """Return a value of the table `meta`, "" if it is not there."""
        found = self._fetch("SELECT value FROM meta WHERE name = ?", (name,))
        return str(found[0][0]) if found else ""

    def is_behind(self) -> bool:
        """Tell whether the search index may lack an added article, or still have a removed one."""
        return bool(self._fetch("SELECT EXISTS (SELECT 1 FROM change)")[0][0])

    def list_changed(self) -> list[int]:
        """Return the numbers of the articles that `is_behind` speaks of."""
        return [row[0] for row in self._fetch("SELECT seq FROM change ORDER BY seq")]

    def list_numbers(self, after: int, limit: int) -> list[int]:
        """Return the next `limit` article numbers above `after`, in order of first addition."""
        return [
            row[0] for row in self._fetch("SELECT seq FROM article WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit))
        ]

    def find_number(self, article_id: str) -> int | None:
        """Return the number of an article, None if it is not there."""
        found = self._fetch(f"SELECT seq FROM article WHERE id = ? AND {_SEEN}", (rows.encode_id(article_id),))  # noqa: S608 - ours
        return found[0][0] if found else None

    def load(self, seq: int) -> Article | None:
        """Return an article, None if it is not there.

        Raises:
            CorruptIndex: its bytes fail their checksum.
        """
        found = self.open(seq)
        return found.article if found else None

    def open(self, seq: int) -> rows.LazyArticle | None:
        """Return an article as `load` does, not yet cut into sentences."""
        found = self._fetch(f"{_WHOLE} WHERE seq = ?", (seq,))
        return self._decode(found[0]) if found else None

    def open_many(self, seqs: Collection[int]) -> Iterator[tuple[int, rows.LazyArticle]]:
        """Yield articles with their numbers, in any order; those that are gone or damaged are left out."""
        marks = ",".join("?" * len(seqs))
        for row in self._fetch(f"{_WHOLE} WHERE seq IN ({marks})", tuple(seqs)):
            with suppress(CorruptIndex):
                yield row[-1], self._decode(row)

    def read_raw(self, seq: int) -> bytes | None:
        """Return the source's own bytes, None where they were not kept.

        Raises:
            CorruptIndex: they are damaged.
        """
        found = self._fetch("SELECT raw FROM body WHERE seq = ?", (seq,))
        if not found or found[0][0] is None:
            return None
        try:
            return zlib.decompress(found[0][0])
        except zlib.error as exc:
            message = (
                f"the source bytes kept with article {self.find_id(seq)} are damaged ({exc}); add its source again"
            )
            raise CorruptIndex(self.address, message) from exc

    def list_cards(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards that pass the filter, in order of first addition; damaged ones are logged and skipped."""
        where, values = _build_condition(filter)
        last = 0
        while True:
            found = self._fetch(
                f"SELECT seq, card, checksum FROM article WHERE {where} AND seq > ? ORDER BY seq LIMIT {_PAGE}",  # noqa: S608 - only marks
                (*values, last),
            )
            # a long listing must not push the cards that questions need out of memory
            read = decode_card if len(found) < _PAGE else _decode_card
            for seq, card, checksum in found:
                last = seq
                try:
                    yield read(card, checksum)
                except ValueError as exc:  # one damaged article must not stop answers from all others
                    lazy_log.warn("%s: a card is damaged (%s); `pullquote rebuild` repairs that", self.address, exc)
            if len(found) < _PAGE:
                return

    def holds(self, collection: str) -> bool:
        """Tell whether a collection has any article, seen or not yet."""
        found = self._fetch(
            "SELECT EXISTS (SELECT 1 FROM member WHERE collection = ?)", (rows.encode_text(collection),)
        )
        return bool(found[0][0])

    def count(self, filter: Filter) -> int:
        """Return how many articles pass the filter."""
        if len(filter.collections) == 1 and filter == Filter(collections=filter.collections) and not self.is_behind():
            # all articles are seen, so the members can be counted alone, which reads a tenth of the pages
            name = rows.encode_text(filter.collections[0])
            return int(self._fetch("SELECT count(*) FROM member WHERE collection = ?", (name,))[0][0])
        where, values = _build_condition(filter)
        return int(self._fetch(f"SELECT count(*) FROM article WHERE {where}", values)[0][0])  # noqa: S608 - only marks

    def find_admitted(self, filter: Filter) -> frozenset[int]:
        """Return the numbers of the articles that pass the filter."""
        where, values = _build_condition(filter)
        return frozenset(row[0] for row in self._fetch(f"SELECT seq FROM article WHERE {where}", values))  # noqa: S608 - only marks

    def find_id(self, seq: int) -> str:
        """Return the id of an article, "?" if it is not there."""
        found = self._fetch("SELECT id FROM article WHERE seq = ?", (seq,))
        return str(found[0][0]) if found else "?"

    def list_collections_of(self, seq: int) -> list[str]:
        """Return the collections of one article."""
        found = self._fetch("SELECT collection FROM member WHERE seq = ?", (seq,))
        return [name.decode("utf-8", "surrogatepass") for (name,) in found]

    def count_text_bytes(self) -> int:
        """Return how many bytes the texts of all articles have."""
        return int(self._fetch("SELECT coalesce(sum(length(text)), 0) FROM body")[0][0])

    def find_damage(self) -> str:
        """Return what SQLite finds wrong with the file, "" if nothing."""
        try:
            found = str(self._fetch("PRAGMA quick_check(1)")[0][0])
        except CorruptIndex as exc:
            return str(exc)
        return "" if found == "ok" else found

    def count_by_collection(self) -> dict[str, int]:
        """Return how many articles each collection has."""
        found = self._fetch(
            f"SELECT collection, count(*) FROM member WHERE {_SEEN} GROUP BY collection ORDER BY collection"  # noqa: S608 - ours
        )
        return {name.decode("utf-8", "surrogatepass"): count for name, count in found}

    def _decode(self, row: tuple[Any, ...]) -> rows.LazyArticle:
        key, form, checksum, body_checksum, text, spans, terms, _ = row
        try:
            card = decode_card(form, checksum)
            return rows.LazyArticle(
                card, rows.decode_body(key, card, rows.EncodedBody(text, spans, terms), body_checksum)
            )
        except (ValueError, IndexError, TypeError) as exc:
            message = f"article {key} is damaged ({exc}); remove it and add its source again"
            raise CorruptIndex(self.address, message) from exc

    def _fetch(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock, map_sqlite_errors(self.address):
                return self._connection.execute(statement, values).fetchall()
        except UnicodeDecodeError as exc:
            raise CorruptIndex(self.address, f"has damaged text ({exc}); `pullquote rebuild` repairs that") from exc


def _decode_card(card: bytes, checksum: int) -> Card:
    """Return a stored card.

    Raises:
        ValueError: it fails its checksum.
    """
    if zlib.crc32(card) != checksum:
        raise ValueError("the card fails its checksum")
    return rows.card_from_json(card.decode("ascii"))


decode_card = lru_cache(maxsize=4096)(_decode_card)
"""As `_decode_card`, but the last cards are kept in memory."""


def _build_condition(filter: Filter) -> tuple[str, tuple[Any, ...]]:
    """Return the filter as a condition on the table `article`, and the values for its marks."""
    parts: list[str] = [_SEEN]
    values: list[Any] = []

    def add(part: str, *more: Any) -> None:
        parts.append(part)
        values.extend(more)

    names = [rows.encode_text(name) for name in filter.collections]
    members = f"SELECT seq FROM member WHERE collection IN ({_list_marks(names)})"  # noqa: S608 - only marks
    if _is_narrow(filter):  # few articles: make SQLite find them by their index instead of walking all members
        add(f"EXISTS ({members} AND member.seq = article.seq)", *names)
    else:
        add(f"seq IN ({members})", *names)
    if filter.articles:
        add("id IN (SELECT value FROM json_each(?))", json.dumps(filter.articles))
    if filter.sources:
        words = [rows.encode_text(word.casefold()) for word in filter.sources]
        add("(" + " OR ".join("instr(places, ?)" for _ in words) + ")", *words)
    if filter.stories:
        keys = [rows.encode_text(key) for key in filter.stories]
        add(f"story IN ({_list_marks(keys)})", *keys)
    if filter.since is not None:
        add("published >= ?", rows.to_microseconds(filter.since))
    if filter.until is not None:
        add("published < ?", rows.to_microseconds(filter.until))
    if filter.lead is not None:
        add("lead = ?", rows.encode_lead(filter.lead))
    return " AND ".join(parts), tuple(values)


def _is_narrow(filter: Filter) -> bool:
    """Tell whether the filter names articles or stories, or spans at most a week."""
    if filter.since is not None and filter.until is not None:
        return as_utc(filter.until) - as_utc(filter.since) < timedelta(days=8)
    return bool(filter.articles or filter.stories)


def _list_marks(values: list[bytes]) -> str:
    return ",".join("?" * len(values))
