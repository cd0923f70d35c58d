"""Split text into sentences in every language but English, by the data of the language.

Each possible end is looked at once, so any text takes linear time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from .. import patterns
from .sentences import split_sentences, trim_span

_CLOSERS = r"\"'’”“»«)\]}›」』）》】〉"
_OPENERS = r"\"'‘“„”«»(\[{‹「『（《【〈¿¡—–-"
_WIDE = "。！？｡।॥۔"
"""Signs that end a sentence though no space follows."""
_SIGNS = f".!?…؟{_WIDE}"
_MARK = (
    rf"(?<![{{signs}}])(?P<signs>[{{signs}}]++)(?P<closers>[{_CLOSERS}]*+(?:[ \u00a0\u202f]»(?=\s|\Z))?)"
    rf"(?=\s|(?<=[{_WIDE}])|(?<=[{_WIDE}][{_CLOSERS}]))"
)
_AFTER = patterns.compile(rf"\s*(?:[{_OPENERS}]+\s?)*(?P<word>[^\W_](?:[^\W_]|['’-](?=\w)){{0,40}})?")
_BEFORE = patterns.compile(r"(?s:.*[\s\"'“”„«»‘(\[{—–/「（])?+")
_ENUMERATOR = patterns.compile(r"\s*[(\[]?(?:\d{1,3}|[ivxIVX]{1,5}|[^\W\d_])\Z")
_SHORT_NUMBER = patterns.compile(r"\d{1,2}\Z")
_UNIT = patterns.compile(r"\d\s?[^\W\d_]\Z")
_FULL_DATE = patterns.compile(r"(?:1\d|20)\d\d\.\d{1,2}\.\d{1,2}\Z")
_YEAR = patterns.compile(r"(?:1\d|20)\d\d\Z")
_BRACKETS = ("「」", "『』", "（）", "《》")
_GOES_ON = (",", ";", ":", "，", "、", "；")
_REACH = 300
"""How many characters back an opening bracket is searched for; the bound keeps giant lines linear."""


@dataclass(frozen=True, eq=False)
class Splitter:
    """Where sentences of a language end.

    `ends` are signs that end one beside those of all languages. A full stop ends none behind an `abbreviations`, given
    in small letters without its last full stop. With `ordinals` "3." is "third". Behind a closing bracket, the sentence
    goes on with a word of `goes_on`, as in Japanese with "と". With `whole_quotations` no sentence ends within
    quotation marks, as in Korean, where the verb of saying follows.
    """

    ends: str = ""
    abbreviations: tuple[str, ...] = ()
    ordinals: bool = False
    goes_on: tuple[str, ...] = ()
    whole_quotations: bool = False

    def split_sentences(self, text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
        """Return the sentences of `text[start:end]` as spans of `text`; see `sentences.split_sentences`."""
        return split_sentences(text, start, end, self._split_line)

    @cached_property
    def _mark(self) -> re.Pattern[str]:
        return re.compile(_MARK.replace("{signs}", re.escape(_SIGNS + self.ends)))

    @cached_property
    def _short(self) -> frozenset[str]:
        return frozenset(self.abbreviations)

    def _split_line(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        spans = []
        begin = start
        for mark in self._mark.finditer(text, start, end):
            after = _AFTER.match(text, mark.end(), end)
            assert after is not None  # every part of the pattern may be empty
            following = after["word"] or ""
            if not following and text[after.end() : after.end() + 1] in _GOES_ON:
                continue
            listed = begin == start and mark["signs"] == "." and _ENUMERATOR.match(text, start, mark.start())
            if not listed and self._ends_sentence(text, begin, mark, following):
                spans += trim_span(text, begin, mark.end())
                begin = mark.end()
        return spans + trim_span(text, begin, end)

    def _ends_sentence(self, text: str, begin: int, mark: re.Match[str], following: str) -> bool:
        """Tell whether the sentence that starts at `begin` ends with this mark; `following` is the next word or ""."""
        if following[:1].islower() and not following[1:2].isupper():
            return False
        if self.whole_quotations and _is_quoted(text, begin, mark.end()):
            return False
        if mark["signs"][0] in _WIDE:
            return not _is_inside(text, begin, mark) and not (mark["closers"] and following.startswith(self.goes_on))
        if mark["signs"] != "." or not following:
            return True
        before = text[max(begin, mark.start() - 40) : mark.start()]
        found = _BEFORE.match(before)
        return self._ends_at_full_stop(before, before[found.end() :] if found else before, following)

    def _ends_at_full_stop(self, before: str, word: str, following: str) -> bool:
        """Tell whether the full stop behind `word`, the end of `before`, closes a sentence."""
        folded = word.casefold()
        if len(word) == 1 and word.isalpha() and (word.isupper() or following[0].isdigit()):
            return False
        if folded in self._short or folded.rpartition("-")[2] in self._short:
            return bool(_UNIT.search(before)) and following.casefold() not in self._short
        if self.ordinals and _FULL_DATE.match(word):
            return False
        if _SHORT_NUMBER.match(word):
            return not self.ordinals and not following[0].isdigit()
        return not (_YEAR.match(word) and self.ordinals and _SHORT_NUMBER.match(following))


def _is_inside(text: str, begin: int, mark: re.Match[str]) -> bool:
    """Tell whether the mark stands in brackets that are still open behind it."""
    stop = mark.end()
    first = max(begin, stop - _REACH)
    return any(text.count(pair[0], first, stop) > text.count(pair[1], first, stop) for pair in _BRACKETS)


def _is_quoted(text: str, begin: int, stop: int) -> bool:
    """Tell whether a quotation that was opened behind `begin` is still open at `stop`, and closed soon behind it."""
    told = text[max(begin, stop - _REACH) : stop]
    opened = told.count('"') % 2 == 1 or told.count("“") > told.count("”")
    return opened and any(sign in text[stop : stop + _REACH] for sign in '"”')
