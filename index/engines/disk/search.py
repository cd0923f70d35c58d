"""The best passages of a library for some terms: tantivy retrieves candidates, exact scores rank them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from typing import NamedTuple

from ...language import bm25
from ...model import Filter, Hit
from ..contract import Statistics
from ..totals import Totals
from .commit_cache import CommitCache
from .member import MemberRow
from .search_index import DamagedSearchIndex, Place, SearchIndex
from .store import ArticleStore

_SPARE = 20  # candidates beyond the limit: lengths rounded to one byte seldom move a passage further
_NOTHING = Totals()
_MOST = 4000  # passages that one search reads at most, in case thousands of them score the same


def count_terms(cache: CommitCache, terms: Sequence[str], language: str) -> Statistics:
    """Return how common the terms are in a language of the library."""
    index, passages = _find_index(cache, language), _get_totals(cache, language).passages
    if index is None:
        return Statistics(passages, {})
    # min: between the commits of store and index, the index may still count passages that were removed
    counts = {term: min(index.count_holding(term), passages) for term in dict.fromkeys(terms)}
    return Statistics(passages, {term: count for term, count in counts.items() if count})


class Wanted(NamedTuple):
    """What is searched for: the `limit` best passages in a language that hold a term, of articles that pass a filter.

    The filter names no language. `is_current` leaves out superseded versions.
    """

    terms: tuple[str, ...]
    limit: int
    filter: Filter
    language: str
    is_current: bool = False


def find_best(store: ArticleStore, cache: CommitCache, wanted: Wanted) -> tuple[tuple[Hit, ...], bool]:
    """Return the passages of the best exact scores, ties in passage order; and whether old versions were left out.

    Candidates are read in tantivy's order until the next one cannot enter the best any more. As long as a passage
    outside the candidates could, four times as many are retrieved.

    Raises:
        DamagedSearchIndex: the index knows passages that the library does not have.
    """
    admitted = cache.find_admitted(store, wanted.filter)
    index = _find_index(cache, wanted.language)
    if index is None or (admitted is not None and not admitted):
        return (), False
    limit = wanted.limit
    exact = _Exact(store, cache, wanted, count_terms(cache, wanted.terms, wanted.language))
    slack = _compute_slack(index, exact.known)
    share = cache.measure_current(wanted.filter) if wanted.is_current else 1.0
    others = 1.0 if admitted is None else len(admitted) / max(1, cache.totals.articles)
    count = _choose_count(index, limit, share * others)
    while True:
        top = index.find_top(wanted.terms, count, admitted)
        leaders: list[float] = []  # a heap of the best `limit` exact scores
        for rounded, seq, number in exact.prepare(top.places, int(limit / share)):
            if len(leaders) == limit and leaders[0] > rounded * slack:
                return exact.rank(admitted)  # neither this passage nor any after it can enter the best
            if (hit := exact.score(seq, number)) is not None:
                (heappush if len(leaders) < limit else heappushpop)(leaders, hit.score)
        enough = len(leaders) == limit and leaders[0] > top.floor * slack
        if enough or not top.floor or len(exact.hits) >= _MOST:
            return exact.rank(admitted)
        count *= 4


@dataclass(slots=True)
class _Exact:
    """The passages read for one search, with their exact scores; None for those that are gone or damaged."""

    store: ArticleStore
    cache: CommitCache
    wanted: Wanted
    known: Statistics
    members: dict[int, MemberRow | None] = field(default_factory=dict)
    hits: dict[tuple[int, int], Hit | None] = field(default_factory=dict)
    are_left_out: bool = False

    def prepare(self, places: Sequence[Place], near: int) -> Iterator[Place]:
        """Yield the places of passages that are wanted, after reading what is needed for the nearest of them.

        Whether the first `near` are of old versions is asked at once, and of the others only if they are needed.
        """
        for is_near, some in ((True, places[:near]), (False, places[near:])):
            found = self._leave_out(some) if self.wanted.is_current else some
            if is_near:
                nearest = [seq for _, seq, _ in found[: self.wanted.limit]]
                self.cache.prefetch(self.store, nearest)
                self.cache.load_members(self.store, nearest, self.wanted.filter.collections)  # one query, as for texts
            yield from found

    def _leave_out(self, places: Sequence[Place]) -> Sequence[Place]:
        old = self.cache.find_superseded(self.store, {seq for _, seq, _ in places}, self.wanted.filter)
        self.are_left_out = self.are_left_out or bool(old)
        return [place for place in places if place[1] not in old] if old else places

    def score(self, seq: int, number: int) -> Hit | None:
        """Return a passage with its exact score; it is read once."""
        if (seq, number) not in self.hits:
            self.hits[seq, number] = self._read(seq, number)
        return self.hits[seq, number]

    def rank(self, admitted: frozenset[int] | None) -> tuple[tuple[Hit, ...], bool]:
        """Return what `find_best` does of the passages that were read, and note the articles that could not be."""
        left_out, members = self.cache.left_out, self.members
        bad = {seq for (seq, _), hit in self.hits.items() if hit is None}
        if bad := bad | (left_out if admitted is None else left_out & admitted):
            self.cache.note_unread(self.store, self.wanted.terms, self.wanted.filter, bad)
        order = sorted(
            (-hit.score, member.number, number, seq)
            for (seq, number), hit in self.hits.items()
            if hit is not None and (member := members.get(seq)) is not None
        )
        best = order[: self.wanted.limit]
        hits = tuple(hit for *_, number, seq in best if (hit := self.hits[seq, number]) is not None)
        return hits, self.are_left_out

    def _read(self, seq: int, number: int) -> Hit | None:
        passage = self.cache.load_passage(self.store, seq, number)
        if seq not in self.members:
            found = self.cache.load_members(self.store, (seq,), self.wanted.filter.collections)
            self.members[seq] = found[seq]
        if passage is None or self.members[seq] is None:
            return None
        known, average = self.known, _get_totals(self.cache, self.wanted.language).average_length
        value = bm25.score_passage(self.wanted.terms, passage.terms, known.passages, known.frequency, average)
        if not value:
            raise DamagedSearchIndex(self.store.address, "it is of another library")
        return Hit(passage, value)


def _find_index(cache: CommitCache, language: str) -> SearchIndex | None:
    """Return the index of a language, None if no article is in it."""
    assert cache.index is not None, "the cache was opened for searching"
    return cache.index.choose(language)


def _get_totals(cache: CommitCache, language: str) -> Totals:
    return cache.languages.get(language, _NOTHING)


def _choose_count(index: SearchIndex, limit: int, share: float) -> int:
    """Return how many candidates to retrieve: more if only a `share` of them is kept, never more than there are."""
    return max(limit + 1, min(int((limit + _SPARE) / share), index.stored_passages))


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
