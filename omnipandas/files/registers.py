"""Registers of one meter, delivered and received, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import pandas as pd

from omnipandas.intervals.units import Floats, Ints, Mask

from .rows import Rows


@dataclass(frozen=True)
class Register:
    """What one register of a meter counted.

    Parameters
    ----------
    account : str
        Whose it is.
    name : str
        The register's own name; readings of one name follow each other, those of two are added.
    role : {"total", "export"}
        Which column it belongs to.
    start, end : DatetimeIndex
        As in `Rows`.
    kwh : numpy.ndarray
        Energy [kWh], NaN unknown.
    estimated : numpy.ndarray of bool
        Marks the readings that the utility estimated.
    """

    account: str
    name: str
    role: str
    start: pd.DatetimeIndex
    kwh: Floats
    estimated: Mask
    end: pd.DatetimeIndex | None = None


def side_by_side(
    registers: Iterable[Register],
    *,
    label: str = "start",
    left_out: Sequence[str] = (),
    read_as: Mapping[str, object] | None = None,
) -> list[Rows]:
    """Return registers as rows, an account each, in the order of the accounts.

    Readings meet where their stamps are equal: the n-th of one register the n-th of another. What only one
    of two registers knows is unknown in their sum.
    """
    ordered = sorted(registers, key=lambda register: register.account)
    found: list[Rows] = []
    for account, own in groupby(ordered, key=lambda register: register.account):
        rows = _rows(account, _joined(list(own)), label)
        found.append(replace(rows, left_out=tuple(left_out) if not found else (), read_as=read_as or {}))
    return found


def _joined(registers: list[Register]) -> list[Register]:
    """Return registers with those of one name and role put one behind the other."""
    by_name: dict[tuple[str, str], list[Register]] = {}
    for register in registers:
        by_name.setdefault((register.role, register.name), []).append(register)
    return [_behind(parts) for parts in by_name.values()]


def _behind(parts: list[Register]) -> Register:
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    end = None
    if all(part.end is not None for part in parts):
        end = _appended([part.end for part in parts if part.end is not None])
    return Register(
        first.account,
        first.name,
        first.role,
        _appended([part.start for part in parts]),
        np.concatenate([part.kwh for part in parts]),
        np.concatenate([part.estimated for part in parts]),
        end,
    )


def _appended(parts: list[pd.DatetimeIndex]) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(parts[0].append(parts[1:])) if len(parts) > 1 else parts[0]


def _rows(account: str, registers: list[Register], label: str) -> Rows:
    registers = sorted(registers, key=lambda register: register.role != "total")
    place, at = _places([register.start for register in registers])
    size = len(at)
    sums: dict[str, Floats] = {}
    estimated = np.zeros(size, dtype=bool)
    for register, own in zip(registers, place, strict=True):
        values = np.full(size, np.nan)
        values[own] = register.kwh
        sums[register.role] = sums[register.role] + values if register.role in sums else values
        estimated[own] |= register.estimated
    start = _appended([register.start for register in registers])[at]
    end = None
    if all(register.end is not None for register in registers):
        end = _appended([register.end for register in registers if register.end is not None])[at]
    return Rows(
        account,
        start,
        sums.get("total", np.full(size, np.nan)),
        end,
        label,
        export=sums.get("export"),
        estimated=estimated,
    )


def _places(starts: list[pd.DatetimeIndex]) -> tuple[list[Ints], Ints]:
    """Return the row of each reading of each register, and of each row the reading it comes from."""
    sizes = [len(start) for start in starts]
    register = np.repeat(np.arange(len(starts)), sizes)
    stamp = np.concatenate([start.as_unit("us").asi8 for start in starts])
    keys = pd.DataFrame({"register": register, "stamp": stamp})
    nth = keys.groupby(["register", "stamp"], sort=False).cumcount()
    row = keys.assign(nth=nth).groupby(["stamp", "nth"], sort=False).ngroup().to_numpy()
    at = np.unique(row, return_index=True)[1]
    return np.split(row, np.cumsum(sizes)[:-1]), at
