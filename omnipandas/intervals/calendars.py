"""The local calendar of a frame's rows: hour, day, month, weekday, season, holiday as integer codes.

All studies group by these codes with `numpy.bincount`. Rows of many accounts share the same instants, so
the calendar is worked out once per instant of a quarter-hour grid and looked up for the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError

from .holidays import Holidays, holiday_mask
from .units import HOUR, MINUTE, QUARTER, Floats, Ints, Mask
from .zones import absent_days, instants_of, midnights, wall_time


class LocalCalendar:
    """The local wall-clock calendar of a tz-aware index, one integer code per row.

    Parameters
    ----------
    index : DatetimeIndex
        Instants, tz-aware, in any order, repeated as often as there are accounts.
    """

    def __init__(self, index: pd.DatetimeIndex) -> None:
        self._index = index
        self.instant = instants_of(index)
        self._slot: Ints | None = None
        self._absent = np.zeros(0, dtype=np.int64)
        if len(self.instant):
            low, high = int(self.instant.min()), int(self.instant.max())
            grid = self._grid(low, high)
            self._local = wall_time(index.tz, self.instant if grid is None else grid, low, high)
            self._absent = absent_days(index.tz, low, high)
        else:
            self._local = self.instant

    def _grid(self, low: int, high: int) -> Ints | None:
        """Return the quarter-hours that the rows lie on, where there are far fewer of them than rows."""
        if len(self.instant) < 50_000:
            return None
        if (high - low) // QUARTER * 2 > len(self.instant):
            return None
        since = self.instant - low
        slot = since // QUARTER
        if not np.array_equal(slot * QUARTER, since):
            return None
        self._slot = slot
        return np.arange(low, high + 1, QUARTER)

    def rows(self, codes: npt.NDArray[np.int64]) -> Ints:
        """Return codes of the grid as codes of the rows."""
        return codes if self._slot is None else codes[self._slot]

    @property
    def tz(self) -> tzinfo | None:
        """The zone that the calendar is of."""
        return self._index.tz

    @property
    def local(self) -> Ints:
        """Local wall time of each row [microseconds since 1970-01-01 00:00 local]."""
        return self.rows(self._local)

    @cached_property
    def _hours(self) -> Ints:
        return self._local // HOUR

    @cached_property
    def _days(self) -> Ints:
        return self._hours // 24

    @cached_property
    def first_day(self) -> int:
        """The first local day [days since 1970-01-01]; 0 for no rows."""
        return int(self._days.min()) if len(self._days) else 0

    @property
    def days(self) -> int:
        """Number of local days from the first to the last, both counted; one that never was is not."""
        return len(self.dates)

    @cached_property
    def _place(self) -> Ints:
        """Place of each instant of the grid in `dates`."""
        place = self._days - self.first_day
        if len(self._absent):
            place -= np.searchsorted(self._absent, self._days)
        return place

    @property
    def day(self) -> Ints:
        """Each row's local day as its place in `dates`."""
        return self.rows(self._place)

    @property
    def hour(self) -> Ints:
        """Each row's local hour of the day, 0 to 23."""
        return self.rows(self._hours - self._days * 24)

    @property
    def minute(self) -> Ints:
        """Each row's local minute of the day, 0 to 1439."""
        return self.rows(self._local // MINUTE - self._days * 1440)

    @cached_property
    def dates(self) -> npt.NDArray[np.datetime64]:
        """The local dates from the first to the last, in order, without those that the clocks leave out."""
        if not len(self._days):
            return np.zeros(0, dtype="datetime64[D]")
        every = np.arange(self.first_day, int(self._days.max()) + 1)
        return (np.setdiff1d(every, self._absent) if len(self._absent) else every).astype("datetime64[D]")

    @cached_property
    def month_of_day(self) -> Ints:
        """Month of each of `dates` [months since 1970-01]."""
        return self.dates.astype("datetime64[M]").astype(np.int64)

    @cached_property
    def weekday_of_day(self) -> Ints:
        """Weekday of each of `dates`, Monday 0 to Sunday 6."""
        return np.asarray((self.dates.astype(np.int64) + 3) % 7)

    def by_day(self, codes: npt.NDArray[np.int64]) -> Ints:
        """Return codes given per local date (as `dates`) as codes of the rows."""
        return self.rows(codes[self._place])

    def with_hour(self, codes: npt.NDArray[np.int64]) -> Ints:
        """Return ``code of the local date x 24 + local hour`` of the rows."""
        midnight = self.dates.astype(np.int64) * 24
        return self.rows((codes * 24 - midnight)[self._place] + self._hours)

    def holidays(self, holidays: Holidays) -> Mask:
        """Mark each of `dates` that is one of the holidays."""
        return holiday_mask(self.dates, holidays)


class Buckets:
    """Local days, months or years from the first row of a calendar to its last.

    Parameters
    ----------
    calendar : LocalCalendar
        The rows that are to be grouped.
    freq : {"day", "month", "year", "all"}
        What a bucket is; ``all`` is one from the first local day to the last.
    """

    def __init__(self, calendar: LocalCalendar, freq: str) -> None:
        self._unit = {"day": "D", "month": "M", "year": "Y", "all": "all"}[freq]
        self._tz = calendar.tz
        dates = calendar.dates
        # The first date of each bucket, and the one after the last bucket.
        self._first = (
            dates[:1] if self._unit == "all" else np.unique(dates.astype(f"datetime64[{self._unit}]"))
        )
        self._after = (dates if self._unit == "all" else self._first)[-1:] + 1
        self.count = len(self._first)

    def of(self, calendar: LocalCalendar) -> Ints:
        """Return the bucket of each row of a calendar."""
        place = np.searchsorted(self._first, calendar.dates.astype(self._first.dtype), side="right") - 1
        return calendar.by_day(place)

    @cached_property
    def _edges(self) -> pd.DatetimeIndex:
        return midnights(np.concatenate([self._first, self._after]), self._tz)

    @property
    def starts(self) -> pd.DatetimeIndex:
        """Each bucket's first instant."""
        return self._edges[:-1]

    @property
    def hours(self) -> Floats:
        """Each bucket's length [h]; a day has 23 to 25."""
        return np.asarray(np.diff(self._edges.asi8) / HOUR, dtype=np.float64)


def season_codes(seasons: Mapping[str, Sequence[int]]) -> Ints:
    """Return for each month, January first, the place of its season in `seasons`.

    Raises
    ------
    ArgumentError
        Where a month has no season, or two.
    """
    codes = np.full(12, -1)
    for place, (name, months) in enumerate(seasons.items()):
        for month in months:
            if not 1 <= month <= 12:
                raise ArgumentError(f"season {name!r} has month {month}: months are 1 to 12.")
            if codes[month - 1] >= 0:
                raise ArgumentError(f"month {month} is in two seasons: give each month one.")
            codes[month - 1] = place
    if (codes < 0).any():
        raise ArgumentError(f"month {int(np.argmin(codes)) + 1} is in no season: give each month one.")
    return codes
