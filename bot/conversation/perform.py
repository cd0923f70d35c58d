"""Carrying out what a conversation asks for: the one place where console and Telegram use the index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from heapq import nlargest
from itertools import islice, zip_longest
from typing import assert_never

from index import Filter, Index, Verdict
from index.model import Card, as_utc
from index.stories import diff, ordered, silences

from ..pages.lines import title
from . import query
from .dialogue import (
    About,
    Answer,
    Ask,
    Changes,
    Compare,
    Context,
    Details,
    Explain,
    Find,
    Help,
    Listing,
    Note,
    Output,
    Paste,
    Quit,
    Raw,
    Request,
    Surround,
    Use,
    Why,
)
from .state import REMEMBERED, State

LISTED = 20
"""Articles listed at a time."""


def perform(index: Index, state: State, request: Request) -> tuple[State, Output]:  # noqa: PLR0911 - one a request
    """Carry a request out and return the state after it with what to show.

    Raises:
        PullquoteError: the index cannot answer, or an article is gone.
    """
    match request:
        case Ask():
            return _ask(index, state, request)
        case Find(words):
            return state, _find(index, state, words)
        case Use(words):
            return _use(index, state, words)
        case About():
            return state, _about(index, state)
        case Compare(words):
            return state, _compare(index, state, words)
        case Surround(number, citation):
            return state, Context(index.article(citation.article_id, state.filter), number, citation)
        case Explain():
            return state, _explain(index, state)
        case Paste() | Raw() | Help() | Note() | Quit():
            return state, request
        case _:
            assert_never(request)


def _ask(index: Index, state: State, request: Ask) -> tuple[State, Output]:
    within = query.resolve(index, request.filter)
    reply = index.ask(request.question, request.history, within, limit=request.limit)
    if not request.skip:
        history = (*state.history, request.question)[-REMEMBERED - 1 :]
        return replace(state, history=history, within=within, reply=reply), Answer(reply)
    if state.reply is None or len(reply.passages) <= request.skip:
        return state, Note("There is no further passage.")
    # What was shown stays as it was shown, so that citations keep their numbers.
    grown = replace(reply, passages=state.reply.passages + reply.passages[request.skip :])
    return replace(state, reply=grown), Answer(grown, request.skip)


def _explain(index: Index, state: State) -> Output:
    if state.reply is None:
        return Note("There is nothing to explain yet; ask a question first.")
    return Why(index.ask(state.reply.question, state.history[:-1], state.within, explain=True))


def _numbered(index: Index, state: State) -> Iterator[tuple[int, Card]]:
    return enumerate(index.articles(state.filter), 1)


def _find(index: Index, state: State, words: str) -> Output:
    wanted = words.casefold()
    found = [entry for entry in _numbered(index, state) if wanted in entry[1].title.casefold()]
    if not found:
        return Note(f"No headline holds {words!r}." if words else "There is no article here yet.")
    return _listing(index, state, found)


def _listing(index: Index, state: State, found: list[tuple[int, Card]], note: str = "") -> Listing:
    now = state.filter.now or datetime.now(UTC)
    silent = silences(index.articles(state.filter), now=now)
    return Listing(tuple(found[:LISTED]), len(found), state.chosen, note, silent)


def _use(index: Index, state: State, words: str) -> tuple[State, Output]:
    if words.casefold() in ("", "all"):
        return replace(state, chosen=(), history=()), Note("All articles are asked now.")
    found = _picked(index, state, words)
    if len(found) == 1:
        card = found[0][1]
        return replace(state, chosen=(card.id,), history=()), _details(index, state, card)
    if not found:
        return state, Note(f"No article is called {words!r}; /articles lists them.")
    return state, _listing(index, state, found, "Several match; pick one by its number.")


def _picked(index: Index, state: State, words: str) -> list[tuple[int, Card]]:
    """Return the articles that the words name, each with its number; that of a number alone comes first of all."""
    found = [(number, card) for number, card in _numbered(index, state) if picks(words, number, card)]
    return [entry for entry in found if words == str(entry[0])] or found


def picks(words: str, number: int, card: Card) -> bool:
    """Tell whether the words name the article: its number, the beginning of its id, or part of its headline."""
    return (
        words == str(number)
        or (len(words) > 3 and card.id.startswith(words))
        or words.casefold() in card.title.casefold()
    )


def _about(index: Index, state: State) -> Output:
    cards = list(islice(_numbered(index, replace(state, filter=state.scope)), 2))
    if len(cards) == 1:
        return _details(index, state, cards[0][1])
    if state.reply and state.reply.passages:
        return _details(index, state, state.reply.passages[0].article)
    return _find(index, state, "")


def _details(index: Index, state: State, card: Card) -> Details:
    newest = _versions(index, state, card)[-1]
    return Details(card, None if newest.id == card.id else newest)


def _versions(index: Index, state: State, card: Card) -> tuple[Card, ...]:
    """Return the versions of the card's story in view, from first to newest; the card is among them."""
    known = index.articles(replace(state.filter, stories=(card.story,))) if card.story else ()
    return ordered({other.id: other for other in (card, *known)}.values())


def _compare(index: Index, state: State, words: str) -> Output:
    """Compare the newest version of a story with the one before it, an older one that was named with the newest."""
    if words:
        found = _picked(index, state, words)
        if len({card.story or card.id for _, card in found}) > 1:
            return _listing(index, state, found, "Several match; pick one by its number.")
        if not found:
            return Note(f"No article is called {words!r}; /articles lists them.")
        card = found[-1][1]
    elif isinstance(known := _about(index, state), Details):
        card = known.card
    else:
        return Note("Which article? Write its number in /articles, or words of its headline, behind /diff.")
    versions = _versions(index, state, card)
    if len(versions) < 2:
        return Note(f"There is one version of {title(card)!r} only; nothing to compare.")
    older = versions[-2] if card.id == versions[-1].id else card
    old, new = index.article(older.id, state.filter), index.article(versions[-1].id, state.filter)
    return Changes(old, new, diff(old, new))


def openers(index: Index, scope: Filter, count: int = 3) -> tuple[str, ...]:
    """Return questions to open with that the newest articles really answer; () when there are none.

    They come from different articles as far as there are enough.
    """
    newest = nlargest(count, _current(index.articles(scope)))
    found = [index.suggestions(key, count, scope) for *_, key in newest]
    rounds = dict.fromkeys(question for row in zip_longest(*found) for question in row if question is not None)
    # Each is answered by its article; now that the others are asked too, it must still be.
    answered = (text for text in rounds if index.ask(text, filter=scope).verdict is Verdict.ANSWERED)
    return tuple(islice(answered, count))


_Age = tuple[bool, float, int, str]
"""Whether an article's date is known, the date in seconds since 1970, a number that falls with each article, its id."""


def _current(cards: Iterable[Card]) -> Iterator[_Age]:
    """Yield what is newest of each story, and all articles that are of no story, by their age and id.

    A library may hold more articles than there is room for their cards.
    """
    newest: dict[str, tuple[int, _Age]] = {}
    for number, card in enumerate(cards):
        age = (card.published is not None, as_utc(card.published).timestamp() if card.published else 0.0)
        if not card.story:
            yield (*age, -number, card.id)
        elif card.story not in newest or card.lead >= newest[card.story][0]:
            newest[card.story] = (card.lead, (*age, -number, card.id))
    yield from (age for _, age in newest.values())
