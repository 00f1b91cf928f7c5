"""Stamps as files write them, read all at once: each shape's digits stand in the same places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.intervals.units import DAY, HOUR, MINUTE, SECOND, Floats, Ints, Mask

from .stamp_shapes import Shape, offset_unit, shape_of

NONE = int(np.iinfo(np.int64).min)
_WIDEST = 64
_MOST_SHAPES = 512
_YEARS = (1900, 2200)
# 1990 to 2100: other whole numbers are no seconds since 1970.
_EPOCH = (631_152_000, 4_102_444_800)
_UNITS = (1, 1_000, 1_000_000, 1_000_000_000)
_WEIGHTS = np.random.default_rng(20).integers(1, 2**63, size=_WIDEST, dtype=np.uint64) * 2 + 1
_DIGITS = str.maketrans("123456789", "000000000")
_SPACES = str.maketrans(
    {"\xa0": " ", "\u202f": " ", "\u2009": " ", "\ufeff": " ", "\u2013": "-", "\u2014": "-"}
)

Bytes = npt.NDArray[np.uint8]
Part = tuple[Shape, Ints | slice, dict[str, Ints]]


@dataclass(frozen=True)
class Stamps:
    """Texts read as stamps; NONE where a text does not say it.

    Parameters
    ----------
    day : numpy.ndarray of int
        The day [us since 1970].
    clock : numpy.ndarray of int
        The time of the day [us], up to 24 h; 0 where a date stands alone.
    offset : numpy.ndarray of int
        The offset from UTC [us].
    end_day, end_clock : numpy.ndarray of int
        As `day` and `clock`, of a period's end.
    hour : numpy.ndarray of int
        An hour's number, as in ``HE15``.
    timed : numpy.ndarray of bool
        Marks the texts that say a time of the day.
    order : str, optional
        ``dm`` or ``md`` where the day and the month could stand in either order, as they were read.
    both : bool
        Whether no text tells which.
    """

    day: Ints
    clock: Ints
    offset: Ints
    end_day: Ints
    end_clock: Ints
    hour: Ints
    timed: Mask
    order: str | None = None
    both: bool = False

    def __getitem__(self, rows: Ints) -> Stamps:
        """Return the stamps at some rows; -1 is none."""
        columns = (self.day, self.clock, self.offset, self.end_day, self.end_clock, self.hour)
        day, clock, offset, end_day, end_clock, hour = (np.append(column, NONE)[rows] for column in columns)
        timed = np.append(self.timed, False)[rows]
        return Stamps(day, clock, offset, end_day, end_clock, hour, timed, self.order, self.both)


def kind_of(text: str) -> str | None:
    """Return what a cell is: stamp, date, time, hour, period, span, epoch; None where it is no stamp."""
    text = text.translate(_SPACES).strip()
    if not text or len(text) > _WIDEST or not any(map(str.isdigit, text)):
        return None
    if text.isdecimal() and text.isascii():
        return _kind_of_number(text)
    shape = shape_of(text.translate(_DIGITS))
    return None if shape is None else shape.kind


def _kind_of_number(text: str) -> str | None:
    number = int(text)
    if len(text) in (8, 12, 14) and _YEARS[0] < int(text[:4]) < _YEARS[1]:
        month, day = int(text[4:6]), int(text[6:8])
        if 1 <= month <= 12 and 1 <= day <= 31:
            return "date" if len(text) == 8 else "stamp"
    return "epoch" if any(_EPOCH[0] * unit <= number < _EPOCH[1] * unit for unit in _UNITS) else None


def epochs(numbers: Floats | Ints) -> Ints | None:
    """Return seconds, or thousandths or millionths of them, since 1970 as instants [us]; None if they are none."""
    whole = np.asarray(numbers)
    if not len(whole) or not np.isfinite(whole.astype(np.float64)).all():
        return None
    for unit in _UNITS:
        if (whole >= _EPOCH[0] * unit).all() and (whole < _EPOCH[1] * unit).all():
            scaled = (
                whole.astype(np.int64) * (SECOND // unit) if unit <= SECOND else whole // (unit // SECOND)
            )
            return np.asarray(scaled, dtype=np.int64)
    return None


def stamps(texts: Sequence[str], order: str | None = None, year: int | None = None) -> Stamps:
    """Return texts as stamps.

    Parameters
    ----------
    texts : sequence of str
        As the file has them.
    order : {"dm", "md"}, optional
        Whether the day or the month comes first where either could; by default all texts tell.
    year : int, optional
        The year of stamps that name none.
    """
    letters, width = _letters(texts)
    blank = np.full(len(texts), NONE)
    day, clock, offset, end_day, end_clock, hour = (blank.copy() for _ in range(6))
    found = Stamps(day, clock, offset, end_day, end_clock, hour, np.zeros(len(texts), dtype=bool))
    groups = [(shape, rows) for shape, rows in _shapes(letters, width) if shape is not None]
    parts = [(shape, rows, _fields(letters, rows, shape)) for shape, rows in groups]
    told, both = _order(parts, order)
    for shape, rows, fields in parts:
        _fill(found, rows, shape, fields, told or "md", year)
    return replace(found, order=told, both=both)


def _letters(texts: Sequence[str]) -> tuple[Bytes, Ints]:
    """Return texts as a matrix of bytes, a column a text, padded by blanks; and how long each is."""
    joined = "\n".join(texts).translate(_SPACES) if _odd(texts) else "\n".join(texts)
    if (
        joined.count("\n") != max(len(texts) - 1, 0)
        or joined[:1].isspace()
        or " \n" in joined
        or "\n " in joined
    ):
        joined = "\n".join(" ".join(text.split()) for text in texts).translate(_SPACES)
    flat = np.frombuffer((joined + "\n").encode("latin-1", "replace"), dtype=np.uint8)
    if not len(texts):
        return np.zeros((1, 0), dtype=np.uint8), np.zeros(0, dtype=np.int64)
    ends = np.flatnonzero(flat == 10)
    starts = np.append(0, ends[:-1] + 1)
    width = ends - starts
    if width.min() == width.max() <= _WIDEST:
        return np.ascontiguousarray(flat.reshape(len(texts), -1)[:, :-1].T), width
    # A text's places beyond its end are blanks; the rows of the matrix lie together, for speed.
    places = np.arange(min(int(width.max()), _WIDEST) + 1)[:, None]
    at = np.minimum(starts + places, len(flat) - 1)
    return np.where(places < width, flat[at], np.uint8(32)), width


def _odd(texts: Sequence[str]) -> bool:
    return not all(map(str.isascii, texts))


def _shapes(letters: Bytes, width: Ints) -> list[tuple[Shape | None, Ints | slice]]:
    """Return each shape and the rows that have it."""
    if not len(width):
        return []
    plain = np.where((letters - np.uint8(48)) < 10, np.uint8(48), letters)
    if (plain == plain[:, :1]).all():
        return [(_shape(plain[:, 0]), slice(None))] if width[0] <= _WIDEST else []
    key = np.zeros(len(width), dtype=np.uint64)
    for row, weight in zip(plain, _WEIGHTS, strict=False):
        key += row * weight
    codes, unique = pd.factorize(key)
    if len(unique) > _MOST_SHAPES:
        return []
    order = np.argsort(codes, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(codes))[:-1])
    return [(_shape(plain[:, rows[0]]), rows) for rows in groups if width[rows[0]] <= _WIDEST]


def _shape(column: Bytes) -> Shape | None:
    return shape_of(column.tobytes().decode("latin-1").rstrip())


def _fields(letters: Bytes, rows: Ints | slice, shape: Shape) -> dict[str, Ints]:
    fields = {}
    for name, (start, stop) in shape.fields.items():
        stop = min(stop, start + 6)
        value = letters[start, rows].astype(np.int64) - 48
        for place in range(start + 1, stop):
            value = value * 10 + (letters[place, rows] - np.uint8(48))
        fields[name] = value * 10 ** (6 - stop + start) if name.startswith("f") else value
    return fields


def _order(parts: list[Part], order: str | None) -> tuple[str | None, bool]:
    """Return whether the day or the month comes first, and whether that is open."""
    pairs = [
        (fields["a" + last], fields["b" + last])
        for _, _, fields in parts
        for last in ("", "2")
        if "a" + last in fields
    ]
    if order is not None or not pairs:
        return (order if pairs else None), False
    if any((first > 12).any() for first, _ in pairs):
        return "dm", False
    if any((second > 12).any() for _, second in pairs):
        return "md", False
    dots = all(shape.dots for shape, _, fields in parts if "a" in fields)
    same = all((first == second).all() for first, second in pairs)
    return ("dm", False) if dots else ("md", not same)


def _fill(
    found: Stamps, rows: Ints | slice, shape: Shape, fields: dict[str, Ints], order: str, year: int | None
) -> None:
    """Write what one shape's rows say into the stamps."""
    if "he" in fields:
        found.hour[rows] = fields["he"]
        found.timed[rows] = True
        return
    if shape.dated:
        found.day[rows] = _days(shape, fields, "", order, year)
    clock = _clocks(shape, fields, "")
    found.clock[rows] = 0 if clock is None else clock
    found.timed[rows] = shape.timed and clock is not None
    if clock is not None:
        wrong = clock == NONE
        found.day[rows] = np.where(wrong, NONE, found.day[rows])
        found.timed[rows] = ~wrong
    if "zone" in shape.constants:
        found.offset[rows] = shape.constants["zone"]
    elif "zh" in fields:
        parts = sum(fields[name] * offset_unit(name) for name in ("zh", "zm") if name in fields)
        found.offset[rows] = shape.constants["sign"] * np.asarray(parts)
    if (end := _clocks(shape, fields, "2")) is not None:
        found.end_clock[rows] = end
        dated = "d2" in fields or "a2" in fields
        found.end_day[rows] = _days(shape, fields, "2", order, year) if dated else found.day[rows]


