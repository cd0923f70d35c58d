"""PDF files: the text of each page as the file gives it, with the number of its page.

A PDF has lines, not paragraphs: a line ends a paragraph when the next word would have fitted on it.
Running heads and page numbers are left out; all else stays as it is, line ends and hyphens too.
"""

from __future__ import annotations

import io
import re
from collections import Counter

from ..errors import EmptyArticle, SourceError, SourceTooLarge, UnsupportedFormat
from ..reading import MAX_CHARACTERS, Block, Document

MAX_PAGES = 2000
"""How many pages a file may have."""

_STOP = re.compile(r"[.!?:…][\"'”’»)\]]{0,3}$")
_NUMBER = re.compile(r"(?:page\s)?\W{0,3}(?:\d{1,4}|[ivxl]{1,6})\W{0,3}(?:(?:of|/)\s?\d{1,4}\W{0,2})?$", re.IGNORECASE)
_EDGE = 2  # lines at the top and at the foot of a page that may be running heads


def read_pdf(data: bytes, source: str) -> Document:
    """Return the text of a PDF file.

    Raises:
        SourceTooLarge: it has more than 2,000 pages.
        UnsupportedFormat: it needs a password, is damaged, or gives no readable characters.
        EmptyArticle: its pages are pictures.
    """
    pages = _pages(data, source)
    text, blocks = _assemble(_without_heads(pages))
    empty = [number for number, lines in enumerate(pages, 1) if not lines]
    if len(empty) * 2 > len(pages) or not text:
        raise EmptyArticle(source, "has scanned pages without text; run it through a text recognition program first")
    letters = sum(character.isalnum() or character.isspace() or character.isascii() for character in text)
    if letters < len(text) * 0.7 or text.count("\ufffd") * 20 > len(text):
        raise UnsupportedFormat(source, "has fonts that hide which letters they show; save its text as a .txt file")
    notes = tuple(f"(page {number}: a picture without text)" for number in empty)
    shown = "\n".join("\n".join(lines) for lines in pages)
    return Document(text, blocks=blocks, shown=shown, left_out=notes)


def _pages(data: bytes, source: str) -> list[list[str]]:
    """Return the lines of each page.

    Raises:
        SourceError: the file cannot be read to its end.
    """
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnsupportedFormat(source, "needs a password; save a copy without one")
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise SourceTooLarge(source, f"has {count:,} pages, the limit is {MAX_PAGES:,}", MAX_PAGES)
        pages, size = [], 0
        for page in reader.pages:
            text = page.extract_text()
            size += len(text)
            pages.append([line.rstrip() for line in text.splitlines() if line.strip()])
            if size > MAX_CHARACTERS:
                break  # `build_article` says so
    except (SourceError, MemoryError):
        raise
    except ImportError as error:
        raise UnsupportedFormat(source, "is encrypted; print it to a new PDF file and add that") from error
    except (PyPdfError, *_SLIPS) as error:
        # half a text is never passed off as the article
        raise UnsupportedFormat(
            source, f"is a damaged PDF file ({type(error).__name__}); get another copy of it"
        ) from error
    return pages


# What pypdf lets slip on damaged files, beside its own errors (found by fuzzing).
_SLIPS = (
    *(AttributeError, TypeError, ValueError, LookupError, AssertionError, RecursionError, ArithmeticError),
    *(NotImplementedError, OSError, EOFError),
)


def _without_heads(pages: list[list[str]]) -> list[list[str]]:
    """Return the pages without running heads and page numbers."""
    edges: Counter[str] = Counter()
    for lines in pages:
        edges.update({_folded(line) for line in (*lines[:_EDGE], *lines[-_EDGE:])})
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


def _folded(line: str) -> str:
    return re.sub(r"\d+", "0", line.strip())


def _is_head(line: str, heads: set[str]) -> bool:
    return _folded(line) in heads or bool(_NUMBER.match(line.strip()))


def _assemble(pages: list[list[str]]) -> tuple[str, tuple[Block, ...]]:
    """Return the text of the pages and its paragraphs; one may go on over the end of a page."""
    rows = [(line, number) for number, lines in enumerate(pages, 1) for line in lines]
    width = _width([line for line, _ in rows])
    blocks: list[Block] = []
    parts: list[str] = []
    at = 0
    for index, (line, page) in enumerate(rows):
        if index and not _goes_on(rows[index - 1][0], line, width):
            parts.append("\n\n")
            at += 2
            blocks.append(Block(at, at + len(line), None, page))
        elif index:
            parts.append("\n")
            at += 1
            blocks[-1] = Block(blocks[-1].start, at + len(line), None, blocks[-1].page)
        else:
            blocks.append(Block(0, len(line), None, page))
        parts.append(line)
        at += len(line)
    return "".join(parts), tuple(blocks)


def _width(lines: list[str]) -> int:
    """Return how many characters a full line has: nine of ten lines have fewer."""
    lengths = sorted(map(len, lines))
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _goes_on(before: str, line: str, width: int) -> bool:
    """Tell whether a line goes on with the paragraph of the line before it."""
    bare = line.strip()
    if not _STOP.search(before) and bare[:1].islower():
        return True
    full = len(before) + 1 + len(bare.split()[0]) > width * 0.85
    return full and len(before) >= width * 0.6
