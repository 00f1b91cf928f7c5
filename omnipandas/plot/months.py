"""Pictures of what the utility billed."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from . import style
from .style import colour, groups, needed


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
    figure = style.figure("Monthly bill", "month", "cost [USD]", barmode="group")
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


def monthly(monthly: pd.DataFrame) -> go.Figure:
    """Return bars of each month's usage, on-peak and off-peak where the utility reports them.

    Parameters
    ----------
    monthly : DataFrame
        MONTHLY, of one account or of several (then one bar each, without the split).

    Returns
    -------
    plotly.graph_objects.Figure
        A bar over the month that it is of; the part of a total without a reported split is grey.

    Raises
    ------
    SchemaError
        Where the frame is not MONTHLY.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> monthly = op.get_historical(client, op.linked_accounts(client)[0], 2025)
    >>> figure = op.plot.monthly(monthly)
    >>> figure.layout.title.text
    'Usage by month'
    """
    columns = needed(monthly, "month", ["service_account_id", "on_peak_kwh", "off_peak_kwh", "total_kwh"])
    figure = style.figure("Usage by month", "month", "usage [kWh]", barmode="stack")
    figure.update_xaxes(ticklabelmode="period")
    accounts = list(columns.groupby("service_account_id", observed=True))
    if len(accounts) > 1:
        for name, rows in accounts:
            figure.add_bar(**_bar(rows, rows["total_kwh"], str(name)))
        return figure.update_layout(barmode="group")
    split = columns["on_peak_kwh"].notna() & columns["off_peak_kwh"].notna()
    for title, shade, values in (
        ("on-peak", style.ON_PEAK, columns["on_peak_kwh"].where(split)),
        ("off-peak", style.OFF_PEAK, columns["off_peak_kwh"].where(split)),
        ("total, no split", style.TOTAL, columns["total_kwh"].where(~split)),
    ):
        if values.notna().any():
            figure.add_bar(**_bar(columns, values, title), marker_color=shade)
    return figure


def _bar(rows: pd.DataFrame, values: pd.Series, name: str) -> dict[str, object]:
    return {
        "x": rows.index,
        "y": values.to_numpy(),
        "name": name,
        "xperiod": "M1",
        "xperiodalignment": "middle",
        "hovertemplate": f"%{{x|%B %Y}}: %{{y:,.0f}} kWh {name}<extra></extra>",
    }
