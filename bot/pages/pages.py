"""What a conversation shows, and articles and hits, as pages (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from index import Article, Hit
from index.citations import cite
from index.forms.serial import reply_to_dict
from index.model import Card, Kind
from index.stories import Silence, name_embargo
from index.stories.changes import Change, Edit

from ..conversation.commands import Command, Face, list_commands
from ..conversation.dialogue import (
    Answer,
    Changes,
    Context,
    Details,
    Help,
    Listing,
    Note,
    Output,
    Paste,
    Quit,
    Raw,
    Why,
)
from .lines import (
    INDENT,
    Line,
    Look,
    Page,
    Piece,
    block,
    clean,
    facts,
    lead_name,
    line,
    moment,
    name,
    paste,
    reply_page,
    silence_word,
    title,
    to_json,
    why_page,
)


def page(output: Output) -> Page:  # noqa: PLR0911 - one line for each kind of output
    """Return what to show as a page; () for the end of the conversation."""
    match output:
        case Answer(reply, skip):
            return reply_page(reply, skip=skip)
        case Listing():
            return listing_page(output)
        case Details():
            return card_page(output)
        case Changes(old, new, changes):
            return changes_page(old, new, changes)
        case Context():
            return context_page(output)
        case Why(reply):
            return why_page(reply)
        case Paste():
            return paste_page(output)
        case Raw(reply):
            return tuple(Line((Piece(row),)) for row in to_json(reply_to_dict(reply), indent=2).splitlines())
        case Help():
            return help_page(list_commands(Face.CONSOLE))
        case Note(text):
            return (line(text),)
        case Quit():
            return ()
        case _:
            assert_never(output)


def paste_page(pasted: Paste) -> Page:
    """Return a citation to paste, each line as it stands in its form."""
    if not pasted.style:
        return (line(paste(pasted.citation, pasted.card)),)
    return tuple(Line((Piece(clean(row)),)) for row in cite(pasted.card, pasted.citation, pasted.style).split("\n"))


def help_page(commands: Sequence[Command]) -> Page:
    """Return the commands, one a line, and what else may be typed."""
    width = max(len(command.name) for command in commands) + 3
    return (
        line("Type a question. A follow-up may leave out names: “And what did she say about it?”"),
        *(
            Line(
                (*((Piece(f"{command.argument}  ", Look.COMMAND),) if command.argument else ()), Piece(command.help)),
                Piece(f"/{command.name:<{width - 1}}", Look.COMMAND),
            )
            for command in commands
        ),
        line(
            "In a question, since:2023-01-01, until:, source:NAME, article:ID and lead:N say which articles may answer."
        ),
    )


def changes_page(old: Article, new: Article, changes: Sequence[Change]) -> Page:
    """Return both versions of a story, the agency's own note on the newer, and what changed, in its order."""
    rows = []
    for label, article in (("from", old), ("to", new)):
        version = " · ".join(
            filter(None, (facts(article.card), "" if article.lead else "first filing", article.id[:8]))
        )
        rows.append(line(title(article.card), Look.TITLE, margin=f"{label:<6}"))
        rows.append(line(version, Look.FACT, margin=" " * 6))
    if new.note:
        rows.append(line(new.note, margin="note  "))
    counts = [f"{sum(change.edit is edit for change in changes)} {edit.value}" for edit in Edit]
    rows += (Line(), line(", ".join(counts) + ".", Look.FACT))
    for change in changes:
        if change.old is not None:
            mark = "-   " if change.new is None else "~   "
            rows.append(line(old.quote(change.old), Look.FACT, margin=mark))
        if change.new is not None:
            mark = "+   " if change.old is None else "  → "
            rows.append(line(new.quote(change.new), Look.CITED, margin=mark))
    return tuple(rows)


def listing_page(listing: Listing) -> Page:
    """Return articles with their numbers, and how many were left out."""
    width = max(len(str(number)) for number, _ in listing.entries) + 4
    lines = [line(listing.note)] if listing.note else []
    for number, card in listing.entries:
        chosen = "* " if card.id in listing.chosen else "  "
        lines.append(line(title(card), Look.TITLE, margin=f"{chosen}{number}".ljust(width)))
        known = (facts(card), f"{card.length} sentences", silence_word(card, listing.silent.get(card.id)))
        lines.append(line(" · ".join(filter(None, known)), Look.FACT, margin=" " * width))
    left = listing.total - len(listing.entries)
    return (*lines, *((line(f"and {left:,} more; /articles WORDS narrows the list."),) if left else ()))


