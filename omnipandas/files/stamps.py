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
# No meter was read before, and a stamp far ahead is damaged: its years of clocks would take long to look up.
YEARS = (1969, 2101)
# 1990 to 2100: other whole numbers are no seconds since 1970.
_EPOCH = (631_152_000, 4_102_444_800)
# The first day of each month of those years [days since 1970], and how many days it has.
_FIRSTS = (
    np.arange(f"{YEARS[0]}-01", f"{YEARS[1]}-02", dtype="datetime64[M]")
    .astype("datetime64[D]")
    .astype(np.int64)
)
_LENGTHS = np.diff(_FIRSTS)
_UNITS = (1, 1_000, 1_000_000, 1_000_000_000)
_WEIGHTS = np.random.default_rng(20).integers(1, 2**63, size=_WIDEST, dtype=np.uint64) * 2 + 1
_DIGITS = str.maketrans("123456789", "000000000")
_SPACES = str.maketrans(
    {"\xa0": " ", "\u202f": " ", "\u2009": " ", "\ufeff": " ", "\u2013": "-", "\u2014": "-"}
)

_END, _ZERO = np.uint8(10), np.uint8(48)
Bytes = npt.NDArray[np.uint8]
_DATE = frozenset(("Y", "m", "d", "a", "b"))


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
        none = np.full(len(rows), NONE)
        day, clock, offset, end_day, end_clock, hour = (
            none if (column == NONE).all() else np.append(column, NONE)[rows] for column in columns
        )
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
    if len(text) in (8, 12, 14) and YEARS[0] < int(text[:4]) < YEARS[1]:
        month, day = int(text[4:6]), int(text[6:8])
        if 1 <= month <= 12 and 1 <= day <= 31:
            return "date" if len(text) == 8 else "stamp"
    return "epoch" if any(_EPOCH[0] * unit <= number < _EPOCH[1] * unit for unit in _UNITS) else None


def epochs(numbers: Floats | Ints) -> Ints | None:
    """Return seconds since 1970, or thousandths or millionths, as instants [us]; None if they are none."""
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
    return stamps_of(*_letters(texts), order, year)


def stamps_of(letters: Bytes, width: Ints, order: str | None = None, year: int | None = None) -> Stamps:
    """Return texts as stamps, given as a matrix of their bytes, a column a text, and their lengths."""
    blank = np.full(len(width), NONE)
    day, clock, offset, end_day, end_clock, hour = (blank.copy() for _ in range(6))
    found = Stamps(day, clock, offset, end_day, end_clock, hour, np.zeros(len(width), dtype=bool))
    parts = [_part(letters, rows, shape) for shape, rows in _shapes(letters, width) if shape is not None]
    told, both = _order(parts, order)
    for part in parts:
        _fill(found, part, told or "md", year)
    return replace(found, order=told, both=both)


def _letters(texts: Sequence[str]) -> tuple[Bytes, Ints]:
    """Return texts as a matrix of bytes, a column a text, padded by blanks; and how long each is."""
    joined = "\n".join(texts)
    if not joined.isascii():
        joined = joined.translate(_SPACES)
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
    size, rest = divmod(len(flat), len(texts))
    if rest == 0 and size <= _WIDEST + 1 and (flat[size - 1 :: size] == _END).all():
        return flat.reshape(len(texts), size).T[:-1], np.full(len(texts), size - 1)
    ends = np.flatnonzero(flat == _END)
    starts = np.append(0, ends[:-1] + 1)
    width = ends - starts
    # A text's places beyond its end are blanks; the rows of the matrix lie together, for speed.
    places = np.arange(min(int(width.max()), _WIDEST) + 1)[:, None]
    at = np.minimum(starts + places, len(flat) - 1)
    return np.where(places < width, flat[at], np.uint8(32)), width


def _shapes(letters: Bytes, width: Ints) -> list[tuple[Shape | None, Ints | slice]]:
    """Return each shape and the rows that have it."""
    if not len(width):
        return []
    if (plain := _alike(letters)) is not None:
        return [(_shape(plain), slice(None))] if width[0] <= _WIDEST else []
    plain = np.where((letters - _ZERO) < 10, _ZERO, letters)
    key = np.zeros(len(width), dtype=np.uint64)
    for row, weight in zip(plain, _WEIGHTS, strict=False):
        key += row * weight
    codes, unique = pd.factorize(key)
    if len(unique) > _MOST_SHAPES:
        return []
    order = np.argsort(codes, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(codes))[:-1])
    return [(_shape(plain[:, rows[0]]), rows) for rows in groups if width[rows[0]] <= _WIDEST]


