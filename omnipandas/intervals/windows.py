"""Windows of the day, and the words that people use for them: the one language of hours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from omnipandas.errors import ArgumentError

from .units import WEEKDAYS

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ALL_MONTHS = frozenset(range(1, 13))
ALL_DAYS = frozenset(range(7))
_DAY_WORDS: Mapping[str, frozenset[int]] = {
    "weekday": frozenset(range(5)),
    "weekend": frozenset((5, 6)),
    "daily": ALL_DAYS,
    "day": ALL_DAYS,
    "all": ALL_DAYS,
}
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?(am|pm)?")
_FILLERS = ("and", "every")
# What is said in several ways is brought to one before the words are parted, in this order.
_SPELLINGS = (
    (re.compile(r"\b12\s*(noon|midnight)\b"), r"\1"),
    (re.compile(r"(\d)\s*([ap])\.?\s?m\b\.?"), r"\1\2m"),
    (re.compile(r"\s*[-–—]\s*|\s+(?:to|through|until)\s+"), "-"),  # noqa: RUF001 - the dashes of a tariff sheet
)


@dataclass(frozen=True, slots=True)
class PeakWindow:
    """One stretch of the day on some weekdays of some months.

    Parameters
    ----------
    start, end : int
        Local minutes of the day, half-open; an `end` at or before `start` lies on the next day. The whole
        window belongs to the day, and to the month, in which it begins.
    weekdays : frozenset of int
        Days on which the window starts, Monday 0 to Sunday 6.
    months : frozenset of int
        Months in which the window starts, 1 to 12.
    """

    start: int
    end: int
    weekdays: frozenset[int] = ALL_DAYS
    months: frozenset[int] = ALL_MONTHS

    def __post_init__(self) -> None:
        if not (0 <= self.start < 1440 and 0 <= self.end <= 1440):
            raise ArgumentError(
                f"a window starts and ends at 0:00 to 24:00, not at {self.start}-{self.end} min."
            )
        if not (self.weekdays and self.weekdays <= ALL_DAYS):
            raise ArgumentError("weekdays of a window are 0 (Monday) to 6 (Sunday), at least one.")
        if not (self.months and self.months <= ALL_MONTHS):
            raise ArgumentError("months of a window are 1 to 12, at least one.")

    @property
    def stop(self) -> int:
        """Its end in minutes from midnight of the day on which it begins; over 1440 on the next day."""
        return self.end if self.end > self.start else self.end + 1440

    def __str__(self) -> str:
        words = {days: f"{word}s" for word, days in _DAY_WORDS.items()} | {ALL_DAYS: "daily"}
        days = words.get(self.weekdays) or _runs(self.weekdays, WEEKDAYS, 0)
        months = "" if self.months == ALL_MONTHS else f", {_runs(self.months, MONTHS, 1)}"
        return f"{days} {_clock(self.start)}-{_clock(self.end)}{months}"


@dataclass(frozen=True, slots=True)
class Clause:
    """What a few words say: hours of the day [min], days and months; no hours where they say none."""

    hours: tuple[tuple[int, int], ...]
    weekdays: frozenset[int]
    months: frozenset[int]

    def windows(self) -> tuple[PeakWindow, ...]:
        """Return its windows; where it has no hours, whole days."""
        return tuple(
            PeakWindow(start, end, self.weekdays, self.months) for start, end in self.hours or ((0, 1440),)
        )


def read_clause(words: str) -> Clause:
    """Return what one clause of words says of hours, days and months.

    Parameters
    ----------
    words : str
        Windows in hours of the local day, days and months in any order, parted by blanks or commas, in
        capitals or not. Hours: ``16-21``, ``6:30-9``, ``4pm-9pm``, ``9 a.m. to noon``, ``22-6`` (over
        midnight). Days: ``weekdays``, ``weekends``, ``daily``, ``all``, ``every day``, ``Mon-Thu``, ``Sat``.
        Months: ``Jun-Sep``, ``November to March``. Without days it holds daily, without months all year.

    Notes
    -----
    A window over midnight belongs to the day, and to the month, in which it begins. Where one end alone
    says am or pm (or is noon or midnight), the other takes the half of the day that makes the window the
    shorter: ``4-9pm`` is 16 to 21, ``10-2pm`` 10 to 14, ``9-5pm`` 9 to 17, ``10pm-6`` 22 to 6.

    Raises
    ------
    ArgumentError
        Naming the word that is not understood.
    """
    text = words.lower()
    for spelling, plain in _SPELLINGS:
        text = spelling.sub(plain, text)
    hours: list[tuple[int, int]] = []
    days: set[int] = set()
    months: set[int] = set()
    for word in re.split(r"[\s,&+]+", text):
        if not word or word in _FILLERS:
            continue
        if found := _DAY_WORDS.get(word) or _DAY_WORDS.get(word.removesuffix("s")):
            days |= found
        elif (span := _span(word, _DAY_NAMES)) is not None:
            days |= span
        elif (span := _span(word, _MONTH_NAMES)) is not None:
            months |= {place + 1 for place in span}
        elif (window := _hours(word)) is not None:
            hours.append(window)
        else:
            raise ArgumentError(
                f"cannot read {word!r} in the schedule {words.strip()!r}: it is not understood. Write for "
                'example "weekdays 16-21, Jun-Sep".'
            )
    if not (hours or days or months):
        raise ArgumentError(f"{words.strip()!r} names no hours, days or months.")
    return Clause(tuple(hours), frozenset(days) or ALL_DAYS, frozenset(months) or ALL_MONTHS)


def _span(word: str, names: Sequence[str]) -> set[int] | None:
    """Return the places that ``jun`` or ``nov-feb`` stands for, both ends in, over the end of the names."""
    first, _, last = word.partition("-")
    start, end = (_place(name, names) for name in (first, last if "-" in word else first))
    if start is None or end is None:
        return None
    return {(start + step) % len(names) for step in range((end - start) % len(names) + 1)}


def _place(name: str, names: Sequence[str]) -> int | None:
    stem = name.removesuffix("s")
    found = (at for at, full in enumerate(names) if full.startswith((name, stem)))
    return next(found, None) if len(stem) >= 3 else None


def _hours(word: str) -> tuple[int, int] | None:
    """Return the start and end [min] of ``16-21``, ``4-9pm`` and the like; None for what is no hours."""
    first, dash, last = word.partition("-")
    if _minute(first) is not None and not dash:
        raise ArgumentError(f"{word!r} is one hour's edge; give a span such as '16-21'.")
    begin, end = _minute(first), _minute(last)
    if begin is None or end is None:
        return None
    marked = any(map(_says_half, (first, last)))
    begins, ends = (_halves(at, text, marked) for at, text in ((begin % 1440, first), (end, last)))
    lengths = [(stop - start, start) for start, stop in product(begins, ends)]
    forward = [((length - 1) % 1440 + 1, start) for length, start in lengths if length]
    if last == "midnight" and not begin % 1440:
        forward = [(1440, 0)]
    if not forward:
        raise ArgumentError(f"hours {word!r} are no window: both lie within 0 to 24 and differ.")
    length, start = min(forward)
    return start, start + length - (1440 if start + length > 1440 else 0)


def _minute(text: str) -> int | None:
    """Return the minute of the day that a time is; None for what is no time."""
    if text in ("noon", "midnight"):
        return 720 if text == "noon" else 0
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if minute > 59 or hour * 60 + minute > 1440 or (half and not 1 <= hour <= 12):
        raise ArgumentError(f"{text!r} is no time of day: hours are 0 to 24, or 1 to 12 with am or pm.")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour * 60 + minute


def _says_half(text: str) -> bool:
    return not text[-1].isdigit()


def _halves(minute: int, text: str, marked: bool) -> tuple[int, ...]:
    """Return the minutes that a time may mean beside another that says am, pm, noon or midnight."""
    if not marked or _says_half(text) or not 60 <= minute < 780:
        return (minute,)
    return minute % 720, minute % 720 + 720


def _clock(minute: int) -> str:
    return f"{minute // 60}" + (f":{minute % 60:02d}" if minute % 60 else "")


def _runs(places: Iterable[int], names: Sequence[str], first: int) -> str:
    """Return places as names, runs of them as ``Jun-Sep``."""
    ordered = np.array(sorted(places))
    runs = np.split(ordered, np.flatnonzero(np.diff(ordered) > 1) + 1)
    return " ".join(
        names[run[0] - first] + (f"-{names[run[-1] - first]}" if len(run) > 1 else "") for run in runs
    )
