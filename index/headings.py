"""Headings within an article: their words are searched with the sentence under them, and never cited. Pure."""

from __future__ import annotations

from dataclasses import replace

from .language.language import get_language
from .model import Article, Kind, Sentence

LONGEST = 300
"""Characters of a heading that are searched; a longer one heads no section."""


def quote_headings(article: Article) -> dict[int, str]:
    """Return the words of the headings right above sentences, by the number of the sentence.

    The headline of the whole text, the first heading above any body, stands over no single sentence.
    """
    waiting: list[str] = []
    over: dict[int, str] = {}
    is_below = False
    for each in article.paragraphs:
        if each.kind is Kind.HEADLINE and is_below:
            waiting.append(article.text[each.start : min(each.end, each.start + LONGEST)])
        elif each.number is not None and waiting:
            over[each.number] = " ".join(waiting)
            waiting.clear()
        is_below = is_below or each.kind in (Kind.HEADLINE, Kind.BODY)
    firsts = {each.paragraph: each.number for each in reversed(article.sentences)} if over else {}
    return {firsts[number]: words for number, words in over.items() if number in firsts}


def add_headings(article: Article) -> Article:
    """Return the article, its sentences with the terms of the headings right above them."""
    over = quote_headings(article)
    if not over and not any(each.heading for each in article.sentences):
        return article
    analyse = get_language(article.language).analyse
    sentences = tuple(_put_under(each, analyse(over.get(each.number, ""))) for each in article.sentences)
    return article if sentences == article.sentences else replace(article, sentences=sentences)


def _put_under(sentence: Sentence, terms: tuple[str, ...]) -> Sentence:
    return sentence if sentence.heading == terms else replace(sentence, heading=terms)
