"""Read ninjs, the news industry's JSON: one item with its text, dates, version and the agency's notes.

Versions 1.x, 2.x and 3.x of the standard, by the International Press Telecommunications Council, are read. They write
the same names in small letters or in camel case (`pubstatus`, `pubStatus`), so a name's case counts for nothing here.
"""

from __future__ import annotations

import html
import re
from typing import Any

from .. import patterns
from ..model import Metadata
from ..reading.document import Document
from .agency import count_lead, finish_item, judge_status, name_author, name_city, read_embargo
from .facts import is_web_address, parse_moment
from .html import read_fragment

_TEXT_KEYS = frozenset(
    ("body_text", "body_html", "body_xhtml", "bodies", "headline", "headlines", "pubstatus", "versioncreated")
)
_STORY_ROLES = ("main", "body", "story", "article", "fulltext", "richtext", "")
"""Roles of the body that is the story, best first; the standard names only the first."""

_OTHER_ROLES = patterns.compile(
    r"caption|summary|abstract|teaser|headline|title|description|note|byline|credit|alt", re.IGNORECASE
)
_MARKUP = patterns.compile(r"</?(?:p|div|br|h[1-6]|ul|ol|li|table|span|em|strong|b|i|a)\b[^<>]*>", re.IGNORECASE)
_TAG = patterns.compile(r"<[^<>]*>")


def is_item(value: object) -> bool:
    """Tell whether a value of JSON is a ninjs item."""
    return isinstance(value, dict) and any(key.lower() in _TEXT_KEYS for key in value)


def read_item(item: dict[str, Any], source: str) -> Document:
    """Return the text of a ninjs item: its headline, then its body.

    Raises:
        UnsupportedFormat: it states an embargo that cannot be read.
        EmptyArticle: it has no text; the message says if it is a withdrawal.
    """
    folded = _fold_names(item)
    return finish_item(_read_body(folded, source), _read_metadata(folded, source), source)


def _fold_names(item: dict[str, Any]) -> dict[str, Any]:
    """Return the item, and the objects in its lists, with all names in small letters; the first of a name counts."""
    folded: dict[str, Any] = {}
    for name, value in item.items():
        many = value if isinstance(value, list) else ()
        found = [_fold_names(each) if isinstance(each, dict) else each for each in many]
        folded.setdefault(name.lower(), found if isinstance(value, list) else value)
    return folded


def _read_metadata(item: dict[str, Any], source: str) -> Metadata:
    """Return what the item says of itself."""
    note = _read_line(item, "ednote")
    return Metadata(
        title=_find_headline(item),
        published=parse_moment(
            _read_line(item, "versioncreated") or _read_line(item, "firstcreated") or _read_line(item, "contentcreated")
        ),
        agency=_find_agency(item),
        cities=name_city(_read_line(item, "located")),
        byline=name_author(_find_byline(item)),
        note=note,
        story=_read_line(item, "altids") or _read_line(item, "uri") or _read_line(item, "guid"),
        lead=count_lead(_read_line(item, "version")),
        status=judge_status(_read_line(item, "pubstatus"), note),
        embargo=read_embargo(_read_line(item, "embargoeduntil") or _read_line(item, "embargoed"), note, source),
        url=next((address for address in _list_addresses(item) if is_web_address(address)), ""),
    )


def _find_headline(item: dict[str, Any]) -> str:
    """Return the main headline, else the first; "" if there is none."""
    headlines = _list_objects(item, "headlines")
    headlines.sort(key=lambda each: _read_line(each, "role").lower() != "main")
    written = _read_line(item, "headline") or next(
        (line for each in headlines if (line := _read_line(each, "value"))), ""
    )
    return " ".join(html.unescape(_TAG.sub("", written)).split())


def _find_byline(item: dict[str, Any]) -> str:
    """Return the byline as it is written, else the names of the authors."""
    many = [*_read_each(item, "bylines", "byline"), *_read_each(item, "bylines", "value")]
    return (
        _read_line(item, "byline")
        or _read_line(item, "by")
        or ", ".join(many)
        or ", ".join(_read_each(item, "authors", "name"))
    )


def _find_agency(item: dict[str, Any]) -> str:
    """Return the name of the sender."""
    named = _read_each(item, "infosources", "name")
    return _read_line(item, "source") or next(iter(named), "") or _read_line(item, "copyrightholder")


def _list_addresses(item: dict[str, Any]) -> list[str]:
    """Return what may be the address of the item's page; its URI often is, but may be just a name."""
    return [
        _read_line(item, "url"),
        _read_line(item, "canonical"),
        *_read_each(item, "links", "href"),
        _read_line(item, "uri"),
    ]


def _read_body(item: dict[str, Any], source: str) -> Document | None:
    """Return the body, None if there is no text.

    Of several, the one whose role says that it is the story; of those, HTML, because that marks paragraphs; of those,
    the longest. A caption, a summary or a note is never the story.
    """
    bodies = [
        (_rank_role(_read_line(each, "role")), _read_line(each, "contenttype").lower(), _read_raw(each, "value"))
        for each in _list_objects(item, "bodies")
    ]
    bodies += [
        (len(_STORY_ROLES), kind, _read_raw(item, key))
        for key, kind in (("body_html", "text/html"), ("body_xhtml", "text/html"), ("body_text", "text/plain"))
    ]
    known = [
        (rank, not _is_page(kind, text), -len(text), text)
        for rank, kind, text in bodies
        if rank is not None and text.strip()
    ]
    if not known:
        return None
    _, is_plain, _, text = min(known)
    return Document(text) if is_plain else _read_page(text, source)


def read_words_or_page(text: str, source: str) -> Document:
    """Return a text as it is or, if it has tags of HTML, what they show."""
    return _read_page(text, source) if _is_page("", text) else Document(text)


def _read_page(text: str, source: str) -> Document:
    return read_fragment(b"\xef\xbb\xbf" + text.encode("utf-8", "replace"), source)


def _rank_role(role: str) -> int | None:
    """Return the place of a body's role, the smaller the better; None for one that is never the story."""
    name = role.lower().rpartition(":")[2].rpartition("/")[2]
    if name in _STORY_ROLES:
        return _STORY_ROLES.index(name)
    return None if _OTHER_ROLES.search(name) else len(_STORY_ROLES)


def _is_page(kind: str, text: str) -> bool:
    """Tell whether a body is HTML: its type says so, or its tags do."""
    return "html" in kind or _MARKUP.search(text) is not None


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
