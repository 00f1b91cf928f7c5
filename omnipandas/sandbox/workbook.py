"""The xlsx that ``download-data`` sends."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec

from .meter import bills, history_start
from .premises import Premise
from .replies import Clock, intervals

_MADE = datetime(2021, 1, 1)  # noqa: DTZ001 (a workbook has no zones)


@lru_cache(maxsize=16)
def workbook(premise: Premise, today: date, clock: Clock, linked: str) -> bytes:
    """Return the workbook of a premise: its details, bills, and intervals of thirteen months."""
    import xlsxwriter  # its import takes longer than the sandbox's whole start

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": _MADE, "title": "Utility usage"})
        _details(book.add_worksheet("Service Account"), premise, linked)
        _months(book.add_worksheet("Historical Data"), premise, today)
        _hours(book.add_worksheet("Interval Data"), premise, today, clock)
    return content.getvalue()


def _details(sheet: Any, premise: Premise, linked: str) -> None:
    street, city, state, postal_code = premise.address
    rows = {
        "Service Account Id": premise.id,
        "External Service Account Id": premise.external_id,
        "Utility Company": premise.utility.name,
        "Street": street,
        "City": city,
        "State": state,
        "Postal Code": postal_code,
        "Linked Date": linked,
    }
    for number, row in enumerate(rows.items()):
        sheet.write_row(number, 0, row)


def _months(sheet: Any, premise: Premise, today: date) -> None:
    sheet.write_row(0, 0, ["Year", "Month", "On Peak (Wh)", "Off Peak (Wh)", "Total (Wh)", "Amount (cents)"])
    years = range(history_start(premise, today).year, today.year + 1)
    rows = [bill for year in years for bill in bills(premise, year, today)]
    for number, bill in enumerate(rows, start=1):
        sheet.write_row(
            number, 0, [bill.year, bill.month, bill.on_wh, bill.off_wh, bill.total_wh, bill.cents]
        )


def _hours(sheet: Any, premise: Premise, today: date, clock: Clock) -> None:
    sheet.write_row(0, 0, ["Date", "Hour", "On Peak (kWh)", "Off Peak (kWh)", "Total (kWh)"])
    rows = msgspec.json.decode(
        intervals(premise, today - timedelta(days=396), today + timedelta(days=2), today=today, clock=clock)
    )
    for number, row in enumerate(rows, start=1):
        sheet.write_row(
            number, 0, [row[name] for name in ("date", "hour", "onPeakUsage", "offPeakUsage", "totalUsage")]
        )
