import io

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.files.counters import used

ZONE = {"timezone": "America/Chicago"}


def read(values, header="timestamp,kWh", **settings):
    index = pd.date_range("2024-11-02 12:00", periods=len(values), freq="h", tz="America/Chicago")
    rows = [f"{at.isoformat()},{value}" for at, value in zip(index, values, strict=True)]
    return op.read_intervals(io.StringIO(header + "\n" + "\n".join(rows) + "\n"), **ZONE, **settings)


def test_a_counter_that_is_set_back_is_unknown_there_and_one_that_turns_over_counts_on():
    assert np.isnan(used(np.array([500.0, 0.2])))[1]
    assert used(np.array([99_998.5, 1.5]))[1] == pytest.approx(3.0)
    assert used(np.array([500.0, 499.5]))[1] == pytest.approx(-0.5)


def test_what_lies_between_two_readings_is_the_interval_before_the_later():
    frame = read([9000 + n * n for n in range(8)], reading="register")
    assert frame["total_kwh"].tolist() == [1, 3, 5, 7, 9, 11, 13]
    assert (frame["interval_end"] - frame.index == pd.Timedelta("1h")).all()
    assert frame.index[0] == pd.Timestamp("2024-11-02 12:00", tz="America/Chicago")


def test_over_an_absent_reading_no_interval_is_known():
    index = pd.date_range("2024-05-01", periods=9, freq="h", tz="America/Chicago").delete(4)
    series = pd.Series(5000.0 + np.arange(8.0), index=index)
    frame = op.read_intervals(series, **ZONE, reading="register")
    assert len(frame) == 6
    assert frame["total_kwh"].tolist() == [1.0] * 6


def test_a_running_total_is_not_taken_for_usage():
    with pytest.raises(op.errors.SchemaError, match="reading='register'"):
        read([90_000 + n / 3 for n in range(24)])
    assert read([90_000 + n / 3 for n in range(24)], reading="interval")["total_kwh"].sum() > 2e6
    with pytest.raises(op.errors.ArgumentError, match="power"):
        read([1, 2, 3], header="timestamp,kW", reading="register")


def test_a_growing_load_is_usage():
    assert len(read([1 + n / 10 for n in range(24)])) == 24
