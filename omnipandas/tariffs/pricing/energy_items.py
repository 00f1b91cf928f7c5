"""Energy charges, compiled over a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import lcm
from typing import Literal

import numpy as np

from omnipandas.intervals.groups import Groups
from omnipandas.intervals.units import Floats, Ints
from omnipandas.tariffs.components import Energy
from omnipandas.tariffs.tiers import Tiers

from .line_items import Rows, Version
from .metering import Metered
from .timeline import Timeline

TierRule = Literal["pro_rata", "chronological", "per_period"]


class EnergyLine:
    """A usage charge, of one version or of several that follow one another."""

    def __init__(self, timeline: Timeline, parts: Sequence[tuple[Version, Energy]], tiers: TierRule) -> None:
        self._rule = tiers
        self._timeline = timeline
        # The period of each local day and slot, the versions' periods one after the other.
        slots = lcm(*(charge.week.slots for _, charge in parts))
        table = np.full((len(timeline.days), slots), -1)
        offset = 0
        flat: list[tuple[str, Tiers, str]] = []
        for version, charge in parts:
            codes = charge.week.by_day(version.kinds).repeat(slots // charge.week.slots, axis=1) + offset
            table = (
                codes
                if len(parts) == 1 and version.days.all()
                else np.where(version.days[:, None], codes, table)
            )
            flat += list(zip(charge.labels, charge.periods, charge.units, strict=True))
            offset += len(charge.periods)
        table[table < 0] = offset
        self.table = table
        self.charge, self.versions = parts[0][1], tuple(version for version, _ in parts)
        self.groups = Groups(table.ravel()[timeline.slots(slots)], offset, timeline.lo, timeline.hi)
        self.labels = [flat[code][0] for code in self.groups.code]
        self.tiers = [flat[code][1] for code in self.groups.code]
        self._units = [flat[code][2] for code in self.groups.code]
        self.depth = max((len(tiers) for tiers in self.tiers), default=1)
        self.plain = self.depth == 1
        # Which tiers there are, by group, and the group of each ledger row, one for each of them.
        self._real = np.array([len(tiers) for tiers in self.tiers])[:, None] > np.arange(self.depth)
        self.group_of_row: Ints = np.arange(self.groups.count).repeat(self._real.sum(axis=1))
        self.rows = self._rows()

    def _rows(self) -> Rows:
        return Rows(
            self.groups.period[self.group_of_row],
            self.charge.name,
            self.charge.component,
            self.charge.priced_in,
            np.array([tier.total for tiers in self.tiers for tier in tiers]),
            [label for label, tiers in zip(self.labels, self.tiers, strict=True) for _ in tiers],
            np.array([number for tiers in self.tiers for number in range(1, len(tiers) + 1)], dtype=np.int64),
        )

    def mean_prices(self, metered: Metered, amounts: Floats) -> Floats:
        """Return what a kWh came to in each group, by account [USD/kWh]."""
        used = metered.sums_of(self.groups)
        paid = np.zeros_like(used)
        np.add.at(paid, self.group_of_row, amounts)
        return np.divide(paid, used, out=np.zeros_like(used), where=used > 0)

    def by_interval(self, metered: Metered, amounts: Floats) -> Floats:
        """Return its dollars laid on the intervals of each group by their usage, intervals x accounts."""
        return self.at_intervals(self.mean_prices(metered, amounts)) * metered.usage

    def at_intervals(self, values: Floats) -> Floats:
        """Return what each group has as what each interval has; 0 where it is in none."""
        every = np.vstack([values, np.zeros((1, values.shape[1]))])
        return every[self.groups.of]

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
