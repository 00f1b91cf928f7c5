"""When a table's rows are: its columns of stamps, dates and hours put together."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.intervals.units import DAY, HOUR, MINUTE, Floats, Ints, Mask
from omnipandas.intervals.zones import instants_of, midnights

from .channels import texts_of
from .stamps import NONE, Bytes, Stamps, epochs, order_of, stamps, stamps_of

_JUMP = DAY + 2 * HOUR
_DATE = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(:\d{2})?(\.\d+)?")
_SHORT = (4, 9, 14, 29, 59, 1439)
_HALF = re.compile(r"\b[ap]\.?m\b", re.IGNORECASE)


@dataclass(frozen=True)
class Timing:
    """When rows are.

    Parameters
    ----------
    wall : numpy.ndarray
        Wall time [us since 1970]; NONE where the row has an instant, or no stamp.
    instant : numpy.ndarray
        Instant [us since 1970 UTC]; NONE where the row has a wall time, or no stamp.
    minutes : numpy.ndarray
        The interval's length as the file states it [min], NaN where it does not.
    label : str or None
        Which edge the stamps are, where they tell.
    time_format : str or None
        The form by which day and month were told apart.
    """

    wall: Ints
    instant: Ints
    minutes: Floats
    label: str | None = None
    time_format: str | None = None

    @property
    def known(self) -> Mask:
        """Mark the rows that have a stamp."""
        return np.asarray((self.wall != NONE) | (self.instant != NONE))

    def __getitem__(self, rows: Mask) -> Timing:
        """Return the timing of some rows."""
        return replace(self, wall=self.wall[rows], instant=self.instant[rows], minutes=self.minutes[rows])


@dataclass(frozen=True)
class Form:
    """How the caller says that stamps are written.

    Parameters
    ----------
    time_format : str, optional
        As for `datetime.strptime`.
    year : int, optional
        The year of stamps without one.
    """

    time_format: str | None = None
    year: int | None = None

    def read(self, cells: pd.Series, order: str | None = None) -> Stamps:
        """Return cells as stamps, each text once."""
        if isinstance(cells.dtype, pd.CategoricalDtype):
            codes, texts = cells.cat.codes.to_numpy(), list(map(str, cells.cat.categories.tolist()))
            return self._texts(texts, order)[codes.astype(np.int64)]
        texts = (cells.fillna("") if cells.hasnans else cells).tolist()
        return self._texts(texts if isinstance(cells.dtype, pd.StringDtype) else list(map(str, texts)), order)

    def _texts(self, texts: Sequence[str], order: str | None) -> Stamps:
        found = stamps(texts, order or (order_of(self.time_format) if self.time_format else None), self.year)
        if self.time_format is None:
            return found
        said = pd.to_datetime(
            pd.Series(texts, dtype="object").str.strip(),
            format=self.time_format, errors="coerce", utc="%z" in self.time_format,
        )  # fmt: skip
        rows = said.notna().to_numpy()
        if not rows.any() or "%z" in self.time_format:
            return found
        wall = said.to_numpy().astype("datetime64[us]").astype(np.int64)
        return replace(
            found,
            day=np.where(rows, wall // DAY * DAY, found.day),
            clock=np.where(rows, wall % DAY, found.clock),
            timed=np.where(rows, True, found.timed),
            both=False,
        )


def timing_of(
    columns: Sequence[pd.Series], end: pd.Series | None, form: Form, label: str | None, zone: ZoneInfo
) -> Timing:
    """Return when rows are.

    Parameters
    ----------
    columns : sequence of Series
        One of stamps, or one of dates and one of hours or times of the day.
    end : Series, optional
        Ends of the intervals, of the kind of the last of `columns`.
    form : Form
        How the caller says that they are written.
    label : {"start", "end"}, optional
        Which edge the stamps are, where that is known.
    zone : ZoneInfo
        The zone whose days are numbered, where hours are numbers.

    Raises
    ------
    SchemaError
        Where day and month cannot be told apart, or hours are none.
    """
    if len(columns) == 2:
        return _parts(columns[0], columns[1], end, form, label, zone)
    timing = _native(columns[0])
    if timing is None:
        timing = _of_texts(columns[0], form, np.zeros(len(columns[0]), dtype=np.int64))
    if end is None or np.isfinite(timing.minutes).any():
        return timing
    return replace(timing, minutes=_between(timing, _ends(end, form, timing)))


def _native(cells: pd.Series) -> Timing | None:
    """Return the timing of what are instants already, or seconds since 1970; None for texts."""
    unknown = np.full(len(cells), np.nan)
    none = np.full(len(cells), NONE)
    if cells.dtype == "object" and len(cells) and all(hasattr(cell, "hour") for cell in cells.dropna()):
        try:
            cells = pd.Series(pd.DatetimeIndex(cells), name=cells.name)
        except (ValueError, TypeError) as error:
            raise SchemaError(
                f"column {cells.name!r} holds stamps of several zones: put them into one by "
                "pd.to_datetime(frame[column], utc=True)."
            ) from error
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        index = pd.DatetimeIndex(cells)
        return Timing(none, np.where(index.isna(), NONE, instants_of(index)), unknown)
    if cells.dtype.kind == "M":
        index = pd.DatetimeIndex(cells)
        return Timing(np.where(index.isna(), NONE, index.as_unit("us").asi8), none, unknown)
    if (
        pd.api.types.is_numeric_dtype(cells.dtype)
        and not cells.isna().any()  # as numbers with a fraction, nanoseconds would lose their last digits
        and (at := epochs(cells.to_numpy())) is not None
    ):
        return Timing(none, at, unknown)
    return None


def timing_of_letters(letters: Bytes, name: str, form: Form) -> Timing | None:
    """Return the timing of texts of one length, given as a matrix of bytes; None where one is no stamp."""
    width = np.full(letters.shape[1], len(letters))
    example = letters[:, 0].tobytes().decode("latin-1")
    if (epoch := _epochs_of(letters)) is not None:
        return Timing(np.full(len(width), NONE), epoch, np.full(len(width), np.nan))

    def read(order: str | None) -> Stamps:
        return stamps_of(letters, width, order, form.year)

    timing = _told_apart(read, name, example, form, np.zeros(len(width), dtype=np.int64))
    return timing if timing.known.all() else None


def _epochs_of(letters: Bytes) -> Ints | None:
    if not bytes(letters[:, 0]).isdigit() or not ((letters - np.uint8(48)) < 10).all():
        return None
    return epochs(
        10 ** np.arange(len(letters) - 1, -1, -1, dtype=np.int64) @ (letters - np.uint8(48)).astype(np.int64)
    )


def _of_texts(cells: pd.Series, form: Form, clock: Ints) -> Timing:
    dates = (str(cell) for cell in cells if isinstance(cell, str) and _DATE.search(cell))
    return _told_apart(lambda order: form.read(cells, order), str(cells.name), next(dates, ""), form, clock)


def _told_apart(
    read: Callable[[str | None], Stamps], name: str, example: str, form: Form, clock: Ints
) -> Timing:
    """Return texts as stamps, where day and month may be either by the order that makes steps even."""
    found = read(None)
    if form.time_format is not None or found.order is None:
        return replace(_timing(found, clock), time_format=form.time_format)
    if not found.both:
        return replace(_timing(found, clock), time_format=_format(example, found.order))
    either = {order: _timing(read(order), clock) for order in ("md", "dm")}
    jumps = {order: _jumps(timing) for order, timing in either.items()}
    for order, other in (("md", "dm"), ("dm", "md")):
        if jumps[order] * 10 <= jumps[other] and jumps[other] >= 1:
            return replace(either[order], time_format=_format(example, order))
    raise SchemaError(
        f"column {name!r}: {example!r} and the like may be read with the day or the month first. Say which: "
        f"time_format={_format(example, 'dm')!r} (day first) or time_format={_format(example, 'md')!r} "
        "(month first)."
    )


def _jumps(timing: Timing) -> int:
    """Return over how many steps more than a day is left out; 0 where no step is shorter than a day.

    Steps against the run of the rows do not count: there another account begins.
    """
    at = np.where(timing.wall != NONE, timing.wall, timing.instant)[timing.known]
    step = np.diff(at)
    step = step if (step > 0).sum() >= (step < 0).sum() else -step
    return int((step > _JUMP).sum()) if ((step > 0) & (step < DAY)).any() else 0


def _format(text: str, order: str) -> str:
    """Return a text's form as for strptime."""
    parts = {"dm": ("%d", "%m"), "md": ("%m", "%d")}[order]
    date = _DATE.search(text)
    if date is None:
        return f"{parts[0]}/{parts[1]}"
    year = "%Y" if len(date[4]) == 4 else "%y"
    rest = text[date.end() :]
    hour = "%I" if (half := _HALF.search(rest)) else "%H"
    rest = _TIME.sub(
        lambda m: f"{hour}:%M" + (":%S" if m[3] else "") + (".%f" if m[4] else ""), rest, count=1
    )
    if half:
        rest = _HALF.sub("%p", rest)
    return f"{parts[0]}{date[2]}{parts[1]}{date[2]}{year}{re.sub(r'[+-][0-9:]{5,6}$', '%z', rest)}".strip()


