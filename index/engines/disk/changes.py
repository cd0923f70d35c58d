"""The one way to change a library: transactions on its SQLite file, by who holds the writer's lock."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw

from ...errors import CorruptIndex, UnknownArticle
from ...model import Article, Card, Passage
from ...reading import passages
from .. import renewed, rows
from . import sqlite
from .sqlite import mapped
from .store import checked


@dataclass(frozen=True, slots=True)
class Put:
    """What storing an article changed; `passages` are to be indexed, () where the text was there already."""

    seq: int
    is_new: bool
    passages: tuple[Passage, ...]
    joined: bool


class Changes:
    """Changes a library file; only the process that holds the writer's lock may have one."""

    def __init__(self, file: Path, address: str, *, any_analyser: bool = False) -> None:
        self.address = address
        with mapped(address):
            self._connection = sqlite.connect_writer(file)
            try:
                sqlite.create(self._connection)
                sqlite.check(self._connection, address, any_analyser=any_analyser)
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """Close the file; what was not committed is gone."""
        with suppress(apsw.Error):  # a disk that failed may fail here again; nothing acknowledged hangs on it
            self._connection.close(True)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that is done inside, safe on disk, or nothing."""
        with mapped(self.address):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(apsw.Error):  # after some errors SQLite has rolled back by itself
                    self._connection.execute("ROLLBACK")
                raise

    def put(self, article: Article, collection: str) -> Put:
        """Store an article and its membership; of a text that is there already at most the metadata is renewed."""
        parts: tuple[Passage, ...] = ()
        name = rows.as_bytes(collection)
        found = self._rows("SELECT seq, card, checksum FROM article WHERE id = ?", (article.id,))
        if found:
            seq = found[0][0]
            try:
                old = checked(*found[0][1:])
            except ValueError:  # it was damaged, and here it is whole
                self.replace(seq, article)
                old = article.card
            shared = self._rows("SELECT 1 FROM member WHERE seq = ? AND collection != ?", (seq, name))
            if not shared and (card := renewed(old, article)) != old:
                self._connection.execute(
                    f"UPDATE article SET {_FACTS} WHERE seq = ?",  # noqa: S608 - our own names
                    (*_facts(card), seq),
                )
        else:
            parts = passages.split(article)
            seq = self._insert(article, parts)
        self._connection.execute("INSERT OR IGNORE INTO member VALUES (?, ?)", (name, seq))
        return Put(seq, not found, parts, bool(self._connection.changes()))

    def keep(self, article_id: str, raw: bytes) -> bool:
        """Keep the source's own bytes, compressed; False where there is no such article."""
        statement = "UPDATE body SET raw = ? WHERE seq = (SELECT seq FROM article WHERE id = ?)"
        self._connection.execute(statement, (zlib.compress(raw), rows.key(article_id)))
        return bool(self._connection.changes())

    def replace(self, seq: int, article: Article) -> None:
        """Store another analysis of the same text."""
        body, parts = rows.encode(article), passages.split(article)
        self._connection.execute(
            f"UPDATE article SET {_FACTS}, passages = ?, terms = ? WHERE seq = ?",  # noqa: S608 - our own names
            (*_facts(article), len(parts), sum(len(part.terms) for part in parts), seq),
        )
        self._connection.execute(
            "UPDATE body SET spans = ?, terms = ?, checksum = ? WHERE seq = ?",
            (body.spans, body.terms, body.checksum, seq),
        )

    def drop(self, article_id: str, collection: str) -> None:
        """Delete a membership, and the article with its last one.

        Raises:
            UnknownArticle: it is not a member.
        """
        found = self._rows("SELECT seq FROM article WHERE id = ?", (rows.key(article_id),))
        if not found:
            raise UnknownArticle(article_id)
        seq = found[0][0]
        self.forget([seq], collection)
        if not self._connection.changes():
            raise UnknownArticle(article_id)
        if not self._rows("SELECT 1 FROM member WHERE seq = ?", (seq,)):
            self.erase(seq)

    def erase(self, seq: int) -> None:
        """Delete an article with all its memberships."""
        for table in ("member", "body", "article"):
            self._connection.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))  # noqa: S608 - our own names
        self._connection.execute("INSERT OR IGNORE INTO change VALUES (?)", (seq,))

    def forget(self, seqs: Iterable[int], collection: str) -> None:
        """Delete memberships without a look at the articles."""
        values = [(rows.as_bytes(collection), seq) for seq in seqs]
        self._connection.executemany("DELETE FROM member WHERE collection = ? AND seq = ?", values)

    def settle(self, indexed: int) -> None:
        """Note that the search index, of so many passages, is safe on disk and reflects every article."""
        self._connection.execute("DELETE FROM change")
        self.point("indexed", str(indexed))

    def point(self, name: str, value: str) -> None:
        """Set a value of the table `meta`: the folder of the search index, the passages in it, the analyser."""
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def _rows(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except UnicodeDecodeError as exc:
            raise CorruptIndex(self.address, f"holds damaged words ({exc}); `pullquote rebuild` sorts it out") from exc

    def _insert(self, article: Article, parts: tuple[Passage, ...]) -> int:
        body = rows.encode(article)
        self._connection.execute(
            "INSERT INTO article (card, checksum, published, story, lead, places, id, passages, terms, added)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *_facts(article),
                article.id,
                len(parts),
                sum(len(part.terms) for part in parts),
                datetime.now(UTC).isoformat(timespec="seconds"),
            ),
        )
        seq = self._connection.last_insert_rowid()
        self._connection.execute(
            "INSERT INTO body VALUES (?, ?, ?, ?, ?, NULL)", (seq, body.text, body.spans, body.terms, body.checksum)
        )
        self._connection.execute("INSERT OR IGNORE INTO change VALUES (?)", (seq,))
        return seq


_FACTS = "card = ?, checksum = ?, published = ?, story = ?, lead = ?, places = ?"


def _facts(card: Card) -> tuple[Any, ...]:
    """Return the columns that follow from a card: its form, checksum, and what filters look at."""
    form = rows.card_to_json(card).encode("ascii")
    return (
        form,
        zlib.crc32(form),
        rows.microseconds(card.published),
        rows.as_bytes(card.story),
        card.lead,
        rows.places(card),
    )
