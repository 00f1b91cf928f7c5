"""The ledger's line items, as a figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from omnipandas.schema import CHARGES

from . import style
from .style import COMPONENTS


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
    figure = style.figure("Bills by component", "billing period", "amount [USD]", barmode="relative")
    bills = ledger.groupby(["period_start", "period_end", "component"])["amount_usd"].sum().reset_index()
    for component, colour in COMPONENTS.items():
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
