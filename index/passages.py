"""The passages that engines index: three sentences, stride two, inside one article."""

from __future__ import annotations

from .model import Article, Passage

SIZE = 3
"""Sentences in a passage."""

STRIDE = 2
"""Sentences from one passage's start to the next: neighbours share one sentence."""


def split(article: Article) -> tuple[Passage, ...]:
    """Return the article's passages in text order; every sentence is in at least one.

    The last passage may be shorter; none is wholly inside the one before. An article without
    sentences gives `()`.
    """
    found: list[Passage] = []
    sentences = article.sentences
    for at in range(0, len(sentences), STRIDE):
        window = sentences[at : at + SIZE]
        if found and window[-1].number == found[-1].last:
            break
        start, end = window[0].start, window[-1].end
        found.append(
            Passage(
                article_id=article.id,
                number=len(found) + 1,
                first=window[0].number,
                last=window[-1].number,
                start=start,
                end=end,
                text=article.text[start:end],
                terms=tuple(term for sentence in window for term in sentence.terms),
            )
        )
    return tuple(found)
