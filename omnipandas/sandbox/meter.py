"""What the meter of a premise counted, hour by hour, and the dirt in what the utility then sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from .businesses import Business, business_load
from .calendars import Hours, day_start, span, utc_hour, year_hours
from .draws import Floats, Ints, bits, stream
from .homes import home_load, solar_yield
from .premises import DirtKind, DirtRule, Premise
from .utilities import sums

FIRST_YEAR = 2021
CORRECTED_AFTER = timedelta(days=25)
BILL_AFTER = timedelta(days=3)
LATE_BILL_AFTER = timedelta(days=75)


@dataclass(frozen=True, slots=True)
class Dirt:
    """One thing wrong with a premise's readings.

    Parameters
    ----------
    kind : str
        Which: gap, outage, exact_doubles, differing_doubles, split_missing, total_mismatch, estimated,
        late_month or linked_midway.
    start, end : datetime
        The stretch, half-open, in the premise's zone.
    rows : int
        Interval rows that it touches: missing, zero, doubled or wrong; 0 for a month's bill.
    meaning : str
        What it is, in a sentence.
    months : tuple of str
        Months (``YYYY-MM``) in which, because of it, the hours do not add up to the bill.
    settled : date or None
        The day from which a correction or a late bill is there.
    """

    kind: DirtKind
    start: datetime
    end: datetime
    rows: int
    meaning: str
    months: tuple[str, ...] = ()
    settled: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Interval rows of a local calendar year as the utility sends them.

    Parameters
    ----------
    hours : Hours
        The hour of each row; doubled rows are there twice.
    on, off, total : array of int, shape (n,)
        Usage [Wh].
    version : array of int, shape (n,)
        0, or 1 for a row that was sent again with other values.
    """

    hours: Hours
    on: Ints
    off: Ints
    total: Ints
    version: Ints


def history_start(premise: Premise, today: date) -> date:
    """Return the first local day with readings: three full calendar years before this one at the least."""
    if premise.midway:
        return premise.linked
    return date(min(FIRST_YEAR, today.year - 3), 1, 1)


def happened(premise: Premise, today: date) -> list[Dirt]:
    """Return all the dirt in a premise's readings from the start of its history to the day before `today`."""
    start = history_start(premise, today)
    found = []
    if premise.midway and premise.linked < today:
        begun = datetime.combine(premise.linked, datetime.min.time(), ZoneInfo(premise.zone))
        found.append(
            Dirt("linked_midway", begun, begun, 0, "linked midway: no readings or bills from before")
        )
    for year in range(start.year, today.year + 1):
        for rule in premise.dirt:
            first, last = _bounds(premise, rule, year)
            if year % 3 == rule.year and last.date() < today:
                found.append(_dirt(rule, first, last))
    return sorted(found, key=lambda dirt: dirt.start)


