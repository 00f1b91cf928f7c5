"""Running totals, as meters count them, become what was used between two readings."""

from __future__ import annotations

import numpy as np

from omnipandas.errors import SchemaError
from omnipandas.intervals.units import Floats, Ints, Mask

_LEAST_ROWS = 8


def used(value: Floats) -> Floats:
    """Return what a counter counted up to each reading since the one before; the first is unknown.

    A counter that goes through its last digit (99999 to 3) counts on; one that falls to less than half was
    changed or set to 0: what was used then is unknown. A small step back is kept: energy flowed the other
    way.

    Parameters
    ----------
    value : numpy.ndarray
        Readings [kWh] of one counter in the order of time, NaN unknown.

    Examples
    --------
    >>> import numpy as np
    >>> used(np.array([99998.0, 99999.0, 3.0, np.nan, 5.0, 6.5, 0.5])).tolist()
    [nan, 1.0, 4.0, nan, nan, 1.5, nan]
    """
    step = np.append(np.nan, np.diff(value))
    before = np.append(np.nan, value[:-1])
    fell = (step < 0) & (value < before / 2)
    if fell.any():
        top = 10.0 ** np.ceil(np.log10(np.maximum(before, 10) + 1e-9))
        round_ = fell & (before > 0.98 * top) & (value < 0.02 * top) & (top >= 1000)
        step = np.where(round_, step + top, np.where(fell, np.nan, step))
    return np.asarray(step)


def refuse_counter(value: Floats, name: str) -> None:
    """Raise where values can be nothing but a running total: they never fall, and are far above their steps.

    Raises
    ------
    SchemaError
        Saying how it is read.
    """
    if looks_counted(value):
        raise SchemaError(
            f"column {name!r} looks like a running total (a meter's register), not usage by interval: give "
            "reading='register', or reading='interval' if it is usage."
        )


def looks_counted(value: Floats) -> bool:
    """Say whether values, in the order of time, can be nothing but a running total."""
    known = value[~np.isnan(value)]
    if len(known) < _LEAST_ROWS or known[0] <= 0:
        return False
    step = np.diff(known)
    return bool((step >= 0).all() and (step > 0).mean() > 0.5 and known[0] > 20 * step.max())


def last_of_each(group: Ints, at: Ints) -> Mask:
    """Mark the last reading of each group and instant, rows being in the order of both."""
    return np.append((np.diff(at) != 0) | (np.diff(group) != 0), True)[: len(at)]
