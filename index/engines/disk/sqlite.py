"""The SQLite file of a library: how it is opened, its tables, and what its errors mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import apsw

from ...errors import CorruptIndex, EngineUnavailable, IncompatibleIndex
from ...files import make_private_file
from ...language.terms import ANALYSER

FORMAT = 1
"""The version of the tables below; a file of another version is not opened."""

_OURS = 0x50756C6C  # SQLite's application_id, "Pull": distinguishes our files from other programs' databases

# `change` lists the articles that the search index may lack, or may still have after their removal. It is written in
# the transaction that changes the article and emptied once the index is safe on disk, so opening compares nothing.
_TABLES = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE article (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, card BLOB NOT NULL, checksum INTEGER NOT NULL,
  published INTEGER, story BLOB NOT NULL, lead INTEGER NOT NULL, places BLOB NOT NULL,
  passages INTEGER NOT NULL, terms INTEGER NOT NULL, added TEXT NOT NULL);
CREATE INDEX article_story ON article (story);
CREATE INDEX article_published ON article (published);
CREATE TABLE body (
  seq INTEGER PRIMARY KEY, text BLOB NOT NULL, spans BLOB NOT NULL, terms BLOB NOT NULL, checksum INTEGER NOT NULL,
  raw BLOB);
CREATE TABLE member (collection BLOB NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (collection, seq)) WITHOUT ROWID;
CREATE INDEX member_seq ON member (seq);
CREATE TABLE change (seq INTEGER PRIMARY KEY);
CREATE TABLE total (articles INTEGER NOT NULL, passages INTEGER NOT NULL, terms INTEGER NOT NULL);
INSERT INTO total VALUES (0, 0, 0);
CREATE TRIGGER article_added AFTER INSERT ON article BEGIN
  UPDATE total SET articles = articles + 1, passages = passages + new.passages, terms = terms + new.terms; END;
CREATE TRIGGER article_removed AFTER DELETE ON article BEGIN
  UPDATE total SET articles = articles - 1, passages = passages - old.passages, terms = terms - old.terms; END;
CREATE TRIGGER article_counted AFTER UPDATE OF passages, terms ON article BEGIN
  UPDATE total SET passages = passages + new.passages - old.passages, terms = terms + new.terms - old.terms; END;
PRAGMA application_id = {_OURS};
PRAGMA user_version = {FORMAT};
"""  # noqa: S608 - two numbers of ours


class DiskFailed(EngineUnavailable):
    """The disk failed to store what it was told to store; this process must not write to it any more."""


@contextmanager
def map_sqlite_errors(address: str) -> Iterator[None]:
    """Turn SQLite's errors into ours, except those of a wrong statement."""
    try:
        yield
    except apsw.FullError as exc:
        raise EngineUnavailable(
            address, "no room is left on the disk; nothing was changed, make room and repeat"
        ) from exc
    except (apsw.BusyError, apsw.LockedError) as exc:
        raise EngineUnavailable(address, "is busy; try again in a moment") from exc
    except (apsw.ReadOnlyError, apsw.PermissionsError, apsw.CantOpenError, apsw.AuthError) as exc:
        raise EngineUnavailable(address, f"cannot be opened or written ({exc}); check the folder's rights") from exc
    except (apsw.CorruptError, apsw.NotADBError, apsw.FormatError) as exc:
        raise CorruptIndex(address, f"is damaged ({exc}); `pullquote rebuild` saves every intact article") from exc
    except apsw.IOError as exc:
        # after a failed fsync the kernel may have dropped the pages, and the next fsync would report success
        fsync = getattr(exc, "extendedresult", 0) in (apsw.SQLITE_IOERR_FSYNC, apsw.SQLITE_IOERR_DIR_FSYNC)
        kind = DiskFailed if fsync else EngineUnavailable
        raise kind(address, f"the disk failed ({exc}); nothing was acknowledged, check the disk") from exc
    except apsw.NoMemError as exc:
        raise EngineUnavailable(address, "no memory is left; nothing was changed") from exc


