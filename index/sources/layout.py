"""Find the lines of a printed page, and the order in which its columns are read. Pure.

Two columns are told by the gap between them, which no line crosses for several lines; a table by its short cells. Where
the gap and the words do not agree, the page is `blurred`: a sentence of it could be one that nobody wrote.

Lengths are points, 72 an inch; x grows to the right and y downwards, from the upper left corner of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from .printed import (
    STOP,
    GlyphRun,
    Page,
    PrintedLine,
    Row,
    find_insets,
    find_rows,
    join_initials,
    level_scripts,
    make_column,
    make_line,
)

MAX_PIECES = 20_000
"""Runs of letters on a page above which its columns are not looked for: no page that people read has more."""

_MAX_CUTS = 60  # how often a page may be cut into columns


@dataclass(slots=True)
class _Gutter:
    """A gap between `x0` and `x1` that no row from `first` to `last` crosses; `both` rows have text on both sides.

    `last_both` is the last of them, and `band` the first row behind a white band across the page, 0 if there is none.
    """

    x0: float
    x1: float
    first: int
    last: int
    both: int = 1
    last_both: int = 0
    band: int = 0


def read_page(pieces: Sequence[GlyphRun], width: float, height: float) -> Page:
    """Return the page's columns with their lines."""
    level = level_scripts(join_initials(pieces))
    if not level:
        return Page((), width, height)
    em = median(piece.size for piece in level)
    insets = find_insets(level, em)
    apart = {id(piece) for row in insets for piece in row.pieces}
    rows = find_rows([piece for piece in level if id(piece) not in apart])
    finder = _ColumnFinder(em)
    found = [*finder.read(rows), tuple(line for row in insets if (line := make_line(row.pieces)))]
    columns = tuple(make_column(lines) for lines in found if lines)
    blurred = finder.blurred or any(_is_blurred(column.lines, em) for column in columns)
    return Page(columns, width, height, blurred)


class _ColumnFinder:
    """Reads the rows of one page; `em` is its usual type size."""

    def __init__(self, em: float) -> None:
        self.blurred = False
        self._em = em
        self._cuts = 0
        self._found: list[_Gutter] = []

    def read(self, rows: list[Row]) -> Iterator[tuple[PrintedLine, ...]]:
        """Yield the lines of each column, in the order in which the columns are read."""
        waiting = [rows]
        while waiting:
            part = waiting.pop()
            gutter = self._find_gutter(part)
            if gutter is None:
                self.blurred = self.blurred or _is_torn(part, self._em)
                yield tuple(line for row in part if (line := make_line(row.pieces)))
                continue
            self._cuts += 1
            self._found.append(gutter)
            middle = (gutter.x0 + gutter.x1) / 2
            inside = part[gutter.first : gutter.last + 1]
            left, right = _split(inside, middle)
            self.blurred = self.blurred or _disagree(inside, middle)
            waiting += [each for each in (part[gutter.last + 1 :], right, left, part[: gutter.first]) if each]

    def _find_gutter(self, rows: list[Row]) -> _Gutter | None:
        """Return the gap between columns that most rows have, None if there are no columns."""
        if self._cuts >= _MAX_CUTS or sum(len(row.pieces) for row in rows) > MAX_PIECES:
            return None
        found = sorted(self._list_gutters(rows), key=lambda each: (-each.both, each.x0 - each.x1))
        for gutter in found[:20]:
            wide = gutter.x1 - gutter.x0 >= self._em * 1.2
            inside = rows[gutter.first : gutter.last + 1]
            if gutter.both >= (3 if wide else 5):
                if _are_columns(inside, (gutter.x0 + gutter.x1) / 2):
                    return self._reach_up(rows, gutter)
            elif any(min(gutter.x1, each.x1) - max(gutter.x0, each.x0) > self._em * 0.8 for each in self._found):
                return self._reach_up(rows, gutter)  # the last lines of columns that go on from above
        return None

    def _list_gutters(self, rows: list[Row]) -> Iterator[_Gutter]:
        """Yield each gap that rows which follow each other have in common."""
        least = self._em * 0.8
        leading = median([after.y - before.y for before, after in pairwise(rows)] or [0])
        active: list[_Gutter] = []
        for number, row in enumerate(rows):
            if number and row.y - rows[number - 1].y > max(2.6 * leading, 2.6 * self._em):
                for gutter in active:
                    gutter.band = gutter.band or number
            spans = _merge_spans(_list_beside(rows, number), least)
            still: list[_Gutter] = []
            for gutter in active:
                if not _narrow(gutter, spans, number, least):
                    yield _end(gutter, rows)
                elif gutter.band and gutter.last_both == number:  # columns behind a white band are others
                    yield replace(gutter, last=gutter.band - 1, both=gutter.both - 1)
                else:
                    still.append(gutter)
            gaps = [(left[1], right[0]) for left, right in pairwise(spans)]
            for x0, x1 in gaps[:30]:
                if not any(gutter.x0 < x1 and x0 < gutter.x1 for gutter in still):
                    still.append(_Gutter(x0, x1, number, number, last_both=number))
            active = still
        yield from (_end(gutter, rows) for gutter in active)

    def _reach_up(self, rows: list[Row], gutter: _Gutter) -> _Gutter:
        """Return the gutter with the rows above it that have text on one side only, in one column."""
        first = gutter.first
        while first and rows[first].y - rows[first - 1].y < 2.6 * self._em:
            pieces = rows[first - 1].pieces
            if rows[first - 1].size > self._em * 1.25 or not all(
                piece.x1 <= gutter.x0 + 1 or piece.x0 >= gutter.x1 - 1 for piece in pieces
            ):
                break
            first -= 1
        return replace(gutter, first=first)


