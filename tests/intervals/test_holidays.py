from dataclasses import replace
from datetime import date, timedelta

import holidays as kept
import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.intervals.calendars import LocalCalendar
from omnipandas.intervals.holidays import (
    UTILITY_CALENDARS,
    checked_holidays,
    holiday_mask,
    holiday_names,
)
from tests.frames import intervals

YEAR = np.arange("2025-01-01", "2026-01-01", dtype="datetime64[D]")
DECADES = np.arange("2000-01-01", "2031-01-01", dtype="datetime64[D]")
PEAK_DAYS = [
    ("AZ", 250),
    ("az", 250),
    ("US-AZ", 250),
    ("Arizona", 250),
    ("AZE", 238),
    ("Azerbaijan", 238),
    ("CA", 249),
    ("US-CA", 249),
    ("CAN", 256),
    ("Canada", 256),
    ("US", 250),
    ("NERC", 255),
    ("nerc", 255),
]


def days(holidays, dates=YEAR):
    return [day.item() for day in dates[holiday_mask(dates, holidays)]]


def library(country, subdivision=None, year=2025):
    found = kept.country_holidays(country, subdivision, years=year)
    return sorted(day for day in found if day.year == year)


@pytest.mark.parametrize(("region", "weekdays"), PEAK_DAYS)
def test_schedule_and_tariff_have_the_same_working_days(region, weekdays):
    index = pd.date_range("2025-01-01", "2026-01-01", freq="h", tz="America/Phoenix", inclusive="left")
    on = op.PeakSchedule.parse("weekdays 16-21", holidays=region).on_peak(index)
    assert on.sum() == 5 * weekdays
    periods = {"peak": "weekday 16-21", "off-peak": "otherwise"}
    tariff = op.Tariff.tou("T", {"peak": 1.0, "off-peak": 0.0}, periods, holidays=region)
    lines = op.charges(pd.Series(1.0, index=index), tariff)
    assert lines["amount_usd"].sum() == pytest.approx(5 * weekdays)
    profile = op.load_profile(intervals("2025-01-01", "2026-01-01"), "day_type", holidays=region)
    hours = profile[profile["day_type"] == "weekday"]["hours"]
    assert hours.max() == weekdays


@pytest.mark.parametrize("state", kept.list_supported_countries()["US"])
def test_two_letters_that_are_a_states_are_the_states(state):
    assert days(state) == days(f"US-{state}") == library("US", state)


@pytest.mark.parametrize(("country", "code"), [(v[1], v[2]) for v in kept.registry.COUNTRIES.values()])
def test_three_letters_are_always_a_countrys_and_two_where_no_state_has_them(country, code):
    assert days(code) == library(country)
    states = kept.list_supported_countries()["US"]
    assert days(country) == (library("US", country) if country in states else library(country))


@pytest.mark.parametrize(
    ("region", "country", "subdivision"),
    [
        ("CA-BC", "CA", "BC"),
        ("CAN-BC", "CA", "BC"),
        ("Canada-BC", "CA", "BC"),
        ("AU-NSW", "AU", "NSW"),
        ("au-nsw", "AU", "NSW"),
        ("DE-BY", "DE", "BY"),  # DE alone is Delaware
        ("AR-G", "AR", "G"),  # and no other way to write ARG
        ("FR", "FR", None),
        ("France", "FR", None),
        ("new zealand", "NZ", None),
        ("Guinea-Bissau", "GW", None),
        ("GEO", "GE", None),
    ],
)
def test_countries_have_subdivisions_codes_and_names(region, country, subdivision):
    assert days(region) == library(country, subdivision)


@pytest.mark.parametrize(
    "wrong",
    [
        "XX",
        "ZZ-9",
        "CA-XX",
        "CA-N",
        "AZ-",
        "",
        " ",
        "-",
        ":",
        "Pacific",
        "Thanksgivings",
        "CA-BC: Columbus Day",
        "Nowhere: Labor Day",
        "2025-13-01",
        "0",
        5,
        True,
        2025.0,
        [None],
        ["AZ", 3],
        [pd.NaT],
        ["New Year's Day", "Labour Dey"],
    ],
    ids=repr,
)
def test_what_is_no_holiday_is_a_clear_error_wherever_it_is_given(wrong):
    frame = intervals("2025-01-01", "2025-01-08")
    index = pd.DatetimeIndex(frame.index)
    for ask in (
        lambda: checked_holidays(wrong),
        lambda: holiday_mask(YEAR, wrong),
        lambda: LocalCalendar(index).holidays(wrong),
        lambda: op.PeakSchedule.parse("weekdays 16-21", holidays=wrong),
        lambda: op.load_profile(frame, "day_type", holidays=wrong),
        lambda: op.infer_peak_schedule(frame, holidays=wrong),
        lambda: op.compare_periods(frame, 2024, 2025, holidays=wrong),
    ):
        with pytest.raises(op.errors.ArgumentError, match="holidays"):
            ask()
    with pytest.raises(op.errors.TariffError, match=r"tariff 'T': holidays"):
        op.Tariff.flat("T", 0.1, holidays=wrong)


