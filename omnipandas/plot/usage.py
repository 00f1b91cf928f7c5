"""Pictures of usage studies."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.plot import house


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
    """
    columns = _needed(monthly, "month", ["service_account_id", "on_peak_kwh", "off_peak_kwh", "total_kwh"])
    figure = house.figure("Usage by month", "month", "usage [kWh]", barmode="stack")
    figure.update_xaxes(ticklabelmode="period")
    accounts = list(columns.groupby("service_account_id", observed=True))
    if len(accounts) > 1:
        for name, rows in accounts:
            figure.add_bar(**_bar(rows, rows["total_kwh"], str(name)))
        return figure.update_layout(barmode="group")
    split = columns["on_peak_kwh"].notna() & columns["off_peak_kwh"].notna()
    for title, colour, values in (
        ("on-peak", house.ON_PEAK, columns["on_peak_kwh"].where(split)),
        ("off-peak", house.OFF_PEAK, columns["off_peak_kwh"].where(split)),
        ("total, no split", house.TOTAL, columns["total_kwh"].where(~split)),
    ):
        if values.notna().any():
            figure.add_bar(**_bar(columns, values, title), marker_color=colour)
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
    """
    columns = _needed(profile, "hour", ["service_account_id", "mean_kw"])
    figure = house.figure("Load profile", "hour of the day, local time", "mean load [kW]")
    ticks = list(range(0, 25, 3))
    figure.update_xaxes(range=[0, 24], tickvals=ticks, ticktext=[f"{hour}:00" for hour in ticks])
    figure.update_yaxes(rangemode="tozero")
    groups = list(_groups(columns, ["service_account_id", "season", "month", "day_type", "weekday", "year"]))
    quantiles = sorted(
        (name for name in map(str, columns) if name.startswith("p") and name.endswith("_kw")),
        key=lambda name: float(name[1:-3]),
    )
    for place, (name, rows) in enumerate(groups):
        colour = house.COLOURS[place % len(house.COLOURS)]
        dash = ("solid", "dash", "dot")[place // len(house.COLOURS) % 3]
        hours = np.append(rows.index.to_numpy(), 24)
        if len(quantiles) > 1 and len(groups) <= len(house.COLOURS):
            figure.add_traces(_band(hours, rows[quantiles[0]], rows[quantiles[-1]], colour, name))
        words = f"{name}, " if name else ""
        figure.add_scatter(
            x=hours,
            y=_closed(rows["mean_kw"]),
            name=name,
            line={"shape": "hv", "color": colour, "dash": dash},
            hovertemplate=f"{words}from %{{x}}:00 to the next hour: %{{y:.2f}} kW on average<extra></extra>",
        )
    return figure.update_layout(showlegend=len(groups) > 1)


def _closed(values: pd.Series) -> np.ndarray:
    """Return the values with the last one repeated, so that the last step has a width."""
    return np.append(values.to_numpy(), values.to_numpy()[-1:])


def _band(hours: np.ndarray, low: pd.Series, high: pd.Series, colour: str, name: str) -> list[go.Scatter]:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    line = {"shape": "hv", "width": 0}
    edge = {"x": hours, "line": line, "showlegend": False, "hoverinfo": "skip", "legendgroup": name}
    fill = f"rgba({red},{green},{blue},0.2)"
    return [
        go.Scatter(y=_closed(low), **edge),
        go.Scatter(y=_closed(high), fill="tonexty", fillcolor=fill, **edge),
    ]


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
    """
    columns = _needed(prices, "month", ["service_account_id", "total_kwh", "cost_usd", "all_in_usd_per_kwh"])
    figure = house.figure("Cost per kilowatt-hour, all in", "month", "cost [USD/kWh]")
    figure.update_yaxes(rangemode="tozero", tickprefix="$")
    groups = list(_groups(columns, ["service_account_id"]))
    for name, rows in groups:
        figure.add_scatter(
            x=rows.index,
            y=rows["all_in_usd_per_kwh"].to_numpy(),
            customdata=rows[["cost_usd", "total_kwh"]].to_numpy(),
            name=name,
            mode="lines+markers",
            hovertemplate="%{x|%B %Y}: $%{y:.3f} per kWh ($%{customdata[0]:,.2f} for "
            "%{customdata[1]:,.0f} kWh)<extra>" + name + "</extra>",
        )
    return figure.update_layout(showlegend=len(groups) > 1)


def _needed(frame: pd.DataFrame, index: str, names: list[str]) -> pd.DataFrame:
    """Return the frame where it is the result that the plot takes."""
    if not isinstance(frame, pd.DataFrame):
        raise SchemaError(f"a frame is needed, not {type(frame).__name__}.")
    missing = [name for name in names if name not in frame.columns]
    if missing or frame.index.name != index:
        raise SchemaError(
            f"this plot takes the result of the analysis of the same name: index {index}, columns "
            f"{', '.join(names)}; the frame has index {frame.index.name}, columns "
            f"{', '.join(map(str, frame.columns))}."
        )
    return frame


def _groups(frame: pd.DataFrame, names: list[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the rows of each group with its name; an account is named only where there are several."""
    present = [name for name in names if name in frame.columns]
    if len(frame) > 1_000_000:
        raise ArgumentError(f"{len(frame):,} rows are too many to draw: choose accounts or a range first.")
    told = [name for name in present if name != "service_account_id" or frame[name].nunique() > 1]
    if not told:
        yield "", frame
        return
    for key, rows in frame.groupby(told, observed=True, sort=False):
        yield ", ".join(_word(name, value) for name, value in zip(told, key, strict=True)), rows


def _word(name: str, value: object) -> str:
    if name == "month" and isinstance(value, int | np.integer):
        return str(pd.Timestamp(2000, int(value), 1).month_name())
    return str(value)
