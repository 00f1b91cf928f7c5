"""Which column of a table is what: told by its header and by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from omnipandas.errors import ArgumentError, SchemaError

from .cells import UNKNOWN
from .quantities import COMMODITIES, POWER, UNITS, unit_in
from .rows import Question
from .stamps import kind_of
from .words import Meaning, meaning_of

NUMBER = re.compile(
    r"[-+(\u2212]?\s?[$€£]?\s?(?:\d[\d\s.,'\u00a0\u202f\u2019]*|\.\d+)(?:[eE][-+]?\d+)?\)?(?:\s?[a-zA-Z]{1,3})?"
)
NO_NUMBER = UNKNOWN | {"?", "unavailable", "unknown", "no ct", "--", "*", "null", "nan", "n.a."}
_USAGE = ("total", "net", "export", "on_peak", "off_peak", "mid_peak", "production")
_WHOLE = ("stamp", "period", "epoch")
_PART = ("time", "hour", "span", "number")
_MIDNIGHT = re.compile(r"(?:\b0?0:00(?::00)?(?:\.0+)?|\b12:00(?::00)? ?[Aa][Mm])$")
_LEG = re.compile(r"[\s_\-(\[]+(?:[abc]|[123]|l[123])[)\]]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A column: its name, what its header means, and what stands in it.

    Parameters
    ----------
    name : str
        Its name.
    meaning : Meaning
        What the header means.
    kind : str
        What most of its cells are: stamp, date, time, hour, span, period, epoch, number, text or blank.
    unit : str or None
        The unit that the header, or the row below it, names.
    hours : bool
        Whether its numbers could be hours of a day.
    """

    name: str
    meaning: Meaning
    kind: str
    unit: str | None
    hours: bool


@dataclass(frozen=True)
class Choice:
    """What each column is taken for.

    Parameters
    ----------
    time : tuple of str
        The column of the stamps, or those of the date and the time of the day; none where the index is it.
    end : str or None
        The column of the intervals' ends, of the kind of the last of `time`.
    label, clock, reading : str or None
        What the words say of the stamps' edge and zone, and of the numbers.
    usage : mapping of str to list of str
        Columns to add for total, on_peak, off_peak and export.
    units : mapping of str to (str or None)
        The unit that each column of usage names.
    accounts, channels, devices : tuple of str
        Columns that may be ids, or tell channels or devices apart, the likeliest first.
    quality, notes, unit, commodity, repeated : str or None
        Further columns.
    others : tuple of str
        Columns of usage that are not taken.
    weighty : tuple of str
        Those of them without which the figures say less than the file.
    """

    time: tuple[str, ...]
    end: str | None = None
    label: str | None = None
    clock: str | None = None
    reading: str | None = None
    usage: Mapping[str, list[str]] = field(default_factory=dict)
    units: Mapping[str, str | None] = field(default_factory=dict)
    accounts: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    quality: str | None = None
    notes: str | None = None
    unit: str | None = None
    commodity: str | None = None
    repeated: str | None = None
    others: tuple[str, ...] = ()
    weighty: tuple[str, ...] = ()


def columns_of(names: Sequence[str], sample: Sequence[Sequence[str]], units: Sequence[str]) -> list[Column]:
    """Return what a table's columns are, by their headers and the cells of the first rows."""
    found = []
    for place, name in enumerate(names):
        cells = [row[place] for row in sample if place < len(row)]
        meaning = meaning_of(name)
        named = unit_in(units[place]) or (unit_in(f"[{units[place]}]") if units[place] else None)
        kind = _kind(cells, meaning)
        hours = kind == "number" and all(re.fullmatch(r"\d{1,3}(?:\.0)?|", cell.strip()) for cell in cells)
        found.append(Column(name, meaning, kind, named or meaning.unit, hours))
    return found


def _kind(cells: Sequence[str], meaning: Meaning) -> str:
    filled = [cell.strip() for cell in cells if cell.strip().lower() not in NO_NUMBER][:100]
    if not filled:
        return "blank"
    kinds = [kind_of(cell) or ("number" if NUMBER.fullmatch(cell) else "text") for cell in filled]
    commonest = max(set(kinds), key=lambda kind: (kinds.count(kind), kind))
    if commonest == "date" and "stamp" in kinds:
        commonest = "stamp"
    if commonest == "stamp" and all(_MIDNIGHT.search(cell) for cell in filled):
        commonest, kinds = "date", ["date"]
    if commonest == "epoch" and "number" in kinds:
        commonest = "number"
    if (
        commonest == "text"
        and meaning.role in ("time", "end")
        and (stamped := set(kinds) & {*_WHOLE, "date"})
    ):
        return min(stamped)
    return commonest if kinds.count(commonest) * 2 > len(kinds) else "text"


