"""The truth of a library: articles, memberships and totals in one SQLite file."""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import apsw

from ...errors import CorruptIndex
from ...model import Article, Card, Filter, as_utc
from .. import rows
from . import log, sqlite
from .sqlite import mapped

# An article is seen once the search index has it: else it would be listed, and asking would not find it.
_SEEN = "seq NOT IN (SELECT seq FROM change)"

_WHOLE = (
    "SELECT id, card, article.checksum, body.checksum, text, spans, body.terms, seq FROM article JOIN body USING (seq)"
)

_PAGE = 500  # cards read at a time: a listing must not hold a read transaction open while its reader thinks


@dataclass(frozen=True, slots=True)
class Totals:
    """What the whole library holds; `terms` counts those of all passages."""

    articles: int = 0
    passages: int = 0
    terms: int = 0


class Store:
    """Reads a library file; any number of threads and processes may do so at once."""

    def __init__(self, file: Path, address: str, *, any_analyser: bool = False) -> None:
        self.address = address
        self._lock = threading.Lock()
        with mapped(address):
            self._connection = sqlite.connect_reader(file)
            self.empty = sqlite.is_empty(self._connection)
            if not self.empty:
                try:
                    sqlite.check(self._connection, address, any_analyser=any_analyser)
                except BaseException:
                    self._connection.close()
                    raise

    @classmethod
    def of(cls, connection: apsw.Connection, address: str) -> Store:
        """Read what can be read of a damaged file, without any check of the whole."""
        store = cls.__new__(cls)
        store.address, store._lock, store._connection, store.empty = address, threading.Lock(), connection, False
        return store

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def version(self) -> int:
        """Return a number that changes whenever anyone has committed."""
        return int(self._rows("PRAGMA data_version")[0][0])

    def totals(self) -> Totals:
        """Return how much can be seen."""
        return Totals(
            *self._rows(
                "SELECT articles - count(seq), total.passages - coalesce(sum(article.passages), 0),"
                " total.terms - coalesce(sum(article.terms), 0) FROM total LEFT JOIN (change JOIN article USING (seq))"
            )[0]
        )

    def stored_passages(self) -> int:
        """Return how many passages there are, seen or not yet."""
        return int(self._rows("SELECT passages FROM total")[0][0])

    def meta(self, name: str) -> str:
        """Return a value of the table `meta`, "" when it is not there."""
        found = self._rows("SELECT value FROM meta WHERE name = ?", (name,))
        return str(found[0][0]) if found else ""

    def is_behind(self) -> bool:
        """Tell whether the search index may lack, or still hold, some article."""
        return bool(self._rows("SELECT EXISTS (SELECT 1 FROM change)")[0][0])

    def changed(self) -> list[int]:
        """Return the articles that the search index may not reflect."""
        return [row[0] for row in self._rows("SELECT seq FROM change ORDER BY seq")]

    def numbers(self, after: int, limit: int) -> list[int]:
        """Return the next articles' numbers in order of first addition."""
        return [
            row[0] for row in self._rows("SELECT seq FROM article WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit))
        ]

    def find(self, article_id: str) -> int | None:
        """Return the article's number, None when it is not there."""
        found = self._rows(f"SELECT seq FROM article WHERE id = ? AND {_SEEN}", (rows.key(article_id),))  # noqa: S608 - ours
        return found[0][0] if found else None

    def load(self, seq: int) -> Article | None:
        """Return an article, None when it is not there.

        Raises:
            CorruptIndex: its bytes fail their checksum.
        """
        found = self.open(seq)
        return found.article if found else None

    def open(self, seq: int) -> rows.Uncut | None:
        """Return an article as `load` does, not yet cut into sentences."""
        found = self._rows(f"{_WHOLE} WHERE seq = ?", (seq,))
        return self._opened(found[0]) if found else None

    def open_many(self, seqs: Collection[int]) -> Iterator[tuple[int, rows.Uncut]]:
        """Yield articles with their numbers, in any order, less those that are gone or damaged."""
        marks = ",".join("?" * len(seqs))
        for row in self._rows(f"{_WHOLE} WHERE seq IN ({marks})", tuple(seqs)):
            with suppress(CorruptIndex):
                yield row[-1], self._opened(row)

    def raw(self, seq: int) -> bytes | None:
        """Return the source's own bytes, None where they were not kept.

        Raises:
            CorruptIndex: they are damaged.
        """
        found = self._rows("SELECT raw FROM body WHERE seq = ?", (seq,))
        if not found or found[0][0] is None:
            return None
        try:
            return zlib.decompress(found[0][0])
        except zlib.error as exc:
            message = f"the source bytes kept with article {self.id_of(seq)} are damaged ({exc}); add its source again"
            raise CorruptIndex(self.address, message) from exc

    def cards(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards that pass the filter, in order of first addition; damaged ones are logged and passed over."""
        where, values = _condition(filter)
        last = 0
        while True:
            found = self._rows(
                f"SELECT seq, card, checksum FROM article WHERE {where} AND seq > ? ORDER BY seq LIMIT {_PAGE}",  # noqa: S608 - only marks
                (*values, last),
            )
            read = checked if len(found) < _PAGE else _read  # a long list would push out what questions need again
            for seq, card, checksum in found:
                last = seq
                try:
                    yield read(card, checksum)
                except ValueError as exc:  # one damaged article must not silence all others
                    log.warning("%s: a card is damaged (%s); `pullquote rebuild` sorts it out", self.address, exc)
            if len(found) < _PAGE:
                return

    def holds(self, collection: str) -> bool:
        """Tell whether anything is in a collection, seen or not yet."""
        found = self._rows("SELECT EXISTS (SELECT 1 FROM member WHERE collection = ?)", (rows.as_bytes(collection),))
        return bool(found[0][0])

    def count(self, filter: Filter) -> int:
        """Return how many articles pass the filter."""
        if len(filter.collections) == 1 and filter == Filter(collections=filter.collections) and not self.is_behind():
            # all of a collection are seen: counting its members alone looks at a tenth of the pages
            name = rows.as_bytes(filter.collections[0])
            return int(self._rows("SELECT count(*) FROM member WHERE collection = ?", (name,))[0][0])
        where, values = _condition(filter)
        return int(self._rows(f"SELECT count(*) FROM article WHERE {where}", values)[0][0])  # noqa: S608 - only marks

    def admitted(self, filter: Filter) -> frozenset[int]:
        """Return the numbers of the articles that pass the filter."""
        where, values = _condition(filter)
        return frozenset(row[0] for row in self._rows(f"SELECT seq FROM article WHERE {where}", values))  # noqa: S608 - only marks

    def id_of(self, seq: int) -> str:
        """Return the id of an article, "?" when it is not there."""
        found = self._rows("SELECT id FROM article WHERE seq = ?", (seq,))
        return str(found[0][0]) if found else "?"

    def names_of(self, seq: int) -> list[str]:
        """Return the collections of one article."""
        found = self._rows("SELECT collection FROM member WHERE seq = ?", (seq,))
        return [name.decode("utf-8", "surrogatepass") for (name,) in found]

    def memberships(self) -> dict[int, list[str]]:
        """Return the collections of each article by its number."""
        found: dict[int, list[str]] = {}
        for name, seq in self._rows("SELECT collection, seq FROM member ORDER BY collection"):
            found.setdefault(seq, []).append(name.decode("utf-8", "surrogatepass"))
        return found

    def text_bytes(self) -> int:
        """Return how many bytes the texts of all articles have."""
        return int(self._rows("SELECT coalesce(sum(length(text)), 0) FROM body")[0][0])

    def damage(self) -> str:
        """Return what SQLite itself finds wrong with the file, "" when it finds nothing."""
        try:
            found = str(self._rows("PRAGMA quick_check(1)")[0][0])
        except CorruptIndex as exc:
            return str(exc)
        return "" if found == "ok" else found

    def collections(self) -> dict[str, int]:
        """Return how many articles each collection has."""
        found = self._rows(
            f"SELECT collection, count(*) FROM member WHERE {_SEEN} GROUP BY collection ORDER BY collection"  # noqa: S608 - ours
        )
        return {name.decode("utf-8", "surrogatepass"): count for name, count in found}

    def _opened(self, row: tuple[Any, ...]) -> rows.Uncut:
        key, form, checksum, body_checksum, text, spans, terms, _ = row
        try:
            card = checked(form, checksum)
            return rows.Uncut(card, rows.opened(key, card, rows.Body(text, spans, terms), body_checksum))
        except (ValueError, IndexError, TypeError) as exc:
            message = f"article {key} is damaged ({exc}); remove it and add its source again"
            raise CorruptIndex(self.address, message) from exc

    def _rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock, mapped(self.address):
                return self._connection.execute(statement, values).fetchall()
        except UnicodeDecodeError as exc:
            raise CorruptIndex(self.address, f"holds damaged words ({exc}); `pullquote rebuild` sorts it out") from exc


def _read(card: bytes, checksum: int) -> Card:
    """Return a stored card.

    Raises:
        ValueError: it fails its checksum.
    """
    if zlib.crc32(card) != checksum:
        raise ValueError("the card fails its checksum")
    return rows.card_from_json(card.decode("ascii"))


checked = lru_cache(maxsize=4096)(_read)
"""Return a stored card as `_read` does; the last ones are kept."""


def _condition(filter: Filter) -> tuple[str, tuple[Any, ...]]:
    """Return the filter as a condition on the table `article`, and the values for its marks."""
    parts: list[str] = [_SEEN]
    values: list[Any] = []

    def add(part: str, *more: Any) -> None:
        parts.append(part)
        values.extend(more)

    names = [rows.as_bytes(name) for name in filter.collections]
    members = f"SELECT seq FROM member WHERE collection IN ({_marks(names)})"  # noqa: S608 - only marks
    if _is_narrow(filter):  # few articles: SQLite shall find them by their index, not by walking all members
        add(f"EXISTS ({members} AND member.seq = article.seq)", *names)
    else:
        add(f"seq IN ({members})", *names)
    if filter.articles:
        add("id IN (SELECT value FROM json_each(?))", json.dumps(filter.articles))
    if filter.sources:
        words = [rows.as_bytes(word.casefold()) for word in filter.sources]
        add("(" + " OR ".join("instr(places, ?)" for _ in words) + ")", *words)
    if filter.stories:
        keys = [rows.as_bytes(key) for key in filter.stories]
        add(f"story IN ({_marks(keys)})", *keys)
    if filter.since is not None:
        add("published >= ?", rows.microseconds(filter.since))
    if filter.until is not None:
        add("published < ?", rows.microseconds(filter.until))
    if filter.lead is not None:
        add("lead = ?", filter.lead)
    return " AND ".join(parts), tuple(values)


def _is_narrow(filter: Filter) -> bool:
    """Tell whether the filter names articles or stories, or a few days."""
    if filter.since is not None and filter.until is not None:
        return as_utc(filter.until) - as_utc(filter.since) < timedelta(days=8)
    return bool(filter.articles or filter.stories)


def _marks(values: list[bytes]) -> str:
    return ",".join("?" * len(values))
