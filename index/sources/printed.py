"""Make lines of the letters of a printed page, with what is raised and lowered in its place. Pure.

Lengths are points, 72 an inch; x grows to the right and y downwards, from the upper left corner of the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from .. import patterns
from .superscripts import read_lowered, read_raised

STOP = patterns.compile(r"[.!?:…][\"'”’»)\]]{0,3}$")
"""What ends a sentence, at the end of a line."""

_STRAIGHT = 0.3  # in type sizes: how far baselines of one line lie apart at most


@dataclass(frozen=True, slots=True)
class GlyphRun:
    """A run of letters of one size on one baseline; `spaced`: a space stands before it."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    spaced: bool = True
    opens_note: bool = False


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of text between two sides of a column; `opens_note`: it begins with a raised mark.

    `lead` is the width of its first word.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    lead: float
    opens_note: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """Lines that are read one after the other, between the sides `x0` and `x1`.

    `leading` is how far they lie apart, as a rule; 0 if there is one line only. `listed`: they begin as items of a list
    do, hardly ever in mid-sentence.
    """

    lines: tuple[PrintedLine, ...]
    x0: float
    x1: float
    leading: float
    listed: bool


@dataclass(frozen=True, slots=True)
class Page:
    """The columns of a page in the order in which they are read; none if it has no text."""

    columns: tuple[Column, ...]
    width: float
    height: float
    blurred: bool = False


@dataclass(slots=True)
class Row:
    """What stands on one baseline, from left to right."""

    y: float
    size: float
    pieces: list[GlyphRun]


def make_column(lines: tuple[PrintedLine, ...]) -> Column:
    """Return lines that are read one after the other as a column; there is at least one."""
    sides = sorted(line.x1 for line in lines)
    steps = [after.y - before.y for before, after in pairwise(lines)]
    listed = len(lines) > 3 and sum(line.text[:1].islower() for line in lines) * 5 < len(lines)
    x1 = sides[len(sides) * 9 // 10]  # a line that stands out by itself does not count
    return Column(lines, min(line.x0 for line in lines), x1, median(steps) if steps else 0.0, listed)


def level_scripts(pieces: Sequence[GlyphRun]) -> list[GlyphRun]:
    """Return the pieces with raised and lowered letters on the baseline of their word, as they are to be read."""
    level: list[GlyphRun] = []
    for number, piece in enumerate(pieces):
        before = level[-1] if level else None
        after = pieces[number + 1] if number + 1 < len(pieces) else None
        if before and _is_script(piece, before) and abs(piece.x0 - before.x1) < piece.size:
            raised = piece.y < before.y - before.size * 0.1
            text = read_raised(before.text, piece.text) if raised else read_lowered(before.text, piece.text)
            joined = replace(before, text=before.text + text, x1=max(piece.x1, before.x1))
            level[-1] = joined
        elif after and _is_script(piece, after) and abs(after.x0 - piece.x1) < after.size:
            opens = piece.y < after.y - after.size * 0.1
            level.append(replace(piece, y=after.y, size=after.size, opens_note=opens))
        elif before and not piece.spaced and _stands_behind(piece, before):  # what follows raised letters
            level[-1] = replace(before, text=before.text + piece.text, x1=piece.x1)
        else:
            level.append(piece)
    return level


def _is_script(piece: GlyphRun, word: GlyphRun) -> bool:
    """Tell whether a piece is raised or lowered beside a word in larger type."""
    rise = (word.y - piece.y) / word.size
    return piece.size <= word.size * 0.85 and (0.1 < rise < 0.8 or -0.65 < rise < -0.05) and len(piece.text) <= 12


def _stands_behind(piece: GlyphRun, before: GlyphRun) -> bool:
    return abs(piece.y - before.y) < piece.size * 0.05 and abs(piece.x0 - before.x1) < piece.size * 0.5


def join_initials(pieces: Sequence[GlyphRun]) -> list[GlyphRun]:
    """Return the pieces with an initial that is two or more lines high as the first letter of its word."""
    joined: list[GlyphRun] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        if (
            before
            and len(before.text.strip("“\"'‘")) == 1
            and before.text[-1].isupper()
            and before.size > piece.size * 1.8
            and before.y > piece.y + piece.size * 0.5
            and 0 <= piece.x0 - before.x1 + piece.size < piece.size * 2.5
        ):
            apart = " " if before.text in {"A", "I"} and piece.x0 - before.x1 > piece.size * 0.3 else ""
            joined[-1] = replace(piece, text=before.text + apart + piece.text)
        else:
            joined.append(piece)
    return joined


def find_rows(pieces: Sequence[GlyphRun]) -> list[Row]:
    """Return the pieces by baseline, from the top of the page down."""
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda each: each.y):
        row = rows[-1] if rows else None
        if row and piece.y - row.y <= _STRAIGHT * min(piece.size, row.size):
            row.pieces.append(piece)
        else:
            rows.append(Row(piece.y, piece.size, [piece]))
    for row in rows:
        row.pieces.sort(key=lambda each: each.x0)
    return rows


def make_line(pieces: Sequence[GlyphRun]) -> PrintedLine | None:
    """Return the pieces of a row as one line, None if they show nothing; what is printed twice is read once."""
    kept: list[GlyphRun] = []
    for piece in pieces:
        if kept and piece.text == kept[-1].text and abs(piece.x0 - kept[-1].x0) < piece.size * 0.2:
            continue
        kept.append(piece)
    text = "".join(
        (" " if number and (piece.spaced or piece.x0 - kept[number - 1].x1 > piece.size * 0.3) else "") + piece.text
        for number, piece in enumerate(kept)
    ).strip()
    if not text:
        return None
    sizes: Counter[float] = Counter()
    for piece in kept:
        sizes[round(piece.size, 1)] += len(piece.text)
    lead = kept[0].x1 - kept[0].x0
    last = max(piece.x1 for piece in kept)
    return PrintedLine(text, kept[0].x0, last, kept[0].y, sizes.most_common(1)[0][0], lead, kept[0].opens_note)


def find_insets(pieces: Sequence[GlyphRun], em: float) -> list[Row]:
    """Return the rows in large type that stand between two columns, with text beside, above and below.

    `em` is the usual type size.
    """
    large = find_rows([piece for piece in pieces if piece.size > em * 1.3])
    rows = find_rows([piece for piece in pieces if piece.size <= em * 1.3]) if large else []
    groups: list[list[Row]] = []
    for row in large:
        if groups and row.y - groups[-1][-1].y <= row.size * 2:
            groups[-1].append(row)
        else:
            groups.append([row])
    return [row for group in groups[:50] if _is_inset(group, rows) for row in group]


def _is_inset(group: list[Row], rows: list[Row]) -> bool:
    """Tell whether text of usual size stands on both sides of large type, and none above or below its middle."""
    x0 = min(row.pieces[0].x0 for row in group)
    x1 = max(row.pieces[-1].x1 for row in group)
    top, low, size = group[0].y - group[0].size, group[-1].y, group[0].size
    left = right = False
    for row in rows:
        beside = top < row.y < low + row.size
        for piece in row.pieces if top - size * 3 < row.y < low + size * 3 else ():
            left = left or (beside and piece.x1 < x0)
            right = right or (beside and piece.x0 > x1)
            if piece.x0 < (x0 + x1) / 2 < piece.x1:
                return False
    return left and right
