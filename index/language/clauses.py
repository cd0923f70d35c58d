"""Split a simple sentence into subject, verb and rest, so that a grammatical question can be made of it.

Word lists do the work of a tagger. A sentence that they cannot split safely is skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from .. import patterns
from .wordlists import CLEAR_DEMONSTRATIVES, DEMONSTRATIVES, OBJECTS, PAST_TENSES, POSSESSIVES, SUBJECTS, word_set

NAME = (
    r"(?:[A-ZÀ-Þ][\w’'-]{0,40}\w(?:\.(?=\s[A-Z]))?)"
    r"(?:\s(?:(?:de|van|von|bin|al|la|da|du|der)\s)?[A-ZÀ-Þ][\w’'-]{0,40}\w){0,12}"
)
"""A run of words with capitals: a name, or the beginning of a sentence. Bounded, so that any text takes linear time."""

_DATELINE = patterns.compile(r"^[A-Z]{2}[^()]{0,80}\([^()]{1,40}\)\s+(?:--|—|–)\s+")
_TOKEN = patterns.compile(r"\S+")
_AUXILIARIES = word_set("was were is are will would can could must had has have may might")
_MODALS = word_set("will would can could must may might")
_BREAKERS = (
    SUBJECTS
    | DEMONSTRATIVES
    | word_set("""
    who which when if after because while where as and or but not no nor there one what how why being having
    than to both neither either others some such
