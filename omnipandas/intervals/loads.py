"""Accounts that share their intervals, as a matrix: instants x accounts."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from omnipandas.errors import SchemaError

from .calendars import LocalCalendar
from .units import HOUR, Floats, Ints

US_PER = {"s": 1_000_000, "ms": 1000, "us": 1, "ns": 0.001}


@dataclass(frozen=True)
class Loads:
    """Accounts that share their intervals.

    Parameters
    ----------
    index : DatetimeIndex
        The intervals' left edges, tz-aware.
    length : int
        Length of each interval [us].
    accounts : tuple of str
        The service accounts, in the order of the columns.
    usage : ndarray of shape (intervals, accounts)
        Usage [kWh].
    export : ndarray of shape (intervals, accounts), optional
        Energy sent to the grid [kWh], not negative.
    rows : ndarray of int, shape (intervals, accounts), optional
        Which row of the frame each value comes from, where it comes from INTERVALS.
    """

    index: pd.DatetimeIndex
    length: int
    accounts: tuple[Hashable, ...]
    usage: Floats
    export: Floats | None = None
    rows: Ints | None = None

    @cached_property
    def calendar(self) -> LocalCalendar:
        """The instants' local calendar."""
        return LocalCalendar(self.index)

    @property
    def hours(self) -> float:
        """Length of each interval [h]."""
        return self.length / HOUR

    @cached_property
    def gapless(self) -> bool:
        """Whether each interval begins where the one before ends."""
        return bool((np.diff(self.calendar.instant) == self.length).all())

    def sums(self, code: Ints, groups: int) -> Floats:
        """Return the usage of each group of instants and account, shape (groups, accounts) [kWh]."""
        table = np.zeros((groups, self.usage.shape[1]))
        if not len(code):
            return table
        order = np.argsort(code, kind="stable")
        first = np.flatnonzero(np.append(True, np.diff(code[order]) > 0))
        usage = self.usage if (np.diff(code) >= 0).all() else self.usage[order]
        table[code[order][first]] = (
            usage if len(first) == len(code) else np.add.reduceat(usage, first, axis=0)
        )
        return table


def length_of(index: pd.DatetimeIndex) -> int:
    """Return the intervals' length [us]: the first step of the index, an hour for a single interval."""
    stamps = index.asi8
    if len(stamps) < 2:
        return HOUR
    # In floating point only where the unit is finer than the microsecond: whole for all that is priced.
    return int(int(stamps[1] - stamps[0]) * US_PER[index.unit])


def checked_energy(
    values: Floats, index: pd.DatetimeIndex, accounts: tuple[Hashable, ...], what: str
) -> Floats:
    """Return energy, instants x accounts, or raise where a value is missing, infinite or negative."""
    if not values.size or (values.min() >= 0 and values.max() < np.inf):
        return values
    row, column = (int(found[0]) for found in np.nonzero(~((values >= 0) & (values < np.inf))))
    value = values[row, column]
    where = f"{what} of {accounts[column]} at {index[row]}"
    if value < 0:
        raise SchemaError(
            f"{where} is negative ({value} kWh). Export is a column of its own (export_kwh), "
            "not a minus sign; correct the reading, or split it with clip(lower=0)."
        )
    raise SchemaError(
        f"{where} is {'missing' if np.isnan(value) else 'infinite'}: a gap cannot be priced. Fill it on "
        "purpose (op.fill_gaps) or price the range before and after it."
    )
