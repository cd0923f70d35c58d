"""Lines of a plain text, and the paragraphs they form. Pure.

A line is a paragraph, unless the text was hard-wrapped: an e-mail or a telex breaks its lines at
a fixed width, in the middle of sentences, and there a paragraph runs on to the next blank line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

_LINE = re.compile(r"[^\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]+")
_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_BULLET = re.compile(r"(?:[-*+•·▪◦‣–—>#|]|\d{1,3}[.)]|\(?[a-z\d][.)])[ \t]")
_STOPS = re.compile(r"[.!?:;…][\"'”’»)\]]{0,3}$")

# Widths at which programs and people wrap prose: 60 to 80 as a rule. Narrower columns look like
# verse and lists, wider lines like sentences put on lines of their own.
_NARROWEST, _WIDEST = 40, 100


class Stand(Enum):
    """How a line stands to its neighbours, whatever its width."""

    RUNS_ON = 0
    OPENS = 1
    ALONE = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line without the space around it; `indent` in characters, `gap`: a blank line stands before it."""

    start: int
    end: int
    indent: int = 0
    gap: bool = False


def lines(text: str) -> Iterator[Line]:
    """Yield the lines that hold more than space, with where they stand in the text."""
    last, blank = 0, True
    for found in _LINE.finditer(text):
        raw = found.group()
        bare = raw.strip()
        between = text[last : found.start()]
        if len(between) - between.count("\r\n") > 1:
            blank = True
        last = found.end()
        if not bare:
            blank = True
            continue
        indent = len(raw) - len(raw.lstrip())
        start = found.start() + indent
        yield Line(start, start + len(bare), indent, blank)
        blank = False


def flatten(text: str, start: int, end: int) -> str:
    """Return `text[start:end]` in the same length, with line breaks and the quotation marks of mail as spaces."""
    words = text[start:end]
    if not any(mark in words for mark in _BREAKS):
        return words
    return _BREAK.sub(lambda found: " " * len(found.group()), words)


_BREAK = re.compile(r"[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]+(?:[ \t]*>)*")


def paragraphs(text: str, rows: Sequence[Line], stands: Sequence[Stand]) -> Iterator[tuple[int, int]]:
    """Yield runs `[first, last)` of the rows, each run a paragraph.

    `stands[i]` says what else is known of row i: it opens a paragraph, as a dateline does, or is
    one by itself, as furniture is.
    """
    width = _document_width(text, rows, stands)
    first = 0
    for number in range(1, len(rows) + 1):
        if number == len(rows) or not _joined(text, rows, number, stands, width):
            yield first, number
            first = number


def _document_width(text: str, rows: Sequence[Line], stands: Sequence[Stand]) -> int:
    """Return the width that the text is wrapped at, 0 where it is not.

    The proof is a run of rows of which two in five break in mid-sentence: sentences on lines of
    their own end in a full stop, lists and verses begin with capitals. Prose has three in four,
    fewer only where short paragraphs follow without blank lines. A run of two must be full, too.
    """
    best = 0
    for first, last in _runs(rows, stands):
        width = max(rows[number].end - rows[number].start for number in range(first, last))
        if last - first < 2 or not _NARROWEST <= width <= _WIDEST:
            continue
        middle = sum(_mid_sentence(text, rows, number) for number in range(first + 1, last))
        enough = middle * 5 >= (last - first - 1) * 2
        if enough and (last - first > 2 or not _fits(text, rows, first + 1, width)):
            best = max(best, width)
    return best


def _runs(rows: Sequence[Line], stands: Sequence[Stand]) -> Iterator[tuple[int, int]]:
    """Yield runs of rows that no blank line and no row standing alone divides."""
    first = 0
    for number in range(1, len(rows) + 1):
        if (
            number == len(rows)
            or rows[number].gap
            or stands[number] is not Stand.RUNS_ON
            or stands[number - 1] is Stand.ALONE
        ):
            yield first, number
            first = number


def _joined(text: str, rows: Sequence[Line], number: int, stands: Sequence[Stand], width: int) -> bool:
    """Tell whether line `number` goes on with the paragraph of the line before it."""
    before, line = rows[number - 1], rows[number]
    if not width or line.gap or stands[number] is not Stand.RUNS_ON or before.end - before.start > width + 10:
        return False
    if _BULLET.match(text, line.start, line.end):
        return False
    if line.indent > before.indent + 1 and not _BULLET.match(text, before.start, before.end):
        return False
    full = stands[number - 1] is not Stand.ALONE and not _fits(text, rows, number, width)
    return full or _mid_sentence(text, rows, number)


def _fits(text: str, rows: Sequence[Line], number: int, width: int) -> bool:
    """Tell whether the first word of line `number` would have found room on the line before."""
    before, line = rows[number - 1], rows[number]
    length = before.end - before.start
    if length * 10 >= width * 7:  # the right edge is ragged
        return False
    word = re.split(r"[\s-]", text[line.start : min(line.end, line.start + width + 1)], maxsplit=1)[0]
    return length + 1 + len(word) <= width


def _mid_sentence(text: str, rows: Sequence[Line], number: int) -> bool:
    """Tell whether the break before line `number` stands in the middle of a sentence."""
    before, line = rows[number - 1], rows[number]
    return text[line.start].islower() and not _STOPS.search(text[max(before.start, before.end - 4) : before.end])
