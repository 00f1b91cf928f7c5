"""Hours of the day by month and weekday, against a reading minute by minute in plain Python."""

from datetime import timedelta

import holidays as calendars
import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.intervals.week_tables import WeekTable
from omnipandas.intervals.windows import PeakWindow
from tests.frames import ODD_ZONES

NEW_YEARS = calendars.country_holidays("US", subdiv="NY", years=range(2023, 2026))
ZONES = [*ODD_ZONES, "Pacific/Apia", "Asia/Beirut", "Africa/Cairo", "America/Santiago"]


def plainly_on(window, stamp, holidays=()):
    """Whether a window holds at an instant: it began on this local day, or on the one before and goes on."""
    minute = stamp.hour * 60 + stamp.minute
    day = stamp.date()
    for began, since in ((day, minute), (day - timedelta(days=1), minute + 1440)):
        weekday = 6 if began in holidays else began.weekday()
        stop = window.end if window.end > window.start else window.end + 1440
        if weekday in window.weekdays and began.month in window.months and window.start <= since < stop:
            return True
    return False


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "words",
    [
        "weekday 22-6",
        "Mon-Thu 6:30-9, Nov-Feb",
        "Fri 23:30-2:15, Jan-Mar",
        "Sun 20-4",
        "Sat 0-24, Feb",
        "all 22-6, Dec",
    ],
)
def test_windows_hold_as_they_read(zone, words):
    schedule = op.PeakSchedule.parse(words, holidays="NY")
    index = pd.date_range("2023-12-20", "2024-04-02", freq="15min", tz="UTC").tz_convert(zone)
    (window,) = schedule.windows
    expected = [plainly_on(window, stamp, NEW_YEARS) for stamp in index]
    assert schedule.on_peak(index).tolist() == expected


def test_the_day_before_one_that_a_zone_left_out_is_the_one_that_was():
    # Samoa went from Thursday, 29 December 2011, to Saturday, the 31st.
    index = pd.date_range("2011-12-29 20:00", periods=14, freq="h", tz="Pacific/Apia")
    thursday, friday = (op.PeakSchedule.parse(f"{day} 22-6").on_peak(index) for day in ("Thu", "Fri"))
    assert thursday.tolist() == [False] * 2 + [True] * 8 + [False] * 4
    assert not friday.any()


def test_a_window_goes_before_what_the_next_day_says_where_the_month_changes_and_after_holidays():
    summer = PeakWindow(0, 1440, months=frozenset({6}))
    night, day = (
        PeakWindow(*hours, months=frozenset(range(1, 13)) - {6}) for hours in ((1320, 360), (360, 1320))
    )
    week = WeekTable.of_windows([(0, summer), (1, night), (2, day)], rest=None, labels=("s", "n", "d"))
    assert week.next_day is not None
    # On 1 July no night of June's goes on: it is the night that it is in July's other weeks.
    assert week.today[6, :, 0].tolist() == [1] * 7
    # On 1 June the night of May's last day goes on.
    before, first = 4 * 7 + 4, 5 * 7 + 5
    assert week._codes(np.array([first]), np.array([before]))[0, [0, 5, 6, 23]].tolist() == [1, 1, 0, 0]
    assert week.tables() is None


def test_windows_that_every_day_has_are_two_plain_tables():
    night = PeakWindow(1320, 360)
    week = WeekTable.of_windows([(1, night)], rest=0, labels=("day", "night"))
    weekday, weekend = week.tables()
    assert weekday.tolist() == weekend.tolist() == [[1] * 6 + [0] * 16 + [1] * 2] * 12
    assert week.same_hours(WeekTable.of_tables(np.array([weekday, weekend])))
    half = WeekTable.of_windows([(1, PeakWindow(1320, 390))], rest=0, labels=("day", "night"))
    assert half.minutes == 30
    assert half.tables() is None
    assert not week.same_hours(half)


def test_tables_are_equal_by_value():
    one, other = (
        WeekTable.of_windows([(1, PeakWindow(1320, 360, frozenset({4})))], rest=0, labels=("a", "b"))
        for _ in range(2)
    )
    assert one == other
    assert hash(one) == hash(other)
    assert one != WeekTable.of_windows([(1, PeakWindow(1320, 360))], rest=0, labels=("a", "b"))
