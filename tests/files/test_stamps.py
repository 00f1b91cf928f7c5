import numpy as np
import pytest

from omnipandas.files.stamps import NONE, kind_of, stamps

HOUR = 3_600_000_000


@pytest.mark.parametrize(
    ("text", "kind", "wall"),
    [
        ("2025-03-08", "date", "2025-03-08T00:00"),
        ("2025/3/8 0:15", "stamp", "2025-03-08T00:15"),
        ("2012-10-12 00:30:00.0000000", "stamp", "2012-10-12T00:30"),
        ("20250308", "date", "2025-03-08T00:00"),
        ("202503080015", "stamp", "2025-03-08T00:15"),
        ("20250308T001500Z", "stamp", "2025-03-08T00:15"),
        ("31.12.2024 24:00", "stamp", "2025-01-01T00:00"),
        ("16/12/2006", "date", "2006-12-16T00:00"),
        ("12/31/24 11:59 PM", "stamp", "2024-12-31T23:59"),
        ("01-Jan-2024 00:30", "stamp", "2024-01-01T00:30"),
        ("Jan 5, 2024 1:00 PM", "stamp", "2024-01-05T13:00"),
        ("Tue, 05 Mar 2024 10:00 EST", "stamp", "2024-03-05T10:00"),
        ("2024-02-29 12:00 AM", "stamp", "2024-02-29T00:00"),
        ("2024-08-01 00:00 to 2024-08-01 00:15", "period", "2024-08-01T00:00"),
    ],
)
def test_a_stamp_is_read_as_it_is_written(text, kind, wall):
    assert kind_of(text) == kind
    found = stamps([text])
    assert found.day[0] + found.clock[0] == np.datetime64(wall, "us").astype(np.int64)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2025-11-01 00:00-04:00", -4),
        ("2025-11-01T00:00:00+0530", 5.5),
        ("2025-11-01 00:00 -05", -5),
        ("2025-11-01T00:00Z", 0),
        ("2025-11-01 00:00 PST", -8),
        ("2025-11-01 00:00:00 (UTC)", 0),
    ],
)
def test_an_offset_is_read_beside_it(text, hours):
    assert stamps([text]).offset[0] == hours * HOUR


@pytest.mark.parametrize(
    "text",
    ["", "today", "now", "2024-02-30", "2023-02-29", "13/13/2024", "2024-01-01 25:00", "2024-01-01 24:01",
     "nan", "2024-13-01", "12:60", "13:00 PM", "1e5", "99999999", "0.0.0", "2024-01-01 00:00 XYZ"],
)  # fmt: skip
def test_what_is_no_stamp_is_none(text):
    found = stamps([text, "2024-01-01 00:00"])
    assert found.day[0] == NONE
    assert found.day[1] != NONE


def test_day_and_month_are_told_by_all_rows():
    assert stamps(["01/02/2024", "13/02/2024"]).order == "dm"
    assert stamps(["01/02/2024", "02/13/2024"]).order == "md"
    assert stamps(["01.02.2024"]).order == "dm"
    assert stamps(["01/02/2024"]).both
    assert not stamps(["02/02/2024"]).both
    assert not stamps(["2024-01-02"]).both


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("HE15", "hour"),
        ("Hour 3", "hour"),
        ("01 AM", "time"),
        ("1:00 a.m.", "time"),
        ("00:00 - 00:15", "span"),
    ],
)
def test_parts_of_a_day_are_told(text, kind):
    assert kind_of(text) == kind
    assert stamps([text]).timed[0]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("1741410000", "epoch"), ("1741410000000", "epoch"), ("17414", None), ("10400000000000001", None)],
)
def test_seconds_since_1970_are_numbers_of_their_size(text, kind):
    assert kind_of(text) == kind


def test_texts_of_many_shapes_are_read_each_in_its_place():
    texts = ["2024-01-01", "", "1/13/2024 1:05 PM", "x", "2024-01-01T00:00:00Z"]
    found = stamps(texts)
    assert (found.day != NONE).tolist() == [True, False, True, False, True]
    assert found.clock[2] == 13 * HOUR + HOUR // 12
