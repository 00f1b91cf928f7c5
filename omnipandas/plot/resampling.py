"""Pictures of usage over time, of peak hours and of weather."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from . import style
from .style import colour, groups, needed, step_line


def resample_usage(usage: pd.DataFrame) -> go.Figure:
    """Return usage over time, a line of steps for each account.

    Parameters
    ----------
    usage : DataFrame
        As `omnipandas.resample_usage` returns it, or INTERVALS.

    Returns
    -------
    plotly.graph_objects.Figure
        Lines of 4,000 points at the most, each stretch's lowest and highest kept.

    Raises
    ------
    SchemaError
        Where the frame is neither.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.resample_usage(op.resample_usage(hourly, "day"))
    >>> figure.layout.title.text
    'Usage'
    """
    columns = needed(usage, "interval_start", ["service_account_id", "total_kwh"])
    figure = style.figure("Usage", "local time", "usage of the interval [kWh]")
    figure.update_yaxes(rangemode="tozero")
    lines = groups(columns, ["service_account_id"])
    for place, (name, rows) in enumerate(lines):
        step_line(figure, rows, "total_kwh", name, colour(place), 4_000 // len(lines))
    return figure.update_layout(showlegend=len(lines) > 1)
