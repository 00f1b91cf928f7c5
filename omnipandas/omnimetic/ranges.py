"""Ranges of time: what a person asks for, as the calendar-aligned requests that bring it.

Source: the vendor's document gives ``historical-data`` by year and ``interval-data`` by dates; it does
not say whether ``endDate`` is included, nor in which zone a date is meant. So each month is asked for with
a day around it and cut to its own hours: right under every reading, with neither a lost nor a doubled row.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.zones import in_zone, midnights

# Utilities correct their readings up to some weeks back (ha-smarthub#74: 30 days; ours: 60).
OPEN_DAYS = 60
_FIRST_YEAR = 1970
Bound = str | date | datetime | pd.Timestamp | np.datetime64


@dataclass(frozen=True, slots=True)
class Chunk:
    """One calendar month of a range, in the frame's zone.

    Parameters
    ----------
    month : Period
        The month.
    start, end : Timestamp
        The hours of it that belong to the range, half-open, tz-aware.
    opens, closes : Timestamp
        The month itself, half-open.
    """

    month: pd.Period
    start: pd.Timestamp
    end: pd.Timestamp
    opens: pd.Timestamp
    closes: pd.Timestamp

    @property
    def hours(self) -> int:
        """How many hours begin in the month, a part of one at a clock's change counted as one."""
        return math.ceil((self.closes - self.opens) / pd.Timedelta(hours=1))

    @property
    def query(self) -> dict[str, str]:
        """The request's dates: the month and a day on each side, whole under either reading of the end.

        They do not depend on the zone, so that a change of zone reuses what is cached.
        """
        first = self.month.start_time - pd.Timedelta(days=1)
        last = self.month.end_time.normalize() + pd.Timedelta(days=2)
        return {"startDate": first.strftime("%Y-%m-%d"), "endDate": last.strftime("%Y-%m-%d")}


def require_order(start: Bound, end: Bound, now: pd.Timestamp) -> None:
    """Raise where a range is wrong in whichever zone it may be meant, before anything is sent.

    Raises
    ------
    ArgumentError
        A bound is no date, the range is empty or reversed, or begins in the future.
    """
    first, last = _timestamp(start, "start"), _timestamp(end, "end")
    if (first.tz is None) == (last.tz is None) and first >= last:
        raise ArgumentError(
            f"the range is empty: start {first} is not before end {last}. "
            "Ranges are half-open: the end is not part of them."
        )
    # +14 hours: the zone in which a naive bound comes soonest (Kiritimati).
    earliest = first.tz_localize("Etc/GMT-14") if first.tz is None else first
    if earliest >= now:
        raise ArgumentError(f"the range begins in the future ({first}): there are no readings yet.")


def bounds(start: Bound, end: Bound, timezone: str, now: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return a range's bounds as instants in `timezone`, in which a naive bound is meant.

    A naive time that comes twice in autumn means the first one; one that spring leaves out means the
    moment of the change.

    Raises
    ------
    ArgumentError
        As `require_order`, now that the zone is known.
    """
    require_order(start, end, now)
    first, last = (
        in_zone(_timestamp(bound, name), timezone) for bound, name in ((start, "start"), (end, "end"))
    )
    if first >= last:
        raise ArgumentError(f"the range is empty: start {first} is not before end {last}.")
    if first >= now:
        raise ArgumentError(f"the range begins in the future ({first}): there are no readings yet.")
    return first, last


def month_chunks(start: pd.Timestamp, end: pd.Timestamp, now: pd.Timestamp) -> list[Chunk]:
    """Cut a half-open range at the month seams of its zone; months wholly in the future are left out.

    Parameters
    ----------
    start, end : Timestamp
        Bounds in the frame's zone.
    now : Timestamp
        The present.

    Returns
    -------
    list of Chunk
        In order; their hours neither overlap nor leave a gap.
    """
    last = min(end, now.tz_convert(start.tz))
    # A day more: where clocks go back over midnight, a month has begun though its wall time is last month's.
    months = pd.period_range(start.tz_localize(None), last.tz_localize(None) + pd.Timedelta(days=1), freq="M")
    edges = midnights(months.append(months[-1:] + 1).to_numpy(dtype="datetime64[M]"), start.tz)
    return [
        Chunk(month, max(start, opens), min(end, closes), opens, closes)
        for month, opens, closes in zip(months, edges[:-1], edges[1:], strict=True)
        if opens < last and start < closes
    ]


def is_closed(end: pd.Timestamp, now: pd.Timestamp) -> bool:
    """Say whether a period's readings are final: it ended more than `OPEN_DAYS` ago."""
    return now - end > pd.Timedelta(days=OPEN_DAYS)


def calendar_years(years: object, now: pd.Timestamp) -> list[int]:
    """Return one year or an iterable of years as a sorted list without doubles.

    Raises
    ------
    ArgumentError
        Something in it is no year, lies in the future, or there is none.
    """
    items = [years] if isinstance(years, (numbers.Integral, str, bytes)) else years
    if not isinstance(items, Iterable):
        raise ArgumentError(f"years is a year such as 2023 or an iterable of them, not {years!r}.")
    wanted = sorted({_calendar_year(item, now) for item in items})
    if not wanted:
        raise ArgumentError("no year was given: years is a year such as 2023 or an iterable of them.")
    return wanted


def _calendar_year(item: object, now: pd.Timestamp) -> int:
    if isinstance(item, bool) or not isinstance(item, numbers.Integral):
        raise ArgumentError(f"a year is a whole number such as 2023, not {item!r}.")
    year = int(item)
    latest = (now + pd.Timedelta(hours=14)).year
    if not _FIRST_YEAR <= year <= 9999:
        raise ArgumentError(f"{year} is no year of meter readings: give a number such as 2023.")
    if year > latest:
        raise ArgumentError(f"{year} lies in the future: there are no readings yet.")
    return year


def _timestamp(bound: object, name: str) -> pd.Timestamp:
    # pandas reads "today" in this machine's zone and "5/3/2023" as one country's habit: ISO 8601 only.
    iso = bound[:4].isdecimal() if isinstance(bound, str) else isinstance(bound, (date, np.datetime64))
    if not iso:
        raise ArgumentError(f'{name} is a date such as "2023-01-01" or a datetime, not {bound!r}.')
    try:
        stamp = pd.Timestamp(bound)  # type: ignore[arg-type]  # its kind was checked in the lines above
    except (ValueError, TypeError) as error:
        raise ArgumentError(f'{name} is a date such as "2023-01-01", not {bound!r}.') from error
    if not isinstance(stamp, pd.Timestamp) or not _FIRST_YEAR <= stamp.year <= 9999:
        raise ArgumentError(f'{name} is a date such as "2023-01-01", not {bound!r}.')
    return stamp.as_unit("us")
