"""Questions to start with: those that the newest articles are known to answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nlargest
from itertools import islice, zip_longest

from index import Filter, Index, Verdict
from index.model import Card
from index.moments import as_utc
from index.stories import find_current

from .versions import read_clock

SPARE = 4
"""Stories looked up for each one that questions are needed from: some may have no version that may answer."""


def suggest_openers(index: Index, scope: Filter, count: int = 3) -> tuple[str, ...]:
    """Return questions to start with, which the newest articles are known to answer; () if there are none.

    They come from different articles if there are enough.
    """
    newest = islice(_choose_speaking(index, scope, nlargest(SPARE * count, _list_by_age(index.articles(scope)))), count)
    found = [index.suggestions(key, count, scope) for key in newest]
    rounds = dict.fromkeys(question for row in zip_longest(*found) for question in row if question is not None)
    # Its article answers each; it must still be answered when all articles are asked.
    answered = (text for text in rounds if index.ask(text, filter=scope).verdict is Verdict.ANSWERED)
    return tuple(islice(answered, count))


_Age = tuple[bool, float, int, str, str]
"""Whether an article's date is known, the date in seconds since 1970, minus its number in the list, its id and its
story."""


def _list_by_age(cards: Iterable[Card]) -> Iterator[_Age]:
    """Yield the age of the latest version of each story, and of each article without a story.

    A library may hold more articles than memory has room for their cards.
    """
    latest: dict[str, _Age] = {}
    for number, card in enumerate(cards):
        date = as_utc(card.published).timestamp() if card.published else 0.0
        age = (card.published is not None, date, -number, card.id, card.story)
        if not card.story:
            yield age
        elif card.story not in latest or age > latest[card.story]:
            latest[card.story] = age
    yield from latest.values()


def _choose_speaking(index: Index, scope: Filter, ages: Iterable[_Age]) -> Iterator[str]:
    """Yield for each story the id of the version that may answer, if any, and the ids of articles without a story."""
    for *_, key, story in ages:
        if not story:
            yield key
            continue
        versions = index.articles(Filter(collections=scope.collections, stories=(story,)))
        if (current := find_current(versions, scope, read_clock(scope))) is not None:
            yield current.id
