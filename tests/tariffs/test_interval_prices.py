from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.tariffs.components import Demand, Rider, Tier
from omnipandas.tariffs.hour_tables import constant

INDEX = pd.date_range("2023-01-01", "2024-01-01", freq="h", tz="America/Denver", inclusive="left")


@pytest.fixture(scope="module")
def home():
    rng = np.random.default_rng(5)
    return pd.Series(rng.gamma(2.0, 0.4, len(INDEX)), index=INDEX, name="home")


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
