"""Demand [kW]: its peaks, its mean against them, its base, and how fast it changes."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.schema import BASE_LOAD, COINCIDENT_PEAK, LOAD_FACTOR, PEAK_DEMAND, RAMP, Table
from omnipandas.usage.calendars import HOUR, Buckets, Floats, Ints, counted
from omnipandas.usage.quantiles import grouped_quantiles
from omnipandas.usage.readings import Block, Readings, choice, readings

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
        return self.load.kw if self.load.block is None else self.load.block.kwh / self.load.block.hours

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
        block = self.load.block
        if block is None:
            return best.ravel(), np.asarray(row.ravel(), dtype=np.int64)
        return block.by_account(best), np.asarray(block.by_account(row), dtype=np.int64)

    def when(self, row: Ints) -> pd.DatetimeIndex:
        """Return the starts of rows; NaT for -1."""
        instants = np.where(row < 0, np.iinfo(np.int64).min, self.calendar.instant[row])
        return pd.DatetimeIndex(instants.view("datetime64[us]"), tz="UTC").tz_convert(self.load.index.tz)


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
        near[day[start]] = _quantile(load.block.kwh[start:end], NEAR_BASE)
    return load.block.by_account(near / load.block.hours), hours


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


def _block_changes(block: Block) -> Floats:
    """Return the same of a block, instants x accounts."""
    change = np.full(block.kwh.shape, np.nan)
    np.subtract(block.kwh[1:], block.kwh[:-1], out=change[1:])
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


def coincident_peak(hourly: pd.DataFrame, by: str = "month", *, column: str = "total_kwh") -> pd.DataFrame:
    """Return each account's demand at the peak of all accounts together.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS of several accounts, in any order, all with intervals of one length.
    by : {"day", "month", "year", "all"}, default "month"
        Over what to look for the common peak, in local time.
    column : str, default "total_kwh"
        The usage column to study.

    Returns
    -------
    DataFrame
        COINCIDENT_PEAK: index `interval_start`; one row for each account: `coincident_at` (start of the
        common peak's interval), `system_peak_kw` (all accounts then), `coincident_kw` (this account then),
        `own_peak_kw` [kW], `coincidence_factor` (coincident by own peak, of 1), `hours` and
        `missing_hours` [h] of intervals in which all accounts are known: only those count. An empty
        frame gives an empty result.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS.
    ArgumentError
        Where `by` is none of the four, intervals differ in length, or an account has an interval twice.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-07-01", periods=3, freq="h", tz="America/New_York", unit="us")
    >>> a = pd.DataFrame({"service_account_id": "a", "total_kwh": [1.0, 4.0, 2.0]}, index=index)
    >>> b = pd.DataFrame({"service_account_id": "b", "total_kwh": [1.0, 2.0, 5.0]}, index=index)
    >>> hourly = pd.concat([a, b]).assign(interval_end=lambda rows: rows.index + pd.Timedelta("1h"))
    >>> peaks = op.coincident_peak(hourly).reset_index(drop=True)
    >>> peaks[["service_account_id", "coincident_kw", "own_peak_kw", "coincidence_factor"]]
      service_account_id  coincident_kw  own_peak_kw  coincidence_factor
    0                  a            2.0          4.0                 0.5
    1                  b            5.0          5.0                 1.0
    """
    choice("by", by, BY)
    load = readings(hourly, column, "interval_end")
    if not len(load.kwh):
        return COINCIDENT_PEAK.empty(str(load.index.tz))
    table = _side_by_side(load)
    together = table.sum(axis=1, skipna=False)
    system = pd.DataFrame(
        {
            "service_account_id": "system",
            "interval_end": together.index + np.timedelta64(int(load.length[0]), "us"),
            "total_kwh": together,
        }
    ).rename_axis(index="interval_start")
    peaks = peak_demand(system, by)
    buckets = Buckets(readings(system).calendar, by)
    bucket = buckets.of(readings(system).calendar)
    kw = table.to_numpy() * (HOUR / load.length[0])
    kw[together.isna().to_numpy()] = np.nan
    own = np.full((buckets.count, kw.shape[1]), -np.inf)
    np.maximum.at(own, bucket, np.nan_to_num(kw, nan=-np.inf))
    own = own[np.isin(np.arange(buckets.count), bucket)]
    at = table.index.get_indexer(pd.DatetimeIndex(peaks["peak_at"]))
    then = np.where((at < 0)[:, np.newaxis], np.nan, kw[at])
    own = np.where(np.isinf(own), np.nan, own)
    n = kw.shape[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(own > 0, then / own, np.nan)
    return pd.DataFrame(
        {
            "service_account_id": load.account_column(np.tile(np.arange(n), len(peaks))),
            "coincident_at": pd.DatetimeIndex(peaks["peak_at"]).repeat(n),
            "system_peak_kw": np.repeat(peaks["peak_kw"].to_numpy(), n),
            "coincident_kw": then.ravel(),
            "own_peak_kw": own.ravel(),
            "coincidence_factor": factor.ravel(),
            "hours": np.repeat(peaks["hours"].to_numpy(), n),
            "missing_hours": np.repeat(peaks["missing_hours"].to_numpy(), n),
        },
        index=pd.DatetimeIndex(peaks.index).repeat(n).rename("interval_start"),
    )


def _side_by_side(load: Readings) -> pd.DataFrame:
    """Return usage [kWh] with a row for each instant and a column for each account."""
    if load.one_length is None:
        raise ArgumentError(
            "the intervals differ in length: bring them to one first, resample_usage(hourly, 'hour')."
        )
    instants, place = np.unique(load.calendar.instant, return_inverse=True)
    code = place * len(load.accounts) + load.account
    if len(np.unique(code)) < len(code):
        raise ArgumentError("an account has an interval twice: look at check_usage and drop one.")
    usage = np.full(len(instants) * len(load.accounts), np.nan)
    usage[code] = load.kwh
    index = pd.DatetimeIndex(instants.view("datetime64[us]"), tz="UTC").tz_convert(load.index.tz)
    return pd.DataFrame(usage.reshape(len(instants), -1), index=index)
