"""Wall times of a clock become instants: what comes twice, what is left out, and whose clock it is."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from omnipandas.errors import ArgumentError
from omnipandas.intervals.units import DAY, HOUR, Ints, Mask
from omnipandas.intervals.zones import WallTimes, wall_times, zone_name, zoned

_NEAR = 3 * HOUR


@dataclass(frozen=True)
class Clock:
    """The clock that stamps without an offset are read from.

    Parameters
    ----------
    zone : ZoneInfo
        The zone whose wall time it shows.
    standard : bool
        Whether it keeps the zone's standard time all year.
    """

    zone: ZoneInfo
    standard: bool = False

    def instants(self, wall: Ints, group: Ints) -> Instants:
        """Return wall times [us since 1970] as instants, in the order of the file.

        Parameters
        ----------
        wall : numpy.ndarray
            Wall times.
        group : numpy.ndarray
            Whose reading each is: of a time that autumn repeats, a group's first is the earlier.
        """
        none = np.zeros(len(wall), dtype=bool)
        if self.standard:
            return Instants(wall - self._standard(wall), none, none)
        times = wall_times(self.zone, wall)
        if not (wall % DAY).any() and (wall != wall[:1]).any():
            # Days by their dates: each begins at its first instant, also where clocks change at midnight.
            # A lone midnight may as well be an hour's.
            return Instants(times.reached, none, none)
        found = times.first
        once = none
        if times.twice.any():
            rows = np.flatnonzero(times.twice)
            nth, count = _occurrences(wall, group, rows)
            found = found.copy()
            found[rows[nth > 0]] = times.second[rows[nth > 0]]
            alone = rows[count == 1]
            later = _in_step(found, times, alone, group)
            found[later] = times.second[later]
            once = none.copy()
            once[alone] = True
            once[later] = False
        return Instants(found, times.skipped, once)

    def _standard(self, wall: Ints) -> Ints:
        """Return the standard offset at each wall time: the lesser of a year's, as summer time adds to it."""
        years = wall.view("datetime64[us]").astype("datetime64[Y]")
        unique, codes = np.unique(years, return_inverse=True)
        halves = np.stack([unique.astype("datetime64[M]") + month for month in (0, 6)])
        instants = halves.astype("datetime64[us]").astype(np.int64)
        local = zoned(instants.ravel(), self.zone).tz_localize(None).asi8.reshape(instants.shape)
        return np.asarray((local - instants).min(axis=0)[codes], dtype=np.int64)


@dataclass(frozen=True)
class Instants:
    """Instants of wall times, and what was odd about them.

    Parameters
    ----------
    at : numpy.ndarray
        Instants [us since 1970 UTC]; what spring leaves out is moved on by the change.
    skipped : numpy.ndarray of bool
        Marks wall times that spring leaves out.
    once : numpy.ndarray of bool
        Marks those that autumn repeats, of which the file has one.
    """

    at: Ints
    skipped: Mask
    once: Mask


def clock_of(name: str | None, timezone: str) -> Clock:
    """Return the clock of a name: the premise's, its standard time, or that of a zone.

    Raises
    ------
    ArgumentError
        Where it is none.
    """
    if name is None or name == "wall":
        return Clock(ZoneInfo(timezone))
    if name == "standard":
        return Clock(ZoneInfo(timezone), standard=True)
    try:
        return Clock(ZoneInfo(zone_name(name)))
    except ArgumentError as error:
        raise ArgumentError(
            f"clock={name!r}: it is the zone of the file's stamps: 'standard' for the premise's standard "
            "time all "
            "year, 'UTC', 'Etc/GMT+5' (five hours behind UTC), or an IANA zone."
        ) from error


def _in_step(found: Ints, times: WallTimes, alone: Ints, group: Ints) -> Ints:
    """Return which rows of a repeated wall time that are alone are the later one by their group's steps.

    Where clocks move by half an hour (Lord Howe) an hourly file has the repeated half hour once: it is whole
    steps away from the others as one of the two instants only.
    """
    later = []
    for owner in np.unique(group[alone]):
        own = np.flatnonzero((group == owner) & ~times.twice)
        rows = alone[group[alone] == owner]
        if len(own) < 2:
            continue
        steps, counts = np.unique(np.abs(np.diff(found[own])), return_counts=True)
        step = int(steps[np.argmax(counts)])
        if step == 0:
            continue
        anchor = found[own[np.searchsorted(own, rows).clip(max=len(own) - 1)]]
        off = (times.first[rows] - anchor) % step, (times.second[rows] - anchor) % step
        later.append(rows[(off[0] != 0) & (off[1] == 0)])
    return np.concatenate(later) if later else np.zeros(0, dtype=np.int64)


def _occurrences(wall: Ints, group: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Return which occurrence of its wall time in its group each row is, and how many there are."""
    backward = not _ascending(wall)
    order = rows[::-1] if backward else rows
    place = np.lexsort((wall[order], group[order]))  # keeps the order of equals
    at, own = wall[order][place], group[order][place]
    again = np.append(False, (at[1:] == at[:-1]) & (own[1:] == own[:-1]))
    first = np.flatnonzero(~again)
    size = np.diff(np.append(first, len(at)))
    nth, count = np.empty(len(at), dtype=np.int64), np.empty(len(at), dtype=np.int64)
    nth[place] = np.arange(len(at)) - np.repeat(first, size)
    count[place] = np.repeat(size, size)
    return (nth[::-1], count[::-1]) if backward else (nth, count)


def _ascending(wall: Ints) -> bool:
    """Say whether a file's rows run on in time: told by neighbours that lie close."""
    step = np.diff(wall)
    step = step[(np.abs(step) <= _NEAR) & (step != 0)]
    if not len(step):
        step = np.diff(wall)
        step = step[np.abs(step) <= DAY]
    return bool((step > 0).sum() >= (step < 0).sum())
