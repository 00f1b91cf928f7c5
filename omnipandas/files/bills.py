"""A billing history becomes BILLS."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.intervals.units import Floats, Mask
from omnipandas.schema import BILLS, TEXT

from . import nem12, sce, usage_sheets, wide
from .bill_periods import bill_periods
from .bill_words import kwh_in, unit_of
from .cells import Days, numbers_of
from .document import Document
from .espi_bills import billed_by
from .histories import INTERVALS, History, has_history, history_of
from .opening import Source, documents
from .sheets import sheets_of

_ESTIMATED = re.compile(r"e|est\.?|y|yes|true|1|.*\bestimat.*", re.IGNORECASE)
_ACTUAL = re.compile(r"\b(not|no|non)\b|^actual\b", re.IGNORECASE)


def read_bills(
    source: Source | Sequence[Source],
    *,
    timezone: str | None = None,
    time_format: str | None = None,
    service_account_id: str | None = None,
) -> pd.DataFrame:
    r"""Return a billing history as BILLS.

    Parameters
    ----------
    source : path, open file, DataFrame, or several of these
        A utility's list of bills (text with commas, semicolons or tabs, a workbook, packed or not), or the
        bills of a Green Button XML.
    timezone : str, optional
        IANA zone of the premise; needed for Green Button alone, which has instants for days.
    time_format : str, optional
        Of the dates, as for strptime; needed where month and day cannot be told apart.
    service_account_id : str, optional
        The id of all rows; by default the file's column of accounts, or ``"file"``.

    Returns
    -------
    DataFrame
        BILLS: index `period_start` (the first day, naive); `service_account_id`, `period_end` (the day
        after the last), `days`, `on_peak_kwh`, `off_peak_kwh`, `total_kwh`, `export_kwh` [kWh], `cost_usd`
        [USD] and `estimated`, sorted by start. What the file does not have is NaN. Net usage keeps its sign.

    Raises
    ------
    SchemaError
        An interval file, gas or water, no billing history, dates or numbers that cannot be read.
    ArgumentError
        There is no such file, or `timezone` is needed.

    Warns
    -----
    QualityWarning
        Where nothing tells whether the end of a period is its last day or the day after (taken as its
        last), or rows are left out.

    Notes
    -----
    Whether a file's end dates belong to their periods is told by the next bill's start, or by a column of
    days. A date of reading alone ends one period and starts the next.

    Examples
    --------
    >>> import io
    >>> import omnipandas as op
    >>> text = (
    ...     "START DATE,END DATE,USAGE (kWh),COST,NOTES\n"
    ...     '2025-01-03,2025-02-01,"1,020",$181.50,\n'
    ...     "2025-02-02,2025-03-04,880,$160.10,Estimated\n"
    ... )
    >>> op.read_bills(io.StringIO(text))[["period_end", "days", "total_kwh", "cost_usd", "estimated"]]
                 period_end  days  total_kwh  cost_usd  estimated
    period_start
    2025-01-03   2025-02-02    30     1020.0     181.5      False
    2025-02-02   2025-03-05    31      880.0     160.1       True
    """
    parts = [part for document in documents(source) for part in _parts(document)]
    frames = [_bills(part, timezone, time_format, service_account_id) for part in parts]
    frame = pd.concat(frames) if len(frames) > 1 else frames[0]
    accounts = pd.Categorical(frame["service_account_id"].astype(TEXT))
    order = np.lexsort((accounts.codes, frame.index.to_numpy()))
    return frame.assign(service_account_id=accounts).iloc[order]


def _parts(document: Document) -> list[Document]:
    """Return the document, or those sheets of a workbook that hold bills."""
    if document.kind == "frame" and document.frame is not None:
        named = isinstance(document.frame.index, pd.DatetimeIndex)
        return [Document(document.name, document.frame.to_csv(index=named).encode())]
    if document.kind != "xlsx":
        return [document]
    sheets = sheets_of(document)
    months = usage_sheets.MONTHS
    found = [sheet for sheet in sheets if usage_sheets.has_header(sheet, months) or has_history(sheet)]
    if not found:
        raise SchemaError(
            f"no sheet of {document.name} is a billing history; intervals in it are read by "
            "op.read_intervals(path, timezone=...)."
        )
    return found


def _bills(
    document: Document, timezone: str | None, time_format: str | None, account: str | None
) -> pd.DataFrame:
    if document.kind == "xml":
        if timezone is None:
            raise ArgumentError("Green Button's bills have instants for days: give timezone= of the premise.")
        return _frame(*billed_by(document, timezone), account or "file")
    if usage_sheets.has_header(document, usage_sheets.MONTHS):
        return _of_workbook(document, account)
    if any(layout.recognises(document) for layout in (nem12, sce, wide, usage_sheets)):
        raise SchemaError(INTERVALS)
    return _of_history(*bill_periods(history_of(document), time_format), account)


def _frame(
    start: Days, end: Days, columns: dict[str, Floats], estimated: Mask, account: object
) -> pd.DataFrame:
    """Return BILLS of columns; those that are not given are NaN."""
    days = (end - start).astype(np.int64)
    unknown = np.full(len(start), np.nan)
    usage = {name: columns.get(name, unknown) for name in BILLS.names if name.endswith(("_kwh", "_usd"))}
    index = pd.DatetimeIndex(start.astype("datetime64[us]"), name=BILLS.index.name)
    values = {
        "service_account_id": account,
        "period_end": pd.DatetimeIndex(end.astype("datetime64[us]")).array,
        "days": days,
        **usage,
        "estimated": estimated,
    }
    return pd.DataFrame(values, index=index)[BILLS.names]


def _of_workbook(document: Document, account: str | None) -> pd.DataFrame:
    """Return the billed months of OmniMetic's workbook."""
    owner, columns = usage_sheets.table_of(document, usage_sheets.MONTHS)
    year, month, on, off, total, cents = (numbers_of(columns[name], name) for name in usage_sheets.MONTHS)
    on, off = usage_sheets.reported_split(on, off, total)
    if not ((month >= 1) & (month <= 12) & (year > 1900) & (year < 2200)).all():
        raise SchemaError(f"the sheet {document.name!r} has a row that is no month: download it again.")
    start = ((year - 1970) * 12 + month - 1).astype(np.int64).astype("datetime64[M]")
    usage = {"on_peak_kwh": on / 1000, "off_peak_kwh": off / 1000, "total_kwh": total / 1000}
    columns_found = {**usage, "cost_usd": cents / 100}
    days = start.astype("datetime64[D]"), (start + 1).astype("datetime64[D]")
    return _frame(*days, columns_found, np.zeros(len(start), dtype=bool), account or owner)


