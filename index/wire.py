"""The conventions of news wires: which paragraph is headline, note, body or furniture. Pure.

Kinds are marks on spans of the unchanged text; nothing is cut out of it. What the marks are made
of - tags, datelines, notes to editors - comes out as metadata. When in doubt, a paragraph is body:
a line of furniture too many costs a worse answer, a swallowed sentence costs a true one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING

from .dateline import Dateline, PageDate, dateline, moment_in, page_date
from .furniture import END, END_STRONG, SEPARATOR, byline, is_furniture, opens_links
from .layout import Line, lines, paragraphs
from .model import Kind, Metadata, Paragraph, Status

if TYPE_CHECKING:
    from .reading import Block

# A page's furniture above the story is a screenful at most.
_HEAD = 25

_LEAD = re.compile(
    r"(?:(?P<ordinal>\d{1,2})(?:st|nd|rd|th)[\s-]?)?(?:LD|LEAD)(?:[\s-]?(?P<number>\d{1,2}))?(?:[\s-]?writethru)?"
    r"|(?:UPDATE|WRAPUP)\s?(?P<update>\d{1,2})",
    re.IGNORECASE,
)
_WORDS = (
    r"UPDATE|WRAPUP|CORRECTED|CORRECTION|REFILE|RPT|REPEAT|KILL|WITHDRAWN|WITHDRAWAL|URGENT|FLASH|NEWSFLASH|EXCLUSIVE|ANALYSIS|"
    r"FACTBOX|TIMELINE|INTERVIEW|INSIGHT|FEATURE|BREAKINGVIEWS|EXPLAINER|NEWSMAKER|SPECIAL REPORT|OFFICIAL CORRECTION|POLL|BREAKING|"
    r"LEAD|\d{1,2}(?:ST|ND|RD|TH) (?:LD|LEAD)"
)
_PREFIX = re.compile(
    rf"\((?P<round>[^()\n]{{1,40}})\)\s*|\[(?P<square>{_WORDS})[^\]\n]{{0,20}}\]\s*"
    rf"|(?P<word>(?:{_WORDS})(?: ?\d{{1,2}})?)(?:\s?-\s?|: ?| – | — )(?=\S)",
)
_SLUG = re.compile(r"(?:BC|AM|PM|AP)-[\w&'’.-]{2,60}(?:,.{0,60})?(?:/\d{1,5})?$")
_NOTE = re.compile(
    r"\(?\s?(?:ATTN|EDS|Eds|EDITORS?['’]?S?['’]? NOTES?|EDITORS?|Editors?['’]?s?['’]? [Nn]otes?|Editors|N(?:OTES?|otes?) (?:TO|to) "
    r"(?:EDITORS|Editors|editors)|ADVISORY|MANDATORY KILL|KILL NOTICE)\s?:\s*"
    r"|\((?=(?:Adds?|Updates?|Recasts?|Corrects?|Refiles?|Repeats?|Rewrites?|Changes?|Removes?|Clarifies|Writes|UPDATES|ADDS|"
    r"RECASTS|CORRECTS|Embargoed|EMBARGOED)\b)"
    r"|(?=\(?EMBARGO(?:ED)?\b)|(?=\(?NOT FOR (?:RELEASE|PUBLICATION) BEFORE\b)"
    r"|(?=(?:This|An earlier version of this|A previous version of this) (?:story|article|report|version|item)\b[^.]{0,60}\b"
    r"(?:corrected|corrects|updated|refiled|misstated|misspelled|misidentified)\b)"
)
_CORRECTED = re.compile(
    r"\b(?:CORRECTED|CORRECTION|REFILE[DS]?|CORRECTS|[Cc]orrects|[Rr]efiles|has been corrected|misstated)\b"
)
_WITHDRAWN = re.compile(
    r"\b(?:KILL|KILLED|WITHDRAWN|WITHDRAWAL|WITHDRAWS|[Ww]ithdraws|is withdrawn|has been withdrawn|[Pp]lease (?:kill|withdraw))\b"
)
_STOP = re.compile(r"[.!?:;…,][\"'”’»)\]]{0,3}$")
_PROSE = 25


@dataclass(slots=True)
class _Piece:
    """A paragraph while it is being marked."""

    start: int
    end: int
    text: str
    gap: bool = True
    kind: Kind | None = None
    page: int | None = None
    day: PageDate | None = None
    opening: Dateline | None = None
    author: str = ""


@dataclass(frozen=True, slots=True)
class Tags:
    """What stood before a headline: the bare title, the lead's number, the status."""

    title: str
    lead: int = 0
    status: Status = Status.USABLE
    tagged: bool = False


