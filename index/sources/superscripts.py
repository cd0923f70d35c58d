"""Say what a raised run of letters is: a power, the mark of a note, or the end of a word. Pure.

A page that is read as plain letters turns 10 to the power of 6 into 106, and the mark of a note into a digit or a word.
"""

from __future__ import annotations

import re

from .. import patterns

_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_POWER = patterns.compile(r"[+\-−]?\d{1,4}|[ni]")
_NOTE = patterns.compile(
    r"[(\[]?\s?(?:(?:note|ref\.?|fn)\s)?(?:\d{1,3}|[a-z]{1,3}|[*†‡§¶‖#]{1,4})"
    r"(?:\s?[,;–-]\s?(?:\d{1,3}|[a-z]{1,3}|[*†‡§¶‖#]{1,4})){0,9}\s?[)\]]?|\[[^\[\]]{1,40}\]",
    re.IGNORECASE,
)
_LETTERS = patterns.compile(r"[^\W\d_]{1,20}$")
# What has a square or a cube: units as they are written before a raised figure.
_UNITS = frozenset({"m", "km", "cm", "mm", "dm", "nm", "µm", "μm", "ft", "in", "yd", "mi", "s", "sec", "h", "hr", "kg"})


def read_raised(before: str, raised: str, *, linked: bool = False) -> str:
    """Return what stands in the text for raised letters behind `before`, "" for the mark of a note.

    Powers are written in the raised digits of Unicode, ordinals ("1st") and other words as they are. `linked`: the
    letters are a link, as marks of notes are.
    """
    mark = raised.strip()
    if not mark:
        return raised
    if _NOTE.fullmatch(mark) and (linked or _is_note(before, mark)):
        return ""
    return mark.translate(_RAISED) if _POWER.fullmatch(mark) and not linked else raised


def read_lowered(before: str, lowered: str) -> str:
    """Return what stands in the text for lowered letters behind `before`: only after a digit are they set apart."""
    apart = before[-1:].isdigit() or before.endswith(("/", "⁄"))
    return lowered.translate(_LOWERED) if apart else lowered


def _is_note(before: str, mark: str) -> bool:
    """Tell whether something like the mark of a note is one here."""
    last = before[-1:]
    if not mark.isalnum():  # a sign, brackets, a list of numbers
        return not _POWER.fullmatch(mark) or not (last.isalnum() or last == ")")
    if not last or last.isspace() or last.isdigit():
        return False  # the mark that opens a note, an isotope; a power or an ordinal
    if not last.isalpha():
        return mark.isdigit() or len(mark) == 1
    found = _LETTERS.search(before[-20:])
    word = found.group() if found else ""
    if mark.isdigit():
        return len(word) > 1 and word not in _UNITS and not before.endswith(tuple(f"{sign}{word}" for sign in "=+×·"))
    return len(mark) == 1 and len(word) > 2 and mark not in "oe"
