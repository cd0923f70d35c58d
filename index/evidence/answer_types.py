"""The one table of answer types: what a question asks for, and whether a sentence has one.

A question has two: its `wants` tells finely what can be an answer at all ("How old is she?" needs an age, not any
number), its `kind` is the broader type by which the ranking tells sentences apart. A new type is one row.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from .. import patterns
from ..language.terms import Token, analyse
from . import answer_words
from .surface import Surface

REACH = 4
"""Words from a number to what it counts at most: "three of the eight old ferries"."""

BACK = 1
"""Words from what is counted to a number behind it at most: "led in tackles (118)"."""


@dataclass(frozen=True)
class AnswerType:
    """A row of the table.

    `asked` finds the type in a question, `held` what may answer it in a sentence; "" holds anything. `broad` types are
    those that the ranking tells apart. `lacking` names the answer where a sentence has none ("gives no age"); a
    sentence without it can then not be the answer, unless the type may stand `nearby`, in the sentence before or after.
    `untold` says what an article does not tell that has it nowhere: "gives no age{joined}", where `{whom}` is whom the
    question names and `{joined}` the same behind the word `joint`. Terms of `asking` only ask for the type.
    `measured` types are told by a number and what it measures. `by_terms`: a term that fits the broad type is enough.
    Case counts only in `held` of types with `cased`. A type `within` a broad one is asked for only where that one is.
    `named`: the answer is a name that the question lacks; where it goes `by_terms`, a word in quotation marks and the
    like may be one. `undated`: years and days do not count. `personal` types
    are facts of somebody. `weighed` types have a sign of their own that was learned.
    """

    name: str
    asked: str = ""
    held: str = ""
    lacking: str = ""
    untold: str = ""
    joint: str = "for"
    asking: str = ""
    broad: bool = False
    measured: bool = False
    by_terms: bool = False
    cased: bool = False
    within: str = ""
    nearby: bool = False
    named: bool = False
    undated: bool = False
    personal: bool = False
    weighed: bool = False

    def is_asked_in(self, folded: str) -> bool:
        """Tell whether the question, `casefold`ed, asks for this type."""
        return self._asked is not None and self._asked.search(folded) is not None

    def is_held_in(self, sentence: Surface, things: frozenset[str], *, fits: bool) -> bool:
        """Tell whether the sentence holds what may answer.

        `things` are the terms of what is counted, `fits` whether it holds a term of the broad type that the question
        lacks.
        """
        if self.name == "count":
            return (fits and not things) or _counts(sentence, things)
        if self._held is None or (self.by_terms and fits):
            return True
        return sentence.tell(self.name, self._is_found_in)

    def _is_found_in(self, text: str) -> bool:
        told = _DATES.sub(" ", text) if self.undated else text
        return self._held is not None and self._held.search(told if self.cased else told.casefold()) is not None

    @cached_property
    def asking_terms(self) -> frozenset[str]:
        """The terms of a question that only ask for this type: that an article lacks them says nothing."""
        return frozenset(analyse(self.asking))

    @cached_property
    def _asked(self) -> re.Pattern[str] | None:
        return patterns.compile(patterns.fold(self.asked), rare=True) if self.asked else None

    @cached_property
    def _held(self) -> re.Pattern[str] | None:
        return re.compile(self.held if self.cased else patterns.fold(self.held)) if self.held else None


_DATES = patterns.compile(answer_words.DATES)

TYPES = (
    AnswerType(
        "words",
        asked=answer_words.WORDS_ASKED,
        held=answer_words.WORDS_HELD,
        lacking="statement",
        untold="does not quote {whom}",
        joint="by",
        nearby=True,
    ),
    AnswerType(
        "age",
        asked=answer_words.AGE_ASKED,
        held=answer_words.AGE_HELD,
        lacking="age",
        untold="gives no age{joined}",
        asking="old age",
        measured=True,
        personal=True,
        weighed=True,
    ),
    AnswerType(
        "count",
        asked=r"\bhow many\b",
        lacking="number of them",
        measured=True,
        weighed=True,
    ),
    AnswerType(
        "death",
        asked=answer_words.DEATH_ASKED,
        held=answer_words.DEATH_HELD,
        lacking="cause of death",
        untold="gives no cause of death{joined}",
        personal=True,
    ),
    AnswerType(
        "money",
        asked=answer_words.MONEY_ASKED,
        held=answer_words.MONEY_HELD,
        lacking="sum of money",
        untold="gives no sum of money",
        measured=True,
        weighed=True,
    ),
    AnswerType(
        "share",
        asked=r"\bpercent(?:age)?\b|\b(?:what|which) (?:share|proportion)\b",
        held=r"\bper ?cent\b|%|\b(?:half|third|quarter)\b",
        lacking="share",
        untold="gives no share",
        measured=True,
        weighed=True,
    ),
    AnswerType(
        "duration",
        asked=r"\bhow long\b(?! ago)",
        held=answer_words.DURATION_HELD,
        lacking="length or span of time",
        measured=True,
        weighed=True,
    ),
    AnswerType(
        "figure", asked=answer_words.FIGURE_ASKED, held=answer_words.FIGURE_HELD, lacking="figure", undated=True
    ),
    AnswerType(
        "birthplace",
        asked=answer_words.BORN_ASKED,
        held=answer_words.BORN_HELD,
        lacking="place of birth",
        untold="gives no place of birth{joined}",
        personal=True,
    ),
    AnswerType(
        "date", asked=answer_words.DATE_ASKED, held=answer_words.DATE_HELD, lacking="date", untold="gives no date"
    ),
    AnswerType(
        "spouse",
        asked=answer_words.SPOUSE_ASKED,
        held=answer_words.MARRIED_HELD,
        lacking="name of a husband or wife",
        untold="names no husband or wife{joined}",
        joint="of",
        named=True,
        personal=True,
    ),
    AnswerType(
        "marriage",
        asked=answer_words.MARRIED_ASKED,
        held=answer_words.MARRIED_HELD,
        lacking="word on a marriage",
        untold="does not say whether {whom} is married",
        personal=True,
    ),
    AnswerType(
        "family",
        asked=answer_words.FAMILY_ASKED,
        held=answer_words.FAMILY_HELD,
        lacking="word on a family",
        untold="says nothing about a family{joined}",
        joint="of",
        personal=True,
    ),
    AnswerType("cause", asked=answer_words.CAUSE_ASKED, held=answer_words.CAUSE_HELD, lacking="reason", nearby=True),
    AnswerType(
        "called",
        asked=answer_words.CALLED_ASKED,
        held=answer_words.CALLED_HELD,
        lacking="name",
        named=True,
        by_terms=True,
    ),
    AnswerType(
        "number",
        asked=answer_words.NUMBER_ASKED,
        held=answer_words.NUMBER_HELD,
        broad=True,
        by_terms=True,
    ),
    AnswerType(
        "time",
        asked=answer_words.TIME_ASKED,
        held=answer_words.TIME_HELD,
        lacking="time",
        broad=True,
        by_terms=True,
        weighed=True,
    ),
    AnswerType(
        "place",
        asked=answer_words.PLACE_ASKED,
        held=r"\b(?:in|at|near|from|to|of|across|outside|around|into|off) (?:the )?[A-Z]\w",
        broad=True,
        cased=True,
    ),
    AnswerType(
        "reason",
        asked=rf"\bwhy\b|\bhow come\b|{answer_words.WHICH}(?:caused?|causes|reasons?|purpose|motivated|prompted|led)\b",
        held=answer_words.REASON_HELD,
        broad=True,
    ),
    AnswerType(
        "name",
        asked=answer_words.NAME_ASKED,
        broad=True,
    ),
    AnswerType(
        "person",
        asked=r"\bwho\b",
        held=answer_words.PERSON_HELD,
        within="name",
        by_terms=True,
        cased=True,
    ),
)
"""The types in the order in which a question is held against them: of the fine ones, and of the broad ones."""

OTHER = AnswerType("other")
"""What none of the rows tells: anything may answer."""

_COUNTED = patterns.compile(r"\bhow many (\w+(?: \w+){0,2})", re.IGNORECASE, rare=True)
_ANYBODY = frozenset(analyse("people person"))


def find_types(text: str) -> tuple[AnswerType, AnswerType]:
    """Return the broad and the fine type that a question asks for; both are the same if no finer one applies."""
    folded = text.casefold()
    broad = next((row for row in TYPES if row.broad and row.is_asked_in(folded)), OTHER)
    fine = next(
        (row for row in TYPES if not row.broad and row.within in ("", broad.name) and row.is_asked_in(folded)), None
    )
    return broad, fine or broad


def find_counted(text: str, tokens: tuple[Token, ...]) -> frozenset[str]:
    """Return the terms of what "how many" counts; none if nothing is counted, or people, who go by many names.

    `tokens` are those of the question.
    """
    match = _COUNTED.search(text)
    if match is None:
        return frozenset()
    start, end = match.span(1)
    terms: set[str] = set()
    for token in tokens:
        if start <= token.start < end:  # "Holm's" goes on beyond the phrase
            found = (token.term,) if token.end <= end else analyse(text[token.start : end])
            terms.update(term for term in found if term)
    return frozenset(terms) if terms.isdisjoint(_ANYBODY) else frozenset()


def _counts(sentence: Surface, things: frozenset[str]) -> bool:
    """Tell whether the sentence has a number next to one of the things."""
    terms, numbers = sentence.counts
    return any(
        term in things and bisect_left(numbers, at - REACH) < bisect_right(numbers, at + BACK)
        for at, term in enumerate(terms)
    )
