"""A tariff compiled over a timeline, ready to price any load that lies on it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial, singledispatch
from typing import Literal, Protocol

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError, TariffError
from omnipandas.intervals.holidays import holiday_mask
from omnipandas.intervals.units import MINUTE, Floats
from omnipandas.intervals.week_tables import DayKinds
from omnipandas.tariffs.components import (
    COMPONENTS,
    Charge,
    Coincident,
    Demand,
    Energy,
    Fixed,
    Minimum,
    Rider,
    Timed,
)
from omnipandas.tariffs.model import Tariff

from .demand_items import CoincidentLine, DemandLine, PeakLine
from .energy_items import EnergyLine, TierRule
from .exports import export_terms
from .fixed_items import FixedLine
from .ledger_frames import LedgerShape
from .line_items import Bill, Line, Version, cents, plain_rows
from .metering import Metered, Sampling
from .subtotal_items import MinimumLine, RiderLine
from .timeline import BillingPeriods, IndexKey, Timeline, timeline_of

DailyFixed = Literal["actual", "twelfths"]
Rounding = Literal["none", "line", "bill"]
Dates = Literal["as_read", "in_force", "any"]


@dataclass(frozen=True, slots=True)
class Options:
    """How a bill is reckoned where sheets and utilities differ; see `charges`."""

    tiers: TierRule = "pro_rata"
    daily_fixed: DailyFixed = "actual"
    rounding: Rounding = "none"
    dates: Dates = "as_read"

    def __post_init__(self) -> None:
        for name, known in (
            ("tiers", ("pro_rata", "chronological", "per_period")),
            ("daily_fixed", ("actual", "twelfths")),
            ("rounding", ("none", "line", "bill")),
            ("dates", ("as_read", "in_force", "any")),
        ):
            if getattr(self, name) not in known:
                raise ArgumentError(f"{name} must be one of {', '.join(known)}, not {getattr(self, name)!r}.")


class Plan:
    """A tariff over a timeline.

    Parameters
    ----------
    timeline : Timeline
        The load's intervals and billing periods.
    tariff : Tariff
        The tariff.
    options : Options
        How the bill is reckoned.

    Raises
    ------
    TariffError
        The tariff is not in force on all of the load's days.
    """

    def __init__(self, timeline: Timeline, tariff: Tariff, options: Options) -> None:
        self.timeline, self.tariff, self.options = timeline, tariff, options
        self.versions = list(_versions(timeline, tariff.revisions or (tariff,)))
        self.notes = _date_notes(timeline, tariff, options) + _hour_notes(
            timeline, [version for _, version in self.versions]
        )
        self.sampling = Sampling(timeline, tariff.demand_window)
        lines = self._compiled()
        self.energy = [EnergyLine(timeline, parts, options.tiers) for parts in lines.energy.values()]
        self.demand, self.others = lines.demand, lines.others
        twelfths = options.daily_fixed == "twelfths"
        minimums = [MinimumLine(timeline, parts, twelfths) for parts in lines.minimums.values()]
        # The year's minimum looks at bills that have reached their own.
        self.minimums = sorted(minimums, key=lambda line: line.charge.every == "year")
        self.riders = lines.riders
        every = np.arange(timeline.count)
        self._rounding = plain_rows(every, "rounding", "rounding", "USD", np.ones(timeline.count))
        self._shape: LedgerShape | None = None

    def _compiled(self) -> Lines:
        lines = Lines()
        for version, tariff in self.versions:
            for charge in tariff.charges:
                enter(charge, version, self, lines)
        return lines

    def metered(self, usage: Floats, export: Floats | None) -> Metered:
        """Return readings ready to be priced."""
        return Metered(usage, export, self.sampling)

    def billed_usage(self, metered: Metered) -> Floats:
        """Return each account's usage in all billing periods [kWh]."""
        timeline = self.timeline
        usage = metered.usage if timeline.whole else metered.usage[timeline.period_of >= 0]
        return np.asarray(usage.sum(axis=0))

    def bill(self, metered: Metered) -> Bill:
        """Return all lines of the bill, filled."""
        bill = Bill(self.timeline.count, metered.accounts, self.options.rounding == "line")
        finer = self.sampling.finer
        metered.take([line.groups for line in self.energy], [finer] if finer else [])
        terms = export_terms(self.timeline, self.tariff, self.energy, metered, self.options.tiers)
        for line in self.energy:
            bill.add(line.rows, terms.quantities(line) if terms else line.quantities(metered), line=line)
        for other in self.others:
            bill.add(other.rows, other.quantities(metered), line=other)
        credited, paid = terms.credits(bill.subtotal(("energy",))) if terms else ([], [])
        for filled in credited:
            bill.add(*filled)
        for minimum in self.minimums:
            bill.add(minimum.rows, minimum.quantities(bill), line=minimum)
        for filled in paid:
            bill.add(*filled)
        for rider in self.riders:
            bill.add(rider.rows, rider.quantities(bill), line=rider)
        if self.options.rounding == "bill":
            total = bill.subtotal(COMPONENTS)
            bill.add(self._rounding, cents(total) - total)
        return bill

    def ledger(self, bill: Bill, accounts: tuple[Hashable, ...]) -> pd.DataFrame:
        """Return the bill as a CHARGES frame."""
        rows = [item.rows for item in bill.items]
        shape = self._shape
        if shape is None or shape.lines != rows:
            attrs: dict[Hashable | None, object] = {
                "tariff": self.tariff.name,
                "notes": (*self.tariff.notes, *self.notes),
            }
            shape = self._shape = LedgerShape(self.timeline, rows, accounts[0], attrs)
        return shape.fill(bill, accounts)


