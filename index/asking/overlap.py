"""How much of a question an article holds: a cheap look, before it is asked."""

from __future__ import annotations

from functools import lru_cache

from ..evidence.question import read_question
from ..model import Article


def has_terms(question: str) -> bool:
    """Tell whether there is anything in a question that can be looked for."""
    return bool(_read_terms(question))


def measure_overlap(question: str, article: Article) -> float:
    """Return the share of the question's terms, 0 to 1, that the article holds, or synonyms of; 0 for no term."""
    terms = _read_terms(question)
    held = {term for sentence in article.sentences for term in (*sentence.terms, *sentence.heading)}
    return sum(not held.isdisjoint(each) for each in terms) / len(terms) if terms else 0.0


@lru_cache(maxsize=10_000)
def _read_terms(question: str) -> tuple[frozenset[str], ...]:
    """Return each term of the question, with those that may stand for it."""
    found = read_question(question)
    return tuple(frozenset((term, *found.synonyms.get(term, ()))) for term in found.terms)
