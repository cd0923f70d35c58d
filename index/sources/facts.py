"""Read what a page says of itself: headline, author, date, address, publisher. Pure.

JSON-LD comes first, then the meta elements, then what the page marks as author, date and address. The date of a change
is never taken for that of publication.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from .. import patterns
from ..model import Metadata
from ..reading.dateline import find_moment
from .bylines import clean_byline, find_byline

_ARTICLE = patterns.compile(r"Article|BlogPosting|Report$|LiveBlog|^WebPage$")
_MAX_JSON = 1_000_000  # characters of JSON-LD that are read
_MAX_NODES = 2000
_TITLES = ("og:title", "twitter:title", "dc.title", "headline")
_DATES = (
    *("article:published_time", "og:published_time", "datepublished", "date", "pubdate", "publishdate", "publish-date"),
    *("dc.date.issued", "dc.date", "dcterms.created", "sailthru.date", "parsely-pub-date", "article.published"),
)
_AUTHORS = (
    *("author", "article:author", "article:author_name", "byl", "dc.creator", "parsely-author", "sailthru.author"),
    *("citation_author", "twitter:data1"),
)
_CHANGES = ("article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "lastmod", "last-modified")
_SEPARATORS = ("|", "–", "—", "·", "»", "::", "-")
_AGENCIES = ("og:site_name", "application-name", "dc.publisher", "copyright")


def read_facts(tree: Any) -> Metadata:
    """Return the metadata that the page states; the rest stays empty."""
    linked = _read_linked_data(tree)
    meta = _read_meta(tree)
    agency = _shorten(_join_names(linked.get("publisher")) or _select_first(meta, _AGENCIES[:3]))
    stated = parse_moment(_flatten(linked.get("datePublished"))) or _find_moment(meta, _DATES)
    changed = (
        parse_moment(_flatten(linked.get("dateModified"))) or _find_moment(meta, _CHANGES) or _find_time(tree, _CHANGED)
    )
    published = stated or _find_time(tree, _PUBLISHED) or _search_markup(tree, changed)
    return Metadata(
        title=_shorten(_strip_site(_choose_title(tree, linked, meta), agency)),
        published=published,
        byline=_shorten(_choose_byline(tree, linked, meta, agency)),
        agency=agency,
        url=_find_canonical(tree, meta, linked),
        changed=None if published and changed and changed.isoformat() == published.isoformat() else changed,
    )


def _find_moment(meta: dict[str, str], names: tuple[str, ...]) -> datetime | None:
    return next((moment for moment in map(parse_moment, _select(meta, names)) if moment), None)


def _choose_title(tree: Any, linked: dict[str, Any], meta: dict[str, str]) -> str:
    """Return the headline of the JSON-LD, the meta elements or the page; one that was cut gives way to the next."""
    found = [_flatten(linked.get("headline")), _select_first(meta, _TITLES)]
    whole = [title for title in found if title and not title.endswith(("…", "..."))]
    return next(iter(whole), "") or _find_title(tree) or next(filter(None, found), "")


def _strip_site(title: str, site: str) -> str:
    """Return the title without the name of the site before or behind it."""
    if not site or site.casefold() not in title.casefold():
        return title
    for sign in _SEPARATORS:
        before, _, after = title.rpartition(f" {sign} ")
        if before and after.casefold() == site.casefold():
            return before
        before, _, after = title.partition(f" {sign} ")
        if after and before.casefold() == site.casefold():
            return after
    return title


def _choose_byline(tree: Any, linked: dict[str, Any], meta: dict[str, str], agency: str) -> str:
    """Return who wrote the page: people before institutions, and what it states before what it shows."""
    if meta.get("twitter:label1", "").casefold() not in {"written by", "by", "author"}:
        meta = {name: value for name, value in meta.items() if name != "twitter:data1"}
    named = [_join_names(linked.get("author")), *(each for each in _select(meta, _AUTHORS) if "://" not in each)]
    stated = [byline for byline in map(clean_byline, named) if byline]
    people = [byline for byline in stated if " " in byline and byline.casefold() != agency.casefold()]
    return next(iter(people), "") or find_byline(tree, agency) or next(iter(stated), "")


def read_stated_body(tree: Any) -> str:
    """Return the article's body as the page's JSON-LD has it, without tags; "" if it has none."""
    if not any("articleBody" in (script.text or "") for script in tree.iter("script")):
        return ""
    from lxml import etree, html

    stated = unescape(_flatten(_read_linked_data(tree).get("articleBody")))
    if "<" in stated:
        try:
            stated = " ".join(html.fragment_fromstring(stated, create_parent=True).itertext())
        except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError):
            return ""
    return _flatten(stated)


def parse_moment(written: str) -> datetime | None:
    """Return the moment that a machine or a person wrote, with its zone if it is stated; None if it is no moment."""
    text = written.strip()[:60]
    if not text:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return find_moment(text)
    except (ValueError, OverflowError):
        return None


def _read_linked_data(tree: Any) -> dict[str, Any]:
    """Return the JSON-LD object that describes the article, {} if there is none."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if (script.get("type") or "").split(";")[0].strip().lower() != "application/ld+json":
            continue
        try:
            # some pages have raw line ends in their strings
            value = json.loads((script.text or "")[:_MAX_JSON], strict=False)
        except (ValueError, RecursionError):
            continue
        nodes = list(_walk_nodes(value))
        known = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str) and "name" in node}
        found += [
            {**node, "author": _resolve(node.get("author") or node.get("creator"), known)}
            for node in nodes
            if any(_ARTICLE.search(kind) for kind in _list_types(node))
        ]
    found.sort(key=lambda node: ("headline" in node, "datePublished" in node), reverse=True)
    return found[0] if found else {}


