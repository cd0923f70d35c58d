"""How well a sentence answers a question: features of the pair, each a small function with its reason.

`sight.py` holds what they look at, `weights.py` weighs them. An article added elsewhere never changes
which sentence of this one answers. Nothing here needs numpy.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from math import log

from ..language.similarity import dice_similarity
from ..language.wordlists import CLEAR_DEMONSTRATIVES, OBJECTS, POSSESSIVES, SUBJECTS, THIRD_PERSON
from . import answer_types
from . import question as asked
from .views import NOTHING, Reading, Sight

_PLACE = re.compile(r"\b(?:in|at|near|from|to|of|across|outside|around|into|off) (?:the )?[A-Z]\w")
_PRONOUNS = (THIRD_PERSON & (SUBJECTS | OBJECTS | POSSESSIVES)) | CLEAR_DEMONSTRATIVES | {"such"}
_PRONOUN = re.compile(rf"\b(?:{'|'.join(sorted(_PRONOUNS))})\b", re.IGNORECASE)
_ASKS = re.compile(r"\?\W*\Z")


def coverage(sight: Sight) -> float:
    """Share of the question's idf that the sentence holds: the strongest single feature."""
    return sight.reading.share(sight.held)


def count(sight: Sight) -> float:
    """Share of the question's terms that the sentence holds, whatever they weigh."""
    return len(sight.held) / len(sight.question.words)


def bm25(sight: Sight) -> float:
    """BM25 of the sentence (k1 = 1.2, b = 0.75), a share of the highest possible: coverage that shuns length."""
    reading = sight.reading
    return reading.bm25((sight.terms,), sight.held, reading.idf, reading.average) / reading.total


def window(sight: Sight) -> float:
    """Coverage by the sentence and its two neighbours: wire sentences share their subject."""
    return sight.reading.share(sight.window)


def before(sight: Sight) -> float:
    """What the sentence before adds to the coverage: subjects are named first, then told of."""
    return sight.reading.share(sight.before - sight.held)


def paragraph(sight: Sight) -> float:
    """Coverage by the paragraph."""
    return sight.reading.share(sight.reading.paragraph(sight.sentence.paragraph)[0])


def paragraph_bm25(sight: Sight) -> float:
    """BM25 of the paragraph: finds the part of a long article that the question is about."""
    return sight.reading.paragraph(sight.sentence.paragraph)[1]


def title(sight: Sight) -> float:
    """What the headline adds to the coverage: the article's subject need not be said again."""
    return sight.reading.share(sight.reading.title - sight.held)


def pairs(sight: Sight) -> float:
    """Share of the question's neighbouring words that are neighbours here: phrases, names, "stand for"."""
    wanted = sight.question.pairs
    if not wanted or not sight.held:
        return 0.0
    words = f" {' '.join(asked.surface(sight.text))} "
    return sum([pair in words for pair in wanted]) / len(wanted)


def tightness(sight: Sight) -> float:
    """Coverage by how close together the terms stand: far apart they speak of different things."""
    if len(sight.held) < 2:
        return 0.0
    places = sorted((at, term) for term, ats in sight.places.items() for at in ats)
    seen: Counter[str] = Counter()
    shortest = len(sight.terms)
    left = 0
    for at, term in places:
        seen[term] += 1
        while len(seen) == len(sight.held):
            first, out = places[left]
            shortest = min(shortest, at - first + 1)
            seen[out] -= 1
            if not seen[out]:
                del seen[out]
            left += 1
    return coverage(sight) * len(sight.held) / shortest


def spelling(sight: Sight) -> float:
    """Share of the idf of missing terms that a similarly spelled one makes good: derived forms, typing errors."""
    reading = sight.reading
    missing = [term for term in sight.question.words if term not in sight.held]
    return sum([reading.idf[term] * dice_similarity(term, sight.terms) for term in missing]) / reading.total


def synonyms(sight: Sight) -> float:
    """Share of the idf of missing terms that a synonym makes good."""
    known = sight.question.synonyms
    if not known:
        return 0.0
    return sight.reading.share(
        frozenset([term for term, others in known.items() if not others.isdisjoint(sight.terms)]) - sight.held
    )


def generic(sight: Sight) -> float:
    """Part of the coverage that words of asking give, such as "name" or "many": they prove little."""
    return sight.reading.share(sight.held & asked.generic())


def names_lost(sight: Sight) -> float:
    """Share of the question's idf in names that neither the sentence nor its neighbours hold."""
    return sight.reading.share(sight.question.names - sight.window)


def near(sight: Sight) -> float:
    """How close what may be the answer stands to the question's terms: idf by distance, at the best place."""
    answers, places, idf = sight.answers, sight.places, sight.reading.idf
    if not answers or not places:
        return 0.0
    sums = [0.0] * len(answers)
    for term in idf:
        if term in places:
            weight = 3 * idf[term]  # 3 / (3 + distance) is 1 / (1 + distance / 3)
            stands = places[term]
            if len(stands) == 1:
                one = stands[0]
                sums = [value + weight / (3 + abs(at - one)) for value, at in zip(sums, answers, strict=True)]
            else:
                sums = [
                    value + weight / (3 + min([abs(at - place) for place in stands]))
                    for value, at in zip(sums, answers, strict=True)
                ]
    return max(sums) / sight.reading.total