def card_page(shown: Details) -> Page:
    """Return what is known of an article, one fact a line: which version is newer and why it is silent among them."""
    card, newer = shown.card, shown.newer
    known = (
        ("published", moment(card.published) if card.published else ""),
        ("agency", card.agency),
        ("by", card.byline),
        ("from", " and ".join(card.cities)),
        ("version", lead_name(card.lead) or "first filing"),
        ("newer", f"{facts(newer)}; /diff shows what it changed" if newer else ""),
        ("status", _status(shown)),
        ("note", card.note),
        ("length", f"{card.length} sentences"),
        ("source", card.url or card.source),
        ("id", card.id),
    )
    rows = (line(value, margin=f"  {label:<11}", mark=Look.FACT) for label, value in known if value)
    return (line(title(card), Look.TITLE), *rows)


def _status(shown: Details) -> str:
    """Return why nothing of an article is cited; "" where it is, or a newer version is, which stands beside it."""
    match shown.silence:
        case None | Silence.SUPERSEDED:
            return ""
        case Silence.WITHDRAWN:
            return "withdrawn, so nothing of it is cited"
        case Silence.EMBARGOED:
            return f"{name_embargo(shown.card)}, so nothing of it is cited yet"
        case _:
            assert_never(shown.silence)


def context_page(context: Context) -> Page:
    """Return the paragraph of a citation and its neighbours, the cited words marked."""
    article, citation = context.article, context.citation
    body = [paragraph for paragraph in article.paragraphs if paragraph.number is not None]
    lines = list(name(article.card))
    for number, paragraph in enumerate(body, 1):
        if abs(number - citation.paragraph) > 1:
            continue
        start, end = (citation.start, citation.end) if number == citation.paragraph else (paragraph.end, paragraph.end)
        lines.append(line(f"paragraph {number} of {len(body)}", Look.FACT, margin=INDENT))
        lines += block(article.text[paragraph.start : start], INDENT, Look.TEXT)
        lines += block(article.text[start:end], f"[{context.number}]".ljust(len(INDENT)), Look.CITED)
        lines += block(article.text[end : paragraph.end], INDENT, Look.TEXT)
    return tuple(lines)


def article_page(article: Article) -> Page:
    """Return the body of an article, each paragraph with its number."""
    body = [paragraph for paragraph in article.paragraphs if paragraph.number is not None]
    width = len(str(len(body))) + 2
    lines = list(name(article.card))
    if article.note:
        lines.append(line(f"Note to editors: {article.note}", Look.FACT))
    for paragraph in body:
        lines += (Line(), *block(article.quote(paragraph), str(paragraph.number).ljust(width), Look.TEXT))
    return tuple(lines)


def report_page(article: Article) -> Page:
    """Return which parts of the text are no body, with their kind and offsets, and so are never cited."""
    aside = [paragraph for paragraph in article.paragraphs if paragraph.kind is not Kind.BODY]
    rows = (
        line(
            article.quote(paragraph), margin=f"{paragraph.kind:<10}{paragraph.start}-{paragraph.end}  ", mark=Look.FACT
        )
        for paragraph in aside
    )
    return (line(f"No body and so never cited: {len(aside)}", Look.FACT), *rows)


def fidelity_page(told: str, left_out: Iterable[str]) -> Page:
    """Return how many sentences were found again in the source, and those that it does not show."""
    return (line(told, Look.FACT), *(line(text, margin="not shown  ", mark=Look.FACT) for text in left_out))


def hits_page(hits: Iterable[tuple[Hit, Card]]) -> Page:
    """Return passages with their article and place, best first."""
    lines: list[Line] = []
    for number, (hit, card) in enumerate(hits, 1):
        where = f"sentences {hit.passage.first} to {hit.passage.last}"
        lines.append(line(title(card), Look.TITLE, margin=f"{number}.".ljust(len(INDENT))))
        lines.append(line(" · ".join(filter(None, (facts(card), where))), Look.FACT, margin=INDENT))
        lines += block(hit.passage.text, INDENT, Look.TEXT)
    return tuple(lines)
