"""What the bot keeps between updates and over restarts: one SQLite file, plain values only.

Beside the inbox it is one of the two places where chats may be kept; see `contract.py`.

`inbox` holds the raw updates, committed before Telegram may forget them; `talks` where each
conversation stands; `screens` what each keyboard belongs to, `sent` which message shows it; `codes`
the payloads of deep links; `levels` how full the quotas are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import apsw

from index.errors import EngineError

from .contract import KEPT_SCREENS, Kept, merged, new_id

FORMAT = 1
BUSY = 5_000
"""Milliseconds to wait for another connection's write."""

KEPT_UPDATES = 72 * 3600
"""Seconds that the ids of finished updates are kept: Telegram redelivers for at most 24 hours."""

_SCHEMA = """
CREATE TABLE inbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, update_id INTEGER NOT NULL UNIQUE, raw TEXT NOT NULL,
                    received REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0);
CREATE INDEX waiting ON inbox (seq) WHERE NOT done;
CREATE TABLE talks (chat INTEGER, topic INTEGER, state TEXT NOT NULL, PRIMARY KEY (chat, topic)) WITHOUT ROWID;
CREATE TABLE screens (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, chat INTEGER NOT NULL,
                      topic INTEGER NOT NULL, person INTEGER NOT NULL, asked INTEGER,
                      kind TEXT NOT NULL, payload TEXT NOT NULL, made REAL NOT NULL);
CREATE INDEX asked ON screens (chat, asked);
CREATE INDEX made ON screens (made);
CREATE TABLE sent (chat INTEGER, message INTEGER, screen TEXT NOT NULL, PRIMARY KEY (chat, message)) WITHOUT ROWID;
CREATE INDEX shown ON sent (screen);
CREATE TABLE codes (code TEXT PRIMARY KEY, person INTEGER NOT NULL, payload TEXT NOT NULL, expires REAL NOT NULL)
                   WITHOUT ROWID;
CREATE TABLE levels (name TEXT PRIMARY KEY, level REAL NOT NULL) WITHOUT ROWID;
"""


Outcome = tuple[Any, Exception | None]
"""What a call returned, or what it raised."""


