"""Plain text: bytes to characters, strictly, and nothing else changed."""

from __future__ import annotations

import codecs
import logging
import re

from ..errors import UnsupportedFormat
from ..reading.document import Document

_LOG = logging.getLogger(__name__)

# The longer mark first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def read_text(data: bytes, source: str) -> Document:
    """Return the decoded text, unchanged but for a byte order mark.

    Raises:
        UnsupportedFormat: the bytes are no text in UTF-8, UTF-16, UTF-32 or Windows-1252.
    """
    return Document(decode(data, source))


def decode(data: bytes, source: str, declared: str = "") -> str:
    """Return the characters of the bytes: by byte order mark, UTF-8, the declared encoding, or a guess.

    Raises:
        UnsupportedFormat: none of them fits; the message has the offset of the first bad byte.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, len(mark), encoding, source)
    if wide := _wide(data):
        return _strictly(data, 0, wide, source)
    null = data.find(0)
    if null >= 0:
        raise UnsupportedFormat(source, f"is not text: byte {null:,} is zero; give the text itself, saved as UTF-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        offset, reason = error.start, error.reason
    if declared:
        try:
            return data.decode(declared)
        except (UnicodeDecodeError, LookupError):
            _LOG.info("%s: is not %s, as it says", source, declared)
    text = None if _is_damaged_utf8(data) else _western(data)
    if text is None:
        raise UnsupportedFormat(source, f"is not UTF-8: byte {offset:,} is wrong ({reason}); save it anew as UTF-8")
    _LOG.info("%s: read as Windows-1252", source)
    return text


def _strictly(data: bytes, skip: int, encoding: str, source: str) -> str:
    """Decode what follows the byte order mark.

    Raises:
        UnsupportedFormat: a byte does not fit.
    """
    try:
        return data[skip:].decode(encoding)
    except UnicodeDecodeError as error:
        offset = skip + error.start
        raise UnsupportedFormat(
            source, f"is not {encoding.upper()}: byte {offset:,} is wrong ({error.reason}); save it anew as UTF-8"
        ) from error


def _wide(data: bytes) -> str:
    """Return "utf-16-le" or "utf-16-be" where every second byte of Western text is zero, else ""."""
    head = data[:4096]
    if len(data) % 2 or len(head) < 4:
        return ""
    low, high = head[1::2].count(0), head[0::2].count(0)
    half = len(head) // 2
    # Curly quotation marks and dashes have no zero byte: a tenth of them is more than prose holds.
    if low * 10 >= half * 9 and not high:
        return "utf-16-le"
    return "utf-16-be" if high * 10 >= half * 9 and not low else ""


def _is_damaged_utf8(data: bytes) -> bool:
    """Tell UTF-8 with a few bad bytes from a code page: its sequences of several bytes outnumber the stray ones."""
    whole = _SEQUENCE.findall(data)
    stray = len(_HIGH.findall(data)) - sum(map(len, whole))
    return len(whole) >= stray


def _western(data: bytes) -> str | None:
    """Return the bytes as Windows-1252 where that reads as text, else None."""
    if len(_CONTROL.findall(data)) * 100 > len(data):
        return None
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=["cp1252"], preemptive_behaviour=False).best()
    return None if best is None else data.decode("cp1252")
