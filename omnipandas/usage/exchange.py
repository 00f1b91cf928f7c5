"""Usage in the frames of other packages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.calendars import LocalCalendar
from omnipandas.intervals.readings import readings
from omnipandas.intervals.zones import midnights

from .choices import choice
from .resampling import resample_usage
from .temperatures import UNITS, Temperature, Temperatures, temperatures


def to_opendsm(
    hourly: pd.DataFrame, temperature: Temperature, *, unit: str, freq: str = "hour"
) -> dict[str, pd.DataFrame]:
    """Return a frame for each account as OpenDSM (eemeter) takes it.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS, of one account or of many, in any order, intervals of an hour or less.
    temperature : Series, or mapping of account to Series
        Outdoor temperatures, hourly or finer, on a tz-aware index.
    unit : {"C", "F"}
        Of the temperatures; OpenDSM wants Fahrenheit and gets it.
    freq : {"hour", "day"}, default "hour"
        ``hour`` for `HourlyBaselineData`, ``day`` for `DailyBaselineData`.

    Returns
    -------
    dict of str to DataFrame
        By account: index `datetime`, tz-aware, without gaps; `observed` [kWh], NaN where an hour or a day is
        not whole, and `temperature` [degrees F], its mean over time; whole local days from first to last.
        No rows give no accounts.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS, or a temperature index has no zone.
    ArgumentError
        Where `unit` or `freq` cannot be right, or an account has no temperatures.

    Notes
    -----
    As OpenDSM 1.2.7 documents its baseline classes (https://opendsm.github.io/opendsm/). Split the year
    as its rules want it: one baseline, 365 days or fewer, before the measure.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-01-01", "2023-01-03", freq="h", tz="America/Denver", inclusive="left")
    >>> hourly = pd.DataFrame(
    ...     {
    ...         "service_account_id": "a",
    ...         "interval_end": index + pd.Timedelta("1h"),
    ...         "on_peak_kwh": 0.0,
    ...         "off_peak_kwh": 0.5,
    ...         "total_kwh": 0.5,
    ...     },
    ...     index=index,
    ... )
    >>> op.to_opendsm(hourly, pd.Series(10.0, index=index), unit="C", freq="day")["a"]
                               observed  temperature
    datetime
    2023-01-01 00:00:00-07:00      12.0         50.0
    2023-01-02 00:00:00-07:00      12.0         50.0
    """
    choice("unit", unit, UNITS)
    choice("freq", freq, ("hour", "day"))
    load = readings(hourly, "total_kwh", "interval_end")
    if not len(load.kwh):
        return {}
    usage = resample_usage(hourly, freq)
    whole = usage["total_kwh"].where(usage["missing_hours"] < 1e-9)
    frames = {}
    for name, own in whole.groupby(usage["service_account_id"], observed=True):
        degrees = temperature if isinstance(temperature, pd.Series) else temperature.get(str(name))
        if degrees is None:
            raise ArgumentError(f"there are no temperatures for account {name}: add a Series under its id.")
        frames[str(name)] = _frame(own, temperatures(degrees, load.index.tz), freq, unit)
    return frames


def _frame(usage: pd.Series, temperature: Temperatures, freq: str, unit: str) -> pd.DataFrame:
    """Return observed usage and mean temperature of each hour or day of the whole local days."""
    rows = LocalCalendar(pd.DatetimeIndex(usage.index))
    # A day begins with its first instant, which clocks may have moved away from midnight.
    edges = midnights(np.append(rows.dates, rows.dates[-1:] + 1), rows.tz)
    if freq == "hour":
        edges = pd.date_range(edges[0], edges[-1], freq="h", unit="us")
    mean, _ = temperature.means(edges.asi8)
    index = edges[:-1].rename("datetime")
    observed = usage[~usage.index.duplicated()].reindex(index)
    return pd.DataFrame(
        {"observed": observed.to_numpy(np.float64), "temperature": mean if unit == "F" else mean * 1.8 + 32},
        index=index,
    )
