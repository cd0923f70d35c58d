"""The table of formats: how each is recognised, and which function reads it."""

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
class Format:
    """A row of the table: the format's name, how it is recognised, and what reads it.

    `magic` matches the first bytes; None means that only the extension tells. `function` is
    "module:name" under `index.sources`, imported when first needed: `(data, source) -> Document`.
    `plain` formats have no parser that hostile bytes could attack, so they need no worker. With
    `named`, the extension is enough if the bytes are in no other format.
    """

    name: str
    suffixes: tuple[str, ...]
    magic: re.Pattern[bytes] | None
    function: str
    plain: bool = False
    named: bool = True

    def read(self, data: bytes, source: str) -> Document:
        """Return the document in the bytes."""
        module, name = self.function.split(":")
        function = cast("Callable[[bytes, str], Document]", getattr(import_module(f"{__package__}.{module}"), name))
        return function(data, source)


# Content counts before the extension: rows with `magic` are tried first, in this order.
_SPACE = rb"(?:\xef\xbb\xbf)?\s{0,999}"
FORMATS = (
    Format("PDF", (".pdf",), re.compile(_SPACE + rb"%PDF-"), "pdf:read_pdf", named=False),
    Format("Word or EPUB", (".docx", ".epub"), re.compile(rb"PK\x03\x04"), "readers:read_zip", named=False),
    Format(
        "feed",
        (".rss", ".atom"),
        re.compile(
            _SPACE + rb"(?:<\?xml[^>]{0,200}>|<\?[^>]{0,300}>|<!--[\s\S]{0,400}?-->|\s){0,20}<(?:rss|feed|rdf:RDF)[\s>]"
        ),
        "feed:refuse_feed",
    ),
    Format(
        "web page",
        (".html", ".htm", ".xhtml"),
        re.compile(
            _SPACE
            + rb"(?:<\?[^>]{0,300}>|<!--[\s\S]{0,800}?-->|\s){0,20}<(?:!doctype\s+html|html|head|body|title|meta)[\s>]",
            re.IGNORECASE,
        ),
        "html:read_html",
    ),
    Format(
        "e-mail",
        (".eml",),
        re.compile(
            rb"(?=[\s\S]{0,4000}?^(?:mime-version|message-id|received|return-path|dkim-signature):)[\w-]{2,40}:[^\n]{0,999}\n"
            rb"(?:[ \t][^\n]{0,999}\n){0,50}[\w-]{2,40}:",
            re.IGNORECASE | re.MULTILINE,
        ),
        "eml:read_eml",
    ),
    Format("ninjs", (".json", ".ninjs"), re.compile(_SPACE + rb"\{\s{0,99}[\"}]"), "ninjs:read_ninjs", named=False),
    Format("Markdown", (".md", ".markdown"), None, "markdown:read_markdown", plain=True),
    Format("plain text", (".txt", ".text"), None, "text:read_text", plain=True),
)

# Formats that people try and that we do not read, for a message that helps.
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
    """Return the document in the bytes, before any paragraph is marked.

    Raises:
        SourceTooLarge: there are more than 20 million.
        UnsupportedFormat: they are in no format that we read.
    """
    check_size(len(data), source)
    return detect_format(data, source).read(data, source)


def detect_format(data: bytes, source: str) -> Format:
    """Return the format of the bytes, by their content first, by the source's extension second.

    Raises:
        UnsupportedFormat: they are in a format that we do not read.
    """
    head = data[:4096]
    for row in FORMATS:
        if row.magic and row.magic.match(head):
            return row
    for magic, name in _FOREIGN:
        if magic.match(head):
            raise UnsupportedFormat(source, f"is {name}; files that are read end in {list_endings()}")
    suffix = Path(source).suffix.lower()
    said = next((row for row in FORMATS if not row.named and suffix in row.suffixes), None)
    if said and b"\0" in head:
        raise UnsupportedFormat(source, f"is no {said.name} file, though its name says so; get another copy of it")
    return next((row for row in FORMATS if row.named and suffix in row.suffixes), FORMATS[-1])


def read_zip(data: bytes, source: str) -> Document:
    """Return the Word document or the book in the archive.

    Raises:
        SourceTooLarge: it has more or larger parts than a document needs.
        UnsupportedFormat: it is another archive, is damaged, or needs a password.
        EmptyArticle: it holds no text.
    """
    from .archive import Archive

    archive = Archive(data, source)
    if "META-INF/container.xml" in archive.names:
        from .epub import read_epub  # late: each format's reader is imported for its own files

        return read_epub(archive)
    if "[Content_Types].xml" in archive.names:
        from .docx import read_docx

        return read_docx(archive)
    if "content.xml" in archive.names:
        raise UnsupportedFormat(source, "is an OpenDocument file; save it as .docx or .txt")
    raise UnsupportedFormat(source, "is a zip archive, not a document; unpack it first")


def list_endings() -> str:
    """Return the extensions of all formats, for messages."""
    return ", ".join(suffix for row in FORMATS for suffix in row.suffixes)


def check_size(size: int, source: str) -> None:
    """Raise `SourceTooLarge` above the limit."""
    if size > MAX_BYTES:
        raise SourceTooLarge(
            source, f"has {size:,} bytes, the limit is {MAX_BYTES:,}; split it into its articles", MAX_BYTES
        )
