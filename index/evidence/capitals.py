"""Which words an article writes with a capital: names, though a question writes them small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from .. import patterns
from ..language.terms import analyse
from ..language.thesaurus import load_small_words
from ..language.wordlists import GROUPS
from ..model import Article

CAPITALISED = patterns.compile(r"(?<=[\w,;:)'\"”’] )[\"“(]?([A-Z][\w'’-]*)")
FIRST = patterns.compile(r"\W*([A-Z][\w'’-]*)( [A-Z][a-z])?")
"""Words with a capital within a sentence, and one at its beginning, perhaps with another behind it."""

_analyse_word = lru_cache(maxsize=4096)(analyse)  # articles write the same names again and again


def find_capitalised(article: Article, held: Sequence[frozenset[str]], terms: frozenset[str]) -> frozenset[str]:
    """Return those of the terms that the article writes with a capital within sentences, and more often than small.

    `held` has the terms that each sentence holds. At the beginning of a sentence a capital counts with another behind
    it ("Ida Holm"), or for a word that is no plain English and is written small nowhere.
    """
    capital, small, opens = Counter[str](), Counter[str](), dict[str, str]()
    for sentence, found in zip(article.sentences, held, strict=True):
        here = found & terms
        if not here:
            continue
        text = article.quote(sentence)
        words = [_analyse_word(word) for word in CAPITALISED.findall(text)]
        first = FIRST.match(text)
        at_first = _analyse_word(first[1]) if first is not None else ()
        for term in here:
            written = sum([term in word for word in words])
            if first is not None and term in at_first:
                opens[term] = first[1]
                written += first[2] is not None
                small[term] -= first[2] is None
            capital[term] += written
            small[term] += sentence.terms.count(term) - written
    return frozenset(
        [
            term
            for term in terms
            if capital[term] > small[term] or (capital[term] == small[term] == 0 and not _is_plain(opens.get(term, "")))
        ]
    )


def _is_plain(word: str) -> bool:
    """Tell whether a word is plain English, or none at all."""
    return word == "" or word.lower() in GROUPS or word.lower() in load_small_words()
