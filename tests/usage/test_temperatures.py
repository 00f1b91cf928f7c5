"""Means of temperatures are over time."""

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import ODD_ZONES, intervals

DENVER = "America/Denver"


def hours(start, end, value=10.0, tz=DENVER, freq="h"):
    index = pd.date_range(start, end, freq=freq, tz=tz, inclusive="left", unit="us")
    return pd.Series(value, index=index)


def crowded(day="2023-01-10"):
    """An hourly day of 10 degrees with eleven extra readings of 30 within one hour."""
    extra = pd.date_range(f"{day} 12:05", periods=11, freq="5min", tz=DENVER, unit="us")
    return pd.concat([hours(day, pd.Timestamp(day) + pd.Timedelta("1D")), pd.Series(30.0, index=extra)])


RIGHT = (23 * 10 + 10 * 5 / 60 + 30 * 55 / 60) / 24


def day_of(temperature, **arguments):
    return op.degree_days(temperature, "day", unit="C", **arguments).iloc[0]


def test_extra_readings_of_one_hour_weigh_no_more_than_the_hour():
    day = day_of(crowded())
    assert day["mean_temperature"] == pytest.approx(RIGHT)
    assert round(day["mean_temperature"], 1) == 10.8
    assert day["hours"] == pytest.approx(24.0)
    assert day["missing_hours"] == pytest.approx(0.0)
    assert day["heating_degree_days"] == pytest.approx(18.0 - RIGHT)


def test_the_order_of_readings_and_what_else_is_there_do_not_matter():
    whole = pd.concat([hours("2023-01-01", "2023-01-10"), crowded(), hours("2023-01-11", "2023-01-20", 0.0)])
    days = op.degree_days(whole.sample(frac=1.0, random_state=1), "day", unit="C")
    assert days.loc["2023-01-10", "mean_temperature"] == pytest.approx(RIGHT)
    assert (days["hours"] == 24.0).all()


def test_hourly_readings_last_an_hour_though_other_days_have_many():
    fine = hours("2023-01-01", "2023-02-01", 5.0, freq="5min")
    coarse = hours("2023-02-01", "2023-02-10", 7.0)
    days = op.degree_days(pd.concat([fine, coarse]), "day", unit="C")
    assert (days["hours"] == 24.0).all()
    assert days["mean_temperature"].tolist() == pytest.approx([5.0] * 31 + [7.0] * 9)


def test_doubles_count_as_their_mean_and_unknown_ones_not_at_all():
    temperature = hours("2023-01-10", "2023-01-11")
    double = pd.concat([temperature, temperature.iloc[[5]] + 20.0])
    assert day_of(double)["mean_temperature"] == pytest.approx((23 * 10 + 20) / 24)
    assert day_of(double)["hours"] == pytest.approx(24.0)
    with_nan = pd.concat([temperature, temperature.iloc[[5]] * np.nan])
    assert day_of(with_nan)["mean_temperature"] == pytest.approx(10.0)
    temperature.iloc[5] = np.nan
    assert day_of(temperature)["hours"] == pytest.approx(23.0)


@pytest.mark.parametrize("freq", ["h", "15min"])
def test_a_reading_lasts_no_longer_than_the_usual_step(freq):
    temperature = hours("2023-01-10", "2023-01-13", freq=freq)
    gap = temperature.drop(temperature.index[temperature.index.hour.isin([6, 7, 8])])
    days = op.degree_days(gap, "day", unit="C")
    assert days["hours"].tolist() == pytest.approx([21.0] * 3)
    assert days["missing_hours"].tolist() == pytest.approx([3.0] * 3)


def test_a_reading_before_midnight_lasts_into_the_next_day():
    late = hours("2023-01-10 00:45", "2023-01-13 00:45")
    late.iloc[late.index.hour == 23] = 34.0
    days = op.degree_days(late, "day", unit="C")
    assert days["mean_temperature"].iloc[1] == pytest.approx((10 * 23 + 34) / 24)
    assert days["hours"].tolist() == pytest.approx([23.25, 24.0, 24.0])


