"""Pictures of tariff studies."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from omnipandas.errors import ArgumentError
from omnipandas.plot import house
from omnipandas.schema import CHARGES, COMPARISON, INTERVAL_COSTS, RECONCILIATION

_COMPONENTS = {
    "fixed": "#7F7F7F",
    "energy": "#0072B2",
    "demand": "#E69F00",
    "minimum": "#CC79A7",
    "tax": "#56B4E9",
    "rounding": "#56B4E9",
    "credit": "#009E73",
}
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_HOURS = list(range(0, 25, 3))


class _Scheduled(Protocol):
    """What a tariff is to its picture."""

    name: str

    def schedule(self, kind: Any = ..., charge: str | None = ...) -> pd.DataFrame: ...
    def table(self) -> pd.DataFrame: ...


def tariff(tariff: _Scheduled, charge: str | None = None) -> go.Figure:
    """Return a charge's price by month and hour, weekdays beside weekends.

    Parameters
    ----------
    tariff : Tariff
        The tariff.
    charge : str, optional
        Name of an energy or demand charge; by default the first energy charge.

    Returns
    -------
    plotly.graph_objects.Figure
        Two heatmaps of 12 x 24; the hover text names the period. The price is the first tier's.

    Raises
    ------
    ArgumentError
        The tariff has no such charge.

    Examples
    --------
    >>> import omnipandas as op
    >>> figure = op.plot.tariff(op.read_tariff("sdge-ev-tou-5"))
    >>> float(figure.data[0].z[6][17])  # July, from 17:00
    0.71106
    """
    table = tariff.table()
    schedules = {kind: tariff.schedule(kind, charge) for kind in ("weekday", "weekend")}
    periods = {label for schedule in schedules.values() for row in schedule.to_numpy() for label in row}
    rows = table[table["tier"].eq(1) & table["period"].isin(periods)]
    rows = rows[rows["charge"] == (charge or rows["charge"].iloc[0])]
    prices, unit = rows.set_index("period")["price"], rows["unit"].iloc[0]
    tiered = " (first tier)" if table.loc[table["charge"] == rows["charge"].iloc[0], "tier"].max() > 1 else ""
    figure = make_subplots(
        cols=2, shared_yaxes=True, subplot_titles=["Weekdays", "Weekends"], horizontal_spacing=0.04
    )
    for column, schedule in enumerate(schedules.values(), 1):
        figure.add_heatmap(
            row=1, col=column, coloraxis="coloraxis", x=np.arange(24) + 0.5, y=_MONTHS, xgap=1, ygap=1,
            z=schedule.replace(prices.to_dict()).to_numpy(dtype=float),
            customdata=np.dstack([schedule.to_numpy(dtype=object), np.tile(np.arange(24), (12, 1))]),
            hovertemplate="%{y}, from %{customdata[1]}:00<br>%{customdata[0]}: %{z:.4g} "
            + unit + "<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title="hour of the day, local time", tickvals=_HOURS, range=[0, 24], showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure.update_layout(
        template=house.TEMPLATE,
        title=f"{tariff.name}: {rows['charge'].iloc[0]}{tiered}",
        coloraxis={"colorscale": house.SEQUENTIAL, "colorbar": {"title": {"text": f"[{unit}]"}}},
        margin={"t": 80},
    )


def charges(ledger: pd.DataFrame) -> go.Figure:
    """Return bills by component, a bar for each billing period.

    Parameters
    ----------
    ledger : DataFrame
        CHARGES; several accounts are added up.

    Returns
    -------
    plotly.graph_objects.Figure
        Stacked bars over the days that each bill is for, credits below zero.

    Raises
    ------
    SchemaError
        Not a ledger.

    Examples
    --------
    >>> import pandas as pd
    >>> import omnipandas as op
    >>> index = pd.date_range("2023-01-01", "2023-03-01", freq="h", tz="America/Denver", inclusive="left")
    >>> load = pd.Series(1.0, index=index, name="home")
    >>> figure = op.plot.charges(op.charges(load, op.Tariff.flat("Club", 0.10, fixed=8.0)))
    >>> [bars.name for bars in figure.data]
    ['fixed', 'energy']
    """
    CHARGES.require(ledger)
    figure = house.figure("Bills by component", "billing period", "amount [USD]", barmode="relative")
    bills = ledger.groupby(["period_start", "period_end", "component"])["amount_usd"].sum().reset_index()
    for component, colour in _COMPONENTS.items():
        part = bills[bills["component"] == component]
        if part["amount_usd"].abs().sum() < 0.005:
            continue
        start, end = (part[edge].dt.tz_localize(None) for edge in ("period_start", "period_end"))
        last = end - pd.Timedelta(days=1)
        days = ((end - start) / pd.Timedelta(1, "ms")).to_numpy()
        figure.add_bar(
            name=component, marker_color=colour, x=start + (end - start) / 2,
            y=part["amount_usd"], width=0.85 * days,
            customdata=np.column_stack([start.dt.strftime("%-d %b %Y"), last.dt.strftime("%-d %b %Y")]),
            hovertemplate="%{customdata[0]} to %{customdata[1]}<br>"
            + component + ": $%{y:,.2f}<extra></extra>",
        )  # fmt: skip
    figure.update_yaxes(tickprefix="$")
    return figure


def compare_tariffs(ranking: pd.DataFrame, service_account_id: str | None = None) -> go.Figure:
    """Return tariffs ranked by what a load costs under each, by component.

    Parameters
    ----------
    ranking : DataFrame
        COMPARISON, from `compare_tariffs`.
    service_account_id : str, optional
        Which account; needed where the ranking has several.

    Returns
    -------
    plotly.graph_objects.Figure
        A bar for each tariff, the cheapest on top; tariffs that the load may not take are pale.

    Raises
    ------
    SchemaError
        Not a ranking.
    ArgumentError
        Several accounts and none chosen, or one that is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> import omnipandas as op
    >>> index = pd.date_range("2023-01-01", "2023-03-01", freq="h", tz="America/Denver", inclusive="left")
    >>> load = pd.Series(1.0, index=index, name="home")
    >>> tariffs = [op.Tariff.flat("Basic", 0.12), op.Tariff.flat("Club", 0.10, fixed=8.0)]
    >>> ranking = op.compare_tariffs(load, tariffs)
    >>> op.plot.compare_tariffs(ranking).layout.title.text
    'Cost by tariff'
    """
    rows = _one_account(ranking, service_account_id).iloc[::-1]
    figure = house.figure("Cost by tariff", "cost [USD]", "", barmode="relative")
    names = [_wrapped(name) for name in rows["tariff"]]
    for component, colour in _COMPONENTS.items():
        column = f"{component}_usd"
        if column not in rows or rows[column].abs().sum() < 0.005:
            continue
        figure.add_bar(
            name=component, orientation="h", y=names, x=rows[column],
            marker={"color": colour, "opacity": np.where(rows["eligible"], 1.0, 0.35)},
            hovertemplate="%{y}<br>" + component + ": $%{x:,.2f}<extra></extra>",
        )  # fmt: skip
    figure.add_scatter(
        name="total", mode="markers+text", y=names, x=rows["amount_usd"], showlegend=False, cliponaxis=False,
        marker={"symbol": "line-ns", "size": 16, "line": {"width": 2, "color": "#808080"}},
        text=[f" ${amount:,.0f}" for amount in rows["amount_usd"]], textposition="middle right",
        customdata=rows["why"], hovertemplate="%{y}: $%{x:,.2f}<br>%{customdata}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(tickprefix="$", range=_with_room(rows))
    return figure.update_layout(height=160 + 44 * len(rows))


def _with_room(rows: pd.DataFrame) -> list[float]:
    """Leave room for the totals at the ends of the bars."""
    least = min(0.0, float(rows["credit_usd"].min()))
    return [1.05 * least, 1.15 * float(rows["amount_usd"].max())]


def tariff_difference(
    ranking: pd.DataFrame, tariff: str, versus: str | None = None, service_account_id: str | None = None
) -> go.Figure:
    """Return a waterfall from one tariff's cost to another's, by component.

    Parameters
    ----------
    ranking : DataFrame
        COMPARISON, from `compare_tariffs`.
    tariff : str
        Name of the tariff to end at.
    versus : str, optional
        Name of the tariff to start from; by default the first of the ranking.
    service_account_id : str, optional
        Which account; needed where the ranking has several.

    Returns
    -------
    plotly.graph_objects.Figure
        A waterfall [USD].

    Raises
    ------
    SchemaError
        Not a ranking.
    ArgumentError
        A tariff or an account that is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> import omnipandas as op
    >>> index = pd.date_range("2023-01-01", "2023-03-01", freq="h", tz="America/Denver", inclusive="left")
    >>> load = pd.Series(1.0, index=index, name="home")
    >>> tariffs = [op.Tariff.flat("Basic", 0.12), op.Tariff.flat("Club", 0.10, fixed=8.0)]
    >>> ranking = op.compare_tariffs(load, tariffs)
    >>> list(op.plot.tariff_difference(ranking, "Basic").data[0].x)
    ['Club', 'fixed', 'energy', 'Basic']
    """
    rows = _one_account(ranking, service_account_id).set_index("tariff")
    start = str(rows.index[0]) if versus is None else versus
    for name in (start, tariff):
        if name not in rows.index:
            raise ArgumentError(f"{name!r} is not in the ranking; it has {', '.join(map(str, rows.index))}.")
    columns = [f"{c}_usd" for c in ("fixed", "energy", "demand", "minimum", "credit", "tax")]
    parts = rows[columns].T
    steps = (parts[tariff] - parts[start]).loc[lambda change: change.abs() >= 0.005]
    first, last = (float(rows["amount_usd"].to_dict()[name]) for name in (start, tariff))
    figure = house.figure("From one tariff to another", "", "cost [USD]")
    figure.add_waterfall(
        x=[_wrapped(start), *(name.removesuffix("_usd") for name in steps.index), _wrapped(tariff)],
        y=[first, *steps, last],
        measure=["absolute", *["relative"] * len(steps), "total"],
        text=[f"${first:,.0f}", *(f"{step:+,.0f}" for step in steps), f"${last:,.0f}"],
        textposition="outside",
        cliponaxis=False,
        increasing={"marker": {"color": "#D55E00"}},
        decreasing={"marker": {"color": "#009E73"}},
        totals={"marker": {"color": "#0072B2"}},
        connector={"line": {"color": "#808080", "width": 1}},
        hovertemplate="%{x}: $%{y:,.2f}<extra></extra>",
    )
    figure.update_yaxes(tickprefix="$")
    return figure.update_layout(showlegend=False)


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
    time, local = house.standard_time(stamps), stamps.strftime("%a %-d %b %Y %H:%M")
    figure = make_subplots(rows=2, shared_xaxes=True, row_heights=[0.68, 0.32], vertical_spacing=0.06)
    figure.add_scatter(
        row=1, col=1, x=time, y=costs["usage_kwh"], fill="tozeroy", mode="lines", name="usage",
        line={"color": house.COLOURS[0], "width": 1, "shape": "hv"}, customdata=local,
        hovertemplate="%{customdata}: %{y:.3f} kWh<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        row=2, col=1, x=time, y=costs["marginal_usd_per_kwh"], mode="lines", name="price",
        line={"color": house.COLOURS[3], "width": 1.5, "shape": "hv"}, customdata=local,
        hovertemplate="%{customdata}: $%{y:.4f} per kWh<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(row=1, title="usage [kWh]", rangemode="tozero")
    figure.update_yaxes(row=2, title="price [USD/kWh]", rangemode="tozero", tickprefix="$")
    figure.update_xaxes(row=2, title="time")
    return figure.update_layout(template=house.TEMPLATE, title="Load over price", showlegend=False)


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
    figure = house.figure(
        "Cost of a kilowatt-hour by hour of the day", "hour of the day, local time", "cost [USD/kWh]"
    )
    usage = hours["usage_kwh"].where(hours["usage_kwh"] > 0)
    colours = [_COMPONENTS["energy"], _COMPONENTS["demand"], _COMPONENTS["fixed"], _COMPONENTS["tax"]]
    for name, colour in zip(parts, colours, strict=True):
        if hours[name].abs().sum() < 0.005:
            continue
        part = name.removesuffix("_usd")
        figure.add_bar(
            name=part, x=hours.index + 0.5, y=hours[name] / usage, marker_color=colour,
            customdata=hours.index,
            hovertemplate="from %{customdata}:00, " + part + ": $%{y:.4f} per kWh<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(range=[0, 24], tickvals=_HOURS)
    figure.update_yaxes(tickprefix="$")
    return figure.update_layout(barmode="relative", bargap=0.08)


def reconcile(reconciliation: pd.DataFrame) -> go.Figure:
    """Return modelled beside billed dollars by month, and the residual below.

    Parameters
    ----------
    reconciliation : DataFrame
        RECONCILIATION; several accounts are added up.

    Returns
    -------
    plotly.graph_objects.Figure
        Bars; the hover text of a residual is its verdict where there is one account.

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
    >>> ledger = op.charges(load, op.Tariff.flat("Basic", 0.10))
    >>> months = pd.DatetimeIndex(["2023-01-01", "2023-02-01"], name="month")
    >>> bills = {"service_account_id": "home", "total_kwh": [744.0, 672.0], "cost_usd": [80.0, 70.0]}
    >>> monthly = pd.DataFrame(bills, index=months)
    >>> [bars.name for bars in op.plot.reconcile(op.reconcile(ledger, monthly)).data]
    ['modelled', 'billed', 'residual']
    """
    RECONCILIATION.require(reconciliation)
    columns = ["modelled_usd", "billed_usd", "residual_usd"]
    months = reconciliation.groupby(level=0)[columns].sum(min_count=1)
    words = [""] * len(months)
    if reconciliation["service_account_id"].nunique() == 1:
        words = list(reconciliation["verdict"].reindex(months.index))
    figure = make_subplots(rows=2, shared_xaxes=True, row_heights=[0.7, 0.3], vertical_spacing=0.08)
    month = {"xperiod": "M1", "xperiodalignment": "middle", "x": months.index}
    for name, colour in (("modelled", house.COLOURS[0]), ("billed", house.COLOURS[1])):
        figure.add_bar(
            row=1, col=1, name=name, marker_color=colour, y=months[f"{name}_usd"], **month,
            hovertemplate="%{x|%B %Y}, " + name + ": $%{y:,.2f}<extra></extra>",
        )  # fmt: skip
    figure.add_bar(
        row=2, col=1, name="residual", marker_color=house.COLOURS[3], y=months["residual_usd"], **month,
        customdata=words, hovertemplate="%{x|%B %Y}: $%{y:+,.2f}<br>%{customdata}<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(tickprefix="$")
    figure.update_yaxes(row=1, title="bill [USD]")
    figure.update_yaxes(row=2, title="residual [USD]")
    figure.update_xaxes(row=2, title="month", ticklabelmode="period")
    return figure.update_layout(template=house.TEMPLATE, title="Modelled and billed", barmode="group")


def _one_account(ranking: pd.DataFrame, service_account_id: str | None) -> pd.DataFrame:
    COMPARISON.require(ranking)
    accounts = ranking["service_account_id"].unique().tolist()
    if service_account_id is None:
        if len(accounts) > 1:
            raise ArgumentError(f"the ranking has {len(accounts)} accounts: say which by service_account_id.")
        return ranking
    if service_account_id not in accounts:
        raise ArgumentError(f"the ranking has no account {service_account_id}.")
    return ranking[ranking["service_account_id"] == service_account_id]


def _wrapped(name: str, width: int = 34) -> str:
    lines = [""]
    for word in str(name).split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)
