"""How similarly two words are spelled, by shared letter trigrams and by edits, and how far apart words stand."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import lru_cache

_FEW = 16
"""Places up to which all are looked at; a sentence without end may hold a term ten thousand times."""


def dice_similarity(term: str, others: Iterable[str]) -> float:
    """Return the Dice coefficient, 0 to 1, of the letter trigrams of the term and of the most similar of the others.

    0.0 when none that begins with the same letter reaches 0.55, and for a term under four letters.
    """
    if len(term) < 4:
        return 0.0
    first, best = term[0], 0.0
    for other in others:
        if other[0] == first:
            best = max(best, _compare(term, other))
    return best if best >= 0.55 else 0.0


@lru_cache(maxsize=65536)
def _compare(term: str, other: str) -> float:
    ours, theirs = _split_trigrams(term), _split_trigrams(other)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


@lru_cache(maxsize=65536)
def _split_trigrams(word: str) -> frozenset[str]:
    padded = f"^{word}$"
    return frozenset([padded[at : at + 3] for at in range(len(padded) - 2)])


def edit_distance(one: str, other: str) -> int:
    """Return how many letters must be inserted, deleted, changed or swapped with the next (Damerau 1964)."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, wanted in enumerate(other, 1):
            least = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                least = min(least, before[column - 2] + 1)
            line.append(least)
        before, above = above, line
    return above[-1]


def measure_distances(places: Sequence[int], others: Sequence[int]) -> list[int]:
    """Return how far the nearest of the places is from each of the others; the places are in order."""
    if len(places) <= _FEW:
        return [min([abs(at - place) for place in places]) for at in others]
    ends = [(at, bisect_left(places, at)) for at in others]
    return [min(abs(at - place) for place in places[max(0, end - 1) : end + 1]) for at, end in ends]
