"""How much a person or a group may ask for: buckets that leak, filled by a monotonic clock alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..settings import Settings

MEGABYTE = 1_000_000
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `amount` in `seconds` on average, `burst` at once."""

    amount: float
    seconds: float
    burst: float


def rates(settings: Settings) -> dict[str, Rate]:
    """Return the rates of questions, group answers, notices, adds and added bytes."""
    return {
        "ask": Rate(settings.questions_per_minute, 60, min(5, settings.questions_per_minute)),
        "inline": Rate(4 * settings.questions_per_minute, 60, 2 * settings.questions_per_minute),  # one a few letters
        "group": Rate(settings.group_answers_per_minute, 60, settings.group_answers_per_minute),
        "notice": Rate(1, 60, 1),
        "add": Rate(settings.adds_per_hour, 3600, settings.adds_per_hour),
        "bytes": Rate(settings.megabytes_per_day * MEGABYTE, DAY, settings.megabytes_per_day * MEGABYTE),
    }


def bucket(what: str, who: int) -> str:
    """Return the name of a bucket."""
    return f"{what}:{who}"


class Quotas:
    """How full each bucket is; that of one that is kept elsewhere is learnt before it is tried, and after it was told.

    No wall clock counts: a jump of it, or a restart, empties no bucket.
    """

    def __init__(self, rates: Mapping[str, Rate], clock: Callable[[], float] = time.monotonic) -> None:
        self._rates, self._clock = rates, clock
        self._filled: dict[str, tuple[float, float]] = {}
        self._told: dict[str, float | None] = {}

    def learn(self, name: str, level: float | None) -> None:
        """Take over how full a bucket is elsewhere; what is known has leaked since, and says nothing new."""
        if level != self._told.get(name):
            self._filled[name] = (level or 0.0, self._clock())
            self._told[name] = level

    def take(self, what: str, who: int, amount: float = 1) -> float:
        """Take an amount and return 0, or take nothing and return after how many seconds it would fit."""
        now = self._clock()
        wait, level = self._tried(what, who, amount, now)
        self._filled[bucket(what, who)] = (level, now)
        if len(self._filled) > 50_000:
            self._forget(now)
        return wait

    def tried(self, what: str, who: int, amount: float = 1) -> tuple[float, float]:
        """Return what `take` would, and how full the bucket would be then."""
        return self._tried(what, who, amount, self._clock())

    def _tried(self, what: str, who: int, amount: float, now: float) -> tuple[float, float]:
        rate = self._rates[what]
        if rate.amount <= 0:
            return rate.seconds, 0.0
        level, since = self._filled.get(bucket(what, who), (0.0, now))
        drain = rate.amount / rate.seconds
        level = max(0.0, level - (now - since) * drain)
        if level + amount > rate.burst:
            return (level + amount - rate.burst) / drain, level
        return 0.0, level + amount

    def _forget(self, now: float) -> None:
        """Drop the buckets that have run empty."""
        self._filled = {
            name: (level, since)
            for name, (level, since) in self._filled.items()
            if level > (now - since) * (rate := self._rates[name.partition(":")[0]]).amount / rate.seconds
        }
