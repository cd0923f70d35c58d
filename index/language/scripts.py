"""Tell a language by the letters that it is written in, where few languages share them."""

from __future__ import annotations

from collections import Counter

_SCRIPTS = (
    ("el", 0x0370, 0x03FF), ("ru", 0x0400, 0x052F), ("hy", 0x0530, 0x058F), ("he", 0x0590, 0x05FF),
    ("ar", 0x0600, 0x077F), ("hi", 0x0900, 0x097F), ("bn", 0x0980, 0x09FF), ("pa", 0x0A00, 0x0A7F),
    ("gu", 0x0A80, 0x0AFF), ("ta", 0x0B80, 0x0BFF), ("te", 0x0C00, 0x0C7F), ("kn", 0x0C80, 0x0CFF),
    ("ml", 0x0D00, 0x0D7F), ("si", 0x0D80, 0x0DFF), ("th", 0x0E00, 0x0E7F), ("lo", 0x0E80, 0x0EFF),
    ("bo", 0x0F00, 0x0FFF), ("my", 0x1000, 0x109F), ("ka", 0x10A0, 0x10FF), ("ko", 0x1100, 0x11FF),
    ("am", 0x1200, 0x139F), ("km", 0x1780, 0x17FF), ("mn", 0x1800, 0x18AF), ("el", 0x1F00, 0x1FFF),
    ("ja", 0x3040, 0x30FF), ("ko", 0x3130, 0x318F), ("ja", 0x31F0, 0x31FF), ("zh", 0x3400, 0x4DBF),
    ("zh", 0x4E00, 0x9FFF), ("ko", 0xAC00, 0xD7AF), ("zh", 0x20000, 0x323AF),
)  # fmt: skip
"""The most common language of each script, with the script's first and last code point."""

_FIRST = _SCRIPTS[0][1]

_DISTINCTIVE = (
    ("ur", "ar", "ٹڈںےہ", ""),
    ("ps", "ar", "ټډړږښځڅ", ""),
    ("fa", "ar", "پچژگیک", ""),
    ("kk", "ru", "әғқұ", ""),
    ("mn", "ru", "өү", ""),
    ("mk", "ru", "ѓќѕ", ""),
    ("sr", "ru", "ђћџљњј", ""),
    ("be", "ru", "ў", ""),
    ("uk", "ru", "іїєґ", "ыэё"),
    ("mr", "hi", "ळ", ""),
)
"""A language, the one with which it shares its script, letters that only the first has, and some that it never has."""

_ENOUGH = 0.006
"""Share of such letters that tells the language: fewer stand in a foreign name. Of Persian they are some 15 %."""

_WEIGHTS = {"zh": 2, "ja": 2, "ko": 2}
"""How many Latin letters a sign is worth: a Chinese question about "Doctor Who" has fewer signs than letters."""


def find_script(letter: str) -> str | None:
    """Return the most common language of a letter's script, None for a script not listed, such as the Latin one."""
    code = ord(letter)
    if code < _FIRST:
        return None
    return next((name for name, first, last in _SCRIPTS if first <= code <= last), None)


def detect_by_script(text: str, share: float = 0.5) -> str:
    """Return the language of the letters of the text; "" if less than this share of them has a script listed here."""
    letters = Counter(text.lower())
    scripts: Counter[str] = Counter()
    latin = 0
    for letter, count in letters.items():
        if letter.isalpha():
            language = find_script(letter)
            if language:
                scripts[language] += count * _WEIGHTS.get(language, 1)
            else:
                latin += count
    total = scripts.total()
    return _tell_apart(letters, scripts) if total > share * (total + latin) else ""


def _tell_apart(letters: Counter[str], scripts: Counter[str]) -> str:
    """Return which of the languages of the most common script the text is in."""
    language = scripts.most_common(1)[0][0]
    if language == "zh" and scripts["ja"] * 20 > scripts["zh"]:  # Japanese mixes both, Chinese has no kana
        return "ja"
    for other, shared, own, never in _DISTINCTIVE:
        if language == shared:
            counts = [sum(letters[letter] for letter in each) for each in (own, never)]
            if counts[0] > _ENOUGH * scripts[language] and counts[0] > 4 * counts[1]:
                return other
    if language == "ru" and letters["ъ"] > 0.008 * scripts["ru"] > 1.6 and not any(letters[each] for each in "ыэё"):
        return "bg"  # of Bulgarian 1.5 %, of Russian 0.03 %: a few words do not tell
    return language
