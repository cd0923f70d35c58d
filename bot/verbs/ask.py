"""The verbs ask, chat, search and show."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from index import Article, Filter, Hit, Index, Reply, Verdict
from index.errors import PullquoteError, SourceError, UnknownArticle
from index.model import Card
from index.verdicts import UNDERSTOOD, Reason, ReasonCode

from ..conversation import query
from ..pages.lines import Line, clean_line, format_reply, render_explanation, render_reply, to_json
from . import ANSWERED, FAILED, NOT_ANSWERED, warn
from .common import add_filter_options, from_option, open_sources, put_json, put_page
from .transcripts import keep_transcript, transcript_option

if TYPE_CHECKING:
    from ..conversation.state import State

LONGEST_LINE = 100_000
"""Characters of a line of standard input that are read; the rest of a longer line is dropped."""


@click.command
@click.argument("words", metavar="QUESTION", nargs=-1)
@from_option
@add_filter_options
@click.option("--json", "as_json", is_flag=True, help="Print the reply as JSON, one line each.")
@click.option(
    "--conversation", is_flag=True, help="With -, let a line go on from those before it; tells how it was understood."
)
@click.option("--explain", is_flag=True, help="Tell which words were found where, and what they weigh.")
@click.pass_context
def ask(  # noqa: PLR0913 - one parameter an option
    ctx: click.Context,
    words: tuple[str, ...],
    sources: tuple[str, ...],
    within: Filter,
    *,
    as_json: bool,
    conversation: bool,
    explain: bool,
) -> int:
    """Ask QUESTION and print the sentences that answer it, or that the article does not say.

    With - as QUESTION, read one question a line and print one reply a line.
    The exit code is 0 when answered (with -: when all lines were), 1 when not.

    \b
    Example:
      pullquote ask --from story.txt "Who denied the talks?"
      pullquote ask --from stories --json - < questions.txt > replies.jsonl
    """
    text = " ".join(words).strip()
    if text != "-" and conversation:
        raise click.UsageError("--conversation reads one question a line: write - as QUESTION", ctx)
    if not text:
        raise click.UsageError("There is no question. Write it in quotation marks", ctx)
    with open_sources(ctx, sources) as index:
        within = query.resolve(index, within)
        if text == "-":
            _ask_lines(index, within, as_json=as_json, conversation=conversation, explain=explain)
            return ANSWERED
        try:
            question, narrowed = query.split(text, within)
        except ValueError as error:
            raise click.UsageError(str(error), ctx) from error
        reply = index.ask(question, (), query.resolve(index, narrowed), explain=explain)
    if as_json:
        put_json(_write_json(reply))
    else:
        put_page((*render_reply(reply), *(render_explanation(reply) if explain else ())))
    if reply.verdict is Verdict.ANSWERED:
        return ANSWERED
    return FAILED if reply.unread else NOT_ANSWERED


def _ask_lines(index: Index, within: Filter, *, as_json: bool, conversation: bool, explain: bool) -> None:
    """Answer each line of standard input with one line."""
    history: tuple[str, ...] = ()
    for text in read_lines(sys.stdin.buffer):
        try:
            question, narrowed = query.split(text, within)
            reply = index.ask(question, history, query.resolve(index, narrowed), explain=explain)
        except (ValueError, UnknownArticle) as error:  # a mistake in one line: the others are answered
            reply = Reply(text, None, Verdict.REFUSED, 0.0, Reason(f"{error}.", ReasonCode.ERROR))
        else:
            history = (*history, question)[-10:] if conversation else ()
        if as_json:
            put_json(_write_json(reply))
        else:
            meant = f"{clean_line(UNDERSTOOD.format(reply.understood))} " if conversation and reply.understood else ""
            click.echo(f"{meant}{format_reply(reply)}")
        sys.stdout.flush()  # a program that asks line by line waits for it


def read_lines(stream: IO[bytes]) -> Iterator[str]:
    """Yield the lines of a stream as text; bytes that are not UTF-8 become replacement characters."""
    while row := stream.readline(LONGEST_LINE):
        rest = row
        while not rest.endswith(b"\n") and (rest := stream.readline(LONGEST_LINE)):
            pass
        yield row.decode("utf-8-sig", "replace").strip()


def _write_json(reply: Reply) -> str:
    from index.forms.serial import reply_to_dict

    return to_json(reply_to_dict(reply))


@click.command
@from_option
@add_filter_options
@transcript_option
@click.pass_context
def chat(ctx: click.Context, sources: tuple[str, ...], within: Filter, *, transcript: Path | None) -> int:
    """Ask question after question at a prompt; /help there lists the commands.

    When its input is not a terminal, it answers one question a line and ends.

    \b
    Example:
      pullquote chat --from story.txt --transcript talk.html
    """
    from ..conversation.state import State

    with open_sources(ctx, sources) as index, keep_transcript(transcript) as turns:
        state = State(query.resolve(index, within))
        if sys.stdin.isatty() and sys.stdout.isatty():
            from ..console import converse

            converse(index, state, turns)
        else:
            _chat_lines(index, state, turns)
    return ANSWERED


def _chat_lines(index: Index, state: State, turns: list[tuple[str, Reply]]) -> None:
    """Answer each line of standard input as the prompt does."""
    from ..conversation.commands import read
    from ..conversation.dialogue import Answer, Answers, Quit
    from ..conversation.perform import perform
    from ..pages.render import render

    for message in filter(None, read_lines(sys.stdin.buffer)):
        try:
            state, output = perform(index, state, read(state, message))
        except PullquoteError as error:
            warn(str(error))
            continue
        if isinstance(output, Quit):
            break
        if isinstance(output, Answer) and not output.skip:
            turns.append((message, output.reply))
        if isinstance(output, Answers):
            turns += [(reply.question, reply) for reply in output.replies]
        put_page((*render(output), Line()))
        sys.stdout.flush()


@click.command
@click.argument("words", metavar="WORDS", nargs=-1, required=True)
@from_option
@add_filter_options
@click.option(
    "--limit", metavar="N", type=click.IntRange(1, 1000), default=10, show_default=True, help="Passages at most."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a passage.")
@click.pass_context
def search(
    ctx: click.Context, words: tuple[str, ...], sources: tuple[str, ...], within: Filter, *, limit: int, as_json: bool
) -> int:
    """List the passages that hold any of WORDS, best first. The exit code is 1 when none does.

    \b
    Example:
      pullquote search --from stories joint exercises
    """
    from ..pages.render import render_hits

    with open_sources(ctx, sources) as index:
        try:
            text, within = query.split(" ".join(words), within)
        except ValueError as error:
            raise click.UsageError(str(error), ctx) from error
        within = query.resolve(index, within)
        found = index.search(text, limit, within)
        cards = {key: index.article(key, within).card for key in {hit.passage.article_id for hit in found}}
    hits = [(hit, cards[hit.passage.article_id]) for hit in found]
    if as_json:
        for hit, card in hits:
            put_json(to_json(hit_to_dict(hit, card)))
    elif hits:
        put_page(render_hits(hits))
    else:
        warn("no passage holds any of these words")
    return ANSWERED if hits else NOT_ANSWERED


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


def _render_report(article: Article) -> tuple[Line, ...]:
    """Return the parts of the article that are never cited, and how it compares with its source now."""
    from index.sources import load

    from ..pages.render import render_fidelity, render_report

    try:
        now = load(article.source)
    except SourceError as error:
        return (*render_report(article), *render_fidelity(f"The source cannot be read again. {error}", ()))
    told = str(now.fidelity) if now.article.id == article.id else "The source has a different text now."
    return (*render_report(article), *render_fidelity(told, now.fidelity.left_out, now.fidelity.omitted))


@click.command
@click.argument("article", metavar="[ARTICLE]", required=False)
@from_option
@click.option("--json", "as_json", is_flag=True, help="Print all that is stored, with text and offsets, as JSON.")
@click.option("--report", is_flag=True, help="List what is never cited, not found in the source, or left out of it.")
@click.option("--collection", metavar="NAME", multiple=True, help="Only articles of this collection.")
@click.pass_context
def show(
    ctx: click.Context,
    article: str | None,
    sources: tuple[str, ...],
    *,
    as_json: bool,
    report: bool,
    collection: tuple[str, ...],
) -> int:
    """Print the article whose id is, or begins with, ARTICLE; with --from, all of the source or the one named.

    \b
    Example:
      pullquote show 94a7cd8d
      pullquote show --from story.txt --json
    """
    from index.forms.serial import article_to_dict

    from ..pages.render import render_article

    if not article and not sources:
        raise click.UsageError("Missing argument ARTICLE: an id, or the beginning of one", ctx)
    with open_sources(ctx, sources) as index:
        names = [article] if article else [card.id for card in index.articles()]
        found = [index.article(name, Filter(collections=collection)) for name in names]
    if as_json:
        for item in found:
            put_json(to_json(article_to_dict(item)))
    else:
        shown = _render_report if report else render_article
        pages = [line for item in found for line in (*shown(item), Line())]
        put_page(tuple(pages[:-1]), pager=True)
    return ANSWERED
