"""What each part of a day is, by month and weekday: the table in which peak hours and tariffs are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property, lru_cache
from math import gcd, lcm

import numpy as np
import numpy.typing as npt

from omnipandas.errors import ArgumentError

from .units import DAY, WEEKDAYS, Ints, Mask
from .windows import MONTHS, PeakWindow
from .zones import midnights, wall_time

Codes = npt.NDArray[np.int16]
Days = npt.NDArray[np.datetime64]
UNSAID = -1
_SUNDAY = 6


class DayKinds:
    """Month and weekday of local days, and of the day before each.

    Parameters
    ----------
    dates : numpy.ndarray
        Local dates, ``datetime64[D]``.
    zone : tzinfo
        Whose days they are.
    holidays : callable, optional
        Which of the dates given count as a Sunday; by default none.
    """

    def __init__(
        self, dates: Days, zone: tzinfo | None, holidays: Callable[[Days], Mask] | None = None
    ) -> None:
        self._dates, self._zone, self._holidays = dates, zone, holidays

    @cached_property
    def today(self) -> Ints:
        """Month (January 0) x 7 + weekday (Monday 0) of each day."""
        return self._kinds(self._dates)

    @cached_property
    def before(self) -> Ints:
        """The same of the day before; a day that a zone left out was none."""
        last = midnights(self._dates, self._zone).as_unit("us").asi8 - 1
        days = wall_time(self._zone, last, int(last[0]), int(last[-1])) // DAY
        return self._kinds(days.astype("datetime64[D]"))

    def _kinds(self, dates: Days) -> Ints:
        weekday = (dates.astype(np.int64) + 3) % 7
        if self._holidays is not None:
            weekday[self._holidays(dates)] = _SUNDAY
        months: Ints = dates.astype("datetime64[M]").astype(np.int64)
        return months % 12 * 7 + weekday


@dataclass(frozen=True, eq=False)
class WeekTable:
    """A code for each slot of the day, by month and weekday; holidays count as Sundays.

    What reaches over midnight belongs to the day, and to the month, in which it begins; there it goes
    before what the next day says of itself.

    Parameters
    ----------
    today : numpy.ndarray, shape (12, 7, slots)
        Codes by month from January, weekday from Monday, and slot of the day: hours, or what divides them.
    next_day : numpy.ndarray, shape (12, 7, slots), optional
        Codes that the slots of the day after have from this one; -1 where it says nothing of them.
    """

    today: Codes
    next_day: Codes | None = None

    @classmethod
    def of_tables(cls, tables: npt.NDArray[np.integer | np.bool_]) -> WeekTable:
        """Return the table of two schedules of month x hour, weekdays' and weekends', as tariffs write them.

        Parameters
        ----------
        tables : numpy.ndarray, shape (2, 12, 24)
            Codes on Monday to Friday, and on Saturday and Sunday.
        """
        return cls(tables[[0, 0, 0, 0, 0, 1, 1]].transpose(1, 0, 2).astype(np.int16))

    @classmethod
    def of_windows(
        cls, windows: Sequence[tuple[int, PeakWindow]], *, rest: int | None, labels: Sequence[str]
    ) -> WeekTable:
        """Return the table that windows make.

        Parameters
        ----------
        windows : sequence of (int, PeakWindow)
            Code and window; where the same code meets itself there is no harm.
        rest : int, optional
            Code of what is in no window.
        labels : sequence of str
            What each code is called in an error.

        Raises
        ------
        ArgumentError
            Two codes for one slot, or none, within the weeks of a month. Where the month changes or after a
            holiday, the window that began first goes before, and what is in no window goes by the
            weekday as it is in that month's other weeks.
        """
        minutes = gcd(60, *(edge for _, window in windows for edge in (window.start, window.stop)))
        slots = 1440 // minutes
        both = np.full((12, 7, 2 * slots), UNSAID, dtype=np.int16)
        for code, window in windows:
            months = [month - 1 for month in sorted(window.months)]
            place = range(window.start // minutes, window.stop // minutes)
            cells = np.ix_(months, sorted(window.weekdays), place)
            taken = np.full_like(both, UNSAID)
            taken[cells] = both[cells]
            _refuse_overlap(taken[:, :, :slots], np.int16(code), labels)
            both[cells] = code
        today, next_day = both[:, :, :slots], both[:, :, slots:]
        carried = np.roll(next_day, 1, axis=1)
        _refuse_overlap(carried, today, labels)
        if rest is None:
            missing = (today < 0) & (carried < 0)
            if missing.any():
                raise ArgumentError(
                    f"a window is missing, {_first(missing)} is in no period. Add one (over midnight it "
                    'belongs to the day on which it begins), or give one period the window "otherwise".'
                )
        filled = np.where(today < 0, carried if rest is None else np.int16(rest), today)
        return cls(filled, next_day if (next_day >= 0).any() else None)

    @property
    def slots(self) -> int:
        """Slots of a day."""
        return int(self.today.shape[2])

    @property
    def minutes(self) -> int:
        """Length of a slot [min]."""
        return 1440 // self.slots

    def by_day(self, kinds: DayKinds) -> Codes:
        """Return the codes of local days, days x slots."""
        return self._codes(kinds.today, kinds.before if self.next_day is not None else kinds.today)

    def _codes(self, day: Ints, before: Ints) -> Codes:
        today: Codes = self.today.reshape(84, -1)[day]
        if self.next_day is None:
            return today
        carried: Codes = self.next_day.reshape(84, -1)[before]
        return np.where(carried >= 0, carried, today)

    @cached_property
    def weeks(self) -> Codes:
        """The codes as whole weeks within each month have them, 12 x 7 x slots."""
        if self.next_day is None:
            return self.today
        carried = np.roll(self.next_day, 1, axis=1)
        return np.where(carried >= 0, carried, self.today)

    @property
    def whole(self) -> Codes:
        """What each day says of itself and of the day after, 12 x 7 x 2 slots."""
        after = np.full_like(self.today, UNSAID) if self.next_day is None else self.next_day
        return np.concatenate([self.today, after], axis=2)

    def by_month(self, codes: int) -> Mask:
        """Mark the codes that days of each month name, 12 x codes."""
        named = np.zeros((12, codes + 1), dtype=bool)
        named[np.arange(12)[:, None, None], self.whole] = True  # the last column takes what is not said
        return named[:, :-1]

    def tables(self) -> npt.NDArray[np.int64] | None:
        """Return weekdays' and weekends' codes by month and hour, 2 x 12 x 24.

        None where they differ within the hour, among weekdays, or after a day of another kind.
        """
        day, before = _met()
        every = self._codes(day, before).reshape(len(day), 24, -1)
        hourly = every[:, :, 0]
        found = np.zeros((2, 12, 24), dtype=np.int64)
        place = (day % 7 >= 5).astype(int), day // 7
        found[place] = hourly
        same = (every == hourly[:, :, None]).all() and (found[place] == hourly).all()
        return found if same else None

    def same_hours(self, other: WeekTable) -> bool:
        """Whether another table has the same code at each minute of every year."""
        finest = lcm(self.slots, other.slots)
        mine, others = (
            table._codes(*_met()).repeat(finest // table.slots, axis=1) for table in (self, other)
        )
        return bool(np.array_equal(mine, others))

    def _key(self) -> tuple[object, ...]:
        return self.slots, self.today.tobytes(), None if self.next_day is None else self.next_day.tobytes()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WeekTable) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


def windows_of(on: Mask, minutes: int) -> tuple[PeakWindow, ...]:
    """Return the fewest windows of a month x weekday x slot table, the slots of one day or of two."""
    months: dict[tuple[int, int, int], set[int]] = {}
    for month, day in np.ndindex(12, 7):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], on[month, day].astype(int), [0]]))) * minutes
        for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            parts = [(start, stop if stop <= 1440 else stop - 1440)]
            if stop - start > 1440:  # more than a window holds: the whole rest of the day, and over midnight
                parts = [(start, 1440), (1440 - minutes, stop - 1440)]
            for begin, end in parts:
                months.setdefault((begin, end, day), set()).add(month + 1)
    days: dict[tuple[int, int, frozenset[int]], set[int]] = {}
    for (start, end, day), those in months.items():
        days.setdefault((start, end, frozenset(those)), set()).add(day)
    found = [PeakWindow(start, end, frozenset(d), those) for (start, end, those), d in days.items()]
    return tuple(sorted(found, key=lambda w: (min(w.months), min(w.weekdays), w.start)))


@lru_cache(maxsize=1)
def _met() -> tuple[Ints, Ints]:
    """Return the kinds of days that can meet: of a day, and of the day before, each a holiday or not."""
    pairs = {
        (month * 7 + day, (month - back) % 12 * 7 + before)
        for month in range(12)
        for back in (0, 1)
        for day in range(7)
        for before in (range(7) if day == _SUNDAY else ((day - 1) % 7, _SUNDAY))
    }
    day, before = np.array(sorted(pairs)).T
    return day, before


def _refuse_overlap(one: Codes, other: Codes | np.int16, labels: Sequence[str]) -> None:
    both = (one >= 0) & (other >= 0) & (one != other)
    if both.any():
        pair = sorted({int(one[both][0]), int(np.broadcast_to(other, one.shape)[both][0])})
        first, second = (labels[code] for code in pair)
        raise ArgumentError(f"windows overlap, {_first(both)} is in {first!r} and in {second!r}.")


def _first(marked: Mask) -> str:
    """Return the first slot that is marked in a table of month x weekday x slot, in words."""
    month, day, slot = np.unravel_index(int(marked.argmax()), marked.shape)
    days = marked[month, :, slot]
    name = WEEKDAYS[day].lower()
    if days[:5].all():
        name = "weekday"
    elif days[5:].all() and not days[:5].any():
        name = "weekend"
    minute = slot * (1440 // marked.shape[2])
    return f"{MONTHS[month].lower()} {name} {minute // 60}:{minute % 60:02d}"
