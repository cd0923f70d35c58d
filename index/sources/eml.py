"""Read e-mail files: the text of the message, with its subject as headline. Attachments are ignored."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email import policy
from email.errors import CloseBoundaryNotFoundDefect, InvalidBase64LengthDefect, InvalidBase64PaddingDefect
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from itertools import islice
from typing import Any

from ..errors import EmptyArticle, SourceError, UnsupportedFormat
from ..model import Metadata
from ..reading.document import Document
from .html import read_fragment, read_html
from .text import decode

MAX_PARTS = 500
"""How many parts a message may have, including those of messages inside it."""

_CUT = (InvalidBase64LengthDefect, InvalidBase64PaddingDefect)
"""What Python finds in a text that ends in the middle of its coding."""

_CUT_OFF = "is cut off before its end; get the whole message"


def read_eml(data: bytes, source: str) -> Document:
    """Return the text of a message: its plain text if it has one, else its HTML.

    Raises:
        UnsupportedFormat: it is encrypted, damaged, or has more parts than a message needs.
        EmptyArticle: it holds no text.
    """
    try:
        message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(data)
        known = _read_headers(message)
        plain, page = _find_texts(message, source)
    except SourceError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        # the standard library's header parser raises these on damaged headers
        raise UnsupportedFormat(
            source, f"is a damaged e-mail ({type(error).__name__}); save its text as .txt"
        ) from error
    if plain is not None and plain.strip():
        return Document(decode(plain, source), known)
    if page is None:
        raise EmptyArticle(source, "is an e-mail without text; save what it carries and add that file")
    try:
        document = read_html(page, source)
    except EmptyArticle:
        document = read_fragment(page, source)
    return replace(document, known=replace(known, url=document.known.url))


def _read_headers(message: EmailMessage) -> Metadata:
    """Return the subject, the sender's name and the date from the message's headers."""
    return Metadata(
        title=" ".join(str(message.get("Subject", "")).split())[:500],
        byline=parseaddr(str(message.get("From", "")))[0][:200],
        published=_parse_date(str(message.get("Date", ""))),
    )


def _parse_date(written: str) -> datetime | None:
    """Return the date of a message, None if it cannot be parsed; "-0000" means an unknown zone."""
    try:
        return parsedate_to_datetime(written.replace(":59:60", ":59:59"))  # a leap second is legal
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _find_texts(message: EmailMessage, source: str) -> tuple[bytes | None, bytes | None]:
    """Return the first plain text and the first HTML of the message, each in UTF-8, or None if there is none.

    Raises:
        UnsupportedFormat: the text that would be quoted is cut off, or as `read_eml` says.
    """
    plain = page = None
    cut = [last for part in islice(message.walk(), MAX_PARTS) if (last := _find_cut_part(part)) is not None]
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS:
            raise UnsupportedFormat(source, f"has more than {MAX_PARTS} parts; save its text as a .txt file")
        kind = part.get_content_type()
        if kind in {"multipart/encrypted", "application/pkcs7-mime"}:
            raise UnsupportedFormat(source, "is encrypted; open it in your mail program and save its text as .txt")
        if kind == "message/partial":
            raise UnsupportedFormat(source, "is one piece of a longer message; join the pieces in your mail program")
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        if kind in {"text/plain", "text/html"} and plain is None and any(part is each for each in cut):
            raise UnsupportedFormat(source, _CUT_OFF)
        if kind == "text/plain" and plain is None:
            plain = _decode_part(part, source)
        elif kind == "text/html" and page is None:
            page = _decode_part(part, source)
    return plain, page


def _find_cut_part(whole: Message[Any, Any]) -> object:
    """Return the last part if the message ends in the middle of it, else None."""
    parts = whole.get_payload()
    ends = not any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in whole.defects)
    return None if ends or not isinstance(parts, list) or not parts else parts[-1]


def _decode_part(part: Message[Any, Any], source: str) -> bytes:
    """Return a part's text in UTF-8, decoded as the part declares.

    Raises:
        UnsupportedFormat: it is cut off, or no text.
    """
    content = part.get_payload(decode=True)
    if any(isinstance(defect, _CUT) for defect in part.defects):
        raise UnsupportedFormat(source, _CUT_OFF)
    data = content if isinstance(content, bytes) else b""
    declared = part.get_content_charset("") or ""
    text = (
        decode(data, source, declared)
        if not declared or _is_utf8(declared)
        else _decode_declared(data, declared, source)
    )
    return text.replace("\r\n", "\n").encode("utf-8", "surrogatepass")


def _decode_declared(data: bytes, declared: str, source: str) -> str:
    """Decode as the mail declares; if that fails, like any text."""
    try:
        return data.decode("cp1252" if declared in {"iso-8859-1", "us-ascii"} else declared)
    except (UnicodeError, LookupError):
        return decode(data, source)


def _is_utf8(name: str) -> bool:
    return name.replace("-", "").replace("_", "") == "utf8"
