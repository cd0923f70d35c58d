"""The calendar's words: each name of a month leads to its number, and to no other."""

import re

import pytest

from index.language.calendar import (
    ABBREVIATED_MONTH,
    MONTH,
    MONTHS,
    SHORT_MONTHS,
    SHORT_WEEKDAYS,
    WEEKDAY,
    WEEKDAYS,
    parse_month,
)


def test_every_name_of_a_month_gives_its_number():
    assert [parse_month(month) for month in MONTHS] == list(range(1, 13))
    assert [parse_month(month) for month in ("Sept", "Sep", "SEPTEMBER", "dec")] == [9, 9, 9, 12]
    assert {parse_month(month) for month in SHORT_MONTHS} == set(range(1, 13)) - {5}, "May is never cut short"


@pytest.mark.parametrize("word", ["", "Mo", "Monday", "13"])
def test_other_words_are_no_months(word):
    with pytest.raises(ValueError, match="is not in list"):
        parse_month(word)


def test_short_names_begin_full_ones():
    assert all(any(full.startswith(short) for full in WEEKDAYS) for short in SHORT_WEEKDAYS)
    assert all(any(full.startswith(short) for full in MONTHS) for short in SHORT_MONTHS)


def test_the_patterns_match_their_words_and_nothing_else():
    assert all(re.fullmatch(MONTH, month) for month in MONTHS)
    assert all(re.fullmatch(WEEKDAY, day) for day in WEEKDAYS)
    assert re.fullmatch(ABBREVIATED_MONTH, "Sept.")
    assert not re.fullmatch(ABBREVIATED_MONTH, "Sept")
    assert not re.fullmatch(ABBREVIATED_MONTH, "Septx")
