"""Signs that a sentence answers a question, or that no sentence can: what the confidence rests on.

Each is a small function of the best sentence, with its reason. They look at the question's words one by one,
for what tells an unanswerable question is often a single word: the one that the text lacks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache, partial
from math import log

from .. import patterns
from ..language.thesaurus import load_opposites
from . import features
from .answer_types import TYPES, AnswerType
from .owners import is_given
from .views import SentenceView

_NEGATION = patterns.compile(
    r"\b(?:not|no|never|none|nor|neither|without|cannot|nobody|nothing|lack(?:s|ed|ing)?|fail(?:s|ed|ing)?|unable)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_PREFIX = patterns.compile(r"(?:un|in|im|ir|il|non|dis|mis|anti|de|counter)(?=\w{4})")
_HALF = 0.5
LEAST_HELD = 1 / 3
"""A sentence and its neighbours that hold no more of the question's words than this share are never an answer by words
alone: nobody would believe it, whatever the sum of the signs. It costs 3 of 1,000 answers."""


def any_name_lost(view: SentenceView) -> float:
    """1 when a name of the question is neither in the sentence nor in its neighbours."""
    return float(bool(view.article_view.names - view.window))


def names_nowhere(view: SentenceView) -> float:
    """Share of the question's idf in names that the article lacks."""
    article = view.article_view
    return article.shares[article.names - article.known - article.headings]


def any_name_nowhere(view: SentenceView) -> float:
    """1 when the article lacks a name of the question."""
    article = view.article_view
    return float(bool(article.names - article.known - article.headings))


def numbers_lost(view: SentenceView) -> float:
    """1 when a number of the question is neither in the sentence nor in its neighbours."""
    return float(any(term[0].isdigit() and term not in view.window for term in view.question.words))


def apart(view: SentenceView) -> float:
    """Share of the question's idf that the article holds, but not here."""
    return view.article_view.shares[view.article_view.known - view.window]


def terms(view: SentenceView) -> float:
    """How many terms the question has, on a logarithmic scale: a share of few is soon large."""
    return log(1 + len(view.question.words)) / 3


def names(view: SentenceView) -> float:
    """How many names the question has, 1 at three."""
    return min(3, len(view.article_view.names)) / 3


def plain(view: SentenceView) -> float:
    """How many of the question's terms are neither names nor words of asking, 1 at four."""
    return min(4, len(view.article_view.plain)) / 4


def plain_here(view: SentenceView) -> float:
    """Share of those plain terms that the sentence or a neighbour holds, a synonym counting less."""
    return _mean(view.plain_near)


def plain_least(view: SentenceView) -> float:
    """How well the sentence holds the plain term that it holds least."""
    here = frozenset(view.terms)
    return min([view.question.rate_holding(term, here) for term in view.article_view.plain], default=1.0)


def plain_anywhere(view: SentenceView) -> float:
    """Share of the plain terms that the article holds."""
    return _mean(view.article_view.plain_known)


def plain_lost(view: SentenceView) -> float:
    """How many plain terms neither the sentence nor its neighbours hold, 1 at three."""
    return sum([found < _HALF for found in view.plain_near]) / 3


def plain_nowhere(view: SentenceView) -> float:
    """How many plain terms the article lacks, 1 at three."""
    return sum([found < _HALF for found in view.article_view.plain_known]) / 3


def _lacks(row: AnswerType, view: SentenceView) -> float:
    """1 when this type of answer is asked for and the sentence gives none."""
    return float(row.name in (view.question.wants.name, view.question.kind.name) and not view.wanted)


def asks_not(view: SentenceView) -> float:
    """1 when the question is negated."""
    return float(view.question.is_negated)


def denied(view: SentenceView) -> float:
    """1 when the question is negated and the sentence is not: it says the opposite."""
    return float(view.question.is_negated and _NEGATION.search(view.text) is None)


def opposite(view: SentenceView) -> float:
    """1 when the sentence holds the opposite of a word that it lacks, as "east" for "west"."""
    if not view.question.language.has_rules:
        return 0.0
    known = load_opposites()
    return float(any(term in known and not known[term].isdisjoint(view.terms) for term in view.missing))


def prefixed(view: SentenceView) -> float:
    """1 when the sentence holds a missing word with or without "un", "in", "non", ..."""
    if not view.question.language.has_rules:
        return 0.0
    long = [_strip_prefix(term) for term in view.missing if len(term) > 5]
    return float(bool(long) and not {*view.terms, *map(_strip_prefix, view.terms)}.isdisjoint(long))


