"""The citation of a sentence: its words and place, who speaks, what its dates mean, and the link to it."""

from __future__ import annotations

from typing import Any

from ..evidence.speakers import find_speaker
from ..model import Article, Citation, Sentence
from . import dates


def make_citation(article: Article, sentence: Sentence, confidence: float) -> Citation:
    """Return the citation of a sentence of the article; `confidence` is between 0 and 1."""
    citation = Citation(
        article_id=article.id,
        sha256=article.sha256,
        paragraph=sentence.paragraph,
        sentence=sentence.number,
        start=sentence.start,
        end=sentence.end,
        text=article.quote(sentence),
        score=round(confidence, 4),
        speaker=find_speaker(article, sentence),
        notes=_note_dates(article, sentence),
    )
    if not article.url:
        return citation
    from .links import linked  # late: most articles have no page to link to

    return linked(article, citation)


def _note_dates(article: Article, sentence: Sentence) -> tuple[dict[str, Any], ...]:
    """Return what the sentence's dates mean, which only an article with a date of its own can tell."""
    if article.published is None:
        return ()
    found = dates.resolve(article.text, article.published.date(), sentence.start, sentence.end)
    return tuple({"start": one.start, "end": one.end, "date": one.date} for one in found)