def _timing(found: Stamps, clock: Ints) -> Timing:
    """Return stamps, a time of the day added, as wall times and instants."""
    dated = found.day != NONE
    wall = found.day + found.clock + clock
    if not dated.all():
        wall = np.where(dated, wall, NONE)
    offset = dated & (found.offset != NONE)
    instant = np.where(offset, wall - found.offset, NONE)
    spans = dated & (found.end_clock != NONE)
    minutes = np.full(len(wall), np.nan)
    if spans.any():
        minutes[spans] = _lengths(wall[spans], (found.end_day + found.end_clock)[spans])
    # Only an end is at 24:00: a start would be at the next day's 0:00.
    label = "end" if (found.clock == DAY).any() else None
    return Timing(np.where(offset, NONE, wall), instant, minutes, label)


def _lengths(start: Ints, end: Ints) -> Floats:
    """Return lengths [min]: an end without its day may be the next one's, and a minute short."""
    minutes = np.ceil((end - start) / MINUTE)
    minutes = np.where(minutes <= 0, minutes + DAY // MINUTE, minutes)
    # 00:00 to 00:14 (or 00:14:59) are 15 minutes.
    return np.asarray(np.where(np.isin(minutes, _SHORT), minutes + 1, minutes))


def _ends(end: pd.Series, form: Form, timing: Timing) -> Timing:
    if (whole := _native(end)) is not None:
        return whole
    order = None if timing.time_format is None else order_of(timing.time_format)
    return _timing(Form(year=form.year).read(end, order), np.zeros(len(end), dtype=np.int64))


def _between(timing: Timing, end: Timing) -> Floats:
    """Return lengths between stamps and ends of one kind [min]."""
    minutes = np.full(len(timing.wall), np.nan)
    for start, stop in ((timing.wall, end.wall), (timing.instant, end.instant)):
        rows = (start != NONE) & (stop != NONE)
        minutes[rows] = _lengths(start[rows], stop[rows])
    return minutes


# ---- dates and hours of their own columns ----------------------------------------------------------


def _parts(
    dates: pd.Series, hours: pd.Series, end: pd.Series | None, form: Form, label: str | None, zone: ZoneInfo
) -> Timing:
    joined = form.time_format is not None and re.search(r"%[-#]?[HI]", form.time_format) is not None
    if joined and not pd.api.types.is_numeric_dtype(hours.dtype):
        both = (
            dates.astype("object").fillna("").astype("str")
            + " "
            + hours.astype("object").fillna("").astype("str")
        )
        return timing_of([both.rename(f"{dates.name} {hours.name}")], None, form, label, zone)
    number, part = _hours(hours)
    if number is not None:
        # Where day and month may be either, hours of some kind are enough to tell.
        clock = np.rint(np.where(np.isfinite(number), number % 24, 0) * HOUR).astype(np.int64)
    else:
        clock = np.where(part.timed & (part.clock != NONE), part.clock, 0)
    days = _native(dates) or _of_texts(dates, form, clock)
    if number is not None:
        return _numbered(days, number, str(hours.name), label, zone)
    if _native(dates) is not None:
        days = replace(days, wall=np.where(days.known, days.wall // DAY * DAY + clock, NONE))
    wall = np.where(part.timed & (part.clock != NONE), days.wall, NONE)
    wall = np.where(_next_day(days, clock, label) & (wall != NONE), wall + DAY, wall)
    minutes = days.minutes
    if (part.end_clock != NONE).any():
        spans = part.end_clock != NONE
        minutes = np.where(spans, _lengths(clock, np.where(spans, part.end_clock, 0)), np.nan)
    elif end is not None:
        _, stop = _hours(end)
        if len(stop.timed):
            known = stop.timed & part.timed
            minutes = np.where(known, _lengths(clock, np.where(known, stop.clock, 0)), np.nan)
    told = "end" if (part.clock == DAY).any() else None
    return replace(days, wall=wall, minutes=minutes, label=told)


def _hours(cells: pd.Series) -> tuple[Floats | None, Stamps]:
    """Return cells as numbers of hours, where they are, or else as times of the day."""
    none = Form().read(cells.iloc[:0])
    if cells.dtype.kind == "m":
        return cells.dt.total_seconds().to_numpy() / 3600, none
    if pd.api.types.is_numeric_dtype(cells.dtype):
        return cells.to_numpy(dtype=np.float64, na_value=np.nan), none
    codes, texts = texts_of(cells)
    numbers = np.append(
        pd.to_numeric(pd.Series(texts, dtype="object"), errors="coerce").to_numpy(np.float64), np.nan
    )
    numbers = numbers[codes]
    if len(cells) and np.isfinite(numbers).mean() > 0.5:
        return numbers, none
    part = Form().read(cells)
    named = part.hour != NONE
    if named.any():
        return np.where(named, part.hour, np.nan), none
    return None, part


def _next_day(days: Timing, clock: Ints, label: str | None) -> Mask:
    """Mark the midnights that end the day of their date: they stand behind its other times."""
    day = np.where(days.known, (days.wall - clock) // DAY, 0)
    last = np.zeros(len(clock), dtype=bool)
    if label == "end" and len(clock) > 1:
        same = (day[1:] == day[:-1]) & (clock[1:] == 0)
        last[1:] = same & (clock[:-1] > 0)
        back = (day[1:] == day[:-1]) & (clock[:-1] == 0) & (clock[1:] > DAY // 2)
        last[:-1] |= back
    return last


def _numbered(days: Timing, number: Floats, name: str, label: str | None, zone: ZoneInfo) -> Timing:
    """Return the timing of hours, or shorter parts of a day, that are numbered.

    On the day of a change hours are those of the clock, or, where a day has as many numbers as hours, one
    after the other.
    """
    known = days.known & np.isfinite(number)
    most = float(number[known].max()) if known.any() else 0.0
    if most > 100 and (number[known] % 100 < 60).all() and most <= 2400:
        number, most = number // 100 + number % 100 / 60, 24.0
    step = HOUR if most <= 25 else 30 * MINUTE if most <= 50 else 15 * MINUTE
    shift = 0
    ends = label == "end"
    if label is None and known.any():
        ends = step < HOUR or (number[known].min() >= 1 and most >= 24)
    elif label == "start" and step < HOUR:
        shift = 1
    day = np.where(known, np.where(days.wall != NONE, days.wall, 0) // DAY, 0)
    if (known & ((number < 0) | (number > 100))).any():
        raise _no_hours(name)
    clock = np.where(known, np.rint((np.where(known, number, 0) - shift) * step), 0).astype(np.int64)
    wall = np.where(known, day * DAY + clock, NONE)
    following = known & _one_by_one(day, number - shift + (not ends), known, step, zone)
    if (known & ~following & (clock > DAY)).any():
        raise _no_hours(name)
    first = instants_of(midnights(day.astype("datetime64[D]"), zone))
    instant = np.where(following, first + clock, NONE)
    minutes = np.full(len(day), step // MINUTE if step < HOUR else np.nan)
    return replace(
        days, wall=np.where(following, NONE, wall), instant=instant, minutes=minutes,
        label=label or ("end" if ends else None),
    )  # fmt: skip


def _one_by_one(day: Ints, ending: Floats, known: Mask, step: int, zone: ZoneInfo) -> Mask:
    """Mark the days of a change whose numbers run through all their hours: 23 of them, or 25."""
    unique, code = np.unique(day, return_inverse=True)
    first = instants_of(midnights(np.append(unique, unique[-1:] + 1).astype("datetime64[D]"), zone))
    after = instants_of(midnights((unique + 1).astype("datetime64[D]"), zone))
    count = (after - first[: len(unique)]) // step
    most, rows = np.zeros(len(unique)), np.zeros(len(unique))
    np.maximum.at(most, code[known], ending[known])
    np.add.at(rows, code[known], 1)
    changed = (count * step != DAY) & (most == count) & (rows >= count)
    return np.asarray(changed[code])


def _no_hours(name: str) -> SchemaError:
    return SchemaError(
        f"column {name!r} must hold hours from 0 to 24 in every row (25 on the day whose clocks go back), or "
        "numbers of a day's intervals."
    )
