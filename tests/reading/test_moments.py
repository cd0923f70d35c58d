"""Moments as people and machines write them, and the arithmetic with them, up to the calendar's edges."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.moments import as_utc, shift
from index.reading.dateline import find_moment
from index.sources.facts import parse_moment

zones = st.none() | st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
edges = st.sampled_from([datetime.min, datetime.max]) | st.datetimes()
moments = st.builds(lambda moment, zone: moment.replace(tzinfo=zone), edges, zones)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2016-12-31 24:00", datetime(2017, 1, 1)),
        ("9999-12-31T24:00:00", datetime(9999, 12, 31)),
        ("2016-12-31T25:00", datetime(2016, 12, 31)),
        ("0001-01-01T00:00:00+14:00", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))),
        ("0000-01-01", None),
        ("10000-01-01", None),
        ("2016-13-31", None),
    ],
)
def test_legal_moments_are_read_and_others_are_none(written, meant):
    assert parse_moment(written) == meant


@given(st.text(st.sampled_from("0123456789-:T+Z. /\u0663JanuaryDec,pm"), max_size=40))
def test_any_line_is_survived(line):
    find_moment(line)
    parse_moment(line)


@given(moments, moments)
def test_utc_keeps_the_order_of_moments(one, other):
    first, second = sorted((as_utc(one), as_utc(other)))
    assert datetime.min.replace(tzinfo=UTC) <= first <= second <= datetime.max.replace(tzinfo=UTC)
    exact = [
        (each.replace(tzinfo=UTC) - datetime.min.replace(tzinfo=UTC)) - (each.utcoffset() or timedelta())
        for each in (one, other)
    ]
    assert exact[0] > exact[1] or as_utc(one) <= as_utc(other)


@given(moments, st.integers(-4_000_000, 4_000_000).map(timedelta))
def test_a_shift_out_of_the_calendar_is_none(moment, by):
    whole = moment.replace(tzinfo=None) - datetime.min + by
    inside = timedelta() <= whole <= datetime.max - datetime.min
    assert shift(moment, by) == (datetime.min.replace(tzinfo=moment.tzinfo) + whole if inside else None)
