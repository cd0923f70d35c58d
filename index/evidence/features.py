"""How well a sentence answers a question: features of the pair, each a small function with its reason.

`views.py` holds what they look at, `weights.py` weighs them. Other articles never change which sentence answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import log

from ..language.bm25 import length_norm
from ..language.similarity import dice_similarity, measure_distances
from .views import NOTHING, SentenceView

Feature = Callable[[SentenceView], float]


def share_of(find: Callable[[SentenceView], frozenset[str]]) -> Feature:
    """Make a feature of a function that finds terms: its value is their share of the question's idf."""

    def feature(view: SentenceView) -> float:
        return view.article_view.shares[find(view)]

    return feature


@share_of
def coverage(view: SentenceView) -> frozenset[str]:
    """Share of the question's idf that the sentence holds: the strongest single feature."""
    return view.held


def count(view: SentenceView) -> float:
    """Share of the question's terms that the sentence holds, whatever they weigh."""
    return len(view.held) / len(view.question.words)


def bm25(view: SentenceView) -> float:
    """BM25 of the sentence (k1 = 1.2, b = 0.75), a share of the highest possible: coverage that shuns length."""
    article = view.article_view
    norm, idf = length_norm(len(view.terms), article.average), article.idf
    found = [(idf[term], len(view.places[term])) for term in idf if term in view.places]
    return sum([weight * frequency / (frequency + norm) for weight, frequency in found]) / article.total


@share_of
def window(view: SentenceView) -> frozenset[str]:
    """Coverage by the sentence and its two neighbours: wire sentences share their subject."""
    return view.window


@share_of
def before(view: SentenceView) -> frozenset[str]:
    """What the sentence before adds to the coverage: subjects are named first, then told of."""
    return view.before - view.held


@share_of
def paragraph(view: SentenceView) -> frozenset[str]:
    """Coverage by the paragraph."""
    return view.article_view.paragraph(view.sentence.paragraph)[0]


def paragraph_bm25(view: SentenceView) -> float:
    """BM25 of the paragraph: finds the part of a long article that the question is about."""
    return view.article_view.paragraph(view.sentence.paragraph)[1]


@share_of
def title(view: SentenceView) -> frozenset[str]:
    """What the headline adds to the coverage: the article's subject need not be said again."""
    return view.article_view.title - view.held


def pairs(view: SentenceView) -> float:
    """Share of the question's neighbouring words that are neighbours here: phrases, names, "stand for"."""
    wanted = view.question.pairs
    if not wanted or not view.held:
        return 0.0
    words = view.surface.words
    return sum([pair in words for pair in wanted]) / len(wanted)


def tightness(view: SentenceView) -> float:
    """Coverage by how close together the terms stand: far apart they speak of different things."""
    if len(view.held) < 2:
        return 0.0
    places = sorted((at, term) for term, ats in view.places.items() for at in ats)
    seen: Counter[str] = Counter()
    shortest = len(view.terms)
    left = 0
    for at, term in places:
        seen[term] += 1
        while len(seen) == len(view.held):
            first, out = places[left]
            shortest = min(shortest, at - first + 1)
            seen[out] -= 1
            if not seen[out]:
                del seen[out]
            left += 1
    return coverage(view) * len(view.held) / shortest


def spelling(view: SentenceView) -> float:
    """Share of the idf of missing terms that a similarly spelled one makes good: derived forms, typing errors."""
    article, initials = view.article_view, view.question.initials
    likely = [term for term in view.terms if term[0] in initials]
    missing = [term for term in view.question.words if term not in view.held]
    return sum([article.idf[term] * dice_similarity(term, likely) for term in missing]) / article.total


@share_of
def synonyms(view: SentenceView) -> frozenset[str]:
    """Share of the idf of missing terms that a synonym makes good."""
    return view.alike


@share_of
def generic(view: SentenceView) -> frozenset[str]:
    """Part of the coverage that words of asking give, such as "name" or "many": they prove little."""
    return view.held & view.question.generic


@share_of
def names_lost(view: SentenceView) -> frozenset[str]:
    """Share of the question's idf in names that neither the sentence nor its neighbours hold."""
    return view.article_view.names - view.window


def near(view: SentenceView) -> float:
    """How close what may be the answer stands to the question's terms: idf by distance, at the best place."""
    answers, places, idf = view.answers, view.places, view.article_view.idf
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
                apart = measure_distances(stands, answers)
                sums = [value + weight / (3 + distance) for value, distance in zip(sums, apart, strict=True)]
    return max(sums) / view.article_view.total


def no_answer(view: SentenceView) -> float:
    """1 when the sentence holds nothing of the kind that is asked for, else 0."""
    return float(not view.answers)


def time(view: SentenceView) -> float:
    """1 when a time is asked for and one is there that the question does not hold."""
    return float(view.question.kind.name == "time" and bool(view.answers))


def place(view: SentenceView) -> float:
    """1 when a place is asked for and a capital follows "in", "at", ..."""
    kind = view.question.kind
    return float(kind.name == "place" and kind.is_held_in(view.surface, NOTHING, fits=False))


