"""What requests may hold: each field reads a value strictly and tells its JSON Schema, so that neither drifts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from .problems import HttpProblem


class Field(Protocol):
    """Reads one value of JSON, and describes it."""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of what `read` takes."""

    def read(self, value: Any, path: str) -> Any:
        """Return the value.

        Raises:
            HttpProblem: it is not one; the message names its path.
        """


def refuse(path: str, expected: str) -> HttpProblem:
    """Return the error for a value that does not fit."""
    return HttpProblem(422, f"{path or 'the body'}: expected {expected}")


@dataclass(frozen=True, slots=True)
class TextField:
    """A string of at least one character, in one of the forms that are given, if any are."""

    longest: int
    form: re.Pattern[str] | None = None
    about: str = ""

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        schema = {"type": "string", "minLength": 1, "maxLength": self.longest}
        return schema | _describe(self.about) | ({"pattern": f"^{self.form.pattern}$"} if self.form else {})

    def read(self, value: Any, path: str) -> str:
        """Return the string."""
        if not isinstance(value, str) or not 0 < len(value) <= self.longest:
            raise refuse(path, f"a string of 1 to {self.longest} characters")
        if self.form and not self.form.fullmatch(value):
            raise refuse(path, f"a string of the form {self.form.pattern}")
        return value


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """One of several words."""

    choices: tuple[str, ...]
    about: str = ""

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": "string", "enum": list(self.choices)} | _describe(self.about)

    def read(self, value: Any, path: str) -> str:
        """Return the word."""
        if not isinstance(value, str) or value not in self.choices:
            raise refuse(path, f"one of {', '.join(self.choices)}")
        return value


@dataclass(frozen=True, slots=True)
class WholeField:
    """A whole number within limits."""

    least: int
    most: int
    about: str = ""

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most} | _describe(self.about)

    def read(self, value: Any, path: str) -> int:
        """Return the number; JSON makes no difference between 3 and 3.0."""
        whole = isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1
        if not whole or not self.least <= value <= self.most:
            raise refuse(path, f"a whole number from {self.least} to {self.most}")
        return int(value)


@dataclass(frozen=True, slots=True)
class TruthField:
    """True or false."""

    about: str = ""

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": "boolean"} | _describe(self.about)

    def read(self, value: Any, path: str) -> bool:
        """Return it."""
        if not isinstance(value, bool):
            raise refuse(path, "true or false")
        return value


@dataclass(frozen=True, slots=True)
class DateField:
    """A day, or a moment of one, in ISO 8601."""

    about: str = ""

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]} | _describe(self.about)

    def read(self, value: Any, path: str) -> datetime:
        """Return the moment, the first of a day; it has a zone only if one is written."""
        try:
            if isinstance(value, str) and value.isascii() and len(value) <= 40:
                return datetime.fromisoformat(value)
        except ValueError:
            pass
        raise refuse(path, "a date such as 2024-03-05 or 2024-03-05T14:25:00Z")


@dataclass(frozen=True, slots=True)
class ListField:
    """A list of values of one kind."""

    item: Field
    most: int
    about: str = ""

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": "array", "items": self.item.schema, "maxItems": self.most} | _describe(self.about)

    def read(self, value: Any, path: str) -> tuple[Any, ...]:
        """Return the values."""
        if not isinstance(value, list) or len(value) > self.most:
            raise refuse(path, f"a list of at most {self.most}")
        return tuple(self.item.read(each, f"{path}[{at}]") for at, each in enumerate(value))


@dataclass(frozen=True, slots=True)
class ObjectField:
    """Any object; whoever gets it reads it."""

    about: str = ""

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return {"type": "object"} | _describe(self.about)

    def read(self, value: Any, path: str) -> dict[str, Any]:
        """Return the object."""
        if not isinstance(value, dict):
            raise refuse(path, "an object")
        return value


@dataclass(frozen=True, slots=True)
class Form:
    """An object with these fields and no others; all but the `required` ones may be left out."""

    fields: Mapping[str, Field]
    required: tuple[str, ...] = ()
    example: Mapping[str, Any] = field(default_factory=dict)

    @property
    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return {
            "type": "object",
            "properties": {name: each.schema for name, each in self.fields.items()},
            "required": list(self.required),
            "additionalProperties": False,
        } | ({"examples": [dict(self.example)]} if self.example else {})

    def read(self, value: Any, path: str = "") -> dict[str, Any]:
        """Return the values that are there, by their names."""
        if not isinstance(value, dict):
            raise refuse(path, "an object")
        for name in value:
            if name not in self.fields:
                raise refuse(path, f"no key {name[:40]!r}; there are {', '.join(self.fields)}")
        for name in self.required:
            if name not in value:
                raise refuse(f"{path}.{name}" if path else name, "a value, and it is missing")
        return {name: self.fields[name].read(each, f"{path}.{name}" if path else name) for name, each in value.items()}

    def read_query(self, pairs: list[tuple[str, str]]) -> dict[str, Any]:
        """Return the values of an address's query; a list is written as several pairs of one name."""
        value: dict[str, Any] = {}
        for name, text in pairs:
            each = self.fields.get(name)
            if isinstance(each, ListField):
                value.setdefault(name, []).append(text)
            elif name in value:
                raise refuse(name, "one value")
            else:
                value[name] = _READERS.get(type(each), str)(text)
        return self.read(value)


def _describe(about: str) -> dict[str, Any]:
    return {"description": about} if about else {}


_NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)


def _read_number(text: str) -> Any:
    return int(text) if _NUMBER.fullmatch(text) else text


_READERS: Mapping[type, Callable[[str], Any]] = {
    WholeField: _read_number,
    TruthField: lambda text: {"true": True, "false": False}.get(text, text),
}
"""What makes a value of JSON of the text in an address."""
