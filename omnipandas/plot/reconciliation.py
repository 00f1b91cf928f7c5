"""Bills modelled beside bills received, as a figure."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from omnipandas.schema import RECONCILIATION

from . import style


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
    for name, colour in (("modelled", style.COLOURS[0]), ("billed", style.COLOURS[1])):
        figure.add_bar(
            row=1, col=1, name=name, marker_color=colour, y=months[f"{name}_usd"], **month,
            hovertemplate="%{x|%B %Y}, " + name + ": $%{y:,.2f}<extra></extra>",
        )  # fmt: skip
    figure.add_bar(
        row=2, col=1, name="residual", marker_color=style.COLOURS[3], y=months["residual_usd"], **month,
        customdata=words, hovertemplate="%{x|%B %Y}: $%{y:+,.2f}<br>%{customdata}<extra></extra>",
    )  # fmt: skip
    figure.update_yaxes(tickprefix="$")
    figure.update_yaxes(row=1, title="bill [USD]")
    figure.update_yaxes(row=2, title="residual [USD]")
    figure.update_xaxes(row=2, title="month", ticklabelmode="period")
    return figure.update_layout(template=style.TEMPLATE, title="Modelled and billed", barmode="group")
