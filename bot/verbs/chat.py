"""The verb chat: question after question at a prompt, or one a line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from index import Filter, Index, Reply
from index.errors import PullquoteError

from ..conversation import query
from ..pages.lines import Line
from . import ANSWERED, warn
from .common import add_filter_options, check_input, from_option, links_option, open_sources, put_page, read_lines
from .transcripts import keep_transcript, transcript_option

if TYPE_CHECKING:
    from ..conversation.state import State


@click.command
@from_option
@add_filter_options
@transcript_option
@links_option
@click.pass_context
def chat(ctx: click.Context, sources: tuple[str, ...], within: Filter, *, transcript: Path | None, links: bool) -> int:
    """Ask question after question at a prompt; /help there lists the commands.

    When its input is not a terminal, it answers one question a line and ends.

    \b
    Example:
      pullquote chat --from story.txt --transcript talk.html
    """
    from ..conversation.state import State

    check_input(ctx, sources, "the questions")
    with open_sources(ctx, sources) as index, keep_transcript(transcript) as turns:
        state = State(query.resolve(index, within))
        if sys.stdin.isatty() and sys.stdout.isatty():
            from ..console import converse

            converse(index, state, turns, links=links)
        else:
            _chat_lines(index, state, turns, links=links)
    return ANSWERED


def _chat_lines(index: Index, state: State, turns: list[tuple[str, Reply]], *, links: bool) -> None:
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
        put_page((*render(output, links=links), Line()))
        sys.stdout.flush()
