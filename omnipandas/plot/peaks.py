"""On-peak and off-peak usage, peak hours, and bands that mark them, as figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.intervals.schedules import PeakSchedule
from omnipandas.intervals.units import SEASONS
from omnipandas.intervals.windows import MONTHS
from omnipandas.intervals.zones import standard_time

from . import style
from .style import local_words, needed, one_account, step_line

PERIODS = {"on_peak": ("on-peak", style.ON_PEAK), "off_peak": ("off-peak", style.OFF_PEAK)}
_SHADES = {"winter": "rgba(0,114,178,0.10)", "summer": "rgba(230,159,0,0.13)"}


def split_peaks(peaks: pd.DataFrame) -> go.Figure:
    """Return usage on-peak and off-peak over time: bars, or lines where there are many.

    Parameters
    ----------
    peaks : DataFrame
        As `omnipandas.split_peaks` returns it, of one account.

    Returns
    -------
    plotly.graph_objects.Figure
        Stacked bars up to 400 days, months or years; above, lines of 4,000 points each at the most.

    Raises
    ------
    SchemaError
        Where the frame is no PEAK_SPLIT.
    ArgumentError
        Where it is of several accounts.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.split_peaks(op.split_peaks(hourly))
    >>> figure.layout.title.text
    'Usage on-peak and off-peak'
    """
    columns = one_account(
        needed(peaks, "interval_start", ["service_account_id", "period", "usage_kwh", "share"])
    )
    figure = style.figure("Usage on-peak and off-peak", "local time", "usage [kWh]", barmode="stack")
    for period, rows in columns.groupby("period", observed=True):
        name, shade = PERIODS[str(period)]
        if len(rows) > 400:
            step_line(figure, rows, "usage_kwh", name, {"color": shade}, 4_000)
            continue
        index = pd.DatetimeIndex(rows.index)
        figure.add_bar(
            x=standard_time(index),
            y=rows["usage_kwh"].to_numpy(),
            customdata=np.stack([local_words(index), rows["share"].to_numpy(object)], axis=1),
            name=name,
            marker_color=shade,
            hovertemplate=f"{name}: %{{y:.1f}} kWh, %{{customdata[1]:.0%}} of all, from %{{customdata[0]}}"
            "<extra></extra>",
        )
    return figure


def infer_peak_schedule(schedule: PeakSchedule) -> go.Figure:
    """Return a schedule's on-peak hours by month, weekdays beside weekends.

    Parameters
    ----------
    schedule : PeakSchedule
        As `omnipandas.infer_peak_schedule` returns it, or one of your own.

    Returns
    -------
    plotly.graph_objects.Figure
        Two maps of month by hour; the colour is the part of Monday to Friday, or of Saturday and Sunday,
        that is on-peak.

    Raises
    ------
    SchemaError
        Where it is no PeakSchedule.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.infer_peak_schedule(op.infer_peak_schedule(hourly))
    >>> figure.layout.title.text
    'Peak hours: weekdays 13-19, Jun-Aug'
    """
    if not isinstance(schedule, PeakSchedule):
        raise SchemaError(f"a PeakSchedule is needed, not {type(schedule).__name__}.")
    week = schedule.hours()
    figure = style.figure(f"Peak hours: {schedule}", "hour of the day, local time", "month")
    for place, (days, name) in enumerate(((slice(0, 5), "Monday to Friday"), (slice(5, 7), "weekend"))):
        figure.add_heatmap(
            x=np.arange(24) + 25 * place,
            y=list(MONTHS),
            z=week[:, days].mean(axis=1),
            zmin=0,
            zmax=1,
            colorscale=[[0, "rgba(128,128,128,0.15)"], [1, style.ON_PEAK]],
            showscale=False,
            xgap=1,
            ygap=1,
            customdata=np.tile(np.arange(24), (12, 1)),
            hovertemplate=f"%{{y}}, {name}, from %{{customdata}}:00: %{{z:.0%}} on-peak<extra></extra>",
        )
    ticks = list(range(0, 24, 6))
    figure.update_xaxes(
        tickvals=[*ticks, *(hour + 25 for hour in ticks)],
        ticktext=[*(f"{h}:00<br>Mon-Fri" for h in ticks), *(f"{h}:00<br>weekend" for h in ticks)],
        showgrid=False,
    )
    return figure.update_yaxes(autorange="reversed", showgrid=False)


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
                fillcolor=style.ON_PEAK,
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
