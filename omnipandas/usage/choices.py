"""A study's arguments, one of a few words each, and its result of one row for each account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from omnipandas.errors import ArgumentError, warn_caller
from omnipandas.schema import TEXT, Table, dtype_of


def keyed(table: Table, accounts: pd.Index, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    """Return a table that has one row for each account."""
    columns: dict[str, pd.Series] = {}
    for column in table.columns:
        columns[column.name] = pd.Series([row[column.name] for row in rows], dtype=dtype_of(column))
    frame = pd.DataFrame(columns)
    return frame.set_axis(pd.Index(accounts.astype(TEXT), name=table.index.name), axis=0)


def choice(name: str, value: str, allowed: Iterable[str]) -> str:
    """Return `value`, one of `allowed`.

    Raises
    ------
    ArgumentError
        Naming what is allowed.
    """
    if value not in (options := tuple(allowed)):
        raise ArgumentError(f"{name} must be one of {', '.join(map(repr, options))}, not {value!r}.")
    return value


def by_or_freq(by: str, freq: str | None) -> str:
    """Return what `by` says; until the next version, what it says under its name of before."""
    if freq is None:
        return by
    warn_caller(f"freq={freq!r} is called by={freq!r} now; freq= goes in 0.2.", DeprecationWarning)
    return freq
