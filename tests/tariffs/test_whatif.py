"""What-ifs: shifted hours, a vehicle, a roof, a battery."""

import sys

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError

YEAR = pd.date_range("2024-01-01", "2025-01-01", freq="h", tz="America/New_York", inclusive="left")


@pytest.fixture(scope="module")
def home():
    rng = np.random.default_rng(2)
    return pd.Series(rng.gamma(2.0, 0.5, len(YEAR)), index=YEAR, name="home")


def daily(load):
    return load.groupby(load.index.date).sum()


def test_shifting_keeps_every_days_total_and_changes_nothing_given(home):
    before = home.copy()
    moved = op.shift_load(home, 0.3, range(16, 21), [2], days="weekday")
    pd.testing.assert_series_equal(home, before)
    pd.testing.assert_series_equal(daily(moved), daily(home))
    peak = home.index.hour.isin(range(16, 21)) & (home.index.day_of_week < 5)
    spring = home.index.date == pd.Timestamp("2024-03-10").date()  # a Sunday: it has no 2:00
    assert moved[peak & ~spring].sum() == pytest.approx(0.7 * home[peak & ~spring].sum())
    all_days = op.shift_load(home, 1.0, [18], [2])
    assert all_days[spring].tolist() == home[spring].tolist()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((1.5, [1], [2]), "share"),
        ((0.5, [1], [1]), "both have"),
        ((0.5, [], [1]), "from_hours"),
        ((0.5, [1], [24]), "to_hours"),
    ],
)
def test_shifts_that_cannot_be_are_refused(home, arguments, words):
    with pytest.raises(ArgumentError, match=words):
        op.shift_load(home, *arguments)
    with pytest.raises(ArgumentError, match="days"):
        op.shift_load(home, 0.5, [1], [2], days="monday")
    with pytest.raises(ArgumentError, match="one account"):
        op.shift_load(home.to_frame(), 0.5, [1], [2])


@pytest.mark.parametrize("freq", ["h", "15min"])
def test_a_vehicle_takes_its_energy_every_day_at_its_power(freq):
    index = pd.date_range("2024-03-01", "2024-04-01", freq=freq, tz="America/New_York", inclusive="left")
    load = pd.Series(0.5, index=index)
    vehicle = op.add_ev(load, kwh_per_day=20.0, power_kw=7.2, start_hour=22) - load
    assert vehicle.sum() == pytest.approx(31 * 20.0 - (20 - 14.4))  # the last night is cut off at midnight
    hours = pd.Timedelta(index[1] - index[0]) / pd.Timedelta(1, "h")
    assert vehicle.max() == pytest.approx(7.2 * hours)
    assert vehicle.loc["2024-03-02 01:00":"2024-03-02 21:45"].sum() == pytest.approx(0.0)


def test_a_vehicle_charges_on_the_days_asked_for(home):
    vehicle = op.add_ev(home, kwh_per_day=7.2, start_hour=3, days="weekend") - home
    assert set(vehicle[vehicle > 1e-9].index.day_of_week) == {5, 6}
    # On the spring Sunday there is a 3:00 though no 2:00.
    assert vehicle.loc["2024-03-10 03:00"] == pytest.approx(7.2)
    assert op.add_ev(home, kwh_per_day=0.0).equals(home)


@pytest.mark.parametrize(
    "arguments",
    [{"kwh_per_day": -1}, {"power_kw": 0}, {"start_hour": 24}, {"kwh_per_day": 100, "power_kw": 2}],
)
def test_vehicles_that_cannot_be_are_refused(home, arguments):
    with pytest.raises(ArgumentError):
        op.add_ev(home, **arguments)


def test_a_roof_splits_the_net_into_import_and_export(home):
    sun = pd.Series(np.where(YEAR.hour == 12, 1.0, 0.0), index=YEAR)
    after = op.add_solar(home, 2.0, generation=sun)
    np.testing.assert_allclose(after["total_kwh"] - after["export_kwh"], home - 2 * sun, atol=1e-12)
    assert (after[["total_kwh", "export_kwh"]].min(axis=1) == 0).all()
    tariff = op.Tariff.flat("T", 0.2).with_export("net_metering_kwh")
    assert op.charges(after, tariff)["amount_usd"].sum() < op.charges(home, tariff)["amount_usd"].sum()
    with pytest.raises(ArgumentError, match="load's index"):
        op.add_solar(home, generation=sun.iloc[1:])
    with pytest.raises(ArgumentError, match="latitude"):
        op.add_solar(home, 3.0)


def test_a_clear_sky_is_high_at_noon_in_june_and_none_at_night():
    day = pd.date_range("2024-06-21", periods=24, freq="h", tz="America/New_York")
    made = op.add_solar(pd.Series(0.0, index=day), 1.0, latitude=40.7, longitude=-74.0)["export_kwh"]
    # Solar noon in New York in June is near 13:00 daylight time; 1 kW under 1 kW/m2 less 14 %.
    assert made.idxmax().hour in (12, 13)
    assert 0.75 < made.max() < 0.95
    assert made.iloc[[0, 1, 2, 3, 22, 23]].sum() == 0.0


def test_a_missing_extra_is_named(home, monkeypatch):
    monkeypatch.setitem(sys.modules, "pvlib", None)
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(ArgumentError, match=r"omnipandas\[studies\]"):
        op.add_solar(home.iloc[:24], 1.0, latitude=40.0, longitude=-74.0)
    with pytest.raises(ArgumentError, match=r"omnipandas\[studies\]"):
        op.add_battery(home.iloc[:24], op.Tariff.flat("T", 0.1))
