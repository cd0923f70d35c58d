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
# The look-behind and the possessive quantifiers keep a run of a million full stops linear.
_MARK = re.compile(rf"(?<![.!?…])(?P<signs>[.!?…]++)(?P<closers>[{_CLOSERS}]*+(?:\[[\w ]{{1,12}}\])*+)(?=\s)")
_AFTER = re.compile(
    r"(?P<apart>(?:\s+(?:''?|[)\]”]|-RRB-)(?!\S))*)"  # tokenised texts set closing marks apart
    r"\s*(?:[\"'‘’“”«(\[{`‹¿¡]+\s?)*(?P<word>[A-Z]\.|[^\W_](?:[^\W_]|['’-](?=\w)){0,40})?"
)
_WORD = re.compile(r"[^\s\"'“”‘(\[{—–/]+\Z")
_ORDINARY = re.compile(r"[a-z]{2,}\Z")
_LETTERS = re.compile(r"(?:[A-Z]\.)*[A-Z]\Z")
_MEASURE = re.compile(r"\d\s?[a-zCFK]\Z")
_LABEL = re.compile(r"\s*[(\[]?[A-Za-z]\Z")
_ENUMERATOR = re.compile(r"\s*[(\[]?(?:\d{1,3}|[ivxIVX]{1,5})\Z")
_SPOKEN = re.compile(r"\s+([A-Z][\w.'’-]{0,40})\s+(?:[A-Z][\w.'’-]{0,40}\s+){0,4}([a-z]{1,20})\b")
_QUOTE_APART = re.compile(r"\s+\"(?!\S)")
_REACH = 300
"""Characters that are looked back over for an opening mark; a bound keeps giant lines linear."""


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
    begin = counted = start
    quotes = 0
    for mark in _MARK.finditer(text, start, end):
        stop = mark.end()
        quotes += text.count('"', counted, stop)
        counted = stop
        if quotes % 2 and text[stop - 2 : stop - 1].isspace() and (apart := _QUOTE_APART.match(text, stop, end)):
            stop = apart.end()  # tokenised ` . " `: it closes when it stands open
        after = _AFTER.match(text, stop, end)
        assert after is not None  # every part of the pattern may be empty
        if not after["word"] and text[after.end() : after.end() + 1] in (",", ";", ":"):  # tokenised: a question as a phrase
            continue
        listed = begin == start and _ENUMERATOR.match(text, start, mark.start())
        if not listed and _ends_sentence(text, begin, mark, after["word"] or ""):
            spans += _trimmed(text, begin, after.end("apart"))
            begin = after.end("apart")
    return spans + _trimmed(text, begin, end)


def _trimmed(text: str, start: int, end: int) -> list[tuple[int, int]]:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return [(start + left, start + right)] if right > left else []


def _ends_sentence(text: str, begin: int, mark: re.Match[str], following: str) -> bool:
    """Tell whether the sentence from `begin` ends with this mark; `following` is the next word or empty."""
    if following[:1].islower() and not following[1:2].isupper():  # but "iPhone sales" is a beginning
        return False
    before = text[max(begin, mark.start() - 40) : mark.start()]
    found = _WORD.search(before)
    word = found.group() if found else ""
    signs, closers = mark["signs"], mark["closers"]
    if signs == ".":
        if _inside_brackets(text, begin, mark):
            return following.lower() in words.STARTERS
        return not word or _full_stop_ends(before, word, following)
    if closers and _is_attribution(text, mark.end()):
        return False
    if word in words.SHOUTED:
        return following.lower() in words.STARTERS
    if "?" in signs or "!" in signs or closers or not following:
        return True
    return following != "I" and _punkt_ends("...", following)  # "I" is a capital anywhere


def _inside_brackets(text: str, begin: int, mark: re.Match[str]) -> bool:
    """Tell whether the mark ends an abbreviation within brackets, as in "(see Fig. 2 ff.)"."""
    if ")" not in mark["closers"]:
        return False
    opened = text.rfind("(", max(begin, mark.start() - _REACH), mark.start())
    return opened > begin and not text[begin:opened].isspace()


