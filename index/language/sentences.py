"""Split text into sentences: nltk's Punkt judges abbreviations, rules of our own the rest of a wire story.

Our own scan looks at each possible end once, so any text takes linear time (nltk's search took 5.6 s on
" ." x 100,000). The rules and the figures behind them are in `README.md`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from .. import patterns
from . import wordlists
from .punkt import ask_punkt

_LINE = patterns.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_CLOSERS = r"\"'’”»)\]}›"
# The look-behind and the possessive quantifiers keep a run of a million full stops linear. It stands behind the first
# sign: a pattern that begins with a set of characters is searched three times as fast.
_MARK = patterns.compile(
    rf"(?P<signs>[.!?…](?<![.!?…].)[.!?…]*+)(?P<closers>[{_CLOSERS}]*+(?:\[[\w ]{{1,12}}\])*+)(?=\s)"
)
_AFTER = patterns.compile(
    r"(?P<apart>(?:\s+(?:''?|[)\]”]|-RRB-)(?!\S))*)"  # tokenised texts set closing marks apart
    r"\s*(?:[\"'‘’“”«(\[{`‹¿¡]+\s?)*(?P<word>[A-Z]\.|[^\W_](?:[^\W_]|['’-](?=\w)){0,40})?"
)
_BEFORE_WORD = patterns.compile(r"(?s:.*[\s\"'“”‘(\[{—–/])?+")
_ORDINARY = patterns.compile(r"[a-z]{2,}\Z")
_LETTERS = patterns.compile(r"(?:[A-Z]\.)*[A-Z]\Z")
_DEGREES = patterns.compile(r"\d\s?[a-zCFK]\Z")
_MEASURE = patterns.compile(r"\d\s?(?:ft|in|yd|yds|mi|km|m|cm|lb|lbs|oz|hr|hrs|min|sec)\Z")
_MORE = patterns.compile(r"\d|[NSEW]{1,3}\Z")  # "6 ft. 2 in.", "85 mi. SSE"
_NUMBER = patterns.compile(r"[^\W_-]*-?\d|[IVXL]{2,}\Z")  # "No. 3", "No. CV-22-0417", "Vol. IV"
_LABEL = patterns.compile(r"\s*[(\[]?[A-Za-z]")
_ENUMERATOR = patterns.compile(r"\s*[(\[]?(?:\d{1,3}|[ivxIVX]{1,5})\Z")
_SPOKEN = patterns.compile(r"\s+([A-Z][\w.'’-]{0,40})\s+(?:[A-Z][\w.'’-]{0,40}\s+){0,4}([a-z]{1,20})\b")
_QUOTE_APART = patterns.compile(r"\s+\"(?!\S)")
_REACH = 300
"""How many characters back an opening bracket is searched for; the bound keeps giant lines linear."""


SplitLine = Callable[[str, int, int], list[tuple[int, int]]]
"""Returns the sentences of a text from one offset to another, within one line."""

LONGEST = 5_000
"""Characters of a sentence at most; the longest in our sets, an abstract without capitals, has 4,141.

What is done with a sentence may cost more than its length, and one without end would be a whole article in one piece.
"""


def split_sentences(
    text: str, start: int = 0, end: int | None = None, split_line: SplitLine | None = None
) -> list[tuple[int, int]]:
    """Return the sentences of `text[start:end]` as spans `[start, end)` of `text`.

    They are in order, disjoint, without white space at their ends, and cover everything but white
    space. A line break ends a sentence; where line breaks only wrap the text, replace them by spaces
    first, which keeps the offsets. One longer than 5,000 characters is split: behind a comma, semicolon
    or colon, else between two words, else within one. Returns `[]` for white space alone.
    `split_line` splits a line of another language than English.
    """
    end = len(text) if end is None else end
    # `splitlines` knows the same ends of a line, and most texts have none
    whole = text[start:end].splitlines() == [text[start:end]]
    lines = [(start, end)] if whole else [line.span() for line in _LINE.finditer(text, start, end)]
    spans = []
    split_line = split_line or _split_line
    for line in lines:
        for first, last in split_line(text, *line):
            spans += [(first, last)] if last - first <= LONGEST else _cut(text, first, last)
    return spans


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return a sentence that is too long in parts, each from half the greatest length to all of it."""
    spans = []
    while end - start > LONGEST:
        half, most = start + LONGEST // 2, start + LONGEST
        place = max(text.rfind(mark, half, most) for mark in (", ", "; ", ": "))
        if place < 0:
            place = next((at for at in range(most - 1, half, -1) if text[at].isspace()), -1)
        if place < 0:  # no cut parts a letter from its marks
            place = next((at for at in range(most, half, -1) if not unicodedata.combining(text[at])), most) - 1
        spans += trim_span(text, start, place + 1)
        start = place + 1
    return spans + trim_span(text, start, end)


