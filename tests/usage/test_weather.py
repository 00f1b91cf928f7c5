import sys

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import intervals, several


def weather(index, seed=0):
    rng = np.random.default_rng(seed)
    season = 12 - 14 * np.cos(2 * np.pi * (np.asarray(index.day_of_year) - 20) / 365)
    return pd.Series(
        season + np.repeat(rng.normal(0, 3, len(index) // 24 + 1), 24)[: len(index)], index=index
    )


def load(account="a", heating=0.0, cooling=0.0, noise=0.0, seed=0):
    frame = intervals("2023-01-01", "2024-01-01", tz="America/Phoenix", account=account, seed=seed)
    temperature = weather(frame.index)
    daily = temperature.groupby(frame.index.date).transform("mean").to_numpy()
    day = 12 + heating * np.maximum(16 - daily, 0) + cooling * np.maximum(daily - 21, 0)
    day += np.repeat(np.random.default_rng(1).normal(0, noise, 365), 24)
    return frame.assign(total_kwh=day / 24, on_peak_kwh=np.nan, off_peak_kwh=np.nan), temperature


@pytest.mark.parametrize(
    ("model", "heating", "cooling"),
    [("flat", 0, 0), ("heating", 1.5, 0), ("cooling", 0, 2.5), ("both", 1.5, 2.5)],
)
def test_the_model_that_made_the_load_is_found(model, heating, cooling):
    frame, temperature = load(heating=heating, cooling=cooling, noise=1.0)
    fit = op.weather_fit(frame, temperature, unit="C").loc["a"]
    assert fit["model"] == model
    assert fit["base_kwh_per_day"] == pytest.approx(12, abs=0.4)
    for name, slope, base in (("heating", heating, 16), ("cooling", cooling, 21)):
        if slope:
            assert fit[f"{name}_kwh_per_degree"] == pytest.approx(slope, rel=0.1)
            assert fit[f"{name}_base"] == pytest.approx(base, abs=1)
        else:
            assert np.isnan(fit[f"{name}_base"])
    assert fit["days"] == 365


def test_accounts_may_have_temperatures_of_their_own_and_units_change_only_the_scale():
    a, temperature = load(heating=1.5)
    b, _ = load("b", cooling=2.5)
    own = {"a": temperature * 1.8 + 32, "b": temperature * 1.8 + 32}
    fit = op.weather_fit(several(a, b), own, unit="F")
    assert fit["model"].tolist() == ["heating", "cooling"]
    assert fit.loc["a", "heating_kwh_per_degree"] == pytest.approx(1.5 / 1.8, rel=0.02)
    assert fit.loc["a", "heating_base"] == pytest.approx(16 * 1.8 + 32, abs=0.5)


def test_too_few_days_give_no_model_and_say_so():
    frame, temperature = load()
    fit = op.weather_fit(frame.iloc[: 24 * 29], temperature, unit="C").loc["a"]
    assert np.isnan(fit["base_kwh_per_day"])
    assert fit["words"] == "no model: 29 whole days with a temperature, 30 needed"
    assert op.weather_fit(frame, {}, unit="C")["days"].tolist() == [0]


def test_without_scipy_the_error_says_what_to_install(monkeypatch):
    frame, temperature = load()
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(op.errors.OmnipandasError, match=r"omnipandas\[studies\]"):
        op.weather_fit(frame, temperature, unit="C")


def test_degree_days_agree_with_daily_means():
    index = pd.date_range("2023-03-01", "2023-12-01", freq="h", tz="America/New_York", inclusive="left")
    temperature = weather(index)
    days = op.degree_days(temperature, "day", unit="C")
    mean = temperature.groupby(index.strftime("%Y-%m-%d")).mean()
    assert days["heating_degree_days"].to_numpy() == pytest.approx(np.maximum(18 - mean, 0).to_numpy())
    assert days["cooling_degree_days"].to_numpy() == pytest.approx(np.maximum(mean - 18, 0).to_numpy())
    months = op.degree_days(temperature, unit="C", heating_base=15.5)
    march = mean[mean.index.str.startswith("2023-03")]
    assert months["heating_degree_days"].iloc[0] == pytest.approx(np.maximum(15.5 - march, 0).sum())
    assert months["hours"].tolist()[0] == 743
    assert months["days"].tolist()[:2] == [31, 30]


def test_days_without_most_of_their_temperatures_do_not_count():
    index = pd.date_range("2023-03-01", "2023-04-01", freq="h", tz="America/Phoenix", inclusive="left")
    temperature = pd.Series(10.0, index=index)
    temperature.iloc[24:36] = np.nan
    month = op.degree_days(temperature, unit="C").iloc[0]
    assert month["days"] == 30
    assert month["heating_degree_days"] == pytest.approx(30 * 8)
    assert month["missing_hours"] == 12


@pytest.mark.parametrize(
    "bad",
    [pd.Series([1.0]), pd.Series([1.0], index=pd.DatetimeIndex(["2023-01-01"])), [1.0]],
    ids=["no dates", "no zone", "no series"],
)
def test_temperatures_without_a_zone_are_refused(bad):
    with pytest.raises(op.errors.SchemaError):
        op.degree_days(bad, unit="C")
