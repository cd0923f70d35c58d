"""ninjs, the news industry's JSON: one item with its text, dates, version, and what the agency says of it.

Versions 1.x and 2.x of the standard of the International Press Telecommunications Council are read.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ..errors import EmptyArticle, UnsupportedFormat
from ..model import Kind, Metadata, Status
from ..reading.document import Block, Document
from .facts import is_web_address, moment
from .html import read_fragment
from .text import decode

_TEXT_KEYS = ("body_text", "body_html", "body_xhtml", "bodies", "headline", "headlines", "pubstatus", "versioncreated")
_CANCELLED = frozenset({"canceled", "cancelled", "withheld"})


def read_ninjs(data: bytes, source: str) -> Document:
    """Return the text of a ninjs item: its headline, then its body.

    Raises:
        UnsupportedFormat: it is other JSON, or damaged.
        EmptyArticle: the item has no text; the message says so of a withdrawal.
    """
    try:
        item = json.loads(decode(data, source))
    except (ValueError, RecursionError) as error:
        raise UnsupportedFormat(source, "is damaged JSON; get another copy of it") from error
    if not isinstance(item, dict) or not any(key in item for key in _TEXT_KEYS):
        raise UnsupportedFormat(source, "is JSON, but no ninjs item; give the text of an article")
    known = _known(item)
    body = _body(item, source)
    if body is None or not body.text.strip():
        if known.status is Status.WITHDRAWN:
            raise EmptyArticle(
                source, f"withdraws {known.story or 'an item'} and carries no text; remove that article by hand"
            )
        raise EmptyArticle(source, "is a ninjs item without text; pictures and packages are not read")
    return _with_headline(body, known)


def _known(item: dict[str, Any]) -> Metadata:
    """Return what the item states of itself."""
    status = Status.WITHDRAWN if _string(item, "pubstatus").lower() in _CANCELLED else Status.USABLE
    version = _string(item, "version")
    note = _string(item, "ednote")
    if status is Status.USABLE and note.lower().startswith(("correct", "refil")):
        status = Status.CORRECTED
    return Metadata(
        title=_headline(item),
        published=moment(
            _string(item, "versioncreated") or _string(item, "firstcreated") or _string(item, "contentcreated")
        ),
        agency=_source(item),
        cities=tuple(place for place in (_string(item, "located"),) if place),
        byline=_string(item, "byline") or ", ".join(_each(item, "bylines", "byline")),
        note=note,
        story=_string(item, "altids") or _string(item, "uri"),
        lead=max(0, int(version) - 1) if version.isdigit() and len(version) < 5 else 0,
        status=status,
        embargo=moment(_string(item, "embargoed") or _string(item, "embargoeduntil")),
        url=next((address for address in _addresses(item) if is_web_address(address)), ""),
    )


def _headline(item: dict[str, Any]) -> str:
    """Return the headline: the one for the web or the main one where there are several."""
    return _string(item, "headline") or next(iter(_each(item, "headlines", "value")), "")


def _source(item: dict[str, Any]) -> str:
    """Return who sends the item."""
    named = [_string(each, "name") for each in _dicts(item, "infosources")]
    return _string(item, "source") or next((name for name in named if name), "") or _string(item, "copyrightholder")


def _addresses(item: dict[str, Any]) -> list[str]:
    """Return what may be the item's page: its own address is often one, and may be a mere name."""
    return [_string(item, "url"), _string(item, "canonical"), *_each(item, "links", "href"), _string(item, "uri")]


def _body(item: dict[str, Any], source: str) -> Document | None:
    """Return the body, its HTML rather than its plain text: that knows the paragraphs."""
    bodies = {_string(each, "contenttype").lower(): _raw(each, "value") for each in _dicts(item, "bodies")}
    pages = (
        _raw(item, "body_html"),
        _raw(item, "body_xhtml"),
        bodies.get("text/html"),
        bodies.get("application/xhtml+xml"),
    )
    page = next((page for page in pages if page and page.strip()), "")
    if page:
        return read_fragment(b"\xef\xbb\xbf" + page.encode("utf-8", "replace"), source)
    text = _raw(item, "body_text") or bodies.get("text/plain") or bodies.get("")
    return Document(text) if text else None


def _with_headline(body: Document, known: Metadata) -> Document:
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


def _string(item: dict[str, Any], key: str) -> str:
    """Return a value as one line of text, "" where it is neither text nor a number."""
    value = item.get(key)
    return " ".join(str(value).split())[:2000] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _raw(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _dicts(item: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = item.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _each(item: dict[str, Any], key: str, name: str) -> list[str]:
    return [text for text in (_string(each, name) for each in _dicts(item, key)) if text]
