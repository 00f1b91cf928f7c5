"""A zone's clocks: instants to wall time and back, the changes between, the first instant of a day."""

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

from .units import HOUR, SECOND, YEAR, Ints

Stamps = npt.NDArray[np.datetime64]


def from_wall(wall: Stamps, timezone: str, record_ids: list[str | None]) -> Stamps:
    """Return wall-clock stamps as UTC instants.

    In the hour that autumn repeats, a stamp's first record is the earlier hour and its second the later
    one; the same record sent twice counts once. A stamp in the hour that spring leaves out contradicts
    the clock: it is moved on by the change and reported.
    """
    if len(wall) and wall[0] > wall[-1]:
        return from_wall(wall[::-1], timezone, record_ids[::-1])[::-1]
    index = pd.DatetimeIndex(wall)
    missing = index[index.tz_localize(timezone, ambiguous=np.ones(len(wall), bool), nonexistent="NaT").isna()]
    if len(missing):
        warnings.warn(
            f"{len(missing)} record(s) at {missing[0]} and the like: {timezone} has no such wall time in "
            'spring. They were moved on by the change. If there are many, the clock is "utc", not "wall".',
            QualityWarning,
            stacklevel=2,
        )
    earlier, later = (_localized(index, timezone, daylight=first) for first in (True, False))
    again = _comes_again(index, record_ids)
    for row in np.flatnonzero((earlier != later) & ~index.duplicated(keep=False)):
        again[row] = _fits_better(later[row], earlier[row], earlier[(earlier == later) & (wall < wall[row])])
    return np.where(again, later, earlier)


def _localized(index: pd.DatetimeIndex, timezone: str, *, daylight: bool) -> Stamps:
    local = index.tz_localize(timezone, ambiguous=np.full(len(index), daylight), nonexistent="shift_forward")
    return local.tz_convert("UTC").tz_localize(None).to_numpy()


def _fits_better(later: np.datetime64, earlier: np.datetime64, before: Stamps) -> bool:
    """Say whether only the later reading lies whole hours after the record before it.

    It tells the two apart where the clock moves by half an hour (Lord Howe); a stamp without its
    partner is the earlier hour otherwise.
    """
    if not len(before):
        return False
    hour = np.timedelta64(1, "h")
    off_early, off_late = ((reading - before.max()) % hour for reading in (earlier, later))
    return bool(off_early != np.timedelta64(0, "us") and off_late == np.timedelta64(0, "us"))


def _comes_again(wall: pd.DatetimeIndex, record_ids: list[str | None]) -> npt.NDArray[np.bool_]:
    """Mark the records whose stamp an earlier record of another id has."""
    again = np.zeros(len(wall), dtype=bool)
    shared = wall.duplicated(keep=False)
    if shared.any():
        rows = np.flatnonzero(shared)
        names = pd.Series([record_ids[row] for row in rows], dtype="str")
        stamps = wall[rows].to_series(index=names.index)
        if names.hasnans:
            again[rows] = stamps.duplicated()
        else:
            again[rows] = (names != names.groupby(stamps).transform("first")).to_numpy()
    return again


def zone_name(name: object) -> str:
    """Return the name if it is an IANA time zone.

    Raises
    ------
    ArgumentError
        It is not.
    """
    if isinstance(name, ZoneInfo) and name.key:
        return name.key
    if not isinstance(name, str) or not name.strip():
        raise ArgumentError(f'a time zone is an IANA name such as "America/New_York", not {name!r}.')
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as error:
        raise ArgumentError(
            f'there is no time zone {name!r}: use an IANA name such as "America/New_York".'
        ) from error


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


def midnights(dates: npt.NDArray[np.datetime64], tz: tzinfo | None) -> pd.DatetimeIndex:
    """Return the first instant of each local date."""
    naive = pd.DatetimeIndex(dates.astype("datetime64[us]"))
    # Where clocks go back over midnight the day begins at the first of the two, where they go forward
    # at the first instant that there is.
    first = np.ones(len(naive), dtype=bool)
    return naive.tz_localize(tz, ambiguous=first, nonexistent="shift_forward")


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


def _changes(index: pd.DatetimeIndex) -> npt.NDArray[np.bool_]:
    """Mark the first row and each row at which the UTC offset differs from the row before."""
    offset = index.tz_localize(None).to_numpy() - index.tz_convert("UTC").tz_localize(None).to_numpy()
    return np.append(True, offset[1:] != offset[:-1])[: len(index)]


def _saving(stamp: pd.Timestamp) -> np.timedelta64:
    return np.timedelta64(stamp.dst() or pd.Timedelta(0))
