"""A property that is worked out once, for objects that live for one question."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

S = TypeVar("S")
T = TypeVar("T")


class once(Generic[S, T]):  # noqa: N801 - it stands where `cached_property` would
    """As `functools.cached_property`, which before Python 3.12 takes a lock, and with it a microsecond.

    A question works out some 300 such properties, most in less time than that.
    """

    def __init__(self, find: Callable[[S], T]) -> None:
        self._find = find
        self._name = find.__name__
        self.__doc__ = find.__doc__

    def __get__(self, seen: S, _: Any = None) -> T:
        found = seen.__dict__[self._name] = self._find(seen)
        return found
