"""Readings in the order of account and time: what every check looks at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from .calendars import LocalCalendar
from .groups import highest_so_far
from .readings import Readings, readings
from .units import HOUR, Floats, Ints, Mask
from .zones import zoned


@dataclass(frozen=True)
class SortedRows:
    """Rows of an INTERVALS frame sorted by account, then start; doubles stay in the order they came in.

    Parameters
    ----------
    load : Readings
        The readings as they came.
    order : numpy.ndarray or None
        Which row of `load` each row is; None where they came in order.
    account, start, end : numpy.ndarray of int
        Account code, start and end [microseconds since 1970 UTC].
    total, on, off : numpy.ndarray of float
        Usage [kWh].
    calendar : LocalCalendar
        The rows' local calendar.
    """

    load: Readings
    order: Ints | None
    account: Ints
    start: Ints
    end: Ints
    total: Floats
    on: Floats
    off: Floats
    calendar: LocalCalendar

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def same_account(self) -> Mask:
        """Mark the rows that are of the same account as the row before; the first is not."""
        if len(self.load.accounts) < 2:
            return np.append(False, np.ones(max(len(self) - 1, 0), dtype=bool))[: len(self)]
        return np.append(False, self.account[1:] == self.account[:-1])[: len(self)]

    @cached_property
    def again(self) -> Mask:
        """Mark the rows that begin where another row of the account before them does."""
        return np.append(False, self.start[1:] == self.start[:-1])[: len(self)] & self.same_account

    def stamps(self, instants: Ints) -> pd.DatetimeIndex:
        """Return instants [microseconds] in the frame's zone."""
        return zoned(instants, self.calendar.tz)

    @cached_property
    def known(self) -> Mask:
        """Mark the rows whose total is known."""
        return ~np.isnan(self.total)

    @cached_property
    def gaps(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Absent stretches between an account's rows: account, start, end, and how many intervals."""
        behind = self.start[1:] - self.end[:-1]
        at = np.flatnonzero((behind > 0) & self.same_account[1:])
        if len(at) and not self.load.one_length:
            # Where intervals of several lengths overlap, an earlier row may reach over the gap.
            at = at[self.start[at + 1] > highest_so_far(self.account, self.end)[at]]
        step = self.end[at] - self.start[at]
        return self.account[at], self.end[at], self.start[at + 1], -(-behind[at] // step)


def sorted_rows(hourly: pd.DataFrame) -> SortedRows:
    """Return the rows of an INTERVALS frame sorted by account and start.

    Raises
    ------
    SchemaError
        Where the frame is not INTERVALS.
    """
    load = readings(hourly, "total_kwh", "interval_end", "on_peak_kwh", "off_peak_kwh")
    start, account = load.calendar.instant, load.account
    on, off = (
        hourly[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in ("on_peak_kwh", "off_peak_kwh")
    )
    end = start + load.length
    order = load.order
    if order is None:
        return SortedRows(load, None, account, start, end, load.kwh, on, off, load.calendar)
    return SortedRows(
        load,
        order,
        account[order],
        start[order],
        end[order],
        load.kwh[order],
        on[order],
        off[order],
        LocalCalendar(load.index[order]),
    )


def whole_hours(rows: SortedRows, first: Ints, last: Ints) -> Floats:
    """Return the length of each stretch from the start of `first` to the end of `last` [h]."""
    return np.asarray((rows.end[last] - rows.start[first]) / HOUR, dtype=np.float64)
