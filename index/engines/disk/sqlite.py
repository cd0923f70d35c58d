"""The SQLite file of a library: how it is opened, its tables, and what its errors mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import apsw

from ...errors import CorruptIndex, EngineUnavailable, IncompatibleIndex
from ...files import make_private_file
from ...model import DEFAULT_LANGUAGE
from ..contract import name_analyser

FORMAT = 3
"""The version of the tables below; a file of a version that `upgrade` does not know is not opened."""

WITH_LANGUAGES = 4
"""The version of a file that has had articles in other languages than English; `add_languages` makes it one."""

_OURS = 0x50756C6C  # SQLite's application_id, "Pull": distinguishes our files from other programs' databases

# `change` lists the articles that the search index may lack, or may still have after their removal. It is written in
# the transaction that changes the article and emptied once the index is safe on disk, so opening compares nothing.
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE body (
  seq INTEGER PRIMARY KEY, text BLOB NOT NULL, spans BLOB NOT NULL, terms BLOB NOT NULL, checksum INTEGER NOT NULL,
  vectors BLOB NOT NULL DEFAULT x'');
CREATE TABLE change (seq INTEGER PRIMARY KEY);
CREATE TABLE total (articles INTEGER NOT NULL, passages INTEGER NOT NULL, terms INTEGER NOT NULL);
INSERT INTO total VALUES (0, 0, 0);
INSERT INTO meta VALUES ('encoder', '');
"""

# An article is a text and belongs to no one; what is stated of it belongs to each collection that holds it. `number`
# counts memberships in order of addition. `published` to `file` are copies out of the card, for filters.
_ARTICLES = """
CREATE TABLE article (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, passages INTEGER NOT NULL, terms INTEGER NOT NULL);
CREATE TABLE member (
  number INTEGER PRIMARY KEY AUTOINCREMENT, collection BLOB NOT NULL, seq INTEGER NOT NULL,
  card BLOB NOT NULL, checksum INTEGER NOT NULL,
  published INTEGER, story BLOB NOT NULL, lead INTEGER NOT NULL, places BLOB NOT NULL, file BLOB NOT NULL,
  added TEXT NOT NULL, raw BLOB, UNIQUE (collection, seq));
CREATE INDEX member_seq ON member (seq);
CREATE INDEX member_order ON member (collection);
CREATE INDEX member_story ON member (collection, story);
CREATE INDEX member_published ON member (collection, published);
CREATE INDEX member_file ON member (collection, file) WHERE file != x'';
"""

_TRIGGERS = """
CREATE TRIGGER article_added AFTER INSERT ON article BEGIN
  UPDATE total SET articles = articles + 1, passages = passages + new.passages, terms = terms + new.terms; END;
CREATE TRIGGER article_removed AFTER DELETE ON article BEGIN
  UPDATE total SET articles = articles - 1, passages = passages - old.passages, terms = terms - old.terms; END;
CREATE TRIGGER article_counted AFTER UPDATE OF passages, terms ON article BEGIN
  UPDATE total SET passages = passages + new.passages - old.passages, terms = terms + new.terms - old.terms; END;
"""

# Articles in other languages than English. Only the first of them makes the tables, so that a file of English articles
# stays as it is, for earlier versions, too. Of `foreign_article` all but `seq` are copies, for filters and sums.
_LANGUAGES = f"""
CREATE TABLE language (
  code TEXT PRIMARY KEY, analyser TEXT NOT NULL,
  articles INTEGER NOT NULL, passages INTEGER NOT NULL, terms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE foreign_article (
  seq INTEGER PRIMARY KEY, language TEXT NOT NULL, passages INTEGER NOT NULL, terms INTEGER NOT NULL);
CREATE INDEX foreign_language ON foreign_article (language);
CREATE TRIGGER foreign_added AFTER INSERT ON foreign_article BEGIN
  UPDATE language SET articles = articles + 1, passages = passages + new.passages, terms = terms + new.terms
  WHERE code = new.language; END;
CREATE TRIGGER foreign_removed AFTER DELETE ON foreign_article BEGIN
  UPDATE language SET articles = articles - 1, passages = passages - old.passages, terms = terms - old.terms
  WHERE code = old.language; END;
CREATE TRIGGER foreign_article_removed AFTER DELETE ON article BEGIN
  DELETE FROM foreign_article WHERE seq = old.seq; END;
PRAGMA user_version = {WITH_LANGUAGES};
"""  # noqa: S608 - our own statements

_MARKS = f"PRAGMA application_id = {_OURS}; PRAGMA user_version = {FORMAT};"

# Format 1 had one card for an article, whoever held it: now each of its members begins with that one.
_FROM_1 = f"""
DROP TRIGGER article_added; DROP TRIGGER article_removed; DROP TRIGGER article_counted;
DROP INDEX article_story; DROP INDEX article_published; DROP INDEX member_seq;
ALTER TABLE article RENAME TO old_article;
ALTER TABLE member RENAME TO old_member;
{_ARTICLES}
INSERT INTO article SELECT seq, id, passages, terms FROM old_article;
INSERT INTO member (collection, seq, card, checksum, published, story, lead, places, file, added, raw)
  SELECT collection, seq, card, old_article.checksum, published, story, lead, places, x'', added, raw
  FROM old_member JOIN old_article USING (seq) LEFT JOIN body USING (seq) ORDER BY seq, collection;
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'old_article') WHERE name = 'article';
DROP TABLE old_member; DROP TABLE old_article;
ALTER TABLE body DROP COLUMN raw;
{_TRIGGERS}
PRAGMA user_version = 2;
"""  # noqa: S608 - our own statements

