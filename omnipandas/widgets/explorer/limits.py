"""What exists: accounts' addresses, and the day from which there are readings or bills."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from omnipandas.errors import IncompleteError
from omnipandas.omnimetic.client import Client
from omnipandas.omnimetic.fetch import get_historical, get_intervals, get_service_accounts
from omnipandas.omnimetic.gathering import Progress


def known_accounts(client: Client, ids: list[str], progress: Progress) -> pd.DataFrame:
    """Return SERVICE_ACCOUNTS of those whose address could be had."""
    try:
        return get_service_accounts(client, ids, progress=progress)
    except IncompleteError as error:
        partial: pd.DataFrame = error.partial
        return partial


def beginning(client: Client, service_account_id: str, years: range, progress: Progress) -> date:
    """Return the day from which there are readings or bills, within the years asked for."""
    try:
        monthly = get_historical(client, service_account_id, years, progress=progress)
    except IncompleteError as error:
        monthly = error.partial
    earliest = date(years[0], 1, 1)
    if monthly.empty or (first := pd.Timestamp(monthly.index.min()).date()) == earliest:
        return earliest
    # Readings may begin some weeks before the first whole month that is billed.
    before = (first - timedelta(days=1)).replace(day=1)
    hourly = get_intervals(client, service_account_id, before, first, progress=progress)
    return pd.Timestamp(hourly.index[0]).date() if len(hourly) else first
