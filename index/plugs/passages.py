"""Passages with all that proves them, for a retriever of any framework."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..citations import cite
from ..citations.citation import cite_sentences
from ..core import Index
from ..model import Article, Filter, Hit


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    """The words of a passage, and its score, which can be compared within one search only.

    `metadata` are plain values: `article` (its id), `title`, `source`, `agency`, `published` (ISO 8601) and `lead`; the
    `sha256` of the article's text; `start` and `end` in it, in Unicode characters, half open; `sentences`, the first
    and the last, and `paragraphs`, which count from 1; `citation`, a line to paste; `link`, which opens the publisher's
    page at the words, "" for an article without a page.
    """

    id: str
    text: str
    score: float
    metadata: dict[str, Any]


def find_passages(index: Index, query: str, limit: int, collections: Sequence[str] = ()) -> Iterator[RetrievedPassage]:
    """Yield the best citable passages for the words of a query, best first; none where no passage has any of them."""
    within = Filter(collections=tuple(collections))
    articles: dict[str, Article] = {}
    for hit in index.search(query, limit, within):
        key = hit.passage.article_id
        if key not in articles:
            articles[key] = index.article(key, within)
        yield _describe(articles[key], hit)


def _describe(article: Article, hit: Hit) -> RetrievedPassage:
    passage = hit.passage
    citation = cite_sentences(article, passage.first, passage.last)
    inside = article.sentences[passage.first - 1 : passage.last]
    metadata = {
        "article": article.id,
        "title": article.name,
        "source": article.source,
        "agency": article.agency,
        "published": article.published.isoformat() if article.published else None,
        "lead": article.lead,
        "sha256": article.sha256,
        "start": citation.start,
        "end": citation.end,
        "sentences": [passage.first, passage.last],
        "paragraphs": list(dict.fromkeys(sentence.paragraph for sentence in inside)),
        "citation": cite(article, citation),
        "link": citation.url or "",
    }
    return RetrievedPassage(f"{article.id}:{citation.start}-{citation.end}", citation.text, hit.score, metadata)
