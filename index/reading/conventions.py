"""The conventions of agencies that do not write English, by the data of their language. Pure.

The data of a language has these patterns in `[wire]`: `dateline` opens a story and names `place` and `agency`; `byline`
has `names`, more than one divided by `parting`; whole lines of `furniture`; `credit` closes a caption; `end` a story; a
line of a `date` beside a `label` tells when the page was published or, with `updated`, changed. `lead`, `tag`,
`corrected` and `withdrawn` are for what stands in brackets beside a headline.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from ..language.language import find_language
from ..model import Status
from .dateline import PageDate

WIRED = ("es", "ko")
"""The languages whose data has wire conventions."""

FULL_STORY = 100
"""The number of the first full story: it comes after all flashes, however many of them there were."""

_compile = cache(re.compile)
"""Compile a pattern when the first line needs it."""


@dataclass(frozen=True, eq=False)
class Wire:
    """The wire conventions of a language: its patterns by name, and the beginnings of its months in small letters."""

    patterns: Mapping[str, str]
    months: tuple[str, ...]

    def match(self, name: str, text: str) -> re.Match[str] | None:
        """Return what the pattern of this name finds where the text begins; None if it finds nothing."""
        return _compile(self.patterns[name]).match(text)

    def fullmatch(self, name: str, text: str) -> re.Match[str] | None:
        """Return the match if the pattern of this name fits the whole text."""
        return _compile(self.patterns[name]).fullmatch(text)

    def close(self, tail: str) -> str:
        """Return the mark of the end or the credit that closes a paragraph, "" if it has none."""
        found = _compile(rf"(?<=[.!?”\"’»)])\s?(?:{self.patterns['end']}|{self.patterns['credit']})\Z").search(tail)
        return found.group().strip() if found else ""

    def read_month(self, name: str | None) -> int:
        """Return the number of a month, 0 for another word."""
        if name and name.isdigit():
            return int(name)
        return next((at for at, month in enumerate(self.months, 1) if name and name.lower().startswith(month)), 0)

    def read_day(self, line: str) -> PageDate | None:
        """Return the date that the line states, None if the line says anything else."""
        date = _compile(self.patterns["date"])
        found = list(date.finditer(line))
        if not found or len(found) > 2:
            return None
        rest = _compile(self.patterns["label"]).sub(" ", date.sub(" ", line))
        if any(sign.isalnum() for sign in rest):
            return None
        moments = [self._read_moment(each) for each in found]
        changed = [
            bool(_compile(self.patterns["updated"]).search(part)) for part in date.split(line)[:: date.groups + 1]
        ]
        first = moments[0]
        if first is None:
            return None
        label = bool(_compile(self.patterns["label"]).search(line)) or found[0]["hour"] is not None
        return PageDate(first, label, changed[0], moments[1] if len(found) > 1 and changed[1] else None)

    def read_label(self, label: str) -> tuple[int, Status, bool]:
        """Return the lead and the status that a label beside a headline states, and whether wires alone use it."""
        lead = self.fullmatch("lead", label)
        parts = lead.groupdict() if lead else {}
        number = next((int(parts[name]) for name in ("flash", "number", "last") if parts.get(name)), 1)
        if parts.get("full"):
            number += FULL_STORY - (number < 2)
        elif not (parts.get("flash") or parts.get("number") or parts.get("counts")):
            number = 0
        status = Status.USABLE
        if self.match("withdrawn", label):
            status = Status.WITHDRAWN
        elif self.match("corrected", label):
            status = Status.CORRECTED
        return number, status, bool(lead or status is not Status.USABLE or self.fullmatch("tag", label))

    def split_names(self, names: str | None) -> str:
        """Return the names of a byline, divided by commas."""
        parting = self.patterns.get("parting")
        return ", ".join(re.split(parting, names)) if names and parting else names or ""

    def _read_moment(self, found: re.Match[str]) -> datetime | None:
        parts = found.groupdict()
        hour, minute = int(parts["hour"] or 0), int(parts["minute"] or 0)
        if parts.get("afternoon") and hour < 12:
            hour += 12
        elif parts.get("morning") and hour == 12:
            hour = 0
        month = self.read_month(parts.get("named") or parts.get("month"))
        timed = make_moment(parts["year"], month, parts["day"], hour, minute)
        return timed or make_moment(parts["year"], month, parts["day"])


def make_moment(year: str | None, month: int, day: str | None, hour: int = 0, minute: int = 0) -> datetime | None:
    """Return the moment, None if the calendar or the clock has no such one."""
    try:
        return datetime(int(year or 0), month, int(day or 0), hour, minute)  # noqa: DTZ001 - the zone is not known
    except ValueError:
        return None


@cache
def read_wire(code: str) -> Wire | None:
    """Return the wire conventions of a language; None for one whose data has none."""
    language = find_language(code)
    if language is None or not language.wire:
        return None
    return Wire(language.wire, tuple(month[:3].lower() for month in language.months))


def list_wires() -> tuple[Wire, ...]:
    """Return the wire conventions of all languages that have some."""
    return tuple(filter(None, map(read_wire, WIRED)))


def read_label(label: str) -> tuple[int, Status] | None:
    """Return the lead and the status that a label beside a headline states; None if no language's wires use it."""
    for wire in list_wires():
        lead, status, known = wire.read_label(label)
        if known:
            return lead, status
    return None
