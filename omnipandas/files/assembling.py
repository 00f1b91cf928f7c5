"""Stamps and numbers of a file become INTERVALS."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.intervals.calendars import LocalCalendar
from omnipandas.intervals.zones import zoned
from omnipandas.schema import INTERVALS, TEXT

LENGTHS = (60, 30, 15, 10, 5)
_MINUTE = 60_000_000


def assembled(frame: pd.DataFrame, usage: dict[str, npt.NDArray[np.float64]], export: bool) -> pd.DataFrame:
    """Return the frame with its usage columns in the order of INTERVALS."""
    names = [*INTERVALS.names[2:], *(["export_kwh"] if export else [])]
    return frame.assign(**{name: usage.get(name, np.full(len(frame), np.nan)) for name in names})


def account_column(table: pd.DataFrame, name: str) -> pd.Categorical[str]:
    """Return each row's account: the column of that name, or the name itself."""
    if name in table.columns:
        return pd.Categorical(table[name].astype(TEXT))
    return pd.Categorical.from_codes(np.zeros(len(table), dtype=np.int8), categories=pd.Index([name]))


def interval_lengths(
    stamps: npt.NDArray[np.int64], account: npt.NDArray[np.integer], zone: ZoneInfo, minutes: int | None
) -> npt.NDArray[np.int64]:
    """Return each row's length [microseconds]: the commonest step of its account's day."""
    if minutes is not None:
        if minutes not in LENGTHS:
            raise ArgumentError(f"minutes must be one of {', '.join(map(str, LENGTHS))}, not {minutes}.")
        return np.full(len(stamps), minutes * _MINUTE)
    order = np.lexsort((stamps, account))
    step = np.diff(stamps[order]) // _MINUTE
    allowed = np.isin(step, LENGTHS) & (np.diff(account[order]) == 0)
    day = LocalCalendar(zoned(stamps[order], zone)).day
    frame = pd.DataFrame({"account": account[order][:-1], "day": day[:-1], "step": step})[allowed]
    if frame.empty:
        raise SchemaError("no length of intervals can be found from the stamps: give minutes=.")
    daily = _commonest(frame, ["account", "day"])
    overall = _commonest(frame, ["account"])
    keys = pd.MultiIndex.from_arrays([account[order], day])
    found = daily.reindex(keys).to_numpy(dtype=np.float64, na_value=np.nan)
    fallback = overall.reindex(account[order]).to_numpy(dtype=np.float64, na_value=np.nan)
    both = np.where(np.isnan(found), fallback, found)
    if np.isnan(both).any():
        raise SchemaError("an account has too few rows to find the length of its intervals: give minutes=.")
    length = np.empty(len(stamps), dtype=np.int64)
    length[order] = both.astype(np.int64) * _MINUTE
    return length


def _commonest(frame: pd.DataFrame, keys: list[str]) -> pd.Series:
    counts = frame.groupby([*keys, "step"]).size().rename("rows").reset_index()
    ordered = counts.sort_values(["rows", "step"], kind="stable").drop_duplicates(keys, keep="last")
    return ordered.set_index(keys)["step"]
