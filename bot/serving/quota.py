"""How much one client may ask for: buckets that fill with what is taken and drain by a monotonic clock alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `amount` in `seconds` on average, and at most `burst` at once."""

    amount: float
    seconds: float
    burst: float


def bucket_name(what: str, who: int | str) -> str:
    """Return the name of the bucket that limits what one client does."""
    return f"{what}:{who}"


class Quotas:
    """How full each bucket is, by what is limited and whom.

    A bucket may be kept elsewhere, so that it outlives a restart or counts for several processes: `learn` takes over
    its level before a `preview`, and again after the new level was written. Wall clocks do not count: neither a jump
    of one nor a restart empties a bucket.
    """

    def __init__(self, rates: Mapping[str, Rate], clock: Callable[[], float] = time.monotonic) -> None:
        self._rates, self._clock = rates, clock
        self._levels: dict[str, tuple[float, float]] = {}
        self._learnt: dict[str, float | None] = {}

    def learn(self, name: str, level: float | None) -> None:
        """Take over the level of a bucket that is kept elsewhere, None if it was never used.

        A level that we know already says nothing new: ours has leaked since.
        """
        if level != self._learnt.get(name):
            self._levels[name] = (level or 0.0, self._clock())
            self._learnt[name] = level

    def take(self, what: str, who: int | str, amount: float = 1) -> float:
        """Take an amount and return 0, or take nothing and return the seconds until it would fit."""
        now = self._clock()
        wait, level = self._compute(what, who, amount, now)
        self._levels[bucket_name(what, who)] = (level, now)
        if len(self._levels) > 50_000:
            self._forget_empty(now)
        return wait

    def book(self, wanted: Sequence[tuple[str, int | str]], ahead: float) -> tuple[float, bool]:
        """Take one from each bucket, or from what each will hold later, and return the seconds until then and True.

        The bookings of a bucket come due in the order in which they were made. Where one has `ahead` bookings already,
        nothing is taken, and the seconds until one would be free at once come back with False.
        """
        now = self._clock()
        seen = [(bucket_name(what, who), self._rates[what], *self._compute(what, who, 1, now)) for what, who in wanted]
        longest = max((wait for _, _, wait, _ in seen), default=0.0)
        if any(rate.amount <= 0 or wait * rate.amount / rate.seconds > ahead + 1e-6 for _, rate, wait, _ in seen):
            return longest, False
        for name, _, wait, level in seen:
            self._levels[name] = (level + 1 if wait else level, now)
        return longest, True

    def preview(self, what: str, who: int | str, amount: float = 1) -> tuple[float, float]:
        """Return what `take` would return and the level that the bucket would then have; take nothing."""
        return self._compute(what, who, amount, self._clock())

    def _compute(self, what: str, who: int | str, amount: float, now: float) -> tuple[float, float]:
        rate = self._rates[what]
        if rate.amount <= 0:
            return rate.seconds, 0.0
        level, since = self._levels.get(bucket_name(what, who), (0.0, now))
        drain = rate.amount / rate.seconds
        level = max(0.0, level - (now - since) * drain)
        if level + amount > rate.burst:
            return (level + amount - rate.burst) / drain, level
        return 0.0, level + amount

    def _forget_empty(self, now: float) -> None:
        """Drop the buckets that have run empty."""
        self._levels = {
            name: (level, since)
            for name, (level, since) in self._levels.items()
            if level > (now - since) * (rate := self._rates[name.partition(":")[0]]).amount / rate.seconds
        }
