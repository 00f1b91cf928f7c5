"""Green Button's XML, as feeds and nested."""

import re
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnipandas.errors import OmnipandasError, SchemaError
from omnipandas.files import greenbutton
from omnipandas.files.document import Document
from omnipandas.files.rows import Question
from tests import writers

TORONTO = "America/Toronto"
CHANGES = ["2025-03-09", "2025-11-02", "2024-02-29", "2025-06-15"]


def rows_of(content, **question):
    content = content.encode() if isinstance(content, str) else content
    return greenbutton.rows_of(Document("usage.xml", content), Question(TORONTO, **question))


def feed(*entries, root='<feed xmlns="http://www.w3.org/2005/Atom" xmlns:e="http://naesb.org/espi">'):
    return f"{root}{''.join(f'<entry>{one}</entry>' for one in entries)}</feed>"


def kind(own="RT/1", **codes):
    values = {"flowDirection": 1, "powerOfTenMultiplier": 0, "uom": 72} | codes
    body = "".join(f"<e:{name}>{value}</e:{name}>" for name, value in values.items() if value is not None)
    return f'<link rel="self" href="{own}"/><content><e:ReadingType>{body}</e:ReadingType></content>'


def meter(own, to):
    links = f'<link rel="self" href="{own}"/><link rel="related" href="{to}"/>'
    return f"{links}<content><e:MeterReading/></content>"


def block(*values, own="", start=1_735_700_400, length=3600):
    readings = "".join(
        f"<e:IntervalReading><e:timePeriod><e:duration>{length}</e:duration><e:start>{start + at * length}"
        f"</e:start></e:timePeriod><e:value>{value}</e:value></e:IntervalReading>"
        for at, value in enumerate(values)
    )
    return f'<link rel="self" href="{own}"/><content><e:IntervalBlock>{readings}</e:IntervalBlock></content>'


@settings(max_examples=25)
@given(
    moment=st.sampled_from(CHANGES),
    minutes=st.sampled_from([15, 30, 60]),
    accounts=st.sampled_from([("1",), ("1", "2")]),
    export=st.booleans(),
    power=st.booleans(),
    prefix=st.sampled_from(["espi", "ns0", ""]),
    seed=st.integers(0, 99),
)
def test_what_is_written_is_read(moment, minutes, accounts, export, power, prefix, seed):
    frame = writers.usage(
        *writers.days_around(moment, 3), tz=TORONTO, minutes=minutes, accounts=accounts, export=export,
        seed=seed, unknown=0.05,
    )  # fmt: skip
    content = writers.espi(frame, power=power, prefix=prefix)
    read = writers.read(greenbutton, content, TORONTO, service_account_id="1" if len(accounts) == 1 else None)
    pd.testing.assert_frame_equal(read, writers.expected(frame), check_dtype=False)


@pytest.mark.parametrize(("multiplier", "kwh"), [(-3, 0.005), (0, 5.0), (3, 5000.0)])
def test_the_power_of_ten_counts(multiplier, kwh):
    (rows,) = rows_of(feed(kind(powerOfTenMultiplier=multiplier), block(5000)))
    assert rows.total.tolist() == pytest.approx([kwh])


def test_power_is_multiplied_by_its_length():
    (rows,) = rows_of(feed(kind(uom=38), block(4000, 2000, length=900)))
    assert rows.total.tolist() == [1.0, 0.5]


def test_a_reading_type_is_the_one_that_its_link_leads_to():
    content = feed(
        kind("RT/1", flowDirection=19), kind("RT/2"), meter("MR/1", "RT/1"), meter("MR/2", "RT/2"),
        block(7000, own="MR/1/IntervalBlock/1"), block(5000, own="MR/2/IntervalBlock/1"),
    )  # fmt: skip
    (rows,) = rows_of(content)
    assert (rows.total.tolist(), rows.export.tolist()) == ([5.0], [7.0])


def test_reading_types_that_no_link_tells_apart_are_refused():
    with pytest.raises(SchemaError, match="no link says which one"):
        rows_of(feed(kind("RT/1", flowDirection=19), kind("RT/2"), block(5000)))


def test_net_is_used_alone_where_there_is_nothing_else():
    (net,) = rows_of(feed(kind(flowDirection=4), block(-5000, 2000)))
    assert net.total.tolist() == [-5.0, 2.0]
    content = feed(
        kind("RT/1", flowDirection=4), kind("RT/2"), meter("MR/1", "RT/1"), meter("MR/2", "RT/2"),
        block(-7000, own="MR/1/IB/1"), block(5000, own="MR/2/IB/1"),
    )  # fmt: skip
    (rows,) = rows_of(content)
    assert rows.total.tolist() == [5.0]
    assert rows.left_out


def test_doubles_across_blocks_stay():
    (rows,) = rows_of(feed(kind(), block(1000, 2000), block(9000, start=1_735_704_000)))
    assert rows.total.tolist() == [1.0, 2.0, 9.0]
    assert rows.start[1] == rows.start[2]


