"""The forms that usage comes in: INTERVALS, a Series, a frame with a column for each account, an array."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import datetime
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.schema import INTERVALS, STAMP, TEXT, UNIT, checked_instants, checked_stamps

from .loads import Loads, checked_energy, length_of
from .readings import readings
from .units import HOUR, MINUTE, Floats, Ints
from .zones import from_wall, zone_name

ENERGY = ("on_peak_kwh", "off_peak_kwh", "total_kwh")
# How many values an array of a year has by the length of its intervals [minutes].
YEARS = {days * 1440 // minutes: minutes for days in (365, 366) for minutes in (5, 10, 15, 30)}


def intervals(
    usage: npt.ArrayLike | pd.Series | pd.DataFrame,
    *,
    timezone: str | None = None,
    minutes: float | None = None,
    service_account_id: str | None = None,
    start: str | datetime | None = None,
    export: npt.ArrayLike | pd.Series | pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return usage in any form as INTERVALS.

    Parameters
    ----------
    usage : array, Series or DataFrame
        Usage [kWh]: of one account an array, or a Series with a DatetimeIndex of the intervals' starts; or a
        frame with such an index and a column for each account.
    timezone : str, optional
        IANA zone of the premise. A naive index or `start` is its wall time and needs it; a tz-aware one is
        put into it.
    minutes : float, optional
        Length of the intervals; by default the commonest step of the index, an hour for an array.
    service_account_id : str, optional
        The account's id; by default the Series' name, or ``load``. Those of a frame are its columns' names.
    start : str or datetime, optional
        When an array's first interval starts; the others follow without a gap.
    export : array, Series or DataFrame, optional
        Energy sent to the grid [kWh], in the form of `usage`.

    Returns
    -------
    DataFrame
        INTERVALS, sorted by start, and ``export_kwh`` where `export` is given. On-peak and off-peak are NaN,
        as the split is not known. Doubles and gaps stay: `check_usage` tells of them. No values give no rows.

    Raises
    ------
    ArgumentError
        Where `timezone`, `minutes` or `start` is needed or cannot be right.
    SchemaError
        Where the values are not numbers, the index is none of dates, or intervals differ in length.

    Warns
    -----
    QualityWarning
        Where wall times do not exist: they are moved on by the change that spring leaves out.

    Examples
    --------
    >>> import omnipandas as op
    >>> op.intervals([0.4, 0.5], start="2023-11-05 01:00", timezone="America/New_York")["total_kwh"]
    interval_start
    2023-11-05 01:00:00-04:00    0.4
    2023-11-05 01:00:00-05:00    0.5
    Name: total_kwh, dtype: float64
    """
    zone = None if timezone is None else zone_name(timezone)
    if isinstance(usage, pd.DataFrame) and {"service_account_id", *ENERGY} & set(usage.columns):
        raise ArgumentError(
            "this frame is in long form, as INTERVALS are: studies take it as it is, and "
            "op.read_intervals(frame, timezone=..., total=...) completes one that lacks columns."
        )
    if isinstance(usage, pd.Series | pd.DataFrame):
        if start is not None:
            raise ArgumentError("start= is an array's; the index says when these intervals start.")
        index = _instants(usage.index, zone)
    else:
        usage = _array(usage)
        index = _steps(len(usage), start, zone, minutes)
    values, names = _columns(usage, service_account_id)
    energy = {"total_kwh": values}
    if export is not None:
        energy["export_kwh"] = _sent(export, usage, values)
    order = np.argsort(index.asi8, kind="stable")
    length = _length(np.unique(index.asi8), minutes)
    first = index[order].repeat(len(names))
    account = pd.Categorical.from_codes(
        np.tile(np.arange(len(names)), len(index)), dtype=pd.CategoricalDtype(pd.Index(names, dtype=TEXT))
    )
    by_row = {name: matrix[order].ravel() for name, matrix in energy.items()}
    return interval_frame(first, first + np.timedelta64(length, UNIT), account, by_row)


def interval_frame(
    start: pd.DatetimeIndex,
    end: pd.DatetimeIndex,
    account: pd.api.extensions.ExtensionArray,
    columns: Mapping[str, object],
) -> pd.DataFrame:
    """Return rows as INTERVALS: usage that `columns` does not have is NaN, what else it has comes behind."""
    usage = {name: columns.get(name, np.full(len(start), np.nan)) for name in ENERGY}
    every = {"service_account_id": account, "interval_end": end, **usage, **columns}
    return pd.DataFrame(every, index=start.rename(INTERVALS.index.name), copy=False)


