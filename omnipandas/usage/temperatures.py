"""Outdoor temperatures as long as they last: means over time, not over readings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property

import numpy as np
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.intervals.calendars import Buckets, LocalCalendar
from omnipandas.intervals.groups import grouped_quantiles
from omnipandas.intervals.units import HOUR, Floats, Ints
from omnipandas.intervals.zones import zoned
from omnipandas.schema import UNIT, checked_instants

Temperature = pd.Series | Mapping[str, pd.Series]
UNITS = ("C", "F")
FULL_DAY = 0.8


@dataclass(frozen=True)
class Temperatures:
    """Temperatures, each from its reading to the next, at most for the usual step.

    Usual is the median step of all readings, or of its local day where that is longer, then up to an hour: a
    minute's extra readings neither outweigh an hourly one nor cut it short. Readings of one instant count
    as their mean.

    Parameters
    ----------
    start, end : numpy.ndarray of int
        From when and until when each lasts [microseconds since 1970 UTC], in order, none over the next.
    degrees : numpy.ndarray
        The temperatures; NaN where unknown.
    calendar : LocalCalendar
        The starts' local calendar.
    """

    start: Ints
    end: Ints
    degrees: Floats
    calendar: LocalCalendar

    def __len__(self) -> int:
        return len(self.start)

    def means(self, edges: Ints) -> tuple[Floats, Floats]:
        """Return mean and known hours between each edge [microseconds] and the next; NaN where none are."""
        known = ~np.isnan(self.degrees)
        time = np.where(known, self.end - self.start, 0)
        # Known time, and degrees x time, since the first reading at each start and end: lines between.
        at = np.stack([self.start, self.end], axis=1).ravel()
        sums = []
        for gained in (time, time * np.where(known, self.degrees, 0.0)):
            after = np.cumsum(gained, dtype=np.float64)
            line = np.stack([after - gained, after], axis=1).ravel()
            sums.append(np.diff(np.interp(edges, at, line)))
        hours = sums[0] / HOUR
        return np.divide(sums[1], sums[0], out=np.full(len(hours), np.nan), where=sums[0] > 0), hours

    @cached_property
    def days(self) -> Buckets:
        """The local days from the first reading to the last."""
        return Buckets(self.calendar, "day")

    def daily(self) -> tuple[Floats, Floats, Ints]:
        """Return mean and known hours of each local day, and which days have enough of them."""
        starts = self.days.starts.as_unit(UNIT).asi8
        end = starts[-1:] + np.round(self.days.hours[-1:] * HOUR).astype(np.int64)
        mean, hours = self.means(np.append(starts, end))
        return mean, hours, np.flatnonzero(hours >= FULL_DAY * self.days.hours)


def temperatures(series: pd.Series, zone: tzinfo | None = None) -> Temperatures:
    """Return a Series of temperatures as they last, in `zone` or that of its index.

    Raises
    ------
    SchemaError
        Where it is no Series of numbers with a tz-aware index.
    """
    if not isinstance(series, pd.Series):
        raise SchemaError(
            f"temperatures are a Series with a DatetimeIndex, tz-aware in the premise's zone, not "
            f"{type(series).__name__}."
        )
    index = checked_instants(series.index, "the temperatures' Series").as_unit(UNIT)
    if not pd.api.types.is_numeric_dtype(series.dtype):
        raise SchemaError(f"temperatures must be numbers, not {series.dtype}.")
    each = pd.Series(series.to_numpy(dtype=np.float64, na_value=np.nan)).groupby(index.asi8).mean()
    start = each.index.to_numpy(dtype=np.int64)
    calendar = LocalCalendar(zoned(start, zone or index.tz))
    return Temperatures(start, _ends(start, calendar), each.to_numpy(), calendar)


def _ends(start: Ints, calendar: LocalCalendar) -> Ints:
    """Return until when each reading lasts."""
    step = np.diff(start)
    if not len(step):
        return start + HOUR
    usual = np.full(len(start), np.median(step))
    (of_day,) = grouped_quantiles(calendar.day[:-1], step.astype(np.float64), calendar.days, (0.5,))
    usual = np.maximum(usual, np.minimum(np.nan_to_num(of_day), HOUR)[calendar.day])
    longest: Ints = start + usual.astype(np.int64)
    longest[:-1] = np.minimum(longest[:-1], start[1:])
    return longest
