"""Texts of the interface in the language of who reads them.

A text is written once, in English, where it is used, and `locale/LANGUAGE/LC_MESSAGES/pullquote.po` has it in another
language. Which one is spoken is known to the task at hand, and to the threads that work for it. What is quoted is
never translated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal

ENGLISH = "en"
"""The language that every text is written in; it needs no catalogue."""

LOCALE = Path(__file__).parent / "locale"

_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


@cache
def list_languages() -> tuple[str, ...]:
    """Return the codes of the languages that are spoken, English first."""
    return (ENGLISH, *sorted(path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/pullquote.po")))


def match_language(code: str | None) -> str:
    """Return the language that a code like "es-MX" asks for, English for one that is not spoken."""
    primary = (code or "").replace("_", "-").partition("-")[0].lower()
    return primary if primary in list_languages() else ENGLISH


def name_language(language: str, spoken: str = "") -> str:
    """Return what a language is called in the one that is `spoken`, by its own speakers if that is ""."""
    from babel import Locale

    return Locale.parse(spoken or language).languages.get(language) or language


def get_language() -> str:
    """Return the code of the language that is spoken now."""
    return _language.get()


def speak(language: str) -> None:
    """Speak a language from now on, in this task and those that it starts."""
    _language.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language while inside."""
    before = _language.set(language)
    try:
        yield
    finally:
        _language.reset(before)


def gettext(text: str) -> str:
    """Return an English text in the language that is spoken; as it is where the catalogue lacks it."""
    return _load(_language.get()).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a text for so many, in the language that is spoken."""
    return _load(_language.get()).ngettext(one, many, count)


class Localized:
    """A text of a class of texts: read from there, it is in the language that is spoken."""

    def __init__(self, english: str) -> None:
        """Keep the English."""
        self._english = english

    def __get__(self, _instance: object, _owner: type) -> str:
        """Return the text."""
        return gettext(self._english)


class LocalizedPlural:
    """A text that holds a `count`, with a form for one and one for more."""

    def __init__(self, one: str, many: str) -> None:
        """Keep the English of both forms."""
        self._one, self._many = one, many

    def __get__(self, _instance: object, _owner: type) -> LocalizedPlural:
        """Return itself: which form is wanted is known when it is filled in."""
        return self

    def format(self, *, count: int, **values: object) -> str:
        """Return the form for so many with its values filled in."""
        return ngettext(self._one, self._many, count).format(count=count, **values)


def join_words(words: Iterable[str], style: Literal["standard", "or"] = "standard") -> str:
    """Return words as a list, the last after "and" or "or" as the language has it."""
    from babel.lists import format_list

    return format_list(list(words), style, _language.get())


def write_number(number: int) -> str:
    """Return a number with its thousands apart, as the language has it."""
    from babel.numbers import format_decimal

    return format_decimal(number, locale=_language.get())


def write_percent(share: float) -> str:
    """Return a share as in "77%", as the language has it."""
    if _language.get() == ENGLISH:
        return f"{share:.0%}"
    from babel.numbers import format_percent

    return format_percent(share, locale=_language.get())


def write_day(when: datetime) -> str:
    """Return the day as in "3 January 2023", as the language has it."""
    if _language.get() == ENGLISH:
        return f"{when.day} {when:%B %Y}"
    from babel.dates import format_date

    return format_date(when, "long", locale=_language.get())


@cache
def _load(language: str) -> NullTranslations:
    """Return the texts of a language; a catalogue is read as its translator wrote it, so that none is out of date."""
    if language == ENGLISH:
        return NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (LOCALE / language / "LC_MESSAGES" / "pullquote.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