def connect_reader(file: Path) -> apsw.Connection:
    """Open the file for reading, also on a read-only disk.

    SQLite needs a place for its shared memory beside a WAL file. On a read-only disk `mode=ro` does if that place is
    there already, and `immutable` if there is no WAL file, that is if the last writer closed in good order.
    """
    attempts = ["mode=rw", "mode=ro"]
    wal = file.with_name(file.name + "-wal")
    if not wal.exists() or not wal.stat().st_size:
        attempts.append("immutable=1")
    for attempt in attempts:
        try:
            connection = _connect(file, attempt)
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        except (apsw.CantOpenError, apsw.ReadOnlyError, apsw.IOError, apsw.PermissionsError, apsw.FullError):
            if attempt == attempts[-1]:
                raise
        else:
            return connection
    raise AssertionError  # pragma: no cover - the loop returns or raises


def connect_writer(file: Path) -> apsw.Connection:
    """Open the file for writing and make it if it is not there; a commit returns once it is safe on disk."""
    with suppress(OSError):  # SQLite says better what is wrong with the place
        make_private_file(file)
    connection = _connect(file, "mode=rwc")
    # FULL: of commits acknowledged under NORMAL a power cut lost 277 of 3,588, under FULL none of 3,267
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    return connection


def create_tables(connection: apsw.Connection) -> None:
    """Make the tables in one transaction; a file that has them stays as it is."""
    with connection:
        if is_empty(connection):
            connection.execute(_TABLES)
            connection.execute("INSERT INTO meta VALUES ('analyser', ?)", (ANALYSER,))


def is_empty(connection: apsw.Connection) -> bool:
    """Tell whether the file has no table yet, as after a kill before the first commit."""
    return not fetch_value(connection, "SELECT count(*) FROM sqlite_schema") and not fetch_value(
        connection, "PRAGMA application_id"
    )


def check_format(connection: apsw.Connection, address: str, *, any_analyser: bool = False) -> None:
    """Refuse a file that is not ours, or not of this format and analyser.

    Raises:
        CorruptIndex: the file is no library.
        IncompatibleIndex: another version wrote it.
    """
    if fetch_value(connection, "PRAGMA application_id") != _OURS:
        raise CorruptIndex(address, "holds a database of another program; choose another folder")
    if (found := fetch_value(connection, "PRAGMA user_version")) != FORMAT:
        way = "`pullquote export` it with the version that wrote it, and `pullquote import` that with this one"
        raise IncompatibleIndex(address, f"format {found}", f"format {FORMAT}", way)
    written = fetch_value(connection, "SELECT value FROM meta WHERE name = 'analyser'")
    if written != ANALYSER and not any_analyser:
        raise IncompatibleIndex(address, f"analyser {written}", f"analyser {ANALYSER}")


def fetch_value(
    connection: apsw.Connection, statement: str, bindings: tuple[apsw.SQLiteValue, ...] = ()
) -> apsw.SQLiteValue:
    """Return the first value of the first row, None if there is no row."""
    rows = connection.execute(statement, bindings).fetchall()
    return rows[0][0] if rows else None


def count_free_bytes(folder: Path) -> int:
    """Return how many bytes are free on the disk.

    Raises:
        OSError: the system cannot tell.
    """
    from shutil import disk_usage  # late: it loads three compressors, and reading does not need it

    return disk_usage(folder).free


def _connect(file: Path, mode: str) -> apsw.Connection:
    flags = apsw.SQLITE_OPEN_URI | apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    if mode != "mode=rwc":
        flags = apsw.SQLITE_OPEN_URI | (apsw.SQLITE_OPEN_READWRITE if mode == "mode=rw" else apsw.SQLITE_OPEN_READONLY)
    connection = apsw.Connection(f"file:{quote(str(file.absolute()))}?{mode}", flags=flags)
    connection.set_busy_timeout(1000)
    return connection
