"""When a utility's peak hours are: a schedule built from words, from a tariff, or from its own windows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, singledispatch
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError, SchemaError, TariffError

from .calendars import LocalCalendar
from .holidays import Holidays, checked_holidays, holiday_mask
from .units import Floats
from .windows import PeakWindow, clause_windows

Labels = npt.NDArray[Any]


@singledispatch
def tariff_hours(tariff: object) -> tuple[list[Labels], list[Floats]]:
    """Return periods and first-tier prices [USD/kWh], of weekdays and of weekends, each month x hour.

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
            ``6:30-9``, ``4pm-9pm``, ``22-6`` over midnight), and may name days (``weekdays``,
            ``weekends``, ``daily``, ``Mon-Thu``, ``Sat``) and months (``Jun-Sep``, ``Nov-Mar``), in any
            order, parted by blanks or commas. Without days it is daily, without months all year.
        holidays : str or iterable of date and str, optional
            Days that count as Sundays, as of the schedule.

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
        return cls(tuple(window for clause in clauses for window in clause_windows(clause)), holidays)

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
        on = [np.isin(table, list(peak))[:, np.newaxis] for table in tables]
        return cls.from_week(np.concatenate([on[0]] * 5 + [on[1]] * 2, axis=1), holidays=holidays)

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
        tariff: object,
        *,
        peak: Iterable[int | str] | None = None,
        holidays: Holidays | None = None,
    ) -> PeakSchedule:
        """Return the schedule of a tariff's dearest energy period, or of the periods that `peak` names.

        Parameters
        ----------
        tariff : Tariff or mapping
            A tariff of `read_tariff`, or one rate of OpenEI's URDB as a mapping with
            `energyweekdayschedule`, `energyweekendschedule` and `energyratestructure`.
        peak : iterable of int or str, optional
            The periods that are on-peak, by number (of a mapping) or label (of a Tariff); by default, in each
            month, the dearest by its first tier.
        holidays : str or iterable of date and str, optional
            Days that count as Sundays, as of the schedule.

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
        labels, prices = tariff_hours(tariff)
        if peak is not None:
            return cls.from_hours(labels[0], labels[1], peak=peak, holidays=holidays)
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
        dates = np.append(calendar.dates[:1] - 1, calendar.dates)
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
