"""A conversation over articles (pure): where it stands, and what a message asks for.

`read` turns a message into a request, `perform.perform` carries it out on an index and returns the
new state with an output to show. Console and Telegram share both, and the one table of
commands, which also prints the help.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from index import Article, Citation, Filter, Reply
from index.citations import STYLES
from index.model import Card
from index.stories import Change, Silence

from . import query
from .state import REMEMBERED, State

SHOWN = 3
"""Passages shown at a time."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask a question; the first `skip` passages have been shown before."""

    question: str
    history: tuple[str, ...] = ()
    filter: Filter = field(default_factory=Filter)
    limit: int = SHOWN
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Find:
    """List the articles whose headline holds the words; all without words."""

    words: str


@dataclass(frozen=True, slots=True)
class Use:
    """Ask only the article that the words pick: its number in the list, its id, or words of its headline."""

    words: str


@dataclass(frozen=True, slots=True)
class About:
    """Tell what is known of the article that is asked or that answered last."""


@dataclass(frozen=True, slots=True)
class Surround:
    """Show the paragraphs around a citation."""

    number: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Compare:
    """Tell what the newest version of the story that the words name changed; "" names the article asked last."""

    words: str


@dataclass(frozen=True, slots=True)
class Explain:
    """Weigh the last question again and tell how."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Show a reply without its first `skip` passages."""

    reply: Reply
    skip: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """Show articles with their numbers; `total` counts those that match, shown or not.

    `silent` tells of articles that answer nothing why, by their ids.
    """

    entries: tuple[tuple[int, Card], ...]
    total: int
    chosen: tuple[str, ...] = ()
    note: str = ""
    silent: Mapping[str, Silence] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Details:
    """Show what is known of one article, and which version of its story is newer."""

    card: Card
    newer: Card | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Show what changed from one version of a story to the next."""

    old: Article
    new: Article
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Context:
    """Show the paragraphs of the article around citation `number`."""

    article: Article
    number: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Why:
    """Show how the reply came about; it has `explain`."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Paste:
    """Show a citation to paste, in a form of `index.citations.STYLES`; "" is one line for a person."""

    citation: Citation
    card: Card
    style: str = ""


@dataclass(frozen=True, slots=True)
class Raw:
    """Show the reply as JSON."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class Help:
    """Show the commands."""


@dataclass(frozen=True, slots=True)
class Note:
    """Show one line."""

    text: str


@dataclass(frozen=True, slots=True)
class Quit:
    """End the conversation."""


Output = Answer | Listing | Details | Changes | Context | Why | Paste | Raw | Help | Note | Quit
Request = Ask | Find | Use | About | Surround | Compare | Explain | Paste | Raw | Help | Note | Quit


@dataclass(frozen=True, slots=True)
class Command:
    """A line of the command table; `read` makes the request of what follows the name."""

    name: str
    argument: str
    help: str
    read: Callable[[State, str], Request]


def read(state: State, message: str) -> Request:
    """Return what a message asks for: a command of the table, or a question; pure."""
    text = message.strip()
    bare = _BARE.get(text.casefold())
    if not text.startswith("/") and bare is None:
        return _question(state, text)
    name, _, rest = (bare or text[1:]).partition(" ")
    command = COMMANDS.get(name.casefold())
    if command is not None:
        return command.read(state, rest.strip())
    close = get_close_matches(name.casefold(), COMMANDS, 1, 0.5)
    hint = f"did you mean /{close[0]}?" if close else "/help lists them."
    return Note(f"There is no command /{name[:40]}; {hint}")


def _question(state: State, text: str) -> Request:
    try:
        question, within = query.split(text, state.scope)
    except ValueError as error:
        return Note(f"{error}.")
    if not question:
        return Note("Ask a question in words, for example: Who denied the talks?")
    return Ask(question, state.history[-REMEMBERED:], within)


def _next(state: State, _: str) -> Request:
    if state.reply is None or not state.reply.passages:
        return Note("There is nothing to go on from; ask a question first.")
    shown = len(state.reply.passages)
    return Ask(state.reply.question, state.history[:-1], state.within, shown + SHOWN, shown)


def _cited(state: State, text: str, make: Callable[[int, Citation, Card], Request]) -> Request:
    """Make a request of the citation whose number is written in `text`; 1 when nothing is."""
    passages = state.reply.passages if state.reply else ()
    cited = [(citation, passage.article) for passage in passages for citation in passage.citations]
    if not cited:
        return Note("There is no citation yet; ask a question first.")
    number = re.fullmatch(r"\[?([1-9]\d{0,5})\]?", text or "1")
    if not number or int(number[1]) > len(cited):
        there = f"from 1 to {len(cited)}" if len(cited) > 1 else "1, the only one"
        return Note(f"Which citation? Write its number, {there}.")
    return make(int(number[1]), *cited[int(number[1]) - 1])


def _paste(state: State, text: str) -> Request:
    number, _, last = text.rpartition(" ")
    style = last.casefold()
    if style in STYLES:
        return _cited(state, number.strip(), lambda _, citation, card: Paste(citation, card, style))
    if number:
        return Note(f"There is no form {last[:40]}; there are {', '.join(STYLES)}.")
    return _cited(state, text, lambda _, citation, card: Paste(citation, card))


def _raw(state: State, _: str) -> Request:
    return Raw(state.reply) if state.reply else Note("There is no reply yet; ask a question first.")


COMMANDS = {
    command.name: command
    for command in (
        Command("help", "", "show this list", lambda _state, _text: Help()),
        Command("article", "", "headline, date, version and length of the article", lambda _state, _text: About()),
        Command(
            "articles",
            "[WORDS]",
            "list the articles, or those with the words in the headline",
            lambda _, text: Find(text),
        ),
        Command(
            "use",
            "ARTICLE",
            "ask only this one: number, id or words of its headline; /use all goes back",
            lambda _, text: Use(text),
        ),
        Command(
            "diff",
            "[ARTICLE]",
            "what the newest version of a story changed",
            lambda _, text: Compare(text),
        ),
        Command(
            "context",
            "[N]",
            "the paragraphs around citation N",
            lambda state, text: _cited(state, text, lambda number, citation, _: Surround(number, citation)),
        ),
        Command("next", "", "further passages", _next),
        Command(
            "cite",
            "[N] [FORM]",
            f"one line to paste for citation N, or a form: {', '.join(STYLES)}",
            _paste,
        ),
        Command(
            "why",
            "",
            "which words of the question were found where, and what they weigh",
            lambda _state, _text: Explain(),
        ),
        Command("json", "", "the last reply as JSON", _raw),
        Command("quit", "", "leave", lambda _state, _text: Quit()),
    )
}
"""The commands of console and Telegram, by name, in the order in which help lists them."""

_BARE = {"help": "help", "?": "help", "quit": "quit", "exit": "quit"}
"""What people type when they do not know of the slash."""
