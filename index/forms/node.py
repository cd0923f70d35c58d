"""Read plain dicts strictly: every error is a `ValueError` whose message begins with the key's path."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

_DEEPEST = 50
"""Levels of nesting in notes and explanations at most; deeper ones are not ours and would exhaust the stack."""

_DEEPEST_FOREIGN = 100
"""Levels of nesting in JSON from outside at most: what goes on to walk it, or writes it again, has a stack, too."""

_Value = TypeVar("_Value")
_Member = TypeVar("_Member", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Node:
    """One object of a form, and its path; each method reads one key and checks its type.

    All of them raise `ValueError` if the key is missing or its value has another type.
    """

    value: Mapping[str, Any]
    path: str

    def text(self, key: str) -> str:
        """Return the string at `key`."""
        return str(self._read(key, str, "a string"))

    def whole(self, key: str) -> int:
        """Return the whole number at `key`; true and false are not numbers."""
        return _check_whole(self._read(key, object, "a value"), self._join_path(key))

    def number(self, key: str) -> float:
        """Return the finite number at `key`."""
        try:
            return float(check_finite(self._read(key, (int, float), "a number"), self._join_path(key)))
        except OverflowError:
            raise ValueError(f"{self._join_path(key)}: expected a finite number, got one too large") from None

    def truth(self, key: str) -> bool:
        """Return the truth value at `key`."""
        return bool(self._read(key, bool, "true or false"))

    def member(self, key: str, kind: type[_Member]) -> _Member:
        """Return the member of `kind` whose value is at `key`."""
        text = self.text(key)
        if text not in list(kind):
            raise ValueError(f"{self._join_path(key)}: expected one of {', '.join(kind)}, got {shorten(text)}")
        return kind(text)

    def moment(self, key: str) -> datetime:
        """Return the date and time at `key`; it has a zone only if one is written."""
        text = self.text(key)
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(
                f"{self._join_path(key)}: expected a date and time in ISO 8601, got {shorten(text)}"
            ) from None

    def span(self, limit: int | None = None) -> dict[str, int]:
        """Return `start` and `end`; `limit` is the length of the text that they index, if it is known."""
        start, end = self.whole("start"), self.whole("end")
        if not 0 <= start <= end or (limit is not None and end > limit):
            raise ValueError(f"{self._join_path('end')}: {start} to {end} is no span of the text")
        return {"start": start, "end": end}

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the strings of the list at `key`."""
        return tuple(_check_type(item, str, "a string", path) for item, path in self._list(key))

    def lists(self, key: str) -> tuple[tuple[str, ...], ...]:
        """Return the lists of strings in the list at `key`."""
        found = [(_check_type(item, (list, tuple), "a list", path), path) for item, path in self._list(key)]
        return tuple(tuple(_check_type(each, str, "a string", path) for each in some) for some, path in found)

    def wholes(self, key: str) -> tuple[int, ...]:
        """Return the whole numbers of the list at `key`."""
        return tuple(_check_whole(item, path) for item, path in self._list(key))

    def pairs(self, key: str) -> tuple[tuple[int, int], ...]:
        """Return the pairs of whole numbers in the list at `key`."""
        found = []
        for item, path in self._list(key):
            pair = _check_type(item, (list, tuple), "a pair of numbers", path)
            if len(pair) != 2:
                raise ValueError(f"{path}: expected a pair of numbers, got {shorten(item)}")
            found.append((_check_whole(pair[0], path), _check_whole(pair[1], path)))
        return tuple(found)

    def items(self, key: str) -> list[Node]:
        """Return the objects of the list at `key`."""
        return [Node(_check_type(item, Mapping, "an object", path), path) for item, path in self._list(key)]

    def child(self, key: str) -> Node:
        """Return the object at `key`."""
        return Node(self._read(key, Mapping, "an object"), self._join_path(key))

    def plain(self, key: str) -> dict[str, Any]:
        """Return the object at `key` unchanged, if JSON can hold all of it."""
        return convert_object(self.child(key).value, self._join_path(key))

    def optional(self, key: str, read: Callable[[str], _Value], *, required: bool = True) -> _Value | None:
        """Return what `read` makes of a key whose value may be null; unless `required`, the key may be missing."""
        if key in self.value or required:
            return None if self._read(key, object, "a value") is None else read(key)
        return None

    def _list(self, key: str) -> list[tuple[Any, str]]:
        values = self._read(key, (list, tuple), "a list")
        return [(item, f"{self._join_path(key)}[{number}]") for number, item in enumerate(values)]

    def _read(self, key: str, kind: type | tuple[type, ...], name: str) -> Any:
        if key not in self.value:
            raise ValueError(f"{self._join_path(key)}: missing")
        return _check_type(self.value[key], kind, name, self._join_path(key))

    def _join_path(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def _check_type(value: Any, kind: type | tuple[type, ...], name: str, path: str) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"{path}: expected {name}, got {shorten(value)}")  # noqa: TRY004 - one error for all forms
    return value


def _check_whole(value: Any, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):  # Python counts True among the integers, JSON does not
        raise ValueError(f"{path}: expected a whole number, got {shorten(value)}")  # noqa: TRY004 - one error for all forms
    return value


def check_finite(value: float, path: str) -> float:
    """Return the number unchanged.

    Raises:
        ValueError: it is NaN, infinite, or a truth value.
    """
    if isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError(f"{path}: expected a finite number, got {shorten(value)}")
    return value


def parse_json(data: bytes | str) -> Any:
    """Return the value that JSON from outside stands for.

    Raises:
        ValueError: it is no JSON, not in one of its encodings, has a number of thousands of digits, or is nested more
            than 100 levels deep.
    """
    try:
        value = json.loads(data)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    level = [value]
    for _ in range(_DEEPEST_FOREIGN):
        level = [
            item
            for each in level
            if isinstance(each, dict | list)
            for item in (each.values() if isinstance(each, dict) else each)
            if isinstance(item, dict | list)
        ]
        if not level:
            return value
    raise ValueError("nested too deeply")


def convert_object(value: Mapping[str, Any], path: str, *, depth: int = 0) -> dict[str, Any]:
    """Return the object with its tuples as lists, if JSON can hold all of it.

    Raises:
        ValueError: a key is not a string, a value is NaN, infinite or of a type unknown to JSON, or
            objects and lists are nested more than 50 levels deep.
    """
    return {
        _check_type(key, str, "a string as key", path): _convert(item, f"{path}.{key}" if path else str(key), depth)
        for key, item in value.items()
    }


def _convert(value: Any, path: str, depth: int) -> Any:
    if depth > _DEEPEST:
        raise ValueError(f"{path[:80]}: more than {_DEEPEST} levels deep")
    if isinstance(value, Mapping):
        return convert_object(value, path, depth=depth + 1)
    if isinstance(value, list | tuple):
        return [_convert(item, f"{path}[{number}]", depth + 1) for number, item in enumerate(value)]
    if isinstance(value, bool | str | None):
        return value
    return check_finite(_check_type(value, (int, float), "a value of JSON", path), path)


def shorten(value: object) -> str:
    """Return the value as an error message shows it, at most 40 characters."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