def no_answer(sight: Sight) -> float:
    """1 when the sentence holds nothing of the kind that is asked for, else 0."""
    return float(not sight.answers)


def time(sight: Sight) -> float:
    """1 when a time is asked for and one is there that the question does not hold."""
    return float(sight.question.kind == "time" and bool(sight.answers))


def place(sight: Sight) -> float:
    """1 when a place is asked for and a capital follows "in", "at", ..."""
    return float(sight.question.kind == "place" and _PLACE.search(sight.text) is not None)


def carried(sight: Sight) -> float:
    """What three sentences before add to the coverage when a pronoun may stand for it."""
    if not sight.follows:
        return 0.0
    at = sight.sentence.number - 1
    sentences = sight.reading.article.sentences
    back = [
        sight.reading.held[number]
        for number in range(max(0, at - 3), at)
        if sentences[number].paragraph == sight.sentence.paragraph
    ]
    more = NOTHING.union(*back) - sight.held
    return sight.reading.share(more) if more and _PRONOUN.search(sight.text) else 0.0


def points_back(sight: Sight) -> float:
    """What the sentence before adds when this one opens with "He", "The company", ..."""
    return before(sight) if sight.points_back else 0.0


def antecedent(sight: Sight) -> float:
    """What the sentence after adds when it opens with "He", ..., and a name is asked for: the name stands here."""
    if sight.question.kind != "name" or sight.next is None or not sight.answers:
        return 0.0
    follower = sight.reading.sight(sight.next.number)
    return sight.reading.share(sight.after - sight.held) if follower.points_back else 0.0


def asks(sight: Sight) -> float:
    """1 when the sentence is itself a question: those repeat the asker's words and state nothing."""
    return float(_ASKS.search(sight.text) is not None)


def length(sight: Sight) -> float:
    """Length on a logarithmic scale, 1 at about 50 terms."""
    return log(1 + len(sight.terms)) / 4


def plain_share(sight: Sight) -> float:
    """Coverage among the question's terms that are neither names nor words of asking: they tell what is asked."""
    wanted = sight.question.plain_set
    return sight.reading.share(wanted & sight.held) / (sight.reading.share(wanted) or 1.0)


def names_share(sight: Sight) -> float:
    """Part of the coverage that names give."""
    return sight.reading.share(sight.question.names & sight.held)


def named_before(sight: Sight) -> float:
    """What names in the sentence before add: the subject is named there and "he" here."""
    return sight.reading.share(sight.before & sight.question.names - sight.held)


def lead(sight: Sight) -> float:
    """1 for the first sentence of the article, which tells what it is about."""
    return float(sight.sentence.number == 1)


def wanted(sight: Sight) -> float:
    """1 when the sentence holds something of the very kind that is asked for, or none can be told."""
    return float(sight.wanted)


def measure(sight: Sight) -> float:
    """1 when an age, a sum, a share, a time span or a count is asked for and one is there."""
    return float(sight.question.wants in answer_types.MEASURES and sight.wanted)


def defines(sight: Sight) -> float:
    """1 when it is asked what something is and the sentence has that, and "is", "means", ... soon behind it."""
    wanted = sight.question.defined
    return float(wanted is not None and wanted.search(sight.text) is not None)


def choices(sight: Sight) -> float:
    """How many terms may be what is asked for, 1 at five."""
    return min(5, len(sight.answers)) / 5


def capitals(sight: Sight) -> float:
    """How many words with a capital it holds, 1 at six: lists of names share terms by chance."""
    return min(6, len(sight.capitals)) / 6


def quoted(sight: Sight) -> float:
    """1 when the sentence quotes."""
    return float('"' in sight.text or "“" in sight.text)


FEATURES: Mapping[str, Callable[[Sight], float]] = {
    feature.__name__: feature
    for feature in (
        *(coverage, count, bm25, window, before, paragraph, paragraph_bm25, title, pairs, tightness, spelling),
        *(synonyms, generic, names_lost, plain_share, names_share, named_before, lead, near, no_answer, wanted),
        *(measure, defines, choices, time, place, carried, points_back, antecedent, asks, capitals, quoted),
    )
}
"""The features of a sentence for a question by name, in the order of the weights."""


FIRST: Mapping[Callable[[Sight], float], float] = {count: 4, coverage: 1, window: 1, paragraph_bm25: 8, title: 8}
"""Weights of the features that need only terms: by them the sentences are chosen that all features are worth."""

PROMISING = 20
"""Sentences that all features are worked out for; the sentence chosen at last is among them in 99 of 100 cases."""


def first_score(sight: Sight) -> float:
    """Return a first, cheap score of the sentence."""
    return sum([weight * feature(sight) for feature, weight in FIRST.items()])


def features(reading: Reading, number: int) -> tuple[float, ...]:
    """Return the values of `FEATURES` for the sentence with this number."""
    sight = reading.sight(number)
    return tuple(feature(sight) for feature in FEATURES.values())