def chosen(columns: Sequence[Column], question: Question, *, indexed: bool, alone: bool) -> Choice:
    """Return which columns to read, the caller's before what is found.

    Parameters
    ----------
    columns : sequence of Column
        The table's.
    question : Question
        What the caller says.
    indexed : bool
        Whether the table's index has the stamps.
    alone : bool
        Whether the one column there is must be the usage, as a Series' is.

    Raises
    ------
    SchemaError
        Where a column is missing, or several could be meant.
    """
    time, end, label, clock = _time(columns, question, indexed)
    rest = [column for column in columns if column.name not in (*time, end)]
    usage, others, weighty = _usage(rest, question, alone)
    taken = {name for group in usage.values() for name in group}
    by_name = {column.name: column for column in columns}
    rest = [column for column in rest if column.name not in taken]
    registers = [by_name[name] for name in taken if by_name[name].meaning.reading]
    return Choice(
        time,
        end,
        label,
        clock,
        registers[0].meaning.reading if registers else None,
        usage,
        {name: by_name[name].unit for name in taken},
        tuple(column.name for column in _of_role(rest, "id")),
        tuple(column.name for column in _of_role(rest, "channel")),
        tuple(column.name for column in _of_role(rest, "device")),
        _first(rest, "quality"),
        _first(rest, "notes"),
        _first(rest, "unit"),
        _first(rest, "commodity"),
        _first(rest, "repeated"),
        others,
        weighty,
    )


def named(columns: Sequence[Column], name: object) -> Column:
    """Return the column of a name.

    Raises
    ------
    SchemaError
        Where there is none.
    """
    for column in columns:
        if column.name == str(name):
            return column
    loosely = [column for column in columns if column.name.strip().lower() == str(name).strip().lower()]
    if len(loosely) == 1:
        return loosely[0]
    raise SchemaError(
        f"there is no column {name!r}; there are {', '.join(repr(column.name) for column in columns)}. Name yours by "
        "total=, on_peak=, off_peak=, export= and time=."
    )


def _of_role(columns: Sequence[Column], role: str) -> list[Column]:
    found = [column for column in columns if role in column.meaning.roles]
    return sorted(found, key=lambda column: column.meaning.rank)


def _first(columns: Sequence[Column], role: str) -> str | None:
    found = _of_role(columns, role)
    return found[0].name if found else None


Time = tuple[tuple[str, ...], str | None, str | None, str | None]


def _time(columns: Sequence[Column], question: Question, indexed: bool) -> Time:
    """Return the columns of the stamps, that of the ends, the edge and the clock that the words say."""
    if question.time is not None:
        given = (question.time,) if isinstance(question.time, str) else tuple(question.time)
        if not 1 <= len(given) <= 2:
            raise ArgumentError(
                "time= is a column, or two: that of the dates and that of the times of the day."
            )
        return _told([named(columns, name) for name in given], columns)
    if indexed:
        return (), None, None, None
    if (found := _found(columns)) is not None:
        return _told(found, columns)
    raise SchemaError(
        "no column of stamps is found; there are "
        f"{', '.join(repr(column.name) for column in columns)}. Name yours: time='column', or "
        "time=('date', 'hour'), and time_format= where it is written in an unusual way."
    )


def _found(columns: Sequence[Column]) -> list[Column] | None:
    """Return the column that holds instants, or those of the date and of the time of the day."""
    open_ = [column for column in columns if column.meaning.role not in ("aside", "id", *_USAGE)]
    wholes = [column for column in open_ if column.kind in _WHOLE and _timely(column)]
    starts = sorted((column for column in wholes if not _ends(column)), key=_merit)
    ends = sorted((column for column in wholes if _ends(column)), key=_merit)
    dates = sorted((column for column in open_ if column.kind == "date" and _timely(column)), key=_merit)
    parts = sorted((column for column in open_ if _is_part(column)), key=lambda c: (_ends(c), *_merit(c)))
    if starts and not (parts and dates and starts[0].meaning.role == ""):
        return starts[:1]
    if ends and ends[0].meaning.clock is not None:
        return ends[:1]
    if dates and parts:
        return [dates[0], parts[0]]
    if ends or dates:
        return (ends or dates)[:1]
    # A header over no rows is a table all the same.
    blank = sorted((c for c in open_ if c.kind == "blank" and c.meaning.role == "time"), key=_merit)
    return blank[:1] or None


def _timely(column: Column) -> bool:
    """Say whether a stamp is one of a reading: long numbers may be ids as well as seconds since 1970."""
    return column.kind != "epoch" or column.meaning.role in ("time", "end")


def _is_part(column: Column) -> bool:
    if column.kind not in _PART:
        return False
    role = column.meaning.role
    return (
        role in ("time", "end", "slot") and column.hours
        if column.kind == "number"
        else role in ("time", "end", "")
    )


def _ends(column: Column) -> bool:
    return column.meaning.role == "end" or column.meaning.label == "end"


