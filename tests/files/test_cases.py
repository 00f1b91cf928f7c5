"""Files as utilities and devices hand them out, with the right values: the project's own, and others."""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import omnipandas as op

OWN = Path(__file__).parents[1] / "cases"
BESIDE = Path(__file__).parents[2].parent / "shared" / "cases"


def cases(folder):
    found = [json.loads(path.read_text()) | {"path": path} for path in sorted(folder.glob("*.json"))]
    return [pytest.param(case, id=case["id"]) for case in found if "file" in case and "bills" not in case]


def read(case, **settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", op.errors.QualityWarning)
        return op.read_intervals(
            case["path"].with_name(case["file"]),
            timezone=case["timezone"],
            **{**case["arguments"], **settings},
        )


def check(case):
    if case.get("expect", "").startswith("clear refusal"):
        with pytest.raises((op.errors.SchemaError, op.errors.ArgumentError), match=r"gas|therms|bill"):
            read(case)
        return
    frame = read(case)
    op.schema.INTERVALS.require(frame)
    doubles = frame.reset_index().duplicated(["interval_start", "service_account_id"]).to_numpy()
    assert doubles.sum() == case.get("duplicate_rows", 0)
    once = frame[~doubles]
    assert len(once) == case["rows"]
    assert once["total_kwh"].notna().sum() == case["known_rows"]
    assert once["total_kwh"].sum() == pytest.approx(case["total_kwh"], abs=1e-3, rel=1e-12)
    for key, at in (("first_start_utc", frame.index[0]), ("last_start_utc", frame.index[-1])):
        assert at == pd.Timestamp(case[key])
    length = (frame["interval_end"] - frame.index) / pd.Timedelta(minutes=1)
    if case["interval_minutes"] == 1440:
        assert length.isin([1380, 1440, 1500]).all()
        assert (frame["interval_end"].dt.hour == 0).all()
    else:
        assert (length == case["interval_minutes"]).all()
    for key in ("export_kwh", "on_peak_kwh"):
        if key in case:
            assert frame[key].sum() == pytest.approx(case[key], abs=1e-3)
    assert frame.get("estimated", pd.Series(dtype=bool)).sum() == case.get("estimated_rows", 0)
    if "negative_rows" in case:
        assert (frame["total_kwh"] < 0).sum() == case["negative_rows"]


@pytest.mark.shared
@pytest.mark.parametrize("case", cases(BESIDE) or [None])  # none beside it: skipped, and why said
def test_a_case_beside_the_project_is_read_as_it_says(case):
    check(case)


@pytest.mark.parametrize("case", cases(OWN))
def test_a_case_of_its_own_is_read_as_it_says(case):
    check(case)


@pytest.mark.parametrize(
    "case", [case for case in (*cases(OWN), *cases(BESIDE)) if "expect" not in case.values[0]]
)
@pytest.mark.filterwarnings("ignore::omnipandas.errors.QualityWarning")
def test_the_call_that_a_frame_names_reads_it_again(case):
    frame = read(case)
    call = frame.attrs["read_as"]
    again = eval(call, {"op": op})  # the call is what is tested
    pd.testing.assert_frame_equal(again, frame)
    assert again.attrs["read_as"] == call
    for name in ("timezone=", "doubles="):
        assert name in call


def test_what_two_unknown_readings_of_a_counter_hold_together_is_not_guessed():
    index = pd.date_range("2024-05-01", periods=6, freq="h", tz="America/Chicago")
    counter = pd.Series([9000.0, 9001.0, np.nan, 9004.0, 9004.5, 9006.0], index=index)
    frame = op.read_intervals(counter, timezone="America/Chicago", reading="register")
    assert frame["total_kwh"].tolist()[:1] == [1.0]
    assert np.isnan(frame["total_kwh"].tolist()[1:3]).all()
    assert frame["total_kwh"].tolist()[3:] == [0.5, 1.5]
    assert frame.index[0] == index[0]