@dataclass
class Lines:
    """The lines of a plan as its charges enter; those of energy and the minimums of all versions in one."""

    energy: dict[str, list[tuple[Version, Energy]]] = field(default_factory=dict)
    minimums: dict[tuple[str, bool], list[tuple[Version, Minimum]]] = field(default_factory=dict)
    others: list[FilledLine] = field(default_factory=list)
    demand: list[PeakLine] = field(default_factory=list)
    riders: list[RiderLine] = field(default_factory=list)


class FilledLine(Line, Protocol):
    """A line that is filled from readings."""

    def quantities(self, metered: Metered) -> Floats:
        """Return the rows' quantities, for each account."""
        ...


@singledispatch
def enter(charge: Charge, _version: Version, _plan: Plan, _lines: Lines) -> None:
    """Enter a charge of one version, compiled, among the lines of a plan.

    Raises
    ------
    TariffError
        There is no such charge.
    """
    raise TariffError(f"{type(charge).__name__} is no charge; Energy, Demand, Fixed and the like are.")


@enter.register
def _energy(charge: Energy, version: Version, _plan: Plan, lines: Lines) -> None:
    lines.energy.setdefault(charge.name, []).append((version, charge))


@enter.register
def _demand(charge: Demand, version: Version, plan: Plan, lines: Lines) -> None:
    _add_peaks(DemandLine(plan.sampling, version, charge), lines)


@enter.register
def _coincident(charge: Coincident, version: Version, plan: Plan, lines: Lines) -> None:
    _add_peaks(CoincidentLine(plan.timeline, charge, version), lines)


def _add_peaks(line: PeakLine, lines: Lines) -> None:
    lines.others.append(line)
    lines.demand.append(line)


@enter.register
def _fixed(charge: Fixed, version: Version, plan: Plan, lines: Lines) -> None:
    twelfths = plan.options.daily_fixed == "twelfths"
    lines.others.append(FixedLine(plan.timeline, charge, version, twelfths))


@enter.register
def _minimum(charge: Minimum, version: Version, _plan: Plan, lines: Lines) -> None:
    lines.minimums.setdefault((charge.name, charge.every == "year"), []).append((version, charge))


@enter.register
def _rider(charge: Rider, version: Version, plan: Plan, lines: Lines) -> None:
    lines.riders.append(RiderLine(plan.timeline, charge, version))


def _versions(timeline: Timeline, versions: tuple[Tariff, ...]) -> Iterator[tuple[Version, Tariff]]:
    for tariff in versions:
        days = np.ones(len(timeline.days), bool)
        if len(versions) > 1:
            days = (timeline.days >= _day(tariff.start, -(10**6))) & (timeline.days < _day(tariff.end, 10**6))
        if not days.any():
            continue
        summed = np.append(0, np.cumsum(days))
        share = (summed[timeline.last_day + 1] - summed[timeline.first_day]) / timeline.day_count
        dates = timeline.days.astype("datetime64[D]")
        holidays = partial(holiday_mask, holidays=tariff.holidays) if tariff.holidays else None
        yield Version(days, DayKinds(dates, timeline.index.tz, holidays), share), tariff


def _day(when: date | None, otherwise: int) -> int:
    return otherwise if when is None else when.toordinal() - date(1970, 1, 1).toordinal()


def _date_notes(timeline: Timeline, tariff: Tariff, options: Options) -> tuple[str, ...]:
    """Return what is to be said of a load outside the tariff's dates, or refuse it."""
    start, end = _day(tariff.start, -(10**6)), _day(tariff.end, 10**6)
    billed = timeline.days[timeline.period_of_day >= 0]
    if billed[0] >= start and billed[-1] < end:
        return ()
    first, last = (str(np.datetime64(int(day), "D")) for day in billed[[0, -1]])
    when = f"in force from {tariff.start or '...'} to {tariff.end or '...'} (its end not in it)"
    binding = tariff.dates_bind or options.dates == "in_force"
    if tariff.revisions or (binding and options.dates != "any"):
        field_name = "startdate" if billed[0] < start else "enddate"
        raise TariffError(
            f"tariff {tariff.name!r}, {field_name}: it is {when}, the load runs from {first} to "
            f"{last}. Price a load within these dates, add the version that was in force (Tariff.dated), "
            "or, for one version, "
            'say dates="any" to apply its prices to another time.'
        )
    return (f"the tariff is {when}; its prices were applied to a load from {first} to {last}",)


def _hour_notes(timeline: Timeline, versions: list[Tariff]) -> tuple[str, ...]:
    """Return what is to be said of intervals within which a charge's period changes."""
    minutes = timeline.length // MINUTE
    coarse = [
        charge.name for tariff in versions for charge in tariff.of(Timed) if charge.week.minutes < minutes
    ]
    return tuple(
        f"charge {name!r}: its periods change within intervals of {minutes} minutes, which cannot be split; "
        "each was priced in the period in which it starts"
        for name in dict.fromkeys(coarse)
    )


@lru_cache(maxsize=32)
def options_of(tiers: TierRule, daily_fixed: DailyFixed, rounding: Rounding, dates: Dates) -> Options:
    """Return the options, checked."""
    return Options(tiers, daily_fixed, rounding, dates)


@lru_cache(maxsize=64)
def plan_of(key: IndexKey, billing: BillingPeriods, tariff: Tariff, options: Options) -> Plan:
    """Return the compiled tariff, from the last few if it is one of those."""
    return Plan(timeline_of(key, billing), tariff, options)
