"""Southern California Edison's download: a block for each day and register, each row "A to B"."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from omnipandas.errors import SchemaError

from .cells import numbers_of
from .document import Document
from .registers import Register, side_by_side
from .rows import Question, Rows

_STAMP = r"\d{4}-\d\d-\d\d \d\d:\d\d"
_CELL = r'(?:"([^"\n]*)"|([^,"\n]*))'
# The head of a block with its unit, or a period with its value and quality.
_LINE = re.compile(
    rf'^"?(?:energy (\w*)[^,\n]*time period"?,{_CELL}'
    rf'|({_STAMP})(?::\d\d)? to {_STAMP}(?::\d\d)?"?,{_CELL}(?:,{_CELL})?)',
    re.IGNORECASE | re.MULTILINE,
)
_DATED = re.compile(r'^"?\d{4}-[^\n]*', re.MULTILINE)
_SPACES = re.compile(r" {2,}|\t")
_ROLES = {"received": "export", "generation": "export"}
_UNITS = {"kilowatt-hours": 1.0, "kwh": 1.0, "watt-hours": 1e-3, "wh": 1e-3}


_PARTS = [
    "flow", "quoted_unit", "unit", "start", "quoted_value", "value", "quoted_quality", "quality",
]  # fmt: skip


def recognises(document: Document) -> bool:
    """Say whether a document is of this layout."""
    if document.kind != "text":
        return False
    head = document.text[:4000].lower()
    return "data for period starting" in head and "time period" in head


def rows_of(document: Document, question: Question) -> list[Rows]:
    """Return delivered and received energy of the blocks.

    Raises
    ------
    SchemaError
        No block, another unit, a row that is no period, gas.
    """
    text = _SPACES.sub(" ", document.text.replace("\xa0", " ").replace("\u202f", " "))
    lines = pd.DataFrame(_LINE.findall(text), columns=_PARTS, dtype=object)
    periods = (lines["start"] != "").to_numpy()
    block = np.cumsum(~periods) - 1
    rows = periods & (block >= 0)
    if not rows.any():
        raise SchemaError(
            "the file has the head of an SCE download and no rows of periods: download it again."
        )
    dated = _DATED.findall(text)
    if len(dated) != int(periods.sum()):
        wrong = next(line for line in dated if _LINE.match(line) is None)
        raise SchemaError(f"{wrong[:40]!r} is no period with its usage: download the file again.")
    heads = lines[~periods]
    units = np.array([_unit(head) for head in heads["quoted_unit"] + heads["unit"]])
    roles = np.array([_ROLES.get(word.lower(), "total") for word in heads["flow"]])
    scale, role = units[block[rows]], roles[block[rows]]
    found = lines[rows]
    start = pd.DatetimeIndex(pd.to_datetime(found["start"], format="%Y-%m-%d %H:%M", errors="coerce"))
    if start.hasnans:
        raise SchemaError(f"{found['start'].iloc[int(np.argmax(start.isna()))]!r} is no time.")
    kwh = numbers_of((found["quoted_value"] + found["value"]).tolist(), "usage") * scale
    quality = found["quoted_quality"] + found["quality"]
    codes, words = pd.factorize(quality)
    estimated = np.array(["estimat" in word.lower() for word in words], dtype=np.bool_)[codes]
    account = question.service_account_id or "file"
    registers = [
        Register(account, name, name, start[own], kwh[own], estimated[own])
        for name in ("total", "export")
        if (own := role == name).any()
    ]
    return side_by_side(registers)


def _unit(head: str) -> float:
    """Return kWh in one of the column's unit."""
    low = head.lower()
    for word, scale in _UNITS.items():
        if word in low:
            return scale
    if "therm" in low or "gas" in low or "cubic" in low:
        raise SchemaError("this is a gas meter's file, not electricity in kWh: download the electric one.")
    raise SchemaError(f"the column {head[:60]!r} says no unit of energy: kilowatt-hours are needed.")
