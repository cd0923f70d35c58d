"""Read PDF files: the text of each page in the order in which people read it, with the number of the page.

A PDF states where each letter stands, not which words follow each other: `layout.py` finds the columns of a page,
`flow.py` the paragraphs, and what a page repeats or sets apart. Hyphens and line ends stay as they are in the file.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from dataclasses import replace
from typing import Any, NamedTuple

from .. import patterns
from ..errors import EmptyArticle, SourceTooLarge, UnsupportedFormat, state_fact
from ..reading.article import MAX_CHARACTERS
from ..reading.document import Document
from .flow import assemble
from .intact import is_whole
from .layout import read_page
from .letters import check_letters
from .printed import GlyphRun
from .properties import read_properties

MAX_PAGES = 2000
"""How many pages a file may have."""

# pdfium's name for a hyphen at a line end, which it reads as none, and the space that it adds between lines.
_HYPHEN = "\ufffe"
_WORD = patterns.compile(rf"[^\s{_HYPHEN}]+{_HYPHEN}?|{_HYPHEN}")
# Words on a page below which a picture that fills it is taken for the page itself.
_CAPTION = 15


def read_pdf(data: bytes, source: str) -> Document:
    """Return the text of a PDF file.

    Raises:
        SourceTooLarge: it has more than 2,000 pages.
        UnsupportedFormat: it needs a password, is damaged, has no readable characters, or columns that nobody can tell
            apart.
        EmptyArticle: its pages are pictures.
    """
    file = _read_file(data, source)
    pages = [read_page(sheet.pieces, sheet.width, sheet.height) for sheet in file.sheets]
    if sum(not page.columns for page in pages) * 2 > len(pages) or not pages:
        told = state_fact("has scanned pages without text; run it through a text recognition program first")
        raise EmptyArticle(source, told)
    document = assemble(pages)
    check_letters(pages, document, source)
    if all(page.blurred or not page.columns for page in pages):
        raise UnsupportedFormat(
            source, state_fact("has columns that cannot be told apart; save its text as a .txt file")
        )
    lines = (line.text for page in pages for column in page.columns for line in column.lines)
    return replace(document, known=read_properties(file.title, file.author, document.known.title, lines))


class _Sheet(NamedTuple):
    """What stands on one page: runs of letters, with y growing downwards, in points."""

    pieces: list[GlyphRun]
    width: float
    height: float


class _File(NamedTuple):
    """What stands on each page, and title and author as the file's properties state them; "" for what is missing."""

    sheets: list[_Sheet]
    title: str
    author: str


def _read_file(data: bytes, source: str) -> _File:
    """Return what stands on the pages, and what the file states of itself.

    Raises:
        SourceTooLarge: it has too many pages.
        UnsupportedFormat: it cannot be read to its end.
    """
    import pypdfium2.raw as pdfium

    if _is_cut(data):
        raise UnsupportedFormat(source, state_fact("is cut off before its end; get the whole file"))
    if not is_whole(data):
        raise _explain_damage(source)
    start = max(0, data[:1024].find(b"%PDF-"))
    kept = (ctypes.c_char * len(data)).from_buffer_copy(data)  # pdfium reads from it until the document is closed
    document = pdfium.FPDF_LoadMemDocument64(ctypes.byref(kept, start), len(data) - start, None)
    if not document:
        reason = pdfium.FPDF_GetLastError()
        if reason == pdfium.FPDF_ERR_PASSWORD:
            raise UnsupportedFormat(source, state_fact("needs a password; save a copy without one"))
        if reason == pdfium.FPDF_ERR_SECURITY:
            raise UnsupportedFormat(source, state_fact("is encrypted; print it to a new PDF file and add that"))
        raise _explain_damage(source)
    try:
        count = pdfium.FPDF_GetPageCount(document)
        if count > MAX_PAGES:
            told = state_fact("has {count:,} pages, the limit is {max_pages:,}", count=count, max_pages=MAX_PAGES)
            raise SourceTooLarge(source, told, MAX_PAGES)
        sheets: list[_Sheet] = []
        size = 0
        for number in range(count):
            sheets.append(_read_sheet(pdfium, document, number, source))
            size += sum(len(piece.text) for piece in sheets[-1].pieces)
            if size > MAX_CHARACTERS:
                break  # `build_article` says that it is too long
        return _File(sheets, _read_stated(pdfium, document, b"Title"), _read_stated(pdfium, document, b"Author"))
    finally:
        pdfium.FPDF_CloseDocument(document)


