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

from .holidays import holiday_mask
from .units import HOUR, MINUTE, QUARTER, Floats, Ints
from .zones import midnights, wall_time


class LocalCalendar:
    """The local wall-clock calendar of a tz-aware index, one integer code per row.

    Parameters
    ----------
    index : DatetimeIndex
        Instants, tz-aware, in any order, repeated as often as there are accounts.
    """

    def __init__(self, index: pd.DatetimeIndex) -> None:
        self._index = index
        instants = index.as_unit("us") if index.unit != "us" else index
        self.instant: Ints = instants.asi8
        self._slot: Ints | None = None
        if len(self.instant):
            low, high = int(self.instant.min()), int(self.instant.max())
            grid = self._grid(low, high)
            self._local = wall_time(index.tz, self.instant if grid is None else grid, low, high)
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

    @cached_property
    def days(self) -> int:
        """Number of local days from the first to the last, both counted."""
        return int(self._days.max()) - self.first_day + 1 if len(self._days) else 0

    @property
    def day(self) -> Ints:
        """Each row's local day, counted from `first_day`."""
        return self.rows(self._days - self.first_day)

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
        """The local dates from the first to the last, in order."""
        return np.arange(self.first_day, self.first_day + self.days).astype("datetime64[D]")

    @cached_property
    def month_of_day(self) -> Ints:
        """Month of each of `dates` [months since 1970-01]."""
        return self.dates.astype("datetime64[M]").astype(np.int64)

    @cached_property
    def weekday_of_day(self) -> Ints:
        """Weekday of each of `dates`, Monday 0 to Sunday 6."""
        return (np.arange(self.first_day, self.first_day + self.days) + 3) % 7

    def by_day(self, codes: npt.NDArray[np.int64]) -> Ints:
        """Return codes given per local date (as `dates`) as codes of the rows."""
        return self.rows(codes[self._days - self.first_day])

    def with_hour(self, codes: npt.NDArray[np.int64]) -> Ints:
        """Return ``code of the local date x 24 + local hour`` of the rows."""
        midnight = np.arange(self.first_day, self.first_day + self.days) * 24
        return self.rows((codes * 24 - midnight)[self._days - self.first_day] + self._hours)

    def holidays(self, region: str) -> npt.NDArray[np.bool_]:
        """Mark each of `dates` that is a public holiday of `region`."""
        return holiday_mask(self.dates, region)


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
        places = self._places(calendar)
        self._first, self.count = int(places[0]), int(places[-1] - places[0]) + 1
        self._days = calendar.dates[[0, -1]] + np.array([0, 1])

    def _places(self, calendar: LocalCalendar) -> Ints:
        if self._unit == "all":
            return np.zeros(calendar.days, dtype=np.int64)
        return calendar.dates.astype(f"datetime64[{self._unit}]").astype(np.int64)

    def of(self, calendar: LocalCalendar) -> Ints:
        """Return the bucket of each row of a calendar."""
        return calendar.by_day(self._places(calendar) - self._first)

    @cached_property
    def _edges(self) -> pd.DatetimeIndex:
        if self._unit == "all":
            return midnights(self._days, self._tz)
        first = np.arange(self._first, self._first + self.count + 1).astype(f"datetime64[{self._unit}]")
        return midnights(first, self._tz)

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
