"""What the explorer shows: each view one function, whose own text is the code that gives it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import plotly.graph_objects as go

import omnipandas as op

from . import messages

Result = tuple[pd.DataFrame, go.Figure]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the explorer's controls say, in plain Python.

    Parameters
    ----------
    ids : list of str
        Service account ids.
    start, end : str
        The half-open range of local days, ISO 8601.
    by : str or None
        What a load profile is told apart by.
    peak_hours : str or None
        Peak hours to shade, in words.
    tariff_ids : list of str
        Tariffs to compare.
    """

    ids: list[str]
    start: str
    end: str
    by: str | None
    peak_hours: str | None
    tariff_ids: list[str]

    @property
    def first_month(self) -> str:
        """The month that the range begins in."""
        return self.start[:7]

    @property
    def last_month(self) -> str:
        """The month that the range ends in."""
        return (date.fromisoformat(self.end) - timedelta(days=1)).isoformat()[:7]

    @property
    def years(self) -> range:
        """The calendar years that the range touches."""
        return range(int(self.first_month[:4]), int(self.last_month[:4]) + 1)


@dataclass(frozen=True, slots=True)
class View:
    """One tab of the explorer.

    Parameters
    ----------
    title : str
        The tab's words.
    study : callable
        From the client and some of `Choice`'s attributes, by name, to a frame and its figure. Its body is
        plain statements that end in ``return frame, figure``: they are the code that is shown.
    absent : str
        What is not there, where the frame is empty.
    words : callable
        From the frame to a few words in HTML that stand over the figure.
    """

    title: str
    study: Callable[..., Result]
    absent: str
    words: Callable[[Any], str] = lambda _: ""

    def is_empty(self, frame: pd.DataFrame) -> bool:
        """Say whether there is nothing to show; a report without findings is something."""
        return getattr(frame, "coverage", frame).empty

    @property
    def needs(self) -> list[str]:
        """Names of what the study takes beside the client."""
        return [name for name in inspect.signature(self.study).parameters if name != "client"]

    def arguments(self, choice: Choice) -> dict[str, Any]:
        """Return what the study takes beside the client."""
        return {name: getattr(choice, name) for name in self.needs}

    def run(self, client: op.Client, choice: Choice) -> Result:
        """Return the view's frame and figure."""
        return self.study(client, **self.arguments(choice))

    def code(self, choice: Choice) -> str:
        """Return a notebook cell that gives the same frame and figure: the study's own statements."""
        given = "\n".join(f"{name} = {value!r}" for name, value in self.arguments(choice).items())
        head = "import omnipandas as op\n\n# client is the one that Explorer was given."
        return f"{head}\n{given}\n\n{_body(self.study)}\nfigure\n"


def _body(study: Callable[..., Result]) -> str:
    """Return a function's statements without the signature and without the return at the end."""
    text = textwrap.dedent(inspect.getsource(study))
    definition = ast.parse(text).body[0]
    if not isinstance(definition, ast.FunctionDef) or not isinstance(definition.body[-1], ast.Return):
        raise TypeError("a study is a function that ends in a return statement.")
    first = definition.body[1 if ast.get_docstring(definition) else 0].lineno - 1
    return textwrap.dedent("\n".join(text.splitlines()[first : definition.body[-1].lineno - 1]))


def _load_profile(
    client: op.Client, ids: list[str], start: str, end: str, by: str | None, peak_hours: str | None
) -> Result:
    hourly = op.get_intervals(client, ids, start, end)
    frame = op.load_profile(hourly, by)
    figure = op.plot.load_profile(frame)
    if peak_hours:
        figure = op.plot.peak_bands(figure, op.PeakSchedule.parse(peak_hours))
    return frame, figure


def _load_heatmap(client: op.Client, ids: list[str], start: str, end: str) -> Result:
    hourly = op.get_intervals(client, ids, start, end)
    frame = op.load_heatmap(hourly)
    figure = op.plot.load_heatmap(frame)
    return frame, figure


def _load_duration(client: op.Client, ids: list[str], start: str, end: str) -> Result:
    hourly = op.get_intervals(client, ids, start, end)
    frame = op.load_duration(hourly)
    figure = op.plot.load_duration(frame)
    return frame, figure


def _monthly(client: op.Client, ids: list[str], years: range, first_month: str, last_month: str) -> Result:
    monthly = op.get_historical(client, ids, years)
    frame = monthly[(monthly.index >= first_month) & (monthly.index <= last_month)]
    figure = op.plot.season_bands(op.plot.monthly_cost(frame))
    return frame, figure


def _cost_per_kwh(
    client: op.Client, ids: list[str], years: range, first_month: str, last_month: str
) -> Result:
    monthly = op.get_historical(client, ids, years)
    monthly = monthly[(monthly.index >= first_month) & (monthly.index <= last_month)]
    frame = op.cost_per_kwh(monthly)
    figure = op.plot.season_bands(op.plot.cost_per_kwh(frame))
    return frame, figure


def _compare_tariffs(
    client: op.Client, ids: list[str], start: str, end: str, tariff_ids: list[str]
) -> Result:
    hourly = op.get_intervals(client, ids, start, end)
    tariffs = [op.read_tariff(tariff_id) for tariff_id in tariff_ids]
    frame = op.compare_tariffs(hourly, tariffs, by="portfolio")
    figure = op.plot.compare_tariffs(frame)
    return frame, figure


def _check_usage(
    client: op.Client, ids: list[str], start: str, end: str, years: range, first_month: str, last_month: str
) -> Result:
    hourly = op.get_intervals(client, ids, start, end)
    monthly = op.get_historical(client, ids, years)
    monthly = monthly[(monthly.index >= first_month) & (monthly.index <= last_month)]
    frame = op.check_usage(hourly, monthly)
    figure = op.plot.check_usage(frame)
    return frame, figure


_READINGS = "no hourly readings"
_BILLS = "no billed months"
VIEWS: Mapping[str, View] = {
    view.title: view
    for view in (
        View("Load profile", _load_profile, _READINGS),
        View("Heatmap", _load_heatmap, _READINGS),
        View("Duration", _load_duration, _READINGS),
        View("Monthly bill", _monthly, _BILLS),
        View("Cost per kWh", _cost_per_kwh, _BILLS),
        View("Tariffs", _compare_tariffs, _READINGS, messages.ranking),
        View("Data quality", _check_usage, _READINGS, messages.receipt),
    )
}
