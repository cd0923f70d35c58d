"""Passages in memory, found by an inverted index that articles are added to and taken out of one by one.

rank-bm25 ranks them. It brings numpy, whose import takes longer than a question to one article. So it is asked to
choose, and where all passages that hold a term are wanted, their scores alone are worked out, to the same bits.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Container, Sequence
from functools import cache
from itertools import chain
from typing import Any

from ..language import bm25
from ..model import Article, Hit, Passage
from ..reading import passages

_FEW = 1000  # entries of the index that are looked through without numpy
_NEAR = 1 - 1e-9  # share of a score within which sums in another order may change places
_LITTER = 1000  # rows of removed articles that do not matter
_MOST_CUT = 10_000  # passages that are kept as they were cut


class InvertedIndex:
    """Which passages hold a term, and how often. Its user lets one thread in at a time.

    A passage is a row; rows stand in passage order, and those of an article that was removed stay empty.
    """

    def __init__(self) -> None:
        self.passages = 0
        self._terms = 0
        self._articles: list[Article | None] = []  # None once it was removed
        self._places: dict[str, int] = {}  # of an article among these
        self._starts = array("I")  # the first row of each of them
        self._lengths = array("I")  # terms of each row
        self._postings: dict[str, tuple[array[int], array[int]]] = {}  # rows, and how often each holds the term
        self._cut: dict[int, Passage] = {}  # what was found of late, by row

    def add(self, article: Article) -> None:
        """Add an article that the index does not have."""
        self._places[article.id] = len(self._articles)
        self._articles.append(article)
        self._starts.append(len(self._lengths))
        postings = self._postings
        for row, terms in enumerate(passages.list_terms(article), len(self._lengths)):
            self.passages += 1
            self._terms += len(terms)
            self._lengths.append(len(terms))
            for term, count in Counter(terms).items():
                if (held := postings.get(term)) is None:
                    held = postings[term] = array("I"), array("I")
                held[0].append(row)
                held[1].append(count)

    def remove(self, article_id: str) -> None:
        """Take out an article that the index has."""
        place = self._places.pop(article_id)
        found = passages.list_terms(self._get_article(place))
        self._articles[place] = None
        self.passages -= len(found)
        self._terms -= sum(map(len, found))
        first = self._starts[place]
        for term in set(chain.from_iterable(found)):
            rows, counts = self._postings[term]
            start, end = bisect_left(rows, first), bisect_left(rows, first + len(found))
            del rows[start:end], counts[start:end]
            if not rows:
                del self._postings[term]

    def is_littered(self) -> bool:
        """Tell whether so many rows are empty that the index should be made anew."""
        return len(self._lengths) > 2 * self.passages + _LITTER

    def count_holding(self, term: str) -> int:
        """Return how many passages hold the term."""
        held = self._postings.get(term)
        return 0 if held is None else len(held[0])

    def find_best(self, terms: Sequence[str], limit: int, admitted: Container[str] | None) -> list[Hit]:
        """Return the `limit` best passages with a term, of the admitted articles or of all, in passage order.

        They are more than `limit` where some score the same.
        """
        held = [self._postings[term][0] for term in dict.fromkeys(terms) if term in self._postings]
        if sum(map(len, held)) <= _FEW:
            rows = sorted({row for some in held for row in some})
            if admitted is not None:
                rows = [row for row in rows if self._get_article(self._find_place(row)).id in admitted]
        else:
            rows = self._choose(terms, limit, admitted)
        found = [self._cut.get(row) or self._cut_passage(row) for row in rows]
        if len(found) <= limit:
            known = {term: self.count_holding(term) for term in terms}
            score = bm25.score_passage
            return [Hit(each, score(terms, each.terms, self.passages, known, self._average)) for each in found]
        scores = self._rank(terms, found)
        least = sorted(scores, reverse=True)[limit - 1]
        return [Hit(each, score) for each, score in zip(found, scores, strict=True) if score >= least]

    def _choose(self, terms: Sequence[str], limit: int, admitted: Container[str] | None) -> list[int]:
        """Return the rows among which the `limit` best are, by scores whose last digits may be others."""
        import numpy as np

        scores = np.zeros(len(self._lengths))
        lengths = np.array(self._lengths)
        for term in terms:
            if term in self._postings:
                rows, counts = map(np.array, self._postings[term])
                norms = bm25.K1 * (1 - bm25.B + bm25.B * lengths[rows] / self._average)
                weight = bm25.idf(self.passages, len(rows)) * (bm25.K1 + 1)
                scores[rows] += weight * counts / (counts + norms)
        held = np.flatnonzero(scores)
        if admitted is not None:
            passing = np.array([article is not None and article.id in admitted for article in self._articles])
            held = held[passing[np.searchsorted(np.array(self._starts), held, side="right") - 1]]
        if limit < len(held):
            least = np.partition(scores[held], len(held) - limit)[len(held) - limit]
            held = held[scores[held] >= least * _NEAR]
        found: list[int] = held.tolist()
        return found

    def _rank(self, terms: Sequence[str], found: list[Passage]) -> list[float]:
        """Return the scores of some passages as rank-bm25 works them out for the whole index."""
        weights = {term: bm25.idf(self.passages, self.count_holding(term)) for term in terms}
        ranker = _load_ranker()([passage.terms for passage in found], weights, self._average)
        scores: list[float] = ranker.get_scores(terms).tolist()
        return scores

    @property
    def _average(self) -> float:
        """The mean number of terms of a passage."""
        return self._terms / max(1, self.passages)

    def _cut_passage(self, row: int) -> Passage:
        if len(self._cut) >= _MOST_CUT:
            self._cut.clear()
        place = self._find_place(row)
        passage = self._cut[row] = passages.cut(self._get_article(place), row - self._starts[place] + 1)
        return passage

    def _find_place(self, row: int) -> int:
        return bisect_right(self._starts, row) - 1

    def _get_article(self, place: int) -> Article:
        article = self._articles[place]
        assert article is not None, "no posting leads to an article that was removed"
        return article


@cache
def _load_ranker() -> Any:  # rank_bm25 has no types
    """Return rank-bm25's Okapi ranker of some passages of an index, with the idf and the mean length of the whole.

    rank-bm25's own idf, log(N - n + 0.5) - log(n + 0.5), is -0.27 for the only passage of an index and 0 for one of
    two, so that a match counts against or for nothing. Lucene's is never negative.
    """
    from rank_bm25 import BM25Okapi

    class PartialRanker(BM25Okapi):  # type: ignore[misc]
        def __init__(self, corpus: list[tuple[str, ...]], weights: dict[str, float], average: float) -> None:
            self._weights = weights
            super().__init__(corpus, k1=bm25.K1, b=bm25.B)
            self.avgdl = average

        def _calc_idf(self, nd: dict[str, int]) -> None:  # noqa: ARG002 - it counts these passages alone
            self.idf = self._weights

    return PartialRanker
