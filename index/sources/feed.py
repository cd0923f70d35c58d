"""Read feeds: the articles whose text an RSS or Atom file holds, and the pages that it names for all others.

feedparser gets bytes only: given an address, it would go to the network by itself.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from ..errors import EmptyArticle, SourceError, SourceTooLarge, UnsupportedFormat
from ..reading.document import Document
from .containers import load_named_part, load_parts
from .job import Loaded
from .loading import attempt, check_reply, load_address, load_bytes, transcode
from .parts import Columns

if TYPE_CHECKING:
    from .entries import FeedEntry, FeedListing

PAUSE = 1.0
"""Seconds between two entries of a feed, because most come from one server."""

LEAST_MINUTES = 1.0
"""The shortest time between two looks at a feed, in minutes."""


@dataclass(slots=True)
class Memory:
    """What we remember of a feed between two looks at it; `dataclasses.asdict` turns it into JSON.

    `seen` names the entries whose articles were delivered, oldest first. An entry with a new date is a
    new entry, because a later lead of a story often keeps its address.
    """

    etag: str = ""
    last_modified: str = ""
    seen: list[str] = field(default_factory=list)


def _load_entry(entry: FeedEntry) -> Loaded:
    """Return the article of an entry: from its text or, where it has none that is one, from its page.

    Raises:
        SourceError: see `load_address`.
    """
    if not entry.text:
        return load_address(entry.link)
    from .worker.pool import run

    try:
        return check_reply(run("index.sources.entries:read_entry", entry.text.encode(), entry.source), entry.source)
    except SourceError:
        if not entry.link:
            raise
        return load_address(entry.link)


def _load_entries(listed: Sequence[FeedEntry]) -> Iterator[tuple[FeedEntry, Loaded | SourceError]]:
    """Yield each entry with its article, or with the error in its place; pages come with pauses between them."""
    fetched = False
    for entry in listed:
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
    from .entries import MAX_ENTRIES, FeedEntry, list_entries

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
        items = iter([(FeedEntry(address, name, address), attempt(loads, address))] if name not in known.seen else [])
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


def _tell_left_out(listed: FeedListing | None, source: str, seen: list[str]) -> Iterator[SourceError]:
    """Yield an error for each entry that is left out; each is told once."""
    if listed is None:
        return
    from .entries import MAX_ENTRIES

    for told, name in listed.left_out:
        if name not in seen:
            seen.append(name)
            is_limit = name == f"beyond {MAX_ENTRIES}"
            yield SourceTooLarge(source, told, MAX_ENTRIES) if is_limit else EmptyArticle(source, told)


def load_file_or_feed(
    read: Callable[[], bytes], source: str, columns: Columns | None = None
) -> Iterator[Loaded | SourceError]:
    """Yield the article in a file, or those of the feed in it; an error is yielded in its article's place."""
    try:
        data = read()
        if not is_feed(data, source):
            yield from load_parts(data, source, columns)
            return
        from .entries import list_entries  # late: most files are no feeds

        listed = list_entries(data, source)
    except SourceError as error:
        yield error
        return
    for _, item in _load_entries(listed.entries):
        yield item
    yield from _tell_left_out(listed, source, [])


def load_named(data: bytes, source: str, name: str) -> Loaded:
    """Return the article of this name in a file that holds many: an entry of a feed without a page, or a part.

    Raises:
        SourceError: there is none, or it cannot be read.
    """
    if is_feed(data, source):
        from .entries import list_entries  # late: most files are no feeds

        for entry in list_entries(data, source).entries:
            if entry.source == f"{source}#{name}":
                return _load_entry(entry)
    return load_named_part(data, source, name)


def look(addresses: Iterable[str], memories: dict[str, Memory]) -> Iterator[Loaded | SourceError]:
    """Yield what is new in the feeds and pages since the last look with these `memories`; the first time, everything.

    To watch, look again every few minutes, `LEAST_MINUTES` at least. A memory is updated when the caller asks for
    the next article, so that one which was not stored comes again.
    """
    for address in addresses:
        yield from load_page_or_feed(address, memories.setdefault(address, Memory()))
