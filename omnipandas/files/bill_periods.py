"""Which days a bill is of: from its first day to the day after its last."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd

from omnipandas.errors import QualityWarning, SchemaError
from omnipandas.intervals.units import Ints

from .cells import Days, days_of, is_day
from .histories import INTERVALS, History, month_format, two_days

# A bill is of a month, of two, or of a quarter; first and last ones are shorter.
_USUAL = (20, 100)
_MONTH = (25, 36)
_SHORTEST = 7  # where the median is shorter the file is of days or hours


def bill_periods(history: History, time_format: str | None) -> tuple[History, Days, Days]:
    """Return the bills, each one's first day, and the day after its last.

    Raises
    ------
    SchemaError
        Dates that cannot be read, that run backwards, or that are those of intervals.
    """
    ends = next((name for name in ("end", "read") if name in history), None)
    if "start" in history and ends is not None:
        return _by_both(history, history.cells("start"), history.cells(ends), time_format)
    if "period" in history:
        pairs = [two_days(cell) for cell in history.cells("period")]
        if any(len(pair) != 2 for pair in pairs):
            raise SchemaError(f"column {history.named('period')!r} must hold two dates in each row.")
        return _by_both(history, [pair[0] for pair in pairs], [pair[1] for pair in pairs], time_format)
    if "read" in history:
        return _by_read_date(history, time_format)
    months = _months(history)
    return history, months.astype("datetime64[D]"), (months + 1).astype("datetime64[D]")


def _by_both(
    history: History, starts: list[str], ends: list[str], time_format: str | None
) -> tuple[History, Days, Days]:
    count = len(starts)
    both = days_of([*starts, *ends], "the bills' dates", _likely_pairs, time_format)
    start, end = both[:count], both[count:]
    if (end < start).any():
        at = int(np.argmax(end < start))
        raise SchemaError(f"the bill from {start[at]} ends on {end[at]}, before it starts: mend the file.")
    if np.median(_whole(end - start)) < _SHORTEST:
        raise SchemaError(INTERVALS)
    end = end + np.timedelta64(_last_day_counts(history, start, end), "D")
    if (end == start).any():
        raise SchemaError(f"the bill from {start[int(np.argmax(end == start))]} has no day: mend the file.")
    return history, start, end


def _likely_pairs(days: Days) -> int:
    """Grade starts, and then ends, by how like those of bills they are."""
    length = _whole(days[len(days) // 2 :] - days[: len(days) // 2])
    return _grade(length) if (length >= 0).all() else 0


def _likely_reads(days: Days) -> int:
    return _grade(_whole(np.diff(np.unique(days))))


def _grade(length: Ints) -> int:
    """Return 2 for periods of a month, 1 for those that bills may have, 0 for others."""
    usual = float(np.median(length)) if len(length) else 0.0
    return int(_USUAL[0] <= usual <= _USUAL[1]) + int(_MONTH[0] <= usual <= _MONTH[1])


def _likely_months(days: Days) -> int:
    return int((days == days.astype("datetime64[M]")).all())


def _last_day_counts(history: History, start: Days, end: Days) -> int:
    """Return 1 where the file's ends are the periods' last days, 0 where they are the days after."""
    order, follows = _in_order(history, start)
    apart = _whole(start[order][1:] - end[order][:-1])[follows[1:]]
    if "days" in history:
        apart = np.append(apart, history.numbers("days") - _whole(end - start))
    votes = [int((apart == days).sum()) for days in (0, 1)]
    if votes[0] == votes[1]:
        words = "whether a bill's end date is its last day or the day after: taken as its last day."
        warnings.warn(f"nothing in the file tells {words}", QualityWarning, stacklevel=6)
        return 1
    return int(votes[1] > votes[0])


def _in_order(history: History, days: Days) -> tuple[Ints, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Return the order by account and day, and which bills in it follow one of the same account."""
    account = pd.factorize(history.accounts(None))[0]
    order = np.lexsort((_whole(days), account))
    return order, np.append(False, np.diff(account[order]) == 0)


def _by_read_date(history: History, time_format: str | None) -> tuple[History, Days, Days]:
    """Return the bills of a file that has dates of reading: each ends a bill and starts the next."""
    end = days_of(history.cells("read"), f"column {history.named('read')!r}", _likely_reads, time_format)
    steps = _whole(np.diff(np.unique(end)))
    if len(steps) and np.median(steps) < _SHORTEST:
        raise SchemaError(INTERVALS)
    if "days" in history:
        days = history.numbers("days")
        if not (days >= 1).all():
            raise SchemaError("the column of days must hold a number of days in each row.")
        return history, end - days.astype("timedelta64[D]"), end
    order, follows = _in_order(history, end)
    if not follows.any():
        raise SchemaError("one date of reading tells no period: the reading before is needed too.")
    words = "bill(s) without a reading before them are left out: where they start is unknown."
    warnings.warn(f"{int((~follows).sum())} {words}", QualityWarning, stacklevel=5)
    kept = order[follows]
    before = order[np.flatnonzero(follows) - 1]
    return replace(history, rows=[history.rows[place] for place in kept]), end[before], end[kept]


def _months(history: History) -> Days:
    """Return the bills' calendar months."""
    cells = history.cells("month")
    if "year" in history:
        cells = [f"{month} {year}" for month, year in zip(cells, history.cells("year"), strict=True)]
    elif is_day(cells[0]):
        days = days_of(cells, f"column {history.named('month')!r}", _likely_months, None)
        return days.astype("datetime64[M]")
    if (form := month_format(cells)) is None:
        raise SchemaError(f"{cells[0]!r} is no month with a year: write months as 2025-01 or January 2025.")
    return pd.to_datetime(cells, format=form).to_numpy().astype("datetime64[M]")


def _whole(days: np.ndarray[tuple[int], np.dtype[np.generic]]) -> Ints:
    return days.astype(np.int64)
