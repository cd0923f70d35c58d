"""Read NewsML-G2: news items with the agency's id, version, status and embargo, and their text as NITF or XHTML."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from ..errors import UnsupportedFormat
from ..model import Metadata
from ..reading.document import Document
from ..reading.headline import pick_worse
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
    render_xml,
)
from .facts import is_web_address, parse_moment
from .html import read_fragment
from .nitf import read_nitf_body, read_nitf_facts
from .parts import Part


def read_newsml(data: bytes, source: str) -> Document:
    """Return the text of a news item: its headline, then its body.

    Raises:
        UnsupportedFormat: it is damaged, no news item, several items, or states an embargo that cannot be read.
        EmptyArticle: it has no text; the message says if it is a withdrawal.
    """
    root = parse_xml(data, source)
    items = [root] if root.tag == "newsItem" else list(root.iter("newsItem"))
    if not items:
        raise UnsupportedFormat(source, f"is a {root.tag} of NewsML-G2, which holds no text; add the news items")
    if len(items) > 1:
        raise UnsupportedFormat(source, f"holds {len(items):,} articles; `pullquote add` reads them all")
    return _read_item(items[0], source)


def split_newsml(data: bytes, source: str) -> list[Part]:
    """Return the news items of a message, [] if the file is one item by itself.

    Raises:
        UnsupportedFormat: it is damaged.
    """
    root = parse_xml(data, source)
    items = [] if root.tag == "newsItem" else list(root.iter("newsItem"))
    return [Part(f"{number}.xml", render_xml(item)) for number, item in enumerate(items, 1)]


def _read_item(item: Any, source: str) -> Document:
    known = _read_facts(item, source)
    body = None
    for content in item.iterfind("contentSet/*"):
        nitf = next(content.iter("nitf"), None)
        if nitf is not None:
            known = _merge(known, read_nitf_facts(nitf, source))
            body = read_nitf_body(nitf, source)
        elif content.tag == "inlineXML":
            page = next(content.iter("body"), content)
            body = read_fragment(render_page(page), source) if read_words(page) else None
        elif content.tag == "inlineData" and content.get("encoding") is None:
            body = _read_data(content, source)
        if body is not None and body.text.strip():
            break
    return finish_item(body, known, source)


def _read_data(content: Any, source: str) -> Document | None:
    """Return text that stands in the item as it is, or as HTML whose tags are escaped."""
    text = "".join(content.itertext())
    if "html" in content.get("contenttype", ""):
        return read_fragment(b"\xef\xbb\xbf" + text.encode("utf-8", "replace"), source)
    return Document(text) if text.strip() and content.get("contenttype", "text/").startswith("text/") else None


def _read_facts(item: Any, source: str) -> Metadata:
    """Return what the item says of itself and of its content."""
    note = "\n".join(filter(None, map(read_words, item.iterfind("itemMeta/edNote"))))
    status, embargo = item.find("itemMeta/pubStatus"), item.find("itemMeta/embargoed")
    stated = "" if status is None else status.get("qcode") or status.get("uri") or read_words(status)
    if embargo is not None and not read_words(embargo):
        stated = "withheld"  # under embargo, and only a note for people says until when
    guid = item.get("guid", "")
    place = _name_first(item, "contentMeta/located") or read_words(item.find("contentMeta/dateline"))
    return Metadata(
        title=_find_headline(item),
        published=parse_moment(
            read_words(item.find("itemMeta/versionCreated"))
            or read_words(item.find("itemMeta/firstCreated"))
            or read_words(item.find("contentMeta/contentCreated"))
        ),
        agency=_name_first(item, "contentMeta/infoSource")
        or _name_first(item, "itemMeta/provider")
        or _name_first(item, "rightsInfo/copyrightHolder"),
        cities=name_city(place),
        byline=name_author(read_words(item.find("contentMeta/by")) or _name_first(item, "contentMeta/creator")),
        note=note,
        story=guid,
        lead=count_lead(item.get("version", "")),
        status=judge_status(stated, note),
        embargo=read_embargo(read_words(embargo), note, source),
        url=guid if is_web_address(guid) else "",
    )


def _find_headline(item: Any) -> str:
    """Return the main headline, else the first, else the item's title."""
    headlines = sorted(
        item.iterfind("contentMeta/headline"), key=lambda each: not each.get("role", "main").endswith("main")
    )
    return next(filter(None, map(read_words, headlines)), "") or read_words(item.find("itemMeta/title"))


def _name_first(item: Any, path: str) -> str:
    """Return the name of the first party or place at the path that has one, "" if none has."""
    names = (read_words(each.find("name")) or each.get("literal", "") for each in item.iterfind(path))
    return next(filter(None, names), "")


def _merge(known: Metadata, inner: Metadata) -> Metadata:
    """Return what the item states, gaps filled from the story inside it; the graver status and the embargo count."""
    empty = Metadata()
    gaps = {
        each.name: getattr(inner, each.name)
        for each in fields(Metadata)
        if getattr(known, each.name) == getattr(empty, each.name)
    }
    return replace(known, **gaps | {"status": pick_worse(known.status, inner.status)})
