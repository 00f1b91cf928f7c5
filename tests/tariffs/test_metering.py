"""What-ifs follow one another in any order, for one account or many, and what is behind a meter adds up."""

import itertools
import sys

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError, SchemaError
from tests.frames import ODD_ZONES, intervals, several

NEW_YORK = "America/New_York"
TARIFF = op.Tariff.tou("T", {"dear": 0.5, "cheap": 0.1}, {"dear": "16-20", "cheap": "otherwise"})


def home(account="a", start="2023-03-06", end="2023-03-20", seed=0, **arguments):
    return intervals(start, end, account=account, seed=seed, **arguments)


def sun(frame, size=3.0):
    index = frame.index.unique()
    return pd.Series(np.where((index.hour > 8) & (index.hour < 16), size, 0.0), index=index)


def steps(frame):
    generation = sun(frame)
    return {
        "car": lambda load: op.add_ev(load, start_hour=12, power_kw=3.6),
        "roof": lambda load: op.add_solar(load, generation=generation),
        "shift": lambda load: op.shift_load(load, 0.2, range(16, 21), range(10, 14)),
        "battery": lambda load: op.add_battery(load, TARIFF, kwh=5.0, kw=2.0),
    }


@pytest.mark.parametrize("order", list(itertools.permutations(["car", "roof", "battery"])))
@pytest.mark.parametrize("series", [True, False])
def test_what_ifs_follow_one_another_in_any_order(order, series):
    frame = home()
    load = frame["total_kwh"].rename("a") if series else frame
    before = load.copy()
    result = load
    for name in order:
        result = steps(frame)[name](result)
    assert load.equals(before)
    assert {"total_kwh", "export_kwh", "charge_kwh"} <= set(result.columns)
    assert (result[["total_kwh", "export_kwh"]] >= 0).all(axis=None)
    flows = result["charge_kwh"] - result["discharge_kwh"]
    car = steps(frame)["car"](frame["total_kwh"]) - frame["total_kwh"]
    net = frame["total_kwh"] + car - sun(frame) + flows
    np.testing.assert_allclose(result["total_kwh"] - result["export_kwh"], net, atol=1e-9)
    assert op.charges(result, TARIFF.with_export("net_billing", 0.05))["amount_usd"].sum() > 0


@pytest.mark.parametrize("order", [("car", "roof"), ("roof", "car")])
def test_a_car_on_a_roof_takes_what_would_be_sent_before_what_the_grid_gives(order):
    frame = home()
    roof = steps(frame)["roof"](frame["total_kwh"])
    result = frame["total_kwh"]
    for name in order:
        result = steps(frame)[name](result)
    car = steps(frame)["car"](frame["total_kwh"]) - frame["total_kwh"]
    eaten = np.minimum(roof["export_kwh"], car)
    assert eaten.sum() > 10
    np.testing.assert_allclose(result["export_kwh"], roof["export_kwh"] - eaten, atol=1e-12)
    np.testing.assert_allclose(result["total_kwh"], roof["total_kwh"] + car - eaten, atol=1e-12)


def test_where_nothing_is_added_a_meter_keeps_what_it_took_and_sent():
    cloudy = home().assign(export_kwh=0.5)  # both within the hour
    result = op.add_ev(cloudy, kwh_per_day=7.2, start_hour=3)
    still = result.index.hour != 3
    for name in ("total_kwh", "export_kwh"):
        np.testing.assert_array_equal(result[name][still], cloudy[name][still])
    np.testing.assert_allclose(
        result["total_kwh"] - result["export_kwh"],
        cloudy["total_kwh"] - 0.5 + np.where(still, 0.0, 7.2),
    )
    assert op.add_ev(cloudy, kwh_per_day=0.0)["total_kwh"].equals(cloudy["total_kwh"])


def many(zone=NEW_YORK):
    """Accounts of several ranges and lengths, rows in no order, with further columns."""
    frame = several(
        home("a", tz=zone),
        home("b", seed=2, tz=zone),
        home("c", "2023-03-08", "2023-03-15", seed=3, tz=zone),
        home("d", seed=4, minutes=15, tz=zone),
    )
    frame = frame.assign(site=frame["service_account_id"].astype(str) + "!", number=np.arange(len(frame)))
    return frame.sample(frac=1.0, random_state=5)


@pytest.mark.parametrize("name", ["car", "roof", "shift", "battery"])
@pytest.mark.parametrize("zone", [NEW_YORK, "Australia/Lord_Howe"])
def test_many_accounts_give_what_each_gives_alone(name, zone):
    frame = many(zone)
    if name == "roof":  # a profile is of one length
        frame = frame[frame["service_account_id"] != "d"]
    before = frame.copy()
    change = steps(frame)[name]
    result = change(frame)
    pd.testing.assert_frame_equal(frame, before)
    assert result.index.equals(frame.index)
    for column in ("service_account_id", "interval_end", "site", "number"):
        pd.testing.assert_series_equal(result[column], frame[column])
    assert result[["on_peak_kwh", "off_peak_kwh"]].isna().all(axis=None)
    for account in frame["service_account_id"].unique():
        own = frame[frame["service_account_id"] == account].sort_index()
        alone = change(own["total_kwh"])
        mine = result[result["service_account_id"] == account].sort_index()
        if isinstance(alone, pd.Series):
            alone = alone.to_frame("total_kwh")
            assert "export_kwh" not in mine.columns
        names = [column for column in alone.columns if column.endswith("_kwh") and "peak" not in column]
        np.testing.assert_allclose(mine[names], alone[names], atol=1e-9)


