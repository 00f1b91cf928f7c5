"""Usage by longer intervals of local time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from omnipandas.schema import USAGE
from omnipandas.usage.calendars import (
    HOUR,
    MINUTE,
    Floats,
    Ints,
    changes,
    counted,
    midnights,
    summed,
)
from omnipandas.usage.readings import Readings, choice, readings

FREQUENCIES = ("30min", "hour", "day", "week", "month", "quarter", "year")
COLUMNS = ("on_peak_kwh", "off_peak_kwh", "total_kwh")


def resample_usage(hourly: pd.DataFrame, freq: str = "day") -> pd.DataFrame:
    """Return usage summed over longer intervals of local time.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS, of one account or of many, in any order, intervals of any length.
    freq : {"30min", "hour", "day", "week", "month", "quarter", "year"}, default "day"
        Over what to sum; a week begins on Monday.

    Returns
    -------
    DataFrame
        USAGE, sorted by start: INTERVALS with `hours` and `missing_hours` [h] of each. Sums are of
        the known intervals, NaN where none is known. An interval counts where it starts. An empty frame
        gives an empty result.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS.
    ArgumentError
        Where `freq` is none of those.

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
    choice("freq", freq, FREQUENCIES)
    load = readings(hourly, "total_kwh", "interval_end", "on_peak_kwh", "off_peak_kwh")
    if not len(load.kwh):
        return USAGE.empty(str(load.index.tz))
    first, last, bucket = _short(load, freq) if freq in {"30min", "hour"} else _long(load, freq)
    code = bucket * len(load.accounts) + load.account
    size = len(first) * len(load.accounts)
    kept = np.flatnonzero(counted(code, size))
    place = kept // len(load.accounts)
    hours = load.known_hours(code, size)[kept]
    sums = {
        name: _sum(hourly[name].to_numpy(np.float64, na_value=np.nan), code, size)[kept] for name in COLUMNS
    }
    return pd.DataFrame(
        {
            "service_account_id": load.account_column(kept % len(load.accounts)),
            "interval_end": _stamps(last[place], load),
            **sums,
            "hours": hours,
            "missing_hours": np.maximum((last - first)[place] / HOUR - hours, 0.0),
        },
        index=_stamps(first[place], load).rename("interval_start"),
    )


def _sum(values: Floats, code: Ints, size: int) -> Floats:
    """Return the sum of the known values of each group; NaN for a group without one."""
    unknown = np.isnan(values)
    if not unknown.any():
        return summed(code, values, size)
    known = ~unknown
    return np.where(counted(code[known], size) > 0, summed(code[known], values[known], size), np.nan)


def _stamps(instants: Ints, load: Readings) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(instants.view("datetime64[us]"), tz="UTC").tz_convert(load.index.tz)


def _long(load: Readings, freq: str) -> tuple[Ints, Ints, Ints]:
    """Return start and end of the local days, weeks, months, quarters or years, and which each row is in."""
    calendar = load.calendar
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
    return instants[:-1], instants[1:], calendar.by_day(place - place[0])


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
