"""The terminal: pages in colour, and the prompt."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from shutil import get_terminal_size
from threading import Thread
from typing import TypeVar

import click
from platformdirs import user_state_path
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from rich.console import Console
from rich.style import Style
from rich.text import Text

from index import Index, Reply
from index.errors import PullquoteError
from index.files import close_to_others, make_private_file, make_private_folder

from .conversation.commands import Face, list_commands, read
from .conversation.dialogue import Answer, Answers, Note, Output, Paste, Quit, Raw
from .conversation.openers import suggest_openers
from .conversation.perform import perform
from .conversation.state import State
from .pages.lines import Line, Look, Page, Piece, clean_line, make_line, render_name
from .pages.render import render

STYLES = {
    Look.TEXT: "",
    Look.CITED: "bold green",
    Look.CLOSEST: "bold yellow",
    Look.MARK: "bold cyan",
    Look.TITLE: "bold",
    Look.FACT: "dim",
    Look.RELATED: "bold yellow",
    Look.REFUSED: "bold red",
    Look.COMMAND: "cyan",
}
"""The style of each look; the words are the same without it."""

WITHOUT_LINKS = ("dumb", "linux", "vt", "cons", "sun", "eterm")
"""Beginnings of the names of terminals that would show the bytes of a link."""

NAMES_COMPLETED = 1000
"""Articles whose headlines are completed; more would make the first Tab slow."""

LONGEST_NAME = 50
"""Characters of an article's name in the prompt."""

Result = TypeVar("Result")


def draw(lines: Page, *, pager: bool = False) -> None:
    """Print a page on the terminal, wrapped to its width; with `pager`, through a pager if it is too long."""
    size = get_terminal_size()  # rich assumes that every dumb terminal is 80 columns wide
    console = Console(highlight=False, width=size.columns, height=size.lines)
    with console.capture() as captured:
        for item in lines:
            _draw_line(console, item)
    text = captured.get()
    if pager and text.count("\n") >= console.height:
        click.echo_via_pager(text, color=None if console.color_system else False)  # None makes less show colours
    else:
        click.echo(text, nl=False, color=True)


def _draw_line(console: Console, item: Line) -> None:
    words = Text.assemble(*((piece.text, _style(piece)) for piece in item.pieces))
    margin = Text.assemble((item.margin.text, STYLES[item.margin.look]))
    if item.raw:  # the terminal breaks it, and joins it again where it is copied
        console.print(Text.assemble(margin, words), soft_wrap=True)
        return
    rows = words.wrap(console, max(console.width - margin.cell_len, 10)) if words else [Text()]
    for row in rows:
        row.rstrip()
        console.print(Text.assemble(margin, row), soft_wrap=True)
        margin = Text(" " * margin.cell_len)


def _style(piece: Piece) -> Style:
    """Return the style of words, with their link where the terminal is one that takes links, or passes them over."""
    style = Style.parse(STYLES[piece.look])
    takes_links = not os.environ.get("TERM", "").startswith(WITHOUT_LINKS)
    return style.update_link(piece.link) if piece.link and takes_links else style


class _Completer(Completer):
    """Completes commands, and after /use the headlines of the articles."""

    def __init__(self, index: Index, state: State) -> None:
        self._index = index
        self._scope = state.filter
        self._titles: list[str] | None = None

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:  # noqa: ARG002 - as the base has it
        """Yield completions of what is typed; none in a question."""
        typed = document.text_before_cursor.lstrip()
        if not typed.startswith("/"):
            return
        command, space, words = typed[1:].partition(" ")
        if not space:
            for known in list_commands(Face.CONSOLE):
                if known.name.startswith(command.casefold()):
                    yield Completion(f"/{known.name}", -len(typed), display_meta=known.help)
        elif command in ("use", "articles"):
            for title in self._list_titles():
                if words.casefold() in title.casefold():
                    yield Completion(title, -len(words))

    def _list_titles(self) -> list[str]:
        if self._titles is None:
            cards = islice(self._index.articles(self._scope), NAMES_COMPLETED)
            self._titles = list(dict.fromkeys(clean_line(card.title) for card in cards if card.title))
        return self._titles


