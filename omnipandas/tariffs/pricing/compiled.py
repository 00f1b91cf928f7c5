"""A tariff compiled over a timeline, ready to price any load that lies on it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError, TariffError
from omnipandas.intervals.units import Floats
from omnipandas.schema import CHARGES, TEXT
from omnipandas.tariffs.components import COMPONENTS, Coincident, Demand, Energy, Fixed, Minimum, Rider
from omnipandas.tariffs.model import Tariff

from .demand_items import CoincidentLine, DemandLine
from .exports import export_terms
from .line_items import (
    EnergyLine,
    FixedLine,
    Line,
    Metered,
    Rows,
    Sampling,
    TierRule,
    Version,
    calendar_count,
    plain_rows,
)
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


@dataclass
class Bill:
    """Quantities, prices and amounts of ledger rows, by row and account."""

    rows: list[Rows] = field(default_factory=list)
    quantities: list[Floats] = field(default_factory=list)
    prices: list[Floats | None] = field(default_factory=list)
    amounts: list[Floats] = field(default_factory=list)
    priced_apart: bool = False

    def add(self, rows: Rows, quantities: Floats, amounts: Floats, prices: Floats | None = None) -> None:
        """Append a line."""
        self.rows.append(rows)
        self.quantities.append(quantities)
        self.prices.append(prices)
        self.amounts.append(amounts)
        self.priced_apart = self.priced_apart or prices is not None

    def subtotal(self, components: tuple[str, ...], count: int) -> Floats:
        """Return the sum of the lines of `components`, by billing period and account."""
        total = np.zeros((count, self.amounts[0].shape[1] if self.amounts else 1))
        for rows, amounts in zip(self.rows, self.amounts, strict=True):
            if rows.component in components:
                np.add.at(total, rows.period, amounts)
        return total


def cents(amounts: Floats) -> Floats:
    """Return amounts rounded to the cent, half a cent away from zero, as bills are."""
    # The tiny lift keeps 1.005, which is stored as 1.00499999999999989, from being rounded down.
    return np.sign(amounts) * np.floor(np.abs(amounts) * 100 * (1 + 1e-14) + 0.5) / 100


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
        versions = tariff.revisions or (tariff,)
        self.notes = _date_notes(timeline, tariff, options)
        self.versions = list(_versions(timeline, versions))
        self.sampling = Sampling(timeline, tariff.demand_window)
        self.energy: list[EnergyLine] = []
        self.others: list[Line] = []
        self._compile()
        self._ledger_shape: _LedgerShape | None = None

    def _compile(self) -> None:
        options = self.options
        parts: dict[str, list[tuple[Version, Energy]]] = {}
        for version, tariff in self.versions:
            for charge in tariff.charges:
                match charge:
                    case Energy():
                        parts.setdefault(charge.name, []).append((version, charge))
                    case Demand():
                        self.others.append(DemandLine(self.sampling, version, charge))
                    case Coincident():
                        self.others.append(CoincidentLine(self.timeline, charge, version))
                    case Fixed():
                        twelfths = options.daily_fixed == "twelfths"
                        self.others.append(FixedLine(self.timeline, charge, version, twelfths))
                    case Minimum() | Rider():
                        pass
        where = f"tariff {self.tariff.name!r}"
        self.energy = [EnergyLine(self.timeline, part, options.tiers, where) for part in parts.values()]
        self.simple = options.rounding == "none" and not any(
            isinstance(c, Minimum | Rider) for _, t in self.versions for c in t.charges
        )

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
        bill = Bill()
        finer = self.sampling.finer
        metered.take([line.groups for line in self.energy], [finer] if finer else [])
        terms = export_terms(self.timeline, self.tariff, self.energy, metered, self.options.tiers)
        for line in self.energy:
            used = terms.quantities(line) if terms else line.quantities(metered)
            self._add(bill, line.rows, used)
        for other in self.others:
            self._add(bill, other.rows, other.quantities(metered))
        if terms:
            for filled in terms.before_minimum(bill.subtotal(("energy",), self.timeline.count)):
                self._add(bill, *filled)
        if not self.simple:
            self._minimums(bill, metered)
        if terms:
            for filled in terms.after_minimum():
                self._add(bill, *filled)
        if not self.simple:
            self._riders(bill)
        if self.options.rounding == "bill":
            self._round(bill)
        return bill

    def _add(self, bill: Bill, rows: Rows, quantities: Floats, prices: Floats | None = None) -> None:
        amounts = quantities * (rows.price[:, None] if prices is None else prices)
        bill.add(rows, quantities, cents(amounts) if self.options.rounding == "line" else amounts, prices)

    def _minimums(self, bill: Bill, metered: Metered) -> None:
        every = tuple(set(COMPONENTS) - {"tax", "rounding"})
        timeline, twelfths = self.timeline, self.options.daily_fixed == "twelfths"
        floors: dict[tuple[str, bool], Floats] = {}
        for version, tariff in self.versions:
            for charge in tariff.of(Minimum):
                assert isinstance(charge, Minimum)  # noqa: S101 # what `of` was asked for
                count = calendar_count(timeline, charge.every, version.share, twelfths) * charge.price
                key = charge.name, charge.every == "year"
                floors[key] = floors.get(key, np.zeros(timeline.count)) + count
        for (name, yearly), floor in sorted(floors.items(), key=lambda item: item[0][1]):
            total = bill.subtotal(every, timeline.count)
            total = np.broadcast_to(total, (timeline.count, metered.accounts))
            period = np.arange(timeline.count)
            if yearly:
                year = np.unique(timeline.middle_year, return_index=True)[1]
                period = np.append(year[1:], timeline.count) - 1
                floor, total = np.add.reduceat(floor, year), np.add.reduceat(total, year, axis=0)
            rows = plain_rows(period, name, "minimum", "USD", np.ones(len(period)))
            self._add(bill, rows, np.maximum(floor[:, None] - total, 0.0))

    def _riders(self, bill: Bill) -> None:
        for version, tariff in self.versions:
            for rider in tariff.of(Rider):
                assert isinstance(rider, Rider)  # noqa: S101 # what `of` was asked for
                levied = np.isin(self.timeline.middle_month + 1, rider.months) & (version.share > 0)
                period = np.flatnonzero(levied)
                base = bill.subtotal(rider.of, self.timeline.count)[period]
                prices = rider.share * version.share[period]
                self._add(bill, plain_rows(period, rider.name, "tax", "USD", prices), base)

    def _round(self, bill: Bill) -> None:
        total = bill.subtotal(COMPONENTS, self.timeline.count)
        period = np.arange(self.timeline.count)
        self._add(
            bill,
            plain_rows(period, "rounding", "rounding", "USD", np.ones(len(period))),
            cents(total) - total,
        )

    def ledger(self, bill: Bill, accounts: tuple[Hashable, ...]) -> pd.DataFrame:
        """Return the bill as a CHARGES frame."""
        shape = self._ledger_shape
        if shape is None or shape.rows != [id(rows) for rows in bill.rows]:
            shape = _LedgerShape(self, bill, accounts[0])
            if self.simple:
                self._ledger_shape = shape
        return shape.fill(bill, accounts)


class _LedgerShape:
    """A ledger but for its numbers: built once for a plan, filled for every load."""

    def __init__(self, plan: Plan, bill: Bill, account: Hashable) -> None:
        self.rows = [id(rows) for rows in bill.rows]
        self._kept = bill.rows  # ids stay unique only while their objects live
        period = np.concatenate([rows.period for rows in bill.rows])
        self.order = np.argsort(period, kind="stable")
        period = period[self.order]
        self._size = len(period)

        order = self.order.tolist()

        def texts(values: list[str | None]) -> pd.api.extensions.ExtensionArray:
            return pd.array([values[at] for at in order], dtype=TEXT)

        def repeated(name: str) -> list[str | None]:
            return [text for rows in bill.rows for text in [getattr(rows, name)] * len(rows.period)]

        tier = np.concatenate([rows.tier for rows in bill.rows])[self.order]
        timeline = plan.timeline
        columns = {
            "service_account_id": account_codes([account], np.zeros(self._size, np.int8)),
            "period_start": timeline.edges.take(period),
            "period_end": timeline.edges.take(period + timeline.count),
            "charge": texts(repeated("charge")),
            "component": texts(repeated("component")),
            "tou_period": texts([label for rows in bill.rows for label in rows.tou_period]),
            "tier": pd.arrays.IntegerArray(tier, tier == 0),
            "quantity": np.zeros(self._size),
            "unit": texts(repeated("unit")),
            "price": np.concatenate([rows.price for rows in bill.rows])[self.order],
            "amount_usd": np.zeros(self._size),
        }
        index = pd.RangeIndex(self._size, name=CHARGES.index.name)
        # Not copied, each column keeps a block of its own, so that filling one copies nothing else.
        self.template = pd.DataFrame(columns, index=index, copy=False)
        self._account = account
        self.place = {name: at for at, name in enumerate(columns)}
        self._attrs: dict[Hashable | None, Any] = {
            "tariff": plan.tariff.name,
            "notes": (*plan.tariff.notes, *plan.notes),
        }

    def fill(self, bill: Bill, accounts: tuple[Hashable, ...]) -> pd.DataFrame:
        """Return the ledger of `accounts`."""
        if len(accounts) == 1:
            frame = self.template.copy(deep=False)
            if accounts[0] != self._account:
                frame.isetitem(0, account_codes(list(accounts), np.zeros(self._size, np.int8)))
        else:
            frame = self._many(accounts)
        frame.isetitem(self.place["quantity"], self._stacked(bill.quantities))
        frame.isetitem(self.place["amount_usd"], self._stacked(bill.amounts))
        if bill.priced_apart:
            each = [
                np.broadcast_to(rows.price[:, None], amounts.shape) if prices is None else prices
                for rows, prices, amounts in zip(bill.rows, bill.prices, bill.amounts, strict=True)
            ]
            frame.isetitem(self.place["price"], self._stacked(each))
        frame.attrs = {**self._attrs}
        return frame

    def _stacked(self, parts: list[Floats]) -> Floats:
        return np.concatenate(parts)[self.order].ravel(order="F")

    def _many(self, accounts: tuple[Hashable, ...]) -> pd.DataFrame:
        frame = self.template.take(np.tile(np.arange(self._size), len(accounts)))
        codes = np.repeat(np.arange(len(accounts)), self._size)
        frame.isetitem(0, account_codes(list(accounts), codes))
        frame.index = pd.RangeIndex(len(frame), name=CHARGES.index.name)
        return frame


def account_codes(names: list[Hashable], codes: npt.NDArray[np.integer[Any]]) -> Any:
    """Return a categorical of account names by their codes."""
    return pd.Categorical.from_codes(codes, dtype=_kind(tuple(names)), validate=False)


@lru_cache(maxsize=16)
def _kind(names: tuple[Hashable, ...]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(list(names))


def _versions(timeline: Timeline, versions: tuple[Tariff, ...]) -> Iterator[tuple[Version, Tariff]]:
    for tariff in versions:
        days = np.ones(len(timeline.days), bool)
        if len(versions) > 1:
            days = (timeline.days >= _day(tariff.start, -(10**6))) & (timeline.days < _day(tariff.end, 10**6))
        if not days.any():
            continue
        summed = np.append(0, np.cumsum(days))
        share = (summed[timeline.last_day + 1] - summed[timeline.first_day]) / timeline.day_count
        resting = timeline.weekend | timeline.calendar.holidays(tariff.holidays)
        yield Version(days, resting, share), tariff


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


@lru_cache(maxsize=32)
def options_of(tiers: TierRule, daily_fixed: DailyFixed, rounding: Rounding, dates: Dates) -> Options:
    """Return the options, checked."""
    return Options(tiers, daily_fixed, rounding, dates)


@lru_cache(maxsize=64)
def plan_of(key: IndexKey, billing: BillingPeriods, tariff: Tariff, options: Options) -> Plan:
    """Return the compiled tariff, from the last few if it is one of those."""
    return Plan(timeline_of(key, billing), tariff, options)
