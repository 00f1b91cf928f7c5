"""Wide days: a row for each day and register, a column for each interval of the day."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.intervals.units import MINUTE, Floats, Ints, Mask
from omnipandas.intervals.zones import midnights

from .cells import UNKNOWN, Days, days_of, decimal_of, is_day, numbers_of
from .document import Document
from .flows import role_of
from .registers import Register, side_by_side
from .rows import Question, Rows
from .slots import Slots, slots_of

_HEAD = 80  # lines in which the header must stand
_ACCOUNT = re.compile(
    r"(?i)\b(nmi|esi ?id|icp|mpan|meter|recorder|service|account|premise|customer|site|household|lclid)\b"
)
_DATE = re.compile(r"(?i)\b(date|day)\b")
_REGISTER = re.compile(
    r"(?i)\b(register|channel|direction|flow|type|category|stream|suffix|consumption|generation|description)\b"
)
_UNIT = re.compile(r"(?i)^(uom|units?|unit of measure|measure)$")
_QUALITY = re.compile(r"(?i)\b(quality|estimated|flag|status|read type|actual)\b")
_ESTIMATED = re.compile(r"(?i)^(e|est.*|s\d*|sub.*|f\d+)$")
_KWH = {"": 1.0, "kwh": 1.0, "wh": 1e-3, "mwh": 1e3, "j": 1 / 3.6e6}
_KW = {"kw": 1.0, "w": 1e-3, "mw": 1e3}


@dataclass(frozen=True)
class _Table:
    """The header and the rows of days; `lost` counts other rows below the header."""

    header: list[str]
    rows: list[list[str]]
    slots: Slots
    decimal: str
    date: int
    lost: int

    def column(self, place: int) -> list[str]:
        """Return the cells of a column."""
        return [row[place].strip() for row in self.rows]

    def others(self) -> list[int]:
        """Return the columns that are neither an interval nor the date."""
        inside = range(len(self.header))[self.slots.columns]
        return [place for place in range(len(self.header)) if place not in inside and place != self.date]


def recognises(document: Document) -> bool:
    """Say whether one of a document's first lines names the intervals of a day."""
    return document.kind == "text" and _header(document.text[:60_000].splitlines()) is not None


def rows_of(document: Document, question: Question) -> list[Rows]:
    """Return wide days as rows, an account for each meter, times in the order of the days.

    A day's cells are its intervals by the clock, or, where the day on which the clocks change shows it,
    one after the other. Blank or zero in the hour that spring leaves out is no reading, nor is blank in the
    columns of the repeated hour on other days.

    Raises
    ------
    SchemaError
        No date, another unit, a number that is none, more intervals than the day has.
    """
    table = _table(document)
    days = days_of(
        table.column(table.date), f"column {table.header[table.date]!r}", _daily, question.time_format
    )
    cells = [cell for row in table.rows for cell in row[table.slots.columns]]
    number = numbers_of(cells, "an interval's column", decimal=table.decimal).reshape(len(days), -1)
    kept, scale, left_out = _scale(table, question)
    minute, present = _wall_minutes(table.slots, days, number, _zone(question))
    account, role, name, dropped = _rooms(table, question)
    left_out += dropped
    estimated = _estimated(table)
    registers = []
    for own_account, own_role, own_name in dict.fromkeys(zip(account, role, name, strict=True)):
        if not own_role:
            continue
        own = kept & (account == own_account) & (role == own_role) & (name == own_name)
        here = present[own]
        stamps = (days[own].astype("datetime64[us]").astype(np.int64)[:, np.newaxis] + minute[own] * MINUTE)[
            here
        ]
        start = pd.DatetimeIndex(stamps.view("datetime64[us]"))
        marks = np.broadcast_to(estimated[own][:, np.newaxis], here.shape)[here]
        registers.append(
            Register(
                own_account, own_name, own_role, start, (number[own] * scale[own][:, np.newaxis])[here], marks
            )
        )
    if not any(len(register.start) for register in registers):
        raise SchemaError("the file names the intervals of a day, and has no day of usage in kWh.")
    if table.lost:
        left_out.append(f"{table.lost} row(s) without a date")
    return side_by_side(registers, left_out=left_out)


