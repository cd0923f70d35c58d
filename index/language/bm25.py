"""BM25: its two parameters and its idf. Every engine and every feature takes them from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

K1 = 1.2
"""How soon further occurrences of a term count for less."""

B = 0.75
"""How much the length of a text counts: 0 not at all, 1 in full."""


def idf(units: int, holding: int) -> float:
    """Return the weight of a term that `holding` of `units` texts hold: Lucene's form, which is never negative.

    Robertson and Zaragoza 2009, equation 3.3, with 1 added under the logarithm.
    """
    return log(1 + (units - holding + 0.5) / (holding + 0.5))


def length_norm(length: int, average: float) -> float:
    """Return what is added to a term's frequency in the denominator, for a text of `length` terms.

    Robertson and Zaragoza 2009, equation 3.15. `average` is the mean number of terms of a text.
    """
    return K1 * (1 - B + B * length / average)


def score_passage(
    query: Sequence[str], terms: Sequence[str], passages: int, frequency: Mapping[str, int], average: float
) -> float:
    """Return the score of a passage's terms for a query; 0.0 when they share none.

    `frequency` says how many of all `passages` hold a term, `average` is the mean number of terms of a passage. The
    operations stand in the order of rank-bm25, so that both give the same bits.
    """
    total = 0.0
    norm = length_norm(len(terms), average)
    for term in query:
        count = terms.count(term)
        if count:
            weight = idf(passages, frequency.get(term, 0))
            total += weight * (count * (K1 + 1) / (count + norm))
    return total