def mark(
    text: str, known: Metadata | None = None, blocks: Sequence[Block] | None = None
) -> tuple[tuple[Paragraph, ...], Metadata]:
    """Return the paragraphs of the text, in order and disjoint, and what is known of the article.

    `blocks` are the paragraphs as the source marks them, else the lines of the text decide. What
    `known` states wins over what was found.

    Raises:
        ValueError: the blocks overlap, or leave the text.
    """
    known = known or Metadata()
    pieces = _from_lines(text) if blocks is None else _from_blocks(text, blocks)
    found = _mark_head(pieces, known)
    _mark_rest(pieces)
    _mark_tail(pieces)
    found = _collect(pieces, found)
    return _numbered(pieces), _merged(known, found)


def tags(headline: str) -> Tags:
    """Return the headline without its tags, such as "(2nd LD)" or "UPDATE 1-", and what they say."""
    title, lead, status, tagged = headline.strip(), 0, Status.USABLE, False
    for _ in range(5):
        match = _PREFIX.match(title)
        label = (match["round"] or match["square"] or match["word"]) if match else ""
        if match is None or not re.search(r"[^\W\d_]", label) or not title[match.end() :]:
            break
        title, tagged = title[match.end() :], True
        lead, status = max(lead, lead_number(label)), _worse(status, _status(label))
    tail = re.search(r"\s\(([^()]{2,20})\)$", title)
    if tail and (_LEAD.fullmatch(tail[1]) or re.fullmatch(_WORDS, tail[1])):
        title, tagged = title[: tail.start()], True
        lead, status = max(lead, lead_number(tail[1])), _worse(status, _status(tail[1]))
    return Tags(title.strip(), lead, status, tagged)


def lead_number(label: str) -> int:
    """Return the number of the lead that a tag names: 1 for "LEAD", 2 for "2nd LD", else 0."""
    match = _LEAD.fullmatch(label.strip())
    if match is None:
        return 0
    return int(match["ordinal"] or match["number"] or match["update"] or 1)


def story_key(metadata: Metadata) -> str:
    """Return the key that all versions of a story share, "" where too little is known to tell.

    A title alone is not enough: two essays called "Notes" are not two versions of one.
    """
    title = unicodedata.normalize("NFKC", tags(metadata.title).title).casefold()
    words = "-".join(re.findall(r"\w+", title))
    day = f"{metadata.published:%Y-%m-%d}" if metadata.published else ""
    city = metadata.cities[0].casefold() if metadata.cities else ""
    return "|".join((words, metadata.agency.casefold(), day, city)) if words and (day or city) else ""


def _from_lines(text: str) -> list[_Piece]:
    """Return the paragraphs that the lines of a plain text form."""
    rows = tuple(lines(text))
    alone, note_to = [], -1
    for number, row in enumerate(rows):
        words = text[row.start : min(row.end, row.start + 240)]
        if number <= note_to:
            alone.append(False)
            continue
        note_to = _note_end(text, rows, number) if _NOTE.match(words) else -1
        alone.append(_is_marked(words, row.end - row.start, number))
    pieces = []
    for first, last in _runs(text, rows, alone):
        start, end = rows[first].start, rows[last - 1].end
        pieces.append(_Piece(start, end, text[start:end], rows[first].gap))
    return pieces


