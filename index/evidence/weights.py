"""What was learned: weights of the features, the confidence in the best sentence, and the three verdicts.

The numbers stand in `weights.json` beside this file with the record of their training, made by `make train`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from math import exp
from pathlib import Path
from typing import Any

from ..language import bm25
from ..model import Verdict
from . import features, offices, signs
from .question import Question
from .views import Sight

LEAST_HELD = 1 / 3
"""A sentence and its neighbours that hold no more of the question's words than this share are never an answer: nobody
would believe it, whatever the sum of the signs. It costs 3 of 1,000 answers."""


@dataclass(frozen=True, slots=True)
class Logit:
    """A logistic regression: the probability of something, from named signs."""

    weights: Mapping[str, float]
    bias: float

    def probability(self, signs: Mapping[str, float]) -> float:
        """Return the probability, 0 to 1."""
        return logistic(self.bias + sum([weight * signs[name] for name, weight in self.weights.items()]))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is believed of the best sentence: `topic`, that its article speaks of the matter, and `confidence`."""

    topic: float
    confidence: float
    verdict: Verdict


@dataclass(frozen=True)
class Model:
    """What was learned.

    `rank` weighs a sentence's features. `topic` gives the probability that the article speaks of what is asked,
    `states` that its best sentence answers if so. `answered` is the least product of both, the confidence, for
    that verdict (`is_stated` and `roles` may deny it), `related` the least `topic`. `affinity` is what an article
    loses for holding less of the question than the best one.
    """

    rank: Mapping[str, float]
    topic: Logit
    states: Logit
    answered: float
    related: float
    affinity: float

    @cached_property
    def parts(self) -> tuple[tuple[Callable[[Sight], float], float], ...]:
        """The features and their weights, in the order of the sum."""
        return tuple((features.FEATURES[name], weight) for name, weight in self.rank.items())

    def score(self, sight: Sight) -> float:
        """Return the weighted sum of the sentence's features: higher is better evidence."""
        return sum([weight * feature(sight) for feature, weight in self.parts])

    def judge(self, best: Sight) -> Judgement:
        """Return what is believed of the best sentence."""
        values = signs.signs(best)
        topic = self.topic.probability(values)
        confidence = topic * self.states.probability(values)
        if confidence >= self.answered and is_stated(best, values) and not offices.bearers(best):
            return Judgement(topic, confidence, Verdict.ANSWERED)
        return Judgement(topic, confidence, Verdict.RELATED if topic >= self.related else Verdict.REFUSED)


def is_stated(best: Sight, values: Mapping[str, float]) -> bool:
    """Tell whether the best sentence, whose signs are `values`, can be an answer at all, whatever their sum.

    It cannot where it holds next to nothing of the question, where the article knows none of the words that tell what
    is asked, or where the sentence has nothing of the measurable kind that is asked for.
    """
    known = not best.question.plain or values["plain_nowhere"] * 3 < len(best.question.plain)
    return (
        len(best.window) > LEAST_HELD * len(best.question.words)
        and known
        and not any(values[name] for name in signs.MEASURED)
    )


@cache
def model() -> Model:
    """Return the model that ships with the package."""
    stored = json.loads(Path(__file__).with_name("weights.json").read_text("utf-8"))
    given = {name: stored[name] for name in Model.__dataclass_fields__}
    return Model(**given | {name: Logit(**given[name]) for name in ("topic", "states")})


def logistic(value: float) -> float:
    """Return 1 / (1 + exp(-value)), without overflow."""
    return 1 / (1 + exp(-max(-60.0, min(60.0, value))))


def explain(sight: Sight, loss: float) -> dict[str, Any]:
    """Return how the score comes about: `bias`, minus the article's `loss`, and the parts add up to `score`."""
    weights = model().rank
    values = {name: features.FEATURES[name](sight) for name in weights}
    parts = {name: weight * values[name] for name, weight in weights.items()}
    found = [
        {"name": name, "value": values[name], "weight": weight, "part": parts[name]} for name, weight in weights.items()
    ]
    words = [
        {"word": word, "term": term, "weight": sight.reading.idf[term], "where": _where(sight, term)}
        for term, word in sight.question.words.items()
    ]
    return {"words": words, "features": found, "bias": -loss, "score": sum(parts.values()) - loss}


def lacking(question: Question, passages: int) -> dict[str, Any]:
    """Return the explanation of a refusal for which nothing was found among so many passages: no word is there."""
    idf = bm25.idf(passages, 0)
    words = [{"word": word, "term": term, "weight": idf, "where": "nowhere"} for term, word in question.words.items()]
    return {"words": words, "features": [], "bias": 0.0, "score": 0.0}


def _where(sight: Sight, term: str) -> str:
    if term in sight.held:
        return "sentence"
    if term in sight.window:
        return "window"
    return "article" if any(term in held for held in sight.reading.held) else "nowhere"
