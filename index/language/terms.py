"""The analyser: from text to index terms.

All functions are pure and safe to call from several threads. Offsets are code points of the text as given.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from .. import patterns
from . import everyday, wordlists

__all__ = ["ANALYSER", "Token", "analyse", "spell_out", "tokenize", "tokenize_question"]

ANALYSER = "english-1"
"""Version of `analyse`; it is stored with every index and must change whenever any term does."""

_MARKS = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
# All repeats are bounded: a line that is one word of 5 MB takes linear time, and no cache keeps it.
_PART = rf"[^\W_]{{1,40}}(?:[{_MARKS}]{{1,3}}[^\W_]{{0,20}}){{0,12}}"
_WORD = rf"{_PART}(?:['’]{_PART}){{0,2}}"
_AT_LINE_END = r"(?:[-‐‑]|(?<=\u00ad))[ \t]{0,9}\r?\n[ \t]{0,9}"
# Most words: letters alone, none of the names below, and nothing behind them that may belong to them. It finds nothing
# that the rest would not find, and halves the time.
_PLAIN = (
    r"(?:[a-dfh-oq-svx-zA-DFH-OQ-SVX-Z]|[eguwptEGUWPT](?!(?i:nited|uropean|reat|orld|er|he)))[a-zA-Z]{1,39}+"
    rf"(?![\w{_MARKS}'’.\-‐‑])"
)
_UNIT = patterns.compile(
    rf"""
    (?=[\w%$€£])(?:{_PLAIN}
    | (?i:united\s+(?:states(?:\s+of\s+america)?|kingdom|nations|arab\s+emirates)|european\s+union|great\s+britain
        |world\s+health\s+organi[sz]ation|per\s+cent)(?![^\W_])
    | (?<![^\W_])(?:[Tt]he\s+(?:us|un|WHO)(?!['’]?[^\W_])
        |[NSns]\.(?=\s?[Kk]orea)
        |(?:Ph\.D|[^\W\d_](?:\.[^\W\d_]){{1,7}})\.?(?![^\W_]))
    | \d{{1,40}}(?:,\d{{1,40}}){{0,9}}(?:\.\d{{1,40}})?(?:(?:st|nd|rd|th)?(?![^\W_])|(?=[ap]m(?![^\W_])))
    | (?<![-‐‑]){_WORD}(?:{_AT_LINE_END}(?=[a-z]){_WORD}|(?:[-‐‑]{_WORD}){{1,3}})?
    | {_WORD}
    | [%$€£])
    """,
    re.VERBOSE,
)
_BROKEN = patterns.compile(_AT_LINE_END)
_HYPHENED = patterns.compile("[^-‐‑]+")
_CONTRACTION = patterns.compile(r"(?<=\w)(?:n't|'(?:s|ll|re|ve|d|m))\Z")
_NO_LETTER = patterns.compile(r"[^\w./]|_")
_TYPED_WORD = patterns.compile(r"(?<![\w'’])[^\W_]{1,12}(?:['’/][^\W_]{0,4})?(?![\w'’])")
_thread = threading.local()


class Token(NamedTuple):
    """A word of a text: `text` as written in `[start, end)`, `term` as indexed, None for a stop word."""

    text: str
    start: int
    end: int
    term: str | None


def tokenize(text: str) -> tuple[Token, ...]:
    """Return the words of the text in order, stop words included.

    "United States" is one token. A compound of two short parts gives three: its parts and the
    whole, which spans both, so that "Eun-hye" and "Eunhye" find each other. Returns `()` for a
    text without words.
    """
    found = []
    for match in _UNIT.finditer(text):
        at = match.start()
        for start, end, term in _analyse_unit(match.group()):
            found.append(Token(text[at + start : at + end], at + start, at + end, term))
    return tuple(found)


def tokenize_question(text: str) -> tuple[Token, ...]:
    """Return the words of a question: `text` as typed, terms as meant, and none for words that tell nothing.

    "whos" is "who is", and "so", "just" or "can you tell me" have no terms, unless the question has no others.
    """
    opening = everyday.OPENING.match(text)
    begin = opening.end() if opening else 0
    found: list[Token] = []
    for token in tokenize(text):
        word = token.text.lower().replace("’", "'")
        if token.start < begin or word in everyday.FILLERS:
            found.append(token._replace(term=None))
        elif word in everyday.TYPED and not _is_name(token.text):
            found += [token._replace(term=term) for term in analyse(everyday.TYPED[word]) or (None,)]
        else:
            found.append(token)
    return tuple(found) if any(token.term for token in found) else tokenize(text)


def spell_out(text: str) -> str:
    """Return a question with its short spellings written out, as patterns of English expect it: "whos" as "who is"."""

    def write(match: re.Match[str]) -> str:
        word = match[0]
        return word if _is_name(word) else everyday.TYPED.get(word.lower().replace("’", "'"), word)

    return _TYPED_WORD.sub(write, text)


def _is_name(word: str) -> bool:
    """Tell whether capitals make a word of more than one letter a name, as in "UR"."""
    return len(word) > 1 and word.isupper()


def analyse(text: str) -> tuple[str, ...]:
    """Return the index terms of the text in order, without stop words; a term holds no white space.

    Returns `()` if it has none.
    """
    found: list[str] = []
    for unit in _UNIT.findall(text):
        found += _remembered_terms(unit) if len(unit) <= 40 else _list_terms(unit)
    return tuple(found)


def _list_terms(unit: str) -> tuple[str, ...]:
    """Return the terms of the words in one match of `_UNIT`."""
    return tuple(term for _, _, term in _split_unit(unit) if term)


def _analyse_unit(unit: str) -> tuple[tuple[int, int, str | None], ...]:
    """Return start, end and term of each word in one match of `_UNIT`; short matches are cached."""
    return _remembered(unit) if len(unit) <= 40 else _split_unit(unit)


def _split_unit(unit: str) -> tuple[tuple[int, int, str | None], ...]:
    second = unit[3:].lstrip()
    if second in wordlists.AFTER_THE and unit[:3].lower() == "the":
        return ((0, 3, None), (len(unit) - len(second), len(unit), wordlists.AFTER_THE[second]))
    if unit.isascii() and unit.isalpha():  # nearly all words: only capitals to fold, nothing to split
        return ((0, len(unit), _make_term(unit, unit.lower())),)
    if "." in unit and not unit[0].isdigit():
        return ((0, len(unit), _join_initials(unit)),)
    if broken := _BROKEN.search(unit):
        return _rejoin(unit, broken)
    parts = [(match.start(), match.end(), match.group()) for match in _HYPHENED.finditer(unit)]
    folded = [_fold(part) for _, _, part in parts]
    if len(parts) == 2 and (number := _read_compound_number(*folded)):
        return ((0, len(unit), number),)
    result = [(start, end, _make_term(part, word)) for (start, end, part), word in zip(parts, folded, strict=True)]
    if len(parts) == 2 and max(map(len, folded)) <= 6:
        ends = [term or "." for _, _, term in result]
        if not ends[0][0].isdigit() and "." not in "".join(ends):  # not "3-2", "one-third", "US-led", "how-to"
            result.append((0, len(unit), _stem("".join(folded))))
    return tuple(result)


def _rejoin(unit: str, broken: re.Match[str]) -> tuple[tuple[int, int, str | None], ...]:
    """Return both parts of a word broken at a line end, which may be a compound, and the whole, which spans both."""
    left, right = unit[: broken.start()], unit[broken.end() :]
    shifted = [(broken.end() + start, broken.end() + end, term) for start, end, term in _split_unit(right)]
    whole = [(0, len(unit), term) for _, _, term in _split_unit(left + right)]
    return (*_split_unit(left), *shifted, *whole)


_remembered = lru_cache(maxsize=65536)(_split_unit)
_remembered_terms = lru_cache(maxsize=65536)(_list_terms)


def _join_initials(unit: str) -> str | None:
    """Return the term of initials: "u.s." for "U.S.", "rok" for "R.O.K."."""
    letters = unit.replace(".", "").upper()
    if len(letters) == 1:
        return "north" if letters == "N" else "south"  # `_UNIT` matches it before "Korea" only
    term = wordlists.NAMES.get(letters) or _fold(letters)
    if term in wordlists.STOP:  # "W.H.O." is no question word; "a.m." says little
        return None if term == "am" else ".".join(term) + "."
    return term if "." in term else _stem(term)


def _fold(word: str) -> str:
    """Return the word in lower case, without accents, possessive ending and apostrophes."""
    if not word.isascii():
        word = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).replace("’", "'").casefold())
        word = "".join(letter for letter in word if not unicodedata.combining(letter)).translate(wordlists.LETTERS)
    word = word.lower()
    if word in wordlists.STOP:  # "won't"
        return word
    word = _NO_LETTER.sub("", _CONTRACTION.sub("", word))
    return word if word[:1].isdigit() else word.replace(".", "").replace("/", "")


def _make_term(part: str, word: str) -> str | None:
    """Return the term of a word, given as written (`part`) and folded (`word`); None for a stop word."""
    if len(part) == 1 and part.isupper() and part not in "AI":  # "Vitamin D"
        return word or None
    name = wordlists.NAMES.get(part.removesuffix("'s").removesuffix("’s")) or wordlists.NAMES.get(
        " ".join(part.lower().split())
    )
    if name or not word or word in wordlists.STOP:
        return name
    if word in wordlists.NUMBERS:
        return str(wordlists.NUMBERS[word])
    if word in wordlists.ORDINALS:
        return _write_ordinal(wordlists.ORDINALS[word])
    base = wordlists.FORMS.get(word, word)
    return wordlists.NAMES.get(base) or (base if base[0].isdigit() else _stem(base))


def _read_compound_number(tens: str, unit: str) -> str | None:
    """Return "25" for "twenty" and "five", "21st" for "twenty" and "first", None for anything else."""
    number = wordlists.NUMBERS.get(tens, 0)
    if number < 20:
        return None
    if 0 < wordlists.NUMBERS.get(unit, 0) < 10:
        return str(number + wordlists.NUMBERS[unit])
    return _write_ordinal(number + wordlists.ORDINALS[unit]) if 0 < wordlists.ORDINALS.get(unit, 0) < 10 else None


def _write_ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _stem(word: str) -> str:
    """Return PyStemmer's stem; a stemmer must not be shared between threads, so each thread has its own."""
    stemmer = getattr(_thread, "stemmer", None)
    if stemmer is None:
        from Stemmer import Stemmer

        stemmer = _thread.stemmer = Stemmer("english", 0)  # no cache of its own: `_remembered` is one
    return str(stemmer.stemWord(word))
