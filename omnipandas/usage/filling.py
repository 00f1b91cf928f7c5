"""Usage made up where there is none, and marked as such."""

from __future__ import annotations

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.calendars import LocalCalendar
from omnipandas.intervals.groups import counted, summed
from omnipandas.intervals.ordered import SortedRows, sorted_rows
from omnipandas.intervals.units import DAY, HOUR, Floats, Ints
from omnipandas.schema import FILLED, TEXT

from .choices import choice

METHODS = ("linear", "typical", "week_before")


def fill_gaps(hourly: pd.DataFrame, method: str, *, limit_hours: float | None = None) -> pd.DataFrame:
    """Return the readings with rows for absent intervals, and totals made up where they are unknown.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS, of one account or of many, in any order, all intervals of an account of one length.
    method : {"linear", "typical", "week_before"}
        ``linear`` draws a line between the readings on both sides; ``typical`` takes the mean of the same
        month, weekday or weekend, and hour, of the account's readings; ``week_before`` the reading at
        the same local time a week earlier.
    limit_hours : float, optional
        Longest stretch to fill [h]; longer ones stay NaN. By default 3 h for ``linear``, none otherwise.

    Returns
    -------
    DataFrame
        FILLED, sorted by start: INTERVALS without absent rows between an account's first and last,
        with `filled` and `fill_method`. Made-up rows have no split: on-peak and off-peak stay NaN. What
        cannot be filled stays NaN with `filled` false. Doubles stay. An empty frame gives an empty result.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS.
    ArgumentError
        Where `method` is none of the three, or intervals of an account differ in length.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-07-01", periods=4, freq="h", tz="America/New_York", unit="us")
    >>> hourly = pd.DataFrame(
    ...     {
    ...         "service_account_id": "a",
    ...         "interval_end": index + pd.Timedelta("1h"),
    ...         "on_peak_kwh": 0.0,
    ...         "off_peak_kwh": [1.0, 2.0, 3.0, 4.0],
    ...         "total_kwh": [1.0, 2.0, 3.0, 4.0],
    ...     },
    ...     index=index,
    ... )
    >>> filled = op.fill_gaps(hourly.drop(index[2]), "linear").reset_index(drop=True)
    >>> filled[["total_kwh", "filled", "fill_method"]]
       total_kwh  filled fill_method
    0        1.0   False
    1        2.0   False
    2        3.0    True      linear
    3        4.0   False
    """
    choice("method", method, METHODS)
    limit = limit_hours if limit_hours is not None else (3.0 if method == "linear" else np.inf)
    rows = sorted_rows(hourly)
    if not len(rows):
        return FILLED.empty(str(rows.calendar.tz))
    if rows.load.one_length is None:
        _require_one_length(rows)
    account, start, end, total, source = _with_absent(rows)
    calendar = LocalCalendar(rows.stamps(start))
    unknown = np.isnan(total)
    made = {"linear": _linear, "typical": _typical, "week_before": _week_before}[method](
        account, start, total, calendar
    )
    short = _stretch_hours(unknown, account, start, end) <= limit
    filled = unknown & short & ~np.isnan(made)
    total = np.where(filled, made, total)
    order = np.lexsort((account, start))
    on, off = (np.where(source < 0, np.nan, values[source]) for values in (rows.on, rows.off))
    return pd.DataFrame(
        {
            "service_account_id": rows.load.account_column(account[order]),
            "interval_end": rows.stamps(end[order]),
            "on_peak_kwh": np.where(filled, np.nan, on)[order],
            "off_peak_kwh": np.where(filled, np.nan, off)[order],
            "total_kwh": total[order],
            "filled": filled[order],
            "fill_method": pd.array(np.where(filled[order], method, ""), dtype=TEXT),
        },
        index=rows.stamps(start[order]).rename("interval_start"),
    )


def _require_one_length(rows: SortedRows) -> None:
    length = rows.end - rows.start
    mixed = (length[1:] != length[:-1]) & rows.same_account[1:]
    if mixed.any():
        at = int(np.argmax(mixed)) + 1
        raise ArgumentError(
            f"intervals change their length at {rows.stamps(rows.start[at : at + 1])[0]}: bring them to one "
            "first, resample_usage(hourly, 'hour')."
        )


def _with_absent(rows: SortedRows) -> tuple[Ints, Ints, Ints, Floats, Ints]:
    """Return rows and absent intervals, sorted by account and start; the source of an absent one is -1."""
    account, start, end, count = rows.gaps
    nth = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    length = (end - start) // np.maximum(count, 1)
    slot = np.repeat(start, count) + nth * np.repeat(length, count)
    every = (
        np.concatenate([rows.account, np.repeat(account, count)]),
        np.concatenate([rows.start, slot]),
        np.concatenate([rows.end, slot + np.repeat(length, count)]),
        np.concatenate([rows.total, np.full(len(slot), np.nan)]),
        np.concatenate([np.arange(len(rows)), np.full(len(slot), -1)]),
    )
    order = np.lexsort((every[1], every[0]))
    return every[0][order], every[1][order], every[2][order], every[3][order], every[4][order]


def _linear(account: Ints, start: Ints, total: Floats, calendar: LocalCalendar) -> Floats:
    del calendar
    made = np.full(len(total), np.nan)
    known = ~np.isnan(total)
    for place in np.unique(account[~known]).tolist():
        own = account == place
        have = own & known
        if have.any():
            made[own] = np.interp(start[own], start[have], total[have], left=np.nan, right=np.nan)
    return made


def _typical(account: Ints, start: Ints, total: Floats, calendar: LocalCalendar) -> Floats:
    del start
    weekend = (calendar.weekday_of_day >= 5).astype(np.int64)
    code = account * 576 + calendar.with_hour(calendar.month_of_day % 12 * 2 + weekend)
    size = (int(account.max()) + 1) * 576
    known = ~np.isnan(total)
    count = counted(code[known], size)
    mean = np.divide(
        summed(code[known], total[known], size), count, out=np.full(size, np.nan), where=count > 0
    )
    return np.asarray(mean[code], dtype=np.float64)


def _week_before(account: Ints, start: Ints, total: Floats, calendar: LocalCalendar) -> Floats:
    del start
    # Local time, so that a clock change within the week does not shift the hour.
    far = np.int64(1) << 57
    key = calendar.local + account * far
    order = np.argsort(key, kind="stable")
    wanted = key - 7 * DAY
    at = np.minimum(np.searchsorted(key[order], wanted), len(key) - 1)
    hit = order[at]
    return np.where(key[hit] == wanted, total[hit], np.nan)


def _stretch_hours(unknown: np.ndarray, account: Ints, start: Ints, end: Ints) -> Floats:
    """Return, for each unknown row, the length of the stretch of unknown rows around it [h]."""
    edge = np.append(True, ~unknown[:-1] | (account[1:] != account[:-1])) & unknown
    run = np.cumsum(edge) - 1
    hours = np.zeros(len(unknown))
    if edge.any():
        lengths = summed(run[unknown], (end - start)[unknown] / HOUR, int(edge.sum()))
        hours[unknown] = lengths[run[unknown]]
    return hours
