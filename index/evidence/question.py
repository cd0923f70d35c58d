"""A question: its terms, its names, and the type of answer it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from itertools import pairwise
from typing import NamedTuple

from .. import patterns
from ..language.calendar import MONTH, MONTHS, SHORT_MONTHS, WEEKDAYS, parse_month
from ..language.language import ENGLISH, Language
from ..language.similarity import dice_similarity
from ..language.terms import Token, analyse, spell_out, tokenize_question
from ..language.thesaurus import find_synonyms, load_groups
from ..language.wordlists import OFFICES, TITLES
from ..model import Article
from .answer_types import AnswerType, find_counted, find_types
from .surface import split_surface

_DEFINED = patterns.compile(
    r"\W*(?:what|who)(?:['’]s| is| are| was| were) (?:the |an? )?([^?]*\w)\W*\Z", re.IGNORECASE, rare=True
)
_CAPITAL = patterns.compile(r"[A-Z\d]")
_NEGATION = patterns.compile(
    r"\b(?:not|never|cannot|without|fail(?:s|ed|ing)?|lack(?:s|ed)?|except|other than|neither|unable"
    r"|(?:is|was|did|do|does|ca|were)nt)\b|n['’]t\b",
    rare=True,
)
_WHEN = patterns.compile(
    rf"[\s,]\s?(?:in|during|of|from|for|since|this|last)\s(?:early\s|late\s|mid-)?(?:(?P<month>{MONTH})\b,?)?"
    r"(?:\s?(?P<year>20\d\d)\b)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Question:
    """A question as understood, made once; `words` maps each distinct index term, in order, to the asker's word.

    `asked` is what the person typed, `text` what is answered: the same, but for follow-ups and typing errors. `spelled`
    is `text` with its short spellings written out, as they are in `words`: no article holds “ppl”. `kind` is the broad
    type of answer, `wants` the fine one (`answer_types.py`), `counted` holds the terms of what "how many" counts, with
    their synonyms. `small` holds the terms that may be names in small letters: none where a word after the first has a
    capital. `synonyms` holds for each term the terms that may stand for it, `pairs` the neighbouring words in small
    letters, each as " one other ", `plain` the terms that are neither names nor words of asking. `grams` are the letter
    n-grams of a question in another language than English: there `spelled` is "". `whole` has the words between spaces,
    by a term of each, where the terms are made of characters.
    """

    asked: str
    text: str
    spelled: str
    words: Mapping[str, str]
    names: frozenset[str]
    small: frozenset[str]
    kind: AnswerType
    wants: AnswerType
    counted: frozenset[str]
    synonyms: Mapping[str, frozenset[str]]
    pairs: frozenset[str]
    plain: tuple[str, ...]
    language: Language = ENGLISH
    grams: frozenset[str] = frozenset()
    whole: Mapping[str, str] = field(default_factory=dict)

    @property
    def understood(self) -> str | None:
        """The question that is answered where it is not the one that was typed, else None."""
        return None if self.text == self.asked else self.text

    @property
    def told(self) -> Mapping[str, str]:
        """The asker's words that a reason can name, each by the term that tells whether it is there."""
        return self.whole or self.words

    @property
    def terms(self) -> tuple[str, ...]:
        """The distinct index terms, in question order; () when nothing can be looked for."""
        return tuple(self.words)

    def find_alike(self, terms: Iterable[str]) -> frozenset[str]:
        """Return the terms that have a synonym among these."""
        if self._all_synonyms.isdisjoint(terms):  # as in most sentences
            return frozenset()
        return frozenset([term for term, others in self.synonyms.items() if not others.isdisjoint(terms)])

    def rate_holding(self, term: str, terms: frozenset[str]) -> float:
        """Return how well some terms hold one of the question: 1 itself, 0.8 a synonym, less one spelled like it."""
        if term in terms:
            return 1.0
        if not self.synonyms.get(term, frozenset()).isdisjoint(terms):
            return 0.8
        return dice_similarity(term, terms)

    @cached_property
    def _all_synonyms(self) -> frozenset[str]:
        return frozenset().union(*self.synonyms.values())

    @cached_property
    def initials(self) -> frozenset[str]:
        """The first letters of its terms: a term is spelled like one of them only if it begins like that."""
        return frozenset([term[0] for term in self.words])

    @cached_property
    def generic(self) -> frozenset[str]:
        """The terms that ask rather than tell in its language."""
        return list_generic_terms() if self.language.has_rules else self.language.generic

    @cached_property
    def times(self) -> frozenset[str]:
        """The terms that tell a time in its language, years aside."""
        return list_time_terms() if self.language.has_rules else self.language.times

    @cached_property
    def is_negated(self) -> bool:
        """Whether it asks what is not so."""
        return _NEGATION.search(self.spelled.casefold()) is not None

    @cached_property
    def period(self) -> Period | None:
        """The month or the year that the question is about, "in September", "in 2026"; None if it names none."""
        if not self.language.has_rules:
            return None
        match = next((one for one in _WHEN.finditer(self.text) if one["month"] or one["year"]), None)
        if match is None:
            return None
        rest = read_question(f"{self.text[: match.start()]}{self.text[match.end() :]}", self.asked)
        month, year = match["month"], match["year"]
        terms = frozenset(analyse(match[0]))
        return Period(parse_month(month) if month else None, int(year) if year else None, terms, rest)

    def ask_of(self, article: Article) -> Question:
        """Return the question as it is asked of an article: without its month and year if the article is of then.

        An article of September says "on Friday", and nowhere "September"; where it says that, the word counts.
        """
        period = self.period
        if period is None or not period.rest.words or not period.holds(article.published):
            return self
        return self if any(not period.terms.isdisjoint(one.terms) for one in article.sentences) else period.rest

    @cached_property
    def defined(self) -> re.Pattern[str] | None:
        """A pattern for a definition of the thing asked about, as in "What is ROK?"; None if none is asked for."""
        match = _DEFINED.match(self.spelled)
        if match is None or len(match[1].split()) > 4:
            return None
        verb = r"(?:is|are|was|were|means?|refers?|stands?|consists?)"
        return re.compile(rf"\b{re.escape(match[1])}\b[^.]{{0,40}}?\b{verb}\b", re.IGNORECASE)


