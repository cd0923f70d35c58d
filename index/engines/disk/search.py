"""The best passages of a library for some terms: tantivy nominates, exact scores decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappush, heappushpop

from ...language import bm25
from ...model import Filter, Hit, Statistics
from .. import score
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

    Nominations are read in tantivy's order until the next cannot reach the last of the best, more being nominated as
    long as one that is missing could.

    Raises:
        DamagedRanker: the index nominates what the library does not hold.
    """
    admitted = view.admits(store, filter)
    if admitted is not None and not admitted:
        return ()
    ranker = _ranker(view)
    exact = _Exact(store, view, tuple(terms), statistics(view, terms))
    slack = _slack(ranker, exact.known)
    count = _first_count(view, admitted, limit)
    while True:
        nominated = ranker.nominate(terms, count, admitted)
        view.prepare(store, [seq for _, seq, _ in nominated.places[:limit]])
        leaders: list[float] = []  # a heap of the best exact scores, as many as wanted
        for rounded, *place in nominated.places:
            if len(leaders) == limit and leaders[0] > rounded * slack:
                return exact.best(limit)  # neither this one nor any after it can come among the best
            if (hit := exact.hit(place[0], place[1])) is not None:
                (heappush if len(leaders) < limit else heappushpop)(leaders, hit.score)
        enough = len(leaders) == limit and leaders[0] > nominated.floor * slack
        if enough or not nominated.floor or len(exact.hits) >= _MOST:
            return exact.best(limit)
        count *= 4


@dataclass(slots=True)
class _Exact:
    """The passages read for one search, with their exact scores; None for those that left or are damaged."""

    store: Store
    view: View
    terms: tuple[str, ...]
    known: Statistics
    hits: dict[tuple[int, int], Hit | None] = field(default_factory=dict)

    def hit(self, seq: int, number: int) -> Hit | None:
        """Return a passage with its score, read at most once."""
        if (seq, number) not in self.hits:
            self.hits[seq, number] = self._read(seq, number)
        return self.hits[seq, number]

    def best(self, limit: int) -> tuple[Hit, ...]:
        """Return the best of what was read."""
        order = sorted((-hit.score, place) for place, hit in self.hits.items() if hit is not None)
        return tuple(hit for _, place in order[:limit] if (hit := self.hits[place]) is not None)

    def _read(self, seq: int, number: int) -> Hit | None:
        passage = self.view.passage(self.store, seq, number)
        if passage is None:
            return None
        totals = self.view.totals
        value = score.exact(self.terms, passage.terms, self.known, totals.terms / max(1, totals.passages) or 1.0)
        if not value:
            raise DamagedRanker(self.store.address, "it is of another library")
        return Hit(passage, value)


def _ranker(view: View) -> Ranker:
    assert view.ranker is not None, "the view was opened for searching"
    return view.ranker


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
        bm25.idf(known.passages, held) / bm25.idf(ranker.stored, ranker.holding_stored(term))
        for term, held in known.frequency.items()
    ]
    return 1.0001 * removed * max([1.0, *shares])
