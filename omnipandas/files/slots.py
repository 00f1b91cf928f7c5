"""The columns of a wide day: which part of the day each one holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from omnipandas.intervals.units import Ints, Mask

_UNIT = re.compile(r"[\s_]*[\[(]?\b(k?wh?|mwh?)\b[\])]?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?\s*(?:([ap])\.?m\.?)?", re.IGNORECASE)
_HOUR_NAME = re.compile(r"(\d{1,2})\s*([ap])\.?m\.?", re.IGNORECASE)
_DIGITS = re.compile(r"(?:HE|HB|H|T)?[\s_]*([0-2]\d)([0-5]\d)(?:\s*h(?:rs)?)?", re.IGNORECASE)
_NUMBERED = re.compile(r"([a-z][a-z .#_-]*?)?[\s_.#-]*0*(\d{1,3})", re.IGNORECASE)
# How one marks the hour that comes again: a star, an X, the word DST, pandas' ".1".
_AGAIN = re.compile(r"[\s_]*(?:\*|\(?\bdst\b\)?|\(?repeat(?:ed)?\)?|(?<=\d)x|\.1)$", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:-|\u2013|to)\s*(?=\d{1,2}:\d{2})", re.IGNORECASE)
_LENGTHS = (60, 30, 15, 10, 5)
_LONGEST_CHANGE = 60  # by how much clocks go back in a night [min]


@dataclass(frozen=True)
class Slots:
    """Neighbouring columns that hold a day.

    Parameters
    ----------
    first : int
        The first of the columns.
    minute : numpy.ndarray
        Each column's left edge [minutes after midnight]; beyond 1440 where a column is for the 25th hour.
    again : numpy.ndarray of bool
        Marks columns whose time of day came in a column before: the repeated hour.
    step : int
        Length of an interval [min].
    label : {"start", "end"}
        Which edge the headers name.
    unit : str
        The unit that the headers name, in lower case; blank for none.
    """

    first: int
    minute: Ints
    again: Mask
    step: int
    label: str
    unit: str

    @property
    def columns(self) -> slice:
        """The columns."""
        return slice(self.first, self.first + len(self.minute))

    @property
    def nominal(self) -> Mask:
        """Mark what every day has, in distinction to the repeated hour."""
        return np.asarray((self.minute < 1440) & ~self.again, dtype=bool)


def slots_of(header: Sequence[str]) -> Slots | None:
    """Return the columns of a header that hold a day; None where there are none.

    They are 24, 48, 96, 144 or 288 in a row, and up to an hour more where the repeated hour has columns of
    its own, named by times of day (``00:30``, ``1:00 AM``, ``0030``, ``00:00 - 00:30``) or numbered
    (``HE1``, ``Hour 01``, ``1``).
    """
    bare = [_AGAIN.sub("", _UNIT.sub("", cell.strip())).strip() for cell in header]
    units = {unit[1].lower() for cell in header if (unit := _UNIT.search(cell)) and cell.strip() != unit[0]}
    for read in (_clock_minutes, _numbers):
        found = [read(cell) for cell in bare]
        for first in range(len(found)):
            last = first
            while last < len(found) and found[last] is not None:
                last += 1
            if last - first >= 24 and (slots := _day(found[first:last], first, units)) is not None:
                return slots
            if last - first < 24:
                continue
            break
    return None


def _clock_minutes(cell: str) -> tuple[str, int] | None:
    """Return a time of day as minutes after midnight."""
    begin, *end = _RANGE.split(cell)
    kind = "range" if end else "clock"
    if (clock := _CLOCK.fullmatch(begin.strip())) is not None:
        hour, minute, half = int(clock[1]), int(clock[2]), (clock[3] or "").lower()
        return kind, (_halved(hour, half) if half else hour) * 60 + minute
    if (name := _HOUR_NAME.fullmatch(cell)) is not None:
        return "clock", _halved(int(name[1]), name[2].lower()) * 60
    if (digits := _DIGITS.fullmatch(cell)) is not None:
        return "clock", int(digits[1]) * 60 + int(digits[2])
    return None


def _halved(hour: int, half: str) -> int:
    return hour % 12 + (12 if half == "p" else 0)


def _numbers(cell: str) -> tuple[str, int] | None:
    """Return the number of a numbered column, with the word before it."""
    found = _NUMBERED.fullmatch(cell)
    return ((found[1] or "").strip().lower(), int(found[2])) if found else None


def _day(found: Sequence[tuple[str, int] | None], first: int, units: set[str]) -> Slots | None:
    cells = [cell for cell in found if cell is not None]
    words = {word for word, _ in cells}
    unit = units.pop() if len(units) == 1 else ""
    if len(words) > 1:
        return None
    number = np.array([value for _, value in cells])
    if words <= {"clock", "range"}:
        return _by_clock(number, first, unit, ranged="range" in words)
    for step in _LENGTHS:
        count = 1440 // step
        extra = len(number) - count
        if 0 <= extra <= _LONGEST_CHANGE // step and number[0] in (0, 1) and (np.diff(number) == 1).all():
            minute = np.arange(len(number)) * step
            return Slots(first, minute, np.zeros(len(number), dtype=bool), step, "start", unit)
    return None


def _by_clock(minute: Ints, first: int, unit: str, *, ranged: bool) -> Slots | None:
    minute = np.where(minute == 1439, 1440, minute)
    steps = np.diff(minute)
    forward = steps[steps > 0]
    if not len(forward):
        return None
    step = int(np.bincount(forward).argmax())
    if step not in _LENGTHS:
        return None
    label = "end" if minute[0] == step and not ranged else "start"
    if label == "end":
        minute = np.where(minute == 0, 1440, minute) - step
    again = np.array([value in minute[:place] for place, value in enumerate(minute)])
    once = minute[~again]
    extra = len(once) - 1440 // step + int(again.sum())
    even = len(once) >= 1440 // step and np.array_equal(np.sort(once), np.arange(len(once)) * step)
    if not even or not 0 <= extra <= _LONGEST_CHANGE // step:
        return None
    return Slots(first, minute, again, step, label, unit)
