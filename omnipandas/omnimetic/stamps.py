"""The vendor's stamps: text becomes instants, every digit looked at before numpy is."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import PayloadError
from omnipandas.intervals.units import Ints

Stamps = npt.NDArray[np.datetime64]
_SHAPE = "0000-00-00T00:00:00"  # 0: a digit; what follows is a point, more digits, and Z
_ZERO = ord("0")
_MOST_DIGITS = 9


def instants(dates: list[str]) -> Stamps:
    """Return ``2023-10-07T23:00:00.000Z`` and the like in UTC, in one pass; other forms more slowly.

    Notes
    -----
    numpy's own cast of text to `datetime64` ends the process where more than 500 texts have a date's shape
    and are none (31 June, 25:00): it raises without holding the interpreter's lock. So numbers are made
    here, their ranges are checked, and nothing is cast from text.

    Raises
    ------
    PayloadError
        One of them is no instant.
    """
    if not dates:
        return np.array([], "M8[us]")
    found = _of_one_shape(dates)
    if found is None:
        found = _of_any_shape(dates)
    if found is None:
        raise PayloadError(
            "interval data: a record's date is no ISO 8601 instant. The vendor's format differs from its "
            "document: please report it with this message.",
            path="$[...].date",
            expected="an instant such as 2023-10-07T23:00:00.000Z",
            found="other text",
        )
    return found


def _of_one_shape(dates: list[str]) -> Stamps | None:
    """Read stamps that all have one length and the vendor's shape; None where they have not."""
    width, text = len(dates[0]), "".join(dates)
    if not len(_SHAPE) < width <= len(_SHAPE) + 2 + _MOST_DIGITS or width == len(_SHAPE) + 2:
        return None
    if len(text) != width * len(dates) or not text.isascii():
        return None
    # A row a stamp, a column a letter; as numbers, a digit is 0 to 9 and any other letter more.
    rows = np.frombuffer(text.encode(), np.uint8).reshape(len(dates), width)
    letters = np.subtract(rows.T, np.uint8(_ZERO), order="C")
    if not _has_shape(letters):
        return None
    # Stamps come in order, so that a day's are together: its date is read once.
    date = letters[:10]
    fresh = np.append(True, (date[:, 1:] != date[:, :-1]).any(axis=0))
    days = _days(*(_number(date[start:stop, fresh]) for start, stop in ((0, 4), (5, 7), (8, 10))))
    hour, minute, second = (letters[at] * 10 + letters[at + 1] for at in (11, 14, 17))
    if days is None or hour.max() > 23 or minute.max() > 59 or second.max() > 59:
        return None
    seconds = (hour * np.int64(60) + minute) * 60 + second
    seconds += np.repeat(days * 86_400, np.diff(np.append(np.flatnonzero(fresh), len(fresh))))
    fraction = letters[len(_SHAPE) + 1 : -1][:6]
    if fraction.any():
        seconds = seconds * 1_000_000 + _number(fraction) * 10 ** (6 - len(fraction))
    else:
        seconds *= 1_000_000
    found: Stamps = seconds.view("M8[us]")
    return found


def _has_shape(letters: npt.NDArray[np.uint8]) -> bool:
    """Say whether digits, marks and Z stand where they stand in the vendor's stamps."""
    at, marks = _marks(len(letters))
    return bool((letters[at] == marks[:, None]).all() and np.delete(letters, at, axis=0).max() <= 9)


@lru_cache(maxsize=16)
def _marks(width: int) -> tuple[list[int], npt.NDArray[np.uint8]]:
    """Return where a stamp of that width has marks rather than digits, and which, counted from ``0``."""
    found = {at: mark for at, mark in enumerate(_SHAPE) if mark != "0"} | {width - 1: "Z"}
    if width > len(_SHAPE) + 1:
        found[len(_SHAPE)] = "."
    return list(found), np.array([(ord(mark) - _ZERO) % 256 for mark in found.values()], np.uint8)


def _days(year: Ints, month: Ints, day: Ints) -> Ints | None:
    """Return dates as days since 1970; None where one is no date."""
    if year.min() < 1 or month.min() < 1 or month.max() > 12 or day.min() < 1:
        return None
    months = ((year - 1970) * 12 + month - 1).view("M8[M]")
    first, following = (edge.astype("M8[D]").astype(np.int64) for edge in (months, months + 1))
    found = first + day - 1
    return None if (found >= following).any() else found


def _number(digits: npt.NDArray[np.uint8]) -> Ints:
    """Return digits, a row each of a number's, as numbers."""
    value = np.zeros(digits.shape[1], np.int64)
    for row in digits:
        value = value * 10 + row
    return value


def _of_any_shape(dates: list[str]) -> Stamps | None:
    """Read any ISO 8601 instants by pandas' own parser, which takes no numpy cast."""
    if not all(date[:4].isdecimal() for date in dates):
        return None  # pandas would read "today"
    try:
        parsed = pd.to_datetime(dates, format="ISO8601", utc=True)
    except (ValueError, OverflowError):
        return None
    return None if parsed.hasnans else parsed.tz_localize(None).as_unit("us").to_numpy()
