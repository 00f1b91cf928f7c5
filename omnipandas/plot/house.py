"""The house's look: one template that is readable on light and on dark pages, colours, time on an axis."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

# Okabe and Ito's palette, told apart by all common kinds of colour blindness
# (https://jfly.uni-koeln.de/color/), its black and yellow left out: each vanishes on one kind of page.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9")
ON_PEAK, OFF_PEAK, TOTAL = "#D55E00", "#0072B2", "#7F7F7F"
SEQUENTIAL = "Cividis"  # even for colour-blind eyes, and in print
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


def standard_time(index: pd.DatetimeIndex) -> npt.NDArray[np.datetime64]:
    """Return the index's instants in the zone's standard time, without an offset, for a time axis.

    plotly.js drops UTC offsets, so that the hour repeated in autumn would be drawn on top of itself.
    Standard time has neither the repeated nor the missing hour; hover texts should say the local time.

    Parameters
    ----------
    index : DatetimeIndex
        Instants, tz-aware.

    Returns
    -------
    numpy.ndarray
        The instants as naive `datetime64`, each one's daylight saving shift taken off.
    """
    if index.tz is None:
        return index.to_numpy()
    saving = np.array([_saving(stamp) for stamp in index[_changes(index)]], dtype="timedelta64[s]")
    run = np.cumsum(_changes(index)) - 1
    local = index.tz_localize(None).to_numpy()
    return local - saving[run] if len(local) else local


def _changes(index: pd.DatetimeIndex) -> npt.NDArray[np.bool_]:
    """Mark the first row and each row at which the UTC offset differs from the row before."""
    offset = index.tz_localize(None).to_numpy() - index.tz_convert("UTC").tz_localize(None).to_numpy()
    return np.append(True, offset[1:] != offset[:-1])[: len(index)]


def _saving(stamp: pd.Timestamp) -> np.timedelta64:
    return np.timedelta64(stamp.dst() or pd.Timedelta(0))
