"""Read Word documents: the paragraphs as Word shows them, without deleted and struck-through text and field codes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from .. import patterns
from ..errors import EmptyArticle, UnsupportedFormat, state_fact
from ..model import Kind
from ..reading.article import MAX_CHARACTERS
from ..reading.document import Block, Document
from .archive import Archive
from .properties import read_properties
from .superscripts import read_lowered, read_raised

# What Word keeps but does not show: deletions, text moved elsewhere, field codes, drawings for old programs, formats of
# before a tracked change.
_SKIPPED = frozenset(
    {"del", "moveFrom", "instrText", "delText", "Fallback", "delInstrText", "rPrChange", "pPrChange", "sectPrChange"}
)
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad", "ptab": "\t"}
_HEADING = patterns.compile(r"(?:sub)?title|heading ?\d", re.IGNORECASE)
_NOTES = ("footnote", "endnote")


@dataclass(slots=True)
class _Paragraph:
    """A paragraph while it is being read; `joined`: its end has been deleted, and the next one goes on from it."""

    parts: list[str] = field(default_factory=list)
    heading: bool = False
    joined: bool = False
    raised: str = ""

    def add(self, text: str, align: str) -> None:
        """Add the text of a run; what is raised or lowered is read as what it means."""
        if align == "superscript":
            self.raised += text
            return
        self.settle()
        self.parts.append(read_lowered(self.end, text) if align == "subscript" else text)

    def settle(self) -> None:
        """Read the raised letters so far, which may stand in several runs."""
        if self.raised:
            self.parts.append(read_raised(self.end, self.raised))
            self.raised = ""

    @property
    def end(self) -> str:
        """The last characters."""
        return "".join(part[-40:] for part in self.parts[-5:])


@dataclass(slots=True)
class _Run:
    """How a run is set."""

    shown: bool = True
    align: str = ""


def read_docx(archive: Archive) -> Document:
    """Return the text of a Word document, one block a paragraph or table cell.

    Footnotes and endnotes follow the text; they are never quoted. What is struck through is left out.

    Raises:
        UnsupportedFormat: it is a spreadsheet or a presentation, or is damaged.
        EmptyArticle: it holds no text.
    """
    name = _find_main_part(archive)
    reader = _PartReader(archive)
    found: list[tuple[str, Kind | None]] = []
    size = 0
    for paragraph in reader.read(name):
        text = "".join(paragraph.parts).strip("\n \t")
        if text:
            found.append((text, Kind.HEADLINE if paragraph.heading else None))
        size += len(text)
        if size > MAX_CHARACTERS:
            break  # `build_article` says that it is too long
    if not found:
        raise EmptyArticle(archive.source, state_fact("is a Word document without text; pictures of text are not read"))
    texts = [text for text, _ in found]
    told = []
    for kind in _NOTES:
        notes = list(_read_notes(archive, posixpath.join(posixpath.dirname(name), f"{kind}s.xml"), reader.notes[kind]))
        found += [(text, Kind.FURNITURE) for text in notes]
        if notes:
            told.append(
                f"({f'a {kind}' if len(notes) == 1 else f'{len(notes)} {kind}s'}; not quoted)".replace("a e", "an e")
            )
    blocks, at = [], 0
    for text, mark in found:
        blocks.append(Block(at, at + len(text), mark))
        at += len(text) + 2
    whole = "\n\n".join(text for text, _ in found)
    known = read_properties(
        *_read_core(archive), next((text for text, mark in found if mark is Kind.HEADLINE), ""), texts
    )
    return Document(whole, known, tuple(blocks), shown=whole, left_out=tuple(told))


def _read_notes(archive: Archive, name: str, wanted: list[str]) -> Iterator[str]:
    """Yield the text of each note that the document refers to, in the order of the part; nothing if there is none."""
    if not wanted or name not in archive.names:
        return
    size, known = 0, set(wanted)
    for number, paragraphs in groupby(_PartReader(archive).read_notes(name), key=lambda each: each[0]):
        text = "\n".join("".join(paragraph.parts).strip() for _, paragraph in paragraphs).strip()
        if number in known and text:
            yield text
        size += len(text)
        if size > MAX_CHARACTERS:
            return


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
        raise UnsupportedFormat(
            archive.source, state_fact("is an Office file without a document; save its text as .docx or .txt")
        )
    return name


class _PartReader:
    """Reads the paragraphs of a part; `notes` are the numbers of the notes that they refer to."""

    def __init__(self, archive: Archive) -> None:
        self.notes: dict[str, list[str]] = {kind: [] for kind in _NOTES}
        self._archive = archive
        self._waiting: list[_Paragraph] = []
        self._skipped = 0
        self._run = _Run()
        self._in_mark = False  # among the properties of a paragraph, where those of its end stand
        self._note = ""

    def read(self, name: str) -> Iterator[_Paragraph]:
        """Yield the paragraphs in order; one inside another, as in a text box, comes before its parent."""
        return (paragraph for _, paragraph in self.read_notes(name))

    def read_notes(self, name: str) -> Iterator[tuple[str, _Paragraph]]:
        """Yield the paragraphs, each with the number of the note that it stands in, "" if in none."""
        carried: list[str] = []
        for event, tag, element in self._archive.read_events(name):
            if tag in _NOTES:
                self._note = _read_value(element, "id") if event == "start" else ""
            if tag in _SKIPPED:
                self._skip(tag, starts=event == "start")
            elif event == "start":
                self._start(tag, element)
            elif tag == "pPr":
                self._in_mark = False
            elif tag == "t" and self._waiting and not self._skipped and self._run.shown:
                self._waiting[-1].add(_read_run(element), self._run.align)
            elif tag == "p" and self._waiting and "drawingml" not in element.tag:
                paragraph = self._waiting.pop()
                paragraph.settle()
                paragraph.parts[:0] = carried
                carried = paragraph.parts if paragraph.joined else []
                if not paragraph.joined:
                    yield self._note, paragraph
        if carried:
            yield self._note, _Paragraph(carried)

    def _skip(self, tag: str, *, starts: bool) -> None:
        """Enter or leave what Word does not show; among the properties of a paragraph, its end is deleted."""
        self._skipped += 1 if starts else -1
        if self._in_mark and self._waiting and tag in {"del", "moveFrom"}:
            self._waiting[-1].joined = True

    def _start(self, tag: str, element: Any) -> None:
        """Enter an element."""
        waiting = self._waiting
        if tag == "p" and "drawingml" not in element.tag:
            waiting.append(_Paragraph())
        elif tag == "pPr":
            self._in_mark = True
        elif self._skipped or not waiting:
            return
        elif tag == "r":
            self._run = _Run()
        elif tag in {"vanish", "strike", "dstrike"}:
            if _read_value(element) not in {"0", "false", "off"}:
                self._run.shown = False
        elif tag == "vertAlign":
            self._run.align = _read_value(element)
        elif tag == "pStyle":
            waiting[-1].heading = bool(_HEADING.match(_read_value(element)))
        elif tag.removesuffix("Reference") in _NOTES and tag.endswith("Reference"):
            self.notes[tag.removesuffix("Reference")].append(_read_value(element, "id"))
        elif self._run.shown and tag in _BREAKS and not _is_tab_stop(element):
            waiting[-1].add(_BREAKS[tag], "")


def _read_run(element: Any) -> str:
    """Return the text of a run; Word strips it unless `xml:space` says otherwise."""
    text: str = element.text or ""
    keeps = element.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
    return text if keeps else text.strip(" \t\r\n")


def _read_value(element: Any, wanted: str = "val") -> str:
    """Return the element's `w:val`, or another attribute, in any version of the namespace; "" if it has none."""
    return next((str(value) for name, value in element.attrib.items() if name.rpartition("}")[2] == wanted), "")


def _is_tab_stop(element: Any) -> bool:
    """Tell whether a `w:tab` sets a tab stop; a typed tab has no position."""
    return any(name.rpartition("}")[2] == "pos" for name in element.attrib)