def _read_stated(pdfium: Any, document: Any, name: bytes) -> str:
    """Return a text of the file's properties; "" if it is missing."""
    size = min(4000, pdfium.FPDF_GetMetaText(document, name, None, 0))
    buffer = ctypes.create_string_buffer(max(2, size))
    pdfium.FPDF_GetMetaText(document, name, buffer, size)
    return buffer.raw.decode("utf-16-le", "replace").partition("\0")[0]


def _explain_damage(source: str) -> UnsupportedFormat:
    # half a text must never pass for the article
    return UnsupportedFormat(source, state_fact("is a damaged PDF file; get another copy of it"))


def _is_cut(data: bytes) -> bool:
    """Tell whether a file ends before it says so.

    A file that is made for reading while it comes holds its first page, and a table and an end of its own, at the
    beginning; so that its beginning looks whole. It states how many bytes there are.
    """
    head = data[:1024]
    length = re.search(rb"/L\s{1,9}(\d{1,15})", head) if b"/Linearized" in head else None
    return b"%%EOF" not in data or (length is not None and int(length[1]) > len(data))


def _read_sheet(pdfium: Any, document: Any, number: int, source: str) -> _Sheet:
    """Return what stands on one page.

    Raises:
        UnsupportedFormat: it is damaged.
    """
    page = pdfium.FPDF_LoadPage(document, number)
    if not page:
        raise _explain_damage(source)
    words = pdfium.FPDFText_LoadPage(page)
    try:
        if not words:
            raise _explain_damage(source)
        letters = _Letters(pdfium, words, page)
        pieces = letters.read()
        if len(pieces) < _CAPTION and _is_picture(pdfium, page):
            pieces = []
        return _Sheet(pieces, letters.width, letters.height)
    finally:
        if words:
            pdfium.FPDFText_ClosePage(words)
        pdfium.FPDF_ClosePage(page)


def _is_picture(pdfium: Any, page: Any) -> bool:
    """Tell whether a picture fills half of the page."""
    sides = [ctypes.c_float() for _ in range(4)]
    whole = pdfium.FPDF_GetPageWidthF(page) * pdfium.FPDF_GetPageHeightF(page)
    for index in range(min(pdfium.FPDFPage_CountObjects(page), 1000)):
        each = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(each) == pdfium.FPDF_PAGEOBJ_IMAGE:
            pdfium.FPDFPageObj_GetBounds(each, *sides)
            left, bottom, right, top = (side.value for side in sides)
            if (right - left) * (top - bottom) * 2 > whole:
                return True
    return False


class _Spot(NamedTuple):
    """Where a letter stands, and how large it is: `x0` and `x1` are its sides, `y` is its baseline, all in points."""

    x0: float
    x1: float
    y: float
    size: float
    angle: float