""")
)
_ARTICLES = word_set(
    "A An The All Some Most Many Several Few Every Each Both Two Three Four Five Six Seven Eight Nine Ten About Nearly"
)
_BOUNDARY = patterns.compile(
    r"""
    ,(?!\d) | [;:()"“”] | \s(?:--|—|–)\s
    | \s(?:and|but|or|when|after|because|while|as|which|who|that|before|if|until|although|than|so|where)\s
    """,
    re.VERBOSE,
)
_POINTING = patterns.compile(
    rf"\b(?:{'|'.join(sorted(SUBJECTS | OBJECTS | (POSSESSIVES - {'its'}) | CLEAR_DEMONSTRATIVES))})\b", re.IGNORECASE
)

_REGULAR = word_set("""
    accept accuse add agree announce appeal appear appoint approve argue arrest arrive ask attack attend avoid
    ban blame block bounce call cancel cause change charge claim close collapse collect commit complete confirm
    cost count cover crash create cut damage decide declare defeat delay deliver demand deny destroy develop die
    disagree discover drop earn elect end enter equal equalise escape expand expect expel explain express face
    fail feature fill finish fire follow force gain help hire host improve include increase injure invite join
    jump kill land last launch lift like list live lower miss move name need notice offer open operate order own
    pass pay plan play plead pledge predict prevent produce promise propose protest prove publish pull push
    question raise reach receive record recover reduce refuse reject release remain remove reopen repair replace
    report rescue resign respond restore retire return reveal rule sack save score sentence serve settle share
    sign stage start state stay stop suffer suggest support surge surrender survive suspend target test testify
    thank threaten touch train try turn urge use visit vote walk want warn welcome work wound
""")


_IRREGULAR = word_set("""
    beat become begin break bring build buy catch choose come cut draw drive eat fall fight flee fly forget get
    give go grow hear hide hit hold keep know leave lend lose make meet pay put ride rise run say see seek sell
    send set shake shoot shut sing sink sit speak spend spread stand steal strike swear sweep take teach tell
    throw understand wear win withdraw write
""")
"""Irregular verbs whose past tense is rarely anything else, as "found", "lay" and "led" are."""


_PARTICIPLES = word_set("""
    been become begun broken chosen come drawn driven fallen found given gone grown known led risen run seen
    shown spoken taken written
""")


@dataclass(frozen=True, slots=True)
class Clause:
    """The beginning of a sentence: "The council | closed | the bridge on Monday because it leaked".

    `auxiliary` is the verb itself if it is "was", "will" and the like; else it is empty and `base` the verb's base.
    """

    subject: str
    verb: str
    auxiliary: str
    base: str
    rest: str

    @property
    def head(self) -> str:
        """The rest up to the first comma, conjunction or quotation mark."""
        boundary = _BOUNDARY.search(f" {self.rest}")
        return self.rest[: max(0, boundary.start() - 1)] if boundary else self.rest.rstrip(' .!?”"')

    def is_event(self, fact: str) -> bool:
        """Tell whether the verb with `fact`, a part of the rest, is an event, as "was from Leeds" is not."""
        first = fact.split()[:1]
        return not self.auxiliary or bool(first and (self.auxiliary in _MODALS or first[0] in _build_participles()))

    def ask(self, asks: str, tail: str) -> str:
        """Return a question: `asks` "When" and `tail` "the bridge" give "When did the council close the bridge?"."""
        parts = (asks, self.auxiliary or "did", self.subject, "" if self.auxiliary else self.base, tail)
        return " ".join(part for part in parts if part) + "?"


def strip_dateline(sentence: str) -> str:
    """Return the sentence without the dateline before it, such as "SEOUL, Jan. 3 (Agency) --"."""
    return _DATELINE.sub("", sentence)


def is_self_contained(text: str) -> bool:
    """Tell whether the text can be read alone: it has no pronoun, no quotation mark and no bracket."""
    return not _POINTING.search(text) and not re.search(r"[\"“”()]|''|``", text)


def find_clause(sentence: str, proper: frozenset[str]) -> Clause | None:
    """Return the main clause that opens the sentence; None if it cannot be told safely.

    `proper` holds the article's words that always have a capital: its names.
    """
    found = list(_TOKEN.finditer(sentence[:400]))
    for place, token in enumerate(found[:8]):
        word = token.group()
        if place and (word in _AUXILIARIES or word in _build_past_tenses()):
            rest = sentence[token.end() :].strip()
            subject = _lowercase_subject(sentence[: token.start()].strip(), proper)
            auxiliary = word if word in _AUXILIARIES else ""
            if not rest or (auxiliary in {"had", "has", "have"} and rest.split()[0] not in _build_participles()):
                return None
            clause = Clause(subject, word, auxiliary, _build_past_tenses().get(word, ""), rest)
            return clause if _is_whole(clause) else None
        if word.lower() in _BREAKERS or word[-1] in ',;:—–"”' or word[0] in '"“(':
            return None
    return None


def _lowercase_subject(text: str, proper: frozenset[str]) -> str:
    """Return the subject as it is written in mid-sentence: without the first capital, unless it is a name."""
    first, _, others = text.partition(" ")
    bare = re.sub(r"['’]s$", "", first)
    if bare in proper or (len(bare) > 1 and bare.isupper()) or (others[:1].isupper() and bare not in _ARTICLES):
        return text
    return text[:1].lower() + text[1:]


def _is_whole(clause: Clause) -> bool:
    """Tell whether the verb is the clause's only one: in "the man accused of theft was" it is not."""
    later = clause.head.split()[0 if clause.auxiliary == "" else 1 :]
    finite = _AUXILIARIES if not clause.auxiliary else _AUXILIARIES - {"have"}
    return not any(word in finite or (not clause.auxiliary and word in _build_past_tenses()) for word in later)


@cache
def _build_past_tenses() -> dict[str, str]:
    """Return the base form of each past tense that we know."""
    return {_make_past_tense(base): base for base in _REGULAR} | {PAST_TENSES[base]: base for base in _IRREGULAR}


@cache
def _build_participles() -> frozenset[str]:
    return frozenset(_build_past_tenses()) | _PARTICIPLES


def _make_past_tense(base: str) -> str:
    if base.endswith("e"):
        return f"{base}d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return f"{base[:-1]}ied"
    doubled = base in {"ban", "commit", "drop", "expel", "plan", "stop"}
    return f"{base}{base[-1] if doubled else ''}ed"
