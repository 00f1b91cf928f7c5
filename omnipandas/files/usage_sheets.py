"""The sheets of OmniMetic's workbook: hours, and billed months."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.intervals.units import Floats

from .cells import numbers_of
from .document import Document
from .rows import Question, Rows

HOURS = ["Date", "Hour", "On Peak (kWh)", "Off Peak (kWh)", "Total (kWh)"]
MONTHS = ["Year", "Month", "On Peak (Wh)", "Off Peak (Wh)", "Total (Wh)", "Amount (cents)"]


def recognises(document: Document) -> bool:
    """Say whether a document is the sheet of hours."""
    return document.kind == "text" and has_header(document, HOURS)


def rows_of(document: Document, question: Question) -> list[Rows]:
    """Return the hours, stamped in UTC unless the caller names another clock.

    Raises
    ------
    SchemaError
        A date that is no ISO 8601 instant, or a number that is none.
    """
    account, columns = table_of(document, HOURS)
    text = pd.Series(columns["Date"], dtype=object).str.removesuffix("Z")
    start = pd.DatetimeIndex(pd.to_datetime(text, format="ISO8601", errors="coerce")).as_unit("us")
    if start.hasnans:
        raise SchemaError(f"column 'Date': {columns['Date'][int(np.argmax(start.isna()))]!r} is no instant.")
    on, off, total = (numbers_of(columns[name], f"column {name!r}") for name in HOURS[2:])
    on, off = reported_split(on, off, total)
    if question.clock is None:
        start = start.tz_localize("UTC")
    read_as = {} if question.clock else {"clock": "UTC"}
    named = question.service_account_id or account
    return [Rows(named, start, total, on_peak=on, off_peak=off, read_as=read_as)]


def has_header(document: Document, header: list[str]) -> bool:
    """Say whether one of the first lines is this header."""
    return any(line.split(",") == header for line in document.text[:2000].splitlines())


def table_of(document: Document, header: list[str]) -> tuple[str, dict[str, list[str]]]:
    """Return the account that stands above a sheet's header, and the columns below it."""
    rows = list(csv.reader(document.lines))
    place = rows.index(header)
    account = next((row[1] for row in rows[:place] if row[:1] == ["Service Account Id"] and row[1:]), "file")
    below = [row for row in rows[place + 1 :] if any(row)]
    if any(len(row) != len(header) for row in below):
        raise SchemaError(f"the sheet {document.name!r} has a row of another width: download it again.")
    return account, {name: [row[at] for row in below] for at, name in enumerate(header)}


def reported_split(on: Floats, off: Floats, total: Floats) -> tuple[Floats, Floats]:
    """Make a 0/0 split of a total that is not 0 unknown: the utility did not report it."""
    unreported = (on == 0) & (off == 0) & (np.abs(total) > 0)
    return np.where(unreported, np.nan, on), np.where(unreported, np.nan, off)
