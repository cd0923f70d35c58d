"""Read NITF, the news industry's older XML: one story with its head, in a file of its own or inside NewsML-G2."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..errors import UnsupportedFormat, state_fact
from ..model import Metadata, Status
from ..moments import as_utc
from ..reading.document import Document
from .agency import (
    count_lead,
    finish_item,
    judge_status,
    name_author,
    name_city,
    parse_xml,
    read_embargo,
    read_words,
    render_page,
)
from .facts import is_web_address, parse_moment
from .html import read_fragment

_AS_HTML = {"hl1": "h1", "hl2": "h2", "bq": "blockquote", "block": "div", "body.content": "div", "copyrite": "div"}
# What is no word of the story: an element that pages never show stands in its place, so that its tail stays.
_ASIDE = frozenset({"media", "note", "fn", "credit", "datasource", "nitf-table", "custom-table"})


def read_nitf(data: bytes, source: str) -> Document:
    """Return the text of a NITF story: its headline, then its body.

    Raises:
        UnsupportedFormat: it is damaged, no NITF, or states an embargo that cannot be read.
        EmptyArticle: it has no text; the message says if it is a withdrawal.
    """
    root = parse_xml(data, source)
    if root.tag != "nitf":
        raise UnsupportedFormat(source, state_fact("is XML of a kind that is not read here; save the text as .txt"))
    known = read_nitf_facts(root, source)
    return finish_item(read_nitf_body(root, source), known, source)


def read_nitf_facts(root: Any, source: str) -> Metadata:
    """Return what the head of the story, and the lines above it, state.

    Raises:
        UnsupportedFormat: it states an embargo that cannot be read.
    """
    head = root.find("body/body.head")
    data = root.find("head/docdata")
    key = _read_attribute(data, "du-key", "key") or _read_attribute(data, "correction", "id-string")
    note = _read_attribute(data, "ed-msg", "info") or read_words(_find(head, "note"))
    known = Metadata(
        title=read_words(_find(head, "hedline/hl1")) or read_words(root.find("head/title")),
        published=parse_moment(
            _read_attribute(data, "date.issue", "norm")
            or _read_attribute(root, "head/pubdata", "date.publication")
            or _read_attribute(head, "dateline/story.date", "norm")
        ),
        agency=_read_attribute(data, "doc.copyright", "holder")
        or read_words(_find(head, "distributor"))
        or _read_attribute(data, "doc-id", "regsrc"),
        cities=name_city(read_words(_find(head, "dateline/location"))),
        byline=_read_byline(head),
        note=note,
        story=key or _read_attribute(data, "doc-id", "id-string"),
        lead=count_lead(_read_attribute(data, "du-key", "version")),
        url=next(filter(is_web_address, [_read_attribute(root, "head/pubdata", "ex-ref")]), ""),
    )
    if data is not None and data.find("correction") is not None:
        known = replace(known, status=Status.CORRECTED)
    return _judge(known, data, source)


def read_nitf_body(root: Any, source: str) -> Document | None:
    """Return the story below the headline, None if there is none."""
    content = root.find("body/body.content")
    if content is None:
        return None
    for element in content.iter():
        element.tag = "template" if element.tag in _ASIDE else _AS_HTML.get(element.tag, element.tag)
    return read_fragment(render_page(content), source) if read_words(content) else None


def _judge(known: Metadata, data: Any, source: str) -> Metadata:
    """Return what is known with the story's status and its embargo.

    A release later than the issue is an embargo; a story "embargoed" without a date is taken as withheld.
    """
    managed = "" if data is None else data.get("management-status", "")
    released = _read_attribute(data, "date.release", "norm")
    is_held = managed.strip().lower() == "embargoed"
    if is_held and not released:
        managed = "withheld"
    embargo = read_embargo(released, known.note, source)
    if released and not is_held and known.published and embargo and as_utc(embargo) <= as_utc(known.published):
        embargo = None
    status = judge_status(managed, known.note)
    return replace(known, embargo=embargo, status=known.status if status is Status.USABLE else status)


def _read_byline(head: Any) -> str:
    """Return the author's name without the title below it."""
    byline = _find(head, "byline")
    if byline is None:
        return ""
    title = read_words(byline.find("byttl"))
    words = read_words(byline)
    return name_author(words.replace(title, "", 1) if title and title != words else words)


def _find(element: Any, path: str) -> Any:
    return None if element is None else element.find(path)


def _read_attribute(element: Any, path: str, name: str) -> str:
    """Return an attribute of the first element at the path, "" if there is none."""
    found = _find(element, path)
    return "" if found is None else " ".join(found.get(name, "").split())[:2000]
