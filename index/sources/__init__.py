"""Sources: bytes in, Article out. One table says which reader takes which bytes."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import cast

from ..errors import EmptyArticle, SourceError, SourceTooLarge, SourceUnavailable, UnsupportedFormat
from ..model import Article
from ..reading import Document
from . import feed
from .feed import Memory, look
from .loading import Fidelity, Loaded, in_parallel, load_address, load_bytes

__all__ = [
    "Fidelity",
    "Loaded",
    "Memory",
    "load",
    "load_all",
    "load_article",
    "load_articles",
    "look",
    "read_bytes",
    "read_document",
]

MAX_BYTES = 20_000_000
"""The largest file that is read, in bytes; five million characters in the widest encoding."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A row of the table: what the format is called, how it is recognised, who reads it.

    `magic` matches the first bytes; None means that only the name tells. `function` is
    "module:name" under `index.sources`, imported when first needed: `(data, source) -> Document`.
    `plain` formats have no parser that hostile bytes could trap, so they need no worker; with
    `named` a name is enough where the bytes are of no other kind.
    """

    name: str
    suffixes: tuple[str, ...]
    magic: re.Pattern[bytes] | None
    function: str
    plain: bool = False
    named: bool = True

    def read(self, data: bytes, source: str) -> Document:
        """Return what the reader makes of the bytes."""
        module, name = self.function.split(":")
        function = cast("Callable[[bytes, str], Document]", getattr(import_module(f".{module}", __name__), name))
        return function(data, source)


# Content decides before the name does: rows with `magic` are tried first, in this order.
_SPACE = rb"(?:\xef\xbb\xbf)?\s{0,999}"
READERS = (
    Reader("PDF", (".pdf",), re.compile(_SPACE + rb"%PDF-"), "pdf:read_pdf", named=False),
    Reader("Word or EPUB", (".docx", ".epub"), re.compile(rb"PK\x03\x04"), "archive:read_archive", named=False),
    Reader(
        "feed",
        (".rss", ".atom"),
        re.compile(
            _SPACE + rb"(?:<\?xml[^>]{0,200}>|<\?[^>]{0,300}>|<!--[\s\S]{0,400}?-->|\s){0,20}<(?:rss|feed|rdf:RDF)[\s>]"
        ),
        "feed:refuse_feed",
    ),
    Reader(
        "web page",
        (".html", ".htm", ".xhtml"),
        re.compile(
            _SPACE
            + rb"(?:<\?[^>]{0,300}>|<!--[\s\S]{0,800}?-->|\s){0,20}<(?:!doctype\s+html|html|head|body|title|meta)[\s>]",
            re.IGNORECASE,
        ),
        "html:read_html",
    ),
    Reader(
        "e-mail",
        (".eml",),
        re.compile(
            rb"(?=[\s\S]{0,4000}?^(?:mime-version|message-id|received|return-path|dkim-signature):)[\w-]{2,40}:[^\n]{0,999}\n"
            rb"(?:[ \t][^\n]{0,999}\n){0,50}[\w-]{2,40}:",
            re.IGNORECASE | re.MULTILINE,
        ),
        "eml:read_eml",
    ),
    Reader("ninjs", (".json", ".ninjs"), re.compile(_SPACE + rb"\{\s{0,99}[\"}]"), "ninjs:read_ninjs", named=False),
    Reader("Markdown", (".md", ".markdown"), None, "markdown:read_markdown", plain=True),
    Reader("plain text", (".txt", ".text"), None, "text:read_text", plain=True),
)

# Kinds of bytes that people do hand over and that no reader takes, for a message that helps.
_FOREIGN = (
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\x00|MM\x00\*"), "a picture; only text can be quoted"),
    (re.compile(rb"\x1f\x8b|BZh|\xfd7zXZ|7z\xbc\xaf"), "a compressed file; unpack it first"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "an old or protected Office file; save it as .docx without a password"),
    (re.compile(_SPACE + rb"<\?xml\s"), "XML of a kind that is not read here; save the text as .txt"),
    (re.compile(rb"\{\\rtf"), "a Rich Text file; save it as .docx or .txt"),
    (re.compile(rb"\x7fELF|MZ\x90"), "a program"),
    (
        re.compile(rb"(?:\xef\xbb\xbf)?\s{0,99}\[\s{0,99}[\[{\"]"),
        "JSON; give the text of an article",
    ),
)


def load_article(source: str | Path) -> Article:
    """Return the article in the file at this path, or at this http(s) address.

    Raises:
        SourceUnavailable: it cannot be opened or fetched, is a folder, or is no regular file.
        SourceTooLarge: it is larger than 20 million bytes or 5 million characters.
        UnsupportedFormat: its bytes are of no kind that is read here.
        UnsupportedLanguage: its text is not English.
        EmptyArticle: it holds no sentence that could be cited.
        BlockedAddress: the address is not a public one.
    """
    return load(source).article


def load_articles(source: str | Path) -> Iterator[Article | SourceError]:
    """Yield the articles of a file, a folder, a feed or an address; what cannot be read comes as its error.

    A folder is walked in the order of its names, with its folders. Hidden files are left out, and
    files whose names end as no format's do.
    """
    for item in load_all(source):
        yield item if isinstance(item, SourceError) else item.article


def load(source: str | Path) -> Loaded:
    """Return the article of a file or an address, and how faithful it is to what the source shows.

    Raises:
        SourceError: as `load_article` does.
    """
    if is_address(source):
        return load_address(str(source))
    return load_bytes(_read(Path(source)), str(source))


def load_all(source: str | Path) -> Iterator[Loaded | SourceError]:
    """Yield what `load_articles` does, each with its fidelity; two are read at once, in order."""
    if is_address(source):
        yield from feed.load_page_or_feed(str(source))
    elif not _is_folder(source):
        yield from feed.load_file_or_feed(partial(_read, Path(source)), str(source))
    else:
        count = 0
        for count, item in enumerate(in_parallel(load, walk(Path(source))), 1):  # noqa: B007 - whether any came
            yield item
        if not count:
            yield EmptyArticle(str(source), f"is a folder without articles; files that are read end in {_endings()}")


def read_bytes(data: bytes, source: str) -> Article:
    """Return the article that the bytes hold; `source` is the name that helps to tell its format.

    Raises:
        SourceTooLarge: they are more than 20 million, or hold more than 5 million characters.
        UnsupportedFormat: they are of no kind that is read here.
        UnsupportedLanguage: the text is not English.
        EmptyArticle: they hold no sentence that could be cited.
    """
    return load_bytes(data, source).article


def read_document(data: bytes, source: str) -> Document:
    """Return what the reader for these bytes makes of them, before any paragraph is marked.

    Raises:
        SourceTooLarge: they are more than 20 million.
        UnsupportedFormat: they are of no kind that is read here.
    """
    _check_size(len(data), source)
    return reader_for(data, source).read(data, source)


def reader_for(data: bytes, source: str) -> Reader:
    """Return the reader for the bytes: by what they are first, by the source's name second.

    Raises:
        UnsupportedFormat: they are of a kind that no reader takes.
    """
    head = data[:4096]
    for reader in READERS:
        if reader.magic and reader.magic.match(head):
            return reader
    for magic, name in _FOREIGN:
        if magic.match(head):
            raise UnsupportedFormat(source, f"is {name}; files that are read end in {_endings()}")
    suffix = Path(source).suffix.lower()
    said = next((reader for reader in READERS if not reader.named and suffix in reader.suffixes), None)
    if said and b"\0" in head:
        raise UnsupportedFormat(source, f"is no {said.name} file, though its name says so; get another copy of it")
    return next((reader for reader in READERS if reader.named and suffix in reader.suffixes), READERS[-1])


def is_address(source: str | Path) -> bool:
    """Tell whether the source is an http or https address rather than a path."""
    return isinstance(source, str) and re.match(r"https?://", source, re.IGNORECASE) is not None


def _endings() -> str:
    """Return the endings of the names of all formats, for messages."""
    return ", ".join(suffix for reader in READERS for suffix in reader.suffixes)


def _is_folder(source: str | Path) -> bool:
    """Tell whether the path leads to a folder; one that cannot even be looked at does not."""
    try:
        return Path(source).is_dir()
    except (OSError, ValueError):
        return False


def walk(folder: Path) -> Iterator[Path | SourceError]:
    """Yield the files below the folder that may be articles, in the order of `load_all`, or why a folder is closed."""
    suffixes = {suffix for reader in READERS for suffix in reader.suffixes}
    closed: list[OSError] = []
    for here, folders, files in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and Path(name).suffix.lower() in suffixes:
                yield Path(here, name)
        while closed:
            yield _unavailable(closed[0].filename, closed.pop(0))
    while closed:
        yield _unavailable(closed[0].filename, closed.pop(0))


def _read(path: Path) -> bytes:
    """Return the bytes of a regular file.

    Raises:
        SourceUnavailable: it cannot be opened, or is no regular file.
        SourceTooLarge: it is larger than 20 million bytes.
    """
    source = str(path)
    try:
        _check_regular(path.stat(), source)  # before opening: to open a device or a pipe may wait or do things
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            _check_regular(status, source)
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _unavailable(source, error) from error


def _check_regular(status: os.stat_result, source: str) -> None:
    """Raise unless the status is that of a regular file within the limit."""
    if stat.S_ISDIR(status.st_mode):
        raise SourceUnavailable(source, "is a folder; name a file in it")
    if not stat.S_ISREG(status.st_mode):
        raise SourceUnavailable(source, "is no regular file; save the text to a file first")
    _check_size(status.st_size, source)


def _check_size(size: int, source: str) -> None:
    """Raise `SourceTooLarge` above the limit."""
    if size > MAX_BYTES:
        raise SourceTooLarge(
            source, f"has {size:,} bytes, the limit is {MAX_BYTES:,}; split it into its articles", MAX_BYTES
        )


def _unavailable(source: str, error: OSError | ValueError) -> SourceUnavailable:
    """Return the error for a source that the system does not let us read."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return SourceUnavailable(source, f"cannot be read: {reason}; check the name and its permissions")
