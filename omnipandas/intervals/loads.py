"""What is to be priced: usage and export as matrices, checked, from any of the frames that hold them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.schema import INTERVALS

from .calendars import LocalCalendar
from .units import HOUR, Floats, Ints

US_PER = {"s": 1_000_000, "ms": 1000, "us": 1, "ns": 0.001}


@dataclass(frozen=True, slots=True)
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
    """

    index: pd.DatetimeIndex
    length: int
    accounts: tuple[Hashable, ...]
    usage: Floats
    export: Floats | None = None


def loads_of(hourly: pd.DataFrame | pd.Series, export: pd.DataFrame | pd.Series | None = None) -> list[Loads]:
    """Return the loads in `hourly`, one for each set of accounts with the same intervals.

    Parameters
    ----------
    hourly : DataFrame or Series
        INTERVALS in long form (`total_kwh`, and `export_kwh` where there is export), a tz-aware Series
        of one account's usage [kWh], or a frame with a tz-aware index and a column for each account [kWh].
    export : DataFrame or Series, optional
        Energy sent to the grid [kWh], in the same form as a Series or wide `hourly`.

    Raises
    ------
    SchemaError
        Not such a frame; gaps, doubles, intervals of several lengths; NaN or negative values.
    """
    if isinstance(hourly, pd.Series):
        return [_series(hourly, export)]
    if not isinstance(hourly, pd.DataFrame):
        raise SchemaError(
            f"an INTERVALS frame, a Series or a frame of accounts is needed, not {type(hourly).__name__}."
        )
    if "total_kwh" in hourly.columns or "service_account_id" in hourly.columns:
        if export is not None:
            raise SchemaError("give export as the column export_kwh of the INTERVALS frame.")
        return list(_long(hourly))
    return [_wide(hourly, export)]


def _series(usage: pd.Series, export: pd.Series | pd.DataFrame | None) -> Loads:
    index = _zoned(usage.index)
    name = "load" if usage.name is None else usage.name
    values = _checked(usage.to_numpy(dtype=float), index, (name,), "usage")
    sent = None
    if export is not None:
        sent = _checked(_aligned(export, index).reshape(-1, 1), index, (name,), "export")
    return Loads(index, length_of(index), (name,), values.reshape(-1, 1), sent)


def _wide(usage: pd.DataFrame, export: pd.Series | pd.DataFrame | None) -> Loads:
    index = _zoned(usage.index)
    accounts = tuple(usage.columns)
    if len(set(accounts)) < len(accounts):
        raise SchemaError("two columns of the frame of accounts have one name; each account needs its own.")
    if text := [name for name, dtype in usage.dtypes.items() if not pd.api.types.is_numeric_dtype(dtype)]:
        raise SchemaError(
            f"column {text[0]!r} of the frame of accounts is not numbers in kWh. In long form the usage "
            "column is named total_kwh."
        )
    values = _checked(usage.to_numpy(dtype=float), index, accounts, "usage")
    sent = None
    if export is not None:
        if isinstance(export, pd.Series) or tuple(export.columns) != accounts:
            raise SchemaError("export must be a frame with the same accounts as the usage.")
        sent = _checked(_aligned(export, index), index, accounts, "export")
    return Loads(index, length_of(index), accounts, values, sent)


def _aligned(export: pd.Series | pd.DataFrame, index: pd.DatetimeIndex) -> Floats:
    if not export.index.equals(index):
        raise SchemaError("export must have the same index as the usage.")
    return export.to_numpy(dtype=float)


def _long(frame: pd.DataFrame) -> Iterator[Loads]:
    INTERVALS.require(frame, ["service_account_id", "total_kwh"])
    index = _zoned(frame.index)
    codes, accounts = pd.factorize(frame["service_account_id"])
    if (codes < 0).any():
        raise SchemaError("service_account_id is missing in a row of the INTERVALS frame.")
    stamps = index.as_unit("us").asi8
    order = np.lexsort((stamps, codes))
    codes, stamps = codes[order], stamps[order]
    usage = frame["total_kwh"].to_numpy(dtype=float)[order]
    sent = None
    if "export_kwh" in frame.columns:
        INTERVALS.require(frame, ["service_account_id"])
        sent = frame["export_kwh"].to_numpy(dtype=float)[order]
    length = _stated_length(frame, index)
    edges = [0, *(np.flatnonzero(np.diff(codes)) + 1), len(codes)]
    groups: list[list[tuple[int, int]]] = []
    for start, stop in pairwise(edges):
        for group in groups:
            first = stamps[slice(*group[0])]
            if len(first) == stop - start and np.array_equal(first, stamps[start:stop]):
                group.append((start, stop))
                break
        else:
            groups.append([(start, stop)])
    for group in groups:
        shared = index[order[slice(*group[0])]]
        names = tuple(accounts[codes[start]] for start, _ in group)
        columns = np.column_stack([usage[start:stop] for start, stop in group])
        values = _checked(columns, shared, names, "total_kwh")
        out = None
        if sent is not None:
            out = _checked(np.column_stack([sent[a:b] for a, b in group]), shared, names, "export_kwh")
        yield Loads(shared, length or length_of(shared), names, values, out)


