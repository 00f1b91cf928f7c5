"""A zone's clocks: its name and changes, instants to wall time and back, the first instant of a day."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError, QualityWarning
from omnipandas.schema import TEXT

from .units import DAY, HOUR, SECOND, YEAR, Ints, Mask

Stamps = npt.NDArray[np.datetime64]
# Python's calendar ends with the year 9999: no change is looked for in its last day.
_LAST = int(np.datetime64("9999-12-31", "us").astype(np.int64))


def zone_name(name: object) -> str:
    """Return the name of an IANA time zone, given by it or as a `ZoneInfo`.

    Raises
    ------
    ArgumentError
        It is none.
    """
    if isinstance(name, ZoneInfo) and name.key:
        return name.key
    if not isinstance(name, str) or not name.strip():
        raise ArgumentError(f'a time zone is an IANA name such as "America/New_York", not {name!r}.')
    try:
        return ZoneInfo(name).key
    # A folder of the zones' files, such as "America", is an OSError; a path that leads out a ValueError.
    except (KeyError, ValueError, OSError) as error:
        raise ArgumentError(
            f'there is no time zone {name!r}: use an IANA name such as "America/New_York".'
        ) from error


def instants_of(index: pd.DatetimeIndex) -> Ints:
    """Return tz-aware stamps as instants [microseconds since 1970 UTC]."""
    return np.asarray((index if index.unit == "us" else index.as_unit("us")).asi8, dtype=np.int64)


def zoned(instants: Ints, zone: tzinfo | str | None) -> pd.DatetimeIndex:
    """Return instants [microseconds since 1970 UTC] as stamps in a zone."""
    return pd.DatetimeIndex(instants.view("datetime64[us]"), tz="UTC").tz_convert(zone)


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
        _steps(zone, rough - HOUR, rough, SECOND)[0]
        for rough in _steps(zone, low, min(low + YEAR, _LAST), HOUR)
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
    return np.asarray(zoned(instant, zone).tz_localize(None).asi8 - instant, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class WallTimes:
    """Wall times as instants [microseconds since 1970 UTC].

    Parameters
    ----------
    first, second : numpy.ndarray of int
        The instant, twice the same but for wall times that autumn repeats. What spring leaves out is moved
        on by the size of the change.
    reached : numpy.ndarray of int
        When the clocks first show the wall time or, where spring leaves it out, a later one.
    skipped : numpy.ndarray of bool
        Whether spring leaves it out.
    """

    first: Ints
    second: Ints
    reached: Ints
    skipped: Mask

    @property
    def twice(self) -> Mask:
        """Mark the wall times that come twice."""
        return np.asarray(self.first != self.second)


def wall_times(zone: tzinfo | None, wall: Ints) -> WallTimes:
    """Return what instants the wall times of a zone are [microseconds since 1970 00:00 local]."""
    if not len(wall):
        return WallTimes(wall, wall, wall, np.zeros(0, dtype=bool))
    # No zone is more than a day off UTC.
    low, high = int(wall.min()) - 2 * DAY, min(int(wall.max()) + 2 * DAY, _LAST)
    found = changes(zone, low, high)
    # Between two changes one offset holds; `edges` are the wall times that a change leaves out or repeats.
    offset = np.array([*(change.before for change in found[:1]), *(change.after for change in found)])
    if not found:
        offset = _offsets(zone, np.array([low]))
    edges = np.array([change.wall for change in found], dtype=np.int64).reshape(-1, 2)
    place = np.searchsorted(edges[:, 0], wall, side="right")
    first = wall - offset[np.searchsorted(edges[:, 1], wall, side="right")]
    second = wall - offset[place]
    skipped = second < first
    at = np.array([low, *(change.at for change in found)])
    return WallTimes(first, np.maximum(first, second), np.where(skipped, at[place], first), skipped)


def in_zone(stamp: pd.Timestamp, zone: tzinfo | str | None) -> pd.Timestamp:
    """Return a bound of a range in a zone, in which a naive one is meant.

    It is the first instant from which on the clocks show that wall time or later ones: the first of two in
    autumn, the moment of the change for one that spring leaves out.
    """
    if stamp.tz is not None:
        return stamp.tz_convert(zone)
    clock = ZoneInfo(zone) if isinstance(zone, str) else zone
    return zoned(
        wall_times(clock, np.array([stamp.as_unit("us").to_datetime64()]).view(np.int64)).reached, zone
    )[0]


def midnights(dates: npt.NDArray[np.datetime64], zone: tzinfo | None) -> pd.DatetimeIndex:
    """Return the first instant of each local date, of one that the clocks leave out that of the next."""
    return zoned(wall_times(zone, dates.astype("datetime64[us]").astype(np.int64)).reached, zone)


def absent_days(zone: tzinfo | None, low: int, high: int) -> Ints:
    """Return the local days that changes after `low` up to `high` leave out [days since 1970-01-01].

    Islands that moved to the other side of the date line skipped a day: Samoa its 30 December 2011.
    """
    spans = [change.wall for change in changes(zone, low, high) if change.after - change.before >= DAY]
    days = [np.arange(-(-start // DAY), end // DAY) for start, end in spans]
    return np.concatenate([np.zeros(0, dtype=np.int64), *days])


def from_wall(wall: Stamps, timezone: str, record_ids: list[str | None]) -> Stamps:
    """Return the vendor's wall-clock stamps as UTC instants.

    In the hour that autumn repeats, a stamp's first record is the earlier hour and its second the later
    one; the same record sent twice counts once. A stamp in the hour that spring leaves out contradicts
    the clock: it is moved on by the change and reported.
    """
    if len(wall) and wall[0] > wall[-1]:
        return from_wall(wall[::-1], timezone, record_ids[::-1])[::-1]
    times = wall_times(ZoneInfo(timezone), wall.astype("datetime64[us]").astype(np.int64))
    if times.skipped.any():
        missing = wall[times.skipped]
        warnings.warn(
            f"{len(missing)} record(s) at {pd.Timestamp(missing[0])} and the like: {timezone} has no such "
            "wall time in spring. They were moved on by the change. If there are many, the clock is "
            '"utc", not "wall".',
            QualityWarning,
            stacklevel=2,
        )
    index = pd.DatetimeIndex(wall)
    again = _comes_again(index, record_ids)
    for row in np.flatnonzero(times.twice & ~index.duplicated(keep=False)):
        before = times.first[~times.twice & (wall < wall[row])]
        again[row] = _fits_better(times.second[row], times.first[row], before)
    return np.where(again, times.second, times.first).view("datetime64[us]")


def _fits_better(later: np.int64, earlier: np.int64, before: Ints) -> bool:
    """Say whether only the later reading lies whole hours after the record before it.

    It tells the two apart where the clock moves by half an hour (Lord Howe); a stamp without its
    partner is the earlier hour otherwise.
    """
    if not len(before):
        return False
    return bool((earlier - before.max()) % HOUR != 0 and (later - before.max()) % HOUR == 0)


def _comes_again(wall: pd.DatetimeIndex, record_ids: list[str | None]) -> Mask:
    """Mark the records whose stamp an earlier record of another id has."""
    again = np.zeros(len(wall), dtype=bool)
    shared = wall.duplicated(keep=False)
    if shared.any():
        rows = np.flatnonzero(shared)
        names = pd.Series([record_ids[row] for row in rows], dtype=TEXT)
        stamps = wall[rows].to_series(index=names.index)
        if names.hasnans:
            again[rows] = stamps.duplicated()
        else:
            again[rows] = (names != names.groupby(stamps).transform("first")).to_numpy()
    return again


def standard_time(index: pd.DatetimeIndex) -> npt.NDArray[np.datetime64]:
    """Return the index's instants in the zone's standard time, without an offset, for a time axis.

    plotly.js drops UTC offsets, so that the hour repeated in autumn would be drawn on top of itself.
    Standard time has neither the repeated nor the missing hour; hover texts should say the local time.

    Parameters
    ----------
    index : DatetimeIndex
        Instants, tz-aware.

    Returns
    -------
    numpy.ndarray
        The instants as naive `datetime64`, each one's daylight saving shift taken off.
    """
    if index.tz is None:
        return index.to_numpy()
    saving = np.array([_saving(stamp) for stamp in index[_changes(index)]], dtype="timedelta64[s]")
    run = np.cumsum(_changes(index)) - 1
    local = index.tz_localize(None).to_numpy()
    return local - saving[run] if len(local) else local


def _changes(index: pd.DatetimeIndex) -> Mask:
    """Mark the first row and each row at which the UTC offset differs from the row before."""
    offset = index.tz_localize(None).to_numpy() - index.tz_convert("UTC").tz_localize(None).to_numpy()
    return np.append(True, offset[1:] != offset[:-1])[: len(index)]


def _saving(stamp: pd.Timestamp) -> np.timedelta64:
    return np.timedelta64(stamp.dst() or pd.Timedelta(0))
