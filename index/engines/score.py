"""BM25 as the contract states it, over the terms of one passage. Pure.

tantivy rounds the length of a passage to one byte, downwards, so its score is never below this one: what it
has not nominated by a certain score cannot reach that score here. So the best passages by exact score are found by
reading a few more than wanted, and the order is that of the engine in memory, ties included.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..language.bm25 import K1, idf, length_norm
from ..model import Statistics


def exact(query: Sequence[str], terms: Sequence[str], known: Statistics, average: float) -> float:
    """Return the score of a passage's terms for a query; 0.0 when they share none.

    The operations stand in the order of rank-bm25, so that both give the same bits. `average` is the mean number of
    terms of a passage.
    """
    total = 0.0
    norm = length_norm(len(terms), average)
    for term in query:
        held = terms.count(term)
        if held:
            weight = idf(known.passages, known.frequency.get(term, 0))
            total += weight * (held * (K1 + 1) / (held + norm))
    return total
