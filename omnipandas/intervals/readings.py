"""A frame's rows as plain arrays: which account, how much, over how long."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.schema import INTERVALS, UNIT

from .calendars import LocalCalendar
from .groups import counted, summed
from .loads import Loads
from .units import HOUR, QUARTER, Floats, Ints, Mask
from .zones import zoned

Number = TypeVar("Number", bound=np.number)


@dataclass(frozen=True)
class Readings:
    """One usage column of an INTERVALS frame, ready to be counted.

    Parameters
    ----------
    frame : DataFrame
        The frame, unchanged.
    accounts : pandas.Index
        Accounts that have rows, in the order of the category.
    account : numpy.ndarray
        Each row's place in `accounts`.
    kwh : numpy.ndarray
        Usage [kWh]; NaN where unknown.
    """

    frame: pd.DataFrame
    accounts: pd.Index
    account: Ints
    kwh: Floats

    def of(self, kwh: Floats) -> Readings:
        """Return the same rows with other usage [kWh]."""
        other = Readings(self.frame, self.accounts, self.account, kwh)
        # What hangs on the rows alone need not be made again.
        for name in ("index", "instant", "calendar", "length", "_ends", "one_length"):
            if name in self.__dict__:
                other.__dict__[name] = self.__dict__[name]
        if self.block is not None and not np.isnan(kwh).any():
            # What makes the rows a block does not hang on the usage: it need not be looked for again.
            other.__dict__["block"] = replace(self.block, usage=self.matrix(kwh))
        return other

    @cached_property
    def index(self) -> pd.DatetimeIndex:
        """The frame's index."""
        return pd.DatetimeIndex(self.frame.index)

    @cached_property
    def instant(self) -> Ints:
        """Each row's start [microseconds since 1970 UTC]."""
        return self.index.as_unit(UNIT).asi8

    @cached_property
    def calendar(self) -> LocalCalendar:
        """The rows' local calendar."""
        return LocalCalendar(self.index)

    @cached_property
    def block(self) -> Loads | None:
        """The rows as a matrix, where each instant has the same accounts in one order and all are known.

        None where they are no such block, or a single account's.
        """
        accounts = len(self.accounts)
        if accounts < 2 or len(self.kwh) % accounts or self.known is not None:
            return None
        shape = (-1, accounts)
        start, account = self.instant.reshape(shape), self.account.reshape(shape)
        if (
            (start != start[:, :1]).any()
            or (account != account[0]).any()
            or (np.diff(start[:, 0]) <= 0).any()
        ):
            return None
        length = self._ends.reshape(shape) - start
        if len(np.unique(account[0])) < accounts or length[0, 0] <= 0 or (length != length[0, 0]).any():
            return None
        usage = self.matrix(self.kwh)
        return Loads(self.index[::accounts], int(length[0, 0]), tuple(self.accounts), usage)

    def matrix(self, values: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """Return values of the rows of a block, instants x accounts."""
        first = self.account[: len(self.accounts)]
        table = values.reshape(-1, len(first))
        return table if (np.diff(first) == 1).all() else table[:, np.argsort(first)]

    @cached_property
    def known(self) -> npt.NDArray[np.bool_] | None:
        """Mark the rows whose usage is known; None where all are."""
        unknown = np.isnan(self.kwh)
        return ~unknown if unknown.any() else None

    @cached_property
    def length(self) -> Ints:
        """Each row's length [microseconds]."""
        length = np.asarray(self._ends - self.instant, dtype=np.int64)
        if len(length) and length.min() <= 0:
            at = self.frame.index[int(np.argmin(length))]
            raise SchemaError(f"the interval that starts {at} does not end after it: mend interval_end.")
        return length

    @cached_property
    def _ends(self) -> Ints:
        end = self.frame["interval_end"].array
        if not isinstance(end, pd.arrays.DatetimeArray) or end.tz is None:
            raise SchemaError(f"column interval_end must hold instants with a time zone, not {end.dtype}.")
        return np.asarray(end.as_unit(UNIT).view("int64"), dtype=np.int64)

    @cached_property
    def one_length(self) -> int | None:
        """The length that all rows share [microseconds]; None where they differ or there are none."""
        length = self.length
        return int(length[0]) if len(length) and (length == length[0]).all() else None

    @cached_property
    def order(self) -> Ints | None:
        """The order of the rows by account, then start, doubles as they came; None where they are in it."""
        start, step = self.instant, np.diff(self.account)
        if ((step > 0) | ((step == 0) & (np.diff(start) >= 0))).all():
            return None
        return np.lexsort((start, self.account))

    @property
    def kw(self) -> Floats:
        """Mean demand of each row [kW]."""
        if self.one_length == HOUR:
            return self.kwh
        return np.asarray(self.kwh * HOUR / self.length, dtype=np.float64)

    def sums(self, code: Ints, groups: int) -> Floats:
        """Return the known usage of each group [kWh]."""
        if self.known is None:
            return summed(code, self.kwh, groups)
        return summed(code[self.known], self.kwh[self.known], groups)

    @cached_property
    def spans(self) -> tuple[Ints, Ints]:
        """Return each account's first start and last end [microseconds]."""
        instant, n = self.instant, len(self.accounts)
        if n == 1:
            return instant.min(keepdims=True), (instant + self.length).max(keepdims=True)
        start = np.full(n, np.iinfo(np.int64).max)
        end = np.full(n, np.iinfo(np.int64).min)
        np.minimum.at(start, self.account, instant)
        np.maximum.at(end, self.account, instant + self.length)
        return start, end

    @cached_property
    def gapless(self) -> bool:
        """Whether the rows are one account's, in order, each beginning where the one before ends."""
        if len(self.accounts) != 1 or self.one_length is None:
            return False
        instant = self.instant
        return bool((np.diff(instant) == self.one_length).all())

    def totals(self, coder: Callable[[LocalCalendar], Ints], groups: int) -> tuple[Floats, Floats, Mask]:
        """Return known usage [kWh] and its hours by account and group, and which groups have rows.

        Parameters
        ----------
        coder : callable
            Gives the group of each row of a calendar.
        groups : int
            Number of groups; the results are ``accounts x groups`` long.
        """
        size = groups * len(self.accounts)
        if self.block is not None:
            code = coder(self.block.calendar)
            rows = np.tile(counted(code, groups), len(self.accounts))
            hours = np.asarray(rows * self.block.hours, dtype=np.float64)
            return self.block.sums(code, groups).T.ravel(), hours, rows > 0
        code = self.of_account(coder(self.calendar), groups)
        rows = counted(code, size)
        if self.known is None and self.one_length is not None:
            hours = np.asarray(rows * (self.one_length / HOUR), dtype=np.float64)
            return summed(code, self.kwh, size), hours, rows > 0
        return self.sums(code, size), self.known_hours(code, size), rows > 0

    def missing_hours(self, coder: Callable[[LocalCalendar], Ints], groups: int, known: Floats) -> Floats:
        """Return the hours between each account's first and last row that are not known."""
        whole = self.gapless if self.block is None else self.block.gapless
        if whole and self.known is None:
            return np.zeros(len(known))
        return np.maximum(self.expected_hours(coder, groups) - known, 0.0)

    def expected_hours(self, coder: Callable[[LocalCalendar], Ints], groups: int) -> Floats:
        """Return the hours between each account's first and last row, by account and group.

        Parameters
        ----------
        coder : callable
            Gives the group of each row of a calendar.
        groups : int
            Number of groups; the result is ``accounts x groups`` long.
        """
        if not len(self.kwh):
            return np.zeros(0)
        step = self.one_length or math.gcd(QUARTER, int(np.gcd.reduce(self.length)))
        if self.gapless:
            return np.asarray(counted(coder(self.calendar), groups) * (step / HOUR), dtype=np.float64)
        start, end = self.spans
        low = int(start.min())
        grid = np.arange(low, int(end.max()), step)
        codes = coder(LocalCalendar(zoned(grid, self.index.tz)))
        first, last = (start - low) // step, -((low - end) // step)
        spans, place = np.unique(np.stack([first, last]), axis=1, return_inverse=True)
        counts = np.array([counted(codes[a:b], groups) for a, b in spans.T])
        return np.asarray(counts[place.ravel()] * (step / HOUR), dtype=np.float64).ravel()

    def known_hours(self, code: Ints, groups: int) -> Floats:
        """Return the hours whose usage is known, by group."""
        known = slice(None) if self.known is None else self.known
        if self.one_length is not None:
            return np.asarray(counted(code[known], groups) * (self.one_length / HOUR), dtype=np.float64)
        return summed(code[known], self.length[known] / HOUR, groups)

    def of_account(self, code: Ints, groups: int) -> Ints:
        """Return ``account x groups + code``."""
        return code if len(self.accounts) < 2 else self.account * groups + code

    def account_column(self, place: Ints) -> pd.Categorical:
        """Return the accounts at these places as a category column."""
        return pd.Categorical.from_codes(place.astype(np.intp), categories=self.accounts)


def readings(hourly: pd.DataFrame, column: str = "total_kwh", *needed: str) -> Readings:
    """Return one usage column of an INTERVALS frame as arrays.

    Raises
    ------
    SchemaError
        Where the frame is not INTERVALS as far as the study needs it.
    """
    if column not in INTERVALS.names and isinstance(hourly, pd.DataFrame) and column not in hourly.columns:
        raise SchemaError(
            f"the frame has no column {column!r}; it has {', '.join(map(str, hourly.columns))}."
        )
    INTERVALS.require(hourly, ["service_account_id", column, *needed])
    accounts, account = account_codes(hourly["service_account_id"])
    kwh = hourly[column].to_numpy(dtype=np.float64, na_value=np.nan)
    return Readings(hourly, accounts, account, kwh)


def account_codes(column: pd.Series) -> tuple[pd.Index, Ints]:
    """Return the accounts that occur, and each row's place among them.

    Raises
    ------
    SchemaError
        Where a row has no account.
    """
    category = column.array if isinstance(column.dtype, pd.CategoricalDtype) else pd.Categorical(column)
    codes = np.asarray(category.codes)
    accounts = category.categories
    if not len(codes):
        return accounts[:0], codes.astype(np.int64)
    if codes.min() < 0:
        raise SchemaError("service_account_id is missing in some rows: drop them or name their account.")
    if len(accounts) > 1:
        present = np.bincount(codes, minlength=len(accounts)) > 0
        if not present.all():
            codes = (np.cumsum(present) - 1)[codes]
            accounts = accounts[present]
    return accounts, codes.astype(np.int64)