def test_readings_without_times_follow_each_other_from_their_block():
    value = "<e:IntervalReading><e:value>1000</e:value></e:IntervalReading>"
    interval = "<e:interval><e:duration>7200</e:duration><e:start>1735700400</e:start></e:interval>"
    (rows,) = rows_of(
        feed(kind(), f"<content><e:IntervalBlock>{interval}{value * 2}</e:IntervalBlock></content>")
    )
    assert rows.start.tolist() == list(pd.DatetimeIndex(["2025-01-01T03:00Z", "2025-01-01T04:00Z"]))


def test_gas_beside_electricity_is_left_out_and_named():
    gas = kind("RT/1", uom=42, commodity=7)
    content = feed(
        gas, kind("RT/2"), meter("MR/1", "RT/1"), meter("MR/2", "RT/2"),
        block(7000, own="MR/1/IB/1"), block(5000, own="MR/2/IB/1"),
    )  # fmt: skip
    (rows,) = rows_of(content)
    assert rows.total.tolist() == [5.0]
    assert any("gas" in sentence for sentence in rows.left_out)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (feed(kind(uom=169, commodity=7), block(5)), "gas in therms"),
        (feed(kind(uom=42), block(5)), "gas in m3"),
        (feed(kind(uom=119), block(5)), "gas in ft3"),
        (feed(kind(uom=128, commodity=9), block(5)), "water in US gallons"),
        (feed(kind(uom=73), block(5)), "VArh"),
        (feed(kind(uom=999), block(5)), "999"),
        (feed(block(5)), "no ReadingType"),
        (feed(kind()), "without IntervalReadings"),
        (feed(kind(accumulationBehaviour=1), block(5, 6, 8)), "running register"),
        (feed(kind(), block(5, 6, length=31 * 86400)), "op.read_bills"),
        (feed(kind(powerOfTenMultiplier="x"), block(5)), "powerOfTenMultiplier"),
        (feed(kind(powerOfTenMultiplier=99), block(5)), "powerOfTenMultiplier"),
        (feed(kind(), block("five")), "number"),
        (feed(kind(), block("inf")), "infinite"),
        (feed(kind(), block(5, start=-9_999_999_999)), "no time"),
        (feed(kind(), block(5, length=0)), "no length"),
        (feed(kind(), block(5))[:-9], "well formed"),
        ("<html><body>Sign in</body></html>", "Green Button"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(content, words):
    with pytest.raises(SchemaError, match=re.escape(words)):
        rows_of(content)


def test_a_document_type_is_refused_before_anything_is_expanded():
    bomb = '<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "1234567890"><!ENTITY b "&a;&a;&a;&a;">]>'
    outside = '<!DOCTYPE feed SYSTEM "file:///etc/hostname">'
    for head in (bomb, outside):
        for encoding in ("utf-8", "utf-16"):
            content = (head + feed(kind(), block(5))).encode(encoding)
            with pytest.raises(SchemaError, match="document type"):
                rows_of(content)


def test_a_nested_file_has_words_for_units_and_quality():
    reading = "<e:IntervalReading><e:readingQuality>{}</e:readingQuality><e:timePeriod>"
    reading += "<e:duration>1800</e:duration><e:start>{}</e:start></e:timePeriod><e:value>0.25</e:value>"
    reading += "</e:IntervalReading>"
    readings = reading.format("ACTUAL", 1_735_700_400) + reading.format("ESTIMATED", 1_735_702_200)
    (rows,) = rows_of(
        '<e:UsagePoint xmlns:e="http://naesb.org/espi"><e:MeterReading><e:IntervalBlock>'
        f"<e:uom>KWH</e:uom>{readings}</e:IntervalBlock></e:MeterReading></e:UsagePoint>"
    )
    assert rows.total.tolist() == [0.25, 0.25]
    assert rows.estimated.tolist() == [False, True]


def test_a_clock_makes_the_stamps_wall_time():
    (rows,) = rows_of(feed(kind(), block(5)), clock=TORONTO)
    assert rows.start.tz is None
    assert (rows.start[0], rows.read_as) == (pd.Timestamp("2025-01-01 03:00"), {})


def test_memory_stays_flat():
    frame = writers.usage("2025-01-01", 60, tz=TORONTO, minutes=15)
    content = writers.espi(frame)
    tracemalloc.start()
    rows_of(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(content)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(data):
    content = bytearray(writers.espi(writers.usage("2025-03-08", 2, tz=TORONTO, minutes=60, export=True)))
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content)))]
    for _ in range(data.draw(st.integers(0, 8))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = rows_of(bytes(content))
    except OmnipandasError:
        return
    assert all(np.isfinite(rows.total[~np.isnan(rows.total)]).all() for rows in found)
