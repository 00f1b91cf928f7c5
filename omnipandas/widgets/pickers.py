"""Pickers for a study's questions: whose usage, which years, which days, which tariffs, which peak hours."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import ipywidgets
import pandas as pd
import traitlets

import omnipandas as op
from omnipandas.errors import ArgumentError, SchemaError

from . import panels
from .choices import ListPicker, Picker, labelled

DAY_TYPES = ("weekday", "weekend", "holiday")
#: Peak windows to begin with; any other can be typed.
SCHEDULES = ("weekdays 16-21", "weekdays 14-20", "weekdays 7-23", "weekdays 16-21, Jun-Sep", "daily 17-20")
_NONE, _OWN = "the utility's own", "own words"


class AccountPicker(ListPicker):
    """A searchable list of service accounts, each with its address and time zone.

    Parameters
    ----------
    accounts : DataFrame or iterable of str
        SERVICE_ACCOUNTS; or any frame with a column `service_account_id`; or the ids alone.
    value : str or iterable of str, optional
        The ids chosen at first.
    rows : int, default 6
        The list's height in lines.

    Attributes
    ----------
    value : tuple of str
        The chosen ids, for every `ids` argument.

    Raises
    ------
    SchemaError
        The frame has no service accounts.
    ArgumentError
        A chosen id is not in the list.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo()
    >>> accounts = op.get_service_accounts(client, op.linked_accounts(client)[:3])
    >>> picker = op.widgets.AccountPicker(accounts, accounts.index[0])
    >>> len(picker.value)
    1
    """

    def __init__(
        self, accounts: pd.DataFrame | Iterable[str], value: str | Iterable[str] = (), *, rows: int = 6
    ) -> None:
        super().__init__(account_options(accounts), value, description="Accounts", rows=rows, search=True)


def account_options(accounts: pd.DataFrame | Iterable[str]) -> list[tuple[str, str]]:
    """Return each account's words (address, city, zone; else its id) and its id.

    Raises
    ------
    SchemaError
        The frame has no service accounts.
    """
    if not isinstance(accounts, pd.DataFrame):
        return [(str(one), str(one)) for one in accounts]
    if accounts.index.name == "service_account_id":
        return [(_address(one, row), str(one)) for one, row in accounts.iterrows()]
    if "service_account_id" in accounts:
        return [(str(one), str(one)) for one in accounts["service_account_id"].unique()]
    raise SchemaError(
        "no service accounts in this frame: give what get_service_accounts returns, or a frame with a "
        "column service_account_id."
    )


def _address(service_account_id: Hashable, row: pd.Series) -> str:
    words = [row.get(name) for name in ("street", "city", "timezone")]
    told = [str(word) for word in words if isinstance(word, str) and word]
    return " · ".join(told) or str(service_account_id)


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


class TariffPicker(ListPicker):
    """A searchable list of tariffs.

    Parameters
    ----------
    tariffs : DataFrame, optional
        As `list_tariffs` returns it: index `tariff_id`, columns `utility` and `name`; by default that.
    value : str or iterable of str, optional
        The ids chosen at first.
    rows : int, default 6
        The list's height in lines.

    Attributes
    ----------
    value : tuple of str
        The chosen ids, each for `read_tariff`.

    Raises
    ------
    SchemaError
        The frame is no list of tariffs.
    ArgumentError
        A chosen id is not in the list.

    Examples
    --------
    >>> import omnipandas as op
    >>> op.widgets.TariffPicker(value="jea-residential")
    <TariffPicker: ('jea-residential',)>
    """

    def __init__(
        self, tariffs: pd.DataFrame | None = None, value: str | Iterable[str] = (), *, rows: int = 6
    ) -> None:
        known = op.list_tariffs() if tariffs is None else tariffs
        if known.index.name != "tariff_id" or not {"utility", "name"} <= set(known):
            raise SchemaError("no tariffs in this frame: give what list_tariffs returns.")
        options = [(f"{row['utility']} · {row['name']}", str(one)) for one, row in known.iterrows()]
        super().__init__(options, value, description="Tariffs", rows=rows, search=True)


class PeakSchedulePicker(Picker):
    """A choice of peak hours: the utility's own split, a usual window, or words of one's own.

    Parameters
    ----------
    value : str, optional
        The words chosen at first, as `PeakSchedule.parse` reads them; None for the utility's own split.
    none : str, default "the utility's own"
        The words for None.

    Attributes
    ----------
    value : str or None
        The words, for `PeakSchedule.parse`; None for the utility's own split. Words that are not
        understood are refused: typed ones with a line that says why, the value staying as it was.

    Raises
    ------
    ArgumentError
        The words are not understood.

    Examples
    --------
    >>> import omnipandas as op
    >>> picker = op.widgets.PeakSchedulePicker("weekdays 16-21, Jun-Sep")
    >>> op.PeakSchedule.parse(picker.value)
    PeakSchedule('weekdays 16-21, Jun-Sep')
    """

    value = traitlets.Unicode(None, allow_none=True)

    def __init__(self, value: str | None = None, *, none: str = _NONE) -> None:
        self._none = none
        self._preset = ipywidgets.Dropdown(
            options=[none, *SCHEDULES, _OWN],
            description="Peak hours",
            **labelled(),
        )
        self._words = ipywidgets.Text(
            description="In words",
            placeholder="weekdays 16-21, Jun-Sep",
            continuous_update=False,
            **labelled(),
        )
        self._refusal = ipywidgets.HTML()
        super().__init__([self._preset, self._words, self._refusal])
        self._words.layout.display = "none"
        self._preset.observe(self._on_preset, "value")
        self._words.observe(self._on_words, "value")
        self.value = value

    @traitlets.validate("value")
    def _checked(self, proposal: dict[str, Any]) -> str | None:
        words: str | None = proposal["value"]
        if words is not None:
            op.PeakSchedule.parse(words)
        return words

    @traitlets.observe("value")
    def _on_value(self, _: object) -> None:
        own = self.value is not None and self.value not in SCHEDULES
        with self._quiet():
            self._preset.value = _OWN if own else self.value or self._none
            self._words.value = self.value or ""
            self._refusal.value = ""
        self._words.layout.display = None if own else "none"

    def _on_preset(self, change: dict[str, Any]) -> None:
        if change["new"] == _OWN:
            self._words.layout.display = None
        elif not self._is_quiet:
            self.value = None if change["new"] == self._none else change["new"]

    def _on_words(self, change: dict[str, Any]) -> None:
        if self._is_quiet:
            return
        try:
            self.value = change["new"].strip() or None
        except ArgumentError as error:
            self._refusal.value = panels.refusal(str(error))
