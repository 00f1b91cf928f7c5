"""Where a tariff comes from: a file, text, a decoded document, or the few that ship with the package."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from omnipandas.errors import TariffError
from omnipandas.schema import TARIFFS, TEXT, dtype_of
from omnipandas.tariffs.model import Tariff

from .reading import tariff_of


def read_tariff(
    source: str | os.PathLike[str] | bytes | Mapping[str, Any] | list[Any], *, strict: bool = True
) -> Tariff:
    """Return the tariff in a URDB document: a file, text, decoded JSON, or one that ships with omnipandas.

    Parameters
    ----------
    source : path, str, bytes, mapping or list
        A path to a JSON file; JSON text (also JSON within a JSON string); a decoded document: one rate,
        ``{"items": [...]}``, or a list of dated revisions; or an id from `list_tariffs`.
    strict : bool, default True
        Refuse what cannot be priced. If False, the tariff is priced without it and `Tariff.notes` says so.

    Returns
    -------
    Tariff
        `Tariff.notes` lists what was normalised. Several revisions become one dated tariff, see
        `Tariff.dated`.

    Raises
    ------
    TariffError
        Naming the tariff and the field: what cannot be read, or, if strict, not be priced (coincident
        and reactive charges, demand in kVA or hp, a period that is named but not defined, a tier
        without a price).

    Notes
    -----
    URDB API versions 3 to 8, https://openei.org/services/doc/rest/util_rates/?version=8. An energy
    price is `rate` + `adj`; a tier's `max` counts from 0. The dates of a single document do not bind
    (see `charges`): a sheet from today prices last year's load.

    Examples
    --------
    >>> import omnipandas as op
    >>> tariff = op.read_tariff({"name": "Basic", "energyratestructure": [[{"rate": 0.1, "adj": 0.02}]]})
    >>> tariff
    Tariff Basic
    charge  period    tier  up to  price  unit
    energy  period 0     1          0.12  USD/kWh
    >>> tariff.notes[-1]
    'energyratestructure, period 0, unit: missing, kWh was taken'
    """
    records = records_of(source)
    tariffs = [tariff_of(record, strict=strict) for record in records]
    if len(tariffs) == 1:
        return tariffs[0]
    return Tariff.dated(tariffs)


def records_of(source: Any) -> list[Mapping[str, Any]]:
    """Return the URDB records in a document, in whatever it is wrapped.

    Raises
    ------
    TariffError
        Where it holds none.
    """
    found = _decoded(source)
    for _ in range(3):  # JSON within JSON is at times wrapped more than once
        if isinstance(found, str):
            found = _json(found)
        if isinstance(found, Mapping) and "items" in found:
            found = found["items"]
    records = found if isinstance(found, list) else [found]
    records = [_json(record) if isinstance(record, str) else record for record in records]
    if not records:
        raise TariffError("the document holds no tariff: its list of items is empty.")
    if not all(isinstance(record, Mapping) for record in records):
        raise TariffError("the document holds no URDB tariff: a JSON object, or a list of them, is needed.")
    return records


def _decoded(source: Any) -> Any:
    if isinstance(source, bytes):
        return _json(_utf8(source, "the bytes given"))
    if isinstance(source, os.PathLike):
        return _json(_text(Path(source)))
    if isinstance(source, str):
        text = source.strip()
        if text[:1] in '{["':
            return _json(text)
        if text in _shipped():
            return _json((_folder() / f"{text}.json").read_text("utf-8"))
        return _json(_text(Path(text)))
    if isinstance(source, Mapping | list):
        return source
    raise TariffError(
        f"a tariff cannot be read from {type(source).__name__}; give a path, JSON text or a dict."
    )


def _text(path: Path) -> str:
    try:
        return _utf8(path.read_bytes(), repr(str(path)))
    except OSError as error:
        raise TariffError(
            f"no tariff can be read from {str(path)!r} ({error.strerror}); "
            "nor is that an id of list_tariffs()."
        ) from error


def _utf8(content: bytes, what: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TariffError(f"{what}: no text in UTF-8, so no URDB document.") from error


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise TariffError(
            f"the text is not JSON ({error.msg} at line {error.lineno}); a URDB document is needed."
        ) from error


def _folder() -> Any:
    return resources.files("omnipandas.tariffs") / "rates"


@lru_cache(maxsize=1)
def _shipped() -> tuple[str, ...]:
    return tuple(sorted(entry.name[:-5] for entry in _folder().iterdir() if entry.name.endswith(".json")))


def list_tariffs() -> pd.DataFrame:
    """Return the tariffs that ship with omnipandas, real ones re-keyed from their published figures.

    Returns
    -------
    DataFrame
        TARIFFS: index `tariff_id`, which `read_tariff` takes; `name`, `utility`, `sector`, `kind`,
        `start`, `label` (the URDB label) and `source`.

    Examples
    --------
    >>> import omnipandas as op
    >>> "jea-residential" in op.list_tariffs().index
    True
    """
    rows = []
    for identifier in _shipped():
        tariff = read_tariff(identifier)
        rows.append(
            (
                tariff.name,
                tariff.utility,
                tariff.sector,
                tariff.kind,
                pd.Timestamp(tariff.start) if tariff.start else pd.NaT,
                tariff.label,
                tariff.source,
            )
        )
    frame = pd.DataFrame(
        rows, columns=TARIFFS.names, index=pd.Index(_shipped(), name=TARIFFS.index.name, dtype=TEXT)
    )
    return frame.astype({column.name: dtype_of(column) for column in TARIFFS.columns})
