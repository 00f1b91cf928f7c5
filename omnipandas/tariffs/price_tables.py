"""A tariff's prices and hours as tables, to be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from typing import Any

import numpy as np
import pandas as pd

from omnipandas.schema import TEXT

from .components import Charge, Timed


def price_table(charges: Iterable[Charge]) -> pd.DataFrame:
    """Return the prices of charges as `Tariff.table` has them."""
    rows = [row for charge in charges for row in charge.table_rows()]
    table = pd.DataFrame(rows, columns=["charge", "period", "tier", "up_to", "price", "unit"])
    kinds: dict[str, Any] = dict.fromkeys(("charge", "period", "unit"), TEXT)
    return table.astype(kinds | {"tier": "Int64", "up_to": "float64", "price": "float64"})


def hours_table(charge: Timed, days: Sequence[int]) -> pd.DataFrame:
    """Return the labels of a charge's periods by month and hour, as `Tariff.schedule` has them.

    Parameters
    ----------
    charge : Energy or Demand
        The charge.
    days : sequence of int
        The weekdays, Monday 0 to Sunday 6; where they differ, a cell has the labels of all.
    """
    codes = charge.week.weeks[:, list(days)]
    slots = codes.shape[2]
    hours = pd.RangeIndex(24) if slots == 24 else pd.Index(np.arange(slots) * 24 / slots)
    named = np.array(charge.labels, dtype=object)[codes]
    cells = [[" | ".join(dict.fromkeys(cell)) for cell in month.T.tolist()] for month in named]
    return pd.DataFrame(
        cells, index=pd.RangeIndex(1, 13, name="month"), columns=hours.rename("hour"), dtype=TEXT
    )


def price_lines(charges: Iterable[Charge]) -> list[str]:
    """Return the price table as lines of text, its columns aligned."""
    rows = price_table(charges)
    table = pd.DataFrame(
        {
            "charge": rows["charge"],
            "period": rows["period"],
            "tier": ["" if pd.isna(number) else str(number) for number in rows["tier"]],
            "up_to": ["" if pd.isna(bound) or bound == inf else _shown(bound) for bound in rows["up_to"]],
            "price": [_shown(price) for price in rows["price"]],
            "unit": rows["unit"],
        }
    )
    return _aligned(table)


def _shown(number: float) -> str:
    text = f"{number:.6f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def _aligned(table: pd.DataFrame) -> list[str]:
    columns = [[name.replace("_", " "), *map(str, table[name])] for name in table.columns]
    left = {"charge", "period", "unit"}
    cells = []
    for name, column in zip(table.columns, columns, strict=True):
        width = max(map(len, column))
        cells.append([text.ljust(width) if name in left else text.rjust(width) for text in column])
    return ["  ".join(row).rstrip() for row in zip(*cells, strict=True)]