def _bounds(premise: Premise, rule: DirtRule, year: int) -> tuple[datetime, datetime]:
    zone = ZoneInfo(premise.zone)
    first = datetime(year, rule.month, rule.day, rule.hour, tzinfo=zone)
    if rule.hours:
        return first, (first.astimezone(UTC) + timedelta(hours=rule.hours)).astimezone(zone)
    return first, datetime(year + rule.month // 12, rule.month % 12 + 1, 1, tzinfo=zone)


def _dirt(rule: DirtRule, first: datetime, last: datetime) -> Dirt:
    settled = None
    if rule.kind == "estimated":
        settled = last.date() + CORRECTED_AFTER
    if rule.kind == "late_month":
        settled = last.date() + LATE_BILL_AFTER
    months: tuple[str, ...] = ()
    if rule.kind in {"gap", "differing_doubles", "total_mismatch"}:
        final = last - timedelta(hours=1)
        months = tuple(sorted({f"{first:%Y-%m}", f"{final:%Y-%m}"}))
    return Dirt(rule.kind, first, last, rule.hours, rule.meaning, months, settled)


def unsettled(premise: Premise, year: int, today: date) -> bool:
    """Return whether the year still holds an estimate that has not been corrected by `today`."""
    return any(
        rule.kind == "estimated"
        and year % 3 == rule.year
        and today < _bounds(premise, rule, year)[1].date() + CORRECTED_AFTER
        for rule in premise.dirt
    )


@lru_cache(maxsize=96)
def counted(premise: Premise, year: int, estimated: bool = False) -> Ints:
    """Return the usage of each hour of a local calendar year as it is billed [Wh].

    `estimated` gives the year as it stood before the utility corrected an estimated stretch.
    """
    hours = year_hours(premise.zone, year)
    wh = np.floor(_load(premise, hours) * 1000.0 + 0.5).astype(np.int64)
    for rule in premise.dirt:
        if year % 3 == rule.year and rule.kind in {"outage", "estimated"}:
            stretch = _stretch(premise, rule, year, hours)
            if rule.kind == "outage":
                wh[stretch] = 0
            elif estimated:
                typical = np.array(
                    [wh[hours.hour == hour].sum() // (hours.hour == hour).sum() for hour in range(24)]
                )
                wh[stretch] = typical[hours.hour[stretch]]
    wh.setflags(write=False)
    return wh


def _load(premise: Premise, hours: Hours) -> Floats:
    if isinstance(premise.load, Business):
        return np.maximum(business_load(premise.key, premise.load, premise.climate, hours), 0.02)
    load = np.maximum(home_load(premise.key, premise.load, premise.climate, hours), 0.02)
    if not premise.load.roof:
        return load
    return np.maximum(
        load - solar_yield(premise.load, premise.climate, (premise.latitude, premise.longitude), hours), 0.0
    )


def _stretch(premise: Premise, rule: DirtRule, year: int, hours: Hours) -> slice:
    first, last = (utc_hour(bound) - int(hours.utc[0]) for bound in _bounds(premise, rule, year))
    return slice(first, last)


def readings(premise: Premise, year: int, estimated: bool = False) -> Readings:
    """Return the interval rows of a local calendar year, dirt included, in the order of true time."""
    hours = year_hours(premise.zone, year)
    total = counted(premise, year, estimated)
    on = np.where(premise.utility.on_peak(hours), total, 0)
    off = total - on
    total = total.copy()
    rows = np.arange(len(total))
    version = np.zeros(len(total), dtype=np.int64)
    for rule in premise.dirt:
        if year % 3 != rule.year or not rule.hours:
            continue
        stretch = _stretch(premise, rule, year, hours)
        if rule.kind == "total_mismatch":
            total[stretch] = total[stretch] * 3 // 4
        elif rule.kind == "gap":
            keep = (rows < stretch.start) | (rows >= stretch.stop)
            rows, version = rows[keep], version[keep]
        elif rule.kind in {"exact_doubles", "differing_doubles"}:
            again = rows[(rows >= stretch.start) & (rows < stretch.stop)]
            rows = np.concatenate([rows, again])
            versions = np.full(len(again), int(rule.kind == "differing_doubles"))
            version = np.concatenate([version, versions])
    order = np.lexsort((version, rows))
    rows, version = rows[order], version[order]
    # What is sent again differs by 3 to 9 %, and by 0.01 kWh at the least.
    other = (
        10
        + total
        * (30 + (bits(stream(premise.key, "again"), hours.utc) % np.uint64(60)).astype(np.int64))
        // 1000
    )
    add = np.where(version == 1, other[rows], 0)
    more_on = np.where(on[rows] > 0, add, 0)
    return Readings(
        Hours(hours.utc[rows], hours.wall[rows]),
        on[rows] + more_on,
        off[rows] + add - more_on,
        total[rows] + add,
        version,
    )


@dataclass(frozen=True, slots=True)
class Bill:
    """A local calendar month.

    Parameters
    ----------
    year, month : int
        Which.
    on_wh, off_wh, total_wh : int
        Usage [Wh]; on and off are 0 where the split is missing.
    cents : int
        What it cost.
    """

    year: int
    month: int
    on_wh: int
    off_wh: int
    total_wh: int
    cents: int


def bills(premise: Premise, year: int, today: date) -> list[Bill]:
    """Return the months of `year` that are billed by `today`: three days after they end, or late."""
    start = history_start(premise, today)
    found = []
    for month in range(1, 13):
        first, after = date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
        kinds = {r.kind for r in premise.dirt if r.month == month and year % 3 == r.year and not r.hours}
        wait = LATE_BILL_AFTER if "late_month" in kinds else BILL_AFTER
        if first < start or today < after + wait:
            continue
        hours = span(premise.zone, day_start(premise.zone, first), day_start(premise.zone, after))
        begin = int(hours.utc[0]) - day_start(premise.zone, date(year, 1, 1))
        wh = counted(premise, year, unsettled(premise, year, today))[begin : begin + len(hours.utc)]
        on, off = sums(wh, premise.utility.on_peak(hours))
        tariff = premise.utility.business if isinstance(premise.load, Business) else premise.utility.home
        cents = tariff.cents(on, off)
        if "split_missing" in kinds:
            found.append(Bill(year, month, 0, 0, on + off, cents))
        else:
            found.append(Bill(year, month, on, off, on + off, cents))
    return found
