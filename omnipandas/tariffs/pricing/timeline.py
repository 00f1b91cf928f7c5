"""A load's index, compiled: local days and hours, and the billing periods they fall into."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.intervals.calendars import LocalCalendar
from omnipandas.intervals.loads import US_PER
from omnipandas.intervals.units import DAY, HOUR, Floats, Ints, Mask
from omnipandas.intervals.zones import absent_days, midnights

BillingPeriods = tuple[tuple[int, int], ...] | None  # days since 1970, half-open; None: calendar months
# A bill of 25 to 35 days is a month's bill (CalTRACK 2.0, section 2.2: billing periods outside of that
# range are treated apart); any other length is counted by its share of the calendar months it covers.
MONTHLY_BILL = (25, 35)


class IndexKey:
    """An index by its contents, so that equal indexes are compiled once."""

    __slots__ = ("_hash", "index", "length", "stamps", "zone")

    def __init__(self, index: pd.DatetimeIndex, length: int) -> None:
        self.index, self.length = index, length
        self.stamps: Ints = index.asi8
        self.zone = str(index.tz), index.unit
        ends = (int(self.stamps[0]), int(self.stamps[-1])) if len(index) else ()
        self._hash = hash((len(index), ends, self.zone, length))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, IndexKey)
            and self.zone == other.zone
            and self.length == other.length
            and (self.index is other.index or np.array_equal(self.stamps, other.stamps))
        )


class Timeline:
    """The local calendar of a load's intervals.

    Parameters
    ----------
    key : IndexKey
        The intervals.
    billing : tuple of (int, int), optional
        Billing periods as days since 1970, half-open; None for calendar months.

    Raises
    ------
    SchemaError
        Gaps, doubles, an index out of order, intervals over an hour, billing periods not covered.
    """

    def __init__(self, key: IndexKey, billing: BillingPeriods) -> None:
        self.index, self.length = key.index, key.length
        self._check_steps()
        self.calendar = LocalCalendar(self.index)
        dates = self.calendar.dates
        self.days: Ints = dates.astype(np.int64)
        # A clock that goes back over midnight does not bring the day before back.
        self.day_of: Ints = np.maximum.accumulate(self.calendar.day)
        self.day_starts: Ints = np.searchsorted(self.day_of, np.arange(len(self.days)))
        self.slot: Ints = self.day_of * 24 + self.calendar.hour
        months = dates.astype("datetime64[M]")
        self.month_number: Ints = months.astype(np.int64)
        self.day_month: Ints = self.month_number % 12
        self.weekend: Mask = self.calendar.weekday_of_day >= 5
        both = np.concatenate([months, months + 1]).astype("datetime64[D]").astype(np.int64)
        opens, closes = self._day_numbers(both).reshape(2, -1)
        self.days_in_month: Ints = closes - opens
        self.calendar_months = billing is None
        if billing is None:
            self._by_month()
        else:
            self._by_read_dates(billing)

    def _day_numbers(self, days: Ints) -> Ints:
        """Return days since 1970 as a count that leaves out those that never were."""
        low, high = (int(stamp) for stamp in self.calendar.instant[[0, -1]])
        absent = absent_days(self.index.tz, low - 400 * DAY, high + 400 * DAY)
        return days - np.searchsorted(absent, days) if len(absent) else days

    def _check_steps(self) -> None:
        stamps = self.index.asi8
        if not len(stamps):
            raise SchemaError("the load has no intervals, so there is nothing to price.")
        if not 0 < self.length <= HOUR or HOUR % self.length:
            raise SchemaError(
                f"intervals of {self.length / HOUR:g} h cannot be priced by the hour; "
                "hourly or finer ones that divide the hour can."
            )
        steps = np.diff(stamps)
        wanted = round(self.length / US_PER[self.index.unit])
        wrong = steps != wanted
        if not wrong.any():
            return
        at = int(np.argmax(wrong))
        before, after = self.index[at], self.index[at + 1]
        if steps[at] == 0:
            raise SchemaError(f"the interval at {after} is there twice; keep one of the two.")
        if steps[at] < 0:
            raise SchemaError(f"the index is not sorted: {after} follows {before}. Use sort_index().")
        if steps[at] < wanted:
            raise SchemaError(f"the intervals at {before} and {after} overlap; bring them to one length.")
        raise SchemaError(
            f"a gap: after {before} comes {after}, {int(steps[at] // wanted) - 1} interval(s) are missing. "
            "Fetch them, fill them on purpose (op.fill_gaps), or price the ranges before and after."
        )

    def _by_month(self) -> None:
        number = self.month_number - self.month_number[0]
        self.period_of_day: Ints = number
        first = np.flatnonzero(np.diff(number, prepend=-1))
        last = np.append(first[1:], len(self.days)) - 1
        self.first_day, self.last_day = first, last
        self.day_count: Ints = last - first + 1
        self.months: Floats = self.day_count / self.days_in_month[first]
        self._finish()

    def _by_read_dates(self, billing: tuple[tuple[int, int], ...]) -> None:
        starts, ends = (np.array(edge, dtype=np.int64) for edge in zip(*billing, strict=True))
        number = np.searchsorted(starts, self.days, side="right") - 1
        inside = (number >= 0) & (self.days < ends[np.maximum(number, 0)])
        self.period_of_day = np.where(inside, number, -1)
        self.first_day = np.searchsorted(self.days, starts)
        self.last_day = np.searchsorted(self.days, ends) - 1
        self.day_count = self._day_numbers(ends) - self._day_numbers(starts)
        covered = self.last_day - self.first_day + 1
        if (covered != self.day_count).any() or self._cut(starts[0], ends[-1]):
            at = int(np.argmax(covered != self.day_count))
            raise SchemaError(
                f"the load ({self.index[0]} to {self.index[-1]}) does not cover the billing period "
                f"{_iso(starts[at])} to {_iso(ends[at])}: leave the period out or fetch the load."
            )
        share = np.cumsum(np.append(0.0, 1 / self.days_in_month))
        by_calendar = share[self.last_day + 1] - share[self.first_day]
        usual = (self.day_count >= MONTHLY_BILL[0]) & (self.day_count <= MONTHLY_BILL[1])
        self.months = np.where(usual, 1.0, by_calendar)
        self._finish()

    def _cut(self, start: int, end: int) -> bool:
        """Whether the load begins or ends within the first or the last of the billed days."""
        edges = midnights(np.array([start, end]).astype("datetime64[D]"), self.index.tz)
        return bool(self.index[0] > edges[0] or self.index[-1] + pd.Timedelta(self.length, "us") < edges[1])

    def _finish(self) -> None:
        self.count = len(self.first_day)
        ends = np.append(self.day_starts[1:], len(self.index))
        self.lo: Ints = self.day_starts[self.first_day]
        self.hi: Ints = ends[self.last_day]
        middle = (self.first_day + self.last_day) // 2
        self.middle_month: Ints = self.day_month[middle]
        self.middle_year: Ints = self.month_number[middle] // 12 + 1970
        self.whole = bool((self.period_of_day >= 0).all())

    @cached_property
    def period_of(self) -> Ints:
        """The billing period of each interval, -1 outside of all."""
        return self.period_of_day[self.day_of]

    @cached_property
    def edges(self) -> Any:
        """The billing periods' starts and then their ends, as an array of instants in the load's zone."""
        days = np.concatenate([self.days[self.first_day], self.days[self.last_day] + 1])
        return midnights(days.astype("datetime64[D]"), self.index.tz).array


def _iso(day: int) -> str:
    return str(np.datetime64(int(day), "D"))


@lru_cache(maxsize=16)
def timeline_of(key: IndexKey, billing: BillingPeriods) -> Timeline:
    """Return the compiled index, from the last few if it is one of those."""
    return Timeline(key, billing)


def billing_days(periods: Any, zone: Any) -> dict[Hashable, BillingPeriods]:
    """Return billing periods as days since 1970, by account; the key None stands for all accounts.

    Parameters
    ----------
    periods : None, DataFrame, IntervalIndex or iterable of pairs
        Start and end (not part of the period) as local dates. A frame has `period_start` and
        `period_end` (or `start` and `end`), as columns or, as BILLS, the start as index, and may have
        `service_account_id`.
    zone : tzinfo
        The load's zone, in which tz-aware bounds are read.

    Raises
    ------
    ArgumentError
        Bounds that are no dates, a period that ends before it starts, or two that overlap.
    """
    if periods is None:
        return {None: None}
    if isinstance(periods, pd.DataFrame):
        if periods.index.name in ("period_start", "start"):
            periods = periods.reset_index()
        names = ("period_start", "period_end") if "period_start" in periods.columns else ("start", "end")
        if missing := [name for name in names if name not in periods.columns]:
            raise ArgumentError(
                f"billing_periods lacks {', '.join(missing)}; it needs period_start and period_end."
            )
        if "service_account_id" in periods.columns:
            groups = periods.groupby("service_account_id", observed=True)
            return {key: _days(zip(g[names[0]], g[names[1]], strict=True), zone) for key, g in groups}
        return {None: _days(zip(periods[names[0]], periods[names[1]], strict=True), zone)}
    if isinstance(periods, pd.IntervalIndex):
        return {None: _days(zip(periods.left, periods.right, strict=True), zone)}
    return {None: _days(periods, zone)}


def _days(pairs: Iterable[tuple[Any, Any]], zone: Any) -> BillingPeriods:
    found = []
    for pair in pairs:
        try:
            start, end = (_day(bound, zone) for bound in pair)
        except (TypeError, ValueError) as error:
            raise ArgumentError(f"billing_periods: {pair!r} is not a pair of dates (start, end).") from error
        if end <= start:
            raise ArgumentError(f"billing_periods: {_iso(start)} to {_iso(end)} ends before it starts.")
        found.append((start, end))
    found.sort()
    if not found:
        raise ArgumentError("billing_periods is empty; leave it out for calendar months.")
    for (start, end), (following, _) in itertools.pairwise(found):
        if following < end:
            raise ArgumentError(
                f"billing_periods: the period from {_iso(start)} to {_iso(end)} (its end not in it) "
                f"overlaps the one from {_iso(following)}."
            )
    return tuple(found)


def _day(bound: Any, zone: Any) -> int:
    stamp = pd.Timestamp(bound)
    if stamp.tzinfo is not None:
        stamp = stamp.tz_convert(zone)
    return stamp.date().toordinal() - date(1970, 1, 1).toordinal()
