"""The quotations in somebody's draft: which words stand in quotation marks, and where an article holds them. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import groupby

from index import Article

MOST = 50
"""Quotations of a draft that are checked; those after them are told as not checked."""

FEWEST = 3
"""Words from which on a quotation that no article holds counts as forged; fewer may be a title or an ironic word."""

_CLOSING = {"“": "”", "„": "“”", "«": "»", '"': '"'}
"""What ends a quotation, by what begins it."""

_PLAIN = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " "})


def find_quotations(draft: str) -> Iterator[str]:
    """Yield the words in double quotation marks, in order, without the marks.

    One that is never closed ends with its paragraph, which an empty line ends.
    """
    for empty, lines in groupby(draft.splitlines(), key=lambda line: not line.strip()):
        if not empty:
            yield from filter(None, _cut_quotations(" ".join(lines)))


def _cut_quotations(paragraph: str) -> Iterator[str]:
    closing, begun = "", 0
    for at, letter in enumerate(paragraph):
        if not closing:
            closing, begun = _CLOSING.get(letter, ""), at + 1
        elif letter in closing:
            yield " ".join(paragraph[begun:at].split())
            closing = ""
    if closing:
        yield " ".join(paragraph[begun:].split())


def find_sentences(article: Article, words: str) -> tuple[int, int] | None:
    """Return the numbers of the first and the last sentence that hold the words; None where none do.

    White space and the shape of quotation marks do not count, nor a comma or full stop that the draft put behind the
    words.
    """
    sought = _fold(words)
    starts: list[int] = []
    parts: list[str] = []
    length = 0
    for sentence in article.sentences:
        folded = _fold(article.quote(sentence))
        starts.append(length)
        parts.append(folded)
        length += len(folded) + 1
    text = " ".join(parts)
    for tried in dict.fromkeys((sought, sought.rstrip(",.;:"))):
        if tried and (at := _find_words(text, tried)) >= 0:
            return bisect_right(starts, at), bisect_left(starts, at + len(tried))
    return None


def _find_words(text: str, words: str) -> int:
    """Return where the words stand, not as a part of longer ones; -1 where they do not."""
    at = text.find(words)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(words) : at + len(words) + 1]
        if not ((before.isalnum() and words[0].isalnum()) or (after.isalnum() and words[-1].isalnum())):
            return at
        at = text.find(words, at + 1)
    return -1


def _fold(text: str) -> str:
    return " ".join(text.translate(_PLAIN).split())
