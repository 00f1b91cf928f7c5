"""Pictures of demand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from omnipandas.intervals.zones import standard_time

from . import style
from .style import colour, groups, light, local_words, needed


def peak_demand(peaks: pd.DataFrame) -> go.Figure:
    """Return each day's, month's or year's peak demand; the hover text tells when it was.

    Parameters
    ----------
    peaks : DataFrame
        As `omnipandas.peak_demand` returns it.

    Returns
    -------
    plotly.graph_objects.Figure
        Lines with markers, one for each account.

    Raises
    ------
    SchemaError
        Where the frame is no PEAK_DEMAND.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.peak_demand(op.peak_demand(hourly))
    >>> figure.layout.title.text
    'Peak demand'
    """
    needed(peaks, "interval_start", ["service_account_id", "peak_kw", "peak_at"])
    figure = style.figure("Peak demand", "local time", "peak demand [kW]")
    return _lines(
        figure, peaks, "peak_kw", "%{y:.2f} kW in the interval from %{customdata}", peaks["peak_at"]
    )


def load_factor(factors: pd.DataFrame) -> go.Figure:
    """Return each day's, month's or year's load factor.

    Parameters
    ----------
    factors : DataFrame
        As `omnipandas.load_factor` returns it.

    Returns
    -------
    plotly.graph_objects.Figure
        Lines with markers, one for each account.

    Raises
    ------
    SchemaError
        Where the frame is no LOAD_FACTOR.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.load_factor(op.load_factor(hourly))
    >>> figure.layout.title.text
    'Load factor'
    """
    needed(factors, "interval_start", ["service_account_id", "load_factor"])
    figure = style.figure("Load factor", "local time", "mean by peak demand [of 1]")
    return _lines(figure, factors, "load_factor", "mean demand is %{y:.0%} of the peak; from %{customdata}")


def base_load(bases: pd.DataFrame) -> go.Figure:
    """Return each month's or year's base load.

    Parameters
    ----------
    bases : DataFrame
        As `omnipandas.base_load` returns it.

    Returns
    -------
    plotly.graph_objects.Figure
        Lines with markers, one for each account.

    Raises
    ------
    SchemaError
        Where the frame is no BASE_LOAD.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.base_load(op.base_load(hourly))
    >>> figure.layout.title.text
    'Base load'
    """
    needed(bases, "interval_start", ["service_account_id", "base_kw"])
    figure = style.figure("Base load", "local time", "base load [kW]")
    return _lines(figure, bases, "base_kw", "%{y:.2f} kW base load; from %{customdata}")


def ramp(ramps: pd.DataFrame) -> go.Figure:
    """Return each day's, month's or year's fastest rise and fall of demand.

    Parameters
    ----------
    ramps : DataFrame
        As `omnipandas.ramp` returns it.

    Returns
    -------
    plotly.graph_objects.Figure
        Two lines for each account: rises above zero, falls below.

    Raises
    ------
    SchemaError
        Where the frame is no RAMP.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.ramp(op.ramp(hourly))
    >>> figure.layout.title.text
    'Fastest changes of demand'
    """
    names = ["service_account_id", "ramp_up_kw_per_h", "ramp_down_kw_per_h"]
    columns = needed(ramps, "interval_start", names)
    figure = style.figure("Fastest changes of demand", "local time", "change of demand [kW/h]")
    up = "rise of %{y:.2f} kW in an hour, to the interval from %{customdata}"
    down = "fall of %{y:.2f} kW in an hour, to the interval from %{customdata}"
    _lines(figure, columns, "ramp_up_kw_per_h", up, columns["ramp_up_at"])
    falls = columns.assign(ramp_down_kw_per_h=-columns["ramp_down_kw_per_h"])
    return _lines(figure, falls, "ramp_down_kw_per_h", down, columns["ramp_down_at"])


def _lines(
    figure: go.Figure, frame: pd.DataFrame, column: str, words: str, when: pd.Series | None = None
) -> go.Figure:
    """Add a line for each account, light enough for ten years of days."""
    figure.update_yaxes(rangemode="tozero")
    stamps = pd.DatetimeIndex(frame.index) if when is None else pd.DatetimeIndex(when)
    told = frame.assign(_when=stamps)
    lines = groups(told, ["service_account_id"])
    for place, (name, rows) in enumerate(lines):
        at: npt.NDArray[np.intp] = light(rows[column].to_numpy())
        drawn = rows.iloc[at]
        figure.add_scatter(
            x=standard_time(pd.DatetimeIndex(drawn.index)),
            y=drawn[column].to_numpy(),
            customdata=local_words(pd.DatetimeIndex(drawn["_when"])),
            name=name,
            line=colour(place),
            mode="lines+markers" if len(drawn) < 100 else "lines",
            hovertemplate=(f"{name}: " if name else "") + words + "<extra></extra>",
        )
    return figure.update_layout(showlegend=len(lines) > 1)
