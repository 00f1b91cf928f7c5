"""Pictures of usage over time, of peak hours and of weather."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from omnipandas.errors import SchemaError
from omnipandas.usage.schedules import PeakSchedule
from omnipandas.usage.windows import MONTHS

from . import house
from .frames import colour, groups, light, local_words, needed, one_account

PERIODS = {"on_peak": ("on-peak", house.ON_PEAK), "off_peak": ("off-peak", house.OFF_PEAK)}


def resample_usage(usage: pd.DataFrame) -> go.Figure:
    """Return usage over time, a line of steps for each account.

    Parameters
    ----------
    usage : DataFrame
        As `omnipandas.resample_usage` returns it, or INTERVALS.

    Returns
    -------
    plotly.graph_objects.Figure
        Lines of 4,000 points at the most, each stretch's lowest and highest kept.

    Raises
    ------
    SchemaError
        Where the frame is neither.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.resample_usage(op.resample_usage(hourly, "day"))
    >>> figure.layout.title.text
    'Usage'
    """
    columns = needed(usage, "interval_start", ["service_account_id", "total_kwh"])
    figure = house.figure("Usage", "local time", "usage of the interval [kWh]")
    figure.update_yaxes(rangemode="tozero")
    lines = groups(columns, ["service_account_id"])
    for place, (name, rows) in enumerate(lines):
        _line(figure, rows, "total_kwh", name, colour(place), 4_000 // len(lines))
    return figure.update_layout(showlegend=len(lines) > 1)


def _line(
    figure: go.Figure, rows: pd.DataFrame, column: str, name: str, look: dict[str, str], most: int
) -> None:
    drawn = rows.iloc[light(rows[column].to_numpy(), most)]
    index = pd.DatetimeIndex(drawn.index)
    words = f"{name}: " if name else ""
    figure.add_scatter(
        x=house.standard_time(index),
        y=drawn[column].to_numpy(),
        customdata=local_words(index),
        name=name,
        line={"shape": "hv", **look},
        hovertemplate=f"{words}%{{y:.2f}} kWh in the interval from %{{customdata}}<extra></extra>",
    )


def split_peaks(peaks: pd.DataFrame) -> go.Figure:
    """Return usage on-peak and off-peak over time: bars, or lines where there are many.

    Parameters
    ----------
    peaks : DataFrame
        As `omnipandas.split_peaks` returns it, of one account.

    Returns
    -------
    plotly.graph_objects.Figure
        Stacked bars up to 400 days, months or years; above, lines of 4,000 points each at the most.

    Raises
    ------
    SchemaError
        Where the frame is no PEAK_SPLIT.
    ArgumentError
        Where it is of several accounts.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.split_peaks(op.split_peaks(hourly))
    >>> figure.layout.title.text
    'Usage on-peak and off-peak'
    """
    columns = one_account(
        needed(peaks, "interval_start", ["service_account_id", "period", "usage_kwh", "share"])
    )
    figure = house.figure("Usage on-peak and off-peak", "local time", "usage [kWh]", barmode="stack")
    for period, rows in columns.groupby("period", observed=True):
        name, shade = PERIODS[str(period)]
        if len(rows) > 400:
            _line(figure, rows, "usage_kwh", name, {"color": shade}, 4_000)
            continue
        index = pd.DatetimeIndex(rows.index)
        figure.add_bar(
            x=house.standard_time(index),
            y=rows["usage_kwh"].to_numpy(),
            customdata=np.stack([local_words(index), rows["share"].to_numpy(object)], axis=1),
            name=name,
            marker_color=shade,
            hovertemplate=f"{name}: %{{y:.1f}} kWh, %{{customdata[1]:.0%}} of all, from %{{customdata[0]}}"
            "<extra></extra>",
        )
    return figure


def infer_peak_schedule(schedule: PeakSchedule) -> go.Figure:
    """Return a schedule's on-peak hours by month, weekdays beside weekends.

    Parameters
    ----------
    schedule : PeakSchedule
        As `omnipandas.infer_peak_schedule` returns it, or one of your own.

    Returns
    -------
    plotly.graph_objects.Figure
        Two maps of month by hour; the colour is the part of Monday to Friday, or of Saturday and Sunday,
        that is on-peak.

    Raises
    ------
    SchemaError
        Where it is no PeakSchedule.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.infer_peak_schedule(op.infer_peak_schedule(hourly))
    >>> figure.layout.title.text
    'Peak hours: weekdays 13-19, Jun-Aug'
    """
    if not isinstance(schedule, PeakSchedule):
        raise SchemaError(f"a PeakSchedule is needed, not {type(schedule).__name__}.")
    week = schedule.hours()
    figure = house.figure(f"Peak hours: {schedule}", "hour of the day, local time", "month")
    for place, (days, name) in enumerate(((slice(0, 5), "Monday to Friday"), (slice(5, 7), "weekend"))):
        figure.add_heatmap(
            x=np.arange(24) + 25 * place,
            y=list(MONTHS),
            z=week[:, days].mean(axis=1),
            zmin=0,
            zmax=1,
            colorscale=[[0, "rgba(128,128,128,0.15)"], [1, house.ON_PEAK]],
            showscale=False,
            xgap=1,
            ygap=1,
            customdata=np.tile(np.arange(24), (12, 1)),
            hovertemplate=f"%{{y}}, {name}, from %{{customdata}}:00: %{{z:.0%}} on-peak<extra></extra>",
        )
    ticks = list(range(0, 24, 6))
    figure.update_xaxes(
        tickvals=[*ticks, *(hour + 25 for hour in ticks)],
        ticktext=[*(f"{h}:00<br>Mon-Fri" for h in ticks), *(f"{h}:00<br>weekend" for h in ticks)],
        showgrid=False,
    )
    return figure.update_yaxes(autorange="reversed", showgrid=False)


def compare_periods(days: pd.DataFrame) -> go.Figure:
    """Return the usage of like days of two periods, one line for each.

    Parameters
    ----------
    days : DataFrame
        As `omnipandas.compare_periods` returns it, of one account.

    Returns
    -------
    plotly.graph_objects.Figure
        Two lines; the hover text tells the matched day and the change.

    Raises
    ------
    SchemaError
        Where the frame is no PERIOD_COMPARISON.
    ArgumentError
        Where it is of several accounts.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2024-01-01", "2026-01-01")
    >>> figure = op.plot.compare_periods(op.compare_periods(hourly, 2024, 2025))
    >>> figure.layout.title.text
    'Like days of two periods'
    """
    names = ["service_account_id", "matched_date", "matched_by", "before_kwh", "after_kwh", "change_kwh"]
    columns = one_account(needed(days, "date", names))
    figure = house.figure("Like days of two periods", "day of the later period", "usage of the day [kWh]")
    figure.update_yaxes(rangemode="tozero")
    matched = pd.DatetimeIndex(columns["matched_date"]).strftime("%a %d %b %Y")
    told = np.stack(
        [np.asarray(matched, object), *(columns[n].to_numpy(object) for n in ("matched_by", "change_kwh"))],
        axis=1,
    )
    for name, column, shade in (
        ("before", "before_kwh", house.COLOURS[5]),
        ("after", "after_kwh", house.COLOURS[3]),
    ):
        at = light(columns[column].to_numpy())
        figure.add_scatter(
            x=columns.index[at],
            y=columns[column].to_numpy()[at],
            customdata=told[at],
            name=name,
            line={"color": shade},
            hovertemplate=f"{name}: %{{y:.1f}} kWh; %{{x|%a %d %b %Y}} beside %{{customdata[0]}} "
            "(%{customdata[1]}), change %{customdata[2]:+.1f} kWh<extra></extra>",
        )
    return figure


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
    figure = house.figure("Degree days", "local time", "degree days", barmode="relative")
    index = pd.DatetimeIndex(columns.index)
    for name, sign, shade in (("cooling", 1, house.COLOURS[0]), ("heating", -1, house.COLOURS[3])):
        values = columns[f"{name}_degree_days"].to_numpy()
        figure.add_bar(
            x=house.standard_time(index),
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
    figure = house.figure("Usage by outdoor temperature", "mean temperature of the day", "usage [kWh/day]")
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
