"""The article at hand comes first: what has just been added is asked before all others."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from index import Index, Verdict
from index.digest import DigestKind

from .dialogue import About, Answer, Ask, Output, Request, Tell, Told
from .perform import perform
from .state import REMEMBERED, State

_OF_LIBRARY = frozenset({DigestKind.LATEST, DigestKind.LIST, DigestKind.COMPARE})


def perform_nearest(index: Index, state: State, request: Request) -> tuple[State, Output]:
    """Carry out a request, of the articles at hand first; return the new state and what to show.

    A question that they do not answer is asked of all, and with that they are at hand no longer.

    Raises:
        PullquoteError: the index cannot answer, or an article is gone.
    """
    name = _name_at_hand(index, state)
    near = _narrow(state, request) if name else None
    if near is None:
        return perform(index, state, request)
    after, output = perform(index, *near)
    if isinstance(output, Answer):
        alone = replace(output, alone=name)
        if output.reply.verdict is Verdict.ANSWERED:
            return after, alone
        wide, other = perform(index, replace(state, at_hand=()), request)
        told = isinstance(other, Answer) and other.reply.verdict is Verdict.ANSWERED
        if output.reply.verdict is Verdict.RELATED and not told:
            return after, alone
        return wide, replace(other, beyond=name) if isinstance(other, Answer) else other
    if isinstance(request, About) or (isinstance(output, Told) and not output.digest.empty):
        within = near[0].scope if after.history != near[0].history else state.within  # "who is Kim" is a question
        return replace(after, only=(), within=within), output
    return perform(index, state, request)


def _name_at_hand(index: Index, state: State) -> str:
    """Return the name of what is at hand, "" if that is nothing, or all that there is to ask."""
    if not state.at_hand or state.only:
        return ""
    cards = list(index.articles(replace(state.filter, articles=state.at_hand)))
    first = islice(index.articles(state.filter), len(cards) + 1)
    if not cards or all(card.id in state.at_hand for card in first):
        return ""
    return cards[-1].name


def _narrow(state: State, request: Request) -> tuple[State, Request] | None:
    """Return state and request for the articles at hand alone; None if the request is not for them."""
    history = state.history if state.within.articles == state.at_hand else ()
    near = replace(state, only=state.at_hand, history=history)
    match request:
        case Ask(skip=0) if request.filter.articles == state.scope.articles:
            return near, _narrow_question(near, request)
        case Tell() if request.kind not in _OF_LIBRARY:
            asked = _narrow_question(near, request.ask) if request.ask else None
            return near, replace(request, ask=asked)
        case About():
            return near, request
    return None


def _narrow_question(near: State, asked: Ask) -> Ask:
    return replace(
        asked, history=near.history[-REMEMBERED:], filter=replace(asked.filter, articles=near.scope.articles)
    )
