"""Usage made up where there is none, and marked as such."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.calendars import LocalCalendar
from omnipandas.intervals.forms import interval_frame
from omnipandas.intervals.further import flags, further, one_value, taken, without_rows
from omnipandas.intervals.groups import counted, same_key, summed
from omnipandas.intervals.ordered import SortedRows, sorted_rows
from omnipandas.intervals.readings import readings
from omnipandas.intervals.units import DAY, HOUR, Floats, Ints, Mask
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
        with `filled` and `fill_method`; marks of an earlier filling stay. Made-up rows have no split:
        on-peak and off-peak stay NaN. `export_kwh` is made up in the same way where an account has
        some. Of further columns an absent row gets the account's one value, otherwise it is missing
        (`estimated` is false: no utility said so). What cannot be filled stays NaN with `filled` false.
        Doubles stay. An empty frame gives an empty result.

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
        return without_rows(hourly, FILLED)
    if rows.load.one_length is None:
        _require_one_length(rows)
    grid = _with_absent(rows)
    make = {"linear": _linear, "typical": _typical, "week_before": _week_before}[method]
    total, filled = _filled(rows.total, grid, make, limit)
    marked, energy = filled, {"total_kwh": total}
    split = {"on_peak_kwh": rows.on, "off_peak_kwh": rows.off}
    energy |= {name: np.where(filled, np.nan, grid.at_source(values)) for name, values in split.items()}
    if "export_kwh" in hourly.columns:
        sent = readings(hourly, "export_kwh").kwh
        energy["export_kwh"], made = _filled(
            sent if rows.order is None else sent[rows.order], grid, make, limit
        )
        marked = marked | made
    frame = interval_frame(
        rows.stamps(grid.start), rows.stamps(grid.end), rows.load.account_column(grid.account), energy
    )
    frame = _marked(frame, hourly, grid, marked, method)
    for name in further(hourly, FILLED):
        if name not in energy:
            frame[name] = _carried(hourly[name], rows, grid)
    return frame.iloc[np.lexsort((grid.account, grid.start))][[*FILLED.names, *further(hourly, FILLED)]]


@dataclass(frozen=True)
class _Grid:
    """Rows and absent intervals, sorted by account and start.

    `source` is the place of a row among the sorted rows, -1 for an absent one; `row` its place in the frame.
    """

    account: Ints
    start: Ints
    end: Ints
    source: Ints
    row: Ints
    calendar: LocalCalendar

    def at_source(self, values: Floats) -> Floats:
        """Return values of the sorted rows; NaN for absent intervals."""
        return np.where(self.source < 0, np.nan, values[self.source])


def _filled(
    values: Floats, grid: _Grid, make: Callable[[_Grid, Floats], Floats], limit: float
) -> tuple[Floats, Mask]:
    """Return values of the sorted rows, made up in short stretches where they are unknown, and where."""
    known = grid.at_source(values)
    unknown = np.isnan(known)
    made = make(grid, known)
    filled = unknown & (_stretch_hours(unknown, grid) <= limit) & ~np.isnan(made)
    return np.where(filled, made, known), filled


def _marked(
    frame: pd.DataFrame, hourly: pd.DataFrame, grid: _Grid, filled: Mask, method: str
) -> pd.DataFrame:
    """Return the frame with what was filled, now or before, and how."""
    how = np.where(filled, method, "").astype(object)
    if {"filled", "fill_method"} <= set(hourly.columns):
        before = (grid.row >= 0) & flags(hourly["filled"])[grid.row] & ~filled
        how[before] = hourly["fill_method"].to_numpy(dtype=object)[grid.row[before]]
        filled = filled | before
    return frame.assign(filled=filled, fill_method=pd.array(how, dtype=TEXT))


def _carried(column: pd.Series, rows: SortedRows, grid: _Grid) -> pd.api.extensions.ExtensionArray | Mask:
    """Return a further column for rows and absent intervals."""
    if column.name == "estimated":
        return (grid.row >= 0) & flags(column)[grid.row]
    row = grid.row
    if (row < 0).any():
        row = np.where(
            row < 0, one_value(column, rows.load.account, len(rows.load.accounts))[grid.account], row
        )
    return taken(column, row)


def _require_one_length(rows: SortedRows) -> None:
    length = rows.end - rows.start
    mixed = (length[1:] != length[:-1]) & rows.same_account[1:]
    if mixed.any():
        at = int(np.argmax(mixed)) + 1
        raise ArgumentError(
            f"intervals change their length at {rows.stamps(rows.start[at : at + 1])[0]}: bring them to one "
            "first, resample_usage(hourly, 'hour')."
        )


def _with_absent(rows: SortedRows) -> _Grid:
    """Return rows and absent intervals."""
    account, start, end, count = rows.gaps
    nth = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    length = (end - start) // np.maximum(count, 1)
    slot = np.repeat(start, count) + nth * np.repeat(length, count)
    every = (
        np.concatenate([rows.account, np.repeat(account, count)]),
        np.concatenate([rows.start, slot]),
        np.concatenate([rows.end, slot + np.repeat(length, count)]),
        np.concatenate([np.arange(len(rows)), np.full(len(slot), -1)]),
    )
    order = np.lexsort((every[1], every[0]))
    account, start, end, source = (values[order] for values in every)
    row = source if rows.order is None else np.where(source < 0, -1, rows.order[source])
    return _Grid(account, start, end, source, row, LocalCalendar(rows.stamps(start)))


def _linear(grid: _Grid, total: Floats) -> Floats:
    known, place = ~np.isnan(total), np.arange(len(total))
    # The known readings on both sides of each row: its own, where it is known.
    before = np.maximum.accumulate(np.where(known, place, -1))
    after = np.minimum.accumulate(np.where(known, place, len(total))[::-1])[::-1]
    inside = (before >= 0) & (after < len(total))
    low, high = before[inside], after[inside]
    same = grid.account[low] == grid.account[high]
    span = np.maximum(grid.start[high] - grid.start[low], 1)
    slope = (total[high] - total[low]) / span
    made = np.full(len(total), np.nan)
    made[inside] = np.where(same, total[low] + slope * (grid.start[inside] - grid.start[low]), np.nan)
    return made


def _typical(grid: _Grid, total: Floats) -> Floats:
    calendar = grid.calendar
    weekend = (calendar.weekday_of_day >= 5).astype(np.int64)
    code = grid.account * 576 + calendar.with_hour(calendar.month_of_day % 12 * 2 + weekend)
    size = (int(grid.account.max()) + 1) * 576
    known = ~np.isnan(total)
    count = counted(code[known], size)
    mean = np.divide(
        summed(code[known], total[known], size), count, out=np.full(size, np.nan), where=count > 0
    )
    return np.asarray(mean[code], dtype=np.float64)


def _week_before(grid: _Grid, total: Floats) -> Floats:
    # Local time, so that a clock change within the week does not shift the hour.
    local = grid.calendar.local
    row = same_key(grid.account, local, local - 7 * DAY)
    return np.where(row < 0, np.nan, total[row])


def _stretch_hours(unknown: Mask, grid: _Grid) -> Floats:
    """Return, for each unknown row, the length of the stretch of unknown rows around it [h]."""
    account, start, end = grid.account, grid.start, grid.end
    edge = np.append(True, ~unknown[:-1] | (account[1:] != account[:-1])) & unknown
    run = np.cumsum(edge) - 1
    hours = np.zeros(len(unknown))
    if edge.any():
        lengths = summed(run[unknown], (end - start)[unknown] / HOUR, int(edge.sum()))
        hours[unknown] = lengths[run[unknown]]
    return hours
