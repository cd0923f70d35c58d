"""Whose fact it is: whether a sentence gives what is asked for, and gives it of the one who is asked about.

An age, a spouse, a sentence in prison belongs to the person beside it, and words belong to who said them. No tagger
tells persons from other names here; where nothing tells that a fact is somebody else's, it may be the answer.
"""

from __future__ import annotations

import re
from functools import cache

from .. import patterns
from ..language.calendar import MONTHS, WEEKDAYS
from ..language.terms import analyse
from ..language.wordlists import IT, SUBJECTS, THIRD_PERSON
from .answer_types import TYPES, AnswerType
from .answer_words import WORDS_ASKED
from .speakers import find_speaker
from .surface import PERSON, Surface, is_personal
from .views import NOTHING, ArticleView, SentenceView

_WORDS = next(row for row in TYPES if row.name == "words")
_OWNER = patterns.compile(WORDS_ASKED, re.IGNORECASE)
_AGE_OF = patterns.compile(
    rf"\b\d{{1,3}}[- ]year[- ]old (?:[a-z-]{{1,20}},? ){{0,4}}(?P<after>{PERSON})"
    rf"|(?P<before>{PERSON})(?: is| was| turned|,| \()(?: aged| an?)? ?\d{{1,3}}\b\)?"
)
_NAME = patterns.compile(PERSON)
_PRONOUN = patterns.compile(
    rf"\b(?:{'|'.join(sorted((THIRD_PERSON - IT) | {'i', 'my', 'we', 'our'}))})\b", re.IGNORECASE
)
_FACTS = patterns.compile(r"\b(?:votes?|prison|jail|sentenced?|salary|wages?|born|birthday)\b", re.IGNORECASE)
"""Words of questions for facts that are somebody's, whatever their type."""
_BREAK = patterns.compile(r"\b(?:of|in|at|from|for|on|with|after|about|who)\b")
_ONLY_AGE = frozenset(analyse("age old"))
_CLOSE = 2
"""Terms from a name to who it is at most: "Jerome Wesevich, a staff attorney"."""


def is_given(view: SentenceView) -> bool:
    """Tell whether what is asked for stands in the sentence, or beside it where that counts, and is of the right one.

    True if the question asks for nothing that a sentence must hold.
    """
    wants = view.question.wants
    if not wants.lacking:
        return True
    around = [view]
    if wants.nearby:
        last = len(view.article_view.article.sentences)
        around += [
            view.article_view.sentence(number)
            for number in (view.sentence.number - 1, view.sentence.number + 1)
            if 0 < number <= last
        ]
    if wants.name == "words":
        return any(are_words_of_asked(each) for each in around)
    return any(holds(each) for each in around)


def holds(view: SentenceView) -> bool:
    """Tell whether this very sentence gives what is asked for, of the right one."""
    wants = view.question.wants
    if wants.name == "words":
        return are_words_of_asked(view)
    if wants.named and not find_new_names(view):
        return wants.by_terms and wants.is_held_in(view.surface, NOTHING, fits=False)
    if not view.wanted:
        return False
    names = view.article_view.names
    if wants.name == "age" and is_age_of_others(view.text, names, wants):
        return False
    return not (
        names
        and (wants.personal or _FACTS.search(view.question.spelled))
        and is_of_others(view.text, names, view.article_view.persons)
    )


def tells_age(view: SentenceView) -> bool:
    """Tell whether nothing but somebody's age is asked for, and it stands beside the name: "Ada Holm, 52,"."""
    article = view.article_view
    if view.question.wants.name != "age" or not article.names or not _ONLY_AGE.issuperset(article.plain):
        return False
    return any(_is_asked(match["after"] or match["before"], article.names) for match in _AGE_OF.finditer(view.text))


def is_told(article: ArticleView) -> bool:
    """Tell whether any sentence of the article gives what is asked for, of the right one."""
    return any(holds(article.sentence(sentence.number)) for sentence in article.article.sentences)


def find_whom(article: ArticleView) -> str:
    """Return whom the question asks about, in its own words; "" if it names nobody that the article has."""
    question = article.question
    whose = find_owner(question.spelled)
    if question.wants.name == "words" and whose:
        return whose if article.known.issuperset(analyse(whose)) else ""
    if not article.names or not article.names <= article.known:
        return ""
    return " ".join([word for term, word in question.words.items() if term in article.names])


