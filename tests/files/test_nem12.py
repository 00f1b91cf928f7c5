"""NEM12, the Australian market's file."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnipandas.errors import OmnipandasError, SchemaError
from omnipandas.files import nem12
from omnipandas.files.document import Document
from omnipandas.files.rows import Question
from tests import writers

HEAD = "100,NEM12,202501010000,MDP,RETAILER\n"
SYDNEY = "Australia/Sydney"


def day(register="E1", unit="kWh", minutes=30, date="20250106", method="A", value="0.5"):
    cells = ",".join([value] * (1440 // minutes))
    stream = f"200,NMI0000001,E1,1,{register},N1,M,{unit},{minutes},\n"
    return f"{stream}300,{date},{cells},{method},,,20250107000000,\n"


def rows_of(text, **question):
    return nem12.rows_of(Document("nem12.csv", text.encode()), Question(SYDNEY, **question))


@settings(max_examples=25)
@given(
    moment=st.sampled_from(["2025-04-06", "2025-10-05", "2024-02-29", "2025-01-15"]),
    minutes=st.sampled_from([5, 15, 30]),
    accounts=st.sampled_from([("NMI0000001",), ("NMI0000001", "NMI0000002")]),
    export=st.booleans(),
    seed=st.integers(0, 99),
)
def test_what_is_written_is_read(moment, minutes, accounts, export, seed):
    # Whole days of the market's clock, which has no daylight saving; the premise's clock does change.
    frame = writers.usage(
        *writers.days_around(moment, 3), tz="Etc/GMT-10", minutes=minutes, accounts=accounts, export=export,
        seed=seed, unknown=0.03,
    )  # fmt: skip
    frame = frame.tz_convert(SYDNEY)
    want = writers.expected(frame)
    # A null interval has no quality of its own.
    marks = want["estimated"].to_numpy() & ~np.isnan(want["total"].to_numpy())
    read = writers.read(nem12, writers.nem12(frame), SYDNEY)
    pd.testing.assert_frame_equal(
        read.drop(columns="estimated"), want.drop(columns="estimated"), check_dtype=False
    )
    if not export:
        assert read["estimated"].tolist() == marks.tolist()


def test_the_market_has_no_daylight_saving():
    (rows,) = rows_of(HEAD + day() + "900")
    assert rows.start[0] == pd.Timestamp("2025-01-06 01:00", tz=SYDNEY)
    assert rows.read_as == {"clock": "Etc/GMT-10"}
    (own_clock,) = rows_of(HEAD + day() + "900", clock=SYDNEY)
    assert own_clock.start[0] == pd.Timestamp("2025-01-06")


def test_two_registers_of_usage_are_added_and_reactive_power_is_left():
    text = HEAD + day("E1") + day("E2", value="0.25") + day("B1", value="1") + day("Q1", "kVArh") + "900"
    (rows,) = rows_of(text)
    assert (rows.total.sum(), rows.export.sum()) == (36.0, 48.0)
    assert rows.left_out == ("register Q1 [kvarh]",)


def test_units_and_the_file_that_has_no_head():
    assert rows_of(day(unit="Wh", value="500"))[0].total.sum() == 24.0
    assert rows_of(day(unit="MWh", value="0.0005"))[0].total.sum() == pytest.approx(24.0)
    assert nem12.recognises(Document("x", b"\n" + day().encode()))


def test_null_and_variable_quality():
    text = HEAD + day(method="V").rstrip("\n") + "\n400,1,20,F14,76,\n400,21,47,A,,\n400,48,48,N,,\n900"
    (rows,) = rows_of(text)
    assert (rows.estimated.sum(), np.isnan(rows.total).sum()) == (20, 1)
    assert np.isnan(rows_of(HEAD + day(method="N"))[0].total).all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("100,NEM13,202501010000,A,B\n250,NMI,,1\n", "NEM13"),
        (HEAD + day()[:-100], "broken off"),
        (HEAD + day(minutes=30).replace(",30,", ",45,"), "interval length"),
        (HEAD + day(date="20250231"), "no day of the calendar"),
        (HEAD + day(value="x"), "is no number"),
        (HEAD + "300,20250106,1,2\n", "before any 200"),
        (HEAD + day() + "400,40,60,A,,\n", "no intervals 40 to 60"),
        (HEAD + day("Q1", "kVArh"), "no register of usage"),
        (HEAD + day() + "Hello,1\n", "no record of NEM12"),
    ],
)
def test_what_cannot_be_read_is_refused(text, words):
    with pytest.raises(SchemaError, match=re.escape(words)):
        rows_of(text)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(data):
    frame = writers.usage("2025-01-06", 2, tz="Etc/GMT-10", minutes=30, export=True)
    content = bytearray(writers.nem12(frame))
    content = content[: data.draw(st.integers(40, len(content)))]
    for _ in range(data.draw(st.integers(0, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.sampled_from(b"09,;.\n-AEV "))
    document = Document("x", bytes(content))
    try:
        if nem12.recognises(document):
            nem12.rows_of(document, Question(SYDNEY))
    except OmnipandasError:
        pass
