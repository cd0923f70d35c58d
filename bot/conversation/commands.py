"""The table of commands for the console and Telegram, and the reading of a message (pure).

The help of both, Telegram's menus and the hint at a mistyped command are made from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Flag, auto

from index.digest import DigestKind
from index.verdicts import translatable

from ..translation import gettext
from .dialogue import (
    About,
    Compare,
    Explain,
    Find,
    Forget,
    Help,
    Note,
    Quit,
    Request,
    Surround,
    Use,
)
from .requests import choose_citation, read_digest, read_next, read_paste, read_question, read_raw
from .state import State


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


def describe(command: Command) -> str:
    """Return the help of a command in the reader's language."""
    return gettext(command.help)


def describe_argument(command: Command) -> str:
    """Return what may follow a command in the reader's language, "" for nothing."""
    return gettext(command.argument) if command.argument else ""


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
        return read_question(state, text)
    name, _, rest = (bare or text[1:]).partition(" ")
    command = COMMANDS.get(_OTHER_NAMES.get(name.casefold(), name.casefold()))
    if command is not None and command.read is not None:
        return command.read(state, rest.strip())
    close = get_close_matches(name.casefold(), [offered.name for offered in list_commands(face)], 1, 0.5)
    if close:
        told = gettext("There is no command /{name}; did you mean /{close}?")
        return Note(told.format(name=name[:40], close=close[0]))
    return Note(gettext("There is no command /{name}; /help lists them.").format(name=name[:40]))


COMMANDS = {
    command.name: command
    for command in (
        Command(
            "start", "", translatable("what this is, and questions to tap"), faces=Face.TELEGRAM, menus=Menu.PRIVATE
        ),
        Command(
            "help", "", translatable("show this list"), lambda _state, _text: Help(), menus=Menu.PRIVATE | Menu.GROUP
        ),
        Command(
            "ask",
            "",
            translatable("ask a question: /ask Who denied the talks?"),
            faces=Face.TELEGRAM,
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command(
            "article",
            "",
            translatable("headline, date, version and length of the article"),
            lambda _state, _text: About(),
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command(
            "articles",
            translatable("[WORDS]"),
            translatable("list the articles, or those with the words in the headline"),
            lambda _, text: Find(text),
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command(
            "use",
            translatable("ARTICLE"),
            translatable("ask only this one: number, id or words of its headline; /use all goes back"),
            lambda _, text: Use(text),
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command(
            "about",
            "",
            translatable("what the article is about, in its own sentences"),
            read_digest(DigestKind.ABOUT),
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command(
            "quotes",
            translatable("[NAME]"),
            translatable("who says what in it, or what NAME says"),
            read_digest(DigestKind.QUOTES),
            menus=Menu.PRIVATE,
        ),
        Command(
            "people",
            "",
            translatable("whom it names, and how it introduces them"),
            read_digest(DigestKind.PEOPLE),
            menus=Menu.PRIVATE,
        ),
        Command(
            "timeline",
            "",
            translatable("what it dates, in order"),
            read_digest(DigestKind.TIMELINE),
            menus=Menu.PRIVATE,
        ),
        Command(
            "numbers",
            "",
            translatable("its figures, and what they count"),
            read_digest(DigestKind.NUMBERS),
            menus=Menu.PRIVATE,
        ),
        Command(
            "latest",
            translatable("[TOPIC]"),
            translatable("the newest articles, or the newest that speak of TOPIC"),
            read_digest(DigestKind.LATEST),
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command(
            "diff",
            translatable("[ARTICLE]"),
            translatable("what the newest version of a story changed"),
            lambda _, text: Compare(text),
            menus=Menu.PRIVATE,
        ),
        Command(
            "context",
            translatable("[N]"),
            translatable("the paragraphs around citation N"),
            lambda state, text: choose_citation(state, text, lambda number, citation, _: Surround(number, citation)),
        ),
        Command("next", "", translatable("further passages"), read_next, menus=Menu.PRIVATE | Menu.GROUP),
        Command(
            "cite",
            translatable("[N] [FORM]"),
            translatable("one line to paste for citation N, or a form: text, markdown, html, bibtex, csl, annotation"),
            read_paste,
        ),
        Command(
            "why",
            "",
            translatable("why a reply is as it is: which words of the question were found where"),
            lambda _state, _text: Explain(),
            menus=Menu.PRIVATE,
        ),
        Command(
            "new",
            "",
            translatable("begin anew: forget the questions so far"),
            lambda _state, _text: Forget(),
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command("json", "", translatable("the last reply as JSON"), read_raw),
        Command(
            "watch",
            translatable("QUESTION"),
            translatable("tell this chat as soon as a new article answers it"),
            faces=Face.TELEGRAM,
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command(
            "watches",
            "",
            translatable("what is watched here, and how to stop it"),
            faces=Face.TELEGRAM,
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command(
            "add",
            "",
            translatable("add the article at an address: /add https://..."),
            faces=Face.TELEGRAM,
            menus=Menu.PRIVATE,
        ),
        Command(
            "remove", "", translatable("remove an article from this chat"), faces=Face.TELEGRAM, menus=Menu.PRIVATE
        ),
        Command(
            "follow",
            translatable("[off]"),
            translatable("read what the linked channel posts as articles of this group"),
            faces=Face.TELEGRAM,
            menus=Menu.GROUP,
        ),
        Command(
            "language",
            translatable("[CODE]"),
            translatable("the language in which I write here"),
            faces=Face.TELEGRAM,
            menus=Menu.PRIVATE | Menu.GROUP,
        ),
        Command("privacy", "", translatable("what is kept, and where"), faces=Face.TELEGRAM, menus=Menu.PRIVATE),
        Command("whoami", "", translatable("your numeric id"), faces=Face.TELEGRAM, menus=Menu.PRIVATE),
        Command("stats", "", translatable("how the bot is doing (operator)"), faces=Face.TELEGRAM),
        Command("quit", "", translatable("leave"), lambda _state, _text: Quit(), faces=Face.CONSOLE),
    )
}
"""The commands by name, in the order in which help and menus list them."""

_OTHER_NAMES = {"reset": "new", "clear": "new", "summary": "about"}
"""Names of commands that people try, and the one that is meant."""

_BARE = {"help": "help", "?": "help", "more": "next", "next": "next", "quit": "quit", "exit": "quit"}
"""What people type who do not know about the slash."""
