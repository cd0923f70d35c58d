"""Marked text, and how it is split into messages (pure): quotations are never touched, every limit is kept.

Offsets are code points, as everywhere; UTF-16 units appear in `make_entities` alone, at the edge.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from telegram.constants import MessageEntityType, MessageLimit

BOLD, ITALIC, CODE, PRE, LINK, QUOTE, FOLDED, DATE = (
    str(kind.value)
    for kind in (
        MessageEntityType.BOLD,
        MessageEntityType.ITALIC,
        MessageEntityType.CODE,
        MessageEntityType.PRE,
        MessageEntityType.TEXT_LINK,
        MessageEntityType.BLOCKQUOTE,
        MessageEntityType.EXPANDABLE_BLOCKQUOTE,
        MessageEntityType.DATE_TIME,
    )
)

LONGEST = int(MessageLimit.MAX_TEXT_LENGTH)
MARKS = int(MessageLimit.MESSAGE_ENTITIES)

WEIGHT = 9000
"""Bytes of all entities of a message at most, as we count them: the server refuses about 9,500."""

LONGEST_URL = 2000
"""Bytes of an address that is linked to; a longer one would use up a message's entities."""

BETWEEN = "\n\n"
"""What stands between two blocks of one message."""

_NUMBER = "99/99\n"
_WIDE = re.compile("[\U00010000-\U0010ffff]")
_BORDER = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Mark:
    """How a span of a text looks; `url` is where a link leads, `when` the moment of a date in Unix time."""

    kind: str
    start: int
    end: int
    url: str = ""
    when: int | None = None

    @property
    def weight(self) -> int:
        """How many bytes it takes in a request, or a few more."""
        more = (len(json.dumps(self.url)) + 10 if self.url else 0) + (0 if self.when is None else 40)
        return 60 + len(self.kind) + more


@dataclass(frozen=True, slots=True)
class Text:
    """Words and their marks."""

    text: str = ""
    marks: tuple[Mark, ...] = ()

    def __add__(self, other: Text) -> Text:
        return _concatenate((self, other))

    def with_mark(self, kind: str, url: str = "", when: int | None = None) -> Text:
        """Return the text with one more mark around all of it."""
        return Text(self.text, (Mark(kind, 0, len(self.text), url, when), *self.marks)) if self.text else self

    def cut(self, start: int, end: int) -> Text:
        """Return the words from `start` to `end` with the marks that reach into them."""
        within = (
            Mark(mark.kind, max(mark.start, start) - start, min(mark.end, end) - start, mark.url, mark.when)
            for mark in self.marks
            if mark.start < end and mark.end > start
        )
        return Text(self.text[start:end], tuple(within))

    @property
    def weight(self) -> int:
        """How many bytes the entities take in a request, or a few more."""
        return sum(mark.weight for mark in self.marks)

    def fits(self, room: int) -> bool:
        """Tell whether it can go out as one message of at most `room` characters."""
        return len(self.text) <= room and len(self.marks) <= MARKS and self.weight <= WEIGHT


def link_text(text: str, url: str | None) -> Text:
    """Return the text as a link; without its fragment, or as plain text, if the address is too long."""
    for address in (url or "", (url or "").partition("#")[0]):
        if address and len(json.dumps(address)) <= LONGEST_URL:
            return Text(text).with_mark(LINK, address)
    return Text(text)


def join_texts(texts: Iterable[Text], between: str = "\n") -> Text:
    """Return the texts as one, without those that are empty."""
    border = Text(between)
    parts: list[Text] = []
    for text in texts:
        if text.text:
            parts += [border, text] if parts else [text]
    return _concatenate(parts)


def _concatenate(parts: Sequence[Text]) -> Text:
    marks: list[Mark] = []
    at = 0
    for part in parts:
        marks += [Mark(mark.kind, mark.start + at, mark.end + at, mark.url, mark.when) for mark in part.marks]
        at += len(part.text)
    return Text("".join(part.text for part in parts), tuple(marks))


def split_messages(blocks: Sequence[Text], limit: int = LONGEST) -> tuple[Text, ...]:
    """Return the blocks as messages within Telegram's limits, numbered where there are several.

    Blocks stay whole where they fit; where one does not, it is cut between words, and inside a
    citation or link only when that alone fills a message. Nothing is left out; () for no words at all.
    """
    whole = join_texts(blocks, BETWEEN)
    if not whole.text.strip():
        return ()
    if whole.fits(limit):
        return (whole,)
    packed: list[Text] = []
    for block in blocks:
        for piece in _cut_pieces(block, limit - len(_NUMBER)):
            longer = packed[-1] + Text(BETWEEN) + piece if packed else piece
            if packed and longer.fits(limit - len(_NUMBER)):
                packed[-1] = longer
            else:
                packed.append(piece)
    return tuple(Text(f"{number}/{len(packed)}\n") + text for number, text in enumerate(packed, 1))


def _cut_pieces(block: Text, room: int) -> Iterator[Text]:
    start = 0
    while start < len(block.text):
        end = _find_end(block, start, room)
        yield block.cut(start, end)
        start = end


def _find_end(block: Text, start: int, room: int) -> int:
    """Return where the piece that begins at `start` ends."""
    low, high = start + 1, min(len(block.text), start + room)
    if block.cut(start, high).fits(room):
        low = high
    while low < high:  # marks only grow with the length: the largest end that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if block.cut(start, middle).fits(room) else (low, middle - 1)
    if low == len(block.text):
        return low
    best = {False: start, True: start}
    for match in _BORDER.finditer(block.text, start, low):
        inside = any(
            mark.start < match.end() < mark.end for mark in block.marks if mark.kind not in (QUOTE, FOLDED, PRE)
        )
        best[inside] = match.end()
    for mark in block.marks:
        if mark.kind not in (QUOTE, FOLDED, PRE) and start < mark.start <= low:
            best[False] = max(best[False], mark.start)
    return next((place for place in (best[False], best[True]) if place > start), low)


def count_units(text: str) -> int:
    """Return the length of a text in UTF-16 units, in which Telegram counts."""
    return len(text) + len(_WIDE.findall(text))


def make_entities(text: Text) -> list[dict[str, Any]]:
    """Return the marks as Telegram wants them, with offsets and lengths in UTF-16 units."""
    wide = [match.start() for match in _WIDE.finditer(text.text)]

    def find_unit(at: int) -> int:
        return at + bisect_left(wide, at)

    return [
        {
            "type": mark.kind,
            "offset": find_unit(mark.start),
            "length": find_unit(mark.end) - find_unit(mark.start),
        }
        | ({"url": mark.url} if mark.url else {})
        | ({} if mark.when is None else {"unix_time": mark.when})
        for mark in text.marks
        if mark.end > mark.start
    ]
