import numpy as np
import pandas as pd
import pytest

import omnipandas as op


def on(words, stamps, tz="America/New_York", **settings):
    index = pd.DatetimeIndex(stamps).tz_localize(tz) if isinstance(stamps, list) else stamps
    return op.PeakSchedule.parse(words, **settings).on_peak(index).tolist()


@pytest.mark.parametrize(
    ("words", "inside", "outside"),
    [
        ("weekdays 16-21", "2023-07-05 20:59", "2023-07-05 21:00"),
        ("weekdays 16-21", "2023-07-05 16:00", "2023-07-08 16:00"),
        ("weekdays 4pm-9pm, Jun-Sep", "2023-06-01 16:00", "2023-10-02 16:00"),
        ("6:30-9 Nov-Mar", "2023-12-31 06:30", "2023-12-31 06:29"),
        ("Nov to Feb daily 0-24", "2024-02-29 23:59", "2024-03-01 00:00"),
        ("Sat, Sun 10-12", "2023-07-09 10:00", "2023-07-10 10:00"),
        ("Fri-Mon 10-12", "2023-07-10 11:00", "2023-07-11 11:00"),
        ("12am-6am", "2023-07-10 00:00", "2023-07-10 06:00"),
        ("weekdays 6-9 17-20", "2023-07-10 17:00", "2023-07-10 12:00"),
        ("weekdays 6-9; weekends 17-20", "2023-07-09 17:00", "2023-07-10 17:00"),
        ("weekdays 16 – 21", "2023-07-05 17:00", "2023-07-05 22:00"),  # noqa: RUF001 - a pasted dash
    ],
)
def test_words_say_when_it_is(words, inside, outside):
    assert on(words, [inside, outside]) == [True, False]


def test_a_window_over_midnight_belongs_to_the_day_it_starts_on():
    stamps = [
        "2023-07-07 22:00",
        "2023-07-08 05:59",
        "2023-07-08 06:00",
        "2023-07-08 22:00",
        "2023-07-09 01:00",
    ]
    assert on("Fri 22-6", stamps) == [True, True, False, False, False]


def test_months_of_a_window_over_midnight_are_those_it_starts_in():
    assert on("daily 22-6, Jun", ["2023-07-01 05:00", "2023-06-01 05:00", "2023-06-30 23:00"]) == [
        True,
        False,
        True,
    ]


def test_holidays_count_as_sundays():
    stamps = ["2023-07-04 17:00", "2023-07-05 17:00"]
    assert on("weekdays 16-21", stamps, holidays="NY") == [False, True]
    assert on("Sun 16-21", stamps, holidays="NY") == [True, False]


def test_both_of_autumns_hours_are_in_or_out_and_spring_has_none_to_miss():
    autumn = pd.date_range("2023-11-05", periods=25, freq="h", tz="America/New_York")
    assert sum(on("daily 1-2", autumn)) == 2
    spring = pd.date_range("2023-03-12", periods=23, freq="h", tz="America/New_York")
    assert sum(on("daily 2-3", spring)) == 0


@pytest.mark.parametrize("zone", ["Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu"])
def test_hours_are_local_in_odd_zones(zone):
    index = pd.date_range("2023-01-01", "2024-01-01", freq="15min", tz=zone, inclusive="left")
    expected = (index.hour >= 16) & (index.hour < 21) & (index.day_of_week < 5)
    assert on("weekdays 16-21", index) == expected.tolist()


@pytest.mark.parametrize(
    "words",
    [
        "",
        "weekdays",
        "weekdays 16",
        "16-16",
        "25-26",
        "16:75-18",
        "13pm-3pm",
        "fortnightly 1-2",
        "Jun-Foo 1-2",
    ],
)
def test_words_that_say_nothing_are_refused(words):
    with pytest.raises(op.errors.ArgumentError):
        op.PeakSchedule.parse(words)


def test_its_words_make_the_same_schedule_again():
    schedule = op.PeakSchedule.parse("weekdays 16:30-21, Jun-Sep; Sat 22-6, Nov-Feb; daily 1-2")
    assert op.PeakSchedule.parse(str(schedule)) == schedule


def test_a_tariffs_tables_become_windows():
    weekday, weekend = np.zeros((12, 24), int), np.zeros((12, 24), int)
    weekday[5:9, 16:21] = 1
    weekend[:, 18:20] = 1
    schedule = op.PeakSchedule.from_hours(weekday, weekend, peak=[1])
    assert str(schedule) == "weekends 18-20; weekdays 16-21, Jun-Sep"
    share = schedule.hours()
    assert share[6, 2, 16] == 1
    assert share[6, 6, 16] == 0
    assert share.sum() == 4 * 5 * 5 + 12 * 2 * 2


def test_a_urdb_rate_is_peak_where_it_is_dearest():
    weekday = [[0] * 16 + [1] * 5 + [0] * 3] * 12
    rate = {
        "energyweekdayschedule": weekday,
        "energyweekendschedule": [[0] * 24] * 12,
        "energyratestructure": [[{"rate": 0.1}], [{"rate": 0.1, "adj": 0.05}]],
    }
    assert str(op.PeakSchedule.from_tariff(rate)) == "weekdays 16-21"
    assert op.PeakSchedule.from_tariff(rate, peak=[0]).on_peak(
        pd.DatetimeIndex(["2023-07-08 16:00"], tz="UTC")
    )
    flat = rate | {"energyratestructure": [[{"rate": 0.1}], [{"rate": 0.1}]]}
    with pytest.raises(op.errors.TariffError, match="costs the same"):
        op.PeakSchedule.from_tariff(flat)
    with pytest.raises(op.errors.TariffError, match="no price"):
        op.PeakSchedule.from_tariff(rate | {"energyratestructure": [[{"rate": 0.1}]]})
    with pytest.raises(op.errors.TariffError, match="energyratestructure"):
        op.PeakSchedule.from_tariff({"energyweekdayschedule": weekday})


def test_a_tariff_of_the_package_gives_the_same_hours_as_its_own_schedule():
    tariff = op.Tariff.tou("Night", {"day": 0.2, "night": 0.1}, {"day": "weekday 7-23", "night": "otherwise"})
    assert str(op.PeakSchedule.from_tariff(tariff)) == "weekdays 7-23"
    assert (
        str(op.PeakSchedule.from_tariff(tariff, peak=["night"]))
        == "weekdays 0-7; weekdays 23-24; weekends 0-24"
    )


def test_what_is_no_tariff_and_what_has_no_zone_are_refused():
    with pytest.raises(op.errors.TariffError, match="int"):
        op.PeakSchedule.from_tariff(3)
    with pytest.raises(op.errors.SchemaError, match="time zone"):
        op.PeakSchedule.parse("16-21").on_peak(pd.DatetimeIndex(["2023-01-01"]))
    with pytest.raises(op.errors.ArgumentError, match="12 months"):
        op.PeakSchedule.from_hours([[1]], [[1]])
