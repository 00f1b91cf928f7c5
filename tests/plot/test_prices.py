import numpy as np
import plotly.graph_objects as go
import pytest

import omnipandas as op
from tests.frames import bills, intervals, several


@pytest.fixture(scope="module")
def hourly():
    return several(intervals(), intervals(account="b", seed=1))


@pytest.fixture(scope="module")
def alone():
    return intervals()


def traces(figure: go.Figure) -> dict:
    return {trace.name: trace for trace in figure.data}


def test_a_months_bar_is_its_on_and_off_peak_usage_and_grey_without_a_split(alone):
    monthly = bills(alone)
    monthly.iloc[3, 1:3] = np.nan
    bars = traces(op.plot.monthly(monthly))
    assert bars["on-peak"].y[0] == monthly["on_peak_kwh"].iloc[0]
    assert np.isnan(bars["on-peak"].y[3])
    assert bars["total, no split"].y[3] == monthly["total_kwh"].iloc[3]
    assert bars["off-peak"].xperiod == "M1"  # a bill stands at its own month, not at the next


def test_several_accounts_have_a_bar_each(hourly):
    bars = traces(op.plot.monthly(bills(hourly)))
    assert set(bars) == {"a", "b"}


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


def test_an_unknown_price_breaks_the_line(alone):
    monthly = bills(alone)
    monthly.iloc[4, -1] = np.nan
    line = op.plot.cost_per_kwh(op.cost_per_kwh(monthly)).data[0]
    assert np.isnan(line.y[4])
    assert line.connectgaps is not True


def test_a_plot_refuses_what_is_not_its_analysis(alone):
    with pytest.raises(op.errors.SchemaError, match="analysis of the same name"):
        op.plot.load_profile(alone)
    with pytest.raises(op.errors.SchemaError, match="frame is needed"):
        op.plot.monthly([1, 2])
