"""Peak hours and seasons, shaded behind figures that are drawn over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import pandas as pd
import plotly.graph_objects as go

from omnipandas.errors import ArgumentError
from omnipandas.usage.calendars import SEASONS
from omnipandas.usage.schedules import PeakSchedule

from . import house

_SHADES = {"winter": "rgba(0,114,178,0.10)", "summer": "rgba(230,159,0,0.13)"}


def peak_bands(figure: go.Figure, schedule: PeakSchedule) -> go.Figure:
    """Return a copy of a figure over the hours of the day with a schedule's peak windows shaded.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        A figure whose x axis is the local hour, 0 to 24, as that of `load_profile`.
    schedule : PeakSchedule
        The peak hours; each window is shaded once and named, a window over midnight in two parts.

    Returns
    -------
    plotly.graph_objects.Figure
        The copy; the figure given is as it was.

    Raises
    ------
    ArgumentError
        `schedule` is none.

    Examples
    --------
    >>> import omnipandas as op
    >>> import plotly.graph_objects as go
    >>> shaded = op.plot.peak_bands(go.Figure(), op.PeakSchedule.parse("daily 22-6"))
    >>> [(band.x0, band.x1) for band in shaded.layout.shapes]
    [(22.0, 24), (0, 6.0)]
    """
    if not isinstance(schedule, PeakSchedule):
        raise ArgumentError(f"a PeakSchedule is needed, not {type(schedule).__name__}.")
    figure = go.Figure(figure)
    for window in schedule.windows:
        start, end = window.start / 60, window.end / 60
        parts = [(start, end)] if start < end else [(start, 24), (0, end)]
        for place, (first, last) in enumerate(parts):
            words = {"text": f"peak: {window}", "font": {"size": 11}} if place == 0 else {}
            figure.add_vrect(
                x0=first,
                x1=last,
                fillcolor=house.ON_PEAK,
                opacity=0.12,
                line_width=0,
                layer="below",
                label={**words, "textposition": "top left"},
            )
    return figure


def season_bands(figure: go.Figure, seasons: Mapping[str, Sequence[int]] | None = None) -> go.Figure:
    """Return a copy of a figure over months or days with summers and winters shaded.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        A figure whose x values are dates, as that of `monthly` or `cost_per_kwh`.
    seasons : mapping of str to months, optional
        Months (1 to 12) of each season, of which ``winter`` and ``summer`` are shaded; by default the
        meteorological ones of the northern half.

    Returns
    -------
    plotly.graph_objects.Figure
        The copy; without a trace it is as the figure given.

    Examples
    --------
    >>> import omnipandas as op
    >>> import plotly.graph_objects as go
    >>> figure = go.Figure(go.Bar(x=pd.date_range("2025-01-01", "2025-12-01", freq="MS")))
    >>> [band.label.text for band in op.plot.season_bands(figure).layout.shapes]
    ['winter', 'summer', 'winter']
    """
    figure = go.Figure(figure)
    named = {month: name for name, months in (seasons or SEASONS).items() for month in months}
    drawn = [pd.DatetimeIndex(trace.x) for trace in figure.data if trace.x is not None and len(trace.x)]
    if not drawn:
        return figure
    first = min(index.min() for index in drawn).to_period("M")
    last = max(index.max() for index in drawn).to_period("M")
    months = pd.period_range(first, last, freq="M")
    for name, run in groupby(months, key=lambda month: named.get(month.month)):
        if name not in _SHADES:
            continue
        span = list(run)
        figure.add_vrect(
            x0=span[0].start_time,
            x1=(span[-1] + 1).start_time,
            fillcolor=_SHADES[name],
            line_width=0,
            layer="below",
            label={"text": name, "textposition": "top left", "font": {"size": 11}},
        )
    return figure
