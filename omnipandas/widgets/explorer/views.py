"""What the explorer shows: each view one function of frames, whose own text is the code that gives it."""

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
from omnipandas.omnimetic.client import Client
from omnipandas.omnimetic.gathering import Progress

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
        From frames (those of `FRAMES`) and some of `Choice`'s attributes, by name, to a frame and its
        figure. Its body is plain statements that end in ``return frame, figure``: they are the code that
        is shown.
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
    def frames(self) -> list[str]:
        """Names of the frames that the study takes."""
        return [name for name in _parameters(self.study) if name in FRAMES]

    @property
    def needs(self) -> list[str]:
        """Names of `Choice`'s attributes that the study and its frames take."""
        named = [name for frame in self.frames for name in _parameters(FRAMES[frame])]
        named += [name for name in _parameters(self.study) if name not in FRAMES]
        return list(dict.fromkeys(name for name in named if name not in ("client", "progress")))

    def fetch(self, client: Client, choice: Choice, progress: Progress) -> dict[str, pd.DataFrame]:
        """Return the frames that the study takes, by name; `progress` may end it."""
        return {
            name: FRAMES[name](client, **_chosen(FRAMES[name], choice), progress=progress)
            for name in self.frames
        }

    def draw(self, frames: Mapping[str, pd.DataFrame], choice: Choice) -> Result:
        """Return the view's frame and figure."""
        return self.study(**frames, **_chosen(self.study, choice))

    def code(self, choice: Choice) -> str:
        """Return a notebook cell that gives the same frame and figure: the functions' own statements."""
        given = [f"{name} = {getattr(choice, name)!r}" for name in self.needs]
        fetched = []
        for name in self.frames:
            *statements, returned = _statements(FRAMES[name])
            fetched += [*statements, f"{name} = {returned.removeprefix('return ')}"]
        head = ["import omnipandas as op", "", "# client is the one that Explorer was given.", *given, ""]
        # A notebook has a progress bar without asking for one.
        fetched = [text.replace(", progress=progress", "") for text in fetched]
        return "\n".join([*head, *fetched, *_statements(self.study)[:-1], "figure", ""])

    def missing(self, choice: Choice, known: list[str]) -> tuple[str, str] | None:
        """Return title and advice where nothing can be asked for."""
        if not known:
            return (
                "No service account is linked yet",
                (
                    "Link one with op.OmniConnect(client), or give ids that you know: "
                    'Explorer(client, "64d4...").'
                ),
            )
        if not choice.ids:
            return "No account is chosen", "Choose one at the left; with Ctrl or Shift, several."
        if "tariff_ids" in self.needs and not choice.tariff_ids:
            return "No tariff is chosen", "Choose one or more at the left, below the dates."
        return None

    def absence(self, choice: Choice) -> tuple[str, str]:
        """Return title and advice where there is nothing to show."""
        return (
            f"There are {self.absent} from {choice.start} to {choice.end}",
            (
                "Choose another range at the left, for example All there is. "
                "Utilities often send some days late."
            ),
        )

    def file_name(self, choice: Choice) -> str:
        """Return the name, without its ending, of the files that can be saved."""
        return f"{self.title.lower().replace(' ', '-')}-{choice.start}-{choice.end}"


def _parameters(function: Callable[..., object]) -> list[str]:
    return list(inspect.signature(function).parameters)


def _chosen(function: Callable[..., object], choice: Choice) -> dict[str, Any]:
    """Return those of a function's arguments that are the person's choice."""
    return {name: getattr(choice, name) for name in _parameters(function) if hasattr(choice, name)}


def _statements(function: Callable[..., object]) -> list[str]:
    """Return the text of a function's statements, one each, without its signature and docstring."""
    text = textwrap.dedent(inspect.getsource(function))
    definition = ast.parse(text).body[0]
    if not isinstance(definition, ast.FunctionDef) or not isinstance(definition.body[-1], ast.Return):
        raise TypeError("what the explorer shows are functions that end in a return statement.")
    lines = text.splitlines()
    body = definition.body[1 if ast.get_docstring(definition) else 0 :]
    return [textwrap.dedent("\n".join(lines[part.lineno - 1 : part.end_lineno])) for part in body]


def _hourly(client: Client, ids: list[str], start: str, end: str, progress: Progress) -> pd.DataFrame:
    return op.get_intervals(client, ids, start, end, progress=progress)


def _monthly(
    client: Client, ids: list[str], years: range, first_month: str, last_month: str, progress: Progress
) -> pd.DataFrame:
    monthly = op.get_historical(client, ids, years, progress=progress)
    return monthly[(monthly.index >= first_month) & (monthly.index <= last_month)]


FRAMES: Mapping[str, Callable[..., pd.DataFrame]] = {"hourly": _hourly, "monthly": _monthly}


def _load_profile(hourly: pd.DataFrame, by: str | None, peak_hours: str | None) -> Result:
    frame = op.load_profile(hourly, by)
    figure = op.plot.load_profile(frame)
    if peak_hours:
        figure = op.plot.peak_bands(figure, op.PeakSchedule.parse(peak_hours))
    return frame, figure


def _load_heatmap(hourly: pd.DataFrame) -> Result:
    frame = op.load_heatmap(hourly)
    figure = op.plot.load_heatmap(frame)
    return frame, figure


def _load_duration(hourly: pd.DataFrame) -> Result:
    frame = op.load_duration(hourly)
    figure = op.plot.load_duration(frame)
    return frame, figure


def _monthly_cost(monthly: pd.DataFrame) -> Result:
    frame = monthly
    figure = op.plot.season_bands(op.plot.monthly_cost(frame))
    return frame, figure


def _cost_per_kwh(monthly: pd.DataFrame) -> Result:
    frame = op.cost_per_kwh(monthly)
    figure = op.plot.season_bands(op.plot.cost_per_kwh(frame))
    return frame, figure


def _compare_tariffs(hourly: pd.DataFrame, tariff_ids: list[str]) -> Result:
    tariffs = [op.read_tariff(tariff_id) for tariff_id in tariff_ids]
    frame = op.compare_tariffs(hourly, tariffs, by="portfolio")
    figure = op.plot.compare_tariffs(frame)
    return frame, figure


def _check_usage(hourly: pd.DataFrame, monthly: pd.DataFrame) -> Result:
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
        View("Monthly bill", _monthly_cost, _BILLS),
        View("Cost per kWh", _cost_per_kwh, _BILLS),
        View("Tariffs", _compare_tariffs, _READINGS, messages.ranking),
        View("Data quality", _check_usage, _READINGS, messages.receipt),
    )
}
