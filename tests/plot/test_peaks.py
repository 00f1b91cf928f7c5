from __future__ import annotations

from typing import ClassVar

import pandas as pd
import plotly.graph_objects as go
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError
from tests.frames import intervals
from tests.plot.figures import Manners, two


class TestManners(Manners):
    results: ClassVar = {
        "infer_peak_schedule": op.infer_peak_schedule,
        "split_peaks": op.split_peaks,
    }


def test_a_figure_of_one_account_says_what_to_choose():
    peaks = op.split_peaks(two(intervals("2023-01-01", "2023-02-01")), by="day")
    with pytest.raises(op.errors.ArgumentError, match="choose one"):
        op.plot.split_peaks(peaks)


def spans(figure):
    return [(band.x0, band.x1) for band in figure.layout.shapes]


def test_peak_windows_are_shaded_where_they_are():
    plain = go.Figure()
    figure = op.plot.peak_bands(plain, op.PeakSchedule.parse("weekdays 16-21, Jun-Sep; daily 6:30-9"))
    assert spans(figure) == [(16, 21), (6.5, 9)]
    assert figure.layout.shapes[0].label.text == "peak: weekdays 16-21, Jun-Sep"
    assert plain.layout.shapes == ()


def test_a_window_over_midnight_has_two_parts_and_one_name():
    figure = op.plot.peak_bands(go.Figure(), op.PeakSchedule.parse("daily 22-6"))
    assert spans(figure) == [(22, 24), (0, 6)]
    assert [band.label.text for band in figure.layout.shapes] == ["peak: daily 22-6", None]


def test_peak_bands_take_a_schedule():
    with pytest.raises(ArgumentError, match="not str"):
        op.plot.peak_bands(go.Figure(), "weekdays 16-21")


def test_seasons_are_shaded_over_the_months_drawn():
    months = pd.date_range("2024-12-01", "2025-07-01", freq="MS")
    plain = go.Figure([go.Bar(x=months[:3]), go.Bar(x=months)])
    figure = op.plot.season_bands(plain)
    day = pd.Timestamp
    assert spans(figure) == [(day("2024-12-01"), day("2025-03-01")), (day("2025-06-01"), day("2025-08-01"))]
    assert op.plot.season_bands(go.Figure()).layout.shapes == ()
    southern = op.plot.season_bands(plain, {"summer": (12, 1, 2), "winter": (6, 7, 8)})
    assert [band.label.text for band in southern.layout.shapes] == ["summer", "winter"]