def _instants(index: pd.Index, zone: str | None) -> pd.DatetimeIndex:
    stamps = checked_stamps(index, "the usage").as_unit(UNIT)
    if stamps.tz is not None:
        return stamps if zone is None else stamps.tz_convert(zone)
    if zone is None:
        raise ArgumentError(
            "the usage's index has no time zone: give timezone=, the premise's, such as "
            '"America/New_York"; its stamps are then the wall time there.'
        )
    utc = from_wall(stamps.to_numpy(), zone, [None] * len(stamps))
    return pd.DatetimeIndex(utc, tz="UTC").as_unit(UNIT).tz_convert(zone)


def _array(usage: npt.ArrayLike) -> Floats:
    values = np.asarray(usage)
    if values.ndim != 1 or values.dtype.kind not in "iuf":
        raise SchemaError(
            "usage is an array of one dimension of numbers in kWh, a Series, or a frame with a column for "
            f"each account, not {type(usage).__name__} of {values.ndim} dimension(s) of {values.dtype}."
        )
    return np.asarray(values, dtype=np.float64)


def _steps(count: int, start: object, zone: str | None, minutes: float | None) -> pd.DatetimeIndex:
    """Return the starts of an array's intervals."""
    if start is None:
        raise ArgumentError('an array says no time: give start=, such as "2023-01-01", and timezone=.')
    if minutes is None and count in YEARS:
        raise ArgumentError(
            f"{count} values are a year of {YEARS[count]} minutes: give minutes={YEARS[count]}, or "
            "minutes=60 if they are hours."
        )
    try:
        first = pd.DatetimeIndex([pd.Timestamp(start)])  # type: ignore[arg-type]  # what cannot be one raises
    except (ValueError, TypeError) as error:
        raise ArgumentError(f'start is a time such as "2023-01-01 00:00", not {start!r}.') from error
    begin = _instants(first, zone)
    starts = begin.asi8[0] + np.arange(count) * _length(np.zeros(0, dtype=np.int64), minutes)
    return pd.DatetimeIndex(starts.view(STAMP), tz="UTC").tz_convert(begin.tz)


def _columns(usage: Floats | pd.Series | pd.DataFrame, account: str | None) -> tuple[Floats, list[str]]:
    """Return usage, instants x accounts, and the accounts' ids."""
    if isinstance(usage, pd.DataFrame):
        if account is not None:
            raise ArgumentError("the accounts of a frame are its columns' names: rename those.")
        return _matrix(usage), [str(name) for name in usage.columns]
    named = usage.name if isinstance(usage, pd.Series) and account is None else account
    values = _numbers(usage) if isinstance(usage, pd.Series) else usage
    return values.reshape(-1, 1), ["load" if named is None else str(named)]


def _sent(export: object, usage: Floats | pd.Series | pd.DataFrame, values: Floats) -> Floats:
    """Return export as a matrix like that of the usage."""
    if isinstance(usage, pd.Series | pd.DataFrame):
        return _aligned(export, usage)
    sent = _array(export)  # type: ignore[arg-type]  # what is no array of numbers raises
    if len(sent) != len(values):
        raise SchemaError(f"export has {len(sent)} values, the usage {len(values)}: give as many.")
    return sent.reshape(-1, 1)


def _length(starts: Ints, minutes: float | None) -> int:
    """Return the intervals' length [microseconds]: as said, or the commonest step of the starts."""
    if minutes is not None:
        if not isinstance(minutes, int | float | np.number) or not 0 < minutes <= 1440:
            raise ArgumentError(
                f"minutes is an interval's length, above 0 and at most 1440, not {minutes!r}."
            )
        length = round(float(minutes) * MINUTE)
        if len(starts) > 1 and (least := int(np.diff(starts).min())) < length:
            raise SchemaError(
                f"intervals of {minutes:g} minutes would overlap: the least step is of {least / MINUTE:g}."
            )
        return length
    if len(starts) < 2:
        return HOUR
    steps, times = np.unique(np.diff(starts), return_counts=True)
    usual = int(steps[np.argmax(times)])
    if steps[0] < usual:
        raise SchemaError(
            f"intervals of several lengths: steps of {steps[0] / MINUTE:g} and of {usual / MINUTE:g} "
            "minutes. Give minutes=, or use op.read_intervals(frame, timezone=...), which finds the length "
            "of each day."
        )
    return usual


def _numbers(usage: pd.Series) -> Floats:
    if not pd.api.types.is_numeric_dtype(usage.dtype):
        raise SchemaError(
            f"the usage must be numbers in kWh, not {usage.dtype}: pd.to_numeric makes them of texts."
        )
    return usage.to_numpy(dtype=np.float64, na_value=np.nan)


