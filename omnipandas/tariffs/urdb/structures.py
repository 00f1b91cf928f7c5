"""A URDB document's rate structures: periods of tiers, and the schedules that name the periods."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

from omnipandas.errors import TariffError
from omnipandas.tariffs.hour_tables import Schedule, as_schedule, constant
from omnipandas.tariffs.tiers import Tier, Tiers, check_tiers

from .documents import Document

_FOREVER = 1e37  # SAM writes "no bound" as 1e37 or 1e38, the latter also as a rounded float32


def structure_of(document: Document, name: str) -> list[list[dict[str, Any]]] | None:
    """Return a rate structure as periods of tiers, or None where there is none."""
    structure = document.take(name)
    if structure is None or structure == []:
        return None
    rows_ok = isinstance(structure, list) and all(isinstance(row, list) for row in structure)
    if not rows_ok or not all(isinstance(tier, Mapping) for row in structure for tier in row):
        raise TariffError(f"{document.where}, {name}: it must be a list of periods, each a list of tiers.")
    return [[{str(k).lower(): v for k, v in tier.items()} for tier in row] for row in structure]


def tiers_of(document: Document, name: str, period: int, row: list[dict[str, Any]]) -> Tiers:
    """Return one period's tiers."""
    where = f"{name}, period {period}"
    if not row:
        document.refuse(where, "it has no tier, so no price.")
        return (Tier(0.0),)
    tiers = []
    for number, tier in enumerate(row, 1):
        at = f"{where}, tier {number}"
        adjustment = document.as_number(tier.get("adj") or 0.0, f"{at}, adj")
        price = tier.get("rate")
        if price is None and tier.get("adj") is not None:
            document.notes.append(f"{at}: rate is missing, adj alone is the price")
        elif price is None:
            document.refuse(f"{at}, rate", "the tier has no price.")
        sell = tier.get("sell")
        tiers.append(
            Tier(
                document.as_number(price or 0.0, f"{at}, rate"),
                _bound(document, tier.get("max"), at, last=number == len(row)),
                adjustment,
                None if sell is None else document.as_number(sell, f"{at}, sell"),
            )
        )
        if unknown := set(tier) - {"rate", "adj", "max", "sell", "unit"}:
            document.notes.append(f"{at}: not read: {', '.join(sorted(unknown))}")
    try:
        check_tiers(tuple(tiers), where=f"{document.where}, {where}")
    except TariffError as error:
        raise TariffError(f"{error} (field max)") from error
    return tuple(tiers)


def _bound(document: Document, bound: Any, at: str, *, last: bool) -> float:
    if bound is None:
        if not last:
            raise TariffError(f"{document.where}, {at}, max: only the last tier may be without a bound.")
        return inf
    number = document.as_number(bound, f"{at}, max")
    if number >= _FOREVER:
        return inf
    if last:
        document.notes.append(f"{at}: the last tier ends at {number:g}; its price was taken for all above it")
        return inf
    return number


def schedules_in(document: Document, name: str, count: int) -> tuple[Schedule, Schedule, int]:
    """Return the weekday and weekend schedules, and how many periods they name."""
    given = {kind: document.take(f"{name}{kind}schedule") for kind in ("weekday", "weekend")}
    if None in given.values():
        missing = [f"{name}{kind}schedule" for kind, rows in given.items() if rows is None]
        if count > 1:
            raise TariffError(f"{document.where}, {missing[0]}: missing, though {count} periods are defined.")
        document.notes.append(f"{', '.join(missing)} missing: the one period was taken for all hours")
        return constant(), constant(), count
    for kind, rows in given.items():
        if any(isinstance(entry, float) for row in _lists(rows) for entry in row):
            document.notes.append(f"{name}{kind}schedule: numbers with a decimal point were read as whole")
    named = count
    if not document.strict:
        whole = (e for rows in given.values() for row in _lists(rows) for e in row if float(e).is_integer())
        named = max([count, *(int(e) + 1 for e in whole)])
    weekday, weekend = (
        as_schedule(rows, named, where=f"{document.where}, {name}{kind}schedule")
        for kind, rows in given.items()
    )
    return weekday, weekend, named


def _lists(rows: Any) -> list[list[float]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return []
    return [[entry for entry in row if isinstance(entry, int | float)] for row in rows]


def periods_in(
    document: Document, name: str, structure: list[list[dict[str, Any]]], named: int
) -> tuple[Tiers, ...]:
    """Return the tiers of each period, also of those that a schedule alone names."""
    periods = [tiers_of(document, name, number, row) for number, row in enumerate(structure)]
    for number in range(len(structure), named):
        document.notes.append(f"not priced: {name}: period {number} is named by a schedule but not defined")
        periods.append((Tier(0.0),))
    return tuple(periods)


def labels_in(document: Document, name: str, count: int) -> tuple[str, ...]:
    """Return the periods' names, or their numbers in words where the document has none."""
    labels = document.take(name)
    if isinstance(labels, list) and len(labels) == count:
        return tuple(map(str, labels))
    return tuple(f"period {number}" for number in range(count))
