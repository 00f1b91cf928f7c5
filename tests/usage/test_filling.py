import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import intervals, several


@pytest.fixture
def frame():
    return intervals("2023-02-20", "2023-04-10")


def test_a_line_is_drawn_over_short_gaps_only(frame):
    holed = frame.drop(frame.index[[100, 101, 200, 201, 202, 203]])
    filled = op.fill_gaps(holed, "linear")
    assert len(filled) == len(frame)
    low, high = frame["total_kwh"].iloc[[99, 102]]
    assert filled["total_kwh"].iloc[100:102].to_numpy() == pytest.approx(
        [low + (high - low) / 3, low + (high - low) * 2 / 3]
    )
    assert filled["total_kwh"].iloc[200:204].isna().all()
    assert filled["filled"].to_numpy().nonzero()[0].tolist() == [100, 101]
    assert filled["on_peak_kwh"].iloc[100:102].isna().all()
    assert filled["fill_method"].iloc[[99, 100]].tolist() == ["", "linear"]
    assert op.fill_gaps(holed, "linear", limit_hours=4)["filled"].sum() == 6


def test_the_week_before_is_at_the_same_local_time_over_a_clock_change(frame):
    missing = frame.index.get_indexer(pd.DatetimeIndex(["2023-03-13 18:00"]).tz_localize("America/New_York"))
    filled = op.fill_gaps(frame.drop(frame.index[missing]), "week_before")
    week_before = frame.loc["2023-03-06 18:00", "total_kwh"]
    assert filled["total_kwh"].iloc[missing[0]] == week_before


def test_the_typical_value_is_of_the_month_the_kind_of_day_and_the_hour(frame):
    at = frame.index.get_loc(pd.Timestamp("2023-03-15 07:00", tz="America/New_York"))
    filled = op.fill_gaps(frame.drop(frame.index[at]), "typical")
    like = frame[(frame.index.month == 3) & (frame.index.day_of_week < 5) & (frame.index.hour == 7)].drop(
        frame.index[at]
    )
    assert filled["total_kwh"].iloc[at] == pytest.approx(like["total_kwh"].mean())


def test_accounts_are_filled_from_their_own_readings(frame):
    other = intervals("2023-02-20", "2023-04-10", account="b", seed=8)
    other["total_kwh"] *= 100
    filled = op.fill_gaps(several(frame.drop(frame.index[[50]]), other.drop(other.index[[80]])), "linear")
    made = filled[filled["filled"]]
    assert made["service_account_id"].tolist() == ["a", "b"]
    assert made["total_kwh"].iloc[0] < 10 < made["total_kwh"].iloc[1]


def test_rows_of_nan_are_filled_too_and_the_argument_stays_as_it_was(frame):
    frame.iloc[60, frame.columns.get_loc("total_kwh")] = np.nan
    before = frame.copy()
    assert op.fill_gaps(frame, "linear")["filled"].sum() == 1
    pd.testing.assert_frame_equal(frame, before)


def test_a_change_of_length_or_an_unknown_method_is_refused(frame):
    mixed = pd.concat([frame.iloc[:48], intervals("2023-02-22", "2023-02-23", minutes=15)])
    with pytest.raises(op.errors.ArgumentError, match="change their length at 2023-02-22"):
        op.fill_gaps(mixed, "linear")
    with pytest.raises(op.errors.ArgumentError, match="typical"):
        op.fill_gaps(frame, "zero")
