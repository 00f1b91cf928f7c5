"""The plain layout: a header, and a row a reading. What its words mean stands in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.intervals.units import Floats, Ints, Mask

from .body import Body, body_of
from .channels import checked_channel, estimated_by, mapping_of, texts_of, whole_of
from .columns import Choice, chosen
from .document import Document
from .quantities import ENERGY, POWER, agreed, unit_in
from .rows import Channel, Quality, Question, Rows
from .table import Table, floats, table_of
from .timing import Timing
from .walls import clock_of
from .words import meaning_of

_ACTUAL = frozenset(
    ("a", "actual", "ok", "valid", "measured", "real", "read", "n", "no", "false", "0", "good")
)
NONE = int(np.iinfo(np.int64).min)


def recognises(document: Document) -> bool:
    """Say whether a document may be a table: a text, or a frame."""
    return document.kind in ("text", "frame")


def rows_of(document: Document, question: Question) -> list[Rows]:
    """Return a table's readings, in the order of the file.

    Raises
    ------
    ArgumentError
        Where an argument contradicts the file.
    SchemaError
        Where a column is missing or may be meant in several ways, or a cell cannot be read.
    """
    table = table_of(document)
    alone = document.frame is not None and len(table.columns) == 1
    choice = chosen(table.columns, question, indexed=table.indexed, alone=alone)
    body = body_of(table, choice, question)
    channel = _channel(body, choice, question)
    if channel is not None:
        body = (
            body.without(channel.other, "of other channels or devices")
            if channel.noted
            else body[~channel.other]
        )
        channel = replace(channel, value=channel.value[~channel.other])
    account = _account(body, choice, question, channel)
    usage, unit, power = _usage(body, table, choice, question, channel)
    label, reading = _edge(body, table, choice, question, power)
    estimated, quality = _estimated(body, choice, question, channel)
    clock = question.clock or choice.clock
    left = body.left_out
    if choice.weighty:
        left = (*left, f"the column(s) {', '.join(map(repr, choice.weighty))}, which total= could name")
    rows = Rows(
        account.ids,
        _index(body.timing, account.ids, clock, question),
        usage["total"],
        None,
        label,
        usage.get("on_peak"),
        usage.get("off_peak"),
        usage.get("export"),
        estimated,
        left,
        {
            "time": choice.time[0] if len(choice.time) == 1 else choice.time or None,
            **{role: names[0] if len(names) == 1 else list(names) for role, names in choice.usage.items()},
            "unit": unit,
            "label": label,
            "time_format": body.timing.time_format,
            "service_account_id": account.argument,
            "clock": clock,
            "channel": None if channel is None else channel.argument,
            "year": question.year,
            "reading": "register" if reading == "register" else "interval",
            "quality": quality,
        },
        reading,
        body.timing.minutes,
    )
    return [rows if channel is None else _side_by_side(rows, channel)]


# ---- channels and accounts ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Channels:
    """Which rows are of which channel.

    Parameters
    ----------
    argument : tuple
        The column and what its values mean, as `read_intervals` takes it.
    value : numpy.ndarray of int
        Which value each row has; -1 for one of neither.
    roles : tuple of str
        What each value is, total or export.
    unit : str or None
        The unit that the total's values name.
    noted : bool
        Whether rows of neither may matter: the caller did not choose them away.
    """

    argument: Channel
    value: Ints
    roles: tuple[str, ...]
    unit: str | None
    noted: bool

    @property
    def other(self) -> Mask:
        """Mark the rows of neither total nor export."""
        return np.asarray(self.value < 0)


def _channel(body: Body, choice: Choice, question: Question) -> _Channels | None:
    if question.channel is not None:
        column, mapping = checked_channel(question.channel)
        if column not in body.cells:
            raise SchemaError(f"channel=: there is no column {column!r}.")
        codes, texts = texts_of(body.cells[column])
        if not set(mapping) & set(texts):
            raise SchemaError(
                f"channel=: column {column!r} holds {', '.join(map(repr, texts[:8]))}, none of yours."
            )
        return _channels(column, mapping, codes, texts, noted=False)
    for column in (*choice.channels, *choice.devices):
        codes, texts = texts_of(body.cells[column])
        present = [texts[code] for code in np.unique(codes[codes >= 0])]
        found = (mapping_of(present) if column in choice.channels else None) or whole_of(present)
        if found is not None and (len(present) > 1 or unit_in(present[0])):
            return _channels(column, found, codes, texts, noted=True)
    return None


def _channels(
    column: str, mapping: Mapping[str, str], codes: Ints, texts: Sequence[str], *, noted: bool
) -> _Channels:
    names = list(mapping)
    value = np.array([*(names.index(text) if text in mapping else -1 for text in texts), -1])[codes]
    units = {unit_in(name) for name, role in mapping.items() if role == "total"} - {None}
    unit = units.pop() if len(units) == 1 else None
    return _Channels((column, dict(mapping)), value, tuple(mapping.values()), unit, noted)


@dataclass(frozen=True)
class _Accounts:
    """Whose readings rows are: the ids, and the argument that says so."""

    ids: Sequence[str] | str
    argument: str


def _account(body: Body, choice: Choice, question: Question, channel: _Channels | None) -> _Accounts:
    said = question.service_account_id
    if said is not None:
        return _of_column(body, said) if said in body.cells else _Accounts(said, said)
    candidates = [name for name in choice.accounts if body.cells[name].notna().any()]
    doubled = [_doubled(body, name, channel) for name in candidates]
    if candidates:
        # The likeliest column, unless readings of several meters meet by it and another tells them apart.
        best = 0 if doubled[0] * 10 <= len(body.cells) else int(np.argmin(doubled))
        return _of_column(body, candidates[best])
    unclear = (*choice.channels, *choice.devices)
    if unclear and channel is None and _doubled(body, None, None) * 3 > len(body.cells):
        column = unclear[0]
        values = ", ".join(map(repr, texts_of(body.cells[column])[1][:8]))
        raise SchemaError(
            f"several rows have one stamp, and column {column!r} holds {values}: say which are the usage, "
            f"channel=({column!r}, {{value: 'total'}}), with 'export' for what is sent to the grid."
        )
    return _Accounts("file", "file")


def _of_column(body: Body, name: str) -> _Accounts:
    codes, texts = texts_of(body.cells[name])
    present = np.unique(codes)
    if len(present) == 1 and present[0] >= 0:
        return _Accounts(texts[present[0]], name)
    names = np.array([*texts, ""], dtype=object)[codes]
    return _Accounts(names.tolist(), name)


def _doubled(body: Body, name: str | None, channel: _Channels | None) -> int:
    """Return how many rows have the account, the stamp and the channel of another."""
    keys: dict[str, Ints | Mask] = {"wall": body.timing.wall, "instant": body.timing.instant}
    if name is not None:
        keys["account"] = texts_of(body.cells[name])[0]
    if channel is not None:
        keys["channel"] = channel.value
    return int(pd.DataFrame(keys).duplicated().sum())


def _side_by_side(rows: Rows, channel: _Channels) -> Rows:
    """Return rows of several channels as rows with a total and an export: the n-th of a stamp beside the n-th.

    Several channels of one kind are added; what one of an account's is lacking, their sum does not know.
    """
    account = 0 if isinstance(rows.account, str) else pd.factorize(np.array(rows.account, dtype=object))[0]
    keys = pd.DataFrame({"stamp": rows.start, "channel": channel.value}).assign(account=account)
    keys["nth"] = keys.groupby(["account", "stamp", "channel"], sort=False).cumcount()
    place = keys.groupby(["account", "stamp", "nth"], sort=False).ngroup().to_numpy()
    first = np.unique(place, return_index=True)[1]
    owner = keys["account"].to_numpy()[first]
    sums: dict[str, Floats] = {}
    for value, role in enumerate(channel.roles):
        own = channel.value == value
        if not own.any():
            continue
        values = np.where(np.isin(owner, owner[place[own]]), np.nan, 0.0)
        values[place[own]] = rows.total[own]
        sums[role] = sums[role] + values if role in sums else values
    estimated = None
    if rows.estimated is not None:
        estimated = np.zeros(len(first), dtype=bool)
        np.logical_or.at(estimated, place, rows.estimated)
    return replace(
        rows,
        account=rows.account if isinstance(rows.account, str) else [rows.account[row] for row in first],
        start=rows.start[first],
        total=sums.get("total", np.full(len(first), np.nan)),
        export=sums.get("export"),
        estimated=estimated,
        minutes=None if rows.minutes is None else rows.minutes[first],
    )


# ---- energy ---------------------------------------------------------------------------------------


def _usage(
    body: Body, table: Table, choice: Choice, question: Question, channel: _Channels | None
) -> tuple[dict[str, Floats], str | None, bool]:
    """Return each kind of usage [kWh, or kW], the unit that all are in, and whether it is one of power."""
    usage: dict[str, Floats] = {}
    units = set()
    for role, names in choice.usage.items():
        for name in names:
            unit = _unit(name, body, choice, question, channel)
            units.add(unit)
            values = floats(body.cells[name], name, table.decimal) * {**ENERGY, **POWER}[unit]
            usage[role] = usage[role] + values if role in usage else values
    if "total" not in usage:
        if not {"on_peak", "off_peak"} <= set(usage):
            raise ArgumentError("without total= both on_peak= and off_peak= are needed.")
        usage["total"] = usage["on_peak"] + usage["off_peak"]
    power = units & set(POWER)
    if power and units - set(POWER):
        raise SchemaError(
            "some columns are energy and some are power: "
            + ", ".join(sorted(units))
            + ". Name those of one kind."
        )
    return usage, units.pop() if len(units) == 1 else None, bool(power)


def _unit(name: str, body: Body, choice: Choice, question: Question, channel: _Channels | None) -> str:
    named = choice.units.get(name)
    told = [unit for unit in (channel.unit if channel else None, body.unit) if unit is not None]
    if named == "power":
        named = None
        if question.unit is None and not told:
            raise SchemaError(
                f"column {name!r} is power, in what unit it does not say: give unit='kw' or unit='w' (or unit='kwh')."
            )
    if named is not None and told and told[0] != named:
        raise SchemaError(
            f"column {name!r} is in {named} by its name, but its rows are in {told[0]}: rename the column to what is "
            "right, or drop the rows that differ."
        )
    return agreed(question.unit, named or (told[0] if told else None), f"column {name!r}")


def _edge(body: Body, table: Table, choice: Choice, question: Question, power: bool) -> tuple[str, str]:
    """Return which edge the stamps are, and whether the numbers are energy, power or a running total."""
    names = {column.name.lower() for column in table.columns}
    counted = choice.reading if names & {"statistic_id", "state"} else None
    reading = question.reading or counted or "interval"
    if reading == "register" and power:
        raise ArgumentError("reading='register' is a running total of energy, but the unit is one of power.")
    edge = question.label or choice.label or body.timing.label
    if edge is None and reading == "register":
        # A meter is read when its stamp says, unless the stamp is called the start of the interval it ends.
        meaning = meaning_of(choice.time[-1]) if choice.time else None
        edge = "start" if meaning is not None and meaning.role == "time" and meaning.rank <= 2 else "end"
    return edge or "start", "power" if power else reading


def _estimated(
    body: Body, choice: Choice, question: Question, channel: _Channels | None
) -> tuple[Mask | None, Quality | None]:
    """Return which readings are estimated, and the column that says so."""
    if question.quality is not None:
        column, values = question.quality if isinstance(question.quality, tuple) else (question.quality, None)
        if column not in body.cells:
            raise SchemaError(f"quality=: there is no column {column!r}.")
        return estimated_by(*texts_of(body.cells[column]), header=column, values=values), question.quality
    if choice.quality is not None and (channel is None or channel.argument[0] != choice.quality):
        codes, texts = texts_of(body.cells[choice.quality])
        marks = estimated_by(codes, texts, header=choice.quality)
        if marks.any() or any(text.lower() in _ACTUAL for text in texts):
            return marks, choice.quality
    if choice.notes is not None:
        marks = estimated_by(*texts_of(body.cells[choice.notes]), header=choice.notes)
        if marks.any():
            return marks, choice.notes
    return None, None


# ---- stamps ---------------------------------------------------------------------------------------


def _index(
    timing: Timing, account: Sequence[str] | str, clock: str | None, question: Question
) -> pd.DatetimeIndex:
    """Return stamps as wall times, or as instants where some of them have an offset."""
    naive = timing.wall != NONE
    if naive.all():
        return pd.DatetimeIndex(timing.wall.view("datetime64[us]"))
    instants = timing.instant.copy()
    if naive.any():
        group = np.zeros(len(naive), dtype=np.int64)
        if not isinstance(account, str):
            group = pd.factorize(np.array(account, dtype=object))[0].astype(np.int64)
        found = clock_of(clock, question.timezone).instants(timing.wall[naive], group[naive])
        instants[naive] = found.at
    return pd.DatetimeIndex(instants.view("datetime64[us]"), tz="UTC")
