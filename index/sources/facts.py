"""What a page states of itself: headline, author, date, address, publisher. Pure.

JSON-LD is believed first, then the meta elements, then the page's own `<time>` and address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ..model import Metadata
from ..reading.dateline import find_moment

_ARTICLE = re.compile(r"Article|BlogPosting|Report$|LiveBlog|^WebPage$")
_MAX_JSON = 1_000_000  # characters of JSON-LD that are looked at
_MAX_NODES = 2000
_TITLES = ("og:title", "twitter:title", "dc.title", "headline")
_DATES = (
    *("article:published_time", "og:published_time", "datepublished", "date", "pubdate", "publishdate", "publish-date"),
    *("dc.date.issued", "dc.date", "dcterms.created", "sailthru.date", "parsely-pub-date", "article.published"),
)
_AUTHORS = ("author", "article:author", "byl", "dc.creator", "parsely-author", "sailthru.author")
_AGENCIES = ("og:site_name", "application-name", "dc.publisher", "copyright")


def facts(tree: Any) -> Metadata:
    """Return the metadata that the page states; what it does not state stays empty."""
    linked = _linked_data(tree)
    meta = _meta(tree)
    stated = moment(_text(linked.get("datePublished"))) or next((m for m in map(moment, _all(meta, _DATES)) if m), None)
    return Metadata(
        title=_short(_text(linked.get("headline")) or _first(meta, _TITLES) or _title(tree)),
        published=stated or _time(tree) or _searched(tree),
        byline=_short(_names(linked.get("author")) or next((a for a in _all(meta, _AUTHORS) if "://" not in a), "")),
        agency=_short(_names(linked.get("publisher")) or _first(meta, _AGENCIES[:3])),
        url=_canonical(tree, meta, linked),
    )


def moment(written: str) -> datetime | None:
    """Return the moment that a machine or a person wrote, None where it is none; a zone only where one stands."""
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


def _linked_data(tree: Any) -> dict[str, Any]:
    """Return the JSON-LD object that describes the article, {} where there is none."""
    found: list[dict[str, Any]] = []
    for script in tree.iter("script"):
        if (script.get("type") or "").split(";")[0].strip().lower() != "application/ld+json":
            continue
        try:
            # pages write raw line ends into their strings
            value = json.loads((script.text or "")[:_MAX_JSON], strict=False)
        except (ValueError, RecursionError):
            continue
        found += [node for node in _nodes(value) if any(_ARTICLE.search(kind) for kind in _kinds(node))]
    found.sort(key=lambda node: ("headline" in node, "datePublished" in node), reverse=True)
    return found[0] if found else {}


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON-LD value, those of its graph and lists too."""
    waiting, count = [value], 0
    while waiting and count < _MAX_NODES:
        count += 1
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node[:_MAX_NODES]
        elif isinstance(node, dict):
            yield node
            waiting += [node[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in node]


def _kinds(node: dict[str, Any]) -> list[str]:
    kind = node.get("@type")
    return [each for each in (kind if isinstance(kind, list) else [kind]) if isinstance(each, str)]


def _names(value: Any) -> str:
    """Return the names of a person, an organisation or a list of them, joined as in a byline."""
    many = value if isinstance(value, list) else [value]
    names = [_text(each.get("name")) if isinstance(each, dict) else _text(each) for each in many[:20]]
    return ", ".join(dict.fromkeys(name for name in names if name and "://" not in name))


def _text(value: Any) -> str:
    """Return a string of JSON as one line, "" for anything else."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def _short(text: str) -> str:
    return text[:500]


def _meta(tree: Any) -> dict[str, str]:
    """Return the page's meta elements by name, in small letters; the first of a name counts."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = _text(element.get("content"))
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _all(meta: dict[str, str], names: tuple[str, ...]) -> list[str]:
    return [meta[name] for name in names if name in meta]


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str:
    return next(iter(_all(meta, names)), "")


def _title(tree: Any) -> str:
    """Return the page's only first heading, else its title without the site's name."""
    headings = [_text("".join(element.itertext())) for element in tree.iter("h1")]
    if len(headings) == 1 and headings[0]:
        return headings[0]
    element = tree.find(".//head/title")
    title = _text(element.text if element is not None else "")
    return re.split(r"\s[|–—·»]\s", title)[0]


def _time(tree: Any) -> datetime | None:
    """Return the moment of the first `<time>` that is marked as the publication, else of the only one."""
    times = [element for element in tree.iter("time") if element.get("datetime")]
    marked = [element for element in times if element.get("pubdate") is not None or "publish" in _marks(element)]
    for element in marked or (times if len(times) == 1 else []):
        if found := moment(element.get("datetime")):
            return found
    return None


def _marks(element: Any) -> str:
    return f"{element.get('itemprop') or ''} {element.get('class') or ''}".lower()


def _searched(tree: Any) -> datetime | None:
    """Return the day that htmldate finds in the page's markup (not in its text), None where it finds none."""
    from htmldate import find_date

    try:
        day = find_date(tree, extensive_search=False, original_date=True)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None
    return moment(day or "")


def _canonical(tree: Any, meta: dict[str, str], linked: dict[str, Any]) -> str:
    """Return the page's own address where it states one in full, "" otherwise."""
    links = [
        element.get("href")
        for element in tree.iter("link")
        if "canonical" in (element.get("rel") or "").lower().split()
    ]
    page = linked.get("mainEntityOfPage")
    own = page.get("@id") if isinstance(page, dict) else page
    for candidate in (*links, meta.get("og:url"), _text(linked.get("url")), _text(own)):
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
