import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import bills, intervals, several


@pytest.fixture
def monthly():
    return bills(several(intervals(), intervals("2023-03-01", "2023-09-01", account="b", seed=1)))


def test_all_in_price_is_cost_by_usage_of_each_account_and_month(monthly):
    prices = op.cost_per_kwh(monthly)
    assert len(prices) == len(monthly) == 18
    for month, row in zip(prices.index, prices.itertuples(), strict=True):
        own = monthly.loc[[month]].query("service_account_id == @row.service_account_id").iloc[0]
        assert row.all_in_usd_per_kwh * own["total_kwh"] == pytest.approx(own["cost_usd"])


def test_unknown_cost_or_usage_is_nan_and_left_out_of_longer_spans(monthly):
    own = monthly[monthly["service_account_id"] == "a"].copy()
    own.iloc[1, own.columns.get_loc("cost_usd")] = np.nan
    own.iloc[2, own.columns.get_loc("total_kwh")] = np.nan
    prices = op.cost_per_kwh(own)
    assert prices["all_in_usd_per_kwh"].isna().to_numpy().nonzero()[0].tolist() == [1, 2]
    quarter = op.cost_per_kwh(own, by="quarter")
    assert list(quarter.index) == list(pd.DatetimeIndex(["2023-01", "2023-04", "2023-07", "2023-10"]))
    january = own.iloc[0]
    assert quarter["all_in_usd_per_kwh"].iloc[0] == pytest.approx(january["cost_usd"] / january["total_kwh"])
    whole = op.cost_per_kwh(own, by="all")
    known = own.drop(own.index[1:3])[["cost_usd", "total_kwh"]].sum()
    assert whole["all_in_usd_per_kwh"].iloc[0] == pytest.approx(known["cost_usd"] / known["total_kwh"])


def test_no_usage_has_no_price(monthly):
    empty_house = monthly.assign(total_kwh=0.0)
    assert op.cost_per_kwh(empty_house)["all_in_usd_per_kwh"].isna().all()


def test_unknown_span_is_refused(monthly):
    with pytest.raises(op.errors.ArgumentError, match="quarter"):
        op.cost_per_kwh(monthly, by="decade")


def test_marginal_prices_are_those_of_the_periods_and_all_in_adds_the_fixed_charge(monthly):
    rates = op.implied_rates(monthly)
    prices = op.cost_per_kwh(monthly, rates=rates)
    own = monthly.sort_index(kind="stable")
    share = own["on_peak_kwh"] / own["total_kwh"]
    expected = (0.1 + 0.1 * share).to_numpy()
    assert sorted(prices["marginal_usd_per_kwh"]) == pytest.approx(sorted(expected))
    assert (prices["marginal_usd_per_kwh"] < prices["all_in_usd_per_kwh"]).all()
    periods = op.cost_per_kwh(monthly, by="period", rates=rates)
    assert periods["marginal_usd_per_kwh"].to_numpy() == pytest.approx([0.2, 0.1, 0.2, 0.1])
    paid = (periods["usage_kwh"] * periods["all_in_usd_per_kwh"]).sum()
    assert paid == pytest.approx(monthly["cost_usd"].sum())
    with pytest.raises(op.errors.ArgumentError, match="implied_rates"):
        op.cost_per_kwh(monthly, by="period")
