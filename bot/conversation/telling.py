"""Carry out requests for a digest: find the article that is meant, or ask the question where none is."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from index import Index
from index.digest import DigestKind
from index.model import Card
from index.verdicts import translatable

from ..translation import gettext
from .dialogue import Answers, Ask, Find, Listing, Note, Tell, Told
from .state import State

WHICH = translatable(
    "Which article? Choose one with /use first, or write its number or words of its headline behind /use."
)
WHICH_TWO = translatable("Which two articles, on which question? For example: compare 1 and 2 on the costs")
OF_NAME = frozenset({DigestKind.PERSON, DigestKind.QUOTES, DigestKind.LATEST})
"""Kinds that may name somebody or something: where the article has nothing by that name, it may be a question."""

TRIED = 3
"""Articles that are looked through for one whose name was asked for."""


def tell(index: Index, state: State, request: Tell) -> Told | Find | Ask | Listing | Note:
    """Return the digest that is asked for; else the list, the question to ask instead, or what is missing."""
    if request.kind is DigestKind.LIST:
        return Find("")
    of = request.slots[0] if request.slots else ""
    cards = list(islice(index.articles(state.scope), 2))
    if request.kind is DigestKind.LATEST:
        made = index.digest(request.kind, of=of, filter=state.scope)
        return request.ask if made.empty and of and request.ask else Told(made)
    card = cards[0] if len(cards) == 1 else _find_answering(state)
    if card is None and of and request.kind is DigestKind.QUOTES:
        return _tell_quotes(index, state, request)
    if card is None:
        return (request.ask if of else None) or Note(
            gettext(WHICH) if cards else gettext("There is no article here yet.")
        )
    made = index.digest(request.kind, card.id, of, state.filter)
    if made.empty and of and request.ask is not None and request.kind in OF_NAME:
        return request.ask
    return Told(made)


def _tell_quotes(index: Index, state: State, request: Tell) -> Told | Ask | Note:
    """Return what somebody says in the article that speaks of the person most, of `TRIED` at most."""
    name = request.slots[0]
    hits = index.search(name, 4 * TRIED, state.scope)
    keys = list(dict.fromkeys(hit.passage.article_id for hit in hits))[:TRIED]
    found = (index.digest(request.kind, key, name, state.filter) for key in keys)
    return next((Told(each) for each in found if not each.empty), request.ask or Note(gettext(WHICH)))


def _find_answering(state: State) -> Card | None:
    """Return the article that answered last, None if none did."""
    return state.reply.passages[0].article if state.reply and state.reply.passages else None


def compare(index: Index, state: State, request: Tell, found: list[list[tuple[int, Card]]]) -> Answers | Note:
    """Return the same question asked of two articles, side by side; `found` are those that the words name."""
    cards = [some[0][1] for some in found if len(some) == 1]
    if len(found) < 2:
        cards = list(islice(index.articles(state.scope), 3))
    question = request.slots[-1] if len(request.slots) in (1, 3) else ""
    if len(cards) != 2 or not question:
        return Note(gettext(WHICH_TWO))
    replies = [index.ask(question, (), replace(state.filter, articles=(card.id,))) for card in cards]
    return Answers(tuple(replies))
