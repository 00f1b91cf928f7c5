"""How long intervals are, where a file does not say it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np

from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.intervals.units import DAY, MINUTE, Floats, Ints, Mask
from omnipandas.intervals.zones import instants_of, midnights, wall_time

LENGTHS = (60, 30, 15, 10, 5, 1, 1440)
_DAY = 1440
_ALLOWED = np.isin(np.arange(_DAY + 2), LENGTHS)
# An account's length rules; coarser days count only where several in a row say so, as a gap looks like one.
_RUN = 3
_BILL = 20 * DAY


def checked_minutes(minutes: int | None) -> int | None:
    """Return a length of intervals [min].

    Raises
    ------
    ArgumentError
        Where no interval is of that length.
    """
    if minutes is not None and (isinstance(minutes, bool) or minutes not in LENGTHS):
        raise ArgumentError(f"minutes must be one of {', '.join(map(str, LENGTHS))}, not {minutes!r}.")
    return None if minutes is None else int(minutes)


def minutes_of(account: Ints, start: Ints, stated: Floats, zone: ZoneInfo, minutes: int | None) -> Ints:
    """Return each row's length [min] by the steps of its account, where the file or the caller names none.

    Parameters
    ----------
    account : numpy.ndarray
        Code of each row's account.
    start : numpy.ndarray
        Instants [us since 1970 UTC], in any order.
    stated : numpy.ndarray
        What the file says [min], NaN where it does not.

    Raises
    ------
    SchemaError
        Where neither steps nor the file tell.
    """
    if minutes is not None:
        return np.full(len(start), minutes)
    if np.isin(stated, LENGTHS).all() and (stated == stated[0]).all():
        return stated.astype(np.int64)
    many = bool((account != account[0]).any())
    order = np.lexsort((start, account)) if many or (np.diff(start) < 0).any() else np.arange(len(start))
    own, at = account[order], start[order]
    local = wall_time(zone, at, int(at.min()), int(at.max()))
    step = _steps(own, at, local)
    given = np.where(np.isin(stated, LENGTHS), stated, 0).astype(np.int64)[order]
    found = np.empty(len(at), dtype=np.int64)
    edges = [0, *(np.flatnonzero(np.diff(own)) + 1).tolist(), len(own)]
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        rows = slice(low, high)
        found[rows] = _of_account(step[low : high - 1], given[rows], local[rows] // DAY, at[rows])
    minutes_by_row = np.empty(len(at), dtype=np.int64)
    minutes_by_row[order] = found
    return minutes_by_row


def ends_of(start: Ints, minutes: Ints, zone: ZoneInfo) -> Ints:
    """Return where intervals end: of days at the next local midnight, where they begin at one."""
    end = start + minutes * MINUTE
    days = np.flatnonzero(minutes == _DAY)
    if len(days):
        local = wall_time(zone, start[days], int(start[days].min()), int(start[days].max()))
        first = midnights((local // DAY).astype("datetime64[D]"), zone)
        after = midnights((local // DAY + 1).astype("datetime64[D]"), zone)
        whole = instants_of(first) == start[days]
        end[days[whole]] = instants_of(after)[whole]
    return end


def _steps(account: Ints, at: Ints, local: Ints) -> Ints:
    """Return the steps from row to row [min], from midnight to midnight a day's; 0 where it is no length."""
    step = np.diff(at) // MINUTE
    midnight = local % DAY == 0
    if not (midnight[1:] & midnight[:-1]).any():
        return _allowed(step, account)
    day = np.diff(local // DAY)
    # Where clocks change at midnight a day begins an hour later.
    daily = (day == 1) & midnight[1:] & midnight[:-1] & (step >= _DAY - 120) & (step <= _DAY + 120)
    return _allowed(np.where(daily, _DAY, step), account)


def _allowed(step: Ints, account: Ints) -> Ints:
    """Return steps [min], 0 where they are no length or lead to another account."""
    allowed = _ALLOWED[np.clip(step, 0, _DAY + 1)]
    return np.where(allowed & (account[1:] == account[:-1]), step, 0)


def _of_account(step: Ints, stated: Ints, day: Ints, at: Ints) -> Ints:
    """Return the length of each row of an account [min]."""
    if stated.any():
        usual = _commonest(stated[stated > 0])
        finer = stated > 0
        return _by_day(np.where(finer, stated, 0), day, usual)
    allowed = step[step > 0]
    if not len(allowed):
        if len(at) > 2 and np.median(np.diff(at)) >= _BILL:
            raise SchemaError(
                "the rows are weeks or months apart: this looks like a bill history. Read it by op.read_bills(path)."
            )
        raise SchemaError(
            "no length of intervals can be found, an account has too few rows: give minutes=, for example minutes=60."
        )
    usual = _commonest(allowed)
    if (allowed == usual).all():
        return np.full(len(day), usual)
    return _by_day(np.append(step, 0), day, usual)


def _by_day(step: Ints, day: Ints, usual: int) -> Ints:
    """Return the length of each row: the account's, but for finer days, and for coarser ones in a row."""
    days, code = np.unique(day, return_inverse=True)
    found = np.full(len(days), usual)
    odd = np.unique(code[(step > 0) & (step != usual)])
    for place in odd:
        own = step[(code == place) & (step > 0)]
        found[place] = _commonest(own)
    coarse = found > usual
    found[coarse & ~_in_run(coarse)] = usual
    return found[code]


def _in_run(marks: Mask) -> Mask:
    """Mark what stands in a run of several that are marked."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marks.astype(np.int8), [0]])))
    kept = np.zeros(len(marks), dtype=bool)
    for low, high in zip(edges[::2], edges[1::2], strict=True):
        kept[low:high] = high - low >= _RUN
    return kept


def _commonest(lengths: Ints) -> int:
    counts = np.bincount(lengths)
    return len(counts) - 1 - int(np.argmax(counts[::-1]))
