"""What a conversation shows, as marked text and buttons (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from telegram.constants import MessageLimit

from index import Citation, Reply
from index.digest import Digest
from index.errors import PullquoteError, SourceError, UnknownArticle
from index.model import Card
from index.naming import name_source

from ...conversation.dialogue import Details, Listing
from ...pages import render
from ...pages.digest import REPORTED, explain_nothing, name_digest, tell_facts
from ...pages.lines import (
    Look,
    Page,
    clean,
    clean_line,
    format_facts,
    format_moment,
    name_article,
    name_place,
    name_silence,
)
from ...pages.reasons import explain_fact
from ...pages.why import explain_reply
from ...translation import gettext
from .marked_text import BOLD, CODE, DATE, ITALIC, QUOTE, Text, join_texts, link_text
from .wording import wording

LONGEST_QUOTE = int(MessageLimit.MAX_TEXT_LENGTH) // 4
"""Characters of a quotation from another message, at most."""

LISTED = 6
"""Articles on a page of buttons."""

_LOOKS = {
    Look.TITLE: BOLD,
    Look.CITED: BOLD,
    Look.FACT: ITALIC,
    Look.RELATED: BOLD,
    Look.REFUSED: BOLD,
    Look.COMMAND: CODE,
}


@dataclass(frozen=True, slots=True)
class Button:
    """A button: it does `action`, opens `url`, or copies `copy`; exactly one of them is given.

    One of `danger` undoes or deletes something, and looks so.
    """

    label: str
    action: str = ""
    url: str = ""
    copy: str = ""
    danger: bool = False


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words of a message that a screen answers by quoting them.

    `looks` are entities as Telegram has them; it compares them with those of the message. `message` is the one that
    they stand in, None for the message that is answered anyway; `position` is where in it, in UTF-16 units.
    """

    words: str
    looks: tuple[Mapping[str, Any], ...] = ()
    message: int | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """What goes out: blocks of text, the buttons under the last message, and what is quoted of an earlier message."""

    blocks: tuple[Text, ...]
    rows: Rows = ()
    quoted: Quoted | None = None


def draw_note(*lines: str, rows: Rows = ()) -> Screen:
    """Return a screen of plain lines."""
    return Screen((join_texts(Text(clean(line)) for line in lines),), rows)


def explain_error(error: PullquoteError, otherwise: str = "") -> str:
    """Return what went wrong, in words for a chat: no command to type, no folder and no address of the operator's.

    `otherwise` is said of what only the operator can mend; "" is that the library cannot be searched.
    """
    match error:
        case SourceError():
            return clean_line(_explain_source_error(error))
        case UnknownArticle():
            return wording.NOT_HERE
        case _:
            return otherwise or wording.UNAVAILABLE


def _explain_source_error(error: SourceError) -> str:
    """Return what is wrong with a source; of what kind that is, where the language has no text for it."""
    name = name_source(error.source)
    if fact := explain_fact(error):
        return f"{name}: {fact}" if name else fact
    kind = wording.SOURCE_ERRORS.get(type(error).__name__)
    return gettext(kind).format(name=name) if kind else f"{name}: {error.fact}" if name else error.fact


def mark_quotation(text: str, start: int, citations: Sequence[Citation]) -> Text:
    """Return the words with the cited sentences in bold; `start` is where they stand in the article."""
    whole, at = Text(), start
    for citation in sorted(citations, key=lambda each: each.start):
        first, last = max(citation.start, at), min(citation.end, start + len(text))
        if first >= last:
            continue
        whole = whole + Text(clean(text[at - start : first - start]))
        whole = whole + Text(clean(text[first - start : last - start])).with_mark(BOLD)
        at = last
    return whole + Text(clean(text[at - start :]))


def _draw_place(citation: Citation, number: int) -> Text:
    where = wording.PLACE.format(citation.paragraph, citation.sentence)
    return link_text(f"[{number}]", citation.url) + Text(f" {where}")