@lru_cache(maxsize=65536)
def _strip_prefix(term: str) -> str:
    return _PREFIX.sub("", term, count=1)


FROM_FEATURES: Mapping[str, features.Feature] = {
    "count": features.count,
    "generic": features.generic,
    "pairs": features.pairs,
    "title": features.title,
    "spelling": features.spelling,
    "synonyms": features.synonyms,
    "near": features.near,
    "carried": features.carried,
    "length": features.length,
    "names_lost": features.names_lost,
    "wanted": features.wanted,
}
"""The features that are signs, too."""

OWN: Mapping[str, features.Feature] = {
    "any_name_lost": any_name_lost,
    "names_nowhere": names_nowhere,
    "any_name_nowhere": any_name_nowhere,
    "numbers_lost": numbers_lost,
    "apart": apart,
    "terms": terms,
    "names": names,
    "plain": plain,
    "plain_here": plain_here,
    "plain_least": plain_least,
    "plain_anywhere": plain_anywhere,
    "plain_lost": plain_lost,
    "plain_nowhere": plain_nowhere,
    "asks_not": asks_not,
    "denied": denied,
    "opposite": opposite,
    "prefixed": prefixed,
    **{f"no_{row.name}": partial(_lacks, row) for row in TYPES if row.weighed},
}
"""The signs that are no features; "no_age" and the like stand for rows of the answer types."""

SIGNS = {**FROM_FEATURES, **OWN}
"""The signs by name."""


def similarity_lag(view: SentenceView) -> float:
    """How much nearer in meaning another sentence of the article comes: 0 for the nearest, else below."""
    return 10 * view.similarity - similarity_best(view)


def similarity_best(view: SentenceView) -> float:
    """How near the article's nearest sentence comes."""
    return 10 * max(view.article_view.similarities)


def similarity_gap(view: SentenceView) -> float:
    """How far the nearest sentence stands out from the second; 0 where there is no second."""
    found = sorted(view.article_view.similarities)
    return 10 * (found[-1] - found[-2]) if found[1:] else 0.0


def similarity_mean(view: SentenceView) -> float:
    """How near the ten nearest come: what the article is about."""
    found = sorted(view.article_view.similarities)[-10:]
    return 10 * sum(found) / len(found)


def odds(view: SentenceView) -> float:
    """The log odds that the judge gives the sentence."""
    return view.odds or 0.0


def odds_others(view: SentenceView) -> float:
    """The best log odds that it gives another sentence; the least that there are if it read no other."""
    return view.odds_others


def stated(view: SentenceView) -> float:
    """1 when the sentence can be an answer by its words and the kind of thing that it gives."""
    return float(is_stated(view))


BY_MEANING: Mapping[str, features.Feature] = {
    "similarity": features.similarity,
    "similarity_lag": similarity_lag,
    "similarity_best": similarity_best,
    "similarity_gap": similarity_gap,
    "similarity_mean": similarity_mean,
    "odds": odds,
    "odds_others": odds_others,
    "stated": stated,
}
"""The signs that are there only where vectors are compared and a judge was asked."""


def letters_anywhere(view: SentenceView) -> float:
    """Share of the question's letter n-grams, by idf, that the article holds."""
    return view.article_view.letters


BY_LETTERS: Mapping[str, features.Feature] = {**features.BY_LETTERS, "letters_anywhere": letters_anywhere}
"""The signs that only other languages than English have."""


def find_signs(best: SentenceView) -> dict[str, float]:
    """Return the values of `SIGNS` for the best sentence, and of `BY_MEANING` where meaning was compared.

    In other languages than English those of `BY_LETTERS` are there, too.
    """
    found = features.evaluate(best, FROM_FEATURES) | {name: sign(best) for name, sign in OWN.items()}
    if best.article_view.similarities:
        found |= {name: sign(best) for name, sign in BY_MEANING.items()}
    if not best.question.language.has_rules:
        found |= {name: sign(best) for name, sign in BY_LETTERS.items()}
    return found


def is_stated(view: SentenceView) -> bool:
    """Tell whether the sentence can be an answer at all, whatever else speaks for it.

    It cannot where it holds next to nothing of the question, in its words or in synonyms, where the article knows none
    of the words that tell what is asked, or where the sentence gives nothing of the kind that is asked for, or gives it
    of somebody else.
    """
    plain = view.article_view.plain
    known = not plain or plain_nowhere(view) * 3 < len(plain)
    return len(view.covered) > LEAST_HELD * len(view.question.words) and known and is_given(view)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 1.0
