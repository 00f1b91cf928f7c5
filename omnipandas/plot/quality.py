"""Pictures of what is wrong with readings, and of what was made up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from omnipandas.intervals.zones import standard_time

from . import style
from .style import colour, local_words, needed

MOST_FINDINGS = 1_000


def check_usage(report: pd.DataFrame) -> go.Figure:
    """Return the findings of a report over time, a line of bars for each code.

    Parameters
    ----------
    report : DataFrame
        As `omnipandas.check_usage` returns it.

    Returns
    -------
    plotly.graph_objects.Figure
        From start to end of each finding; of more than 1,000 the longest.

    Raises
    ------
    SchemaError
        Where the frame is no FINDINGS.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> hourly = op.get_intervals(client, op.linked_accounts(client)[0], "2026-06-01", "2026-09-01")
    >>> figure = op.plot.check_usage(op.check_usage(hourly.drop(hourly.index[40:60])))
    >>> figure.layout.title.text
    'Findings: 1'
    """
    names = ["code", "service_account_id", "start", "end", "rows", "meaning"]
    columns = pd.DataFrame(needed(report, "finding", names))
    figure = style.figure(f"Findings: {len(columns)}", "local time", "")
    length = (columns["end"] - columns["start"]).to_numpy()
    columns = columns.iloc[np.sort(np.argsort(-length, kind="stable")[:MOST_FINDINGS])]
    for place, (code, rows) in enumerate(columns.groupby("code", sort=False)):
        start, end = (pd.DatetimeIndex(rows[name]) for name in ("start", "end"))
        words = [
            f"{account}: {meaning}; {count:,} rows, {since} to {until}"
            for account, meaning, count, since, until in zip(
                rows["service_account_id"],
                rows["meaning"],
                rows["rows"],
                local_words(start),
                local_words(end),
                strict=True,
            )
        ]
        edges = np.stack([standard_time(start), standard_time(end)], axis=1)
        nothing = np.full((len(rows), 1), np.datetime64("NaT", "us"))
        figure.add_scatter(
            x=np.concatenate([edges, nothing], axis=1).ravel(),
            y=[str(code)] * (3 * len(rows)),
            text=np.repeat(words, 3),
            mode="lines+markers",
            line={"color": colour(place)["color"], "width": 8},
            marker={"size": 8, "symbol": "square"},
            name=str(code),
            hovertemplate="%{text}<extra></extra>",
        )
    return figure.update_layout(showlegend=False).update_yaxes(type="category", autorange="reversed")
