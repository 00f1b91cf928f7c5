"""What the plots have in common: the frame that a plot takes, its groups, and lines that stay light."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError, SchemaError

from . import house

MOST_POINTS = 4_000
MOST_GROUPS = 24


def needed(frame: pd.DataFrame, index: str, names: list[str]) -> pd.DataFrame:
    """Return the frame where it is the result that the plot takes.

    Raises
    ------
    SchemaError
        Where it is not.
    """
    if not isinstance(frame, pd.DataFrame):
        raise SchemaError(f"a frame is needed, not {type(frame).__name__}.")
    missing = [name for name in names if name not in frame.columns]
    if missing or frame.index.name != index:
        raise SchemaError(
            f"this plot takes the result of the analysis of the same name: index {index}, columns "
            f"{', '.join(names)}; the frame has index {frame.index.name}, columns "
            f"{', '.join(map(str, frame.columns))}."
        )
    return frame


def groups(frame: pd.DataFrame, names: list[str]) -> list[tuple[str, pd.DataFrame]]:
    """Return the rows of each group with its name; an account is named only where there are several.

    Raises
    ------
    ArgumentError
        Where there are too many groups to tell their lines apart.
    """
    present = [name for name in names if name in frame.columns]
    told = [name for name in present if name != "service_account_id" or frame[name].nunique() > 1]
    if not told:
        return [("", frame)]
    found = list(_named(frame, told))
    if len(found) > MOST_GROUPS:
        raise ArgumentError(f"{len(found)} lines are too many for one figure: choose {MOST_GROUPS} or fewer.")
    return found


def _named(frame: pd.DataFrame, told: list[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    for key, rows in frame.groupby(told, observed=True, sort=False):
        yield ", ".join(_word(name, value) for name, value in zip(told, key, strict=True)), rows


def _word(name: str, value: object) -> str:
    if name == "month" and isinstance(value, int | np.integer):
        return str(pd.Timestamp(2000, int(value), 1).month_name())
    return str(value)


def one_account(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame where it is of one account.

    Raises
    ------
    ArgumentError
        Where it is of several.
    """
    if frame["service_account_id"].nunique() > 1:
        raise ArgumentError(
            "this figure shows one account: choose one, frame[frame['service_account_id'] == id]."
        )
    return frame


def colour(place: int) -> dict[str, str]:
    """Return line colour and dash of the group at a place; no two of the first 18 are alike."""
    dashes = ("solid", "dash", "dot", "dashdot")
    return {
        "color": house.COLOURS[place % len(house.COLOURS)],
        "dash": dashes[place // len(house.COLOURS) % len(dashes)],
    }


def light(values: npt.NDArray[np.float64], most: int = MOST_POINTS) -> npt.NDArray[np.intp]:
    """Return the places of a line's points that its picture needs: the lowest and highest of each stretch.

    Parameters
    ----------
    values : numpy.ndarray
        The line's heights; NaN breaks it.
    most : int
        How many points may stay.

    Returns
    -------
    numpy.ndarray
        Places in order; all of them where there are no more than `most`.
    """
    if len(values) <= most:
        return np.arange(len(values))
    width = -(-len(values) * 2 // most)
    whole = len(values) // width * width
    stretches = values[:whole].reshape(-1, width)
    start = np.arange(0, whole, width)
    low = start + np.argmin(np.where(np.isnan(stretches), np.inf, stretches), axis=1)
    high = start + np.argmax(np.where(np.isnan(stretches), -np.inf, stretches), axis=1)
    return np.unique(np.concatenate([low, high, np.arange(whole, len(values)), [0]]))


def local_words(index: pd.DatetimeIndex) -> npt.NDArray[np.object_]:
    """Return instants as local wall time in words, for hover texts."""
    return np.asarray(index.strftime("%a %d %b %Y %H:%M %Z"), dtype=object)
