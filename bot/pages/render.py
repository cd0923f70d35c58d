"""Render the outputs of a conversation, and articles and hits, as pages (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, assert_never

from index import Article, Hit, Reply
from index.citations import cite
from index.forms.serial import reply_to_dict
from index.model import Card, Kind
from index.reading.mixed import name_kind
from index.stories import Silence
from index.stories.changes import Change, Edit

from ..conversation.commands import Command, Face, describe, list_commands
from ..conversation.dialogue import (
    Answer,
    Answers,
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
    Told,
    Why,
)
from ..translation import gettext, ngettext
from .digest import render_digest
from .lines import (
    INDENT,
    Line,
    Look,
    Page,
    Piece,
    format_citation,
    format_dates,
    format_facts,
    make_line,
    make_raw,
    name_article,
    name_lead,
    name_silence,
    render_block,
    render_name,
    render_reply,
    to_json,
)
from .reasons import explain_embargo
from .weighing import render_explanation


def render(output: Output, *, links: bool = False) -> Page:  # noqa: C901, PLR0911, PLR0912 - one line for each kind of output
    """Return the page for an output, () for the end of the conversation; with `links`, addresses are written out."""
    match output:
        case Answer(reply, skip):
            return render_reply(reply, skip=skip, links=links)
        case Answers(replies, left):
            return render_answers(replies, left, links=links)
        case Told(digest):
            return render_digest(digest, links=links)
        case Listing():
            return render_listing(output)
        case Details():
            return render_card(output)
        case Changes(old, new, changes):
            return render_changes(old, new, changes)
        case Context():
            return render_context(output)
        case Why(reply):
            return render_explanation(reply)
        case Paste():
            return render_paste(output)
        case Raw(reply):
            return tuple(make_raw(to_json(reply_to_dict(reply), indent=2)))
        case Help():
            return render_help(list_commands(Face.CONSOLE))
        case Note(text):
            return (make_line(text),)
        case Quit():
            return ()
        case _:
            assert_never(output)


def render_answers(replies: Sequence[Reply], left: Sequence[str], *, links: bool = False) -> Page:
    """Return several replies, each under its question, and the questions that were not asked."""
    rows: list[Line] = []
    for number, reply in enumerate(replies, 1):
        rows += (*((Line(),) if rows else ()), make_line(reply.question, Look.TITLE, margin=f"{number}. "))
        rows += render_reply(reply, links=links)
    if left:
        rows += (
            Line(),
            make_line(
                gettext("Not asked, there are too many: {questions}").format(questions=" ".join(left)), Look.RELATED
            ),
        )
    return tuple(rows)


def render_paste(pasted: Paste) -> Page:
    """Return a citation to paste, each line as its form has it."""
    if not pasted.style:
        return tuple(make_raw(format_citation(pasted.citation, pasted.card)))
    return tuple(make_raw(cite(pasted.card, pasted.citation, pasted.style)))


def render_help(commands: Sequence[Command]) -> Page:
    """Return the commands, one a line, and what else may be typed."""
    width = max(len(command.name) for command in commands) + 3
    return (
        make_line("Type a question. A follow-up may leave out names: “And what did she say about it?”"),
        *(
            Line(
                (
                    *((Piece(f"{command.argument}  ", Look.COMMAND),) if command.argument else ()),
                    Piece(describe(command)),
                ),
                Piece(f"/{command.name:<{width - 1}}", Look.COMMAND),
            )
            for command in commands
        ),
        make_line(
            "In a question, since:2023-01, until:2023, source:NAME, article:NAME and lead:N say which articles may "
            "answer, speaker:NAME whose words."
        ),
    )


def render_changes(old: Article, new: Article, changes: Sequence[Change]) -> Page:
    """Return both versions of a story, the agency's note on the newer one, and what changed, in text order."""
    rows = []
    for label, article in (("from", old), ("to", new)):
        version = " · ".join(
            filter(None, (format_facts(article.card), "" if article.lead else "first filing", article.id[:8]))
        )
        rows.append(make_line(name_article(article.card), Look.TITLE, margin=f"{label:<6}"))
        rows.append(make_line(version, Look.FACT, margin=" " * 6))
    if new.note:
        rows.append(make_line(new.note, margin="note  "))
    counts = [f"{sum(change.edit is edit for change in changes)} {edit.value}" for edit in Edit]
    rows += (Line(), make_line(", ".join(counts) + ".", Look.FACT))
    for change in changes:
        if change.old is not None:
            mark = "-   " if change.new is None else "~   "
            rows.append(make_line(old.quote(change.old), Look.FACT, margin=mark))
        if change.new is not None:
            mark = "+   " if change.old is None else "  → "
            rows.append(make_line(new.quote(change.new), Look.CITED, margin=mark))
    return tuple(rows)


def render_listing(listing: Listing) -> Page:
    """Return articles with their numbers, and how many are not shown."""
    width = max(len(str(number)) for number, _ in listing.entries) + 4
    lines = [make_line(listing.note)] if listing.note else []
    for number, card in listing.entries:
        chosen = "* " if card.id in listing.chosen else "  "
        lines.append(make_line(name_article(card), Look.TITLE, margin=f"{chosen}{number}".ljust(width)))
        known = (format_facts(card), count_sentences(card), name_silence(card, listing.silent.get(card.id)))
        lines.append(make_line(" · ".join(filter(None, known)), Look.FACT, margin=" " * width))
    left = listing.total - len(listing.entries)
    return (*lines, *((make_line(f"and {left:,} more; /articles WORDS narrows the list."),) if left else ()))


