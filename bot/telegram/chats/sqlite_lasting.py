"""Standing questions, claims, marks and addresses of pages in the bot's SQLite file; see `Lasting` in `contract.py`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .contract import PageLink, StandingQuestion, hash_code
from .database import Database

_QUESTION = "SELECT id, chat, topic, person, question, since FROM questions"


class LastingFile:
    """`Lasting` in a file; to be used from one thread at a time."""

    _db: Database

    def add_question(self, standing: StandingQuestion, most: int) -> bool:
        """Keep a standing question; see `Lasting.add_question`."""
        each = standing
        with self._db.open_transaction():
            if len(self.list_questions(each.chat)) >= most:
                return False
            self._db.execute(
                "INSERT INTO questions (id, chat, topic, person, question, since) VALUES (?, ?, ?, ?, ?, ?)",
                (each.id, each.chat, each.topic, each.person, each.question, each.since),
            )
            self._db.execute("UPDATE questions SET resting = 0 WHERE chat = ? AND resting", (each.chat,))
        return True

    def list_questions(self, chat: int) -> Sequence[StandingQuestion]:
        """Return a chat's standing questions in order; see `Lasting.list_questions`."""
        return [_make_question(row) for row in self._db.execute(f"{_QUESTION} WHERE chat = ? ORDER BY seq", (chat,))]

    def list_waking(self) -> Sequence[StandingQuestion]:
        """Return the standing questions of all chats that do not rest."""
        return [_make_question(row) for row in self._db.execute(f"{_QUESTION} WHERE NOT resting ORDER BY seq")]

    def stop_question(self, chat: int, key: str) -> bool:
        """Forget a standing question of that chat; True if it was there."""
        with self._db.open_transaction():
            return bool(self._db.fetch_one("DELETE FROM questions WHERE chat = ? AND id = ? RETURNING id", chat, key))

    def rest_questions(self, chat: int, *, resting: bool) -> None:
        """Let a chat's standing questions rest, or wake."""
        with self._db.open_transaction():
            self._db.execute("UPDATE questions SET resting = ? WHERE chat = ?", (int(resting), chat))

    def claim(self, name: str, owner: str, now: float, until: float) -> bool:
        """Let one owner have a name until then; see `Lasting.claim`."""
        with self._db.open_transaction():
            return bool(
                self._db.fetch_one(
                    "INSERT INTO claims VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, "
                    "expires = excluded.expires WHERE owner = excluded.owner OR expires <= ? RETURNING name",
                    name,
                    owner,
                    until,
                    now,
                )
            )

    def release(self, name: str) -> None:
        """Give a claimed name back before its time."""
        with self._db.open_transaction():
            self._db.execute("DELETE FROM claims WHERE name = ?", (name,))

    def is_claimed(self, name: str, now: float) -> bool:
        """Tell whether somebody has a name."""
        return bool(self._db.fetch_one("SELECT 1 FROM claims WHERE name = ? AND expires > ?", name, now))

    def get_mark(self, name: str) -> Mapping[str, Any] | None:
        """Return what was kept under a name, None for nothing."""
        row = self._db.fetch_one("SELECT value FROM marks WHERE name = ?", name)
        return json.loads(row[0]) if row else None

    def set_mark(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep a value under a name, in place of whatever there was."""
        with self._db.open_transaction():
            self._db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, json.dumps(dict(value))))

    def keep_link(self, code: str, link: PageLink, expires: float) -> None:
        """Keep where the address with this code leads."""
        with self._db.open_transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?)", (hash_code(code), link.chat, link.screen, expires)
            )

    def find_link(self, code: str, now: float) -> PageLink | None:
        """Return where the address with this code leads, None if there is none or it has expired."""
        statement = "SELECT chat, screen FROM links WHERE hash = ? AND expires > ?"
        row = self._db.fetch_one(statement, hash_code(code), now)
        return PageLink(*row) if row else None

    def _prune_lasting(self, now: float) -> None:
        for table in ("claims", "links"):
            self._db.execute(f"DELETE FROM {table} WHERE expires <= ?", (now,))  # noqa: S608 - ours


def _make_question(row: Sequence[Any]) -> StandingQuestion:
    return StandingQuestion(*row)
