"""The words of the calendar: days and months, in full and as newspapers shorten them."""

from __future__ import annotations

from functools import lru_cache

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
SHORT_WEEKDAYS = ("Mon", "Tue", "Tues", "Wed", "Thu", "Thur", "Thurs", "Fri", "Sat", "Sun")
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sept", "Sep", "Oct", "Nov", "Dec")

WEEKDAY = "|".join(WEEKDAYS)
"""The days in full, as alternatives of a pattern."""

MONTH = "|".join(MONTHS)
"""The months in full, as alternatives of a pattern."""

ABBREVIATED_MONTH = "|".join(rf"{month}\." for month in SHORT_MONTHS)
"""The months cut short and closed by a full stop, as alternatives of a pattern."""


@lru_cache(64)
def parse_month(name: str) -> int:
    """Return the number of a month, 1 to 12, from its name in full or shortened.

    Raises:
        ValueError: no month has this name.
    """
    return [month[:3].lower() for month in MONTHS].index(name[:3].lower()) + 1
