import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import ODD_ZONES, intervals, several


@pytest.mark.parametrize("zone", ODD_ZONES[:5])
def test_peak_and_load_factor_of_local_days_agree_with_a_loop(zone):
    frame = several(
        intervals("2023-10-28", "2023-11-07", tz=zone),
        intervals("2023-10-30", "2023-11-07", tz=zone, account="b", minutes=15, seed=4),
    )
    peaks, factors = op.peak_demand(frame, "day"), op.load_factor(frame, "day")
    for got, factor in zip(peaks.itertuples(), factors.itertuples(), strict=True):
        own = frame[(frame["service_account_id"] == got.service_account_id)]
        own = own[own.index.strftime("%Y-%m-%d") == got.Index.strftime("%Y-%m-%d")]
        kw = own["total_kwh"] / ((own["interval_end"] - own.index) / pd.Timedelta("1h"))
        assert got.peak_kw == pytest.approx(kw.max())
        assert got.peak_at == kw.idxmax()
        assert factor.load_factor == pytest.approx(kw.mean() / kw.max())
        assert got.missing_hours == 0
    assert set(peaks["minutes"]) == {60, 15}


def test_the_first_of_equal_peaks_counts_whatever_the_order():
    frame = intervals("2023-07-01", "2023-07-02")
    frame.iloc[[9, 17], frame.columns.get_loc("total_kwh")] = 50.0
    peaks = op.peak_demand(frame.sample(frac=1, random_state=3), "day")
    assert peaks["peak_at"].iloc[0] == frame.index[9]


def test_unknown_hours_are_counted_and_a_month_without_readings_has_no_peak():
    frame = intervals("2023-01-01", "2023-04-01")
    february = frame.index.month == 2
    frame.loc[february, "total_kwh"] = np.nan
    peaks = op.peak_demand(frame)
    assert np.isnan(peaks["peak_kw"].iloc[1])
    assert peaks["peak_at"].isna().tolist() == [False, True, False]
    assert peaks["missing_hours"].tolist() == [0, 672, 0]
    assert np.isnan(op.load_factor(frame)["load_factor"].iloc[1])


def test_base_load_is_the_median_of_the_days_percentiles():
    frame = intervals("2023-01-01", "2023-03-01")
    frame = frame.drop(frame.index[24:36])  # half a day does not count
    base = op.base_load(frame)
    days = frame["total_kwh"].groupby(frame.index.date).agg([lambda d: np.percentile(d, 2.5), "count"])
    days.index = pd.to_datetime(days.index)
    days.columns = ["near_base", "count"]
    full = days[days["count"] >= 20]["near_base"]
    expected = full.groupby(full.index.month).median()
    assert base["base_kw"].to_numpy() == pytest.approx(expected.to_numpy())
    assert base["days"].tolist() == [30, 28]
    mean = frame["total_kwh"].groupby(frame.index.month).mean()
    assert base["base_share"].to_numpy() == pytest.approx((expected / mean).to_numpy())


def test_ramps_are_the_largest_differences_and_none_goes_over_a_gap():
    frame = intervals("2023-01-01", "2023-02-01")
    total = frame.columns.get_loc("total_kwh")
    frame.iloc[100, total], frame.iloc[99, total] = 40.0, 0.0
    frame.iloc[300, total] = 90.0
    holed = frame.drop(frame.index[[299, 301]])
    ramps = op.ramp(holed.sample(frac=1, random_state=0)).iloc[0]
    assert ramps["ramp_up_kw_per_h"] == pytest.approx(40.0)
    assert ramps["ramp_up_at"] == frame.index[100]
    assert ramps["ramp_down_kw_per_h"] == pytest.approx(40.0 - frame["total_kwh"].iloc[101])
    quarters = intervals("2023-01-01", "2023-01-02", minutes=15)
    kw = quarters["total_kwh"].to_numpy() * 4
    assert op.ramp(quarters)["ramp_up_kw_per_h"].iloc[0] == pytest.approx(np.diff(kw).max() * 4)
