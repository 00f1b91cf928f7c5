"""A picker for a range of days, by a preset or by hand, never outside what exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Self

import ipywidgets
import pandas as pd
import traitlets

from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.intervals.units import SEASONS

from .lists import Picker, labelled

_DAY = timedelta(days=1)
LAST_30_DAYS, LAST_YEAR, SEASON = "Last 30 days", "Last year", "This season"
BILLING_MONTH, ALL, OWN = "Last billing month", "All there is", "Own dates"
PRESETS = (LAST_30_DAYS, LAST_YEAR, SEASON, BILLING_MONTH, ALL)


class DateRangePicker(Picker):
    """A range of local days: a preset, or first and last day by hand.

    Parameters
    ----------
    start, end : date or str
        What exists, half-open: nothing outside it can be chosen.
    preset : str, default "Last year"
        One of ``"Last 30 days"``, ``"Last year"`` (twelve months up to the end of what exists), ``"This
        season"`` (since its first day), ``"Last billing month"`` (the last whole one) and ``"All there is"``.
    billing_months : sequence of date, optional
        First days of the months that are billed; by default every calendar month.
    seasons : mapping of str to months, optional
        Months (1 to 12) of each season; by default the meteorological ones of the northern half.

    Attributes
    ----------
    value : (date, date)
        The range, half-open, for every `start` and `end`. Assigned dates are cut to what exists.
    preset : str
        The preset in force, or ``"Own dates"``; assign to choose one.

    Raises
    ------
    ArgumentError
        A bound is no date, or nothing exists between them; an unknown preset.

    Examples
    --------
    >>> import omnipandas as op
    >>> picker = op.widgets.DateRangePicker("2023-01-01", "2025-11-01", preset="This season")
    >>> picker.value
    (datetime.date(2025, 9, 1), datetime.date(2025, 11, 1))
    """

    value = traitlets.Tuple()
    preset = traitlets.Unicode(LAST_YEAR)

    def __init__(
        self,
        start: date | str,
        end: date | str,
        *,
        preset: str = LAST_YEAR,
        billing_months: Sequence[date] | None = None,
        seasons: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        self._seasons = SEASONS if seasons is None else seasons
        self._start, self._end = _bounds(start, end)
        self._months = billing_months
        self._menu = ipywidgets.Dropdown(options=[*PRESETS, OWN], description="Range", **labelled())
        self._first = ipywidgets.DatePicker(description="First day", **labelled())
        self._last = ipywidgets.DatePicker(description="Last day", **labelled())
        super().__init__([self._menu, self._first, self._last])
        self._follow(preset)
        self._menu.observe(self._on_menu, "value")
        self._first.observe(self._on_dates, "value")
        self._last.observe(self._on_dates, "value")

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, *, preset: str = ALL) -> Self:
        """Return a picker of the days that a frame covers.

        Parameters
        ----------
        frame : DataFrame
            INTERVALS, whose local days exist, or MONTHLY, whose months do.
        preset : str, default "All there is"
            As of the picker.

        Returns
        -------
        DateRangePicker
            The picker.

        Raises
        ------
        SchemaError
            The frame is empty, or its index is not time.
        """
        index = frame.index
        if not isinstance(index, pd.DatetimeIndex) or not len(index):
            raise SchemaError("no days in this frame: INTERVALS or MONTHLY with at least one row is needed.")
        first, last = index.min().date(), index.max().date()
        if index.name != "month":
            return cls(first, last + _DAY, preset=preset)
        months = [stamp.date() for stamp in index.unique().sort_values()]
        return cls(first, _next_month(last), preset=preset, billing_months=months)

    def limit(self, start: date | str, end: date | str, billing_months: Sequence[date] | None = None) -> None:
        """Change what exists; a preset in force is applied anew, own dates are cut (all off: the last year).

        Parameters
        ----------
        start, end : date or str
            What exists, half-open.
        billing_months : sequence of date, optional
            As of the picker.

        Raises
        ------
        ArgumentError
            Nothing exists between them.
        """
        self._start, self._end = _bounds(start, end)
        self._months = billing_months
        first, last = self.value
        if self.preset == OWN and max(first, self._start) < min(last, self._end):
            with self._quiet():
                self.value = first, last
            self._show()
        else:
            self._follow(LAST_YEAR if self.preset == OWN else self.preset)

    def _follow(self, preset: str) -> None:
        value = self._range_of(preset)
        with self._quiet():
            self.preset, self.value = preset, value
        self._show()

    def _range_of(self, preset: str) -> tuple[date, date]:
        """Return a preset's range within what exists, at least a day."""
        start, end = self._start, self._end
        last = end - _DAY
        if preset == LAST_30_DAYS:
            start = end - 30 * _DAY
        elif preset == LAST_YEAR:
            start = (pd.Timestamp(end) - pd.DateOffset(years=1)).date()
        elif preset == SEASON:
            season = next(set(months) for months in self._seasons.values() if last.month in months)
            start = last.replace(day=1)
            while (start - _DAY).month in season and len(season) < 12:
                start = (start - _DAY).replace(day=1)
        elif preset == BILLING_MONTH:
            start, end = self._billing_month()
        elif preset != ALL:
            raise ArgumentError(f"a preset is one of {', '.join(PRESETS)}, not {preset!r}.")
        start, end = max(start, self._start), min(end, self._end)
        return (start, end) if start < end else (last, self._end)

    def _billing_month(self) -> tuple[date, date]:
        if self._months:
            whole = [month for month in self._months if _next_month(month) <= self._end]
            if whole:
                return max(whole), _next_month(max(whole))
        end = self._end.replace(day=1)
        return (end - _DAY).replace(day=1), end

    @traitlets.validate("value")
    def _checked(self, proposal: dict[str, Any]) -> tuple[date, date]:
        try:
            start, end = proposal["value"]
        except ValueError as error:
            raise ArgumentError("a range is (start, end), half-open.") from error
        start, end = _bounds(start, end)
        start, end = max(start, self._start), min(end, self._end)
        if start >= end:
            raise ArgumentError(
                f"nothing of that range exists: choose between {self._start} and {self._end}, the end not "
                "part of it."
            )
        return start, end

    @traitlets.validate("preset")
    def _known(self, proposal: dict[str, Any]) -> str:
        if proposal["value"] not in (*PRESETS, OWN):
            raise ArgumentError(f"a preset is one of {', '.join(PRESETS)}, not {proposal['value']!r}.")
        return str(proposal["value"])

    @traitlets.observe("preset")
    def _on_preset(self, _: object) -> None:
        if not self._is_quiet and self.preset != OWN:
            self._follow(self.preset)

    @traitlets.observe("value")
    def _on_value(self, _: object) -> None:
        if not self._is_quiet:
            with self._quiet():
                self.preset = OWN
            self._show()

    def _show(self) -> None:
        """Bring the controls in line with value, preset and limits."""
        start, end = self.value
        with self._quiet():
            self._menu.value = self.preset
            for control, day in ((self._first, start), (self._last, end - _DAY)):
                # The limits loosened first, lest the control cut the day by the old ones.
                control.min, control.max = None, None
                control.value = day
                control.min, control.max = self._start, self._end - _DAY

    def _on_menu(self, change: dict[str, Any]) -> None:
        if self._is_quiet:
            return
        if change["new"] == OWN:
            with self._quiet():
                self.preset = OWN
        else:
            self._follow(change["new"])

    def _on_dates(self, change: dict[str, Any]) -> None:
        if self._is_quiet:
            return
        first, last = self._first.value, self._last.value
        if first is None or last is None:
            self._show()  # a cleared field: the range stays
            return
        if first > last:  # the day that was just chosen holds
            first = last = change["new"]
        self.value = first, last + _DAY


def _bounds(start: object, end: object) -> tuple[date, date]:
    first, last = _day(start, "start"), _day(end, "end")
    if first >= last:
        raise ArgumentError(f"the range is empty: start {first} is not before end {last}.")
    return first, last


def _day(bound: object, name: str) -> date:
    try:
        stamp = pd.Timestamp(bound)  # type: ignore[arg-type]  # whatever pandas takes for a day, users give
    except (ValueError, TypeError) as error:
        raise ArgumentError(f'{name} is a date such as "2023-01-01", not {bound!r}.') from error
    if not isinstance(stamp, pd.Timestamp):
        raise ArgumentError(f'{name} is a date such as "2023-01-01", not {bound!r}.')
    return stamp.date()


def _next_month(month: date) -> date:
    return (month.replace(day=1) + 32 * _DAY).replace(day=1)
