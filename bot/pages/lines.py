"""Replies as lines of looks and words (pure): what console, pipe and transcript print.

A page says what is shown, never how: `console.py` turns looks into colours, and a pipe
gets the same words without any. What other faces share stands here too: how citations are
numbered, how an article is named, and `clean`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from index import Citation, Reply, Verdict
from index.model import Card, ShownPassage, Status
from index.stories import Silence
from index.verdicts import FURTHER, HEADINGS, SHORT_HEADINGS, UNDERSTOOD

INDENT = "    "
"""The margin that `[1] ` stands in."""


class Look(StrEnum):
    """What a piece of a line is, for faces that can show it."""

    TEXT = "text"
    CITED = "cited"
    CLOSEST = "closest"
    MARK = "mark"
    TITLE = "title"
    FACT = "fact"
    RELATED = "related"
    REFUSED = "refused"
    COMMAND = "command"


class Piece(NamedTuple):
    """Words of one look, without control characters."""

    text: str
    look: Look = Look.TEXT


_NOTHING = Piece("")


@dataclass(frozen=True, slots=True)
class Line:
    """One line to be wrapped; its further rows start below `pieces`, not below `margin`."""

    pieces: tuple[Piece, ...] = ()
    margin: Piece = _NOTHING


Page = tuple[Line, ...]


def line(text: str, look: Look = Look.TEXT, *, margin: str = "", mark: Look = Look.MARK) -> Line:
    """Return a line of one look, cleaned."""
    return Line((Piece(clean_line(text), look),), Piece(margin, mark))


def plain(page: Page) -> str:
    """Return the page as text without looks, each line unwrapped and ended by a line feed."""
    rows = (line.margin.text + "".join(piece.text for piece in line.pieces) for line in page)
    return "".join(f"{row.rstrip()}\n" for row in rows)


_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""C0 and C1 controls, separators, bidirectional overrides and halves of surrogate pairs; not tab and line feed."""


def clean(text: str) -> str:
    """Return the text with each control character as a visible mark; tab and line feed stay.

    A terminal obeys control characters, and an article is written by strangers.
    """
    return _UNSEEN.sub(_mark, text.replace("\r\n", "\n"))


def _mark(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)  # the control's own picture, for example that of ESC
    return "\u2421" if code == 0x7F else f"<U+{code:04X}>"


def clean_line(text: str) -> str:
    """Return the text cleaned and on one line."""
    return " ".join(part for part in re.split(r"[ \t\n]+", clean(text)) if part)


def to_json(value: Mapping[str, Any], *, indent: int | None = None) -> str:
    """Return the value as JSON; what a terminal would obey is escaped, other letters stay."""
    return _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False, indent=indent))


def lead_name(lead: int) -> str:
    """Return how agencies mark the version: "" for the first filing, then LEAD, 2nd LD, 3rd LD, ..."""
    if lead < 2:
        return "LEAD" if lead else ""
    suffix = "th" if 10 < lead % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(lead % 10, "th")
    return f"{lead}{suffix} LD"


def moment(when: datetime) -> str:
    """Return date and time as in "3 January 2023, 14:25", with the zone where it is known."""
    zone = f" {when:%z}" if when.tzinfo else ""
    clock = f", {when:%H:%M}{zone}" if zone or (when.hour, when.minute) != (0, 0) else ""
    return f"{when.day} {when:%B %Y}{clock}"


def title(card: Card) -> str:
    """Return what the article is called, on one line."""
    return clean_line(card.name)


def facts(card: Card) -> str:
    """Return agency, date, version and status of an article, as far as known, on one line."""
    known = [card.agency, moment(card.published) if card.published else "", lead_name(card.lead)]
    status = "" if card.status is Status.USABLE else card.status.value
    return clean_line(" · ".join(part for part in (*known, status) if part))


def silence_word(card: Card, silence: Silence | None) -> str:
    """Return in one word why an article answers nothing; "" where it may answer, or its status says the same."""
    return silence.value if silence and silence.value != card.status.value else ""


def place(citation: Citation, card: Card) -> str:
    """Return where the cited sentence stands, as in "paragraph 4, sentence 6 of 31"."""
    whole = f" of {card.length}" if card.length else ""
    return f"paragraph {citation.paragraph}, sentence {citation.sentence}{whole}"


def paste(citation: Citation, card: Card) -> str:
    """Return one line to paste: the words, headline, agency, date, paragraph."""
    day = f"{card.published.day} {card.published:%B %Y}" if card.published else ""
    known = (title(card), card.agency, day, f"paragraph {citation.paragraph}")
    words = clean_line(citation.text)
    quoted = words if words[:1] in ('"', "“") and words[-1:] in ('"', "”") else f"“{words}”"
    return f"{quoted} ({clean_line(', '.join(part for part in known if part))})"