def _alike(letters: Bytes) -> Bytes | None:
    """Return the one skeleton that all texts have, a 0 for each digit; None where they differ."""
    first = np.where((letters[:, 0] - _ZERO) < 10, _ZERO, letters[:, 0])
    for own, row in zip(first, letters, strict=True):
        same = (row - _ZERO) < 10 if own == _ZERO else row == own
        if not same.all():
            return None
    return first


def _shape(column: Bytes) -> Shape | None:
    return shape_of(column.tobytes().decode("latin-1").rstrip())


@dataclass(frozen=True)
class _Part:
    """The rows of one shape.

    Parameters
    ----------
    shape : Shape
        The shape.
    rows : numpy.ndarray or slice
        Which rows they are.
    first : numpy.ndarray
        Where among them another date begins.
    fields : mapping of str to numpy.ndarray
        Each field's number: those of the date at `first`, the others in each row.
    """

    shape: Shape
    rows: Ints | slice
    first: Ints
    fields: dict[str, Ints]

    def spread(self, by_date: Ints, size: int) -> Ints:
        """Return what is known of each date for each row."""
        return by_date if len(by_date) == size else np.repeat(by_date, np.diff(np.append(self.first, size)))


def _part(letters: Bytes, rows: Ints | slice, shape: Shape) -> _Part:
    own = letters[:, rows]
    first = np.arange(own.shape[1])
    ends = [stop for name, (_, stop) in shape.fields.items() if name in _DATE]
    if (
        shape.dated
        and shape.timed
        and max(ends) <= min(shape.fields[name][0] for name in shape.fields if name[0] in "HM")
    ):
        # Of rows that follow each other many are of one day, which is then read once.
        other = np.zeros(max(own.shape[1] - 1, 0), dtype=bool)
        for row in own[: max(ends)]:
            other |= row[1:] != row[:-1]
        first = np.append(0, np.flatnonzero(other) + 1)
    fields = {
        name: _number(own[start:stop, first] if name in _DATE else own[start:stop], name)
        for name, (start, stop) in shape.fields.items()
    }
    return _Part(shape, rows, first, fields)


def _number(digits: Bytes, name: str) -> Ints:
    """Return the number that digits are, a place a row; of fractions in millionths."""
    value: Ints = digits[0].astype(np.int64) - 48
    for row in digits[1:6]:
        value *= 10
        value += row - _ZERO
    if name.startswith("f"):
        value *= 10 ** (6 - min(len(digits), 6))
    return value


def _order(parts: list[_Part], order: str | None) -> tuple[str | None, bool]:
    """Return whether the day or the month comes first, and whether that is open."""
    pairs = [
        (part.fields["a" + last], part.fields["b" + last])
        for part in parts
        for last in ("", "2")
        if "a" + last in part.fields
    ]
    if order is not None or not pairs:
        return (order if pairs else None), False
    if any((first > 12).any() for first, _ in pairs):
        return "dm", False
    if any((second > 12).any() for _, second in pairs):
        return "md", False
    dots = all(part.shape.dots for part in parts if "a" in part.fields)
    same = all((first == second).all() for first, second in pairs)
    return ("dm", False) if dots else ("md", not same)


def _fill(found: Stamps, part: _Part, order: str, year: int | None) -> None:
    """Write what one shape's rows say into the stamps."""
    shape, rows, fields = part.shape, part.rows, part.fields
    if "he" in fields:
        found.hour[rows] = fields["he"]
        found.timed[rows] = True
        return
    size = len(found.day[rows])
    day = np.full(size, NONE)
    if shape.dated:
        day = part.spread(_days(shape, fields, "", order, year), size)
    clock = _clocks(shape, fields, "")
    if clock is None:
        found.clock[rows] = 0
    else:
        right = clock != NONE
        found.clock[rows] = clock
        found.timed[rows] = right
        day = day if right.all() else np.where(right, day, NONE)
    found.day[rows] = day
    if "zone" in shape.constants:
        found.offset[rows] = shape.constants["zone"]
    elif "zh" in fields:
        parts = sum(fields[name] * offset_unit(name) for name in ("zh", "zm") if name in fields)
        found.offset[rows] = shape.constants["sign"] * np.asarray(parts)
    if (end := _clocks(shape, fields, "2")) is not None:
        found.end_clock[rows] = end
        dated = "d2" in fields or "a2" in fields
        found.end_day[rows] = _days(shape, fields, "2", order, year) if dated else day


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
    right = (month >= 1) & (month <= 12) & (years > YEARS[0]) & (years < YEARS[1])
    place = np.where(right, (years - YEARS[0]) * 12 + month - 1, 0)
    right &= (day >= 1) & (day <= _LENGTHS[place])
    return np.where(right, (_FIRSTS[place] + day - 1) * DAY, NONE)


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
