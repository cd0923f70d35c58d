"""Recognise what people ask for instead of asking a question: a summary, the quotations, the people, the dates.

One table of phrasings. What asks about a named thing ("What is the bill about?") is a question, and none of these.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .. import patterns
from ..language.wordlists import word_set


class DigestKind(StrEnum):
    """What is asked for; the last three go over a library, the others over one article."""

    ABOUT = "about"
    QUOTES = "quotes"
    PEOPLE = "people"
    PERSON = "person"
    TIMELINE = "timeline"
    NUMBERS = "numbers"
    HEADLINE = "headline"
    PUBLISHED = "published"
    AUTHOR = "author"
    LENGTH = "length"
    SOURCE = "source"
    LATEST = "latest"
    LIST = "list"
    COMPARE = "compare"


class DigestRequest(NamedTuple):
    """What is asked for, and of whom or what: `slots` holds a speaker, a person, a topic, or what to compare."""

    kind: DigestKind
    slots: tuple[str, ...] = ()


_NO_NAME = word_set("""
    a an as in on at by for with to from after before that who whom whose it this he she they him them her his all said
    behind against about not and or responsible missing next first last there here right wrong until
""")
"""Words that a name does not have."""

_LONGEST = 200
"""Characters of a request at most."""

_PART = patterns.compile(r"@([A-Z]{1,20}) = ")
_NAMED = patterns.compile(r"@([A-Z]{1,20})@")

_FILLER = patterns.compile(
    r"""
    (?: (?:hi|hello|hey|ok|okay|so|well|and|now|then|pls|plz|please|just|quickly|maybe|also|sorry|bot|hm|hmm|um|yo
        |good\ morning)\b[\s,!.:]{0,5}
      | (?:can|could|would|will)\ (?:you|u|i|we)\ (?:please\ |pls\ |just\ |kindly\ )?(?:have\ |get\ |see\ )?
      | (?:i|we)(?:'d|\ would)?\ (?:want|need|like)(?:\ to\ (?:see|have|know|get|read))?\ |
        (?:give|show|tell|get|find|send|read|fetch|pull|name|write|list|let)(?:\ (?:me|us))?
        (?:\ (?:see|have|know|out|up))?(?:\ )
      | do\ (?:you|u)\ have(?:\ )
    )
    """,
    re.IGNORECASE | re.VERBOSE,
    rare=True,
)
"""What stands before a request."""

_TAIL = patterns.compile(
    r"""
    [\s,.!?:)-]{1,9}
    (?:please|pls|plz|thanks|thank\ you|thx|again|then|now|here|bot|mate|exactly|actually|i\ forgot|for\ me|in\ it
      |in\ this|in\ here|lol|ok|quickly|today|anyway|really|basically|by\ the\ way|btw|m8|man|dude|bro|though)
    [\s.!?:)]{0,9}\Z
    """,
    re.IGNORECASE | re.VERBOSE,
    rare=True,
)
"""What stands after one."""


KEYS = Path(__file__).with_suffix(".keys")
"""What a text must hold for each phrasing to fit it, made from `requests.txt`: compiling all of them takes 50 ms."""

_compile = cache(re.compile)


def list_phrasings() -> list[tuple[DigestKind, str]]:
    """Return the phrasings of `requests.txt` in their order, each as a pattern with its kind."""
    parts: dict[str, str] = {}
    found = []
    for line in Path(__file__).with_suffix(".txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        named = _PART.match(line)
        text = _NAMED.sub(lambda name: parts[name[1]], line[named.end() :] if named else line)
        if named:
            parts[named[1]] = text
        elif line:
            kind, _, pattern = text.partition(": ")
            found.append((DigestKind(kind), pattern))
    return found


@cache
def _load_table() -> tuple[tuple[DigestKind, str, list[list[str]]], ...]:
    """Return the phrasings with the groups of their keys: a text that fits has one of each group."""
    keys = map(json.loads, KEYS.read_text("ascii").splitlines())
    return tuple((kind, text, groups) for (kind, text), groups in zip(list_phrasings(), keys, strict=True))


def _list_near(form: str) -> Iterator[tuple[DigestKind, re.Pattern[str]]]:
    """Yield the phrasings that may fit, in their order: those whose keys are in the text."""
    plain = patterns.simplify(form)
    for kind, text, groups in _load_table():
        if patterns.may_fit(plain, groups):
            yield kind, _compile(text, re.IGNORECASE)


def recognise(text: str) -> DigestRequest | None:
    """Return what the text asks for, None if it is a question, or anything else.

    The slots are as typed. Whether a person is one whom the article names, it is for the caller to tell.
    """
    if len(text) > _LONGEST:
        return None
    plain = " ".join(text.replace("’", "'").split())
    for form in reversed(_peel(plain)):  # the shortest first: a slot has no courtesies
        for kind, pattern in _list_near(form):
            if found := pattern.fullmatch(form):
                slots = tuple(value.strip() for value in found.groups() if value)
                if kind is not DigestKind.PERSON or _is_like_name(slots[0]):
                    return DigestRequest(kind, slots)
    return None


def _is_like_name(text: str) -> bool:
    """Tell whether the text may name somebody, as "the Baloyan brothers" may and "named as heir" may not."""
    words = text.lower().split()
    return _NO_NAME.isdisjoint(words) and "'s" not in text and not words[0].endswith(("ing", "ed"))


def _peel(text: str) -> list[str]:
    """Return the text, and what is left of it without courtesies before and after, shortest last."""
    forms = [text.strip(" ?!.,;:")]
    for _ in range(4):
        shorter = _FILLER.sub("", forms[-1], count=1) if _FILLER.match(forms[-1]) else forms[-1]
        tail = _TAIL.search(shorter, max(0, len(shorter) - 40))
        shorter = (shorter[: tail.start()] if tail else shorter).strip(" ?!.,;:")
        if not shorter or shorter == forms[-1]:
            break
        forms.append(shorter)
    return forms
