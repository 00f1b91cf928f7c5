"""Which rows of a table are readings: dated, of electricity, of one unit; and when they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.intervals.units import Mask

from .channels import checked_channel, electric, energetic, texts_of
from .columns import NO_NUMBER, Choice
from .quantities import unit_in, unit_of
from .rows import Question
from .table import Table
from .timing import Form, Timing, timing_of, timing_of_letters
from .walls import clock_of
from .words import plain

_SUMS = (
    "total",
    "subtotal",
    "grand total",
    "sum",
    "average",
    "avg",
    "mean",
    "max",
    "min",
    "peak",
    "summe",
    "gesamt",
)
_UNIT_WORDS = ("uom", "unit", "units", "unite", "unit of measure", "einheit", "yksikko")


@dataclass(frozen=True)
class Body:
    """The readings of a table, in the order of the file.

    Parameters
    ----------
    cells : DataFrame
        Their cells.
    timing : Timing
        When they are.
    unit : str or None
        The unit that a column of units, or the preamble, names.
    left_out : tuple of str
        Which rows were left out, where that may matter.
    """

    cells: pd.DataFrame
    timing: Timing
    unit: str | None
    left_out: tuple[str, ...]

    def __getitem__(self, rows: Mask) -> Body:
        """Return some rows."""
        cells = self.cells[rows].reset_index(drop=True)
        return replace(self, cells=cells, timing=self.timing[rows])

    def without(self, rows: Mask, what: str) -> Body:
        """Return the body without some rows, of which it is noted what they are."""
        if not rows.any():
            return self
        note = f"{int(rows.sum())} row(s) {what}"
        return replace(self[~rows], left_out=(*self.left_out, note))


def body_of(table: Table, choice: Choice, question: Question) -> Body:
    """Return a table's readings.

    Raises
    ------
    SchemaError
        Where a stamp cannot be read, or no row is of electricity.
    """
    usage = [name for names in choice.usage.values() for name in names]
    extra = [choice.end, choice.quality, choice.notes, choice.unit, choice.commodity]
    told = [*choice.time, *usage, *choice.accounts, *choice.channels, *choice.devices, *_argued(question)]
    wanted = [*told, *(name for name in extra if name is not None)]
    timing = _quick_timing(table, choice, question)
    cells = table.cells(wanted if timing is None else [name for name in wanted if name not in choice.time])
    if timing is None or len(cells) != len(timing.wall):
        cells = cells if timing is None else table.cells(wanted)
        timing = _timing(table, choice, question, cells)
    dated = _dated(cells, timing, choice, usage)
    body = Body(cells, timing, None, ())
    if not dated.all():
        rows = np.flatnonzero(~dated & cells[usage].notna().any(axis=1).to_numpy())
        undated = sum(not _is_sum(cells.iloc[row]) for row in rows)
        note = f"{undated} row(s) without a stamp at the end, as sums are"
        body = replace(body, left_out=(note,) * (undated > 0))[dated]
    if choice.commodity is not None:
        codes, texts = texts_of(body.cells[choice.commodity])
        body = body.without(~electric(codes, texts), "that are not of electricity")
    unit = None
    if choice.unit is not None:
        codes, texts = texts_of(body.cells[choice.unit])
        unit, right = energetic(codes, texts)
        body = body.without(~right, f"in another unit than {unit}")
    return replace(body, unit=unit or _unit_above(table.preamble))


def _argued(question: Question) -> list[str]:
    """Return the columns of a channel and a quality that the caller names."""
    found = [] if question.channel is None else [checked_channel(question.channel)[0]]
    quality = question.quality
    return found if quality is None else [*found, quality if isinstance(quality, str) else quality[0]]


def _quick_timing(table: Table, choice: Choice, question: Question) -> Timing | None:
    """Return when rows are by the bytes of the file, where its first column is of stamps of one length."""
    if len(choice.time) != 1 or choice.end is not None or question.time_format is not None:
        return None
    letters = table.letters(choice.time[0])
    if letters is None:
        return None
    return timing_of_letters(letters, choice.time[0], Form(year=question.year))


def _timing(table: Table, choice: Choice, question: Question, cells: pd.DataFrame) -> Timing:
    form = Form(question.time_format, question.year)
    zone = clock_of(question.clock or choice.clock, question.timezone).zone
    if not choice.time:
        assert table.document.frame is not None  # noqa: S101  # an index of stamps is a frame's
        columns = [pd.Series(table.document.frame.index, name="index")]
    else:
        columns = [cells[name] for name in choice.time]
    end = None if choice.end is None else cells[choice.end]
    return timing_of(columns, end, form, question.label or choice.label, zone)


def _is_sum(row: pd.Series) -> bool:
    """Say whether a word in a row, such as total, tells that it is none of readings."""
    return any(isinstance(cell, str) and plain(cell).strip().startswith(_SUMS) for cell in row)


def _dated(cells: pd.DataFrame, timing: Timing, choice: Choice, usage: Sequence[str]) -> Mask:
    """Mark the rows with a stamp; the others are a table's foot, its header again, or blank.

    Raises
    ------
    SchemaError
        Where a row among the others has something else in its place.
    """
    known = timing.known
    if known.all():
        return known
    rows = np.flatnonzero(known)
    first, last = (int(rows[0]), int(rows[-1])) if len(rows) else (len(known), -1)
    texts = [_stamp_text(cells, choice, row) for row in np.flatnonzero(~known)[:2000]]
    silent = cells[list(usage)].map(_is_no_number).all(axis=1).to_numpy()
    for row, text in zip(np.flatnonzero(~known), texts, strict=False):
        outside = row > last or row < first
        word = plain(text).strip()
        again = bool(choice.time) and text == " ".join(choice.time)
        foot = bool(len(rows)) and outside and (not text[:1].isdigit() and (silent[row] or not text))
        if again or (not text and silent[row]) or word.startswith(_SUMS) or foot:
            continue
        raise _undated(int(row), text, choice)
    if len(texts) < int((~known).sum()):
        raise _undated(int(np.argmin(known)), texts[0], choice)
    return known


def _undated(row: int, text: str, choice: Choice) -> SchemaError:
    column = " and ".join(map(repr, choice.time)) or "index"
    if not text:
        return SchemaError(f"column {column}: row {row + 1} has no stamp: drop it or date it.")
    return SchemaError(
        f"column {column}, row {row + 1}: {text!r} is no stamp that can be read. Give time_format=, as for "
        "strptime, "
        "such as '%d.%m.%Y %H:%M', or another time=."
    )


def _stamp_text(cells: pd.DataFrame, choice: Choice, row: int) -> str:
    found = [cells[name].iloc[row] for name in choice.time]
    return " ".join(str(cell).strip() for cell in found if not pd.isna(cell))


def _is_no_number(cell: object) -> bool:
    if cell is None or cell != cell:  # NaN alone differs from itself
        return True
    return isinstance(cell, str) and (cell.strip().lower() in NO_NUMBER or not any(map(str.isdigit, cell)))


def _unit_above(preamble: Sequence[Sequence[str]]) -> str | None:
    """Return the unit that the cells above the header name, beside or below a word such as UOM."""
    for place, row in enumerate(preamble):
        for column, cell in enumerate(row):
            word, _, rest = cell.partition(":")
            if plain(word).strip() not in _UNIT_WORDS:
                continue
            below = preamble[place + 1][column : column + 1] if place + 1 < len(preamble) else []
            for text in (rest, *row[column + 1 : column + 2], *below):
                if text.strip() and (unit := unit_of(text) or unit_in(text)) is not None:
                    return unit
    return None
