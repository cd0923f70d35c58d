"""The table of commands for the console and Telegram, and the reading of a message (pure).

The help of both, Telegram's menus and the hint at a mistyped command are made from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Flag, auto

from index import Citation
from index.asking.several import read_message
from index.citations import STYLES
from index.digest import DigestKind
from index.model import Card

from . import query
from .dialogue import (
    SHOWN,
    About,
    Ask,
    AskEach,
    Compare,
    Explain,
    Find,
    Forget,
    Help,
    Note,
    Paste,
    Quit,
    Raw,
    Request,
    Surround,
    Tell,
    Use,
)
from .state import REMEMBERED, State


class Face(Flag):
    """Who offers a command: the console, Telegram, or both."""

    CONSOLE = auto()
    TELEGRAM = auto()


class Menu(Flag):
    """The menus of Telegram that hold a command: that of a private chat, that of a group."""

    NONE = 0
    PRIVATE = auto()
    GROUP = auto()


@dataclass(frozen=True, slots=True)
class Command:
    """A row of the table.

    `read` makes a request of what follows the name; without it, the face has an action of its own. `faces` are those
    whose help and hints mention the command; a command with `read` is understood in all faces.
    """

    name: str
    argument: str
    help: str
    read: Callable[[State, str], Request] | None = None
    faces: Face = Face.CONSOLE | Face.TELEGRAM
    menus: Menu = Menu.NONE


def list_commands(face: Face) -> tuple[Command, ...]:
    """Return the commands that a face offers, in the order of the table."""
    return tuple(command for command in COMMANDS.values() if face in command.faces)


def read(state: State, message: str, face: Face = Face.CONSOLE) -> Request:
    """Return what a message asks for: a command of the table, or a question; pure.

    An unknown command is answered with the most similar one that the face offers.
    """
    text = message.strip()
    bare = _BARE.get(text.casefold())
    if not text.startswith("/") and bare is None:
        return _read_question(state, text)
    name, _, rest = (bare or text[1:]).partition(" ")
    command = COMMANDS.get(_OTHER_NAMES.get(name.casefold(), name.casefold()))
    if command is not None and command.read is not None:
        return command.read(state, rest.strip())
    close = get_close_matches(name.casefold(), [offered.name for offered in list_commands(face)], 1, 0.5)
    hint = f"did you mean /{close[0]}?" if close else "/help lists them."
    return Note(f"There is no command /{name[:40]}; {hint}")


def _read_question(state: State, text: str) -> Request:
    try:
        question, within = query.split(text, state.scope)
    except ValueError as error:
        return Note(f"{error}.")
    if not question:
        return Note("Ask a question in words, for example: Who denied the talks?")
    said = read_message(question, talking=bool(state.history))
    asked = Ask(question, state.history[-REMEMBERED:], within)
    if said.wanted is not None:
        return Tell(said.wanted.kind, said.wanted.slots, asked)
    return AskEach(said.questions, said.left, within) if len(said.questions) > 1 else asked


def _read_digest(kind: DigestKind) -> Callable[[State, str], Request]:
    """Return the reader of a command that asks for a digest of a kind; what follows is of whom."""
    return lambda _, text: Tell(kind, (text,) if text else ())


def _read_next(state: State, _: str) -> Request:
    if state.reply is None or not state.reply.passages:
        return Note("There is nothing to go on from; ask a question first.")
    shown = len(state.reply.passages)
    return Ask(state.reply.question, state.history[:-1], state.within, shown + SHOWN, shown)


def _choose_citation(state: State, text: str, make: Callable[[int, Citation, Card], Request]) -> Request:
    """Make a request about the citation whose number is in `text`, 1 if it is empty."""
    passages = state.reply.passages if state.reply else ()
    cited = [(citation, passage.article) for passage in passages for citation in passage.citations]
    if not cited:
        return Note("There is no citation yet; ask a question first.")
    number = re.fullmatch(r"\[?([1-9]\d{0,5})\]?", text or "1")
    if not number or int(number[1]) > len(cited):
        there = f"from 1 to {len(cited)}" if len(cited) > 1 else "1, the only one"
        return Note(f"Which citation? Write its number, {there}.")
    return make(int(number[1]), *cited[int(number[1]) - 1])


def _read_paste(state: State, text: str) -> Request:
    number, _, last = text.rpartition(" ")
    style = last.casefold()
    if style in STYLES:
        return _choose_citation(state, number.strip(), lambda _, citation, card: Paste(citation, card, style))
    if number:
        return Note(f"There is no form {last[:40]}; there are {', '.join(STYLES)}.")
    return _choose_citation(state, text, lambda _, citation, card: Paste(citation, card))


def _read_raw(state: State, _: str) -> Request:
    return Raw(state.reply) if state.reply else Note("There is no reply yet; ask a question first.")


COMMANDS = {
    command.name: command
    for command in (
        Command("start", "", "what this is, and questions to tap", faces=Face.TELEGRAM, menus=Menu.PRIVATE),
        Command("help", "", "show this list", lambda _state, _text: Help(), menus=Menu.PRIVATE | Menu.GROUP),
        Command(
            "ask",
            "",
            "ask a question: /ask Who denied the talks?",
            faces=Face.TELEGRAM,
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command(
            "article",
            "",
            "headline, date, version and length of the article",
            lambda _state, _text: About(),
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command(
            "articles",
            "[WORDS]",
            "list the articles, or those with the words in the headline",
            lambda _, text: Find(text),
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command(
            "use",
            "ARTICLE",
            "ask only this one: number, id or words of its headline; /use all goes back",
            lambda _, text: Use(text),
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command(
            "about",
            "",
            "what the article is about, in its own sentences",
            _read_digest(DigestKind.ABOUT),
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command(
            "quotes",
            "[NAME]",
            "who says what in it, or what NAME says",
            _read_digest(DigestKind.QUOTES),
            menus=Menu.PRIVATE,
        ),
        Command(
            "people",
            "",
            "whom it names, and how it introduces them",
            _read_digest(DigestKind.PEOPLE),
            menus=Menu.PRIVATE,
        ),
        Command(
            "timeline",
            "",
            "what it dates, in order",
            _read_digest(DigestKind.TIMELINE),
            menus=Menu.PRIVATE,
        ),
        Command(
            "numbers", "", "its figures, and what they count", _read_digest(DigestKind.NUMBERS), menus=Menu.PRIVATE
        ),
        Command(
            "latest",
            "[TOPIC]",
            "the newest articles, or the newest that speak of TOPIC",
            _read_digest(DigestKind.LATEST),
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command(
            "diff",
            "[ARTICLE]",
            "what the newest version of a story changed",
            lambda _, text: Compare(text),
            menus=Menu.PRIVATE,
        ),
        Command(
            "context",
            "[N]",
            "the paragraphs around citation N",
            lambda state, text: _choose_citation(state, text, lambda number, citation, _: Surround(number, citation)),
        ),
        Command("next", "", "further passages", _read_next, menus=Menu.PRIVATE | Menu.GROUP),
        Command(
            "cite",
            "[N] [FORM]",
            f"one line to paste for citation N, or a form: {', '.join(STYLES)}",
            _read_paste,
        ),
        Command(
            "why",
            "",
            "why a reply is as it is: which words of the question were found where",
            lambda _state, _text: Explain(),
            menus=Menu.PRIVATE,
        ),
        Command(
            "new",
            "",
            "begin anew: forget the questions so far",
            lambda _state, _text: Forget(),
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command("json", "", "the last reply as JSON", _read_raw),
        Command(
            "watch",
            "QUESTION",
            "tell this chat as soon as a new article answers it",
            faces=Face.TELEGRAM,
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command(
            "watches",
            "",
            "what is watched here, and how to stop it",
            faces=Face.TELEGRAM,
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command("add", "", "add the article at an address: /add https://...", faces=Face.TELEGRAM, menus=Menu.PRIVATE),
        Command("remove", "", "remove an article from this chat", faces=Face.TELEGRAM, menus=Menu.PRIVATE),
        Command(
            "follow",
            "[off]",
            "read what the linked channel posts as articles of this group",
            faces=Face.TELEGRAM,
            menus=Menu.GROUP,
        ),
        Command("privacy", "", "what is kept, and where", faces=Face.TELEGRAM, menus=Menu.PRIVATE),
        Command("whoami", "", "your numeric id", faces=Face.TELEGRAM, menus=Menu.PRIVATE),
        Command("stats", "", "how the bot is doing (operator)", faces=Face.TELEGRAM),
        Command("quit", "", "leave", lambda _state, _text: Quit(), faces=Face.CONSOLE),
    )
}
"""The commands by name, in the order in which help and menus list them."""

_OTHER_NAMES = {"reset": "new", "clear": "new", "summary": "about"}
"""Names of commands that people try, and the one that is meant."""

_BARE = {"help": "help", "?": "help", "quit": "quit", "exit": "quit"}
"""What people type who do not know about the slash."""
