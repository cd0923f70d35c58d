"""Read ninjs, the news industry's JSON: one item with its text, dates, version and the agency's notes.

Versions 1.x and 2.x of the standard, by the International Press Telecommunications Council, are read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..errors import EmptyArticle, UnsupportedFormat
from ..forms.node import parse_json
from ..model import Kind, Metadata, Status
from ..reading.document import Block, Document
from .facts import is_web_address, parse_moment
from .html import read_fragment
from .text import decode

_TEXT_KEYS = ("body_text", "body_html", "body_xhtml", "bodies", "headline", "headlines", "pubstatus", "versioncreated")
_CANCELLED = frozenset({"canceled", "cancelled", "withheld"})


def read_ninjs(data: bytes, source: str) -> Document:
    """Return the text of a ninjs item: its headline, then its body.

    Raises:
        UnsupportedFormat: it is other JSON, or damaged.
        EmptyArticle: the item has no text; the message says if it is a withdrawal.
    """
    try:
        item = parse_json(decode(data, source))
    except ValueError as error:
        raise UnsupportedFormat(source, "is damaged JSON; get another copy of it") from error
    if not isinstance(item, dict) or not any(key in item for key in _TEXT_KEYS):
        raise UnsupportedFormat(source, "is JSON, but no ninjs item; give the text of an article")
    known = _read_metadata(item)
    body = _read_body(item, source)
    if body is None or not body.text.strip():
        if known.status is Status.WITHDRAWN:
            raise EmptyArticle(
                source, f"withdraws {known.story or 'an item'} and carries no text; remove that article by hand"
            )
        raise EmptyArticle(source, "is a ninjs item without text; pictures and packages are not read")
    return _add_headline(body, known)


def _read_metadata(item: dict[str, Any]) -> Metadata:
    """Return what the item says of itself."""
    status = Status.WITHDRAWN if _read_line(item, "pubstatus").lower() in _CANCELLED else Status.USABLE
    version = _read_line(item, "version")
    note = _read_line(item, "ednote")
    if status is Status.USABLE and note.lower().startswith(("correct", "refil")):
        status = Status.CORRECTED
    return Metadata(
        title=_find_headline(item),
        published=parse_moment(
            _read_line(item, "versioncreated") or _read_line(item, "firstcreated") or _read_line(item, "contentcreated")
        ),
        agency=_find_agency(item),
        cities=tuple(place for place in (_read_line(item, "located"),) if place),
        byline=_read_line(item, "byline") or ", ".join(_read_each(item, "bylines", "byline")),
        note=note,
        story=_read_line(item, "altids") or _read_line(item, "uri"),
        lead=max(0, int(version) - 1) if version.isdecimal() and len(version) < 5 else 0,
        status=status,
        embargo=parse_moment(_read_line(item, "embargoed") or _read_line(item, "embargoeduntil")),
        url=next((address for address in _list_addresses(item) if is_web_address(address)), ""),
    )


def _find_headline(item: dict[str, Any]) -> str:
    """Return the headline, the first if there are several; "" if there is none."""
    return _read_line(item, "headline") or next(iter(_read_each(item, "headlines", "value")), "")


def _find_agency(item: dict[str, Any]) -> str:
    """Return the name of the sender."""
    named = [_read_line(each, "name") for each in _list_objects(item, "infosources")]
    return (
        _read_line(item, "source") or next((name for name in named if name), "") or _read_line(item, "copyrightholder")
    )


def _list_addresses(item: dict[str, Any]) -> list[str]:
    """Return what may be the address of the item's page; its URI often is, but may be just a name."""
    return [
        _read_line(item, "url"),
        _read_line(item, "canonical"),
        *_read_each(item, "links", "href"),
        _read_line(item, "uri"),
    ]


def _read_body(item: dict[str, Any], source: str) -> Document | None:
    """Return the body, as HTML if there is any, because that marks paragraphs; None if there is no text."""
    bodies = {
        _read_line(each, "contenttype").lower(): _read_raw(each, "value") for each in _list_objects(item, "bodies")
    }
    pages = (
        _read_raw(item, "body_html"),
        _read_raw(item, "body_xhtml"),
        bodies.get("text/html"),
        bodies.get("application/xhtml+xml"),
    )
    page = next((page for page in pages if page and page.strip()), "")
    if page:
        return read_fragment(b"\xef\xbb\xbf" + page.encode("utf-8", "replace"), source)
    text = _read_raw(item, "body_text") or bodies.get("text/plain") or bodies.get("")
    return Document(text) if text else None


def _add_headline(body: Document, known: Metadata) -> Document:
    """Put the headline before the body, unless the body begins with it."""
    title = known.title
    if not title or body.text.lstrip().startswith(title):
        return replace(body, known=known)
    shift = len(title) + 2
    text = f"{title}\n\n{body.text}"
    if body.blocks is None:
        return Document(text, known)
    moved = (Block(block.start + shift, block.end + shift, block.kind) for block in body.blocks)
    return Document(text, known, (Block(0, len(title), Kind.HEADLINE), *moved), f"{title} {body.shown}")


def _read_line(item: dict[str, Any], key: str) -> str:
    """Return a value as one line of text, "" if it is neither text nor a whole number."""
    value = item.get(key)
    return " ".join(str(value).split())[:2000] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _read_raw(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _list_objects(item: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = item.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _read_each(item: dict[str, Any], key: str, name: str) -> list[str]:
    return [text for text in (_read_line(each, name) for each in _list_objects(item, key)) if text]
