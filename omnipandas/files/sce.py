"""Southern California Edison's download: a block for each day and register, each row "A to B"."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd

from omnipandas.errors import SchemaError

from .cells import numbers_of
from .document import Document
from .registers import Register, side_by_side
from .rows import Question, Rows

_HEADER = r"(?i)^energy\s+(delivered|received|consumption|generation|net)?.*\btime period"
_PERIOD = r"^(\d{4}-\d\d-\d\d \d\d:\d\d)(?::\d\d)?\s+to\s+(\d{4}-\d\d-\d\d \d\d:\d\d)(?::\d\d)?$"
_ROLES = {"received": "export", "generation": "export"}
_UNITS = {"kilowatt-hours": 1.0, "kwh": 1.0, "watt-hours": 1e-3, "wh": 1e-3}


def recognises(document: Document) -> bool:
    """Say whether a document is of this layout."""
    head = document.text[:4000].lower()
    return document.kind == "text" and "data for period starting" in head and "time period" in head


def rows_of(document: Document, question: Question) -> list[Rows]:
    """Return delivered and received energy of the blocks.

    Raises
    ------
    SchemaError
        No block, another unit, a row that is no period, gas.
    """
    table = _table(document.text)
    period, value, quality = (
        table[column].str.replace(r"\s+", " ", regex=True).str.strip() for column in table
    )
    heads = period.str.extract(_HEADER)[0]
    is_head = period.str.contains(r"(?i)\btime period", regex=True).to_numpy()
    block = np.cumsum(is_head) - 1
    spans = period.str.extract(_PERIOD)
    rows = spans[0].notna().to_numpy() & (block >= 0)
    if not rows.any():
        raise SchemaError(
            "the file has the head of an SCE download and no rows of periods: download it again."
        )
    # A value beside what is no period would be usage of no known time.
    lost = (block >= 0) & ~rows & ~is_head & value.ne("").to_numpy() & period.ne("").to_numpy()
    if lost.any():
        raise SchemaError(
            f"row {int(np.argmax(lost)) + 1}: {period.iloc[int(np.argmax(lost))][:40]!r} is no period."
        )
    units = [_unit(head) for head in value[is_head]]
    roles = [_ROLES.get(str(word).lower(), "total") for word in heads[is_head]]
    scale, role = np.array(units)[block[rows]], np.array(roles)[block[rows]]
    start = pd.DatetimeIndex(pd.to_datetime(spans[0][rows], format="%Y-%m-%d %H:%M", errors="coerce"))
    if start.hasnans:
        raise SchemaError(f"{spans[0][rows].iloc[int(np.argmax(start.isna()))]!r} is no time.")
    kwh = numbers_of(value[rows].tolist(), "usage") * scale
    estimated = quality[rows].str.contains(r"(?i)estimat", regex=True).to_numpy(dtype=bool)
    account = question.service_account_id or "file"
    registers = [
        Register(account, name, name, start[own], kwh[own], estimated[own])
        for name in ("total", "export")
        if (own := role == name).any()
    ]
    return side_by_side(registers)


def _table(text: str) -> pd.DataFrame:
    """Return period, value and quality of each line, blank where a line has fewer."""
    try:
        rows = [[*row[:3], "", "", ""][:3] for row in csv.reader(io.StringIO(text))]
    except csv.Error as error:
        raise SchemaError("the file is no CSV from some line on: download it again.") from error
    return pd.DataFrame(rows, columns=["period", "value", "quality"], dtype=object)


def _unit(head: str) -> float:
    """Return kWh in one of the column's unit."""
    low = head.lower()
    for word, scale in _UNITS.items():
        if word in low:
            return scale
    if "therm" in low or "gas" in low or "cubic" in low:
        raise SchemaError("this is a gas meter's file, not electricity in kWh: download the electric one.")
    raise SchemaError(f"the column {head[:60]!r} says no unit of energy: kilowatt-hours are needed.")
