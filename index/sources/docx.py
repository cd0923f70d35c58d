"""Read Word documents: the paragraphs as Word shows them, without deleted text, field codes and hidden runs."""

from __future__ import annotations

import html
import posixpath
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ..errors import EmptyArticle, UnsupportedFormat
from ..model import Kind
from ..reading.article import MAX_CHARACTERS
from ..reading.document import Block, Document
from .archive import Archive
from .properties import read_properties

# Text that Word keeps but does not show: deletions, text moved elsewhere, field codes, drawings for old programs.
_SKIPPED = frozenset({"del", "moveFrom", "instrText", "delText", "Fallback", "delInstrText"})
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad", "ptab": "\t"}
_HEADING = re.compile(r"(?:sub)?title|heading ?\d", re.IGNORECASE)
_SHOWN = re.compile(r"<\w+:t(?:\s[^<>]*)?>([^<]*)</|<\w+:(noBreakHyphen|softHyphen)\b")


@dataclass(slots=True)
class _Paragraph:
    """A paragraph while it is being read."""

    parts: list[str] = field(default_factory=list)
    heading: bool = False


def read_docx(archive: Archive) -> Document:
    """Return the text of a Word document, one block a paragraph or table cell.

    Raises:
        UnsupportedFormat: it is a spreadsheet or a presentation, or is damaged.
        EmptyArticle: it holds no text.
    """
    name = _find_main_part(archive)
    found: list[tuple[str, bool]] = []
    size = 0
    for paragraph in _read_paragraphs(archive, name):
        text = "".join(paragraph.parts).strip("\n \t")
        if text:
            found.append((text, paragraph.heading))
        size += len(text)
        if size > MAX_CHARACTERS:
            break  # `build_article` says that it is too long
    if not found:
        raise EmptyArticle(archive.source, "is a Word document without text; pictures of text are not read")
    texts = [text for text, _ in found]
    blocks, at = [], 0
    for text, heading in found:
        blocks.append(Block(at, at + len(text), Kind.HEADLINE if heading else None))
        at += len(text) + 2
    known = read_properties(*_read_core(archive), next((text for text, heading in found if heading), ""), texts)
    written = archive.read(name).decode("utf-8", "replace")
    shown = " ".join(html.unescape(text or _BREAKS.get(mark, "")) for text, mark in _SHOWN.findall(written))
    return Document("\n\n".join(texts), known, tuple(blocks), shown)


def _read_core(archive: Archive) -> tuple[str, str]:
    """Return the title and the author in the document's properties, "" for what is missing."""
    found = {"title": "", "creator": ""}
    if "docProps/core.xml" in archive.names:
        with suppress(UnsupportedFormat):  # the text is worth reading without them
            for event, tag, element in archive.read_events("docProps/core.xml"):
                if event == "end" and tag in found:
                    found[tag] = element.text or ""
    return found["title"], found["creator"]


def _find_main_part(archive: Archive) -> str:
    """Return the name of the part that holds the text.

    Raises:
        UnsupportedFormat: the archive is not a Word document.
    """
    name = "word/document.xml"
    if "_rels/.rels" in archive.names:
        for event, tag, element in archive.read_events("_rels/.rels"):
            if event == "start" and tag == "Relationship" and element.get("Type", "").endswith("/officeDocument"):
                name = posixpath.normpath(element.get("Target", "").lstrip("/"))
    if name not in archive.names or not name.startswith("word/"):
        raise UnsupportedFormat(archive.source, "is an Office file without a document; save its text as .docx or .txt")
    return name


def _read_paragraphs(archive: Archive, name: str) -> Any:
    """Yield the paragraphs in order; one inside another, as in a text box, comes before its parent."""
    waiting: list[_Paragraph] = []
    skipped = 0
    hidden = False
    for event, tag, element in archive.read_events(name):
        if tag in _SKIPPED:
            skipped += 1 if event == "start" else -1
        elif event == "start":
            if tag == "p" and "drawingml" not in element.tag:
                waiting.append(_Paragraph())
            elif tag == "r":
                hidden = False
            elif tag == "vanish":
                hidden = _read_value(element) not in {"0", "false", "off"}
            elif tag == "pStyle" and waiting:
                waiting[-1].heading = bool(_HEADING.match(_read_value(element)))
            elif waiting and not skipped and not hidden and tag in _BREAKS and not _is_tab_stop(element):
                waiting[-1].parts.append(_BREAKS[tag])
        elif tag == "t" and waiting and not skipped and not hidden:
            waiting[-1].parts.append(_read_run(element))
        elif tag == "p" and waiting and "drawingml" not in element.tag:
            yield waiting.pop()


def _read_run(element: Any) -> str:
    """Return the text of a run; Word strips it unless `xml:space` says otherwise."""
    text: str = element.text or ""
    keeps = element.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
    return text if keeps else text.strip(" \t\r\n")


def _read_value(element: Any) -> str:
    """Return the element's `w:val`, in any version of the namespace; "" if it has none."""
    return next((str(value) for name, value in element.attrib.items() if name.rpartition("}")[2] == "val"), "")


def _is_tab_stop(element: Any) -> bool:
    """Tell whether a `w:tab` sets a tab stop; a typed tab has no position."""
    return any(name.rpartition("}")[2] == "pos" for name in element.attrib)
