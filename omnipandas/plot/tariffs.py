"""A tariff's prices by month and hour, as a figure."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from omnipandas.errors import ArgumentError
from omnipandas.intervals.units import WEEKDAYS
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
    """Return a charge's price by month and hour, weekdays beside weekends; days that differ, each apart.

    Parameters
    ----------
    tariff : Tariff
        The tariff.
    charge : str, optional
        Name of an energy or demand charge; by default the first energy charge.

    Returns
    -------
    plotly.graph_objects.Figure
        Two heatmaps of 12 x 24 (more where days among weekdays or weekends differ, finer where periods
        change within the hour); the hover text names the period. The price is the first tier's.

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
    schedules = _by_days(tariff, charge)
    periods = {label for schedule in schedules.values() for row in schedule.to_numpy() for label in row}
    rows = table[table["tier"].eq(1) & table["period"].isin(periods)]
    rows = rows[rows["charge"] == (charge or rows["charge"].iloc[0])]
    prices, unit = rows.set_index("period")["price"], rows["unit"].iloc[0]
    tiered = " (first tier)" if table.loc[table["charge"] == rows["charge"].iloc[0], "tier"].max() > 1 else ""
    figure = make_subplots(
        cols=len(schedules), shared_yaxes=True, subplot_titles=list(schedules), horizontal_spacing=0.04
    )
    for column, schedule in enumerate(schedules.values(), 1):
        start = schedule.columns.to_numpy()
        hourly = len(start) == 24
        times = start if hourly else [f"{int(hour)}:{hour % 1 * 60:02.0f}" for hour in start]
        named = np.tile(np.array(times, dtype=object), (12, 1))
        figure.add_heatmap(
            row=1, col=column, coloraxis="coloraxis", xgap=1, ygap=1,
            x=start + 12 / len(start), y=list(MONTHS),
            z=schedule.map(prices.to_dict().get).to_numpy(dtype=float),
            customdata=np.dstack([schedule.to_numpy(dtype=object), named]),
            hovertemplate=f"%{{y}}, from %{{customdata[1]}}{':00' if hourly else ''}<br>"
            "%{customdata[0]}: %{z:.4g} "
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


def _by_days(tariff: _Scheduled, charge: str | None) -> dict[str, pd.DataFrame]:
    """Return the schedules of weekdays and of the weekend; where days differ, of each run of equal ones."""
    found: dict[str, pd.DataFrame] = {}
    for title, days in (("Weekdays", WEEKDAYS[:5]), ("Weekends", WEEKDAYS[5:])):
        runs: list[list[str]] = []
        schedules = {day: tariff.schedule(day, charge) for day in days}
        for day in days:
            if runs and schedules[day].equals(schedules[runs[-1][0]]):
                runs[-1].append(day)
            else:
                runs.append([day])
        names = [title] if len(runs) == 1 else ["-".join(dict.fromkeys((run[0], run[-1]))) for run in runs]
        found |= {name: schedules[run[0]] for name, run in zip(names, runs, strict=True)}
    return found
