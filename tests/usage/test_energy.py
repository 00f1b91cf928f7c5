"""No regrouping makes or loses energy."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import omnipandas as op
from tests.frames import ODD_ZONES, intervals, several


@st.composite
def frames(draw):
    zone = draw(st.sampled_from(ODD_ZONES))
    start = draw(st.sampled_from(["2023-03-10", "2024-02-27", "2023-10-30", "2023-12-30", "2023-03-31"]))
    days = draw(st.integers(1, 12))
    minutes = draw(st.sampled_from([15, 30, 60]))
    end = str((pd.Timestamp(start) + pd.Timedelta(days=days)).date())
    parts = [
        intervals(start, end, tz=zone, minutes=minutes, account=name, seed=draw(st.integers(0, 99)))
        for name in "ab"[: draw(st.integers(1, 2))]
    ]
    frame = several(*parts)
    lost = draw(st.lists(st.integers(0, len(frame) - 1), max_size=5))
    frame.iloc[lost, frame.columns.get_indexer(["on_peak_kwh", "off_peak_kwh", "total_kwh"])] = np.nan
    return frame.drop(frame.index[draw(st.lists(st.integers(0, len(frame) - 1), max_size=3))])


@settings(max_examples=40, deadline=None)
@given(frame=frames())
def test_every_regrouping_conserves_energy(frame):
    total = pytest.approx(frame["total_kwh"].sum())
    for by in (None, "month", ["season", "day_type"], ["weekday", "year"]):
        profile = op.load_profile(frame, by)
        assert (profile["mean_kw"] * profile["hours"]).sum() == total
    for by in ("day", "month"):
        heat = op.load_heatmap(frame, by)
        assert (heat["mean_kw"] * heat["hours"]).sum() == total
    week = op.typical_week(frame)
    assert (week["mean_kw"] * week["hours"]).sum() == total
    for by in ("30min", "hour", "day", "week", "month", "quarter", "year"):
        usage = op.resample_usage(frame, by)
        assert usage["total_kwh"].sum() == total
        assert usage["hours"].sum() == pytest.approx(known_hours(frame))
        assert (usage["interval_end"] > usage.index).all()
    schedule = op.PeakSchedule.parse("weekdays 16-21; daily 23-2")
    for by in ("interval", "day", "month", "year"):
        assert op.split_peaks(frame, schedule, by=by)["usage_kwh"].sum() == total
        assert op.split_peaks(frame, by=by)["usage_kwh"].sum() == total
    for by in ("day", "month", "year", "all"):
        factor = op.load_factor(frame, by)
        assert (factor["mean_kw"] * factor["hours"]).sum() == total
    curve = op.load_duration(frame)
    steps = curve.groupby("service_account_id", observed=True)["hours"].diff().fillna(curve["hours"])
    assert (curve["load_kw"] * steps).sum() == total


def known_hours(frame):
    length = (frame["interval_end"] - frame.index) / pd.Timedelta("1h")
    return length[frame["total_kwh"].notna()].sum()


@settings(max_examples=15, deadline=None)
@given(frame=frames())
def test_days_hold_the_same_as_their_hours_and_filling_keeps_every_reading(frame):
    hours = op.resample_usage(frame, "hour")
    assert op.resample_usage(hours, "day")["total_kwh"].sum() == pytest.approx(frame["total_kwh"].sum())
    for method in ("linear", "typical", "week_before"):
        filled = op.fill_gaps(frame, method)
        kept = filled[~filled["filled"]]
        assert kept["total_kwh"].sum() == pytest.approx(frame["total_kwh"].sum())
        assert (op.check_usage(filled)["code"] != "gap").all()
