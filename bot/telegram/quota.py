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
    """At most `amount` in `seconds` on average, `burst` at once; `kept` says whether it outlives a restart."""

    amount: float
    seconds: float
    burst: float
    kept: bool = False


def rates(settings: Settings) -> dict[str, Rate]:
    """Return the rates of questions, group answers, notices, adds and added bytes."""
    return {
        "ask": Rate(settings.questions_per_minute, 60, min(5, settings.questions_per_minute)),
        "inline": Rate(4 * settings.questions_per_minute, 60, 2 * settings.questions_per_minute),  # one a few letters
        "group": Rate(settings.group_answers_per_minute, 60, settings.group_answers_per_minute),
        "notice": Rate(1, 60, 1),
        "add": Rate(settings.adds_per_hour, 3600, settings.adds_per_hour, kept=True),
        "bytes": Rate(settings.megabytes_per_day * MEGABYTE, DAY, settings.megabytes_per_day * MEGABYTE, kept=True),
    }


class Quotas:
    """How full each bucket is. What is kept over a restart comes in as `levels` and goes out through `keep`.

    No wall clock counts: a jump of it, or a restart, empties no bucket.
    """

    def __init__(
        self,
        rates: Mapping[str, Rate],
        levels: Mapping[str, float] | None = None,
        keep: Callable[[str, float], None] = lambda _name, _level: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rates, self._keep, self._clock = rates, keep, clock
        now = clock()
        self._filled = {name: (level, now) for name, level in (levels or {}).items()}

    def take(self, what: str, who: int, amount: float = 1) -> float:
        """Take an amount and return 0, or take nothing and return after how many seconds it would fit."""
        rate = self._rates[what]
        if rate.amount <= 0:
            return rate.seconds
        now = self._clock()
        name = f"{what}:{who}"
        level, since = self._filled.get(name, (0.0, now))
        drain = rate.amount / rate.seconds
        level = max(0.0, level - (now - since) * drain)
        if level + amount > rate.burst:
            self._filled[name] = (level, now)
            return (level + amount - rate.burst) / drain
        self._filled[name] = (level + amount, now)
        if rate.kept:
            self._keep(name, level + amount)
        elif len(self._filled) > 50_000:
            self._forget(now)
        return 0.0

    def _forget(self, now: float) -> None:
        """Drop the buckets that have run empty."""
        self._filled = {
            name: (level, since)
            for name, (level, since) in self._filled.items()
            if level > (now - since) * (rate := self._rates[name.partition(":")[0]]).amount / rate.seconds
        }
