"""What a caller says of a file, and what its rows say, before they are INTERVALS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from omnipandas.intervals.units import Floats, Mask

Channel = tuple[str, Mapping[str, str]]
Quality = str | tuple[str, Sequence[str]]


@dataclass(frozen=True)
class Question:
    """What the caller of `read_intervals` says of the file; None where the file is to tell."""

    timezone: str
    time: str | Sequence[str] | None = None
    total: str | Sequence[str] | None = None
    on_peak: str | None = None
    off_peak: str | None = None
    export: str | None = None
    unit: str | None = None
    label: str | None = None
    time_format: str | None = None
    service_account_id: str | None = None
    minutes: int | None = None
    clock: str | None = None
    channel: Channel | None = None
    year: int | None = None
    reading: str | None = None
    doubles: str = "keep"
    quality: Quality | None = None


@dataclass(frozen=True)
class Rows:
    """Readings as a file has them.

    Parameters
    ----------
    account : str or sequence of str
        One id for all rows, or one a row.
    start : DatetimeIndex
        Instants, tz-aware, or naive wall time of the clock that the caller names; in the file's order.
    total, on_peak, off_peak, export : numpy.ndarray
        Energy [kWh], NaN unknown.
    end : DatetimeIndex, optional
        As `start`; where it is None, the length is found.
    label : {"start", "end"}
        Which edge `start` really is.
    estimated : numpy.ndarray of bool, optional
        Marks the readings that the utility estimated.
    left_out : tuple of str
        What of the file is not in it and may matter, a sentence each, without names and addresses.
    read_as : mapping
        Arguments that were found, as `read_intervals` takes them.
    reading : {"interval", "power", "register"}
        Whether the numbers are energy, mean power [kW], or a running total [kWh] read at `start`.
    minutes : numpy.ndarray of float, optional
        Each row's length as the file states it [min], NaN where it does not.
    """

    account: Sequence[str] | str
    start: pd.DatetimeIndex
    total: Floats
    end: pd.DatetimeIndex | None = None
    label: str = "start"
    on_peak: Floats | None = None
    off_peak: Floats | None = None
    export: Floats | None = None
    estimated: Mask | None = None
    left_out: tuple[str, ...] = ()
    read_as: Mapping[str, object] = field(default_factory=dict)
    reading: str = "interval"
    minutes: Floats | None = None
