"""The local calendar of a frame's rows: hour, day, month, weekday, season, holiday as integer codes.

All studies group by these codes with `numpy.bincount`. Rows of many accounts share the same instants, so
the calendar is worked out once per instant of a quarter-hour grid and looked up for the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SECOND = 1_000_000
MINUTE = 60 * SECOND
QUARTER = 15 * MINUTE
HOUR = 60 * MINUTE
DAY = 24 * HOUR
YEAR = 365 * DAY + DAY // 4

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SEASONS: Mapping[str, tuple[int, ...]] = {
    "winter": (12, 1, 2),
    "spring": (3, 4, 5),
    "summer": (6, 7, 8),
    "autumn": (9, 10, 11),
}
DAY_TYPES = ("weekday", "weekend", "holiday")


def counted(code: npt.NDArray[np.integer], groups: int) -> Ints:
    """Return how many rows each group has."""
    return np.asarray(np.bincount(code, minlength=groups), dtype=np.int64)


def summed(code: npt.NDArray[np.integer], weight: npt.NDArray[np.generic], groups: int) -> Floats:
    """Return the sum of `weight` over the rows of each group."""
    return np.asarray(np.bincount(code, weight, groups), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a zone's clocks.

    Parameters
    ----------
    at : int
        The instant [microseconds since 1970 UTC].
    before, after : int
        UTC offset before and after [microseconds].
    """

    at: int
    before: int
    after: int

    @property
    def forward(self) -> bool:
        """Whether the clocks go forward, as in spring."""
        return self.after > self.before

    @property
    def wall(self) -> tuple[int, int]:
        """The wall times that are left out, or come twice: start and end [microseconds]."""
        edges = self.at + self.before, self.at + self.after
        return min(edges), max(edges)


def changes(zone: tzinfo | None, low: int, high: int) -> list[Change]:
    """Return the changes of a zone's clocks after `low` up to `high` [microseconds since 1970 UTC]."""
    found: list[Change] = []
    for place in range(low // YEAR, high // YEAR + 1):
        found += [change for change in _year(zone, place)[1] if low < change.at <= high]
    return found


def wall_time(zone: tzinfo | None, instant: Ints, low: int, high: int) -> Ints:
    """Return instants from `low` to `high` as wall times [microseconds].

    A zone changes its clocks a few times a year: adding those is several times as fast as asking for the
    offset of each instant.
    """
    offset, before = _year(zone, low // YEAR)
    offset += sum(change.after - change.before for change in before if change.at <= low)
    local = instant + offset
    for change in changes(zone, low, high):
        local += (instant >= change.at) * (change.after - change.before)
    return local


@lru_cache(maxsize=512)
def _year(zone: tzinfo | None, place: int) -> tuple[int, tuple[Change, ...]]:
    """Return offset at the start and changes of one of the years from 1970, each 365.25 days long."""
    low = place * YEAR
    at = [
        _steps(zone, rough - HOUR, rough, SECOND)[0] for rough in _steps(zone, low, low + YEAR - HOUR, HOUR)
    ]
    edges = _offsets(zone, np.array([low, *at, *(stamp - SECOND for stamp in at)])).tolist()
    after, before = edges[1 : len(at) + 1], edges[len(at) + 1 :]
    return edges[0], tuple(map(Change, at, before, after))


def _steps(zone: tzinfo | None, low: int, high: int, step: int) -> list[int]:
    """Return the instants of a grid at which the UTC offset is no longer that of the step before."""
    grid = np.arange(low, high + step, step)
    changed: list[int] = grid[1:][np.diff(_offsets(zone, grid)) != 0].tolist()
    return changed


def _offsets(zone: tzinfo | None, instant: Ints) -> Ints:
    stamps = pd.DatetimeIndex(instant.view("datetime64[us]"), tz="UTC").tz_convert(zone)
    return np.asarray(stamps.tz_localize(None).asi8 - instant, dtype=np.int64)


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


def midnights(dates: npt.NDArray[np.datetime64], tz: tzinfo | None) -> pd.DatetimeIndex:
    """Return the first instant of each local date."""
    naive = pd.DatetimeIndex(dates.astype("datetime64[us]"))
    # Where clocks go back over midnight the day begins at the first of the two, where they go forward
    # at the first instant that there is.
    first = np.ones(len(naive), dtype=bool)
    return naive.tz_localize(tz, ambiguous=first, nonexistent="shift_forward")


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


def holiday_mask(dates: npt.NDArray[np.datetime64], region: str) -> npt.NDArray[np.bool_]:
    """Mark the dates that are public holidays of `region`, as the `holidays` library has them.

    Parameters
    ----------
    dates : numpy.ndarray
        Local dates, ``datetime64[D]``.
    region : str
        A state of the United States (``"AZ"``; ``"CA"`` is California), or a country with or without
        its subdivision (``"US"``, ``"CAN"``, ``"CA-BC"``, ``"AU-NSW"``).

    Raises
    ------
    ArgumentError
        Where the library does not know the region.
    """
    if not len(dates):
        return np.zeros(0, dtype=bool)
    years = range(int(str(dates.min())[:4]), int(str(dates.max())[:4]) + 1)
    return np.isin(dates, list(_holidays(region, years.start, years.stop)))


def holiday_names(dates: npt.NDArray[np.datetime64], region: str) -> dict[np.datetime64, str]:
    """Return the public holidays of `region` among the dates, with their names.

    Raises
    ------
    ArgumentError
        Where the library does not know the region.
    """
    low, high = dates.min(), dates.max()
    found = _holidays(region, int(str(low)[:4]), int(str(high)[:4]) + 1)
    return {day: name for day, name in found.items() if low <= day <= high}


@lru_cache(maxsize=64)
def _holidays(region: str, start: int, stop: int) -> dict[np.datetime64, str]:
    import holidays  # 40 ms to import; most studies never ask

    country, _, subdivision = region.upper().partition("-")
    if not subdivision and country in holidays.list_supported_countries()["US"]:
        country, subdivision = "US", country
    try:
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=range(start, stop))
    except NotImplementedError as error:
        raise ArgumentError(
            f"no holidays are known for region {region!r}: give a state such as 'AZ', or a country with "
            "or without its subdivision, such as 'US', 'CA-BC' or 'AU-NSW'."
        ) from error
    return {np.datetime64(day, "D"): name for day, name in sorted(found.items())}
