"""The shape of a load as a picture shows it: day by hour, by duration, in a typical week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.calendars import LocalCalendar
from omnipandas.intervals.groups import counted, group_order
from omnipandas.intervals.readings import readings
from omnipandas.intervals.units import HOUR, WEEKDAYS, Ints
from omnipandas.schema import LOAD_DURATION, LOAD_HEATMAP, TYPICAL_WEEK

from .choices import choice
from .profiles import load_profile


def load_heatmap(hourly: pd.DataFrame, by: str = "day", *, column: str = "total_kwh") -> pd.DataFrame:
    """Return the mean load of each hour of each local day, or of each hour of the twelve months.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS, of one account or of many, in any order.
    by : {"day", "month"}, default "day"
        ``day`` gives 24 rows for each date, ``month`` 12 x 24 rows, years together.
    column : str, default "total_kwh"
        The usage column to study.

    Returns
    -------
    DataFrame
        LOAD_HEATMAP, in long form: index `date` (naive; for ``month`` the first of the month in the year of
        the first reading), `hour` (0 to 23), `mean_kw` [kW; NaN where nothing is known: the hour left out in
        spring, gaps], `hours` [h; 2 for the hour repeated in autumn]. Dates from an account's first
        to its last are all there. An empty frame gives an empty result.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS.
    ArgumentError
        Where `by` is neither.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-11-05", "2023-11-06", freq="h", tz="America/New_York", inclusive="left")
    >>> hourly = pd.DataFrame(
    ...     {"service_account_id": "a", "interval_end": index + pd.Timedelta("1h"), "total_kwh": range(25)},
    ...     index=index,
    ... )
    >>> op.load_heatmap(hourly)[["hour", "mean_kw", "hours"]].head(3)
                hour  mean_kw  hours
    date
    2023-11-05     0      0.0    1.0
    2023-11-05     1      1.5    2.0
    2023-11-05     2      3.0    1.0
    """
    choice("by", by, ("day", "month"))
    load = readings(hourly, column, "interval_end")
    if not len(load.kwh):
        return LOAD_HEATMAP.empty()
    calendar = load.calendar if load.block is None else load.block.calendar
    if by == "day":
        labels = calendar.dates
    else:
        labels = calendar.dates[0].astype("datetime64[Y]").astype("datetime64[M]") + np.arange(12)

    def coder(of: LocalCalendar) -> Ints:
        return of.with_hour(np.arange(of.days) if by == "day" else of.month_of_day % 12)

    groups = len(labels) * 24
    kwh, hours, rows = load.totals(coder, groups)
    seen = np.logical_or.reduce(rows.reshape(len(load.accounts), -1, 24), axis=2)
    if by == "day":
        begun, ended = np.maximum.accumulate(seen, axis=1), np.maximum.accumulate(seen[:, ::-1], axis=1)
        seen = begun & ended[:, ::-1]
    kept = np.flatnonzero(np.repeat(seen.ravel(), 24))
    with np.errstate(invalid="ignore"):
        mean = kwh[kept] / hours[kept]
    dates = labels[kept % groups // 24].astype("datetime64[us]")
    return pd.DataFrame(
        {
            "service_account_id": load.account_column(kept // groups),
            "hour": kept % 24,
            "mean_kw": mean,
            "hours": hours[kept],
        },
        index=pd.DatetimeIndex(dates, name="date"),
    )


def load_duration(hourly: pd.DataFrame, *, column: str = "total_kwh") -> pd.DataFrame:
    """Return the load duration curve: loads from the highest down, with the share of time they are reached.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS, of one account or of many, in any order.
    column : str, default "total_kwh"
        The usage column to study.

    Returns
    -------
    DataFrame
        LOAD_DURATION: a row for each known interval, by account from the highest load down; index `rank`
        (from 1), `load_kw` [kW], `hours` [h] at or above that load, `share` of the known time. Unknown
        intervals are left out; an empty frame, or one of NaN alone, gives an empty result.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-07-01", periods=4, freq="h", tz="America/New_York", unit="us")
    >>> hourly = pd.DataFrame(
    ...     {
    ...         "service_account_id": "a",
    ...         "interval_end": index + pd.Timedelta("1h"),
    ...         "total_kwh": [1.0, 3, 2, 5],
    ...     },
    ...     index=index,
    ... )
    >>> op.load_duration(hourly)[["load_kw", "share"]]
          load_kw  share
    rank
    1         5.0   0.25
    2         3.0   0.50
    3         2.0   0.75
    4         1.0   1.00
    """
    load = readings(hourly, column, "interval_end")
    known = slice(None) if load.known is None else load.known
    kw, account = load.kw[known], load.account[known]
    if not len(kw):
        return LOAD_DURATION.empty()
    counts = counted(account, len(load.accounts))
    start = np.cumsum(counts) - counts
    order: Ints | None = None
    if load.block is not None:
        columns = load.block.usage / load.block.hours
        ordered, account = (
            np.sort(columns.T, axis=1)[:, ::-1].ravel(),
            np.repeat(np.arange(len(counts)), counts),
        )
    elif load.one_length is not None and len(load.accounts) == 1:
        ordered = np.sort(kw)[::-1]
    else:
        order = group_order(account, -kw, len(counts))
        ordered, account = kw[order], account[order]
    rank = np.arange(1, len(kw) + 1) - np.repeat(start, counts)
    if load.one_length is not None:
        hours = rank * (load.one_length / HOUR)
    else:
        running = np.cumsum((load.length[known] / HOUR)[order])
        hours = running - np.repeat(np.append(0.0, running)[start], counts)
    total = np.repeat(hours[start + np.maximum(counts - 1, 0)], counts) if len(counts) > 1 else hours[-1]
    return pd.DataFrame(
        {
            "service_account_id": load.account_column(account),
            "load_kw": ordered,
            "hours": hours,
            "share": hours / total,
        },
        index=pd.Index(rank, name="rank"),
    )


def typical_week(
    hourly: pd.DataFrame,
    by: str | Iterable[str] | None = None,
    *,
    quantiles: Iterable[float] = (),
    column: str = "total_kwh",
    seasons: Mapping[str, Sequence[int]] | None = None,
) -> pd.DataFrame:
    """Return the mean load of each of the 168 hours of the local week, Monday first.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS, of one account or of many, in any order.
    by : str or iterable of str, optional
        Groups beside the account, as in `load_profile`: ``"season"``, ``"month"``, ``"year"``.
    quantiles, column, seasons
        As in `load_profile`.

    Returns
    -------
    DataFrame
        TYPICAL_WEEK: index `hour_of_week` (0 to 167); `weekday`, `hour`, `mean_kw` [kW], `hours`,
        `missing_hours` [h], for each account and group. Weekdays without a row are absent. An empty
        frame gives an empty result.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS.
    ArgumentError
        Where `by`, `quantiles` or `seasons` cannot be right.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-07-03", periods=168, freq="h", tz="America/New_York", unit="us")
    >>> hourly = pd.DataFrame(
    ...     {"service_account_id": "a", "interval_end": index + pd.Timedelta("1h"), "total_kwh": range(168)},
    ...     index=index,
    ... )
    >>> op.typical_week(hourly)[["weekday", "hour", "mean_kw"]].iloc[[0, 30, 167]]
                 weekday  hour  mean_kw
    hour_of_week
    0                Mon     0      0.0
    30               Tue     6     30.0
    167              Sun    23    167.0
    """
    words = [by] if isinstance(by, str) else list(by or ())
    if bad := [word for word in words if word in {"weekday", "day_type"}]:
        raise ArgumentError(f"by={bad[0]!r} makes no sense for a week: it has all weekdays.")
    profile = load_profile(hourly, [*words, "weekday"], quantiles=quantiles, column=column, seasons=seasons)
    groups = [word for word in words if word != "account"]
    if not len(profile):
        return TYPICAL_WEEK.empty()[["service_account_id", *groups, *TYPICAL_WEEK.names[-5:]]]
    hour = profile.index.to_numpy()
    # Each weekday has its 24 rows in a block.
    day = np.repeat([WEEKDAYS.index(name) for name in profile["weekday"].to_numpy()[::24].tolist()], 24)
    ordered = ["service_account_id", *groups, "weekday"]
    figures = [name for name in profile.columns if name not in ordered]
    columns: dict[str, object] = {name: profile[name].array for name in ordered}
    columns["hour"] = hour
    columns |= {name: profile[name].array for name in figures}
    return pd.DataFrame(columns, index=pd.Index(day * 24 + hour, name="hour_of_week"))
