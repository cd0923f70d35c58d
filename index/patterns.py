"""Regular expressions that are compiled when they are first used.

A process that answers one question uses a third of ours, and to compile the others takes it longer than the answer.
"""

from __future__ import annotations

import re
from typing import Any, overload


class _Late:
    """Stands for a pattern: what is asked of it first is looked up in the compiled one, and kept here."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found


# ruff: noqa: A001 - it has the name that it has in `re`


@overload
def compile(text: str, flags: int = 0) -> re.Pattern[str]: ...


@overload
def compile(text: bytes, flags: int = 0) -> re.Pattern[bytes]: ...


def compile(text: str | bytes, flags: int = 0) -> Any:
    """Return the pattern, as `re.compile` does; one that is malformed is found out when it is first used."""
    return _Late(text, flags)


def fold(text: str) -> str:
    """Return a pattern whose case does not count as one for a text that is `casefold`ed.

    Such a search takes a third of the time that one with `re.IGNORECASE` does. A capital in an escape or in the name of
    a group has a meaning of its own, and stays.
    """
    return re.sub(r"\\.|\(\?P<\w+>|[A-Z]", lambda match: match[0].lower() if len(match[0]) == 1 else match[0], text)
