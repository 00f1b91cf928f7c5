"""When a utility's peak hours are: a schedule built from words, from a tariff, or from its own windows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError, SchemaError, TariffError

from .calendars import WEEKDAYS, LocalCalendar, holiday_mask

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


@runtime_checkable
class TimeOfUse(Protocol):
    """What a tariff offers that has a time-of-use energy schedule."""

    weekday_schedule: Sequence[Sequence[int]]
    weekend_schedule: Sequence[Sequence[int]]
    period_prices: Sequence[float]


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


@dataclass(frozen=True)
class PeakSchedule:
    """On-peak hours: seasons, weekdays, windows (over midnight too) and holidays.

    Build one with `PeakSchedule.parse`, `PeakSchedule.from_tariff` or `infer_peak_schedule`.

    Parameters
    ----------
    windows : tuple of PeakWindow
        What is on-peak; all else is off-peak.
    holidays : str, optional
        Region (``"AZ"``, ``"CA-BC"``) whose public holidays count as Sundays.
    fit : DataFrame, optional
        How well an inferred schedule agrees with the vendor's split, by account.

    Notes
    -----
    A window over midnight belongs to the day that it starts on: ``"Fri 22-6"`` ends on Saturday at 6:00.
    Windows are read in local wall time: of the hour repeated in autumn both are in or both are out.

    Examples
    --------
    >>> import omnipandas as op
    >>> schedule = op.PeakSchedule.parse("weekdays 16-21, Jun-Sep; daily 22-6, Nov-Feb", holidays="AZ")
    >>> schedule
    PeakSchedule('weekdays 16-21, Jun-Sep; daily 22-6, Jan-Feb Nov-Dec', holidays='AZ')
    >>> schedule.on_peak(pd.DatetimeIndex(["2023-07-03 16:00", "2023-07-04 16:00"], tz="America/Phoenix"))
    array([ True, False])
    """

    windows: tuple[PeakWindow, ...]
    holidays: str | None = None
    fit: pd.DataFrame | None = field(default=None, compare=False, repr=False)

    @classmethod
    def parse(cls, words: str, *, holidays: str | None = None) -> PeakSchedule:
        """Return the schedule that a few words describe.

        Parameters
        ----------
        words : str
            Clauses parted by ``;``. Each has one or more windows in hours of the local day (``16-21``,
            ``6:30-9``, ``4pm-9pm``, ``22-6`` over midnight), and may name days (``weekdays``,
            ``weekends``, ``daily``, ``Mon-Thu``, ``Sat``) and months (``Jun-Sep``, ``Nov-Mar``), in any
            order, parted by blanks or commas. Without days it is daily, without months all year.
        holidays : str, optional
            Region whose public holidays count as Sundays.

        Returns
        -------
        PeakSchedule
            The schedule.

        Raises
        ------
        ArgumentError
            Naming the word that is not understood.
        """
        clauses = [clause for clause in words.split(";") if clause.strip()]
        if not clauses:
            raise ArgumentError('a schedule needs at least one window, such as "weekdays 16-21, Jun-Sep".')
        return cls(tuple(window for clause in clauses for window in _clause(clause)), holidays)

    @classmethod
    def from_hours(
        cls,
        weekday: Sequence[Sequence[Any]] | npt.NDArray[Any],
        weekend: Sequence[Sequence[Any]] | npt.NDArray[Any],
        *,
        peak: Iterable[Any] = (True,),
        holidays: str | None = None,
    ) -> PeakSchedule:
        """Return the schedule of two month x hour tables, as tariffs write them.

        Parameters
        ----------
        weekday, weekend : 12 x 24
            The period of each month and local hour, on Monday to Friday and on Saturday and Sunday.
        peak : iterable
            The periods that are on-peak.
        holidays : str, optional
            Region whose public holidays count as Sundays.

        Returns
        -------
        PeakSchedule
            The schedule, its windows as few as they can be.

        Raises
        ------
        ArgumentError
            Where a table is not 12 x 24.
        """
        tables = [np.asarray(weekday), np.asarray(weekend)]
        for table in tables:
            if table.shape != (12, 24):
                raise ArgumentError(f"a schedule table is 12 months x 24 hours, not {table.shape}.")
        on = [np.isin(table, list(peak))[:, np.newaxis] for table in tables]
        return cls.from_week(np.concatenate([on[0]] * 5 + [on[1]] * 2, axis=1), holidays=holidays)

    @classmethod
    def from_week(
        cls,
        on_peak: npt.NDArray[np.bool_],
        *,
        holidays: str | None = None,
        fit: pd.DataFrame | None = None,
    ) -> PeakSchedule:
        """Return the schedule of a month x weekday x hour table, in as few windows as it takes.

        Parameters
        ----------
        on_peak : 12 x 7 x 24 of bool
            Which local hours are on-peak, months from January, weekdays from Monday.
        holidays, fit
            As of the schedule.

        Returns
        -------
        PeakSchedule
            The schedule.
        """
        months: dict[tuple[int, int, int], set[int]] = {}
        for month, day in np.ndindex(12, 7):
            edges = np.flatnonzero(np.diff(np.concatenate([[0], on_peak[month, day].astype(int), [0]])))
            for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
                months.setdefault((start * 60, end * 60, day), set()).add(month + 1)
        days: dict[tuple[int, int, frozenset[int]], set[int]] = {}
        for (start, end, day), those in months.items():
            days.setdefault((start, end, frozenset(those)), set()).add(day)
        found = [PeakWindow(start, end, frozenset(d), those) for (start, end, those), d in days.items()]
        order = sorted(found, key=lambda w: (min(w.months), min(w.weekdays), w.start))
        return cls(tuple(order), holidays, fit)

    @classmethod
    def from_tariff(
        cls,
        tariff: TimeOfUse | Mapping[str, Any],
        *,
        peak: Iterable[int] | None = None,
        holidays: str | None = None,
    ) -> PeakSchedule:
        """Return the schedule of a tariff's dearest energy period, or of the periods that `peak` names.

        Parameters
        ----------
        tariff : Tariff or mapping
            A tariff of `read_tariff`, or one rate of OpenEI's URDB as a mapping with
            `energyweekdayschedule`, `energyweekendschedule` and `energyratestructure`.
        peak : iterable of int, optional
            Numbers of the periods that are on-peak; by default, in each month, the dearest by its first tier.
        holidays : str, optional
            Region whose public holidays count as Sundays.

        Returns
        -------
        PeakSchedule
            The schedule.

        Raises
        ------
        TariffError
            Where the tariff has no such schedule, or all hours of the year cost the same.

        Notes
        -----
        Fields as in URDB, version 8 (https://openei.org/services/doc/rest/util_rates/).
        """
        weekday, weekend, price = _tariff_hours(tariff)
        if peak is not None:
            return cls.from_hours(weekday, weekend, peak=peak, holidays=holidays)
        prices = [price[weekday], price[weekend]]
        both = np.concatenate(prices, axis=1)
        dearest, cheapest = both.max(axis=1, keepdims=True), both.min(axis=1, keepdims=True)
        if (dearest == cheapest).all():
            raise TariffError(
                "every hour of a month costs the same in this tariff, so it has no peak: give peak=, or a "
                "schedule of your own."
            )
        on = [(table == dearest) & (dearest > cheapest) for table in prices]
        return cls.from_hours(on[0], on[1], holidays=holidays)

    def on_peak(self, index: pd.DatetimeIndex) -> npt.NDArray[np.bool_]:
        """Mark the instants that are on-peak.

        Parameters
        ----------
        index : DatetimeIndex
            Interval starts, tz-aware in the premise's zone, in any order.

        Returns
        -------
        numpy.ndarray of bool
            One for each instant.

        Raises
        ------
        SchemaError
            Where the index has no zone.
        """
        if index.tz is None:
            raise SchemaError("peak hours are local: give instants with a time zone.")
        return self.on_peak_rows(LocalCalendar(index))

    def hours(self) -> npt.NDArray[np.float64]:
        """Return the on-peak part of each local hour, holidays left out.

        Returns
        -------
        numpy.ndarray, shape (12, 7, 24)
            Months from January, weekdays from Monday; 0 to 1.
        """
        today, next_day = (table.reshape(12, 7, 1440) for table in self._tables)
        both = today | np.roll(next_day, 1, axis=1)
        share: npt.NDArray[np.float64] = both.reshape(12, 7, 24, 60).mean(axis=3)
        return share

    def on_peak_rows(self, calendar: LocalCalendar) -> npt.NDArray[np.bool_]:
        """Mark the rows of a local calendar that are on-peak."""
        if not calendar.days:
            return np.zeros(0, dtype=bool)
        today, next_day = self._tables
        # The day before the first may reach into it over midnight.
        dates = np.arange(calendar.first_day - 1, calendar.first_day + calendar.days).astype("datetime64[D]")
        weekday = (dates.astype(np.int64) + 3) % 7
        if self.holidays:
            weekday[holiday_mask(dates, self.holidays)] = 6
        kind = dates.astype("datetime64[M]").astype(np.int64) % 12 * 7 + weekday
        by_day = today[kind[1:]] | next_day[kind[:-1]]
        rows: npt.NDArray[np.bool_] = by_day.ravel()[calendar.day * 1440 + calendar.minute]
        return rows

    @cached_property
    def _tables(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Return, for each month and weekday, the on-peak minutes of that day and of the day after."""
        minutes = np.zeros((12, 7, 2880), dtype=bool)
        for window in self.windows:
            end = window.end if window.end > window.start else window.end + 1440
            months = [month - 1 for month in sorted(window.months)]
            minutes[np.ix_(months, sorted(window.weekdays), range(window.start, end))] = True
        both = minutes.reshape(84, 2880)
        return both[:, :1440], both[:, 1440:]

    def __str__(self) -> str:
        return "; ".join(map(str, self.windows))

    def __repr__(self) -> str:
        holidays = f", holidays={self.holidays!r}" if self.holidays else ""
        return f"PeakSchedule({str(self)!r}{holidays})"


def _clause(clause: str) -> Iterable[PeakWindow]:
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


def _tariff_hours(
    tariff: object,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return a tariff's month x hour tables of energy periods, and each period's first-tier price."""
    fields = ("energyweekdayschedule", "energyweekendschedule", "energyratestructure")
    if isinstance(tariff, Mapping):
        missing = [name for name in fields if name not in tariff]
        if missing:
            raise TariffError(
                f"the tariff has no {', '.join(missing)}: it has no time-of-use energy schedule."
            )
        weekday, weekend, rates = (tariff[name] for name in fields)
        price = [tiers[0].get("rate", 0.0) + tiers[0].get("adj", 0.0) for tiers in rates]
    elif isinstance(tariff, TimeOfUse):
        weekday, weekend = tariff.weekday_schedule, tariff.weekend_schedule
        price = list(tariff.period_prices)
    else:
        raise TariffError(f"{type(tariff).__name__} is no tariff with a time-of-use energy schedule.")
    tables = np.asarray(weekday, dtype=np.int64), np.asarray(weekend, dtype=np.int64)
    if any(table.shape != (12, 24) for table in tables):
        raise TariffError("the tariff's energy schedules are not 12 months x 24 hours.")
    prices = np.asarray(price, dtype=np.float64)
    if max(table.max() for table in tables) >= len(prices):
        raise TariffError("the tariff's schedule names an energy period that has no price.")
    return tables[0], tables[1], prices
