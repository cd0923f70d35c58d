"""Typing errors: a word that the articles lack is read as one that they have, if it is a slip away.

Words of plain English are never changed: that the article lacks "cost" says something, though it has "coast".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache

from ..evidence import question
from ..language import wordlists
from ..language.similarity import edit_distance
from ..language.terms import Token, analyse
from ..language.thesaurus import load_groups, load_opposites
from ..model import Article

_ENDINGS = ("", "e", "s", "ed", "ing")
_ENDING = re.compile(r"(?:ed|ing|e?s|e)\Z")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")

SHORTEST = 5
"""Letters of a word that is looked at: a slip makes too many short words another."""

LONG = 9
"""Letters from which two slips are forgiven."""


def find_slips(tokens: Iterable[Token], unknown: Collection[str]) -> tuple[Token, ...]:
    """Return the question's words that may be typing errors; `unknown` are its terms that no article has."""
    return tuple(
        token
        for token in tokens
        if token.term in unknown and len(token.text) >= SHORTEST and token.text.isalpha() and not _is_plain(token)
    )


def correct(text: str, suspects: Iterable[Token], articles: Iterable[Article]) -> str | None:
    """Return the question with the suspects replaced by words of these articles; None if none is close to one."""
    known = _collect_words(articles)
    mended, place = [], 0
    for token in suspects:
        meant = _find_nearest(token.text.lower(), known)
        if meant is not None and meant != token.text.lower() and token.start >= place:
            mended += [text[place : token.start], known[meant]]
            place = token.end
    return "".join([*mended, text[place:]]) if mended else None


def _collect_words(articles: Iterable[Article]) -> dict[str, str]:
    """Return the articles' words as first written, by each lower-case form in which a question may use them.

    "arrived" stands under "arrive", too: who types "arriev" means that, and it is two slips from "arrived".
    """
    found: dict[str, str] = {}
    for article in articles:
        for word in _WORD.findall("\n".join([*map(article.quote, article.sentences), article.title])):
            found.setdefault(word.lower(), word)
    for form, word in list(found.items()):
        bare = _ENDING.sub("", form, count=1)
        for other in [bare + ending for ending in _ENDINGS] if len(bare) >= SHORTEST - 1 else []:
            if other not in found and analyse(other) == analyse(form):
                found[other] = word
    return found


def _find_nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is fewest slips away, the alphabetically first of several; None if none is close."""
    most = 1 + (len(word) >= LONG)
    letters, near = set(word), range(len(word) - most, len(word) + most + 1)
    found = [
        (off, other)
        for other in known
        if len(other) in near and len(letters.symmetric_difference(other)) <= 2 * most and other not in wordlists.STOP
        for off in (edit_distance(word, other),)
        if off <= most
    ]
    return min(found)[1] if found else None


def _is_plain(token: Token) -> bool:
    return token.term in _list_plain_terms() or token.text.lower() in wordlists.FORMS.keys() | wordlists.STOP


@cache
def _list_plain_terms() -> frozenset[str]:
    """Return the terms of plain English that the tables hold."""
    return frozenset(load_groups()) | question.list_generic_terms() | load_opposites().keys()
