"""Wide days: a row a day, a column an interval."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnipandas.errors import OmnipandasError, SchemaError
from omnipandas.files import wide
from omnipandas.files.document import Document
from omnipandas.files.rows import Question
from tests import writers

PACIFIC = "America/Los_Angeles"
HOURS = [f"{hour:02d}:00" for hour in range(24)]
CHANGES = {
    "America/Los_Angeles": ["2025-03-09", "2025-11-02"],
    "Australia/Sydney": ["2025-04-06", "2025-10-05"],
    "Europe/London": ["2025-03-30", "2025-10-26"],
    "America/Havana": ["2025-03-09", "2025-11-02"],
    "America/Santiago": ["2025-04-05", "2025-09-07"],
}


def document(*lines):
    return Document("wide.csv", "\n".join(lines).encode())


def rows_of(*lines, timezone=PACIFIC, **question):
    return wide.rows_of(document(*lines), Question(timezone, **question))


@settings(max_examples=60)
@given(data=st.data())
def test_numbered_cells_that_follow_each_other_are_read(data):
    zone = data.draw(st.sampled_from(list(CHANGES)))
    moment = data.draw(st.sampled_from([*CHANGES[zone], "2024-02-29", "2025-06-15"]))
    export = data.draw(st.booleans())
    accounts = data.draw(st.sampled_from([("a",), ("a", "b")]))
    frame = writers.usage(
        *writers.days_around(moment, 3), tz=zone, minutes=data.draw(st.sampled_from([15, 30, 60])),
        accounts=accounts, export=export, seed=data.draw(st.integers(0, 99)),
    ).assign(estimated=False)  # fmt: skip
    numbered = data.draw(st.sampled_from(["HE", "Hour ", "Interval_", "P"]))
    separator = data.draw(st.sampled_from([",", ";", "\t"]))
    content = writers.wide(frame, numbered=numbered, separator=separator)
    pd.testing.assert_frame_equal(
        writers.read(wide, content, zone), writers.expected(frame), check_dtype=False
    )


@settings(max_examples=60)
@given(data=st.data())
def test_cells_by_the_clock_are_read(data):
    zone = data.draw(st.sampled_from(["America/Phoenix", *CHANGES]))
    spring = {"Australia/Sydney": ["2025-10-05"], "America/Santiago": ["2025-09-07"]}
    springs = spring.get(zone, [day for day in CHANGES.get(zone, []) if day[5:7] == "03"])
    moment = data.draw(st.sampled_from([*springs, "2024-02-29", "2025-06-15"]))
    frame = writers.usage(
        *writers.days_around(moment, 3), tz=zone, minutes=data.draw(st.sampled_from([15, 30, 60])),
        export=data.draw(st.booleans()), seed=data.draw(st.integers(0, 99)),
    ).assign(estimated=False)  # fmt: skip
    content = writers.wide(
        frame,
        label=data.draw(st.sampled_from(["start", "end"])),
        date=data.draw(st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%m/%d/%Y", "%d/%m/%Y", "%d-%b-%Y"])),
    )
    pd.testing.assert_frame_equal(
        writers.read(wide, content, zone), writers.expected(frame), check_dtype=False
    )


@pytest.mark.parametrize(
    "heads",
    [
        HOURS,
        [f"{hour}:00" for hour in range(24)],
        [f"{hour % 12 or 12}:00 {'AM' if hour < 12 else 'PM'}" for hour in range(24)],
        [f"{hour % 12 or 12} {'am' if hour < 12 else 'pm'}" for hour in range(24)],
        [f"{hour:02d}00" for hour in range(24)],
        [f"{hour:02d}:00 - {(hour + 1) % 24:02d}:00" for hour in range(24)],
        [f"{hour:02d}:00 (kWh)" for hour in range(24)],
        [f"{hour + 1:02d}:00" for hour in range(24)],
        [f"{(hour + 1) % 24:02d}:00" for hour in range(24)],
        [*[f"{hour + 1:02d}:00" for hour in range(23)], "23:59"],
        [str(hour) for hour in range(24)],
        [f"HE{hour + 1:02d}" for hour in range(24)],
        [f"HE{hour + 1:02d}00" for hour in range(24)],
        [f"Hour Ending {hour + 1}" for hour in range(24)],
        [f"kWh{hour + 1}" for hour in range(24)],
        [f"H{hour + 1}" for hour in range(24)],
    ],
)
def test_headers_of_many_kinds_name_the_same_hours(heads):
    lines = [",".join(["Date", *heads]), ",".join(["2025-06-01", *map(str, range(24))])]
    (rows,) = rows_of(*lines)
    assert (rows.start.hour == np.arange(24)).all()
    assert rows.total.tolist() == list(range(24))


def test_a_column_of_its_own_for_the_hour_that_comes_again():
    heads = [*HOURS[:2], "01:00 DST", *HOURS[2:]]
    autumn = ["2025-11-02", *map(str, range(25))]
    ordinary = ["2025-11-03", *["1"] * 2, "", *["1"] * 22]
    (rows,) = rows_of(",".join(["Date", *heads]), ",".join(autumn), ",".join(ordinary))
    assert (len(rows.start), rows.start[1], rows.start[2]) == (
        49,
        rows.start[2],
        pd.Timestamp("2025-11-02 01:00"),
    )


@pytest.mark.parametrize("blank", ["", "0", "0.000"])
def test_the_hour_that_spring_leaves_out_is_no_row(blank):
    cells = ["1"] * 24
    cells[2] = blank
    (rows,) = rows_of(",".join(["Date", *HOURS]), ",".join(["2025-03-09", *cells]))
    assert (len(rows.start), rows.total.sum()) == (23, 23.0)


def test_power_units_registers_and_footers():
    lines = [
        "Report,x",
        ",".join(["Date", "Channel", "UOM", *HOURS]),
        ",".join(["7/30/2025", "Usage", "kW", *["2"] * 24]),
        ",".join(["7/31/2025", "Usage", "kW", *["2"] * 24]),
        ",".join(["7/31/2025", "Reactive", "kVARh", *["2"] * 24]),
        ",".join(["Total", "", "", *["4"] * 24]),
    ]
    (rows,) = rows_of(*lines)
    assert rows.total.sum() == 96.0
    assert len(rows.left_out) == 3


def test_quality_unknown_cells_and_thousands():
    cells = ["", "n/a", '"1,204.5"', *["1"] * 21]
    lines = [
        ",".join(["Meter Number", "Date", "Quality", *HOURS]),
        ",".join(["7", "2025-06-01", "E", *cells]),
    ]
    (rows,) = rows_of(*lines)
    assert (rows.account, np.isnan(rows.total).sum(), rows.total[2]) == ("7", 2, 1204.5)
    assert rows.estimated.all()


def test_a_channel_and_an_id_may_be_named():
    lines = [",".join(["Date", "Kind", *HOURS])]
    lines += [",".join(["2025-06-01", kind, *["1"] * 24]) for kind in ("alpha", "beta")]
    meaning = ("Kind", {"alpha": "total", "beta": "export"})
    (rows,) = rows_of(*lines, channel=meaning, service_account_id="home")
    assert (rows.account, rows.total.sum(), rows.export.sum()) == ("home", 24.0, 24.0)


def test_days_of_a_clock_without_changes():
    cells = ",".join(["2025-03-09", *["1"] * 24])
    (rows,) = rows_of(",".join(["Date", *HOURS]), cells, clock="standard")
    assert len(rows.start) == 24


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([",".join(["Who", *HOURS]), ",".join(["x", *["1"] * 24])], "no column holds the days' dates"),
        ([",".join(["Date", *HOURS]), ",".join(["1/2/2025", *["1"] * 24])], "time_format"),
        ([",".join(["Date", *HOURS]), ",".join(["2025-02-30", *["1"] * 24])], "no day of the calendar"),
        ([",".join(["Date", *HOURS]), ",".join(["2025-02-03", *["1"] * 23, "x"])], "is no number"),
        ([",".join(["Date", *HOURS]), ",".join(["2025-02-03", *["1,5"] * 24])], "decimal comma"),
        ([",".join(["Date", "Unit", *HOURS]), ",".join(["2025-02-03", "therms", *["1"] * 24])], "therms"),
        (
            [",".join(["Date", *[f"HE{n}" for n in range(1, 26)]]), ",".join(["2025-02-03", *["1"] * 25])],
            "more readings than that day has",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(lines, words):
    with pytest.raises(SchemaError, match=re.escape(words)):
        rows_of(*lines)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(data):
    frame = writers.usage("2025-11-01", 3, tz=PACIFIC, minutes=60, export=True)
    content = bytearray(writers.wide(frame, numbered=data.draw(st.sampled_from(["", "HE"]))))
    content = content[: data.draw(st.integers(0, len(content)))]
    for _ in range(data.draw(st.integers(0, 8)) if content else 0):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.sampled_from(b'09,;.\n-"A:'))
    damaged = Document("x", bytes(content))
    try:
        if wide.recognises(damaged):
            wide.rows_of(damaged, Question(PACIFIC))
    except OmnipandasError:
        pass
