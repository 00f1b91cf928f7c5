"""A study of some accounts as one HTML file: readable offline, printable, without a secret."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from importlib import resources
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go

from . import plot
from .atomic import write_whole
from .errors import ArgumentError, OmnipandasError
from .omnimetic.client import Client
from .omnimetic.fetch import get_historical, get_intervals, get_service_accounts
from .omnimetic.ids import account_ids
from .omnimetic.ranges import Bound, require_order
from .tariffs.model import Tariff
from .tariffs.ranking import compare_tariffs, ranking_in_words
from .tariffs.urdb.sources import list_tariffs, read_tariff
from .usage.demand import base_load, load_factor, peak_demand
from .usage.prices import cost_per_kwh
from .usage.profiles import load_profile
from .usage.quality.checks import check_usage
from .usage.shapes import load_duration, load_heatmap

# Nothing but what the file itself holds may be run or loaded.
_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
_CONFIG = {"displaylogo": False, "responsive": True}
_HEIGHT = 400  # [px]


def report(
    client: Client,
    ids: str | Iterable[str],
    start: Bound,
    end: Bound,
    path: str | Path,
    *,
    tariffs: Iterable[Tariff] | None = None,
) -> Path:
    """Write a study of some accounts as one HTML file and return where it lies.

    Parameters
    ----------
    client : Client
        As returned by `connect` or `demo`.
    ids : str or iterable of str
        One service account id or many; each is studied in its own time zone.
    start, end : str, date or datetime
        The half-open range ``[start, end)``, naive bounds in each premise's local time.
    path : str or Path
        The file to write, whole or not at all; its folder must be there.
    tariffs : iterable of Tariff, optional
        What to rank; by default the residential ones of `list_tariffs`.

    Returns
    -------
    Path
        `path`. The file holds tables (accounts, usage [kWh], demand [kW], bills [USD]), the receipt of
        `check_usage`, figures with all that they need (about 5 MB), and the ranking of tariffs. It loads
        nothing from anywhere, follows the reader's light or dark mode, and prints with a page for
        each account. Neither key nor token is in it; names on the account are left out.

    Raises
    ------
    ArgumentError
        No id, an id, a bound or the path is wrong; nothing was sent.
    IncompleteError, ResponseError, ConnectionFailedError, PayloadError
        As `get_intervals`; nothing was written.

    Notes
    -----
    A load that cannot be priced (a gap, two values for one hour) has the reason in place of its ranking.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> household = op.linked_accounts(client)[0]
    >>> path = op.report(client, household, "2026-07-01", "2026-08-01", getfixture("tmp_path") / "july.html")
    >>> "Tariffs, the cheapest first" in path.read_text(encoding="utf-8")
    True
    """
    wanted = account_ids(ids)
    if not wanted:
        raise ArgumentError("a report needs at least one service account id.")
    target = Path(path).expanduser()
    if target.is_dir() or not target.parent.is_dir():
        raise ArgumentError(f"{target} is a folder, or lies in none: give a file in an existing folder.")
    require_order(start, end, client.now())
    offered = list(_residential() if tariffs is None else tariffs)
    accounts = get_service_accounts(client, wanted)
    first, last = pd.Timestamp(start), pd.Timestamp(end)
    sections = [_account(client, one, _place(accounts, one), (first, last), offered) for one in wanted]
    shown = accounts[["street", "city", "state", "postal_code", "timezone"]].fillna("")
    head = (
        f'<h1>Usage and tariff study</h1><p class="soft">{first:%Y-%m-%d} to {last:%Y-%m-%d}, the last day '
        f"not part of it; made on {client.now():%Y-%m-%d}.</p>{_table(shown, 'Service accounts', 'all')}"
    )
    body = head + "".join(sections)
    return write_whole(target, _page(body).encode())


def _account(
    client: Client,
    service_account_id: str,
    place: str,
    span: tuple[pd.Timestamp, pd.Timestamp],
    tariffs: list[Tariff],
) -> str:
    start, end = span
    hourly = get_intervals(client, service_account_id, start, end)
    months = pd.period_range(start.tz_localize(None), end.tz_localize(None) - pd.Timedelta(1), freq="M")
    monthly = get_historical(client, service_account_id, sorted(set(months.year)))
    monthly = monthly[pd.DatetimeIndex(monthly.index).to_period("M").isin(months)]
    parts = [f'<section class="account"><h2>{escape(place)}</h2>']
    if hourly.empty and monthly.empty:
        return f"{parts[0]}<p>There are neither readings nor bills in this range.</p></section>"
    parts.append(_table(_summary(hourly, monthly), "In short", place))
    if len(hourly):
        parts.append(_figure(plot.load_profile(load_profile(hourly, "season"))))
        parts.append(_figure(plot.load_heatmap(load_heatmap(hourly))))
        parts.append(_figure(plot.load_duration(load_duration(hourly))))
    if len(monthly):
        parts.append(_figure(plot.season_bands(plot.monthly_cost(monthly))))
        parts.append(_figure(plot.season_bands(plot.cost_per_kwh(cost_per_kwh(monthly)))))
    if len(hourly):
        parts.append(_ranking(hourly, tariffs, place))
        receipt = check_usage(hourly, monthly)
        parts.append(f"<h3>Quality of the readings</h3>{receipt._repr_html_()}")
        parts += [_figure(plot.check_usage(receipt))] if len(receipt) else []
    return "".join(parts) + "</section>"


def _place(accounts: pd.DataFrame, service_account_id: str) -> str:
    address = [accounts.at[service_account_id, name] for name in ("street", "city")]
    return ", ".join(word for word in address if isinstance(word, str)) or service_account_id


def _summary(hourly: pd.DataFrame, monthly: pd.DataFrame) -> pd.DataFrame:
    """Return the figures that a reader looks for first; what is unknown says so."""
    lines: dict[str, str] = {}
    if len(hourly):
        peak = peak_demand(hourly, "all").iloc[0]
        factor, base = load_factor(hourly, "all").iloc[0], base_load(hourly, "all").iloc[0]
        lines["usage by the hours"] = _words("{:,.0f} kWh", hourly["total_kwh"].sum(min_count=1))
        lines["hours without a value"] = f"{peak['missing_hours']:,.0f}"
        lines["peak demand, mean over an hour"] = _words("{:,.2f} kW", peak["peak_kw"])
        lines["when it was"] = _words("{:%A %d %B %Y, %H:%M}", peak["peak_at"])
        lines["load factor"] = _words("{:.0%}", factor["load_factor"])
        lines["base load"] = _words("{:,.2f} kW", base["base_kw"])
    if len(monthly):
        price = cost_per_kwh(monthly, by="all").iloc[0]
        lines["months billed"] = str(int(monthly["cost_usd"].notna().sum()))
        lines["cost of these"] = _words("${:,.2f}", price["cost_usd"])
        lines["all-in price"] = _words("${:.3f} per kWh", price["all_in_usd_per_kwh"])
    return pd.DataFrame({"value": lines}).rename_axis(index="figure")


def _words(template: str, value: object) -> str:
    return "unknown" if pd.isna(value) else template.format(value)  # type: ignore[call-overload]  # a scalar


def _ranking(hourly: pd.DataFrame, tariffs: list[Tariff], place: str) -> str:
    head = "<h3>Tariffs, the cheapest first</h3>"
    try:
        ranking = compare_tariffs(hourly, tariffs)
    except OmnipandasError as error:
        return f"{head}<p>This load was not priced: {escape(str(error))}</p>"
    return (
        head
        + _figure(plot.compare_tariffs(ranking))
        + _table(ranking_in_words(ranking), "Prices as published, applied to these hours", place)
        + '<p class="soft">Whether a tariff is on offer at this address is not judged.</p>'
    )


def _residential() -> list[Tariff]:
    known = list_tariffs()
    return [read_tariff(one) for one in known.index[known["sector"] == "Residential"]]


def _table(frame: pd.DataFrame, caption: str, whose: str) -> str:
    table = frame.reset_index().to_html(index=False, border=0, justify="left")
    table = table.replace(">\n", f">\n<caption>{escape(caption)}</caption>\n", 1)
    name = escape(f"{caption}: {whose}")
    return f'<div class="wide" role="region" tabindex="0" aria-label="{name}">{table}</div>'


def _figure(figure: go.Figure) -> str:
    drawn = go.Figure(figure).update_layout(height=_HEIGHT)
    title = escape(figure.layout.title.text or "Figure")
    plotted = drawn.to_html(full_html=False, include_plotlyjs=False, config=_CONFIG, default_height=_HEIGHT)
    return f'<figure role="group" aria-label="{title}">{plotted}</figure>'


def _page(body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Usage and tariff study</title><style>{_text('omnipandas', 'reports.css')}</style>"
        f"<script>{_text('plotly', 'package_data/plotly.min.js')}</script></head>"
        f"<body><main>{body}</main></body></html>"
    )


def _text(package: str, path: str) -> str:
    """Return a file that a package ships."""
    return resources.files(package).joinpath(path).read_text("utf-8")
