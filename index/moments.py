"""Moments compared and moved, which goes wrong at the calendar's edges unless it is done here. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def as_utc(moment: datetime) -> datetime:
    """Return the moment in UTC; one without a zone is taken to be UTC.

    The calendar has the years 1 to 9999: a moment that its zone puts outside is taken for the first or the last one.
    """
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC) if moment.year == 1 else datetime.max.replace(tzinfo=UTC)


def shift(moment: datetime, by: timedelta) -> datetime | None:
    """Return the moment `by` later, None where that is outside the calendar."""
    try:
        return moment + by
    except OverflowError:
        return None
