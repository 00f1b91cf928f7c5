"""Windows of the day that are on-peak, and the words that people use for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from omnipandas.errors import ArgumentError

from .units import WEEKDAYS

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ALL_MONTHS = frozenset(range(1, 13))
_DAY_WORDS: Mapping[str, frozenset[int]] = {
    "weekdays": frozenset(range(5)),
    "weekends": frozenset((5, 6)),
    "daily": frozenset(range(7)),
}
_DAYS = {name.lower(): place for place, name in enumerate(WEEKDAYS)}
_MONTHS = {name.lower(): place for place, name in enumerate(MONTHS, start=1)}
_TIME = re.compile(r"(\d{1,2})(?::(\d{2}))?(am|pm)?")


@dataclass(frozen=True, slots=True)
class PeakWindow:
    """One stretch of the day that is on-peak on some weekdays of some months.

    Parameters
    ----------
    start, end : int
        Local minutes of the day, half-open; an `end` at or before `start` lies on the next day.
    weekdays : frozenset of int
        Days on which the window starts, Monday 0 to Sunday 6.
    months : frozenset of int
        Months in which the window starts, 1 to 12.
    """

    start: int
    end: int
    weekdays: frozenset[int] = _DAY_WORDS["daily"]
    months: frozenset[int] = ALL_MONTHS

    def __post_init__(self) -> None:
        if not (0 <= self.start < 1440 and 0 <= self.end <= 1440):
            raise ArgumentError(
                f"a window starts and ends at 0:00 to 24:00, not at {self.start}-{self.end} min."
            )
        if not (self.weekdays and self.weekdays <= _DAY_WORDS["daily"]):
            raise ArgumentError("weekdays of a window are 0 (Monday) to 6 (Sunday), at least one.")
        if not (self.months and self.months <= ALL_MONTHS):
            raise ArgumentError("months of a window are 1 to 12, at least one.")

    def __str__(self) -> str:
        words = {days: word for word, days in _DAY_WORDS.items()}
        days = words.get(self.weekdays) or _runs(self.weekdays, WEEKDAYS, 0)
        months = "" if self.months == ALL_MONTHS else f", {_runs(self.months, MONTHS, 1)}"
        return f"{days} {_clock(self.start)}-{_clock(self.end)}{months}"


def clause_windows(clause: str) -> Iterable[PeakWindow]:
    """Return the windows that one clause of words describes.

    Raises
    ------
    ArgumentError
        Naming the word that is not understood.
    """
    text = re.sub(r"\s*[-–]\s*|\s+to\s+", "-", clause.lower())  # noqa: RUF001 - the dash of a tariff sheet
    hours: list[tuple[int, int]] = []
    days: set[int] = set()
    months: set[int] = set()
    for word in filter(None, re.split(r"[\s,&+]+|\band\b", text)):
        if word in _DAY_WORDS or f"{word}s" in _DAY_WORDS:
            days |= _DAY_WORDS.get(word) or _DAY_WORDS[f"{word}s"]
        elif (found := _span(word, _DAYS)) is not None:
            days |= {day % 7 for day in found}
        elif (found := _span(word, _MONTHS)) is not None:
            months |= {(month - 1) % 12 + 1 for month in found}
        elif (window := _hours(word)) is not None:
            hours.append(window)
        else:
            raise ArgumentError(
                f"{word!r} in the schedule {clause.strip()!r} is not understood: write for example "
                '"weekdays 16-21, Jun-Sep".'
            )
    if not hours:
        raise ArgumentError(f"the schedule clause {clause.strip()!r} has no hours, such as 16-21.")
    return (
        PeakWindow(start, end, frozenset(days) or _DAY_WORDS["daily"], frozenset(months) or ALL_MONTHS)
        for start, end in hours
    )


def _span(word: str, names: Mapping[str, int]) -> range | None:
    """Return the places that ``jun`` or ``nov-feb`` stands for, counting on past the end of the names."""
    first, dash, last = word.partition("-")
    ends = [names.get(name[:3]) for name in ((first, last) if dash else (first,))]
    if any(end is None for end in ends) or not word.replace("-", "").isalpha():
        return None
    start, end = int(ends[0] or 0), int(ends[-1] or 0)
    return range(start, (end if end >= start else end + len(names)) + 1)


def _hours(word: str) -> tuple[int, int] | None:
    first, dash, last = word.partition("-")
    start, end = _TIME.fullmatch(first), _TIME.fullmatch(last)
    if not dash or start is None or end is None:
        return None
    begins, ends = _minute(start), _minute(end)
    if begins == ends or begins >= 1440 or ends > 1440:
        raise ArgumentError(f"hours {word!r} are no window: both lie within 0 to 24 and differ.")
    return begins, ends


def _minute(found: re.Match[str]) -> int:
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if minute > 59 or (half and not 1 <= hour <= 12):
        raise ArgumentError(f"{found[0]!r} is no time of day.")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return hour * 60 + minute


def _clock(minute: int) -> str:
    return f"{minute // 60}" + (f":{minute % 60:02d}" if minute % 60 else "")


def _runs(places: Iterable[int], names: Sequence[str], first: int) -> str:
    """Return places as names, runs of them as ``Jun-Sep``."""
    ordered = np.array(sorted(places))
    runs = np.split(ordered, np.flatnonzero(np.diff(ordered) > 1) + 1)
    return " ".join(
        names[run[0] - first] + (f"-{names[run[-1] - first]}" if len(run) > 1 else "") for run in runs
    )
