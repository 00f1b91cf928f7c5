"""A study's arguments, one of a few words each, and its result of one row for each account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from omnipandas.errors import ArgumentError
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
    """Return what `by` says, or what is said under its name of version 0.1."""
    return by if freq is None else freq