def _days(shape: Shape, fields: dict[str, Ints], last: str, order: str, year: int | None) -> Ints:
    """Return days [us since 1970]; NONE where there is no such day."""
    if "a" + last in fields:
        names = ("a", "b") if order == "dm" else ("b", "a")
        day, month = (fields[name + last] for name in names)
    else:
        day = fields["d" + last]
        month = fields.get("m" + last, np.full(len(day), shape.constants.get("m" + last, 0)))
    if "Y" + last not in fields:
        if year is None:
            raise SchemaError("the stamps name no year: give year=, for example year=2023.")
        years = np.full(len(day), year)
    else:
        start, stop = shape.fields["Y" + last]
        years = fields["Y" + last] + (2000 if stop - start == 2 else 0)
    months = (years - 1970) * 12 + month - 1
    right = (month >= 1) & (month <= 12) & (years > _YEARS[0]) & (years < _YEARS[1])
    first = np.where(right, months, 0).astype("datetime64[M]")
    date = first.astype("datetime64[D]") + (day - 1)
    right &= (day >= 1) & (date.astype("datetime64[M]") == first)
    return np.where(right, date.astype(np.int64) * DAY, NONE)


def _clocks(shape: Shape, fields: dict[str, Ints], last: str) -> Ints | None:
    """Return times of the day [us]; NONE where there is no such time."""
    if "H" + last not in fields:
        return None
    hour = fields["H" + last]
    zero = np.zeros(len(hour), dtype=np.int64)
    minute, second = fields.get("M" + last, zero), fields.get("S" + last, zero)
    half = shape.constants.get("p" + last)
    if half is None:
        right = (hour <= 23) | ((hour == 24) & (minute == 0) & (second == 0))
    else:
        right = (hour >= 1) & (hour <= 12)
        hour = hour % 12 + 12 * half
    right &= (minute <= 59) & (second <= 59)
    clock = hour * HOUR + minute * MINUTE + second * SECOND + fields.get("f" + last, zero)
    return np.where(right, clock, NONE)


def order_of(time_format: str) -> str | None:
    """Return whether the day or the month comes first in a `strptime` format; None where neither could."""
    order = "".join(re.findall(r"%[-#]?([dm])", time_format))
    return order if order in ("dm", "md") else None
