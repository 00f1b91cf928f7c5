"""Workbooks as documents, and the hours of the vendor's."""

import io
import re
from datetime import date, datetime, time

import numpy as np
import pytest
import xlsxwriter

import omnipandas as op
from omnipandas.errors import SchemaError
from omnipandas.files import sheets, usage_sheets
from omnipandas.files.document import Document
from omnipandas.files.rows import Question


def workbook(**tables):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return Document("book.xlsx", content.getvalue())


def test_cells_become_text_that_the_layouts_of_text_know():
    row = [date(2025, 1, 5), datetime(2025, 1, 5, 0, 15), time(0, 30), 0.1, 7, "a, b", True]
    document = workbook(One=[["Date", "Stamp", "Hour", "kWh", "Id", "Note", "Flag"], row])
    assert document.kind == "xlsx"
    (sheet,) = sheets.sheets_of(document)
    assert sheet.name == "One"
    assert sheet.lines[1] == '2025-01-05,2025-01-05 00:15:00,00:30:00,0.1,7,"a, b",True'


def test_the_hours_of_the_vendors_workbook_are_those_of_its_interface(tmp_path):
    client = op.demo(today="2026-11-01")
    household = op.linked_accounts(client)[0]
    path = op.download_workbook(client, household, tmp_path / "usage.xlsx")
    found = [s for s in sheets.sheets_of(Document("u", path.read_bytes())) if usage_sheets.recognises(s)]
    (rows,) = usage_sheets.rows_of(found[0], Question("America/New_York"))
    hourly = op.get_intervals(client, household, rows.start.min(), rows.start.max())
    assert rows.account == household
    kept = rows.start < rows.start.max()
    assert (rows.start[kept].sort_values().unique() == hourly.index.unique()).all()
    assert np.nansum(rows.total[kept]) == pytest.approx(hourly["total_kwh"].sum(), rel=0.01)
    assert usage_sheets.rows_of(found[0], Question("America/New_York", clock="standard"))[0].start.tz is None


def test_what_is_no_workbook_is_refused():
    whole = workbook(One=[["Date", "kWh"]] * 50).content
    for content in (whole[: len(whole) // 2], b"PK\x03\x04 xl/ and nothing else"):
        with pytest.raises(SchemaError, match="workbook"):
            sheets.sheets_of(Document("book.xlsx", content))


def test_a_workbook_that_unpacks_to_far_too_much_is_not_opened(monkeypatch):
    monkeypatch.setattr(sheets, "_LARGEST", 1000)
    with pytest.raises(SchemaError, match=re.escape("unpacks to")):
        sheets.sheets_of(workbook(One=[["Date", "kWh"]] * 50))
