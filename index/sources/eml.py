"""Read e-mail files: the story that a message carries, with its subject as headline.

Other people's words in it (quoted replies, forwards), the lines that introduce them, and signatures are marks. An
attached message is an article of its own, cut out by `mailboxes.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import policy
from email.errors import CloseBoundaryNotFoundDefect, InvalidBase64LengthDefect, InvalidBase64PaddingDefect
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from itertools import islice
from typing import Any, TypeVar

from .. import patterns
from ..errors import EmptyArticle, SourceError, UnsupportedFormat, state_fact
from ..model import Metadata
from ..reading.document import Document
from .facts import is_web_address, parse_moment
from .html import read_html
from .mail_pages import read_mail_page, read_mail_words
from .quoting import build_blocks, list_lines, mark_lines, unflow
from .text import decode

MAX_PARTS = 500
"""How many parts a message may have, including those of messages inside it."""

_CUT = (InvalidBase64LengthDefect, InvalidBase64PaddingDefect)
"""What Python finds in a text that ends in the middle of its coding."""

_CUT_OFF = state_fact("is cut off before its end; get the whole message")

_DOCUMENTS = patterns.compile(r"\.(?:docx?|odt|rtf|pdf|txt|md|html?|epub|eml|msg|pages)$", re.IGNORECASE)
"""Attached files that may hold text; pictures, films and calendars do not."""

_RUN = 3
"""Words in a row that tell whether a plain text says what the HTML beside it says."""

_Made = TypeVar("_Made")


@dataclass(slots=True)
class _Body:
    """The parts of a message by what they are; `left_out` names what is attached to it."""

    plain: list[Message[Any, Any]] = field(default_factory=list)
    pages: list[Message[Any, Any]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read_eml(data: bytes, source: str) -> Document:
    """Return the story of a message: its plain text, unless only its HTML holds it.

    Raises:
        UnsupportedFormat: it is encrypted, damaged, or has more parts than a message needs.
        EmptyArticle: it holds no text, or only quotes others.
    """
    return guard_headers(source, lambda: _read_message(data, source))


def guard_headers(source: str, make: Callable[[], _Made]) -> _Made:
    """Return what `make` returns; what the standard library raises on damaged headers becomes an error of ours."""
    try:
        return make()
    except SourceError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise UnsupportedFormat(
            source, state_fact("is a damaged e-mail ({kind}); save its text as .txt", kind=type(error).__name__)
        ) from error


def _read_message(data: bytes, source: str) -> Document:
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(data)
    known = _read_headers(message)
    body = _find_texts(message, source)
    cut = _list_cut(message)
    plain = "\n\n".join(_decode_flowed(part, source, cut) for part in body.plain).strip("\n")
    page = max((_decode_part(part, source) for part in body.pages), key=len, default="")
    if (place := _find_place(message)) and page:
        return _read_saved_page(page, place, known, source)
    if not plain.strip() and not page.strip():
        raise EmptyArticle(source, state_fact("is an e-mail without text; save what it carries and add that file"))
    if page and (not plain.strip() or _is_stub(plain, read_mail_words(page, source))):
        _check_whole(body.pages, cut, source)
        document = _read_page(page, known, source)
    else:
        document = _read_plain(plain, known, source)
    return replace(document, left_out=(*document.left_out, *body.left_out))


def _read_plain(text: str, known: Metadata, source: str) -> Document:
    """Return a plain text, what is not the sender's marked as furniture."""
    lines = list_lines(text)
    marked = mark_lines(lines)
    _check_own(any(own and line.words.strip() for own, line in zip(marked.own, lines, strict=True)), source)
    known = _merge_header(known, marked.header)
    return Document(text, known, None if marked.is_plain else build_blocks(text, lines, marked.own))


def _read_page(page: str, known: Metadata, source: str) -> Document:
    """Return the HTML of a message: an article, as any page; or a letter, what is not its sender's marked."""
    document, header, is_marked = read_mail_page(page, source)
    if is_marked:
        _check_own(document is not None, source)
    else:
        with suppress(EmptyArticle):  # a letter: all that it shows is its text
            document = read_html(page.encode("utf-8", "surrogatepass"), source)
    assert document is not None
    return replace(document, known=replace(_merge_header(known, header), url=document.known.url))


def _check_own(has_own: bool, source: str) -> None:
    if not has_own:
        raise EmptyArticle(source, state_fact("is an e-mail that only quotes others; add the message that it quotes"))


def _merge_header(known: Metadata, header: dict[str, str]) -> Metadata:
    """Return what is known of a forwarded message: its own sender, date and subject, nothing of who sent it on."""
    if not header:
        return known
    written = header.get("date") or header.get("sent") or ""
    return Metadata(
        title=header.get("subject") or known.title,
        byline=_name_sender(header.get("from", "")),
        published=_parse_date(written) or parse_moment(written),
    )


def _name_sender(written: str) -> str:
    """Return the name of a sender; an address alone is no name."""
    return parseaddr(written)[0][:200] or ("" if "@" in written else written[:200])


