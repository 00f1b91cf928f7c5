import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError, SchemaError, TariffError
from omnipandas.tariffs.components import Demand, Tier
from omnipandas.tariffs.hour_tables import constant

YEAR = pd.date_range("2024-01-01", "2025-01-01", freq="h", tz="America/New_York", inclusive="left")


@pytest.fixture(scope="module")
def home():
    rng = np.random.default_rng(2)
    return pd.Series(rng.gamma(2.0, 0.5, len(YEAR)), index=YEAR, name="home")


def test_a_battery_moves_energy_from_the_cheap_hours_to_the_dear_ones():
    index = pd.date_range("2024-01-01", periods=48, freq="h", tz="America/New_York")
    load = pd.Series(1.0, index=index)
    tariff = op.Tariff.tou("T", {"dear": 0.5, "cheap": 0.1}, {"dear": "16-20", "cheap": "otherwise"})
    after = op.add_battery(load, tariff, kwh=3.0, kw=2.0, efficiency=0.81)
    # 3 kWh stored give 2.7 at the terminals and take 3.333: the hand calculation for each of two days.
    assert after["discharge_kwh"].sum() == pytest.approx(2 * 3.0 * 0.9)
    assert after["charge_kwh"].sum() == pytest.approx(2 * 3.0 / 0.9)
    saved = op.charges(load, tariff)["amount_usd"].sum() - op.charges(after, tariff)["amount_usd"].sum()
    assert saved == pytest.approx(2 * (2.7 * 0.5 - 3.0 / 0.9 * 0.1))
    assert after["stored_kwh"].max() <= 3.0 + 1e-9
    assert after["export_kwh"].sum() == 0.0


def test_a_battery_shaves_a_peak_that_is_charged():
    index = pd.date_range("2024-01-01", "2024-02-01", freq="h", tz="America/New_York", inclusive="left")
    load = pd.Series(1.0, index=index)
    load.iloc[500] = 5.0
    demand = Demand(((Tier(10.0),),), constant(), constant(), by_time=False)
    tariff = op.Tariff.flat("T", 0.1, charges=(demand,))
    after = op.add_battery(load, tariff, kwh=10.0, kw=2.0, efficiency=1.0)
    assert after["total_kwh"].max() == pytest.approx(3.0)


def test_a_battery_behind_a_roof_may_be_kept_to_the_suns_energy():
    index = pd.date_range("2024-06-01", periods=24, freq="h", tz="America/New_York")
    load = pd.Series(1.0, index=index)
    roof = op.add_solar(load, generation=pd.Series(np.where(index.hour == 12, 4.0, 0.0), index=index))
    tariff = op.Tariff.tou("T", {"dear": 0.5, "cheap": 0.1}, {"dear": "16-20", "cheap": "otherwise"})
    after = op.add_battery(roof, tariff, kwh=2.0, kw=5.0, efficiency=1.0, grid_charging=False)
    assert after["charge_kwh"].sum() == pytest.approx(2.0)
    assert after["export_kwh"].sum() == pytest.approx(1.0)
    assert after.loc["2024-06-01 12:00", "charge_kwh"].sum() == pytest.approx(2.0)


def test_batteries_that_cannot_be_are_refused(home):
    flat = op.Tariff.flat("T", 0.1)
    for arguments in ({"kwh": -1}, {"kw": 0}, {"efficiency": 1.1}):
        with pytest.raises(ArgumentError):
            op.add_battery(home, flat, **arguments)
    with pytest.raises(ArgumentError, match="one meter"):
        op.add_battery(pd.DataFrame({"a": home, "b": home}), flat)
    tiered = Demand(((Tier(1.0, 5.0), Tier(2.0)),), constant(), constant(), by_time=False)
    with pytest.raises(TariffError, match="not linear"):
        op.add_battery(home, op.Tariff.flat("T", 0.1, charges=(tiered,)))
    with pytest.raises(SchemaError):
        op.add_battery(home.drop(home.index[4]), flat)
