"""The best passages of a library for some terms: tantivy retrieves candidates, exact scores rank them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappush, heappushpop

from ...language import bm25
from ...model import Filter, Hit
from ..contract import Statistics
from .commit_cache import CommitCache
from .member import MemberRow
from .search_index import DamagedSearchIndex, SearchIndex
from .store import ArticleStore

_SPARE = 20  # candidates beyond the limit: lengths rounded to one byte seldom move a passage further
_MOST = 4000  # passages that one search reads at most, in case thousands of them score the same


def count_terms(cache: CommitCache, terms: Sequence[str]) -> Statistics:
    """Return how common the terms are in the library."""
    index = _require_index(cache)
    passages = cache.totals.passages
    # min: between the commits of store and index, the index may still count passages that were removed
    counts = {term: min(index.count_holding(term), passages) for term in dict.fromkeys(terms)}
    return Statistics(passages, {term: count for term, count in counts.items() if count})


def find_best(
    store: ArticleStore, cache: CommitCache, terms: Sequence[str], limit: int, filter: Filter
) -> tuple[Hit, ...]:
    """Return the `limit` passages of the best exact scores, ties in passage order.

    Candidates are read in tantivy's order until the next one cannot enter the best any more. As long as a passage
    outside the candidates could, four times as many are retrieved.

    Raises:
        DamagedSearchIndex: the index knows passages that the library does not have.
    """
    admitted = cache.find_admitted(store, filter)
    if admitted is not None and not admitted:
        return ()
    index = _require_index(cache)
    exact = _Exact(store, cache, tuple(terms), count_terms(cache, terms), filter)
    slack = _compute_slack(index, exact.known)
    count = _choose_count(cache, admitted, limit)
    while True:
        top = index.find_top(terms, count, admitted)
        nearest = [seq for _, seq, _ in top.places[:limit]]
        cache.prefetch(store, nearest)
        cache.load_members(store, nearest, filter.collections)  # one query, as for the texts
        leaders: list[float] = []  # a heap of the best `limit` exact scores
        for rounded, *place in top.places:
            if len(leaders) == limit and leaders[0] > rounded * slack:
                return exact.rank(limit, admitted)  # neither this passage nor any after it can enter the best
            if (hit := exact.score(place[0], place[1])) is not None:
                (heappush if len(leaders) < limit else heappushpop)(leaders, hit.score)
        enough = len(leaders) == limit and leaders[0] > top.floor * slack
        if enough or not top.floor or len(exact.hits) >= _MOST:
            return exact.rank(limit, admitted)
        count *= 4


@dataclass(slots=True)
class _Exact:
    """The passages read for one search, with their exact scores; None for those that are gone or damaged."""

    store: ArticleStore
    cache: CommitCache
    terms: tuple[str, ...]
    known: Statistics
    filter: Filter
    members: dict[int, MemberRow | None] = field(default_factory=dict)
    hits: dict[tuple[int, int], Hit | None] = field(default_factory=dict)

    def score(self, seq: int, number: int) -> Hit | None:
        """Return a passage with its exact score; it is read once."""
        if (seq, number) not in self.hits:
            self.hits[seq, number] = self._read(seq, number)
        return self.hits[seq, number]

    def rank(self, limit: int, admitted: frozenset[int] | None) -> tuple[Hit, ...]:
        """Return the best of the passages that were read, and note the articles that could not be."""
        left_out, members = self.cache.left_out, self.members
        bad = {seq for (seq, _), hit in self.hits.items() if hit is None}
        if bad := bad | (left_out if admitted is None else left_out & admitted):
            self.cache.note_unread(self.store, self.terms, self.filter, bad)
        order = sorted(
            (-hit.score, member.number, number, seq)
            for (seq, number), hit in self.hits.items()
            if hit is not None and (member := members.get(seq)) is not None
        )
        return tuple(hit for *_, number, seq in order[:limit] if (hit := self.hits[seq, number]) is not None)

    def _read(self, seq: int, number: int) -> Hit | None:
        passage = self.cache.load_passage(self.store, seq, number)
        if seq not in self.members:
            self.members[seq] = self.cache.load_members(self.store, (seq,), self.filter.collections)[seq]
        if passage is None or self.members[seq] is None:
            return None
        known, average = self.known, self.cache.totals.average_length
        value = bm25.score_passage(self.terms, passage.terms, known.passages, known.frequency, average)
        if not value:
            raise DamagedSearchIndex(self.store.address, "it is of another library")
        return Hit(passage, value)


def _require_index(cache: CommitCache) -> SearchIndex:
    assert cache.index is not None, "the cache was opened for searching"
    return cache.index


def _choose_count(cache: CommitCache, admitted: frozenset[int] | None, limit: int) -> int:
    """Return how many candidates to retrieve: more where a filter will drop some, never more than there are."""
    share = 1.0 if admitted is None else len(admitted) / max(1, cache.totals.articles)
    return max(limit + 1, min(int((limit + _SPARE) / share), _require_index(cache).stored_passages))


def _compute_slack(index: SearchIndex, known: Statistics) -> float:
    """Return the factor by which an exact score can exceed tantivy's.

    It covers tantivy's single precision and removed passages: until their segment is merged tantivy counts them, so it
    weighs terms less and compares lengths with another mean.
    """
    removed = index.stored_passages / max(1, known.passages)
    if removed <= 1.0:
        return 1.0001
    shares = [
        bm25.idf(known.passages, held) / bm25.idf(index.stored_passages, index.count_holding_stored(term))
        for term, held in known.frequency.items()
    ]
    return 1.0001 * removed * max([1.0, *shares])