class _Letters:
    """The letters of a page, in the order in which the file draws them."""

    def __init__(self, pdfium: Any, words: Any, page: Any) -> None:
        self._pdfium, self._words = pdfium, words
        self._matrix, self._box = pdfium.FS_MATRIX(), pdfium.FS_RECTF()
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        frame = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, frame)
        self._left, self._right, self._bottom, self._top = frame.left, frame.right, frame.bottom, frame.top
        self._turned = 0

    @property
    def width(self) -> float:
        """The width of the page as its text is read, in points."""
        return float(self._top - self._bottom if self._turned % 180 else self._right - self._left)

    @property
    def height(self) -> float:
        """The height of the page as its text is read, in points."""
        return float(self._right - self._left if self._turned % 180 else self._top - self._bottom)

    def read(self) -> list[GlyphRun]:
        """Return the runs of letters of one size on one baseline; text that runs another way is left out."""
        text = self._read_text()
        pieces: list[tuple[str, _Spot, _Spot, bool]] = []
        for found in _WORD.finditer(text):
            pieces += self._split(found.group().replace(_HYPHEN, "-"), found.start())
        ways: Counter[int] = Counter()
        for word, first, _, _ in pieces:
            ways[round(first.angle / 90) % 4 * 90] += len(word)
        self._turned = ways.most_common(1)[0][0] if ways else 0
        return [self._place(*piece) for piece in pieces if self._is_shown(piece[1])]

    def _read_text(self) -> str:
        """Return the text of the page, one character a letter."""
        count = self._pdfium.FPDFText_CountChars(self._words)
        if count <= 0:
            return ""
        space = (ctypes.c_ushort * (count + 1))()
        got = self._pdfium.FPDFText_GetText(self._words, 0, count, space)
        text = bytes(space)[: 2 * count].decode("utf-16-le", "replace")
        if got == count + 1 and len(text) == count:
            return text
        return "".join(self._read_letter(number) for number in range(count))

    def _read_letter(self, number: int) -> str:
        code = self._pdfium.FPDFText_GetUnicode(self._words, number)
        if code == 2:
            return _HYPHEN
        return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"

    def _find(self, number: int) -> _Spot:
        """Return where a letter stands on the page as the file counts, from the lower left corner."""
        self._pdfium.FPDFText_GetMatrix(self._words, number, self._matrix)
        size = self._pdfium.FPDFText_GetFontSize(self._words, number)
        matrix = self._matrix
        if matrix.b or matrix.c:
            angle = math.degrees(math.atan2(matrix.b, matrix.a))
            return self._find_like(number, size * math.hypot(matrix.c, matrix.d), angle)
        return self._find_like(number, size * abs(matrix.d), 0.0 if matrix.a >= 0 else 180.0)

    def _find_like(self, number: int, size: float, angle: float) -> _Spot:
        """Return where a letter of this size and angle stands."""
        box = self._box
        self._pdfium.FPDFText_GetLooseCharBox(self._words, number, box)
        self._pdfium.FPDFText_GetCharOrigin(self._words, number, self._x, self._y)
        if round(angle / 90) % 2:
            return _Spot(box.bottom, box.top, self._x.value, size, angle)
        return _Spot(box.left, box.right, self._y.value, size, angle)

    def _split(self, word: str, start: int) -> list[tuple[str, _Spot, _Spot, bool]]:
        """Return a run of letters in runs of one size on one baseline; only the first follows a space."""
        first = self._find(start)
        # letters on one baseline are of one size, small capitals aside, and those do not matter
        last = self._find_like(start + len(word) - 1, first.size, first.angle) if len(word) > 1 else first
        if _is_level(first, last):
            return [(word, first, last, True)]
        runs: list[tuple[str, _Spot, _Spot, bool]] = []
        for number, letter in enumerate(word):
            spot = self._find(start + number)
            if runs and _is_level(runs[-1][2], spot):
                runs[-1] = (runs[-1][0] + letter, runs[-1][1], spot, runs[-1][3])
            else:
                runs.append((letter, spot, spot, not runs))
        return runs

    def _is_shown(self, spot: _Spot) -> bool:
        """Tell whether a letter stands on the page and upright, as most of the text does."""
        away = abs((spot.angle - self._turned + 180) % 360 - 180)
        low, high = (self._bottom, self._top) if self._turned % 180 else (self._left, self._right)
        floor, roof = (self._left, self._right) if self._turned % 180 else (self._bottom, self._top)
        return away < 10 and low - 1 <= spot.x0 <= high + 1 and floor - 1 <= spot.y <= roof + 1 and spot.size > 0.5

    def _place(self, word: str, first: _Spot, last: _Spot, spaced: bool) -> GlyphRun:
        """Return a run of letters with y growing downwards and x to the right, as its text is read."""
        sides = sorted((first.x0, last.x1))
        if self._turned == 0:
            x0, x1, y = sides[0] - self._left, sides[1] - self._left, self._top - first.y
        elif self._turned == 90:
            x0, x1, y = sides[0] - self._bottom, sides[1] - self._bottom, first.y - self._left
        elif self._turned == 180:
            x0, x1, y = self._right - sides[1], self._right - sides[0], first.y - self._bottom
        else:
            x0, x1, y = self._top - sides[1], self._top - sides[0], self._right - first.y
        return GlyphRun(word, x0, x1, y, first.size, spaced)


def _is_level(first: _Spot, last: _Spot) -> bool:
    """Tell whether two letters of a run are of one size and stand on one baseline, the second behind the first."""
    apart = first.size * 0.08
    return abs(first.y - last.y) <= apart and abs(first.size - last.size) <= apart and first.angle == last.angle
