"""Further columns of INTERVALS, those that a study does not make itself: carried along."""

from __future__ import annotations

import numpy as np
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.schema import Table

from .units import Ints, Mask


def further(hourly: pd.DataFrame, made: Table) -> list[str]:
    """Return the columns of a frame that are not of the table that is made of it."""
    return [name for name in hourly.columns if name not in made.names]


def without_rows(hourly: pd.DataFrame, made: Table) -> pd.DataFrame:
    """Return the table of no rows that is made of a frame without rows."""
    empty = made.empty(str(pd.DatetimeIndex(hourly.index).tz))
    return empty.assign(**{name: hourly[name].array for name in further(hourly, made)})


def taken(column: pd.Series, rows: Ints) -> pd.api.extensions.ExtensionArray:
    """Return a column's values at rows; missing at -1."""
    values = pd.Series(column.array)
    if (rows >= 0).all():
        return values.array[rows]
    # Flags and whole numbers have no missing value of their own.
    return (values.astype("boolean") if values.dtype == np.bool_ else values).reindex(rows).array


def one_value(column: pd.Series, code: Ints, groups: int) -> Ints:
    """Return a row of each group that has its one value; -1 where the group has several, or none.

    Parameters
    ----------
    column : Series
        The values; missing ones do not count.
    code : numpy.ndarray
        Each row's group.
    groups : int
        How many groups there are.

    Raises
    ------
    SchemaError
        Where values cannot be compared, such as lists.
    """
    try:
        value, _ = pd.factorize(column.array)
    except TypeError as error:
        raise SchemaError(
            f"column {column.name!r} cannot be carried along: its values cannot be compared. Drop it first."
        ) from error
    known = np.flatnonzero(value >= 0)
    row = np.full(groups, -1)
    row[code[known]] = known
    several = value[known] != value[row[code[known]]]
    row[code[known[several]]] = -1
    return row


def flags(column: pd.Series) -> Mask:
    """Return a column of flags as a mask, missing ones as false."""
    return column.astype("boolean").to_numpy(dtype=np.bool_, na_value=False)
