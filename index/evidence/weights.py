"""What was learned: weights of the features, the confidence in the best sentence, and the three verdicts.

The numbers stand in `weights.json` and, for questions whose meaning is compared, too, in `weights_by_meaning.json`,
both beside this file with the record of their training, made by `make train`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from math import exp
from pathlib import Path
from typing import Any, NamedTuple

from .. import patterns
from ..language import bm25
from ..language.calendar import ABBREVIATED_MONTH
from ..verdicts import Verdict
from . import features
from .interviews import is_asked_above
from .offices import find_bearers
from .owners import is_given, tells_age
from .question import Question
from .signs import find_signs, is_stated
from .views import SentenceView

DENIED = 0.2
"""What is left of the confidence in a sentence that cannot be the answer, by words alone: those signs know nothing of
what denies it, and whoever sorts replies by confidence should find it below the others."""

_OTHER_PERIOD = patterns.compile(
    rf"\b(?:last|next|this|previous|coming|following) (?:month|year)\b|\b(?:{ABBREVIATED_MONTH})"
)
"""What tells another month or year than that of the article without its name in full."""

_ANYBODY = patterns.compile(
    r"\W{0,3}(?:(?:so|and|but|ok)\s)?(?:was|were|is|are|did|has|have|do|does)\s(?:any ?one|any ?body|someone|somebody)"
    r"(?:\s(?:else|been|get|got|badly|seriously|also)){0,2}\s\w{1,20}\W*\Z",
    re.IGNORECASE,
)
"""A question whether anybody did or suffered something, and nothing more."""


class Logit(NamedTuple):
    """A logistic regression: the probability of something, from named signs."""

    weights: Mapping[str, float]
    bias: float

    def probability(self, signs: Mapping[str, float]) -> float:
        """Return the probability, 0 to 1."""
        return logistic(self.bias + sum([weight * signs[name] for name, weight in self.weights.items()]))


class Estimate(NamedTuple):
    """What is believed of the best sentence.

    `topic` is the probability that its article speaks of the matter, `confidence` that the sentence answers.
    """

    topic: float
    confidence: float
    verdict: Verdict


@dataclass(frozen=True)
class Model:
    """What was learned.

    `rank` weighs a sentence's features. `topic` gives the probability that the article speaks of what is asked,
    `states` that its best sentence answers if so. `answered` is the least product of both, the confidence, for
    that verdict (`can_answer` may deny it), `related` the least `topic`. `affinity` is what an article
    loses for holding less of the question than the best one, `judged` what the judge's log odds count in a sentence's
    score.
    """

    rank: Mapping[str, float]
    topic: Logit
    states: Logit
    answered: float
    related: float
    affinity: float
    judged: float = 0.0

    @cached_property
    def parts(self) -> tuple[tuple[features.Feature, float], ...]:
        """The features and their weights, in the order of the sum."""
        return features.pick_features(self.rank)

    def score(self, view: SentenceView) -> float:
        """Return the weighted sum of the sentence's features: higher is better evidence."""
        return features.weigh(view, self.parts)

    def estimate(self, best: SentenceView) -> Estimate:
        """Return what is believed of the best sentence."""
        values = find_signs(best)
        topic = self.topic.probability(values)
        confidence = topic * self.states.probability(values)
        asked_above = best.heading and is_asked_above(best)  # whoever asked it there took what follows for the answer
        if asked_above or tells_age(best) or tells_of_anybody(best):
            return Estimate(topic, max(confidence, self.answered), Verdict.ANSWERED)
        if not can_answer(best):
            confidence *= 1.0 if best.article_view.similarities else DENIED
        elif confidence >= self.answered:
            return Estimate(topic, confidence, Verdict.ANSWERED)
        return Estimate(topic, confidence, Verdict.RELATED if topic >= self.related else Verdict.REFUSED)


def tells_of_anybody(best: SentenceView) -> bool:
    """Tell whether it is asked if anybody did or suffered something, and the sentence speaks of just that.

    "Was anyone killed?" has a single word to look for: too little for the signs, although "three people died" says all.
    """
    plain = best.article_view.plain
    return bool(plain) and best.covered.issuperset(plain) and _ANYBODY.match(best.question.spelled) is not None