def reply_line(reply: Reply) -> str:
    """Return the whole reply on one line, for a pipe that reads one reply a line."""
    match reply.verdict:
        case Verdict.ANSWERED:
            return paste(reply.citations[0], reply.passages[0].article)
        case Verdict.RELATED:
            closest = paste(reply.citations[0], reply.passages[0].article)
            return f"{SHORT_HEADINGS[reply.verdict]} {clean_line(reply.reason)} Closest: {closest}"
        case Verdict.REFUSED:
            return f"{SHORT_HEADINGS[reply.verdict]} {clean_line(reply.reason)}"


def reply_page(reply: Reply, *, skip: int = 0) -> Page:
    """Return the reply as it is read: what was understood, the verdict, and the passages.

    The first `skip` passages are left out and the others keep their numbers.
    """
    head: list[Line] = []
    if reply.understood and not skip:
        head.append(line(UNDERSTOOD.format(reply.understood), Look.FACT))
    if not skip and reply.verdict is not Verdict.ANSWERED:
        look = Look.RELATED if reply.verdict is Verdict.RELATED else Look.REFUSED
        head += [line(HEADINGS[reply.verdict], look), line(reply.reason, Look.TEXT)]
    return (*head, *_passages(reply, skip))


def _passages(reply: Reply, skip: int) -> Iterator[Line]:
    """Yield the passages but the first `skip`; only the first of an answer looks like the answer."""
    number = 1
    named = ""
    for at, passage in enumerate(reply.passages):
        first = at == 0 and reply.verdict is Verdict.ANSWERED
        if at >= skip:
            if at > skip or (not skip and (not first or reply.understood)):
                yield Line()
            if at == max(skip, 1) and reply.verdict is Verdict.ANSWERED:
                yield line(f"{FURTHER}:", Look.FACT)
            if passage.article.id != named:
                yield from name(passage.article)
                named = passage.article.id
            yield from passage_lines(passage, number, Look.CITED if first else Look.CLOSEST)
        number += len(passage.citations)


def name(card: Card) -> Page:
    """Return the two lines that name an article; the second is left out when nothing is known."""
    known = facts(card)
    return (line(title(card), Look.TITLE), *((line(known, Look.FACT),) if known else ()))


def passage_lines(passage: ShownPassage, number: int, look: Look) -> Page:
    """Return a passage with its cited sentences marked `[number]` and up, each starting a line."""
    numbers = {citation: number + at for at, citation in enumerate(passage.citations)}
    lines: list[Line] = []
    at = passage.start
    for citation in sorted(passage.citations, key=lambda citation: citation.start):
        lines += block(passage.text[at - passage.start : citation.start - passage.start], INDENT, Look.TEXT)
        lines += block(citation.text, f"[{numbers[citation]}]".ljust(len(INDENT)), look)
        at = citation.end
    lines += block(passage.text[at - passage.start :], INDENT, Look.TEXT)
    several = len(numbers) > 1
    places = [
        f"[{numbers[citation]}] {place(citation, passage.article)}" if several else place(citation, passage.article)
        for citation in passage.citations
    ]
    return (*lines, *(line(where, Look.FACT, margin=INDENT) for where in places))


def block(text: str, margin: str, look: Look) -> Iterator[Line]:
    """Yield one line for each line of the text; only the first has the mark of the margin."""
    for row in clean(text).split("\n"):
        if words := clean_line(row):
            yield line(words, look, margin=margin)
            margin = INDENT


def why_page(reply: Reply) -> Page:
    """Return how the reply came about: the question's words, where they stand, and the evidence."""
    explained = reply.explain or {}
    words = explained.get("words", ())
    head = line(reply.reason)
    if not words:
        return (head,)
    places = {"sentence": "in the sentence", "window": "beside it", "article": "elsewhere in it", "nowhere": "nowhere"}
    rows = [(word["word"], f"{word['weight']:.2f}", places.get(word["where"], word["where"])) for word in words]
    told = [item for item in explained["features"] if abs(item["part"]) >= 0.005]  # less is printed as nothing
    parts = [(item["name"], f"{item['part']:+.2f}", f"value {item['value']:.2f}") for item in told]
    about = "Words, their weight in the article, and where they stand for [1]:"
    if reply.verdict is Verdict.REFUSED:
        about = "Words, their weight in the article, and where they stand for the closest sentence:"
    return (
        head,
        line(about, Look.FACT),
        *table(rows, {"nowhere": Look.REFUSED, "in the sentence": Look.CITED}),
        line(f"Evidence, {explained['score']:.2f} in all; confidence {reply.confidence:.2f}:", Look.FACT),
        *table([*parts, *([("bias", f"{explained['bias']:+.2f}", "")] if explained["bias"] else [])]),
    )


def table(rows: Iterable[tuple[str, str, str]], looks: Mapping[str, Look] | None = None) -> Page:
    """Return rows of a name, a figure and words; a look may hang on the words."""
    cleaned = [(clean_line(first), figure, clean_line(last)) for first, figure, last in rows]
    width = max((min(len(first), 16) for first, _, _ in cleaned), default=0)
    return tuple(
        Line((Piece(f"{figure:>6}  "), Piece(last, (looks or {}).get(last, Look.TEXT))), Piece(f"  {first:<{width}} "))
        for first, figure, last in cleaned
    )
