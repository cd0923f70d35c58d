"""Which reader takes which bytes: the one table of formats."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import cast

from ..errors import SourceTooLarge, UnsupportedFormat
from ..reading.document import Document

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
        function = cast("Callable[[bytes, str], Document]", getattr(import_module(f"{__package__}.{module}"), name))
        return function(data, source)


# Content decides before the name does: rows with `magic` are tried first, in this order.
_SPACE = rb"(?:\xef\xbb\xbf)?\s{0,999}"
READERS = (
    Reader("PDF", (".pdf",), re.compile(_SPACE + rb"%PDF-"), "pdf:read_pdf", named=False),
    Reader("Word or EPUB", (".docx", ".epub"), re.compile(rb"PK\x03\x04"), "office:read_archive", named=False),
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


def read_document(data: bytes, source: str) -> Document:
    """Return what the reader for these bytes makes of them, before any paragraph is marked.

    Raises:
        SourceTooLarge: they are more than 20 million.
        UnsupportedFormat: they are of no kind that is read here.
    """
    check_size(len(data), source)
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
            raise UnsupportedFormat(source, f"is {name}; files that are read end in {endings()}")
    suffix = Path(source).suffix.lower()
    said = next((reader for reader in READERS if not reader.named and suffix in reader.suffixes), None)
    if said and b"\0" in head:
        raise UnsupportedFormat(source, f"is no {said.name} file, though its name says so; get another copy of it")
    return next((reader for reader in READERS if reader.named and suffix in reader.suffixes), READERS[-1])


def endings() -> str:
    """Return the endings of the names of all formats, for messages."""
    return ", ".join(suffix for reader in READERS for suffix in reader.suffixes)


def check_size(size: int, source: str) -> None:
    """Raise `SourceTooLarge` above the limit."""
    if size > MAX_BYTES:
        raise SourceTooLarge(
            source, f"has {size:,} bytes, the limit is {MAX_BYTES:,}; split it into its articles", MAX_BYTES
        )