def can_answer(best: SentenceView) -> bool:
    """Tell whether the best sentence can be an answer at all.

    Where meaning is compared, it must give the kind of thing that is asked for, of the right one: other words may say
    the same, and a judge has read them. "Did he really say that?" names nothing that could be looked for.
    """
    if not names_something(best):
        return False
    allowed = is_given(best) if best.article_view.similarities else is_stated(best)
    return allowed and not is_office_unclear(best) and not is_out_of_period(best)


def names_something(best: SentenceView) -> bool:
    """Tell whether the question has a name or a word that does more than ask."""
    return bool(best.article_view.plain or best.article_view.names)


def is_office_unclear(best: SentenceView) -> bool:
    """Tell whether it is asked who holds an office, and the best sentence does not say which holder is meant."""
    return best.question.kind.name == "name" and bool(find_bearers(best))


def is_out_of_period(best: SentenceView) -> bool:
    """Tell whether a month or a year is asked about of which the article is not, and which it nowhere names.

    Only an article with a date can tell; a sentence that says "next month" may mean any.
    """
    article, period = best.article_view.article, best.question.period
    if period is None or article.published is None or period.holds(article.published):
        return False
    named = any(not period.terms.isdisjoint(sentence.terms) for sentence in article.sentences)
    return not named and _OTHER_PERIOD.search(best.text) is None


@cache
def load_model(*, by_meaning: bool = False, language: str = "en") -> Model:
    """Return the model that ships with the package, for words alone or for words and meaning.

    Other languages than English rank by the same weights and one for letters, and have a confidence of their own.
    """
    name = "weights_by_meaning.json" if by_meaning else "weights.json"
    stored = _load_weights(name)
    if language != "en":
        own = _load_weights("weights_by_language.json")
        stored = stored | own["all"] | own.get(language, {})
        stored["rank"] = stored["rank"] | own["rank"]
    given = {name: stored[name] for name in Model.__dataclass_fields__ if name in stored}
    return Model(**given | {name: Logit(**given[name]) for name in ("topic", "states")})


def _load_weights(name: str) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(Path(__file__).with_name(name).read_text("utf-8"))
    return stored


def logistic(value: float) -> float:
    """Return 1 / (1 + exp(-value)), without overflow."""
    return 1 / (1 + exp(-max(-60.0, min(60.0, value))))


def explain(view: SentenceView, loss: float) -> dict[str, Any]:
    """Return how the score comes about: `bias`, which is minus the article's `loss`, plus the parts is `score`.

    What the judge says counts as one of the parts.
    """
    model = load_model(by_meaning=bool(view.article_view.similarities), language=view.question.language.code)
    known = {**features.FEATURES, **features.BY_LETTERS}
    values = features.evaluate(view, {name: known[name] for name in model.rank})
    weights = dict(model.rank)
    if view.odds is not None:
        values["judge"], weights["judge"] = view.odds, model.judged
    parts = {name: weight * values[name] for name, weight in weights.items()}
    found = [
        {"name": name, "value": values[name], "weight": weight, "part": parts[name]} for name, weight in weights.items()
    ]
    words = [
        {"word": word, "term": term, "weight": view.article_view.idf[term], "where": _find_place(view, term)}
        for term, word in view.question.words.items()
    ]
    return {"words": words, "features": found, "bias": -loss, "score": sum(parts.values()) - loss}


def explain_nothing(question: Question, passages: int) -> dict[str, Any]:
    """Return the explanation of a refusal when none of so many passages has any word of the question."""
    idf = bm25.idf(passages, 0)
    words = [{"word": word, "term": term, "weight": idf, "where": "nowhere"} for term, word in question.words.items()]
    return {"words": words, "features": [], "bias": 0.0, "score": 0.0}


def _find_place(view: SentenceView, term: str) -> str:
    if term in view.held:
        return "sentence"
    if term in view.window:
        return "window"
    if any(term in held for held in view.article_view.held):
        return "article"
    return "heading" if term in view.article_view.headings else "nowhere"
