from typing import ClassVar

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

import omnipandas as op
from omnipandas.errors import SchemaError
from omnipandas.schema import MONTHLY
from tests.frames import bills, intervals, several
from tests.plot.figures import Manners


class TestManners(Manners):
    results: ClassVar = {"monthly": bills}


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


def test_a_plot_refuses_what_is_no_frame():
    with pytest.raises(SchemaError, match="frame is needed"):
        op.plot.monthly([1, 2])


def test_a_bill_that_is_unknown_has_no_bar():
    monthly = MONTHLY.empty().reindex(pd.DatetimeIndex(["2025-01-01", "2025-02-01"], name="month"))
    monthly["service_account_id"] = pd.Categorical(["a", "a"])
    monthly["total_kwh"], monthly["cost_usd"] = [500.0, 400.0], [61.5, np.nan]
    (bar,) = op.plot.monthly_cost(monthly).data
    np.testing.assert_array_equal(bar.y, [61.5, np.nan])
    assert "kWh" in bar.hovertemplate
    assert op.plot.monthly_cost(monthly).layout.yaxis.title.text == "cost [USD]"
    with pytest.raises(SchemaError):
        op.plot.monthly_cost(monthly.reset_index())