class Period(NamedTuple):
    """The `month`, 1 to 12, and the `year` that a question names, None for none; `rest` is the question without them.

    `terms` are those of the words that name them.
    """

    month: int | None
    year: int | None
    terms: frozenset[str]
    rest: Question

    def holds(self, moment: datetime | None) -> bool:
        """Tell whether the moment is in that month of that year; of no moment, it is not."""
        return moment is not None and self.month in (None, moment.month) and self.year in (None, moment.year)


def read_question(text: str, asked: str | None = None, tokens: tuple[Token, ...] | None = None) -> Question:
    """Analyse a question; one without any term that can be looked for has no `terms`.

    `asked` is what the person typed, where that is not `text`; `tokens` are those of `text`, where they are known.
    """
    tokens = tokenize_question(text) if tokens is None else tokens
    spelled = spell_out(text)
    words: dict[str, str] = {}
    names, small = set(), set()
    cased = False
    for at, token in enumerate(tokens):
        if token.term is not None:
            words.setdefault(token.term, token.text if spelled == text else spell_out(token.text))
            if at and _CAPITAL.match(token.text):
                cased = cased or token.text[0].isalpha()
                names.add(token.term)
            elif at:
                small.add(token.term)
    names -= _list_titles()
    kind, wants = find_types(spelled)
    known = load_groups()
    counted = find_counted(text, tokens)
    return Question(
        asked=text if asked is None else asked,
        text=text,
        spelled=spelled,
        words=words,
        names=frozenset(names),
        small=frozenset() if cased else frozenset(small - _list_titles()),
        kind=kind,
        wants=wants,
        counted=counted.union(*[find_synonyms(term) for term in counted]),
        synonyms={term: find_synonyms(term) - words.keys() for term in words if term in known},
        pairs=pair_words(spelled),
        plain=tuple(term for term in words if term not in names and term not in list_generic_terms()),
    )


def pair_words(text: str) -> frozenset[str]:
    """Return the neighbouring words of a text, stop words among them, in small letters, each pair as " one other "."""
    return frozenset([f" {one} {other} " for one, other in pairwise(split_surface(text))])


@cache
def _list_titles() -> frozenset[str]:
    """Return the terms that are no names of their own, though they have a capital before one: "President Holm"."""
    return frozenset([term for word in OFFICES | TITLES for term in analyse(word)])


@cache
def list_generic_terms() -> frozenset[str]:
    """Return the terms that ask rather than tell what is asked about; finding them proves little."""
    return frozenset(
        analyse(
            "take place happen occur use name type kind call know make do get go give main mean term many much first"
            " year country city person people state group company team become find say tell describe refer consider"
            " different example part thing way stand purpose reason cause result number amount percent long old large"
            " big high far often most during other also there if after before between under another while than such all"
            " time both same then"
        )
    )


@cache
def list_time_terms() -> frozenset[str]:
    """Return the terms that tell a time, years aside."""
    return frozenset(
        analyse(
            " ".join((*MONTHS, *WEEKDAYS, *({*SHORT_MONTHS} - {"Mar"})))  # "Mars" has the stem "mar"
            + " today yesterday tomorrow century decade year month week day"
            " hour minute ago spring summer autumn winter noon midnight morning evening night weekend"
        )
    )
