"""opendsm on our frames, in one environment: run where pandas is one that opendsm takes (`.ci/run`)."""

import warnings

import numpy as np
import pandas as pd
import pytest
from opendsm import eemeter

import omnipandas as op
from tests.frames import intervals

DAYS = 365


@pytest.fixture(scope="module")
def year():
    """A home in Chicago whose heating is 0.05 kWh an hour for each degree below 18, and its temperatures."""
    frame = intervals("2023-01-01", "2024-01-01", tz="America/Chicago")
    day = np.arange(len(frame)) / 24
    degrees = 10 - 15 * np.cos(2 * np.pi * (day - 15) / DAYS) + 4 * np.sin(2 * np.pi * day)
    heating = 0.05 * np.maximum(18 - degrees, 0.0)
    usage = 0.8 + heating + np.random.default_rng(7).normal(0, 0.05, len(frame))
    return frame.assign(total_kwh=usage.clip(0)), pd.Series(degrees, index=frame.index)


def test_daily_frames_pass_its_checks_and_its_model_finds_the_heating(year):
    hourly, temperature = year
    frame = op.to_opendsm(hourly, temperature, unit="C", by="day")["a"]
    baseline = eemeter.DailyBaselineData(frame, is_electricity_data=True)
    assert [problem.qualified_name for problem in baseline.disqualification] == []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of its own dependencies
        model = eemeter.DailyModel().fit(baseline)
        predicted = model.predict(baseline)
    assert predicted["predicted"].sum() == pytest.approx(frame["observed"].sum(), rel=0.02)
    ours = op.weather_fit(hourly, temperature, unit="C").loc["a"]
    assert ours["model"] in ("heating", "both")
    assert ours["heating_kwh_per_degree"] == pytest.approx(24 * 0.05, rel=0.1)


def test_hourly_frames_pass_its_checks(year):
    hourly, temperature = year
    frame = op.to_opendsm(hourly, temperature, unit="C", by="hour")["a"]
    baseline = eemeter.HourlyBaselineData(frame, is_electricity_data=True)
    assert [problem.qualified_name for problem in baseline.disqualification] == []
    assert baseline.df["observed"].sum() == pytest.approx(hourly["total_kwh"].sum())
