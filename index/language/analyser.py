"""The analyser of every language but English: from text to index terms, by the data of the language.

Words are stemmed by Snowball where it knows the language; Chinese, Japanese and Korean are cut into characters and
pairs of neighbours. Pure and safe to call from several threads. Offsets are code points of the text as given.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from .. import patterns
from .terms import Token

# What stands above, below or between the letters of a word without being one: `\w` finds none of it.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4"
    "\u06e7\u06e8\u06ea-\u06ed\u0900-\u0903\u093a-\u093c\u093e-\u094f\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc"
    "\u09be-\u09cd\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1ab0-\u1aff\u3099\u309a\u00ad\u200b-\u200d\u2060\ufeff"
)
_LETTER = r"[^\W_]"
# All repeats are bounded: a line that is one word of 5 MB takes linear time.
_PART = rf"{_LETTER}(?:{_LETTER}|[{_MARKS}]){{0,39}}"
_NUMBER = rf"\d{{1,40}}(?:[.,\u066b\u066c]\d{{1,40}}){{0,9}}(?!{_LETTER})"
_RUN = patterns.compile(
    "[\u1100-\u11ff\u3005\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U000323af]{1,40}"
)
"""Characters of Chinese, Japanese and Korean in a row."""
_UNSEEN = patterns.compile("[\u00ad\u0640\u200b-\u200d\u2060\ufeff'’ʼ]")
_LONGEST_WORD = 40
SHORTEST_STEM = 3
"""Letters that are left of a word at least when what stands before it is cut off."""

SHORTEST_GRAM, LONGEST_GRAM = 3, 5
"""Letters of the n-grams by which words are compared."""

_thread = threading.local()


@dataclass(frozen=True, eq=False)
class Analyser:
    """How the terms of a language are made.

    `stemmer` is Snowball's name of it, "" for none. `accents` tells whether they tell words apart; if not they are left
    out. `letters` are pairs of letters such as "ß=ss": the first is written as the second. `joins` are signs that may
    stand within a word, such as the apostrophe in Ukrainian. Words of `stop` have no term, those of `asking` none in
    questions. `prefixes` are cut off words of which three letters are left, as Arabic writes "and the" before them.
    `numbers` are pairs such as "zwei=2". With `by_character` the terms are characters and pairs of them.
    """

    stemmer: str = ""
    accents: bool = False
    letters: tuple[str, ...] = ()
    joins: str = ""
    stop: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    by_character: bool = False

    def tokenize(self, text: str) -> tuple[Token, ...]:
        """Return the words of the text in order, stop words included; `()` for a text without words."""
        found = []
        for match in self._unit.finditer(text):
            at = match.start()
            found += [
                Token(text[at + start : at + end], at + start, at + end, term)
                for start, end, term in self._split(match.group())
            ]
        return tuple(found)

    def analyse(self, text: str) -> tuple[str, ...]:
        """Return the index terms of the text in order, without stop words; a term holds no white space."""
        return tuple([term for unit in self._unit.findall(text) for _, _, term in self._split(unit) if term])

    def tokenize_question(self, text: str) -> tuple[Token, ...]:
        """Return the words of a question; those that only ask have no terms."""
        tokens = self.tokenize(text)
        asking = [match.span() for match in self._asking.finditer(text.casefold())] if self.asking else []
        return tuple(
            token._replace(term=None)
            if any(start < token.end and token.start < end for start, end in asking)
            else token
            for token in tokens
        )

    def fold(self, text: str) -> str:
        """Return the text in small letters and, where they do not count, without accents."""
        small = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).translate(self._letters).casefold())
        return small if self.accents else _strip_marks(small)

    def find_grams(self, text: str) -> frozenset[str]:
        """Return the letter n-grams of the text's words, three to five letters long, without those of stop words.

        None where the terms are characters and pairs of them: there they find nothing more.
        """
        if self.by_character:
            return frozenset()
        return frozenset().union(*[self._cut(unit) for unit in self._unit.findall(text)])

    def compile_words(self, words: str) -> re.Pattern[str]:
        """Return a pattern that finds any of some words or phrases, parted by "|", in a folded text.

        What begins with "(?" is a pattern itself.
        """
        if words.startswith("(?"):
            return re.compile(words)
        parts = [" ".join(part.split()) for part in self.fold(words).split("|")]
        edge = ("", "") if self.by_character else (rf"(?<!{_LETTER})", rf"(?![{_MARKS}]|{_LETTER})")
        return re.compile(f"{edge[0]}(?:{'|'.join(sorted(parts, key=len, reverse=True))}){edge[1]}")

    @cached_property
    def _unit(self) -> re.Pattern[str]:
        joined = rf"(?:[{re.escape(self.joins)}]{_PART}){{0,3}}" if self.joins else ""
        return re.compile(rf"{_NUMBER}|{_PART}{joined}|[%‰$€£¥₩₹₽₺]")

    @cached_property
    def _asking(self) -> re.Pattern[str]:
        edge = ("", "") if self.by_character else (rf"(?<!{_LETTER})", rf"(?![{_MARKS}]|{_LETTER})")
        words = sorted((re.escape(word) for word in self.asking), key=len, reverse=True)
        return re.compile(f"{edge[0]}(?:{'|'.join(words)}){edge[1]}")

    @cached_property
    def _letters(self) -> Mapping[int, str]:
        pairs = [pair.split("=") for pair in self.letters]
        return {ord(one): other for one, other in pairs}

    @cached_property
    def _stop(self) -> frozenset[str]:
        return frozenset([form for word in self.stop for form in (word, self.fold(word))])

    @cached_property
    def _numbers(self) -> Mapping[str, str]:
        pairs = [pair.split("=") for pair in self.numbers]
        return {self.fold(word): number for word, number in pairs}

    @cached_property
    def _split(self) -> Callable[[str], tuple[tuple[int, int, str | None], ...]]:
        """The words in one match of `_unit`, each with its start, end and term; those met last are remembered."""
        return lru_cache(maxsize=32768)(lambda unit: tuple(self._split_unit(unit)))

    @cached_property
    def _cut(self) -> Callable[[str], frozenset[str]]:
        """The n-grams of one match of `_unit`; those met last are remembered."""
        return lru_cache(maxsize=8192)(self._cut_unit)

    def _split_unit(self, unit: str) -> Iterator[tuple[int, int, str | None]]:
        place = 0
        for run in _RUN.finditer(unit) if self.by_character else ():
            if run.start() > place:
                yield place, run.start(), self._make_term(unit[place : run.start()])
            yield from _pair_characters(run.group(), run.start(), self._stop)
            place = run.end()
        if place < len(unit):
            yield place, len(unit), self._make_term(unit[place:])

    def _make_term(self, written: str) -> str | None:
        """Return the term of a word; None for a stop word."""
        plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", written).translate(self._letters).casefold())
        plain = unicodedata.normalize("NFC", plain)
        if not plain or plain in self._stop:
            return None
        if plain[0].isdigit():
            return _write_digits(plain)
        folded = plain if self.accents else _strip_marks(plain)  # before the stemmer: many people type no accents
        if folded in self._numbers:
            return self._numbers[folded]
        bare = next((folded[len(one) :] for one in self.prefixes if folded.startswith(one)), "")
        word = bare if len(bare) >= SHORTEST_STEM else folded
        stem = _stem(word, self.stemmer) if self.stemmer else word
        return stem or word or plain  # Snowball leaves nothing of some words

    def _cut_unit(self, unit: str) -> frozenset[str]:
        word = _UNSEEN.sub("", self.fold(unit))
        if word in self._stop:
            return frozenset()
        sizes = range(SHORTEST_GRAM, LONGEST_GRAM + 1)
        return frozenset([word[at : at + size] for size in sizes for at in range(len(word) - size + 1)])


def _pair_characters(run: str, at: int, stop: frozenset[str]) -> Iterator[tuple[int, int, str | None]]:
    """Yield each character of a run, and behind it its pair with the next; `at` is where the run begins."""
    whole = unicodedata.normalize("NFKC", run)
    same = len(whole) == len(run)  # else letters are written in parts: then each pair has the place of the run
    for place, character in enumerate(whole):
        start = at + place if same else at
        yield start, start + 1 if same else at + len(run), None if character in stop else character
        if place + 1 < len(whole):
            yield start, start + 2 if same else at + len(run), whole[place : place + 2]


def _strip_marks(text: str) -> str:
    """Return the text without accents and vowel signs that stand above or below letters."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join([letter for letter in parts if not unicodedata.combining(letter)]))


def _write_digits(number: str) -> str:
    """Return a number with the digits 0 to 9, whatever digits it is written in."""
    return "".join([str(unicodedata.digit(sign, sign)) for sign in number])


def _stem(word: str, algorithm: str) -> str:
    """Return PyStemmer's stem; a stemmer must not be shared between threads, so each thread has its own."""
    stemmers: dict[str, Any] = _thread.__dict__
    stemmer = stemmers.get(algorithm)
    if stemmer is None:
        from Stemmer import Stemmer

        stemmer = stemmers[algorithm] = Stemmer(algorithm, 0)
    return str(stemmer.stemWord(word))
