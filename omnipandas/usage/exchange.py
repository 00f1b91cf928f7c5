"""Usage in the frames of other packages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.readings import readings
from omnipandas.intervals.units import HOUR

from .choices import by_or_freq, choice
from .resampling import resample_usage
from .weather import UNITS, Temperature, temperature_readings


def to_opendsm(
    hourly: pd.DataFrame,
    temperature: Temperature,
    *,
    unit: str,
    by: str = "hour",
    freq: str | None = None,
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
    by : {"hour", "day"}, default "hour"
        ``hour`` for `HourlyBaselineData`, ``day`` for `DailyBaselineData`.
    freq : str, optional
        The former name of `by`, until 0.2.

    Returns
    -------
    dict of str to DataFrame
        By account: index `datetime`, tz-aware, without gaps; `observed` [kWh], NaN where an hour or a day is
        not whole, and `temperature` [degrees F], its mean; whole local days from the first to the last.
        No rows give no accounts.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS, or a temperature index has no zone.
    ArgumentError
        Where `unit` or `by` cannot be right, or an account has no temperatures.

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
    >>> op.to_opendsm(hourly, pd.Series(10.0, index=index), unit="C", by="day")["a"]
                               observed  temperature
    datetime
    2023-01-01 00:00:00-07:00      12.0         50.0
    2023-01-02 00:00:00-07:00      12.0         50.0
    """
    choice("unit", unit, UNITS)
    by = choice("by", by_or_freq(by, freq), ("hour", "day"))
    load = readings(hourly, "total_kwh", "interval_end")
    if not len(load.kwh):
        return {}
    usage = resample_usage(hourly, by)
    whole = usage["total_kwh"].where(usage["missing_hours"] < 1e-9)
    frames = {}
    for name, own in whole.groupby(usage["service_account_id"], observed=True):
        degrees = temperature if isinstance(temperature, pd.Series) else temperature.get(str(name))
        if degrees is None:
            raise ArgumentError(f"there are no temperatures for account {name}: add a Series under its id.")
        temperature_readings(degrees)
        fahrenheit = degrees if unit == "F" else degrees * 1.8 + 32
        frames[str(name)] = _frame(own, fahrenheit.tz_convert(load.index.tz), by)
    return frames


def _frame(usage: pd.Series, temperature: pd.Series, by: str) -> pd.DataFrame:
    """Return observed usage and mean temperature of each hour or day of the whole local days."""
    starts = pd.DatetimeIndex(usage.index)
    first, last = starts[0].normalize(), starts[-1].normalize() + pd.DateOffset(days=1)
    step = "h" if by == "hour" else "D"
    index = pd.date_range(first, last, freq=step, inclusive="left", unit="us", name="datetime")
    stamps = pd.DatetimeIndex(temperature.index).as_unit("us")
    if by == "hour":
        hour = (stamps.asi8 // HOUR * HOUR).view("datetime64[us]")
        mean = temperature.groupby(pd.DatetimeIndex(hour, tz="UTC").tz_convert(index.tz)).mean()
    else:
        mean = temperature.groupby(stamps.normalize()).mean()
    observed = usage[~usage.index.duplicated()].reindex(index)
    return pd.DataFrame(
        {"observed": observed.to_numpy(np.float64), "temperature": mean.reindex(index).to_numpy(np.float64)},
        index=index,
    )
