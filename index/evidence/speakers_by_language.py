"""Find the speaker in other languages than English by the data of the language: "…, dijo Ruiz", "김 씨는 …라고 말했다".

`[speech]` has the `patterns` of attributions, tried in order on a sentence that the `cue` admits, with its quoted words
blanked out. `who` names the speaker, `named` the same by name; a `pronoun` stands for who spoke last. In patterns
`{name}`, `{who}` and the like, and the lists of words `{says}` and `{people}`, stand for what the data has under these
keys. What `not_who` fits is nobody; `subject` finds who acts in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from .. import patterns
from ..language.language import Language, get_language
from ..model import Article, Sentence, Span

_QUOTED = patterns.compile('"[^"]{0,2000}"|“[^”]{0,2000}”|«[^»]{0,2000}»')
_OPEN = patterns.compile('["“«][^"“«”»]{0,2000}\\Z|\\A[^"“«]{0,2000}[”»]')
_SIGN = '"'
_BACK = 4
"""Earlier sentences that are searched for whom a pronoun means."""


def find_speaker_in(article: Article, sentence: Sentence, language: Language) -> Span | None:
    """Return the words that name who says what the sentence says; see `speakers.find_speaker`.

    None if nobody is named, and for a language that has no data for it.
    """
    speech = _read_speech(language.code)
    if speech is None:
        return None
    at = sentence.number - 1
    found = _find_in(article, at, speech)
    text = article.quote(sentence)
    if found is None and not _blank(text).strip(" .,;:?!\"“”«»'‘’…"):  # all quotation: it stands beside it
        found = _find_beside(article, at, speech)
    return found


def _find_beside(article: Article, at: int, speech: _Speech) -> Span | None:
    """Return who is named in the sentence behind or before this one, in the same paragraph; None if nobody is."""
    for other in (at + 1, at - 1):
        near = article.sentences[other] if 0 <= other < len(article.sentences) else None
        if near is not None and near.paragraph == article.sentences[at].paragraph:
            found = _find_in(article, other, speech)
            if found is not None:
                return found
    return None


def _find_in(article: Article, at: int, speech: _Speech) -> Span | None:
    """Return who is named in a sentence; for a pronoun, who speaks or acts in the sentences before it."""
    found = speech.attribute(article, at)
    if found is None or not found.pronoun:
        return found.span if found else None
    for earlier in range(at - 1, max(-1, at - 1 - _BACK), -1):
        other = speech.attribute(article, earlier)
        if other is not None and not other.pronoun:
            return other.span
        if other is None and (acting := speech.find_subject(article, earlier)) is not None:
            return acting
    return None


def _blank(text: str) -> str:
    """Return the text with as many quotation marks in place of each quotation."""
    blanked = _QUOTED.sub(lambda match: '"' * len(match[0]), text)
    rest = _QUOTED.sub(lambda match: " " * len(match[0]), text)
    cut = _OPEN.search(rest)  # the quotation goes on in the next sentence, or comes from the one before
    if cut is None:
        return blanked
    start, end = cut.span()
    return f"{blanked[:start]}{_SIGN * (end - start)}{blanked[end:]}"


@dataclass(frozen=True, slots=True)
class _Attribution:
    span: Span
    pronoun: bool


@dataclass(frozen=True, eq=False)
class _Speech:
    """How a language attributes words."""

    cue: re.Pattern[str]
    patterns: tuple[re.Pattern[str], ...]
    subject: re.Pattern[str]
    not_who: re.Pattern[str]

    def attribute(self, article: Article, at: int) -> _Attribution | None:
        """Return the words that name the speaker in a sentence, or stand for the name; None if there are none."""
        sentence = article.sentences[at]
        blanked = _blank(article.quote(sentence))
        if not self.cue.search(blanked):
            return None
        for pattern in self.patterns:
            for match in pattern.finditer(blanked):
                if found := self._pick(match):
                    return _Attribution(_cut(article, sentence, match.span(found)), found == "pronoun")
        return None

    def find_subject(self, article: Article, at: int) -> Span | None:
        """Return who acts in a sentence: whom a pronoun in the next may mean; None if nobody is sure to."""
        sentence = article.sentences[at]
        match = self.subject.search(_blank(article.quote(sentence)))
        found = self._pick(match) if match else ""
        return _cut(article, sentence, match.span(found)) if match and found else None

    def _pick(self, match: re.Match[str]) -> str:
        """Return the group that names somebody, or stands for the name; "" if none does."""
        parts = match.groupdict()
        group = next((name for name in ("named", "who", "pronoun") if parts.get(name)), "")
        return "" if group in ("named", "who") and self.not_who.match(match[group]) else group


def _cut(article: Article, sentence: Sentence, place: tuple[int, int]) -> Span:
    """Return the words at this place in the sentence."""
    start, end = sentence.start + place[0], sentence.start + place[1]
    return Span(start, end, article.text[start:end])


@cache
def _read_speech(code: str) -> _Speech | None:
    data: Mapping[str, Any] = get_language(code).speech
    if not data:
        return None
    lists = {key: "|".join(sorted(data.get(key, "").split(), key=len, reverse=True)) for key in ("says", "people")}
    parts = {**data, "says": lists["says"], "people": f"(?:{lists['people']})"}
    parts["who"] = _fill(str(data.get("who", "")), parts)
    return _Speech(
        cue=re.compile(_fill(data["cue"], parts)),
        patterns=tuple(re.compile(_fill(pattern, parts)) for pattern in data["patterns"]),
        subject=re.compile(_fill(data["subject"], parts)),
        not_who=re.compile(data["not_who"]),
    )


def _fill(pattern: str, parts: Mapping[str, Any]) -> str:
    return re.sub(r"\{([a-z_]+)\}", lambda match: str(parts[match[1]]), pattern)
