"""Find the phrases of a question: runs of content words that name what it is about, found without a tagger.

The rules use word lists and neighbouring words, so that a question typed in lower case works nearly as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise, takewhile

from .. import patterns
from .calendar import MONTHS, WEEKDAYS
from .terms import analyse
from .wordlists import (
    ARTICLES,
    AUXILIARIES,
    DETERMINERS,
    FULL_VERBS,
    GENERAL,
    GROUPS,
    HELPERS,
    LIGHT,
    OFFICES,
    PLACES,
    PRONOUNS,
    SMALL,
    TITLES,
    VERBS,
    word_set,
)

_WORD = patterns.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[-.'’&][^\W_]+)*")
_OWNER = patterns.compile(r"['’]s?$")
_WHO_IS = patterns.compile(r"\bwho(?:'s| is| was| are| were)\s+(?:(?:mr|mrs|ms|dr)\.?\s+)?$", re.IGNORECASE)
_WHAT_IS = patterns.compile(r"\bwhat(?:'s| is| was| are| were)\s+(?:an?\s+|the\s+)?$", re.IGNORECASE)
_OF = patterns.compile(r"\s+of\s+(?:the\s+)?(?:[A-Z][\w.-]*\w(?:\s+[A-Z][\w.-]*\w)*|[\w-]+)")

_DATES = word_set(" ".join((*WEEKDAYS, *MONTHS)).lower())
_AFTER_VERBS = word_set("for to from with about by on into against")

_REACH = 60
"""Characters before a phrase in which "Who is Mr" and "What was the" may stand."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, with its last index term; `term` is None for a word that belongs to no phrase."""

    text: str
    start: int
    end: int
    term: str | None

    @property
    def lower(self) -> str:
        """The word in small letters with straight apostrophes."""
        return self.text.lower().replace("’", "'")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A run of content words without the verbs; `text` has "the" where an article stood before it.

    `name` holds the terms of its capitalised words, `head` its last term. `person`: its form is that of
    a person's name; `sure`: more than the form says that it is a person. `start` and `end` leave out the
    article. `part`: the phrase before it covers it, as "the mayor of Leeds" covers "Leeds".
    """

    text: str
    start: int
    end: int
    terms: frozenset[str]
    head: str | None
    name: frozenset[str]
    person: bool
    sure: bool
    part: bool = False

    @property
    def named(self) -> bool:
        """Whether it contains a name."""
        return bool(self.name)

    @property
    def definite(self) -> bool:
        """Whether an article or an owner stands before it."""
        return self.text.startswith("the ") or re.search(r"s?['’]s? ", self.text) is not None

    def attach_owner(self, owner: Phrase, text: str) -> Phrase:
        """Return the phrase together with its owner, as in "Kim's office"."""
        whole = f"the {text}" if owner.text.startswith("the ") and not text.startswith("the ") else text
        terms, name = self.terms | owner.terms, self.name | owner.name
        return replace(self, text=_OWNER.sub("", whole), start=owner.start, terms=terms, name=name)

    @property
    def plural(self) -> bool:
        """Whether its form is that of several things."""
        return not self.named and self.text.endswith("s") and not self.text.endswith(("ss", "us", "is"))

    @property
    def date(self) -> bool:
        """Whether it is nothing but a day or a month."""
        return _DATES.issuperset(self.text.lower().split())

    @property
    def place(self) -> bool:
        """Whether it is, or belongs to, one of the best-known places, days and months."""
        return not PLACES.isdisjoint(self.text.lower().split())


# Each question of a conversation reads the earlier ones again, so their words and phrases are cached.
@lru_cache(maxsize=1024)
def split_words(text: str) -> tuple[Word, ...]:
    """Return the words of the text in order."""
    found = []
    for match in _WORD.finditer(text):
        terms = analyse(match.group())
        small = not terms or match.group().lower() in SMALL
        found.append(Word(match.group(), match.start(), match.end(), None if small else terms[-1]))
    return tuple(found)


@lru_cache(maxsize=1024)
def find_phrases(text: str, known: frozenset[str] = frozenset()) -> tuple[Phrase, ...]:
    """Return the phrases of the text in order; words in `known`, given in lower case, are names in any case."""
    runs: list[list[int]] = [[]]
    words = split_words(text)
    names = [_is_name(text, words, place, known) for place in range(len(words))]
    helped = _find_helped_verb(text, words, names)
    for place, word in enumerate(words):
        plain = not names[place] and (is_verb(words, place) or is_general(word) or _is_verb_position(words, place))
        if word.term is None or plain or place == helped:
            runs.append([])
            continue
        gap = text[words[place - 1].end : word.start] if place else ""
        if gap.strip(" /") and not _is_joined(gap, words[place - 1]):
            runs.append([])
        runs[-1].append(place)
        if _OWNER.search(word.text) and not (names[place] and names[place + 1 : place + 2] == [True]):
            runs.append([])  # "Kim's | farm", but "Mary's Hospital"
    found = [_build_phrase(text, words, run, names) for run in runs if run]
    for at, (owner, owned) in enumerate(pairwise(found), 1):
        if owned.start < owner.end:
            found[at] = replace(owned, part=True)
        elif not text[owner.end : owned.start].strip() and _OWNER.search(text[max(0, owner.end - 3) : owner.end]):
            found[at] = owned.attach_owner(owner, text[owner.start : owned.end])
    return tuple(found)


def _is_joined(gap: str, before: Word) -> bool:
    """Tell whether the punctuation between two words separates nothing: "St. Ives", "the Potters' Hall"."""
    return (gap[0] == "." and before.lower in TITLES) or (gap in ("' ", "’ ") and before.text[-1] == "s")


def is_verb(words: Sequence[Word], place: int) -> bool:
    """Tell whether the word is a common verb and does not follow a determiner."""
    return words[place].term in _analyse_words(VERBS) and not (place and words[place - 1].lower in DETERMINERS)


def is_general(word: Word) -> bool:
    """Tell whether the word alone is too general to be a topic: a number, "reason", "people"."""
    return word.term is not None and (word.term.isdigit() or word.term in _analyse_words(GENERAL))


def is_light(word: Word) -> bool:
    """Tell whether the word adds next to nothing to what a question asks for: "need", "biggest"."""
    return word.term is None or is_general(word) or word.term in _analyse_words(LIGHT)


def _is_verb_position(words: Sequence[Word], place: int) -> bool:
    """Tell whether a verb is expected here: "do you pronounce", "the gin invented today", "who founded"."""
    word = words[place]
    before = words[place - 1].lower if place else ""
    if before in PRONOUNS and place > 1 and words[place - 2].lower in HELPERS:
        return True
    follows = place + 1 < len(words) and words[place + 1].term is not None
    begins = before != "who" and (not place or words[place - 1].term is None or is_verb(words, place - 1))
    return word.lower.endswith("ed") and len(word.text) > 4 and not (begins and follows)


def _find_helped_verb(text: str, words: Sequence[Word], names: Sequence[bool]) -> int | None:
    """Return the place of a verb that no list has: "did Kim resign", "will the pier cost a lot", "did Kim order".

    After "did", "will" and the like come the subject and a verb: the first lower-case word after a name, or
    after another word if an article, a preposition, a name or the end follows. None if a verb that we know comes first.
    """
    helpers = [place for place, word in enumerate(words) if word.lower in HELPERS and word.lower != "to"]
    for place in range(helpers[0] + 2 if helpers else len(words), len(words)):
        word, before = words[place], words[place - 1]
        if word.lower in FULL_VERBS or (not names[place] and is_verb(words, place)):
            return None
        if text[before.end : word.start].strip(" /"):
            return None
        if word.term is None or names[place] or before.term is None or is_general(before) or _OWNER.search(before.text):
            continue
        ends = place + 1 == len(words)
        if names[place - 1] or ends or names[place + 1] or words[place + 1].lower in ARTICLES | _AFTER_VERBS:
            return place
    return None


def _is_name(text: str, words: Sequence[Word], place: int, known: frozenset[str]) -> bool:
    word = words[place]
    if word.term is None:
        return False
    if _OWNER.sub("", word.lower) in known:
        return True
    if not word.text[0].isupper():
        return False
    before = word.start
    while before and text[before - 1] in " \"'“(":
        before -= 1
    initial = not before or text[before - 1] in ".?!:"
    follows = place + 1 < len(words) and words[place + 1].text[0].isupper()
    return not initial or follows or (len(word.text) > 1 and word.text.isupper())


def _build_phrase(text: str, words: Sequence[Word], run: Sequence[int], names: Sequence[bool]) -> Phrase:
    chosen = [words[place] for place in run]
    first = run[0]
    while first and is_general(words[first - 1]):
        first -= 1
    lower = {word.lower for word in chosen}
    definite = first > 0 and words[first - 1].lower in ARTICLES
    start, end = words[first if definite else run[0]].start, chosen[-1].end  # "the second pier"
    office = chosen[-1].lower in OFFICES
    if (office or definite or names[run[-1]]) and (of := _OF.match(text, end)):
        end = of.end()
    human = lower.isdisjoint(PLACES | GROUPS)
    doing = chosen[0].lower.endswith("ing") and not names[run[0]]  # "who was driving the bus"
    sure = human and (office or (not doing and _WHO_IS.search(text[max(0, start - _REACH) : start]) is not None))
    covered = takewhile(lambda place: words[place].start < end, range(first if definite else run[0], len(words)))
    return Phrase(
        text="the " * definite + _OWNER.sub("", text[start:end]),
        start=start,
        end=end,
        terms=frozenset(term for place in covered if (term := words[place].term)),
        head=chosen[-1].term,
        name=frozenset(words[place].term or "" for place in run if names[place]),
        person=sure
        or (human and not definite and (_looks_human(text, chosen, run, names) or _acts_like_person(words, run, text))),
        sure=sure,
    )


def _looks_human(text: str, chosen: Sequence[Word], run: Sequence[int], names: Sequence[bool]) -> bool:
    shouted = any(len(word.text) > 1 and word.text.isupper() for word in chosen)
    return (
        all(names[place] for place in run)
        and len(run) <= 4
        and not shouted
        and not _WHAT_IS.search(text[max(0, chosen[0].start - _REACH) : chosen[0].start])
    )


def _acts_like_person(words: Sequence[Word], run: Sequence[int], text: str) -> bool:
    """Tell whether, in a text without capitals, the phrase is the subject of a verb: "what did kim say"."""
    before = words[run[0] - 1].lower if run[0] else ""
    follows = run[-1] + 1 < len(words) and is_verb(words, run[-1] + 1)
    return before in AUXILIARIES and follows and _is_small(text)


@lru_cache(maxsize=16)
def _is_small(text: str) -> bool:
    return text == text.lower()


@cache
def _analyse_words(words: frozenset[str]) -> frozenset[str]:
    return frozenset(term for word in words for term in analyse(word))
