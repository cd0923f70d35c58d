"""English as rules: where sentences end, which terms stand for a text, and whether it is English at all.

All functions are pure and safe to call from several threads. Offsets are code points of the text as given.
"""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from . import words

ANALYSER = "english-1"
"""Version of `terms`; it is stored with every index and must change whenever any term does."""

# Sentences: we find the places where one may end, nltk's Punkt decides about abbreviations, initials and numbers.

_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_CLOSERS = r"\"'’”»)\]}›"
# The look-behind and the possessive quantifiers keep a run of a million dots linear.
_MARK = re.compile(rf"(?<![.!?…])(?P<signs>[.!?…]++)(?P<closers>[{_CLOSERS}]*+(?:\[[\w ]{{1,12}}\])*+)(?=\s)")
_AFTER = re.compile(
    r"(?P<closers>(?:\s+(?:''|[)\]”]|-RRB-)(?=\s))*)"  # tokenised texts set closing marks apart
    r"\s*(?:[\"'‘’“”«(\[{`‹¿¡*•–—-]+\s?)*(?P<word>[^\W_](?:[^\W_]|['’-](?=\w)){0,40}\.?)?"
)
_WORD_START = re.compile(r"[^\s\"'“”‘(\[{—–/]+\Z")
_ENUMERATOR = re.compile(r"\s*[(\[]?(?:\d{1,3}|[A-Za-z]|[ivx]{1,5}|[IVX]{1,5})\Z")
_SPOKEN = re.compile(r"\s+(?:[A-Z][\w.'’-]{0,40}\s+){1,5}([a-z]+)\b")
_ORDINARY = re.compile(r"[a-z]{2,}\Z")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the sentences of `text[start:end]` as spans `[start, end)` of `text`.

    They are in order, disjoint, without white space at their ends, and cover all that is not white
    space. A line break ends a sentence. Returns `[]` where there is nothing but white space.
    """
    spans = []
    for line in _LINE.finditer(text, start, len(text) if end is None else end):
        spans += _split_line(text, line.start(), line.end())
    return spans


def _split_line(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans = []
    begin = start
    for mark in _MARK.finditer(text, start, end):
        after = _AFTER.match(text, mark.end(), end)
        if after is not None and _ends_sentence(text, begin, mark, after):
            stop = after.end("closers")
            spans += _trimmed(text, begin, stop)
            begin = stop
    return spans + _trimmed(text, begin, end)


def _trimmed(text: str, start: int, end: int) -> list[tuple[int, int]]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return [(start + left, start + right)] if right > left else []


def _ends_sentence(text: str, begin: int, mark: re.Match[str], after: re.Match[str]) -> bool:
    """Tell whether the sentence from `begin` ends with this mark; `after` is what follows."""
    following = after["word"] or ""
    if following[:1].islower() and not following[1:2].isupper():  # "iPhone sales" is a beginning
        return False
    before = text[max(begin, mark.start() - 40) : mark.start()]
    found = _WORD_START.search(before)
    word = found.group() if found else ""
    signs = mark["signs"]
    if mark["closers"][:1] in _CLOSERS and _is_attribution(text, mark) and signs != ".":
        return False
    if "?" in signs or "!" in signs:
        return word not in words.SHOUTED or _punkt_ends("inc", following)
    if signs != ".":
        return bool(mark["closers"]) or not following or _punkt_ends("...", following)
    if not word:
        return True
    if begin == mark.start() - len(before) and _ENUMERATOR.match(before):
        return False
    return _full_stop_ends(word, following)


def _is_attribution(text: str, mark: re.Match[str]) -> bool:
    """Tell whether a name and a verb of speech follow: `"Why now?" Kim asked.`"""
    spoken = _SPOKEN.match(text, mark.end())
    return spoken is not None and spoken.group(1) in words.SPEECH and mark["closers"] != ""


def _full_stop_ends(word: str, following: str) -> bool:
    written = word.capitalize() if word.isupper() and len(word) > 1 else word
    if written in words.NUMBERED and following[:1].isdigit():
        return False
    if written in words.TITLES:
        return not following
    ordinary = _ORDINARY.match(word) and word not in words.ABBREVIATIONS
    if ordinary and (word.capitalize() in words.ABBREVIATIONS or word not in _punkt()._params.abbrev_types):
        return True
    return _punkt_ends(word, following)


@lru_cache(maxsize=16384)
def _punkt_ends(word: str, following: str) -> bool:
    """Let Punkt decide whether the full stop of `word` ends a sentence before `following`."""
    mark = "" if word == "..." else "."
    return bool(_punkt().text_contains_sentbreak(f"{word}{mark} {following or '-'}"))


@cache
def _punkt() -> Any:
    """Return nltk's splitter with our parameters; made once, and only read after that."""
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    stored = json.loads(Path(__file__).with_name("punkt.json").read_text("utf-8"))
    parameters = PunktParameters()
    parameters.abbrev_types = set(stored["abbreviations"]) | {word.lower() for word in words.ABBREVIATIONS}
    parameters.collocations = {tuple(pair) for pair in stored["collocations"]}
    parameters.sent_starters = set(stored["starters"])
    # A Counter answers 0 for an unknown word without storing it, so reading from several threads is safe.
    parameters.ortho_context = Counter(
        {word: int(flags) for flags, listed in stored["case"].items() for word in listed.split()}
    )
    return PunktSentenceTokenizer(parameters)


# Terms

