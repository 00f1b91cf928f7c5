"""What files say becomes INTERVALS: stamps to instants, lengths, power and registers to energy, doubles."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from omnipandas.errors import QualityWarning, SchemaError
from omnipandas.intervals.forms import ENERGY, interval_frame
from omnipandas.intervals.units import HOUR, MINUTE, Floats, Ints, Mask
from omnipandas.intervals.zones import changes, instants_of, zoned
from omnipandas.schema import INTERVALS, TEXT

from .counters import last_of_each, refuse_counter, used
from .lengths import checked_minutes, ends_of, minutes_of
from .rows import Question, Rows
from .stamps import YEARS
from .walls import Clock, Instants, clock_of

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
    skipped, once : numpy.ndarray of bool
        Mark wall times that spring leaves out, and those that autumn repeats and the file has once.
    """

    account: Ints
    wall: Ints
    at: Ints
    end: Ints
    minutes: Floats
    energy: Mapping[str, Floats]
    estimated: Mask | None
    skipped: Mask
    once: Mask

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
            self.skipped[rows],
            self.once[rows],
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
    alike: dict[tuple[str, str, Clock], list[_Batch]] = {}
    for part in parts:
        if len(part.start):
            clock = _clock(part, question)
            alike.setdefault((part.label, part.reading, clock), []).append(_batch(part, codes, clock))
    batches = [
        _without_lost(_energy(_joined(own), label, reading, zone, clock, question))
        for (label, reading, clock), own in alike.items()
    ]
    if not batches:
        frame = INTERVALS.empty(question.timezone)
        return (
            frame
            if not any(part.export is not None for part in parts)
            else frame.assign(export_kwh=np.zeros(0))
        )
    batch = _joined(batches)
    _warn_of_clocks(batch)
    return _frame(_sorted(batch, question.doubles), names, zone)


def _names(parts: Sequence[Rows]) -> list[str]:
    found: dict[str, None] = {}
    for part in parts:
        values = [part.account] if isinstance(part.account, str) else pd.unique(pd.Series(part.account))
        found |= {str(value): None for value in values}
    return sorted(found) or ["file"]


def _clock(part: Rows, question: Question) -> Clock:
    named = question.clock or part.read_as.get("clock")
    return clock_of(None if named is None else str(named), question.timezone)


def _batch(part: Rows, codes: Mapping[str, int], clock: Clock) -> _Batch:
    """Return rows with instants."""
    size = len(part.start)
    if isinstance(part.account, str):
        account = np.full(size, codes[part.account])
    else:
        given = pd.Categorical(pd.Series(part.account))
        account = np.array([codes[str(name)] for name in given.categories], dtype=np.int64)[given.codes]
    columns = {
        "total_kwh": part.total,
        "on_peak_kwh": part.on_peak,
        "off_peak_kwh": part.off_peak,
        "export_kwh": part.export,
    }
    energy = {
        name: np.asarray(values, dtype=np.float64) for name, values in columns.items() if values is not None
    }
    none, blank = np.full(size, NONE), np.full(size, np.nan)
    wall = none if part.start.tz is not None else _microseconds(part.start)
    _refuse_far(part.start)
    stamps = _instants(part.start, account, clock)
    end = none if part.end is None else _instants(part.end, account, clock).at
    minutes = blank if part.minutes is None else part.minutes
    return _Batch(account, wall, stamps.at, end, minutes, energy, part.estimated, stamps.skipped, stamps.once)


def _refuse_far(index: pd.DatetimeIndex) -> None:
    """Raise where a stamp is in a year without readings: looking up its clocks would take long."""
    for stamp in (index.min(), index.max()):
        if not YEARS[0] < stamp.year < YEARS[1]:
            raise SchemaError(
                f"a stamp is in the year {stamp.year}: the file is damaged there, or its stamps are not "
                "read as they "
                "are meant. Give time_format=, as for strptime."
            )


def _microseconds(index: pd.DatetimeIndex) -> Ints:
    return np.asarray(index.as_unit("us").asi8, dtype=np.int64)


