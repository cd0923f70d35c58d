"""Mark each paragraph as headline, note, body or furniture, by the conventions of news wires. Pure.

Kinds are marks on spans of the unchanged text; nothing is cut out of it. Tags, datelines and
notes to editors become metadata. In doubt a paragraph is body: a line of furniture too many
makes an answer worse, a lost sentence may have been the answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from ..model import Kind, Metadata, Paragraph
from .dateline import Dateline, PageDate, find_moment, parse_dateline, parse_lone_dateline, parse_page_date
from .draft import HEAD, LOOK, Draft, draft_blocks, draft_lines
from .furniture import END, END_STRONG, SEPARATOR, find_credit, is_furniture, opens_links, parse_byline
from .headline import (
    Tags,
    find_embargo,
    is_note,
    is_slug,
    is_tag,
    pick_worse,
    read_lead,
    read_status,
    read_tags,
    strip_note,
)
from .wires import mark_by_wire

if TYPE_CHECKING:
    from .document import Block


def mark(
    text: str, known: Metadata | None = None, blocks: Sequence[Block] | None = None
) -> tuple[tuple[Paragraph, ...], Metadata]:
    """Return the paragraphs of the text, in order and disjoint, and what is known of the article.

    `blocks` are the paragraphs as the source marks them; if None, the lines of the text decide.
    What `known` states wins over what the text says.

    Raises:
        ValueError: the blocks overlap, or leave the text.
    """
    known = known or Metadata()
    pieces = draft_lines(text) if blocks is None else draft_blocks(text, blocks)
    mark_by_wire(pieces, text)
    _split_off_end_mark(pieces)
    _split_off_credits(pieces)
    headline = _mark_head(pieces, known)
    _mark_rest(pieces)
    _mark_tail(pieces)
    _mark_edge(pieces)
    return _number(pieces), _merge(known, _collect(pieces, headline))


def make_story_key(metadata: Metadata) -> str:
    """Return the key that all versions of a story share, "" if too little is known to make one.

    It is made of the headline without tags, the agency, the day and the first city. A headline
    alone is not enough: two essays called "Notes" are not versions of one story.
    """
    title = unicodedata.normalize("NFKC", read_tags(metadata.title).title).casefold()
    words = "-".join(re.findall(r"\w+", title))
    day = str(metadata.published.date()) if metadata.published else ""
    city = metadata.cities[0].casefold() if metadata.cities else ""
    return "|".join((words, metadata.agency.casefold(), day, city)) if words and (day or city) else ""


def _mark_head(pieces: list[Draft], known: Metadata) -> Tags:
    """Mark what stands above the story, and return the headline with what its tags say.

    The head ends at the dateline that opens the story; without one, after the last tag, byline or
    dated line that comes before any full sentence.
    """
    zone, opens, prose = 0, False, False
    for number, piece in enumerate(pieces[:HEAD]):
        if piece.kind in (None, Kind.BODY):
            piece.opening = piece.opening or parse_dateline(piece.look)
            if piece.opening is None and (lone := parse_lone_dateline(piece.text)):
                piece.opening, piece.kind = lone, Kind.FURNITURE
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


def _mark_line(piece: Draft, *, top: bool) -> None:
    """Mark a paragraph that is plainly not part of the story below it; `top`: no full sentence came before it."""
    words = piece.text
    if is_note(words, head=top):
        piece.kind = Kind.NOTE
    elif len(words) < LOOK:
        piece.author, piece.day = parse_byline(words), parse_page_date(words)
        if piece.author and (moment := find_moment(words)):
            piece.day = PageDate(moment, label=True, updated=False)
        if piece.day and not (piece.day.label or top):
            piece.day = None
        if piece.author or piece.day or is_tag(words) or is_slug(words) or is_furniture(words, edge=True):
            piece.kind = Kind.FURNITURE


def _mark_headlines(pieces: list[Draft], zone: int, title: str, *, opens: bool) -> Tags:
    """Mark the headlines above the story, and return the main one.

    `title` is the one that the source states; `opens`: a dateline ends the head.
    """
    heads = [piece for piece in pieces[:zone] if piece.kind is None and len(piece.text) <= 300]
    plain = [piece for piece in heads if not piece.ends]
    candidates = (
        [piece for piece in pieces[:HEAD] if piece.kind is Kind.HEADLINE],
        [piece for piece in _select_top(pieces) if title and _fold(read_tags(piece.look).title) == _fold(title)],
        [piece for piece in heads if piece.is_tagged],
        [piece for piece in plain if piece.has_words(4)],
        plain,
        [piece for piece in heads[:1] if opens and not piece.has_words(30)],
        [] if title or zone else _select_first_line(pieces),
    )
    best = next((found[0] for found in candidates if found), None)
    if best is None:
        return Tags("")
    best.kind = Kind.HEADLINE
    for piece in plain:
        if piece.kind is None:
            piece.kind = Kind.FURNITURE if piece.start < best.start else Kind.HEADLINE
    return read_tags(" ".join(best.text.split()))


def _select_top(pieces: list[Draft]) -> list[Draft]:
    """Return the unmarked paragraphs down to the first full sentence."""
    top = []
    for piece in pieces[:HEAD]:
        if piece.kind is None:
            top.append(piece)
            if piece.ends and piece.has_words(8):
                break
    return top


def _select_first_line(pieces: list[Draft]) -> list[Draft]:
    """Return the first line if it stands apart, is short and does not end like a sentence; else nothing."""
    unmarked = [piece for piece in pieces[:HEAD] if piece.kind is None][:2]
    if len(unmarked) < 2 or not unmarked[1].gap or unmarked[0].ends or len(unmarked[0].text) > 150:
        return []
    return unmarked[:1]


def _fold(words: str) -> list[str]:
    """Return the words in lower case, without punctuation, for comparison."""
    return re.findall(r"\w+", words.casefold())


def _mark_rest(pieces: list[Draft]) -> None:
    """Mark notes, furniture and lists of links anywhere in the text."""
    links = False
    for piece in pieces:
        if piece.kind is None:
            if not piece.plain and is_note(piece.look):
                piece.kind = Kind.NOTE
            elif len(piece.text) < LOOK:
                if _is_apart(piece):
                    piece.kind = Kind.FURNITURE
                elif links and not piece.ends:
                    piece.kind = Kind.FURNITURE
                    continue
        links = piece.kind is Kind.FURNITURE and len(piece.text) <= 60 and opens_links(piece.text)


def _is_apart(piece: Draft) -> bool:
    """Tell whether a short paragraph is furniture wherever it stands; a date that it states is kept in `day`."""
    day = parse_page_date(piece.text)
    if day and day.label:
        piece.day = day
        return True
    if SEPARATOR.fullmatch(piece.text):
        return True
    return not piece.plain and bool(is_furniture(piece.text) or END.fullmatch(piece.text))


def _split_off_end_mark(pieces: list[Draft]) -> None:
    """Make the first end mark that closes a paragraph a paragraph of its own."""
    for number, piece in enumerate(pieces):
        mark_ = END_STRONG.search(piece.text[-20:]) if piece.text.endswith((")", "-", ">")) else None
        if mark_ is None or piece.kind not in (None, Kind.BODY) or is_note(piece.look):
            continue
        words = mark_.group().strip()
        pieces.insert(number + 1, piece.cut_off(words))
        if not piece.text:
            del pieces[number]
        return


def _split_off_credits(pieces: list[Draft]) -> None:
    """Make the credit that closes a caption a paragraph of its own."""
    for number in range(len(pieces) - 1, -1, -1):
        piece = pieces[number]
        found = find_credit(piece.text) if piece.kind in (None, Kind.BODY) else None
        if found is not None and not is_furniture(piece.text):
            pieces.insert(number + 1, piece.cut_off(found.group().strip()))


def _mark_tail(pieces: list[Draft]) -> None:
    """Mark everything after the end mark as furniture, unless another story begins there."""
    ends = (number for number, piece in enumerate(pieces) if piece.kind is Kind.FURNITURE)
    end = next((number for number in ends if END_STRONG.fullmatch(pieces[number].text)), len(pieces))
    rest = [piece for piece in pieces[end:] if piece.kind is None]
    if any(parse_dateline(piece.look) for piece in rest):
        return
    story = sum(len(piece.text) for piece in pieces[:end] if piece.kind in (None, Kind.BODY))
    epilogue = sum(len(piece.text) for piece in rest) * 4 <= story
    for piece in rest:
        if epilogue or not piece.ends:
            piece.kind = Kind.FURNITURE


def _mark_edge(pieces: list[Draft]) -> None:
    """Mark the last lines of the text that are furniture or notes at its end only: menus, bylines, corrections."""
    for piece in reversed(pieces):
        if piece.kind in (None, Kind.BODY):
            if is_note(piece.look, edge=True):
                piece.kind = Kind.NOTE
                continue
            if piece.kind is Kind.BODY or len(piece.text) >= LOOK:
                return
            author = parse_byline(piece.text)
            if not author and not is_furniture(piece.text, edge=True):
                return
            piece.author, piece.kind = author or piece.author, Kind.FURNITURE


def _collect(pieces: list[Draft], headline: Tags) -> Metadata:
    """Return what headline, tags, notes, dates, dateline and bylines say."""
    notes = [piece.text for piece in pieces if piece.kind is Kind.NOTE]
    labels = [
        piece.text
        for piece in pieces[:HEAD]
        if piece.kind is Kind.FURNITURE and len(piece.text) <= 120 and (is_tag(piece.text) or is_slug(piece.text))
    ]
    status = headline.status
    for words in (*notes, *labels):
        status = pick_worse(status, read_status(words))
    opening = next((piece.opening for piece in pieces if piece.opening), Dateline((), ""))
    # A line labelled "published" or with a time of day counts first; an update is no publication.
    days = sorted((piece.day for piece in pieces if piece.day), key=lambda day: not day.label)
    first = next((day for day in days if not day.updated), None)
    changes = [day.moment if day.updated else day.changed for day in days]
    changed = next(filter(None, changes), None)
    return Metadata(
        title=headline.title,
        published=first.moment if first else opening.moment or (changed and opening.resolve(changed)),
        agency=opening.agency,
        cities=opening.cities,
        byline=next((piece.author for piece in pieces if piece.author), ""),
        note="\n".join(map(strip_note, notes)),
        lead=max([headline.lead, *map(read_lead, labels)]),
        status=status,
        embargo=next(filter(None, map(find_embargo, notes)), None),
        changed=changed,
    )


def _number(pieces: list[Draft]) -> tuple[Paragraph, ...]:
    """Return the paragraphs; unmarked ones are body, and only the body is numbered."""
    number, marked = 0, []
    for piece in pieces:
        kind = piece.kind or Kind.BODY
        number += kind is Kind.BODY
        shown = number if kind is Kind.BODY else None
        marked.append(Paragraph(shown, kind, piece.start, piece.end, piece.page, piece.time))
    return tuple(marked)


def _merge(known: Metadata, found: Metadata) -> Metadata:
    """Return what is known, with gaps filled from what was found; the tags of a known title count as known."""
    title = read_tags(known.title)
    stated = replace(
        known, title=title.title, lead=known.lead or title.lead, status=pick_worse(known.status, title.status)
    )
    empty = Metadata()
    gaps = {
        each.name: getattr(found, each.name)
        for each in fields(Metadata)
        if getattr(stated, each.name) == getattr(empty, each.name)
    }
    merged = replace(stated, **gaps)
    return replace(merged, story=merged.story or make_story_key(merged))