def _header(lines: list[str]) -> tuple[int, str, list[str], Slots] | None:
    """Return the header's line, its separator, its cells and the intervals that it names."""
    for place, line in enumerate(lines[:_HEAD]):
        for separator in (",", ";", "\t", "|"):
            if line.count(separator) >= 23:
                cells = [cell.strip().strip('"').strip() for cell in line.split(separator)]
                if (slots := slots_of(cells)) is not None:
                    return place, separator, cells, slots
    return None


def _table(document: Document) -> _Table:
    found = _header(document.lines)
    if found is None:
        raise SchemaError("no line of the file names the intervals of a day.")
    place, separator, header, slots = found
    text = "\n".join(document.lines[place + 1 :])
    try:
        rows = [
            row + [""] * (len(header) - len(row))
            for row in csv.reader(io.StringIO(text), delimiter=separator)
        ]
    except csv.Error as error:
        raise SchemaError("the file is no CSV from some line on: download it again.") from error
    if long := [row for row in rows if any(cell.strip() for cell in row[len(header) :])]:
        raise SchemaError(
            f"a row has {len(long[0])} cells under {len(header)} columns: are numbers with a decimal comma "
            "separated by commas?"
        )
    date = _date_column(header, rows, slots)
    dated = [row for row in rows if is_day(row[date])]
    inside = slots.columns
    for row in rows:
        undated = not is_day(row[date]) and row[date].strip() and "total" not in " ".join(row).lower()
        if undated and any(cell.strip() for cell in row[inside]):
            raise SchemaError(f"column {header[date]!r}: {row[date][:40]!r} is no date.")
    lost = sum(any(cell.strip() for cell in row) for row in rows) - len(dated)
    decimal = decimal_of([cell for row in dated[:100] for cell in row[inside]], separator)
    return _Table(header, dated, slots, decimal, date, lost)


def _date_column(header: list[str], rows: list[list[str]], slots: Slots) -> int:
    inside = range(len(header))[slots.columns]
    outside = [place for place in range(len(header)) if place not in inside]
    named = [place for place in outside if _DATE.search(header[place].replace("_", " "))]
    for place in [*named, *outside]:
        if any(is_day(row[place]) for row in rows):
            return place
    raise SchemaError(
        "the file names the intervals of a day, and no column holds the days' dates: there should be one as "
        "2024-07-01 or 7/1/2024."
    )


def _daily(days: Days) -> bool:
    """Say whether most days follow each other."""
    steps = np.diff(np.unique(days)).astype(np.int64)
    return len(steps) > 0 and bool(np.mean(steps == 1) >= 0.5)


def _zone(question: Question) -> ZoneInfo | None:
    """Return the zone whose days the file has; None for a clock that does not change."""
    name = question.clock or question.timezone
    return None if name.lower() in ("standard", "utc") else ZoneInfo(name)


