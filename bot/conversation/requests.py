"""What a question and the words behind a command ask for (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable

from index import Citation
from index.asking.several import read_message
from index.citations import STYLES
from index.digest import DigestKind
from index.model import Card

from ..translation import gettext, ngettext
from . import query
from .dialogue import SHOWN, Ask, AskEach, Note, Paste, Raw, Request, Tell
from .state import REMEMBERED, State


def read_question(state: State, text: str) -> Request:
    """Return what words that are no command ask for."""
    try:
        question, within = query.split(text, state.scope)
    except ValueError as error:
        return Note(f"{error}.")
    if not question and within.speakers:
        return Tell(DigestKind.QUOTES, within.speakers[:1])
    if not question:
        return Note(gettext("Ask a question in words, for example: Who denied the talks?"))
    said = read_message(question, talking=bool(state.history))
    asked = Ask(question, state.history[-REMEMBERED:], within)
    if said.wanted is not None:
        return Tell(said.wanted.kind, said.wanted.slots, asked)
    return AskEach(said.questions, said.left, within) if len(said.questions) > 1 else asked


def read_digest(kind: DigestKind) -> Callable[[State, str], Request]:
    """Return the reader of a command that asks for a digest of a kind; what follows is of whom."""
    return lambda _, text: Tell(kind, (text,) if text else ())


def read_next(state: State, _: str) -> Request:
    """Return the request for the passages after those that were shown."""
    if state.reply is None or not state.reply.passages:
        return Note(gettext("There is nothing to go on from; ask a question first."))
    shown = len(state.reply.passages)
    return Ask(state.reply.question, state.history[:-1], state.within, shown + SHOWN, shown)


def choose_citation(state: State, text: str, make: Callable[[int, Citation, Card], Request]) -> Request:
    """Make a request about the citation whose number is in `text`, 1 if it is empty."""
    passages = state.reply.passages if state.reply else ()
    cited = [(citation, passage.article) for passage in passages for citation in passage.citations]
    if not cited:
        return Note(gettext("There is no citation yet; ask a question first."))
    number = re.fullmatch(r"\[?([1-9]\d{0,5})\]?", text or "1")
    if not number or int(number[1]) > len(cited):
        told = ngettext(
            "Which citation? Write its number, 1, the only one.",
            "Which citation? Write its number, from 1 to {count}.",
            len(cited),
        )
        return Note(told.format(count=len(cited)))
    return make(int(number[1]), *cited[int(number[1]) - 1])


def read_paste(state: State, text: str) -> Request:
    """Return the request for a citation to paste: its number, its form, both or none."""
    number, _, last = text.rpartition(" ")
    style = last.casefold()
    if style in STYLES:
        return choose_citation(state, number.strip(), lambda _, citation, card: Paste(citation, card, style))
    if number:
        told = gettext("There is no form {form}; there are {forms}.")
        return Note(told.format(form=last[:40], forms=", ".join(STYLES)))
    return choose_citation(state, text, lambda _, citation, card: Paste(citation, card))


def read_raw(state: State, _: str) -> Request:
    """Return the request for the last reply as JSON."""
    return Raw(state.reply) if state.reply else Note(gettext("There is no reply yet; ask a question first."))