def _merit(column: Column) -> tuple[bool, int, bool]:
    return column.meaning.role == "", column.meaning.rank, column.meaning.clock is None


def _told(time: list[Column], columns: Sequence[Column]) -> Time:
    """Return what the words of the time columns say, and the column of the ends beside them."""
    last = time[-1]
    label = "end" if _ends(last) else None
    clock = next((column.meaning.clock for column in time if column.meaning.clock), None)
    ends = [c for c in columns if c.meaning.role == "end" and c.kind == last.kind and c.name != last.name]
    end = sorted(ends, key=_merit)[0].name if ends and label is None else None
    return tuple(column.name for column in time), end, label, clock


Usage = tuple[dict[str, list[str]], tuple[str, ...], tuple[str, ...]]


def _usage(columns: Sequence[Column], question: Question, alone: bool) -> Usage:
    """Return the columns of each kind of usage, and those that are left."""
    given = {
        "total": question.total,
        "on_peak": question.on_peak,
        "off_peak": question.off_peak,
        "export": question.export,
    }
    usage = {
        role: [named(columns, name).name for name in ((names,) if isinstance(names, str) else names)]
        for role, names in given.items()
        if names is not None
    }
    candidates = [column for column in columns if _is_usage(column)]
    if not usage:
        if alone and len(columns) == 1:
            return {"total": [columns[0].name]}, (), ()
        usage = _guessed(candidates, columns)
    elif set(usage) == {"export"}:
        usage |= {role: names for role, names in _guessed(candidates, columns).items() if role == "total"}
    taken = {name for names in usage.values() for name in names}
    others = [column for column in candidates if column.name not in taken]
    return usage, tuple(c.name for c in others), tuple(c.name for c in others if _weighs(c, question))


def _is_usage(column: Column) -> bool:
    if column.meaning.role in ("aside", "id", "unit"):
        return False
    if column.kind == "number":
        return column.meaning.role in _USAGE or column.unit in UNITS or column.unit in COMMODITIES
    return (
        column.kind in ("blank", "epoch", "text") and column.meaning.role in _USAGE and column.meaning.exact
    )


def _weighs(column: Column, question: Question) -> bool:
    """Say whether a column that is not taken is another account of the home's energy: its roof, the grid."""
    if question.total is not None:
        return False
    meaning = column.meaning
    return meaning.role == "production" or (
        meaning.role in ("total", "export") and meaning.exact and meaning.rank == 2
    )


def _guessed(candidates: list[Column], columns: Sequence[Column]) -> dict[str, list[str]]:
    roles: dict[str, list[Column]] = {role: [] for role in _USAGE}
    for column in candidates:
        roles[column.meaning.role if column.meaning.role in _USAGE else "total"].append(column)
    for group in roles.values():
        group.sort(key=_strength)
    usage = {}
    split = {role: roles[role][:1] for role in ("on_peak", "off_peak") if roles[role]}
    if total := roles["total"]:
        usage["total"] = _best(total, columns)
    elif len(split) == 2:
        parts = [*split["on_peak"], *roles["mid_peak"], *split["off_peak"]]
        usage["total"] = [column.name for column in parts]
    elif roles["net"]:
        usage["total"] = [roles["net"][0].name]
    if len(split) == 2:
        # What is neither on-peak nor off-peak is off-peak here only where the file says so.
        usage |= {
            role: [found[0].name]
            for role, found in split.items()
            if not roles["mid_peak"] or role == "on_peak"
        }
    if roles["export"]:
        usage["export"] = _best(roles["export"], columns)
    if "total" not in usage:
        raise _no_usage(columns)
    return usage


def _strength(column: Column) -> tuple[bool, int, bool, int]:
    power = column.unit in POWER or column.unit == "power"
    return column.kind != "number", column.meaning.rank, power, -column.meaning.size


def _best(found: list[Column], columns: Sequence[Column]) -> list[str]:
    """Return the strongest column, or the legs of one meter that are to be added."""
    tied = [column for column in found if _strength(column) == _strength(found[0])]
    if len(tied) == 1:
        return [tied[0].name]
    stems = {_LEG.sub("", column.name.split(" (kW")[0]).lower() for column in tied}
    whole = [column for column in tied if column.name.split(" (kW")[0].lower() in stems]
    if len(whole) == 1 and len(stems) == 1:
        return [whole[0].name]
    if len(stems) == 1 and not whole:
        return [column.name for column in tied]
    raise SchemaError(
        f"several columns could be the usage: {', '.join(repr(column.name) for column in tied[:8])}. Name one by "
        f"total=, for example total={tied[0].name!r}, or a list of columns to add."
    )


def _no_usage(columns: Sequence[Column]) -> SchemaError:
    names = ", ".join(repr(column.name) for column in columns)
    return SchemaError(
        f"no column of electric usage is found; there are {names}. Name yours by total= (and unit= where it is not "
        "kWh), or by on_peak= and off_peak=."
    )
