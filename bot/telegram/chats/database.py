"""The bot's SQLite file: its tables, and transactions over them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import apsw

from index.errors import EngineError
from index.files import close_to_others, make_private_file, make_private_folder

_log = logging.getLogger(__name__)

FORMAT = 1

BUSY = 5_000
"""Milliseconds to wait for another connection's write."""

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
"""`inbox` holds the raw updates, committed before Telegram may forget them; `talks` where each conversation stands;
`screens` what each keyboard belongs to, `sent` which message shows it; `codes` the payloads of deep links; `levels` how
full the quotas are."""

_ADDED = """
CREATE TABLE IF NOT EXISTS posts (chat INTEGER, message INTEGER, article TEXT NOT NULL, post TEXT NOT NULL,
                                  PRIMARY KEY (chat, message)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS posted ON posts (chat, article);
CREATE TABLE IF NOT EXISTS questions (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    chat INTEGER NOT NULL, topic INTEGER NOT NULL, person INTEGER NOT NULL, question TEXT NOT NULL,
    since INTEGER NOT NULL, resting INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS of_chat ON questions (chat);
CREATE TABLE IF NOT EXISTS claims (name TEXT PRIMARY KEY, owner TEXT NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS links (hash TEXT PRIMARY KEY, chat INTEGER NOT NULL, screen TEXT NOT NULL,
    expires REAL NOT NULL) WITHOUT ROWID;
"""
"""Tables that came later: a file without them gets them when it is opened, and a version before them does not mind.

`posts` says which messages an article came in; `questions` are the standing ones; `claims` what one process alone may
do, `marks` how far it has come; `links` where addresses of reading pages lead, by the hash of their code."""

CallOutcome = tuple[Any, Exception | None]
"""What a call returned, or what it raised."""


class Database:
    """A connection to the file, made where there is none; to be used from one thread at a time.

    Raises:
        EngineError: the file is of another format, or cannot be opened.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        try:
            if self._path != ":memory:":
                _make_private(Path(path))
            self._connection = apsw.Connection(self._path)
            self._connection.set_busy_timeout(BUSY)
            self._synchronous = ""
            self.execute("PRAGMA journal_mode = WAL")
            found = self.fetch_one("PRAGMA user_version")[0]
            if found == 0:
                with self.open_transaction():
                    self.execute(_SCHEMA)
                    self.execute(f"PRAGMA user_version = {FORMAT}")
            elif found != FORMAT:
                raise EngineError(self._path, f"was written as format {found}, this version reads {FORMAT}")
            with self.open_transaction():
                self.execute(_ADDED)
        except (apsw.Error, OSError) as error:
            raise EngineError(self._path, f"cannot keep the bot's state ({error}); see PULLQUOTE_STATE") from error

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._connection.close()

    def execute(self, statement: str, values: Sequence[Any] = ()) -> apsw.Cursor:
        """Run a statement and return its rows."""
        return self._connection.execute(statement, values)

    def fetch_one(self, statement: str, *values: Any) -> tuple[Any, ...]:
        """Run a statement and return its first row, () when there is none."""
        return next(iter(self.execute(statement, values)), ())

    def run_together(self, calls: Sequence[Callable[[], Any]]) -> list[CallOutcome]:
        """Make calls that read and write, in one commit, and return the outcome of each.

        What one wrote that fails is undone alone; if they cannot be committed, all have that error.
        """
        try:
            with self.open_transaction() if len(calls) > 1 else nullcontext():
                return [_call_safely(call) for call in calls]
        except Exception as error:  # noqa: BLE001 - it is for whoever called
            return [(None, error)] * len(calls)

    @contextmanager
    def open_transaction(self, *, durable: bool = False) -> Iterator[None]:
        """Commit what is written inside; only what is durable waits for the disk.

        Raises:
            EngineError: it cannot be written; nothing of it was.
        """
        wanted = "FULL" if durable else "NORMAL"
        begin, end, undo = "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"  # what is read inside is still so when it is written
        if self._connection.in_transaction:  # that of `run_together`
            begin, end, undo = "SAVEPOINT call", "RELEASE call", "ROLLBACK TO call; RELEASE call"
        try:
            if wanted != self._synchronous:
                self.execute(f"PRAGMA synchronous = {wanted}")
                self._synchronous = wanted
            self.execute(begin)
            try:
                yield
                self.execute(end)
            except BaseException:
                if self._connection.in_transaction:  # a full disk ends it by itself
                    self.execute(undo)
                raise
        except apsw.Error as error:
            raise EngineError(self._path, f"the bot's state cannot be written ({error}); nothing was taken") from error


def _make_private(path: Path) -> None:
    """Make the file and its folder for our eyes only, and take the rights of others off a file that gives them some."""
    make_private_folder(path.parent)
    make_private_file(path)
    beside = [path.with_name(f"{path.name}{end}") for end in ("", "-wal", "-shm")]
    if closed := close_to_others([*beside, path.with_suffix(".lock")]):
        names = ", ".join(each.name for each in closed)
        _log.warning("what chats wrote could be read by other users of this machine (%s); now only by us", names)


def _call_safely(call: Callable[[], Any]) -> CallOutcome:
    try:
        return call(), None
    except Exception as error:  # noqa: BLE001 - it is for whoever called
        return None, error
