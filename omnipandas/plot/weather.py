"""Degree days, and usage by temperature, as figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from omnipandas.intervals.zones import standard_time

from . import style
from .style import colour, local_words, needed


def degree_days(degrees: pd.DataFrame) -> go.Figure:
    """Return heating and cooling degree days, bars on both sides of zero.

    Parameters
    ----------
    degrees : DataFrame
        As `omnipandas.degree_days` returns it.

    Returns
    -------
    plotly.graph_objects.Figure
        Heating below zero, cooling above.

    Raises
    ------
    SchemaError
        Where the frame is no DEGREE_DAYS.

    Examples
    --------
    >>> import omnipandas as op
    >>> import pandas as pd
    >>> hours = pd.date_range("2026-01-01", "2026-02-01", freq="h", tz="America/Chicago", inclusive="left")
    >>> temperature = pd.Series(5.0, index=hours)
    >>> figure = op.plot.degree_days(op.degree_days(temperature, unit="C"))
    >>> figure.layout.title.text
    'Degree days'
    """
    columns = needed(degrees, "interval_start", ["heating_degree_days", "cooling_degree_days"])
    figure = style.figure("Degree days", "local time", "degree days", barmode="relative")
    index = pd.DatetimeIndex(columns.index)
    for name, sign, shade in (("cooling", 1, style.COLOURS[0]), ("heating", -1, style.COLOURS[3])):
        values = columns[f"{name}_degree_days"].to_numpy()
        figure.add_bar(
            x=standard_time(index),
            y=sign * values,
            customdata=np.stack([local_words(index), values.astype(object)], axis=1),
            name=name,
            marker_color=shade,
            hovertemplate=f"%{{customdata[1]:.1f}} degree days of {name} from %{{customdata[0]}}"
            "<extra></extra>",
        )
    return figure


def weather_fit(fit: pd.DataFrame) -> go.Figure:
    """Return each account's model of daily usage by outdoor temperature.

    Parameters
    ----------
    fit : DataFrame
        As `omnipandas.weather_fit` returns it.

    Returns
    -------
    plotly.graph_objects.Figure
        A broken line for each account, 15 degrees beyond its change points on either side.

    Raises
    ------
    SchemaError
        Where the frame is no WEATHER_FIT.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> import pandas as pd
    >>> instants, degrees = client.sandbox.temperatures(
    ...     op.linked_accounts(client)[0], hourly.index[0].date(), pd.Timestamp("2026-09-01").date()
    ... )
    >>> temperature = pd.Series(degrees, index=pd.DatetimeIndex(instants).tz_localize("UTC"))
    >>> figure = op.plot.weather_fit(op.weather_fit(hourly, temperature, unit="C"))
    >>> figure.layout.title.text
    'Usage by outdoor temperature'
    """
    columns = needed(fit, "service_account_id", ["model", "base_kwh_per_day", "heating_base", "cooling_base"])
    figure = style.figure("Usage by outdoor temperature", "mean temperature of the day", "usage [kWh/day]")
    figure.update_yaxes(rangemode="tozero")
    for place, (name, row) in enumerate(columns.iterrows()):
        bases = [base for base in (row["heating_base"], row["cooling_base"]) if not np.isnan(base)] or [15.0]
        degrees = np.array([min(bases) - 15, *bases, max(bases) + 15])
        below = np.nan_to_num(row["heating_kwh_per_degree"] * np.maximum(row["heating_base"] - degrees, 0))
        above = np.nan_to_num(row["cooling_kwh_per_degree"] * np.maximum(degrees - row["cooling_base"], 0))
        figure.add_scatter(
            x=degrees,
            y=row["base_kwh_per_day"] + below + above,
            name=str(name),
            line=colour(place),
            hovertemplate=f"{name}: %{{y:.1f}} kWh on a day of %{{x:.1f}} degrees<br>{row['words']}"
            "<extra></extra>",
        )
    return figure.update_layout(showlegend=len(columns) > 1)
