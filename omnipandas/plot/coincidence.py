"""Each account's part in the common peak, as a figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from omnipandas.intervals.zones import standard_time

from . import style
from .style import colour, groups, local_words, needed


def coincident_peak(peaks: pd.DataFrame) -> go.Figure:
    """Return each account's part in the common peak, stacked.

    Parameters
    ----------
    peaks : DataFrame
        As `omnipandas.coincident_peak` returns it.

    Returns
    -------
    plotly.graph_objects.Figure
        A stack of bars for each day, month or year; the hover text tells the account's own peak.

    Raises
    ------
    SchemaError
        Where the frame is no COINCIDENT_PEAK.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01", timezone="America/Chicago")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[:3], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.coincident_peak(op.coincident_peak(hourly))
    >>> figure.layout.title.text
    'Demand at the common peak'
    """
    names = ["service_account_id", "coincident_at", "coincident_kw", "own_peak_kw", "coincidence_factor"]
    columns = needed(peaks, "interval_start", names)
    figure = style.figure("Demand at the common peak", "local time", "demand [kW]", barmode="stack")
    for place, (name, rows) in enumerate(groups(columns, ["service_account_id"])):
        when = local_words(pd.DatetimeIndex(rows["coincident_at"]))
        figure.add_bar(
            x=standard_time(pd.DatetimeIndex(rows.index)),
            y=rows["coincident_kw"].to_numpy(),
            customdata=np.stack([when, rows["own_peak_kw"].to_numpy(object)], axis=1),
            name=name,
            marker_color=colour(place)["color"],
            hovertemplate=f"{name}: %{{y:.2f}} kW in the interval from %{{customdata[0]}}; its own peak is "
            "%{customdata[1]:.2f} kW<extra></extra>",
        )
    return figure
