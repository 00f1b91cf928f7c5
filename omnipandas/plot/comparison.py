"""Two periods day beside day, as a figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from . import style
from .style import light, needed, one_account


def compare_periods(days: pd.DataFrame) -> go.Figure:
    """Return the usage of like days of two periods, one line for each.

    Parameters
    ----------
    days : DataFrame
        As `omnipandas.compare_periods` returns it, of one account.

    Returns
    -------
    plotly.graph_objects.Figure
        Two lines; the hover text tells the matched day and the change.

    Raises
    ------
    SchemaError
        Where the frame is no PERIOD_COMPARISON.
    ArgumentError
        Where it is of several accounts.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2024-01-01", "2026-01-01")
    >>> figure = op.plot.compare_periods(op.compare_periods(hourly, 2024, 2025))
    >>> figure.layout.title.text
    'Like days of two periods'
    """
    names = ["service_account_id", "matched_date", "matched_by", "before_kwh", "after_kwh", "change_kwh"]
    columns = one_account(needed(days, "date", names))
    figure = style.figure("Like days of two periods", "day of the later period", "usage of the day [kWh]")
    figure.update_yaxes(rangemode="tozero")
    matched = pd.DatetimeIndex(columns["matched_date"]).strftime("%a %d %b %Y")
    told = np.stack(
        [np.asarray(matched, object), *(columns[n].to_numpy(object) for n in ("matched_by", "change_kwh"))],
        axis=1,
    )
    for name, column, shade in (
        ("before", "before_kwh", style.COLOURS[5]),
        ("after", "after_kwh", style.COLOURS[3]),
    ):
        at = light(columns[column].to_numpy())
        figure.add_scatter(
            x=columns.index[at],
            y=columns[column].to_numpy()[at],
            customdata=told[at],
            name=name,
            line={"color": shade},
            hovertemplate=f"{name}: %{{y:.1f}} kWh; %{{x|%a %d %b %Y}} beside %{{customdata[0]}} "
            "(%{customdata[1]}), change %{customdata[2]:+.1f} kWh<extra></extra>",
        )
    return figure
