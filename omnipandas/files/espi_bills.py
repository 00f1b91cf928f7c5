"""The bills of a Green Button file: its usage summaries, or its readings of a billing period."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.intervals.units import SECOND, Floats, Mask
from omnipandas.intervals.zones import zone_name

from .cells import Days
from .document import Document
from .entries import Summary
from .espi import Feed, feed_of

_CURRENCY = 1e-5  # ESPI states money in hundred-thousandths of the currency


def billed_by(document: Document, timezone: str) -> tuple[Days, Days, dict[str, Floats], Mask]:
    """Return first days, the days after the last, usage [kWh] and cost [USD], and which are estimated.

    Raises
    ------
    SchemaError
        The file has no usage summary of electricity with a billing period.
    """
    feed = feed_of(document.content)
    bills = [summary for summary in feed.summaries if summary.duration > 0 and summary.start > 0]
    electric = [summary for summary in bills if summary.uom in ("", "72") and not _of_gas(feed, summary)]
    if not electric:
        raise SchemaError(
            "the Green Button file has no UsageSummary of electricity with a billing period; its intervals "
            "are read by op.read_intervals(path, timezone=...)."
        )
    start = np.array([bill.start for bill in electric])
    end = start + np.array([bill.duration for bill in electric])
    scale = np.array([10.0 ** (0 if np.isnan(bill.multiplier) else bill.multiplier) for bill in electric])
    usage = np.array([bill.usage for bill in electric]) * scale / 1000
    cost = np.array([bill.cost for bill in electric]) * _CURRENCY
    days = _local_days(start, timezone), _local_days(end, timezone)
    return *days, {"total_kwh": usage, "cost_usd": cost}, np.zeros(len(electric), dtype=bool)


def _of_gas(feed: Feed, summary: Summary) -> bool:
    kinds = {point.kind for point in feed.points if summary.links.own.startswith(f"{point.links.own}/")}
    every = {point.kind for point in feed.points}
    return bool((kinds or every) & {"1", "2"}) and "0" not in (kinds or every)


def _local_days(seconds: Floats, timezone: str) -> Days:
    """Return instants as local days; a bill's edge that is a few hours off midnight means the nearer one."""
    stamps = pd.DatetimeIndex((seconds * SECOND).astype(np.int64).view("datetime64[us]"), tz="UTC")
    local = stamps.tz_convert(ZoneInfo(zone_name(timezone))).tz_localize(None) + pd.Timedelta(hours=12)
    return local.to_numpy().astype("datetime64[D]")
