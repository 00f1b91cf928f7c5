"""Demand charges, compiled over a timeline."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import pandas as pd

from omnipandas.intervals.groups import Groups
from omnipandas.intervals.units import HOUR, Floats, Ints
from omnipandas.tariffs.components import Charge, Coincident, Demand, Ratchet
from omnipandas.tariffs.tiers import Tiers

from .line_items import Rows, Version, plain_rows
from .metering import Metered, Sampling
from .timeline import Timeline


class PeakLine(ABC):
    """A charge for the load of a few intervals."""

    charge: Charge
    versions: tuple[Version, ...]
    rows: Rows

    @abstractmethod
    def quantities(self, metered: Metered) -> Floats:
        """Return billed demand by row and account [kW]."""

    @abstractmethod
    def setters(self, metered: Metered) -> Iterator[tuple[Ints, Floats]]:
        """Give, for each row, the intervals that set its demand and their shares, both by account."""

    def peaks_charged(self) -> Iterator[tuple[Ints, float]]:
        """Give the demand intervals whose peak is charged, and its price, as far as it is linear in one."""
        yield from ()

    def by_interval(self, metered: Metered, amounts: Floats) -> Floats:
        """Return its dollars laid on the intervals that set its demand, intervals x accounts."""
        total = np.zeros_like(metered.usage)
        accounts = np.arange(metered.accounts)
        for (intervals, share), usd in zip(self.setters(metered), amounts, strict=True):
            np.add.at(total, (intervals, accounts[None, :]), share * usd)
        return total


class DemandLine(PeakLine):
    """A demand charge: the peaks of a time-of-use period, of the whole billing period, or of each day."""

    def __init__(self, sampling: Sampling, version: Version, charge: Demand) -> None:
        timeline = self._timeline = sampling.timeline
        self._charge = self.charge = charge
        self.versions = (version,)
        self._sampling = sampling
        codes = charge.week.by_day(version.kinds).astype(np.int64)
        width = len(charge.periods)
        daily = charge.unit == "kW daily"
        self._by_day = np.where(version.days[:, None], codes, width) if daily else codes
        if charge.by_time or daily:
            self.groups = Groups(self._codes, width, sampling.lo, sampling.hi)
        else:
            self.groups = _day_groups(timeline, codes[:, 0], width)
        if charge.by_time and not daily and self.groups.covers:
            sampling.finer = sampling.finer or self.groups
        present = self._presence(codes, width, version)
        priced = [any(tier.total for tier in tiers) for tiers in charge.periods]
        share = np.ones(self.groups.count) if daily else present[self.groups.period, self.groups.code]
        self._kept = np.flatnonzero((share > 0) & np.array(priced)[self.groups.code])
        share = share[self._kept] * (1.0 if daily else timeline.months[self.groups.period[self._kept]])
        # Each kept group has a row for each of its tiers: which group, and the tier's bounds [kW].
        tiers = [charge.periods[at] for at in self.groups.code[self._kept]]
        depth = np.array([len(row) for row in tiers], dtype=np.int64)
        self._plain = bool((depth == 1).all())
        self._row_group = np.repeat(np.arange(len(self._kept)), depth)
        self._upper = np.array([tier.up_to for row in tiers for tier in row])[:, None]
        self._lower = np.array([low for row in tiers for low in (0.0, *(t.up_to for t in row[:-1]))])[:, None]
        self.rows = self._rows(tiers, share)

    def peaks_charged(self) -> Iterator[tuple[Ints, float]]:
        """Give, for each row without tiers, the demand intervals whose peak is charged, and its price."""
        by_slot = self._codes if self._charge.by_time else None
        for group, price in zip(self._kept, self.rows.price, strict=True):
            period, code = self.groups.period[group], self.groups.code[group]
            inside = np.arange(self._sampling.lo[period], self._sampling.hi[period])
            yield (inside if by_slot is None else inside[by_slot[inside] == code]), float(price)

    @cached_property
    def _codes(self) -> Ints:
        """The time-of-use period of each demand interval."""
        return self._by_day.ravel()[self._sampling.slots(self._charge.week.slots)]

    def _presence(self, codes: Ints, width: int, version: Version) -> Floats:
        """Return the part of each billing period's days on which the version has the period at all."""
        timeline, charge = self._timeline, self._charge
        by_month = charge.week.by_month(width)
        if timeline.calendar_months and version.days.all():
            return by_month[timeline.middle_month].astype(np.float64)
        days = by_month[timeline.day_month] if charge.by_time else np.eye(width, dtype=bool)[codes[:, 0]]
        if not version.days.all():
            days = days & version.days[:, None]
        summed = np.cumsum(np.vstack([np.zeros((1, width)), days]), axis=0)
        share: Floats = (summed[timeline.last_day + 1] - summed[timeline.first_day]) / timeline.day_count[
            :, None
        ]
        return share

    def _rows(self, tiers: Sequence[Tiers], share: Floats) -> Rows:
        charge, group = self._charge, self._kept[self._row_group]
        named = len(charge.periods) > 1 or charge.by_time
        return Rows(
            self.groups.period[group],
            charge.name,
            charge.component,
            charge.priced_in,
            np.array([tier.total for row in tiers for tier in row]) * share[self._row_group],
            [charge.labels[code] if named else None for code in self.groups.code[group]],
            np.array([number for row in tiers for number in range(1, len(row) + 1)], dtype=np.int64),
        )

    def quantities(self, metered: Metered) -> Floats:
        """Return billed demand by row and account [kW]."""
        if self._charge.unit == "kW daily":
            return self._daily(metered)
        peaks = self._peaks(metered)
        if self._charge.ratchet:
            peaks = self._ratcheted(peaks, metered, self._charge.ratchet)
        peaks = peaks[self._kept]
        if self._plain:
            return peaks
        each = peaks[self._row_group]
        billed: Floats = np.maximum(np.minimum(each, self._upper) - self._lower, 0.0)
        return billed

    def _peaks(self, metered: Metered) -> Floats:
        if self._charge.by_time:
            return metered.peaks_of(self.groups)
        return metered.peaks[self.groups.period]

    def _ratcheted(self, peaks: Floats, metered: Metered, ratchet: Ratchet) -> Floats:
        """Lift each peak to the ratchet's share of the greatest earlier one of the same period."""
        timeline, groups = self._timeline, self.groups
        width = len(self._charge.periods)
        earlier = np.zeros((timeline.count, width, metered.accounts))
        if self._charge.by_time:
            earlier[groups.period, groups.code] = peaks
        else:
            earlier[:] = metered.peaks[:, None, :]
        counts = np.isin(timeline.middle_month + 1, ratchet.months)
        earlier[~counts] = 0.0
        lifted = peaks.copy()
        for row, (period, code) in enumerate(zip(groups.period, groups.code, strict=True)):
            past = earlier[max(0, period - ratchet.months_back) : period, code]
            history = ratchet.history_kw if period < ratchet.months_back else 0.0
            floor = ratchet.share * np.maximum(past.max(axis=0, initial=0.0), history)
            lifted[row] = np.maximum(lifted[row], floor)
        return lifted

    def setters(self, metered: Metered) -> Iterator[tuple[Ints, Floats]]:
        """Give, for each row, the intervals that set its demand and their shares, both by account."""
        demand, sampling = metered.demand, self._sampling
        daily = self._charge.unit == "kW daily"
        period, code = self.groups.period, self.groups.code
        by_slot = self._codes if self._charge.by_time or daily else None
        for group in self._kept[self._row_group]:
            lo, hi = int(sampling.lo[period[group]]), int(sampling.hi[period[group]])
            inside = np.arange(lo, hi)
            if by_slot is not None:
                inside = inside[by_slot[lo:hi] == code[group]]
            if daily:
                day = sampling.day[inside]
                parts = [inside[day == one] for one in np.unique(day)]
                found = np.array([part[demand[part].argmax(axis=0)] for part in parts])
                peaks = np.take_along_axis(demand, found, axis=0)
                total = peaks.sum(axis=0)
                yield (
                    sampling.interval(found),
                    np.where(total > 0, peaks / np.where(total > 0, total, 1), 1 / len(parts)),
                )
            else:
                found = inside[demand[inside].argmax(axis=0)][None, :]
                yield sampling.interval(found), np.ones(found.shape)

    def _daily(self, metered: Metered) -> Floats:
        """Return the sum of the daily peaks, each shared out over the tiers [kW days]."""
        timeline, sampling, width = self._timeline, self._sampling, len(self._charge.periods)
        day, code = sampling.day, self._codes
        ends = np.append(np.flatnonzero(np.diff(day)) + 1, len(day))
        each_day = Groups(code, width, np.append(0, ends[:-1]), ends)
        peaks = each_day.peaks(metered.demand)
        place = np.full((timeline.count, width), -1)
        place[self.groups.period[self._kept], self.groups.code[self._kept]] = np.arange(len(self._kept))
        owner = timeline.period_of_day[each_day.period]
        target = np.where(owner >= 0, place[owner, each_day.code], -1)
        quantities = np.zeros((len(self._row_group), metered.accounts))
        for row, group in enumerate(self._row_group):
            chosen = peaks[target == group]
            quantities[row] = np.clip(np.minimum(chosen, self._upper[row]) - self._lower[row], 0, None).sum(
                axis=0
            )
        return quantities


