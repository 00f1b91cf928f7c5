"""Whether the values themselves can be true."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from omnipandas.intervals.groups import counted
from omnipandas.intervals.ordered import SortedRows, whole_hours
from omnipandas.intervals.units import DAY, HOUR

from .findings import Found, runs, runs_of

SPLIT_SHARE, SPLIT_KWH = 0.001, 0.01
ZERO_HOURS = 3.0
HABIT_SHARE, HABIT_HOURS = 0.05, 48.0
FLAT_HOURS = 24.0
REPEATED_HOURS = 48.0
OUTLIER_DAYS, OUTLIER_TIMES = 30, 3.0


def check_values(rows: SortedRows) -> Iterator[Found]:
    """Yield values that contradict each other, or that a meter hardly reads."""
    where = rows.account, rows.start, rows.end
    total, known = rows.total, rows.known
    if not known.all():
        yield runs("unknown_usage", ~known, *where)
    with np.errstate(invalid="ignore"):
        split = ~(np.isnan(rows.on) & np.isnan(rows.off))
        if not split.all():
            some = counted(rows.account[split], len(rows.load.accounts)) > 0
            yield runs("split_missing", known & ~split & some[rows.account], *where)
        off_by = np.abs(np.nan_to_num(rows.on) + np.nan_to_num(rows.off) - total)
        tolerance = np.maximum(SPLIT_SHARE * np.abs(total), SPLIT_KWH)
        yield runs("split_mismatch", split & (off_by > tolerance), *where)
        yield runs("negative_usage", (total < 0) | (rows.on < 0) | (rows.off < 0), *where)
    yield from _check_zeros(rows)
    yield from _check_repetition(rows)
    yield from _check_outliers(rows)


def _check_zeros(rows: SortedRows) -> Iterator[Found]:
    zero = rows.total == 0
    if not zero.any():
        return
    first, last = runs_of(zero, rows.account, rows.start, rows.end)
    hours = whole_hours(rows, first, last)
    long = hours >= ZERO_HOURS
    size = len(rows.load.accounts)
    day = rows.calendar.day
    days = counted(rows.account[~rows.same_account | np.append(True, day[1:] != day[:-1])], size)
    often = counted(rows.account[first[long]], size) > HABIT_SHARE * days
    kept = long & (~often[rows.account[first]] | (hours >= HABIT_HOURS))
    first, last = first[kept], last[kept]
    yield Found("zero_run", rows.account[first], rows.start[first], rows.end[last], last - first + 1)


def _check_repetition(rows: SortedRows) -> Iterator[Found]:
    """Yield values that stay the same for a day, and days that repeat the day before."""
    step = rows.load.one_length
    if step is None:
        return
    yield from _check_lag(rows, "flat_run", 1, FLAT_HOURS - step / HOUR)
    yield from _check_lag(rows, "repeated_days", DAY // step, REPEATED_HOURS - 24)


def _check_lag(rows: SortedRows, code: str, lag: int, hours: float) -> Iterator[Found]:
    """Yield stretches of at least `hours` that equal what came `lag` rows before."""
    total, step = rows.total, rows.end[0] - rows.start[0]
    same = np.zeros(len(rows), dtype=bool)
    same[lag:] = (total[lag:] == total[:-lag]) & (total[lag:] != 0)
    if np.count_nonzero(same) * step < hours * HOUR:
        return
    apart = rows.start[lag:] - rows.start[:-lag]
    same[lag:] &= (rows.account[lag:] == rows.account[:-lag]) & (apart == lag * step)
    first, last = runs_of(same, rows.account, rows.start, rows.end)
    long = whole_hours(rows, first, last) >= hours
    first, last = first[long], last[long]
    if lag > 1:
        # A flat line repeats itself at every lag: it has been noted as flat.
        pairs = zip(first.tolist(), last.tolist(), strict=True)
        varied = np.array([np.ptp(total[a : b + 1]) > 0 for a, b in pairs], dtype=bool)
        first, last = first[varied], last[varied]
    yield Found(code, rows.account[first], rows.start[first - lag], rows.end[last], last - first + 1 + lag)


def _check_outliers(rows: SortedRows) -> Iterator[Found]:
    day = rows.calendar.day
    edge = np.append(True, day[1:] != day[:-1]) | ~rows.same_account
    first = np.flatnonzero(edge)
    peaks = np.maximum.reduceat(np.where(rows.known, rows.total, 0.0), first)
    owner = rows.account[first]
    limit = np.full(len(rows.load.accounts), np.inf)
    bounds = np.searchsorted(owner, np.arange(len(limit) + 1))
    for account, (low, high) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
        if high - low >= OUTLIER_DAYS:
            place = int(0.99 * (high - low - 1))
            limit[account] = OUTLIER_TIMES * np.partition(peaks[low:high], place)[place]
    if (peaks > limit[owner]).any():
        mask = rows.known & (rows.total > limit[rows.account])
        yield runs("outlier", mask & (rows.total > 0), rows.account, rows.start, rows.end)
