"""The charge and prices that explain the bills, as a figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from omnipandas.schema import TEXT

from . import style
from .style import needed


def implied_rates(rates: pd.DataFrame) -> go.Figure:
    """Return each account's prices on-peak and off-peak with their intervals; refused ones are absent.

    Parameters
    ----------
    rates : DataFrame
        As `omnipandas.implied_rates` returns it.

    Returns
    -------
    plotly.graph_objects.Figure
        Markers with error bars; the hover text tells the fixed charge too.

    Raises
    ------
    SchemaError
        Where the frame is no IMPLIED_RATES.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> monthly = op.get_historical(client, op.linked_accounts(client)[0], range(2023, 2026))
    >>> figure = op.plot.implied_rates(op.implied_rates(monthly))
    >>> figure.layout.title.text
    'Prices behind the bills'
    """
    names = ["on_peak_usd_per_kwh", "off_peak_usd_per_kwh", "fixed_usd", "on_peak_low", "on_peak_high"]
    columns = needed(rates, "service_account_id", [*names, "off_peak_low", "off_peak_high", "words"])
    figure = style.figure("Prices behind the bills", "account", "price [USD/kWh]")
    figure.update_yaxes(rangemode="tozero", tickprefix="$")
    for name, shade in (("on_peak", style.ON_PEAK), ("off_peak", style.OFF_PEAK)):
        price = columns[f"{name}_usd_per_kwh"].to_numpy()
        figure.add_scatter(
            x=columns.index.astype(TEXT),
            y=price,
            error_y={
                "array": columns[f"{name}_high"].to_numpy() - price,
                "arrayminus": price - columns[f"{name}_low"].to_numpy(),
            },
            customdata=np.stack([columns["fixed_usd"].to_numpy(), columns["months"].to_numpy()], axis=1),
            mode="markers",
            name=name.replace("_", "-"),
            marker={"color": shade, "size": 10},
            hovertemplate=f"%{{x}}, {name.replace('_', '-')}: $%{{y:.4f}} per kWh, beside "
            "$%{customdata[0]:.2f} a month (from %{customdata[1]:.0f} bills)<extra></extra>",
        )
    return figure
