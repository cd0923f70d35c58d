"""E-mail files: the text of the message; its subject is the headline. Attachments are passed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email import policy
from email.errors import CloseBoundaryNotFoundDefect
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
"""How many parts a message may have, those of messages in it too."""


def read_eml(data: bytes, source: str) -> Document:
    """Return the text of a message: its plain text where it has one, else its HTML.

    Raises:
        UnsupportedFormat: it is encrypted, damaged, or has more parts than a message needs.
        EmptyArticle: it holds no text.
    """
    try:
        message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(data)
        known = _known(message)
        plain, page = _texts(message, source)
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


def _known(message: EmailMessage) -> Metadata:
    """Return the subject, the sender's name and the date that the head of the message states."""
    return Metadata(
        title=" ".join(str(message.get("Subject", "")).split())[:500],
        byline=parseaddr(str(message.get("From", "")))[0][:200],
        published=_date(str(message.get("Date", ""))),
    )


def _date(written: str) -> datetime | None:
    """Return the date of a message, None where it is none; "-0000" means that its zone is not known."""
    try:
        return parsedate_to_datetime(written)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _texts(message: EmailMessage, source: str) -> tuple[bytes | None, bytes | None]:
    """Return the first plain text and the first HTML of the message, each in UTF-8, None where there is none.

    Raises:
        UnsupportedFormat: the one that would be quoted is cut off, or what is said of `read_eml`.
    """
    plain = page = None
    cut = [last for part in islice(message.walk(), MAX_PARTS) if (last := _cut_off(part)) is not None]
    for number, part in enumerate(message.walk()):
        if number >= MAX_PARTS:
            raise UnsupportedFormat(source, f"has more than {MAX_PARTS} parts; save its text as a .txt file")
        kind = part.get_content_type()
        if kind in {"multipart/encrypted", "application/pkcs7-mime"}:
            raise UnsupportedFormat(source, "is encrypted; open it in your mail program and save its text as .txt")
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        if kind in {"text/plain", "text/html"} and plain is None and any(part is each for each in cut):
            raise UnsupportedFormat(source, "is cut off before its end; get the whole message")
        if kind == "text/plain" and plain is None:
            plain = _characters(part, source)
        elif kind == "text/html" and page is None:
            page = _characters(part, source)
    return plain, page


def _cut_off(whole: Message[Any, Any]) -> object:
    """Return the last of several parts where the message ends in the middle of it, else None."""
    parts = whole.get_payload()
    ends = not any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in whole.defects)
    return None if ends or not isinstance(parts, list) or not parts else parts[-1]


def _characters(part: Message[Any, Any], source: str) -> bytes:
    """Return a part's text in UTF-8, decoded as the part declares."""
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    declared = part.get_content_charset("") or ""
    text = decode(data, source, declared) if not declared or _is_utf8(declared) else _declared(data, declared, source)
    return text.replace("\r\n", "\n").encode("utf-8", "surrogatepass")


def _declared(data: bytes, declared: str, source: str) -> str:
    """Decode as the mail says; where that is wrong, as any text."""
    try:
        return data.decode("cp1252" if declared in {"iso-8859-1", "us-ascii"} else declared)
    except (UnicodeError, LookupError):
        return decode(data, source)


def _is_utf8(name: str) -> bool:
    return name.replace("-", "").replace("_", "") == "utf8"
