"""Signs that a sentence answers a question, or that no sentence can: what the confidence rests on.

Each is a small function of the best sentence, with its reason. They look at the question's words one by one,
for what tells an unanswerable question is often a single word: the one that the text lacks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import log

from ..language.similarity import dice_similarity
from ..language.thesaurus import load_opposites
from . import features
from .views import NOTHING, Sight

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nor|neither|without|cannot|nobody|nothing|lack(?:s|ed|ing)?|fail(?:s|ed|ing)?|unable)\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_ASKED_NEGATION = re.compile(
    r"\b(?:not|never|cannot|without|fail(?:s|ed|ing)?|lack(?:s|ed)?|except|other than|neither|unable"
    r"|(?:is|was|did|do|does|ca|were)nt)\b|n['’]t\b",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"(?:un|in|im|ir|il|non|dis|mis|anti|de|counter)(?=\w{4})")
_HALF = 0.5


def any_name_lost(sight: Sight) -> float:
    """1 when a name of the question is neither in the sentence nor in its neighbours."""
    return float(bool(sight.question.names - sight.window))


def names_nowhere(sight: Sight) -> float:
    """Share of the question's idf in names that the article lacks."""
    return sight.reading.share(sight.question.names - sight.reading.known)


def any_name_nowhere(sight: Sight) -> float:
    """1 when the article lacks a name of the question."""
    return float(bool(sight.question.names - sight.reading.known))


def numbers_lost(sight: Sight) -> float:
    """1 when a number of the question is neither in the sentence nor in its neighbours."""
    return float(any(term[0].isdigit() and term not in sight.window for term in sight.question.words))


def apart(sight: Sight) -> float:
    """Share of the question's idf that the article holds, but not here."""
    return sight.reading.share(sight.reading.known - sight.window)


def terms(sight: Sight) -> float:
    """How many terms the question has, on a logarithmic scale: a share of few is soon large."""
    return log(1 + len(sight.question.words)) / 3


def names(sight: Sight) -> float:
    """How many names the question has, 1 at three."""
    return min(3, len(sight.question.names)) / 3


def plain(sight: Sight) -> float:
    """How many of the question's terms are neither names nor words of asking, 1 at four."""
    return min(4, len(sight.question.plain)) / 4


def plain_here(sight: Sight) -> float:
    """Share of those plain terms that the sentence or a neighbour holds, a synonym counting less."""
    return _mean(_plain(sight, _window(sight)))


def plain_least(sight: Sight) -> float:
    """How well the sentence holds the plain term that it holds least."""
    return min(_plain(sight, frozenset(sight.terms)), default=1.0)


def plain_anywhere(sight: Sight) -> float:
    """Share of the plain terms that the article holds."""
    return _mean(_plain(sight, sight.reading.vocabulary))


def plain_lost(sight: Sight) -> float:
    """How many plain terms neither the sentence nor its neighbours hold, 1 at three."""
    return sum(found < _HALF for found in _plain(sight, _window(sight))) / 3


def plain_nowhere(sight: Sight) -> float:
    """How many plain terms the article lacks, 1 at three."""
    return sum(found < _HALF for found in _plain(sight, sight.reading.vocabulary)) / 3


def no_age(sight: Sight) -> float:
    """1 when an age is asked for and the sentence gives none."""
    return _without(sight, "age")


def no_count(sight: Sight) -> float:
    """1 when it is asked how many there are and the sentence does not count them."""
    return _without(sight, "count")


def no_duration(sight: Sight) -> float:
    """1 when it is asked how long something took and the sentence gives no such time."""
    return _without(sight, "duration")


def no_money(sight: Sight) -> float:
    """1 when a price or a sum is asked for and the sentence gives none."""
    return _without(sight, "money")


def no_share(sight: Sight) -> float:
    """1 when a share is asked for and the sentence gives none."""
    return _without(sight, "share")


def no_time(sight: Sight) -> float:
    """1 when it is asked when something was and the sentence gives no time."""
    return _without(sight, "time")


def asks_not(sight: Sight) -> float:
    """1 when the question is negated."""
    return float(_ASKED_NEGATION.search(sight.question.text) is not None)


def denied(sight: Sight) -> float:
    """1 when the question is negated and the sentence is not: it says the opposite."""
    return float(asks_not(sight) > 0 and _NEGATION.search(sight.text) is None)


def opposite(sight: Sight) -> float:
    """1 when the sentence holds the opposite of a word that it lacks, as "east" for "west"."""
    known = load_opposites()
    return float(any(term in known and not known[term].isdisjoint(sight.terms) for term in sight.missing))


def prefixed(sight: Sight) -> float:
    """1 when the sentence holds a missing word with or without "un", "in", "non", ..."""
    bare = {term: _PREFIX.sub("", term, count=1) for term in sight.terms}
    held = frozenset(bare) | {short for term, short in bare.items() if short != term}
    return float(any(_PREFIX.sub("", term, count=1) in held for term in sight.missing if len(term) > 5))


SIGNS: Mapping[str, Callable[[Sight], float]] = {
    sign.__name__: sign
    for sign in (
        *(features.count, features.generic, features.pairs, features.title, features.spelling, features.synonyms),
        *(features.near, features.carried, features.length, features.names_lost),
        *(any_name_lost, names_nowhere, any_name_nowhere, numbers_lost, apart, terms, names),
        *(plain, plain_here, plain_least, plain_anywhere, plain_lost, plain_nowhere),
        *(features.wanted, no_age, no_count, no_duration, no_money, no_share, no_time),
        *(asks_not, denied, opposite, prefixed),
    )
}
"""The signs by name."""


MEASURED = ("no_age", "no_count", "no_duration", "no_money", "no_share", "no_time")
"""The signs that something measurable is asked for and not given."""


def signs(best: Sight) -> dict[str, float]:
    """Return the values of `SIGNS` for the best sentence."""
    return {name: sign(best) for name, sign in SIGNS.items()}


def _without(sight: Sight, kind: str) -> float:
    return float(sight.question.wants == kind and not sight.wanted)


def _plain(sight: Sight, here: frozenset[str]) -> list[float]:
    return [_found(sight, term, here) for term in sight.question.plain]


def _found(sight: Sight, term: str, here: frozenset[str]) -> float:
    """Return how well these terms hold `term`: 1 itself, 0.8 a synonym, less a similarly spelled one."""
    if term in here:
        return 1.0
    if not sight.question.synonyms.get(term, NOTHING).isdisjoint(here):
        return 0.8
    return dice_similarity(term, here)


def _window(sight: Sight) -> frozenset[str]:
    sentences = sight.reading.article.sentences
    at = sight.sentence.number - 1
    return NOTHING.union(*(sentence.terms for sentence in sentences[max(0, at - 1) : at + 2]))


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 1.0
