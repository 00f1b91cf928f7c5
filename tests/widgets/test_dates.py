from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import omnipandas as op
from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.schema import INTERVALS, MONTHLY
from omnipandas.widgets.pickers.dates import OWN, PRESETS
from tests.widgets.test_pickers import controls, told

DateRangePicker = op.widgets.DateRangePicker


@pytest.mark.parametrize(
    ("preset", "end", "expected"),
    [
        ("Last 30 days", "2024-03-01", (date(2024, 1, 31), date(2024, 3, 1))),
        ("Last year", "2024-02-29", (date(2023, 2, 28), date(2024, 2, 29))),
        ("Last year", "2025-03-01", (date(2024, 3, 1), date(2025, 3, 1))),
        ("This season", "2024-02-10", (date(2023, 12, 1), date(2024, 2, 10))),
        ("This season", "2024-03-01", (date(2023, 12, 1), date(2024, 3, 1))),
        ("This season", "2024-03-02", (date(2024, 3, 1), date(2024, 3, 2))),
        ("Last billing month", "2024-03-15", (date(2024, 2, 1), date(2024, 3, 1))),
        ("Last billing month", "2024-03-01", (date(2024, 2, 1), date(2024, 3, 1))),
        ("All there is", "2024-03-01", (date(2021, 1, 1), date(2024, 3, 1))),
    ],
)
def test_presets_end_where_readings_end(preset, end, expected):
    assert DateRangePicker("2021-01-01", end, preset=preset).value == expected


def test_the_billing_month_is_the_last_one_that_was_billed():
    months = [date(2024, 1, 1), date(2023, 12, 1)]
    picker = DateRangePicker("2021-01-01", "2024-03-15", preset="Last billing month", billing_months=months)
    assert picker.value == (date(2024, 1, 1), date(2024, 2, 1))


def test_seasons_of_ones_own():
    seasons = {"dry": (5, 6, 7, 8, 9, 10), "wet": (11, 12, 1, 2, 3, 4)}
    picker = DateRangePicker("2021-01-01", "2024-03-15", preset="This season", seasons=seasons)
    assert picker.value == (date(2023, 11, 1), date(2024, 3, 15))


def test_a_range_by_hand_is_told_once_and_named():
    picker = DateRangePicker("2021-01-01", "2024-03-15")
    seen = told(picker)
    first, last = controls(picker, "DatePicker")
    first.value = date(2024, 1, 2)
    assert seen == [(date(2024, 1, 2), date(2024, 3, 15))]
    last.value = date(2024, 1, 2)
    assert seen[1:] == [(date(2024, 1, 2), date(2024, 1, 3))]
    (menu,) = controls(picker, "Dropdown")
    assert menu.value == picker.preset == OWN
    menu.value = "Last 30 days"
    assert seen[2:] == [(date(2024, 2, 14), date(2024, 3, 15))]
    assert (first.value, last.value) == (date(2024, 2, 14), date(2024, 3, 14))


def test_a_first_day_after_the_last_moves_the_last():
    picker = DateRangePicker("2021-01-01", "2024-03-15", preset="Last billing month")
    first, last = controls(picker, "DatePicker")
    first.value = date(2024, 3, 10)
    assert picker.value == (date(2024, 3, 10), date(2024, 3, 11))
    last.value = date(2023, 5, 1)
    assert picker.value == (date(2023, 5, 1), date(2023, 5, 2))


def test_a_cleared_day_changes_nothing():
    picker = DateRangePicker("2021-01-01", "2024-03-15")
    seen, before = told(picker), picker.value
    first, _last = controls(picker, "DatePicker")
    first.value = None
    assert (seen, picker.value, first.value) == ([], before, before[0])


def test_nothing_outside_what_exists():
    picker = DateRangePicker("2021-01-01", "2024-03-15")
    picker.value = "2019-01-01", "2030-01-01"
    assert picker.value == (date(2021, 1, 1), date(2024, 3, 15))
    with pytest.raises(ArgumentError, match="nothing of that range exists"):
        picker.value = "2019-01-01", "2020-01-01"
    with pytest.raises(ArgumentError, match="range is empty"):
        picker.value = "2023-01-01", "2023-01-01"
    with pytest.raises(ArgumentError, match="a date such as"):
        picker.value = "tomorrow-ish", "2023-01-01"
    assert picker.value == (date(2021, 1, 1), date(2024, 3, 15))
    first, last = controls(picker, "DatePicker")
    assert (first.min, first.max, last.max) == (date(2021, 1, 1), date(2024, 3, 14), date(2024, 3, 14))


def test_other_limits_apply_the_preset_anew_and_cut_own_dates():
    picker = DateRangePicker("2021-01-01", "2024-03-15", preset="Last year")
    seen = told(picker)
    picker.limit("2023-06-01", "2024-03-15")
    assert seen == [(date(2023, 6, 1), date(2024, 3, 15))]
    picker.limit("2023-06-01", "2024-03-15")
    assert len(seen) == 1
    picker.value = "2023-07-01", "2023-12-01"
    picker.limit("2023-10-01", "2024-03-15")
    assert seen[2:] == [(date(2023, 10, 1), date(2023, 12, 1))]
    picker.limit("2024-01-01", "2024-03-15")  # nothing of the own range is left
    assert picker.value == (date(2024, 1, 1), date(2024, 3, 15))


def test_from_frames():
    hours = pd.date_range("2023-03-11 22:00", periods=30, freq="h", tz="America/New_York", unit="us")
    hourly = INTERVALS.empty("America/New_York").reindex(hours)
    assert DateRangePicker.from_frame(hourly).value == (date(2023, 3, 11), date(2023, 3, 14))
    months = pd.DatetimeIndex(["2023-11-01", "2023-12-01"], name="month")
    monthly = MONTHLY.empty().reindex(months)
    picker = DateRangePicker.from_frame(monthly, preset="Last billing month")
    assert picker.value == (date(2023, 12, 1), date(2024, 1, 1))
    with pytest.raises(SchemaError, match="no days in this frame"):
        DateRangePicker.from_frame(MONTHLY.empty())


def test_an_unknown_preset_is_refused():
    with pytest.raises(ArgumentError, match="a preset is one of Last 30 days"):
        DateRangePicker("2021-01-01", "2024-03-15", preset="Lately")


days = st.dates(date(2019, 1, 1), date(2027, 12, 31))


@settings(max_examples=60, deadline=None)
@given(
    start=days,
    length=st.integers(1, 2000),
    preset=st.sampled_from(PRESETS),
    first=days,
    span=st.integers(1, 90),
)
def test_whatever_is_chosen_lies_within_and_is_not_empty(start, length, preset, first, span):
    end = start + timedelta(days=length)
    picker = DateRangePicker(start, end, preset=preset)
    assert start <= picker.value[0] < picker.value[1] <= end
    try:
        picker.value = first, first + timedelta(days=span)
    except ArgumentError:
        assert first + timedelta(days=span) <= start or first >= end
    assert start <= picker.value[0] < picker.value[1] <= end
    shown = [control.value for control in controls(picker, "DatePicker")]
    assert (shown[0], shown[1] + timedelta(days=1)) == picker.value
