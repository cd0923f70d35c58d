"""How well a sentence answers a question: features of the pair, and the linear model that weighs them.

All statistics come from the sentence's own article, so an article added elsewhere never
changes which sentence of this one answers. Nothing here needs numpy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from math import exp, log
from typing import Any

from . import language
from .model import Article, Verdict


@dataclass(frozen=True)
class Question:
    """A question as the evidence sees it; `words` maps each distinct index term to the asker's word."""

    text: str
    words: Mapping[str, str]
    names: frozenset[str]
    wants: str

    @property
    def terms(self) -> tuple[str, ...]:
        """The distinct index terms, in question order; () when nothing can be looked for."""
        return tuple(self.words)


_WANTS = (
    (
        "count",
        re.compile(
            r"\bhow (?:many|much|old|long|far|high|tall|big|large|deep|fast|often)\b|\bwhat (?:percentage|share|number|amount|price)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "when",
        re.compile(
            r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|time|century|decade)\b|\bhow long ago\b", re.IGNORECASE
        ),
    ),
    (
        "where",
        re.compile(r"\bwhere\b|\b(?:what|which) (?:city|country|place|state|town|region|location)\b", re.IGNORECASE),
    ),
    ("who", re.compile(r"\bwho(?:m|se)?\b", re.IGNORECASE)),
    ("why", re.compile(r"\bwhy\b|\bwhat (?:caused|reason)\b|\bhow come\b", re.IGNORECASE)),
)
_GIVES = {
    "count": re.compile(
        r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|million|billion|half|twice)\b",
        re.IGNORECASE,
    ),
    "when": re.compile(
        r"\b(?:1\d{3}|20\d{2})s?\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday"
        r"|wednesday|thursday|friday|saturday|sunday|today|yesterday|tomorrow|century|a\.m\.|p\.m\.|year|month|week|day)\b",
        re.IGNORECASE,
    ),
    "where": re.compile(r"\b(?:in|at|near|on|from|to) (?:the )?[A-Z]"),
    "who": re.compile(r"(?<!^)(?<![.!?] )\b[A-Z][a-z]+"),
    "why": re.compile(
        r"\b(?:because|since|due to|as a result|after|in order|to \w+|so that|reason|caused|citing)\b", re.IGNORECASE
    ),
}
_NAME = re.compile(r"[A-Z\d]")

FEATURES = ("coverage", "bm25", "window", "paragraph", "pairs", "names", "type")
"""The features of a sentence for a question, in the order of the weights; each is between 0 and 1."""


def read_question(text: str) -> Question:
    """Analyse a question; one without any term that can be looked for has no `terms`."""
    tokens = language.tokens(text)
    words = {}
    names = set()
    for at, token in enumerate(tokens):
        if token.term is None:
            continue
        words.setdefault(token.term, token.text)
        if at and _NAME.match(token.text):
            names.add(token.term)
    wants = next((name for name, pattern in _WANTS if pattern.search(text)), "what")
    return Question(text, words, frozenset(names), wants)


