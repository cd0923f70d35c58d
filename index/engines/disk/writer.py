"""The only code that changes a library's SQLite file: in transactions, under the writer's lock."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw

from ...errors import CorruptIndex, UnknownArticle
from ...model import DEFAULT_LANGUAGE, Article, Card
from ...reading import passages
from .. import rows
from ..contract import name_analyser, renew_card
from ..vectors import fit_vectors
from . import sqlite
from .library_file import ENCODER
from .member import WHOLE, decode_row, is_intact
from .sqlite import map_sqlite_errors


@dataclass(frozen=True, slots=True)
class PutResult:
    """What storing an article changed.

    `passages` has the terms of those that must still be indexed, () if the text was there already, and `language` names
    the index for them. `joined`: it is new to the collection; `is_healed`: it was there, but its text or its card was
    damaged.
    """

    seq: int
    is_new: bool
    passages: tuple[tuple[str, ...], ...]
    joined: bool
    is_healed: bool = False
    language: str = DEFAULT_LANGUAGE


class StoreWriter:
    """Changes a library's file; only the holder of the writer's lock may have one.

    `encoder` made the vectors of the articles that are put.
    """

    def __init__(self, file: Path, address: str, *, any_analyser: bool = False, encoder: str = "") -> None:
        self.address = address
        self.encoder = encoder
        with map_sqlite_errors(address):
            self._connection = sqlite.connect_writer(file)
            try:
                sqlite.create_tables(self._connection)
                sqlite.upgrade(self._connection)
                sqlite.check_format(self._connection, address, any_analyser=any_analyser)
            except BaseException:
                self._connection.close()
                raise

    def close(self) -> None:
        """Close the file; whatever was not committed is dropped."""
        with suppress(apsw.Error):  # a failed disk may fail here again; nothing acknowledged depends on it
            self._connection.close(True)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything done inside safe on disk at the end, or nothing of it after an exception."""
        with map_sqlite_errors(self.address):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(apsw.Error):  # after some errors SQLite has rolled back by itself
                    self._connection.execute("ROLLBACK")
                raise

    def put(self, article: Article, collection: str) -> PutResult:
        """Store an article and its membership; a text that is there already stays as it is."""
        parts: tuple[tuple[str, ...], ...] = ()
        is_healed = False
        card: Card
        found = self._fetch(f"{WHOLE} WHERE id = ?", (article.id,))
        if found:
            seq = found[0][-1]
            try:
                card = renew_card(decode_row(found[0]).bare, article)
            except ValueError:  # the stored text is damaged: replace it by this one
                self.replace(seq, self._fit(article))
                self._connection.execute("INSERT OR IGNORE INTO change VALUES (?)", (seq,))
                self.leave_out(number for number in self._list_left_out() if number != seq)
                card, parts, is_healed = article, passages.list_terms(article), True
        else:
            card, parts = article, passages.list_terms(article)
            seq = self._insert(self._fit(article), parts)
        joined, was_damaged = self._join(seq, card, collection, is_new=not found)
        return PutResult(seq, not found, parts, joined, is_healed or was_damaged, card.language)

    def keep(self, article_id: str, raw: bytes, collection: str) -> bool:
        """Keep the source's own bytes, compressed; return False if the collection has no such article."""
        statement = "UPDATE member SET raw = ? WHERE collection = ? AND seq = (SELECT seq FROM article WHERE id = ?)"
        values = (zlib.compress(raw), rows.encode_text(collection), rows.encode_id(article_id))
        self._connection.execute(statement, values)
        return bool(self._connection.changes())

    def replace(self, seq: int, article: Article) -> None:
        """Replace a stored text's marks, terms and vectors by those of another analysis."""
        body, parts = rows.encode_article(article), passages.list_terms(article)
        self._connection.execute(
            "UPDATE article SET passages = ?, terms = ? WHERE seq = ?",
            (len(parts), sum(map(len, parts)), seq),
        )
        self._note_language(seq, article.language)
        self._connection.execute(
            "UPDATE body SET text = ?, spans = ?, terms = ?, checksum = ?, vectors = ? WHERE seq = ?",
            (body.text, body.spans, body.terms, body.checksum, body.vectors, seq),
        )

    def drop(self, article_id: str, collection: str) -> None:
        """Delete a membership, and with its last one the article.

        Raises:
            UnknownArticle: it is not a member.
        """
        found = self._fetch("SELECT seq FROM article WHERE id = ?", (rows.encode_id(article_id),))
        if not found:
            raise UnknownArticle(article_id)
        seq = found[0][0]
        self.forget([(collection, seq)])
        if not self._connection.changes():
            raise UnknownArticle(article_id)
        if not self._fetch("SELECT 1 FROM member WHERE seq = ?", (seq,)):
            self.erase(seq)

    def erase(self, seq: int) -> None:
        """Delete an article with all its memberships."""
        for table in ("member", "body", "article"):
            self._connection.execute(f"DELETE FROM {table} WHERE seq = ?", (seq,))  # noqa: S608 - our own names
        self._connection.execute("INSERT OR IGNORE INTO change VALUES (?)", (seq,))

    def drop_damaged_cards(self, seq: int) -> int:
        """Delete the memberships of an article whose cards are damaged, with the last one the article; count them."""
        found = self._fetch("SELECT number, card, checksum FROM member WHERE seq = ?", (seq,))
        bad = [number for number, card, checksum in found if not is_intact(card, checksum)]
        self._connection.executemany("DELETE FROM member WHERE number = ?", [(number,) for number in bad])
        if len(bad) == len(found):
            self.erase(seq)
        return len(bad)

    def forget(self, memberships: Iterable[tuple[str, int]]) -> None:
        """Delete memberships, but no articles."""
        values = [(rows.encode_text(name), seq) for name, seq in memberships]
        self._connection.executemany("DELETE FROM member WHERE collection = ? AND seq = ?", values)

    def settle(self, indexed: int) -> None:
        """Note that the search index is safe on disk, has this many passages and is up to date."""
        self._connection.execute("DELETE FROM change")
        self.set_meta("indexed", str(indexed))

    def leave_out(self, seqs: Iterable[int]) -> None:
        """Note which articles the search index lacks because they are damaged."""
        self.set_meta("left_out", " ".join(map(str, sorted(seqs))))

    def set_meta(self, name: str, value: str) -> None:
        """Set a value of `meta`: `folder`, `indexed` or `left_out` of the search index, `analyser` or `encoder`."""
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def _fetch(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except UnicodeDecodeError as exc:
            raise CorruptIndex(self.address, f"has damaged text ({exc}); `pullquote rebuild` repairs that") from exc

    def _insert(self, article: Article, parts: tuple[tuple[str, ...], ...]) -> int:
        body = rows.encode_article(article)
        self._connection.execute(
            "INSERT INTO article (id, passages, terms) VALUES (?, ?, ?)",
            (article.id, len(parts), sum(map(len, parts))),
        )
        seq = self._connection.last_insert_rowid()
        self._connection.execute(
            "INSERT INTO body VALUES (?, ?, ?, ?, ?, ?)",
            (seq, body.text, body.spans, body.terms, body.checksum, body.vectors),
        )
        self._connection.execute("INSERT OR IGNORE INTO change VALUES (?)", (seq,))
        self._note_language(seq, article.language)
        return seq

    def _note_language(self, seq: int, language: str) -> None:
        """Note the language of an article, of which `article` has the counts already."""
        if sqlite.has_languages(self._connection):
            self._connection.execute("DELETE FROM foreign_article WHERE seq = ?", (seq,))
        if language != DEFAULT_LANGUAGE:
            sqlite.add_languages(self._connection)
            self._note_analyser(language)
            counted = "INSERT INTO foreign_article SELECT seq, ?, passages, terms FROM article WHERE seq = ?"
            self._connection.execute(counted, (language, seq))

    def _note_analyser(self, language: str) -> None:
        """Note which analyser made the terms of a language's articles, before the first one comes."""
        self._connection.execute(
            "INSERT INTO language VALUES (?, ?, 0, 0, 0)"
            " ON CONFLICT (code) DO UPDATE SET analyser = excluded.analyser WHERE articles = 0",
            (language, name_analyser(language)),
        )

    def set_analysers(self, find: Callable[[str], str]) -> None:
        """Note which analyser made the terms of all articles, as `find` tells for the code of each language."""
        self.set_meta("analyser", find(DEFAULT_LANGUAGE))
        if sqlite.has_languages(self._connection):
            found = self._fetch("SELECT code FROM language", ())
            values = [(find(code), code) for (code,) in found]
            self._connection.executemany("UPDATE language SET analyser = ? WHERE code = ?", values)

    def _fit(self, article: Article) -> Article:
        """Return a new text as the library stores it; one without vectors makes the library one of no encoder."""
        articles, noted = self._fetch(ENCODER, ())[0]
        fitted, encoder = fit_vectors(article, noted if articles else self.encoder, self.encoder)
        if encoder != noted:
            self.set_meta("encoder", encoder)
        return fitted

    def _list_left_out(self) -> list[int]:
        found = self._fetch("SELECT value FROM meta WHERE name = 'left_out'", ())
        return [int(number) for (value,) in found for number in value.split()]

    def _join(self, seq: int, card: Card, collection: str, *, is_new: bool) -> tuple[bool, bool]:
        """Store the card of a membership, and return whether that is new, and whether the old card was damaged."""
        name = rows.encode_text(collection)
        form = rows.card_to_json(card).encode("ascii")
        facts = (
            form,
            zlib.crc32(form),
            rows.to_microseconds(card.published),
            rows.encode_text(card.story),
            rows.encode_lead(card.lead),
            rows.encode_sources(card),
            rows.encode_text(card.file),
        )
        stored = "SELECT number, card, checksum FROM member WHERE collection = ? AND seq = ?"
        old = [] if is_new else self._fetch(stored, (name, seq))
        if not old:
            added = datetime.now(UTC).isoformat(timespec="seconds")
            self._connection.execute(
                "INSERT INTO member (collection, seq, card, checksum, published, story, lead, places, file, added)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (name, seq, *facts, added),
            )
        elif old[0][1:] != facts[:2]:
            self._connection.execute(
                "UPDATE member SET card = ?, checksum = ?, published = ?, story = ?, lead = ?, places = ?, file = ?"
                " WHERE number = ?",
                (*facts, old[0][0]),
            )
        return not old, bool(old) and not is_intact(*old[0][1:])
