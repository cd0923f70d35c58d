"""Records of a SQLite file read page by page: all of a sound one, and of a damaged one all but the damaged pages."""

import random
from contextlib import closing

import apsw
import pytest

from index.engines.disk.records import RecordFile

PAGE = 4096


def values_of(number):
    """Return what row `number` holds: every kind of value, and texts that need no, one and several further pages."""
    chance = random.Random(number)
    size = (10, 500, 5_000, 30_000)[number % 4]
    return (
        chance.choice([None, 0, 1, -1, 127, -129, 40_000, 2**23, -(2**31), 2**47 - 1, 2**62, -(2**63)]),
        chance.choice([0.5, -1e300]),
        f"ü{number}" * (size // 4),
        chance.randbytes(size),
    )


@pytest.fixture
def file(tmp_path):
    place = tmp_path / "rows.sqlite"
    with closing(apsw.Connection(str(place))) as connection:
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("CREATE TABLE row (number INTEGER PRIMARY KEY, a, b, c, d)")
        connection.execute(
            "CREATE INDEX row_c ON row (substr(c, 1, 300)); CREATE TABLE no (c, e, PRIMARY KEY (c, e)) WITHOUT ROWID"
        )
        with connection:
            connection.executemany(
                "INSERT INTO row VALUES (?, ?, ?, ?, ?)", [(n, *values_of(n)) for n in range(1, 301)]
            )
            connection.executemany("INSERT INTO no VALUES (?, ?)", [(f"no {n}" * 30, n) for n in range(300)])
    return place


def rows_of(place):
    """Return the rows by number; a duplicate fails."""
    with RecordFile(place) as opened:
        found = [
            record for record in opened if record.rowid is not None and len(record.values) == 5 and not record.values[0]
        ]
        assert all(opened.read(record.place) == record for record in found)
    assert len({record.rowid for record in found}) == len(found)
    return {record.rowid: record.values[1:] for record in found}


def test_every_record_of_a_sound_file_is_read(file):
    assert rows_of(file) == {number: values_of(number) for number in range(1, 301)}
    with RecordFile(file) as opened:
        entries = {record.values for record in opened if record.rowid is None and len(record.values) == 2}
    assert entries >= {(f"no {n}" * 30, n) for n in range(300)}
    assert len([entry for entry in entries if str(entry[0]).startswith("ü")]) == 300


@pytest.mark.parametrize("lost", ["first", "last", "half"])
def test_only_what_stood_on_a_lost_page_is_lost(file, lost):
    data = bytearray(file.read_bytes())
    match lost:
        case "first":
            data[:PAGE] = bytes(PAGE)
        case "last":
            del data[-PAGE:]
        case "half":
            del data[len(data) // 2 :]
    file.write_bytes(data)
    with pytest.raises(apsw.Error), closing(apsw.Connection(str(file))) as connection:
        connection.execute("SELECT count(*) FROM row").fetchall()
    found = rows_of(file)
    assert all(values == values_of(number) for number, values in found.items())
    assert len(found) >= {"first": 300, "last": 299, "half": 120}[lost]


def test_commits_in_the_log_count_and_a_torn_one_does_not(file):
    with closing(apsw.Connection(str(file))) as connection:
        connection.wal_autocheckpoint(0)
        for number in (301, 302):
            connection.execute("INSERT INTO row VALUES (?, ?, ?, ?, ?)", (number, *values_of(number)))
        connection.execute("UPDATE row SET a = 'changed' WHERE number = 1")
        log = file.with_name("rows.sqlite-wal")
        whole = log.read_bytes()
        before = file.read_bytes()
    copy = file.with_name("copy.sqlite")
    seen = set()
    for kept in (len(whole), *(len(whole) - count * (PAGE + 24) - 100 for count in range(12)), 20, 0):
        copy.write_bytes(before)
        copy.with_name("copy.sqlite-wal").write_bytes(whole[:kept])
        found = rows_of(copy)
        with closing(apsw.Connection(str(copy))) as connection:
            there = {row[0]: tuple(row[1:]) for row in connection.execute("SELECT * FROM row")}
        assert found == there, "SQLite sees others"
        seen.add((len(found), found[1][0] == "changed"))
    assert seen >= {(302, True), (302, False), (300, False)}, "no cut fell between the commits"


def test_damaged_bytes_raise_nothing(file):
    data = file.read_bytes()
    chance = random.Random(5)
    for _ in range(30):
        damaged = bytearray(data)
        for _ in range(chance.choice([1, 50, 2000])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        file.write_bytes(damaged)
        with RecordFile(file) as opened:
            assert sum(1 for _ in opened) < 5_000


@pytest.mark.parametrize("data", [b"", b"x", bytes(100), b"SQLite format 3\0", b"no database " * 2000])
def test_what_is_no_database_has_no_records(tmp_path, data):
    place = tmp_path / "file"
    place.write_bytes(data)
    with RecordFile(place) as opened:
        assert list(opened) == []


def test_a_chain_of_pages_that_leads_in_a_circle_ends(file):
    data = bytearray(file.read_bytes())
    for start in range(PAGE, len(data), PAGE):
        if not data[start]:  # a further page: its successor becomes itself
            data[start : start + 4] = (start // PAGE + 1).to_bytes(4, "big")
    file.write_bytes(data)
    found = rows_of(file)
    assert sum(values == values_of(number) for number, values in found.items()) >= 75
