"""Ask something else about the same deed: what "When?" means after "Who won the cup?"."""

from __future__ import annotations

import re

from .. import patterns
from ..language.phrases import is_verb, split_words
from .conversation import Conversation

OPENING = r"(?:(?:and|but|so|then|ok|okay|or)\b[\s,]*)*"
PREPOSITION = r"(?:by|with|to|for|from|since|until|at|in|on|of|about|against|near)"

_BARE = patterns.compile(
    rf"{OPENING}(?P<asks>because\s+of\s+what|(?:{PREPOSITION}\s+)?(?:why(?:\s+not)?|when|where|whom?|what|which(?:\s+ones?)?"
    r"|how(?:\s+(?:so|come|much|many(?:\s+of\s+(?:them|those|these))?|long|often|far|old|big))?|(?:what|which)\s+(?!about\b)[a-z]+))"
    r"(?:\s+(?:did|does|do|will|would|has|have|can|could)\s+(?:he|she|it|they)(?=\W*$)|(?<=when)\s+(?:is|was)\s+it(?=\W*$)"
    r"|\s+(?:is|was|did|does)\s+(?:that|this)(?:\s+(?:happen|take\s+place|so))?|\s+(?:did|does|will)\s+it\s+(?:happen|take\s+place))?"
    r"(?:\s*(?:exactly|then|though))?[\s?.!]*",
    re.IGNORECASE,
)
_ASKING = patterns.compile(
    rf"(?P<asks>(?:{PREPOSITION}\s+)?(?:why|when|where|whom?|how|what|which)\b.*?(?<!\s))?\s*+"
    r"(?P<rest>\b(?:is|are|was|were|do|does|did|has|have|had|can|could|may|might|must|shall|should|will|would)\b.*)",
    re.IGNORECASE,
)
_MODAL = "will|would|can|could|may|might|must|should"
_BE = f"is|are|was|were|has|have|had|{_MODAL}"
_SUBJECT = patterns.compile(
    rf"(?P<of>whose|which|what|how\s+(?:many|much))\s+(?P<noun>(?!(?:{_BE}|do|does|did)\b)\S+(?:\s+\S+){{0,3}}?)"
    rf"(?P<tail>\s+(?:(?P<do>do|does|did)|(?P<be>is|are|was|were|{_MODAL}|(?:has|have|had)(?=\s+(?:been\s+)?\w+(?:ed|en)\b)))"
    r"\s+(?P<rest>.+)|\s+.+)"
    rf"|(?P<who>who|what)\s+(?P<done>(?!(?:{_BE}|do|does|did)\b).+)"
    r"|(?:who|what)\s+(?P<helped>(?:is|are|was|were|has|have)(?=\s+(?:(?:been|not)\s+)?(?:\w+(?:ed|ing)|against|behind|for|on|in|at)\b)"
    rf"|{_MODAL})\s+(?P<part>.+)",
    re.IGNORECASE,
)
"""A question about who or what did something, or about how many or which ones somebody did something with."""

_PLURAL = {"is": "are", "was": "were", "has": "have"}
_WHY = patterns.compile(r"because\s+of\s+what|what\s+for|on\s+what\s+grounds|how\s+(?:come|so)", re.IGNORECASE)
_ANYBODY = patterns.compile(
    rf"(?P<be>(?:{_BE})\s+)?(?P<do>(?:did|does|do)\s+)?(?:anyone|anybody|someone|somebody|any\s+(?:people|persons?|one))\s+(?P<done>.+)",
    re.IGNORECASE,
)
_WHO_ARE_THEY = patterns.compile(rf"{OPENING}who\s+(?:are|were)\s+(?:they|these|those)\W{{0,5}}", re.IGNORECASE)
_ABOUT = patterns.compile(
    rf"(?:{OPENING}(?:what|how)\s+about|and|or|but)\s+(?P<whom>(?!(?:{_BE}|do|does|did|who|what|which|when|where|why|how)\b).+)",
    re.IGNORECASE,
)
_WHO_OR_WHICH = patterns.compile(r"(?:whom?|what|which|how\s+many)\b", re.IGNORECASE)
_STRANDED = patterns.compile(rf"(?P<deed>.+\s)(?P<how>{PREPOSITION})", re.IGNORECASE)
_ASKED_FIRST = patterns.compile(
    rf"{OPENING}(?P<asks>whom?|where|what(?!\s+for\b)|which\s+[a-z]+)\s+(?P<how>{PREPOSITION})[\s?.!]*", re.IGNORECASE
)
_WHO = patterns.compile(r"\bwho\b", re.IGNORECASE)
_HOW_OLD = patterns.compile(r"how\s+(?:old|big|tall|heavy)", re.IGNORECASE)