def test_two_batteries_flows_add_up():
    frame = home()
    one = op.add_battery(frame, TARIFF, kwh=3.0, kw=1.0)
    two = op.add_battery(one, TARIFF, kwh=3.0, kw=1.0)
    flows = two["charge_kwh"] - two["discharge_kwh"]
    net = frame["total_kwh"] + flows
    np.testing.assert_allclose(two["total_kwh"] - two["export_kwh"], net, atol=1e-9)
    assert two["discharge_kwh"].sum() > one["discharge_kwh"].sum()


def test_a_studies_roof_may_cover_more_than_the_load():
    frame = home()
    longer = sun(home(start="2023-03-01", end="2023-04-01"))
    pd.testing.assert_frame_equal(
        op.add_solar(frame, generation=longer), op.add_solar(frame, generation=sun(frame))
    )
    elsewhere = longer.tz_convert("UTC")
    pd.testing.assert_frame_equal(
        op.add_solar(frame, generation=elsewhere), op.add_solar(frame, generation=sun(frame))
    )


def test_a_profile_of_another_length_or_with_doubles_is_refused():
    frame = home()
    fine = sun(home(minutes=15))
    with pytest.raises(ArgumentError, match="by 15 minutes, the load by 60"):
        op.add_solar(frame, generation=fine)
    with pytest.raises(ArgumentError, match="twice"):
        op.add_solar(frame, generation=pd.concat([sun(frame), sun(frame).iloc[:1]]))
    with pytest.raises(ArgumentError, match="a Series"):
        op.add_solar(frame, generation=sun(frame).to_frame())


@pytest.mark.parametrize("zone", ODD_ZONES)
def test_a_car_charges_once_each_local_day(zone):
    frame = home(tz=zone, start="2023-01-01", end="2024-01-01")
    car = op.add_ev(frame, kwh_per_day=5.0, power_kw=2.0, start_hour=1)["total_kwh"] - frame["total_kwh"]
    days = car.groupby(frame.index.date).sum()
    np.testing.assert_allclose(days, 5.0)


def test_a_gap_loses_what_would_be_charged_in_it():
    frame = home()
    gone = pd.Timestamp("2023-03-10 19:00", tz=NEW_YORK)
    whole, holed = (op.add_ev(each)["total_kwh"] for each in (frame, frame.drop(gone)))
    pd.testing.assert_series_equal(holed, whole.drop(gone))


@pytest.mark.parametrize("name", ["car", "roof", "shift", "battery"])
def test_what_is_no_load_is_refused(name):
    frame = home()
    change = steps(frame)[name]
    wide = pd.DataFrame({"a": frame["total_kwh"], "b": frame["total_kwh"]})
    for load in (wide, wide.to_numpy(), None):
        with pytest.raises(ArgumentError, match="one meter"):
            change(load)
    with pytest.raises(SchemaError, match="twice"):
        change(pd.concat([frame, frame.iloc[[5]]]))
    with pytest.raises(SchemaError, match=r"order"):
        change(frame["total_kwh"].iloc[::-1])
    unknown = frame.copy()
    unknown.iloc[3, unknown.columns.get_loc("total_kwh")] = np.nan
    with pytest.raises(SchemaError, match="missing"):
        change(unknown)
    with pytest.raises(SchemaError, match=r"export_kwh.*negative"):
        change(frame.assign(export_kwh=-1.0))


@pytest.mark.parametrize("name", ["car", "roof", "shift"])
def test_no_rows_stay_no_rows(name):
    frame = home()
    result = steps(frame)[name](frame.iloc[:0])
    assert len(result) == 0
    assert set(frame.columns) <= set(result.columns)
    assert len(steps(frame)[name](frame["total_kwh"].iloc[:0])) == 0


@pytest.mark.parametrize("package", ["scipy", "pvlib"])
def test_a_package_that_is_missing_is_one_error_everywhere(package, monkeypatch):
    frame = home().iloc[:48]
    monthly = op.resample_usage(home(), "month").rename_axis(index="month").tz_localize(None)
    needing = {
        "scipy": [
            lambda: op.add_battery(frame, TARIFF),
            lambda: op.weather_fit(frame, frame["total_kwh"], unit="C"),
            lambda: op.implied_rates(monthly.assign(cost_usd=1.0)),
        ],
        "pvlib": [lambda: op.add_solar(frame, 1.0, latitude=40.0, longitude=-74.0)],
    }
    monkeypatch.setitem(sys.modules, package, None)
    for study in needing[package]:
        with pytest.raises(ArgumentError, match=rf"needs {package}: pip install 'omnipandas\[studies\]'"):
            study()


def test_a_home_without_a_roof_stands_beside_one_with_it():
    roof, bare = op.add_solar(home("a"), generation=sun(home("a"))), home("b", seed=4)
    both = several(roof, bare)
    tariff = TARIFF.with_export("net_billing", 0.05)
    bills = op.charges(both, tariff).groupby("service_account_id", observed=True)["amount_usd"].sum()
    assert bills["a"] == pytest.approx(op.charges(roof, tariff)["amount_usd"].sum())
    assert bills["b"] == pytest.approx(op.charges(bare, tariff)["amount_usd"].sum())
    for change in (steps(roof)["car"], steps(roof)["shift"]):
        after = change(both)
        assert after.loc[after["service_account_id"] == "b", "export_kwh"].isna().all()
    assert steps(roof)["roof"](both)["export_kwh"].notna().all()
    holed = both.assign(export_kwh=both["export_kwh"].mask(both.index == both.index[40]))
    with pytest.raises(SchemaError, match="export_kwh of a"):
        op.charges(holed, tariff)