def _walk_nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects in a JSON-LD value, including those in its graph and lists."""
    waiting, count = [value], 0
    while waiting and count < _MAX_NODES:
        count += 1
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node[:_MAX_NODES]
        elif isinstance(node, dict):
            yield node
            waiting += [node[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in node]


def _resolve(value: Any, known: dict[str, dict[str, Any]]) -> Any:
    """Return the authors of an article with what another object of the same text says of those it only points at."""
    if isinstance(value, list):
        return [_resolve(each, known) for each in value[:20]]
    if isinstance(value, dict) and not value.get("name") and isinstance(value.get("@id"), str):
        return known.get(value["@id"], value)
    return value


def _list_types(node: dict[str, Any]) -> list[str]:
    kind = node.get("@type")
    return [each for each in (kind if isinstance(kind, list) else [kind]) if isinstance(each, str)]


def _join_names(value: Any) -> str:
    """Return the names of a person, an organisation or a list of them, joined as in a byline."""
    many = value if isinstance(value, list) else [value]
    stated = [each.get("name") if isinstance(each, dict) else each for each in many[:20]]
    names = [_flatten(name) for each in stated for name in (each if isinstance(each, list) else [each])]
    return ", ".join(dict.fromkeys(name for name in names if name and "://" not in name))


def _flatten(value: Any) -> str:
    """Return a string as one line, its entities decoded, which no parser does in JSON; "" for anything else."""
    return " ".join(unescape(unescape(value)).split()) if isinstance(value, str) else ""


def _shorten(text: str) -> str:
    return text[:500]


def _read_meta(tree: Any) -> dict[str, str]:
    """Return the content of the page's meta elements by lower-case name; the first of a name counts."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = _flatten(element.get("content"))
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _select(meta: dict[str, str], names: tuple[str, ...]) -> list[str]:
    return [meta[name] for name in names if name in meta]


def _select_first(meta: dict[str, str], names: tuple[str, ...]) -> str:
    return next(iter(_select(meta, names)), "")


def _find_title(tree: Any) -> str:
    """Return the page's `<h1>` if there is only one, or the one that its title has; else its title without the site."""
    headings = [_flatten("".join(element.itertext())) for element in tree.iter("h1")]
    element = tree.find(".//head/title")
    title = _flatten(element.text if element is not None else "")
    if len(headings) == 1 and headings[0]:
        return headings[0]
    if within := [heading for heading in headings if heading and heading.casefold() in title.casefold()]:
        return max(within, key=len)
    first = re.split(r"\s[|–—·»]\s", title)[0]
    before, _, after = first.rpartition(" - ")
    return before if len(before.split()) > 3 and len(after.split()) <= 4 else first


_PUBLISHED, _CHANGED = ("publish", "created"), ("modif", "updat")


def _find_time(tree: Any, marks: tuple[str, ...]) -> datetime | None:
    """Return the moment of the first `<time>` marked so, for publication else of the only one that is not marked."""
    times = [element for element in tree.iter("time") if element.get("datetime")]
    marked = [element for element in times if any(mark in _join_marks(element) for mark in marks)]
    if marks is _PUBLISHED:
        marked += [element for element in times if element.get("pubdate") is not None]
        plain = [element for element in times if not any(mark in _join_marks(element) for mark in _CHANGED)]
        marked += plain if len(plain) == 1 and not marked else []
    for element in marked:
        if found := parse_moment(element.get("datetime")):
            return found
    return None


def _join_marks(element: Any) -> str:
    return f"{element.get('itemprop') or ''} {element.get('class') or ''}".lower()


def _search_markup(tree: Any, changed: datetime | None) -> datetime | None:
    """Return the day that htmldate finds in the page's markup (not in its text), None if it finds none.

    Where it finds no other, it takes the day of a change: so it looks again at a page that does not state that.
    """
    found = _ask_htmldate(tree)
    if found is None or changed is None or found.date() != changed.date():
        return found
    for element in [*tree.iter("meta")]:
        names = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        if names in _CHANGES:
            element.drop_tree()
    again = _ask_htmldate(tree)
    return None if again is None or again.date() == changed.date() else again


def _ask_htmldate(tree: Any) -> datetime | None:
    from htmldate import find_date

    try:
        day = find_date(tree, extensive_search=False, original_date=True)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None
    return parse_moment(day or "")


def _find_canonical(tree: Any, meta: dict[str, str], linked: dict[str, Any]) -> str:
    """Return the page's own address if it states a full one, else ""."""
    links = [
        element.get("href")
        for element in tree.iter("link")
        if "canonical" in (element.get("rel") or "").lower().split()
    ]
    page = linked.get("mainEntityOfPage")
    own = page.get("@id") if isinstance(page, dict) else page
    for candidate in (*links, meta.get("og:url"), _flatten(linked.get("url")), _flatten(own)):
        if candidate and is_web_address(candidate.strip()):
            return str(candidate.strip())
    return ""


def is_web_address(text: str) -> bool:
    """Tell whether the text is a full http(s) address without a user name in it."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc and len(text) <= 2000
