"""Pictures of load profiles, weeks, heatmaps and durations."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from . import style
from .style import colour, groups, needed

GROUPS = ["service_account_id", "season", "month", "day_type", "weekday", "year"]


def load_profile(profile: pd.DataFrame) -> go.Figure:
    """Return the mean load by hour of the day, a line for each group, quantiles as a band.

    Parameters
    ----------
    profile : DataFrame
        As `omnipandas.load_profile` returns it.

    Returns
    -------
    plotly.graph_objects.Figure
        Steps, as an hour's mean holds for the hour; the band lies between the lowest and the highest
        quantile of the frame, where it has two and the figure has at most six lines.

    Raises
    ------
    SchemaError
        Where the frame is no LOAD_PROFILE.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.load_profile(op.load_profile(hourly, by="day_type"))
    >>> figure.layout.title.text
    'Load profile'
    """
    columns = needed(profile, "hour", ["service_account_id", "mean_kw"])
    figure = style.figure("Load profile", "hour of the day, local time", "mean load [kW]")
    ticks = list(range(0, 25, 3))
    figure.update_xaxes(range=[0, 24], tickvals=ticks, ticktext=[f"{hour}:00" for hour in ticks])
    figure.update_yaxes(rangemode="tozero")
    lines = groups(columns, GROUPS)
    quantiles = sorted(
        (name for name in map(str, columns) if name.startswith("p") and name.endswith("_kw")),
        key=lambda name: float(name[1:-3]),
    )
    for place, (name, rows) in enumerate(lines):
        look = colour(place)
        hours = np.append(rows.index.to_numpy(), 24)
        if len(quantiles) > 1 and len(lines) <= len(style.COLOURS):
            figure.add_traces(_band(hours, rows[quantiles[0]], rows[quantiles[-1]], look["color"], name))
        words = f"{name}, " if name else ""
        figure.add_scatter(
            x=hours,
            y=_closed(rows["mean_kw"]),
            name=name,
            line={"shape": "hv", **look},
            hovertemplate=f"{words}from %{{x}}:00 to the next hour: %{{y:.2f}} kW on average<extra></extra>",
        )
    return figure.update_layout(showlegend=len(lines) > 1)


def _closed(values: pd.Series) -> npt.NDArray[np.generic]:
    """Return the values with the last one repeated, so that the last step has a width."""
    return np.append(values.to_numpy(), values.to_numpy()[-1:])


def _band(
    hours: npt.NDArray[np.generic], low: pd.Series, high: pd.Series, shade: str, name: str
) -> list[go.Scatter]:
    red, green, blue = (int(shade[i : i + 2], 16) for i in (1, 3, 5))
    line = {"shape": "hv", "width": 0}
    edge = {"x": hours, "line": line, "showlegend": False, "hoverinfo": "skip", "legendgroup": name}
    fill = f"rgba({red},{green},{blue},0.2)"
    return [
        go.Scatter(y=_closed(low), **edge),
        go.Scatter(y=_closed(high), fill="tonexty", fillcolor=fill, **edge),
    ]
