"""Make paragraphs of the lines of printed pages, and set apart what is no part of them. Pure.

A paragraph goes on over the end of a column or page, and behind what interrupts it: footnotes, a quotation in large
type, "Continued on page 4". Those become paragraphs of their own, behind the one that they interrupt. Running heads and
page numbers are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .. import patterns
from ..language.wordlists import STOP as STOP_WORDS
from ..model import Kind, Metadata
from ..reading.document import Block, Document
from .margins import (
    SAME,
    find_heads,
    find_margins,
    find_notes,
    find_title,
    fold,
    is_jump,
    list_lines,
    make_key,
    opens_note,
)
from .printed import STOP, Column, Page, PrintedLine

_HYPHEN = patterns.compile(r"[^\W\d_][-\u2010\u2011\u00ad]$")
_QUOTED = patterns.compile(r"[\"“‘'«]")
NO_LETTER = patterns.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x7f-\x9f]")
"""No letters: what stands in for a missing one, private characters, controls."""

_LARGE = 1.1  # the type of a heading, or of words taken out of the text, beside the text's, at least


@dataclass(slots=True)
class _PrintedParagraph:
    """A paragraph while its lines are found; `note`: it is a footnote, `title`: the headline of the file."""

    page: int
    size: float
    lines: list[PrintedLine] = field(default_factory=list)
    column: Column | None = None
    kind: Kind | None = None
    note: bool = False
    title: bool = False

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def last(self) -> str:
        return self.lines[-1].text


def assemble(pages: Sequence[Page]) -> Document:
    """Return the text of the pages and its paragraphs; what of it is not quoted, and why, is `left_out`."""
    paragraphs = _Builder(pages).build()
    blocks, at = [], 0
    for each in paragraphs:
        blocks.append(Block(at, at + len(each.text), each.kind, each.page))
        at += len(each.text) + 2
    title = next((" ".join(each.text.split()) for each in paragraphs if each.title), "")
    text = "\n\n".join(each.text for each in paragraphs)
    return Document(text, Metadata(title=title), tuple(blocks), text, tuple(_tell(pages, paragraphs)))


def _tell(pages: Sequence[Page], paragraphs: list[_PrintedParagraph]) -> Iterator[str]:
    """Yield what of each page is not quoted, and why."""
    notes = Counter(each.page for each in paragraphs if each.note)
    hidden = {each.page for each in paragraphs if NO_LETTER.search(each.text)}
    for number, page in enumerate(pages, 1):
        if not page.columns:
            yield f"(page {number}: a picture without text)"
        if page.blurred:
            yield f"(page {number}: columns that cannot be told apart; not quoted)"
        if number in hidden:
            yield f"(page {number}: letters that its fonts hide; not quoted)"
        if count := notes[number]:
            yield f"(page {number}: {'a footnote' if count == 1 else f'{count} footnotes'}; not quoted)"


class _Builder:
    """Makes the paragraphs of a file."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._pages = pages
        weight: Counter[float] = Counter()
        for line in list_lines(pages):
            weight[line.size] += len(line.text)
        self._size = weight.most_common(1)[0][0] if weight else 0.0
        self._title = find_title(pages, self._size)
        self._paragraphs: list[_PrintedParagraph] = []
        self._letters: dict[int, str] = {}
        self._open: _PrintedParagraph | None = None  # the paragraph that may go on
        self._aside: _PrintedParagraph | None = None  # what stands between its parts

    def build(self) -> list[_PrintedParagraph]:
        """Return the paragraphs with their kinds, in order."""
        heads = find_heads(self._pages, self._size)
        for number, page in enumerate(self._pages, 1):
            margins = find_margins(page, self._size)
            if page.blurred:
                self._close()
            for column in page.columns:
                notes = find_notes(column, page, self._size)
                for index, line in enumerate(column.lines):
                    if make_key(line) in heads[number - 1]:
                        continue
                    before = column.lines[index - 1] if index else None
                    if index >= notes:
                        self._add_note(line, column, number)
                    elif line in margins or is_jump(line):
                        self._start(line, column, number, Kind.FURNITURE)
                    elif number == 1 and line in self._title:
                        self._add_title(line, column)
                    else:
                        self._add(line, before, column, number)
            if page.blurred:
                self._close()
        for each in self._paragraphs:
            self._classify(each)
        self._mark_above_title()
        return self._paragraphs

    def _close(self) -> None:
        self._open = self._aside = None

    def _start(self, line: PrintedLine, column: Column, page: int, kind: Kind | None = None) -> _PrintedParagraph:
        self._paragraphs.append(_PrintedParagraph(page, line.size, [line], column, kind))
        return self._paragraphs[-1]

    def _add_note(self, line: PrintedLine, column: Column, page: int) -> None:
        """Add a line of a footnote; each begins with its mark."""
        last = self._paragraphs[-1] if self._paragraphs else None
        if last and last.note and last.column is column and not opens_note(line):
            last.lines.append(line)
        else:
            self._start(line, column, page, Kind.FURNITURE).note = True

    def _add_title(self, line: PrintedLine, column: Column) -> None:
        last = self._paragraphs[-1] if self._paragraphs else None
        self._close()
        if last and last.title:
            last.lines.append(line)
        else:
            self._start(line, column, 1, Kind.HEADLINE).title = True

    def _add(self, line: PrintedLine, before: PrintedLine | None, column: Column, page: int) -> None:
        """Add a line of the text: to the paragraph that is open, to what interrupts it, or as a new paragraph."""
        aside, opened = self._aside, self._open
        if aside and aside.lines[-1] is before and _is_same(aside, line) and _goes_on(aside.lines[-1], line, column):
            aside.lines.append(line)
            return
        if opened and _is_same(opened, line):
            near = opened.lines[-1] is before
            if _goes_on(opened.lines[-1], line, column) if near else _resumes(opened, line):
                opened.lines.append(line)
                opened.column = column
                if aside and aside.kind is None and aside.size > opened.size * _LARGE:
                    aside.kind = Kind.FURNITURE
                self._aside = None
                return
        elif opened and self._is_text(opened) and not STOP.search(opened.last):
            self._aside = self._start(line, column, page)
            return
        self._aside = None
        self._open = self._start(line, column, page)

    def _is_text(self, each: _PrintedParagraph) -> bool:
        return each.kind is None and abs(each.size - self._size) <= self._size * SAME

    def _classify(self, each: _PrintedParagraph) -> None:
        """Mark what cannot be quoted: headings, quotations taken out of the text, and what cannot be read for sure."""
        if self._pages[each.page - 1].blurred or NO_LETTER.search(each.text):
            each.kind = Kind.FURNITURE
        elif each.kind is None and each.size > self._size * _LARGE and len(each.text) <= 300:
            if _QUOTED.match(each.text) or self._repeats(each):
                each.kind = Kind.FURNITURE
            elif not STOP.search(each.last) or each.text.endswith(("?", ":")):
                each.kind = Kind.HEADLINE

    def _mark_above_title(self) -> None:
        """Mark what stands above the headline and is not a sentence: the name of the paper or section, a date."""
        number = next((at for at, each in enumerate(self._paragraphs) if each.title), 0)
        for each in self._paragraphs[:number]:
            if not STOP.search(each.last):
                each.kind = Kind.FURNITURE

    def _repeats(self, each: _PrintedParagraph) -> bool:
        """Tell whether the words stand in the text, too."""
        words = fold(each.text)
        near = range(each.page - 1, each.page + 2)
        return len(words) > 15 and any(words in self._read_page(number) for number in near)

    def _read_page(self, number: int) -> str:
        """Return the letters of a page's text."""
        if number not in self._letters:
            texts = (each.text for each in self._paragraphs if each.page == number and self._is_text(each))
            self._letters[number] = fold(" ".join(texts))
        return self._letters[number]


