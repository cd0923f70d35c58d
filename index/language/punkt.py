"""What Punkt says of a full stop: read off its parameters where both words are plain, else asked of nltk itself.

nltk trains the parameters (`punkt.json`). To ask it, all of it must be imported, which costs more than an answer;
of 1,290 full stops that Punkt was asked about in 3,251 articles, all but 60 stand between plain words.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from .. import patterns
from . import wordlists

_PLAIN = patterns.compile(r"[$£€]?(?:[^\W_]+[.,:-])*[^\W_]+(?:['’][^\W\d_]+|%)?\Z")
_NUMBER = patterns.compile(r"\d[\d,.-]*\Z")
_FOLLOWING = patterns.compile(r"(?:[A-Z]\.|[^\W_]+(?:['’-][^\W_]+)*)\Z")


class _Parameters(NamedTuple):
    """What Punkt was trained to know, all in small letters."""

    abbreviations: frozenset[str]
    starters: frozenset[str]
    small: frozenset[str]


@lru_cache(maxsize=16384)
def ask_punkt(word: str, following: str) -> bool:
    """Tell whether the full stop after `word`, or `word` itself if it is "...", ends a sentence.

    `following` is the next word, "" if there is none.
    """
    told = judge_plain(word, following)
    return ask_nltk(word, following) if told is None else told


def judge_plain(word: str, following: str) -> bool | None:
    """Return what nltk's Punkt says of two plain words, worked out without it; None if either is not plain."""
    if following and not _FOLLOWING.match(following):
        return None
    if word.endswith(")"):
        return True  # to Punkt, the bracket and the full stop are words of their own
    last = word.rpartition(":")[2]
    if word != "..." and (not _PLAIN.match(word) or (len(last) == 1 and last.isalpha())):  # a letter is an initial
        return None
    if word == "..." or _is_abbreviation(last.lower()):
        return _begins_sentence(following)
    return not (_NUMBER.match(last) and following[:1].islower())


def _is_abbreviation(word: str) -> bool:
    """Tell whether the word, or its part behind a hyphen, is one; behind an apostrophe another word begins."""
    known = _load_parameters().abbreviations
    return "'" not in word and (word in known or word.rpartition("-")[2] in known)


def _begins_sentence(word: str) -> bool | None:
    """Tell whether a capital begins a sentence here, because the word is else written small; None if not plain."""
    if word and not word.replace("-", "").isalnum():
        return None
    known = _load_parameters()
    return word[:1].isupper() and (word.lower() in known.starters or word.lower() in known.small)


def ask_nltk(word: str, following: str) -> bool:
    """Return what nltk's Punkt says of any two words."""
    mark = "" if word == "..." else "."
    return bool(load_splitter().text_contains_sentbreak(f"{word}{mark} {following or '-'}"))


@cache
def _load_parameters() -> _Parameters:
    stored = json.loads(Path(__file__).with_name("punkt.json").read_text("utf-8"))
    known = wordlists.ABBREVIATIONS | wordlists.PLACE_ABBREVIATIONS
    return _Parameters(
        frozenset(stored["abbreviations"]) | {word.lower() for word in known},
        frozenset(stored["starters"]) | wordlists.STARTERS,
        frozenset(stored["small"].split()),
    )


@cache
def load_splitter() -> Any:
    """Return nltk's splitter with our parameters; it is made once and never changed."""
    from nltk.tokenize.punkt import _ORTHO_MID_LC, PunktParameters, PunktSentenceTokenizer

    known = _load_parameters()
    parameters = PunktParameters()
    parameters.abbrev_types = set(known.abbreviations)
    parameters.sent_starters = set(known.starters)
    # A Counter answers 0 for an unknown word without storing it, so reading from several threads is safe.
    parameters.ortho_context = Counter(dict.fromkeys(known.small, _ORTHO_MID_LC))
    return PunktSentenceTokenizer(parameters)
