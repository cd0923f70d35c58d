"""Read PDF files: the text of each page as the file gives it, with the number of the page.

A PDF has lines, not paragraphs: a line ends a paragraph if the next word would have fitted on it.
Running heads and page numbers are left out; everything else stays, line ends and hyphens included.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from typing import Any

from ..errors import EmptyArticle, SourceError, SourceTooLarge, UnsupportedFormat
from ..model import Kind
from ..reading.article import MAX_CHARACTERS
from ..reading.document import Block, Document
from .properties import read_properties

MAX_PAGES = 2000
"""How many pages a file may have."""

_STOP = re.compile(r"[.!?:…][\"'”’»)\]]{0,3}$")
_NUMBER = re.compile(r"(?:page\s)?\W{0,3}(?:\d{1,4}|[ivxl]{1,6})\W{0,3}(?:(?:of|/)\s?\d{1,4}\W{0,2})?$", re.IGNORECASE)
_EDGE = 2  # lines at the top and at the bottom of a page that may be running heads


def read_pdf(data: bytes, source: str) -> Document:
    """Return the text of a PDF file.

    Raises:
        SourceTooLarge: it has more than 2,000 pages.
        UnsupportedFormat: it needs a password, is damaged, or has no readable characters.
        EmptyArticle: its pages are pictures.
    """
    pages, title = _read_pages(data, source)
    text, blocks = _assemble(_strip_heads(pages), title)
    empty = [number for number, lines in enumerate(pages, 1) if not lines]
    if len(empty) * 2 > len(pages) or not text:
        raise EmptyArticle(source, "has scanned pages without text; run it through a text recognition program first")
    letters = sum(character.isalnum() or character.isspace() or character.isascii() for character in text)
    if letters < len(text) * 0.7 or text.count("\ufffd") * 20 > len(text):
        raise UnsupportedFormat(source, "has fonts that hide which letters they show; save its text as a .txt file")
    notes = tuple(f"(page {number}: a picture without text)" for number in empty)
    shown = "\n".join("\n".join(lines) for lines in pages)
    known = read_properties(*_read_stated(data), " ".join(title), (line for lines in pages for line in lines))
    return Document(text, known, blocks, shown, notes)


def _read_stated(data: bytes) -> tuple[str, str]:
    """Return title and author as the file's properties state them, "" for what is missing or damaged."""
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        stated = pypdf.PdfReader(io.BytesIO(data)).metadata
        return (str(stated.title or ""), str(stated.author or "")) if stated else ("", "")
    except (ImportError, PyPdfError, *_SLIPS):  # the text is worth reading without them
        return "", ""


def _read_pages(data: bytes, source: str) -> tuple[list[list[str]], list[str]]:
    """Return the lines of each page, and the lines of the first page that are set as its headline.

    Raises:
        SourceError: the file cannot be read to its end.
    """
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        if _is_cut(data):
            raise UnsupportedFormat(source, "is cut off before its end; get the whole file")
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnsupportedFormat(source, "needs a password; save a copy without one")
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise SourceTooLarge(source, f"has {count:,} pages, the limit is {MAX_PAGES:,}", MAX_PAGES)
        pages: list[list[str]] = []
        size, sizes = 0, _Sizes()
        for page in reader.pages:
            text = page.extract_text(visitor_text=None if pages else sizes)
            size += len(text)
            pages.append([line.rstrip() for line in text.splitlines() if line.strip()])
            if size > MAX_CHARACTERS:
                break  # `build_article` says that it is too long
    except (SourceError, MemoryError):
        raise
    except ImportError as error:
        raise UnsupportedFormat(source, "is encrypted; print it to a new PDF file and add that") from error
    except (PyPdfError, *_SLIPS) as error:
        # half a text must never pass for the article
        raise UnsupportedFormat(
            source, f"is a damaged PDF file ({type(error).__name__}); get another copy of it"
        ) from error
    return pages, sizes.find_title()


def _is_cut(data: bytes) -> bool:
    """Tell whether a file that is made for reading while it comes states more bytes than there are.

    Such a file holds its first page and a table of its own at the beginning, so that its beginning looks whole.
    """
    head = data[:1024]
    length = re.search(rb"/L\s{1,9}(\d{1,15})", head) if b"/Linearized" in head else None
    return length is not None and int(length[1]) > len(data)