def test_an_error_lists_what_there_is():
    with pytest.raises(op.errors.ArgumentError, match=r"'AZ'.*NERC.*Labor Day.*Thanksgiving Day"):
        checked_holidays("Thanksgivings")
    with pytest.raises(op.errors.ArgumentError, match=r"CA-BC has no 'Columbus Day'.*Family Day.*Labor Day"):
        checked_holidays("CA-BC: Columbus Day")
    with pytest.raises(op.errors.ArgumentError, match=r"'US-GA'"):
        checked_holidays("Georgia")


def test_names_are_of_the_federal_calendar_or_of_most_states_or_of_the_region_before_them():
    assert days(["New Year's Day", "independence day"]) == [date(2025, 1, 1), date(2025, 7, 4)]
    assert days("Day After Thanksgiving") == [date(2025, 11, 28)]
    assert days(["Presidents' Day", "Good Friday", "Christmas Eve"]) == [
        date(2025, 2, 17),
        date(2025, 4, 18),
        date(2025, 12, 24),
    ]
    # Indiana keeps it in November.
    assert days("Lincoln's Birthday") == [date(2025, 2, 12)]
    assert days(["US-IN: Lincoln's Birthday"]) == [date(2025, 11, 28)]
    assert days(["CA-BC: Family Day", "CA-BC: Canada Day"]) == [date(2025, 2, 17), date(2025, 7, 1)]


def test_all_names_of_a_calendar_are_the_calendar():
    federal = set(kept.country_holidays("US", years=range(2000, 2031), observed=False).values())
    names = sorted(federal)
    assert holiday_mask(DECADES, names).tolist() == holiday_mask(DECADES, "US").tolist()


def test_a_name_is_known_in_years_that_do_not_have_it():
    assert days("Juneteenth National Independence Day", np.array(["2001-06-19"], "datetime64[D]")) == []
    assert days("Inauguration Day") == [date(2025, 1, 20)]
    assert days("Inauguration Day", YEAR + 365) == []


def test_dates_are_taken_as_people_write_them_and_with_names_beside_them():
    wanted = [date(2025, 3, 4), "2025-03-05", np.datetime64("2025-03-06"), pd.Timestamp("2025-03-07 12:00")]
    assert days(wanted) == [date(2025, 3, day) for day in (4, 5, 6, 7)]
    assert days(["NERC", date(2025, 11, 28)]) == sorted([*days("NERC"), date(2025, 11, 28)])
    assert days(iter(wanted)) == days(wanted)
    assert days(None) == days(()) == []


def test_a_schedule_and_a_tariff_keep_what_they_were_given_as_a_value():
    wanted = ["NERC", "2025-12-24"]
    schedule = op.PeakSchedule.parse("weekdays 16-21", holidays=iter(wanted))
    assert schedule.holidays == ("NERC", date(2025, 12, 24))
    assert hash(schedule) == hash(op.PeakSchedule.parse("weekdays 16-21", holidays=wanted))
    tariff = op.Tariff.flat("T", 0.1, holidays=wanted)
    assert tariff == op.Tariff.flat("T", 0.1, holidays=iter(wanted))
    assert hash(tariff) == hash(replace(tariff, holidays=tuple(wanted)))
    assert op.PeakSchedule.parse("weekdays 16-21", holidays=[]).holidays is None


def test_a_calendar_of_a_utility_says_where_it_is_from():
    for calendar in UTILITY_CALENDARS.values():
        assert "https://" in calendar.source
        federal = set(kept.country_holidays("US", years=2025).values())
        assert set(calendar.names) <= federal


def nerc(year):
    """The six days by hand: three by weekday, three by date, moved from Sunday to Monday."""

    def nth(month, weekday, n):
        first = date(year, month, 1)
        return first + timedelta((weekday - first.weekday()) % 7 + 7 * (n - 1))

    last_monday = date(year, 5, 31) - timedelta(date(year, 5, 31).weekday())
    fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 12, 25)]
    moved = [day + timedelta(day.weekday() == 6) for day in fixed]
    return sorted([last_monday, nth(9, 0, 1), nth(11, 3, 4), *moved])


@pytest.mark.parametrize("year", range(2000, 2031))
def test_nercs_days_are_six_a_year_and_move_from_sunday_alone(year):
    own = DECADES[DECADES.astype("datetime64[Y]").astype(int) == year - 1970]
    assert days("NERC", own) == nerc(year)


def test_days_are_matched_by_their_names():
    dates = np.arange("2024-11-25", "2024-12-27", dtype="datetime64[D]")
    found = holiday_names(dates, ["NERC", "Day After Thanksgiving", date(2024, 12, 24)])
    assert list(found.values()) == [
        "Thanksgiving Day",
        "Day After Thanksgiving",
        "24 December",
        "Christmas Day",
    ]
    frame = intervals("2023-01-01", "2025-01-01")
    both = op.compare_periods(frame, 2023, 2024, holidays=["Thanksgiving Day", "2023-12-24", "2024-12-24"])
    assert both.loc["2024-11-28", "matched_date"] == pd.Timestamp("2023-11-23")
    assert both.loc["2024-12-24", ["matched_date", "matched_by"]].tolist() == [
        pd.Timestamp("2023-12-24"),
        "holiday: 24 December",
    ]
