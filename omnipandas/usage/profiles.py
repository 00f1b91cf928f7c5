"""The shape of a load: by hour of the day, by day and hour, by duration, in a typical week."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.calendars import LocalCalendar, season_codes
from omnipandas.intervals.groups import grouped_quantiles
from omnipandas.intervals.holidays import Holidays, checked_holidays
from omnipandas.intervals.readings import Readings, readings
from omnipandas.intervals.units import DAY_TYPES, SEASONS, WEEKDAYS, Floats, Ints
from omnipandas.schema import LOAD_PROFILE, TEXT

BY = ("season", "month", "day_type", "weekday", "year", "account")


@dataclass(frozen=True)
class Rule:
    """How days are put into groups.

    Parameters
    ----------
    by : tuple of str
        Words of `BY`, the slowest first.
    seasons : mapping of str to months
        Each season's months, 1 to 12.
    holidays : str, iterable of date and str, or None
        Days that are a day type of their own.
    """

    by: tuple[str, ...]
    seasons: Mapping[str, Sequence[int]]
    holidays: Holidays | None

    def labels(self, word: str, first_year: int, years: int) -> pd.Index:
        """Return what the codes of one word stand for."""
        if word == "season":
            return pd.Index(list(self.seasons), dtype=TEXT)
        if word == "day_type":
            return pd.Index(DAY_TYPES[: 3 if self.holidays else 2], dtype=TEXT)
        if word == "weekday":
            return pd.Index(WEEKDAYS, dtype=TEXT)
        return pd.RangeIndex(1, 13) if word == "month" else pd.RangeIndex(first_year, first_year + years)

    def codes(self, word: str, calendar: LocalCalendar, first_year: int) -> Ints:
        """Return the code of each of the calendar's dates."""
        month = calendar.month_of_day
        if word == "season":
            return season_codes(self.seasons)[month % 12]
        if word == "month":
            return month % 12
        if word == "year":
            return month // 12 + 1970 - first_year
        if word == "weekday":
            return calendar.weekday_of_day
        codes = (calendar.weekday_of_day >= 5).astype(np.int64)
        if self.holidays:
            codes[calendar.holidays(self.holidays)] = 2
        return codes


def load_profile(
    hourly: pd.DataFrame,
    by: str | Iterable[str] | None = None,
    *,
    quantiles: Iterable[float] = (),
    column: str = "total_kwh",
    seasons: Mapping[str, Sequence[int]] | None = None,
    holidays: Holidays | None = None,
) -> pd.DataFrame:
    """Return the mean load of each hour of the local day, by account and by what `by` names.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS, of one account or of many, in any order, intervals of any length up to an hour.
    by : str or iterable of str, optional
        One or more of ``"season"``, ``"month"``, ``"day_type"``, ``"weekday"``, ``"year"`` and
        ``"account"`` (accounts are always told apart).
    quantiles : iterable of float, optional
        Quantiles of the load beside its mean, as in ``(0.1, 0.5, 0.9)``: columns `p10_kw` and so on,
        by linear interpolation over the known intervals.
    column : str, default "total_kwh"
        The usage column to study.
    seasons : mapping of str to months, optional
        Months (1 to 12) of each season; by default the meteorological ones of the northern half
        (``winter`` is December to February).
    holidays : str or iterable of date and str, optional
        Days that become a day type of their own, as of `PeakSchedule`: ``"AZ"``, ``"CA-BC"``, ``"NERC"``.

    Returns
    -------
    DataFrame
        LOAD_PROFILE: index `hour` (0 to 23), 24 rows for each account and group; `mean_kw` [kW] is NaN
        for an hour without a known interval; `hours` [h] is the time behind the mean, `missing_hours`
        [h] the time between the account's first and last row that is absent or NaN. An empty frame
        gives an empty result.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS (no zone, a column missing or not numbers).
    ArgumentError
        Where `by`, `quantiles`, `seasons` or `holidays` cannot be right.

    Notes
    -----
    An interval counts for the hour that it starts in; the hour repeated in autumn counts twice for its
    hour of the day, the one left out in spring not at all.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-07-01", periods=48, freq="h", tz="America/New_York", unit="us")
    >>> hourly = pd.DataFrame(
    ...     {"service_account_id": "a", "interval_end": index + pd.Timedelta("1h"), "total_kwh": 0.5},
    ...     index=index,
    ... )
    >>> op.load_profile(hourly, by="season")[["season", "mean_kw", "hours"]].head(2)
          season  mean_kw  hours
    hour
    0     summer      0.5    2.0
    1     summer      0.5    2.0
    """
    words = _words(by)
    shares = tuple(quantiles)
    if not all(0 <= q <= 1 for q in shares):
        raise ArgumentError(f"quantiles lie between 0 and 1, not {shares!r}.")
    load = readings(hourly, column, "interval_end")
    names = ["service_account_id", *words, "mean_kw", "hours", "missing_hours"]
    if not len(load.kwh):
        return LOAD_PROFILE.empty()[names]
    calendar = load.calendar if load.block is None else load.block.calendar
    first_year = int(calendar.month_of_day[0]) // 12 + 1970
    years = int(calendar.month_of_day[-1]) // 12 + 1971 - first_year
    rule = Rule(words, SEASONS if seasons is None else seasons, checked_holidays(holidays))
    labels = {word: rule.labels(word, first_year, years) for word in words}
    groups = 24 * int(np.prod([len(values) for values in labels.values()], dtype=int))

    def coder(of: LocalCalendar) -> Ints:
        code = np.zeros(of.days, dtype=np.int64)
        for word, values in labels.items():
            code = code * len(values) + rule.codes(word, of, first_year)
        return of.with_hour(code)

    kwh, hours, seen = load.totals(coder, groups)
    missing = load.missing_hours(coder, groups, hours)
    with np.errstate(invalid="ignore"):
        figures = {"mean_kw": kwh / hours, "hours": hours, "missing_hours": missing}
    figures |= quantile_columns(load, coder, groups, shares)
    kept = np.flatnonzero(np.repeat(seen.reshape(-1, 24).any(axis=1), 24))
    columns: dict[str, object] = {"service_account_id": load.account_column(kept // groups)}
    place = kept % groups // 24
    for word in reversed(words):
        columns[word] = labels[word][place % len(labels[word])].array
        place = place // len(labels[word])
    ordered = {name: columns[name] for name in names if name in columns}
    ordered |= {name: values[kept] for name, values in figures.items()}
    return pd.DataFrame(ordered, index=pd.Index(kept % 24, name="hour"))


def _words(by: str | Iterable[str] | None) -> tuple[str, ...]:
    words = (by,) if isinstance(by, str) else tuple(by or ())
    if unknown := [word for word in words if word not in BY]:
        raise ArgumentError(f"by={unknown[0]!r} is not known: give one or more of {', '.join(BY)}.")
    if len(set(words)) < len(words):
        raise ArgumentError(f"by={list(words)!r} names a group twice.")
    return tuple(word for word in words if word != "account")


def quantile_columns(
    load: Readings, coder: Callable[[LocalCalendar], Ints], groups: int, shares: tuple[float, ...]
) -> dict[str, Floats]:
    """Return quantiles of the known loads of each account and group [kW], as columns named by per cent."""
    if not shares:
        return {}
    code = load.of_account(coder(load.calendar), groups)
    groups *= len(load.accounts)
    kw = load.kw
    if load.known is not None:
        code, kw = code[load.known], kw[load.known]
    return {
        f"p{share * 100:g}_kw": values
        for share, values in zip(shares, grouped_quantiles(code, kw, groups, shares), strict=True)
    }