def draw_source(card: Card) -> Text:
    """Return headline and date of an article, the headline as a link where the article has an address."""
    return join_texts([link_text(name_article(card), card.url), draw_facts(card)])


def draw_facts(card: Card, citation: Citation | None = None) -> Text:
    """Return agency, date and version of an article, and where the cited sentence stands, in italics on one line.

    A date whose zone is known is one that Telegram can show in the reader's own.
    """
    known, moment = format_facts(card), format_moment(card.published) if card.published else ""
    before, found, after = known.partition(moment) if moment else (known, "", "")
    if found and card.published is not None and card.published.tzinfo is not None:
        told = Text(before) + Text(found).with_mark(DATE, when=int(card.published.timestamp())) + Text(after)
    else:
        told = Text(known)
    return join_texts([told, Text(clean_line(name_place(citation)) if citation else "")], " · ").with_mark(ITALIC)


def draw_digest(digest: Digest) -> Screen:
    """Return what an article says of itself, or what is new: each sentence as a quotation under its label."""
    head = [draw_source(digest.article)] if digest.article else []
    if digest.empty:
        return Screen((join_texts([*head, Text(explain_nothing(digest)).with_mark(BOLD)]),))
    head += [Text(f"{name}: {value}") for name, value in tell_facts(digest)]
    if digest.entries:
        head.append(Text(name_digest(digest)).with_mark(ITALIC))
    return Screen((join_texts(head), *_draw_entries(digest)))


def _draw_entries(digest: Digest) -> Iterator[Text]:
    label, reported = "", False
    for number, entry in enumerate(digest.entries, 1):
        lines = [Text(clean_line(entry.label)).with_mark(BOLD)] if entry.label and entry.label != label else []
        if entry.reported and not (reported and entry.label == label):
            lines.append(Text(f"{gettext(REPORTED)}:").with_mark(ITALIC))
        label, reported = entry.label, entry.reported
        lines += [Text(clean(entry.citation.text)).with_mark(QUOTE), _draw_place(entry.citation, number)]
        yield join_texts([*lines, draw_source(entry.article)] if entry.article else lines)


def draw_why(reply: Reply) -> Screen:
    """Return how a reply came about, in plain words."""
    return draw_note(explain_reply(reply))


def draw_listing(shown: Listing, start: int) -> Screen:
    """Return one page of articles, each with a button to choose it; `start` of `shown.total` come before it."""
    lines = []
    for number, card in shown.entries:
        chosen = "* " if card.id in shown.chosen else ""
        name = Text(f"{chosen}{number}. ") + Text(name_article(card)).with_mark(BOLD)
        known = (format_facts(card), name_silence(card, shown.silent.get(card.id)))
        lines.append(join_texts([name, Text(" · ".join(filter(None, known))).with_mark(ITALIC)]))
    head = [Text(clean(shown.note))] if shown.note else []
    numbers = tuple(Button(str(number), f"u{at}") for at, (number, _) in enumerate(shown.entries))
    turns = (
        *((Button(wording.EARLIER_PAGE, f"g{max(0, start - LISTED)}"),) if start else ()),
        *((Button(wording.LATER, f"g{start + LISTED}"),) if start + len(shown.entries) < shown.total else ()),
    )
    return Screen((*head, join_texts(lines)), tuple(row for row in (numbers, turns) if row))


def mark_page(page: Page) -> Text:
    """Return a page of the console's as marked text."""
    rows = []
    for line in page:
        margin = Text(line.margin.text.strip() + " ") if line.margin.text.strip() else Text()
        words = Text()
        for piece in line.pieces:
            kind = _LOOKS.get(piece.look)
            words = words + (Text(piece.text).with_mark(kind) if kind else Text(piece.text))
        rows.append(margin + words)
    return join_texts(rows)


def draw_card(shown: Details, rows: Rows = ()) -> Screen:
    """Return what is known of an article, but where on the operator's machine it is."""
    named = replace(shown, card=replace(shown.card, source=name_source(shown.card.source)))
    return Screen((mark_page(render.render_card(named)),), rows)
