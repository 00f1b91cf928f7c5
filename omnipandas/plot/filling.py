"""Gaps and what fills them, as a figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from omnipandas.intervals.zones import standard_time

from . import style
from .style import light, local_words, needed, one_account


def fill_gaps(filled: pd.DataFrame) -> go.Figure:
    """Return readings as a line, and what was made up as markers on it.

    Parameters
    ----------
    filled : DataFrame
        As `omnipandas.fill_gaps` returns it, of one account.

    Returns
    -------
    plotly.graph_objects.Figure
        A line of 4,000 points at the most, and up to 4,000 markers.

    Raises
    ------
    SchemaError
        Where the frame is no FILLED.
    ArgumentError
        Where it is of several accounts.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.fill_gaps(op.fill_gaps(hourly.drop(hourly.index[40:60]), method="typical"))
    >>> figure.layout.title.text
    'Readings, and what was made up'
    """
    names = ["service_account_id", "total_kwh", "filled", "fill_method"]
    columns = one_account(needed(filled, "interval_start", names))
    figure = style.figure("Readings, and what was made up", "local time", "usage of the interval [kWh]")
    made = columns[columns["filled"]]
    for rows, name, mode, shade in (
        (columns, "reading", "lines", style.COLOURS[0]),
        (made, "made up", "markers", style.ON_PEAK),
    ):
        drawn = rows.iloc[light(rows["total_kwh"].to_numpy())]
        index = pd.DatetimeIndex(drawn.index)
        told = np.where(drawn["filled"], "made up: " + drawn["fill_method"].to_numpy(object), "reading")
        figure.add_scatter(
            x=standard_time(index),
            y=drawn["total_kwh"].to_numpy(),
            customdata=np.stack([local_words(index), told], axis=1),
            name=name,
            mode=mode,
            line={"color": shade},
            marker={"color": shade, "size": 6},
            hovertemplate="%{y:.2f} kWh (%{customdata[1]}) in the interval from %{customdata[0]}"
            "<extra></extra>",
        )
    return figure
