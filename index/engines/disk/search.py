"""The best passages of a library for some terms: tantivy nominates, exact scores decide."""

from __future__ import annotations

from collections.abc import Sequence

from ...model import Filter, Hit, Passage, Statistics
from . import score
from .ranker import DamagedRanker, Ranker
from .store import Store
from .view import View

_SPARE = 20  # nominations beyond the limit: lengths rounded to one byte seldom move a passage further
_MOST = 4000  # passages read for one search at most, should thousands of them score the same


def statistics(view: View, terms: Sequence[str]) -> Statistics:
    """Return how common the terms are in the library."""
    ranker = _ranker(view)
    passages = view.totals.passages
    # min: between a commit of the store and that of the index, the index may hold passages that are gone
    counts = {term: min(ranker.holding(term), passages) for term in dict.fromkeys(terms)}
    return Statistics(passages, {term: count for term, count in counts.items() if count})


def best(store: Store, view: View, terms: Sequence[str], limit: int, filter: Filter) -> tuple[Hit, ...]:
    """Return the passages of the best exact score, ties in passage order.

    More are nominated until none that is missing can score as much as the last one returned.

    Raises:
        DamagedRanker: the index nominates what the library does not hold.
    """
    admitted = view.admits(store, filter)
    if admitted is not None and not admitted:
        return ()
    ranker = _ranker(view)
    known = statistics(view, terms)
    average = view.totals.terms / view.totals.passages if view.totals.passages else 0.0
    slack = _slack(ranker, known)
    count = _first_count(view, admitted, limit)
    found: dict[tuple[int, int], Hit] = {}
    seen: set[tuple[int, int]] = set()
    while True:
        nominated = ranker.nominate(terms, count, admitted)
        for place in nominated.places:
            if place not in seen and (passage := _passage(store, view, place)) is not None:
                found[place] = Hit(passage, score.exact(terms, passage.terms, known, average))
                if not found[place].score:
                    raise DamagedRanker(store.address, "the search index is of another library")
            seen.add(place)
        ranked = sorted(found, key=lambda place: (-found[place].score, place))[:limit]
        enough = len(ranked) == limit and found[ranked[-1]].score > nominated.floor * slack
        if enough or not nominated.floor or len(found) >= _MOST:
            return tuple(found[place] for place in ranked)
        count *= 4


def _ranker(view: View) -> Ranker:
    assert view.ranker is not None, "the view was opened for searching"
    return view.ranker


def _passage(store: Store, view: View, place: tuple[int, int]) -> Passage | None:
    """Return a nominated passage, None when its article left or is damaged."""
    loaded = view.load(store, place[0])
    if loaded is None:
        return None
    if not 1 <= place[1] <= len(loaded.passages):
        raise DamagedRanker(store.address, f"the search index knows passage {place[1]} of {len(loaded.passages)}")
    return loaded.passages[place[1] - 1]


def _first_count(view: View, admitted: frozenset[int] | None, limit: int) -> int:
    """Return how many to ask for: more where a filter will throw some away, never more than there are."""
    share = 1.0 if admitted is None else len(admitted) / max(1, view.totals.articles)
    return max(limit + 1, min(int((limit + _SPARE) / share), _ranker(view).stored))


def _slack(ranker: Ranker, known: Statistics) -> float:
    """Return by how much an exact score can be above tantivy's.

    Not at all but for its single precision, unless articles were removed: until their segment is merged, tantivy counts
    them, and so weighs terms less and lengths against another mean.
    """
    removed = ranker.stored / max(1, known.passages)
    if removed <= 1.0:
        return 1.0001
    shares = [
        score.idf(known.passages, held) / score.idf(ranker.stored, ranker.holding_stored(term))
        for term, held in known.frequency.items()
    ]
    return 1.0001 * removed * max([1.0, *shares])
