"""The records of a SQLite file, page by page, however damaged it is: what https://sqlite.org/fileformat2.html states.

SQLite itself finds a record through the pages above it, and refuses a file that is shorter than its first page says.
Here each page stands for itself: what is lost is what stood on a lost page, and no more.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from types import TracebackType

Value = None | int | float | str | bytes

_TABLE_LEAF, _INDEX_LEAF, _INDEX_INNER = 13, 10, 2  # the kinds of pages that hold records
_USUAL = 4096  # bytes of a page, where not even the first page can tell
_WHOLE_NUMBERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # serial type: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a table, or an entry of an index (`rowid` is None); `place` is where `RecordFile.read` finds it."""

    place: tuple[int, int]
    rowid: int | None
    values: tuple[Value, ...]


class RecordFile:
    """A SQLite file and the commits in its write-ahead log, opened for reading.

    Raises:
        OSError: it cannot be opened.
    """

    def __init__(self, file: Path) -> None:
        self._stack = ExitStack()
        self._data = self._map(file)
        wal = file.with_name(f"{file.name}-wal")
        self._log = self._map(wal) if wal.is_file() else b""
        size = int.from_bytes(self._data[16:18], "big") if self._data[:6] == b"SQLite" else 0
        self._size = 65536 if size == 1 else size if size >= 512 and size & (size - 1) == 0 else _USUAL
        self._frames = _find_frames(self._log, self._size)

    def __enter__(self) -> RecordFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def __len__(self) -> int:
        """Return how many pages there are."""
        return max([-(-len(self._data) // self._size), *self._frames])

    @property
    def version(self) -> int:
        """The number that the writing program keeps on the first page for its format; 0 if that page is lost."""
        return int.from_bytes(self._read_page(1)[0][60:64], "big")

    def __iter__(self) -> Iterator[Record]:
        """Yield every record that can be read, in order of pages; a reader's checksums must tell which are intact."""
        for number in range(1, len(self) + 1):
            page, start = self._read_page(number)
            count = int.from_bytes(page[start + 3 : start + 5], "big")
            if page[start] not in (_TABLE_LEAF, _INDEX_LEAF, _INDEX_INNER):
                continue
            for cell in range(min(count, self._size // 4)):
                if (found := self.read((number, cell))) is not None:
                    yield found

    def read(self, place: tuple[int, int]) -> Record | None:
        """Return the record at a place, None if it cannot be read."""
        number, cell = place
        page, start = self._read_page(number)
        kind = page[start]
        pointer = start + (12 if kind == _INDEX_INNER else 8) + 2 * cell
        with suppress(IndexError, ValueError, struct.error):
            at = int.from_bytes(page[pointer : pointer + 2], "big") + (4 if kind == _INDEX_INNER else 0)
            length, at = _read_number(page, at)
            rowid = None
            if kind == _TABLE_LEAF:
                rowid, at = _read_number(page, at)
            return Record(place, rowid, _read_values(self._join(page, at, length, table=kind == _TABLE_LEAF)))
        return None

    def _map(self, file: Path) -> bytes | mmap:
        opened = self._stack.enter_context(file.open("rb"))
        return self._stack.enter_context(mmap(opened.fileno(), 0, access=ACCESS_READ)) if file.stat().st_size else b""

    def _read_page(self, number: int) -> tuple[bytes, int]:
        """Return a page, zeros for what is not there, and where its header begins."""
        frame = self._frames.get(number)
        source, start = (self._data, (number - 1) * self._size) if frame is None else (self._log, frame)
        return source[start : start + self._size].ljust(self._size, b"\0"), 100 if number == 1 else 0

    def _join(self, page: bytes, at: int, length: int, *, table: bool) -> bytes:
        """Return the payload that begins on a page and may go on in a chain of others.

        Raises:
            ValueError: the chain breaks.
        """
        if not 0 < length <= len(self) * self._size:
            raise ValueError("longer than the file")
        usable = self._size
        most = usable - 35 if table else (usable - 12) * 64 // 255 - 23
        least = (usable - 12) * 32 // 255 - 23
        fitting = least + (length - least) % (usable - 4)
        here = length if length <= most else fitting if fitting <= most else least
        parts, left = [page[at : at + here]], length - here
        following = int.from_bytes(page[at + here : at + here + 4], "big") if left else 0
        while left > 0:
            if not 1 < following <= len(self):
                raise ValueError("the chain of pages breaks")
            page, _ = self._read_page(following)
            following = int.from_bytes(page[:4], "big")
            parts.append(page[4 : 4 + min(left, usable - 4)])
            left -= usable - 4
        return b"".join(parts)


def _find_frames(log: bytes | mmap, size: int) -> dict[int, int]:
    """Return where the newest committed version of each page stands in a write-ahead log, by page number."""
    if len(log) < 32 or int.from_bytes(log[8:12], "big") != size:
        return {}
    order = ">" if log[3] & 1 else "<"
    sums = _add_up(log[:24], (0, 0), order)
    if sums != struct.unpack(">2I", log[24:32]):
        return {}
    committed: dict[int, int] = {}
    pending: dict[int, int] = {}
    for at in range(32, len(log) - 24 - size + 1, 24 + size):
        number, pages, *salts = struct.unpack(">2I8s", log[at : at + 16])
        sums = _add_up(log[at : at + 8], sums, order)
        sums = _add_up(log[at + 24 : at + 24 + size], sums, order)
        if salts != [log[16:24]] or sums != struct.unpack(">2I", log[at + 16 : at + 24]):
            break  # the rest is of an earlier round of the log, or damaged
        pending[number] = at + 24
        if pages:
            committed.update(pending)
            pending.clear()
    return committed


def _add_up(data: bytes, sums: tuple[int, int], order: str) -> tuple[int, int]:
    """Return the checksum of a write-ahead log, carried on over `data`."""
    one, two = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two


def _read_number(data: bytes, at: int) -> tuple[int, int]:
    """Return the number of 1 to 9 bytes that begins at `at`, and where it ends."""
    value = 0
    for count in range(8):
        byte = data[at + count]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + count + 1
    value = value << 8 | data[at + 8]
    return value - (1 << 64) if value >> 63 else value, at + 9


def _read_values(payload: bytes) -> tuple[Value, ...]:
    """Return the values of a record.

    Raises:
        IndexError, ValueError: the payload is none.
    """
    end, at = _read_number(payload, 0)
    start, values = end, list[Value]()
    while at < end:
        kind, at = _read_number(payload, at)
        size = _WHOLE_NUMBERS.get(kind, 8 if kind == 7 else (kind - 12) // 2 if kind >= 12 else 0)
        part = payload[start : start + size]
        if len(part) < size or kind in (10, 11) or kind < 0:
            raise ValueError("no record")
        start += size
        values.append(_decode_value(kind, part))
    return tuple(values)


def _decode_value(kind: int, part: bytes) -> Value:
    if kind >= 12:
        return part.decode() if kind & 1 else part
    if kind == 7:
        return float(struct.unpack(">d", part)[0])
    return None if kind == 0 else kind - 8 if kind >= 8 else int.from_bytes(part, "big", signed=True)
