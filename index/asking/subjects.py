"""Whom and what an article speaks of, as questions about it need them: persons, things, words that are names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain

from .. import patterns
from ..language.calendar import ABBREVIATED_MONTH, MONTH, WEEKDAY
from ..language.clauses import NAME
from ..language.phrases import find_phrases
from ..language.wordlists import OFFICES, word_set

_MONTH = f"{MONTH}|{ABBREVIATED_MONTH}"
NEAR = "of|for|at|in|and|to|with|by|from|on"
QUOTED = patterns.compile(
    rf"[,?!.][\"”’]+\s(?:said|added|told|explained|argued|complained)\s(?:(?:{NAME}\s)?(?:(?!{NEAR}\b)[a-z-]+\s){{1,2}})?(?P<who>{NAME})"
)
_OFFICE = patterns.compile(rf"\b(?P<office>\w+)\s(?P<who>{NAME})")
_APPOSED = patterns.compile(
    rf"(?P<who>{NAME}),\s(?:\d\d,\s)?"
    rf"(?:who\s|(?:an?|the)\s(?:(?!of\b|for\b|to\b)[\w’'-]+\s){{0,4}}?(?:{'|'.join(sorted(OFFICES))})\b)"
)
_NAMED = patterns.compile(r"(?:the )?[A-ZÀ-Þ][\w.'’-]*(?: [A-ZÀ-Þ][\w.'’-]*)*")
_NO_THING = patterns.compile(
    rf"\d|^.{{0,3}}$|^[A-Z/]{{7,}}|\b(?:{WEEKDAY}|{_MONTH})|\b(?:million|billion|percent|sq|square)\b"
    r"|^the [A-Z]\w+(?:an|ese|ish|ch)$|^[a-z]+(?:ed|ing)\s"
)
_THINGS = word_set("""
    agency airline airport league army bank board bridge bureau cabinet city club commission committee company
    council county court department east firm government group house hospital korea ministry museum north office
    party police school senate south states storm team union university west
""")
DANGLING = word_set("of for at in and to with by from on the a an his her its their that than as about into")


def find_proper_words(sentences: Sequence[str]) -> frozenset[str]:
    """Return the words that keep their capital inside a sentence and are never written small."""
    small: set[str] = set()
    capital: set[str] = set()
    for sentence in sentences:
        for place, word in enumerate(re.findall(r"[\w-]+", sentence)):
            if word[0].islower():
                small.add(word)
            elif place:
                capital.add(word)
    return frozenset(word for word in capital if word.lower() not in small)


def find_persons(sentences: Sequence[str]) -> list[str]:
    """Return the persons that the article introduces, as named there and by their last name, in text order."""
    found: dict[str, None] = {}
    for sentence in sentences:
        for match in chain(_OFFICE.finditer(sentence), _APPOSED.finditer(sentence), QUOTED.finditer(sentence)):
            titles = [match.groupdict().get("office") or "", *match["who"].split()[:-1]]
            before = sentence[max(0, match.start() - 80) : match.start()] + titles[0]
            whole = re.search(r"\bthe(?:\s[A-Z]\w*)?$", before)  # "the King James Bible"
            if "office" in match.groupdict() and (whole or OFFICES.isdisjoint(title.lower() for title in titles)):
                continue
            name = strip_title(match["who"])
            if _THINGS.isdisjoint(name.lower().split()) and len(name.split()) > 1:
                found |= dict.fromkeys((name, name.split()[-1]))
    return list(found)


def strip_title(name: str) -> str:
    """Return the name without the office before it: "Chief Executive Ada Brandt"."""
    parts = name.split()
    last = max(
        (
            place
            for place, part in enumerate(parts)
            if part.lower().rstrip(".") in OFFICES | {"executive", "chair", "dr", "prof", "mr", "mrs", "ms"}
        ),
        default=-1,
    )
    return re.sub(rf"\s(?:{WEEKDAY})$|['’]s?$", "", " ".join(parts[last + 1 :]))


def find_things(sentences: Sequence[str]) -> dict[frozenset[str], str]:
    """Return what the article speaks of, by its terms; first what most sentences speak of; no dates, no numbers."""
    counts: Counter[frozenset[str]] = Counter()
    texts: dict[frozenset[str], str] = {}
    for sentence in sentences:
        for phrase in find_phrases(sentence):
            named = phrase.named and _NAMED.fullmatch(phrase.text)
            common = not phrase.named and (phrase.definite or len(phrase.terms) > 1)
            dangling = phrase.text.rpartition(" ")[2].lower() in DANGLING
            if (named or common) and not dangling and not _NO_THING.search(phrase.text):
                counts[phrase.terms] += 1
                texts.setdefault(phrase.terms, phrase.text)
    return {terms: texts[terms] for terms, _ in counts.most_common()}
