"""Stamps of the vendor: read right, refused in words, and never a process that ends."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnipandas import errors
from omnipandas.omnimetic.stamps import instants

NO_DATES = [
    "2023-01-05T25:00:00.000Z",
    "2023-01-05T24:00:00.000Z",
    "2023-01-05T23:60:00.000Z",
    "2023-01-05T23:00:60.000Z",
    "2023-06-31T00:00:00.000Z",
    "2023-02-29T00:00:00.000Z",
    "2023-00-10T00:00:00.000Z",
    "2023-13-10T00:00:00.000Z",
    "2023-01-00T00:00:00.000Z",
    "2023-01-05T00:00:00+01Z",
    "2023-01-05T-1:00:00.000Z",
    "2023-01-05T00:00:00.00zZ",
    "2023-1a-05T00:00:00.000Z",
    "9999999999999999999999Z",
    "\u0662\u0660\u0662\u0663-01-05T00:00:00.000Z",
    "today",
    "",
]


@pytest.mark.parametrize("count", [1, 501, 2000])
@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date_is_refused(text, count):
    good = ["2023-01-05T00:00:00.000Z"] * (count - 1)
    for dates in ([*good, text], [text, *good], [text] * count):
        with pytest.raises(errors.PayloadError, match="no ISO 8601 instant"):
            instants(dates)


@pytest.mark.parametrize("text", NO_DATES[:12])
def test_no_stamp_ends_the_process(text):
    code = f"""
from omnipandas import errors
from omnipandas.omnimetic.stamps import instants
try:
    instants([{text!r}] * 600)
except errors.PayloadError:
    print("refused")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "refused\n"), done.stderr


@given(
    st.lists(
        st.datetimes(pd.Timestamp("0001-01-01").to_pydatetime(), pd.Timestamp("9999-12-31").to_pydatetime()),
        min_size=1,
        max_size=40,
    ),
    st.integers(0, 6),
)
def test_any_instants_come_back(moments, digits):
    def text(moment):
        fraction = f".{moment.microsecond:06d}"[: digits + 1] if digits else ""
        return f"{moment:%H:%M:%S}".join([f"{moment.year:04d}-{moment:%m-%d}T", f"{fraction}Z"])

    unit = 10 ** (6 - digits)
    wanted = [np.datetime64(m.replace(microsecond=m.microsecond // unit * unit), "us") for m in moments]
    assert instants([text(moment) for moment in moments]).tolist() == [w.item() for w in wanted]


def test_other_forms_are_read_too():
    found = instants(["2023-03-12T02:30:00-05:00", "2023-03-12T07:30:00Z", "2023-03-12T07:30:00.000000000Z"])
    assert set(found.tolist()) == {pd.Timestamp("2023-03-12T07:30:00").to_pydatetime()}