def _day_groups(timeline: Timeline, code_of_day: Ints, width: int) -> Groups:
    """Return groups of days, for what goes by the month rather than by the hour."""
    return Groups(code_of_day, width, timeline.first_day, timeline.last_day + 1)


class CoincidentLine(PeakLine):
    """A charge for the load at given times."""

    def __init__(self, timeline: Timeline, charge: Coincident, version: Version) -> None:
        stamps = timeline.index.as_unit("us").asi8
        times = pd.DatetimeIndex(charge.times).tz_convert("UTC").as_unit("us").asi8
        at = np.searchsorted(stamps, times, side="right") - 1
        met = (at >= 0) & (times < stamps[-1] + timeline.length)
        at = np.unique(at[met])
        at = at[(timeline.period_of[at] >= 0) & version.days[timeline.day_of[at]]]
        self._at, self._how = at, charge.how
        self._per_hour = HOUR / timeline.length
        period, self._first = np.unique(timeline.period_of[at], return_index=True)
        self._counts = np.diff(np.append(self._first, len(at)))
        prices = np.full(len(period), charge.price)
        self.charge, self.versions = charge, (version,)
        self.rows = plain_rows(period, charge.name, charge.component, "kW", prices)

    def setters(self, metered: Metered) -> Iterator[tuple[Ints, Floats]]:
        """Give, for each row, the intervals at the given times and their shares, both by account."""
        for start, count in zip(self._first, self._counts, strict=True):
            at = np.repeat(self._at[start : start + count][:, None], metered.accounts, axis=1)
            if self._how == "max":
                best = metered.usage[at[:, 0]].argmax(axis=0)
                yield at[best, 0][None, :], np.ones((1, metered.accounts))
            else:
                yield at, np.full(at.shape, 1 / count)

    def quantities(self, metered: Metered) -> Floats:
        """Return the load at the times, by row and account [kW]."""
        if not len(self._at):
            return np.empty((0, metered.accounts))
        load = metered.usage[self._at] * self._per_hour
        if self._how == "max":
            return np.maximum.reduceat(load, self._first, axis=0)
        return np.add.reduceat(load, self._first, axis=0) / self._counts[:, None]
