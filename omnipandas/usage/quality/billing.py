"""Readings against bills, and bills against themselves."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.billed import billed
from omnipandas.intervals.groups import counted, summed
from omnipandas.intervals.ordered import SortedRows
from omnipandas.intervals.units import DAY, HOUR, Floats, Ints, Mask
from omnipandas.intervals.zones import midnights

from .findings import Found, singles

MONTH_SHARE, MONTH_KWH = 0.001, 0.1
BILL_DAYS = 10  # a bill comes a few days after its month: earlier than this its absence says nothing
COLUMNS = ("on_peak_kwh", "off_peak_kwh", "total_kwh", "cost_usd")


def check_bills(rows: SortedRows, monthly: pd.DataFrame, late: Ints) -> Iterator[Found]:
    """Yield where bills contradict the hours, or themselves.

    `late` are the accounts of which it is known already that they begin after the range does.
    """
    bills = billed(monthly, COLUMNS)
    own = rows.load.accounts.get_indexer(bills.accounts)
    account = own[bills.account] if len(own) else np.zeros(0, dtype=np.int64)
    kept = account >= 0
    if len(rows) and len(account) and not kept.any():
        raise ArgumentError(
            f"the bills are of {bills.accounts[0]} and the readings of {rows.load.accounts[0]}, no service "
            "account is in both: name both alike, for example by service_account_id= where they are read."
        )
    account = account[kept].astype(np.int64)
    on, off, total, cost = (bills.numbers(name)[kept] for name in COLUMNS)
    month = bills.month[kept].astype(np.int64)
    edges = np.concatenate([bills.start[kept], bills.end[kept]])
    start, end = midnights(edges, rows.calendar.tz).as_unit("us").asi8.reshape(2, -1)
    yield from _check_themselves(rows, (account, start, end), (on, off, total, cost))
    if not len(rows):
        return
    if bills.monthly:
        yield from _check_hours(rows, account, month, total, late)
    else:
        yield from _check_periods(rows, (account, start, end), total)


def _check_themselves(
    rows: SortedRows, period: tuple[Ints, Ints, Ints], usage: tuple[Floats, Floats, Floats, Floats]
) -> Iterator[Found]:
    account, start, end = period
    on, off, total, cost = usage

    def months(code: str, mask: Mask) -> Found:
        at = np.flatnonzero(mask)
        return singles(code, account[at], start[at], end[at])

    order = np.lexsort((start, account))
    again = np.zeros(len(account), dtype=bool)
    same = account[order][1:] == account[order][:-1]
    again[order[1:]] = same & (start[order][1:] < end[order][:-1])
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
    first = int(calendar.month_of_day[0])
    months = int(calendar.month_of_day[-1]) - first + 1
    code = rows.account * months + calendar.by_day(calendar.month_of_day - first)
    size = accounts * months
    known = rows.known
    hours = summed(code[known], rows.total[known], size)
    billed_kwh = np.full(size, np.nan)
    inside = (month >= first) & (month < first + months)
    billed_kwh[account[inside] * months + month[inside] - first] = total[inside]
    has_row = counted(account[inside] * months + month[inside] - first, size) > 0
    start, end = month_bounds(rows, np.arange(first, first + months))
    begun, ended = _spans(rows)
    whole = ((start >= begun[:, None]) & (end <= ended[:, None])).ravel()
    apart = _apart(hours, billed_kwh)
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


def _check_periods(rows: SortedRows, period: tuple[Ints, Ints, Ints], total: Floats) -> Iterator[Found]:
    """Yield bills by read dates that differ from the hours, and what lies between bills and has none."""
    order = np.lexsort((period[1], period[0]))
    account, start, end = (part[order] for part in period)
    begun, ended = _spans(rows)
    hours = _usage_between(rows, account, start, end)
    wrong = (start >= begun[account]) & (end <= ended[account]) & _apart(hours, total[order])
    yield singles("month_mismatch", account[wrong], start[wrong], end[wrong])
    last = np.append(account[1:] != account[:-1], True)[: len(account)]
    # After the last bill the next one is missed once it would be due, were it as long as the last.
    until = np.where(last, end + (end - start), np.append(start[1:], 0)[: len(start)])
    due = np.where(last, until + BILL_DAYS * DAY, until) <= ended[account]
    absent = due & (until > end) & (end >= begun[account])
    yield singles("month_missing", account[absent], end[absent], until[absent])


def _usage_between(rows: SortedRows, account: Ints, start: Ints, end: Ints) -> Floats:
    """Return an account's known usage from each start to each end [kWh]."""
    running = np.append(0.0, np.cumsum(np.where(rows.known, rows.total, 0.0)))
    usage = np.zeros(len(account))
    for own in np.unique(account):
        low, high = np.searchsorted(rows.account, [own, own + 1])
        bills = account == own
        first, after = (low + np.searchsorted(rows.start[low:high], edge[bills]) for edge in (start, end))
        usage[bills] = running[after] - running[first]
    return usage


def _spans(rows: SortedRows) -> tuple[Ints, Ints]:
    """Return each account's first start and last end [microseconds]."""
    accounts = len(rows.load.accounts)
    begun = np.full(accounts, np.iinfo(np.int64).max)
    ended = np.full(accounts, np.iinfo(np.int64).min)
    np.minimum.at(begun, rows.account, rows.start)
    np.maximum.at(ended, rows.account, rows.end)
    return begun, ended


def _apart(hours: Floats, bill: Floats) -> Mask:
    """Mark sums of hours that differ from the bill [kWh]; from an unknown one none does."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(hours - bill) > np.maximum(MONTH_SHARE * np.abs(bill), MONTH_KWH))


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
