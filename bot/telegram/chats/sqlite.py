"""What the bot keeps between updates and over restarts, in its SQLite file: the inbox, and chats.

The file always keeps the inbox; chats may be on a cluster instead (see `cluster.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .contract import KEPT_SCREENS, Post, SavedScreen, make_id, merge_states, post_from_dict, post_to_dict
from .database import CallOutcome, Database
from .sqlite_lasting import LastingFile

KEPT_UPDATES = 72 * 3600
"""Seconds that the ids of finished updates are kept: Telegram redelivers for at most 24 hours."""


class BotFile(LastingFile):
    """The bot's SQLite file: its inbox, and `Chats`; to be used from one thread at a time.

    Raises:
        EngineError: the file is of another format, or cannot be opened.
    """

    def __init__(self, path: Path | str) -> None:
        self._db = Database(path)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._db.close()

    def run_together(self, calls: Sequence[Callable[[], Any]]) -> list[CallOutcome]:
        """Make calls of other methods, but `receive`, in one commit; see `Database.run_together`."""
        return self._db.run_together(calls)

    def receive(self, updates: Iterable[tuple[int, Mapping[str, Any]]], now: float) -> list[int]:
        """Commit raw updates, so that a power cut cannot undo it, and return the ids of those that are new."""
        with self._db.open_transaction(durable=True):
            return [
                number
                for number, raw in updates
                for row in self._db.execute(
                    "INSERT INTO inbox (update_id, raw, received) VALUES (?, ?, ?) ON CONFLICT DO NOTHING "
                    "RETURNING update_id",
                    (number, json.dumps(raw), now),
                )
                if row
            ]

    def list_waiting(self) -> list[tuple[int, dict[str, Any], int]]:
        """Return the updates that are not done, oldest first, each with its count (see `begin`)."""
        rows = self._db.execute("SELECT update_id, raw, tries FROM inbox WHERE NOT done ORDER BY seq")
        return [(int(str(number)), json.loads(str(raw)), int(str(tries))) for number, raw, tries in rows]

    def begin(self, update_id: int) -> int:
        """Note that an update is being handled, and return its count before: odd while it is, two for each death.

        The note outlives the process, not a power cut: no update causes one, and to wait for the disk takes long.
        """
        return self._count(update_id, 1) - 1

    def excuse(self, update_id: int) -> None:
        """Take back the note that an update is being handled: it ended, or cannot be told to have ended the process."""
        self._count(update_id, -1)

    def blame(self, update_id: int) -> None:
        """Turn the note that an update is being handled into a death of the process that it caused."""
        self._count(update_id, 1)

    def _count(self, update_id: int, by: int) -> int:
        with self._db.open_transaction():
            row = self._db.fetch_one(
                "UPDATE inbox SET tries = tries + ? WHERE update_id = ? RETURNING tries", by, update_id
            )
        return int(row[0])

    def finish(self, update_id: int) -> None:
        """Mark an update as done; its text is dropped and its id kept, so that it is not done twice."""
        with self._db.open_transaction():
            self._db.execute("UPDATE inbox SET done = 1, raw = '' WHERE update_id = ?", (update_id,))

    def revise(self, update_id: int, raw: Mapping[str, Any], by: int) -> None:
        """Put another text in the place of an update that waits, and mark the update `by` that brought it as done."""
        with self._db.open_transaction():
            self._db.execute("UPDATE inbox SET raw = ? WHERE update_id = ? AND NOT done", (json.dumps(raw), update_id))
            self.finish(by)

    def count_waiting(self) -> int:
        """Return how many updates are not done."""
        return int(self._db.fetch_one("SELECT count(*) FROM inbox WHERE NOT done")[0])

    def get_talk(self, chat: int, topic: int) -> dict[str, Any] | None:
        """Return where the conversation stands, None before its first question."""
        row = self._db.fetch_one("SELECT state FROM talks WHERE chat = ? AND topic = ?", chat, topic)
        return json.loads(row[0]) if row else None

    def set_talk(
        self, chat: int, topic: int, state: Mapping[str, Any], before: Mapping[str, Any] | None = None
    ) -> None:
        """Keep where the conversation stands; see `Chats.set_talk`."""
        with self._db.open_transaction():
            self._set_talk(chat, topic, state, before)

    def keep(
        self,
        kept: SavedScreen,
        messages: Iterable[int],
        now: float,
        state: Mapping[str, Any] | None = None,
        before: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep what a keyboard belongs to, and where the conversation stands now; see `Chats.keep`."""
        with self._db.open_transaction():
            self._db.execute(
                "INSERT INTO screens (id, chat, topic, person, asked, kind, payload, made) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET chat = excluded.chat, "
                "topic = excluded.topic, person = excluded.person, asked = excluded.asked, kind = excluded.kind, "
                "payload = excluded.payload, made = excluded.made",
                (
                    kept.id,
                    kept.chat,
                    kept.topic,
                    kept.person,
                    kept.asked,
                    kept.kind,
                    json.dumps(dict(kept.payload)),
                    now,
                ),
            )
            self._db.execute("DELETE FROM sent WHERE screen = ?", (kept.id,))
            for message in messages:
                self._db.execute("INSERT OR REPLACE INTO sent VALUES (?, ?, ?)", (kept.chat, message, kept.id))
            if state is not None:
                self._set_talk(kept.chat, kept.topic, state, before)

    def get_screen(self, key: str) -> SavedScreen | None:
        """Return what a keyboard belongs to, None where it is unknown or too old."""
        return self._find_screen("id = ?", key)

    def find_shown(self, chat: int, message: int) -> SavedScreen | None:
        """Return what the message of that chat shows."""
        return self._find_screen("id = (SELECT screen FROM sent WHERE chat = ? AND message = ?)", chat, message)

    def find_answer(self, chat: int, asked: int) -> SavedScreen | None:
        """Return the newest answer to the message of that chat."""
        return self._find_screen("chat = ? AND asked = ? AND kind = 'answer' ORDER BY seq DESC LIMIT 1", chat, asked)

    def find_newest(self, chat: int, topic: int) -> str:
        """Return the id of the newest answer in a conversation, "" without any."""
        row = self._db.fetch_one(
            "SELECT id FROM screens WHERE chat = ? AND topic = ? AND kind = 'answer' ORDER BY seq DESC LIMIT 1",
            chat,
            topic,
        )
        return str(row[0]) if row else ""

    def list_messages(self, key: str) -> list[int]:
        """Return the messages that show a screen, in order."""
        return [
            int(str(row[0])) for row in self._db.execute("SELECT message FROM sent WHERE screen = ? ORDER BY 1", (key,))
        ]

    def drop(self, key: str) -> bool:
        """Forget a screen, so that its buttons do nothing more; True if it was there."""
        with self._db.open_transaction():
            found = self._db.fetch_one("DELETE FROM screens WHERE id = ? RETURNING id", key)
            self._db.execute("DELETE FROM sent WHERE screen = ?", (key,))
        return bool(found)

    def issue(self, person: int, payload: Mapping[str, Any], expires: float) -> str:
        """Return a new code for a deep link, good once, for that person."""
        code = make_id()
        with self._db.open_transaction():
            self._db.execute(
                "INSERT INTO codes VALUES (?, ?, ?, ?)", (code, person, json.dumps(dict(payload)), expires)
            )
        return code

    def redeem(self, code: str, person: int, now: float) -> dict[str, Any] | None:
        """Use up a code and return its payload; None if it is unknown, expired, or another person's."""
        with self._db.open_transaction():
            row = self._db.fetch_one(
                "DELETE FROM codes WHERE code = ? AND person = ? AND expires > ? RETURNING payload", code, person, now
            )
        return json.loads(row[0]) if row else None

    def get_level(self, name: str) -> float | None:
        """Return how full a quota is, None where nothing was ever taken from it."""
        row = self._db.fetch_one("SELECT level FROM levels WHERE name = ?", name)
        return float(row[0]) if row else None

    def set_level(self, name: str, level: float, before: float | None) -> bool:
        """Keep how full a quota is; see `Chats.set_level`."""
        with self._db.open_transaction():
            if self.get_level(name) != before:
                return False
            self._db.execute("INSERT OR REPLACE INTO levels VALUES (?, ?)", (name, level))
        return True

    def note_posts(self, chat: int, posts: Iterable[Post]) -> None:
        """Keep which messages of the chat an article came in, until `forget_posts`."""
        with self._db.open_transaction():
            for post in posts:
                self._db.execute(
                    "INSERT OR REPLACE INTO posts VALUES (?, ?, ?, ?)",
                    (chat, post.message, post.article, json.dumps(post_to_dict(post))),
                )

    def find_post(self, chat: int, message: int) -> Post | None:
        """Return which article the message of that chat brought, and what it holds of it; None for none."""
        row = self._db.fetch_one("SELECT post FROM posts WHERE chat = ? AND message = ?", chat, message)
        return post_from_dict(json.loads(row[0])) if row else None

    def list_posts(self, chat: int, article: str) -> list[Post]:
        """Return the messages of the chat that the article came in, by their numbers."""
        rows = self._db.execute(
            "SELECT post FROM posts WHERE chat = ? AND article = ? ORDER BY message", (chat, article)
        )
        return [post_from_dict(json.loads(str(row[0]))) for row in rows]

    def forget_posts(self, chat: int, article: str) -> None:
        """Forget which messages the article came in."""
        with self._db.open_transaction():
            self._db.execute("DELETE FROM posts WHERE chat = ? AND article = ?", (chat, article))

    def migrate(self, old: int, new: int) -> None:
        """Move a group that became a supergroup to its new id; see `Chats.migrate`."""
        with self._db.open_transaction():
            self._db.execute("DELETE FROM posts WHERE chat = ?", (old,))
            for table in ("talks", "screens", "sent", "questions", "links"):
                self._db.execute(f"UPDATE OR REPLACE {table} SET chat = ? WHERE chat = ?", (new, old))  # noqa: S608 - ours

    def prune(self, now: float) -> None:
        """Forget what is too old to matter."""
        with self._db.open_transaction():
            self._db.execute("DELETE FROM inbox WHERE done AND received < ?", (now - KEPT_UPDATES,))
            self._db.execute(
                "DELETE FROM sent WHERE screen IN (SELECT id FROM screens WHERE made < ?)", (now - KEPT_SCREENS,)
            )
            self._db.execute("DELETE FROM screens WHERE made < ?", (now - KEPT_SCREENS,))
            self._db.execute("DELETE FROM codes WHERE expires < ?", (now,))
            self._prune_lasting(now)

    def count(self) -> dict[str, int]:
        """Return how many chats and answers there are."""
        row = self._db.fetch_one(
            "SELECT (SELECT count(DISTINCT chat) FROM talks), (SELECT count(*) FROM screens WHERE kind = 'answer')"
        )
        return dict(zip(("chats", "answers"), map(int, row), strict=True))

    def _set_talk(self, chat: int, topic: int, state: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
        found = merge_states(state, before, self.get_talk(chat, topic) if before is not None else None)
        self._db.execute("INSERT OR REPLACE INTO talks VALUES (?, ?, ?)", (chat, topic, json.dumps(dict(found))))

    def _find_screen(self, where: str, *values: Any) -> SavedScreen | None:
        row = self._db.fetch_one(
            f"SELECT id, chat, topic, person, asked, kind, payload FROM screens WHERE {where}",  # noqa: S608 - ours
            *values,
        )
        if not row:
            return None
        key, chat, topic, person, asked, kind, payload = row
        return SavedScreen(key, chat, topic, person, asked, kind, json.loads(payload))