def _stated_length(frame: pd.DataFrame, index: pd.DatetimeIndex) -> int | None:
    if "interval_end" not in frame.columns or not len(frame):
        return None
    ends = pd.DatetimeIndex(frame["interval_end"])
    if ends.tz is None:
        raise SchemaError("interval_end has no time zone; give it the index's.")
    lengths = ends.as_unit("us").asi8 - index.as_unit("us").asi8
    if lengths.min() != lengths.max() or lengths[0] <= 0:
        odd = index[int(np.argmax(lengths != lengths[0]))]
        raise SchemaError(
            f"intervals of several lengths: the one at {odd} is not as long as the first. "
            "Bring them to one length first."
        )
    return int(lengths[0])


def _zoned(index: pd.Index) -> pd.DatetimeIndex:
    if not isinstance(index, pd.DatetimeIndex):
        raise SchemaError(f"the load needs a DatetimeIndex of interval starts, not {type(index).__name__}.")
    if index.tz is None:
        raise SchemaError(
            "the load's index has no time zone, so its local hours are unknown: give the premise's, "
            'for example load.tz_localize("America/New_York", ambiguous="infer").'
        )
    return index


def length_of(index: pd.DatetimeIndex) -> int:
    """Return the intervals' length [us]: the first step of the index, an hour for a single interval."""
    stamps = index.asi8
    if len(stamps) < 2:
        return HOUR
    # In floating point only where the unit is finer than the microsecond: whole for all that is priced.
    return int(int(stamps[1] - stamps[0]) * US_PER[index.unit])


def _checked(values: Floats, index: pd.DatetimeIndex, accounts: Iterable[Hashable], what: str) -> Floats:
    """Return `values`, or raise where one is missing, infinite or negative."""
    if not values.size or (values.min() >= 0 and values.max() < np.inf):
        return values
    matrix = values.reshape(len(index), -1)
    row, column = (int(found[0]) for found in np.nonzero(~((matrix >= 0) & (matrix < np.inf))))
    account, value = tuple(accounts)[column], matrix[row, column]
    where = f"{what} of {account} at {index[row]}"
    if value < 0:
        raise SchemaError(
            f"{where} is negative ({value} kWh). Export is a column of its own (export_kwh), "
            "not a minus sign; correct the reading, or split it with clip(lower=0)."
        )
    raise SchemaError(
        f"{where} is {'missing' if np.isnan(value) else 'infinite'}: a gap cannot be priced. Fill it on "
        "purpose (op.fill_gaps) or price the range before and after it."
    )


@dataclass(frozen=True)
class Block:
    """Rows of which each instant holds the same accounts in the same order, as an array of two axes.

    Parameters
    ----------
    kwh : numpy.ndarray, shape (instants, accounts)
        Usage [kWh], all known.
    account : numpy.ndarray
        Which account each column is.
    calendar : LocalCalendar
        The instants' local calendar.
    hours : float
        Length of every interval [h].
    gapless : bool
        Whether each interval begins where the one before ends.
    """

    kwh: Floats
    account: Ints
    calendar: LocalCalendar
    hours: float
    gapless: bool

    def sums(self, code: Ints, groups: int) -> Floats:
        """Return the usage of each account and group, ``accounts x groups`` long [kWh]."""
        order = np.argsort(code, kind="stable")
        first = np.flatnonzero(np.append(True, np.diff(code[order]) > 0))
        table = np.zeros((groups, self.kwh.shape[1]))
        usage = self.kwh if (np.diff(code) >= 0).all() else self.kwh[order]
        table[code[order][first]] = (
            usage if len(first) == len(code) else np.add.reduceat(usage, first, axis=0)
        )
        return self.by_account(table)

    def by_account(self, table: Floats) -> Floats:
        """Return a table of groups x columns in the order ``account x groups``."""
        columns = table.T
        if (np.diff(self.account) != 1).any():
            columns = columns[np.argsort(self.account)]
        return np.ascontiguousarray(columns).ravel()
