"""Billing histories as utilities hand them out."""

import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import omnipandas as op
from omnipandas.errors import ArgumentError, OmnipandasError, QualityWarning, SchemaError
from omnipandas.schema import BILLS
from tests.plugin import SHARED

TWO = [("2025-01-03", "2025-02-02", 30), ("2025-02-02", "2025-03-05", 31)]


def read(*lines, **arguments):
    return op.read_bills(io.StringIO("\n".join(lines)), **arguments)


def periods(bills):
    ends = pd.DatetimeIndex(bills["period_end"])
    return [
        (f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}", days)
        for start, end, days in zip(bills.index, ends, bills["days"], strict=True)
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["START DATE,END DATE,USAGE (kWh)", "2025-01-03,2025-02-01,600", "2025-02-02,2025-03-04,700"],
        ["Start,End,kWh", "2025-01-03,2025-02-02,600", "2025-02-02,2025-03-05,700"],
        ["Service From,Service To,Usage", "02/02/2025,03/05/2025,700", "01/03/2025,02/02/2025,600"],
        ["Service From,Service To,Usage", "2/2/25,3/4/25,700", "1/3/25,2/1/25,600"],
        ["Billing Period,Usage kWh", "01/03/2025 - 02/01/2025,600", "02/02/2025 - 03/04/2025,700"],
        ["Billing Period,kWh", "Jan 3 2025 to Feb 1 2025,600", "Feb 2 2025 to Mar 4 2025,700"],
        [
            "bill_start_date,bill_end_date,bill_total_kwh",
            "2025-01-03,2025-02-02,600",
            "2025-02-02,2025-03-05,700",
        ],
        ["From;To;Usage (kWh)", "03.01.2025;02.02.2025;600,0", "02.02.2025;05.03.2025;700,0"],
        ["Previous Read Date,Read Date,kWh Used", "1/3/2025,2/2/2025,600", "2/2/2025,3/5/2025,700"],
        ["Read Date,Number of Days,Usage (kWh)", "3/5/2025,31,700", "2/2/2025,30,600"],
        [
            "Start Date\tEnd Date\tDays\tkWh",
            "2025-02-02\t2025-03-04\t31\t700",
            "2025-01-03\t2025-02-01\t30\t600",
        ],
    ],
)
def test_periods_of_many_spellings_are_the_same_two(lines):
    bills = read("Account summary", "", *lines, "")
    assert periods(bills) == TWO
    assert bills["total_kwh"].tolist() == [600.0, 700.0]


def test_months_are_periods_too():
    for first, second in (("Jan-25", "Feb-25"), ("January 2025", "February 2025"), ("2025-01", "2025-02")):
        assert periods(read("Month,kWh,Cost", f"{second},5,6", f"{first},4,5")) == [
            ("2025-01-01", "2025-02-01", 31),
            ("2025-02-01", "2025-03-01", 28),
        ]
    assert periods(read("Year,Month,kWh", "2024,February,5")) == [("2024-02-01", "2024-03-01", 29)]


def test_a_date_of_reading_ends_a_bill_and_starts_the_next():
    with pytest.warns(QualityWarning, match="without a reading before"):
        bills = read("Read Date,kWh", "2025-01-03,500", "2025-03-05,700", "2025-02-02,600")
    assert periods(bills) == TWO
    assert bills["total_kwh"].tolist() == [600.0, 700.0]


def test_one_bill_whose_end_nothing_tells_includes_it_and_says_so():
    with pytest.warns(QualityWarning, match="last day"):
        assert periods(read("Start,End,kWh", "2025-01-03,2025-02-01,5")) == TWO[:1]


