"""A local day that the clocks leave out: islands that moved to the other side of the date line had one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import intervals, several

PLACES = [
    ("Pacific/Apia", "2011-12-30"),
    ("Pacific/Fakaofo", "2011-12-30"),
    ("Pacific/Kwajalein", "1993-08-21"),
    ("Pacific/Kanton", "1994-12-31"),
    ("Pacific/Kiritimati", "1994-12-31"),
]
BY_DAY = {
    "base_load": lambda frame: op.base_load(frame, "day"),
    "peak_demand": lambda frame: op.peak_demand(frame, "day"),
    "load_factor": lambda frame: op.load_factor(frame, "day"),
    "ramp": lambda frame: op.ramp(frame, "day"),
    "resample_usage": lambda frame: op.resample_usage(frame, "day"),
    "split_peaks": lambda frame: op.split_peaks(frame, freq="day").query("period == 'on_peak'"),
    "load_heatmap": lambda frame: op.load_heatmap(frame).query("hour == 12"),
    "degree_days": lambda frame: op.degree_days(frame["total_kwh"], "day", unit="C"),
    "to_opendsm": lambda frame: op.to_opendsm(frame, frame["total_kwh"], unit="C", freq="day")["a"],
}
BY_LONGER = {
    "base_load": op.base_load,
    "peak_demand": op.peak_demand,
    "load_factor": op.load_factor,
    "ramp": op.ramp,
    "resample_usage": op.resample_usage,
    "split_peaks": lambda frame, freq: op.split_peaks(frame, freq=freq),
    "degree_days": lambda frame, by: op.degree_days(frame["total_kwh"], by, unit="C"),
}


@dataclass
class Month:
    """The hours of the whole month around a day that was not, that month's other days, and 70 days' hours."""

    frame: pd.DataFrame
    longer: pd.DataFrame
    skipped: pd.Timestamp
    days: pd.DatetimeIndex


@pytest.fixture(params=PLACES, ids=lambda place: place[0])
def month(request):
    zone, day = request.param
    skipped = pd.Timestamp(day)
    first = skipped.replace(day=1)
    after = first + pd.DateOffset(months=1)
    days = pd.date_range(first, after, inclusive="left").drop(skipped)
    around = (str(skipped + pd.Timedelta(days=n)) for n in (-35, 35))
    longer = intervals(*around, tz=zone)
    return Month(intervals(str(first), str(after), tz=zone), longer, skipped, days)


def test_the_month_has_a_day_less(month):
    assert len(month.frame) == 24 * len(month.days)


@pytest.mark.parametrize("study", BY_DAY)
def test_each_day_that_was_has_its_row_and_no_other_has_one(month, study):
    found = BY_DAY[study](month.frame)
    index = found.index if found.index.tz is None else found.index.tz_localize(None)
    assert index.tolist() == month.days.tolist()
    numbers = found.select_dtypes("number").drop(columns=["load_kw"], errors="ignore")
    assert not numbers.isna().any(axis=None)
    if "missing_hours" in found:
        assert (found["missing_hours"] == 0).all()
    if "hours" in found and study != "load_heatmap":
        assert (found["hours"] == 24).all()


@pytest.mark.parametrize("study", BY_LONGER)
def test_nothing_of_a_whole_month_is_missing(month, study):
    found = BY_LONGER[study](month.frame, "month")
    assert (found["missing_hours"] == 0).all()
    if study != "split_peaks":
        assert found["hours"].tolist() == [len(month.frame)]
    assert not found.select_dtypes("number").isna().any(axis=None)
    if "days" in found:
        assert (found["days"] == len(month.days)).all()


def test_many_accounts_are_studied_as_one_is(month):
    both = several(
        month.frame, month.frame.assign(service_account_id=pd.Categorical(["b"] * len(month.frame)))
    )
    alone = op.base_load(month.frame, "day")["base_kw"].tolist()
    pair = op.base_load(both, "day")
    for account in "ab":
        assert pair[pair["service_account_id"] == account]["base_kw"].tolist() == pytest.approx(alone)
    heat = op.load_heatmap(both)
    assert len(heat) == 2 * len(month.frame)
    assert not heat["mean_kw"].isna().any()


def test_quality_knows_of_no_gap_and_counts_the_days_that_were(month):
    report = op.check_usage(month.frame)
    assert len(report) == 0
    assert report.coverage["expected"].tolist() == [len(month.frame)]
    assert report.coverage["missing"].tolist() == [0]
    assert report.sufficiency[["days", "valid_days"]].to_numpy().tolist() == [[len(month.days)] * 2]
    assert report.sufficiency["coverage"].tolist() == [1.0]


def test_a_real_gap_beside_it_is_still_found_and_filled(month):
    start = int(np.searchsorted(month.longer.index.tz_localize(None), month.skipped))
    lost = month.longer.drop(month.longer.index[start - 2 : start + 3])
    report = op.check_usage(lost)
    assert report["code"].tolist() == ["gap"]
    assert report["rows"].tolist() == [5]
    filled = op.fill_gaps(lost, "typical")
    assert (filled.index == month.longer.index).all()
    assert not filled["total_kwh"].isna().any()
    daily = op.resample_usage(lost, "day")
    assert daily["missing_hours"].sum() == 5


def test_it_is_nobodys_like_and_has_none(month):
    week = pd.Timedelta(days=7)
    inside = month.skipped - 3 * week + pd.Timedelta(days=1)
    days = op.compare_periods(
        month.longer, (inside - week, month.skipped - week), (month.skipped - week, month.skipped)
    )
    assert not days["after_kwh"].isna().any()
    around = (month.skipped - pd.Timedelta(days=2), month.skipped + pd.Timedelta(days=1))
    days = op.compare_periods(month.longer, (inside - week, month.skipped - week), around)
    assert days.index.tolist() == [around[0], around[0] + pd.Timedelta(days=1)]
    assert not days["change_kwh"].isna().any()
    later = op.compare_periods(month.longer, around, (around[1], around[1] + pd.Timedelta(days=2)))
    assert month.skipped not in later["matched_date"].tolist()


def test_a_window_over_midnight_goes_on_to_the_day_that_follows(month):
    schedule = op.PeakSchedule.parse("daily 22-6")
    index = month.frame.index
    assert schedule.on_peak(index).tolist() == ((index.hour >= 22) | (index.hour < 6)).tolist()


@pytest.mark.parametrize("zone", ["Asia/Beirut", "America/Havana", "America/Asuncion", "Africa/Cairo"])
def test_a_day_that_does_not_begin_at_midnight_reaches_other_packages_whole(zone):
    frame = intervals("2023-03-01", "2023-11-01", tz=zone)
    for freq, rows in (("day", 245), ("hour", len(frame))):
        found = op.to_opendsm(frame, frame["total_kwh"], unit="C", freq=freq)["a"]
        assert len(found) == rows
        assert not found.isna().any(axis=None)
        assert found["observed"].sum() == pytest.approx(frame["total_kwh"].sum())
