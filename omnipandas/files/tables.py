"""Usage that people have in files or frames of their own."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError, QualityWarning, SchemaError
from omnipandas.intervals.zones import instants_of, wall_times, zone_name, zoned
from omnipandas.schema import INTERVALS, TEXT

from .assembling import account_column, assembled, interval_lengths

_UNKNOWN = frozenset(("", "-", "na", "n/a", "nan", "null", "none"))
_KWH = {"kwh": 1.0, "wh": 0.001}
_LABELS = ("start", "end")
_OFFSET = re.compile(r"\d(Z|[+-]\d\d:?\d\d)$")


def read_intervals(
    source: str | Path | IO[str] | pd.DataFrame,
    *,
    timezone: str,
    time: str | Sequence[str] | None = None,
    total: str | None = "total_kwh",
    on_peak: str | None = None,
    off_peak: str | None = None,
    export: str | None = None,
    unit: str = "kwh",
    label: str = "start",
    time_format: str | None = None,
    service_account_id: str = "file",
    minutes: int | None = None,
) -> pd.DataFrame:
    r"""Return the usage in a CSV file or a frame as INTERVALS.

    Parameters
    ----------
    source : path, text file or DataFrame
        A CSV file with a header, an open text file, or a frame, which is not changed.
    timezone : str
        IANA zone of the premise. Stamps without an offset are its wall time.
    time : str or (date, hour), optional
        The column of the stamps, or one of dates and one of hours (0 to 24); by default a frame's
        DatetimeIndex, or the column ``timestamp``.
    total, on_peak, off_peak, export : str, optional
        Columns of usage; `total` may be None where on-peak and off-peak are given. Export becomes
        a column of its own, `export_kwh`.
    unit : {"kwh", "wh"}, default "kwh"
        Of all usage columns.
    label : {"start", "end"}, default "start"
        Which edge of its interval a stamp is.
    time_format : str, optional
        As for `datetime.strptime`; needed unless stamps are ISO 8601.
    service_account_id : str, default "file"
        A column of ids where there is one of that name, otherwise the id of all rows.
    minutes : int, optional
        Length of all intervals; by default it is found for each day: 60, 30, 15, 10 or 5.

    Returns
    -------
    DataFrame
        INTERVALS, sorted by start, doubles kept; blank, ``-`` and ``NA`` are NaN, rows that are absent stay
        absent. `check_usage` says what is wrong with them.

    Raises
    ------
    ArgumentError
        Where `timezone`, `unit`, `label` or `minutes` cannot be right.
    SchemaError
        Where a column is missing, a stamp or a number cannot be read, or no length can be found.

    Warns
    -----
    QualityWarning
        Where wall times do not exist (moved on by what spring leaves out) or the hour repeated
        in autumn comes once only (taken for the first).

    Notes
    -----
    Of a wall time that comes twice in autumn the first is daylight saving time, the second standard time,
    in the order of the rows.

    Examples
    --------
    >>> import io
    >>> import omnipandas as op
    >>> text = "timestamp,kwh\n2023-11-05 00:00,0.4\n2023-11-05 01:00,0.5\n2023-11-05 01:00,0.6\n"
    >>> op.read_intervals(io.StringIO(text), timezone="America/New_York", total="kwh")["total_kwh"]
    interval_start
    2023-11-05 00:00:00-04:00    0.4
    2023-11-05 01:00:00-04:00    0.5
    2023-11-05 01:00:00-05:00    0.6
    Name: total_kwh, dtype: float64
    """
    zone = ZoneInfo(zone_name(timezone))
    for name, value, allowed in (("unit", unit, tuple(_KWH)), ("label", label, _LABELS)):
        if value not in allowed:
            raise ArgumentError(f"{name} must be one of {', '.join(map(repr, allowed))}, not {value!r}.")
    table = _table(source)
    columns = {"total_kwh": total, "on_peak_kwh": on_peak, "off_peak_kwh": off_peak, "export_kwh": export}
    usage = {
        name: _numbers(table, column) * _KWH[unit] for name, column in columns.items() if column is not None
    }
    if "total_kwh" not in usage:
        if not {"on_peak_kwh", "off_peak_kwh"} <= set(usage):
            raise ArgumentError("without total= both on_peak= and off_peak= are needed.")
        usage["total_kwh"] = usage["on_peak_kwh"] + usage["off_peak_kwh"]
    account = account_column(table, service_account_id)
    if not len(table):
        return assembled(INTERVALS.empty(zone.key), {}, export is not None)
    stamps, kept = _stamps(table, time, time_format, zone, account, usage)
    stamps, account = stamps[kept], account[kept]
    usage = {name: values[kept] for name, values in usage.items()}
    order = np.lexsort((account.codes, stamps))
    stamps, account = stamps[order], account[order]
    length = interval_lengths(stamps, account.codes, zone, minutes)
    start = stamps - length if label == "end" else stamps
    frame = pd.DataFrame(
        {"service_account_id": account, "interval_end": zoned(start + length, zone)},
        index=zoned(start, zone).rename("interval_start"),
    )
    return assembled(frame, {name: values[order] for name, values in usage.items()}, export is not None)


def _table(source: str | Path | IO[str] | pd.DataFrame) -> pd.DataFrame:
    if isinstance(source, pd.DataFrame):
        return source
    try:
        return pd.read_csv(source, dtype=TEXT, keep_default_na=False, skipinitialspace=True)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise SchemaError(f"the file is no CSV with a header: {error}") from error


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    if name not in table.columns:
        raise SchemaError(
            f"there is no column {name!r}; there are {', '.join(map(repr, table.columns))}. Name yours by "
            "total=, on_peak=, off_peak=, export= and time=."
        )
    return table[name]


def _numbers(table: pd.DataFrame, name: str) -> npt.NDArray[np.float64]:
    """Return a column as numbers, what stands for unknown as NaN."""
    column = _column(table, name)
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    text = column.astype(TEXT).str.strip()
    numbers = pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.isnan(numbers) & ~text.str.lower().isin(_UNKNOWN).to_numpy() & text.notna().to_numpy()
    if wrong.any():
        row = int(np.argmax(wrong))
        raise SchemaError(f"column {name!r}, row {row + 1}: {text.iloc[row]!r} is no number.")
    return numbers


def _stamps(
    table: pd.DataFrame,
    time: str | Sequence[str] | None,
    time_format: str | None,
    zone: ZoneInfo,
    account: pd.Categorical[str],
    usage: dict[str, npt.NDArray[np.float64]],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the rows' instants [microseconds], and which rows to keep."""
    parsed = _parsed(table, time, time_format)
    if parsed.hasnans:
        raise SchemaError(f"row {int(np.argmax(parsed.isna())) + 1} has no stamp: drop it or date it.")
    if parsed.tz is not None:
        return instants_of(parsed), np.ones(len(table), dtype=bool)
    unknown = np.isnan(usage["total_kwh"])
    return _localized(parsed.as_unit("us"), zone, account, unknown)


