"""Resolve relative dates in other languages than English, by the data of the language: "el martes", "지난해 11월".

`[dates]` has a `pattern` whose groups say what a match is: `near`, or else a `weekday`, a `day` of a `month`, a `bare`
day, a month of a `year_side`, a day of a `month_side`, a `period`, or some `ago` of a `unit`. What is told by a `side`
is before, in or after the day, month or year of publication; `near`, `sides`, `units` and `numbers` give the words
their values, `spelled` the usual name of a month. A weekday without a side is the last one, or the next where a word of
the future (`ahead`) stands in the sentence and none of the `past`; where words of both do, nobody can tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from ..language.language import Language, get_language
from .dates import Dated, make_date, name_day, name_month, name_year, shift_months

_Found = Mapping[str, str]


def resolve_in(text: str, published: date, language: Language, start: int, end: int) -> tuple[Dated, ...]:
    """Return the incomplete dates in one sentence, `text[start:end]`, completed and in order; see `dates.resolve`.

    Returns () for a language that has no data for it.
    """
    return tuple(_find_dates(text, published, _read_words(language.code), start, end)) if language.dates else ()


def _find_dates(text: str, published: date, words: _DateWords, start: int, end: int) -> Iterator[Dated]:
    for match in words.pattern.finditer(text, start, end):
        found = {name: value for name, value in match.groupdict().items() if value is not None}
        resolver = next((_RESOLVERS[name] for name in _RESOLVERS if name in found), None)
        if resolver is not None and (meant := resolver(_Case(found, words, published, text[start:end]))) is not None:
            yield Dated(match.start(), match.end(), meant)


@dataclass(frozen=True, eq=False)
class _DateWords:
    """The words of a language for dates: its pattern, and what they are worth."""

    pattern: re.Pattern[str]
    near: Mapping[str, int]
    sides: Mapping[str, int]
    units: Mapping[str, str]
    numbers: Mapping[str, int]
    spelled: Mapping[str, str]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    ahead: re.Pattern[str] | None
    past: re.Pattern[str] | None


@cache
def _read_words(code: str) -> _DateWords:
    language = get_language(code)
    data = language.dates
    near, sides, units, numbers, spelled = (
        dict(pair.replace("_", " ").split("=") for pair in data.get(key, "").split())
        for key in ("near", "sides", "units", "numbers", "spelled")
    )
    return _DateWords(
        pattern=re.compile(data["pattern"], re.VERBOSE),
        near={word: int(off) for word, off in near.items()},
        sides={word: int(off) for word, off in sides.items()},
        units=units,
        numbers={word: int(value) for word, value in numbers.items()},
        spelled=spelled,
        months=language.months,
        weekdays=language.weekdays,
        ahead=re.compile(data["ahead"]) if "ahead" in data else None,
        past=re.compile(data["past"]) if "past" in data else None,
    )


@dataclass(frozen=True, eq=False)
class _Case:
    """One match of the pattern: its groups, the words of its language, the day of publication, the sentence."""

    found: _Found
    words: _DateWords
    published: date
    sentence: str

    def side(self, *names: str) -> int | None:
        """Return where the first of these groups that was found points: before (-1), in (0) or after (1)."""
        return next((self.words.sides[self.found[name].lower()] for name in names if name in self.found), None)

    def month(self, name: str) -> int:
        """Return the number of the month in this group."""
        told = self.found[name].lower()
        return int(told) if told.isdigit() else self.words.months.index(self.words.spelled.get(told, told)) + 1

    def looks_ahead(self) -> bool | None:
        """Tell whether the sentence is about the future; None where words of past and future both stand in it."""
        ahead = self.words.ahead is not None and self.words.ahead.search(self.sentence) is not None
        past = self.words.past is not None and self.words.past.search(self.sentence) is not None
        return None if ahead and past else ahead


def _resolve_near(case: _Case) -> str | None:
    return name_day(case.published, case.words.near[case.found["near"].lower()])


def _resolve_weekday(case: _Case) -> str | None:
    told = case.found.get("side_weekday") or case.found["weekday"]
    wanted = case.words.weekdays.index(told.lower())
    back, on = (case.published.weekday() - wanted) % 7, (wanted - case.published.weekday()) % 7
    side = case.side("side", "weekday_side")
    if side or not back:  # "este martes" of a Tuesday is that day
        return name_day(case.published, {-1: -(back or 7), 1: on or 7}.get(side or 0, 0))
    ahead = case.looks_ahead()
    return None if ahead is None else name_day(case.published, on if ahead else -back)


def _resolve_day(case: _Case) -> str | None:
    """Return the nearest day of that name; one before or after the publication where the words say so."""
    number, month = int(case.found.get("side_month_day") or case.found["day"]), case.month(_pick(case, "month"))
    years = (case.published.year + off for off in (-1, 0, 1))
    return _pick_nearest(case, (make_date(year, month, number) for year in years))


def _pick(case: _Case, name: str) -> str:
    return f"side_{name}" if f"side_{name}" in case.found else name


def _resolve_bare_day(case: _Case) -> str | None:
    """Return the nearest day with that number."""
    number = int(case.found[_pick(case, "day") if "side_day" in case.found else "bare"])
    months = (case.published.year * 12 + case.published.month - 1 + off for off in (-1, 0, 1))
    return _pick_nearest(case, (make_date(month // 12, month % 12 + 1, number) for month in months))


def _pick_nearest(case: _Case, days: Iterator[date | None]) -> str | None:
    side = case.side("side") or 0
    fit = [day for day in days if day is not None and (day - case.published) * side >= timedelta()]
    return str(min(fit, key=lambda day: abs(day - case.published))) if fit else None


def _resolve_month_of_year(case: _Case) -> str | None:
    year = case.published.year + (case.side("year_side", "this_year") or 0)
    if "year_month" not in case.found:
        return name_year(year)
    month = case.month("year_month")
    if "year_day" in case.found:
        day = make_date(year, month, int(case.found["year_day"]))
        return str(day) if day else None
    return name_month(year, month)


def _resolve_day_of_month(case: _Case) -> str | None:
    off = case.side("month_side") or 0
    if "month_day" not in case.found:
        return shift_months(case.published, off)
    months = case.published.year * 12 + case.published.month - 1 + off
    day = make_date(months // 12, months % 12 + 1, int(case.found["month_day"]))
    return str(day) if day else None


def _resolve_month(case: _Case) -> str | None:
    """Return the last or the next month of that name."""
    name = next(each for each in ("side_month", "after_month") if each in case.found)
    month, side = case.month(name), case.side("before_month", "month_side", "side") or 0
    off = -(month >= case.published.month) if side < 0 else int(month <= case.published.month)
    return name_month(case.published.year + off, month)


def _resolve_period(case: _Case) -> str | None:
    told = case.words.units[(case.found.get("period") or case.found["period_after"]).lower()]
    side = case.side("period_side", "after_side") or 0
    return name_year(case.published.year + side) if told == "year" else shift_months(case.published, side)


def _resolve_ago(case: _Case) -> str | None:
    told = case.found["ago"].lower()
    number = int(told) if told.isdigit() else case.words.numbers[told]
    match case.words.units[case.found["unit"]]:
        case "year":
            return name_year(case.published.year - number)
        case "month":
            return shift_months(case.published, -number)
        case unit:
            return name_day(case.published, -number * (7 if unit == "week" else 1))


_RESOLVERS: Mapping[str, Callable[[_Case], str | None]] = {
    "near": _resolve_near,
    "side_weekday": _resolve_weekday,
    "weekday": _resolve_weekday,
    "side_month_day": _resolve_day,
    "day": _resolve_day,
    "bare": _resolve_bare_day,
    "side_day": _resolve_bare_day,
    "year_month": _resolve_month_of_year,
    "year_side": _resolve_month_of_year,
    "side_month": _resolve_month,
    "after_month": _resolve_month,
    "month_side": _resolve_day_of_month,
    "period": _resolve_period,
    "period_after": _resolve_period,
    "ago": _resolve_ago,
}
"""What resolves a match, by the first of these groups that it has."""
