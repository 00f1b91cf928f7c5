"""Tariffs ranked, and where the difference comes from, as figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from omnipandas.errors import ArgumentError
from omnipandas.schema import COMPARISON

from . import style
from .style import COMPONENTS


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
    figure = style.figure("Cost by tariff", "cost [USD]", "", barmode="relative")
    names = [_wrapped(name) for name in rows["tariff"]]
    for component, colour in COMPONENTS.items():
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
    figure = style.figure("From one tariff to another", "", "cost [USD]")
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


def _wrapped(name: str, width: int = 34) -> str:
    lines = [""]
    for word in str(name).split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


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