class _History(FileHistory):
    """What was typed, in a file that only its owner can read; a full disk does not end the conversation."""

    def store_string(self, string: str) -> None:
        """Append a line to the file, if it can be written."""
        with suppress(OSError):
            super().store_string(string)


def open_history(folder: Path) -> History:
    """Return the history kept in `folder`, or one in memory if the folder cannot be written."""
    path = folder / "history"
    try:
        make_private_folder(folder)
        make_private_file(path)
        close_to_others([path])
    except OSError:
        return InMemoryHistory()
    return _History(path)


def render_banner(index: Index, state: State) -> Page:
    """Return the opening lines: the articles, and questions that they answer."""
    cards = list(index.articles(state.filter))
    about = render_name(cards[0]) if len(cards) == 1 else (make_line(f"{len(cards):,} articles", Look.TITLE),)
    questions = suggest_openers(index, state.filter)
    return (
        *about,
        make_line("Ask, and the text answers in its own words. /help shows the commands, Ctrl-D leaves."),
        *((make_line("For example:", Look.FACT),) if questions else ()),
        *(make_line(question, Look.COMMAND, margin="  ") for question in questions),
    )


def converse(index: Index, state: State, turns: list[tuple[str, Reply]], *, links: bool = False) -> None:
    """Hold a conversation at the prompt until Ctrl-D or /quit; each answer is appended to `turns`.

    With `links`, the address of each cited sentence is written out.
    """
    session: PromptSession[str] = PromptSession(
        history=open_history(user_state_path("pullquote")),
        completer=_Completer(index, state),
        complete_while_typing=False,
        complete_in_thread=True,
        reserve_space_for_menu=4,
    )
    draw(render_banner(index, state))
    while True:
        try:
            message = session.prompt(make_prompt(index, state))
        except KeyboardInterrupt:  # Ctrl-C clears the line
            continue
        except EOFError:
            return
        if not message.strip():
            continue
        result = run_stoppable(partial(_answer_message, index, state, message))
        if result is None:
            draw((make_line("Stopped."),))
            continue
        state, output = result
        if isinstance(output, Quit):
            return
        if isinstance(output, Answer) and not output.skip:
            turns.append((message, output.reply))
        if isinstance(output, Answers):
            turns += [(reply.question, reply) for reply in output.replies]
        paged = not isinstance(output, Answer | Paste | Raw)  # what is to be copied stays on the screen
        draw((Line(), *render(output, links=links), Line()), pager=paged)


def make_prompt(index: Index, state: State) -> str:
    """Return the prompt: with the article that alone is asked, and the way back."""
    card = next(iter(index.articles(state.scope)), None) if state.chosen else None
    if card is None:
        return "> "
    name = clean_line(card.name)
    return f"[{name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + '…'} · /use all goes back]\n> "


def _answer_message(index: Index, state: State, message: str) -> tuple[State, Output]:
    """Answer one message; an error of ours becomes a line, and the conversation goes on."""
    try:
        return perform(index, state, read(state, message))
    except PullquoteError as error:
        return state, Note(f"{error}")


def run_stoppable(work: Callable[[], Result]) -> Result | None:
    """Do the work in a thread and return its result; None as soon as Ctrl-C is pressed.

    A search cannot be interrupted, so it finishes in the background while the prompt is back.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again below, in the calling thread
            errors.append(error)

    thread = Thread(target=run, daemon=True)
    try:
        thread.start()
        while thread.is_alive():
            thread.join(0.2)  # without a limit, Ctrl-C does not work on every system
    except KeyboardInterrupt:
        return None
    if errors:
        raise errors[0]
    return results[0]
