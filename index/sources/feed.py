"""Read feeds: the articles whose text an RSS or Atom file holds, and the pages that it names for all others.

feedparser gets bytes only: given an address, it would go to the network by itself.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from html import escape, unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from ..errors import EmptyArticle, SourceError, SourceTooLarge, UnsupportedFormat
from ..model import Metadata
from ..reading.document import Document
from .facts import is_web_address, parse_moment
from .job import Loaded, encode_loaded, load_document
from .loading import attempt, check_reply, load_address, load_bytes, transcode

MAX_ENTRIES = 200
"""How many entries of a feed are read; most feeds have the newest first."""

PAUSE = 1.0
"""Seconds between two entries of a feed, because most come from one server."""

LEAST_MINUTES = 1.0
"""The shortest time between two looks at a feed, in minutes."""

_DTD = re.compile(rb"<!(?:doctype|entity)", re.IGNORECASE)
_END = re.compile(rb"</(?:\w{1,20}:)?(?:rss|feed|rdf)\s{0,20}>", re.IGNORECASE)


@dataclass(slots=True)
class Memory:
    """What we remember of a feed between two looks at it; `dataclasses.asdict` turns it into JSON.

    `seen` names the entries whose articles were delivered, oldest first. An entry with a new date is a
    new entry, because a later lead of a story often keeps its address.
    """

    etag: str = ""
    last_modified: str = ""
    seen: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed: the address of its page, "" for none, its name in `Memory.seen`, and its text if it has all.

    `text` is the form that `read_entry` takes, "" if the page must be fetched. `source` is what its article is read
    from: the page, or the place in the feed.
    """

    link: str
    name: str
    source: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """The entries of a feed in its order, and why others are left out: each with its name in `Memory.seen`."""

    entries: tuple[Entry, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


def list_entries(data: bytes, source: str) -> Listing:
    """Return the feed's entries.

    Raises:
        UnsupportedFormat: the bytes are not a feed, or declare a document type.
        EmptyArticle: the feed has neither a page nor a text.
    """
    from .worker.pool import run

    found = run("index.sources.feed:parse_feed", data, source)
    return Listing(tuple(Entry(*row) for row in found["entries"]), tuple((row[0], row[1]) for row in found["left_out"]))


def parse_feed(data: bytes, source: str) -> dict[str, Any]:
    """Return the entries of a feed and what is left out as JSON, see `Listing`; runs in a worker.

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
    found: dict[str, Entry] = {}
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


def _read_item(item: Any, about: Any, source: str) -> Entry:
    """Return an entry; without `link` and `text` nothing can be read of it."""
    given = str(item.get("link", "")).strip()
    bases = [str(about.get("link", "")).strip(), source]
    link = next((each for each in (given, *(_join(base, given) for base in bases)) if is_web_address(each)), "")
    key = str(item.get("id", "") or item.get("title", "")).strip()[:200]
    published, changed = (str(item[name]) if name in item else "" for name in ("published", "updated"))
    name = f"{link or key} {changed or published}".strip()
    content = _find_text(item, needed=not link)
    if not content or (link and is_web_address(source) and not _is_same_site(link, source)):
        return Entry(link, name, link or f"{source}#{key}")
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
    return Entry(link, name, link or f"{source}#{key}", text)


def _join(base: str, link: str) -> str:
    try:
        return urljoin(base, link) if link and is_web_address(base) else ""
    except ValueError:
        return ""


def _is_same_site(link: str, source: str) -> bool:
    """Tell whether a page is of the site that the feed is of: nobody may put words on another's page."""
    page, feed = (_WWW.sub("", urlsplit(each).hostname or "") for each in (link, source))
    return page == feed or page.endswith(f".{feed}") or feed.endswith(f".{page}")


_WWW = re.compile(r"\A(?:www|feeds?|rss)\.")
_TAG = re.compile(r"<[^<>]*>")
_CUT = re.compile(
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


def _load_entry(entry: Entry) -> Loaded:
    """Return the article of an entry: from its text or, where it has none that is one, from its page.

    Raises:
        SourceError: see `load_address`.
    """
    if not entry.text:
        return load_address(entry.link)
    from .worker.pool import run

    try:
        return check_reply(run("index.sources.feed:read_entry", entry.text.encode(), entry.source), entry.source)
    except SourceError:
        if not entry.link:
            raise
        return load_address(entry.link)


def _load_entries(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Loaded | SourceError]]:
    """Yield each entry with its article, or with the error in its place; pages come with pauses between them."""
    fetched = False
    for entry in entries:
        if fetched and not entry.text:
            time.sleep(PAUSE)
        fetched = fetched or not entry.text
        yield entry, attempt(_load_entry, entry)


def refuse_feed(_data: bytes, source: str) -> Document:
    """Raise an error, because a feed is many articles and not one.

    Raises:
        UnsupportedFormat: always.
    """
    raise UnsupportedFormat(
        source, "is a feed of many articles; `pullquote add` reads them all, or name one of its pages"
    )


def is_feed(data: bytes, source: str) -> bool:
    """Tell whether the bytes are a feed."""
    from .readers import detect_format

    try:
        return detect_format(data, source).name == "feed"
    except SourceError:
        return False


def load_page_or_feed(address: str, memory: Memory | None = None) -> Iterator[Loaded | SourceError]:
    """Yield the article at an address, or those of the feed there; an error is yielded in its article's place.

    With a `memory`, only new articles are yielded, and nothing if the server says that nothing changed.
    It is updated when the caller asks for the next article, so that one which was not stored comes again.
    """
    from . import fetch

    known = memory or Memory()
    try:
        fetched = fetch.DOOR.fetch(address, etag=known.etag, last_modified=known.last_modified)
        if fetched is None:
            return
        data = transcode(fetched.data, fetched.content_type)
        listed = list_entries(data, address) if is_feed(data, address) else None
    except SourceError as error:
        yield error
        return
    if listed is None:  # a page: it is new if its bytes are
        name = hashlib.sha256(data).hexdigest()
        loads: Callable[[str], Loaded] = partial(load_bytes, data, url=fetched.url, apart=True)
        items = iter([(Entry(address, name, address), attempt(loads, address))] if name not in known.seen else [])
    else:
        items = _load_entries([entry for entry in listed.entries if entry.name not in known.seen])
    complete = True
    for entry, item in items:
        yield item
        if isinstance(item, SourceError):
            complete = False
        else:
            known.seen.append(entry.name)
    yield from _tell_left_out(listed, address, known.seen)
    del known.seen[: -5 * MAX_ENTRIES]
    if complete:  # otherwise the next look must fetch the feed again, for the entries that failed
        known.etag, known.last_modified = fetched.etag, fetched.last_modified


def _tell_left_out(listed: Listing | None, source: str, seen: list[str]) -> Iterator[SourceError]:
    """Yield an error for each entry that is left out; each is told once."""
    for told, name in listed.left_out if listed else ():
        if name not in seen:
            seen.append(name)
            is_limit = name == f"beyond {MAX_ENTRIES}"
            yield SourceTooLarge(source, told, MAX_ENTRIES) if is_limit else EmptyArticle(source, told)


def load_file_or_feed(read: Callable[[], bytes], source: str) -> Iterator[Loaded | SourceError]:
    """Yield the article in a file, or those of the feed in it; an error is yielded in its article's place."""
    try:
        data = read()
        listed = list_entries(data, source) if is_feed(data, source) else None
        if listed is None:
            yield load_bytes(data, source)
    except SourceError as error:
        yield error
        return
    for _, item in _load_entries(listed.entries if listed else ()):
        yield item
    yield from _tell_left_out(listed, source, [])


def look(addresses: Iterable[str], memories: dict[str, Memory]) -> Iterator[Loaded | SourceError]:
    """Yield what is new in the feeds and pages since the last look with these `memories`; the first time, everything.

    To watch, look again every few minutes, `LEAST_MINUTES` at least. A memory is updated when the caller asks for
    the next article, so that one which was not stored comes again.
    """
    for address in addresses:
        yield from load_page_or_feed(address, memories.setdefault(address, Memory()))
