"""The readings that a tariff is priced on: usage, and the demand that is taken from it."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from omnipandas.errors import TariffError
from omnipandas.intervals.groups import Groups, reduced_together
from omnipandas.intervals.units import HOUR, Floats, Ints

from .timeline import Timeline


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
        self._sums: dict[Groups, Floats] = {}
        self._peaks: dict[Groups, Floats] = {}

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
        if groups not in self._peaks:
            self._peaks[groups] = groups.peaks(self.demand)
        return self._peaks[groups]

    def sums_of(self, groups: Groups) -> Floats:
        """Return the usage of each group [kWh]."""
        if groups not in self._sums:
            self._sums[groups] = groups.sums(self.usage)
        return self._sums[groups]

    def take(self, sums: list[Groups], peaks: list[Groups]) -> None:
        """Take sums and peaks of many accounts in one pass, for those who ask for them later."""
        if self.demand is not self.usage:
            peaks = []
        jobs: list[tuple[Groups, np.ufunc]] = [(groups, np.add) for groups in sums]
        jobs += [(groups, np.maximum) for groups in peaks]
        if self.accounts < 2 or not jobs:
            return
        found = reduced_together(self.usage, jobs)
        self._sums = dict(zip(sums, found[: len(sums)], strict=True))
        self._peaks = dict(zip(peaks, found[len(sums) :], strict=True))


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
    def day(self) -> Ints:
        """Local day of each demand interval."""
        return self.interval_of(self.timeline.day_of)

    def slots(self, per_day: int) -> Ints:
        """Return day x `per_day` + slot of the local day of each demand interval's start."""
        return self.interval_of(self.timeline.slots(per_day))

    def interval_of(self, values: Ints) -> Ints:
        """Return what the load's intervals have at the start of each demand interval."""
        return values if self._starts is None else values[self._starts]

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
        return Groups(np.zeros(len(self.day), np.int64), 1, self.lo, self.hi)

    def interval(self, at: Ints) -> Ints:
        """Return the load's interval at which a demand interval starts."""
        return at if self._starts is None else self._starts[at]

    def demand(self, usage: Floats) -> Floats:
        """Return the mean load of each demand interval [kW]."""
        if self._starts is not None:
            counts = np.diff(np.append(self._starts, len(usage)))
            return np.add.reduceat(usage, self._starts, axis=0) * (self._per_hour / counts)[:, None]
        return usage if self._per_hour == 1 else usage * self._per_hour