class Store:
    """The bot's SQLite file: its inbox, and `Chats`; to be used from one thread at a time.

    Raises:
        EngineError: the file is of another format, or cannot be opened.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        try:
            if self._path != ":memory:":
                Path(path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._db = apsw.Connection(self._path)
            self._db.set_busy_timeout(BUSY)
            self._synchronous = ""
            self._db.execute("PRAGMA journal_mode = WAL")
            found = self._one("PRAGMA user_version")[0]
            if found == 0:
                with self._writing():
                    self._db.execute(_SCHEMA)
                    self._db.execute(f"PRAGMA user_version = {FORMAT}")
            elif found != FORMAT:
                raise EngineError(self._path, f"was written as format {found}, this version reads {FORMAT}")
        except (apsw.Error, OSError) as error:
            raise EngineError(self._path, f"cannot keep the bot's state ({error}); see PULLQUOTE_STATE") from error

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._db.close()

    def together(self, calls: Sequence[Callable[[], Any]]) -> list[Outcome]:
        """Make calls of other methods, but `receive`, in one commit, and return the outcome of each.

        What fails is undone alone; where they cannot be committed, all have that error.
        """
        try:
            with self._writing() if len(calls) > 1 else nullcontext():
                return [_outcome(call) for call in calls]
        except Exception as error:  # noqa: BLE001 - it is for whoever called
            return [(None, error)] * len(calls)

    def receive(self, updates: Iterable[tuple[int, Mapping[str, Any]]], now: float) -> list[int]:
        """Commit raw updates, so that a power cut cannot undo it, and return the ids of those that are new."""
        with self._writing(durable=True):
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

    def waiting(self) -> list[tuple[int, dict[str, Any], int]]:
        """Return the updates that are not done, oldest first, and how often each was begun."""
        rows = self._db.execute("SELECT update_id, raw, tries FROM inbox WHERE NOT done ORDER BY seq")
        return [(int(str(number)), json.loads(str(raw)), int(str(tries))) for number, raw, tries in rows]

    def begin(self, update_id: int) -> int:
        """Count a try of an update and return how many there were before."""
        with self._writing():
            row = self._one("UPDATE inbox SET tries = tries + 1 WHERE update_id = ? RETURNING tries", update_id)
        return int(row[0]) - 1

    def done(self, update_id: int) -> None:
        """Mark an update as done; its text is dropped and its id kept, so that it is not done twice."""
        with self._writing():
            self._db.execute("UPDATE inbox SET done = 1, raw = '' WHERE update_id = ?", (update_id,))

    def left(self) -> int:
        """Return how many updates are not done."""
        return int(self._one("SELECT count(*) FROM inbox WHERE NOT done")[0])

    def talk(self, chat: int, topic: int) -> dict[str, Any] | None:
        """Return where the conversation stands, None before its first question."""
        row = self._one("SELECT state FROM talks WHERE chat = ? AND topic = ?", chat, topic)
        return json.loads(row[0]) if row else None

    def set_talk(
        self, chat: int, topic: int, state: Mapping[str, Any], before: Mapping[str, Any] | None = None
    ) -> None:
        """Keep where the conversation stands; see `Chats.set_talk`."""
        with self._writing():
            self._set_talk(chat, topic, state, before)

    def keep(
        self,
        kept: Kept,
        messages: Iterable[int],
        now: float,
        state: Mapping[str, Any] | None = None,
        before: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep what a keyboard belongs to, and where the conversation stands now; see `Chats.keep`."""
        with self._writing():
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

    def screen(self, key: str) -> Kept | None:
        """Return what a keyboard belongs to, None where it is unknown or too old."""
        return self._kept("id = ?", key)

    def shown_in(self, chat: int, message: int) -> Kept | None:
        """Return what the message of that chat shows."""
        return self._kept("id = (SELECT screen FROM sent WHERE chat = ? AND message = ?)", chat, message)

    def answer_to(self, chat: int, asked: int) -> Kept | None:
        """Return the newest answer to the message of that chat."""
        return self._kept("chat = ? AND asked = ? AND kind = 'answer' ORDER BY seq DESC LIMIT 1", chat, asked)

    def newest(self, chat: int, topic: int) -> str:
        """Return the id of the newest answer in a conversation, "" without any."""
        row = self._one(
            "SELECT id FROM screens WHERE chat = ? AND topic = ? AND kind = 'answer' ORDER BY seq DESC LIMIT 1",
            chat,
            topic,
        )
        return str(row[0]) if row else ""

    def messages_of(self, key: str) -> list[int]:
        """Return the messages that show a screen, in order."""
        return [
            int(str(row[0])) for row in self._db.execute("SELECT message FROM sent WHERE screen = ? ORDER BY 1", (key,))
        ]

    def drop(self, key: str) -> bool:
        """Forget a screen, so that its buttons answer no more; True where it was there."""
        with self._writing():
            found = self._one("DELETE FROM screens WHERE id = ? RETURNING id", key)
            self._db.execute("DELETE FROM sent WHERE screen = ?", (key,))
        return bool(found)

    def issue(self, person: int, payload: Mapping[str, Any], expires: float) -> str:
        """Return a new code for a deep link, good once, for that person."""
        code = new_id()
        with self._writing():
            self._db.execute(
                "INSERT INTO codes VALUES (?, ?, ?, ?)", (code, person, json.dumps(dict(payload)), expires)
            )
        return code

    def redeem(self, code: str, person: int, now: float) -> dict[str, Any] | None:
        """Use up a code and return its payload; None where it is unknown, over, or another person's."""
        with self._writing():
            row = self._one(
                "DELETE FROM codes WHERE code = ? AND person = ? AND expires > ? RETURNING payload", code, person, now
            )
        return json.loads(row[0]) if row else None

    def level(self, name: str) -> float | None:
        """Return how full a quota is, None where nothing was ever taken from it."""
        row = self._one("SELECT level FROM levels WHERE name = ?", name)
        return float(row[0]) if row else None

    def set_level(self, name: str, level: float, before: float | None) -> bool:
        """Keep how full a quota is; see `Chats.set_level`."""
        with self._writing():
            if self.level(name) != before:
                return False
            self._db.execute("INSERT OR REPLACE INTO levels VALUES (?, ?)", (name, level))
        return True

    def migrate(self, old: int, new: int) -> None:
        """Move a group that became a supergroup to its new id."""
        with self._writing():
            for table in ("talks", "screens", "sent"):
                self._db.execute(f"UPDATE OR REPLACE {table} SET chat = ? WHERE chat = ?", (new, old))  # noqa: S608 - ours

    def prune(self, now: float) -> None:
        """Forget what is too old to matter."""
        with self._writing():
            self._db.execute("DELETE FROM inbox WHERE done AND received < ?", (now - KEPT_UPDATES,))
            self._db.execute(
                "DELETE FROM sent WHERE screen IN (SELECT id FROM screens WHERE made < ?)", (now - KEPT_SCREENS,)
            )
            self._db.execute("DELETE FROM screens WHERE made < ?", (now - KEPT_SCREENS,))
            self._db.execute("DELETE FROM codes WHERE expires < ?", (now,))

    def counts(self) -> dict[str, int]:
        """Return how many chats and answers there are."""
        row = self._one(
            "SELECT (SELECT count(DISTINCT chat) FROM talks), (SELECT count(*) FROM screens WHERE kind = 'answer')"
        )
        return dict(zip(("chats", "answers"), map(int, row), strict=True))

    def _set_talk(self, chat: int, topic: int, state: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
        found = merged(state, before, self.talk(chat, topic) if before is not None else None)
        self._db.execute("INSERT OR REPLACE INTO talks VALUES (?, ?, ?)", (chat, topic, json.dumps(dict(found))))

    def _kept(self, where: str, *values: Any) -> Kept | None:
        row = self._one(f"SELECT id, chat, topic, person, asked, kind, payload FROM screens WHERE {where}", *values)  # noqa: S608 - ours
        if not row:
            return None
        key, chat, topic, person, asked, kind, payload = row
        return Kept(key, chat, topic, person, asked, kind, json.loads(payload))

    def _one(self, statement: str, *values: Any) -> tuple[Any, ...]:
        return next(iter(self._db.execute(statement, values)), ())

    @contextmanager
    def _writing(self, *, durable: bool = False) -> Iterator[None]:
        """Commit what is written inside; only what is durable waits for the disk."""
        wanted = "FULL" if durable else "NORMAL"
        begin, end, undo = "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"  # what is read inside is still so when it is written
        if self._db.in_transaction:  # that of `together`
            begin, end, undo = "SAVEPOINT call", "RELEASE call", "ROLLBACK TO call; RELEASE call"
        try:
            if wanted != self._synchronous:
                self._db.execute(f"PRAGMA synchronous = {wanted}")
                self._synchronous = wanted
            self._db.execute(begin)
            try:
                yield
                self._db.execute(end)
            except BaseException:
                if self._db.in_transaction:  # a full disk ends it by itself
                    self._db.execute(undo)
                raise
        except apsw.Error as error:
            raise EngineError(self._path, f"the bot's state cannot be written ({error}); nothing was taken") from error


def _outcome(call: Callable[[], Any]) -> Outcome:
    try:
        return call(), None
    except Exception as error:  # noqa: BLE001 - it is for whoever called
        return None, error
