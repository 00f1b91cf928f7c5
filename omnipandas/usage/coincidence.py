"""Each account's part in the common peak."""

from __future__ import annotations

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.calendars import Buckets
from omnipandas.intervals.readings import Readings, readings
from omnipandas.intervals.units import HOUR
from omnipandas.intervals.zones import zoned
from omnipandas.schema import COINCIDENT_PEAK

from .choices import choice
from .demand import BY, peak_demand


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
    index = zoned(instants, load.index.tz)
    return pd.DataFrame(usage.reshape(len(instants), -1), index=index)