def render_card(shown: Details) -> Page:
    """Return what is known of an article, one fact a line, including a newer version and why it may not answer."""
    card, newer = shown.card, shown.newer
    known = (
        (gettext("published"), format_dates(card)),
        (gettext("agency"), card.agency),
        (gettext("by"), card.byline),
        (gettext("from"), " and ".join(card.cities)),
        (gettext("version"), name_lead(card.lead) or gettext("first filing")),
        (gettext("newer"), _tell_newer(newer) if newer else ""),
        (gettext("status"), _explain_status(shown)),
        (gettext("note"), card.note),
        (gettext("length"), count_sentences(card)),
        (gettext("source"), card.url or card.source),
        ("id", card.id),
    )
    rows = (make_line(value, margin=f"  {label:<11}", mark=Look.FACT) for label, value in known if value)
    return (make_line(name_article(card), Look.TITLE), *rows)


def count_sentences(card: Card) -> str:
    """Return how many sentences an article has, in words."""
    return ngettext("{count} sentence", "{count} sentences", card.length).format(count=card.length)


def _tell_newer(newer: Card) -> str:
    return gettext("{facts}; /diff shows what it changed").format(facts=format_facts(newer))


def _explain_status(shown: Details) -> str:
    """Return why nothing of an article is cited; "" if it is cited, or if a newer version, shown beside it, is."""
    match shown.silence:
        case None | Silence.SUPERSEDED:
            return ""
        case Silence.WITHDRAWN:
            return gettext("withdrawn, so nothing of it is cited")
        case Silence.EMBARGOED:
            return explain_embargo(shown.card)
        case _:
            assert_never(shown.silence)


def render_context(context: Context) -> Page:
    """Return the paragraph of a citation and its neighbours, with the cited words marked."""
    article, citation = context.article, context.citation
    body = [paragraph for paragraph in article.paragraphs if paragraph.number is not None]
    lines = list(render_name(article.card))
    for number, paragraph in enumerate(body, 1):
        if abs(number - citation.paragraph) > 1:
            continue
        start, end = (citation.start, citation.end) if number == citation.paragraph else (paragraph.end, paragraph.end)
        lines.append(make_line(f"paragraph {number} of {len(body)}", Look.FACT, margin=INDENT))
        lines += render_block(article.text[paragraph.start : start], INDENT, Look.TEXT)
        lines += render_block(article.text[start:end], f"[{context.number}]".ljust(len(INDENT)), Look.CITED)
        lines += render_block(article.text[end : paragraph.end], INDENT, Look.TEXT)
    return tuple(lines)


def render_article(article: Article) -> Page:
    """Return the body of an article, each paragraph with its number, or with its language if it is in another."""
    body = [paragraph for paragraph in article.paragraphs if paragraph.number is not None]
    width = len(str(len(body))) + 2
    lines = list(render_name(article.card))
    if article.note:
        lines.append(make_line(f"Note to editors: {article.note}", Look.FACT))
    for paragraph in article.paragraphs:
        if paragraph.number is not None:
            lines += (Line(), *render_block(article.quote(paragraph), str(paragraph.number).ljust(width), Look.TEXT))
        elif paragraph.kind is Kind.FOREIGN:
            head = make_line(f"In {name_kind(article, paragraph)}, and so never cited:", Look.FACT)
            lines += (Line(), head, *render_block(article.quote(paragraph), " " * width, Look.TEXT))
    return tuple(lines)


def render_report(article: Article) -> Page:
    """Return the parts of the text that are not body, and so never cited, with their kind and offsets."""
    aside = [paragraph for paragraph in article.paragraphs if paragraph.kind is not Kind.BODY]
    rows = (
        make_line(
            article.quote(each), margin=f"{name_kind(article, each):<10}{each.start}-{each.end}  ", mark=Look.FACT
        )
        for each in aside
    )
    return (make_line(f"No body and so never cited: {len(aside)}", Look.FACT), *rows)


def render_fidelity(told: str, left_out: Iterable[str], omitted: Iterable[tuple[str, str]] = ()) -> Page:
    """Return how much of the source was read, the sentences that it does not show, and those that were left out.

    `omitted` are sentences of the source's main part that are not in the article, each with the reason.
    """
    lines = [make_line(told, Look.FACT)]
    lines += [make_line(text, margin="not shown  ", mark=Look.FACT) for text in left_out]
    for why, rows in groupby(omitted, key=lambda row: row[1]):
        lines.append(make_line(f"Left out, {why}:", Look.FACT))
        lines += [make_line(text, margin="left out  ", mark=Look.FACT) for text, _ in rows]
    return tuple(lines)


def hit_to_dict(hit: Hit, card: Card) -> dict[str, Any]:
    """Return a hit as plain values: its article, where the passage is in it, its words and its score."""
    passage = hit.passage
    return {
        "format": 1,
        "article": {"id": card.id, "title": card.title, "source": card.source, "sha256": card.sha256},
        "passage": passage.number,
        "sentences": [passage.first, passage.last],
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "score": hit.score,
    }


def render_hits(hits: Iterable[tuple[Hit, Card]]) -> Page:
    """Return passages with their articles and places, best first."""
    lines: list[Line] = []
    for number, (hit, card) in enumerate(hits, 1):
        where = f"sentences {hit.passage.first} to {hit.passage.last}"
        lines.append(make_line(name_article(card), Look.TITLE, margin=f"{number}.".ljust(len(INDENT))))
        lines.append(make_line(" · ".join(filter(None, (format_facts(card), where))), Look.FACT, margin=INDENT))
        lines += render_block(hit.passage.text, INDENT, Look.TEXT)
    return tuple(lines)
