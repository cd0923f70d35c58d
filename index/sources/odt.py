"""Read OpenDocument texts (LibreOffice): paragraphs and headings in their order, struck-through words left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import patterns
from ..errors import EmptyArticle, UnsupportedFormat, state_fact
from ..model import Kind, Metadata
from ..reading.document import Block, Document
from .agency import parse_xml, read_words
from .archive import Archive

_NOTES = {"note": "a footnote", "annotation": "a comment"}
"""What stands beside the text: named as left out."""

_BREAKS = {"tab": "\t", "line-break": "\n"}
_SPACE = patterns.compile(r"[ \t\n\r]+")
_SKIPPED = frozenset({*_NOTES, "tracked-changes", "forms", "sequence-decls", "table-of-content", "annotation-end"})


def read_odt(archive: Archive) -> Document:
    """Return the text of an OpenDocument text, one block a paragraph, with the title that the document states.

    Raises:
        UnsupportedFormat: it is a spreadsheet or a presentation, is damaged, or needs a password.
        EmptyArticle: it holds no text.
    """
    if "mimetype" in archive.names and b"opendocument.text" not in archive.read("mimetype")[:200]:
        raise UnsupportedFormat(
            archive.source, state_fact("is an OpenDocument file without a text; save it as .odt or .txt")
        )
    root = parse_xml(archive.read("content.xml"), archive.source)
    struck = {
        _read(style, "name")
        for style in root.iter("style")
        if any(_read(each, "text-line-through-style") not in {"", "none"} for each in style.iter("text-properties"))
    }
    body = root.find("body/text")
    found = [] if body is None else [(words, kind) for words, kind in _list_paragraphs(body, struck) if words]
    left_out = () if body is None else tuple(_list_left_out(body))
    if not found:
        raise EmptyArticle(archive.source, state_fact("is a document without text; pictures of text are not read"))
    blocks, at = [], 0
    for words, kind in found:
        blocks.append(Block(at, at + len(words), kind))
        at += len(words) + 2
    known = Metadata(title=_read_title(archive))
    return Document("\n\n".join(words for words, _ in found), known, tuple(blocks), left_out=left_out)


def _list_paragraphs(element: Any, struck: set[str]) -> Iterator[tuple[str, Kind | None]]:
    """Yield the words and the kind of each paragraph below an element; one inside another comes before it."""
    for child in element:
        if child.tag in _SKIPPED:
            continue
        yield from _list_paragraphs(child, struck)
        if child.tag in {"p", "h"} and _read(child, "style-name") not in struck:
            yield "".join(_list_words(child, struck)).strip(), Kind.HEADLINE if child.tag == "h" else None


def _list_words(element: Any, struck: set[str]) -> Iterator[str]:
    """Yield the words of a paragraph as they are shown: white space in the file is one space."""
    yield _SPACE.sub(" ", element.text or "")
    for child in element:
        if child.tag == "s":
            yield " " * min(int(_read(child, "c") or 1), 100) if (_read(child, "c") or "1").isdecimal() else " "
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag not in _SKIPPED | {"frame", "p", "h"} and _read(child, "style-name") not in struck:
            yield from _list_words(child, struck)
        yield _SPACE.sub(" ", child.tail or "")


def _list_left_out(body: Any) -> Iterator[str]:
    """Yield what stands beside the text, as lines that name it."""
    for element in (each for each in body.iter() if each.tag in _NOTES):
        inner = element.find("note-body") if element.tag == "note" else element
        words = " ".join("".join(() if inner is None else inner.itertext()).split())
        yield f"({_NOTES[element.tag]}: {words[:200]})"


def _read(element: Any, name: str) -> str:
    """Return an attribute by its name without the namespace, "" if there is none."""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _read_title(archive: Archive) -> str:
    """Return the title in the document's properties, "" if it states none."""
    if "meta.xml" not in archive.names:
        return ""
    title = next(parse_xml(archive.read("meta.xml"), archive.source).iter("title"), None)
    return read_words(title)[:500]
