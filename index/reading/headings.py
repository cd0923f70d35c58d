"""Put each heading's words with the sentence under it: there they are searched, and never cited. Pure."""

from __future__ import annotations

from dataclasses import replace

from ..language.terms import analyse
from ..model import Article, Sentence


def add_headings(article: Article) -> Article:
    """Return the article, its sentences with the terms of the headings right above them."""
    over = article.headings
    if not over and not any(each.heading for each in article.sentences):
        return article
    sentences = tuple(_put_under(each, over.get(each.number, "")) for each in article.sentences)
    return article if sentences == article.sentences else replace(article, sentences=sentences)


def _put_under(sentence: Sentence, heading: str) -> Sentence:
    terms = analyse(heading) if heading else ()
    return sentence if sentence.heading == terms else replace(sentence, heading=terms)