def _is_same(paragraph: _PrintedParagraph, line: PrintedLine) -> bool:
    """Tell whether a line is set in the paragraph's size."""
    return abs(paragraph.size - line.size) <= paragraph.size * SAME


def _goes_on(before: PrintedLine, line: PrintedLine, column: Column) -> bool:
    """Tell whether a line continues the paragraph of the line above it."""
    ended = bool(STOP.search(before.text))
    if _HYPHEN.search(before.text) or (not ended and line.text[:1].islower()):
        return True
    if not ended and _hangs(before.text):
        return True
    if column.listed:
        return False
    if line.y - before.y > max(column.leading * 1.35, line.size * 1.3):
        return False
    indented = line.x0 - column.x0 > line.size * 0.8 and before.x0 - column.x0 < line.size * 0.4
    return _is_full(before, line, column) and not (ended and indented)


def _resumes(paragraph: _PrintedParagraph, line: PrintedLine) -> bool:
    """Tell whether a line continues a paragraph at the end of a column, or behind what interrupted it."""
    before = paragraph.last
    if _HYPHEN.search(before):
        return True
    column = paragraph.column
    full = column is not None and _is_full(paragraph.lines[-1], line, column)
    if STOP.search(before):
        return full and not line.text[:1].islower()
    return line.text[:1].islower() or full or _hangs(before)


def _hangs(before: str) -> bool:
    """Tell whether the words end as no sentence, heading or item does: "of the"."""
    return before.endswith(",") or before.rsplit(maxsplit=1)[-1].casefold() in STOP_WORDS


def _is_full(before: PrintedLine, line: PrintedLine, column: Column) -> bool:
    """Tell whether the first word of a line would not have fitted on the line before."""
    width = column.x1 - column.x0
    used = before.x1 - column.x0
    return used + before.size * 0.25 + line.lead > width * 0.85 and used >= width * 0.6
