"""Frames to study: made by rule, so that what a study must find is known without it."""

from __future__ import annotations

import numpy as np
import pandas as pd

NEW_YORK = "America/New_York"
ODD_ZONES = [
    NEW_YORK,
    "America/Phoenix",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Australia/Sydney",
    "America/Havana",  # falls back over midnight: a day that begins twice
    "Asia/Kathmandu",
]


def intervals(
    start="2023-01-01", end="2024-01-01", *, tz=NEW_YORK, minutes=60, account="a", seed=0, split=True
) -> pd.DataFrame:
    """INTERVALS of one account, gapless from start to end, with usage that repeats only by the seed."""
    first, last = (
        # Havana's clocks go forward at midnight: the day begins at the first instant that there is.
        pd.Timestamp(bound).tz_localize(tz, ambiguous=True, nonexistent="shift_forward")
        for bound in (start, end)
    )
    index = pd.date_range(
        first,
        last,
        freq=f"{minutes}min",
        inclusive="left",
        unit="us",
        name="interval_start",
    )
    usage = np.random.default_rng(seed).gamma(2.0, 0.4, len(index)) + 0.05
    peak = index.hour.isin(range(16, 21)) & (index.day_of_week < 5)
    return pd.DataFrame(
        {
            "service_account_id": pd.Categorical.from_codes(np.zeros(len(index), int), [account]),
            "interval_end": index + pd.Timedelta(minutes=minutes),
            "on_peak_kwh": np.where(peak, usage, 0.0) if split else np.nan,
            "off_peak_kwh": np.where(peak, 0.0, usage) if split else np.nan,
            "total_kwh": usage,
        },
        index=index,
    )


def several(*frames: pd.DataFrame) -> pd.DataFrame:
    """Accounts in one frame, sorted by time."""
    both = pd.concat([f.astype({"service_account_id": "str"}) for f in frames])
    return both.astype({"service_account_id": "category"}).sort_index(kind="stable")


def bills(hourly: pd.DataFrame, *, fixed=12.0, on=0.20, off=0.10) -> pd.DataFrame:
    """MONTHLY that follows from the hours, by plain loops over local months."""
    rows = []
    for account, own in hourly.groupby("service_account_id", observed=True):
        for (year, month), part in own.groupby([own.index.year, own.index.month]):
            usage = part[["on_peak_kwh", "off_peak_kwh", "total_kwh"]].sum()
            cost = fixed + on * usage["on_peak_kwh"] + off * usage["off_peak_kwh"]
            rows.append((pd.Timestamp(year, month, 1), account, *usage, cost))
    columns = ["month", "service_account_id", "on_peak_kwh", "off_peak_kwh", "total_kwh", "cost_usd"]
    frame = pd.DataFrame(rows, columns=columns).set_index("month")
    return frame.astype({"service_account_id": "category"})
