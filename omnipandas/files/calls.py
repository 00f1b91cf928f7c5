"""The call that reads a file again without guessing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from omnipandas.intervals.units import MINUTE
from omnipandas.intervals.zones import instants_of

from .lengths import LENGTHS
from .rows import Question, Rows

# In the order of the signature; what a caller cannot say differently for two files is left out.
_ORDER = (
    "timezone", "time", "total", "on_peak", "off_peak", "export", "unit", "label", "time_format",
    "service_account_id", "minutes", "clock", "channel", "year", "reading", "doubles", "quality",
)  # fmt: skip


def call_of(source: object, question: Question, parts: Sequence[Rows], frame: pd.DataFrame) -> str:
    """Return the call of `read_intervals` with every argument, given or found."""
    given = {name: value for name, value in asdict(question).items() if value is not None}
    arguments = {**_found(parts), **given}
    if "minutes" not in arguments and (minutes := _minutes(frame)) is not None:
        arguments["minutes"] = minutes
    written = [f"{name}={arguments[name]!r}" for name in _ORDER if arguments.get(name) is not None]
    return f"op.read_intervals({_name(source)}, {', '.join(written)})"


def _found(parts: Sequence[Rows]) -> Mapping[str, object]:
    """Return the arguments that were found, alike in all files."""
    if not parts:
        return {}
    first = parts[0].read_as
    return {
        name: value for name, value in first.items() if all(part.read_as.get(name) == value for part in parts)
    }


def _minutes(frame: pd.DataFrame) -> int | None:
    if not len(frame):
        return None
    length = instants_of(pd.DatetimeIndex(frame["interval_end"])) - instants_of(pd.DatetimeIndex(frame.index))
    minutes = int(length[0]) // MINUTE
    return minutes if minutes in LENGTHS[:-1] and (length == minutes * MINUTE).all() else None


def _name(source: object) -> str:
    if isinstance(source, (str, Path)):
        return repr(str(source))
    if isinstance(source, (list, tuple)):
        return f"[{', '.join(map(_name, source))}]"
    if isinstance(source, pd.DataFrame):
        return "frame"
    return "series" if isinstance(source, pd.Series) else "file"
