"""Hours of a premise: true UTC hours, and what the clock on its wall shows then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from .draws import Bools, Ints

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Hours:
    """Consecutive hours, counted from 1970-01-01 00:00 UTC, with their local calendar.

    Parameters
    ----------
    utc : array of int, shape (n,)
        Hours since the epoch.
    wall : array of int, shape (n,)
        The same in wall time; it skips one in spring and repeats one in autumn.
    """

    utc: Ints
    wall: Ints

    @property
    def day(self) -> Ints:
        """Local day since the epoch."""
        return self.wall // 24

    @property
    def hour(self) -> Ints:
        """Local hour of the day, 0 to 23."""
        return self.wall % 24

    @property
    def weekday(self) -> Ints:
        """0 for Monday to 6 for Sunday (the epoch was a Thursday)."""
        return (self.day + 3) % 7

    @property
    def weekend(self) -> Bools:
        """True on Saturday and Sunday."""
        weekend: Bools = self.weekday >= 5
        return weekend

    @property
    def month(self) -> Ints:
        """Local month, 1 to 12."""
        months = self.day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        return months % 12 + 1


def utc_hour(instant: datetime) -> int:
    """Return the whole hours since the epoch of an aware `instant`."""
    return int(instant.timestamp()) // 3600


def day_start(zone: str, day: date) -> int:
    """Return the UTC hour at which the local `day` starts."""
    return utc_hour(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)))


@lru_cache(maxsize=64)
def year_hours(zone: str, year: int) -> Hours:
    """Return the hours of a local calendar year (8,760, or 8,784 in a leap year)."""
    return span(zone, day_start(zone, date(year, 1, 1)), day_start(zone, date(year + 1, 1, 1)))


def span(zone: str, first: int, last: int) -> Hours:
    """Return the hours `first` to `last` (not included), given in UTC hours since the epoch."""
    utc = np.arange(first, last, dtype=np.int64)
    return Hours(utc, utc + _offsets(ZoneInfo(zone), first, last))


def _offsets(zone: ZoneInfo, first: int, last: int) -> Ints:
    """Return each hour's offset: asked once a day, and once an hour on the few days where it changes."""

    def offset(hour: int) -> int:
        shift = datetime.fromtimestamp(hour * 3600, UTC).astimezone(zone).utcoffset()
        assert shift is not None, "an aware instant has an offset"  # noqa: S101 (for the type checker)
        return shift // timedelta(hours=1)

    found = np.empty(last - first, dtype=np.int64)
    for start in range(first, last, 24):
        stop = min(start + 24, last)
        before, after = offset(start), offset(stop)
        found[start - first : stop - first] = before
        if before != after:
            found[start - first : stop - first] = [offset(hour) for hour in range(start, stop)]
    return found
