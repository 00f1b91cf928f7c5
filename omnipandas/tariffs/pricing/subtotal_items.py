"""Minimum bills and percentage riders: lines that stand on the other lines of a bill."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from omnipandas.intervals.units import Floats
from omnipandas.tariffs.components import COMPONENTS, Minimum, Rider

from .fixed_items import calendar_count
from .line_items import Bill, Version, plain_rows
from .timeline import Timeline

_BEFORE_TAX = tuple(name for name in COMPONENTS if name not in ("tax", "rounding"))


class MinimumLine:
    """What a bill, or the bills of a year, lack to their least, of one version or of several."""

    def __init__(self, timeline: Timeline, parts: Sequence[tuple[Version, Minimum]], twelfths: bool) -> None:
        self.charge, self.versions = parts[0][1], tuple(version for version, _ in parts)
        floor = np.zeros(timeline.count)
        for version, charge in parts:
            floor += calendar_count(timeline, charge.every, version.share, twelfths) * charge.price
        # The billing periods that one minimum holds for begin here; its row stands with the last of them.
        self._first = np.arange(timeline.count)
        if self.charge.every == "year":
            self._first = np.unique(timeline.middle_year, return_index=True)[1]
        self._floor = np.add.reduceat(floor, self._first)
        period = np.append(self._first[1:], timeline.count) - 1
        self.rows = plain_rows(period, self.charge.name, self.charge.component, "USD", np.ones(len(period)))

    def quantities(self, bill: Bill) -> Floats:
        """Return what the bills so far lack, by row and account [USD]."""
        total = np.add.reduceat(bill.subtotal(_BEFORE_TAX), self._first, axis=0)
        lacking: Floats = np.maximum(self._floor[:, None] - total, 0.0)
        return lacking


class RiderLine:
    """A percentage of other lines of the same bill."""

    def __init__(self, timeline: Timeline, charge: Rider, version: Version) -> None:
        self.charge, self.versions = charge, (version,)
        levied = np.isin(timeline.middle_month + 1, charge.months) & (version.share > 0)
        period = np.flatnonzero(levied)
        prices = charge.share * version.share[period]
        self.rows = plain_rows(period, charge.name, charge.component, "USD", prices)

    def quantities(self, bill: Bill) -> Floats:
        """Return the lines so far that it is charged on, by row and account [USD]."""
        base: Floats = bill.subtotal(self.charge.of)[self.rows.period]
        return base
