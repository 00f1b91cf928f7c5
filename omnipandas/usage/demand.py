"""Demand [kW]: its peaks, its mean against them, its base, and how fast it changes."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.intervals.calendars import Buckets
from omnipandas.intervals.groups import counted, grouped_quantiles
from omnipandas.intervals.loads import Loads
from omnipandas.intervals.readings import Readings, readings
from omnipandas.intervals.units import HOUR, Floats, Ints
from omnipandas.intervals.zones import zoned
from omnipandas.schema import BASE_LOAD, LOAD_FACTOR, PEAK_DEMAND, RAMP, Table

from .choices import choice

BY = ("day", "month", "year", "all")
NEAR_BASE = 0.025
FULL_DAY = 0.8


class _Grouped:
    """Rows in buckets of local time, by account."""

    def __init__(self, load: Readings, by: str) -> None:
        self.load = load
        self.calendar = load.calendar if load.block is None else load.block.calendar
        self.buckets = Buckets(self.calendar, by)
        self.own = self.buckets.of(self.calendar)
        self.size = self.buckets.count * len(load.accounts)
        self.kwh, hours, rows = load.totals(self.buckets.of, self.buckets.count)
        self.kept = np.flatnonzero(rows)
        self.hours = hours[self.kept]

    @cached_property
    def code(self) -> Ints:
        """Each row's account and bucket."""
        return self.load.of_account(self.buckets.of(self.load.calendar), self.buckets.count)

    @cached_property
    def kw(self) -> Floats:
        """Demand [kW], instants x accounts where the rows are a block."""
        return self.load.kw if self.load.block is None else self.load.block.usage / self.load.block.hours

    def frame(self, table: Table, columns: dict[str, object]) -> pd.DataFrame:
        """Return the columns of one row for each account and bucket that has rows."""
        place = self.kept % self.buckets.count
        missing = np.maximum(self.buckets.hours[place] - self.hours, 0.0)
        every = {
            "service_account_id": self.load.account_column(self.kept // self.buckets.count),
            **columns,
            "hours": self.hours,
            "missing_hours": missing,
        }
        index = self.buckets.starts[place].rename("interval_start")
        return pd.DataFrame({name: every[name] for name in table.names}, index=index)

    def highest(self, values: Floats) -> tuple[Floats, Ints]:
        """Return each bucket's highest value, and the row of the first interval that has it; -1 for none."""
        best, row = self._highest_rows(values) if values.ndim == 1 else self._highest_block(values)
        return np.where(np.isinf(best), np.nan, best)[self.kept], np.where(np.isinf(best), -1, row)[self.kept]

    def _highest_rows(self, values: Floats) -> tuple[Floats, Ints]:
        best = np.full(self.size, -np.inf)
        known = np.flatnonzero(~np.isnan(values))
        np.maximum.at(best, self.code[known], values[known])
        rows = known[values[known] == best[self.code[known]]]
        rows = rows[np.argsort(-self.calendar.instant[rows], kind="stable")]
        row = np.full(self.size, -1)
        row[self.code[rows]] = rows
        return best, row

    def _highest_block(self, values: Floats) -> tuple[Floats, Ints]:
        best = np.full((self.buckets.count, values.shape[1]), -np.inf)
        row = np.full(best.shape, -1)
        first = np.flatnonzero(np.append(True, np.diff(self.own) > 0))
        for start, end in zip(first.tolist(), [*first[1:].tolist(), len(self.own)], strict=True):
            part = values[start:end]
            if np.isnan(part).any():
                part = np.where(np.isnan(part), -np.inf, part)
            at = np.argmax(part, axis=0)
            best[self.own[start]] = part[at, np.arange(len(at))]
            row[self.own[start]] = at + start
        return best.T.ravel(), np.asarray(row.T.ravel(), dtype=np.int64)

    def when(self, row: Ints) -> pd.DatetimeIndex:
        """Return the starts of rows; NaT for -1."""
        instants = np.where(row < 0, np.iinfo(np.int64).min, self.calendar.instant[row])
        return zoned(instants, self.load.index.tz)


def _grouped(hourly: pd.DataFrame, by: str, column: str) -> _Grouped | str:
    """Return the rows in buckets, or the frame's zone where there are none."""
    choice("by", by, BY)
    load = readings(hourly, column, "interval_end")
    return _Grouped(load, by) if len(load.kwh) else str(load.index.tz)


def peak_demand(hourly: pd.DataFrame, by: str = "month", *, column: str = "total_kwh") -> pd.DataFrame:
    """Return the highest demand of each local day, month or year, and when it was.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS, of one account or of many, in any order.
    by : {"day", "month", "year", "all"}, default "month"
        Over what to look for it, in local time.
    column : str, default "total_kwh"
        The usage column to study.

    Returns
    -------
    DataFrame
        PEAK_DEMAND: index `interval_start` (of the day, month or year), `peak_kw` [kW], `peak_at` (start of
        the first interval that has it), `minutes` (length of that interval), `hours` and `missing_hours` [h].
        An empty frame gives an empty result; without a known interval a peak is NaN.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS.
    ArgumentError
        Where `by` is none of the four.

    Notes
    -----
    Demand is the mean over an interval. Demand charges mostly use 15 minutes: an hourly peak understates
    what is billed.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-07-01", periods=4, freq="h", tz="America/New_York", unit="us")
    >>> hourly = pd.DataFrame(
    ...     {
    ...         "service_account_id": "a",
    ...         "interval_end": index + pd.Timedelta("1h"),
    ...         "total_kwh": [1.0, 3.0, 2.0, 0.5],
    ...     },
    ...     index=index,
    ... )
    >>> op.peak_demand(hourly)[["peak_kw", "peak_at", "missing_hours"]]
                               peak_kw                   peak_at  missing_hours
    interval_start
    2023-07-01 00:00:00-04:00      3.0 2023-07-01 01:00:00-04:00          740.0
    """
    grouped = _grouped(hourly, by, column)
    if isinstance(grouped, str):
        return PEAK_DEMAND.empty(grouped)
    peak, row = grouped.highest(grouped.kw)
    length = grouped.load.length[row] if grouped.load.block is None else grouped.load.block.hours * HOUR
    minutes = np.where(row < 0, np.nan, length / (HOUR / 60))
    return grouped.frame(PEAK_DEMAND, {"peak_kw": peak, "peak_at": grouped.when(row), "minutes": minutes})


def load_factor(hourly: pd.DataFrame, by: str = "month", *, column: str = "total_kwh") -> pd.DataFrame:
    """Return mean demand by peak demand of each local day, month or year.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS, of one account or of many, in any order.
    by : {"day", "month", "year", "all"}, default "month"
        Over what, in local time.
    column : str, default "total_kwh"
        The usage column to study.

    Returns
    -------
    DataFrame
        LOAD_FACTOR: index `interval_start`; `mean_kw` and `peak_kw` [kW] over the known intervals,
        `load_factor` (of 1; NaN where the peak is 0 or unknown), `hours` and `missing_hours` [h]. An empty
        frame gives an empty result.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS.
    ArgumentError
        Where `by` is none of the four.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-07-01", periods=24, freq="h", tz="America/New_York", unit="us")
    >>> hourly = pd.DataFrame(
    ...     {
    ...         "service_account_id": "a",
    ...         "interval_end": index + pd.Timedelta("1h"),
    ...         "total_kwh": [1.0, 3.0] * 12,
    ...     },
    ...     index=index,
    ... )
    >>> float(op.load_factor(hourly, by="day")["load_factor"].iloc[0])
    0.666...
    """
    grouped = _grouped(hourly, by, column)
    if isinstance(grouped, str):
        return LOAD_FACTOR.empty(grouped)
    peak, _ = grouped.highest(grouped.kw)
    kwh = grouped.kwh[grouped.kept]
    mean = np.divide(kwh, grouped.hours, out=np.full(len(kwh), np.nan), where=grouped.hours > 0)
    factor = np.divide(mean, peak, out=np.full(len(kwh), np.nan), where=peak > 0)
    return grouped.frame(LOAD_FACTOR, {"mean_kw": mean, "peak_kw": peak, "load_factor": factor})


def base_load(hourly: pd.DataFrame, by: str = "month", *, column: str = "total_kwh") -> pd.DataFrame:
    """Return the base load of each month or year: the median of its days' near-base loads.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS, of one account or of many, in any order.
    by : {"day", "month", "year", "all"}, default "month"
        Over what to take the median, in local time.
    column : str, default "total_kwh"
        The usage column to study.

    Returns
    -------
    DataFrame
        BASE_LOAD: index `interval_start`; `base_kw` [kW], `base_share` (of the mean load), `days` (that
        count: those with 80 % of their hours or more), `hours` and `missing_hours` [h]. An empty frame gives
        an empty result.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS.
    ArgumentError
        Where `by` is none of the four.

    Notes
    -----
    A day's near-base load is the 2.5th percentile of its loads: P. Price, Methods for Analyzing Electric
    Load Shape and its Variability, LBNL-3713E, 2010. The percentile keeps one dip of the meter from
    setting the base, the median one odd day.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-07-01", "2023-07-03", freq="h", tz="America/New_York", inclusive="left")
    >>> hourly = pd.DataFrame(
    ...     {
    ...         "service_account_id": "a",
    ...         "interval_end": index + pd.Timedelta("1h"),
    ...         "total_kwh": [0.2, 0.2, 1.0] * 16,
    ...     },
    ...     index=index,
    ... )
    >>> op.base_load(hourly)[["base_kw", "days"]].reset_index(drop=True)
       base_kw  days
    0      0.2     2
    """
    grouped = _grouped(hourly, by, column)
    if isinstance(grouped, str):
        return BASE_LOAD.empty(grouped)
    load, buckets = grouped.load, grouped.buckets
    days = Buckets(grouped.calendar, "day")
    near, hours = _near_base(load, days)
    full = hours >= FULL_DAY * np.tile(days.hours, len(load.accounts))
    bucket_of_day = np.zeros(days.count, dtype=np.int64)
    bucket_of_day[grouped.calendar.day] = grouped.own
    at = np.flatnonzero(full)
    owner = at // days.count * buckets.count + bucket_of_day[at % days.count]
    base = grouped_quantiles(owner, near[at], grouped.size, (0.5,))[0][grouped.kept]
    kwh = grouped.kwh[grouped.kept]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(kwh > 0, base * grouped.hours / kwh, np.nan)
    counts = counted(owner, grouped.size)[grouped.kept]
    return grouped.frame(BASE_LOAD, {"base_kw": base, "base_share": share, "days": counts})


def _near_base(load: Readings, days: Buckets) -> tuple[Floats, Floats]:
    """Return each account's near-base load [kW] and known hours of each day."""
    _, hours, _ = load.totals(days.of, days.count)
    if load.block is None:
        code = load.of_account(days.of(load.calendar), days.count)
        known = slice(None) if load.known is None else load.known
        size = days.count * len(load.accounts)
        return grouped_quantiles(code[known], load.kw[known], size, (NEAR_BASE,))[0], hours
    day = days.of(load.block.calendar)
    near = np.full((days.count, len(load.accounts)), np.nan)
    first = np.flatnonzero(np.append(True, np.diff(day) > 0))
    for start, end in zip(first.tolist(), [*first[1:].tolist(), len(day)], strict=True):
        near[day[start]] = _quantile(load.block.usage[start:end], NEAR_BASE)
    return (near / load.block.hours).T.ravel(), hours


def _quantile(values: Floats, share: float) -> Floats:
    """Return the quantile of each column, by linear interpolation between its two neighbours."""
    place = share * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    ordered = np.partition(values, (low, high), axis=0)
    return np.asarray(ordered[low] + (ordered[high] - ordered[low]) * (place - low), dtype=np.float64)


def ramp(hourly: pd.DataFrame, by: str = "month", *, column: str = "total_kwh") -> pd.DataFrame:
    """Return the fastest rise and fall of demand of each local day, month or year, and when they were.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS, of one account or of many, in any order.
    by : {"day", "month", "year", "all"}, default "month"
        Over what to look for them, in local time.
    column : str, default "total_kwh"
        The usage column to study.

    Returns
    -------
    DataFrame
        RAMP: index `interval_start`; `ramp_up_kw_per_h`, `ramp_down_kw_per_h` [kW/h] (both positive; NaN
        without two adjoining known intervals), `ramp_up_at`, `ramp_down_at` (start of the later
        interval), `hours` and `missing_hours` [h]. An empty frame gives an empty result.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS.
    ArgumentError
        Where `by` is none of the four.

    Notes
    -----
    The change from one interval's mean to the next one's, by the time between their middles; over a
    gap there is none.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-07-01", periods=4, freq="h", tz="America/New_York", unit="us")
    >>> hourly = pd.DataFrame(
    ...     {
    ...         "service_account_id": "a",
    ...         "interval_end": index + pd.Timedelta("1h"),
    ...         "total_kwh": [1.0, 3.0, 2.5, 0.5],
    ...     },
    ...     index=index,
    ... )
    >>> op.ramp(hourly)[["ramp_up_kw_per_h", "ramp_down_kw_per_h"]].reset_index(drop=True)
       ramp_up_kw_per_h  ramp_down_kw_per_h
    0               2.0                 2.0
    """
    grouped = _grouped(hourly, by, column)
    if isinstance(grouped, str):
        return RAMP.empty(grouped)
    change = _changes(grouped.load) if grouped.load.block is None else _block_changes(grouped.load.block)
    up, up_row = _positive(*grouped.highest(change))
    down, down_row = _positive(*grouped.highest(np.negative(change)))
    columns = {
        "ramp_up_kw_per_h": up,
        "ramp_up_at": grouped.when(up_row),
        "ramp_down_kw_per_h": down,
        "ramp_down_at": grouped.when(down_row),
    }
    return grouped.frame(RAMP, columns)


def _positive(highest: Floats, row: Ints) -> tuple[Floats, Ints]:
    """Return changes that are none as unknown: a load that only falls has no rise."""
    none = ~(highest > 0)
    return np.where(none, np.nan, highest), np.where(none, -1, row)


def _block_changes(block: Loads) -> Floats:
    """Return the same of a block, instants x accounts."""
    change = np.full(block.usage.shape, np.nan)
    np.subtract(block.usage[1:], block.usage[:-1], out=change[1:])
    step = np.diff(block.calendar.instant) / HOUR
    change[1:][np.abs(step - block.hours) > 1e-9] = np.nan
    change /= block.hours**2
    return change


def _changes(load: Readings) -> Floats:
    """Return each row's change of demand since the row that it adjoins [kW/h]; NaN where there is none."""
    start, length, kw = load.calendar.instant, load.length, load.kw
    order: npt.NDArray[np.intp] | slice = slice(None)
    if not load.gapless:
        order = np.lexsort((start, load.account))
        start, length, kw = start[order], length[order], kw[order]
    account = load.account[order]
    joined = (start[1:] == start[:-1] + length[:-1]) & (account[1:] == account[:-1])
    hours = (length[1:] + length[:-1]) / (2 * HOUR)
    change = np.full(len(kw), np.nan)
    change[1:] = np.where(joined, np.diff(kw) / hours, np.nan)
    back = np.empty_like(change)
    back[order] = change
    return back
