"""The meter of a home: what is used and made behind it becomes what is taken from the grid and sent to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.intervals.forms import interval_frame, loads_of
from omnipandas.intervals.loads import Loads
from omnipandas.intervals.units import Floats
from omnipandas.schema import UNIT


def meters(load: pd.Series | pd.DataFrame) -> list[Loads]:
    """Return the load of each meter, one set for each set of accounts with the same intervals.

    Raises
    ------
    ArgumentError
        It is neither a Series nor INTERVALS.
    SchemaError
        Values are missing or negative, an interval is there twice, or a Series is not in order.
    """
    if not isinstance(load, pd.Series | pd.DataFrame) or (
        isinstance(load, pd.DataFrame) and not {"total_kwh", "service_account_id"} & set(load.columns)
    ):
        raise ArgumentError(
            "a load stands behind one meter: give a Series of one account's usage [kWh], or INTERVALS, which "
            f"op.intervals makes of a frame of accounts, not {type(load).__name__}."
        )
    found = loads_of(load)
    for loads in found:
        step = np.diff(loads.calendar.instant)
        if (step <= 0).any():
            at = loads.index[int(np.argmax(step <= 0)) + 1]
            raise SchemaError(
                f"the load is not in order at {at}, or has it twice: use sort_index(), keep one."
            )
    return found


def usage_with(
    load: pd.Series | pd.DataFrame, found: Sequence[Loads], used: Sequence[Floats]
) -> pd.Series | pd.DataFrame:
    """Return the load, of the kind that it is, with other use behind its meters; none makes energy."""
    if isinstance(load, pd.Series):
        return pd.Series(found[0].usage[:, 0] + used[0][:, 0], index=load.index, name=load.name)
    changed = metered(load, found, used)
    if "export_kwh" not in load.columns:
        return changed.drop(columns="export_kwh")
    return changed.assign(export_kwh=changed["export_kwh"].where(load["export_kwh"].notna()))


def metered(load: pd.Series | pd.DataFrame, found: Sequence[Loads], used: Sequence[Floats]) -> pd.DataFrame:
    """Return INTERVALS of meters behind which more energy is used, or made.

    Parameters
    ----------
    load : Series or DataFrame
        The load.
    found : sequence of Loads
        What `meters` made of it.
    used : sequence of numpy.ndarray, shape (instants, accounts) or (instants, 1)
        For each of them the energy used [kWh]; negative where energy is made.

    Returns
    -------
    DataFrame
        The load with what the meters take and send then. What is used first takes from what would be sent,
        what is made from what would be taken, so that their difference changes by `used` and nothing
        changes where that is 0.
    """
    frame = load if isinstance(load, pd.DataFrame) else _frame(load, found[0])
    total, export = (np.zeros(len(frame)) for _ in range(2))
    for loads, energy in zip(found, used, strict=True):
        sent = np.zeros_like(loads.usage) if loads.export is None else loads.export
        more, made = np.maximum(energy, 0.0), np.maximum(-energy, 0.0)
        from_sent, from_taken = np.minimum(sent, more), np.minimum(loads.usage, made)
        rows = np.arange(len(frame)).reshape(-1, 1) if loads.rows is None else loads.rows
        total[rows] = loads.usage - from_taken + (more - from_sent)
        export[rows] = sent - from_sent + (made - from_taken)
    # The utility's split is of the load that it metered.
    return frame.assign(on_peak_kwh=np.nan, off_peak_kwh=np.nan, total_kwh=total, export_kwh=export)


def _frame(load: pd.Series, loads: Loads) -> pd.DataFrame:
    name = pd.Categorical(["load" if load.name is None else str(load.name)] * len(load))
    index = loads.index
    return interval_frame(index, index + np.timedelta64(loads.length, UNIT), name, {})
