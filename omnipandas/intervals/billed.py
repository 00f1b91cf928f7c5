"""What was billed, by month or by read dates, in one form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.schema import BILLS, MONTHLY

from .readings import account_codes
from .units import Floats, Ints, Mask

Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Billed:
    """The rows of a MONTHLY or a BILLS frame.

    Parameters
    ----------
    frame : DataFrame
        The frame, unchanged.
    accounts : pandas.Index
        Accounts that have rows, in the order of the category.
    account : numpy.ndarray
        Each row's place in `accounts`.
    start, end : numpy.ndarray of datetime64[D]
        Each row's first day, and the day after its last.
    monthly : bool
        Whether the rows are calendar months.
    """

    frame: pd.DataFrame
    accounts: pd.Index
    account: Ints
    start: Days
    end: Days
    monthly: bool

    @cached_property
    def month(self) -> Days:
        """The month that holds the middle day of each row's period."""
        middle: Days = self.start + (self.end - self.start) // 2
        return middle.astype("datetime64[M]")

    @property
    def months(self) -> pd.DatetimeIndex:
        """Those months as an index, each by its first day."""
        return pd.DatetimeIndex(self.month.astype("datetime64[us]"), name=MONTHLY.index.name)

    @property
    def days(self) -> Ints:
        """How many days each row is of."""
        return (self.end - self.start).astype(np.int64)

    def numbers(self, name: str) -> Floats:
        """Return a column as numbers, NaN where unknown."""
        return np.asarray(self.frame[name].to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)


def billed(frame: pd.DataFrame, columns: Iterable[str]) -> Billed:
    """Return a MONTHLY or BILLS frame as periods; which one it is its columns say.

    Raises
    ------
    SchemaError
        Where the frame is neither as far as `columns` go: in MONTHLY an index that is no month's first day
        (such bills belong to no one month), in BILLS a period that does not end after it starts.
    """
    by_dates = isinstance(frame, pd.DataFrame) and "period_end" in frame.columns
    if by_dates and "period_start" in frame.columns:
        frame = frame.set_index("period_start")
    names = ["service_account_id", *columns]
    if not by_dates:
        MONTHLY.require(frame, names)
        start = _days(pd.DatetimeIndex(frame.index), "MONTHLY")
        months = start.astype("datetime64[M]")
        if (wrong := months != start).any():
            raise SchemaError(
                f"the MONTHLY frame's index holds {start[int(np.argmax(wrong))]}, which is no month's first "
                "day. Bills by read dates are BILLS: op.read_bills(path) makes them, or name the index "
                "period_start and add period_end, the day after each bill's last."
            )
        accounts, account = account_codes(frame["service_account_id"])
        return Billed(frame, accounts, account, start, (months + 1).astype("datetime64[D]"), monthly=True)
    BILLS.require(frame, [*names, "period_end"])
    end_column = frame["period_end"]
    if end_column.dtype.kind != "M" or end_column.isna().any():
        raise SchemaError("column period_end of the BILLS frame must hold days, one in each row.")
    start, end = (_days(pd.DatetimeIndex(edge), "BILLS") for edge in (frame.index, end_column))
    short: Mask = end <= start
    if short.any():
        at = int(np.argmax(short))
        raise SchemaError(
            f"the bill from {start[at]} ends {end[at]}, not after it starts: period_end is the day after its "
            "last."
        )
    return Billed(frame, *account_codes(frame["service_account_id"]), start, end, monthly=False)


def _days(stamps: pd.DatetimeIndex, table: str) -> Days:
    if stamps.tz is not None:
        raise SchemaError(
            f"the days of the {table} frame have a time zone ({stamps.tz}): take it off by "
            "tz_localize(None), or convert to the premise's first."
        )
    days = stamps.to_numpy().astype("datetime64[D]")
    if (days != stamps.to_numpy()).any():
        raise SchemaError(f"the {table} frame holds times of day where days belong: use normalize().")
    return days
