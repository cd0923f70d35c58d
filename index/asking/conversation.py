"""What the earlier questions of a conversation were about: which people, places and things."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from .. import patterns
from ..digest.people import Named
from ..language.phrases import Phrase, find_phrases
from ..language.wordlists import GROUPS, word_set

_WHO = patterns.compile(
    r"(?:and\s+|so\s+|but\s+)?(?:who|whom|which|what\s+is\s+the\s+name|what(?:'s|s)?\s+\w+\s+name)\b", re.IGNORECASE
)
_DEED = patterns.compile(
    r"who\s+(?P<deed>(?!(?:is|are|was|were|did|does|do|has|have|had|will|can)\b).+|(?:is|are|was|were)\s+\w+ing\b.+)",
    re.IGNORECASE,
)

_COUNTED = patterns.compile(
    r"\b(?:how\s+many|which|what)\s+(?:people|persons|men|women|children|others)\b", re.IGNORECASE
)
_BETWEEN = patterns.compile(r"\bbetween (?:the |an? )?$")
_ASKED = patterns.compile(r"(?:(?<=[.!?])|\A)[^.!?]{0,500}\?")
_BODIES = GROUPS | word_set("""
    children couple crew family firm government men people public staff women workforce youth
""")


class Conversation:
    """Earlier questions, each made to stand alone, with their own phrases and those that they borrowed.

    `known` are words of names in small letters. `gender` keeps who was meant by "he" and who by "she".
    `borrowed` collects what the question at hand takes from the earlier ones.
    """

    def __init__(self, known: frozenset[str], gender: Mapping[str, str] | None = None) -> None:
        self.known = known
        self.turns: list[str] = []
        self.phrases: list[list[Phrase]] = []
        self.answers: list[tuple[Named, ...]] = []
        self.gender: dict[str, str] = dict(gender or {})
        self.borrowed: list[Phrase] = []

    def add(self, question: str, whole: str | None, answer: tuple[Named, ...] = ()) -> None:
        """Remember a question and, if it did not stand alone, how it was completed; `borrowed` belongs to it.

        `answer` are the people whom the sentence that answered it names.
        """
        own = _drop_remarks(question, find_phrases(question, self.known))
        whole = whole or question
        for owner in self.borrowed:  # "her brother" is Kim's from here on
            said = [(one, f"{owner.text}{mark} {one.text}") for one in own for mark in ("'s", "'")]
            own = [
                next((one.attach_owner(owner, text) for same, text in said if same is one and text in whole), one)
                for one in own
            ]
        self.turns.append(whole.rstrip(" ?.!") if whole[-2:-1].islower() else whole.rstrip(" ?!"))
        self.phrases.append([*_join_pairs(question, own), *self.borrowed])
        self.answers.append(answer)

    def find_person(self, pronoun: str) -> str | None:
        """Return the person in the latest turn that asks about one or is answered with one; None if no turn is.

        Of several, it is the one who is known as "he" or "she", else the first. Who was asked for is the answer.
        """
        for turn, phrases, answer in zip(
            reversed(self.turns), reversed(self.phrases), reversed(self.answers), strict=True
        ):
            fitting = [phrase for phrase in phrases if phrase.person and self._may_be(phrase.text, pronoun)]
            deed = _DEED.fullmatch(turn)
            if answered := self._find_answered(turn, fitting, answer, pronoun):
                return answered
            if fitting and not (deed and not any(one.sure or one.text in self.gender for one in fitting)):
                best = next((phrase for phrase in fitting if self._find_gender(phrase.text)), fitting[0])
                self.gender[best.text] = pronoun
                self.borrowed.append(best)
                return best.text
            if deed:
                return f"the one who {deed['deed']}"
        return None

    def find_other(self) -> str | None:
        """Return who is meant by "the other one": whom the last answer names and the question did not mean.

        Else it is the one whom an earlier question was about; None if there is nobody.
        """
        last = self.turns[-1].lower()
        fresh = [one for one in self.answers[-1] if one.person and one.last.lower() not in last]
        if fresh and (len(fresh) < len(self.answers[-1]) or len(fresh) == 1):
            return fresh[0].name
        earlier = (phrase for phrases in reversed(self.phrases[:-1]) for phrase in phrases)
        return next((one.text for one in earlier if one.person and one.text.lower() not in last), None)

    def _find_answered(self, turn: str, fitting: list[Phrase], answer: tuple[Named, ...], pronoun: str) -> str | None:
        """Return the person of the answer who is meant: asked for by "who", or the only one who fits the pronoun."""
        asked_for = _WHO.match(turn) is not None
        if not answer or (fitting and not asked_for and any(self._find_gender(one.text) for one in fitting)):
            return None
        said = {term for phrase in self.phrases[self.turns.index(turn)] for term in phrase.terms}
        sure = [one for one in answer if one.gender == pronoun]
        people = [one for one in (sure or answer) if one.gender in ("", pronoun)]
        fresh = [one for one in people if said.isdisjoint(word.lower() for word in one.name.split())]
        if asked_for and fresh:
            return self._name(fresh[0])
        if not fitting and people:
            return self._name(people[0])
        roles = [one for one in fitting if not one.named]  # "the driver", whom the answer names
        return self._name(fresh[0]) if roles and len(fresh) == 1 and len(fitting) == len(roles) else None

    def _name(self, person: Named) -> str:
        """Return what to call the person: the last name, as articles do."""
        return person.last

    def _find_gender(self, name: str) -> str:
        """Return "he" or "she" for a name that is known as one, "" for others."""
        return self.gender.get(name) or self.gender.get(name.lower().split()[-1], "")

    def _may_be(self, name: str, pronoun: str) -> bool:
        return self._find_gender(name) in ("", pronoun)

    def find_place(self) -> str | None:
        """Return the latest place: a name that follows "in", "at" and the like."""
        for turn, phrases in zip(reversed(self.turns), reversed(self.phrases), strict=True):
            for phrase in reversed(phrases):
                before = turn[: turn.find(phrase.text)].lower().split()[-1:]
                placed = phrase.place or not {"in", "at", "near", "of", "to", "from"}.isdisjoint(before)
                if phrase.named and not phrase.sure and placed:
                    return phrase.text
        return None

    def find_whole_name(self, part: Phrase) -> str | None:
        """Return the full name, from an earlier turn, of what is now named only in part: "Kim", "the order"."""
        if not part.named and not (part.definite and len(part.terms) == 1):
            return None
        for phrases in reversed(self.phrases):
            for phrase in phrases:
                terms = phrase.name if part.named else phrase.terms
                if part.terms < terms and (_is_short_for(part, phrase) if part.named else part.head == phrase.head):
                    return phrase.text.removeprefix("the ")
                if part.terms == terms:
                    return None
        return None

    def find_topic(self, *, several: bool | None = None, persons: bool = False) -> Phrase | None:
        """Return the phrase that the last turns are most likely about; None if there is none.

        `several` tells whether it should be of several things, where that shows; `persons` whether one may be meant.
        Of equals the later wins: it stands nearer to what was asked for.
        """
        best, best_score = None, 0.0
        for age, phrases in enumerate(reversed(self.phrases)):
            for place, phrase in enumerate(phrases):
                lone = phrase.person and not phrase.sure and len(phrase.terms) == 1 and phrase not in self.borrowed
                if phrase.part or (phrase.person and not persons and not lone):
                    continue
                if several and not _may_be_several(phrase):  # "them" is never "safety"
                    continue
                score = (
                    (0.0 if persons or not phrase.person else -3.0)
                    + 4.0 * 0.5**age
                    + self._weigh(phrase, age)
                    + 0.3 * (place + 1) / len(phrases)
                )
                if several is not None:
                    score += 0.8 * (several == (phrase.plural or " and " in phrase.text))
                if score > best_score:
                    best, best_score = phrase, score
        return best and self._complete(best)

    def _complete(self, short: Phrase) -> Phrase:
        """Return the phrase with the fullest name for what it names by a single word; as it is if there is none."""
        if not short.named:
            return short
        whole = (one for phrases in reversed(self.phrases) for one in phrases if short.terms < one.terms and one.named)
        return next((one for one in whole if _is_short_for(short, one) and one.head == short.head), short)

    def find_group(self) -> Phrase | None:
        """Return whom or what "they" stands for: the latest of several things, else a person; None if nothing fits.

        Of people who were only counted ("how many people died?"), nobody can be named.
        """
        group = self.find_topic(several=True, persons=True)
        if group is not None:
            return group
        for turn, phrases in zip(reversed(self.turns), reversed(self.phrases), strict=True):
            if _COUNTED.search(turn):
                return None
            if person := next((one for one in phrases if one.person), None):
                return person
        return None

    def _weigh(self, phrase: Phrase, age: int) -> float:
        earlier = self.phrases[: len(self.phrases) - 1 - age]
        seen = any(phrase.terms & other.terms for turn in earlier for other in turn)
        return (
            1.0 * phrase.named + 0.5 * (len(phrase.terms) > 1) + 1.0 * seen - 1.0 * phrase.person - 1.5 * phrase.place
        )


def _is_short_for(part: Phrase, whole: Phrase) -> bool:
    """Tell whether a name is a single word of the other one, as it stands there: "Kim" of "Ada Kim", no more."""
    short = part.text.removeprefix("the ").lower()
    return len(part.terms) == 1 and not {short, f"{short}s"}.isdisjoint(whole.text.lower().split())


def _may_be_several(phrase: Phrase) -> bool:
    """Tell whether "they" may stand for the phrase: its form is plural, or it is a group or a name of no person."""
    head = phrase.text.partition(" of ")[0].split()[-1]
    plural = head.islower() and head.endswith("s") and not head.endswith(("ss", "us", "is"))
    body = head.lower() in _BODIES or (phrase.named and not phrase.person)
    return not phrase.date and (plural or body or " and " in phrase.text)


def _drop_remarks(question: str, phrases: Sequence[Phrase]) -> list[Phrase]:
    """Return the phrases without the things that are only told in passing, beside what is asked; persons stay."""
    spans = [asked.span() for asked in _ASKED.finditer(question)]
    asked = [one for one in phrases if any(start <= one.start < end for start, end in spans)]
    return [one for one in phrases if one.person or one in asked] if asked else list(phrases)


def _join_pairs(question: str, phrases: list[Phrase]) -> list[Phrase]:
    """Return the phrases, followed by pairs that "and" joins: "Biden and Yoon"."""
    pairs = []
    for first, second in pairwise(phrases):
        alike = first.person == second.person or _BETWEEN.search(question, 0, first.start) is not None
        if alike and question[first.end : second.start].strip().lower() == "and":
            pairs.append(
                Phrase(
                    text=f"{first.text} and {second.text}",
                    start=first.start,
                    end=second.end,
                    terms=first.terms | second.terms,
                    head=second.head,
                    name=first.name | second.name,
                    person=first.person,
                    sure=False,
                )
            )
    return phrases + pairs