def _parsed(
    table: pd.DataFrame, time: str | Sequence[str] | None, time_format: str | None
) -> pd.DatetimeIndex:
    if time is None and isinstance(table.index, pd.DatetimeIndex):
        return table.index
    if time is None or isinstance(time, str):
        return _read(_column(table, time or "timestamp"), time_format)
    date, hour = time
    hours = _numbers(table, hour)
    if not ((hours >= 0) & (hours <= 24)).all():
        raise SchemaError(f"column {hour!r} must hold hours from 0 to 24 in every row.")
    days = _read(_column(table, date), time_format)
    return days + pd.to_timedelta((hours * 3600).round().astype(np.int64), unit="s")


def _read(column: pd.Series, time_format: str | None) -> pd.DatetimeIndex:
    if isinstance(column.dtype, pd.DatetimeTZDtype) or column.dtype.kind == "M":
        return pd.DatetimeIndex(column)
    text = column.astype(TEXT).str.strip()
    offsets = len(text) > 0 and _OFFSET.search(text.iloc[0]) is not None
    try:
        return pd.DatetimeIndex(pd.to_datetime(text, format=time_format or "ISO8601", utc=offsets))
    except ValueError as error:
        raise SchemaError(
            f"column {column.name!r} holds a stamp that is not "
            f"{time_format or 'ISO 8601 (give time_format=, as for strptime)'}: {error}"
        ) from error


def _localized(
    wall: pd.DatetimeIndex, zone: ZoneInfo, account: pd.Categorical[str], unknown: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return wall times as instants, and which rows to keep."""
    same = pd.DataFrame({"account": account.codes, "wall": wall}).groupby(["account", "wall"], sort=False)
    nth, rows = same.cumcount().to_numpy(), same["wall"].transform("size").to_numpy()
    times = wall_times(zone, np.asarray(wall.asi8, dtype=np.int64))
    instants = np.where(nth > 0, times.second, times.first)
    kept = np.ones(len(wall), dtype=bool)
    lost = np.flatnonzero(times.skipped)
    if len(lost):
        key = pd.MultiIndex.from_arrays([account.codes, instants])
        kept &= ~(key.isin(key[lost]) & unknown)
        kept[lost] = True
    _warn(wall, lost, times.twice & (rows == 1))
    return instants, kept


def _warn(wall: pd.DatetimeIndex, lost: npt.NDArray[np.int64], once: npt.NDArray[np.bool_]) -> None:
    if len(lost):
        warnings.warn(
            f"{len(lost)} wall time(s) do not exist in this zone, the first is {wall[lost[0]]}: moved on by "
            "the hour that the clocks leave out.",
            QualityWarning,
            stacklevel=5,
        )
    if once.any():
        warnings.warn(
            f"the hour that comes twice in autumn is there once, from {wall[int(np.argmax(once))]}: taken "
            "for the first, in daylight saving time.",
            QualityWarning,
            stacklevel=5,
        )
