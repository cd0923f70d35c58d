"""The SQLite file of a library as it is read: which version it is, what it notes of itself, and its totals."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...errors import CorruptIndex
from ...model import DEFAULT_LANGUAGE
from ..totals import Totals
from . import sqlite
from .sqlite import map_sqlite_errors

ENCODER = "SELECT articles, coalesce(value, '') FROM total LEFT JOIN meta ON name = 'encoder'"
"""The query for how many articles there are, and which encoder made the vectors of all of them."""

_BY_LANGUAGE = """
SELECT code, whole.articles - count(seq), whole.passages - coalesce(sum(unseen.passages), 0),
  whole.terms - coalesce(sum(unseen.terms), 0)
FROM language AS whole LEFT JOIN (SELECT foreign_article.* FROM change JOIN foreign_article USING (seq)) AS unseen
  ON code = unseen.language
GROUP BY code
"""


class LibraryFile:
    """Reads a library's file; any number of threads and processes may do so at once."""

    def __init__(self, file: Path, address: str, *, any_analyser: bool = False) -> None:
        self.address = address
        self._lock = threading.Lock()
        self._file = file
        with map_sqlite_errors(address):
            self._connection = sqlite.connect_reader(file)
            self._number = file.stat().st_ino
            self.empty = sqlite.is_empty(self._connection)
            if not self.empty:
                try:
                    sqlite.check_format(self._connection, address, any_analyser=any_analyser)
                except BaseException:
                    self._connection.close()
                    raise

    def is_replaced(self) -> bool:
        """Tell whether another file has taken the place of the one that is open: a rebuild saved a damaged library."""
        with suppress(OSError):
            return self._file.stat().st_ino != self._number
        return False

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def read_version(self) -> int:
        """Return a number that changes with every commit of any process."""
        return int(self._fetch("PRAGMA data_version")[0][0])

    def read_revision(self) -> str:
        """Return a mark of the last commit and of the file that holds it."""
        return f"{self._number}.{self.read_version()}"

    def read_totals(self) -> Totals:
        """Return the totals of the articles that are seen, in all languages."""
        return Totals(
            *self._fetch(
                "SELECT articles - count(seq), total.passages - coalesce(sum(article.passages), 0),"
                " total.terms - coalesce(sum(article.terms), 0) FROM total LEFT JOIN (change JOIN article USING (seq))"
            )[0]
        )

    def read_languages(self, everything: Totals) -> dict[str, Totals]:
        """Return the totals of `everything` by language, but for languages without any article."""
        found = {}
        if self._has_languages():
            found = {code: Totals(*counts) for code, *counts in self._fetch(_BY_LANGUAGE)}
        found[DEFAULT_LANGUAGE] = everything.less(found.values())
        return {code: totals for code, totals in found.items() if totals.articles}

    def list_stale_languages(self) -> set[str]:
        """Return the languages of which another version of their analyser made the terms."""
        with self._lock, map_sqlite_errors(self.address):
            return {code for code, written, ours in sqlite.list_analysers(self._connection) if written != ours}

    def read_format(self) -> int:
        """Return the version of the file's tables."""
        return sqlite.WITH_LANGUAGES if self._has_languages() else sqlite.FORMAT

    def _has_languages(self) -> bool:
        with self._lock, map_sqlite_errors(self.address):
            return sqlite.has_languages(self._connection)

    def count_stored_passages(self, left_out: Collection[int] = ()) -> int:
        """Return how many passages there are, also of articles not seen yet, but none of those that are left out."""
        out = "SELECT coalesce(sum(passages), 0) FROM article WHERE seq IN (SELECT value FROM json_each(?))"
        return int(self._fetch(f"SELECT passages - ({out}) FROM total", (json.dumps(list(left_out)),))[0][0])  # noqa: S608 - ours

    def read_meta(self, name: str) -> str:
        """Return a value of the table `meta`, "" if it is not there."""
        found = self._fetch("SELECT value FROM meta WHERE name = ?", (name,))
        return str(found[0][0]) if found else ""

    def read_encoder(self) -> str | None:
        """Return the encoder that made the vectors of all articles, "" for none; None while there is no article."""
        articles, encoder = self._fetch(ENCODER)[0]
        return str(encoder) if articles else None

    def is_behind(self) -> bool:
        """Tell whether the search index may lack an added article, or still have a removed one."""
        return bool(self._fetch("SELECT EXISTS (SELECT 1 FROM change)")[0][0])

    def list_changed(self) -> list[int]:
        """Return the numbers of the articles that `is_behind` speaks of."""
        return [row[0] for row in self._fetch("SELECT seq FROM change ORDER BY seq")]

    def list_left_out(self) -> frozenset[int]:
        """Return the numbers of the articles that the search index lacks because they are damaged."""
        return frozenset(map(int, self.read_meta("left_out").split()))

    def find_damage(self) -> str:
        """Return what SQLite finds wrong with the file, "" if nothing."""
        try:
            with self._lock, map_sqlite_errors(self.address):
                return sqlite.find_damage(self._connection)
        except CorruptIndex as exc:
            return str(exc)

    def _fetch(self, statement: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock, map_sqlite_errors(self.address):
                return self._connection.execute(statement, values).fetchall()
        except UnicodeDecodeError as exc:
            raise CorruptIndex(self.address, f"has damaged text ({exc}); `pullquote rebuild` repairs that") from exc
