"""Regular expressions that are compiled when they are first used.

A process that answers one question uses a third of ours, and to compile the others takes it longer than the answer. Of
those that it asks of every question, most find nothing: some are `rare`, and wait for a text that holds their keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, overload
from zlib import crc32

KEYS = Path(__file__).with_suffix(".keys")
"""What a text must hold for each rare pattern to find anything in it, by the checksum of the pattern."""

FEW = 40
"""Texts, those of one question and more, after which it is faster to compile a pattern than to look for its keys."""

Keys = Iterable[Iterable[str]]
"""Groups of strings in small letters: a text in which a pattern finds anything holds one string of each group."""

_ALIKE = str.maketrans("ıİſ\u212a", "iisk")
"""Letters that a pattern takes for one of ours when it ignores case."""


class _Late:
    """Stands for a pattern: what is asked of it first is looked up in the compiled one, and kept here."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self.pattern, self.flags = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self.pattern, self.flags), name)
        setattr(self, name, found)
        return found


class Rare(_Late):
    """Stands for a pattern that finds nothing in most texts, and is not compiled for the first `FEW` of these."""

    def __init__(self, text: str, flags: int) -> None:
        super().__init__(text, flags)
        self._left = FEW

    def match(self, text: str, *span: int) -> Any:
        """As `re.Pattern.match`."""
        return self._look("match", text, span)

    def search(self, text: str, *span: int) -> Any:
        """As `re.Pattern.search`."""
        return self._look("search", text, span)

    def fullmatch(self, text: str, *span: int) -> Any:
        """As `re.Pattern.fullmatch`."""
        return self._look("fullmatch", text, span)

    def _look(self, call: str, text: str, span: tuple[int, ...]) -> Any:
        if self._left and not may_fit(simplify(text), _load_keys().get(checksum(str(self.pattern)), ())):
            self._left -= 1
            return None
        return self.__getattr__(call)(text, *span)  # which stands here from now on, instead of the method


# ruff: noqa: A001 - it has the name that it has in `re`


@overload
def compile(text: str, flags: int = 0, *, rare: bool = False) -> re.Pattern[str]: ...


@overload
def compile(text: bytes, flags: int = 0) -> re.Pattern[bytes]: ...


def compile(text: str | bytes, flags: int = 0, *, rare: bool = False) -> Any:
    """Return the pattern, as `re.compile` does; one that is malformed is found out when it is first used.

    A `rare` one has its keys in `patterns.keys`, which `python -m tests.train.make_keys` makes; without, it is as any.
    """
    return Rare(str(text), flags) if rare else _Late(text, flags)


def simplify(text: str) -> str:
    """Return the text in small letters, as keys are looked for in it."""
    return text.translate(_ALIKE).lower()


def may_fit(simplified: str, keys: Keys) -> bool:
    """Tell whether a simplified text holds a string of each group; without groups, it does."""
    return all(any(key in simplified for key in group) for group in keys)


def checksum(text: str) -> str:
    """Return what stands for a pattern in `patterns.keys`."""
    return f"{crc32(text.encode()):08x}"


@cache
def _load_keys() -> Mapping[str, Keys]:
    found: Mapping[str, Keys] = json.loads(KEYS.read_text("ascii"))
    return found


def fold(text: str) -> str:
    """Return a pattern whose case does not count as one for a text that is `casefold`ed.

    Such a search takes a third of the time that one with `re.IGNORECASE` does. A capital in an escape or in the name of
    a group has a meaning of its own, and stays.
    """
    return re.sub(r"\\.|\(\?P<\w+>|[A-Z]", lambda match: match[0].lower() if len(match[0]) == 1 else match[0], text)
