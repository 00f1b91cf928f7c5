"""Heatmap, duration curve and typical week, as figures."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from . import style
from .style import colour, groups, needed, one_account

WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def typical_week(week: pd.DataFrame) -> go.Figure:
    """Return the mean load over the week, Monday to Sunday, a line for each group.

    Parameters
    ----------
    week : DataFrame
        As `omnipandas.typical_week` returns it.

    Returns
    -------
    plotly.graph_objects.Figure
        Steps over 168 hours.

    Raises
    ------
    SchemaError
        Where the frame is no TYPICAL_WEEK.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.typical_week(op.typical_week(hourly))
    >>> figure.layout.title.text
    'Typical week'
    """
    columns = needed(week, "hour_of_week", ["service_account_id", "weekday", "hour", "mean_kw"])
    figure = style.figure("Typical week", "day of the week, local time", "mean load [kW]")
    figure.update_xaxes(
        range=[0, 168], tickvals=[24 * day + 12 for day in range(7)], ticktext=WEEK, showgrid=False
    )
    figure.update_yaxes(rangemode="tozero")
    for day in range(1, 7):
        figure.add_vline(24 * day, line={"color": "rgba(128,128,128,0.35)", "width": 1})
    lines = groups(columns, ["service_account_id", "season", "month", "year"])
    for place, (name, rows) in enumerate(lines):
        words = f"{name}, " if name else ""
        figure.add_scatter(
            x=rows.index.to_numpy(),
            y=rows["mean_kw"].to_numpy(),
            name=name,
            customdata=np.stack([rows["weekday"].to_numpy(object), rows["hour"].to_numpy(object)], axis=1),
            line={"shape": "hv", **colour(place)},
            hovertemplate=f"{words}%{{customdata[0]}} from %{{customdata[1]}}:00: %{{y:.2f}} kW on average"
            "<extra></extra>",
        )
    return figure.update_layout(showlegend=len(lines) > 1)


def load_heatmap(heatmap: pd.DataFrame) -> go.Figure:
    """Return the load as colours, by day (or month) and hour of the day.

    Parameters
    ----------
    heatmap : DataFrame
        As `omnipandas.load_heatmap` returns it, of one account.

    Returns
    -------
    plotly.graph_objects.Figure
        One cell for each hour; empty where nothing is known. Ten years of hours are half a megabyte.

    Raises
    ------
    SchemaError
        Where the frame is no LOAD_HEATMAP.
    ArgumentError
        Where it is of several accounts.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.load_heatmap(op.load_heatmap(hourly))
    >>> figure.layout.title.text
    'Load by day and hour'
    """
    columns = one_account(needed(heatmap, "date", ["service_account_id", "hour", "mean_kw"]))
    dates = pd.DatetimeIndex(columns.index).unique()
    cells = columns["mean_kw"].to_numpy(dtype=np.float32).reshape(len(dates), -1).T
    monthly = len(dates) <= 12 and bool((dates.day == 1).all())
    figure = style.figure(
        "Load by day and hour", "month" if monthly else "date", "hour of the day, local time"
    )
    figure.add_heatmap(
        x=dates.strftime("%B") if monthly else dates,
        y=np.arange(len(cells)),
        z=cells,
        colorscale=style.SEQUENTIAL,
        colorbar={"title": {"text": "kW"}},
        hovertemplate=("%{x}" if monthly else "%{x|%a %d %B %Y}")
        + ", from %{y}:00 to the next hour: %{z:.2f} kW<extra></extra>",
    )
    ticks = list(range(0, 24, 3))
    return figure.update_yaxes(tickvals=ticks, ticktext=[f"{hour}:00" for hour in ticks], showgrid=False)


def load_duration(duration: pd.DataFrame) -> go.Figure:
    """Return the load duration curve, a line for each account.

    Parameters
    ----------
    duration : DataFrame
        As `omnipandas.load_duration` returns it.

    Returns
    -------
    plotly.graph_objects.Figure
        Lines of 1,000 points at the most, the highest hundred loads each among them.

    Raises
    ------
    SchemaError
        Where the frame is no LOAD_DURATION.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.load_duration(op.load_duration(hourly))
    >>> figure.layout.title.text
    'Load duration'
    """
    columns = needed(duration, "rank", ["service_account_id", "load_kw", "hours", "share"])
    figure = style.figure("Load duration", "share of time [%]", "load [kW]")
    figure.update_yaxes(rangemode="tozero")
    lines = groups(columns, ["service_account_id"])
    for place, (name, rows) in enumerate(lines):
        drawn = rows.iloc[_ranks(len(rows))]
        words = f"{name}: " if name else ""
        figure.add_scatter(
            x=drawn["share"].to_numpy() * 100,
            y=drawn["load_kw"].to_numpy(),
            customdata=drawn["hours"].to_numpy(),
            name=name,
            line=colour(place),
            hovertemplate=f"{words}%{{y:.2f}} kW or more for %{{customdata:,.0f}} h, %{{x:.1f}} % of the time"
            "<extra></extra>",
        )
    return figure.update_layout(showlegend=len(lines) > 1)


def _ranks(rows: int) -> npt.NDArray[np.int64]:
    """Return the rows of a duration curve that its picture needs."""
    spread = np.linspace(0, max(rows - 1, 0), num=min(rows, 900)).astype(np.int64)
    return np.unique(np.concatenate([np.arange(min(rows, 100)), spread]))