def read_asking(question: str, last: str) -> str | None:
    """Return the question words of a question that is nothing else, None if it is more; `last` went before.

    Of "and when was that?", it is "when"; of "who are they?" behind "how many people died", "who"; of "who with?",
    "with whom".
    """
    if turned := _ASKED_FIRST.fullmatch(question):
        return f"{turned['how']} {_WHO.sub('whom', turned['asks'])}"
    if _WHO_ARE_THEY.fullmatch(question):
        return "who" if last.lower().startswith("how many ") or _ANYBODY.fullmatch(last) else None
    found = _BARE.fullmatch(question)
    if found is None:
        return None
    return "why" if _WHY.fullmatch(found["asks"]) else found["asks"]


def ask_anew(asks: str, said: Conversation) -> str:
    """Return the last question with other question words: "Where did they meet?" becomes "When did they meet?"."""
    last = said.turns[-1]
    asks = asks[:1].upper() + asks[1:]
    if _HOW_OLD.fullmatch(asks) and (person := said.find_person("he") or said.find_person("she")):
        return f"{asks} is {person}?"
    said.borrowed += said.phrases[-1]
    if about := _ABOUT.fullmatch(last):
        return f"{asks} was that (about {about['whom']})?"
    if asks == "Who" and (found := _ANYBODY.fullmatch(last)):  # "was anybody hurt" gives "who was hurt"
        return f"Who {(found['be'] or found['do'] or '').lower()}{found['done']}?"
    if found := _SUBJECT.fullmatch(last):
        return f"{_turn(found, asks)}?"
    if parts := _ASKING.fullmatch(last):
        rest = f"{parts['rest'][:1].lower()}{parts['rest'][1:]}"
        return f"{asks} {rest if _WHO_OR_WHICH.match(asks) else _put_there(parts['asks'] or '', rest)}?"
    return f"{asks} … {last}?"


def _put_there(asked: str, rest: str) -> str:
    """Return the rest of a question with a word for what was asked for behind a preposition that ends it.

    "When" and "where is she from" give "When is she from there", "who did she meet with" "When did she meet with them".
    """
    stranded = _STRANDED.fullmatch(rest)
    word = asked.lower().split()[:1]
    if stranded is None or not word:
        return rest
    if word == ["where"]:
        return f"{stranded['deed']}{'from ' * (stranded['how'].lower() == 'from')}there"
    return f"{rest} {'them' if word[0].startswith('who') else 'it'}"


def _turn(found: re.Match[str], asks: str) -> str:
    """Return the question that asks something else about the same deed.

    "When" and "which songs did she sing" give "When did she sing the songs", and "how many people were hurt" gives
    "When were people hurt", "who won the cup" "When was it that they won the cup".
    """
    if part := found["part"]:
        verb = found["helped"].lower()
        return f"{asks} {_PLURAL.get(verb, verb)} they {part}"
    noun, tail = found["noun"] or "", found["tail"] or ""
    if (done := found["done"]) or (found["of"].lower() == "what" and _is_deed(noun)):
        who = (found["who"] or "what").lower() == "who"
        if _WHO_OR_WHICH.match(asks):
            return f"{asks} {done or noun + tail}"
        return f"{asks} was it that {'they' if who else 'it'} {done or noun + tail}"
    if _WHO_OR_WHICH.match(asks):
        return f"{'How many' if asks.lower().startswith('how') else 'Which'} {noun}{tail}"
    noun = noun if found["of"].lower().startswith("how") else f"the {noun}"
    if helper := found["do"] or found["be"]:
        first, last = (found["rest"], noun) if found["do"] else (noun, found["rest"])
        return f"{asks} {helper} {first} {last}"
    return f"{asks} was it that {noun}{tail}"


def _is_deed(noun: str) -> bool:
    """Tell whether what looks like a noun behind "what" is a verb: "what caused the flood"."""
    words = split_words(noun)
    return is_verb(words, 0) or words[0].lower.endswith("ed")
