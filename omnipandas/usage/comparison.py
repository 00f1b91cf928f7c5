"""One period beside another, day by like day."""

from __future__ import annotations

from datetime import tzinfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.holidays import Holidays, checked_holidays, holiday_names
from omnipandas.intervals.readings import account_codes
from omnipandas.intervals.units import DAY, Floats, Ints
from omnipandas.intervals.zones import absent_days
from omnipandas.schema import PERIOD_COMPARISON, TEXT

from .resampling import resample_usage

Dates = npt.NDArray[np.datetime64]
Period = int | tuple[str | pd.Timestamp, str | pd.Timestamp]


def compare_periods(
    hourly: pd.DataFrame, before: Period, after: Period, *, holidays: Holidays | None = None
) -> pd.DataFrame:
    """Return each day of one period beside its like in an earlier one, matched by weekday and holiday.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS that hold both periods, of one account or of many, in any order.
    before, after : int or (start, end)
        A year, or local dates, half-open.
    holidays : str or iterable of date and str, optional
        Days that are matched by name, not by weekday, as of `PeakSchedule`: ``"AZ"``, ``"CA-BC"``.

    Returns
    -------
    DataFrame
        PERIOD_COMPARISON: index `date` (each day of `after`), `matched_date` (same weekday, in whole weeks
        from the distance of the two periods; a holiday's is the same holiday, and no other day's like is a
        holiday), `before_kwh`, `after_kwh`, `change_kwh` [kWh], `change` (of 1). Days without all their
        intervals are NaN. Accounts come one after the other. An empty frame gives an empty result.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS.
    ArgumentError
        Where a period cannot be right or `holidays` is not known.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2022-01-01", "2024-01-01", freq="h", tz="America/Phoenix", inclusive="left")
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
    >>> days = op.compare_periods(hourly, 2022, 2023, holidays="AZ")
    >>> days.loc["2023-11-23", ["matched_date", "matched_by"]].tolist()
    [Timestamp('2022-11-24 00:00:00'), 'holiday: Thanksgiving Day']
    """
    daily = resample_usage(hourly, "day")
    first, second, known = _dates(before), _dates(after), checked_holidays(holidays)
    if not len(daily):
        return PERIOD_COMPARISON.empty()
    zone = pd.DatetimeIndex(daily.index).tz
    first, second = _that_were(first, zone), _that_were(second, zone)
    matched, how = _matches(first, second, known)
    accounts, account = account_codes(daily["service_account_id"])
    whole = np.where(daily["missing_hours"] > 1e-9, np.nan, daily["total_kwh"])
    day = pd.DatetimeIndex(daily.index).tz_localize(None).to_numpy().astype("datetime64[D]")
    usage = [_looked_up(day, account, whole, dates, len(accounts)) for dates in (matched, second)]
    n = len(accounts)
    with np.errstate(invalid="ignore", divide="ignore"):
        change = np.where(usage[0] > 0, (usage[1] - usage[0]) / usage[0], np.nan)
    return pd.DataFrame(
        {
            "service_account_id": pd.Categorical.from_codes(
                np.repeat(np.arange(n), len(second)), categories=accounts
            ),
            "matched_date": np.tile(matched.astype("datetime64[us]"), n),
            "matched_by": pd.array(np.tile(how, n), dtype=TEXT),
            "before_kwh": usage[0],
            "after_kwh": usage[1],
            "change_kwh": usage[1] - usage[0],
            "change": change,
        },
        index=pd.DatetimeIndex(np.tile(second.astype("datetime64[us]"), n), name="date"),
    )


def _dates(period: Period) -> Dates:
    bounds = (f"{period}-01-01", f"{period + 1}-01-01") if isinstance(period, int) else period
    try:
        start, end = pd.DatetimeIndex(bounds).to_numpy().astype("datetime64[D]")
    except (TypeError, ValueError) as error:
        raise ArgumentError(f"a period is a year or (start, end), not {period!r}.") from error
    if start >= end:
        raise ArgumentError(f"a period starts before it ends, not {period!r}.")
    return np.arange(start, end)


def _that_were(dates: Dates, zone: tzinfo | None) -> Dates:
    """Return the dates without those that the clocks of a zone leave out."""
    low, high = (int(day.astype("datetime64[us]").astype(np.int64)) for day in dates[[0, -1]])
    return np.setdiff1d(dates, absent_days(zone, low - DAY, high + 2 * DAY).astype(dates.dtype))


def _matches(first: Dates, second: Dates, holidays: Holidays) -> tuple[Dates, npt.NDArray[np.str_]]:
    """Return each day's like in the first period, NaT for none, and by what it was matched."""
    apart = int((second[0] - first[0]).astype(np.int64))
    weeks = np.timedelta64(round(apart / 7) * 7, "D")
    names = {**holiday_names(first, holidays), **holiday_names(second, holidays)}
    inside = set(first.tolist())
    by_name = {
        (name, day.astype("datetime64[Y]")): day for day, name in names.items() if day.item() in inside
    }
    matched = np.full(len(second), np.datetime64("NaT", "D"), dtype="datetime64[D]")
    how = np.full(len(second), "", dtype="<U80")
    for place, day in enumerate(second):
        if day in names:
            year = (day - weeks + np.timedelta64(3, "D")).astype("datetime64[Y]")
            like = by_name.get((names[day], year))
            if like is not None:
                matched[place], how[place] = like, f"holiday: {names[day]}"
            continue
        for shift in (0, 7, -7):
            like = day - weeks + np.timedelta64(shift, "D")
            if like.item() in inside and like not in names:
                matched[place], how[place] = like, "weekday"
                break
    return matched, how


def _looked_up(day: Dates, account: Ints, usage: Floats, wanted: Dates, accounts: int) -> Floats:
    """Return the usage of the wanted days of each account in turn; NaN where there is none."""
    known = wanted[~np.isnat(wanted)]
    low = min(day.min(), known.min()) if len(known) else day.min()
    span = int((max(day.max(), known.max() if len(known) else day.max()) - low).astype(np.int64)) + 1
    table = np.full((accounts, span), np.nan)
    table[account, (day - low).astype(np.int64)] = usage
    place = np.where(np.isnat(wanted), 0, (wanted - low).astype(np.int64))
    return np.where(np.isnat(wanted), np.nan, table[:, place]).ravel()
