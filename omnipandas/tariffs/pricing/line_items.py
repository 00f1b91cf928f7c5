"""A tariff's charges, compiled over a timeline: each knows its ledger rows and how to fill them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from omnipandas.errors import TariffError
from omnipandas.intervals.groups import Groups, reduced_together
from omnipandas.intervals.units import HOUR, Floats, Ints
from omnipandas.tariffs.components import Demand, Energy, Fixed, Tier

from .timeline import Timeline

TierRule = Literal["pro_rata", "chronological", "per_period"]


@dataclass(frozen=True)
class Rows:
    """What a line's ledger rows say before any load is known.

    Parameters
    ----------
    period : ndarray of int
        Billing period of each row.
    charge, component, unit : str
        As in the ledger.
    price : ndarray of float
        Price of each row.
    tou_period : sequence of str or None
        Time-of-use period of each row.
    tier : ndarray of int
        Tier of each row, 0 where it has none.
    """

    period: Ints
    charge: str
    component: str
    unit: str
    price: Floats
    tou_period: Sequence[str | None]
    tier: Ints


def plain_rows(period: Ints, charge: str, component: str, unit: str, price: Floats) -> Rows:
    """Return rows that have neither time-of-use period nor tier."""
    return Rows(period, charge, component, unit, price, [None] * len(period), np.zeros(len(period), np.int64))


class Metered:
    """The readings that lines are filled from; each sum or peak is taken once.

    Parameters
    ----------
    usage : ndarray of shape (intervals, accounts)
        Usage [kWh].
    export : ndarray, optional
        Energy sent to the grid [kWh].
    sampling : Sampling
        How demand is taken from usage.
    """

    def __init__(self, usage: Floats, export: Floats | None, sampling: Sampling) -> None:
        self.usage, self.export = usage, export
        self._sampling = sampling
        self._sums: dict[int, Floats] = {}
        self._peaks: dict[int, Floats] = {}

    @property
    def accounts(self) -> int:
        """How many columns there are."""
        return int(self.usage.shape[1])

    @cached_property
    def demand(self) -> Floats:
        """Mean load of each demand interval [kW]."""
        return self._sampling.demand(self.usage)

    @cached_property
    def peaks(self) -> Floats:
        """Peak of each billing period [kW]."""
        finer = self._sampling.finer
        if finer is None:
            return self._sampling.whole.peaks(self.demand)
        return np.maximum.reduceat(self.peaks_of(finer), finer.first[:-1], axis=0)

    def peaks_of(self, groups: Groups) -> Floats:
        """Return the peak of each group [kW]."""
        if id(groups) not in self._peaks:
            self._peaks[id(groups)] = groups.peaks(self.demand)
        return self._peaks[id(groups)]

    def sums_of(self, groups: Groups) -> Floats:
        """Return the usage of each group [kWh]."""
        if id(groups) not in self._sums:
            self._sums[id(groups)] = groups.sums(self.usage)
        return self._sums[id(groups)]

    def take(self, sums: list[Groups], peaks: list[Groups]) -> None:
        """Take sums and peaks of many accounts in one pass, for those who ask for them later."""
        if self.demand is not self.usage:
            peaks = []
        jobs: list[tuple[Groups, np.ufunc]] = [(groups, np.add) for groups in sums]
        jobs += [(groups, np.maximum) for groups in peaks]
        if self.accounts < 2 or not jobs:
            return
        found = reduced_together(self.usage, jobs)
        self._sums = {id(groups): part for groups, part in zip(sums, found, strict=False)}
        self._peaks = {id(groups): part for groups, part in zip(peaks, found[len(sums) :], strict=True)}


class Sampling:
    """How demand [kW] is taken from usage [kWh]: interval by interval, or averaged over a longer window."""

    def __init__(self, timeline: Timeline, window: int | None) -> None:
        self.timeline = timeline
        self._per_hour = HOUR / timeline.length
        self._starts: Ints | None = None
        # Groups that cover every interval: the billing periods' peaks are the greatest of theirs.
        self.finer: Groups | None = None
        wanted = (window or 0) * 60_000_000
        if wanted > timeline.length:
            if wanted % timeline.length or HOUR % wanted:
                raise TariffError(
                    f"demand_window: {window} minutes is not a whole number of the load's intervals of "
                    f"{timeline.length / 60_000_000:g} minutes within the hour."
                )
            local = timeline.calendar.local
            zone_change = np.diff(timeline.calendar.instant - local)
            fresh = (np.diff(local // wanted) != 0) | (zone_change != 0)
            self._starts = np.append(0, np.flatnonzero(fresh) + 1)

    @cached_property
    def slot(self) -> Ints:
        """Day and local hour (day x 24 + hour) of each demand interval."""
        return self.timeline.slot if self._starts is None else self.timeline.slot[self._starts]

    @cached_property
    def lo(self) -> Ints:
        """First demand interval of each billing period."""
        return self.timeline.lo if self._starts is None else np.searchsorted(self._starts, self.timeline.lo)

    @cached_property
    def hi(self) -> Ints:
        """End of the demand intervals of each billing period."""
        return self.timeline.hi if self._starts is None else np.searchsorted(self._starts, self.timeline.hi)

    @cached_property
    def whole(self) -> Groups:
        """The billing periods themselves as groups."""
        return Groups(np.zeros(len(self.slot), np.int64), 1, self.lo, self.hi)

    def interval(self, at: Ints) -> Ints:
        """Return the load's interval at which a demand interval starts."""
        return at if self._starts is None else self._starts[at]

    def demand(self, usage: Floats) -> Floats:
        """Return the mean load of each demand interval [kW]."""
        if self._starts is not None:
            counts = np.diff(np.append(self._starts, len(usage)))
            return np.add.reduceat(usage, self._starts, axis=0) * (self._per_hour / counts)[:, None]
        return usage if self._per_hour == 1 else usage * self._per_hour