@pytest.mark.parametrize("zone", ODD_ZONES)
@pytest.mark.parametrize("seed", [1, 2])
def test_any_readings_give_what_a_walk_through_the_minutes_gives(zone, seed):
    rng = np.random.default_rng(seed)
    minutes = np.unique(rng.integers(0, 9 * 1440, 700))
    base = pd.Timestamp("2023-10-27", tz=zone).tz_convert("UTC").as_unit("us")
    index = pd.DatetimeIndex(base + pd.to_timedelta(minutes, unit="min")).as_unit("us").tz_convert(zone)
    temperature = pd.Series(rng.normal(15, 8, len(index)), index=index)
    days = op.degree_days(temperature, "day", unit="C")
    steps = pd.Series(np.diff(minutes), index=index[:-1])
    local = steps.index.tz_localize(None).normalize()
    usual = steps.groupby(local).transform("median").clip(upper=60).reindex(index)
    usual = usual.fillna(usual.iloc[-2]).clip(lower=steps.median())
    walked = {}
    for n, stamp in enumerate(index):
        until = min(minutes[n] + int(usual.iloc[n] * 60) / 60, *minutes[n + 1 : n + 2], np.inf)
        for minute in np.arange(minutes[n], until, 0.5):
            moment = base + pd.Timedelta(minutes=float(minute))
            walked.setdefault(moment.tz_convert(zone).date(), []).append(temperature.loc[stamp])
    for start, row in days.iterrows():
        own = walked[start.date()]
        assert row["hours"] == pytest.approx(len(own) / 120, abs=0.02)
        if row["days"]:
            assert row["mean_temperature"] == pytest.approx(np.mean(own), abs=0.02)


def test_a_fit_sees_the_days_as_long_as_they_were():
    index = pd.date_range("2023-01-01", "2023-07-01", freq="h", tz=DENVER, inclusive="left", unit="us")
    temperature = pd.Series(np.linspace(-5.0, 30.0, len(index)), index=index)
    daily = temperature.groupby(index.date).transform("mean")
    frame = intervals("2023-01-01", "2023-07-01", tz=DENVER)
    frame = frame.assign(total_kwh=0.5 + 0.1 * np.maximum(15.0 - daily.to_numpy(), 0.0))
    noon = temperature[temperature.index.hour == 12]
    extra = [noon.set_axis(noon.index + pd.Timedelta(minutes=5 * n)) * 0 + noon.iloc[0] for n in range(1, 12)]
    plain, spoilt = (
        op.weather_fit(frame, each, unit="C").iloc[0]
        for each in (temperature, pd.concat([temperature, *extra]))
    )
    assert spoilt["heating_base"] == pytest.approx(plain["heating_base"], abs=1.5)
    assert spoilt["heating_kwh_per_degree"] == pytest.approx(plain["heating_kwh_per_degree"], rel=0.1)


@pytest.mark.parametrize("freq", ["day", "hour"])
@pytest.mark.parametrize("zone", [DENVER, "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns"])
def test_opendsm_gets_means_over_the_time_of_its_rows(freq, zone):
    frame = intervals("2023-01-09", "2023-01-12", tz=zone)
    wall = pd.concat([hours("2023-01-09", "2023-01-10"), crowded(), hours("2023-01-11", "2023-01-12")])
    temperature = wall.set_axis(wall.index.tz_localize(None).tz_localize(zone))
    result = op.to_opendsm(frame, temperature, unit="C", freq=freq)["a"]
    assert result["temperature"].notna().all()
    day = result.loc["2023-01-10", "temperature"]
    assert day.mean() == pytest.approx(RIGHT * 1.8 + 32)
    if freq == "hour":
        assert day.iloc[12] == pytest.approx((10 * 5 / 60 + 30 * 55 / 60) * 1.8 + 32)