def _matrix(usage: pd.DataFrame) -> Floats:
    """Return a frame of accounts as instants x accounts."""
    names = [str(name) for name in usage.columns]
    if len(set(names)) < len(names):
        raise SchemaError("two columns of the frame of accounts have one name; each account needs its own.")
    if text := [name for name, dtype in usage.dtypes.items() if not pd.api.types.is_numeric_dtype(dtype)]:
        raise SchemaError(
            f"column {text[0]!r} of the frame of accounts is not numbers in kWh. In long form the usage "
            "column is named total_kwh."
        )
    return usage.to_numpy(dtype=np.float64, na_value=np.nan)


def loads_of(hourly: pd.DataFrame | pd.Series, export: pd.DataFrame | pd.Series | None = None) -> list[Loads]:
    """Return the loads in `hourly`, one for each set of accounts with the same intervals.

    Parameters
    ----------
    hourly : DataFrame or Series
        INTERVALS in long form (`total_kwh`, and `export_kwh` where there is export), a tz-aware Series
        of one account's usage [kWh], or a frame with a tz-aware index and a column for each account [kWh].
    export : DataFrame or Series, optional
        Energy sent to the grid [kWh], in the same form as a Series or wide `hourly`.

    Raises
    ------
    SchemaError
        Not such a frame; intervals of several lengths in an account; NaN or negative values.
    """
    if not isinstance(hourly, pd.Series | pd.DataFrame):
        raise SchemaError(
            f"an INTERVALS frame, a Series or a frame of accounts is needed, not {type(hourly).__name__}."
        )
    if isinstance(hourly, pd.DataFrame) and {"total_kwh", "service_account_id"} & set(hourly.columns):
        if export is not None:
            raise SchemaError("give export as the column export_kwh of the INTERVALS frame.")
        return _long(hourly)
    index = checked_instants(hourly.index, "the load")
    accounts: tuple[Hashable, ...]
    if isinstance(hourly, pd.Series):
        accounts = ("load" if hourly.name is None else hourly.name,)
        values = _numbers(hourly).reshape(-1, 1)
    else:
        accounts, values = tuple(hourly.columns), _matrix(hourly)
    values = checked_energy(values, index, accounts, "usage")
    sent = None if export is None else checked_energy(_aligned(export, hourly), index, accounts, "export")
    return [Loads(index, length_of(index), accounts, values, sent)]


def _aligned(export: object, usage: pd.Series | pd.DataFrame) -> Floats:
    """Return export as a matrix like that of the usage, instants x accounts."""
    if not isinstance(export, type(usage)):
        raise SchemaError(f"export must be a {type(usage).__name__} as the usage is, with the same accounts.")
    if isinstance(export, pd.DataFrame) and list(export.columns) != list(usage.columns):
        raise SchemaError("export must be a frame with the same accounts as the usage.")
    if not export.index.equals(usage.index):
        raise SchemaError("export must have the same index as the usage.")
    return _matrix(export) if isinstance(export, pd.DataFrame) else _numbers(export).reshape(-1, 1)


def _long(frame: pd.DataFrame) -> list[Loads]:
    load = readings(frame, "total_kwh")
    if not len(load.kwh):
        return []
    sent = readings(frame, "export_kwh").kwh if "export_kwh" in frame.columns else None
    order = np.arange(len(load.kwh)) if load.order is None else load.order
    account, stamps = load.account[order], load.instant[order]
    length = load.length[order] if "interval_end" in frame.columns else None
    edges = [0, *(np.flatnonzero(np.diff(account)) + 1).tolist(), len(account)]
    alike: dict[tuple[int | None, bytes], list[tuple[int, int]]] = {}
    # In the order in which accounts come first in the frame.
    spans = sorted(pairwise(edges), key=lambda span: int(order[slice(*span)].min()))
    for low, high in spans:
        own = None if length is None else _one_length(length[low:high], load.index[order[low:high]])
        alike.setdefault((own, stamps[low:high].tobytes()), []).append((low, high))
    found = []
    for (own, _), group in alike.items():
        rows = np.column_stack([order[low:high] for low, high in group])
        index = load.index[rows[:, 0]]
        names = tuple(load.accounts[account[low]] for low, _ in group)
        usage = checked_energy(load.kwh[rows], index, names, "total_kwh")
        out = None if sent is None else checked_energy(sent[rows], index, names, "export_kwh")
        found.append(Loads(index, own or length_of(index), names, usage, out, rows))
    return found


def _one_length(length: Ints, index: pd.DatetimeIndex) -> int:
    if (length != length[0]).any():
        raise SchemaError(
            f"intervals of several lengths: the one at {index[int(np.argmax(length != length[0]))]} is not "
            "as long as the first. Bring them to one length first: op.resample_usage(hourly, 'hour')."
        )
    return int(length[0])
