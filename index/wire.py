"""The conventions of news wires: which paragraph is headline, note, body or furniture. Pure.

Kinds are marks on spans of the unchanged text; nothing is cut out of it. What the marks are made
of - tags, datelines, notes to editors - comes out as metadata. In doubt a paragraph is body: a
line of furniture too many costs a worse answer, a swallowed sentence costs a true one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from .dateline import Dateline, PageDate, dateline, moment_in, page_date
from .furniture import END, END_STRONG, SEPARATOR, byline, is_furniture, opens_links
from .layout import Line, Stand, lines, paragraphs
from .model import Kind, Metadata, Paragraph
from .tags import Tags, bare_note, embargo, is_note, is_slug, is_tag, lead_number, read_tags, status_of, worse

if TYPE_CHECKING:
    from .reading import Block

# What stands above a story is a screenful at most: navigation, headline, notes, date, byline.
_HEAD = 25
# Patterns look at this much of a paragraph; tags, datelines and furniture are shorter.
_LOOK = 240

_STOP = re.compile(r"[.!?:;…,][\"'”’»)\]]{0,3}$")


@dataclass(slots=True)
class _Piece:
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
        return self.text[:_LOOK]

    @property
    def ends(self) -> bool:
        """Whether it ends as a sentence, or part of one, does."""
        return bool(_STOP.search(self.text[-5:]))

    @property
    def is_tagged(self) -> bool:
        """Whether it is a headline by its tags; "UPDATE:" before a full sentence is a blog's, not a wire's."""
        tags = read_tags(self.look)
        return tags.sure and len(self.text) < _LOOK and (tags.lead > 0 or not self.ends)

    def has_words(self, least: int) -> bool:
        """Tell whether it has at least so many words."""
        return len(self.text[: least * 40].split(maxsplit=least)) >= least


def mark(
    text: str, known: Metadata | None = None, blocks: Sequence[Block] | None = None
) -> tuple[tuple[Paragraph, ...], Metadata]:
    """Return the paragraphs of the text, in order and disjoint, and what is known of the article.

    `blocks` are the paragraphs as the source marks them; without them the lines of the text decide.
    What `known` states wins over what was found.

    Raises:
        ValueError: the blocks overlap, or leave the text.
    """
    known = known or Metadata()
    pieces = _from_lines(text) if blocks is None else _from_blocks(text, blocks)
    headline = _mark_head(pieces, known)
    _mark_rest(pieces)
    _mark_tail(pieces)
    _mark_edge(pieces)
    return _numbered(pieces), _merged(known, _collect(pieces, headline))


def story_key(metadata: Metadata) -> str:
    """Return the key that all versions of a story share, "" where too little is known to tell.

    It is made of the headline without tags, the agency, the day and the first city. A headline
    alone is not enough: two essays called "Notes" are not two versions of one.
    """
    title = unicodedata.normalize("NFKC", read_tags(metadata.title).title).casefold()
    words = "-".join(re.findall(r"\w+", title))
    day = f"{metadata.published:%Y-%m-%d}" if metadata.published else ""
    city = metadata.cities[0].casefold() if metadata.cities else ""
    return "|".join((words, metadata.agency.casefold(), day, city)) if words and (day or city) else ""


def _from_lines(text: str) -> list[_Piece]:
    """Return the paragraphs that the lines of a plain text form."""
    rows = tuple(lines(text))
    notes = {number: last for number in range(len(rows)) if (last := _note_end(text, rows, number)) > number}
    looks = (_spaced(text[row.start : min(row.end, row.start + _LOOK)]) for row in rows)
    stands = [_stand(look, number) for number, look in enumerate(looks)]
    pieces, done = [], 0
    for first, last in paragraphs(text, rows, stands):
        begin = max(first, done)
        if begin < last:
            done = max(last, notes.get(begin, 0) + 1)
            start, end = rows[begin].start, rows[done - 1].end
            plain = done - begin == 1 and stands[begin] is Stand.RUNS_ON and end - start < _LOOK
            pieces.append(_Piece(start, end, _spaced(text[start:end]), rows[begin].gap, plain))
    return pieces


def _spaced(words: str) -> str:
    """Return the words, in the same length, with the spaces of web pages as plain ones."""
    return words.replace("\xa0", " ").replace("\u202f", " ")


def _stand(words: str, number: int) -> Stand:
    """Return what a line is to its neighbours: the opening of a story or of a note, furniture, or neither."""
    if is_note(words):
        return Stand.OPENS
    if len(words) < _LOOK and (is_furniture(words) or END.fullmatch(words)):
        return Stand.ALONE
    if number >= _HEAD:
        return Stand.RUNS_ON
    if dateline(words):
        return Stand.OPENS
    return Stand.ALONE if byline(words) or page_date(words) or read_tags(words).sure else Stand.RUNS_ON


def _note_end(text: str, rows: Sequence[Line], number: int) -> int:
    """Return the line in which the note in brackets that opens with this line is closed, else this line."""
    row = rows[number]
    if not text.startswith("(", row.start) or not is_note(text[row.start : row.end], head=number < _HEAD):
        return number
    depth = 0
    for last in range(number, min(number + 12, len(rows))):
        if last > number and rows[last].gap:
            break
        depth += text.count("(", rows[last].start, rows[last].end) - text.count(")", rows[last].start, rows[last].end)
        if depth <= 0:
            return last
    return number


def _from_blocks(text: str, blocks: Sequence[Block]) -> list[_Piece]:
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
            pieces.append(_Piece(start, start + len(bare), _spaced(bare), kind=block.kind, page=block.page))
    return pieces


def _mark_head(pieces: list[_Piece], known: Metadata) -> Tags:
    """Mark what stands above the story, and return the headline with what its tags say.

    The head ends where a dateline opens the story; else after the last tag, byline or dated line
    that no full sentence parts from the top.
    """
    zone, opens, prose = 0, False, False
    for number, piece in enumerate(pieces[:_HEAD]):
        if piece.kind in (None, Kind.BODY):
            piece.opening = dateline(piece.look)
        if piece.opening:
            zone, opens = number, True
            break
        if piece.kind is None:
            _mark_line(piece, top=not prose)
        sure = piece.kind in (None, Kind.HEADLINE) and piece.is_tagged
        if sure or ((piece.author or (piece.day and piece.day.label)) and not prose):
            zone = number + 1
        if piece.kind is None and not sure and piece.ends:
            prose = prose or piece.has_words(8)
            if piece.has_words(25):
                break
    return _mark_headlines(pieces, zone, read_tags(known.title).title, opens=opens)


def _mark_line(piece: _Piece, *, top: bool) -> None:
    """Mark a paragraph above the story that by itself shows that it is no part of it; `top`: no sentence was yet."""
    words = piece.text
    if is_note(words, head=top):
        piece.kind = Kind.NOTE
    elif len(words) < _LOOK:
        piece.author, piece.day = byline(words), page_date(words)
        if piece.author and (moment := moment_in(words)):
            piece.day = PageDate(moment, label=True, updated=False)
        if piece.day and not (piece.day.label or top):
            piece.day = None
        if piece.author or piece.day or is_tag(words) or is_slug(words) or is_furniture(words, edge=True):
            piece.kind = Kind.FURNITURE


def _mark_headlines(pieces: list[_Piece], zone: int, title: str, *, opens: bool) -> Tags:
    """Mark the headlines above the story, and return the first in importance.

    `title` is the one that the source states, `opens` tells whether a dateline ends the head.
    """
    heads = [piece for piece in pieces[:zone] if piece.kind is None and len(piece.text) <= 300]
    plain = [piece for piece in heads if not piece.ends]
    candidates = (
        [piece for piece in pieces[:_HEAD] if piece.kind is Kind.HEADLINE],
        [piece for piece in _top(pieces) if title and _folded(read_tags(piece.look).title) == _folded(title)],
        [piece for piece in heads if piece.is_tagged],
        [piece for piece in plain if piece.has_words(4)],
        plain,
        [piece for piece in heads[:1] if opens and not piece.has_words(30)],
        [] if title or zone else _first_line(pieces),
    )
    best = next((found[0] for found in candidates if found), None)
    if best is None:
        return Tags("")
    best.kind = Kind.HEADLINE
    for piece in plain:
        if piece.kind is None:
            piece.kind = Kind.FURNITURE if piece.start < best.start else Kind.HEADLINE
    return read_tags(" ".join(best.text.split()))


def _top(pieces: list[_Piece]) -> list[_Piece]:
    """Return the unmarked paragraphs down to the first full sentence."""
    top = []
    for piece in pieces[:_HEAD]:
        if piece.kind is None:
            top.append(piece)
            if piece.ends and piece.has_words(8):
                break
    return top


def _first_line(pieces: list[_Piece]) -> list[_Piece]:
    """Return the first line where it stands apart, is short and does not end as a sentence does."""
    unmarked = [piece for piece in pieces[:_HEAD] if piece.kind is None][:2]
    if len(unmarked) < 2 or not unmarked[1].gap or unmarked[0].ends or len(unmarked[0].text) > 150:
        return []
    return unmarked[:1]


def _folded(words: str) -> list[str]:
    """Return the words folded for comparison."""
    return re.findall(r"\w+", words.casefold())


def _mark_rest(pieces: list[_Piece]) -> None:
    """Mark notes, furniture and lists of links anywhere in the text."""
    links = False
    for piece in pieces:
        if piece.kind is None:
            if not piece.plain and is_note(piece.look):
                piece.kind = Kind.NOTE
            elif len(piece.text) < _LOOK:
                if _is_apart(piece):
                    piece.kind = Kind.FURNITURE
                elif links and not piece.ends:
                    piece.kind = Kind.FURNITURE
                    continue
        links = piece.kind is Kind.FURNITURE and len(piece.text) <= 60 and opens_links(piece.text)


def _is_apart(piece: _Piece) -> bool:
    """Tell whether a short paragraph is furniture wherever it stands, and keep the moment that it states."""
    day = page_date(piece.text)
    if day and day.label:
        piece.day = day
        return True
    if SEPARATOR.fullmatch(piece.text):
        return True
    return not piece.plain and bool(is_furniture(piece.text) or END.fullmatch(piece.text))


def _mark_tail(pieces: list[_Piece]) -> None:
    """Mark the end mark of the story and, unless another story begins there, all that follows it."""
    for number, piece in enumerate(pieces):
        strong = END_STRONG.search(piece.text[-20:])
        if not strong or piece.kind not in (None, Kind.BODY, Kind.FURNITURE):
            continue
        if piece.kind is not Kind.FURNITURE:
            cut = piece.end - len(strong.group().strip())
            pieces.insert(
                number + 1, _Piece(cut, piece.end, strong.group().strip(), kind=Kind.FURNITURE, page=piece.page)
            )
            piece.text = piece.text[: cut - piece.start].rstrip()
            piece.end = piece.start + len(piece.text)
        rest = [after for after in pieces[number + 1 :] if after.kind is None]
        story = sum(len(before.text) for before in pieces[: number + 1] if before.kind in (None, Kind.BODY))
        if sum(len(after.text) for after in rest) * 4 <= story and not any(dateline(after.look) for after in rest):
            for after in rest:
                after.kind = Kind.FURNITURE
        return


def _mark_edge(pieces: list[_Piece]) -> None:
    """Mark the last lines of the text that are furniture only there, such as menus and bylines."""
    for piece in reversed(pieces):
        if piece.kind in (None, Kind.BODY):
            if piece.kind is Kind.BODY or len(piece.text) >= _LOOK:
                return
            piece.author = byline(piece.text)
            if not piece.author and not is_furniture(piece.text, edge=True):
                return
            piece.kind = Kind.FURNITURE


def _collect(pieces: list[_Piece], headline: Tags) -> Metadata:
    """Return what headline, tags, notes, dates, dateline and bylines say."""
    notes = [piece.text for piece in pieces if piece.kind is Kind.NOTE]
    labels = [
        piece.text
        for piece in pieces[:_HEAD]
        if piece.kind is Kind.FURNITURE and len(piece.text) <= 120 and (is_tag(piece.text) or is_slug(piece.text))
    ]
    status = headline.status
    for words in (*notes, *labels):
        status = worse(status, status_of(words))
    opening = next((piece.opening for piece in pieces if piece.opening), Dateline((), ""))
    # The line that names the publication speaks first, then one with a time of day, then an update.
    days = sorted((piece.day for piece in pieces if piece.day), key=lambda day: (not day.label, day.updated))
    return Metadata(
        title=headline.title,
        published=days[0].moment if days else opening.moment,
        agency=opening.agency,
        cities=opening.cities,
        byline=next((piece.author for piece in pieces if piece.author), ""),
        note="\n".join(map(bare_note, notes)),
        lead=max([headline.lead, *map(lead_number, labels)]),
        status=status,
        embargo=next(filter(None, map(embargo, notes)), None),
    )


def _numbered(pieces: list[_Piece]) -> tuple[Paragraph, ...]:
    """Return the paragraphs, those still unmarked as body, which alone is numbered."""
    number, marked = 0, []
    for piece in pieces:
        kind = piece.kind or Kind.BODY
        number += kind is Kind.BODY
        marked.append(Paragraph(number if kind is Kind.BODY else None, kind, piece.start, piece.end, piece.page))
    return tuple(marked)


def _merged(known: Metadata, found: Metadata) -> Metadata:
    """Return what is known, with what was found where nothing is; the tags of a known title count as known."""
    title = read_tags(known.title)
    stated = replace(known, title=title.title, lead=known.lead or title.lead, status=worse(known.status, title.status))
    empty = Metadata()
    gaps = {
        each.name: getattr(found, each.name)
        for each in fields(Metadata)
        if getattr(stated, each.name) == getattr(empty, each.name)
    }
    merged = replace(stated, **gaps)
    return replace(merged, story=merged.story or story_key(merged))
