"""BM25: its two parameters and its idf. Every engine and every feature takes them from here."""

from __future__ import annotations

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
