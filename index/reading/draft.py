"""Draft the paragraphs of a text before their kinds are known: from its lines or from its source's blocks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import patterns
from ..model import Kind
from .dateline import Dateline, PageDate, parse_dateline, parse_page_date
from .furniture import END, is_furniture, parse_byline
from .headline import is_note, read_tags
from .lines import LineRole, TextLine, group_lines, split_lines

if TYPE_CHECKING:
    from .document import Block

HEAD = 25
"""Lines above a story at most, a screenful: menus, headline, notes, date, byline."""

LOOK = 240
"""Characters of a paragraph that patterns read; tags, datelines and furniture are shorter."""

_STOP = patterns.compile(r"[.!?:;…,][\"'”’»)\]]{0,3}$")


@dataclass(slots=True)
class Draft:
    """A paragraph while it is being marked.

    `gap`: a blank line precedes it. `plain`: it is known to be neither note nor furniture.
    """

    start: int
    end: int
    text: str
    gap: bool = True
    plain: bool = False
    kind: Kind | None = None
    page: int | None = None
    time: int | None = None
    day: PageDate | None = None
    opening: Dateline | None = None
    author: str = ""

    @property
    def look(self) -> str:
        """The first characters, as many as patterns read."""
        return self.text[:LOOK]

    @property
    def ends(self) -> bool:
        """Whether it ends like a sentence or a clause."""
        return bool(_STOP.search(self.text[-5:]))

    @property
    def is_tagged(self) -> bool:
        """Whether its tags make it a headline; "UPDATE:" before a full sentence is a blog's, not a wire's."""
        tags = read_tags(self.look)
        return tags.sure and len(self.text) < LOOK and (tags.lead > 0 or not self.ends)

    def cut_off(self, words: str) -> Draft:
        """Take the last words off and return them as a paragraph of furniture."""
        cut = len(self.text) - len(words)
        tail = Draft(self.start + cut, self.end, words, kind=Kind.FURNITURE, page=self.page)
        self.text = self.text[:cut].rstrip()
        self.end = self.start + len(self.text)
        return tail

    def has_words(self, least: int) -> bool:
        """Tell whether it has at least this many words."""
        return len(self.text[: least * 40].split(maxsplit=least)) >= least


def draft_lines(text: str) -> list[Draft]:
    """Return the paragraphs of a plain text, made of its lines."""
    rows = tuple(split_lines(text))
    notes = {number: last for number in range(len(rows)) if (last := _find_note_end(text, rows, number)) > number}
    roles = _assign_roles(_normalise_spaces(text[row.start : min(row.end, row.start + LOOK)]) for row in rows)
    pieces, done = [], 0
    for first, last in group_lines(text, rows, roles):
        begin = max(first, done)
        if begin < last:
            done = max(last, notes.get(begin, 0) + 1)
            start, end = rows[begin].start, rows[done - 1].end
            plain = done - begin == 1 and roles[begin] is LineRole.RUNS_ON and end - start < LOOK
            pieces.append(Draft(start, end, _normalise_spaces(text[start:end]), rows[begin].gap, plain))
    return pieces


def _normalise_spaces(words: str) -> str:
    """Return the words with plain spaces in place of no-break spaces; the length stays the same."""
    return words.replace("\xa0", " ").replace("\u202f", " ")


def _assign_roles(looks: Iterable[str]) -> list[LineRole]:
    """Return the role of each line: it opens a story or a note, stands alone as furniture does, or runs on.

    Headlines, bylines and dates are looked for above the dateline only.
    """
    roles, head = [], True
    for number, words in enumerate(looks):
        head, role = head and number < HEAD, LineRole.RUNS_ON
        if is_note(words):
            role = LineRole.OPENS
        elif len(words) < LOOK and (is_furniture(words) or END.fullmatch(words)):
            role = LineRole.ALONE
        elif head and parse_dateline(words):
            head, role = False, LineRole.OPENS
        elif head and len(words) < LOOK and (parse_byline(words) or parse_page_date(words) or read_tags(words).sure):
            role = LineRole.ALONE
        roles.append(role)
    return roles


def _find_note_end(text: str, rows: Sequence[TextLine], number: int) -> int:
    """Return the line that closes the bracketed note opened in this line; this line itself if it opens none."""
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


def draft_blocks(text: str, blocks: Sequence[Block]) -> list[Draft]:
    """Return the paragraphs that the source marks, stripped of white space.

    Raises:
        ValueError: the blocks overlap, or leave the text.
    """
    pieces, last = [], 0
    for block in blocks:
        if not last <= block.start <= block.end <= len(text):
            raise ValueError(f"{block} overlaps the one before it or leaves the text")
        last = block.end
        words = text[block.start : block.end]
        bare = words.strip()
        if bare:
            start = block.start + len(words) - len(words.lstrip())
            words = _normalise_spaces(bare)
            pieces.append(Draft(start, start + len(bare), words, kind=block.kind, page=block.page, time=block.time))
    return pieces
