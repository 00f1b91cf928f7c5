"""A tariff's prices by month and hour, as a figure."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from omnipandas.errors import ArgumentError
from omnipandas.intervals.windows import MONTHS

from . import style

HOURS = list(range(0, 25, 3))


@runtime_checkable
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
        Not a tariff, or one that has no such charge.

    Examples
    --------
    >>> import omnipandas as op
    >>> figure = op.plot.tariff(op.read_tariff("sdge-ev-tou-5"))
    >>> float(figure.data[0].z[6][17])  # July, from 17:00
    0.71106
    """
    if not isinstance(tariff, _Scheduled):
        raise ArgumentError(f"a Tariff is needed, not {type(tariff).__name__}: op.read_tariff reads one.")
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
            row=1, col=column, coloraxis="coloraxis", x=np.arange(24) + 0.5, y=list(MONTHS), xgap=1, ygap=1,
            z=schedule.replace(prices.to_dict()).to_numpy(dtype=float),
            customdata=np.dstack([schedule.to_numpy(dtype=object), np.tile(np.arange(24), (12, 1))]),
            hovertemplate="%{y}, from %{customdata[1]}:00<br>%{customdata[0]}: %{z:.4g} "
            + unit + "<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title="hour of the day, local time", tickvals=HOURS, range=[0, 24], showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure.update_layout(
        template=style.TEMPLATE,
        title=f"{tariff.name}: {rows['charge'].iloc[0]}{tiered}",
        coloraxis={"colorscale": style.SEQUENTIAL, "colorbar": {"title": {"text": f"[{unit}]"}}},
        margin={"t": 80},
    )
