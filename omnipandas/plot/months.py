"""Pictures of what the utility billed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from omnipandas.intervals.billed import Billed, billed
from omnipandas.intervals.units import Floats, Ints

from . import style
from .style import colour


def monthly_cost(monthly: pd.DataFrame) -> go.Figure:
    """Return bars of each bill, a bar for each account, none where the cost is unknown.

    Parameters
    ----------
    monthly : DataFrame
        MONTHLY or BILLS, of one account or of several.

    Returns
    -------
    plotly.graph_objects.Figure
        A bar [USD] over the month, or the days, that it is of; the hover text tells the usage behind it.

    Raises
    ------
    SchemaError
        Where the frame is neither MONTHLY nor BILLS.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> monthly = op.get_historical(client, op.linked_accounts(client)[0], 2025)
    >>> len(op.plot.monthly_cost(monthly).data[0].x)
    12
    """
    bills = billed(monthly, ["total_kwh", "cost_usd"])
    figure = style.figure("Monthly bill", "month", "cost [USD]", barmode="group")
    figure.update_xaxes(ticklabelmode="period").update_yaxes(tickprefix="$")
    cost, usage, several = bills.numbers("cost_usd"), bills.numbers("total_kwh"), len(bills.accounts) > 1
    for place, account in enumerate(bills.accounts):
        own = np.flatnonzero(bills.account == place)
        name = str(account) if several else ""
        figure.add_bar(
            **_over(bills, own, place),
            y=cost[own],
            text=usage[own],
            textposition="none",
            name=name,
            marker_color=colour(place)["color"],
            hovertemplate="%{customdata}: $%{y:,.2f} for %{text:,.0f} kWh<extra>" + name + "</extra>",
        )
    return figure.update_layout(showlegend=several)


def monthly(monthly: pd.DataFrame) -> go.Figure:
    """Return bars of each bill's usage, on-peak and off-peak where the utility reports them.

    Parameters
    ----------
    monthly : DataFrame
        MONTHLY or BILLS, of one account or of several (then one bar each, without the split).

    Returns
    -------
    plotly.graph_objects.Figure
        A bar over the month, or the days, that it is of; the part of a total without a reported split is
        grey.

    Raises
    ------
    SchemaError
        Where the frame is neither MONTHLY nor BILLS.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> monthly = op.get_historical(client, op.linked_accounts(client)[0], 2025)
    >>> figure = op.plot.monthly(monthly)
    >>> figure.layout.title.text
    'Usage by month'
    """
    names = ["on_peak_kwh", "off_peak_kwh", "total_kwh"]
    bills = billed(monthly, names)
    on, off, total = (bills.numbers(name) for name in names)
    figure = style.figure("Usage by month", "month", "usage [kWh]", barmode="stack")
    figure.update_xaxes(ticklabelmode="period")
    every = np.arange(len(total))
    if len(bills.accounts) > 1:
        for place, account in enumerate(bills.accounts):
            own = every[bills.account == place]
            figure.add_bar(**_over(bills, own, place), **_usage(total[own], str(account)))
        return figure.update_layout(barmode="group")
    split = ~np.isnan(on) & ~np.isnan(off)
    for title, shade, values in (
        ("on-peak", style.ON_PEAK, np.where(split, on, np.nan)),
        ("off-peak", style.OFF_PEAK, np.where(split, off, np.nan)),
        ("total, no split", style.TOTAL, np.where(split, np.nan, total)),
    ):
        if not np.isnan(values).all():
            figure.add_bar(**_over(bills, every), **_usage(values, title), marker_color=shade)
    return figure


def _usage(values: Floats, name: str) -> dict[str, object]:
    return {
        "y": values,
        "name": name,
        "hovertemplate": f"%{{customdata}}: %{{y:,.0f}} kWh {name}<extra></extra>",
    }


def _over(bills: Billed, own: Ints, lane: int = 0) -> dict[str, object]:
    """Return where the bars of these bills stand, and in words which days they are of.

    Bars of their own width do not make room for each other: each account has a lane of the days.
    """
    start = pd.DatetimeIndex(bills.start[own].astype("datetime64[us]"))
    if bills.monthly:
        words = start.strftime("%B %Y")
        return {"x": start, "xperiod": "M1", "xperiodalignment": "middle", "customdata": words}
    last = pd.DatetimeIndex((bills.end[own] - 1).astype("datetime64[us]"))
    words = start.strftime("%d %b %Y") + " to " + last.strftime("%d %b %Y")
    # plotly takes a bar's width on a time axis in milliseconds.
    width = bills.days[own] * 86_400_000.0 / max(len(bills.accounts), 1)
    return {"x": start, "width": width, "offset": width * lane, "customdata": words}
