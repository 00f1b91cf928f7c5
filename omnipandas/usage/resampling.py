"""Usage by longer intervals of local time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from omnipandas.intervals.calendars import LocalCalendar
from omnipandas.intervals.forms import ENERGY, interval_frame
from omnipandas.intervals.further import flags, further, one_value, taken, without_rows
from omnipandas.intervals.groups import counted, summed
from omnipandas.intervals.readings import Readings, readings
from omnipandas.intervals.units import HOUR, MINUTE, Floats, Ints, Mask
from omnipandas.intervals.zones import changes, midnights, zoned
from omnipandas.schema import USAGE

from .choices import by_or_freq, choice

FREQUENCIES = ("30min", "hour", "day", "week", "month", "quarter", "year")


def resample_usage(hourly: pd.DataFrame, by: str = "day", *, freq: str | None = None) -> pd.DataFrame:
    """Return usage summed over longer intervals of local time.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS, of one account or of many, in any order, intervals of any length.
    by : {"30min", "hour", "day", "week", "month", "quarter", "year"}, default "day"
        Over what to sum; a week begins on Monday.
    freq : str, optional
        The former name of `by`, until 0.2.

    Returns
    -------
    DataFrame
        USAGE, sorted by start: INTERVALS with `hours` and `missing_hours` [h] of each. Sums are of
        the known intervals, NaN where none is known. An interval counts where it starts. Of further columns
        those of energy (``..._kwh``) are summed too, `stored_kwh` is the last, `estimated` and `filled`
        say whether any interval is; of others the one value of a group stays, several are missing.
        An empty frame gives an empty result.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS.
    ArgumentError
        Where `by` is none of those.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-11-05", "2023-11-06", freq="h", tz="America/New_York", inclusive="left")
    >>> hourly = pd.DataFrame(
    ...     {
    ...         "service_account_id": "a",
    ...         "interval_end": index + pd.Timedelta("1h"),
    ...         "on_peak_kwh": 0.0,
    ...         "off_peak_kwh": 1.0,
    ...         "total_kwh": 1.0,
    ...     },
    ...     index=index,
    ... )
    >>> op.resample_usage(hourly)[["total_kwh", "hours", "missing_hours"]].reset_index(drop=True)
       total_kwh  hours  missing_hours
    0       25.0   25.0            0.0
    """
    by = choice("by", by_or_freq(by, freq), FREQUENCIES)
    load = readings(hourly, "total_kwh", "interval_end", "on_peak_kwh", "off_peak_kwh")
    if not len(load.kwh):
        return without_rows(hourly, USAGE)
    resample = _over_hours if by in {"30min", "hour"} else _over_days
    first, last, table = resample(load, by)
    # Groups stand account by account; the frame is sorted by time.
    in_time = np.arange(len(table.rows)).reshape(len(load.accounts), -1).T.ravel()
    kept = in_time[table.rows[in_time]]
    place = kept % len(first)
    hours = table.hours[kept]
    missing = np.maximum((last - first)[place] / HOUR - hours, 0.0)
    sums = {name: values[kept] for name, values in table.sums.items()}
    others = {name: _carried(load, name, table)[kept] for name in further(hourly, USAGE) if name not in sums}
    frame = interval_frame(
        _stamps(first[place], load),
        _stamps(last[place], load),
        load.account_column(kept // len(first)),
        {**sums, "hours": hours, "missing_hours": missing, **others},
    )
    return frame[[*USAGE.names, *further(hourly, USAGE)]]


@dataclass(frozen=True)
class _Table:
    """Sums of each column of energy [kWh], known hours of the total [h] and whether there are rows.

    All are ``accounts x groups`` long; `code` gives each row's place in them.
    """

    sums: dict[str, Floats]
    hours: Floats
    rows: Mask
    code: Callable[[], Ints]


def _energy(load: Readings) -> list[str]:
    """Return the columns that are summed."""
    more = [
        name
        for name in further(load.frame, USAGE)
        if str(name).endswith("_kwh") and name != "stored_kwh"
        if pd.api.types.is_numeric_dtype(load.frame[name].dtype)
    ]
    return [*ENERGY, *more]


def _carried(load: Readings, name: str, table: _Table) -> pd.api.extensions.ExtensionArray | Mask:
    """Return a further column that is not summed, ``accounts x groups`` long."""
    column, code, size = load.frame[name], table.code(), len(table.rows)
    if name in {"estimated", "filled"}:
        return counted(code[flags(column)], size) > 0
    if name != "stored_kwh":
        return taken(column, one_value(column, code, size))
    rows = np.arange(len(code)) if load.order is None else load.order
    rows = rows[column.notna().to_numpy()[rows]]
    last = np.full(size, -1)
    last[code[rows]] = rows
    return taken(column, last)


def _column(load: Readings, name: str) -> Floats:
    return load.frame[name].to_numpy(np.float64, na_value=np.nan)


def _over_days(load: Readings, freq: str) -> tuple[Ints, Ints, _Table]:
    first, last, coder = _long(load.calendar if load.block is None else load.block.calendar, freq)
    _, hours, rows = load.totals(coder, len(first))
    sums = {}
    for name in _energy(load):
        kwh, known, _ = load.of(_column(load, name)).totals(coder, len(first))
        sums[name] = np.where(known > 0, kwh, np.nan)
    return first, last, _Table(sums, hours, rows, lambda: load.of_account(coder(load.calendar), len(first)))


def _over_hours(load: Readings, freq: str) -> tuple[Ints, Ints, _Table]:
    first, last, bucket = _short(load, freq)
    code, size = load.of_account(bucket, len(first)), len(first) * len(load.accounts)
    sums = {name: _sum(_column(load, name), code, size) for name in _energy(load)}
    return first, last, _Table(sums, load.known_hours(code, size), counted(code, size) > 0, lambda: code)


def _sum(values: Floats, code: Ints, size: int) -> Floats:
    """Return the sum of the known values of each group; NaN for a group without one."""
    unknown = np.isnan(values)
    if not unknown.any():
        return summed(code, values, size)
    known = ~unknown
    return np.where(counted(code[known], size) > 0, summed(code[known], values[known], size), np.nan)


def _stamps(instants: Ints, load: Readings) -> pd.DatetimeIndex:
    return zoned(instants, load.index.tz)


def _long(calendar: LocalCalendar, freq: str) -> tuple[Ints, Ints, Callable[[LocalCalendar], Ints]]:
    """Return start and end of the local days, weeks, months, quarters or years, and which each row is in."""
    if freq == "week":
        place = (calendar.dates.astype(np.int64) + 3) // 7
        edges = ((np.arange(place[0], place[-1] + 2)) * 7 - 3).astype("datetime64[D]")
    elif freq == "day":
        place = calendar.dates.astype(np.int64)
        edges = np.arange(place[0], place[-1] + 2).astype("datetime64[D]")
    else:
        months = {"month": 1, "quarter": 3, "year": 12}[freq]
        place = calendar.month_of_day // months
        edges = (np.arange(place[0], place[-1] + 2) * months).astype("datetime64[M]")
    instants = np.asarray(midnights(edges, calendar.tz).asi8)
    code = place - place[0]
    return instants[:-1], instants[1:], lambda rows: rows.by_day(code)


def _short(load: Readings, freq: str) -> tuple[Ints, Ints, Ints]:
    """Return start and end of the local hours or half hours, and which each row is in.

    A change of the clocks parts them.
    """
    calendar, length = load.calendar, HOUR if freq == "hour" else 30 * MINUTE
    start = calendar.instant - calendar.local % length
    end = start + length
    for change in changes(calendar.tz, int(start.min()), int(end.max())):
        # Where clocks change by half an hour, a change falls within an hour of the wall clock.
        after = calendar.instant >= change.at
        cut = (start < change.at) & (change.at < end)
        start = np.where(cut & after, change.at, start)
        end = np.where(cut & ~after, change.at, end)
    if int(load.length.max()) > length:
        end = np.maximum(end, calendar.instant + load.length)
    first, which, bucket = np.unique(start, return_index=True, return_inverse=True)
    return first, end[which], np.asarray(bucket, dtype=np.int64)
