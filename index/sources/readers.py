"""The table of formats: how each is recognised, and which function reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import cast

from ..errors import SourceTooLarge, UnsupportedFormat, state_fact
from ..reading.document import Document
from .foreign import name_foreign, name_foreign_ending, name_foreign_page

MAX_BYTES = 20_000_000
"""The largest file that is read, in bytes; five million characters in the widest encoding."""


Magic = Callable[[bytes], bool]
"""Tells a format by the first bytes; it uses no pattern and looks at each once, because it runs outside the worker."""


@dataclass(frozen=True, slots=True)
class Format:
    """A row of the table: the format's name, how it is recognised, and what reads it.

    `magic` tells it by the first bytes; None means that only the extension tells. `function` is
    "module:name" under `index.sources`, imported when first needed: `(data, source) -> Document`.
    `split`, written as `function` is, cuts a file that may hold many articles: `(data, source) -> list[Part]`, [] if
    it is one article by itself. `plain` formats have no parser that hostile bytes could attack, so they need no worker.
    With `named`, the extension is enough if the bytes are in no other format.
    """

    name: str
    suffixes: tuple[str, ...]
    magic: Magic | None
    function: str
    split: str = ""
    plain: bool = False
    named: bool = True
    alone: bool = False

    def read(self, data: bytes, source: str) -> Document:
        """Return the document in the bytes."""
        module, name = self.function.split(":")
        function = cast("Callable[[bytes, str], Document]", getattr(import_module(f"{__package__}.{module}"), name))
        return function(data, source)


def _skip_space(head: bytes) -> bytes:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()


def _find_root(head: bytes) -> bytes:
    """Return the first bytes from the first tag on that is no declaration and no comment; b"" if there is none."""
    head, at = _skip_space(head), 0
    while head.startswith((b"<?", b"<!--"), at):
        end = b"-->" if head.startswith(b"<!--", at) else b">"
        found = head.find(end, at + 2)
        if found < 0:
            return b""
        at = found + len(end)
        while head[at : at + 1].isspace():
            at += 1
    return head[at : at + 40] if head.startswith(b"<", at) else b""


def _opens_with(root: bytes, names: tuple[bytes, ...]) -> bool:
    """Tell whether the tag has one of the names."""
    return any(root.startswith(name, 1) and root[len(name) + 1 : len(name) + 2] in _ENDS_NAME for name in names)


_ENDS_NAME = (b" ", b"\t", b"\n", b"\r", b"\f", b"\v", b">", b"/")


def _is_pdf(head: bytes) -> bool:
    return _skip_space(head).startswith(b"%PDF-")


def _is_rtf(head: bytes) -> bool:
    return head.startswith(b"{\\rtf")


def _is_warc(head: bytes) -> bool:
    return head.startswith(b"WARC/")


def _is_zip(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04")


def _find_news(head: bytes) -> bytes:
    """Return the root of a news agency's XML, or its document type, from its name on."""
    root = _find_root(head)
    return root[9:].lstrip() if root[:9].lower() == b"<!doctype" else root[1:]


def _is_nitf(head: bytes) -> bool:
    return _opens_with(b"<" + _find_news(head), (b"nitf",))


_G2 = (b"newsItem", b"newsMessage", b"packageItem", b"conceptItem", b"knowledgeItem", b"planningItem", b"catalogItem")


def _is_newsml(head: bytes) -> bool:
    return _opens_with(b"<" + _find_news(head), _G2)


def _is_feed(head: bytes) -> bool:
    return _opens_with(_find_root(head), (b"rss", b"feed", b"rdf:RDF"))


def _is_page(head: bytes) -> bool:
    root = _find_root(head).lower()
    if root.startswith(b"<!doctype"):
        return root[9:10].isspace() and _opens_with(b"<" + root[9:].lstrip(), (b"html",))
    return _opens_with(root, (b"html", b"head", b"body", b"title", b"meta"))


_MAIL = (b"mime-version:", b"message-id:", b"received:", b"return-path:", b"dkim-signature:")


def _is_subtitles(head: bytes) -> bool:
    """Tell whether the mark of WebVTT stands here, or the number and the timing of SubRip's first cue."""
    head = _skip_space(head)
    first, _, rest = head.partition(b"\n")
    timing = rest.partition(b"\n")[0]
    return head.startswith(b"WEBVTT") or (first.strip().isdigit() and b" --> " in timing[:60])


def _is_mailbox(head: bytes) -> bool:
    """Tell whether the first line is that of a message in a mailbox, and the second a field of its header."""
    first, _, rest = head.partition(b"\n")
    return first.startswith(b"From ") and _is_field(rest.partition(b"\n")[0])


