"""The paragraphs of a text before their kinds are known: from its lines, or as its source marks them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..model import Kind
from .dateline import Dateline, PageDate, dateline, page_date
from .furniture import END, byline, is_furniture
from .headline import is_note, read_tags
from .lines import Line, Stand, lines, paragraphs

if TYPE_CHECKING:
    from .document import Block

HEAD = 25
"""What stands above a story is a screenful of lines at most: navigation, headline, notes, date, byline."""

LOOK = 240
"""Patterns look at so many characters of a paragraph; tags, datelines and furniture are shorter."""

_STOP = re.compile(r"[.!?:;…,][\"'”’»)\]]{0,3}$")


@dataclass(slots=True)
class Piece:
    """A paragraph while it is being marked.

    `gap`: a blank line stands before it. `plain`: it is known to be neither note nor furniture.
    """

    start: int
    end: int
    text: str
    gap: bool = True
    plain: bool = False
    kind: Kind | None = None
    page: int | None = None
    day: PageDate | None = None
    opening: Dateline | None = None
    author: str = ""

    @property
    def look(self) -> str:
        """The beginning, as much as any pattern needs."""
        return self.text[:LOOK]

    @property
    def ends(self) -> bool:
        """Whether it ends as a sentence, or part of one, does."""
        return bool(_STOP.search(self.text[-5:]))

    @property
    def is_tagged(self) -> bool:
        """Whether it is a headline by its tags; "UPDATE:" before a full sentence is a blog's, not a wire's."""
        tags = read_tags(self.look)
        return tags.sure and len(self.text) < LOOK and (tags.lead > 0 or not self.ends)

    def has_words(self, least: int) -> bool:
        """Tell whether it has at least so many words."""
        return len(self.text[: least * 40].split(maxsplit=least)) >= least


def from_lines(text: str) -> list[Piece]:
    """Return the paragraphs that the lines of a plain text form."""
    rows = tuple(lines(text))
    notes = {number: last for number in range(len(rows)) if (last := _note_end(text, rows, number)) > number}
    stands = _stands(_spaced(text[row.start : min(row.end, row.start + LOOK)]) for row in rows)
    pieces, done = [], 0
    for first, last in paragraphs(text, rows, stands):
        begin = max(first, done)
        if begin < last:
            done = max(last, notes.get(begin, 0) + 1)
            start, end = rows[begin].start, rows[done - 1].end
            plain = done - begin == 1 and stands[begin] is Stand.RUNS_ON and end - start < LOOK
            pieces.append(Piece(start, end, _spaced(text[start:end]), rows[begin].gap, plain))
    return pieces


def _spaced(words: str) -> str:
    """Return the words, in the same length, with the spaces of web pages as plain ones."""
    return words.replace("\xa0", " ").replace("\u202f", " ")


def _stands(looks: Iterable[str]) -> list[Stand]:
    """Return what each line is to its neighbours: the opening of a story or of a note, furniture, or neither.

    Below the dateline no headline, byline or date stands alone, so that these are looked for above it.
    """
    stands, head = [], True
    for number, words in enumerate(looks):
        head, stand = head and number < HEAD, Stand.RUNS_ON
        if is_note(words):
            stand = Stand.OPENS
        elif len(words) < LOOK and (is_furniture(words) or END.fullmatch(words)):
            stand = Stand.ALONE
        elif head and dateline(words):
            head, stand = False, Stand.OPENS
        elif head and len(words) < LOOK and (byline(words) or page_date(words) or read_tags(words).sure):
            stand = Stand.ALONE
        stands.append(stand)
    return stands


def _note_end(text: str, rows: Sequence[Line], number: int) -> int:
    """Return the line in which the note in brackets that opens with this line is closed, else this line."""
    row = rows[number]
    if not text.startswith("(", row.start) or not is_note(text[row.start : row.end], head=number < HEAD):
        return number
    depth = 0
    for last in range(number, min(number + 12, len(rows))):
        if last > number and rows[last].gap:
            break
        depth += text.count("(", rows[last].start, rows[last].end) - text.count(")", rows[last].start, rows[last].end)
        if depth <= 0:
            return last
    return number


def from_blocks(text: str, blocks: Sequence[Block]) -> list[Piece]:
    """Return the paragraphs that the source marks, without the space around them."""
    pieces, last = [], 0
    for block in blocks:
        if not last <= block.start <= block.end <= len(text):
            raise ValueError(f"{block} overlaps the one before it or leaves the text")
        last = block.end
        words = text[block.start : block.end]
        bare = words.strip()
        if bare:
            start = block.start + len(words) - len(words.lstrip())
            pieces.append(Piece(start, start + len(bare), _spaced(bare), kind=block.kind, page=block.page))
    return pieces
