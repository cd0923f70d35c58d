"""Find what stands around the text of printed pages: heads, footnotes, jump lines. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from .. import patterns
from .printed import STOP, Column, Page, PrintedLine

SAME = 0.07
"""How far two sizes of one type differ at most."""

_SMALL = 0.93  # a note's type beside the text's, at most
_NUMBER = patterns.compile(
    r"(?:page\s)?\W{0,3}(?:\d{1,4}|[ivxl]{1,6})\W{0,3}(?:(?:of|/)\s?\d{1,4}\W{0,2})?$", re.IGNORECASE
)
_NOTE = patterns.compile(r"(?:\(?\d{1,3}[.)]?|[*†‡§¶]{1,3})\s?[^\s\d]")
_PAGE = r"(?:pages?\s|p\.\s?|pg\.?\s)?(?:[A-Z]{1,2}-?\d{1,3}|\d{1,3}[A-Z]?)"
# "Continued on page 4", "PIER, from A1", "Turn to page 3": where a story goes on, or came from.
_JUMP = patterns.compile(
    rf"""[\W_]{{0,4}}(?:
        (?:(?:story|article)\s)?(?:continue[sd]|cont(?:['’]d|\.|d)?)\s(?:on|from|in|at)\s
            (?:(?:the\s)?(?:next|previous|back|front)\spage|{_PAGE})
      | (?:please\s)?(?:turn\sto|see|go\sto)\s(?:[\w’'-]{{1,30}}(?:,|\s)\s?(?:on\s)?)?(?:pages?\s|p\.\s?)\w{{1,4}}
      | (?:please\s)?(?:turn\sto|see|go\sto)\s[A-Z][A-Z’'-]{{1,30}},\s?(?:on\s)?{_PAGE}
      | (?:more|full\sstory|story)\s(?:on|from)\s(?:pages?\s|p\.\s?)\w{{1,4}}
      | (?-i:[A-Z][A-Z’'-]{{1,30}},?\s(?:from|on|From|On|FROM|ON)\s{_PAGE})
      | from\spage\s\w{{1,4}}
    )[\W_]{{0,4}}$""",
    re.VERBOSE | re.IGNORECASE,
)


Key = tuple[str, float, float]
"""What tells a line of a page: its text and where it stands."""


def is_jump(line: PrintedLine) -> bool:
    """Tell whether a line says where the story goes on, or came from."""
    return bool(_JUMP.match(line.text))


def list_lines(pages: Iterable[Page]) -> Iterator[PrintedLine]:
    """Return the lines of the pages, in the order in which they are read."""
    return (line for page in pages for column in page.columns for line in column.lines)


def find_title(pages: Sequence[Page], usual: float) -> list[PrintedLine]:
    """Return the lines of the first page in the largest type, [] unless they are few and clearly larger than the text.

    `usual` is the size of the text.
    """
    lines = list(list_lines(pages[:1]))
    largest = max((line.size for line in lines), default=0.0)
    found = [line for line in lines if line.size > largest * (1 - SAME / 2)]
    if largest <= usual * 1.15 or sum(len(line.text) for line in found) > 300:
        return []
    above = lines[: lines.index(found[0])]
    # in large type behind much of the text stands no headline, but words taken out of the text
    return found if sum(len(line.text) for line in above if line.size <= usual * 1.15) <= 600 else []


def find_heads(pages: Sequence[Page], usual: float) -> list[set[Key]]:
    """Return for each page the keys of its running heads and page numbers; `usual` is the size of the text."""
    edges = []
    seen: Counter[tuple[str, float]] = Counter()
    for page in pages:
        lines = [line for column in page.columns for line in column.lines]
        levels = sorted({round(line.y, 1) for line in lines})
        zone = {*levels[:2], *levels[-3:]}
        edge = [line for line in lines if round(line.y, 1) in zone]
        edges.append(edge)
        seen.update({(fold(line.text), round(line.size)) for line in edge if not _is_sentence(line, usual)})
    heads = {key for key, count in seen.items() if count >= 2 and count * 3 >= len(pages)}
    return [
        {
            make_key(line)
            for line in edge
            if (fold(line.text), round(line.size)) in heads or _NUMBER.match(line.text.strip())
        }
        for page, edge in zip(pages, edges, strict=True)
    ]


def _is_sentence(line: PrintedLine, usual: float) -> bool:
    return bool(STOP.search(line.text)) and abs(line.size - usual) <= usual * SAME


def make_key(line: PrintedLine) -> Key:
    """Return what tells a line from the others of its page."""
    return (line.text, line.y, line.x0)


def fold(text: str) -> str:
    """Return the letters of a text in small letters, and a 0 for each number."""
    return re.sub(r"\d+", "0", re.sub(r"[\W_]+", "", text)).casefold()


def opens_note(line: PrintedLine) -> bool:
    """Tell whether a line begins with the mark of a note."""
    return line.opens_note or bool(_NOTE.match(line.text))


def _is_small(line: PrintedLine, usual: float) -> bool:
    return line.size <= usual * _SMALL


def find_notes(column: Column, page: Page, usual: float) -> int:
    """Return the number of the first line of the footnotes that end a column, as many as it has lines if none do."""
    lines = column.lines
    first = len(lines)
    for index in range(len(lines) - 1, -1, -1):
        line = lines[index]
        small = _is_small(line, usual)
        if line.y < page.height * 0.4 or not (small or line.opens_note or first < len(lines)):
            break
        apart = index == 0 or line.y - lines[index - 1].y > column.leading * 1.2
        begins = apart or not _is_small(lines[index - 1], usual) or bool(STOP.search(lines[index - 1].text))
        if (small and begins and opens_note(line)) or (line.opens_note and (apart or first < len(lines))):
            first = index
        elif not small:
            break
    return first


def find_margins(page: Page, usual: float) -> list[PrintedLine]:
    """Return the lines in small type at the head and foot of a page that stand apart and are no sentences."""
    lines = sorted((line for column in page.columns for line in column.lines), key=lambda line: line.y)
    found = []
    for line, near in ((lines[0], lines[1:2]), (lines[-1], lines[-2:-1])) if len(lines) > 2 else ():
        apart = abs(line.y - near[0].y) > 1.8 * max(line.size, near[0].size)
        if apart and line.size <= usual * _SMALL and len(line.text) <= 120 and not STOP.search(line.text):
            found.append(line)
    return found