def _read_saved_page(page: str, place: str, known: Metadata, source: str) -> Document:
    """Return the web page that a browser saved as MHTML; when it was saved, and by what, says nothing of it."""
    document = read_html(page.encode("utf-8", "surrogatepass"), source)
    stated = document.known
    return replace(document, known=replace(stated, title=stated.title or known.title, url=stated.url or place))


def _find_place(message: EmailMessage) -> str:
    """Return the address of the page that a browser saved, "" for a mail."""
    places = [message.get("Snapshot-Content-Location"), message.get("Content-Location")]
    if message.get_content_type() == "multipart/related" and message.get("Received") is None and not message.get("To"):
        places += [part.get("Content-Location") for part in message.walk() if part.get_content_type() == "text/html"][
            :1
        ]
    return next((str(place).strip() for place in places if place and is_web_address(str(place).strip())), "")


def _is_stub(plain: str, page: str) -> bool:
    """Tell whether a plain text only stands in for the HTML beside it: that says more, and mostly something else."""
    told, shown = _list_runs(plain), _list_runs(page)
    return len(shown) > len(told) and len(shown & told) * 2 < len(shown)


def _list_runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[at : at + _RUN]) for at in range(max(1, len(words) - _RUN + 1))} if words else set()


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


def _find_texts(message: EmailMessage, source: str) -> _Body:
    """Return the texts of the message and the names of what is attached to it.

    Raises:
        UnsupportedFormat: it has too many parts, or is none that can be read.
    """
    body = _Body()
    waiting: list[Message[Any, Any]] = [message]
    count = 0
    while waiting:
        part = waiting.pop()
        count += 1
        if count > MAX_PARTS:
            raise UnsupportedFormat(
                source, state_fact("has more than {max_parts} parts; save its text as a .txt file", max_parts=MAX_PARTS)
            )
        kind = part.get_content_type()
        if kind in {"multipart/encrypted", "application/pkcs7-mime"}:
            raise UnsupportedFormat(
                source, state_fact("is encrypted; open it in your mail program and save its text as .txt")
            )
        if kind == "message/partial":
            raise UnsupportedFormat(
                source, state_fact("is one piece of a longer message; join the pieces in your mail program")
            )
        children = part.get_payload() if part.is_multipart() else []
        if kind.startswith("message/"):
            body.left_out += [
                f"(attached message: {_name_message(each)})" for each in children if kind == "message/rfc822"
            ]
        elif part.is_multipart():
            waiting += reversed([each for each in children if isinstance(each, Message)])
        elif part.get_content_disposition() == "attachment":
            name = str(part.get_filename("") or "")
            body.left_out += [f"(attached file: {name[:200]})"] if _DOCUMENTS.search(name) else []
        elif kind == "text/plain":
            body.plain.append(part)
        elif kind == "text/html":
            body.pages.append(part)
    return body


def _name_message(message: Any) -> str:
    return " ".join(str(message.get("Subject", "")).split())[:200] or "no subject"


def _list_cut(message: EmailMessage) -> list[Message[Any, Any]]:
    """Return the parts in the middle of which the message ends."""
    parts = (_find_cut_part(part) for part in islice(message.walk(), MAX_PARTS))
    return [part for part in parts if part is not None]


def _find_cut_part(whole: Message[Any, Any]) -> Message[Any, Any] | None:
    """Return the last part if the message ends in the middle of it, else None."""
    parts: Any = whole.get_payload()
    ends = not any(isinstance(defect, CloseBoundaryNotFoundDefect) for defect in whole.defects)
    last = parts[-1] if not ends and isinstance(parts, list) and parts else None
    return last if isinstance(last, Message) else None


def _check_whole(parts: list[Message[Any, Any]], cut: list[Message[Any, Any]], source: str) -> None:
    """Raise `UnsupportedFormat` if one of the parts that would be quoted is cut off."""
    if any(part is each for part in parts for each in cut):
        raise UnsupportedFormat(source, _CUT_OFF)


def _decode_flowed(part: Message[Any, Any], source: str, cut: list[Message[Any, Any]]) -> str:
    """Return a plain text, its soft line breaks joined if it declares them.

    Raises:
        UnsupportedFormat: it is cut off, or no text.
    """
    _check_whole([part], cut, source)
    text = _decode_part(part, source)
    declared = {name: str(part.get_param(name, "")).lower() for name in ("format", "delsp")}
    return unflow(text, delete_space=declared["delsp"] == "yes") if declared["format"] == "flowed" else text


def _decode_part(part: Message[Any, Any], source: str) -> str:
    """Return a part's text, decoded as the part declares.

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
    return text.replace("\r\n", "\n")


def _decode_declared(data: bytes, declared: str, source: str) -> str:
    """Decode as the mail declares; if that fails, like any text."""
    try:
        return data.decode("cp1252" if declared in {"iso-8859-1", "us-ascii"} else declared)
    except (UnicodeError, LookupError):
        return decode(data, source)


def _is_utf8(name: str) -> bool:
    return name.replace("-", "").replace("_", "") == "utf8"