# Format 2 had no vectors. A column at the end changes no row, so that the largest library is upgraded at once.
_FROM_2 = """
ALTER TABLE body ADD COLUMN vectors BLOB NOT NULL DEFAULT x'';
INSERT INTO meta VALUES ('encoder', '');
PRAGMA user_version = 3;
"""

_UPGRADES = {1: _FROM_1 + _FROM_2, 2: _FROM_2}
"""What brings a file of each earlier format to the present one."""


class OldFormat(IncompatibleIndex):
    """An earlier version wrote the file, and `upgrade` brings it to the present format."""


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
            connection.execute(_TABLES + _ARTICLES + _TRIGGERS + _MARKS)
            analyser = name_analyser(DEFAULT_LANGUAGE)
            connection.execute("INSERT INTO meta VALUES ('analyser', ?)", (analyser,))


def upgrade(connection: apsw.Connection) -> None:
    """Bring a file of an earlier format to the present one in one transaction; any other stays as it is."""
    with connection:
        if is_old(connection):
            connection.execute(_UPGRADES[_read_version(connection)])


def has_languages(connection: apsw.Connection) -> bool:
    """Tell whether the file has tables of other languages than English."""
    return _read_version(connection) == WITH_LANGUAGES


def add_languages(connection: apsw.Connection) -> None:
    """Make the tables of other languages, within the transaction that stores the first article in one."""
    if not has_languages(connection):
        connection.execute(_LANGUAGES)


def is_old(connection: apsw.Connection) -> bool:
    """Tell whether `upgrade` would change the file."""
    return fetch_value(connection, "PRAGMA application_id") == _OURS and _read_version(connection) in _UPGRADES


def find_damage(connection: apsw.Connection) -> str:
    """Return what SQLite finds wrong with the file, "" if nothing."""
    found = str(fetch_value(connection, "PRAGMA quick_check(1)"))
    return "" if found == "ok" else found


def is_empty(connection: apsw.Connection) -> bool:
    """Tell whether the file has no table yet, as after a kill before the first commit."""
    return not fetch_value(connection, "SELECT count(*) FROM sqlite_schema") and not fetch_value(
        connection, "PRAGMA application_id"
    )


def is_foreign(connection: apsw.Connection) -> bool:
    """Tell whether another program's tables are in the file."""
    return fetch_value(connection, "PRAGMA application_id") != _OURS and not is_empty(connection)


def explain_foreign(address: str) -> CorruptIndex:
    """Return the error for another program's file."""
    return CorruptIndex(address, "holds a database of another program; choose another folder")


def check_format(connection: apsw.Connection, address: str, *, any_analyser: bool) -> None:
    """Refuse a file that is not ours, or not of this format and analyser.

    Raises:
        CorruptIndex: the file is no library.
        OldFormat: it can be upgraded.
        IncompatibleIndex: another version wrote it.
    """
    if is_foreign(connection):
        raise explain_foreign(address)
    found = _read_version(connection)
    if is_old(connection):
        way = "make its folder writable, so that opening can upgrade it"
        raise OldFormat(address, f"format {found}", f"format {FORMAT}", way)
    if found not in (FORMAT, WITH_LANGUAGES):
        way = "`pullquote export` it with the version that wrote it, and `pullquote import` that with this one"
        raise IncompatibleIndex(address, f"format {found}", f"format {WITH_LANGUAGES}", way)
    for _, written, ours in () if any_analyser else list_analysers(connection):
        if written != ours:
            raise IncompatibleIndex(address, f"analyser {written}", f"analyser {ours}")


def list_analysers(connection: apsw.Connection) -> Iterator[tuple[str, str, str]]:
    """Yield the code of each language, the analyser that made the terms of its articles, and the present one."""
    written = fetch_value(connection, "SELECT value FROM meta WHERE name = 'analyser'")
    yield DEFAULT_LANGUAGE, str(written), name_analyser(DEFAULT_LANGUAGE)
    if has_languages(connection):
        for code, made_by in connection.execute("SELECT code, analyser FROM language WHERE articles > 0").fetchall():
            yield str(code), str(made_by), name_analyser(str(code))


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


def _read_version(connection: apsw.Connection) -> int:
    return int(connection.pragma("user_version"))


def _connect(file: Path, mode: str) -> apsw.Connection:
    flags = apsw.SQLITE_OPEN_URI | apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    if mode != "mode=rwc":
        flags = apsw.SQLITE_OPEN_URI | (apsw.SQLITE_OPEN_READWRITE if mode == "mode=rw" else apsw.SQLITE_OPEN_READONLY)
    connection = apsw.Connection(f"file:{quote(str(file.absolute()))}?{mode}", flags=flags)
    connection.set_busy_timeout(1000)
    return connection
