"""Fixed charges, compiled over a timeline."""

from __future__ import annotations

import numpy as np

from omnipandas.intervals.units import Floats
from omnipandas.tariffs.components import Fixed

from .line_items import Version, plain_rows
from .metering import Metered
from .timeline import Timeline


class FixedLine:
    """A charge by the calendar, the same for every account."""

    def __init__(self, timeline: Timeline, charge: Fixed, version: Version, twelfths: bool) -> None:
        count = calendar_count(timeline, charge.every, version.share, twelfths)
        period = np.flatnonzero(count)
        self._count = count[period][:, None]
        self._count.flags.writeable = False
        self.charge, self.versions = charge, (version,)
        price = np.full(len(period), charge.price)
        self.rows = plain_rows(period, charge.name, charge.component, charge.every, price)

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