def test_columns_money_and_notes():
    lines = ["Account Number,Start,End,On-Peak (kWh),Off-Peak (kWh),Export (kWh),Amount ($),Notes"]
    lines += ['7,2025-01-03,2025-02-02,"1,000",200.5,30,"$1,234.50",Estimated']
    lines += ["7,2025-02-02,2025-03-05,,,,($12.30),Actual"]
    bills = read(*lines)
    assert list(bills.columns) == BILLS.names
    assert bills.dtypes.astype(str).tolist()[1:3] == ["datetime64[us]", "int64"]
    first, second = bills.iloc[0], bills.iloc[1]
    assert (first["service_account_id"], first["total_kwh"], first["export_kwh"]) == ("7", 1200.5, 30.0)
    assert (first["cost_usd"], first["estimated"]) == (1234.5, True)
    assert np.isnan(second["total_kwh"])
    assert (second["cost_usd"], second["estimated"]) == (-12.3, False)


@pytest.mark.parametrize(
    ("note", "estimated"),
    [("E", True), ("Estimated", True), ("* estimated read", True), ("Actual", False), ("", False),
     ("not estimated", False), ("N", False), ("Yes", True)],
)  # fmt: skip
def test_notes_tell_an_estimate(note, estimated):
    bills = read("Start,End,kWh,Read Type", f"2025-01-03,2025-02-02,1,{note}", "2025-02-02,2025-03-05,1,")
    assert bills["estimated"].tolist() == [estimated, False]


def test_two_of_three_periods_are_no_total():
    bills = read(
        "Start,End,On-Peak kWh,Mid-Peak kWh,Off-Peak kWh",
        "2025-01-03,2025-02-02,1,2,3",
        "2025-02-02,2025-03-05,1,2,3",
    )
    assert bills["total_kwh"].isna().all()


def test_watt_hours_cents_and_rows_of_another_service():
    lines = ["Type,Start,End,Usage,Units,Cost (cents)", "Electric,2025-01-03,2025-02-02,5000,Wh,1250"]
    lines += ["Electric,2025-02-02,2025-03-05,6,kWh,1300", "Natural gas,2025-01-03,2025-02-02,5,therms,100"]
    with pytest.warns(QualityWarning, match="left out"):
        bills = read(*lines)
    assert bills["total_kwh"].tolist() == [5.0, 6.0]
    assert bills["cost_usd"].tolist() == [12.5, 13.0]


def test_several_files_and_accounts_are_sorted_by_start_then_account():
    one = io.StringIO("Start,End,kWh,Meter\n2025-01-03,2025-02-02,1,b\n2025-02-02,2025-03-05,2,b\n")
    two = io.StringIO("Start,End,kWh,Meter\n2025-01-03,2025-02-02,3,a\n2025-02-02,2025-03-05,4,a\n")
    bills = op.read_bills([one, two])
    assert bills["total_kwh"].tolist() == [3.0, 1.0, 4.0, 2.0]
    assert bills["service_account_id"].cat.categories.tolist() == ["a", "b"]


def test_a_frame_and_its_own_result_are_read():
    bills = read("Start,End,kWh,Cost", "2025-01-03,2025-02-02,1,2", "2025-02-02,2025-03-05,2,3")
    pd.testing.assert_frame_equal(op.read_bills(bills), bills)


@pytest.mark.filterwarnings("ignore::omnipandas.errors.QualityWarning")
@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["Date,Start Time,End Time,Usage (kWh)", "2025-01-01,00:00,00:14,1"], "op.read_intervals"),
        (["Date,kWh", "2025-01-01,1", "2025-01-02,1", "2025-01-03,1"], "op.read_intervals"),
        (["Start,End,kWh", "2025-01-01,2025-01-02,1", "2025-01-02,2025-01-03,1"], "op.read_intervals"),
        (
            [",".join(["Date", *[f"{h:02d}:00" for h in range(24)]]), "2025-01-01" + ",1" * 24],
            "op.read_intervals",
        ),
        (["Start,End,Usage (therms)", "2025-01-03,2025-02-02,1"], "therms"),
        (["Type,Start,End,Usage", "Natural gas billing,2025-01-03,2025-02-02,1"], "Natural gas"),
        (["Start,End,kWh", "2025-02-03,2025-01-02,1"], "before it starts"),
        (["Start,End,kWh", "2025-02-03,soon,1"], "is no date"),
        (["Start,End,kWh", "2025-02-03,2025-03-03,lots"], "is no number"),
        (["Start,End,kWh", "2025-02-03,2025-03-03,1,204"], "thousands comma"),
        (["Start,End,kWh"], "no bill below it"),
        (["Hello", "World"], "no billing history"),
        (["Start,End,kWh", "01/02/2025,01/02/2025,5"], "time_format"),
    ],
)
def test_what_is_no_billing_history_is_refused_with_what_it_is(lines, words):
    with pytest.raises(SchemaError, match=re.escape(words)):
        read(*lines)


