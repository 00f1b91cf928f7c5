"""Pictures of what the utility billed."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from . import house
from .frames import colour, groups, needed


def monthly_cost(monthly: pd.DataFrame) -> go.Figure:
    """Return bars of each month's bill, a bar for each account, none where the cost is unknown.

    Parameters
    ----------
    monthly : DataFrame
        MONTHLY, of one account or of several.

    Returns
    -------
    plotly.graph_objects.Figure
        A bar [USD] over the month that it is of; the hover text tells the usage behind it.

    Raises
    ------
    SchemaError
        Where the frame is not MONTHLY.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> monthly = op.get_historical(client, op.linked_accounts(client)[0], 2025)
    >>> len(op.plot.monthly_cost(monthly).data[0].x)
    12
    """
    columns = needed(monthly, "month", ["service_account_id", "total_kwh", "cost_usd"])
    figure = house.figure("Monthly bill", "month", "cost [USD]", barmode="group")
    figure.update_xaxes(ticklabelmode="period").update_yaxes(tickprefix="$")
    accounts = groups(columns, ["service_account_id"])
    for place, (name, rows) in enumerate(accounts):
        figure.add_bar(
            x=rows.index,
            y=rows["cost_usd"].to_numpy(),
            customdata=rows["total_kwh"].to_numpy(),
            name=name,
            xperiod="M1",
            xperiodalignment="middle",
            marker_color=colour(place)["color"],
            hovertemplate="%{x|%B %Y}: $%{y:,.2f} for %{customdata:,.0f} kWh<extra>" + name + "</extra>",
        )
    return figure.update_layout(showlegend=len(accounts) > 1)
