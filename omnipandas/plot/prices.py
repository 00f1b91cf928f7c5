"""Pictures of bills and prices."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from . import style
from .style import colour, groups, needed


def cost_per_kwh(prices: pd.DataFrame) -> go.Figure:
    """Return the all-in price of each month, a line for each account, broken where it is unknown.

    Parameters
    ----------
    prices : DataFrame
        As `omnipandas.cost_per_kwh` returns it.

    Returns
    -------
    plotly.graph_objects.Figure
        Lines with markers; the hover text tells cost and usage.

    Raises
    ------
    SchemaError
        Where the frame is no COST_PER_KWH.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> monthly = op.get_historical(client, op.linked_accounts(client)[0], 2025)
    >>> figure = op.plot.cost_per_kwh(op.cost_per_kwh(monthly))
    >>> figure.layout.title.text
    'Cost per kilowatt-hour, all in'
    """
    columns = needed(prices, "month", ["service_account_id", "total_kwh", "cost_usd", "all_in_usd_per_kwh"])
    figure = style.figure("Cost per kilowatt-hour, all in", "month", "cost [USD/kWh]")
    figure.update_yaxes(rangemode="tozero", tickprefix="$")
    lines = groups(columns, ["service_account_id"])
    if (
        "marginal_usd_per_kwh" in columns
        and len(lines) == 1
        and columns["marginal_usd_per_kwh"].notna().any()
    ):
        lines.append(("marginal", columns.assign(all_in_usd_per_kwh=columns["marginal_usd_per_kwh"])))
        lines[0] = ("all-in", lines[0][1])
    for place, (name, rows) in enumerate(lines):
        figure.add_scatter(
            x=rows.index,
            y=rows["all_in_usd_per_kwh"].to_numpy(),
            customdata=rows[["cost_usd", "total_kwh"]].to_numpy(),
            name=name,
            line=colour(place),
            mode="lines+markers",
            hovertemplate="%{x|%B %Y}: $%{y:.3f} per kWh ($%{customdata[0]:,.2f} for "
            "%{customdata[1]:,.0f} kWh)<extra>" + name + "</extra>",
        )
    return figure.update_layout(showlegend=len(lines) > 1)
