from datetime import timedelta

import holidays as public
import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import intervals, several


@pytest.fixture(scope="module")
def frame():
    return intervals("2022-01-01", "2025-01-01", tz="America/Denver")


def test_days_are_matched_by_weekday_364_days_apart(frame):
    days = op.compare_periods(frame, 2022, 2023)
    apart = days.index - days["matched_date"]
    assert (apart.dropna() == pd.Timedelta(days=364)).all() or set(apart.dropna().dt.days) <= {357, 364, 371}
    assert (pd.DatetimeIndex(days["matched_date"]).day_of_week == days.index.day_of_week)[
        days["matched_date"].notna()
    ].all()


def test_usage_is_that_of_the_days_and_the_change_their_difference(frame):
    days = op.compare_periods(frame, 2022, 2023)
    row = days.loc["2023-07-12"]
    sums = frame["total_kwh"].groupby(frame.index.strftime("%Y-%m-%d")).sum()
    assert row["after_kwh"] == pytest.approx(sums["2023-07-12"])
    assert row["before_kwh"] == pytest.approx(sums["2022-07-13"])
    assert row["change_kwh"] == pytest.approx(sums["2023-07-12"] - sums["2022-07-13"])
    assert row["change"] == pytest.approx(sums["2023-07-12"] / sums["2022-07-13"] - 1)


def test_holidays_are_matched_by_name_and_no_other_day_with_one(frame):
    days = op.compare_periods(frame, 2023, 2024, holidays="CO")
    known = public.country_holidays("US", subdiv="CO", years=[2023, 2024])
    for day, row in days.iterrows():
        name = known.get(day.date())
        if name and pd.notna(row["matched_date"]):
            assert known[row["matched_date"].date()] == name
        elif pd.notna(row["matched_date"]):
            assert row["matched_date"].date() not in known
            assert row["matched_date"].day_of_week == day.day_of_week
            assert abs(day - row["matched_date"] - timedelta(days=364)) <= timedelta(days=9)
    assert days.loc["2024-11-28", "matched_date"] == pd.Timestamp("2023-11-23")
    assert days["matched_date"].notna().mean() > 0.98


def test_a_leap_day_has_a_like_and_a_part_of_a_year_can_be_compared(frame):
    days = op.compare_periods(frame, ("2023-02-20", "2023-03-10"), ("2024-02-20", "2024-03-10"))
    assert pd.notna(days.loc["2024-02-29", "matched_date"])
    assert len(days) == 19


def test_days_without_all_their_hours_are_unknown(frame):
    holed = frame.drop(
        frame.index[frame.index.get_loc(pd.Timestamp("2023-07-12 05:00", tz="America/Denver"))]
    )
    row = op.compare_periods(several(holed), 2022, 2023).loc["2023-07-12"]
    assert np.isnan(row["after_kwh"])
    assert np.isnan(row["change_kwh"])


@pytest.mark.parametrize("bad", [("2023-02-01", "2023-01-01"), "x", ("a", "b")])
def test_a_period_that_cannot_be_is_refused(frame, bad):
    with pytest.raises(op.errors.ArgumentError, match="period"):
        op.compare_periods(frame, bad, 2023)