class _Sizes:
    """Records the type size of each piece of text on a page."""

    def __init__(self) -> None:
        self._found: list[tuple[float, str]] = []

    def __call__(self, text: str, current: list[float], matrix: list[float], _font: Any, size: float) -> None:
        """Record one piece of text; the matrices scale the font's nominal size."""
        height = abs(size) * max(abs(matrix[3]), abs(matrix[1])) * max(abs(current[3]), abs(current[1]))
        self._found += [(round(height, 1), line.strip()) for line in text.splitlines() if line.strip()]

    def find_title(self) -> list[str]:
        """Return the lines in the largest size, [] unless they are few and clearly larger than the text."""
        if not self._found:
            return []
        weight: Counter[float] = Counter()
        for size, line in self._found:
            weight[size] += len(line)
        usual, largest = weight.most_common(1)[0][0], max(weight)
        lines = [line for size, line in self._found if size == largest]
        return lines if largest > usual * 1.15 and weight[largest] <= 300 else []


# What pypdf raises on damaged files besides its own errors (found by fuzzing).
_SLIPS = (
    *(AttributeError, TypeError, ValueError, LookupError, AssertionError, RecursionError, ArithmeticError),
    *(NotImplementedError, OSError, EOFError),
)


def _strip_heads(pages: list[list[str]]) -> list[list[str]]:
    """Return the pages without running heads and page numbers."""
    edges: Counter[str] = Counter()
    for lines in pages:
        edges.update({_fold(line) for line in (*lines[:_EDGE], *lines[-_EDGE:])})
    heads = {line for line, count in edges.items() if count >= 3 and count * 2 >= len(pages)}
    kept = []
    for lines in pages:
        first, last = 0, len(lines)
        while first < min(_EDGE, last) and _is_head(lines[first], heads):
            first += 1
        while last > max(first, len(lines) - _EDGE) and _is_head(lines[last - 1], heads):
            last -= 1
        kept.append(lines[first:last])
    return kept


def _fold(line: str) -> str:
    return re.sub(r"\d+", "0", line.strip())


def _is_head(line: str, heads: set[str]) -> bool:
    return _fold(line) in heads or bool(_NUMBER.match(line.strip()))


def _assemble(pages: list[list[str]], title: list[str]) -> tuple[str, tuple[Block, ...]]:
    """Return the text of the pages and its paragraphs; a paragraph may continue on the next page."""
    heads = {" ".join(line.split()) for line in title}
    rows = [(line, number) for number, lines in enumerate(pages, 1) for line in lines]
    width = _measure_width([line for line, _ in rows])
    blocks: list[Block] = []
    parts: list[str] = []
    at = 0
    for index, (line, page) in enumerate(rows):
        kind = Kind.HEADLINE if page == 1 and " ".join(line.split()) in heads else None
        same = bool(blocks) and blocks[-1].kind is kind
        if same and (kind or _goes_on(rows[index - 1][0], line, width)):
            parts.append("\n")
            at += 1
            blocks[-1] = Block(blocks[-1].start, at + len(line), kind, blocks[-1].page)
        else:
            parts.append("\n\n" if blocks else "")
            at += len(parts[-1])
            blocks.append(Block(at, at + len(line), kind, page))
        parts.append(line)
        at += len(line)
    return "".join(parts), tuple(_mark_above_headline(blocks, "".join(parts)))


def _mark_above_headline(blocks: list[Block], text: str) -> list[Block]:
    """Mark what stands above the headline and is not a sentence: the name of the paper or section, a date."""
    first = next((number for number, block in enumerate(blocks) if block.kind is Kind.HEADLINE), 0)
    for number, block in enumerate(blocks[:first]):
        if not _STOP.search(text[block.start : block.end]):
            blocks[number] = replace(block, kind=Kind.FURNITURE)
    return blocks


def _measure_width(lines: list[str]) -> int:
    """Return how many characters a full line has: nine of ten lines have no more."""
    lengths = sorted(map(len, lines))
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _goes_on(before: str, line: str, width: int) -> bool:
    """Tell whether a line continues the paragraph of the line before it."""
    bare = line.strip()
    if not _STOP.search(before) and bare[:1].islower():
        return True
    full = len(before) + 1 + len(bare.split()[0]) > width * 0.85
    return full and len(before) >= width * 0.6
