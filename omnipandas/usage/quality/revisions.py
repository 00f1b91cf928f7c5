"""What changed since the last pull."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.intervals.ordered import SortedRows, sorted_rows
from omnipandas.intervals.readings import readings
from omnipandas.intervals.units import Floats, Ints, Mask

from .findings import Found, runs


def check_revisions(rows: SortedRows, previous: pd.DataFrame) -> Iterator[Found]:
    """Yield which values changed, which rows are gone and which are new, within each account's range."""
    zone = readings(previous, "total_kwh").index.tz
    if str(zone) != str(rows.calendar.tz):
        raise SchemaError(
            f"the last pull is in {zone}, this one in {rows.calendar.tz}: convert it by previous.tz_convert."
        )
    old = sorted_rows(previous)
    own = rows.load.accounts.get_indexer(old.load.accounts)[old.account]
    key, old_key = (
        _keys(account, start) for account, start in ((rows.account, rows.start), (own, old.start))
    )
    both, here, there = np.intersect1d(key, old_key, return_indices=True)
    changed = np.zeros(len(rows), dtype=bool)
    differs = np.zeros(len(both), dtype=bool)
    for name in ("total", "on", "off"):
        differs |= ~_equal(getattr(rows, name)[here], getattr(old, name)[there])
    changed[here[differs]] = True
    yield runs("revised", changed, rows.account, rows.start, rows.end)
    gone = (own >= 0) & ~np.isin(old_key, both)
    yield runs("vanished", gone, own, old.start, old.end)
    known = np.isin(rows.account, own)
    yield runs("added", known & ~np.isin(key, both), rows.account, rows.start, rows.end)


def _keys(account: Ints, start: Ints) -> np.ndarray:
    """Return one sortable key for each row: account, start, and which of several doubles it is."""
    same = np.append(False, (start[1:] == start[:-1]) & (account[1:] == account[:-1]))[: len(start)]
    place = np.arange(len(start))
    nth = place - np.maximum.accumulate(np.where(same, 0, place)) if len(start) else place
    keys = np.empty(len(start), dtype=[("account", np.int64), ("start", np.int64), ("nth", np.int64)])
    keys["account"], keys["start"], keys["nth"] = account, start, nth
    return keys


def _equal(new: Floats, old: Floats) -> Mask:
    """Mark values that are the same to a tenth of a watt-hour, or unknown in both."""
    return (np.abs(new - old) <= 1e-4) | (np.isnan(new) & np.isnan(old))
