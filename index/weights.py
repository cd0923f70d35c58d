"""The linear model: weights of the features, the confidence in the best sentence, and the three verdicts.

The numbers stand in `weights.json` beside this file with the record of their training, made by `make train`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, fsum, log
from pathlib import Path
from typing import Any

from . import evidence
from .model import Verdict
from .question import Question
from .sight import Sight


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned: `rank` weighs a sentence's features, `sure` those of a reply's best sentence.

    `answered` and `related` are the least confidences of those verdicts, `affinity` is what an
    article loses for holding less of the question than the best one.
    """

    rank: Mapping[str, float]
    sure: Mapping[str, float]
    bias: float
    answered: float
    related: float
    affinity: float

    def score(self, sight: Sight) -> float:
        """Return the weighted sum of the sentence's features: higher is better evidence."""
        return fsum(weight * evidence.FEATURES[name](sight) for name, weight in self.rank.items())

    def confidence(self, best: Sight, scores: Sequence[float]) -> float:
        """Return the probability, 0 to 1, that the best sentence answers; `scores` are all candidates', best first."""
        values = signs(best, scores)
        return logistic(self.bias + fsum(weight * values[name] for name, weight in self.sure.items()))

    def verdict(self, confidence: float) -> Verdict:
        """Return the verdict for the confidence in the best sentence."""
        if confidence >= self.answered:
            return Verdict.ANSWERED
        return Verdict.RELATED if confidence >= self.related else Verdict.REFUSED


@cache
def model() -> Model:
    """Return the model that ships with the package."""
    stored = json.loads(Path(__file__).with_name("weights.json").read_text("utf-8"))
    return Model(**{name: stored[name] for name in Model.__dataclass_fields__})


def logistic(value: float) -> float:
    """Return 1 / (1 + exp(-value)), without overflow."""
    return 1 / (1 + exp(-max(-60.0, min(60.0, value))))


def signs(best: Sight, scores: Sequence[float]) -> dict[str, float]:
    """Return what the confidence rests on: the best sentence, how far it leads, and what the article lacks.

    `scores` are those of all candidates, best first.
    """
    reading, question = best.reading, best.question
    known = frozenset().union(*reading.held)
    nowhere = question.words.keys() - known
    values = {name: evidence.FEATURES[name](best) for name in SENTENCE_SIGNS}
    values |= {
        "score": scores[0] / 10,
        "lead": min(3.0, scores[0] - (scores[1] if len(scores) > 1 else 0.0)) / 3,
        "crowd": fsum(exp(max(-30.0, score - scores[0])) for score in scores[:30]) / 10,
        "nowhere": reading.share(nowhere),
        "names_nowhere": reading.share(question.names & nowhere),
        "any_name_nowhere": float(bool(question.names & nowhere)),
        "numbers_lost": float(any(term[0].isdigit() and term not in best.window for term in question.words)),
        "apart": reading.share(known - best.window),
        "terms": log(1 + len(question.words)) / 3,
    }
    for kind in ("number", "time", "place", "reason", "name"):
        values[f"asks_{kind}"] = float(question.kind == kind)
    return values


SENTENCE_SIGNS: tuple[str, ...] = (
    "coverage", "count", "bm25", "window", "paragraph", "title", "pairs", "tightness", "spelling", "synonyms",
    "generic", "names_lost", "near", "no_answer", "asks", "length", "carried",
)  # fmt: skip
"""The features of the best sentence that the confidence rests on."""


def explain(sight: Sight, loss: float) -> dict[str, Any]:
    """Return how the score comes about: `bias`, minus the article's `loss`, and the parts add up to `score`."""
    weights = model().rank
    values = {name: evidence.FEATURES[name](sight) for name in weights}
    parts = {name: weight * values[name] for name, weight in weights.items()}
    features = [
        {"name": name, "value": values[name], "weight": weight, "part": parts[name]} for name, weight in weights.items()
    ]
    words = [
        {"word": word, "term": term, "weight": sight.reading.idf[term], "where": _where(sight, term)}
        for term, word in sight.question.words.items()
    ]
    return {"words": words, "features": features, "bias": -loss, "score": fsum(parts.values()) - loss}


def lacking(question: Question, passages: int) -> dict[str, Any]:
    """Return the explanation of a refusal for which nothing was found among so many passages: no word is there."""
    idf = log(1 + (passages + 0.5) / 0.5)
    words = [{"word": word, "term": term, "weight": idf, "where": "nowhere"} for term, word in question.words.items()]
    return {"words": words, "features": [], "bias": 0.0, "score": 0.0}


def _where(sight: Sight, term: str) -> str:
    if term in sight.held:
        return "sentence"
    if term in sight.window:
        return "window"
    return "article" if any(term in held for held in sight.reading.held) else "nowhere"
