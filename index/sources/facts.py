"""Read what a page says of itself: headline, author, date, address, publisher. Pure.

JSON-LD comes first, then the meta elements, then the page's `<time>` and address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from ..model import Metadata
from ..reading.dateline import find_moment

_ARTICLE = re.compile(r"Article|BlogPosting|Report$|LiveBlog|^WebPage$")
_MAX_JSON = 1_000_000  # characters of JSON-LD that are read
_MAX_NODES = 2000
_TITLES = ("og:title", "twitter:title", "dc.title", "headline")
_DATES = (
    *("article:published_time", "og:published_time", "datepublished", "date", "pubdate", "publishdate", "publish-date"),
    *("dc.date.issued", "dc.date", "dcterms.created", "sailthru.date", "parsely-pub-date", "article.published"),
)
_AUTHORS = ("author", "article:author", "byl", "dc.creator", "parsely-author", "sailthru.author")
_AGENCIES = ("og:site_name", "application-name", "dc.publisher", "copyright")


def read_facts(tree: Any) -> Metadata:
    """Return the metadata that the page states; the rest stays empty."""
    linked = _read_linked_data(tree)
    meta = _read_meta(tree)
    stated = parse_moment(_flatten(linked.get("datePublished"))) or next(
        (m for m in map(parse_moment, _select(meta, _DATES)) if m), None
    )
    return Metadata(
        title=_shorten(_flatten(linked.get("headline")) or _select_first(meta, _TITLES) or _find_title(tree)),
        published=stated or _find_time(tree) or _search_markup(tree),
        byline=_shorten(
            _join_names(linked.get("author")) or next((a for a in _select(meta, _AUTHORS) if "://" not in a), "")
        ),
        agency=_shorten(_join_names(linked.get("publisher")) or _select_first(meta, _AGENCIES[:3])),
        url=_find_canonical(tree, meta, linked),
    )


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
        found += [node for node in _walk_nodes(value) if any(_ARTICLE.search(kind) for kind in _list_types(node))]
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


def _list_types(node: dict[str, Any]) -> list[str]:
    kind = node.get("@type")
    return [each for each in (kind if isinstance(kind, list) else [kind]) if isinstance(each, str)]


def _join_names(value: Any) -> str:
    """Return the names of a person, an organisation or a list of them, joined as in a byline."""
    many = value if isinstance(value, list) else [value]
    names = [_flatten(each.get("name")) if isinstance(each, dict) else _flatten(each) for each in many[:20]]
    return ", ".join(dict.fromkeys(name for name in names if name and "://" not in name))


def _flatten(value: Any) -> str:
    """Return a string of JSON as one line, "" for anything else."""
    return " ".join(value.split()) if isinstance(value, str) else ""


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
    """Return the page's `<h1>` if there is only one, else its title without the site's name."""
    headings = [_flatten("".join(element.itertext())) for element in tree.iter("h1")]
    if len(headings) == 1 and headings[0]:
        return headings[0]
    element = tree.find(".//head/title")
    title = _flatten(element.text if element is not None else "")
    return re.split(r"\s[|–—·»]\s", title)[0]


def _find_time(tree: Any) -> datetime | None:
    """Return the moment of the first `<time>` marked as publication, else of the only `<time>`; else None."""
    times = [element for element in tree.iter("time") if element.get("datetime")]
    marked = [element for element in times if element.get("pubdate") is not None or "publish" in _join_marks(element)]
    for element in marked or (times if len(times) == 1 else []):
        if found := parse_moment(element.get("datetime")):
            return found
    return None


def _join_marks(element: Any) -> str:
    return f"{element.get('itemprop') or ''} {element.get('class') or ''}".lower()


def _search_markup(tree: Any) -> datetime | None:
    """Return the day that htmldate finds in the page's markup (not in its text), None if it finds none."""
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