class Line(Protocol):
    """A compiled charge."""

    rows: Rows

    def quantities(self, metered: Metered) -> Floats:
        """Return the rows' quantities, for each account."""
        ...


def day_codes(timeline: Timeline, charge: Energy | Demand, resting: npt.NDArray[np.bool_]) -> Ints:
    """Return the period of each local day and hour; `resting` days follow the weekend."""
    return charge.tables[resting.view(np.int8), timeline.day_month]


@dataclass(frozen=True)
class Version:
    """One version of a tariff in a timeline: the days it is in force, and which days rest."""

    days: npt.NDArray[np.bool_]
    resting: npt.NDArray[np.bool_]
    share: Floats  # of each billing period's days


class EnergyLine:
    """A usage charge, of one version or of several that follow one another."""

    def __init__(
        self, timeline: Timeline, parts: list[tuple[Version, Energy]], tiers: TierRule, where: str
    ) -> None:
        self._rule = tiers
        self._timeline = timeline
        table = np.full((len(timeline.days), 24), -1)
        offset = 0
        flat: list[tuple[str, tuple[Tier, ...], str]] = []
        for version, charge in parts:
            codes = day_codes(timeline, charge, version.resting) + offset
            table = (
                codes
                if len(parts) == 1 and version.days.all()
                else np.where(version.days[:, None], codes, table)
            )
            flat += list(zip(charge.labels, charge.periods, charge.units, strict=True))
            offset += len(charge.periods)
        table[table < 0] = offset
        self.table = table
        self.groups = Groups(table.ravel()[timeline.slot], offset, timeline.lo, timeline.hi)
        self.labels = [flat[code][0] for code in self.groups.code]
        self.tiers = [flat[code][1] for code in self.groups.code]
        self._units = [flat[code][2] for code in self.groups.code]
        self._where = where
        self.depth = max((len(tiers) for tiers in self.tiers), default=1)
        self.plain = self.depth == 1
        self.rows = self._rows(parts[0][1].name)

    def _rows(self, name: str) -> Rows:
        groups = self.groups
        if self.plain:
            prices = np.array([tiers[0].total for tiers in self.tiers])
            return Rows(
                groups.period, name, "energy", "kWh", prices, self.labels, np.ones(groups.count, np.int64)
            )
        self._real = np.array([[k < len(tiers) for k in range(self.depth)] for tiers in self.tiers])
        prices = np.array([tier.total for tiers in self.tiers for tier in tiers])
        labels = [label for label, tiers in zip(self.labels, self.tiers, strict=True) for _ in tiers]
        number = np.array([k for tiers in self.tiers for k in range(1, len(tiers) + 1)])
        return Rows(
            groups.period.repeat(self._real.sum(axis=1)), name, "energy", "kWh", prices, labels, number
        )

    @cached_property
    def _bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds of groups by tiers, in the unit of the charge; inf where a tier is not."""
        upper = np.full((self.groups.count, self.depth), np.inf)
        for row, tiers in enumerate(self.tiers):
            upper[row, : len(tiers)] = [tier.up_to for tier in tiers]
        lower = np.column_stack([np.zeros(len(upper)), upper[:, :-1]])
        return lower, upper

    def scale(self, metered: Metered) -> Floats:
        """Return what a bound of one is in kWh, by group and account."""
        timeline, groups = self._timeline, self.groups
        days = timeline.day_count[groups.period].astype(float)
        if self._rule == "per_period":
            days = self._days_present
        months = timeline.months[groups.period]
        daily = np.array([unit.endswith("daily") for unit in self._units])
        scale: Floats = np.where(daily, days, months)[:, None].astype(np.float64)
        by_demand = np.array([unit.startswith("kWh/kW") for unit in self._units])
        if by_demand.any():
            peaks = metered.peaks[groups.period]
            scale = np.asarray(np.where(by_demand[:, None], scale * peaks, scale), dtype=np.float64)
        return np.asarray(scale, dtype=np.float64)

    @cached_property
    def _days_present(self) -> Floats:
        """Days of the billing period on which the group's time-of-use period occurs."""
        timeline = self._timeline
        inside = self.groups.of < self.groups.count
        scope = self._scope[self.groups.of[inside]]
        day = np.unique(scope * len(timeline.days) + timeline.day_of[inside])
        return np.bincount(day // len(timeline.days))[self._scope].astype(np.float64)

    def quantities(self, metered: Metered) -> Floats:
        """Return usage by row and account [kWh]."""
        return self.by_tier(metered.sums_of(self.groups), metered, metered.usage)

    def by_tier(self, used: Floats, metered: Metered, usage: Floats) -> Floats:
        """Return the usage of each group shared out over its tiers, by row and account [kWh]."""
        if self.plain:
            return used
        lower, upper = self._bounds
        scale = self.scale(metered)[:, None, :]
        with np.errstate(invalid="ignore"):
            low = np.where(np.isinf(lower)[:, :, None], np.inf, lower[:, :, None] * scale)
            high = np.where(np.isinf(upper)[:, :, None], np.inf, upper[:, :, None] * scale)
        if self._rule == "chronological":
            shared = self._in_order(usage, low, high)
        else:
            total = self._totals(used)
            share = np.divide(used, total, out=np.zeros_like(used), where=total > 0)
            reached = np.minimum(total[:, None, :], high)
            shared = np.maximum(reached - np.where(np.isinf(low), reached, low), 0.0) * share[:, None, :]
        by_row: Floats = shared[self._real]
        return by_row

    @cached_property
    def group_of_row(self) -> Ints:
        """The group of each ledger row."""
        depth = np.ones(self.groups.count, np.int64) if self.plain else self._real.sum(axis=1)
        return np.arange(self.groups.count).repeat(depth)

    def marginal(self, metered: Metered) -> Floats:
        """Return what one more kWh in each group would cost, by account [USD/kWh].

        Shared pro rata, a kWh pays its own period's mean price and moves all periods up the tiers:
        the derivative of sum(used x mean price) by the usage of one period.
        """
        prices = np.zeros((self.groups.count, self.depth))
        for row, tiers in enumerate(self.tiers):
            prices[row, : len(tiers)] = [tier.total for tier in tiers]
        if self.plain:
            return np.broadcast_to(prices, (self.groups.count, metered.accounts))
        used = metered.sums_of(self.groups)
        total = self._totals(used)
        scale = self.scale(metered)
        with np.errstate(invalid="ignore"):
            upper = self._bounds[1][:, :, None] * scale[:, None, :]
        depth = np.array([len(tiers) for tiers in self.tiers])[:, None]
        reached = np.minimum((total[:, None, :] >= np.nan_to_num(upper, nan=0.0)).sum(axis=1), depth - 1)
        top = np.take_along_axis(prices, reached, axis=1)
        if self._rule == "chronological":
            return top
        mean = np.zeros_like(used)
        np.add.at(
            mean, self.group_of_row, self.by_tier(used, metered, metered.usage) * self.rows.price[:, None]
        )
        mean = np.divide(mean, used, out=top.copy(), where=used > 0)
        share = np.divide(used, total, out=np.zeros_like(used), where=total > 0)
        return mean + np.where(total > 0, self._totals(share * (top - mean)), 0.0)

    def _totals(self, used: Floats) -> Floats:
        """Return the usage that the bounds are held against, for each group."""
        totals = np.zeros((self._scope.max(initial=-1) + 1, used.shape[1]))
        np.add.at(totals, self._scope, used)
        each: Floats = totals[self._scope]
        return each

    @cached_property
    def _scope(self) -> Ints:
        """What each group's bounds hold for: its billing period, or its time-of-use period in it."""
        scope = self.groups.period
        if self._rule == "per_period":
            names = {label: number for number, label in enumerate(dict.fromkeys(self.labels))}
            scope = scope * len(names) + np.array([names[label] for label in self.labels])
        return np.unique(scope, return_inverse=True)[1]

    def _in_order(self, usage: Floats, low: Floats, high: Floats) -> Floats:
        """Fill the tiers interval after interval, as the kilowatt-hours of the billing period add up."""
        groups = self.groups
        shared = np.empty(low.shape)
        inside = groups.of < groups.count
        group = np.where(inside, groups.of, 0)
        after = np.cumsum(usage, axis=0)
        before = after - usage
        base = np.zeros_like(before)
        for lo, hi in zip(groups.lo, groups.hi, strict=True):
            base[lo:hi] = before[lo]
        after, before = after - base, before - base
        for tier in range(self.depth):
            floor = low[:, tier][group]
            part = np.minimum(after, high[:, tier][group]) - np.maximum(before, floor)
            part[~np.isfinite(floor) | (part < 0)] = 0.0
            shared[:, tier] = groups.sums(np.where(inside[:, None], part, 0.0))
        return shared


class FixedLine:
    """A charge by the calendar, the same for every account."""

    def __init__(self, timeline: Timeline, charge: Fixed, version: Version, twelfths: bool) -> None:
        count = calendar_count(timeline, charge.every, version.share, twelfths)
        period = np.flatnonzero(count)
        self._count = count[period][:, None]
        self._count.flags.writeable = False
        self.rows = plain_rows(period, charge.name, "fixed", charge.every, np.full(len(period), charge.price))

    def quantities(self, metered: Metered) -> Floats:
        """Return the number of months, days or years, by row and account."""
        if metered.accounts == 1:
            return self._count
        return np.broadcast_to(self._count, (len(self._count), metered.accounts))


def calendar_count(timeline: Timeline, every: str, share: Floats, twelfths: bool) -> Floats:
    """Return how many months, days or years each billing period has, times `share`."""
    if every == "month":
        return timeline.months * share
    if every == "year":
        return timeline.months / 12 * share
    return (timeline.months * (365 / 12) if twelfths else timeline.day_count) * share
