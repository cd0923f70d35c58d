"""Simple clauses of a sentence taken apart, as far as word lists tell them safely; for questions in good grammar.

A clause that is not plainly subject, verb, rest is not taken at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from .wordlists import word_set

NAME = r"(?:[A-ZÀ-Þ][\w’'-]*[\w](?:\.(?=\s[A-Z]))?)(?:\s(?:(?:de|van|von|bin|al|la|da|du|der)\s)?[A-ZÀ-Þ][\w’'-]*\w)*"
"""A run of words with capitals: a name, or the beginning of a sentence."""

_DATELINE = re.compile(r"^[A-Z]{2}[^()]{0,80}\([^()]{1,40}\)\s+(?:--|—|–)\s+")
_TOKEN = re.compile(r"\S+")
_AUXILIARIES = word_set("was were is are will would can could must had has have may might")
_MODALS = word_set("will would can could must may might")
_BREAKERS = word_set("""
    who which that when if after because while where as and or but not no nor he she it they this there i we you
    these those one what how why being having if than to both neither either others some such
""")
_ARTICLES = word_set(
    "A An The All Some Most Many Several Few Every Each Both Two Three Four Five Six Seven Eight Nine Ten About Nearly"
)
_BOUNDARY = re.compile(
    r",(?!\d)|[;:()\"“”]|\s(?:--|—|–)\s|\s(?:and|but|or|when|after|because|while|as|which|who|that|before|if|until|although|than|so|where)\s"
)
_POINTING = re.compile(
    r"\b(?:he|she|it|they|them|him|this|these|those|i|we|you|us|me|my|our|your|his|her|their)\b", re.IGNORECASE
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


_IRREGULAR = """
beat beat; become became; begin began; break broke; bring brought; build built; buy bought; catch caught; choose
chose; come came; cut cut; draw drew; drive drove; eat ate; fall fell; fight fought; flee fled; fly flew; forget
forgot; get got; give gave; go went; grow grew; hear heard; hide hid; hit hit; hold held; keep kept; know knew;
leave left; lend lent; lose lost; make made; meet met; pay paid; put put; ride rode; rise rose; run ran; say
said; see saw; seek sought; sell sold; send sent; set set; shake shook; shoot shot; shut shut; sing sang; sink
sank; sit sat; speak spoke; spend spent; spread spread; stand stood; steal stole; strike struck; swear swore;
sweep swept; take took; teach taught; tell told; throw threw; understand understood; wear wore; win won;
withdraw withdrew; write wrote
"""
"""Verbs with their past tense, without forms that are something else as often ("found", "lay", "led")."""


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
        """Tell whether the verb with `fact`, a part of the rest, is something that happens: not "was from Leeds"."""
        first = fact.split()[:1]
        return not self.auxiliary or bool(first and (self.auxiliary in _MODALS or first[0] in _participles()))

    def ask(self, asks: str, tail: str) -> str:
        """Return a question: "When" and "the bridge" give "When did the council close the bridge?"."""
        parts = (asks, self.auxiliary or "did", self.subject, "" if self.auxiliary else self.base, tail)
        return " ".join(part for part in parts if part) + "?"


def without_dateline(sentence: str) -> str:
    """Return the sentence without "SEOUL, Jan. 3 (Agency) --" before it."""
    return _DATELINE.sub("", sentence)


def plain(text: str) -> bool:
    """Tell whether the text points to nothing outside it and has no quotation mark."""
    return not _POINTING.search(text) and not re.search(r"[\"“”()]|''|``", text)


def clause_of(sentence: str, proper: frozenset[str]) -> Clause | None:
    """Return the main clause that the sentence begins with; None if it does not plainly begin with one.

    `proper` are the words of the article that keep their capital.
    """
    found = list(_TOKEN.finditer(sentence[:400]))
    for place, token in enumerate(found[:8]):
        word = token.group()
        if place and (word in _AUXILIARIES or word in _past()):
            rest = sentence[token.end() :].strip()
            subject = _subject(sentence[: token.start()].strip(), proper)
            auxiliary = word if word in _AUXILIARIES else ""
            if not rest or (auxiliary in {"had", "has", "have"} and rest.split()[0] not in _participles()):
                return None
            clause = Clause(subject, word, auxiliary, _past().get(word, ""), rest)
            return clause if _is_whole(clause) else None
        if word.lower() in _BREAKERS or word[-1] in ',;:—–"”' or word[0] in '"“(':
            return None
    return None


def _subject(text: str, proper: frozenset[str]) -> str:
    """Return the subject as it stands inside a sentence: without the capital, unless it is a name."""
    first, _, others = text.partition(" ")
    bare = re.sub(r"['’]s$", "", first)
    if bare in proper or (len(bare) > 1 and bare.isupper()) or (others[:1].isupper() and bare not in _ARTICLES):
        return text
    return text[:1].lower() + text[1:]


def _is_whole(clause: Clause) -> bool:
    """Tell whether the verb is the clause's only one: in "the man accused of theft was" it is not."""
    later = clause.head.split()[0 if clause.auxiliary == "" else 1 :]
    finite = _AUXILIARIES if not clause.auxiliary else _AUXILIARIES - {"have"}
    return not any(word in finite or (not clause.auxiliary and word in _past()) for word in later)


@cache
def _past() -> dict[str, str]:
    """Return the past forms of the verbs we know, with their base."""
    irregular = (pair.split() for pair in _IRREGULAR.split(";"))
    return {_regular(base): base for base in _REGULAR} | {past: base for base, past in irregular}


@cache
def _participles() -> frozenset[str]:
    return frozenset(_past()) | _PARTICIPLES


def _regular(base: str) -> str:
    if base.endswith("e"):
        return f"{base}d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return f"{base[:-1]}ied"
    doubled = base in {"ban", "commit", "drop", "expel", "plan", "stop"}
    return f"{base}{base[-1] if doubled else ''}ed"
