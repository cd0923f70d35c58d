"""Cut an article into the passages that engines index: three sentences each, stride two.

The words of a heading are found with the sentence under it, though they are none of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from ..model import Article, Passage, Sentence

SIZE = 3
"""Sentences in a passage."""

STRIDE = 2
"""Sentences from the start of one passage to the start of the next: neighbours share one sentence."""


def split(article: Article) -> tuple[Passage, ...]:
    """Return the article's passages in text order; every sentence is in at least one.

    The last passage may be shorter; none lies wholly inside the one before. Returns `()` for an
    article without sentences.
    """
    return tuple(cut(article, number) for number in range(1, count(article) + 1))


def list_terms(article: Article) -> tuple[tuple[str, ...], ...]:
    """Return the terms of each of the article's passages in text order: all that an index of them needs."""
    held = [sentence.heading + sentence.terms for sentence in article.sentences]
    starts = range(0, STRIDE * count(article), STRIDE)
    return tuple(tuple(chain.from_iterable(held[at : at + SIZE])) for at in starts)


def count(article: Article) -> int:
    """Return how many passages the article has."""
    return count_for(len(article.sentences))


def count_for(sentences: int) -> int:
    """Return how many passages an article of this many sentences has."""
    return max(1, sentences // STRIDE) if sentences else 0


def cut(article: Article, number: int) -> Passage:
    """Return one of the article's passages, `number` counting from 1."""
    at = (number - 1) * STRIDE
    return build(article.id, article.text, number, article.sentences[at : at + SIZE])


def build(article_id: str, text: str, number: int, window: Sequence[Sentence]) -> Passage:
    """Return passage `number` of an article, made of the sentences in `window`."""
    start, end = window[0].start, window[-1].end
    return Passage(
        article_id=article_id,
        number=number,
        first=window[0].number,
        last=window[-1].number,
        start=start,
        end=end,
        text=text[start:end],
        terms=tuple(chain.from_iterable([sentence.heading + sentence.terms for sentence in window])),
    )
