"""The passages that engines index: three sentences, stride two, inside one article."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from ..model import Article, Passage, Sentence

SIZE = 3
"""Sentences in a passage."""

STRIDE = 2
"""Sentences from one passage's start to the next: neighbours share one sentence."""


def split(article: Article) -> tuple[Passage, ...]:
    """Return the article's passages in text order; every sentence is in at least one.

    The last passage may be shorter; none is wholly inside the one before. An article without
    sentences gives `()`.
    """
    return tuple(passage(article, number) for number in range(1, count(article) + 1))


def count(article: Article) -> int:
    """Return how many passages the article has."""
    return counted(len(article.sentences))


def counted(sentences: int) -> int:
    """Return how many passages an article of so many sentences has."""
    return max(1, sentences // STRIDE) if sentences else 0


def passage(article: Article, number: int) -> Passage:
    """Return one of the article's passages, `number` counting from 1."""
    at = (number - 1) * STRIDE
    return of(article.id, article.text, number, article.sentences[at : at + SIZE])


def of(article_id: str, text: str, number: int, window: Sequence[Sentence]) -> Passage:
    """Return the passage of that number, whose sentences these are."""
    start, end = window[0].start, window[-1].end
    return Passage(
        article_id=article_id,
        number=number,
        first=window[0].number,
        last=window[-1].number,
        start=start,
        end=end,
        text=text[start:end],
        terms=tuple(chain.from_iterable([sentence.terms for sentence in window])),
    )
