"""When a utility's peak hours are: a schedule built from words, from a tariff, or from its own windows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial, singledispatch
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError, SchemaError, TariffError

from .calendars import LocalCalendar
from .holidays import Holidays, checked_holidays, holiday_mask
from .units import Mask
from .week_tables import DayKinds, WeekTable, windows_of
from .windows import PeakWindow, read_clause


@singledispatch
def tariff_hours(tariff: object) -> tuple[WeekTable, dict[int | str, tuple[int, float]]]:
    """Return the week of a tariff's energy periods, and each period's code in it and price [USD/kWh].

    The wing that knows tariffs registers what it can read (`omnipandas.tariffs.tou_hours`).

    Raises
    ------
    TariffError
        Where the tariff has no time-of-use energy schedule, or one that cannot be right.
    """
    raise TariffError(f"{type(tariff).__name__} is no tariff with a time-of-use energy schedule.")


@dataclass(frozen=True)
class PeakSchedule:
    """On-peak hours: seasons, weekdays, windows (over midnight too) and holidays.

    Build one with `PeakSchedule.parse`, `PeakSchedule.from_tariff` or `infer_peak_schedule`.

    Parameters
    ----------
    windows : tuple of PeakWindow
        What is on-peak; all else is off-peak.
    holidays : str or iterable of date and str, optional
        Days that count as Sundays: the public holidays of a region (``"AZ"``, ``"CA-BC"``), those of a
        utility calendar (``"NERC"``), dates, or holidays' names (``["Labor Day", "Christmas Day"]``).
    fit : DataFrame, optional
        How well an inferred schedule agrees with the vendor's split, by account.
    week : WeekTable, optional
        The on-peak hours themselves, where windows say them but for the days on which a month begins and
        those after a holiday: `from_tariff` gives it where a tariff's other windows reach over midnight.

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
    holidays: Holidays | None = None
    fit: pd.DataFrame | None = field(default=None, compare=False, repr=False)
    week: WeekTable | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        known = checked_holidays(self.holidays)
        if not isinstance(self.holidays, str):
            object.__setattr__(self, "holidays", known or None)

    @classmethod
    def parse(cls, words: str, *, holidays: Holidays | None = None) -> PeakSchedule:
        """Return the schedule that a few words describe.

        Parameters
        ----------
        words : str
            Clauses parted by ``;``. Each has one or more windows in hours of the local day (``16-21``,
            ``6:30-9``, ``4-9pm``, ``9am to noon``, ``22-6`` over midnight), and may name days
            (``weekdays``, ``weekends``, ``daily``, ``Mon-Thu``, ``Sat``) and months (``Jun-Sep``,
            ``Nov-Mar``), in any order, parted by blanks or commas. Without days it is daily, without
            months all year. Where one end alone says am or pm, the other takes the half of the day that
            makes the window the shorter: ``4-9pm`` is 16 to 21. `Tariff.tou` reads the same words.
        holidays : str or iterable of date and str, optional
            Days that count as Sundays, as of the schedule.

        Returns
        -------
        PeakSchedule
            The schedule.

        Raises
        ------
        ArgumentError
            Naming the word that is not understood, or a clause without hours.
        """
        if not isinstance(words, str):
            raise ArgumentError(f"a schedule is parsed from words, not from {type(words).__name__}.")
        clauses = [clause.strip() for clause in words.split(";") if clause.strip()]
        if not clauses:
            raise ArgumentError('a schedule needs at least one window, such as "weekdays 16-21, Jun-Sep".')
        windows: list[PeakWindow] = []
        for clause in clauses:
            read = read_clause(clause)
            if not read.hours:
                raise ArgumentError(
                    f"the schedule clause {clause!r} has no hours, such as 16-21; 0-24 is the whole day."
                )
            windows += read.windows()
        return cls(tuple(windows), holidays)

    @classmethod
    def from_hours(
        cls,
        weekday: Sequence[Sequence[Any]] | npt.NDArray[Any],
        weekend: Sequence[Sequence[Any]] | npt.NDArray[Any],
        *,
        peak: Iterable[Any] = (True,),
        holidays: Holidays | None = None,
    ) -> PeakSchedule:
        """Return the schedule of two month x hour tables, as tariffs write them.

        Parameters
        ----------
        weekday, weekend : 12 x 24
            The period of each month and local hour, on Monday to Friday and on Saturday and Sunday.
        peak : iterable
            The periods that are on-peak.
        holidays : str or iterable of date and str, optional
            Days that count as Sundays, as of the schedule.

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
        on = np.isin(tables, list(peak))
        return cls.from_week(WeekTable.of_tables(on).today > 0, holidays=holidays)

    @classmethod
    def from_week(
        cls,
        on_peak: npt.NDArray[np.bool_],
        *,
        holidays: Holidays | None = None,
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
        return cls(windows_of(on_peak, 1440 // on_peak.shape[2]), holidays, fit)

    @classmethod
    def from_tariff(
        cls,
        tariff: object,
        *,
        peak: Iterable[int | str] | None = None,
        holidays: Holidays | None = None,
    ) -> PeakSchedule:
        """Return the schedule of a tariff's dearest energy period, or of the periods that `peak` names.

        Parameters
        ----------
        tariff : Tariff, mapping, list, str, bytes or path
            A tariff of `read_tariff`, or a document of OpenEI's URDB in any form that `read_tariff` takes,
            with `energyweekdayschedule`, `energyweekendschedule` and `energyratestructure`; of several
            revisions the newest.
        peak : iterable of int or str, optional
            The periods that are on-peak, by number (of a document) or label (of a Tariff); by default, in
            each month, the dearest by its first tier.
        holidays : str or iterable of date and str, optional
            Days that count as Sundays, as of the schedule.

        Returns
        -------
        PeakSchedule
            The schedule.

        Raises
        ------
        TariffError
            Where the tariff has no such schedule or no such period, or all hours of the year cost the same.

        Notes
        -----
        Fields as in URDB, version 8 (https://openei.org/services/doc/rest/util_rates/).
        """
        hours, periods = tariff_hours(tariff)
        chosen = np.zeros((12, 1 + max(code for code, _ in periods.values())), dtype=bool)
        if peak is not None:
            for label in peak:
                if label not in periods:
                    known = ", ".join(map(repr, periods))
                    raise TariffError(f"the tariff has no energy period {label!r}; it has {known}.")
                chosen[:, periods[label][0]] = True
        else:
            chosen[:] = _dearest(hours, dict(periods.values()))
        return cls._where(hours, chosen, holidays)

    @classmethod
    def _where(cls, hours: WeekTable, chosen: Mask, holidays: Holidays | None) -> PeakSchedule:
        """Return the schedule of the codes chosen in each month."""
        month = np.arange(12)[:, None, None]
        today = chosen[month, hours.today]
        if hours.next_day is None:
            return cls(windows_of(today, hours.minutes), holidays)
        reaches = chosen[month, hours.next_day] & (hours.next_day >= 0)
        after = np.where(hours.next_day >= 0, reaches, np.int16(-1)).astype(np.int16)
        week = WeekTable(today.astype(np.int16), after)
        # A day's own morning is on-peak only where the evening before does not say otherwise.
        on = np.concatenate([today & ~(np.roll(after, 1, axis=1) >= 0), reaches], axis=2)
        schedule = cls(windows_of(on, hours.minutes), holidays)
        return schedule if schedule._week.same_hours(week) else replace(schedule, week=week)

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
        share: npt.NDArray[np.float64] = self._week.weeks.reshape(12, 7, 24, -1).mean(axis=3)
        return share

    def on_peak_rows(self, calendar: LocalCalendar) -> npt.NDArray[np.bool_]:
        """Mark the rows of a local calendar that are on-peak."""
        if not calendar.days:
            return np.zeros(0, dtype=bool)
        days = self.holidays
        holidays = partial(holiday_mask, holidays=days) if days else None
        by_day = self._week.by_day(DayKinds(calendar.dates, calendar.tz, holidays))
        slots, minutes = self._week.slots, self._week.minutes
        day = np.arange(calendar.days)
        place = calendar.with_hour(day) if slots == 24 else calendar.day * slots + calendar.minute // minutes
        rows: npt.NDArray[np.bool_] = by_day.ravel()[place] > 0
        return rows

    @cached_property
    def _week(self) -> WeekTable:
        """Return 1 where it is on-peak, 0 where not."""
        return self.week or WeekTable.of_windows(
            [(1, window) for window in self.windows], rest=0, labels=("off-peak", "on-peak")
        )

    def __str__(self) -> str:
        return "; ".join(map(str, self.windows))

    def __repr__(self) -> str:
        holidays = f", holidays={self.holidays!r}" if self.holidays else ""
        return f"PeakSchedule({str(self)!r}{holidays})"


def _dearest(hours: WeekTable, price: dict[int, float]) -> Mask:
    """Mark the codes that cost most in each month, 12 x codes.

    Raises
    ------
    TariffError
        Where in no month one hour costs more than another.
    """
    prices = np.full(max(price) + 1, np.nan)
    prices[list(price)] = list(price.values())
    costs = prices[hours.weeks].reshape(12, -1)
    dearest, cheapest = costs.max(axis=1, keepdims=True), costs.min(axis=1, keepdims=True)
    if (dearest == cheapest).all():
        raise TariffError(
            "every hour of a month costs the same in this tariff, so it has no peak: give peak=, or a "
            "schedule of your own."
        )
    marked: Mask = (prices >= dearest) & (dearest > cheapest)
    return marked
