"""Read zip archives that are documents, Word and EPUB, without unpacking to disk and within limits.

The directory of the archive is read before any part: an archive that claims more than a document
needs is refused unread, and one that lies about its sizes is cut off while reading.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from ..errors import SourceTooLarge, UnsupportedFormat, state_fact

MAX_ENTRIES = 2000
MAX_PART = 50_000_000
MAX_TOTAL = 100_000_000
MAX_RATIO = 200
"""How many times larger a part may become when it is unpacked, above 1 MB."""

MAX_DEPTH = 200
"""How many XML elements may be open at once."""

_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, KeyError, RuntimeError)


class Archive:
    """The parts of one archive, by name."""

    def __init__(self, data: bytes, source: str) -> None:
        """Read the directory and check it against the limits.

        Raises:
            SourceTooLarge: it has more or larger parts than a document needs.
            UnsupportedFormat: it is damaged or needs a password.
        """
        self.source = source
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            entries = self._zip.infolist()
        except _DAMAGED as error:
            raise self._explain_damage(error) from error
        if len(entries) > MAX_ENTRIES:
            raise SourceTooLarge(
                source,
                state_fact(
                    "has {count:,} parts, the limit is {max_entries:,}", count=len(entries), max_entries=MAX_ENTRIES
                ),
                MAX_ENTRIES,
            )
        if sum(entry.file_size for entry in entries) > MAX_TOTAL:
            raise SourceTooLarge(
                source, state_fact("unpacks to more than {max_total:,} bytes", max_total=MAX_TOTAL), MAX_TOTAL
            )
        for entry in entries:
            if entry.flag_bits & 1:
                raise UnsupportedFormat(source, state_fact("needs a password; save a copy without one"))
            if entry.file_size > MAX_PART or entry.file_size > 1_000_000 + MAX_RATIO * entry.compress_size:
                raise SourceTooLarge(
                    source, state_fact("has a part that unpacks to {size:,} bytes", size=entry.file_size), MAX_PART
                )
        self.names = {entry.filename for entry in entries}

    def read(self, name: str) -> bytes:
        """Return the bytes of a part.

        Raises:
            SourceTooLarge: it is larger than the directory said.
            UnsupportedFormat: it is missing or damaged.
        """
        try:
            with self._zip.open(name) as part:
                data = part.read(MAX_PART + 1)
        except _DAMAGED as error:
            raise self._explain_damage(error) from error
        if len(data) > MAX_PART:
            raise SourceTooLarge(
                self.source, state_fact("has a part of more than {max_part:,} bytes", max_part=MAX_PART), MAX_PART
            )
        return data

    def read_events(self, name: str) -> Iterator[tuple[str, str, Any]]:
        """Yield ("start" | "end", name without namespace, element) of an XML part, in a few kilobytes of memory.

        Raises:
            UnsupportedFormat: it is not XML, declares a document type, or is nested too deeply.
        """
        from xml.etree.ElementTree import ParseError

        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import iterparse

        stack: list[Any] = []
        try:
            for event, element in iterparse(io.BytesIO(self.read(name)), ("start", "end"), forbid_dtd=True):
                tag = element.tag.rpartition("}")[2]
                if event == "start":
                    stack.append(element)
                    if len(stack) > MAX_DEPTH:
                        raise UnsupportedFormat(
                            self.source,
                            state_fact("nests more than {max_depth} elements; it is not read", max_depth=MAX_DEPTH),
                        )
                    yield event, tag, element
                else:
                    yield event, tag, element
                    stack.pop()
                    if stack:
                        stack[-1].remove(element)  # free what has been read
        except DefusedXmlException as error:
            raise UnsupportedFormat(
                self.source, state_fact("declares a document type, which no document needs; it is not read")
            ) from error
        except (ParseError, LookupError, ValueError) as error:
            raise self._explain_damage(error) from error

    def _explain_damage(self, error: Exception) -> UnsupportedFormat:
        return UnsupportedFormat(
            self.source, state_fact("is damaged ({kind}); get another copy of it", kind=type(error).__name__)
        )