def find_owner(text: str) -> str | None:
    """Return the words of the question that name whose words are asked for; None if it asks for none."""
    match = _OWNER.search(text)
    return None if match is None else match["whose"] or match["owner"]


def find_new_names(view: SentenceView) -> frozenset[str]:
    """Return the terms of the sentence's names that the question lacks, days and months left out."""
    words = [*view.surface.capitals]
    first = _NAME.match(view.text.lstrip("\"“'‘( "))
    if first is not None and (" " in first[0] or view.article_view.names.intersection(analyse(first[0]))):
        words.append(first[0])
    found = {term for word in words for term in analyse(word)}
    return frozenset(found) - view.question.words.keys() - _list_dates()


def is_age_of_others(text: str, names: frozenset[str], row: AnswerType) -> bool:
    """Tell whether each age in the text stands beside another name than those asked about."""
    if not names:
        return False
    rest, others = text, False
    for match in _AGE_OF.finditer(text):
        if not _is_asked(match["after"] or match["before"], names):
            others = True
            rest = rest.replace(match[0], " ")
    return others and not row.is_held_in(Surface(rest), NOTHING, fits=False)


def is_of_others(text: str, names: frozenset[str], persons: frozenset[str] = NOTHING) -> bool:
    """Tell whether the text is of persons, but not of those asked about, by name or by a pronoun.

    `persons` are terms of names that are persons' wherever they stand alone.
    """
    if not names:
        return False
    found = [match for match in _NAME.finditer(text) if _may_be_person(match[0], persons)]
    if not found or any(_is_asked(match[0], names) for match in found):
        return False
    if any(not names.isdisjoint(analyse(match[0])) for match in found):
        return True  # another of the same family
    pronoun = _PRONOUN.search(text)
    return names.isdisjoint(analyse(text)) and (pronoun is None or found[0].start() < pronoun.start())


def are_words_of_asked(view: SentenceView) -> bool:
    """Tell whether the sentence says something, and nobody else says it than whom the question names."""
    if not _WORDS.is_held_in(view.surface, NOTHING, fits=False):
        return False
    whose = find_owner(view.question.spelled)
    head = () if whose is None else analyse(_BREAK.split(whose)[0])[-1:] or analyse(whose)[:1]
    if whose is None or not head or whose.lower().split()[-1] in SUBJECTS | THIRD_PERSON:
        return True
    article = view.article_view
    wanted = frozenset(head) | view.question.synonyms.get(head[0], NOTHING)
    speaker = find_speaker(article.article, view.sentence)
    if speaker is None:
        around = view.window | article.title if _PRONOUN.search(view.text) else frozenset(view.terms)
        return not wanted.isdisjoint(around)
    said = frozenset(analyse(speaker.text))
    if head[0] not in article.names:
        return not wanted.isdisjoint(said) or _are_close(article, said, wanted)
    named = _NAME.findall(speaker.text.removeprefix("The "))
    asked = article.names.intersection(analyse(whose))
    return any(_is_asked(name, asked) for name in named) or (not named and _are_close(article, said, wanted))


def _are_close(article: ArticleView, some: frozenset[str], others: frozenset[str]) -> bool:
    """Tell whether the article once has terms of both next to each other: a name and who that is."""
    for sentence in article.article.sentences:
        places = [at for at, term in enumerate(sentence.terms) if term in some]
        if places and any(
            abs(at - place) <= _CLOSE
            for at, term in enumerate(sentence.terms)
            if term in others
            for place in places[:9]
        ):
            return True
    return False


def _is_asked(person: str, names: frozenset[str]) -> bool:
    """Tell whether the name is that of the one asked about: one has nothing that the other lacks."""
    terms = frozenset(analyse(person))
    return not names.isdisjoint(terms) and (terms <= names or names <= terms or len(terms & names) > 1)


def _may_be_person(name: str, persons: frozenset[str]) -> bool:
    return (" " in name or not persons.isdisjoint(analyse(name))) and is_personal(name)


@cache
def _list_dates() -> frozenset[str]:
    return frozenset(analyse(" ".join((*MONTHS, *WEEKDAYS))))
