"""How similarly two words are spelled: by the letter trigrams that they share, and by the edits between them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache


def dice_similarity(term: str, others: Iterable[str]) -> float:
    """Return the Dice coefficient, 0 to 1, of the letter trigrams of the term and of the most similar of the others.

    0.0 when none that begins with the same letter reaches 0.55, and for a term under four letters.
    """
    if len(term) < 4:
        return 0.0
    first, triples, best = term[0], _split_trigrams(term), 0.0
    for other in others:
        if other[0] == first:
            others_triples = _split_trigrams(other)
            best = max(best, 2 * len(triples & others_triples) / (len(triples) + len(others_triples)))
    return best if best >= 0.55 else 0.0


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
