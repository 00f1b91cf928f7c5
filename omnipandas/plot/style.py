"""The look of all figures: one template for light and dark pages, colours, groups, light lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.intervals.zones import standard_time

from . import style

# Okabe and Ito's palette, told apart by all common kinds of colour blindness
# (https://jfly.uni-koeln.de/color/), its black and yellow left out: each vanishes on one kind of page.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")
ON_PEAK, OFF_PEAK, TOTAL = "#D55E00", "#0072B2", "#7F7F7F"
SEQUENTIAL = "Cividis"  # even for colour-blind eyes, and in print
COMPONENTS = {  # of a bill, as in CHARGES
    "fixed": "#7F7F7F",
    "energy": "#0072B2",
    "demand": "#E69F00",
    "minimum": "#CC79A7",
    "tax": "#56B4E9",
    "rounding": "#56B4E9",
    "credit": "#009E73",
}
_INK = "#808080"  # contrast of at least 3.9 on white and on near-black alike
_GRID = "rgba(128,128,128,0.25)"
TEMPLATE = go.layout.Template(
    layout={
        "colorway": COLOURS,
        "font": {"color": _INK, "size": 13},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "title": {"x": 0, "xref": "paper", "y": 1, "yanchor": "top", "pad": {"t": 16}, "font": {"size": 16}},
        "margin": {"l": 64, "r": 24, "t": 80, "b": 56},
        "hoverlabel": {"font": {"size": 13}},
        "legend": {"orientation": "h", "y": 1.01, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        "xaxis": {"gridcolor": _GRID, "linecolor": _GRID, "zeroline": False, "automargin": True},
        "yaxis": {"gridcolor": _GRID, "linecolor": _GRID, "zerolinecolor": _GRID, "automargin": True},
    }
)
MOST_POINTS = 4_000
MOST_GROUPS = 24


def figure(title: str, x: str, y: str, **layout: object) -> go.Figure:
    """Return an empty figure in the house's template with a title and axis titles (with units).

    Parameters
    ----------
    title, x, y : str
        The figure's title and its axes' titles, units in square brackets.
    **layout
        Further layout settings, as in `plotly.graph_objects.Figure.update_layout`.

    Returns
    -------
    plotly.graph_objects.Figure
        A figure without traces.
    """
    settings: Mapping[str, object] = {
        "template": TEMPLATE,
        "title": {"text": title},
        "xaxis": {"title": {"text": x}},
        "yaxis": {"title": {"text": y}},
    }
    return go.Figure(layout={**settings}).update_layout(**layout)


def needed(frame: pd.DataFrame, index: str, names: list[str]) -> pd.DataFrame:
    """Return the frame where it is the result that the plot takes.

    Raises
    ------
    SchemaError
        Where it is not.
    """
    if not isinstance(frame, pd.DataFrame):
        raise SchemaError(f"a frame is needed, not {type(frame).__name__}.")
    missing = [name for name in names if name not in frame.columns]
    if missing or frame.index.name != index:
        raise SchemaError(
            f"this plot takes the result of the analysis of the same name: index {index}, columns "
            f"{', '.join(names)}; the frame has index {frame.index.name}, columns "
            f"{', '.join(map(str, frame.columns))}."
        )
    return frame


def groups(frame: pd.DataFrame, names: list[str]) -> list[tuple[str, pd.DataFrame]]:
    """Return the rows of each group with its name; an account is named only where there are several.

    Raises
    ------
    ArgumentError
        Where there are too many groups to tell their lines apart.
    """
    present = [name for name in names if name in frame.columns]
    told = [name for name in present if name != "service_account_id" or frame[name].nunique() > 1]
    if not told:
        return [("", frame)]
    found = list(_named(frame, told))
    if len(found) > MOST_GROUPS:
        raise ArgumentError(f"{len(found)} lines are too many for one figure: choose {MOST_GROUPS} or fewer.")
    return found


def _named(frame: pd.DataFrame, told: list[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    for key, rows in frame.groupby(told, observed=True, sort=False):
        yield ", ".join(_word(name, value) for name, value in zip(told, key, strict=True)), rows


def _word(name: str, value: object) -> str:
    if name == "month" and isinstance(value, int | np.integer):
        return str(pd.Timestamp(2000, int(value), 1).month_name())
    return str(value)


def one_account(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame where it is of one account.

    Raises
    ------
    ArgumentError
        Where it is of several.
    """
    if frame["service_account_id"].nunique() > 1:
        raise ArgumentError(
            "this figure shows one account: choose one, frame[frame['service_account_id'] == id]."
        )
    return frame


def colour(place: int) -> dict[str, str]:
    """Return line colour and dash of the group at a place; no two of the first 18 are alike."""
    dashes = ("solid", "dash", "dot", "dashdot")
    return {
        "color": style.COLOURS[place % len(style.COLOURS)],
        "dash": dashes[place // len(style.COLOURS) % len(dashes)],
    }


def light(values: npt.NDArray[np.float64], most: int = MOST_POINTS) -> npt.NDArray[np.intp]:
    """Return the places of a line's points that its picture needs: the lowest and highest of each stretch.

    Parameters
    ----------
    values : numpy.ndarray
        The line's heights; NaN breaks it.
    most : int
        How many points may stay.

    Returns
    -------
    numpy.ndarray
        Places in order; all of them where there are no more than `most`.
    """
    if len(values) <= most:
        return np.arange(len(values))
    width = -(-len(values) * 2 // most)
    whole = len(values) // width * width
    stretches = values[:whole].reshape(-1, width)
    start = np.arange(0, whole, width)
    low = start + np.argmin(np.where(np.isnan(stretches), np.inf, stretches), axis=1)
    high = start + np.argmax(np.where(np.isnan(stretches), -np.inf, stretches), axis=1)
    return np.unique(np.concatenate([low, high, np.arange(whole, len(values)), [0]]))


def local_words(index: pd.DatetimeIndex) -> npt.NDArray[np.object_]:
    """Return instants as local wall time in words, for hover texts."""
    return np.asarray(index.strftime("%a %d %b %Y %H:%M %Z"), dtype=object)


def step_line(
    figure: go.Figure, rows: pd.DataFrame, column: str, name: str, look: dict[str, str], most: int
) -> None:
    """Draw usage by interval as steps, with the local time in words."""
    drawn = rows.iloc[light(rows[column].to_numpy(), most)]
    index = pd.DatetimeIndex(drawn.index)
    words = f"{name}: " if name else ""
    figure.add_scatter(
        x=standard_time(index),
        y=drawn[column].to_numpy(),
        customdata=local_words(index),
        name=name,
        line={"shape": "hv", **look},
        hovertemplate=f"{words}%{{y:.2f}} kWh in the interval from %{{customdata}}<extra></extra>",
    )
