"""Split a plain text into lines, and group the lines into paragraphs. Pure.

A line is a paragraph, unless the text was hard-wrapped: an e-mail or a telex breaks its lines at
a fixed width, in mid-sentence, and there a paragraph runs to the next blank line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from .. import patterns

_LINE = patterns.compile(r"[^\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]+")
_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_BULLET = patterns.compile(r"(?:[-*+•·▪◦‣–—>#|]|\d{1,3}[.)]|\(?[a-z\d][.)])[ \t]")
_STOPS = patterns.compile(r"[.!?:;…][\"'”’»)\]]{0,3}$")

# Prose is wrapped at 60 to 80 characters as a rule. Narrower columns are usually verse or lists,
# wider lines one sentence each.
_NARROWEST, _WIDEST = 40, 100


class LineRole(Enum):
    """What a line is to its neighbours, whatever its width: part of a paragraph, its first line, or all of it."""

    RUNS_ON = 0
    OPENS = 1
    ALONE = 2


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line without the space around it; `indent` is in characters, `gap`: a blank line precedes it."""

    start: int
    end: int
    indent: int = 0
    gap: bool = False


def split_lines(text: str) -> Iterator[TextLine]:
    """Yield the lines that hold more than white space."""
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
        yield TextLine(start, start + len(bare), indent, blank)
        blank = False


def flatten(text: str, start: int, end: int) -> str:
    """Return `text[start:end]` with spaces for line breaks and for the ">" of quoted mail; the length stays."""
    words = text[start:end]
    if not any(mark in words for mark in _BREAKS):
        return words
    return _BREAK.sub(lambda found: " " * len(found.group()), words)


_BREAK = patterns.compile(r"[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]+(?:[ \t]*>)*")


def group_lines(text: str, rows: Sequence[TextLine], roles: Sequence[LineRole]) -> Iterator[tuple[int, int]]:
    """Yield runs `[first, last)` of the rows, each run a paragraph.

    `roles[i]` says what else is known of row i: it opens a paragraph, as a dateline does, or is
    a paragraph by itself, as furniture is.
    """
    width = _measure_width(text, rows, roles)
    first = 0
    for number in range(1, len(rows) + 1):
        if number == len(rows) or not _is_joined(text, rows, number, roles, width):
            yield first, number
            first = number


def _measure_width(text: str, rows: Sequence[TextLine], roles: Sequence[LineRole]) -> int:
    """Return the width in characters at which the text is wrapped, 0 if it is not.

    The evidence is a run of rows of which two in five break in mid-sentence: one-sentence lines
    end in a full stop, lines of lists and verse begin with a capital. In prose it is three in four,
    fewer only if short paragraphs follow each other without blank lines. A run of two rows must
    also fill the width.
    """
    best = 0
    for first, last in _split_runs(rows, roles):
        width = max(rows[number].end - rows[number].start for number in range(first, last))
        if last - first < 2 or not _NARROWEST <= width <= _WIDEST:
            continue
        middle = sum(_breaks_mid_sentence(text, rows, number) for number in range(first + 1, last))
        enough = middle * 5 >= (last - first - 1) * 2
        if enough and (last - first > 2 or not _fits(text, rows, first + 1, width)):
            best = max(best, width)
    return best


def _split_runs(rows: Sequence[TextLine], roles: Sequence[LineRole]) -> Iterator[tuple[int, int]]:
    """Yield runs of rows without a blank line or a row that stands alone between them."""
    first = 0
    for number in range(1, len(rows) + 1):
        if (
            number == len(rows)
            or rows[number].gap
            or roles[number] is not LineRole.RUNS_ON
            or roles[number - 1] is LineRole.ALONE
        ):
            yield first, number
            first = number


def _is_joined(text: str, rows: Sequence[TextLine], number: int, roles: Sequence[LineRole], width: int) -> bool:
    """Tell whether line `number` continues the paragraph of the line before it."""
    before, line = rows[number - 1], rows[number]
    if not width or line.gap or roles[number] is not LineRole.RUNS_ON or before.end - before.start > width + 10:
        return False
    if _BULLET.match(text, line.start, line.end):
        return False
    if line.indent > before.indent + 1 and not _BULLET.match(text, before.start, before.end):
        return False
    full = roles[number - 1] is not LineRole.ALONE and not _fits(text, rows, number, width)
    return full or _breaks_mid_sentence(text, rows, number)


def _fits(text: str, rows: Sequence[TextLine], number: int, width: int) -> bool:
    """Tell whether the first word of line `number` would have fitted on the line before."""
    before, line = rows[number - 1], rows[number]
    length = before.end - before.start
    if length * 10 >= width * 7:  # the right edge is ragged
        return False
    word = re.split(r"[\s-]", text[line.start : min(line.end, line.start + width + 1)], maxsplit=1)[0]
    return length + 1 + len(word) <= width


def _breaks_mid_sentence(text: str, rows: Sequence[TextLine], number: int) -> bool:
    """Tell whether the break before line `number` is in mid-sentence."""
    before, line = rows[number - 1], rows[number]
    return text[line.start].islower() and not _STOPS.search(text[max(before.start, before.end - 4) : before.end])
