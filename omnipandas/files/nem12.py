"""NEM12: the Australian market's file of interval readings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.intervals.units import DAY, MINUTE, Mask

from .cells import numbers_of
from .document import Document
from .flows import role_of
from .registers import Register, side_by_side
from .rows import Question, Rows

# The market's time, AEST all year (AEMO, Meter Data File Format, clause 3.2): no daylight saving.
_CLOCK = "Etc/GMT-10"
_KWH = {"kwh": 1.0, "wh": 1e-3, "mwh": 1e3}
_LENGTHS = (1, 5, 10, 15, 30, 60)
_BEGINS = re.compile(r'\s*(?:100"?,"?NEM1[23]\b|[23]00,[A-Za-z0-9]{8,11},)')
_ESTIMATED = ("E", "F", "S")  # forward estimate, final and other substitute; A is actual, N null, V varies


@dataclass
class _Stream:
    """The days of one 200 record."""

    nmi: str
    suffix: str
    unit: str
    minutes: int
    days: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    marks: list[Mask] = field(default_factory=list)
    unknown: list[Mask] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Intervals of a day."""
        return 1440 // self.minutes


def recognises(document: Document) -> bool:
    """Say whether a document is NEM12 (or NEM13, which `rows_of` refuses)."""
    return document.kind == "text" and _BEGINS.match(document.text[:2000].lstrip("\ufeff")) is not None


def rows_of(document: Document, question: Question) -> list[Rows]:
    """Return the usage and export of a NEM12 file, an account for each NMI.

    Raises
    ------
    SchemaError
        NEM13, a record that is cut short, a length or a unit that is not read, no usage.
    """
    streams = _streams(document)
    registers, left_out = [], []
    # The difference of both flows is told only where the flows are not.
    flows = {stream.nmi for stream in streams if stream.suffix[:1] in ("E", "B")}
    for stream in streams:
        role = role_of(stream.suffix)
        net_too = stream.suffix[:1] == "D" and stream.nmi in flows
        if not role or stream.unit not in _KWH or net_too:
            left_out.append(f"register {stream.suffix} [{stream.unit}]")
        elif stream.days:
            registers.append(_register(stream, role, question))
    if not registers:
        raise SchemaError("the NEM12 file has no register of usage (E1 and the like) or export (B1) in kWh.")
    if question.service_account_id is not None and len({r.account for r in registers}) == 1:
        registers = [_renamed(register, question.service_account_id) for register in registers]
    read_as = {} if question.clock else {"clock": _CLOCK}
    return side_by_side(registers, left_out=sorted(set(left_out)), read_as=read_as)


def _streams(document: Document) -> list[_Stream]:
    streams: list[_Stream] = []
    for number, line in enumerate(document.lines, start=1):
        record = [cell.strip().strip('"') for cell in line.split(",")]
        if record[0] == "200":
            streams.append(_stream(record, number))
        elif record[0] in ("300", "400") and not streams:
            raise SchemaError(f"line {number}: a {record[0]} record before any 200: the file's head is gone.")
        elif record[0] == "300":
            _add_day(streams[-1], record, number)
        elif record[0] == "400":
            _mark(streams[-1], record, number)
        elif record[0] == "250" or record[:2] == ["100", "NEM13"]:
            raise SchemaError(
                "this is NEM13: meter readings of a quarter or so, not intervals. Ask for the NEM12 file."
            )
        elif record[0] not in ("", "100", "500", "550", "900"):
            raise SchemaError(f"line {number}: {record[0][:20]!r} is no record of NEM12.")
    return streams


def _stream(record: list[str], number: int) -> _Stream:
    if len(record) < 9 or not record[8].isdecimal() or int(record[8]) not in _LENGTHS:
        raise SchemaError(f"line {number}: a 200 record without an interval length of 5, 15 or 30 minutes.")
    return _Stream(record[1], record[4].upper() or record[3].upper(), record[7].lower(), int(record[8]))


def _add_day(stream: _Stream, record: list[str], number: int) -> None:
    count = stream.count
    if len(record) < count + 3 or not re.fullmatch(r"\d{8}", record[1]):
        raise SchemaError(
            f"line {number}: a 300 record needs a date, {count} values and a quality; it has "
            f"{max(len(record) - 2, 0)} fields. The file may have broken off: download it again."
        )
    method = record[count + 2].upper()
    stream.days.append(record[1])
    stream.cells += record[2 : count + 2]
    stream.marks.append(np.full(count, method.startswith(_ESTIMATED)))
    stream.unknown.append(np.full(count, method.startswith("N")))


def _mark(stream: _Stream, record: list[str], number: int) -> None:
    """Note the quality of some intervals of the day before, counted from 1."""
    if not stream.days or len(record) < 4 or not (record[1].isdecimal() and record[2].isdecimal()):
        raise SchemaError(f"line {number}: a 400 record needs first and last interval and follows a 300.")
    first, last = int(record[1]), int(record[2])
    if not 1 <= first <= last <= stream.count:
        raise SchemaError(f"line {number}: there are no intervals {first} to {last} in a day.")
    stream.marks[-1][first - 1 : last] = record[3].upper().startswith(_ESTIMATED)
    stream.unknown[-1][first - 1 : last] = record[3].upper().startswith("N")


def _register(stream: _Stream, role: str, question: Question) -> Register:
    try:
        days = pd.to_datetime(stream.days, format="%Y%m%d").as_unit("us").asi8
    except ValueError as error:
        raise SchemaError("a 300 record's date is no day of the calendar.") from error
    kwh = numbers_of(stream.cells, f"register {stream.suffix}") * _KWH[stream.unit]
    # days x intervals, laid out as the file has them: a day's intervals behind each other
    stamps = (days[:, np.newaxis] + np.arange(0, DAY, stream.minutes * MINUTE)).ravel()
    start = pd.DatetimeIndex(stamps.view("datetime64[us]"))
    if question.clock is None:
        start = start.tz_localize(_CLOCK)
    return Register(
        stream.nmi,
        stream.suffix,
        role,
        start,
        np.where(np.concatenate(stream.unknown), np.nan, kwh),
        np.concatenate(stream.marks),
        start + pd.Timedelta(minutes=stream.minutes) if question.clock is None else None,
    )


def _renamed(register: Register, account: str) -> Register:
    return replace(register, account=account)
