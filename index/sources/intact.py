"""Tell whether a PDF file is whole, which the program that reads it does not say: it shows what is left. Pure.

A stream that does not unpack is damaged. A file whose table of objects is not where it says has lost or gained bytes;
then no stream may have, either. What a careless program wrote and no one lost stays readable.
"""

from __future__ import annotations

import zlib

from .. import patterns

_STREAM = patterns.compile(rb"stream\r?\n")
_LENGTH = patterns.compile(rb"/Length\s{0,9}(\d{1,9})(?!\s{0,9}\d{1,9}\s{1,9}R|\d)")
_FLATE = patterns.compile(rb"/Filter\s{0,9}\[?\s{0,9}/FlateDecode\s{0,9}(?:\]|/(?!\w{1,20}Decode)|>>|\r|\n)")
_START = patterns.compile(rb"startxref\s{1,9}(\d{1,15})")
_TABLE = patterns.compile(rb"\s{0,9}(?:xref\b|\d{1,9}\s{1,9}\d{1,9}\s{1,9}obj)")

_HEAD = 600
"""Bytes before a stream that hold what it says of itself."""

_STEP = 1_000_000


def is_whole(data: bytes) -> bool:
    """Tell whether no stream of a PDF file is known to be damaged."""
    exact = not _has_table(data)
    packed = b"/Encrypt" not in data
    for found in _STREAM.finditer(data):
        if data[found.start() - 3 : found.start()] == b"end":
            continue
        head = data[max(0, found.start() - _HEAD) : found.start()]
        head = head[max(0, head.rfind(b" obj")) :]
        length = _LENGTH.search(head)
        if length is None:
            continue
        end = found.end() + int(length[1])
        stated = data[end : end + 12].lstrip().startswith(b"endstream")
        if exact and not stated:
            return False
        picture = b"/Image" in head or b"/FontFile" in head
        if packed and stated and not picture and _FLATE.search(head) and not _unpacks(data[found.end() : end]):
            return False
    return True


def _has_table(data: bytes) -> bool:
    """Tell whether the table of objects is where the end of the file says."""
    start = max(0, data[:1024].find(b"%PDF-"))
    found = _START.findall(data[-2048:])
    return bool(found) and any(_TABLE.match(data, int(found[-1]) + skip) for skip in (0, start))


def _unpacks(data: bytes) -> bool:
    """Tell whether packed bytes unpack without an error; what they unpack to is not kept."""
    unpacker = zlib.decompressobj()
    try:
        while data and not unpacker.eof:
            unpacker.decompress(data, _STEP)
            data = unpacker.unconsumed_tail
    except zlib.error:
        return False
    return True
