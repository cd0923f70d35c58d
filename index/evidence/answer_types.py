"""The one table of answer types: what a question asks for, and whether a sentence has one.

A question has two: its `wants` tells finely what can be an answer at all ("How old is she?" needs an age, not any
number), its `kind` is the broader type by which the ranking tells sentences apart. A new type is one row.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from ..language.terms import Token, analyse, tokenize

REACH = 4
"""Words from a number to what it counts at most: "three of the eight old ferries"."""

BACK = 1
"""Words from what is counted to a number behind it at most: "led in tackles (118)"."""


@dataclass(frozen=True)
class AnswerType:
    """A row of the table.

    `asked` finds the type in a question, `held` what may answer it in a sentence; "" holds anything. `broad` types are
    those that the ranking tells apart. `lacking` names the answer where a sentence has none ("gives no age"); a
    sentence without it can then not be the answer. `measured` types are told by a number and what it measures.
    `by_terms`: a term that fits the broad type is enough. Case counts only in `held` of types with `cased`. A type
    `within` a broad one is asked for only where that one is.
    """

    name: str
    asked: str = ""
    held: str = ""
    lacking: str = ""
    broad: bool = False
    measured: bool = False
    by_terms: bool = False
    cased: bool = False
    within: str = ""

    def is_asked_in(self, text: str) -> bool:
        """Tell whether the question asks for this type."""
        return self._asked is not None and self._asked.search(text) is not None

    def is_held_in(self, text: str, things: frozenset[str], *, fits: bool) -> bool:
        """Tell whether the sentence `text` holds what may answer.

        `things` are the terms of what is counted, `fits` whether it holds a term of the broad type that the question
        lacks.
        """
        if self.name == "count":
            return (fits and not things) or _counts(text, things)
        if self.by_terms and fits:
            return True
        return self._held is None or self._held.search(text) is not None

    @cached_property
    def _asked(self) -> re.Pattern[str] | None:
        return re.compile(self.asked, re.IGNORECASE) if self.asked else None

    @cached_property
    def _held(self) -> re.Pattern[str] | None:
        return re.compile(self.held, 0 if self.cased else re.IGNORECASE) if self.held else None


_FIRST_ASKED = r"\A(?:(?!\b(?:what|who|whom|whose|which|where|when|why|how)\b).)*"
"""Before the first question word: "What is it called when ..." asks for no time."""
_NOT_LATER = r"(?!.*, (?:\w+ )?(?:what|who|whom|whose|which|where|why|how)\b)"
_WHICH = r"\b(?:what|which) (?:\w+ )?"

TYPES = (
    AnswerType(
        "age",
        asked=r"\bhow old\b|\b(?:what|which|at what) age\b(?! groups?)|\bage of\b",
        held=r"\baged? \d|, \d{1,3} ?,|\byears?[- ]olds?\b|\bat (?:the )?age\b|\bage of\b|\b\d+[- ]year"
        r"|\b(?:is|was|are|were|been|turn(?:ed|s)) (?:only |just |about |nearly |almost )?\d{1,3}\b(?! ?[\w%$€£])"
        r"|\b(?:is|was|are|were|been|turn(?:ed|s)) (?:only |just |about )?\d{1,3} (?:when|and|at|then|years)\b",
        lacking="age",
        measured=True,
    ),
    AnswerType(
        "money",
        asked=r"\bhow much\b.*\b(?:cost|pay|paid|spend|spent|worth|earn|earned|money|charge|charged|price|fee|salary"
        r"|revenue|profit|raise|raised)\b"
        r"|\b(?:what|which) (?:\w+ ){0,3}(?:salary|price|budget|revenue|cost|profit)\b",
        held=r"[$€£¥]\s?\d|\b(?:dollars?|euros?|pounds?|cents?|yen|won|francs?|million|billion)\b",
        lacking="sum of money",
        measured=True,
    ),
    AnswerType(
        "share",
        asked=r"\bpercent(?:age)?\b|\b(?:what|which) (?:share|proportion)\b",
        held=r"\bper ?cent\b|%|\b(?:half|third|quarter)\b",
        lacking="share",
        measured=True,
    ),
    AnswerType(
        "duration",
        asked=r"\bhow long\b(?! ago)",
        held=r"\b(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|decades?|centur(?:y|ies)|since|until)\b"
        r"|\b\d{4} ?[-–—] ?\d{2,4}\b|\b\d+:\d\d\b",
        lacking="span of time",
        measured=True,
    ),
    AnswerType("count", asked=r"\bhow many\b", lacking="number of them", measured=True),
    AnswerType(
        "number",
        asked=r"\bhow (?:many|much|old|long(?! ago)|often|far|tall|high|big|large|deep|fast|wide|hot|cold|heavy|strong"
        rf"|close)\b|{_WHICH}(?:number|percent|percentage|share|proportion|amount|price|cost|age"
        r"|score|temperature|height|size|distance|speed|length|population|rate|salary|revenue|budget)\b"
        r"|\b(?:what|which) (?:\w+ ){0,3}number of\b",
        held=r"\b(?:little|few|fewer|lots?|most|more|less|much|many|large|huge|high|highest|low|lowest|no|free|small"
        r"|twice|half|double|several|dozens?|hundreds|thousands|millions?|billions?)\b",
        broad=True,
        by_terms=True,
    ),
    AnswerType(
        "time",
        asked=rf"{_FIRST_ASKED}\bwhen\b{_NOT_LATER}"
        rf"|{_WHICH}(?:year|date|day|month|time|century|decade|season|era|period)\b"
        r"|\bhow long ago\b|\bsince when\b|\bhow (?:late|early|soon)\b",
        held=r"\b\d{1,2}(?:st|nd|rd|th)\b|\b(?:in|since|by|from|until|till|around|about|circa|to|ad) \d{3}\b|\b\d0s\b"
        r"|\b\d{1,2}(?::\d\d| ?[ap]\.? ?m\b)"
        r"|\b(?:when|while|during|after|before|following|until|once|upon|beginning|start|end|ago|later|earlier"
        r"|recently|now|currently|soon|every|annually|daily|weekly|era|period|war|season|early|late)\b",
        lacking="time",
        broad=True,
        by_terms=True,
    ),
    AnswerType(
        "place",
        asked=rf"{_FIRST_ASKED}\bwhere\b"
        rf"|{_WHICH}(?:city|cities|country|countries|place|places|states?|town|village"
        r"|region|location|continent|island|river|street|county|area|nation|port|airport|venue|stadium)\b",
        held=r"\b(?:in|at|near|from|to|of|across|outside|around|into|off) (?:the )?[A-Z]\w",
        broad=True,
        cased=True,
    ),
    AnswerType(
        "reason",
        asked=rf"\bwhy\b|\bhow come\b|{_WHICH}(?:caused?|causes|reasons?|purpose|motivated|prompted|led)\b",
        held=r"\b(?:because|due to|since|as a result|in order to|so that|reasons?|caus(?:ed?|ing)|led to|therefore|thus"
        r"|owing|so as to|result(?:ed)?|to avoid|to prevent|citing|blam(?:ed|ing)|after|to \w+)\b",
        broad=True,
    ),
    AnswerType(
        "name",
        asked=r"\bwho(?:m|se)?\b|\bwhich\b|\bnamed?\b|\bcalled\b|\bknown as\b|\bnickname\b|\btitle\b"
        r"|\bwhat (?:\w+ )?(?:person|man|woman|player|actor|actress|president|leader|author|king|queen|scientist"
        r"|singer|coach|people|team|company|group|organi[sz]ation|family|ruler|agency|newspaper|party)\b",
        broad=True,
    ),
    AnswerType(
        "person",
        asked=r"\bwho\b",
        held=r"\b(?:people|man|woman|men|women|officials?|child(?:ren)?|workers?|leaders?|police|government"
        r"|\w+(?:ers|ists))\b",
        within="name",
        by_terms=True,
        cased=True,
    ),
)
"""The types in the order in which a question is held against them: of the fine ones, and of the broad ones."""

OTHER = AnswerType("other")
"""What none of the rows tells: anything may answer."""

_NUMBER = re.compile(
    r"\d[\d,.]*\Z|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|one|single|several|many|couple)\Z",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\bhow many (\w+(?: \w+){0,2})", re.IGNORECASE)
_ANYBODY = frozenset(analyse("people person"))


def find_types(text: str) -> tuple[AnswerType, AnswerType]:
    """Return the broad and the fine type that a question asks for; both are the same if no finer one applies."""
    broad = next((row for row in TYPES if row.broad and row.is_asked_in(text)), OTHER)
    fine = next(
        (row for row in TYPES if not row.broad and row.within in ("", broad.name) and row.is_asked_in(text)), None
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


def _counts(text: str, things: frozenset[str]) -> bool:
    """Tell whether the sentence has a number next to one of the things."""
    words = tokenize(text)
    numbers = [at for at, word in enumerate(words) if _NUMBER.match(word.text)]
    return any(
        word.term in things and bisect_left(numbers, at - REACH) < bisect_right(numbers, at + BACK)
        for at, word in enumerate(words)
    )