def _end(gutter: _Gutter, rows: list[Row]) -> _Gutter:
    """Return the gutter up to the white band, if what follows it is no column that goes on there."""
    behind = rows[gutter.band : gutter.last + 1] if gutter.band else []
    if not behind:
        return gutter
    inside = [piece for row in rows[gutter.first : gutter.band] for piece in row.pieces]
    edge, side = min(piece.x0 for piece in inside), max(piece.x1 for piece in inside)
    full = any(
        row.pieces[-1].x1 > gutter.x0 - (gutter.x0 - edge) * 0.2 or row.pieces[-1].x1 > side - (side - gutter.x1) * 0.2
        for row in behind
        if len(row.pieces) > 2
    )
    return gutter if full else replace(gutter, last=gutter.band - 1)


def _list_beside(rows: list[Row], number: int) -> list[GlyphRun]:
    """Return the pieces of a row, and of rows that stand beside it: columns need not share their baselines."""
    row = rows[number]
    reach = row.size * 0.55
    beside = list(row.pieces)
    for step in (-1, 1):
        other = number + step
        while 0 <= other < len(rows) and abs(rows[other].y - row.y) < reach:
            beside += rows[other].pieces
            other += step
    return sorted(beside, key=lambda each: each.x0)


def _merge_spans(pieces: list[GlyphRun], least: float) -> list[tuple[float, float]]:
    """Return the parts of a row from left to right; gaps narrower than `least` part nothing."""
    spans: list[tuple[float, float]] = []
    for piece in pieces:
        if spans and piece.x0 - spans[-1][1] < least:
            spans[-1] = (spans[-1][0], max(spans[-1][1], piece.x1))
        else:
            spans.append((piece.x0, piece.x1))
    return spans


def _narrow(gutter: _Gutter, spans: list[tuple[float, float]], number: int, least: float) -> bool:
    """Narrow the gutter to what the row leaves free, and tell whether enough is left of it."""
    edges = [float("-inf"), *(edge for span in spans for edge in span), float("inf")]
    free = [
        (max(gutter.x0, x0), min(gutter.x1, x1))
        for x0, x1 in zip(edges[::2], edges[1::2], strict=True)
        if min(gutter.x1, x1) - max(gutter.x0, x0) >= least
    ]
    if not free:
        return False
    gutter.x0, gutter.x1 = max(free, key=lambda each: each[1] - each[0])
    gutter.last = number
    if spans[0][0] < gutter.x0 and spans[-1][1] > gutter.x1:
        gutter.both += 1
        gutter.last_both = number
    return True


def _split(rows: list[Row], middle: float) -> tuple[list[Row], list[Row]]:
    """Return the rows left and right of `middle`."""
    left: list[Row] = []
    right: list[Row] = []
    for row in rows:
        for side, pieces in (
            (left, [piece for piece in row.pieces if piece.x0 < middle]),
            (right, [piece for piece in row.pieces if piece.x0 >= middle]),
        ):
            if pieces:
                side.append(Row(row.y, pieces[0].size, pieces))
    return left, right


def _are_columns(rows: list[Row], middle: float) -> bool:
    """Tell whether what stands on the two sides of `middle` is read side by side, not line by line as a table is."""
    left, right = _split(rows, middle)
    sides = [[line for row in side if (line := make_line(row.pieces))] for side in (left, right)]
    prose = [_is_prose([line.text for line in side]) for side in sides]
    if not any(prose):
        return False
    if all(prose):
        return True
    labels = {round(line.y) for line in sides[0]}
    lines = {round(line.y) for line in sides[1]}
    words = sum(len(line.text.split()) for line in sides[0]) / max(1, len(sides[0]))
    # "Monday   The council meets ...": each label belongs to the line beside it
    return not (prose[1] and words < 3 and labels <= lines and len(labels) * 5 <= len(lines) * 3)


def _is_prose(lines: list[str]) -> bool:
    """Tell whether lines break in mid-sentence, as running text does and lists and cells do not."""
    if len(lines) < 3:
        return False
    small = sum(line[:1].islower() for line in lines)
    words = sum(len(line.split()) for line in lines)
    return small * 3 >= len(lines) and words * 2 >= len(lines) * 5


def _disagree(rows: list[Row], middle: float) -> bool:
    """Tell whether the words read on better from line to line across the gap than down each side."""
    left, right = _split(rows, middle)
    sides = [[line for row in side if (line := make_line(row.pieces))] for side in (left, right)]
    across = [line for row in rows for part in _split([row], middle) if part and (line := make_line(part[0].pieces))]
    down = sum(_count_jolts(side) for side in sides)
    return down >= 2 and down > _count_jolts(across)


def _count_jolts(lines: list[PrintedLine]) -> int:
    """Return how often a sentence ends with a line and the next one begins with a small letter."""
    pairs = pairwise(lines)
    return sum(bool(STOP.search(before.text)) and after.text[:1].islower() for before, after in pairs)


def _is_torn(rows: list[Row], em: float) -> bool:
    """Tell whether sentences seem to run across wide gaps in the lines, which are not the gap between columns."""
    torn = 0
    for row in rows:
        for number in range(1, len(row.pieces)):
            gap = row.pieces[number].x0 - row.pieces[number - 1].x1
            if gap > 2 * em and 3 <= number <= len(row.pieces) - 3 and row.pieces[number].text[:1].islower():
                torn += 1
                break
    return torn >= 2


def _is_blurred(lines: Sequence[PrintedLine], em: float) -> bool:
    """Tell whether lines stand upon each other."""
    pairs = pairwise(lines)
    upon = sum(
        after.y - before.y < min(before.size, after.size) * 0.55
        and min(before.x1, after.x1) - max(before.x0, after.x0) > 2 * em
        for before, after in pairs
    )
    return upon >= 3
