"""What the formats of news agencies share: status, version, embargo, byline, and the headline above the text."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from typing import Any

from ..errors import EmptyArticle, UnsupportedFormat
from ..model import Kind, Metadata, Status
from ..reading.document import Block, Document
from ..reading.furniture import parse_byline
from ..reading.headline import find_embargo, pick_worse, read_status
from .archive import MAX_DEPTH
from .facts import parse_moment

_TAKEN_BACK = frozenset({"canceled", "cancelled", "withheld"})


def judge_status(stated: str, note: str) -> Status:
    """Return the status that the publication status, or a note to editors, gives an item.

    The publication status may be a word, a code ("stat:canceled") or an address that ends in the word.
    """
    word = stated.strip().lower().rpartition("/")[2].rpartition(":")[2]
    if word in _TAKEN_BACK:
        return Status.WITHDRAWN
    corrects = note.lower().startswith(("correct", "refil"))
    return pick_worse(read_status(note), Status.CORRECTED if corrects else Status.USABLE)


def count_lead(version: str) -> int:
    """Return the lead of a version that the agency counts from 1; 0 for anything that is no such number."""
    return max(0, int(version) - 1) if version.isdecimal() and len(version) < 5 else 0


def read_embargo(written: str, note: str, source: str) -> datetime | None:
    """Return the end of the embargo that an item or its note states, None if neither does.

    Raises:
        UnsupportedFormat: it states one that cannot be read; the item must not speak before anybody knows when.
    """
    if not written:
        return find_embargo(note)
    if (moment := parse_moment(written)) is None:
        raise UnsupportedFormat(
            source, f"is under embargo until {written[:60]!r}, which is no date; add it when the embargo is over"
        )
    return moment


def name_author(byline: str) -> str:
    """Return the names in a byline, without "By"."""
    words = " ".join(byline.split()).strip(" ,;")
    return parse_byline(words) or (words[3:] if words[:3].lower() == "by " else words)


def name_city(place: str) -> tuple[str, ...]:
    """Return the city of a place such as "Turin, Italy", () if none is named."""
    city = place.partition(",")[0].strip()
    return (city,) if city else ()


def finish_item(body: Document | None, known: Metadata, source: str) -> Document:
    """Return an item's text with its headline above it, unless it begins with that.

    Raises:
        EmptyArticle: there is no text; the message says if the item is a withdrawal.
    """
    if body is None or not body.text.strip():
        if known.status is Status.WITHDRAWN:
            raise EmptyArticle(
                source, f"withdraws {known.story or 'an item'} and carries no text; remove that article by hand"
            )
        raise EmptyArticle(source, "is a news item without text; pictures and packages are not read")
    title = known.title
    if not title or body.text.lstrip().startswith(title):
        return replace(body, known=known)
    shift = len(title) + 2
    text = f"{title}\n\n{body.text}"
    if body.blocks is None:
        return Document(text, known)
    moved = (Block(block.start + shift, block.end + shift, block.kind) for block in body.blocks)
    return Document(text, known, (Block(0, len(title), Kind.HEADLINE), *moved), f"{title} {body.shown}")


def parse_xml(data: bytes, source: str) -> Any:
    """Return the root of an XML file, the names of its elements without their namespaces.

    Raises:
        UnsupportedFormat: it is damaged, declares entities, or is nested deeper than a news item is.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    root, depth = None, 0
    try:
        for event, element in iterparse(io.BytesIO(data), ("start", "end")):
            depth += 1 if event == "start" else -1
            if depth > MAX_DEPTH:
                raise UnsupportedFormat(source, f"nests more than {MAX_DEPTH} elements; it is not read")
            element.tag = element.tag.rpartition("}")[2]
            root = element if root is None else root
    except DefusedXmlException as error:
        raise UnsupportedFormat(source, "declares entities, which no news item needs; it is not read") from error
    except (ParseError, LookupError, ValueError) as error:
        raise UnsupportedFormat(source, f"is damaged XML ({error}); get another copy of it") from error
    return root


def read_words(element: Any) -> str:
    """Return all the words in an element on one line, "" for None."""
    return "" if element is None else " ".join("".join(element.itertext()).split())[:2000]


def render_page(element: Any) -> bytes:
    """Return an element of XML as HTML, for the reader of pages."""
    from xml.etree.ElementTree import tostring

    tail, element.tail = element.tail, None
    page = tostring(element, encoding="unicode", method="html")
    element.tail = tail
    return b"\xef\xbb\xbf" + page.encode("utf-8", "replace")


def render_xml(element: Any) -> bytes:
    """Return an element as a file of its own."""
    from xml.etree.ElementTree import tostring

    return bytes(tostring(element, encoding="utf-8"))