class Reading:
    """One article read with one question in mind: how common the question's terms are in it, and where they stand."""

    def __init__(self, question: Question, article: Article) -> None:
        self.question = question
        self.article = article
        wanted = frozenset(question.words)
        self.held = tuple(wanted.intersection(sentence.terms) for sentence in article.sentences)
        total = len(article.sentences)
        counts = {term: sum(term in held for held in self.held) for term in question.words}
        # Lucene's idf (Robertson and Sparck Jones 1976, never negative), over the article's sentences.
        self.idf = {term: log(1 + (total - n + 0.5) / (n + 0.5)) for term, n in counts.items()}
        self.total = sum(self.idf.values())

    @cached_property
    def average(self) -> float:
        """Mean number of terms in a sentence of the article."""
        return sum(len(sentence.terms) for sentence in self.article.sentences) / max(1, len(self.article.sentences))

    @cached_property
    def paragraphs(self) -> Mapping[int, frozenset[str]]:
        """The question's terms that each paragraph holds, by paragraph number."""
        found: dict[int, frozenset[str]] = {}
        for sentence, held in zip(self.article.sentences, self.held, strict=True):
            found[sentence.paragraph] = found.get(sentence.paragraph, frozenset()) | held
        return found

    def share(self, terms: Iterable[str]) -> float:
        """Return the share of the question's idf that these of its terms carry, 0 to 1."""
        return sum(self.idf[term] for term in self.question.words if term in terms) / self.total if self.total else 0.0

    def window(self, number: int) -> frozenset[str]:
        """Return the question's terms in the sentence and its two neighbours."""
        return frozenset().union(*self.held[max(0, number - 2) : number + 1])

    def bm25(self, number: int) -> float:
        """Return BM25 (k1 = 1.2, b = 0.75) of the sentence as a share of the highest possible score."""
        terms = self.article.sentences[number - 1].terms
        norm = 1.2 * (0.25 + 0.75 * len(terms) / self.average) if self.average else 1.2
        score = sum(self.idf[term] * terms.count(term) / (terms.count(term) + norm) for term in self.held[number - 1])
        return score / self.total if self.total else 0.0

    def pairs(self, number: int) -> float:
        """Return the share of the question's neighbouring term pairs that are neighbours here too."""
        wanted = set(pairwise(self.question.words))
        return (
            len(wanted.intersection(pairwise(self.article.sentences[number - 1].terms))) / len(wanted)
            if wanted
            else 0.0
        )

    def named(self, number: int) -> float:
        """Return the share of the question's names that the sentence's window holds; 1 when it has none."""
        names = self.question.names
        return len(names & self.window(number)) / len(names) if names else 1.0

    def typed(self, number: int) -> float:
        """Return 1 when the sentence holds what the question asks for (a time, a number, ...), else 0."""
        pattern = _GIVES.get(self.question.wants)
        return float(
            pattern is not None and bool(pattern.search(self.article.quote(self.article.sentences[number - 1])))
        )

    def features(self, number: int) -> tuple[float, ...]:
        """Return the values of `FEATURES` for the sentence with this number."""
        sentence = self.article.sentences[number - 1]
        return (
            self.share(self.held[number - 1]),
            self.bm25(number),
            self.share(self.window(number)),
            self.share(self.paragraphs[sentence.paragraph]),
            self.pairs(number),
            self.named(number),
            self.typed(number),
        )


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of the features, and the logistic curve that turns the best score into a confidence."""

    weights: tuple[float, ...]
    slope: float
    middle: float
    answered: float
    related: float

    def score(self, features: tuple[float, ...]) -> float:
        """Return the weighted sum: higher is better evidence."""
        return sum(weight * value for weight, value in zip(self.weights, features, strict=True))

    def confidence(self, score: float) -> float:
        """Return the probability, 0 to 1, that a sentence with this score answers."""
        return 1 / (1 + exp(-max(-60.0, min(60.0, self.slope * (score - self.middle)))))

    def verdict(self, confidence: float) -> Verdict:
        """Return the verdict for the confidence in the best sentence."""
        if confidence >= self.answered:
            return Verdict.ANSWERED
        return Verdict.RELATED if confidence >= self.related else Verdict.REFUSED


@cache
def model() -> Model:
    """Return the model that ships with the package."""
    return Model(weights=(1.0, 0.6, 0.35, 0.1, 0.2, 0.3, 0.15), slope=6.0, middle=1.25, answered=0.5, related=0.2)


def explain(reading: Reading, number: int, bias: float = 0.0) -> dict[str, Any]:
    """Return how the sentence's score comes about; `bias` and the parts add up to `score`."""
    values = reading.features(number)
    parts = [
        {"name": name, "value": value, "weight": weight, "part": weight * value}
        for name, value, weight in zip(FEATURES, values, model().weights, strict=True)
    ]
    words = [
        {"word": word, "term": term, "weight": reading.idf[term], "where": _where(reading, number, term)}
        for term, word in reading.question.words.items()
    ]
    return {
        "words": words,
        "features": parts,
        "bias": bias,
        "score": bias + sum(weight * value for weight, value in zip(model().weights, values, strict=True)),
    }


def _where(reading: Reading, number: int, term: str) -> str:
    if term in reading.held[number - 1]:
        return "sentence"
    if term in reading.window(number):
        return "window"
    return "article" if any(term in held for held in reading.held) else "nowhere"
