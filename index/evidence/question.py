"""A question as the evidence reads it: its terms, its names, and what kind of thing it asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

from ..language.terms import analyse, tokenize
from ..language.thesaurus import find_synonyms, load_groups
from . import answer_types

_FIRST_ASKED = r"\A(?:(?!\b(?:what|who|whom|whose|which|where|when|why|how)\b).)*"
"""Before the first question word: "What is it called when ..." asks for no time."""
_NOT_LATER = r"(?!.*, (?:\w+ )?(?:what|who|whom|whose|which|where|why|how)\b)"
_KINDS = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        (
            "number",
            r"\bhow (?:many|much|old|long(?! ago)|often|far|tall|high|big|large|deep|fast|wide|hot|cold|heavy|strong"
            r"|close)\b"
            r"|\b(?:what|which) (?:\w+ )?(?:number|percent|percentage|share|proportion|amount|price|cost|age"
            r"|score|temperature|height|size|distance|speed|length|population|rate|salary|revenue|budget)\b"
            r"|\b(?:what|which) (?:\w+ ){0,3}number of\b",
        ),
        (
            "time",
            rf"{_FIRST_ASKED}\bwhen\b{_NOT_LATER}"
            r"|\b(?:what|which) (?:\w+ )?(?:year|date|day|month|time|century|decade|season|era|period)\b"
            r"|\bhow long ago\b|\bsince when\b|\bhow (?:late|early|soon)\b",
        ),
        (
            "place",
            rf"{_FIRST_ASKED}\bwhere\b"
            r"|\b(?:what|which) (?:\w+ )?(?:city|cities|country|countries|place|places|states?|town|village"
            r"|region|location|continent|island|river|street|county|area|nation|port|airport|venue|stadium)\b",
        ),
        (
            "reason",
            r"\bwhy\b|\bhow come\b"
            r"|\b(?:what|which) (?:\w+ )?(?:caused?|causes|reasons?|purpose|motivated|prompted|led)\b",
        ),
        (
            "name",
            r"\bwho(?:m|se)?\b|\bwhich\b|\bnamed?\b|\bcalled\b|\bknown as\b|\bnickname\b|\btitle\b"
            r"|\bwhat (?:\w+ )?(?:person|man|woman|player|actor|actress|president|leader|author|king|queen|scientist"
            r"|singer|coach|people|team|company|group|organi[sz]ation|family|ruler|agency|newspaper|party)\b",
        ),
    )
)
_DEFINED = re.compile(r"\W*(?:what|who)(?:['’]s| is| are| was| were) (?:the |an? )?([^?]+?)\W*\Z", re.IGNORECASE)
_CAPITAL = re.compile(r"[A-Z\d]")
_SURFACE = re.compile(r"\w+")


@dataclass(frozen=True)
class Question:
    """A question as read; `words` maps each distinct index term, in order, to the asker's word.

    `kind` is what is asked for: `number`, `time`, `place`, `reason`, `name` or `other`; `wants` tells it
    finely (`kinds.py`), `counted` holds the terms of what "how many" counts. `synonyms` holds for each term
    the terms that may stand for it, `pairs` the neighbouring words in small letters, each as " one other ",
    `plain` the terms that are neither names nor words of asking.
    """

    text: str
    words: Mapping[str, str]
    names: frozenset[str]
    kind: str
    synonyms: Mapping[str, frozenset[str]]
    pairs: frozenset[str]
    wants: str
    counted: frozenset[str]
    plain: tuple[str, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """The distinct index terms, in question order; () when nothing can be looked for."""
        return tuple(self.words)

    @cached_property
    def defined(self) -> re.Pattern[str] | None:
        """What finds a definition of what is asked about, as in "What is ROK?"; None where none is asked for."""
        match = _DEFINED.match(self.text)
        if match is None or len(match[1].split()) > 4:
            return None
        verb = r"(?:is|are|was|were|means?|refers?|stands?|consists?)"
        return re.compile(rf"\b{re.escape(match[1])}\b[^.]{{0,40}}?\b{verb}\b", re.IGNORECASE)

    @cached_property
    def plain_set(self) -> frozenset[str]:
        """The terms of `plain`."""
        return frozenset(self.plain)


def read_question(text: str) -> Question:
    """Analyse a question; one without any term that can be looked for has no `terms`."""
    words: dict[str, str] = {}
    names = set()
    for at, token in enumerate(tokenize(text)):
        if token.term is not None:
            words.setdefault(token.term, token.text)
            if at and _CAPITAL.match(token.text):
                names.add(token.term)
    kind = next((kind for kind, pattern in _KINDS if pattern.search(text)), "other")
    return Question(
        text=text,
        words=words,
        names=frozenset(names),
        kind=kind,
        synonyms={term: find_synonyms(term) - words.keys() for term in words if term in load_groups()},
        pairs=word_pairs(text),
        wants=answer_types.asked_for(text, kind),
        counted=answer_types.counted(text),
        plain=tuple(term for term in words if term not in names and term not in generic()),
    )


def word_pairs(text: str) -> frozenset[str]:
    """Return the neighbouring words of a text, stop words among them, in small letters, each pair as " one other "."""
    return frozenset([f" {one} {other} " for one, other in pairwise(surface(text))])


def surface(text: str) -> list[str]:
    """Return the words of a text in small letters, stop words among them."""
    return _SURFACE.findall(text.lower())


@cache
def generic() -> frozenset[str]:
    """Return the terms by which a question asks rather than what it asks about; finding them proves little."""
    return frozenset(
        analyse(
            "take place happen occur use name type kind call know make do get go give main mean term many much first"
            " year country city person people state group company team become find say tell describe refer consider"
            " different example part thing way stand purpose reason cause result number amount percent long old large"
            " big high far often most during other also there if after before between under another while than such all"
            " time both same then"
        )
    )
