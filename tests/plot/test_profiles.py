from typing import ClassVar

import plotly.graph_objects as go
import pytest

import omnipandas as op
from tests.frames import intervals, several
from tests.plot.figures import Manners


class TestManners(Manners):
    results: ClassVar = {
        "load_profile": lambda f: op.load_profile(f, ["season", "day_type"], quantiles=[0.1, 0.9])
    }


@pytest.fixture(scope="module")
def hourly():
    return several(intervals(), intervals(account="b", seed=1))


@pytest.fixture(scope="module")
def alone():
    return intervals()


def traces(figure: go.Figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def test_a_profile_has_a_line_for_each_group_and_says_kw(hourly):
    figure = op.plot.load_profile(op.load_profile(hourly, by="day_type"))
    assert set(traces(figure)) == {"a, weekday", "a, weekend", "b, weekday", "b, weekend"}
    assert all("kW" in trace.hovertemplate for trace in figure.data)


def test_quantiles_are_a_band_around_the_line(alone):
    figure = op.plot.load_profile(op.load_profile(alone, quantiles=(0.1, 0.5, 0.9)))
    low, high, mean = figure.data
    assert (low.y < mean.y).all()
    assert (mean.y < high.y).all()
    assert list(mean.x) == list(range(25))


def test_a_plot_refuses_what_is_not_its_analysis(alone):
    with pytest.raises(op.errors.SchemaError, match="analysis of the same name"):
        op.plot.load_profile(alone)


def test_a_figure_of_few_lines_says_what_to_choose():
    crowd = several(*(intervals("2023-01-01", "2023-01-02", account=f"n{n:02}") for n in range(30)))
    with pytest.raises(op.errors.ArgumentError, match="too many"):
        op.plot.load_profile(op.load_profile(crowd))
