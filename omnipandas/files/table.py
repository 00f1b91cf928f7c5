"""A table of readings, in a text or a frame: its columns, and the cells of those that are asked for."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.intervals.units import Floats

from .cells import decimal_of, numbers_of
from .columns import NO_NUMBER, Column, columns_of, named
from .document import Document
from .header import Grid, grid_of, unique
from .stamps import Bytes

_UNKNOWN = sorted(
    {form for word in NO_NUMBER for form in (word, word.upper(), word.title(), word.capitalize())}
    | {"NaN", "No CT", "N/A", "n/a"}
)
# Cells beyond the header's are read into a column of this name, so that none is lost unseen.
_WIDEST = 40
_BEYOND = "\x00beyond"
_FEW = frozenset(("date", "time", "hour", "span", "text", "blank"))


@dataclass(frozen=True)
class Table:
    """A table's columns, the cells above its header, and where its cells come from.

    Parameters
    ----------
    document : Document
        The file or the frame.
    columns : list of Column
        What each column is.
    grid : Grid, optional
        Where the table is in a text.
    """

    document: Document
    columns: list[Column]
    grid: Grid | None = None

    @property
    def indexed(self) -> bool:
        """Whether the frame's index has the stamps."""
        return self.document.frame is not None and isinstance(self.document.frame.index, pd.DatetimeIndex)

    @property
    def preamble(self) -> list[list[str]]:
        """The cells above the header."""
        return [] if self.grid is None else self.grid.preamble

    def kind(self, name: str) -> str:
        """Return what stands in the column of a name."""
        return next(column.kind for column in self.columns if column.name == name)

    def cells(self, names: Sequence[str]) -> pd.DataFrame:
        """Return the cells of some columns: texts as they stand, or numbers; unknown is missing.

        Raises
        ------
        SchemaError
            Where rows have more cells than the header, or a quotation mark has no partner.
        """
        wanted = list(dict.fromkeys(named(self.columns, name).name for name in names))
        if self.document.frame is not None:
            columns = [column.name for column in self.columns]
            return pd.DataFrame(
                {name: self.document.frame.iloc[:, columns.index(name)].array for name in wanted},
                index=pd.RangeIndex(len(self.document.frame)),
            )
        cells = self._read(wanted)
        beyond = cells.pop(_BEYOND)
        if beyond.notna().any():
            row = int(np.argmax(beyond.notna().to_numpy()))
            raise SchemaError(
                f"row {row + 1} has more cells than the header: a number with a thousands mark or a decimal comma "
                "that is not in quotes? Save the file with another separator."
            )
        return cells

    def _read(self, wanted: list[str]) -> pd.DataFrame:
        assert self.grid is not None  # noqa: S101  # a table of no frame is in a text
        kinds = {column.name: column for column in self.columns}
        few = {
            name: "category"
            for name in wanted
            if kinds[name].kind in _FEW or kinds[name].meaning.role in ("id", "unit", "quality", "channel")
            if not (kinds[name].kind == "blank" and kinds[name].meaning.role in ("total", "export"))
        }
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", pd.errors.ParserWarning)
                return pd.read_csv(
                    io.BytesIO(self._rows),
                    sep=self.grid.separator,
                    header=0,
                    names=[*self.grid.names, _BEYOND],
                    usecols=[*wanted, _BEYOND],
                    dtype=few,
                    index_col=False,
                    keep_default_na=False,
                    na_values=_UNKNOWN,
                    skipinitialspace=True,
                    low_memory=False,
                    decimal=self.decimal,
                )
        except pd.errors.EmptyDataError:
            return pd.DataFrame({name: pd.Series([], dtype="float64") for name in [*wanted, _BEYOND]})
        except (pd.errors.ParserError, ValueError) as error:
            raise SchemaError(
                f"{self.document.name} is no CSV with a header: a row of it cannot be parted into cells (a quotation "
                "mark without its partner?). Download it again."
            ) from error

    @cached_property
    def _rows(self) -> bytes:
        assert self.grid is not None  # noqa: S101  # a table of no frame is in a text
        # A line of our own above them says how many cells a row may have.
        width = self.grid.separator * len(self.grid.names)
        above = len(self.document.text[: self.grid.start].lstrip("\ufeff").encode("utf-8", "replace"))
        return f"{width}\n".encode() + self.document.utf8[above:]

    def letters(self, name: str) -> Bytes | None:
        """Return the bytes of the first column, a column of the matrix a row, where each has as many; else None.

        Stamps of one form are read several times as fast from them as from texts.
        """
        if self.grid is None or not self.grid.sample or name != self.grid.names[0] or b'"' in self._rows:
            return None
        flat = np.frombuffer(self._rows, dtype=np.uint8)
        ends = np.flatnonzero(flat == ord("\n"))
        starts = ends[: -1 if ends[-1] == len(flat) - 1 else None] + 1
        size = len(self.grid.sample[0][0])
        if not len(starts) or not 0 < size < _WIDEST or starts[-1] + size >= len(flat):
            return None
        if (flat[starts + size] != ord(self.grid.separator)).any():
            return None
        windows = np.ndarray((len(flat) - size + 1,), dtype=f"V{size}", buffer=flat, strides=(1,))
        return windows[starts].view(np.uint8).reshape(-1, size).T

    @cached_property
    def decimal(self) -> str:
        """The decimal mark of the numbers in a text: a point, or a comma."""
        if self.grid is None:
            return "."
        places = [place for place, column in enumerate(self.columns) if column.kind == "number"]
        cells = [row[place] for row in self.grid.sample for place in places if place < len(row)]
        return decimal_of(cells, self.grid.separator)


