import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import several
from tests.usage.test_weather import load


@pytest.mark.parametrize("by", ["hour", "day"])
def test_opendsm_frames_are_as_it_documents_them(by):
    frame, temperature = load(heating=1.0)
    frame = frame.tz_convert("America/Phoenix").drop(frame.index[100:130])
    got = op.to_opendsm(several(frame, load("b")[0]), temperature, unit="C", by=by)
    assert list(got) == ["a", "b"]
    a = got["a"]
    assert list(a.columns) == ["observed", "temperature"]
    assert a.index.name == "datetime"
    assert a.index.tz is not None
    step = pd.Timedelta("1h") if by == "hour" else pd.Timedelta("1D")
    assert (np.diff(a.index) == step).all()
    assert a["observed"].isna().sum() == (30 if by == "hour" else 2)
    assert a["temperature"].mean() == pytest.approx(temperature.mean() * 1.8 + 32)
    assert got["b"]["observed"].sum() == pytest.approx(12 * 365)


def test_opendsm_needs_a_temperature_for_each_account():
    frame, temperature = load()
    with pytest.raises(op.errors.ArgumentError, match="account a"):
        op.to_opendsm(frame, {"b": temperature}, unit="C")
    assert op.to_opendsm(frame.iloc[:0], temperature, unit="C") == {}
