"""A sentence as a question sees it: where the question's terms stand, how rare they are, what may be the answer.

All statistics come from the sentence's own article. Sums use `fsum`, which does not depend on the
order of its terms, so that the same question gives the same bytes in every process.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from math import fsum, log

from . import language
from .model import Article
from .question import Question

NOTHING: frozenset[str] = frozenset()
_YEAR = re.compile(r"(?:1\d{3}|20\d{2})s?\Z")
_CAPITALISED = re.compile(r"(?<=[\w,;:)'\"”’] )[\"“(]?([A-Z][\w'’-]*)")
_POINTS_BACK = re.compile(
    r"\W*(?:He|She|It|They|His|Her|Its|Their|This|These|That|Those|Such|The (?:former|latter|group|company|team|city"
    r"|country|president|law|act|program|film|song|book|two|man|woman|agency|official))\b"
)


@cache
def _times() -> frozenset[str]:
    """Return the terms that tell a time, years aside."""
    return frozenset(
        language.terms(
            "January February March April May June July August September October November December Monday Tuesday"
            " Wednesday Thursday Friday Saturday Sunday today yesterday tomorrow century decade year month week day"
            " hour minute ago spring summer autumn winter noon midnight morning evening night weekend"
        )
    )


class Reading:
    """One article read with one question in mind: how common the question's terms are in it, and where they stand."""

    def __init__(self, question: Question, article: Article) -> None:
        self.question = question
        self.article = article
        wanted = frozenset(question.words)
        self.held = tuple(wanted.intersection(sentence.terms) for sentence in article.sentences)
        self.idf = _idf(wanted, self.held)
        self.total = fsum(self.idf.values()) or 1.0
        self.title = wanted.intersection(language.terms(article.title))
        self._sights: dict[int, Sight] = {}

    @cached_property
    def average(self) -> float:
        """Mean number of terms in a sentence of the article, at least 1."""
        return max(1.0, sum(len(sentence.terms) for sentence in self.article.sentences) / len(self.article.sentences))

    @cached_property
    def known(self) -> frozenset[str]:
        """The question's terms that the article holds."""
        return NOTHING.union(*self.held)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """All terms of the article's sentences."""
        return NOTHING.union(*(sentence.terms for sentence in self.article.sentences))

    @cached_property
    def coverages(self) -> tuple[float, ...]:
        """The share of the question's idf that each sentence holds."""
        return tuple(self.share(held) for held in self.held)

    @cached_property
    def paragraphs(self) -> Mapping[int, tuple[frozenset[str], float]]:
        """For each paragraph number the question's terms in it and its BM25 as a share of the highest possible."""
        terms: dict[int, list[str]] = {}
        for sentence in self.article.sentences:
            terms.setdefault(sentence.paragraph, []).extend(sentence.terms)
        wanted = frozenset(self.question.words)
        held = {number: wanted.intersection(words) for number, words in terms.items()}
        idf = _idf(wanted, tuple(held.values()))
        average = max(1.0, sum(map(len, terms.values())) / len(terms))
        return {
            number: (held[number], bm25(words, held[number], idf, average) / (fsum(idf.values()) or 1.0))
            for number, words in terms.items()
        }

    def share(self, terms: Iterable[str]) -> float:
        """Return the share of the question's idf that these of its terms carry, 0 to 1."""
        return fsum(self.idf[term] for term in terms) / self.total

    def sight(self, number: int) -> Sight:
        """Return the sentence with this number as the question sees it."""
        if number not in self._sights:
            self._sights[number] = Sight(self, number)
        return self._sights[number]


class Sight:
    """One sentence as one question sees it; what several features need is worked out once."""

    def __init__(self, reading: Reading, number: int) -> None:
        sentences = reading.article.sentences
        self.reading = reading
        self.question = reading.question
        self.sentence = sentences[number - 1]
        self.terms = self.sentence.terms
        self.held = reading.held[number - 1]
        self.missing = reading.question.words.keys() - self.held
        self.before = reading.held[number - 2] if number > 1 else NOTHING
        self.after = reading.held[number] if number < len(sentences) else NOTHING
        self.window = self.held | self.before | self.after
        self.follows = number > 1 and sentences[number - 2].paragraph == self.sentence.paragraph
        self.next = (
            sentences[number]
            if number < len(sentences) and sentences[number].paragraph == self.sentence.paragraph
            else None
        )

    @cached_property
    def text(self) -> str:
        """The sentence's words."""
        return self.reading.article.quote(self.sentence)

    @cached_property
    def places(self) -> Mapping[str, list[int]]:
        """Where the question's terms stand in the sentence, counted in terms."""
        found: dict[str, list[int]] = {}
        for at, term in enumerate(self.terms):
            if term in self.held:
                found.setdefault(term, []).append(at)
        return found

    @cached_property
    def capitals(self) -> tuple[str, ...]:
        """The words with a capital, less the first."""
        return tuple(_CAPITALISED.findall(self.text))

    @cached_property
    def answers(self) -> tuple[int, ...]:
        """Where terms stand that may be what is asked for and are not in the question, counted in terms."""
        known = self.question.words
        match self.question.kind:
            case "number":
                fits = [at for at, term in enumerate(self.terms) if term[0].isdigit() and term not in known]
            case "time":
                fits = [
                    at
                    for at, term in enumerate(self.terms)
                    if (term in _times() or _YEAR.match(term)) and term not in known
                ]
            case "name" | "place":
                names = {term for word in self.capitals for term in language.terms(word)}
                fits = [at for at, term in enumerate(self.terms) if term in names and term not in known]
            case _:
                fits = [at for at, term in enumerate(self.terms) if term not in known]
        return tuple(fits)

    @cached_property
    def points_back(self) -> bool:
        """Whether the sentence opens with a word that stands for something said before."""
        return _POINTS_BACK.match(self.text) is not None


def _idf(terms: Iterable[str], held: tuple[frozenset[str], ...]) -> dict[str, float]:
    """Return Lucene's idf (Robertson and Sparck Jones 1976, never negative) over the units that hold the terms."""
    counts = Counter(term for unit in held for term in unit)
    return {term: log(1 + (len(held) - counts[term] + 0.5) / (counts[term] + 0.5)) for term in terms}


def bm25(terms: Iterable[str], held: frozenset[str], idf: Mapping[str, float], average: float) -> float:
    """Return BM25 without its constant factor k1 + 1 (Robertson and Zaragoza 2009, equation 3.15)."""
    words = tuple(terms)
    norm = 1.2 * (0.25 + 0.75 * len(words) / average)
    return fsum(idf[term] * (tf := words.count(term)) / (tf + norm) for term in held)
