"""A billing history as it stands in a file: its header, and a row for each bill of electricity."""

from __future__ import annotations

import csv
import io
import re
import warnings
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import QualityWarning, SchemaError
from omnipandas.intervals.units import Floats

from .bill_words import has_times, kwh_in, meanings_of, unit_of
from .cells import decimal_of, is_day, numbers_of
from .document import Document

_HEAD = 80  # lines in which the header must stand
_RANGE = re.compile(r"\s+(?:-|\u2013|to|through|thru)\s+|\s*\u2013\s*", re.IGNORECASE)
_GAS = re.compile(r"\b(gas|water|steam|sewer)\b", re.IGNORECASE)
_MONTHS = (
    "%B %Y", "%b %Y", "%b-%y", "%B-%y", "%b-%Y", "%Y-%m", "%m/%Y", "%Y/%m", "%B, %Y", "%Y %B", "%Y %b",
    "%m %Y",
)  # fmt: skip
INTERVALS = "this looks like an interval file: op.read_intervals(path, timezone=...) reads it."


@dataclass(frozen=True)
class History:
    """The rows below a header of bills.

    Parameters
    ----------
    header : list of str
        The columns' names.
    columns : dict of str to int
        Which column holds what.
    rows : list of list of str
        The bills, in the file's order.
    decimal : {".", ","}
        The file's decimal mark.
    """

    header: list[str]
    columns: dict[str, int]
    rows: list[list[str]]
    decimal: str

    def __contains__(self, meaning: str) -> bool:
        return meaning in self.columns

    def named(self, meaning: str) -> str:
        """Return the header of the column that holds something."""
        return self.header[self.columns[meaning]]

    def cells(self, meaning: str) -> list[str]:
        """Return the cells of the column that holds something."""
        place = self.columns[meaning]
        return [row[place].strip() for row in self.rows]

    def numbers(self, meaning: str) -> Floats:
        """Return those cells as numbers, NaN where they are blank."""
        return numbers_of(self.cells(meaning), f"column {self.named(meaning)!r}", decimal=self.decimal)

    def accounts(self, account: str | None) -> npt.NDArray[np.object_]:
        """Return each bill's account: `account` for all, the file's column, or "file"."""
        if account is None and "account" in self:
            return np.array([cell.strip("'") or "file" for cell in self.cells("account")], dtype=object)
        return np.full(len(self.rows), account or "file", dtype=object)


def has_history(document: Document) -> bool:
    """Say whether one of a document's first lines is the header of a billing history."""
    found = _head(document)
    return found is not None and not has_times(found[2])


def _head(document: Document) -> tuple[int, str, list[str], dict[str, int]] | None:
    """Return the header's line, its separator, its cells and what its columns hold."""
    for place, line in enumerate(document.lines[:_HEAD]):
        for separator in (",", ";", "\t", "|"):
            if separator in line:
                cells = next(csv.reader([line], delimiter=separator), [])
                if meanings := meanings_of(cells):
                    return place, separator, cells, meanings
    return None


def history_of(document: Document) -> History:
    """Return a document's bills of electricity.

    Raises
    ------
    SchemaError
        An interval file, gas or water, or no history at all.
    """
    try:
        found = _head(document)
        if found is None:
            raise SchemaError(
                "no billing history is found: it needs a header with the days of each bill (start and end, a "
                "read date or a month) and usage or cost. A file of intervals is read by "
                "op.read_intervals(path, timezone=...)."
            )
        place, separator, header, columns = found
        if has_times(header):
            raise SchemaError(INTERVALS)
        text = io.StringIO("\n".join(document.lines[place + 1 :]))
        rows = [row + [""] * (len(header) - len(row)) for row in csv.reader(text, delimiter=separator)]
    except csv.Error as error:
        raise SchemaError("the file is no CSV from some line on: download it again.") from error
    dated = min(columns[name] for name in ("start", "period", "read", "month") if name in columns)
    kept = [row for row in rows if _is_dated(row[dated])]
    if long := [row for row in kept if any(cell.strip() for cell in row[len(header) :])]:
        raise SchemaError(
            f"a bill has {len(long[0])} cells under {len(header)} columns: is a number with a thousands "
            "comma not in quotes?"
        )
    if not kept:
        raise SchemaError("the file has a billing history's header and no bill below it.")
    decimal = decimal_of([row[at] for row in kept for at in _amounts(columns)], separator)
    return _electric(History(header, columns, kept, decimal))


def _amounts(columns: dict[str, int]) -> list[int]:
    return [columns[name] for name in ("on", "off", "total", "export", "cost") if name in columns]


def _is_dated(cell: str) -> bool:
    text = cell.strip()
    month_number = text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= 12
    # Months by name may have their year in another column.
    named = month_format([text]) is not None or month_format([f"{text} 2000"]) is not None
    return is_day(text) or is_day(two_days(text)[0]) or month_number or named


def two_days(cell: str) -> list[str]:
    """Return the two dates of a cell such as ``12/27/2024 - 1/28/2025``."""
    return _RANGE.split(cell.strip())


def month_format(cells: list[str]) -> str | None:
    """Return the strptime format of months with their years; None where they have none in common."""
    for form in _MONTHS:
        if not pd.to_datetime(pd.Series(cells, dtype=object), format=form, errors="coerce").isna().any():
            return form
    return None


def _electric(history: History) -> History:
    """Return the bills of electricity, where a column of services or units tells."""
    kept = np.ones(len(history.rows), dtype=np.bool_)
    others: set[str] = set()
    for meaning, foreign in (("service", _is_gas), ("units", _is_no_energy)):
        if meaning in history:
            cells = history.cells(meaning)
            wrong = [foreign(cell) for cell in cells]
            kept &= ~np.array(wrong, dtype=np.bool_)
            others |= {cell for cell, is_wrong in zip(cells, wrong, strict=True) if is_wrong}
    units = [unit_of(history.named(name)) for name in ("total", "on") if name in history]
    no_energy = [unit for unit in units if _is_no_energy(unit)]
    if no_energy or not kept.any():
        what = no_energy[0] if no_energy else " and ".join(sorted(others))
        raise SchemaError(f"the bills are of {what}, not of electricity in kWh: take the electric account's.")
    if not kept.all():
        words = f"{int((~kept).sum())} bill(s) of {' and '.join(sorted(others))} are left out."
        warnings.warn(words, QualityWarning, stacklevel=4)
    return replace(history, rows=[row for row, keep in zip(history.rows, kept, strict=True) if keep])


def _is_gas(service: str) -> bool:
    return _GAS.search(service) is not None


def _is_no_energy(unit: str) -> bool:
    return kwh_in(unit) is None
