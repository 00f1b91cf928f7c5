"""What every figure holds, whatever it shows, and what several nouns' tests draw."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

import omnipandas as op
from tests.frames import intervals, several

INDEX = pd.date_range("2023-01-01", "2024-01-01", freq="h", tz="America/Los_Angeles", inclusive="left")
LOAD = pd.Series(0.5 + (INDEX.hour >= 18), index=INDEX, name="home", dtype=float)
TARIFF = op.read_tariff("aps-saver-choice-plus")


@cache
def decade() -> pd.DataFrame:
    return intervals("2014-01-01", "2024-01-01")


def two(frame):
    return several(frame, frame.assign(service_account_id="b", total_kwh=frame["total_kwh"] * 2))


def temperature(frame):
    return pd.Series(
        12 - 14 * np.cos(2 * np.pi * np.asarray(frame.index.day_of_year) / 365), index=frame.index
    )


def autumn_days(zone):
    """Three days around the hour that comes twice."""
    if zone.startswith("America"):
        return intervals("2023-11-04", "2023-11-07", tz=zone)
    return intervals("2023-04-01", "2023-04-04", tz=zone)


def assert_no_two_hours_lie_on_one_another(figure):
    steps = np.diff(np.asarray(figure.data[0].x, dtype="datetime64[m]"))
    assert (steps > np.timedelta64(0, "m")).all()
    words = figure.data[0].customdata
    assert len({str(word) for word in words}) == len(words)  # the hover text tells them apart


class Manners:
    """Tests of each plot in `results`, which makes its analysis of ten years of hours."""

    results: ClassVar[dict[str, Callable[[pd.DataFrame], Any]]]
    titled: ClassVar[tuple[str, ...]] = ("xaxis", "yaxis")
    refusal: ClassVar[type[Exception]] = op.errors.SchemaError

    def pytest_generate_tests(self, metafunc):
        metafunc.parametrize("name", self.results)

    def test_ten_years_of_hours_stay_under_a_megabyte_and_hover_speaks_in_words(self, name):
        figure = getattr(op.plot, name)(self.results[name](decade()))
        assert isinstance(figure, go.Figure)
        assert len(figure.to_json()) < 1_000_000
        assert figure.data
        assert figure.layout.title.text
        assert figure.layout.template.layout.paper_bgcolor == "rgba(0,0,0,0)"
        for trace in figure.data:
            assert trace.hoverinfo == "skip" or trace.hovertemplate
            assert "trace 0" not in (trace.hovertemplate or "")
        for axis in self.titled:
            assert figure.layout[axis].title.text is not None

    def test_a_plot_refuses_what_is_not_its_analysis(self, name):
        with pytest.raises(self.refusal):
            getattr(op.plot, name)(pd.DataFrame({"x": [1]}))
        with pytest.raises(self.refusal):
            getattr(op.plot, name)(None)
