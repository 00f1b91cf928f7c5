"""Southern California Edison's blocks."""

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnipandas.errors import OmnipandasError, SchemaError
from omnipandas.files import sce
from omnipandas.files.document import Document
from omnipandas.files.rows import Question
from tests import writers

PACIFIC = "America/Los_Angeles"
HEAD = "Data for period starting: 2025-01-06 00:00:00 for 24 hours,,\n"
COLUMNS = "Energy Delivered time period,Usage Delivered(Real energy in kilowatt-hours),Reading quality\n"
ROW = "2025-01-06 00:00:00 to 2025-01-06 01:00:00,0.5,\n"


def rows_of(text):
    return sce.rows_of(Document("sce.csv", text.encode()), Question(PACIFIC))


@settings(max_examples=25)
@given(
    moment=st.sampled_from(["2025-03-09", "2025-11-02", "2024-02-29", "2025-06-15"]),
    minutes=st.sampled_from([15, 30, 60]),
    export=st.booleans(),
    seed=st.integers(0, 99),
)
def test_what_is_written_is_read(moment, minutes, export, seed):
    frame = writers.usage(
        *writers.days_around(moment, 3), tz=PACIFIC, minutes=minutes, export=export, seed=seed, unknown=0.03
    )
    read = writers.read(sce, writers.sce(frame), PACIFIC, service_account_id="a")
    pd.testing.assert_frame_equal(read, writers.expected(frame), check_dtype=False)


def test_watt_hours_and_old_quotes():
    text = HEAD + COLUMNS.replace("kilowatt-hours", "watt-hours") + ROW.replace("0.5", "500")
    assert rows_of(text)[0].total.tolist() == [0.5]
    quoted = '"2025-01-06 00:00:00 to 2025-01-06 01:00:00","0.5",""\n'
    assert rows_of(HEAD + COLUMNS + quoted)[0].total.tolist() == [0.5]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + COLUMNS, "no rows of periods"),
        (HEAD + COLUMNS.replace("Real energy in kilowatt-hours", "therms") + ROW, "gas"),
        (HEAD + COLUMNS.replace("Real energy in kilowatt-hours", "volts") + ROW, "no unit of energy"),
        (HEAD + COLUMNS + ROW + "2025-01-06 1 o'clock,0.5,\n", "is no period with"),
        (HEAD + COLUMNS + ROW.replace("01-06", "02-31"), "is no time"),
        (HEAD + COLUMNS + ROW.replace("0.5", "a lot"), "is no number"),
    ],
)
def test_what_cannot_be_read_is_refused(text, words):
    with pytest.raises(SchemaError, match=re.escape(words)):
        rows_of(text)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(data):
    content = bytearray(writers.sce(writers.usage("2025-11-01", 2, tz=PACIFIC, minutes=60, export=True)))
    content = content[: data.draw(st.integers(0, len(content)))]
    for _ in range(data.draw(st.integers(0, 8)) if content else 0):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.sampled_from(b'09,;.\n-"A t'))
    document = Document("x", bytes(content))
    try:
        if sce.recognises(document):
            sce.rows_of(document, Question(PACIFIC))
    except OmnipandasError:
        pass
