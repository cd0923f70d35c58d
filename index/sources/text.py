"""Read plain text: decode the bytes strictly, and change nothing else."""

from __future__ import annotations

import codecs
import logging

from .. import patterns
from ..errors import UnsupportedFormat, state_fact
from ..reading.document import Document

_LOG = logging.getLogger(__name__)

# UTF-32 before UTF-16, whose mark is the beginning of UTF-32's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEQUENCE = patterns.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = patterns.compile(rb"[\x80-\xff]")
_CONTROL = patterns.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def read_text(data: bytes, source: str) -> Document:
    """Return the decoded text without its byte order mark.

    Raises:
        UnsupportedFormat: the bytes are not text in UTF-8, UTF-16, UTF-32 or Windows-1252.
    """
    return Document(decode(data, source))


def decode(data: bytes, source: str, declared: str = "") -> str:
    """Decode the bytes: by byte order mark, as UTF-8, in the declared encoding, or by a guess.

    Raises:
        UnsupportedFormat: none of them fits; the message has the offset of the first bad byte.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode_strictly(data, len(mark), encoding, source)
    if wide := _detect_utf16(data):
        return _decode_strictly(data, 0, wide, source)
    null = data.find(0)
    if null >= 0:
        raise UnsupportedFormat(
            source, state_fact("is not text: byte {null:,} is zero; give the text itself, saved as UTF-8", null=null)
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        offset, reason = error.start, error.reason
    if declared:
        try:
            return data.decode(declared)
        except (UnicodeDecodeError, LookupError):
            _LOG.info("%s: is not %s, as it says", source, declared)
    text = None if _is_damaged_utf8(data) else _decode_western(data)
    if text is None:
        raise UnsupportedFormat(
            source,
            state_fact(
                "is not UTF-8: byte {offset:,} is wrong ({reason}); save it anew as UTF-8", offset=offset, reason=reason
            ),
        )
    _LOG.info("%s: read as Windows-1252", source)
    return text


def _decode_strictly(data: bytes, skip: int, encoding: str, source: str) -> str:
    """Decode what follows the byte order mark.

    Raises:
        UnsupportedFormat: a byte does not fit.
    """
    try:
        return data[skip:].decode(encoding)
    except UnicodeDecodeError as error:
        offset = skip + error.start
        raise UnsupportedFormat(
            source,
            state_fact(
                "is not {encoding}: byte {offset:,} is wrong ({reason}); save it anew as UTF-8",
                encoding=encoding.upper(),
                offset=offset,
                reason=error.reason,
            ),
        ) from error


def _detect_utf16(data: bytes) -> str:
    """Return "utf-16-le" or "utf-16-be" if every second byte is zero, as in Western text, else ""."""
    head = data[:4096]
    if len(data) % 2 or len(head) < 4:
        return ""
    low, high = head[1::2].count(0), head[0::2].count(0)
    half = len(head) // 2
    # Curly quotation marks and dashes have no zero byte; prose has fewer of them than one character in ten.
    if low * 10 >= half * 9 and not high:
        return "utf-16-le"
    return "utf-16-be" if high * 10 >= half * 9 and not low else ""


def _is_damaged_utf8(data: bytes) -> bool:
    """Tell whether this is UTF-8 with a few bad bytes: its multi-byte sequences outnumber the stray bytes."""
    whole = _SEQUENCE.findall(data)
    stray = len(_HIGH.findall(data)) - sum(map(len, whole))
    return len(whole) >= stray


def _decode_western(data: bytes) -> str | None:
    """Return the bytes decoded as Windows-1252 if that gives text, else None."""
    if len(_CONTROL.findall(data)) * 100 > len(data):
        return None
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=["cp1252"], preemptive_behaviour=False).best()
    return None if best is None else data.decode("cp1252")
