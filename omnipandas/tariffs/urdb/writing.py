"""Tariffs written as URDB documents, API version 8."""

from __future__ import annotations

from datetime import timedelta
from functools import singledispatch
from math import isinf
from typing import Any

from omnipandas.errors import TariffError
from omnipandas.tariffs.components import Charge, Demand, Energy, Fixed, Minimum, Ratchet, Timed
from omnipandas.tariffs.export_rules import Export
from omnipandas.tariffs.hour_tables import BEYOND
from omnipandas.tariffs.model import Tariff
from omnipandas.tariffs.tiers import Tier

_EXPORT_RULES = {
    "net_metering_kwh": "Net Metering",
    "net_billing": "Net Billing Instantaneous",
    "buy_all_sell_all": "Buy All Sell All",
}
_LIMITS = {
    "min_kw": "peakkwcapacitymin",
    "max_kw": "peakkwcapacitymax",
    "min_kwh": "peakkwhusagemin",
    "max_kwh": "peakkwhusagemax",
}


def to_urdb(tariff: Tariff) -> dict[str, Any] | list[dict[str, Any]]:
    """Return a tariff as a URDB document that `read_tariff` reads back as the same tariff.

    Parameters
    ----------
    tariff : Tariff
        The tariff.

    Returns
    -------
    dict, or list of dict
        The document, ready for JSON; a list of revisions for a dated tariff. The periods' labels stand in
        `energyperiodlabels`, `demandperiodlabels` and `flatdemandperiodlabels`, which are ours.

    Raises
    ------
    TariffError
        The tariff has something that URDB has no field for, such as a percentage rider or holidays.

    Examples
    --------
    >>> import omnipandas as op
    >>> document = op.to_urdb(op.Tariff.flat("Basic", 0.12, fixed=9.5))
    >>> document["energyratestructure"], document["fixedchargefirstmeter"]
    ([[{'rate': 0.12, 'unit': 'kWh'}]], 9.5)
    >>> op.read_tariff(document).charges == op.Tariff.flat("Basic", 0.12, fixed=9.5).charges
    True
    """
    if tariff.revisions:
        return [_document(version) for version in tariff.revisions]
    return _document(tariff)


def _document(tariff: Tariff) -> dict[str, Any]:
    document: dict[str, Any] = {"name": tariff.name}
    for name in ("label", "utility", "sector", "source", "description"):
        if value := getattr(tariff, name):
            document[name] = value
    if tariff.start:
        document["startdate"] = tariff.start.isoformat()
    if tariff.end:
        document["enddate"] = (tariff.end - timedelta(days=1)).isoformat()
    if tariff.holidays:
        raise _no_field(tariff, "holidays")
    document |= _charges(tariff)
    if tariff.export:
        document["dgrules"] = _rule(tariff, tariff.export)
    if tariff.demand_window:
        document["demandwindow"] = tariff.demand_window
    for name, field in _LIMITS.items():
        if (bound := getattr(tariff.limits, name)) is not None:
            document[field] = bound
    return document


def _charges(tariff: Tariff) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for charge in tariff.charges:
        written = _fields(charge, tariff)
        if twice := set(written) & set(document):
            raise _no_field(tariff, f"a second charge in {min(twice)} ({charge.name})")
        document |= written
    return document


def _no_field(tariff: Tariff, what: str) -> TariffError:
    return TariffError(
        f"tariff {tariff.name!r}: URDB has no field for {what}; take it out to write the rest."
    )


@singledispatch
def _fields(charge: Charge, tariff: Tariff) -> dict[str, Any]:
    """Return the fields that a charge is written in."""
    raise _no_field(tariff, f"a {type(charge).__name__} charge ({charge.name})")


@_fields.register
def _of_fixed(charge: Fixed, _: Tariff) -> dict[str, Any]:
    return {"fixedchargefirstmeter": charge.price, "fixedchargeunits": f"$/{charge.every}"}


@_fields.register
def _of_minimum(charge: Minimum, _: Tariff) -> dict[str, Any]:
    if charge.every == "year":
        return {"annualmincharge": charge.price}
    return {"mincharge": charge.price, "minchargeunits": f"$/{charge.every}"}


def _tier(tier: Tier, unit: str | None) -> dict[str, Any]:
    written: dict[str, Any] = {"rate": tier.price}
    if tier.adjustment:
        written["adj"] = tier.adjustment
    if not isinf(tier.up_to):
        written["max"] = tier.up_to
    if tier.sell is not None:
        written["sell"] = tier.sell
    return written | ({"unit": unit} if unit else {})


def _schedules(tariff: Tariff, charge: Timed, kind: str) -> dict[str, Any]:
    """Return the two tables of 12 x 24 that a charge's hours fit into."""
    fields = [f"{kind}{days}schedule" for days in ("weekday", "weekend")]
    if (tables := charge.week.tables()) is None:
        raise TariffError(f"tariff {tariff.name!r}, {fields[0]} (charge {charge.name!r}): {BEYOND}.")
    return dict(zip(fields, tables.tolist(), strict=True))


@_fields.register
def _of_energy(charge: Energy, tariff: Tariff) -> dict[str, Any]:
    return {
        "energyratestructure": [
            [_tier(tier, unit) for tier in tiers]
            for tiers, unit in zip(charge.periods, charge.units, strict=True)
        ],
        "energyperiodlabels": list(charge.labels),
    } | _schedules(tariff, charge, "energy")


@_fields.register
def _of_demand(charge: Demand, tariff: Tariff) -> dict[str, Any]:
    ratchet = _ratchet(charge.ratchet) if charge.ratchet else {}
    structure = [[_tier(tier, None) for tier in tiers] for tiers in charge.periods]
    if not charge.by_time:
        return {
            "flatdemandstructure": structure,
            "flatdemandmonths": [row[0] for row in charge.weekday],
            "flatdemandunit": charge.unit,
            "flatdemandperiodlabels": list(charge.labels),
            **ratchet,
        }
    return (
        {
            "demandratestructure": structure,
            "demandrateunit": charge.unit,
            "demandperiodlabels": list(charge.labels),
        }
        | _schedules(tariff, charge, "demand")
        | ratchet
    )


def _ratchet(ratchet: Ratchet) -> dict[str, Any]:
    return {
        "lookbackpercent": ratchet.share,
        "lookbackrange": ratchet.months_back,
        "lookbackmonths": [month in ratchet.months for month in range(1, 13)],
    }


def _rule(tariff: Tariff, export: Export) -> str:
    if export.rule not in _EXPORT_RULES or export.price is not None or export.prices is not None:
        raise _no_field(tariff, f"the export rule {export.rule} or a price beside the tiers' sell")
    return _EXPORT_RULES[export.rule]
