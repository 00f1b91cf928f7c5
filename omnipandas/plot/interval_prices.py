"""What each hour costs, as figures."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from omnipandas.errors import ArgumentError
from omnipandas.intervals.zones import standard_time
from omnipandas.schema import INTERVAL_COSTS

from . import style
from .style import COMPONENTS
from .tariffs import HOURS


def interval_costs(costs: pd.DataFrame) -> go.Figure:
    """Return the load over the price: usage by interval, coloured by what one more kilowatt-hour costs.

    Parameters
    ----------
    costs : DataFrame
        INTERVAL_COSTS of one account; a few weeks show best.

    Returns
    -------
    plotly.graph_objects.Figure
        Usage above, the marginal price below; time is the zone's standard time, as house.standard_time says,
        the hover text tells the local one.

    Raises
    ------
    SchemaError
        Not such a frame.
    ArgumentError
        More than one account.

    Examples
    --------
    >>> import pandas as pd
    >>> import omnipandas as op
    >>> index = pd.date_range("2023-01-01", "2023-03-01", freq="h", tz="America/Denver", inclusive="left")
    >>> load = pd.Series(1.0, index=index, name="home")
    >>> costs = op.interval_costs(load, op.Tariff.flat("Basic", 0.12))
    >>> len(op.plot.interval_costs(costs.loc["2023-01-01":"2023-01-14"]).data[0].x)
    336
    """
    INTERVAL_COSTS.require(costs)
    if costs["service_account_id"].nunique() > 1:
        raise ArgumentError("the costs of several accounts lie over one another: choose one account's rows.")
    stamps = pd.DatetimeIndex(costs.index)
    time, local = standard_time(stamps), stamps.strftime("%a %-d %b %Y %H:%M")
    figure = make_subplots(rows=2, shared_xaxes=True, row_heights=[0.68, 0.32], vertical_spacing=0.06)
    figure.add_scatter(
        row=1, col=1, x=time, y=costs["usage_kwh"], fill="tozeroy", mode="lines", name="usage",
        line={"color": style.COLOURS[0], "width": 1, "shape": "hv"}, customdata=local,
        hovertemplate="%{customdata}: %{y:.3f} kWh<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        row=2, col=1, x=time, y=costs["marginal_usd_per_kwh"], mode="lines", name="price",
        line={"color": style.COLOURS[3], "width": 1.5, "shape": "hv"}, customdata=local,
        hovertemplate="%{customdata}: $%{y:.4f} per kWh<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(row=1, title="usage [kWh]", rangemode="tozero")
    figure.update_yaxes(row=2, title="price [USD/kWh]", rangemode="tozero", tickprefix="$")
    figure.update_xaxes(row=2, title="time")
    return figure.update_layout(template=style.TEMPLATE, title="Load over price", showlegend=False)


def cost_by_hour(costs: pd.DataFrame) -> go.Figure:
    """Return the mean cost of a kilowatt-hour by hour of the day, by what it is made of.

    Parameters
    ----------
    costs : DataFrame
        INTERVAL_COSTS; several accounts are added up.

    Returns
    -------
    plotly.graph_objects.Figure
        Stacked bars over the local hours [USD/kWh]: an hour's dollars divided by its usage.

    Raises
    ------
    SchemaError
        Not such a frame.

    Examples
    --------
    >>> import pandas as pd
    >>> import omnipandas as op
    >>> index = pd.date_range("2023-01-01", "2023-03-01", freq="h", tz="America/Denver", inclusive="left")
    >>> load = pd.Series(1.0, index=index, name="home")
    >>> costs = op.interval_costs(load, op.Tariff.flat("Basic", 0.12))
    >>> round(float(op.plot.cost_by_hour(costs).data[0].y[0]), 2)
    0.12
    """
    INTERVAL_COSTS.require(costs)
    parts = ["energy_usd", "demand_usd", "fixed_usd", "other_usd"]
    hours = costs.groupby(pd.DatetimeIndex(costs.index).hour)[["usage_kwh", *parts]].sum()
    figure = style.figure(
        "Cost of a kilowatt-hour by hour of the day", "hour of the day, local time", "cost [USD/kWh]"
    )
    usage = hours["usage_kwh"].where(hours["usage_kwh"] > 0)
    colours = [COMPONENTS["energy"], COMPONENTS["demand"], COMPONENTS["fixed"], COMPONENTS["tax"]]
    for name, colour in zip(parts, colours, strict=True):
        if hours[name].abs().sum() < 0.005:
            continue
        part = name.removesuffix("_usd")
        figure.add_bar(
            name=part, x=hours.index + 0.5, y=hours[name] / usage, marker_color=colour,
            customdata=hours.index,
            hovertemplate="from %{customdata}:00, " + part + ": $%{y:.4f} per kWh<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(range=[0, 24], tickvals=HOURS)
    figure.update_yaxes(tickprefix="$")
    return figure.update_layout(barmode="relative", bargap=0.08)