def _wall_minutes(slots: Slots, days: Days, number: Floats, zone: ZoneInfo | None) -> tuple[Ints, Mask]:
    """Return the wall time of each cell [minutes after midnight], and which cells are readings."""
    minute = np.broadcast_to(slots.minute, number.shape).copy()
    present = np.broadcast_to(slots.nominal, number.shape).copy()
    unique, place = np.unique(days, return_inverse=True)
    edges = midnights(np.concatenate([unique, unique + 1]), zone).as_unit("us").asi8
    first, last = edges[: len(unique)], edges[len(unique) :]
    length = ((last - first) // MINUTE)[place]
    for row in np.flatnonzero(length != 1440):
        elapsed = np.arange(first[place[row]], last[place[row]], MINUTE).view("datetime64[us]")
        local = pd.DatetimeIndex(elapsed, tz="UTC").tz_convert(zone)
        shown = local.hour.to_numpy() * 60 + local.minute.to_numpy()
        _change_day(slots, number[row], shown, minute[row], present[row])
    filled: Mask = (number != 0) & ~np.isnan(number)
    spare = filled & ~present & (length <= 1440)[:, np.newaxis]
    if spare.any():
        raise SchemaError(
            f"{days[int(np.argmax(spare.any(axis=1)))]} has more readings than that day has intervals in "
            "this zone: is timezone= right, or clock= needed?"
        )
    return minute, present


def _change_day(slots: Slots, number: Floats, shown: Ints, minute: Ints, present: Mask) -> None:
    """Set wall times and readings of a day on which the clocks change.

    Parameters
    ----------
    slots : Slots
        The columns.
    number : numpy.ndarray
        The day's cells, NaN where blank.
    shown : numpy.ndarray
        What the clock shows in each minute that the day has.
    minute, present : numpy.ndarray
        The cells' wall times and which of them are readings, set here.
    """
    empty = np.isnan(number) | (number == 0)
    absent = ~np.isin(slots.minute, shown)
    in_order = shown[:: slots.step]
    beyond = np.arange(len(number)) >= len(in_order)
    if slots.again.any():
        present |= slots.again & ((len(shown) > 1440) | ~empty)
    elif len(shown) > 1440:
        in_a_row = not np.isnan(number[~slots.nominal]).all()
    else:
        in_a_row = not empty[absent].all() and bool(empty[beyond].all())
    if not slots.again.any() and in_a_row and len(shown) % slots.step == 0:
        minute[~beyond], present[:] = in_order[: int((~beyond).sum())], ~beyond
    else:
        present &= ~(absent & empty & slots.nominal)


def _scale(table: _Table, question: Question) -> tuple[Mask, Floats, list[str]]:
    """Return which rows are energy or power, and kWh in one of each row's unit."""
    stated = [place for place in table.others() if _UNIT.match(table.header[place])]
    words = table.column(stated[0]) if stated else [table.slots.unit] * len(table.rows)
    units = np.array(
        [question.unit.lower() if question.unit and not word else word.lower() for word in words]
    )
    hours = table.slots.step / 60
    known = {**_KWH, **{unit: factor * hours for unit, factor in _KW.items()}}
    kept = np.isin(units, list(known))
    if len(units) and not kept.any():
        raise SchemaError(
            f"the file's usage is in {units[0]!r}, not in kWh: download the electricity meter's."
        )
    return (
        kept,
        np.array([known.get(str(unit), np.nan) for unit in units]),
        [f"rows in {unit}" for unit in sorted(set(units[~kept].tolist()))],
    )


def _rooms(table: _Table, question: Question) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """Return each row's account, role and register's name, and which registers are left out."""
    count = len(table.rows)
    account = np.full(count, question.service_account_id or "file", dtype=object)
    wanted = [p for p in table.others() if table.header[p] == question.service_account_id]
    named = wanted or [p for p in table.others() if _ACCOUNT.search(table.header[p].replace("_", " "))]
    if named and (wanted or question.service_account_id is None):
        best = max(named, key=lambda place: len(set(table.column(place))))
        account = np.array([cell.strip("'") for cell in table.column(best)], dtype=object)
    role = np.full(count, "total", dtype=object)
    name = np.full(count, "total", dtype=object)
    for place in table.others():
        words = table.column(place)
        roles = _roles(table.header[place], words, question)
        if roles is not None:
            role, name = np.array(roles, dtype=object), np.array(words, dtype=object)
            break
    return account, role, name, [f"register {word}" for word in sorted(set(name[role == ""].tolist()))]


def _roles(header: str, words: list[str], question: Question) -> list[str] | None:
    """Return the role that each cell of a column names; None where it is no column of registers."""
    if question.channel is not None:
        column, meaning = question.channel
        return [meaning.get(word, "") for word in words] if header == column else None
    if not _REGISTER.search(header.replace("_", " ")) or not words:
        return None
    found = [role_of(word) for word in words]
    return None if any(role is None for role in found) else [role or "" for role in found]


def _estimated(table: _Table) -> Mask:
    for place in table.others():
        if _QUALITY.search(table.header[place].replace("_", " ")):
            words = table.column(place)
            return np.array(
                [bool(_ESTIMATED.match(w)) and w.lower() not in UNKNOWN for w in words], dtype=bool
            )
    return np.zeros(len(table.rows), dtype=bool)
