"""Usage in and out of peak hours, by the vendor's split or by a schedule."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.calendars import Buckets
from omnipandas.intervals.groups import counted, summed
from omnipandas.intervals.holidays import Holidays, checked_holidays
from omnipandas.intervals.readings import Readings, readings
from omnipandas.intervals.schedules import PeakSchedule
from omnipandas.intervals.units import Floats, Ints
from omnipandas.schema import PEAK_FIT, PEAK_SPLIT, TEXT

from .choices import by_or_freq, choice

PERIODS = ("on_peak", "off_peak")
FREQUENCIES = ("interval", "day", "month", "year")


def split_peaks(
    hourly: pd.DataFrame,
    schedule: PeakSchedule | None = None,
    *,
    by: str = "interval",
    freq: str | None = None,
) -> pd.DataFrame:
    """Return usage on-peak and off-peak in long form, with each period's share.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS, of one account or of many, in any order.
    schedule : PeakSchedule, optional
        Whose hours are on-peak; by default the vendor's own split is taken.
    by : {"interval", "day", "month", "year"}, default "interval"
        Over what to add up, in local time.
    freq : str, optional
        The former name of `by`, until 0.2.

    Returns
    -------
    DataFrame
        PEAK_SPLIT: index `interval_start`, tz-aware; two rows (`period` is ``on_peak``, then
        ``off_peak``) for each interval, day, month or year; `usage_kwh` [kWh]; `share`, of 1. For
        days and longer `missing_hours` [h] counts the hours of that day, month or year that have no
        reading or no split: they are left out of the sums. An empty frame gives an empty result.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS (no zone, a column missing or not numbers).
    ArgumentError
        Where `by` is none of the four.

    Notes
    -----
    An interval lies in the period that it starts in. Where on-peak and off-peak do not add up to the
    total both are kept as sent; `check_usage` reports it.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-07-03 14:00", periods=4, freq="h", tz="America/Phoenix", unit="us")
    >>> hourly = pd.DataFrame(
    ...     {"service_account_id": "a", "interval_end": index + pd.Timedelta("1h"), "total_kwh": 1.5},
    ...     index=index,
    ... )
    >>> peaks = op.split_peaks(hourly, op.PeakSchedule.parse("weekdays 16-19, Jun-Sep"), by="day")
    >>> peaks[["period", "usage_kwh", "share", "missing_hours"]].reset_index(drop=True)
         period  usage_kwh  share  missing_hours
    0   on_peak        3.0    0.5           20.0
    1  off_peak        3.0    0.5           20.0
    """
    by = choice("by", by_or_freq(by, freq), FREQUENCIES)
    if schedule is None:
        load = readings(hourly, "on_peak_kwh", "off_peak_kwh", "interval_end")
        on = load.kwh
        off = hourly["off_peak_kwh"].to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        load = readings(hourly, "total_kwh", "interval_end")
        peak = schedule.on_peak_rows(load.calendar)
        on, off = np.where(peak, load.kwh, load.kwh * 0.0), np.where(peak, load.kwh * 0.0, load.kwh)
    if by == "interval":
        return _long(load, load.index, load.account, on, off)
    if not len(on):
        return PEAK_SPLIT.empty(str(load.index.tz))
    parts = [load if on is load.kwh else load.of(on), load.of(off)]
    if any(part.known is not None for part in parts):
        unknown = np.isnan(on) & np.isnan(off)
        parts = [load.of(np.where(unknown, np.nan, np.nan_to_num(part))) for part in (on, off)]
    buckets = Buckets(load.calendar if parts[0].block is None else parts[0].block.calendar, by)
    (sums_on, hours, rows), (sums_off, _, _) = (part.totals(buckets.of, buckets.count) for part in parts)
    kept = np.flatnonzero(rows)
    sums = (sums_on, sums_off)
    start = buckets.starts[kept % buckets.count]
    nothing = np.where(hours[kept] > 0, 0.0, np.nan)
    long = _long(load, start, kept // buckets.count, sums[0][kept] + nothing, sums[1][kept] + nothing)
    missing = np.maximum(buckets.hours[kept % buckets.count] - hours[kept], 0.0)
    return long.assign(missing_hours=np.repeat(missing, 2))


def _long(load: Readings, start: pd.DatetimeIndex, account: Ints, on: Floats, off: Floats) -> pd.DataFrame:
    usage = np.stack([on, off], axis=1)
    both = np.nansum(usage, axis=1, keepdims=True)
    share = np.divide(usage, both, out=np.full_like(usage, np.nan), where=both > 0)
    return pd.DataFrame(
        {
            "service_account_id": load.account_column(np.repeat(account, 2)),
            "period": pd.Categorical.from_codes(np.tile(np.arange(2), len(on)), categories=pd.Index(PERIODS)),
            "usage_kwh": usage.ravel(),
            "share": share.ravel(),
        },
        index=start.repeat(2).rename("interval_start"),
    )


def infer_peak_schedule(hourly: pd.DataFrame, *, holidays: Holidays | None = None) -> PeakSchedule:
    """Return the schedule that best explains the vendor's on-peak and off-peak split, with its fit.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS with a reported split, of one account or of several on the same tariff.
    holidays : str or iterable of date and str, optional
        Days that are taken as Sundays, as of `PeakSchedule`; without them holidays count as misfits.

    Returns
    -------
    PeakSchedule
        Its `fit` is PEAK_FIT: for each account the intervals with usage and split, and the share of
        them, and of their usage, that lies in the period that the schedule gives.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS.
    ArgumentError
        Where no interval has both usage and a reported split.

    Notes
    -----
    Each month, weekday and hour is on-peak where most of its intervals are. Weekdays that can be told
    as Monday to Friday against the weekend, at no more than 0.2 % of the intervals lost, are. Months
    without a reading are off-peak throughout: look at the schedule's months before billing with it.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-01-01", "2024-01-01", freq="h", tz="America/Phoenix", unit="us")
    >>> peak = op.PeakSchedule.parse("weekdays 15-20").on_peak(index)
    >>> hourly = pd.DataFrame(
    ...     {"service_account_id": "a", "on_peak_kwh": 1.0 * peak, "off_peak_kwh": 1.0 * ~peak}, index=index
    ... )
    >>> schedule = op.infer_peak_schedule(hourly)
    >>> str(schedule), float(schedule.fit["agreement"].iloc[0])
    ('weekdays 15-20', 1.0)
    """
    load = readings(hourly, "on_peak_kwh", "off_peak_kwh")
    on = load.kwh
    off = hourly["off_peak_kwh"].to_numpy(dtype=np.float64, na_value=np.nan)
    told = np.flatnonzero(np.abs(np.nan_to_num(on) - np.nan_to_num(off)) > 0)
    if not len(told):
        raise ArgumentError(
            "no interval has a reported on-peak and off-peak split, so no schedule can be inferred: give one "
            "in words, as in PeakSchedule.parse('weekdays 16-21, Jun-Sep')."
        )
    calendar = load.calendar
    weekday = calendar.weekday_of_day.copy()
    holidays = checked_holidays(holidays)
    weekday[calendar.holidays(holidays)] = 6
    cell = calendar.with_hour(calendar.month_of_day % 12 * 7 + weekday)[told]
    peak = np.nan_to_num(on[told]) > np.nan_to_num(off[told])
    votes = summed(cell, np.where(peak, 1.0, -1.0), 12 * 7 * 24).reshape(12, 7, 24)
    weeks = votes > 0
    pooled = np.concatenate(
        [
            np.repeat(votes[:, :5].sum(axis=1, keepdims=True) > 0, 5, axis=1),
            np.repeat(votes[:, 5:].sum(axis=1, keepdims=True) > 0, 2, axis=1),
        ],
        axis=1,
    )
    hits = [(table.ravel()[cell] == peak).mean() for table in (weeks, pooled)]
    table = pooled if hits[1] >= hits[0] - 0.002 else weeks
    fit = _fit(load, told, table.ravel()[cell] == peak, np.abs(on[told] - off[told]))
    return PeakSchedule.from_week(table, holidays=holidays, fit=fit)


def _fit(load: Readings, told: Ints, hit: npt.NDArray[np.bool_], weight: Floats) -> pd.DataFrame:
    account, n = load.account[told], len(load.accounts)
    intervals = counted(account, n)
    weight = np.nan_to_num(weight)
    with np.errstate(invalid="ignore"):
        columns = {
            "intervals": intervals,
            "agreement": summed(account, hit, n) / intervals,
            "energy_agreement": summed(account, hit * weight, n) / summed(account, weight, n),
        }
    names = pd.Index(load.accounts.astype(TEXT), name=PEAK_FIT.index.name)
    return pd.DataFrame(columns, index=names)
