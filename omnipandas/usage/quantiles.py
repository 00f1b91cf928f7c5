"""Quantiles of many groups at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from omnipandas.usage.calendars import Floats, Ints, LocalCalendar, counted
from omnipandas.usage.readings import Readings


def quantile_columns(
    load: Readings, coder: Callable[[LocalCalendar], Ints], groups: int, shares: tuple[float, ...]
) -> dict[str, Floats]:
    """Return quantiles of the known loads of each account and group [kW], as columns named by per cent."""
    if not shares:
        return {}
    code = load.of_account(coder(load.calendar), groups)
    groups *= len(load.accounts)
    kw = load.kw
    if load.known is not None:
        code, kw = code[load.known], kw[load.known]
    return {
        f"p{share * 100:g}_kw": values
        for share, values in zip(shares, grouped_quantiles(code, kw, groups, shares), strict=True)
    }


def grouped_quantiles(code: Ints, values: Floats, groups: int, shares: tuple[float, ...]) -> list[Floats]:
    """Return each quantile of each group by linear interpolation; NaN for a group without values."""
    counts = counted(code, groups)
    if not len(values):
        return [np.full(groups, np.nan) for _ in shares]
    ordered = values[group_order(code, values, groups)]
    start = np.minimum(np.cumsum(counts) - counts, len(values) - 1)
    last = np.maximum(counts - 1, 0)
    quantiles = []
    for share in shares:
        place = share * last
        low = np.floor(place).astype(np.int64)
        below = ordered[start + low]
        above = ordered[start + np.minimum(low + 1, last)]
        quantiles.append(np.where(counts > 0, below + (above - below) * (place - low), np.nan))
    return quantiles


def group_order(code: Ints, values: Floats, groups: int) -> Ints:
    """Return the order that sorts rows by group, and by value within a group."""
    by_value = np.argsort(values)
    # numpy sorts 16-bit integers by radix, in one pass.
    narrow = np.uint16 if groups <= np.iinfo(np.uint16).max else np.int64
    return np.asarray(by_value[np.argsort(code[by_value].astype(narrow), kind="stable")], dtype=np.int64)