def table_of(document: Document) -> Table:
    """Return a document's table.

    Raises
    ------
    SchemaError
        Where there is none, or a frame has two columns of one name.
    """
    if document.frame is None:
        grid = grid_of(document)
        return Table(document, columns_of(grid.names, grid.sample, grid.units), grid)
    frame = document.frame
    if not isinstance(frame.index, pd.DatetimeIndex) and not isinstance(frame.index, pd.RangeIndex):
        frame = _with_index(frame)
    names = unique([str(name) for name in frame.columns])
    head = frame.head(100)
    sample = [["" if pd.isna(cell) else str(cell) for cell in row] for row in head.itertuples(index=False)]
    columns = columns_of(names, sample, [""] * len(names))
    return Table(Document(document.name, frame=frame), columns)


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose index, where it is one of periods or texts, is a column."""
    if isinstance(frame.index, pd.PeriodIndex):
        return frame.set_axis(frame.index.to_timestamp(), axis=0)
    if (
        isinstance(frame.index, pd.MultiIndex)
        or frame.index.dtype.kind in "OUTM"
        or frame.index.name is not None
    ):
        names = [name if name is not None else "index" for name in frame.index.names]
        return (
            frame.reset_index(names=names)
            if not set(names) & set(frame.columns)
            else frame.reset_index(drop=True)
        )
    return frame


def floats(cells: pd.Series, name: str, decimal: str) -> Floats:
    """Return cells as numbers, unknown as NaN.

    Raises
    ------
    SchemaError
        Where a cell is no number, or no finite one.
    """
    if pd.api.types.is_bool_dtype(cells.dtype):
        raise SchemaError(f"column {name!r} holds True and False, no usage.")
    if pd.api.types.is_numeric_dtype(cells.dtype):
        numbers = cells.to_numpy(dtype=np.float64, na_value=np.nan)
        if np.isinf(numbers).any():
            row = int(np.argmax(np.isinf(numbers)))
            raise SchemaError(f"column {name!r}, row {row + 1}: an infinite number is no usage.")
        return numbers
    codes, texts = pd.factorize(cells.astype("object"), use_na_sentinel=True)
    values = np.full(len(texts) + 1, np.nan)
    for place, text in enumerate(texts):
        try:
            values[place] = _number(str(text), name, decimal)
        except SchemaError:
            row = int(np.argmax(codes == place))
            raise SchemaError(f"column {name!r}, row {row + 1}: {text!r} is no number.") from None
    return values[codes]


def _number(text: str, name: str, decimal: str) -> float:
    text = text.strip().replace("\u2212", "-")
    if text.lower() in NO_NUMBER:
        return np.nan
    mark = decimal_of([text], ";" if decimal == "," else ",")
    return float(numbers_of([text.replace("\u2019", "").replace("'", "")], name, decimal=mark)[0])
