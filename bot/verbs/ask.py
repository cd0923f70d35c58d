"""The verbs ask and search."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import click

from index import Filter, Index, Reply, Verdict
from index.errors import UnknownArticle
from index.verdicts import UNDERSTOOD, Reason, ReasonCode

from ..conversation import query
from ..pages.lines import Page, clean_line, format_reply, render_reply, to_json
from . import ANSWERED, FAILED, NOT_ANSWERED, warn
from .common import (
    add_filter_options,
    check_input,
    from_option,
    links_option,
    open_sources,
    put_json,
    put_page,
    read_lines,
)
from .progress import show_progress

if TYPE_CHECKING:
    from index.digest import DigestRequest

    from ..conversation.dialogue import Ask


@click.command
@click.argument("words", metavar="QUESTION", nargs=-1)
@from_option
@add_filter_options
@click.option("--json", "as_json", is_flag=True, help="Print the reply as JSON, one line each.")
@click.option(
    "--conversation", is_flag=True, help="With -, let a line go on from those before it; tells how it was understood."
)
@click.option("--explain", is_flag=True, help="Tell which words were found where, and what they weigh.")
@links_option
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
    links: bool,
) -> int:
    """Ask QUESTION and print the sentences that answer it, or that the article does not say.

    Of several questions in QUESTION, each is answered; "what is this about" and the like are answered as the console
    does, except with --json. With - as QUESTION, read one question a line and print one reply a line.
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
    if text == "-":
        check_input(ctx, sources, "the questions")
    with open_sources(ctx, sources) as index:
        within = query.resolve(index, within)
        if text == "-":
            _ask_lines(index, within, as_json=as_json, conversation=conversation, explain=explain)
            return ANSWERED
        try:
            question, narrowed = query.split(text, within)
        except ValueError as error:
            raise click.UsageError(str(error), ctx) from error
        return _ask_once(index, question, query.resolve(index, narrowed), _Shown(as_json, explain, links))


class _Shown(NamedTuple):
    """How a reply is shown: as JSON, or as text with its figures and its links written out."""

    as_json: bool
    explain: bool
    links: bool

    def render(self, reply: Reply) -> Page:
        page = render_reply(reply, links=self.links)
        if self.explain:
            from ..pages.weighing import render_explanation

            page = (*page, *render_explanation(reply))
        return page


def _ask_once(index: Index, text: str, within: Filter, shown: _Shown) -> int:
    """Answer what a message asks, its questions one by one; return the exit code.

    As JSON, what asks for a digest is answered as a question: a program that reads replies gets nothing else.
    """
    from index.asking.several import read_message
    from index.digest import DigestKind, DigestRequest

    said = read_message(text)
    wanted = said.wanted if text or not within.speakers else DigestRequest(DigestKind.QUOTES, within.speakers[:1])
    if wanted is not None and not shown.as_json:
        from ..conversation.dialogue import Ask  # late: few messages ask for a digest

        return _tell(index, Ask(text, (), within), wanted, shown)
    replies: list[Reply] = []
    for question in said.questions:
        before = tuple(reply.question for reply in replies)
        with show_progress("asking"):
            replies.append(index.ask(question, before, within, explain=shown.explain))
        if shown.as_json:
            put_json(_write_json(replies[-1]))
    if not shown.as_json and len(replies) > 1:
        from ..pages.render import render_answers

        put_page(render_answers(replies, said.left, links=shown.links))
    elif not shown.as_json:
        put_page(shown.render(replies[0]))
    elif said.left:
        warn(f"{len(replies)} questions are answered at once; left: {' '.join(said.left)}")
    if all(reply.verdict is Verdict.ANSWERED for reply in replies):
        return ANSWERED
    return FAILED if any(reply.unread for reply in replies) else NOT_ANSWERED


def _tell(index: Index, question: Ask, wanted: DigestRequest, shown: _Shown) -> int:
    """Print the digest that a message asks for, or the answer where it is a question after all."""
    from ..conversation.dialogue import Answer, Note, Tell, Told
    from ..conversation.perform import perform
    from ..conversation.state import State
    from ..pages.render import render

    with show_progress("reading"):
        _, output = perform(index, State(question.filter), Tell(wanted.kind, wanted.slots, question))
    match output:
        case Note():
            warn(f"of which article? Write article:ID behind it, or name one: pullquote digest {wanted.kind} ARTICLE")
            return NOT_ANSWERED
        case Answer(reply):
            put_page(shown.render(reply))
            return ANSWERED if reply.verdict is Verdict.ANSWERED else NOT_ANSWERED
        case _:
            put_page(render(output))
            return NOT_ANSWERED if isinstance(output, Told) and output.digest.empty else ANSWERED


def _ask_lines(index: Index, within: Filter, *, as_json: bool, conversation: bool, explain: bool) -> None:
    """Answer each line of standard input with one line."""
    history: tuple[str, ...] = ()
    for text in read_lines(sys.stdin.buffer):
        try:
            question, narrowed = query.split(text, within)
            with show_progress("asking"):
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


def _write_json(reply: Reply) -> str:
    from index.forms.serial import reply_to_dict

    return to_json(reply_to_dict(reply))


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
    from ..pages.render import hit_to_dict, render_hits

    with open_sources(ctx, sources) as index:
        try:
            text, within = query.split(" ".join(words), within)
        except ValueError as error:
            raise click.UsageError(str(error), ctx) from error
        if within.speakers:
            raise click.UsageError("speaker: says whose words answer a question; `search` looks for passages", ctx)
        with show_progress("searching"):
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
