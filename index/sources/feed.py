"""Read feeds: the addresses in an RSS or Atom file, and the articles there.

feedparser gets bytes only: given an address, it would go to the network by itself.
"""

from __future__ import annotations

import hashlib
import io
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..errors import EmptyArticle, SourceError, UnsupportedFormat
from ..reading.document import Document
from .containers import load_parts
from .facts import is_web_address
from .job import Loaded
from .loading import attempt, load_address, load_bytes, transcode
from .parts import Columns

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


def list_entries(data: bytes, source: str) -> tuple[tuple[str, str], ...]:
    """Return the addresses of the feed's entries, in its order, each with its name in `Memory.seen`.

    Raises:
        UnsupportedFormat: the bytes are not a feed, or declare a document type.
        EmptyArticle: the feed lists no page.
    """
    from .worker.pool import run

    return tuple((link, name) for link, name in run("index.sources.feed:parse_feed", data, source)["entries"])


def parse_feed(data: bytes, source: str) -> dict[str, Any]:
    """Return the addresses and names of a feed's entries as JSON; runs in a worker.

    Raises:
        UnsupportedFormat: the bytes are not a feed, or declare a document type.
        EmptyArticle: the feed lists no page.
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
    found: dict[str, str] = {}
    for entry in parsed.entries[:MAX_ENTRIES]:
        link = str(entry.get("link", "")).strip()
        if is_web_address(link):
            found.setdefault(link, f"{link} {entry.get('updated') or entry.get('published') or ''}".strip())
    if not found:
        raise EmptyArticle(source, "is a feed that lists no page; there is nothing to add")
    return {"entries": list(found.items())}


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
        listed = list_entries(data, address) if is_feed(data, address) else ()
    except SourceError as error:
        yield error
        return
    if not listed:  # a page: it is new if its bytes are
        listed = ((address, hashlib.sha256(data).hexdigest()),)
        loads: Callable[[str], Loaded] = partial(load_bytes, data, url=fetched.url, apart=True)
    else:
        loads = load_address
    complete = True
    for number, (link, name) in enumerate([entry for entry in listed if entry[1] not in known.seen]):
        if number:
            time.sleep(PAUSE)
        item = attempt(loads, link)
        yield item
        if isinstance(item, SourceError):
            complete = False
        else:
            known.seen.append(name)
    del known.seen[: -5 * MAX_ENTRIES]
    if complete:  # otherwise the next look must fetch the feed again, for the entries that failed
        known.etag, known.last_modified = fetched.etag, fetched.last_modified


def load_file_or_feed(
    read: Callable[[], bytes], source: str, columns: Columns | None = None
) -> Iterator[Loaded | SourceError]:
    """Yield the article in a file, or those of the feed in it; an error is yielded in its article's place."""
    try:
        data = read()
        links = list_entries(data, source) if is_feed(data, source) else ()
    except SourceError as error:
        yield error
        return
    if not links:
        yield from load_parts(data, source, columns)
    for number, (link, _) in enumerate(links):
        if number:
            time.sleep(PAUSE)
        yield attempt(load_address, link)


def look(addresses: Iterable[str], memories: dict[str, Memory]) -> Iterator[Loaded | SourceError]:
    """Yield what is new in the feeds and pages since the last look with these `memories`; the first time, everything.

    To watch, look again every few minutes, `LEAST_MINUTES` at least. A memory is updated when the caller asks for
    the next article, so that one which was not stored comes again.
    """
    for address in addresses:
        yield from load_page_or_feed(address, memories.setdefault(address, Memory()))