def _is_mail(head: bytes) -> bool:
    """Tell whether two fields stand at the beginning, and one that only mails have is among the first lines."""
    first, *others = head.split(b"\n")
    second = next((line for line in others[:51] if line[:1] not in (b" ", b"\t")), b"")
    return (
        _is_field(first) and _is_field(second) and any(line[:20].lower().startswith(_MAIL) for line in (first, *others))
    )


def _is_field(line: bytes) -> bool:
    name, colon, _ = line[:41].partition(b":")
    return colon == b":" and len(name) > 1 and name.replace(b"-", b"").replace(b"_", b"").isalnum()


def _is_json(head: bytes) -> bool:
    """Tell whether an object begins here, or a list that is no list of words in brackets."""
    head = _skip_space(head)
    rest = head[1:].lstrip()
    return (head.startswith(b"{") and rest.startswith((b'"', b"}"))) or (
        head.startswith(b"[") and rest.startswith((b"[", b"{", b'"'))
    )


# Content counts before the extension: rows with `magic` are tried first, in this order.
FORMATS = (
    Format("PDF", (".pdf",), _is_pdf, "pdf:read_pdf", named=False),
    Format("Word, OpenDocument or EPUB", (".docx", ".odt", ".epub"), _is_zip, "readers:read_zip", named=False),
    Format("Rich Text", (".rtf",), _is_rtf, "rtf:read_rtf"),
    Format("web archive", (".warc", ".warc.gz"), _is_warc, "containers:read_only_part", "warc:split_warc", named=False),
    Format("feed", (".rss", ".atom"), _is_feed, "feed:refuse_feed"),
    Format("web page", (".html", ".htm", ".xhtml"), _is_page, "html:read_html"),
    Format("NITF", (), _is_nitf, "nitf:read_nitf"),
    Format("NewsML-G2", (".xml",), _is_newsml, "newsml:read_newsml", "newsml:split_newsml", named=False),
    Format("mailbox", (".mbox",), _is_mailbox, "containers:read_only_part", "mailboxes:split_mbox"),
    Format("subtitles", (".srt", ".vtt"), _is_subtitles, "subtitles:read_subtitles"),
    Format("e-mail", (".eml", ".mht", ".mhtml"), _is_mail, "eml:read_eml", "mailboxes:split_eml"),
    Format("JSON", (".json", ".ninjs"), _is_json, "records:read_json", "records:split_json", named=False),
    Format("JSON Lines", (".jsonl", ".ndjson"), None, "records:read_json", "records:split_json", alone=True),
    Format("table", (".csv", ".tsv"), None, "containers:read_only_part", "records:split_table", alone=True),
    Format("Markdown", (".md", ".markdown"), None, "markdown:read_markdown", plain=True),
    Format("plain text", (".txt", ".text"), None, "text:read_text", plain=True),
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
    return _detect_by_head(data[:4096], source)


@lru_cache(maxsize=4)  # a file's way passes here several times
def _detect_by_head(head: bytes, source: str) -> Format:
    if told := name_foreign_page(head):
        raise UnsupportedFormat(source, f"is {told}")
    for row in FORMATS:
        if row.magic and row.magic(head):
            return row
    if head.startswith(b"\x1f\x8b") and source.lower().endswith(".warc.gz"):
        return next(row for row in FORMATS if row.name == "web archive")
    suffix = Path(source).suffix.lower()
    if told := name_foreign(head) or name_foreign_ending(suffix):
        raise UnsupportedFormat(source, f"is {told}; files that are read end in {list_endings()}")
    said = next((row for row in FORMATS if not row.named and suffix in row.suffixes), None)
    if said and b"\0" in head:
        raise UnsupportedFormat(
            source, state_fact("is no {name} file, though its name says so; get another copy of it", name=said.name)
        )
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
        from .odt import read_odt

        return read_odt(archive)
    raise UnsupportedFormat(source, state_fact("is a zip archive, not a document; unpack it first"))


def list_endings() -> str:
    """Return the extensions of all formats, for messages."""
    return ", ".join(suffix for row in FORMATS for suffix in row.suffixes)


def check_size(size: int, source: str) -> None:
    """Raise `SourceTooLarge` above the limit."""
    if size > MAX_BYTES:
        raise SourceTooLarge(
            source,
            state_fact(
                "has {size:,} bytes, the limit is {max_bytes:,}; split it into its articles",
                size=size,
                max_bytes=MAX_BYTES,
            ),
            MAX_BYTES,
        )