@share_of
def carried(view: SentenceView) -> frozenset[str]:
    """What three sentences before add to the coverage when a pronoun may stand for it."""
    if not view.follows:
        return NOTHING
    article, at = view.article_view, view.sentence.number - 1
    first = max(0, at - 3)
    while article.article.sentences[first].paragraph != view.sentence.paragraph:
        first += 1
    more = NOTHING.union(*article.held[first:at]) - view.held
    return more if more and view.surface.has_pronoun else NOTHING


def points_back(view: SentenceView) -> float:
    """What the sentence before adds when this one opens with "He", "The company", ..."""
    return before(view) if view.surface.points_back else 0.0


@share_of
def antecedent(view: SentenceView) -> frozenset[str]:
    """What the sentence after adds when it opens with "He", ..., and a name is asked for: the name stands here."""
    if view.question.kind.name != "name" or not view.answers or not view.next_points_back:
        return NOTHING
    return view.after - view.held


def asks(view: SentenceView) -> float:
    """1 when the sentence is itself a question: those repeat the asker's words and state nothing."""
    return float(view.surface.asks)


def length(view: SentenceView) -> float:
    """Length on a logarithmic scale, 1 at about 50 terms."""
    return log(1 + len(view.terms)) / 4


def plain_share(view: SentenceView) -> float:
    """Coverage among the question's terms that are neither names nor words of asking: they tell what is asked."""
    article = view.article_view
    return article.shares[article.plain_terms & view.held] / (article.shares[article.plain_terms] or 1.0)


@share_of
def names_share(view: SentenceView) -> frozenset[str]:
    """Part of the coverage that names give."""
    return view.article_view.names & view.held


@share_of
def named_before(view: SentenceView) -> frozenset[str]:
    """What names in the sentence before add: the subject is named there and "he" here."""
    return view.before & view.article_view.names - view.held


def lead(view: SentenceView) -> float:
    """1 for the first sentence of the article, which tells what it is about."""
    return float(view.sentence.number == 1)


def wanted(view: SentenceView) -> float:
    """1 when the sentence holds something of the very kind that is asked for, or none can be told."""
    return float(view.wanted)


def measure(view: SentenceView) -> float:
    """1 when an age, a sum, a share, a time span or a count is asked for and one is there."""
    return float(view.question.wants.measured and view.wanted)


def defines(view: SentenceView) -> float:
    """1 when it is asked what something is and the sentence has that, and "is", "means", ... soon behind it."""
    wanted = view.question.defined
    return float(wanted is not None and wanted.search(view.text) is not None)


def choices(view: SentenceView) -> float:
    """How many terms may be what is asked for, 1 at five."""
    return min(5, len(view.answers)) / 5


def capitals(view: SentenceView) -> float:
    """How many words with a capital it holds, 1 at six: lists of names share terms by chance."""
    return min(6, len(view.surface.capitals)) / 6


def quoted(view: SentenceView) -> float:
    """1 when the sentence quotes."""
    return float(view.surface.quotes)


def similarity(view: SentenceView) -> float:
    """How near it comes in meaning: ten times the cosine."""
    return 10 * view.similarity


FEATURES: Mapping[str, Feature] = {
    "coverage": coverage, "count": count, "bm25": bm25, "window": window, "before": before,
    "paragraph": paragraph, "paragraph_bm25": paragraph_bm25, "title": title, "pairs": pairs,
    "tightness": tightness, "spelling": spelling, "synonyms": synonyms, "generic": generic,
    "names_lost": names_lost, "plain_share": plain_share, "names_share": names_share,
    "named_before": named_before, "lead": lead, "near": near, "no_answer": no_answer, "wanted": wanted,
    "measure": measure, "defines": defines, "choices": choices, "time": time, "place": place,
    "carried": carried, "points_back": points_back, "antecedent": antecedent, "asks": asks,
    "capitals": capitals, "quoted": quoted, "similarity": similarity,
}  # fmt: skip
"""The features of a sentence for a question by name, in the order of the weights."""


BY_LETTERS: Mapping[str, Feature] = {
    "letters": lambda view: view.letters[0],
    "letters_near": lambda view: view.letters[1],
    "letters_around": lambda view: view.letters[2],
}
"""The features of other languages than English alone: letter n-grams find inflected words and parts of compounds."""

PROMISING = 20
"""Sentences that all features are worked out for; the sentence chosen at last is among them in 99 of 100 cases."""


def pick_features(weights: Mapping[str, float]) -> tuple[tuple[Feature, float], ...]:
    """Return the features that the weights name, each with its weight, as `weigh` takes them."""
    return tuple(({**FEATURES, **BY_LETTERS}[name], weight) for name, weight in weights.items())


def weigh(view: SentenceView, parts: Sequence[tuple[Feature, float]]) -> float:
    """Return the weighted sum of the sentence's features: higher is better evidence."""
    return sum([weight * feature(view) for feature, weight in parts])


def evaluate(view: SentenceView, features: Mapping[str, Feature] = FEATURES) -> dict[str, float]:
    """Return the values of the features by name."""
    return {name: feature(view) for name, feature in features.items()}
