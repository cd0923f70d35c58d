"""BM25 as the contract states it, over the terms of one passage. Pure.

tantivy and Lucene round the length of a passage down to one byte, so their score of a passage is never below the exact
one. A passage outside their first n therefore cannot beat their n-th score, and the exact best are found by reading a
few more than wanted. Disk and cluster so give the same order as the engine in memory, ties included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..language.bm25 import K1, idf, length_norm
from .contract import Statistics


@dataclass(frozen=True, slots=True)
class Totals:
    """The size of a whole library; `terms` counts those of all passages."""

    articles: int = 0
    passages: int = 0
    terms: int = 0

    @property
    def average_length(self) -> float:
        """The mean number of terms of a passage; 1.0 where there are none, so that it can be divided by."""
        return self.terms / max(1, self.passages) or 1.0


def score_passage(query: Sequence[str], terms: Sequence[str], known: Statistics, average: float) -> float:
    """Return the score of a passage's terms for a query; 0.0 when they share none.

    The operations stand in the order of rank-bm25, so that both give the same bits. `average` is the mean number of
    terms of a passage.
    """
    total = 0.0
    norm = length_norm(len(terms), average)
    for term in query:
        count = terms.count(term)
        if count:
            weight = idf(known.passages, known.frequency.get(term, 0))
            total += weight * (count * (K1 + 1) / (count + norm))
    return total
