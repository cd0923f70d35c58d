"""The size of a library, which the scores of its passages depend on: that of its articles in one language.

tantivy and Lucene round the length of a passage down to one byte, so their score of a passage is never below the exact
one. A passage outside their first n therefore cannot beat their n-th score, and the exact best are found by reading a
few more than wanted. Disk and cluster so give the same order as the engine in memory, ties included.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Totals(NamedTuple):
    """How much there is of a library, or of one of its languages; `terms` counts those of all passages."""

    articles: int = 0
    passages: int = 0
    terms: int = 0

    @property
    def average_length(self) -> float:
        """The mean number of terms of a passage; 1.0 where there are none, so that it can be divided by."""
        return self.terms / max(1, self.passages) or 1.0

    def less(self, others: Iterable[Totals]) -> Totals:
        """Return what is left without these."""
        left = self
        for each in others:
            left = Totals(left.articles - each.articles, left.passages - each.passages, left.terms - each.terms)
        return left
