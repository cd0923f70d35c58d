"""What is new in a library: its articles by date, newest first, each by its lead or by what it says of a topic."""

from __future__ import annotations

from heapq import nlargest

from ..citations.citation import make_citation
from ..citations.wording import write_date
from ..digest.contract import Digest, Entry
from ..digest.requests import DigestKind
from ..model import Article, Card
from ..moments import as_utc
from .retrieve import Scope, find_hits, may_speak
from .understand import tell_searched_language

NEWEST = 5
"""Articles told of at most."""

SEARCHED = 60
"""Passages that are searched for a topic."""


def tell_latest(topic: str, scope: Scope) -> Digest:
    """Return the newest articles or, with a topic, the newest of those that speak of it; undated ones come last.

    Each entry cites the article's first sentence, or the first with most of the topic's words.
    """
    language = tell_searched_language(topic, scope)
    wanted = frozenset(language.analyse(topic))
    if topic and not wanted:
        return Digest(DigestKind.LATEST, None, slot=topic)
    terms = tuple(dict.fromkeys(token.term for token in language.tokenize_question(topic) if token.term))
    cards = _find_cards(terms, scope.in_language(language)) if topic else list(scope.engine.articles(scope.stored))
    dated = nlargest(3 * NEWEST, enumerate(cards), key=lambda pair: (_date(pair[1]), pair[0]))
    entries: list[Entry] = []
    for _, card in dated:
        if len(entries) < NEWEST and may_speak(card.id, scope):
            entries += _tell(scope.read(card.id), wanted)
    return Digest(DigestKind.LATEST, None, entries=tuple(entries), slot=topic)


def _date(card: Card) -> float:
    return as_utc(card.published).timestamp() if card.published else float("-inf")


def _find_cards(terms: tuple[str, ...], scope: Scope) -> list[Card]:
    """Return the cards of the articles with a passage that holds all of the terms, or else most of them."""
    hits = find_hits(terms, SEARCHED, scope).hits
    held = {hit: len(set(terms).intersection(hit.passage.terms)) for hit in hits}
    most = max(held.values(), default=0)
    keys = dict.fromkeys(hit.passage.article_id for hit in hits if held[hit] == most)
    return [scope.read(key).card for key in keys]


def _tell(article: Article, wanted: frozenset[str]) -> list[Entry]:
    if not article.sentences:
        return []
    best = max(article.sentences, key=lambda one: (len(wanted.intersection(one.terms)), -one.number))
    when = f" ({write_date(article.published)})" if article.published else ""
    return [Entry(f"{article.name}{when}", make_citation(article, best, 1.0), article=article.card)]
