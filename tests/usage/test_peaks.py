import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import ODD_ZONES, bills, intervals, several


def test_the_vendors_split_in_long_form_keeps_every_kwh():
    frame = intervals("2023-03-01", "2023-04-01")
    peaks = op.split_peaks(frame)
    assert list(peaks["period"].cat.categories) == ["on_peak", "off_peak"]
    sums = peaks.groupby("period", observed=True)["usage_kwh"].sum()
    assert sums["on_peak"] == pytest.approx(frame["on_peak_kwh"].sum())
    assert sums["off_peak"] == pytest.approx(frame["off_peak_kwh"].sum())
    assert peaks.index.is_monotonic_increasing
    assert len(peaks) == 2 * len(frame)


def test_an_unreported_split_is_unknown_and_never_zero():
    frame = intervals("2023-03-01", "2023-03-03", split=False)
    assert op.split_peaks(frame)[["usage_kwh", "share"]].isna().all(axis=None)
    by_day = op.split_peaks(frame, by="day")
    assert by_day["usage_kwh"].isna().all()
    assert (by_day["missing_hours"] == 24).all()


@pytest.mark.parametrize("zone", ODD_ZONES)
@pytest.mark.parametrize("by", ["day", "month", "year"])
def test_sums_over_local_days_months_and_years_agree_with_a_loop(zone, by):
    frame = several(
        intervals("2023-12-20", "2024-04-10", tz=zone),
        intervals("2024-01-05", "2024-04-09", tz=zone, account="b", minutes=30, seed=3),
    )
    unit = {
        "day": lambda s: (s.year, s.month, s.day),
        "month": lambda s: (s.year, s.month),
        "year": lambda s: s.year,
    }
    expected: dict = {}
    for stamp, row in zip(frame.index, frame.itertuples(), strict=True):
        for period in ("on_peak", "off_peak"):
            key = (row.service_account_id, unit[by](stamp), period)
            expected[key] = expected.get(key, 0.0) + getattr(row, f"{period}_kwh")
    peaks = op.split_peaks(frame, by=by)
    got = {
        (r.service_account_id, unit[by](s), r.period): r.usage_kwh
        for s, r in zip(peaks.index, peaks.itertuples(), strict=True)
    }
    assert got == pytest.approx(expected)
    assert peaks.groupby([peaks.index, "service_account_id"], observed=True)["share"].sum().to_numpy() == (
        pytest.approx(1)
    )


def test_missing_hours_know_the_length_of_the_day():
    days = op.split_peaks(intervals("2023-11-05 06:00", "2023-11-06"), by="day")
    assert list(days["missing_hours"]) == [7, 7]  # the 25-hour day lacks its first seven


def test_the_day_begins_at_the_first_of_two_midnights():
    days = op.split_peaks(intervals("2023-11-04", "2023-11-07", tz="America/Havana"), by="day")
    assert len(days.index.unique()) == 3
    assert (days["missing_hours"] == 0).all()


def test_a_schedule_of_ones_own_takes_the_place_of_the_vendors():
    frame = intervals("2023-07-01", "2023-08-01")
    schedule = op.PeakSchedule.parse("weekdays 14-20")
    peaks = op.split_peaks(frame, schedule, by="month")
    inside = frame[(frame.index.day_of_week < 5) & frame.index.hour.isin(range(14, 20))]["total_kwh"].sum()
    assert list(peaks["usage_kwh"]) == pytest.approx([inside, frame["total_kwh"].sum() - inside])


def test_an_unknown_by_is_refused():
    with pytest.raises(op.errors.ArgumentError, match="month"):
        op.split_peaks(intervals("2023-07-01", "2023-07-02"), by="week")


@pytest.mark.parametrize(
    ("words", "holidays"),
    [
        ("weekdays 16-21", None),
        ("weekdays 15-20, May-Oct; weekdays 6-9 17-21, Nov-Apr", "AZ"),
        ("daily 17-20, Jun-Sep", None),
        ("Mon-Sat 7-23", None),
    ],
)
def test_an_inferred_schedule_is_the_one_that_made_the_split(words, holidays):
    frame = intervals("2023-01-01", "2024-01-01", tz="America/Phoenix")
    true = op.PeakSchedule.parse(words, holidays=holidays)
    peak = true.on_peak(frame.index)
    frame["on_peak_kwh"] = np.where(peak, frame["total_kwh"], 0.0)
    frame["off_peak_kwh"] = np.where(peak, 0.0, frame["total_kwh"])
    found = op.infer_peak_schedule(frame, holidays=holidays)
    assert (found.on_peak(frame.index) == peak).all()
    assert list(found.fit["agreement"]) == [1.0]
    assert list(found.fit["energy_agreement"]) == [1.0]


def test_the_fit_tells_what_a_schedule_without_holidays_misses():
    frame = intervals("2023-01-01", "2024-01-01", tz="America/Phoenix")
    peak = op.PeakSchedule.parse("weekdays 16-21", holidays="AZ").on_peak(frame.index)
    frame["on_peak_kwh"] = np.where(peak, frame["total_kwh"], 0.0)
    frame["off_peak_kwh"] = np.where(peak, 0.0, frame["total_kwh"])
    found = op.infer_peak_schedule(frame)
    missed = (op.PeakSchedule.parse("weekdays 16-21").on_peak(frame.index) != peak).mean()
    assert 0 < missed < 0.01
    assert found.fit["agreement"].iloc[0] == pytest.approx(1 - missed)


def test_without_a_split_nothing_is_inferred():
    with pytest.raises(op.errors.ArgumentError, match="no schedule can be inferred"):
        op.infer_peak_schedule(intervals("2023-01-01", "2023-01-03", split=False))


def test_months_of_bills_follow_the_hours():
    frame = intervals("2023-01-01", "2023-04-01")
    split = op.split_peaks(frame, by="month")
    on = split[split["period"] == "on_peak"]["usage_kwh"].to_numpy()
    assert on == pytest.approx(bills(frame)["on_peak_kwh"].to_numpy())
    assert isinstance(split.index, pd.DatetimeIndex)