def test_the_workbook_of_the_vendor_has_bills(tmp_path):
    client = op.demo(today="2026-11-01")
    household = op.linked_accounts(client)[0]
    bills = op.read_bills(op.download_workbook(client, household, tmp_path / "usage.xlsx"))
    monthly = op.get_historical(client, household, range(2021, 2027))
    assert (bills["service_account_id"] == household).all()
    for name in ("on_peak_kwh", "off_peak_kwh", "total_kwh", "cost_usd"):
        np.testing.assert_array_equal(bills[name], monthly[name])
    assert (bills.index == monthly.index).all()


def test_green_button_has_bills_in_its_summaries():
    summary = (
        "<e:UsageSummary><e:billingPeriod><e:duration>{}</e:duration><e:start>{}</e:start></e:billingPeriod>"
        "<e:billLastPeriod>{}</e:billLastPeriod><e:overallConsumptionLastPeriod><e:powerOfTenMultiplier>3"
        "</e:powerOfTenMultiplier><e:uom>72</e:uom><e:value>600</e:value></e:overallConsumptionLastPeriod>"
        "</e:UsageSummary>"
    )
    content = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:e="http://naesb.org/espi">'
        f"<entry><content>{summary.format(30 * 86400, 1_735_880_400, 9_050_000)}</content></entry></feed>"
    )
    bills = op.read_bills(io.StringIO(content), timezone="America/New_York")
    assert periods(bills) == TWO[:1]
    assert (bills["total_kwh"].iloc[0], bills["cost_usd"].iloc[0]) == (600.0, pytest.approx(90.5))
    with pytest.raises(ArgumentError, match="timezone="):
        op.read_bills(io.StringIO(content))


@pytest.mark.filterwarnings("ignore::omnipandas.errors.QualityWarning")
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(data):
    text = "Name,P\n\nTYPE,START DATE,END DATE,USAGE (kWh),COST,NOTES\n"
    text += 'Electric,1/3/2025,2/1/2025,"1,204",$192.31,\nElectric,2/2/2025,3/4/2025,-52,($1.20),Estimated\n'
    content = bytearray(text.encode())[: data.draw(st.integers(0, len(text)))]
    for _ in range(data.draw(st.integers(0, 6)) if content else 0):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.sampled_from(b'0129,;.\n-"A$/'))
    try:
        bills = op.read_bills(io.BytesIO(bytes(content)))
    except OmnipandasError:
        return
    BILLS.require(bills)
    assert (bills["days"] > 0).all()


def cases(folder):
    found = [json.loads(path.read_text()) | {"path": path} for path in sorted(folder.glob("*.json"))]
    return [pytest.param(case, id=case["id"]) for case in found if "bills" in case]


def check(case):
    bills = op.read_bills(case["path"].with_name(case["file"]), **case["arguments"])
    wanted = case["bills"]
    assert periods(bills) == [(bill["start"], bill["end_exclusive"], bill["days"]) for bill in wanted]
    assert bills["total_kwh"].tolist() == [bill["kwh"] for bill in wanted]
    assert bills["cost_usd"].tolist() == [bill["usd"] for bill in wanted]
    assert bills["estimated"].tolist() == [bill["estimated"] for bill in wanted]


@pytest.mark.parametrize("case", cases(Path(__file__).parents[1] / "cases"))
def test_a_case_of_its_own_is_read_as_it_says(case):
    check(case)


@pytest.mark.shared
@pytest.mark.parametrize("case", cases(SHARED / "cases") or [None])  # none: skipped, and why is said
def test_a_case_beside_the_project_is_read_as_it_says(case):
    check(case)
