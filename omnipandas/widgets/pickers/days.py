"""Choose years, and kinds of day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ipywidgets
import pandas as pd
import traitlets

from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.intervals.units import DAY_TYPES

from .lists import ListPicker, Picker


class YearPicker(ListPicker):
    """A list of calendar years.

    Parameters
    ----------
    years : DataFrame or iterable of int
        The years that exist, or a frame whose index is time (INTERVALS, MONTHLY).
    value : int or iterable of int, optional
        The years chosen at first; by default the latest.

    Attributes
    ----------
    value : tuple of int
        The chosen years, for `get_historical`.

    Raises
    ------
    SchemaError
        The frame's index is not time.
    ArgumentError
        A chosen year is not in the list.

    Examples
    --------
    >>> import omnipandas as op
    >>> op.widgets.YearPicker(range(2021, 2024))
    <YearPicker: (2023,)>
    """

    def __init__(self, years: pd.DataFrame | Iterable[int], value: int | Iterable[int] | None = None) -> None:
        if isinstance(years, pd.DataFrame):
            if not isinstance(years.index, pd.DatetimeIndex):
                raise SchemaError("no years in this frame: its index is not time, as that of INTERVALS is.")
            years = years.index.year
        known = sorted({int(year) for year in years})
        chosen = known[-1:] if value is None else value
        super().__init__([(str(year), year) for year in known], chosen, description="Years", rows=4)


class DayTypePicker(Picker):
    """Boxes for weekdays, weekends and holidays.

    Parameters
    ----------
    days : DataFrame or iterable of str
        The day types that there are, or a frame with a column `day_type`; by default all three.

    Attributes
    ----------
    value : tuple of str
        The chosen day types; all of them at first.

    Raises
    ------
    ArgumentError
        A day type that is none.

    Examples
    --------
    >>> import omnipandas as op
    >>> op.widgets.DayTypePicker()
    <DayTypePicker: ('weekday', 'weekend', 'holiday')>
    """

    value = traitlets.Tuple()

    def __init__(self, days: pd.DataFrame | Iterable[str] = DAY_TYPES) -> None:
        named = set(days["day_type"] if isinstance(days, pd.DataFrame) else days)
        self._known = _day_types(named)
        self._boxes = {
            name: ipywidgets.Checkbox(
                value=True, description=f"{name}s", indent=False, layout={"width": "auto"}
            )
            for name in self._known
        }
        super().__init__([ipywidgets.HBox(tuple(self._boxes.values()))])
        self.value = self._known
        for box in self._boxes.values():
            box.observe(self._on_box, "value")

    @traitlets.validate("value")
    def _checked(self, proposal: dict[str, Any]) -> tuple[str, ...]:
        chosen = _day_types(proposal["value"])
        if absent := set(chosen) - set(self._known):
            raise ArgumentError(f"there is no {absent.pop()} to choose here: only {', '.join(self._known)}.")
        return chosen

    @traitlets.observe("value")
    def _on_value(self, _: object) -> None:
        with self._quiet():
            for name, box in self._boxes.items():
                box.value = name in self.value

    def _on_box(self, _: object) -> None:
        if not self._is_quiet:
            self.value = tuple(name for name, box in self._boxes.items() if box.value)


def _day_types(names: Iterable[str]) -> tuple[str, ...]:
    named = set(names)
    if unknown := named - set(DAY_TYPES):
        raise ArgumentError(f"day types are {', '.join(DAY_TYPES)}, not {unknown.pop()!r}.")
    return tuple(name for name in DAY_TYPES if name in named)
