"""What the words of a sentence show, whatever is asked: worked out once, and kept for the next questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from .. import patterns
from ..language.terms import analyse, tokenize
from ..language.thesaurus import load_small_words
from ..language.wordlists import (
    CLEAR_DEMONSTRATIVES,
    GROUPS,
    OBJECTS,
    PLACES,
    POSSESSIVES,
    SUBJECTS,
    THIRD_PERSON,
    word_set,
)
from ..model import Article
from ..once import once

_WITHIN = r"[\w,;:)'\"”’] "
# It begins with the capital: a search for one of a few letters skips all others.
_CAPITALISED = patterns.compile(rf"[A-Z](?:(?<={_WITHIN}.)|(?<={_WITHIN}[\"“(].))[\w'’-]*")
_FIRST = patterns.compile(r"\W*([A-Z][\w'’-]*)( [A-Z][a-z])?")
_POINTS_BACK = patterns.compile(
    r"\W*(?:He|She|It|They|His|Her|Its|Their|This|These|That|Those|Such|The (?:former|latter|group|company|team|city"
    r"|country|president|law|act|program|film|song|book|two|man|woman|agency|official))\b"
)
_PRONOUNS = (THIRD_PERSON & (SUBJECTS | OBJECTS | POSSESSIVES)) | CLEAR_DEMONSTRATIVES | {"such"}
_PRONOUN = patterns.compile(rf"\b(?:{'|'.join(sorted(_PRONOUNS))})\b")
_LETTER = patterns.compile(r"\w")
_DIGITS = patterns.compile(r"\d[\d,.]*\Z")
_NUMERALS = word_set("""
    two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty ninety
    hundred hundreds thousand thousands million millions billion billions dozen dozens half one single several many
    couple
""")
_WORD = patterns.compile(r"\w+")

_FIRST_NAME, _MORE = r"[A-Z][\w'’-]{1,40}", r"(?: (?:[A-Z]\.|[A-Z][\w'’-]{0,40}|de|van|von|der|bin|al))"
PERSON = rf"{_FIRST_NAME}{_MORE}{{0,6}}"
"""What may be a person's name, or that of anything else."""
_FULL_NAME = patterns.compile(rf"{_FIRST_NAME}{_MORE}{{1,6}}")

LONGEST_KEPT = 1000
"""Characters of a sentence that is kept at most, so that 4,000 of them never take more than a few megabytes."""


def split_surface(text: str) -> list[str]:
    """Return the words of a text in small letters, stop words among them."""
    return _WORD.findall(text.lower())


def read_surface(text: str) -> Surface:
    """Return what the words of a sentence show; of those asked for last, what was worked out before."""
    return _keep(text) if len(text) <= LONGEST_KEPT else Surface(text)


class Surface:
    """The words of one sentence; each property is worked out when it is first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._told: dict[str, bool] = {}

    def tell(self, name: str, find: Callable[[str], bool]) -> bool:
        """Return what `find` tells of the text; it is asked once under this name."""
        told = self._told.get(name)
        if told is None:
            told = self._told[name] = find(self.text)
        return told

    @once
    def words(self) -> str:
        """The words in small letters with a space before, between and behind them."""
        return f" {' '.join(split_surface(self.text))} "

    @once
    def counts(self) -> tuple[tuple[str | None, ...], tuple[int, ...]]:
        """The term of each word, None for a stop word, and which of the words are numbers, counting from 0."""
        words = tokenize(self.text)
        numbers = [at for at, word in enumerate(words) if word.text.lower() in _NUMERALS or _DIGITS.match(word.text)]
        return tuple([word.term for word in words]), tuple(numbers)

    @once
    def capitals(self) -> tuple[str, ...]:
        """The words with a capital, less the first."""
        return tuple(_CAPITALISED.findall(self.text))

    @once
    def capital_terms(self) -> tuple[tuple[str, ...], ...]:
        """The terms of each of those words."""
        return tuple(map(analyse_word, self.capitals))

    @once
    def opening(self) -> re.Match[str] | None:
        """The first word, if it has a capital, and the beginning of the next, if that has one, too."""
        return _FIRST.match(self.text)

    @once
    def opening_terms(self) -> tuple[str, ...]:
        """The terms of that first word."""
        return analyse_word(self.opening[1]) if self.opening else ()

    @once
    def names(self) -> frozenset[str]:
        """The terms of all words with a capital."""
        return frozenset(self.opening_terms).union(*self.capital_terms)

    @once
    def persons(self) -> frozenset[str]:
        """The terms of its names of two words or more, less those of places and the like."""
        found = filter(is_personal, _FULL_NAME.findall(self.text))
        return frozenset([term for name in found for term in analyse_word(name)])

    @once
    def points_back(self) -> bool:
        """Whether it opens with a word that refers to something said before."""
        return _POINTS_BACK.match(self.text) is not None

    @once
    def has_pronoun(self) -> bool:
        """Whether a word of it may stand for something said before."""
        return _PRONOUN.search(self.text.casefold()) is not None

    @once
    def asks(self) -> bool:
        """Whether it is a question: it ends with a question mark."""
        end = self.text.rfind("?")  # from the end: a run of question marks that ends nothing is looked at once
        return end >= 0 and _LETTER.search(self.text, end) is None

    @once
    def quotes(self) -> bool:
        """Whether it has quotation marks."""
        return '"' in self.text or "“" in self.text


_keep = lru_cache(maxsize=4096)(Surface)

analyse_word = lru_cache(maxsize=4096)(analyse)
"""The terms of a word: articles write the same names again and again."""


def is_personal(name: str) -> bool:
    """Tell whether a name may be a person's: it holds no place and the like."""
    words = [word.removesuffix("'s").removesuffix("’s").lower() for word in name.split()]
    return PLACES.isdisjoint(words) and GROUPS.isdisjoint(words)


def find_capitalised(article: Article, held: Sequence[frozenset[str]], terms: frozenset[str]) -> frozenset[str]:
    """Return those of the terms that the article writes with a capital within sentences, and more often than small.

    `held` has the terms that each sentence holds. At the beginning of a sentence a capital counts with another behind
    it ("Ida Holm"), or for a word that is no plain English and is written small nowhere.
    """
    capital, small, opens = dict.fromkeys(terms, 0), dict.fromkeys(terms, 0), dict[str, str]()
    for sentence, found in zip(article.sentences, held, strict=True):
        here = found & terms
        if not here:
            continue
        surface = read_surface(article.quote(sentence))
        first = surface.opening
        for term in here:
            written = sum([term in word for word in surface.capital_terms])
            if first is not None and term in surface.opening_terms:
                opens[term] = first[1]
                written += first[2] is not None
                small[term] -= first[2] is None
            capital[term] += written
            small[term] += sentence.terms.count(term) - written
    found_names = set()
    for term in terms:
        opening = opens.get(term, "").lower()
        plain = opening == "" or opening in GROUPS or opening in load_small_words()
        if capital[term] > small[term] or (capital[term] == small[term] == 0 and not plain):
            found_names.add(term)
    return frozenset(found_names)
