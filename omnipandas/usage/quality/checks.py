"""Whether to believe what the meter says: readings against the calendar, themselves and the bills."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.ordered import SortedRows, sorted_rows
from omnipandas.intervals.schedules import PeakSchedule
from omnipandas.intervals.units import DAY
from omnipandas.intervals.zones import in_zone

from .billing import check_bills
from .clocks import Diagnosis, diagnoses, explained, label_shift, solar_lag
from .coverage import coverage, spans, sufficiency
from .findings import NONE, Found, findings_table, runs
from .plausibility import check_values
from .revisions import check_revisions
from .usage_report import UsageReport


def check_usage(
    hourly: pd.DataFrame,
    monthly: pd.DataFrame | None = None,
    *,
    previous: pd.DataFrame | None = None,
    start: object = None,
    end: object = None,
    schedule: PeakSchedule | None = None,
    longitude: float | None = None,
) -> UsageReport:
    """Return a report of what is wrong with the readings: a frame of findings, and coverage by month.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS, of one account or of many, in any order.
    monthly : DataFrame, optional
        MONTHLY, against which local months are summed, or BILLS, against which the days of each bill are.
    previous : DataFrame, optional
        INTERVALS of an earlier pull, to tell what changed since.
    start, end : str or Timestamp, optional
        The range that was asked for, half-open, naive bounds in the frame's zone; by default each
        account is held to the first and last reading of all accounts in the frame.
    schedule : PeakSchedule, optional
        The utility's peak hours; shows whether stamps are starts or ends of intervals.
    longitude : float, optional
        Of the premise [degrees, east positive]; with a column `export_kwh` the sun shows the same.

    Returns
    -------
    UsageReport
        A frame of FINDINGS, each an unbroken range of one account with code, rows, meaning and suggestion;
        empty where nothing is wrong. Its `coverage` is COVERAGE, its `sufficiency` SUFFICIENCY. An
        empty frame gives an empty report.

    Raises
    ------
    SchemaError
        Where a frame is not INTERVALS, or neither MONTHLY nor BILLS.
    ArgumentError
        Where `start` is not before `end`, or bills and readings have no account in common.

    Notes
    -----
    On-peak and off-peak must add up to the total within 0.1 % or 0.01 kWh, hours to the bill within 0.1 % or
    0.1 kWh. Zeros are reported from 3 h on, or 48 h where the account has such zeros on more than 5 % of its
    days; the same value from 24 h on; days that repeat the day before from two days on. An outlier is more
    than 3 times the 99th percentile of the account's daily peaks. Months without a bill are reported once
    a later month is billed, or the readings go on for ten days. Sufficiency as CalTRACK 2.0 has it
    (https://docs.caltrack.org, 2.2): 329 to 366 days, 90 % of them with half of their intervals or more.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-03-11", "2023-03-14", freq="h", tz="America/New_York", inclusive="left")
    >>> hourly = pd.DataFrame(
    ...     {
    ...         "service_account_id": "a",
    ...         "interval_end": index + pd.Timedelta("1h"),
    ...         "on_peak_kwh": 0.0,
    ...         "off_peak_kwh": [0.5 + n % 7 / 10 for n in range(71)],
    ...     },
    ...     index=index,
    ... )
    >>> report = op.check_usage(hourly.assign(total_kwh=hourly["off_peak_kwh"]).drop(index[20:22]))
    >>> report[["code", "start", "rows"]]
            code                     start  rows
    finding
    0        gap 2023-03-11 20:00:00-05:00     2
    >>> report.coverage[["expected", "received", "missing"]]
                expected  received  missing
    month
    2023-03-01        71        69        2
    """
    rows = sorted_rows(hourly)
    low, high = _range(rows, start, end)
    found: list[Found] = []
    if len(rows):
        found += _check_calendar(rows, low, high)
        found += check_values(rows)
        found += _check_labels(rows, hourly, schedule, longitude)
    if monthly is not None:
        late = np.concatenate([NONE, *(each.account for each in found if each.code == "starts_late")])
        found += check_bills(rows, monthly, late)
    if previous is not None:
        found += check_revisions(rows, previous)
    return UsageReport(findings_table(rows.load, found), coverage(rows, low, high), sufficiency(rows))


def _range(rows: SortedRows, start: object, end: object) -> tuple[int | None, int | None]:
    """Return the range that was asked for [microseconds]."""
    bounds: list[int | None] = []
    for bound in (start, end):
        if bound is None:
            bounds.append(None)
            continue
        stamp = pd.Timestamp(bound)  # type: ignore[arg-type]  # whatever pandas takes for a time, users give
        bounds.append(int(in_zone(stamp, rows.calendar.tz).as_unit("us").asm8.astype(np.int64)))
    low, high = bounds
    if low is not None and high is not None and low >= high:
        raise ArgumentError(f"start must lie before end, not {start} and {end}.")
    return low, high


def _check_calendar(rows: SortedRows, low: int | None, high: int | None) -> Iterator[Found]:
    begun, ended, low_all, high_all = spans(rows, low, high)
    # Accounts of several zones in one frame begin some hours apart: less than a day is no finding.
    slack_low, slack_high = DAY if low is None else 0, DAY if high is None else 0
    step = rows.load.one_length or int(np.median(rows.end - rows.start))
    late = np.flatnonzero(begun > low_all + slack_low)
    absent = (begun[late] - low_all) // step
    yield Found("starts_late", late, np.full(len(late), low_all), begun[late], absent)
    early = np.flatnonzero(ended < high_all - slack_high)
    absent = (high_all - ended[early]) // step
    yield Found("ends_early", early, ended[early], np.full(len(early), high_all), absent)
    found = diagnoses(rows)
    for diagnosis in found:
        pieces = np.array(diagnosis.stretches)
        one = np.array([diagnosis.account])
        yield Found(diagnosis.code, one, pieces[:1, 0], pieces[-1:, 1], np.array([len(pieces)]))
    account, start, end, absent = rows.gaps
    other = ~explained(start, account, found)
    yield Found("gap", account[other], start[other], end[other], absent[other])
    yield from _check_doubles(rows, found)


def _check_doubles(rows: SortedRows, found: list[Diagnosis]) -> Iterator[Found]:
    again = rows.again
    if again.any():
        place = np.arange(len(rows))
        first = np.maximum.accumulate(np.where(again, 0, place))
        equal = rows.end == rows.end[first]
        for values in (rows.total, rows.on, rows.off):
            equal &= (values == values[first]) | (np.isnan(values) & np.isnan(values[first]))
        again = again & ~explained(rows.start, rows.account, found)
        for code, mask in (("exact_double", again & equal), ("differing_double", again & ~equal)):
            at = np.flatnonzero(mask)
            each = rows.account[at], rows.start[at], rows.end[at]
            yield runs(code, np.ones(len(at), dtype=bool), *each)
    inside = ~rows.again
    behind = np.flatnonzero(inside)
    over = np.append(False, (rows.start[behind[1:]] < rows.end[behind[:-1]]) & rows.same_account[behind[1:]])
    if over.any():
        mask = np.zeros(len(rows), dtype=bool)
        mask[behind[over]] = True
        yield runs("overlap", mask, rows.account, rows.start, rows.end)


def _check_labels(
    rows: SortedRows, hourly: pd.DataFrame, schedule: PeakSchedule | None, longitude: float | None
) -> Iterator[Found]:
    late: set[int] = set(label_shift(rows, schedule)) if schedule is not None else set()
    if longitude is not None and "export_kwh" in hourly:
        export = hourly["export_kwh"].to_numpy(dtype=np.float64, na_value=np.nan)
        lags = solar_lag(rows, export if rows.order is None else export[rows.order], longitude)
        late |= {account for account, lag in lags.items() if lag > 0.5}
    for account in sorted(late):
        own = np.flatnonzero(rows.account == account)
        one = np.array([account])
        yield Found("label_end", one, rows.start[own[:1]], rows.end[own[-1:]], np.array([len(own)]))
