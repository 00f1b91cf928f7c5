"""Rows that are not all of one kind: channels, devices, commodities, units and the quality of readings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.intervals.units import Ints, Mask

from .flows import role_of
from .quantities import COMMODITIES, UNITS, unit_in, unit_of
from .words import meaning_of

ROLES = ("total", "export")
_OTHER = re.compile(r"\b(?:gas|water|therms?|propane|steam|sewer)\b", re.IGNORECASE)
_BILLING = re.compile(r"\bbilling\b", re.IGNORECASE)
_ESTIMATED = re.compile(
    r"\*?\s*(?:e|est|est\.|estimate[ds]?|estimation|arvio\w*|geschatzt\w*|estime\w*|substituted|subst)\b.*"
    r"|.*\bestimate[ds]?\b.*|.*\bis an estimate\b.*",
    re.IGNORECASE,
)
_YES = frozenset(("y", "yes", "true", "1", "t", "x", "e"))
_ACTUAL = re.compile(r"\b(?:non|not|un)[\s-]?estimated\b|\bactual\b", re.IGNORECASE)


def texts_of(cells: pd.Series) -> tuple[Ints, list[str]]:
    """Return each row's code, -1 for blank, and the texts that the codes stand for."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return cells.cat.codes.to_numpy().astype(np.int64), [
            _bare(text) for text in cells.cat.categories.tolist()
        ]
    codes, texts = pd.factorize(cells.astype("object"), use_na_sentinel=True)
    return codes.astype(np.int64), [_bare(text) for text in texts]


def _bare(text: object) -> str:
    # Spreadsheets are told by an apostrophe that a long number is a text.
    return str(text).strip().lstrip("'")


def flow_of(value: str) -> str | None:
    """Return "total" or "export" for a channel's name, "" for what is neither, None where it is not known."""
    unit = unit_in(value)
    if unit is not None and unit not in UNITS:
        return ""
    role = role_of(value)
    if role is None:
        meaning = meaning_of(value)
        role = meaning.role if meaning.role in (*ROLES, "production", "net") else None
        role = "" if role in ("production", "net") else role
    return role


def mapping_of(values: Sequence[str]) -> Mapping[str, str] | None:
    """Return which values of a column are total and export, where all of them are known; else None."""
    flows = {value: flow_of(value) for value in values}
    if not flows or None in flows.values() or "total" not in flows.values():
        return None
    return {value: flow for value, flow in flows.items() if flow}


def whole_of(values: Sequence[str]) -> Mapping[str, str] | None:
    """Return which of a column's devices is the whole home, where one is and others are beside it."""
    whole = [value for value in values if meaning_of(value).exact and meaning_of(value).role == "total"]
    return {whole[0]: "total"} if len(whole) == 1 and len(values) > 1 else None


def checked_channel(channel: object) -> tuple[str, Mapping[str, str]]:
    """Return the caller's channel.

    Raises
    ------
    ArgumentError
        Where it is no column and what its values mean.
    """
    if not (isinstance(channel, (tuple, list)) and len(channel) == 2 and isinstance(channel[1], Mapping)):
        raise ArgumentError(
            "channel= is a column and what its values mean, such as channel=('Register', {'Consumption': 'total', "
            f"'Generation': 'export'}}), not {channel!r}."
        )
    column, mapping = channel
    if wrong := set(mapping.values()) - set(ROLES):
        raise ArgumentError(
            f"channel= maps values to 'total' or 'export', not to {sorted(map(str, wrong))[0]!r}."
        )
    return str(column), {str(value): str(role) for value, role in mapping.items()}


def electric(codes: Ints, texts: Sequence[str]) -> Mask:
    """Mark the rows that are of electricity by a column that says of what they are.

    Raises
    ------
    SchemaError
        Where none is, or where they are bills.
    """
    other = np.array([bool(_OTHER.search(text)) for text in texts] + [False])
    if len(codes) and len(texts):
        if other[codes].all():
            what = next(text for text in texts if _OTHER.search(text))
            raise SchemaError(
                f"all rows are of {what!r}: that is no electricity in kWh. Give the file of the electric meter."
            )
        billing = np.array([bool(_BILLING.search(text)) for text in texts] + [False])
        if billing[codes].all():
            raise SchemaError(
                "this looks like a bill history, not usage by interval: read it by op.read_bills(path)."
            )
    return np.asarray(~other[codes])


def energetic(codes: Ints, texts: Sequence[str]) -> tuple[str | None, Mask]:
    """Return the unit that a column of units names, and the rows that are in it.

    Raises
    ------
    SchemaError
        Where no row is in a unit of energy or power.
    """
    units = [unit_of(text) for text in texts]
    known = list(dict.fromkeys(unit for unit in units if unit in UNITS))
    if not known:
        named = [text for text, unit in zip(texts, units, strict=True) if unit is not None]
        if named:
            what = COMMODITIES.get(str(unit_of(named[0])), "no energy")
            raise SchemaError(
                f"the rows are in {named[0]}: {what}, not electricity in kWh. Give the file of the electric meter."
            )
        return None, np.ones(len(codes), dtype=bool)
    best = min(known, key=UNITS.index)
    right = np.array([unit == best for unit in units] + [True])
    return best, np.asarray(right[codes])


def estimated_by(
    codes: Ints, texts: Sequence[str], *, header: str, values: Sequence[str] | None = None
) -> Mask:
    """Mark the rows that a column of qualities or notes calls estimated.

    Parameters
    ----------
    header : str
        The column's name: one that begins with ``estimated`` says yes and no.
    values : sequence of str, optional
        The values that mean it, by the caller.
    """
    if values is not None:
        said = {str(value).strip().lower() for value in values}
        marks = [text.lower() in said for text in texts]
    else:
        asks = header.strip().lower().startswith(("estimat", "is_estimat", "is estimat", "isestimat"))
        marks = [_is_estimate(text) or (asks and text.lower() in _YES) for text in texts]
    return np.asarray(np.array([*marks, False])[codes])


def _is_estimate(text: str) -> bool:
    return bool(_ESTIMATED.fullmatch(text)) and not _ACTUAL.search(text)
