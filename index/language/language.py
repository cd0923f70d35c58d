"""One value a language: its analyser, its splitter, and what the ranking needs to know of it.

English has modules of its own, and its value points at them. Each other language is a file of data in `served`, named
by its code; to serve one more, put a file there. It is loaded when the first text in that language is met.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Protocol

from . import terms
from .terms import Token

SERVED = Path(__file__).with_name("served")
"""The folder of the languages that are served beside English."""

_NOTHING: frozenset[str] = frozenset()


class SplitSentences(Protocol):
    """The type of `sentences.split_sentences`."""

    def __call__(self, text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
        """Return the sentences of `text[start:end]` as spans `[start, end)` of `text`."""


def _find_no_grams(_: str) -> frozenset[str]:
    return _NOTHING


@dataclass(frozen=True, kw_only=True, eq=False)
class Language:
    """What is known of one language; `code` is that of ISO 639-1, `name` the English name.

    `version` is that of `analyse`: it must change whenever any term does, and only articles of the language are then
    rebuilt. `analyse`, `tokenize`, `tokenize_question` and `split_sentences` do what the functions of these names in
    `terms.py` and `sentences.py` do for English; `find_grams` returns the letter n-grams of a text, none for English.

    `has_rules` tells whether the rules about English sentences hold: synonyms, typing errors, follow-ups, speakers,
    dates, owners of facts, suggestions, digests and meaning. This is the one place that decides it.

    `capitals` tells whether a capital within a sentence makes a name. `asks` has for the name of an answer type the
    pattern of questions, folded by `fold`, that ask for it, the first that is found counts; `holds` the pattern of
    sentences that may answer it, `counted` a pattern of the counting word that "how many" stands before, `courtesy`
    one of what is said without asking, `synonyms` for a term those that may stand for it. `times` are the terms
    that tell a time, `generic` those that ask rather than tell what is asked about. `months` and `weekdays` are the
    names of both, in the order of the calendar. What `wire`, `dates`, `speech` and `follow` hold is told where they
    are used: in `reading/conventions.py`, `citations/dates_by_language.py`, `evidence/speakers_by_language.py` and
    `asking/follow_by_language.py`.
    """

    code: str
    name: str
    version: str
    analyse: Callable[[str], tuple[str, ...]]
    tokenize: Callable[[str], tuple[Token, ...]]
    tokenize_question: Callable[[str], tuple[Token, ...]]
    split_sentences: SplitSentences
    fold: Callable[[str], str] = str.casefold
    find_grams: Callable[[str], frozenset[str]] = _find_no_grams
    has_rules: bool = False
    capitals: bool = True
    by_character: bool = False
    asks: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    holds: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    times: frozenset[str] = _NOTHING
    generic: frozenset[str] = _NOTHING
    months: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()
    wire: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    counted: str = ""
    courtesy: str = ""
    synonyms: Mapping[str, frozenset[str]] = field(default_factory=dict)
    speech: Mapping[str, Any] = field(default_factory=dict)
    follow: Mapping[str, str] = field(default_factory=dict)


def _split_english(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    from .sentences import split_sentences  # late: a question to a library splits no text

    return split_sentences(text, start, end)


ENGLISH = Language(
    code="en",
    name="English",
    version=terms.ANALYSER,
    analyse=terms.analyse,
    tokenize=terms.tokenize,
    tokenize_question=terms.tokenize_question,
    split_sentences=_split_english,
    has_rules=True,
)


@lru_cache(maxsize=256)
def find_language(code: str) -> Language | None:
    """Return the language with this code; None if it is not served."""
    if code == ENGLISH.code:
        return ENGLISH
    if not (len(code) < 4 and code.isascii() and code.isalpha() and code.islower()):  # it may be a stranger's
        return None
    path = SERVED / f"{code}.toml"
    return _read_language(code, path.read_text("utf-8")) if path.is_file() else None


@lru_cache(maxsize=256)
def get_language(code: str) -> Language:
    """Return the language with this code, English for one that is not served: as such articles were read before."""
    return find_language(code) or ENGLISH


@cache
def list_languages() -> tuple[str, ...]:
    """Return the codes of the languages that are served, English first."""
    return (ENGLISH.code, *sorted(path.stem for path in SERVED.glob("*.toml")))


def _read_language(code: str, text: str) -> Language:
    """Return the language whose data these are; see `served/de.toml` for what each key means.

    Raises:
        ValueError: the text is not TOML.
        TypeError: a key is not known.
    """
    import tomllib

    from .analyser import Analyser
    from .splitter import Splitter

    stored = tomllib.loads(text)
    months, weekdays = (tuple(stored.pop(key, "").split()) for key in ("months", "weekdays"))
    times = f"{stored.pop('times', '')} {' '.join((*months, *weekdays))}"
    analyser = Analyser(**_read_words(stored.pop("words")))
    splitter = Splitter(**_read_words(stored.pop("sentences", {})))
    asks, holds = (
        {name: analyser.compile_words(words) for name, words in stored.pop(key, {}).items()}
        for key in ("asks", "holds")
    )
    return Language(
        code=code,
        analyse=analyser.analyse,
        tokenize=analyser.tokenize,
        tokenize_question=analyser.tokenize_question,
        fold=analyser.fold,
        find_grams=analyser.find_grams,
        split_sentences=splitter.split_sentences,
        by_character=analyser.by_character,
        times=frozenset(analyser.analyse(times)),
        synonyms=_group_synonyms(stored.pop("synonyms", ""), analyser.analyse),
        generic=frozenset(analyser.analyse(stored.pop("generic", ""))),
        months=months,
        weekdays=weekdays,
        asks=asks,
        holds=holds,
        **stored,
    )


def _group_synonyms(lines: str, analyse: Callable[[str], tuple[str, ...]]) -> Mapping[str, frozenset[str]]:
    """Return the terms that stand for each other: those of the words of one line, each by its first longest term."""
    found: dict[str, frozenset[str]] = {}
    for line in lines.strip().splitlines():
        group = frozenset([max(terms, key=len) for word in line.split() if (terms := analyse(word))])
        for term in group:
            found[term] = found.get(term, frozenset()) | group - {term}
    return found


def _read_words(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys with lists of words, which stand in one text, as tuples."""
    lists = ("stop", "asking", "prefixes", "numbers", "letters", "abbreviations", "goes_on")
    return {key: tuple(value.split()) if key in lists else value for key, value in stored.items()}