def _of_history(history: History, start: Days, end: Days, account: str | None) -> pd.DataFrame:
    names = {"on": "on_peak_kwh", "off": "off_peak_kwh", "total": "total_kwh", "export": "export_kwh"}
    columns = {
        name: history.numbers(meaning) * _scales(history, meaning)
        for meaning, name in names.items()
        if meaning in history
    }
    # Where there is a third period the two do not make up the total.
    periods = sum("peak" in header.lower() or "shoulder" in header.lower() for header in history.header)
    if "total_kwh" not in columns and {"on_peak_kwh", "off_peak_kwh"} <= set(columns) and periods == 2:
        columns["total_kwh"] = columns["on_peak_kwh"] + columns["off_peak_kwh"]
    if "cost" in history:
        cents = unit_of(history.named("cost")) == "cents"
        columns["cost_usd"] = history.numbers("cost") / (100 if cents else 1)
    notes = history.cells("note") if "note" in history else [""] * len(history.rows)
    estimated = [bool(_ESTIMATED.fullmatch(note)) and not _ACTUAL.search(note) for note in notes]
    return _frame(start, end, columns, np.array(estimated, dtype=np.bool_), history.accounts(account))


def _scales(history: History, meaning: str) -> Floats:
    """Return kWh in one of each bill's unit."""
    unit = unit_of(history.named(meaning))
    units = history.cells("units") if not unit and "units" in history else [unit] * len(history.rows)
    found = [kwh_in(cell) for cell in units]
    return np.array([np.nan if scale is None else scale for scale in found])
