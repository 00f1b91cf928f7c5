"""What a cell of a file says: a number, or a day."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.intervals.units import Floats, Ints, Mask

Days = npt.NDArray[np.datetime64]
UNKNOWN = frozenset(("", "-", "--", "na", "n/a", "nan", "null", "none", "no data", "missing", "#n/a"))
_BESIDE = re.compile(r"[$£€\s\u00a0\u202f]|USD|CAD|kWh", re.IGNORECASE)
_POINT = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?(?:[eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)?(?:,\d*)?(?:[eE][+-]?\d+)?")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})(?:[T ].*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:[T ].*)?")
_NAMED = ("%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y")


def numbers_of(cells: Sequence[str], name: str, *, decimal: str = ".") -> Floats:
    """Return cells as numbers: what stands for unknown as NaN, units and thousands marks taken off.

    Parameters
    ----------
    cells : sequence of str
        As they stand in the file.
    name : str
        What they are, for the message.
    decimal : {".", ","}
        The decimal mark; the other one marks thousands.

    Raises
    ------
    SchemaError
        A cell is no finite number and does not stand for unknown.
    """
    texts = [cell.strip() for cell in cells]
    # pandas takes any point for a decimal one.
    plain = [cell if decimal == "." or "." not in cell else "" for cell in texts]
    numbers = pd.to_numeric(pd.Series(plain, dtype=object), errors="coerce").to_numpy(np.float64, copy=True)
    for place in np.flatnonzero(~np.isfinite(numbers)):
        numbers[place] = _number(texts[place], decimal)
    wrong = np.isinf(numbers)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise SchemaError(f"{name}, value {row + 1}: {texts[row]!r} is no number.")
    return numbers


def _number(cell: str, decimal: str) -> float:
    """Return one cell that pandas takes for no number; infinite where it is none."""
    if cell.lower() in UNKNOWN:
        return np.nan
    bare = _BESIDE.sub("", cell)
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    form, thousands = (_COMMA, ".") if decimal == "," else (_POINT, ",")
    if not form.fullmatch(bare) or not any(map(str.isdigit, bare)):
        return np.inf
    return float(bare.replace(thousands, "").replace(",", "."))


def decimal_of(cells: Sequence[str], separator: str) -> str:
    """Return the decimal mark of numbers: a comma where it stands last, once, and is no mark of thousands.

    Examples
    --------
    >>> decimal_of(["0,52", "1,5"], ";"), decimal_of(["1,330.5", "900.0"], ","), decimal_of(["11,000"], ",")
    (',', '.', '.')
    """
    commas = [cell.strip() for cell in cells if "," in cell]
    points = [cell for cell in cells if "." in cell and "," not in cell]
    if not commas:
        return "."
    both = [cell for cell in commas if "." in cell]
    if both:
        return "," if all(cell.rfind(",") > cell.rfind(".") for cell in both) else "."
    thirds = all(_of_thousands(cell) for cell in commas)
    if points or any(cell.count(",") > 1 for cell in commas):
        return "."
    return "." if thirds and separator == "," else ","


def _of_thousands(cell: str) -> bool:
    head, *rest = cell.lstrip("-+($ ").rstrip(") ").split(",")
    return 1 <= len(head) <= 3 and not head.startswith("0") and all(len(part) == 3 for part in rest)


def is_day(cell: str) -> bool:
    """Say whether a cell begins like a date."""
    text = cell.strip()
    return bool(_YEAR_FIRST.fullmatch(text) or _YEAR_LAST.fullmatch(text)) or _named([text]) is not None


def days_of(cells: Sequence[str], name: str, likely: Callable[[Days], int], time_format: str | None) -> Days:
    """Return cells as days; a time of day behind the date is left.

    Where month and day may be either, all rows tell: a month above 12, or days that are `likely` one way
    only.

    Parameters
    ----------
    cells : sequence of str
        As they stand in the file.
    name : str
        What they are, for the message.
    likely : callable
        How much days are as one expects those of such a file: the higher, the more.
    time_format : str, optional
        As for strptime; then nothing is guessed.

    Raises
    ------
    SchemaError
        A cell is no date, or month and day cannot be told apart.
    """
    texts = [cell.strip() for cell in cells]
    if not texts:
        return np.zeros(0, dtype="datetime64[D]")
    if time_format is not None:
        return _formatted(texts, name, time_format)
    if all(parts := [_YEAR_FIRST.fullmatch(text) for text in texts]):
        return _dates(name, texts, *np.array([part.group(1, 3, 4) for part in parts if part], dtype=int).T)
    if all(parts := [_YEAR_LAST.fullmatch(text) for text in texts]):
        first, second, year = np.array([part.group(1, 3, 4) for part in parts if part], dtype=int).T
        return _told_apart(name, texts, first, second, np.where(year < 100, 2000 + year, year), likely)
    if (days := _named(texts)) is not None:
        return days
    wrong = next((t for t in texts if not _YEAR_FIRST.fullmatch(t) and not _YEAR_LAST.fullmatch(t)), texts[0])
    raise SchemaError(f"{name}: {wrong!r} is no date of one form with the others: give time_format=.")


def _formatted(texts: list[str], name: str, time_format: str) -> Days:
    try:
        return _read_as(texts, time_format)
    except ValueError as error:
        raise SchemaError(f"{name}: not every cell is a date as {time_format!r} says.") from error


def _named(texts: list[str]) -> Days | None:
    for form in _NAMED:
        try:
            return _read_as(texts, form)
        except ValueError:
            continue
    return None


def _read_as(texts: list[str], form: str) -> Days:
    parsed = pd.to_datetime(texts, format=form)
    if parsed.hasnans:
        raise ValueError("a blank cell is no date")  # pandas takes it for one that is missing
    return parsed.to_numpy().astype("datetime64[D]")


def _dates(name: str, texts: list[str], year: Ints, month: Ints, day: Ints) -> Days:
    days, good = _calendar(year, month, day)
    if not good.all():
        raise SchemaError(f"{name}: {texts[int(np.argmin(good))]!r} is no day of the calendar.")
    return days


def _calendar(year: Ints, month: Ints, day: Ints) -> tuple[Days, Mask]:
    """Return days, and which of them the calendar has."""
    months: Days = np.asarray((year - 1970) * 12 + np.clip(month, 1, 12) - 1, dtype="datetime64[M]")
    days: Days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    good = (
        (month >= 1)
        & (month <= 12)
        & (day >= 1)
        & (days.astype("datetime64[M]") == months)
        & (year > 1900)
        & (year < 2200)
    )
    return days, good


def _told_apart(
    name: str,
    texts: list[str],
    first: Ints,
    second: Ints,
    year: Ints,
    likely: Callable[[Days], int],
) -> Days:
    month_first, good_month = _calendar(year, first, second)
    day_first, good_day = _calendar(year, second, first)
    if not good_month.all() and not good_day.all():
        both = good_month | good_day
        raise SchemaError(
            f"{name}: {texts[int(np.argmin(both if not both.all() else good_month))]!r} is no day where the "
            "others are: some are month first and some day first, or one is no day."
        )
    if good_month.all() and good_day.all() and (month_first != day_first).any():
        grades = likely(month_first), likely(day_first)
        if grades[0] == grades[1]:
            raise SchemaError(
                f"{name}: {texts[0]!r} may be month first or day first, and the other rows do not tell. Give "
                'time_format="%m/%d/%Y" or time_format="%d/%m/%Y" (with the marks that the file has).'
            )
        return month_first if grades[0] > grades[1] else day_first
    return month_first if good_month.all() else day_first
