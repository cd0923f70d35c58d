"""Render replies as lines of words with looks (pure): what console and pipe print.

A page says what is shown, never how: `console.py` turns looks into colours, and a pipe
gets the same words without any. What other faces share stands here too: how citations are
numbered, how an article is named, and `clean`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from index import Citation, Reply, Verdict, patterns
from index.asking.several import asks_yes_or_no
from index.citations.wording import HIDDEN, find_time
from index.model import Card, ShownPassage, Status
from index.reading.conventions import FULL_STORY
from index.stories import Silence
from index.verdicts import FURTHER, HEADINGS, SAYS, SHORT_HEADINGS, UNDERSTOOD

from ..translation import ENGLISH, get_language, gettext, name_language, write_day
from .reasons import explain_damage, explain_reason

INDENT = "    "
"""The margin, as wide as `[1] `."""


class Look(StrEnum):
    """What a piece of a line is, so that a face may style it."""

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
    """Words of one look, without control characters; `link` is the address that they lead to, "" for none."""

    text: str
    look: Look = Look.TEXT
    link: str = ""


_NOTHING = Piece("")


class Line(NamedTuple):
    """One line to be wrapped; its other rows start below `pieces`, not below `margin`.

    A `raw` line is there to be copied: it stays whole, however narrow the terminal.
    """

    pieces: tuple[Piece, ...] = ()
    margin: Piece = _NOTHING
    raw: bool = False


Page = tuple[Line, ...]


def make_line(text: str, look: Look = Look.TEXT, *, margin: str = "", mark: Look = Look.MARK) -> Line:
    """Return a line of one look, cleaned."""
    return Line((Piece(clean_line(text), look),), Piece(margin, mark))


def make_raw(text: str, *, margin: str = "") -> Iterator[Line]:
    """Yield the lines of a text that is there to be copied."""
    return (Line((Piece(clean(row)),), Piece(margin), raw=True) for row in text.split("\n"))


def render_plain(page: Page) -> str:
    """Return the page as plain text, each line unwrapped and with a line feed at its end."""
    rows = (line.margin.text + "".join(piece.text for piece in line.pieces) for line in page)
    return "".join(f"{row.rstrip()}\n" for row in rows)


_UNSEEN = patterns.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|{HIDDEN.pattern}")
"""C0 and C1 controls, separators, halves of surrogate pairs, and what hides or reorders; not tab and line feed."""


def clean(text: str) -> str:
    """Return the text with a visible mark for each control character except tab and line feed.

    A terminal obeys control characters, and strangers write the articles.
    """
    return text if text.isprintable() else _UNSEEN.sub(_show_control, text.replace("\r\n", "\n"))


def _show_control(match: re.Match[str]) -> str:
    if len(match[0]) > 1:
        return "".join(f"<U+{ord(letter):04X}>" for letter in match[0])
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)  # the picture of the control character, for example of ESC
    return "\u2421" if code == 0x7F else f"<U+{code:04X}>"


def clean_line(text: str) -> str:
    """Return the text cleaned and on one line."""
    if text.isprintable():  # and so without any white space but the blank
        return " ".join(text.split())
    return " ".join(part for part in re.split(r"[ \t\n]+", clean(text)) if part)


def to_json(value: Mapping[str, Any], *, indent: int | None = None) -> str:
    """Return the value as JSON; only what a terminal would obey is escaped."""
    return _UNSEEN.sub(lambda match: json.dumps(match[0])[1:-1], json.dumps(value, ensure_ascii=False, indent=indent))


def name_lead(lead: int) -> str:
    """Return the agencies' name for a version: "" for the first filing, then LEAD, 2nd LD, 3rd LD, ...

    A full story that comes after numbered flashes is the LEAD, as the agencies that number them so call it in English.
    """
    if lead >= FULL_STORY:
        lead = max(1, lead - FULL_STORY)
    if lead < 2:
        return "LEAD" if lead else ""
    suffix = "th" if 10 < lead % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(lead % 10, "th")
    return f"{lead}{suffix} LD"


def format_moment(when: datetime) -> str:
    """Return date and time as in "3 January 2023, 14:25", with the zone if it is known."""
    zone = f" {when:%z}" if when.tzinfo else ""
    clock = f", {when:%H:%M}{zone}" if zone or (when.hour, when.minute) != (0, 0) else ""
    return f"{write_day(when)}{clock}"


def format_dates(card: Card) -> str:
    """Return when an article was published and, if that is known and was on another day, changed; "" for neither."""
    parts = [format_moment(card.published)] if card.published else []
    if card.changed and (card.published is None or card.changed.date() != card.published.date()):
        parts.append(gettext("changed {moment}").format(moment=format_moment(card.changed)))
    return ", ".join(parts)


def name_article(card: Card) -> str:
    """Return what the article is called, on one line."""
    return clean_line(card.name)


def format_facts(card: Card) -> str:
    """Return agency, date, version, language and status of an article, if known, on one line; English is not told."""
    known = [card.agency, format_moment(card.published) if card.published else "", name_lead(card.lead)]
    status = "" if card.status is Status.USABLE else gettext(card.status.value)
    return clean_line(" · ".join(part for part in (*known, name_foreign(card), status) if part))


def name_foreign(card: Card) -> str:
    """Return what the language of an article is called, "" for English."""
    return "" if card.language == ENGLISH else name_language(card.language, get_language())


def name_silence(card: Card, silence: Silence | None) -> str:
    """Return one word for why an article may not answer; "" if it may, or if its status says the same."""
    return gettext(silence.value) if silence and silence.value != card.status.value else ""


def format_place(citation: Citation, card: Card) -> str:
    """Return where the cited sentence is, as in "paragraph 4, sentence 6 of 31"."""
    form = gettext("{place}, sentence {number} of {count}") if card.length else gettext("{place}, sentence {number}")
    return form.format(place=name_place(citation), number=citation.sentence, count=card.length)


def name_place(citation: Citation) -> str:
    """Return where a citation stands: its paragraph and, in a recording, when it is spoken."""
    if time := find_time(citation):
        return gettext("paragraph {number}, at {time}").format(number=citation.paragraph, time=time)
    return gettext("paragraph {number}").format(number=citation.paragraph)


def format_citation(citation: Citation, card: Card) -> str:
    """Return one line to paste: the words, headline, agency, date, paragraph."""
    day = write_day(card.published) if card.published else ""
    known = (name_article(card), card.agency, day, name_place(citation))
    words = clean_line(citation.text)
    quoted = words if words[:1] in ('"', "“") and words[-1:] in ('"', "”") else f"“{words}”"
    return f"{quoted} ({clean_line(', '.join(part for part in known if part))})"


def format_reply(reply: Reply) -> str:
    """Return the reply on one line, for a pipe that reads one reply a line."""
    unread = clean_line(explain_damage(reply))
    notice = f" {unread}" if unread else ""
    match reply.verdict:
        case Verdict.ANSWERED:
            return f"{format_citation(reply.citations[0], reply.passages[0].article)}{notice}"
        case Verdict.RELATED:
            closest = format_citation(reply.citations[0], reply.passages[0].article)
            return f"{SHORT_HEADINGS[reply.verdict]} {clean_line(reply.reason)} Closest: {closest}{notice}"
        case Verdict.REFUSED:
            return f"{SHORT_HEADINGS[reply.verdict]} {clean_line(reply.reason)}{notice}"


def render_reply(reply: Reply, *, skip: int = 0, links: bool = False) -> Page:
    """Return the reply for a reader: what was understood, the verdict, and the passages.

    The first `skip` passages are left out; the others keep their numbers. With `links`, addresses are written out.
    """
    head: list[Line] = []
    if reply.understood and not skip:
        head.append(make_line(gettext(UNDERSTOOD).format(reply.understood), Look.FACT))
    if not skip and reply.verdict is not Verdict.ANSWERED:
        look = Look.RELATED if reply.verdict is Verdict.RELATED else Look.REFUSED
        head += [make_line(gettext(HEADINGS[reply.verdict]), look), make_line(explain_reason(reply), Look.TEXT)]
    if not skip and reply.verdict is Verdict.ANSWERED and asks_yes_or_no(reply.understood or reply.question):
        head.append(make_line(gettext(SAYS), Look.FACT))
    if not skip and (notice := explain_damage(reply)):
        head.append(make_line(notice, Look.RELATED))
    return (*head, *_render_passages(reply, skip, links=links))


def _render_passages(reply: Reply, skip: int, *, links: bool) -> Iterator[Line]:
    """Yield the passages after the first `skip`; only the first passage of an answer looks like an answer."""
    number = 1
    named = ""
    for at, passage in enumerate(reply.passages):
        first = at == 0 and reply.verdict is Verdict.ANSWERED
        if at >= skip:
            if at > skip or (not skip and (not first or reply.understood)):
                yield Line()
            if at == max(skip, 1) and reply.verdict is Verdict.ANSWERED:
                yield make_line(f"{gettext(FURTHER)}:", Look.FACT)
            if passage.article.id != named:
                yield from render_name(passage.article)
                named = passage.article.id
            yield from render_passage(passage, number, Look.CITED if first else Look.CLOSEST, links=links)
        number += len(passage.citations)


def render_name(card: Card) -> Page:
    """Return the two lines that name an article; the second is left out if nothing is known."""
    known = format_facts(card)
    return (make_line(name_article(card), Look.TITLE), *((make_line(known, Look.FACT),) if known else ()))


def render_passage(passage: ShownPassage, number: int, look: Look, *, links: bool = False) -> Page:
    """Return a passage with its cited sentences numbered from `number`, each on its own line.

    The place of each leads to the sentence on the publisher's page; with `links`, that address stands below it.
    """
    numbers = {citation: number + at for at, citation in enumerate(passage.citations)}
    lines: list[Line] = []
    at = passage.start
    for citation in sorted(passage.citations, key=lambda citation: citation.start):
        lines += render_block(passage.text[at - passage.start : citation.start - passage.start], INDENT, Look.TEXT)
        lines += render_block(citation.text, f"[{numbers[citation]}]".ljust(len(INDENT)), look)
        at = citation.end
    lines += render_block(passage.text[at - passage.start :], INDENT, Look.TEXT)
    for citation in passage.citations:
        which = f"[{numbers[citation]}] " if len(numbers) > 1 else ""
        lines += render_place(citation, passage.article, which, links=links)
    return tuple(lines)


def render_place(citation: Citation, card: Card, which: str = "", *, links: bool = False) -> Iterator[Line]:
    """Yield the line that says where a citation stands, after `which` one it is; it leads to the sentence on its page.

    With `links`, that address stands below it.
    """
    link = citation.url if citation.url and citation.url.isascii() and citation.url.isprintable() else ""
    where = Piece(clean_line(format_place(citation, card)), Look.FACT, link)
    yield Line((Piece(which, Look.FACT), where), Piece(INDENT))
    if link and links:
        yield from make_raw(link, margin=INDENT)


def render_block(text: str, margin: str, look: Look) -> Iterator[Line]:
    """Yield one line for each line of the text; only the first has `margin`."""
    for row in clean(text).split("\n"):
        if words := clean_line(row):
            yield make_line(words, look, margin=margin)
            margin = INDENT