def _instants(index: pd.DatetimeIndex, account: Ints, clock: Clock) -> Instants:
    """Return stamps as instants: those of a zone as they are, naive ones by the clock."""
    if index.tz is None:
        return clock.instants(_microseconds(index), account)
    none = np.zeros(len(index), dtype=bool)
    return Instants(instants_of(index), none, none)


def _without_lost(batch: _Batch) -> _Batch:
    """Return rows without blank ones at times that spring leaves out, or on which another moves."""
    if not batch.skipped.any():
        return batch
    unknown: Mask = np.logical_and.reduce([np.isnan(values) for values in batch.energy.values()])
    same = pd.MultiIndex.from_arrays([batch.account, batch.at])
    return batch[~(unknown & (batch.skipped | same.isin(same[batch.skipped & ~unknown])))]


def _warn_of_clocks(batch: _Batch) -> None:
    """Warn of wall times that were moved, and of those that should come twice."""
    if batch.skipped.any():
        warnings.warn(
            f"{int(batch.skipped.sum())} wall time(s) do not exist in this zone, the first is "
            f"{_wall(batch, batch.skipped)}: moved on by what the clocks leave out.",
            QualityWarning,
            stacklevel=4,
        )
    if batch.once.any():
        warnings.warn(
            "the hour that comes twice in autumn is there once, from "
            f"{_wall(batch, batch.once)}: taken for the first, in daylight saving time.",
            QualityWarning,
            stacklevel=4,
        )


def _wall(batch: _Batch, rows: Mask) -> pd.Timestamp:
    return pd.Timestamp(int(batch.wall[np.argmax(rows)]), unit="us")


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
        np.concatenate([batch.skipped for batch in batches]),
        np.concatenate([batch.once for batch in batches]),
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
        if label == "end":
            batch = _by_starts(batch, length, clock)
        start = batch.at
        end = ends_of(start, length, zone)
    energy = batch.energy
    if reading == "power":
        energy = {name: values * ((end - start) / HOUR) for name, values in energy.items()}
    elif question.reading is None:
        first = np.flatnonzero(batch.account == batch.account[0])
        refuse_counter(energy["total_kwh"][first[np.argsort(start[first], kind="stable")]], "total")
    return replace(batch, at=start, end=end, energy=energy)


def _by_starts(batch: _Batch, length: Ints, clock: Clock) -> _Batch:
    """Return rows whose stamps are the intervals' ends with their starts in place of them.

    Around a change of the clocks a stamp is either the clock's reading at the interval's end, or the reading
    at its start and the length on top: after autumn's hour ``02:00`` comes twice then, not ``01:00``. Of
    the two the one is right by which no two rows of an account overlap, and none is at a time that does not
    exist.
    """
    start = batch.at - length * MINUTE
    naive = batch.wall != NONE
    if not naive.any() or clock.standard:
        return replace(batch, at=start)
    wall = np.where(naive, batch.wall, batch.at) - length * MINUTE
    found = clock.instants(wall, batch.account)
    differ = np.flatnonzero(naive & (found.at != start))
    if not len(differ):
        return replace(batch, at=start)
    by_wall = np.zeros(len(start), dtype=bool)
    for change in changes(clock.zone, int(start[differ].min()) - _NEAR, int(start[differ].max()) + _NEAR):
        near = naive & (np.abs(batch.at - change.at) <= _NEAR)
        for account in np.unique(batch.account[near]):
            rows = near & (batch.account == account)
            odd = _overlaps(found.at[rows], length[rows]) + found.skipped[rows].sum()
            if odd <= _overlaps(start[rows], length[rows]) + batch.skipped[rows].sum():
                by_wall |= rows
    return replace(
        batch,
        at=np.where(by_wall, found.at, start),
        wall=np.where(by_wall, wall, batch.wall),
        skipped=np.where(by_wall, found.skipped, batch.skipped),
        once=np.where(by_wall, found.once, batch.once),
    )


def _overlaps(start: Ints, length: Ints) -> int:
    """Return how many intervals begin before the one before them has ended; a day's length is not fixed."""
    order = np.argsort(start, kind="stable")
    return int((np.diff(start[order]) < np.minimum(length[order][:-1], 60) * MINUTE).sum())


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
