"""Usage that people have in files or frames of their own."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from types import EllipsisType

import pandas as pd

from omnipandas.errors import ArgumentError, QualityWarning, SchemaError
from omnipandas.intervals.zones import zone_name

from . import layouts
from .assembling import assembled
from .calls import call_of
from .document import Document
from .opening import Source, documents
from .quantities import UNITS
from .rows import Question, Rows
from .stamps import YEARS

_CHOICES = {
    "unit": (*UNITS, None),
    "label": ("start", "end", None),
    "reading": ("interval", "register", None),
    "doubles": ("keep", "first", "last"),
}


def read_intervals(
    source: Source | Sequence[Source],
    *,
    timezone: str,
    time: str | Sequence[str] | None = None,
    total: str | Sequence[str] | EllipsisType | None = ...,
    on_peak: str | None = None,
    off_peak: str | None = None,
    export: str | None = None,
    unit: str | None = None,
    label: str | None = None,
    time_format: str | None = None,
    service_account_id: str | None = None,
    minutes: int | None = None,
    clock: str | None = None,
    channel: tuple[str, Mapping[str, str]] | None = None,
    year: int | None = None,
    reading: str | None = None,
    doubles: str = "keep",
    quality: str | tuple[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    r"""Return the usage in a file or a frame as INTERVALS.

    What utilities and devices hand out is recognised: the header under a preamble, encoding and separator,
    the
    columns of stamps and of usage, unit, export, quality, ids. An argument says what the file does not
    tell, or
    tells otherwise.

    Parameters
    ----------
    source : path, open file, bytes, DataFrame, Series, or a list of these
        A CSV or text, an XML (Green Button), a workbook, or one of these in a zip or gz. A frame is not
        changed.
        Several are read as one, in their order.
    timezone : str
        IANA zone of the premise. Stamps without an offset are its wall time.
    time : str or (date, hour), optional
        The column of the stamps, or one of dates and one of hours (0 to 24) or times of the day.
    total, on_peak, off_peak, export : str, optional
        Columns of usage; of `total` also a list of columns to add. None for `total` where on-peak and
        off-peak
        are given and are to be added. Export becomes a column of its own, `export_kwh`.
    unit : {"kwh", "wh", "mwh", "j", "kw", "w", "mw"}, optional
        Of all usage columns; power is the mean of its interval. By default what the file says, or kWh.
    label : {"start", "end"}, optional
        Which edge of its interval a stamp is; by default the start, unless the header says otherwise.
    time_format : str, optional
        As for `datetime.strptime`, where day and month cannot be told apart.
    service_account_id : str, optional
        A column of ids where there is one of that name, otherwise the id of all rows; by default the column
        that is found, or ``file``.
    minutes : int, optional
        Length of all intervals: 1440 (local days), 60, 30, 15, 10, 5 or 1; by default it is found, for each
        account, and for days that are finer, or several in a row that are coarser.
    clock : str, optional
        The zone of the stamps where it is not the premise's: ``"standard"`` for the premise's standard time
        all
        year, ``"UTC"``, ``"Etc/GMT+5"``, or an IANA zone.
    channel : (column, mapping), optional
        The column that tells channels in rows apart, and which of its values are ``"total"`` or ``"export"``.
    year : int, optional
        The year of stamps that name none.
    reading : {"interval", "register"}, optional
        Whether numbers are usage by interval, or the running total of a meter.
    doubles : {"keep", "first", "last"}, default "keep"
        Which of several rows of one account and start to keep; of several files the last has the last rows.
    quality : str or (column, values), optional
        The column that says which readings are estimated, and the values that say so.

    Returns
    -------
    DataFrame
        INTERVALS, sorted by start; `export_kwh` and `estimated` where the file has them. Unknown is NaN, rows
        that are absent stay absent. `check_usage` says what is wrong with them. ``attrs["read_as"]`` is the
        call,
        with every argument, that reads the same without guessing; ``attrs["left_out"]`` what was not taken.

    Raises
    ------
    ArgumentError
        Where there is no such file, or an argument cannot be right or contradicts the file.
    SchemaError
        Where the file is none of usage by interval (gas, bills, a picture), a stamp or a number cannot be
        read,
        a column may be meant in several ways, or no length can be found.

    Warns
    -----
    QualityWarning
        Where wall times do not exist (moved on by what spring leaves out), the hour repeated in autumn comes
        once only (taken for the first), or something was left out that may matter.

    Notes
    -----
    Of a wall time that comes twice in autumn the first is daylight saving time, the second standard time,
    in the order of the rows, whichever way they run. Stamps that are ends are read either by the clock or
    by the
    clock at the interval's start, as each autumn and spring in the file shows.

    Examples
    --------
    >>> import io
    >>> import omnipandas as op
    >>> text = "Name,A HOME\n\nDATE,START TIME,USAGE (Wh)\n"
    >>> text += "11/5/2023,3:00,400\n11/5/2023,4:00,500\n11/15/2023,4:00,1\n"
    >>> hourly = op.read_intervals(io.StringIO(text), timezone="America/New_York")
    >>> hourly["total_kwh"].head(2)
    interval_start
    2023-11-05 03:00:00-05:00    0.4
    2023-11-05 04:00:00-05:00    0.5
    Name: total_kwh, dtype: float64
    """
    if total is None and (on_peak is None or off_peak is None):
        raise ArgumentError("without total= both on_peak= and off_peak= are needed.")
    question = Question(
        zone_name(timezone),
        time,
        None if isinstance(total, EllipsisType) else total,
        on_peak, off_peak, export, unit, label, time_format, service_account_id, minutes,
        clock, channel, year, reading, doubles, quality,
    )  # fmt: skip
    _check(question)
    opened = documents(source)
    parts = [part for document in opened for part in _rows_of(document, question)]
    frame = assembled(parts, question)
    left = tuple(dict.fromkeys(note for part in parts for note in part.left_out))
    frame.attrs |= {
        "source": "file",
        "timezone": question.timezone,
        "read_as": call_of(source, question, parts, frame),
        "left_out": "; ".join(left),
    }
    if left:
        warnings.warn(f"left out: {'; '.join(left)}.", QualityWarning, stacklevel=2)
    return frame


def _rows_of(document: Document, question: Question) -> list[Rows]:
    try:
        return layouts.rows_of(document, question)
    except (OverflowError, RecursionError, MemoryError, UnicodeError) as error:
        raise SchemaError(
            f"{document.name} cannot be read ({type(error).__name__}): its cells are no usage. Download it "
            "again."
        ) from error


def _check(question: Question) -> None:
    for name, allowed in _CHOICES.items():
        value = getattr(question, name)
        if value not in allowed:
            names = ", ".join(repr(choice) for choice in allowed if choice is not None)
            raise ArgumentError(f"{name} must be one of {names}, not {value!r}.")
    if question.year is not None and not (
        isinstance(question.year, int) and YEARS[0] < question.year < YEARS[1]
    ):
        raise ArgumentError(f"year is a year such as 2023, not {question.year!r}.")
