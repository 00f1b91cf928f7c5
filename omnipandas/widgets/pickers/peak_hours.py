"""Choose peak hours, from a list or in words."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets
import traitlets

from omnipandas.errors import ArgumentError
from omnipandas.intervals.schedules import PeakSchedule

from .lists import Picker, labelled

#: Peak windows to begin with; any other can be typed.
SCHEDULES = ("weekdays 16-21", "weekdays 14-20", "weekdays 7-23", "weekdays 16-21, Jun-Sep", "daily 17-20")
_NONE, _OWN = "the utility's own", "own words"


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
            PeakSchedule.parse(words)
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
            self._refusal.value = _refusal_line(str(error))


def _refusal_line(reason: str) -> str:
    """Return a line that says why a typed value was not taken."""
    return f'<div role="alert" class="omnipandas-refusal">{escape(reason)}</div>'
