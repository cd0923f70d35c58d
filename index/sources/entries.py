"""Read what a feed holds: its entries with the addresses of their pages, and the text of those that have all of it."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape, unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from .. import patterns
from ..errors import EmptyArticle, UnsupportedFormat
from ..model import Metadata
from .facts import is_web_address, parse_moment
from .job import encode_loaded, load_document

MAX_ENTRIES = 200
"""How many entries of a feed are read; most feeds have the newest first."""

_DTD = patterns.compile(rb"<!(?:doctype|entity)", re.IGNORECASE)
_END = patterns.compile(rb"</(?:\w{1,20}:)?(?:rss|feed|rdf)\s{0,20}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry of a feed: the address of its page, "" for none, its name in `Memory.seen`, and its text if it has all.

    `text` is the form that `read_entry` takes, "" if the page must be fetched. `source` is what its article is read
    from: the page, or the place in the feed.
    """

    link: str
    name: str
    source: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class FeedListing:
    """The entries of a feed in its order, and why others are left out: each with its name in `Memory.seen`."""

    entries: tuple[FeedEntry, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


def list_entries(data: bytes, source: str) -> FeedListing:
    """Return the feed's entries.

    Raises:
        UnsupportedFormat: the bytes are not a feed, or declare a document type.
        EmptyArticle: the feed has neither a page nor a text.
    """
    from .worker.pool import run

    found = run("index.sources.entries:parse_feed", data, source)
    return FeedListing(
        tuple(FeedEntry(*row) for row in found["entries"]), tuple((row[0], row[1]) for row in found["left_out"])
    )


def parse_feed(data: bytes, source: str) -> dict[str, Any]:
    """Return the entries of a feed and what is left out as JSON, see `FeedListing`; runs in a worker.

    Raises:
        UnsupportedFormat: the bytes are not a feed, or declare a document type.
        EmptyArticle: the feed has neither a page nor a text.
    """
    import feedparser

    written = data.replace(b"\0", b"")  # UTF-16 has zeros between the letters
    if _DTD.search(written):
        raise UnsupportedFormat(source, "declares a document type, which no feed needs; it is not read")
    try:
        parsed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise UnsupportedFormat(source, f"is a damaged feed ({type(error).__name__}); try again later") from error
    if not parsed.get("version"):
        raise UnsupportedFormat(source, "is no RSS or Atom feed, or a damaged one; check the address")
    if not _END.search(written):  # feedparser lists the entries before the cut as if they were all
        raise UnsupportedFormat(source, "is a feed that is cut off before its end; try again later")
    found: dict[str, FeedEntry] = {}
    left_out = []
    for number, item in enumerate(parsed.entries[:MAX_ENTRIES], 1):
        entry = _read_item(item, parsed.feed, source)
        if entry.link or entry.text:
            found.setdefault(entry.source, entry)
        else:
            title = " ".join(str(item.get("title", "")).split())[:80]
            named = f"item {number}, “{title}”," if title else f"item {number}"
            left_out.append((f"{named} has no address that can be fetched and no text; it is left out", entry.name))
    if not found:
        raise EmptyArticle(source, "is a feed that lists no page; there is nothing to add")
    if (count := len(parsed.entries)) > MAX_ENTRIES:
        told = f"lists {count:,} items; the first {MAX_ENTRIES:,} are read, the others are left out"
        left_out.append((told, f"beyond {MAX_ENTRIES}"))
    rows = [(each.link, each.name, each.source, each.text) for each in found.values()]
    return {"entries": rows, "left_out": left_out}


def _read_item(item: Any, about: Any, source: str) -> FeedEntry:
    """Return an entry; without `link` and `text` nothing can be read of it."""
    given = str(item.get("link", "")).strip()
    bases = [str(about.get("link", "")).strip(), source]
    link = next((each for each in (given, *(_join(base, given) for base in bases)) if is_web_address(each)), "")
    key = str(item.get("id", "") or item.get("title", "")).strip()[:200]
    published, changed = (str(item[name]) if name in item else "" for name in ("published", "updated"))
    name = f"{link or key} {changed or published}".strip()
    content = _find_text(item, needed=not link)
    if not content or (link and is_web_address(source) and not _is_same_site(link, source)):
        return FeedEntry(link, name, link or f"{source}#{key}")
    stated = {
        "content": content,
        "title": unescape(str(item.get("title", ""))),
        "published": published,
        "changed": changed,
        "byline": ", ".join(str(each.get("name", "")) for each in item.get("authors", [])[:9])
        or item.get("author", ""),
        "agency": about.get("title", ""),
    }
    text = json.dumps({key: str(value) for key, value in stated.items()} | {"url": link})
    return FeedEntry(link, name, link or f"{source}#{key}", text)


def _join(base: str, link: str) -> str:
    try:
        return urljoin(base, link) if link and is_web_address(base) else ""
    except ValueError:
        return ""


def _is_same_site(link: str, source: str) -> bool:
    """Tell whether a page is of the site that the feed is of: nobody may put words on another's page."""
    page, feed = (_WWW.sub("", urlsplit(each).hostname or "") for each in (link, source))
    return page == feed or page.endswith(f".{feed}") or feed.endswith(f".{page}")


_WWW = patterns.compile(r"\A(?:www|feeds?|rss)\.")
_TAG = patterns.compile(r"<[^<>]*>")
_CUT = patterns.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\b(?:read more|continue reading|read on)\W{0,4})\s{0,9}\Z", re.IGNORECASE
)


def _find_text(item: Any, *, needed: bool) -> str:
    """Return an entry's text as HTML if it is the whole of it, "" for a summary; `needed`: there is nothing else."""
    parts = [each for each in item.get("content", []) if str(each.get("value", "")).strip()]
    summary = str(item.get("summary", ""))
    best = max(parts, key=lambda each: len(each["value"]), default=None)
    if best is None:
        return summary if needed else ""
    text = str(best["value"])
    plain = " ".join(_TAG.sub(" ", text).split())
    # feedparser gives the content as the summary, too, where there is no other
    if not needed and (_CUT.search(plain[-40:]) or (text != summary and len(plain) <= len(summary))):
        return ""
    if best.get("type") == "text/plain":
        return "".join(f"<p>{escape(part)}</p>" for part in re.split(r"\n\s*\n", text))
    return text


def read_entry(data: bytes, source: str) -> dict[str, Any]:
    """Return the article in the text of an entry, as `job.read_as_dict` does; runs in a worker.

    Raises:
        SourceError: it holds no article.
    """
    from .bylines import clean_byline
    from .html import read_fragment
    from .walls import SENTENCE_END

    form = json.loads(data)
    published, changed = _parse_moment(form["published"]), _parse_moment(form["changed"])
    document = read_fragment(form["content"].encode("utf-8", "replace"), source)
    if not any(SENTENCE_END.search(document.text[each.start : each.end]) for each in document.blocks or ()):
        raise EmptyArticle(source, "has no sentence in the feed; add the address of its page")
    known = Metadata(
        title=" ".join(form["title"].split())[:500],
        published=published,
        byline=clean_byline(form["byline"]),
        agency=" ".join(form["agency"].split())[:500],
        url=form["url"],
        changed=None if changed == published else changed,
    )
    return encode_loaded(load_document(replace(document, known=known), source))


def _parse_moment(written: str) -> datetime | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return parse_moment(written)
