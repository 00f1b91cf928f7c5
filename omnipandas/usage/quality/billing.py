"""Readings against billed months, and billed months against themselves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from omnipandas.intervals.groups import counted, summed
from omnipandas.intervals.ordered import SortedRows
from omnipandas.intervals.readings import monthly_accounts
from omnipandas.intervals.units import DAY, HOUR, Floats, Ints, Mask
from omnipandas.intervals.zones import midnights

from .findings import Found, singles

MONTH_SHARE, MONTH_KWH = 0.001, 0.1
BILL_DAYS = 10  # a bill comes a few days after its month: earlier than this its absence says nothing
COLUMNS = ("on_peak_kwh", "off_peak_kwh", "total_kwh", "cost_usd")


def check_bills(rows: SortedRows, monthly: pd.DataFrame, late: Ints) -> Iterator[Found]:
    """Yield where billed months contradict the hours, or themselves.

    `late` are the accounts of which it is known already that they begin after the range does.
    """
    accounts, place = monthly_accounts(monthly, COLUMNS)
    own = rows.load.accounts.get_indexer(accounts)
    month = pd.DatetimeIndex(monthly.index).to_numpy().astype("datetime64[M]").astype(np.int64)
    on, off, total, cost = (monthly[name].to_numpy(np.float64, na_value=np.nan) for name in COLUMNS)
    kept = own[place] >= 0 if len(accounts) else np.zeros(0, dtype=bool)
    account = own[place][kept] if len(accounts) else np.zeros(0, dtype=np.int64)
    bill = (account, month[kept], on[kept], off[kept], total[kept], cost[kept])
    yield from _check_themselves(rows, bill)
    yield from _check_hours(rows, account, month[kept], total[kept], late)


def _check_themselves(
    rows: SortedRows, bill: tuple[Ints, Ints, Floats, Floats, Floats, Floats]
) -> Iterator[Found]:
    account, month, on, off, total, cost = bill

    def months(code: str, mask: Mask) -> Found:
        at = np.flatnonzero(mask)
        return singles(code, account[at], *month_bounds(rows, month[at]))

    both = account * 100_000 + month
    _, first = np.unique(both, return_index=True)
    again = np.ones(len(both), dtype=bool)
    again[first] = False
    yield months("month_double", again)
    split = ~(np.isnan(on) & np.isnan(off))
    splits = counted(account[split], len(rows.load.accounts)) > 0
    yield months("month_split_missing", ~split & ~np.isnan(total) & splits[account])
    with np.errstate(invalid="ignore"):
        off_by = np.abs(np.nan_to_num(on) + np.nan_to_num(off) - total)
        yield months("month_split_mismatch", split & (off_by > np.maximum(0.001 * np.abs(total), 0.01)))
    costs = counted(account[~np.isnan(cost)], len(rows.load.accounts)) > 0
    yield months("cost_missing", np.isnan(cost) & costs[account])


def _check_hours(rows: SortedRows, account: Ints, month: Ints, total: Floats, late: Ints) -> Iterator[Found]:
    calendar, accounts = rows.calendar, len(rows.load.accounts)
    if not len(rows):
        return
    first = int(calendar.month_of_day[0])
    months = int(calendar.month_of_day[-1]) - first + 1
    code = rows.account * months + calendar.by_day(calendar.month_of_day - first)
    size = accounts * months
    known = rows.known
    hours = summed(code[known], rows.total[known], size)
    billed = np.full(size, np.nan)
    inside = (month >= first) & (month < first + months)
    billed[account[inside] * months + month[inside] - first] = total[inside]
    has_row = counted(account[inside] * months + month[inside] - first, size) > 0
    start, end = month_bounds(rows, np.arange(first, first + months))
    begun = np.full(accounts, np.iinfo(np.int64).max)
    ended = np.full(accounts, np.iinfo(np.int64).min)
    np.minimum.at(begun, rows.account, rows.start)
    np.maximum.at(ended, rows.account, rows.end)
    whole = ((start >= begun[:, None]) & (end <= ended[:, None])).ravel()
    with np.errstate(invalid="ignore"):
        apart = np.abs(hours - billed) > np.maximum(MONTH_SHARE * np.abs(billed), MONTH_KWH)
    due = (end + BILL_DAYS * DAY <= ended[:, None]).ravel()
    later = _billed_later(has_row.reshape(accounts, months)).ravel()
    ever = np.repeat(counted(account, accounts) > 0, months)
    earlier = counted(account[month < first], accounts) > 0
    fresh = ~earlier & ~np.isin(np.arange(accounts), late)
    yield Found("starts_late", *_begun_midway(has_row.reshape(accounts, months), start, begun, fresh, rows))
    for name, mask in (
        ("month_mismatch", whole & apart),
        ("month_missing", whole & ~has_row & ever & (due | later)),
    ):
        at = np.flatnonzero(mask)
        yield singles(name, at // months, start[at % months], end[at % months])


def _begun_midway(
    has_row: Mask, start: Ints, begun: Ints, fresh: Mask, rows: SortedRows
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return accounts whose readings begin within a month and whose bills begin with the month after it."""
    accounts = np.arange(len(begun))
    first = np.searchsorted(start, begun, side="right") - 1
    billed = np.where(has_row.any(axis=1), np.argmax(has_row, axis=1), -2)
    midway = accounts[fresh & (billed == first + 1) & (begun > start[first])]
    step = rows.load.one_length or HOUR
    low, high = start[first[midway]], begun[midway]
    return midway, low, high, (high - low) // step


def _billed_later(has_row: Mask) -> Mask:
    """Mark months after which another one of the account is billed."""
    after = np.zeros_like(has_row)
    after[:, :-1] = np.logical_or.accumulate(has_row[:, :0:-1], axis=1)[:, ::-1]
    return after


def month_bounds(rows: SortedRows, month: Ints) -> tuple[Ints, Ints]:
    """Return first and last instant of local months [microseconds]."""
    both = np.concatenate([month, month + 1]).astype("datetime64[M]")
    edges = midnights(both, rows.calendar.tz).asi8
    return edges[: len(month)], edges[len(month) :]