def _is_marked(words: str, length: int, number: int) -> bool:
    """Tell whether a line is a paragraph whatever its width: it opens a story or is furniture."""
    if _NOTE.match(words) or (length <= 200 and (is_furniture(words) or END.fullmatch(words))):
        return True
    if number >= _HEAD:
        return False
    return bool(byline(words) or dateline(words) or page_date(words) or tags(words).tagged)


def _runs(text: str, rows: Sequence[Line], alone: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the runs of lines that are paragraphs; a note in brackets runs to its closing one."""
    runs: list[tuple[int, int]] = []
    for first, last in paragraphs(text, rows, alone):
        if runs and runs[-1][1] > first:
            if last > runs[-1][1]:
                runs.append((runs[-1][1], last))
            continue
        end = _note_end(text, rows, first) + 1
        runs.append((first, max(last, end)))
    return runs


def _note_end(text: str, rows: Sequence[Line], number: int) -> int:
    """Return the last line of the note that opens with this line and an open bracket."""
    words = text[rows[number].start : rows[number].end]
    if not words.startswith("(") or not _NOTE.match(words[:240]):
        return number
    depth = 0
    for last in range(number, min(number + 12, len(rows))):
        if last > number and rows[last].gap:
            break
        row = text[rows[last].start : rows[last].end]
        depth += row.count("(") - row.count(")")
        if depth <= 0:
            return last
    return number


def _from_blocks(text: str, blocks: Sequence[Block]) -> list[_Piece]:
    """Return the paragraphs that the source marks, without the space around them."""
    pieces, last = [], 0
    for block in blocks:
        if not last <= block.start <= block.end <= len(text):
            raise ValueError(f"block {block} overlaps the one before it or leaves the text")
        last = block.end
        words = text[block.start : block.end]
        bare = words.strip()
        if bare:
            start = block.start + len(words) - len(words.lstrip())
            pieces.append(_Piece(start, start + len(bare), bare, True, block.kind, block.page))
    return pieces


def _ends(words: str) -> bool:
    """Tell whether the words end as a sentence does."""
    return bool(_STOP.search(words[-5:]))


def _mark_head(pieces: list[_Piece], known: Metadata) -> Metadata:
    """Mark what stands above the story, and return what it says."""
    opening = None
    zone = 0
    for number, piece in enumerate(pieces[:_HEAD]):
        words = piece.text[:240]
        if piece.kind in (None, Kind.BODY):
            piece.opening = dateline(words)
        if piece.opening:
            opening, zone = piece.opening, number
            break
        if piece.kind is None:
            _mark_line(piece)
        tagged = piece.kind is None and tags(words).tagged and len(piece.text) <= 240
        if tagged and not _bare_tag(piece):
            zone = number + 1
        if piece.author or (piece.day and piece.day.label):
            zone = number + 1
        if piece.kind is None and not tagged and _ends(piece.text) and len(words.split()) >= _PROSE:
            break
    found = Metadata(cities=opening.cities, agency=opening.agency) if opening else Metadata()
    title = _title(pieces, zone, known, story_opens=opening is not None)
    return replace(found, title=title)


def _bare_tag(piece: _Piece) -> bool:
    """Mark a line that holds nothing but a tag as furniture, and tell whether it did."""
    label = piece.text.strip("()[] ")
    if lead_number(label) or re.fullmatch(_WORDS, label):
        piece.kind = Kind.FURNITURE
        return True
    return False


def _title(pieces: list[_Piece], zone: int, known: Metadata, *, story_opens: bool) -> str:
    """Mark the headlines among the first paragraphs and return the title, "" where there is none."""
    given = next((piece for piece in pieces[:_HEAD] if piece.kind is Kind.HEADLINE), None)
    same = _plain(tags(known.title).title)
    heads = [piece for piece in pieces[:zone] if piece.kind is None and len(piece.text) <= 300]
    named = next(
        (p for p in pieces[:_HEAD] if p.kind is None and same and _plain(tags(p.text[:300]).title) == same), None
    )
    tagged = next((piece for piece in heads if tags(piece.text).tagged), None)
    lines_ = [piece for piece in heads if not _ends(piece.text)]
    long = [piece for piece in lines_ if len(piece.text.split()) >= 4]
    title = given or named or tagged or next(iter(long), None) or next(iter(lines_), None)
    if title is None and heads and story_opens and len(heads[0].text.split()) <= 30:
        title = heads[0]
    if title is None and not same:
        title = _first_line(pieces)
    if title is None:
        return ""
    title.kind = Kind.HEADLINE
    for piece in lines_:
        if piece.kind is None:
            piece.kind = Kind.FURNITURE if piece.start < title.start else Kind.HEADLINE
    return title.text


def _first_line(pieces: list[_Piece]) -> _Piece | None:
    """Return a first line that stands apart and does not end as a sentence does."""
    open_ = [piece for piece in pieces[:_HEAD] if piece.kind is None]
    if len(open_) < 2 or not open_[1].gap or _ends(open_[0].text) or open_[0].opening:
        return None
    return open_[0] if len(open_[0].text) <= 150 and len(open_[0].text.split()) <= 25 else None


def _plain(words: str) -> str:
    """Return words folded for comparison: letters and digits, in small letters."""
    return " ".join(re.findall(r"\w+", words.casefold()))


def _mark_line(piece: _Piece) -> None:
    """Mark a paragraph that by itself shows that it is no text of the story."""
    words = piece.text
    if _NOTE.match(words[:240]):
        piece.kind = Kind.NOTE
    elif len(words) <= 200:
        piece.author, piece.day = byline(words), page_date(words)
        if piece.author or piece.day or is_furniture(words) or _SLUG.match(words):
            piece.kind = Kind.FURNITURE


def _mark_rest(pieces: list[_Piece]) -> None:
    """Mark notes, furniture and lists of links anywhere in the text."""
    links = False
    for piece in pieces:
        if piece.kind is None:
            words = piece.text
            if _NOTE.match(words[:240]):
                piece.kind = Kind.NOTE
            elif len(words) <= 240 and (is_furniture(words) or SEPARATOR.fullmatch(words)):
                piece.kind = Kind.FURNITURE
            elif links and len(words) <= 160 and not _ends(words):
                piece.kind = Kind.FURNITURE
                continue
            elif len(words) <= 160 and (day := page_date(words)) and day.label:
                piece.kind, piece.day = Kind.FURNITURE, day
        links = len(piece.text) <= 60 and piece.kind is Kind.FURNITURE and opens_links(piece.text)


def _mark_tail(pieces: list[_Piece]) -> None:
    """Mark what stands below the story: its end mark, and what follows that."""
    for number, piece in enumerate(pieces):
        if piece.kind is None and END.fullmatch(piece.text[:20]) and len(piece.text) <= 20:
            piece.kind = Kind.FURNITURE
        strong = END_STRONG.search(piece.text[-20:])
        if not strong or piece.kind not in (None, Kind.FURNITURE):
            continue
        if piece.kind is None:
            cut = piece.end - len(strong.group().strip())
            mark_ = _Piece(cut, piece.end, piece.text[cut - piece.start :], False, Kind.FURNITURE, piece.page)
            piece.text = piece.text[: cut - piece.start].rstrip()
            piece.end = piece.start + len(piece.text)
            pieces.insert(number + 1, mark_)
        _close(pieces, number + 1)
        return


def _close(pieces: list[_Piece], number: int) -> None:
    """Mark all after the end mark as furniture, unless another story begins there."""
    rest = [piece for piece in pieces[number:] if piece.kind is None]
    story = sum(len(piece.text) for piece in pieces[:number] if piece.kind is None)
    if sum(len(piece.text) for piece in rest) * 4 > story or any(dateline(piece.text[:240]) for piece in rest):
        return
    for piece in rest:
        piece.kind = Kind.FURNITURE


def _collect(pieces: list[_Piece], found: Metadata) -> Metadata:
    """Return what the tags, notes, dates and bylines of the paragraphs say, beside what the head said."""
    headline = tags(found.title)
    notes = [piece.text for piece in pieces if piece.kind is Kind.NOTE]
    labels = [piece.text for piece in pieces[:_HEAD] if piece.kind is Kind.FURNITURE and len(piece.text) <= 120]
    lead = max([headline.lead, *(_loose_lead(label) for label in labels)])
    status = headline.status
    for words in notes:
        status = _worse(status, _status(words))
    for words in labels:
        if _SLUG.match(words) or re.fullmatch(rf"[(\[]?(?:{_WORDS})[)\]]?", words):
            status = _worse(status, _status(words))
    days = [piece.day for piece in pieces if piece.day]
    opening = next((piece.opening.moment for piece in pieces if piece.opening), None)
    dated = sorted(days, key=lambda day: (not day.label, day.updated))
    embargo = next((m for m in map(_embargo, notes) if m), None)
    return replace(
        found,
        title=headline.title,
        lead=lead,
        status=status,
        published=dated[0].moment if dated else opening,
        byline=next((piece.author for piece in pieces if piece.author), ""),
        note="\n".join(_bare_note(words) for words in notes),
        embargo=embargo,
    )


def _loose_lead(label: str) -> int:
    """Return the lead number that a tag on its own line or a slug names, else 0."""
    if _SLUG.match(label):
        return max((lead_number(found.group()) for found in _LEAD.finditer(label)), default=0)
    return lead_number(label.strip("()[] "))


def _bare_note(words: str) -> str:
    """Return a note without its label and brackets, on one line."""
    match = _NOTE.match(words)
    bare = words[match.end() :] if match else words
    if words.startswith("(") and bare.endswith(")"):
        bare = bare[:-1]
    return " ".join(bare.split())


def _embargo(words: str) -> datetime | None:
    """Return the moment that a note sets for release, None where it sets none."""
    return moment_in(words) if re.match(r"\(?(?:EMBARGO|Embargo|NOT FOR)", words) else None


def _status(words: str) -> Status:
    """Return the status that a tag or a note gives the text."""
    if _WITHDRAWN.search(words):
        return Status.WITHDRAWN
    return Status.CORRECTED if _CORRECTED.search(words) or words in ("Corrected", "Correction") else Status.USABLE


def _worse(one: Status, other: Status) -> Status:
    """Return the status that warns more."""
    order = (Status.USABLE, Status.CORRECTED, Status.WITHDRAWN)
    return max(one, other, key=order.index)


def _numbered(pieces: list[_Piece]) -> tuple[Paragraph, ...]:
    """Return the paragraphs, those still unmarked as body, which alone is numbered."""
    number, marked = 0, []
    for piece in pieces:
        kind = piece.kind or Kind.BODY
        number += kind is Kind.BODY
        marked.append(Paragraph(number if kind is Kind.BODY else None, kind, piece.start, piece.end, piece.page))
    return tuple(marked)


def _merged(known: Metadata, found: Metadata) -> Metadata:
    """Return what is known, with what was found where nothing is; tags in a known title count too."""
    title = tags(known.title)
    stated = replace(known, title=title.title, lead=known.lead or title.lead, status=_worse(known.status, title.status))
    empty = Metadata()
    values = {f.name: getattr(stated, f.name) for f in fields(Metadata)}
    gaps = {name: getattr(found, name) for name, value in values.items() if value == getattr(empty, name)}
    both = replace(stated, **gaps)
    return replace(both, story=both.story or story_key(both))
