"""Resolve relative dates ("Tuesday", "last November", "in May last year") against the day of publication.

Wire copy names days and months without their year, which a later reader has to work out. The words are not
changed: a date is a note beside them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import cache
from typing import NamedTuple

from .. import patterns
from ..language.calendar import ABBREVIATED_MONTH, MONTH, WEEKDAY, WEEKDAYS, parse_month
from ..language.wordlists import NUMBERS, match_any

_FUTURE_CUE = match_any("""
    will shall is_to are_to to_be to_begin to_start plans? planned scheduled due expects? expected upcoming
    until by beginning_on starting_on set_to going_to again_on
""")
_CUE_OR_END = patterns.compile(rf"(?P<cue>\b{_FUTURE_CUE}\b)|[.;]", re.IGNORECASE)
_FIRST_WORD = patterns.compile(r"\s*\S+\s+(?=\S)")
_PAST = patterns.compile(
    r"(?:\b(?:said|told|wrote|held|met|began|since|was|were)|\w{2}ed)(?: (?:on|in|late|early))?\Z", re.IGNORECASE
)
_REACH = 20
"""Characters before a date in which `_PAST` may stand."""
_AHEAD = patterns.compile(r"[^.;]{0,80}?\b(?:will|is to|are to)\b", re.IGNORECASE)


class Dated(NamedTuple):
    """Words that stand for a day, month or year: `date` is `2023-01-03`, `2022-11` or `2022`."""

    start: int
    end: int
    date: str


def resolve(text: str, published: date, start: int = 0, end: int | None = None) -> tuple[Dated, ...]:
    """Return the incomplete dates in one sentence, `text[start:end]`, completed and in order.

    "Jan. 3" is one, "January 3, 2023" is not. `published` is the day of publication. Returns () if there are none.
    """
    return tuple(_find_dates(text, published, start, len(text) if end is None else end))


def _find_dates(text: str, published: date, start: int, end: int) -> Iterator[Dated]:
    sentence = None
    for match in _compile_pattern().finditer(text, start, end):
        sentence = sentence or _Signs.read(text[start:end])
        found = {name: value for name, value in match.groupdict().items() if value is not None}
        ahead = sentence.look_ahead(match.start() - start, match.end() - start)
        meant = _interpret(found, published, ahead=ahead)
        if meant is not None:
            yield Dated(match.start(), match.end(), meant)


class _Signs(NamedTuple):
    """A sentence, where each word for the future or end of a clause stands, and where its second word begins.

    They are found once, so that a sentence of nothing but dates takes linear time.
    """

    text: str
    ends: tuple[int, ...]
    cues: tuple[bool, ...]
    second: int

    @classmethod
    def read(cls, text: str) -> _Signs:
        found = [(match.end(), match["cue"] is not None) for match in _CUE_OR_END.finditer(text)]
        first = _FIRST_WORD.match(text)
        ends, cues = tuple(end for end, _ in found), tuple(cue for _, cue in found)
        return cls(text, ends, cues, first.end() if first else len(text))

    def look_ahead(self, start: int, end: int) -> bool:
        """Tell whether the sentence is about the future where the date `[start, end)` stands."""
        before = start
        while before and self.text[before - 1].isspace():
            before -= 1
        if _PAST.search(self.text[max(0, before - _REACH) : before]):
            return False
        last = bisect_right(self.ends, start) - 1
        if last >= 0 and self.cues[last]:
            return True
        return start <= self.second and _AHEAD.match(self.text, end) is not None


@cache
def _compile_pattern() -> re.Pattern[str]:
    months = f"{MONTH}|{ABBREVIATED_MONTH}"
    number = r"\d{1,3}|a|an|" + "|".join(word for word, value in NUMBERS.items() if value)
    return re.compile(
        rf"""
        \b(?:
          (?P<weekday>(?:(?:[Ll]ast|[Nn]ext|[Tt]his|[Tt]his\ coming)\ )?
            (?:{WEEKDAY}))\b(?!,?\ [A-Z]\w+\.?\ \d)
        | (?P<month>{months})\ (?P<day>\d{{1,2}})\b(?!,?\ (?:19|20)\d\d)(?!\d|:)
        | (?P<day_first>\d{{1,2}})\ (?P<month_after>{MONTH})\b(?!,?\ (?:19|20)\d\d)
        | (?P<side>[Ll]ast|[Nn]ext|[Tt]his)\ (?P<side_month>{months})(?!\w)
        | (?P<year_month>{months})(?:\ of)?\ (?P<year_side>last|this|next)\ year\b
        | (?:(?<=[Ii]n\ )|(?<=[Ss]ince\ )|(?<=[Uu]ntil\ )|(?<=[Bb]y\ )|(?<=[Ee]arly\ )|(?<=[Ll]ate\ )|(?<=mid-)
            |(?<=[Ff]rom\ )|(?<=[Dd]uring\ )|(?<=[Bb]efore\ )|(?<=[Aa]fter\ ))
          (?P<bare>{months})(?!\w|,?\ (?:of\ )?(?:19|20)\d\d|\ \d)
        | (?P<near>[Tt]oday|[Yy]esterday|[Tt]omorrow|[Tt]onight|last\ night|this\ (?:morning|afternoon|evening))\b
        | (?P<period_side>[Ll]ast|[Nn]ext|[Tt]his)\ (?P<period>month|year)\b
        | (?P<ago>{number})\ (?P<unit>days?|weeks?|months?|years?)\ (?:ago|earlier)\b
        )
        """,
        re.VERBOSE,
    )


def _interpret(found: dict[str, str], published: date, *, ahead: bool) -> str | None:
    for name, reader in _READERS.items():
        if name in found:
            return reader(found, published, ahead)
    return None


def _resolve_weekday(found: dict[str, str], published: date, ahead: bool) -> str | None:
    *side, day = found["weekday"].lower().split()
    wanted = WEEKDAYS.index(day.capitalize())
    back, on = (published.weekday() - wanted) % 7, (wanted - published.weekday()) % 7
    if side == ["last"]:
        return name_day(published, -(back or 7))
    if side:
        return name_day(published, on if side[0] == "this" else on or 7)
    return name_day(published, on if ahead else -back)


def _resolve_day(found: dict[str, str], published: date, ahead: bool) -> str | None:
    """Return the nearest day of that name; the next one if the sentence looks ahead; None if there is no such day."""
    month = parse_month(found.get("month") or found["month_after"])
    number = int(found.get("day") or found["day_first"])
    days = [day for year in (-1, 0, 1) if (day := make_date(published.year + year, month, number)) is not None]
    if ahead:
        days = [day for day in days if day >= published] or days
    return str(min(days, key=lambda day: abs(day - published))) if days else None


def _resolve_relative_month(found: dict[str, str], published: date, _: bool) -> str | None:
    month = parse_month(found["side_month"])
    side = found["side"].lower()
    if side == "this":
        return name_month(published.year, month)
    if side == "last":
        return name_month(published.year - (month >= published.month), month)
    return name_month(published.year + (month <= published.month), month)


def _resolve_month_of_year(found: dict[str, str], published: date, _: bool) -> str | None:
    return name_month(published.year + _SIDES[found["year_side"]], parse_month(found["year_month"]))


def _resolve_bare_month(found: dict[str, str], published: date, ahead: bool) -> str | None:
    """Return the latest month of that name, this one included; the next one if the sentence looks ahead."""
    month = parse_month(found["bare"])
    year = published.year + (month < published.month) if ahead else published.year - (month > published.month)
    return name_month(year, month)


def _resolve_near_day(found: dict[str, str], published: date, _: bool) -> str | None:
    return name_day(published, {"yesterday": -1, "last night": -1, "tomorrow": 1}.get(found["near"].lower(), 0))


def _resolve_period(found: dict[str, str], published: date, _: bool) -> str | None:
    side = _SIDES[found["period_side"].lower()]
    if found["period"] == "year":
        return name_year(published.year + side)
    return shift_months(published, side)


def _resolve_ago(found: dict[str, str], published: date, _: bool) -> str | None:
    word = found["ago"].lower()
    number = 1 if word in {"a", "an"} else int(word) if word.isdigit() else NUMBERS[word]
    unit = found["unit"].rstrip("s")
    if unit == "year":
        return name_year(published.year - number)
    if unit == "month":
        return shift_months(published, -number)
    return name_day(published, -number * (7 if unit == "week" else 1))


_SIDES = {"last": -1, "this": 0, "next": 1}
_READERS: dict[str, Callable[[dict[str, str], date, bool], str | None]] = {
    "weekday": _resolve_weekday,
    "month": _resolve_day,
    "day_first": _resolve_day,
    "side": _resolve_relative_month,
    "year_month": _resolve_month_of_year,
    "bare": _resolve_bare_month,
    "near": _resolve_near_day,
    "period": _resolve_period,
    "ago": _resolve_ago,
}


def shift_months(published: date, off: int) -> str | None:
    """Return the month `off` months later; None, as below, where the calendar does not reach so far."""
    months = published.year * 12 + published.month - 1 + off
    return name_month(months // 12, months % 12 + 1)


def name_day(published: date, off: int) -> str | None:
    """Return the day `off` days later."""
    try:
        return str(published + timedelta(off))
    except OverflowError:
        return None


def name_month(year: int, month: int) -> str | None:
    """Return the month as in `2022-11`."""
    return f"{year:04}-{month:02}" if MINYEAR <= year <= MAXYEAR else None


def name_year(year: int) -> str | None:
    """Return the year as in `2022`."""
    return f"{year:04}" if MINYEAR <= year <= MAXYEAR else None


def make_date(year: int, month: int, day: int) -> date | None:
    """Return the day; None if the calendar has no such one."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
