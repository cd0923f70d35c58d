"""What an article is about: its lead and its most central sentences."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from ..language.bm25 import idf
from ..language.language import get_language
from ..model import Article
from .people import find_named

MOST = 5
"""Sentences at most."""

LEAD = 3.0
"""What the first sentence is worth; the second is worth half of it, and so on."""

TITLE = 2.0
"""What a sentence is worth that holds all terms of the headline."""

NAMES = 0.5
"""What each name is worth that no chosen sentence has yet."""

REPEATED = 0.5
"""A sentence that is as similar as this (cosine) to a chosen one says nothing new."""

SHORTEST = 5
"""Index terms of a sentence at least, unless it is the first."""


def choose_central(article: Article, most: int = MOST) -> tuple[int, ...]:
    """Return the numbers of the sentences that tell best what the article is about, in its order; () without any."""
    sentences = article.sentences
    if not sentences:
        return ()
    frequency = Counter(term for sentence in sentences for term in set(sentence.terms))
    weights = {term: idf(len(sentences), count) for term, count in frequency.items()}
    vectors = [_normalize({term: weights[term] for term in sentence.terms}) for sentence in sentences]
    centre = _normalize(_add(vectors))
    title = frozenset(get_language(article.language).analyse(article.title))
    worth = [
        LEAD / (place + 1)
        + len(title.intersection(sentence.terms)) / max(1, len(title)) * TITLE
        + _multiply(vectors[place], centre)
        for place, sentence in enumerate(sentences)
    ]
    named = find_named(article)
    names = {one.number: {each.name for each in named if one.number in each.numbers} for one in sentences}
    return tuple(sorted(_choose(article, worth, vectors, names, most)))


def _choose(
    article: Article,
    worth: Sequence[float],
    vectors: Sequence[dict[str, float]],
    names: dict[int, set[str]],
    most: int,
) -> list[int]:
    """Return the chosen numbers, best first: each next one is new, and names whom no earlier one names."""
    chosen: list[int] = []
    told: set[str] = set()
    left = [one.number for one in article.sentences if len(set(one.terms)) >= SHORTEST or one.number == 1]
    while left and len(chosen) < most:
        best = max(left, key=lambda number: (worth[number - 1] + NAMES * len(names[number] - told), -number))
        left.remove(best)
        if any(_multiply(vectors[best - 1], vectors[other - 1]) >= REPEATED for other in chosen):
            continue
        chosen.append(best)
        told |= names[best]
    return chosen


def _add(vectors: Sequence[dict[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for vector in vectors:
        for term, weight in vector.items():
            total[term] = total.get(term, 0.0) + weight
    return total


def _normalize(vector: dict[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(weight * weight for weight in vector.values())) or 1.0
    return {term: weight / length for term, weight in vector.items()}


def _multiply(one: dict[str, float], other: dict[str, float]) -> float:
    small, large = sorted((one, other), key=len)
    return sum(weight * large[term] for term, weight in small.items() if term in large)
