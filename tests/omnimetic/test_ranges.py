"""Ranges and their seams, over zones with ordinary and odd rules."""

import itertools
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from omnipandas import errors
from omnipandas.intervals.zones import zone_name
from omnipandas.omnimetic import ranges

ZONES = [
    "America/New_York",
    "America/Phoenix",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
    "America/Havana",  # clocks change at midnight: some months have no 00:00
    "America/Asuncion",
    "Asia/Kathmandu",
]
NOW = pd.Timestamp("2024-06-15 12:00", tz="UTC")
moments = st.datetimes(datetime(1995, 1, 1), datetime(2024, 6, 1)).map(pd.Timestamp)


@given(moments, moments, st.sampled_from(ZONES))
def test_chunks_cover_a_range_once_whatever_its_zone(one, other, zone):
    start, end = sorted((one.tz_localize("UTC"), other.tz_localize("UTC")))
    start, end = start.tz_convert(zone), end.tz_convert(zone)
    assume(start < end)
    chunks = ranges.month_chunks(start, end, NOW)
    assert chunks[0].start == start
    assert chunks[-1].end == end
    for left, right in itertools.pairwise(chunks):
        assert left.end == right.start == left.closes
        assert left.start < left.end


@given(moments, st.sampled_from(ZONES))
def test_a_chunks_request_holds_all_its_hours_under_every_reading_of_a_date(moment, zone):
    start = moment.tz_localize("UTC").tz_convert(zone)
    chunk = ranges.month_chunks(start, start + pd.Timedelta(hours=1), NOW)[0]
    for reading in ("UTC", zone):
        first = pd.Timestamp(chunk.query["startDate"]).tz_localize(
            reading, ambiguous=True, nonexistent="shift_forward"
        )
        last = pd.Timestamp(chunk.query["endDate"]).tz_localize(
            reading, ambiguous=True, nonexistent="shift_forward"
        )
        assert first <= chunk.start
        assert chunk.closes <= last  # even where the end is excluded
        assert last - first <= pd.Timedelta(days=35)


def test_a_local_year_is_twelve_chunks_and_the_same_requests_in_every_zone():
    queries = set()
    for zone in ZONES:
        start, end = (pd.Timestamp(f"{year}-01-01", tz=zone) for year in (2023, 2024))
        chunks = ranges.month_chunks(start, end, NOW)
        assert len(chunks) == 12
        queries.add(tuple(tuple(chunk.query.items()) for chunk in chunks))
    assert len(queries) == 1


def test_a_leap_februarys_request():
    start, end = pd.Timestamp("2024-02-01", tz="UTC"), pd.Timestamp("2024-03-01", tz="UTC")
    (chunk,) = ranges.month_chunks(start, end, NOW)
    assert chunk.query == {"startDate": "2024-01-31", "endDate": "2024-03-02"}


def test_months_of_the_future_are_not_asked_for():
    start, end = pd.Timestamp("2024-01-01", tz="UTC"), pd.Timestamp("2025-01-01", tz="UTC")
    assert [str(c.month) for c in ranges.month_chunks(start, end, NOW)][-1] == "2024-06"


def test_a_month_is_closed_after_sixty_days():
    end = pd.Timestamp("2024-04-01", tz="America/New_York")
    assert not ranges.is_closed(end, pd.Timestamp("2024-05-31 04:00", tz="UTC"))
    assert ranges.is_closed(end, pd.Timestamp("2024-05-31 04:01", tz="UTC"))


@pytest.mark.parametrize(
    ("bound", "instant"),
    [
        ("2023-01-01", "2023-01-01 05:00"),
        ("2023-07", "2023-07-01 04:00"),
        (date(2023, 1, 1), "2023-01-01 05:00"),
        (datetime(2023, 1, 1, 6), "2023-01-01 11:00"),
        (pd.Timestamp("2023-01-01", tz="Asia/Kathmandu"), "2022-12-31 18:15"),
        (datetime(2023, 1, 1, tzinfo=UTC), "2023-01-01 00:00"),
        ("2023-01-01T00:00:00Z", "2023-01-01 00:00"),
        (np.datetime64("2023-01-01"), "2023-01-01 05:00"),
        ("2023-11-05 01:30", "2023-11-05 05:30"),  # comes twice: the first
        ("2023-03-12 02:30", "2023-03-12 07:00"),  # does not come: the change
    ],
)
def test_a_naive_bound_is_local_time(bound, instant):
    start, _ = ranges.bounds(bound, "2024-02-01", "America/New_York", NOW)
    assert start == pd.Timestamp(instant, tz="UTC")
    assert str(start.tz) == "America/New_York"


@pytest.mark.parametrize(
    "bound",
    [
        "",
        "  ",
        "soon",
        "today",
        "now",
        "5/3/2023",
        20230101,
        1.5,
        None,
        True,
        pd.NaT,
        "NaT",
        ["2023-01-01"],
        "2023-13-01",
        "2023-02-30",
        "0001-01-01",
        b"2023",
    ],
)
def test_what_is_no_date_is_refused(bound):
    with pytest.raises(errors.ArgumentError, match="start"):
        ranges.require_order(bound, "2024-01-01", NOW)
    with pytest.raises(errors.ArgumentError, match="end"):
        ranges.require_order("2023-01-01", bound, NOW)


@pytest.mark.parametrize(("start", "end"), [("2023-01-02", "2023-01-01"), ("2023-01-01", "2023-01-01")])
def test_a_reversed_or_empty_range_is_refused(start, end):
    with pytest.raises(errors.ArgumentError, match="empty"):
        ranges.require_order(start, end, NOW)
    with pytest.raises(errors.ArgumentError, match="empty"):
        ranges.bounds(start, pd.Timestamp(end, tz="America/New_York"), "America/New_York", NOW)


def test_a_future_range_is_refused_and_one_that_reaches_into_the_future_is_not():
    with pytest.raises(errors.ArgumentError, match="future"):
        ranges.require_order("2024-06-17", "2024-07-01", NOW)
    with pytest.raises(errors.ArgumentError, match="future"):
        ranges.bounds("2024-06-15 12:00", "2024-07-01", "UTC", NOW)
    ranges.bounds("2024-06-15 11:00", "2025-07-01", "UTC", NOW)


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        (2023, [2023]),
        (range(2021, 2024), [2021, 2022, 2023]),
        ([2023, 2021, 2023], [2021, 2023]),
        (pd.Index([2020, 2021]), [2020, 2021]),
        (np.int64(2022), [2022]),
    ],
)
def test_years_are_one_or_many(years, expected):
    assert ranges.calendar_years(years, NOW) == expected


@pytest.mark.parametrize(
    "years", [2025, 23, 20233, 0, -2023, "2023", 2023.0, True, None, [], ["2023"], [2023, None], b"2023"]
)
def test_what_is_no_year_is_refused(years):
    with pytest.raises(errors.ArgumentError, match=r"year|future"):
        ranges.calendar_years(years, NOW)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", " ", "../etc/passwd", "EST5EDT6", 5, None, "America/"])
def test_an_unknown_zone_is_refused(name):
    with pytest.raises(errors.ArgumentError, match="zone"):
        zone_name(name)