def _split_line(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans = []
    begin = counted = start
    quotes = 0
    for mark in _MARK.finditer(text, start, end):
        stop = mark.end()
        quotes += text.count('"', counted, stop)
        counted = stop
        if quotes % 2 and text[stop - 2 : stop - 1].isspace() and (apart := _QUOTE_APART.match(text, stop, end)):
            stop = apart.end()  # tokenised ` . " `: an open quotation closes here
        after = _AFTER.match(text, stop, end)
        assert after is not None  # every part of the pattern may be empty
        # In a tokenised text, a question that is part of a sentence.
        if not after["word"] and text[after.end() : after.end() + 1] in (",", ";", ":"):
            continue
        listed = begin == start and _ENUMERATOR.match(text, start, mark.start())
        if not listed and _ends_sentence(text, begin, mark, after["word"] or ""):
            spans += trim_span(text, begin, after.end("apart"))
            begin = after.end("apart")
    return spans + trim_span(text, begin, end)


def trim_span(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the span without white space at its ends, in a list; `[]` if there is nothing else in it."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return [(start + left, start + right)] if right > left else []


def _ends_sentence(text: str, begin: int, mark: re.Match[str], following: str) -> bool:
    """Tell whether the sentence that starts at `begin` ends with this mark; `following` is the next word or empty."""
    if following[:1].islower() and not following[1:2].isupper():  # but "iPhone sales" may begin a sentence
        return False
    before = text[max(begin, mark.start() - 40) : mark.start()]
    found = _BEFORE_WORD.match(before)
    word = before[found.end() :] if found else ""
    if word in wordlists.SHOUTED or _is_inside_brackets(text, begin, mark):
        return following.lower() in wordlists.STARTERS
    if mark["signs"] == ".":
        return not word or _ends_at_full_stop(before, word, following)
    if mark["closers"]:
        return not _is_attribution(text, mark.end())
    if "?" in mark["signs"] or "!" in mark["signs"] or not following:
        return True
    return following != "I" and ask_punkt("...", following)  # "I" always has a capital


def _is_inside_brackets(text: str, begin: int, mark: re.Match[str]) -> bool:
    """Tell whether the full stop closes an abbreviation within brackets, as in "(see Fig. 2 ff.)"."""
    if mark["signs"] != "." or ")" not in mark["closers"]:
        return False
    opened = text.rfind("(", max(begin, mark.start() - _REACH), mark.start())
    return opened > begin and not text[begin:opened].isspace()


def _is_attribution(text: str, stop: int) -> bool:
    """Tell whether a name and a verb of speech follow, as in `"Why now?" Kim asked`."""
    spoken = _SPOKEN.match(text, stop)
    return spoken is not None and spoken[2] in wordlists.SPEECH and spoken[1].lower() not in wordlists.STARTERS


def _ends_at_full_stop(before: str, word: str, following: str) -> bool:
    """Tell whether the full stop after `word`, the end of `before`, closes a sentence."""
    tail = word.rpartition("-")[2]
    written = tail.capitalize() if tail.isupper() and len(tail) > 1 else tail
    numbered = written in wordlists.NUMBERED and _NUMBER.match(following)
    measured = _MORE.match(following) and _MEASURE.search(before)
    labelled = len(word) == 1 and _LABEL.fullmatch(before)
    if written in wordlists.TITLE_ABBREVIATIONS or numbered or measured or labelled:
        return False
    if len(word) == 1 and _DEGREES.search(before):
        return True
    if word in ("a.m", "p.m"):
        return following[:1].isupper() and following not in wordlists.TIMES and not following.isupper()
    place = tail in wordlists.PLACE_ABBREVIATIONS and before.endswith(f", {word}")
    if written in wordlists.ABBREVIATIONS or place:
        return following.lower() in wordlists.STARTERS or ask_punkt(tail if place else written, following)
    initials = word[-1].isupper() and _LETTERS.match(word)
    if initials or (len(word) == 1 and word.islower()) or written == "St":
        return following.lower() in wordlists.STARTERS
    return _ORDINARY.match(word) is not None or ask_punkt(word, following)
