"""What files say becomes INTERVALS: stamps to instants, lengths, power and registers to energy, doubles."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from omnipandas.errors import QualityWarning
from omnipandas.intervals.forms import ENERGY, interval_frame
from omnipandas.intervals.units import HOUR, MINUTE, Floats, Ints, Mask
from omnipandas.intervals.zones import changes, instants_of, zoned
from omnipandas.schema import INTERVALS, TEXT

from .counters import last_of_each, refuse_counter, used
from .lengths import checked_minutes, ends_of, minutes_of
from .rows import Question, Rows
from .walls import Clock, clock_of

NONE = int(np.iinfo(np.int64).min)
_NEAR = 26 * HOUR


@dataclass(frozen=True)
class _Batch:
    """Rows of one reading and one clock, in the order of the file.

    Parameters
    ----------
    account : numpy.ndarray
        Code of each row's account.
    wall : numpy.ndarray
        Wall time of naive stamps [us]; NONE for instants.
    at : numpy.ndarray
        Instant of each stamp [us since 1970 UTC].
    end : numpy.ndarray
        Instant of each end where the file has it; NONE elsewhere.
    minutes : numpy.ndarray
        Length that the file states [min], NaN where it does not.
    energy : mapping of str to numpy.ndarray
        Each column's values; power and registers are no energy yet.
    estimated : numpy.ndarray or None
        Marks estimated readings.
    """

    account: Ints
    wall: Ints
    at: Ints
    end: Ints
    minutes: Floats
    energy: Mapping[str, Floats]
    estimated: Mask | None

    def __getitem__(self, rows: Ints | Mask) -> _Batch:
        """Return some rows."""
        return _Batch(
            self.account[rows],
            self.wall[rows],
            self.at[rows],
            self.end[rows],
            self.minutes[rows],
            {name: values[rows] for name, values in self.energy.items()},
            None if self.estimated is None else self.estimated[rows],
        )


def assembled(parts: Sequence[Rows], question: Question) -> pd.DataFrame:
    """Return rows as INTERVALS, sorted by start and account.

    Raises
    ------
    ArgumentError
        Where `clock` or `minutes` cannot be right.
    SchemaError
        Where no length can be found, or usage looks like a running total.

    Warns
    -----
    QualityWarning
        Where wall times do not exist, or an hour that comes twice is there once.
    """
    zone = ZoneInfo(question.timezone)
    names = _names(parts)
    codes = {name: code for code, name in enumerate(names)}
    checked_minutes(question.minutes)
    clock_of(question.clock, question.timezone)
    oddities = _Oddities()
    alike: dict[tuple[str, str, Clock], list[_Batch]] = {}
    for part in parts:
        if len(part.start):
            clock = _clock(part, question)
            batch = _batch(part, codes, clock, oddities)
            alike.setdefault((part.label, part.reading, clock), []).append(batch)
    batches = [
        _energy(_joined(own), label, reading, zone, clock, question)
        for (label, reading, clock), own in alike.items()
    ]
    oddities.warn()
    if not batches:
        frame = INTERVALS.empty(question.timezone)
        return (
            frame
            if not any(part.export is not None for part in parts)
            else frame.assign(export_kwh=np.zeros(0))
        )
    return _frame(_sorted(_joined(batches), question.doubles), names, zone)


def _names(parts: Sequence[Rows]) -> list[str]:
    found: dict[str, None] = {}
    for part in parts:
        values = [part.account] if isinstance(part.account, str) else pd.unique(pd.Series(part.account))
        found |= {str(value): None for value in values}
    return sorted(found) or ["file"]


def _clock(part: Rows, question: Question) -> Clock:
    named = question.clock or part.read_as.get("clock")
    return clock_of(None if named is None else str(named), question.timezone)


def _batch(part: Rows, codes: Mapping[str, int], clock: Clock, oddities: _Oddities) -> _Batch:
    """Return rows with instants, without those that spring leaves out and that hold nothing."""
    size = len(part.start)
    if isinstance(part.account, str):
        account = np.full(size, codes[part.account])
    else:
        given = pd.Categorical(pd.Series(part.account))
        account = np.array([codes[str(name)] for name in given.categories], dtype=np.int64)[given.codes]
    columns = {"total_kwh": part.total, "on_peak_kwh": part.on_peak, "off_peak_kwh": part.off_peak}
    energy = {
        name: np.asarray(values, dtype=np.float64) for name, values in columns.items() if values is not None
    }
    if part.export is not None:
        energy["export_kwh"] = np.asarray(part.export, dtype=np.float64)
    unknown: Mask = np.logical_and.reduce([np.isnan(values) for values in energy.values()])
    none, blank = np.full(size, NONE), np.full(size, np.nan)
    minutes = blank if part.minutes is None else part.minutes
    estimated = part.estimated
    at, wall, kept = _instants(part.start, account, unknown, clock, oddities)
    end = none if part.end is None else _instants(part.end, account, unknown, clock, None)[0]
    batch = _Batch(account, wall, at, end, minutes, energy, estimated)
    return batch if kept is None else batch[kept]


def _instants(
    index: pd.DatetimeIndex, account: Ints, unknown: Mask, clock: Clock, oddities: _Oddities | None
) -> tuple[Ints, Ints, Mask | None]:
    """Return stamps as instants, their wall times where they are naive, and which rows to keep."""
    if index.tz is not None:
        return instants_of(index), np.full(len(index), NONE), None
    wall = np.asarray(index.as_unit("us").asi8, dtype=np.int64)
    found = clock.instants(wall, account)
    kept = None
    if found.skipped.any():
        # A blank row at a time that does not exist is no reading, nor is one on which another moves.
        moved = found.skipped & ~unknown
        same = pd.MultiIndex.from_arrays([account, found.at])
        kept = ~(unknown & (found.skipped | same.isin(same[moved])))
    if oddities is not None:
        oddities.add(wall, found.skipped & ~unknown, found.once)
    return found.at, wall, kept


class _Oddities:
    """Wall times of which a warning tells, of all files together."""

    def __init__(self) -> None:
        self.moved: list[np.datetime64] = []
        self.once: list[np.datetime64] = []

    def add(self, wall: Ints, moved: Mask, once: Mask) -> None:
        """Note wall times that were moved, and those that should come twice."""
        self.moved += list(wall[moved].view("datetime64[us]"))
        self.once += list(wall[once].view("datetime64[us]"))

    def warn(self) -> None:
        """Warn of what was noted."""
        if self.moved:
            _warn(
                f"{len(self.moved)} wall time(s) do not exist in this zone, the first is "
                f"{pd.Timestamp(self.moved[0])}: moved on by what the clocks leave out."
            )
        if self.once:
            _warn(
                "the hour that comes twice in autumn is there once, from "
                f"{pd.Timestamp(self.once[0])}: taken for the first, in daylight saving time."
            )


def _warn(message: str) -> None:
    warnings.warn(message, QualityWarning, stacklevel=6)


def _joined(batches: Sequence[_Batch]) -> _Batch:
    if len(batches) == 1:
        return batches[0]
    sizes = [len(batch.at) for batch in batches]
    columns = dict.fromkeys(name for batch in batches for name in batch.energy)
    estimated = None
    if any(batch.estimated is not None for batch in batches):
        marks = [batch.estimated for batch in batches]
        estimated = np.concatenate(
            [
                np.zeros(size, dtype=bool) if own is None else own
                for own, size in zip(marks, sizes, strict=True)
            ]
        )
    return _Batch(
        np.concatenate([batch.account for batch in batches]),
        np.concatenate([batch.wall for batch in batches]),
        np.concatenate([batch.at for batch in batches]),
        np.concatenate([batch.end for batch in batches]),
        np.concatenate([batch.minutes for batch in batches]),
        {
            name: np.concatenate(
                [batch.energy.get(name, np.full(len(batch.at), np.nan)) for batch in batches]
            )
            for name in columns
        },
        estimated,
    )


def _energy(
    batch: _Batch, label: str, reading: str, zone: ZoneInfo, clock: Clock, question: Question
) -> _Batch:
    """Return rows with the start and the end of each interval, and the energy in it."""
    minutes = question.minutes
    if reading == "register":
        return _counted(batch, label, zone, minutes)
    if (batch.end != NONE).all():
        start, end = batch.at, batch.end
    else:
        length = minutes_of(batch.account, batch.at, batch.minutes, zone, minutes)
        start = batch.at
        if label == "end":
            start = _starts(batch, length, clock)
        end = ends_of(start, length, zone)
    energy = batch.energy
    if reading == "power":
        energy = {name: values * ((end - start) / HOUR) for name, values in energy.items()}
    elif question.reading is None:
        first = np.flatnonzero(batch.account == batch.account[0])
        refuse_counter(energy["total_kwh"][first[np.argsort(start[first], kind="stable")]], "total")
    return replace(batch, at=start, end=end, energy=energy)


def _starts(batch: _Batch, length: Ints, clock: Clock) -> Ints:
    """Return where intervals begin whose stamps are their ends.

    Around a change of the clocks a stamp is either the clock's reading at the interval's end, or the reading
    at its start and the length on top: after autumn's hour ``02:00`` comes twice then, not ``01:00``. Of the two
    the one is right by which no two rows of an account meet, and none is at a time that does not exist.
    """
    by_end = batch.at - length * MINUTE
    naive = batch.wall != NONE
    if not naive.any() or clock.standard:
        return by_end
    wall = np.where(naive, batch.wall, batch.at) - length * MINUTE
    found = clock.instants(wall, batch.account)
    by_wall = np.where(naive, found.at, by_end)
    differ = np.flatnonzero(by_wall != by_end)
    if not len(differ):
        return by_end
    low, high = int(by_end[differ].min()), int(by_end[differ].max())
    start = by_end.copy()
    for change in changes(clock.zone, low - _NEAR, high + _NEAR):
        near = np.abs(batch.at - change.at) <= _NEAR
        for account in np.unique(batch.account[near]):
            rows = near & (batch.account == account)
            lost = int(found.skipped[rows].sum())
            if _meeting(by_wall[rows]) + lost <= _meeting(by_end[rows]) + _moved(batch, rows, clock):
                start[rows] = by_wall[rows]
    return start


def _meeting(start: Ints) -> int:
    return len(start) - len(np.unique(start))


def _moved(batch: _Batch, rows: Mask, clock: Clock) -> int:
    walls = batch.wall[rows & (batch.wall != NONE)]
    return int(clock.instants(walls, np.zeros(len(walls), dtype=np.int64)).skipped.sum())


def _counted(batch: _Batch, label: str, zone: ZoneInfo, minutes: int | None) -> _Batch:
    """Return what counters counted between one reading and the next."""
    order = np.lexsort((batch.at, batch.account))
    sorted_ = batch[order]
    one = sorted_[last_of_each(sorted_.account, sorted_.at)]
    length = minutes_of(one.account, one.at, one.minutes, zone, minutes)
    # A reading stands at the end of its interval, or its stamp names the interval that it ends.
    end = ends_of(one.at, length, zone) if label == "start" else one.at
    same = np.append(False, one.account[1:] == one.account[:-1])
    start = np.where(same, np.append(NONE, end[:-1]), NONE)
    # Over absent readings no interval is known: they stay absent.
    whole = same & (
        np.where(same, end - np.where(same, start, 0), 0) <= length * MINUTE + HOUR * (length == 1440)
    )
    energy = {name: used(values)[whole] for name, values in one.energy.items()}
    return replace(one[whole], at=start[whole], end=end[whole], energy=energy)


def _sorted(batch: _Batch, doubles: str) -> _Batch:
    ascending = np.diff(batch.at)
    if (ascending < 0).any() or (ascending == 0).any():
        batch = batch[np.lexsort((batch.account, batch.at))]
    if doubles == "keep":
        return batch
    keys = pd.DataFrame({"account": batch.account, "at": batch.at})
    return batch[~keys.duplicated(keep="first" if doubles == "first" else "last").to_numpy()]


def _frame(batch: _Batch, names: Sequence[str], zone: ZoneInfo) -> pd.DataFrame:
    present = np.zeros(len(names), dtype=bool)
    present[batch.account] = True
    kept = pd.Index([name for name, there in zip(names, present, strict=True) if there], dtype=TEXT)
    account = pd.Categorical.from_codes((np.cumsum(present) - 1)[batch.account], categories=kept)
    columns: dict[str, object] = {
        name: batch.energy[name] for name in (*ENERGY, "export_kwh") if name in batch.energy
    }
    if batch.estimated is not None:
        columns["estimated"] = batch.estimated
    return interval_frame(zoned(batch.at, zone), zoned(batch.end, zone), account, columns)
