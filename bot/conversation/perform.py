"""Carry out what a conversation asks for; console and Telegram both use the index through here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import assert_never

from index import Filter, Index
from index.digest import Digest, DigestKind
from index.model import Card
from index.stories import is_embargoed
from index.stories.changes import diff

from ..translation import gettext
from . import query, telling
from .dialogue import (
    About,
    Answer,
    Answers,
    Ask,
    AskEach,
    Changes,
    Compare,
    Context,
    Details,
    Explain,
    Find,
    Forget,
    Help,
    Listing,
    Note,
    Output,
    Paste,
    Quit,
    Raw,
    Request,
    Surround,
    Tell,
    Told,
    Use,
    Why,
)
from .naming import names_version, pick_articles
from .state import REMEMBERED, State
from .versions import look_up_pair, look_up_silences, look_up_standing, read_clock

LISTED = 20
"""Articles listed at a time."""


def perform(index: Index, state: State, request: Request) -> tuple[State, Output]:  # noqa: PLR0911 - one a request
    """Carry out a request; return the new state and what to show.

    Raises:
        PullquoteError: the index cannot answer, or an article is gone.
    """
    match request:
        case Ask():
            return _ask(index, state, request)
        case AskEach():
            return _ask_each(index, state, request)
        case Tell():
            return _tell(index, state, request)
        case Forget():
            return replace(state, history=(), reply=None, at_hand=()), Note(_describe_new(index, state))
        case Find(words):
            return state, list_articles(index, state, words)
        case Use(words):
            return _use(index, state, words)
        case About():
            return state, _describe_last(index, state)
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
    reply = index.ask(request.question, request.history, within, limit=request.limit, focus=request.focus)
    if not request.skip:
        return replace(_remember(state, request.question), within=within, reply=reply), Answer(reply)
    if state.reply is None or len(reply.passages) <= request.skip:
        return state, Note(gettext("There is no further passage."))
    # The passages shown so far stay, so that citations keep their numbers.
    grown = replace(reply, passages=state.reply.passages + reply.passages[request.skip :])
    return replace(state, reply=grown), Answer(grown, request.skip)


def _remember(state: State, question: str) -> State:
    return replace(state, history=(*state.history, question)[-REMEMBERED - 1 :])


def _ask_each(index: Index, state: State, request: AskEach) -> tuple[State, Output]:
    """Ask one question after the other, each with those before it as its history."""
    replies = []
    for question in request.questions:
        asked = Ask(question, state.history[-REMEMBERED:], request.filter)
        state, output = _ask(index, state, asked)
        if isinstance(output, Answer):
            replies.append(output.reply)
    return state, Answers(tuple(replies), request.left)


def _tell(index: Index, state: State, request: Tell) -> tuple[State, Output]:
    if request.kind is DigestKind.COMPARE:
        names = request.slots[:2] if len(request.slots) > 1 else ()
        found = [pick_articles(index, state.filter, name) for name in names]
        return state, telling.compare(index, state, request, found)
    made = telling.tell(index, state, request)
    if isinstance(made, Ask):
        asked, output = _ask(index, state, made)
        if request.kind is DigestKind.QUOTES and isinstance(output, Answer) and not output.reply.passages:
            return state, Told(Digest(request.kind, None, slot=request.slots[0]))  # "quotes by Kim" is no question
        return asked, output
    if request.kind is DigestKind.PERSON and request.ask:  # "who is Kim", "what did she say"
        state = _remember(state, request.ask.question)
    return state, list_articles(index, state, "") if isinstance(made, Find) else made


def _describe_new(index: Index, state: State) -> str:
    """Return what is said after a new start, also which article alone is asked."""
    card = next(iter(index.articles(state.scope)), None) if state.chosen else None
    if card is None:
        return gettext("The questions so far are forgotten.")
    told = gettext("The questions so far are forgotten. Only {title!r} is asked; /use all goes back to all articles.")
    return told.format(title=card.name)


def _explain(index: Index, state: State) -> Output:
    if state.reply is None:
        return Note(gettext("There is nothing to explain yet; ask a question first."))
    return Why(index.ask(state.reply.question, state.history[:-1], state.within, explain=True))


def _number(index: Index, state: State) -> Iterator[tuple[int, Card]]:
    return enumerate(index.articles(state.filter), 1)


def list_articles(index: Index, state: State, words: str) -> Listing | Note:
    """Return the first articles whose headline contains the words, or a notice that there are none."""
    found = find_articles(index, state, words)
    if not found.total:
        if not words:
            return Note(gettext("There is no article here yet."))
        return Note(gettext("No headline holds {words!r}.").format(words=words))
    return found


def list_these(index: Index, state: State, ids: tuple[str, ...], note: str) -> Listing:
    """Return the articles with these ids, under a note."""
    return _build_listing(index, state, [entry for entry in _number(index, state) if entry[1].id in ids], note)


def find_articles(index: Index, state: State, words: str, start: int = 0, count: int = LISTED) -> Listing:
    """Return `count` of the articles whose headline contains the words, from number `start` on."""
    wanted = words.casefold()
    found = [entry for entry in _number(index, state) if wanted in entry[1].title.casefold()]
    return _build_listing(index, state, found, start=start, count=count)


def _build_listing(
    index: Index, state: State, found: list[tuple[int, Card]], note: str = "", *, start: int = 0, count: int = LISTED
) -> Listing:
    shown = tuple(found[start : start + count])
    silent = look_up_silences(index, state.filter, [card for _, card in shown])
    return Listing(shown, len(found), state.chosen, note, silent)


def _use(index: Index, state: State, words: str) -> tuple[State, Output]:
    if words.casefold() in ("", "all"):
        return replace(state, chosen=(), history=(), at_hand=()), Note(gettext("All articles are asked now."))
    found = pick_articles(index, state.filter, words)
    if len(found) == 1:
        card = found[0][1]
        return replace(state, chosen=(card.id,), history=(), at_hand=()), describe(index, state.filter, card)
    if not found:
        return state, Note(gettext("No article is called {words!r}; /articles lists them.").format(words=words))
    return state, _build_listing(index, state, found, gettext("Several match; pick one by its number."))


def _describe_last(index: Index, state: State) -> Output:
    card = _find_last(index, state)
    return describe(index, state.filter, card) if card else list_articles(index, state, "")


def _find_last(index: Index, state: State) -> Card | None:
    """Return the one article that is asked, else the one that answered last, else None."""
    cards = list(islice(index.articles(state.scope), 2))
    if len(cards) == 1:
        return cards[0]
    return state.reply.passages[0].article if state.reply and state.reply.passages else None


def describe(index: Index, within: Filter, card: Card) -> Details:
    """Return what to show of an article: also whether it may be cited, and a newer version of its story."""
    standing = look_up_standing(index, within, card)
    return Details(card, standing.newer, standing.silence)


def _compare(index: Index, state: State, words: str) -> Output:
    match find_changes(index, state, words):
        case None if words:
            return Note(gettext("No article is called {words!r}; /articles lists them.").format(words=words))
        case None:
            told = gettext("Which article? Write its number in /articles, or words of its headline, behind /diff.")
            return Note(told)
        case Card() as alone:
            told = gettext("There is one version of {title!r} only; nothing to compare.")
            return Note(told.format(title=alone.name))
        case shown:
            return shown


def find_changes(index: Index, state: State, words: str) -> Changes | Listing | Card | None:
    """Return what changed in the story that the words name; without words, in that of the article asked last.

    A number or the beginning of an id names a version, words of the headline name the story. If they name several
    stories, these are listed. A story with only one version in view gives its card; None if nothing is named.
    """
    if not words:
        card = _find_last(index, state)
        return compare(index, state.filter, card) if card else None
    found = pick_articles(index, state.filter, words)
    if len({card.story or card.id for _, card in found}) > 1:
        return _build_listing(index, state, found, gettext("Several match; pick one by its number."))
    if not found:
        return None
    if len(found) == 1 and names_version(words, *found[0]):
        return compare(index, state.filter, found[0][1])
    cards = [card for _, card in found]
    free = [card for card in cards if not is_embargoed(card, read_clock(state.filter))]
    return compare(index, state.filter, (free or cards)[-1], named=False)


def compare(index: Index, within: Filter, card: Card, *, named: bool = True) -> Changes | Card:
    """Return what changed between two versions of the card's story; the card if only one version is in view."""
    pair = look_up_pair(index, within, card, named=named)
    if pair is None:
        return card
    old, new = (index.article(version.id, within) for version in pair)
    return Changes(old, new, diff(old, new))
