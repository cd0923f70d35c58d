"""The citation of a sentence, or of several: words and place, who speaks, what the dates mean, and the link."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..evidence.speakers import find_speaker
from ..language.language import get_language
from ..model import Article, Citation, Kind, Paragraph, Sentence, Span
from . import dates
from .wording import write_time


def make_citation(article: Article, sentence: Sentence, confidence: float) -> Citation:
    """Return the citation of a sentence of the article; `confidence` is between 0 and 1."""
    spoken, _ = _find_recorded(article, sentence)
    citation = Citation(
        article_id=article.id,
        sha256=article.sha256,
        paragraph=sentence.paragraph,
        sentence=sentence.number,
        start=sentence.start,
        end=sentence.end,
        text=article.quote(sentence),
        score=round(confidence, 4),
        speaker=find_speaker_cited(article, sentence),
        notes=(*_note_dates(article, sentence), *_note_time(sentence, spoken)),
    )
    return _link(article, citation)


def cite_sentences(article: Article, first: int, last: int, confidence: float = 0.0) -> Citation:
    """Return the citation of the sentences numbered `first` to `last`, from 1; it is placed where the first stands.

    One sentence is cited as an answer cites it. Of several, nothing is said of who speaks and what their dates mean.

    Raises:
        ValueError: the article has no such sentences.
    """
    if not 1 <= first <= last <= len(article.sentences):
        raise ValueError(f"article {article.id} has no sentences {first} to {last}")
    begin, end = article.sentences[first - 1], article.sentences[last - 1]
    if first == last:
        return make_citation(article, begin, confidence)
    citation = Citation(
        article_id=article.id,
        sha256=article.sha256,
        paragraph=begin.paragraph,
        sentence=first,
        start=begin.start,
        end=end.end,
        text=article.text[begin.start : end.end],
        score=round(confidence, 4),
    )
    return _link(article, citation)


def _link(article: Article, citation: Citation) -> Citation:
    """Return the citation with its link, as it is where the article has no page."""
    if not article.url:
        return citation
    from .links import linked  # late: most articles have no page to link to

    return linked(article, citation)


def find_speaker_cited(article: Article, sentence: Sentence) -> Span | None:
    """Return the words that name who says a sentence: in a recording its label, else what the article says."""
    return _find_recorded(article, sentence)[1] or find_speaker(article, sentence)


def _find_recorded(article: Article, sentence: Sentence) -> tuple[Paragraph | None, Span | None]:
    """Return the paragraph of a recording that the sentence is in, and the words that name who speaks there."""
    label = None
    for paragraph in article.paragraphs:
        if paragraph.kind is Kind.FURNITURE:
            has_name = paragraph.time is not None
            label = Span(paragraph.start, paragraph.end, article.quote(paragraph)) if has_name else None
        elif paragraph.time is not None and paragraph.start <= sentence.start < paragraph.end:
            return paragraph, label
    return None, None


def _note_time(sentence: Sentence, paragraph: Paragraph | None) -> tuple[dict[str, Any], ...]:
    """Return when a sentence of a recording is spoken."""
    if paragraph is None or paragraph.time is None:
        return ()
    return ({"start": sentence.start, "end": sentence.end, "time": write_time(paragraph.time)},)


def _note_dates(article: Article, sentence: Sentence) -> tuple[dict[str, Any], ...]:
    """Return what the sentence's dates mean, which only an article with a date of its own can tell."""
    if article.published is None:
        return ()
    found = _resolve_dates(article, article.published.date(), sentence)
    return tuple({"start": one.start, "end": one.end, "date": one.date} for one in found)


def _resolve_dates(article: Article, published: date, sentence: Sentence) -> tuple[dates.Dated, ...]:
    language = get_language(article.language)
    if language.has_rules:
        return dates.resolve(article.text, published, sentence.start, sentence.end)
    from .dates_by_language import resolve_in  # late: most articles are in English

    return resolve_in(article.text, published, language, sentence.start, sentence.end)
