"""What kind of thing a question asks for, told finely, and whether a sentence holds one.

The ranking's five kinds (`Question.kind`) tell sentences apart; these tell whether the best of them can be
an answer at all: "How old is she?" needs an age, not just any number.
"""

from __future__ import annotations

import re

from ..language.terms import analyse, tokenize

_ASKED = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("age", r"\bhow old\b|\b(?:what|which|at what) age\b(?! groups?)|\bage of\b"),
        (
            "money",
            r"\bhow much\b.*\b(?:cost|pay|paid|spend|spent|worth|earn|earned|money|charge|charged|price|fee|salary"
            r"|revenue|profit|raise|raised)\b"
            r"|\b(?:what|which) (?:\w+ ){0,3}(?:salary|price|budget|revenue|cost|profit)\b",
        ),
        ("share", r"\bpercent(?:age)?\b|\b(?:what|which) (?:share|proportion)\b"),
        ("duration", r"\bhow long\b(?! ago)"),
        ("count", r"\bhow many\b"),
    )
)
_HELD = {
    "age": re.compile(
        r"\baged? \d|, \d{1,3} ?,|\byears?[- ]olds?\b|\bat (?:the )?age\b|\bage of\b|\b\d+[- ]year"
        r"|\b(?:is|was|are|were|been|turn(?:ed|s)) (?:only |just |about |nearly |almost )?\d{1,3}\b(?! ?[\w%$€£])"
        r"|\b(?:is|was|are|were|been|turn(?:ed|s)) (?:only |just |about )?\d{1,3} (?:when|and|at|then|years)\b",
        re.IGNORECASE,
    ),
    "money": re.compile(
        r"[$€£¥]\s?\d|\b(?:dollars?|euros?|pounds?|cents?|yen|won|francs?|million|billion)\b", re.IGNORECASE
    ),
    "share": re.compile(r"\bper ?cent\b|%|\b(?:half|third|quarter)\b", re.IGNORECASE),
    "duration": re.compile(
        r"\b(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|decades?|centur(?:y|ies)|since|until)\b"
        r"|\b\d{4} ?[-–—] ?\d{2,4}\b|\b\d+:\d\d\b",
        re.IGNORECASE,
    ),
    "time": re.compile(
        r"\b\d{1,2}(?:st|nd|rd|th)\b|\b(?:in|since|by|from|until|till|around|about|circa|to|ad) \d{3}\b|\b\d0s\b"
        r"|\b\d{1,2}(?::\d\d| ?[ap]\.? ?m\b)"
        r"|\b(?:when|while|during|after|before|following|until|once|upon|beginning|start|end|ago|later|earlier|recently"
        r"|now|currently|soon|every|annually|daily|weekly|era|period|war|season|early|late)\b",
        re.IGNORECASE,
    ),
    "number": re.compile(
        r"\b(?:little|few|fewer|lots?|most|more|less|much|many|large|huge|high|highest|low|lowest|no|free|small|twice"
        r"|half|double|several|dozens?|hundreds|thousands|millions?|billions?)\b",
        re.IGNORECASE,
    ),
    "place": re.compile(r"\b(?:in|at|near|from|to|of|across|outside|around|into|off) (?:the )?[A-Z]\w"),
    "reason": re.compile(
        r"\b(?:because|due to|since|as a result|in order to|so that|reasons?|caus(?:ed?|ing)|led to|therefore|thus"
        r"|owing|so as to|result(?:ed)?|to avoid|to prevent|citing|blam(?:ed|ing)|after|to \w+)\b",
        re.IGNORECASE,
    ),
    "person": re.compile(
        r"\b(?:people|man|woman|men|women|officials?|child(?:ren)?|workers?|leaders?|police|government|\w+(?:ers|ists))\b"
    ),
}
_NUMBER = re.compile(
    r"\d[\d,.]*\Z|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|one|single|several|many|couple)\Z",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\bhow many (\w+(?: \w+){0,2})", re.IGNORECASE)
_WHO = re.compile(r"\bwho\b", re.IGNORECASE)
MEASURES = frozenset({"age", "money", "share", "duration", "count"})
"""The kinds that a number with what it measures answers."""

_ANYBODY = frozenset(analyse("people person"))

REACH = 4
"""Words from a number to what it counts at most: "three of the eight old ferries"."""

BACK = 1
"""Words from what is counted to a number behind it at most: "led in tackles (118)"."""


def asked_for(text: str, coarse: str) -> str:
    """Return the finer kind that the question asks for: `age`, `money`, `share`, `duration`, `count`, `person`.

    Where there is none it is the coarse kind.
    """
    found = next((kind for kind, pattern in _ASKED if pattern.search(text)), None)
    return found or ("person" if coarse == "name" and _WHO.search(text) else coarse)


def counted(text: str) -> frozenset[str]:
    """Return the terms of what "how many" counts; none where nothing is counted, or people: they have many names."""
    match = _COUNTED.search(text)
    terms = frozenset(analyse(match.group(1))) if match else frozenset()
    return terms if terms.isdisjoint(_ANYBODY) else frozenset()


def holds(kind: str, text: str, things: frozenset[str], *, fits: bool) -> bool:
    """Tell whether the sentence `text` holds what may answer a question of this kind.

    `things` are what is counted, `fits` whether it holds what the coarse kind wants and the question lacks.
    """
    if kind == "count":
        return (fits and not things) or _counts(text, things)
    if kind in {"number", "time", "person"}:
        return fits or _HELD[kind].search(text) is not None
    return kind not in _HELD or _HELD[kind].search(text) is not None


def _counts(text: str, things: frozenset[str]) -> bool:
    words = tokenize(text)
    numbers = [at for at, word in enumerate(words) if _NUMBER.match(word.text)]
    return any(
        word.term in things and any(-BACK <= at - number <= REACH for number in numbers)
        for at, word in enumerate(words)
    )
