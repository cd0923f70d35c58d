"""Typing errors: a word that the articles lack is read as one that they have, if it is a slip away.

Words of plain English are never changed: that the article lacks "cost" says something, though it has "coast". Nor is a
word that is made of the article's own: a "goalie" is no "goal", and "unpopular" is not "popular".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache, lru_cache

from .. import patterns
from ..evidence import question
from ..headings import quote_headings
from ..language import wordlists
from ..language.similarity import edit_distance
from ..language.terms import Token, analyse
from ..language.thesaurus import load_groups, load_opposites, load_plain_terms, load_small_words
from ..model import Article

_ENDINGS = ("", "e", "s", "ed", "ing")
_ENDING = patterns.compile(r"(?:ed|ing|e?s|e)\Z")
_VOWEL = patterns.compile("[aeiou]")
_PREFIX = patterns.compile(r"\A(?:un|in|im|dis|re|non|mis|over|under)-?(?=\w{4})")
_SUFFIX = patterns.compile(
    r"(?:(?:er|or|ar|ie|y|ist|ism|ness|ment|ful|less|al|ly|ally|fully|ity|ive|ous|ion|tion|ation|ance|ence|ship|ery|ure"
    r"|ed|ing|ise|ize|en|est|hood|man|men|ic|ia)?(?:e?s)?|e)\Z"
)

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
    suspects = tuple(suspects)
    if not suspects:
        return None
    known = _collect_words(articles, [token.text.lower() for token in suspects])
    mended, place = [], 0
    for token in suspects:
        meant = _find_nearest(token.text.lower(), known)
        if meant is not None and token.start >= place:
            mended += [text[place : token.start], known[meant]]
            place = token.end
    return "".join([*mended, text[place:]]) if mended else None


def _collect_words(articles: Iterable[Article], suspects: Collection[str]) -> dict[str, str]:
    """Return the articles' words as first written, by each lower-case form in which a question may use them.

    Only words that begin as a suspect may are there, and forms that differ from them if they are about as long.

    "arrived" stands under "arrive", too: who types "arriev" means that, and it is two slips from "arrived".
    """
    found: dict[str, str] = {}
    words = _compile_words("".join(sorted({letter for word in suspects for letter in word[:2]})))
    for article in articles:
        texts = [*map(article.quote, article.sentences), *quote_headings(article).values(), article.title]
        for word in words.findall("\n".join(texts)):
            found.setdefault(word.lower(), word)
    for form, written in list(found.items()):
        bare = _ENDING.sub("", form, count=1)
        for other in [bare + ending for ending in _ENDINGS] if len(bare) >= SHORTEST - 1 else []:
            if (
                other not in found
                and any(_begin_alike(word, other) for word in suspects)
                and analyse(other) == analyse(form)
            ):
                found[other] = written
    return found


@lru_cache(maxsize=256)
def _compile_words(letters: str) -> re.Pattern[str]:
    """Return a pattern of the words that begin with one of the letters.

    It begins with them, since a search for one of a few letters skips the rest of a text ten times as fast.
    """
    letter = r"[^\W\d_]"
    is_first = rf"(?<!{letter}.)(?<!{letter}['’-].)"
    return re.compile(rf"[{letters}{letters.upper()}]{is_first}{letter}*(?:['’-]{letter}+)*")


def _find_nearest(word: str, known: Mapping[str, str]) -> str | None:
    """Return the known word that is fewest slips away, the alphabetically first of several; None if none is close."""
    most = _count_forgiven(word)
    letters = set(word)
    found = [
        (off, other)
        for other in known
        if _begin_alike(word, other)
        and len(letters.symmetric_difference(other)) <= 2 * most
        and other not in wordlists.STOP
        and not is_derived(word, known[other].lower())
        for off in (edit_distance(word, other),)
        if off <= most
    ]
    return min(found)[1] if found else None


def _begin_alike(word: str, other: str) -> bool:
    """Tell whether two words may be a slip apart by their lengths and first letters: nobody mistypes the first."""
    most = _count_forgiven(word)
    return -most <= len(word) - len(other) <= most and (word[0] == other[0] or word[:2] == other[1::-1])


def _count_forgiven(word: str) -> int:
    """Return how many slips a word may hold."""
    return 1 + (len(word) >= LONG)


def is_derived(word: str, other: str) -> bool:
    """Tell whether one of two words is made of the other by an ending or a beginning: "goalie", "unpopular".

    A plural is the same word, and a vowel for another is a slip: "sponser".
    """
    if word.removesuffix("s") == other or _VOWEL.sub("a", word) == _VOWEL.sub("a", other):
        return False
    short, long = sorted((word, other), key=len)
    if long.startswith(short) and len(long) > len(short) + 1:
        return True
    return any(len(form) > 2 for form in _strip_affixes(word) & _strip_affixes(other))


def _strip_affixes(word: str) -> frozenset[str]:
    """Return the word without its beginning, with and without its ending."""
    bare = _PREFIX.sub("", word, count=1)
    return frozenset((bare, _SUFFIX.sub("", bare, count=1)))


def _is_plain(token: Token) -> bool:
    word = token.text.lower()
    known = (wordlists.FORMS, wordlists.STOP, load_small_words())
    return token.term in _list_plain_terms() or any(word in words for words in known)


@cache
def _list_plain_terms() -> frozenset[str]:
    """Return the terms of plain English that the tables hold."""
    return load_plain_terms() | load_groups().keys() | question.list_generic_terms() | load_opposites().keys()