def _is_attribution(text: str, stop: int) -> bool:
    """Tell whether a name and a verb of speech follow, as in `"Why now?" Kim asked`."""
    spoken = _SPOKEN.match(text, stop)
    return spoken is not None and spoken[2] in words.SPEECH and spoken[1].lower() not in words.STARTERS


def _full_stop_ends(before: str, word: str, following: str) -> bool:
    """Tell whether the full stop after `word`, the end of `before`, closes a sentence."""
    starter = following.lower() in words.STARTERS
    tail = word.rpartition("-")[2]
    written = tail.capitalize() if tail.isupper() and len(tail) > 1 else tail
    if _LABEL.match(before) and len(before) < 40:
        return False
    if len(word) == 1 and _MEASURE.search(before):
        return True
    if word in words.PLACES and before.endswith(f", {word}"):
        return starter or _punkt_ends(word, following)
    if _LETTERS.match(word) or (len(word) == 1 and word.islower()) or written == "St":
        return starter
    if written in words.TITLES or (written in words.NUMBERED and following[:1].isdigit()):
        return not following
    if word in ("a.m", "p.m"):
        return bool(following[:1].isupper()) and following not in words.TIMES and not following.isupper()
    if written in words.ABBREVIATIONS or written in words.PLACES:
        return starter or _punkt_ends(written, following)
    return bool(_ORDINARY.match(word)) or _punkt_ends(word, following)


@lru_cache(maxsize=16384)
def _punkt_ends(word: str, following: str) -> bool:
    """Let Punkt decide whether the full stop of `word` ends a sentence before `following`."""
    mark = "" if word == "..." else "."
    return bool(_punkt().text_contains_sentbreak(f"{word}{mark} {following or '-'}"))


@cache
def _punkt() -> Any:
    """Return nltk's splitter with our parameters; made once, and only read after that."""
    from nltk.tokenize.punkt import _ORTHO_MID_LC, PunktParameters, PunktSentenceTokenizer

    stored = json.loads(Path(__file__).with_name("punkt.json").read_text("utf-8"))
    parameters = PunktParameters()
    known = words.ABBREVIATIONS | words.PLACES
    parameters.abbrev_types = set(stored["abbreviations"]) | {word.lower() for word in known}
    parameters.sent_starters = set(stored["starters"]) | words.STARTERS
    # A Counter answers 0 for an unknown word without storing it, so reading from several threads is safe.
    parameters.ortho_context = Counter(dict.fromkeys(stored["small"].split(), _ORTHO_MID_LC))
    return PunktSentenceTokenizer(parameters)


# Terms

MARKS = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
_PART = rf"[^\W_]{{1,64}}(?:[{MARKS}]{{1,8}}[^\W_]{{0,64}}){{0,8}}"  # bounded: a line may be one word of 5 MB
_SIMPLE = rf"{_PART}(?:['’]{_PART}){{0,2}}"
_UNIT = re.compile(
    rf"""
    (?i:united\s+(?:states(?:\s+of\s+america)?|kingdom|nations|arab\s+emirates)|european\s+union|great\s+britain|per\s+cent)(?!\w)
    | (?<!\w)[NSns]\.(?=\s?[Kk]orea)
    | (?<!\w)[Tt]he\s+us(?!['’\w])
    | (?<!\w)(?:Ph\.D|[^\W\d_](?:\.[^\W\d_])+)\.?(?!\w)
    | \d[\d,]*(?:\.\d+)?(?:st|nd|rd|th)?(?![^\W_])
    | {_SIMPLE}(?:[-‐‑]{_SIMPLE}){{0,7}}
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


def detect(text: str) -> str:  # noqa: ARG001
    """Return the ISO 639-1 code of the text's language, "en" when in doubt."""
    return "en"
