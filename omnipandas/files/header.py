"""Where a table begins in a text: the separator, the header under a preamble, and the rows below it."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from omnipandas.errors import SchemaError

from .document import Document
from .quantities import unit_of
from .stamps import kind_of
from .words import meaning_of

_HEAD = 60_000
_LINES = (48, 600)
_BETWEEN = 4
_SEPARATORS = (",", ";", "\t", "|")
_STAMPED = frozenset(("stamp", "date", "period", "epoch"))
Cells = list[str]


@dataclass(frozen=True)
class Grid:
    """A table's header, and what stands around it.

    Parameters
    ----------
    names : tuple of str
        Names of the columns, each once.
    separator : str
        What parts the columns.
    start : int
        Where the rows begin in the text.
    sample : list of list of str
        Cells of the first rows.
    preamble : list of list of str
        Cells of what stands above the header.
    units : tuple of str
        The unit of each column where a row under the header names them; blank elsewhere.
    """

    names: tuple[str, ...]
    separator: str
    start: int
    sample: list[Cells]
    preamble: list[Cells]
    units: tuple[str, ...]


@dataclass(frozen=True)
class _Candidate:
    """A row that may be the header: how many known words it has, how many rows it stands over, how wide it is."""

    words: int
    run: int
    width: int
    row: int
    first: int
    separator: str
    cells: list[Cells]

    @property
    def merit(self) -> tuple[bool, int, int]:
        """Known words before all, then the length of what stands below, then the width."""
        return self.words >= 2, self.run, self.width


def grid_of(document: Document) -> Grid:
    """Return where the table is in a text.

    Raises
    ------
    SchemaError
        Where there is none.
    """
    head = document.text[:_HEAD].lstrip("\ufeff")
    skipped = len(document.text[:_HEAD]) - len(head)
    lines = head.splitlines(keepends=True)
    if not any(line.strip() for line in lines):
        raise SchemaError(f"{document.name} is empty: it is no CSV with a header. Download it again.")
    found: list[_Candidate] = []
    for few in _LINES:
        for mark in _SEPARATORS:
            found += _candidates(lines[:few], mark) if mark in head else []
        if any(candidate.words > 1 for candidate in found):
            break
    if not found:
        raise SchemaError(
            f"{document.name} is no CSV with a header over rows of stamps and usage. If it has no header, name its "
            "columns: op.read_intervals(pd.read_csv(path, names=[...]), timezone=...)."
        )
    best = max(found, key=lambda candidate: candidate.merit)
    names = unique([cell.strip().strip("\ufeff") for cell in best.cells[best.row]])
    units = _units(best.cells[best.row + 1 : best.first], len(names))
    start = skipped + sum(map(len, lines[: best.first]))
    return Grid(names, best.separator, start, best.cells[best.first :], best.cells[: best.row], units)


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """Return names, each once, as pandas tells doubles apart; what has none is called by its place."""
    seen: dict[str, int] = {}
    found = []
    for place, given in enumerate(names):
        name = given or f"column {place + 1}"
        count = seen.get(name, 0)
        seen[name] = count + 1
        found.append(f"{name}.{count}" if count else name)
    return tuple(found)


def _candidates(lines: list[str], separator: str) -> list[_Candidate]:
    cells = [_split(line, separator) for line in lines]
    blank = [not any(map(str.strip, row)) for row in cells]
    rows = [not empty and _is_row(row) for row, empty in zip(cells, blank, strict=True)]
    found = []
    place = 0
    while place < len(cells):
        if not rows[place]:
            place += 1
            continue
        end = place
        while end < len(cells) and (rows[end] or blank[end]):
            end += 1
        if (header := _header(cells, blank, place)) is not None:
            at, first = header
            words, run = _known(cells[at]), sum(rows[place:end])
            found.append(_Candidate(words, run, len(cells[at]), at, first, separator, cells))
        place = end
    if not any(rows):
        for place, row in enumerate(cells):
            if len(row) > 1 and (words := _known(row)) >= 2:
                found.append(_Candidate(words, 0, len(row), place, place + 1, separator, cells))
    return [candidate for candidate in found if candidate.width > 1]


def _split(line: str, separator: str) -> Cells:
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return [line]


def _is_row(row: Cells) -> bool:
    """Say whether cells are of a row of readings: a day or an instant stands in it."""
    return len(row) > 1 and any(kind_of(cell) in _STAMPED for cell in row)


def _header(cells: list[Cells], blank: list[bool], first: int) -> tuple[int, int] | None:
    """Return the row of the names above a first row, over a row of units where there is one; and the first row.

    Where the row above is none of names but a row above that is, what lies between is of the table.
    """
    above = [place for place in range(first - 1, -1, -1) if not blank[place]][:_BETWEEN]
    if not above:
        return None
    if len(above) > 1 and _is_units(cells[above[0]]) and len(cells[above[1]]) > 1:
        return above[1], first
    if _known(cells[above[0]]) == 0:
        for place in above[1:]:
            if _known(cells[place]) > 1 and not any(blank[place:first]):
                return place, place + 1
    return above[0], first


def _known(row: Cells) -> int:
    """Return how many of the kinds of words that a table needs are in a header: of time, and of usage."""
    roles = {meaning_of(cell.strip()).role for cell in row if cell.strip()}
    usage = roles & {"total", "net", "export", "on_peak", "off_peak", "production"}
    return bool(roles & {"time", "end"}) + bool(usage)


def _is_units(row: Cells) -> bool:
    filled = [cell.strip() for cell in row if cell.strip()]
    known = sum(unit_of(re.sub(r"[\[\]()]", "", cell)) is not None for cell in filled)
    return bool(filled) and known > 0 and all(len(cell) <= 24 for cell in filled) and len(row) > 1


def _units(rows: list[Cells], width: int) -> tuple[str, ...]:
    row = next((row for row in rows if _is_units(row)), [])
    cells = [re.sub(r"[\[\]()]", "", cell).strip() for cell in row[:width]]
    return tuple(cells + [""] * (width - len(cells)))
