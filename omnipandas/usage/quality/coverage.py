"""Readings counted against the calendar, and whether they suffice for a baseline."""

from __future__ import annotations

import numpy as np
import pandas as pd

from omnipandas.intervals.groups import counted, summed
from omnipandas.intervals.ordered import SortedRows
from omnipandas.intervals.units import HOUR, Ints
from omnipandas.schema import COVERAGE, SUFFICIENCY, TEXT

BASELINE_DAYS, ENOUGH_DAYS, ENOUGH_SHARE = 365, 329, 0.9


def spans(rows: SortedRows, low: int | None, high: int | None) -> tuple[Ints, Ints, int, int]:
    """Return each account's first start and last end, and the range that all are held to."""
    first = np.flatnonzero(~rows.same_account)
    last = np.append(first[1:], len(rows)) - 1
    begun, ended = rows.start[first], rows.end[last]
    return begun, ended, int(begun.min()) if low is None else low, int(ended.max()) if high is None else high


def coverage(rows: SortedRows, low: int | None, high: int | None) -> pd.DataFrame:
    """Return COVERAGE: intervals of each account and local month between the bounds of the range."""
    if not len(rows):
        return COVERAGE.empty()
    begun, ended, low_all, high_all = spans(rows, low, high)
    account, start, _end, absent = rows.gaps
    step = rows.load.one_length or int(np.median(rows.end - rows.start))
    accounts = np.arange(len(begun))
    head, tail = np.maximum(begun - low_all, 0) // step, np.maximum(high_all - ended, 0) // step
    account = np.concatenate([account, accounts, accounts])
    start = np.concatenate([start, begun - head * step, ended])
    absent = np.concatenate([absent, head, tail])
    nth = np.arange(int(absent.sum())) - np.repeat(np.cumsum(absent) - absent, absent)
    slots = np.repeat(start, absent) + nth * step
    calendar = rows.calendar
    first, months, month = _months(rows, slots)
    size = len(accounts) * months
    code = rows.account * months + calendar.by_day(calendar.month_of_day - first)
    unique = ~rows.again
    every = counted(code[unique], size)
    received = counted(code[unique & rows.known], size)
    expected = every + counted(np.repeat(account, absent) * months + month - first, size)
    doubles = counted(code[~unique], size)
    kept = np.flatnonzero(expected)
    with np.errstate(invalid="ignore"):
        share = received / expected
    months_of = (kept % months + first).astype("datetime64[M]").astype("datetime64[us]")
    figures = {"expected": expected, "received": received, "missing": expected - received, "doubles": doubles}
    return pd.DataFrame(
        {
            "service_account_id": rows.load.account_column(kept // months),
            **{name: values[kept] for name, values in figures.items()},
            "coverage": share[kept],
        },
        index=pd.DatetimeIndex(months_of, name="month"),
    )


def _months(rows: SortedRows, slots: Ints) -> tuple[int, int, Ints]:
    """Return the first month of rows and slots, how many there are, and the month of each slot."""
    ends = rows.calendar.month_of_day[[0, -1]]
    if len(slots):
        local = rows.stamps(slots).tz_localize(None).to_numpy()
        month = local.astype("datetime64[M]").astype(np.int64)
        ends = np.array([min(ends[0], month.min()), max(ends[1], month.max())])
    else:
        month = np.zeros(0, dtype=np.int64)
    return int(ends[0]), int(ends[1] - ends[0]) + 1, month


def sufficiency(rows: SortedRows) -> pd.DataFrame:
    """Return SUFFICIENCY, of the last 365 local days of each account."""
    if not len(rows):
        return SUFFICIENCY.empty()
    n, calendar = len(rows.load.accounts), rows.calendar
    day = calendar.day
    code = rows.account * calendar.days + day
    unique, length = ~rows.again & rows.known, (rows.end - rows.start) / HOUR
    hours = summed(code[unique], length[unique], n * calendar.days).reshape(n, -1)
    seen = hours > 0
    last = calendar.days - 1 - np.argmax(seen[:, ::-1], axis=1)
    first = np.maximum(np.argmax(seen, axis=1), last - BASELINE_DAYS + 1)
    within = (np.arange(calendar.days) >= first[:, None]) & (np.arange(calendar.days) <= last[:, None])
    days = np.where(seen.any(axis=1), last - first + 1, 0)
    valid = (within & (hours >= 12)).sum(axis=1)
    share = np.divide(valid, days, out=np.zeros(n), where=days > 0)
    enough = (days >= ENOUGH_DAYS) & (share >= ENOUGH_SHARE)
    words = [_verdict(*each) for each in zip(days.tolist(), valid.tolist(), share.tolist(), strict=True)]
    return pd.DataFrame(
        {
            "days": days,
            "valid_days": valid,
            "coverage": share,
            "sufficient": enough,
            "words": pd.array(words, dtype=TEXT),
        },
        index=pd.Index(rows.load.accounts.astype(TEXT), name=SUFFICIENCY.index.name),
    )


def _verdict(days: int, valid: int, share: float) -> str:
    counts = f"{valid} valid of {days} days"
    if days < ENOUGH_DAYS:
        return f"insufficient: baseline too short, {counts}, {ENOUGH_DAYS} needed"
    if share < ENOUGH_SHARE:
        return f"insufficient: too many days missing, {counts}, 90 % needed"
    return f"sufficient: {counts}"
