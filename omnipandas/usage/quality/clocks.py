"""Which clock stamped the readings, and whether a stamp is an interval's start or its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from omnipandas.intervals.ordered import SortedRows
from omnipandas.intervals.schedules import PeakSchedule
from omnipandas.intervals.units import DAY, HOUR, Floats, Ints, Mask
from omnipandas.intervals.zones import Change, changes, zoned


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What an account's rows say of the clock.

    Parameters
    ----------
    code : str
        ``clock_wall`` or ``clock_utc``.
    account : int
        Which account.
    stretches : tuple of (int, int)
        Gaps and doubles that it explains [microseconds].
    """

    code: str
    account: int
    stretches: tuple[tuple[int, int], ...]


def diagnoses(rows: SortedRows) -> list[Diagnosis]:
    """Return the accounts whose gaps and doubles lie where only another clock puts them."""
    if not len(rows):
        return []
    gap_account, gap_start, gap_end, _ = rows.gaps
    again = np.flatnonzero(rows.again)
    if not len(gap_account) and not len(again):
        return []
    found = []
    low, high = int(rows.start.min()) - DAY, int(rows.end.max()) + DAY
    all_changes = changes(rows.calendar.tz, low, high)
    for account in np.union1d(gap_account, rows.account[again]).tolist():
        own = rows.account == account
        span = int(rows.start[own].min()), int(rows.end[own].max())
        gaps = set(
            zip(
                gap_start[gap_account == account].tolist(),
                gap_end[gap_account == account].tolist(),
                strict=True,
            )
        )
        doubles = set(rows.start[again[rows.account[again] == account]].tolist())
        for code in _TRACES:
            if evidence := _evidence(code, all_changes, span, gaps, doubles):
                found.append(Diagnosis(code, int(account), evidence))
                break
    return found


def _wall_traces(change: Change) -> tuple[bool, list[tuple[int, int]]]:
    """Return whether hours are lost, and where: wall time read as UTC lacks what spring leaves out and
    doubles autumn's.
    """
    return change.forward, [change.wall]


def _utc_traces(change: Change) -> tuple[bool, list[tuple[int, int]]]:
    """Return whether hours are lost, and where: UTC read as wall time comes twice where spring has no
    such hour, and fills one of autumn's two.
    """
    length = abs(change.after - change.before)
    after, before = (change.at, change.at + length), (change.at - length, change.at)
    return (False, [after]) if change.forward else (True, [after, before])


# What another clock leaves at a change. Files often drop autumn's second hour though they are in wall time:
# UTC needs evidence of both kinds, from changes of both.
_TRACES = {"clock_wall": (_wall_traces, 1), "clock_utc": (_utc_traces, 2)}


def _evidence(
    code: str,
    all_changes: Iterable[Change],
    span: tuple[int, int],
    gaps: set[tuple[int, int]],
    doubles: set[int],
) -> tuple[tuple[int, int], ...]:
    """Return the gaps and doubles of one clock, where every change within the span has left its own."""
    traces, kinds = _TRACES[code]
    stretches = []
    sides = set()
    for change in all_changes:
        lost, places = traces(change)
        if not all(span[0] < low and high < span[1] for low, high in places):
            continue
        hits = [place for place in places if (place in gaps if lost else place[0] in doubles)]
        if not hits:
            return ()
        sides.add(lost)
        stretches.append(hits[0])
    return tuple(stretches) if len(sides) >= kinds else ()


def explained(rows_start: Ints, rows_account: Ints, found: list[Diagnosis]) -> Mask:
    """Mark the rows or gaps that a diagnosis explains."""
    mask = np.zeros(len(rows_start), dtype=bool)
    for diagnosis in found:
        own = rows_account == diagnosis.account
        for low, high in diagnosis.stretches:
            mask |= own & (rows_start >= low) & (rows_start < high)
    return mask


def label_shift(rows: SortedRows, schedule: PeakSchedule) -> dict[int, tuple[float, float]]:
    """Return, for accounts whose split fits the schedule better one interval earlier, both agreements.

    A split changes at the schedule's hours exactly: where nearly every row agrees once its stamp is
    taken for the interval's end, it is one.
    """
    told = (np.abs(np.nan_to_num(rows.on) - np.nan_to_num(rows.off)) > 0) & rows.known
    on = np.nan_to_num(rows.on) > np.nan_to_num(rows.off)
    agreements = []
    for shift in (0, 1):
        stamps = rows.start - shift * (rows.end - rows.start)
        index = zoned(stamps, rows.calendar.tz)
        agreements.append(schedule.on_peak(index) == on)
    shifted = {}
    for account in range(len(rows.load.accounts)):
        own = told & (rows.account == account)
        if own.any():
            here, earlier = (float(agreement[own].mean()) for agreement in agreements)
            if earlier > 0.99 and earlier > here + 0.02:
                shifted[account] = (here, earlier)
    return shifted


def solar_lag(rows: SortedRows, export: Floats, longitude: float) -> dict[int, float]:
    """Return how long after solar noon each account's export is centred, taken as labelled at the start [h].

    Notes
    -----
    Solar noon from longitude and the equation of time, 9.87 sin 2B - 7.53 cos B - 1.5 sin B minutes with
    B = 360 (n - 81) / 365 degrees (Duffie and Beckman, Solar Engineering of Thermal Processes, 1.5).
    """
    middle = (rows.start + rows.end) / 2
    day_of_year = (rows.start // DAY) % 365.25
    b = np.deg2rad(360 * (day_of_year - 81) / 365)
    minutes = 9.87 * np.sin(2 * b) - 7.53 * np.cos(b) - 1.5 * np.sin(b)
    solar = (middle / HOUR + longitude / 15 + minutes / 60) % 24 - 12
    weight = np.nan_to_num(export)
    lags = {}
    for account in range(len(rows.load.accounts)):
        own = rows.account == account
        if weight[own].sum() > 0:
            lags[account] = float(np.average(solar[own], weights=weight[own]))
    return lags
