from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import omnipandas as op
from omnipandas.intervals.calendars import Buckets, LocalCalendar
from omnipandas.intervals.holidays import holiday_mask
from omnipandas.intervals.zones import changes, midnights
from tests.frames import ODD_ZONES

ZONES = [*ODD_ZONES, "Europe/Dublin", "Asia/Beirut", "America/Sao_Paulo", "Africa/Casablanca", "UTC"]


def stamps(start, count, minutes, zone):
    return pd.date_range(start, periods=count, freq=f"{minutes}min", tz="UTC", unit="us").tz_convert(zone)


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    # Rules to come differ between the zone tables of a system, of Python and of pandas 2.
    start=st.datetimes(datetime(1975, 1, 1), datetime(2026, 1, 1)),
    minutes=st.sampled_from([15, 30, 60, 7 * 60]),
)
def test_local_fields_are_those_of_zoneinfo(zone, start, minutes):
    index = stamps(start.replace(minute=0, second=0, microsecond=0), 60, minutes, zone)
    calendar = LocalCalendar(index)
    plain = [stamp.to_pydatetime().astimezone(UTC).astimezone(ZoneInfo(zone)) for stamp in index]
    assert calendar.hour.tolist() == [p.hour for p in plain]
    assert calendar.minute.tolist() == [p.hour * 60 + p.minute for p in plain]
    days = [str(calendar.dates[day]) for day in calendar.day]
    assert days == [p.date().isoformat() for p in plain]
    assert calendar.by_day(calendar.weekday_of_day).tolist() == [p.weekday() for p in plain]
    months = calendar.by_day(calendar.month_of_day)
    assert (months % 12 + 1).tolist() == [p.month for p in plain]


@pytest.mark.parametrize("zone", ZONES)
def test_the_grid_of_many_accounts_gives_the_same_fields(zone):
    one = stamps("2023-01-01", 8760, 60, zone)
    many = one.repeat(10)
    assert (LocalCalendar(many).hour == np.repeat(LocalCalendar(one).hour, 10)).all()
    assert (LocalCalendar(many).day == np.repeat(LocalCalendar(one).day, 10)).all()


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("America/New_York", "2023-03-12", 23),
        ("America/New_York", "2023-11-05", 25),
        ("America/Phoenix", "2023-03-12", 24),
        ("Australia/Lord_Howe", "2023-04-02", 24.5),
        ("Australia/Lord_Howe", "2023-10-01", 23.5),
        ("America/St_Johns", "2023-11-05", 25),
        ("America/St_Johns", "2006-10-29", 25),  # clocks changed one minute after midnight then
        ("America/Havana", "2023-11-05", 25),
        ("America/Havana", "2023-03-12", 23),
        ("Asia/Beirut", "2022-03-27", 23),  # the day begins at 1:00
        ("America/New_York", "2024-02-29", 24),
    ],
)
def test_a_local_day_is_as_long_as_the_zone_makes_it(zone, day, length):
    index = pd.DatetimeIndex([f"{day} 12:00"], tz=zone)
    assert Buckets(LocalCalendar(index), "day").hours.tolist() == [length]


@pytest.mark.parametrize(("freq", "hours"), [("month", 744 - 1), ("year", 8784)])
def test_months_and_years_know_leap_days_and_clock_changes(freq, hours):
    index = pd.DatetimeIndex(["2024-03-10 12:00"], tz="America/Denver")
    buckets = Buckets(LocalCalendar(index), freq)
    assert buckets.hours.tolist() == [hours]
    assert buckets.starts[0].day == 1


def test_the_changes_of_a_zone_are_found_to_the_second():
    low, high = (pd.Timestamp(f"{year}-01-01", tz="UTC").value // 1000 for year in (2006, 2007))
    found = changes(ZoneInfo("America/St_Johns"), low, high)
    at = [pd.Timestamp(change.at * 1000, tz="America/St_Johns") for change in found]
    assert [str(stamp) for stamp in at] == ["2006-04-02 01:01:00-02:30", "2006-10-28 23:01:00-03:30"]
    assert [change.forward for change in found] == [True, False]


def test_midnights_are_the_first_instants_of_their_days():
    dates = np.array(["2022-03-27"], dtype="datetime64[D]")
    assert str(midnights(dates, ZoneInfo("Asia/Beirut"))[0]) == "2022-03-27 01:00:00+03:00"


@pytest.mark.parametrize(
    ("region", "day", "is_one"),
    [
        ("AZ", "2023-07-04", True),
        ("CA", "2023-03-31", True),  # Cesar Chavez Day: a bare CA is California, not Canada
        ("CA-BC", "2023-02-20", True),  # Family Day
        ("US", "2023-03-31", False),
        ("AU-NSW", "2023-01-26", True),
    ],
)
def test_holidays_are_those_of_the_region(region, day, is_one):
    assert holiday_mask(np.array([day], dtype="datetime64[D]"), region).tolist() == [is_one]


def test_an_unknown_region_says_what_a_region_is():
    with pytest.raises(op.errors.ArgumentError, match="'AZ'"):
        holiday_mask(np.array(["2023-01-01"], dtype="datetime64[D]"), "ZZ-9")
