"""Interval costs, ranking and reconciliation."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.tariffs.components import Demand, Limits, Rider, Tier
from omnipandas.tariffs.hour_tables import constant

INDEX = pd.date_range("2023-01-01", "2024-01-01", freq="h", tz="America/Denver", inclusive="left")


@pytest.fixture(scope="module")
def home():
    rng = np.random.default_rng(5)
    return pd.Series(rng.gamma(2.0, 0.4, len(INDEX)), index=INDEX, name="home")


# ---- interval costs


@pytest.mark.parametrize("rule", ["pro_rata", "per_period"])
@pytest.mark.parametrize("at", [100, 4000, 8000])
def test_the_marginal_price_is_what_one_more_kilowatt_hour_costs(home, rule, at):
    energy = next(iter(op.Tariff.tou("T", {"a": 0, "b": 0}, {"a": "7-19", "b": "otherwise"}).charges))
    periods = ((Tier(0.1, 200.0), Tier(0.3)), (Tier(0.05, 250.0), Tier(0.2)))
    tariff = op.Tariff(
        "T",
        (replace(energy, periods=periods), Rider(0.1, ("energy",), "fuel"), Rider(0.05, ("energy", "tax"))),
    )
    more = home.copy()
    more.iloc[at] += 1e-4
    before, after = (op.charges(load, tariff, tiers=rule)["amount_usd"].sum() for load in (home, more))
    marginal = op.interval_costs(home, tariff, tiers=rule)["marginal_usd_per_kwh"].iloc[at]
    assert marginal == pytest.approx((after - before) / 1e-4, rel=1e-5)


def test_demand_lies_on_the_interval_that_sets_the_peak(home):
    spiky = home.copy()
    spiky.loc["2023-03-03 17:00"] = 50.0
    costs = op.interval_costs(
        spiky, op.Tariff("D", (Demand(((Tier(2.0),),), constant(), constant(), by_time=False),))
    )
    assert costs.loc["2023-03-03 17:00", "demand_usd"] == 100.0
    assert (costs["demand_usd"] > 0).sum() == 12
    daily = op.Tariff("D", (Demand(((Tier(2.0),),), constant(), constant(), unit="kW daily", by_time=False),))
    costs = op.interval_costs(spiky, daily)
    assert (costs["demand_usd"] > 0).sum() == 365
    assert costs["demand_usd"].sum() == pytest.approx(2 * spiky.groupby(spiky.index.date).max().sum())


def test_interval_costs_follow_the_schema_and_billing_periods(home):
    costs = op.interval_costs(home, op.Tariff.flat("T", 0.1), [("2023-01-10", "2023-02-10")])
    assert [str(d) for d in (costs.index[0].date(), costs.index[-1].date())] == ["2023-01-10", "2023-02-09"]
    assert list(costs.columns) == op.schema.INTERVAL_COSTS.names
    empty = op.interval_costs(home.iloc[:0], op.Tariff.flat("T", 0.1))
    assert dict(empty.dtypes.astype(str)) == dict(costs.dtypes.astype(str))


# ---- ranking


def test_the_break_even_is_where_the_two_cost_the_same(home):
    basic, club = op.Tariff.flat("Basic", 0.12), op.Tariff.flat("Club", 0.10, fixed=8.0)
    ranking = op.compare_tariffs(home, [club, basic])
    usage = ranking.loc[2, "break_even_kwh"]
    assert usage == pytest.approx(8.0 / 0.02)
    scaled = home * usage * 12 / home.sum()
    costs = op.compare_tariffs(scaled, [club, basic])["amount_usd"]
    assert costs.iloc[0] == pytest.approx(costs.iloc[1])


def test_the_reason_names_component_season_and_hours(home):
    summer = op.Tariff.tou(
        "Summer", {"peak": 0.5, "rest": 0.1}, {"peak": "jun-sep 16-20", "rest": "otherwise"}
    )
    ranking = op.compare_tariffs(home, [summer, op.Tariff.flat("Flat", 0.1)])
    why = ranking.loc[ranking["tariff"] == "Summer", "why"].iloc[0]
    assert why.startswith("energy ")
    assert "more (mostly Jun to Sep, 16:00 to 20:00)" in why


def test_a_tariff_that_the_load_may_not_take_comes_last(home):
    cheap = op.Tariff.flat("Large", 0.01, limits=Limits(min_kw=500.0))
    small = op.Tariff.flat("Small", 0.5, limits=Limits(max_kwh=10_000.0))
    ranking = op.compare_tariffs(home, [cheap, small])
    assert ranking["tariff"].tolist() == ["Small", "Large"]
    assert ranking["eligible"].tolist() == [True, False]
    assert "below its least of 500" in ranking["why"].iloc[1]
    tight = replace(small, limits=Limits(max_kw=1.0))
    assert "above its most of 1" in op.compare_tariffs(home, tight)["why"].iloc[0]


def test_a_portfolio_costs_what_its_accounts_do(home):
    wide = pd.DataFrame({"a": home, "b": 2 * home})
    tariffs = {"one": op.read_tariff("pge-e-1-t"), "two": op.read_tariff("sdge-ev-tou-5")}
    each = op.compare_tariffs(wide, tariffs, current="one")
    assert each["service_account_id"].tolist() == ["a", "a", "b", "b"]
    assert each.loc[each["tariff"] == "one", "difference_usd"].tolist() == [0.0, 0.0]
    whole = op.compare_tariffs(wide, tariffs, by="portfolio").set_index("tariff")["amount_usd"]
    pd.testing.assert_series_equal(
        whole.sort_index(), each.groupby("tariff")["amount_usd"].sum().sort_index(), check_dtype=False
    )


def test_the_parts_of_a_ranking_add_up_and_equal_the_ledgers(home):
    tariffs = [op.read_tariff(name) for name in op.list_tariffs().index]
    ranking = op.compare_tariffs(home, tariffs)
    parts = ranking.filter(regex="^(fixed|energy|demand|minimum|credit|tax)_usd$").sum(axis=1)
    np.testing.assert_allclose(parts, ranking["amount_usd"])
    for tariff in tariffs:
        ours = ranking.loc[ranking["tariff"] == tariff.name, "amount_usd"].iloc[0]
        assert ours == pytest.approx(op.charges(home, tariff)["amount_usd"].sum())


def test_rankings_that_cannot_be_are_refused(home):
    basic = op.Tariff.flat("Basic", 0.12)
    for arguments, words in (
        (([],), "no tariff"),
        (([basic, basic],), "two tariffs are named 'Basic'"),
    ):
        with pytest.raises(ArgumentError, match=words):
            op.compare_tariffs(home, *arguments)
    with pytest.raises(ArgumentError, match="current"):
        op.compare_tariffs(home, [basic], current="Other")
    with pytest.raises(ArgumentError, match="by must be"):
        op.compare_tariffs(home, [basic], by="street")
    assert list(op.compare_tariffs(home.iloc[:0], [basic]).columns) == op.schema.COMPARISON.names


# ---- reconciliation


def billed(home, dollars, kwh=1.0, tariff=None):
    ledger = op.charges(home, tariff or op.Tariff.flat("T", 0.1, fixed=5.0))
    bills = op.bill_totals(ledger)
    monthly = pd.DataFrame(
        {
            "service_account_id": "home",
            "total_kwh": bills["usage_kwh"].to_numpy() * kwh,
            "cost_usd": dollars(bills["amount_usd"].to_numpy(), bills["usage_kwh"].to_numpy()),
        },
        index=pd.DatetimeIndex(bills["period_start"].dt.strftime("%Y-%m-01"), name="month"),
    )
    return ledger, monthly


def bend(usd, start):
    return np.where(np.arange(len(usd)) < start, usd, usd * 1.1 + np.arange(len(usd)))


@pytest.mark.parametrize(
    ("dollars", "words"),
    [
        (lambda usd, kwh: usd.round(2), "all 12 bills agree"),
        (lambda usd, kwh: usd + 3.5, "3.50 USD above the model: a fixed charge"),
        (lambda usd, kwh: usd * 1.02, "2.00% above the model: a tax"),
        (lambda usd, kwh: usd - kwh * 0.01, "0.01000 USD/kWh below the model: a price per kWh"),
        (lambda usd, kwh: bend(usd, 5), "agree until 2023-06 and not from then on"),
        (lambda usd, kwh: usd + np.arange(1, 13) ** 2, "without one pattern"),
    ],
)
def test_residuals_are_read_as_what_causes_them(home, dollars, words):
    frame = op.reconcile(*billed(home, dollars))
    assert words in frame.attrs["verdict"]["home"]
    assert list(frame.columns) == op.schema.RECONCILIATION.names


def test_usage_that_differs_is_said_before_prices_are_blamed(home):
    frame = op.reconcile(*billed(home, lambda usd, kwh: usd * 1.05, kwh=1.05))
    assert "usage differs in 12 of 12 months" in frame.attrs["verdict"]["home"]
    assert frame["verdict"].iloc[0].startswith("usage differs")


def test_months_with_no_bill_no_load_or_half_a_load_say_so(home):
    ledger, monthly = billed(home.loc["2023-01-15":"2023-04-30"], lambda usd, kwh: usd)
    monthly.loc["2023-02-01", "cost_usd"] = np.nan
    monthly.loc["2023-01-01", "cost_usd"] = 99.0
    later = monthly.iloc[[-1]].set_axis(pd.DatetimeIndex(["2023-05-01"]))
    frame = op.reconcile(ledger, pd.concat([monthly, later]).rename_axis("month"))
    assert frame["verdict"].tolist() == [
        "the load covers 17 of 31 days",
        "no bill to compare with",
        "agrees",
        "agrees",
        "not modelled: no load in this month",
    ]


def test_a_bill_stands_for_the_month_of_its_middle_day(home):
    ledger = op.charges(home, op.Tariff.flat("T", 0.1), [("2023-01-25", "2023-02-24")])
    monthly = pd.DataFrame(
        {"service_account_id": ["home"], "total_kwh": [1.0], "cost_usd": [1.0]},
        index=pd.DatetimeIndex(["2023-02-01"], name="month"),
    )
    assert op.reconcile(ledger, monthly).index.tolist() == [pd.Timestamp("2023-02-01")]


def test_bills_that_cannot_be_matched_are_refused(home):
    ledger, monthly = billed(home, lambda usd, kwh: usd)
    with pytest.raises(ArgumentError, match="no service account in common"):
        op.reconcile(ledger, monthly.assign(service_account_id="other"))
    with pytest.raises(ArgumentError, match="two bills of home for 2023-01"):
        op.reconcile(ledger, pd.concat([monthly.iloc[:1], monthly]))
    with pytest.raises(SchemaError):
        op.reconcile(monthly, monthly)
