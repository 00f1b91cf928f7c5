"""Hours and windows against the zone database and the calendar, asked another way."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import holidays as holiday_dates
import numpy as np
import pytest

from omnipandas.sandbox import calendars, utilities

ZONES = sorted({utility.zone for utility in utilities.UTILITIES})


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("year", [2023, 2024])
def test_each_hour_of_a_year_shows_what_the_wall_clock_shows(zone, year):
    hours = calendars.year_hours(zone, year)
    assert len(hours.utc) == (8_784 if year == 2024 else 8_760)
    for number in [*range(0, len(hours.utc), 97), *range(1_500, 2_200), *range(7_200, 7_600)]:
        local = datetime.fromtimestamp(int(hours.utc[number]) * 3600, UTC).astimezone(ZoneInfo(zone))
        assert local.year == year
        assert (local.month, local.hour) == (hours.month[number], hours.hour[number])
        assert local.weekday() == hours.weekday[number]
        assert (local.date() - date(1970, 1, 1)).days == hours.day[number]


def test_a_local_day_has_23_or_25_hours_where_clocks_change_and_24_where_they_do_not():
    new_york, phoenix = (calendars.year_hours(zone, 2024) for zone in ("America/New_York", "America/Phoenix"))
    lengths = np.bincount(new_york.day - new_york.day[0])
    assert (lengths[69], lengths[307]) == (23, 25)  # 10 March and 3 November
    assert set(lengths) == {23, 24, 25}
    assert set(np.bincount(phoenix.day - phoenix.day[0])) == {24}


@pytest.mark.parametrize("year", range(2019, 2031))
def test_the_six_holidays_fall_where_a_kept_library_has_them(year):
    wanted = {
        "New Year's Day",
        "Memorial Day",
        "Independence Day",
        "Labor Day",
        "Thanksgiving Day",
        "Christmas Day",
    }
    united_states = holiday_dates.country_holidays("US", years=year, observed=False)
    known = {(day - date(1970, 1, 1)).days for day, name in united_states.items() if name in wanted}
    assert set(utilities.holidays(year)) == known


def test_a_window_holds_its_first_hour_not_its_last_and_leaves_weekends_and_holidays_out():
    utility = utilities.UTILITIES[2]  # weekdays 15-19, not on holidays
    hours = calendars.year_hours(utility.zone, 2023)
    on_peak = utility.on_peak(hours)
    assert set(hours.hour[on_peak]) == {15, 16, 17, 18}
    assert not on_peak[hours.weekend].any()
    working_days = np.busday_count("2023-01-01", "2024-01-01") - 5  # New Year's Day was a Sunday
    assert on_peak.sum() == 4 * working_days


def test_a_bill_is_summed_first_and_rounded_once():
    tariff = utilities.Tariff(1_000, on_peak=33_333, off_peak=11_111, tier_kwh=100, above=5_000)
    # By hand: 10.00 + 60.001 x 0.33333 + 80.002 x 0.11111 + 40.003 x 0.05 dollars.
    exact = 1_000 + 60.001 * 33.333 + 80.002 * 11.111 + 40.003 * 5
    assert tariff.cents(60_001, 80_002) == round(exact)
    by_the_hour = sum(round(0.045 * 11.111) for _ in range(1_000))
    assert by_the_hour == 0
    assert utilities.Tariff(0, 0, 11_111).cents(0, 45_000) == 500