MARKS = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
_PART = rf"[^\W_]{{1,64}}(?:[{MARKS}]{{1,8}}[^\W_]{{0,64}}){{0,8}}"  # bounded: a line may be one word of 5 MB
_WORD = rf"{_PART}(?:['’]{_PART}){{0,2}}"
_UNIT = re.compile(
    rf"""
    (?i:united\s+(?:states(?:\s+of\s+america)?|kingdom|nations|arab\s+emirates)|european\s+union|great\s+britain|per\s+cent)(?!\w)
    | (?<!\w)[NSns]\.(?=\s?[Kk]orea)
    | (?<!\w)[Tt]he\s+us(?!['’\w])
    | (?<!\w)(?:Ph\.D|[^\W\d_](?:\.[^\W\d_])+)\.?(?!\w)
    | \d[\d,]*(?:\.\d+)?(?:st|nd|rd|th)?(?![^\W_])
    | {_WORD}(?:[-‐‑]{_WORD}){{0,7}}
    | [%$€£]
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """A word of a text: `text[start:end]` is as written, `term` what it is indexed as, None for a stop word."""

    text: str
    start: int
    end: int
    term: str | None


def tokens(text: str) -> tuple[Token, ...]:
    """Return the words of the text in order, stop words among them.

    A compound of two short parts gives three tokens: its parts and, over both, the whole. Returns
    `()` where there is no word.
    """
    found = []
    for unit in _UNIT.finditer(text):
        at = unit.start()
        for start, end, term in _analyse(unit.group()):
            found.append(Token(text[at + start : at + end], at + start, at + end, term))
    return tuple(found)


def terms(text: str) -> tuple[str, ...]:
    """Return the index terms of the text in order, without stop words; a term holds no white space.

    Returns `()` where there are none.
    """
    return tuple(term for unit in _UNIT.findall(text) for _, _, term in _analyse(unit) if term)


@lru_cache(maxsize=65536)
def _analyse(unit: str) -> tuple[tuple[int, int, str | None], ...]:
    """Return start, end and term of the words in one match of `_UNIT`."""
    if unit[-3:-2].isspace() and unit[-2:] == "us":  # "the us" is the country, "us" alone the pronoun
        return ((0, 3, None), (len(unit) - 2, len(unit), words.NAMES["US"]))
    whole = _name(unit)
    if whole:
        return ((0, len(unit), whole),)
    if unit[0].isalpha() and (unit[-1] == "." or unit[1:2] == "."):  # letters with full stops: "a.m.", "J.K."
        return ((0, len(unit), _term(_fold(unit).replace(".", ""))),)
    parts = [(m.start(), m.end(), m.group()) for m in re.finditer(r"[^-‐‑]+", unit)]
    folded = [_fold(part) for _, _, part in parts]
    if len(parts) == 2 and folded[0] in _TENS and 0 < _UNITS.get(folded[1], 10) < 10:
        return ((0, len(unit), str(_TENS[folded[0]] + _UNITS[folded[1]])),)
    if len(parts) == 2 and folded[0] in _TENS and 0 < _ORDINALS.get(folded[1], 10) < 10:
        return ((0, len(unit), _ordinal(_TENS[folded[0]] + _ORDINALS[folded[1]])),)
    result = [(start, end, _name(part) or _term(word)) for (start, end, part), word in zip(parts, folded, strict=True)]
    joined = "".join(folded)
    short = len(parts) == 2 and max(map(len, folded)) <= 6 and not joined.isdigit()
    if short and not any(term is None or "." in term for _, _, term in result):
        result.append((0, len(unit), _stem(joined)))
    return tuple(result)


def _name(unit: str) -> str | None:
    """Return the term of a name in the table, such as "u.s." for "United States"."""
    return words.NAMES.get(unit) or words.NAMES.get(" ".join(unit.lower().split()))


def _fold(word: str) -> str:
    """Return the word in small letters without accents, possessive endings and inner apostrophes."""
    if not word.isascii():
        word = unicodedata.normalize("NFKC", word).replace("’", "'")
        word = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
        word = word.translate(words.LETTERS)
    word = word.lower()
    if word[:1].isdigit():
        return re.sub(r"[^\w.]|_", "", word)
    if word not in words.STOP:
        word = re.sub(r"(?<=\w)(?:n't|['’](?:s|ll|re|ve|d|m))\Z", "", word)
    return re.sub(r"[^\w]|_", "", word)


def _term(word: str) -> str | None:
    if not word or word in words.STOP:
        return None
    if word[0].isdigit():
        return word
    if word in _UNITS:
        return str(_UNITS[word])
    if word in _TENS:
        return str(_TENS[word])
    if word in _ORDINALS:
        return _ordinal(_ORDINALS[word])
    return _stem(_IRREGULAR.get(word, word))


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_UNITS = {word: number for number, word in enumerate(words.UNITS)}
_TENS = {word: number * 10 for number, word in enumerate(words.TENS, 2)}
_ORDINALS = {word: number for number, word in enumerate(words.ORDINALS)}
_ORDINALS |= {word[:-1] + "ieth": number for word, number in _TENS.items()}
_IRREGULAR = {form: group.split()[0] for group in words.IRREGULAR_FORMS.split(";") for form in group.split()[1:]}
_thread = threading.local()


def _stem(word: str) -> str:
    """Return PyStemmer's stem; its objects must not be shared between threads, so each has its own."""
    stemmer = getattr(_thread, "stemmer", None)
    if stemmer is None:
        from Stemmer import Stemmer

        stemmer = _thread.stemmer = Stemmer("english", 0)
    return str(stemmer.stemWord(word))


# Language


def detect(text: str) -> str:
    """Return the ISO 639-1 code of the text's language, "en" when in doubt."""
    return "en"
