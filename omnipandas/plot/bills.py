"""Pictures of bills and prices."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from . import house
from .frames import colour, groups, needed


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
    figure = house.figure("Usage by month", "month", "usage [kWh]", barmode="stack")
    figure.update_xaxes(ticklabelmode="period")
    accounts = list(columns.groupby("service_account_id", observed=True))
    if len(accounts) > 1:
        for name, rows in accounts:
            figure.add_bar(**_bar(rows, rows["total_kwh"], str(name)))
        return figure.update_layout(barmode="group")
    split = columns["on_peak_kwh"].notna() & columns["off_peak_kwh"].notna()
    for title, shade, values in (
        ("on-peak", house.ON_PEAK, columns["on_peak_kwh"].where(split)),
        ("off-peak", house.OFF_PEAK, columns["off_peak_kwh"].where(split)),
        ("total, no split", house.TOTAL, columns["total_kwh"].where(~split)),
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
    figure = house.figure("Cost per kilowatt-hour, all in", "month", "cost [USD/kWh]")
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


def implied_rates(rates: pd.DataFrame) -> go.Figure:
    """Return each account's prices on-peak and off-peak with their intervals; refused ones are absent.

    Parameters
    ----------
    rates : DataFrame
        As `omnipandas.implied_rates` returns it.

    Returns
    -------
    plotly.graph_objects.Figure
        Markers with error bars; the hover text tells the fixed charge too.

    Raises
    ------
    SchemaError
        Where the frame is no IMPLIED_RATES.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> monthly = op.get_historical(client, op.linked_accounts(client)[0], range(2023, 2026))
    >>> figure = op.plot.implied_rates(op.implied_rates(monthly))
    >>> figure.layout.title.text
    'Prices behind the bills'
    """
    names = ["on_peak_usd_per_kwh", "off_peak_usd_per_kwh", "fixed_usd", "on_peak_low", "on_peak_high"]
    columns = needed(rates, "service_account_id", [*names, "off_peak_low", "off_peak_high", "words"])
    figure = house.figure("Prices behind the bills", "account", "price [USD/kWh]")
    figure.update_yaxes(rangemode="tozero", tickprefix="$")
    for name, shade in (("on_peak", house.ON_PEAK), ("off_peak", house.OFF_PEAK)):
        price = columns[f"{name}_usd_per_kwh"].to_numpy()
        figure.add_scatter(
            x=columns.index.astype("str"),
            y=price,
            error_y={
                "array": columns[f"{name}_high"].to_numpy() - price,
                "arrayminus": price - columns[f"{name}_low"].to_numpy(),
            },
            customdata=np.stack([columns["fixed_usd"].to_numpy(), columns["months"].to_numpy()], axis=1),
            mode="markers",
            name=name.replace("_", "-"),
            marker={"color": shade, "size": 10},
            hovertemplate=f"%{{x}}, {name.replace('_', '-')}: $%{{y:.4f}} per kWh, beside "
            "$%{customdata[0]:.2f} a month (from %{customdata[1]:.0f} bills)<extra></extra>",
        )
    return figure
