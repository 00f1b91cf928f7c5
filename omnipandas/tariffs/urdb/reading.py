"""Tariffs of the Utility Rate Database (OpenEI/NREL URDB), API versions 3 to 8, read with all their dirt.

Field names and meanings: https://openei.org/services/doc/rest/util_rates/?version=8
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, cast

from omnipandas.errors import TariffError
from omnipandas.tariffs.components import (
    ENERGY_UNITS,
    Charge,
    Demand,
    DemandUnit,
    Energy,
    EnergyUnit,
    Fixed,
    Limits,
    Minimum,
    Ratchet,
)
from omnipandas.tariffs.export_rules import Export, ExportRule
from omnipandas.tariffs.hour_tables import as_schedule, monthly
from omnipandas.tariffs.model import Tariff
from omnipandas.tariffs.tiers import Tier, Tiers

from .documents import Document
from .structures import labels_in, periods_in, schedules_in, structure_of

_EXPORT_RULES: dict[str, ExportRule] = {
    "net metering": "net_metering_kwh",
    "net billing instantaneous": "net_billing",
    "net billing hourly": "net_billing",
    "buy all sell all": "buy_all_sell_all",
}
_IN_WORDS = ("energyattrs", "demandattrs", "fixedattrs", "fixedkeyvals", "energykeyvals", "demandkeyvals")


def tariff_of(record: Mapping[str, Any], *, strict: bool) -> Tariff:
    """Return the tariff that one URDB record describes.

    Parameters
    ----------
    record : mapping
        The record.
    strict : bool
        Whether what cannot be priced is refused, or left out and noted.

    Raises
    ------
    TariffError
        Naming the tariff and the field.
    """
    document = Document(record, strict=strict)
    charges: list[Charge] = []
    charges += _energy(document)
    charges += _fuel_adjustment(document)
    ratchet = _ratchet(document)
    charges += _flat_demand(document, ratchet)
    charges += _tou_demand(document, ratchet)
    charges += _fixed(document)
    charges += _minimums(document)
    _not_in_a_load(document)
    if not charges:
        raise TariffError(f"{document.where}: it has no charge that can be priced.")
    if not any(charge.component == "energy" for charge in charges):
        document.notes.append("no energy charge: energyratestructure is missing")
    start, end = _dates(document)
    settings: dict[str, Any] = {
        "export": _export(document),
        "start": start,
        "end": end,
        "dates_bind": False,
        "demand_window": _window(document),
        "limits": Limits(
            document.number("peakkwcapacitymin"),
            document.number("peakkwcapacitymax"),
            document.number("peakkwhusagemin"),
            document.number("peakkwhusagemax"),
        ),
    }
    for name in ("label", "utility", "sector", "source", "description"):
        settings[name] = str(document.take(name) or "")
    for name in _IN_WORDS:
        if document.take(name):
            document.notes.append(f"not priced: {name} holds discounts or charges in words, see the sheet")
    document.notes += [f"not priced: {name} is no field of URDB" for name in document.unread()]
    return Tariff(document.name, tuple(charges), notes=tuple(document.notes), **settings)


def _energy(document: Document) -> list[Charge]:
    structure = structure_of(document, "energyratestructure")
    if structure is None:
        return []
    weekday, weekend, named = schedules_in(document, "energy", len(structure))
    periods = periods_in(document, "energyratestructure", structure, named)
    units = tuple(_energy_unit(document, number, row) for number, row in enumerate(structure))
    units += cast("tuple[EnergyUnit, ...]", ("kWh",) * (named - len(units)))
    labels = labels_in(document, "energyperiodlabels", named)
    return [Energy(periods, weekday, weekend, labels, units)]


def _energy_unit(document: Document, period: int, row: list[dict[str, Any]]) -> EnergyUnit:
    where = f"energyratestructure, period {period}, unit"
    given = {str(tier["unit"]) for tier in row if tier.get("unit")}
    if not given:
        document.notes.append(f"{where}: missing, kWh was taken")
        return "kWh"
    known = {unit.lower(): unit for unit in ENERGY_UNITS}
    if len(given) > 1:
        raise TariffError(
            f"{document.where}, {where}: tiers in {' and in '.join(sorted(given))} do not add up."
        )
    unit = given.pop()
    if unit.lower() not in known:
        raise TariffError(
            f"{document.where}, {where}: unknown unit {unit!r}; known are {', '.join(ENERGY_UNITS)}."
        )
    return known[unit.lower()]


def _fuel_adjustment(document: Document) -> list[Charge]:
    """Versions before 8 keep a fuel adjustment for each month, on top of all energy prices."""
    monthly_prices = document.take("fueladjustmentsmonthly")
    if not monthly_prices or not any(monthly_prices):
        return []
    if not isinstance(monthly_prices, list) or len(monthly_prices) != 12:
        raise TariffError(f"{document.where}, fueladjustmentsmonthly: it needs twelve prices.")
    periods = tuple((Tier(document.as_number(price, "fueladjustmentsmonthly")),) for price in monthly_prices)
    schedule = monthly(range(12))
    labels = tuple(f"month {month}" for month in range(1, 13))
    return [Energy(periods, schedule, schedule, labels, name="fuel adjustment")]


def _demand_unit(document: Document, name: str, structure: list[list[dict[str, Any]]]) -> DemandUnit | None:
    """Return the unit of a demand charge, or None where it is one that a load in kWh does not tell."""
    field = {"demandratestructure": "demandrateunit", "flatdemandstructure": "flatdemandunit"}[name]
    given = document.take(field) or document.fields.get("demandunits")
    if not given:
        document.notes.append(f"{field}: missing, kW was taken")
        given = "kW"
    units = {str(given)} | {str(tier["unit"]) for row in structure for tier in row if tier.get("unit")}
    for unit in units:
        kind = unit.lower()
        if kind in ("kva", "kva daily"):
            document.refuse(
                field, f"it is charged by {unit}: apparent power, which a load in kWh does not tell."
            )
            return None
        if kind in ("hp", "hp daily"):
            document.refuse(
                field, f"it is charged by {unit}: connected horsepower, which a load in kWh does not tell."
            )
            return None
        if kind not in ("kw", "kw daily"):
            raise TariffError(f"{document.where}, {field}: unknown unit {unit!r}; known are kW and kW daily.")
    return "kW daily" if "kw daily" in {unit.lower() for unit in units} else "kW"


def _priced(periods: tuple[Tiers, ...]) -> bool:
    return any(tier.total for tiers in periods for tier in tiers)


def _flat_demand(document: Document, ratchet: Ratchet | None) -> list[Charge]:
    name = "flatdemandstructure"
    structure, months = structure_of(document, name), document.take("flatdemandmonths")
    if structure is None:
        document.take("flatdemandunit")
        return []
    if months is None:
        if len(structure) > 1:
            raise TariffError(
                f"{document.where}, flatdemandmonths: missing, though {len(structure)} are defined."
            )
        document.notes.append("flatdemandmonths missing: the one period was taken for all months")
        months = [0] * 12
    if not isinstance(months, list) or len(months) != 12:
        raise TariffError(f"{document.where}, flatdemandmonths: it needs twelve entries.")
    rows = as_schedule(
        [[month] * 24 for month in months], len(structure), where=f"{document.where}, flatdemandmonths"
    )
    periods = periods_in(document, name, structure, len(structure))
    unit = _demand_unit(document, name, structure) if _priced(periods) else "kW"
    if unit is None:
        return []
    labels = labels_in(document, "flatdemandperiodlabels", len(periods))
    return [Demand(periods, rows, rows, labels, unit, False, ratchet, "flat demand")]


def _tou_demand(document: Document, ratchet: Ratchet | None) -> list[Charge]:
    name = "demandratestructure"
    structure = structure_of(document, name)
    if structure is None:
        document.take("demandrateunit")
        return []
    weekday, weekend, named = schedules_in(document, "demand", len(structure))
    periods = periods_in(document, name, structure, named)
    unit = _demand_unit(document, name, structure) if _priced(periods) else "kW"
    if unit is None:
        return []
    labels = labels_in(document, "demandperiodlabels", named)
    floor = None if unit == "kW daily" else ratchet
    return [Demand(periods, weekday, weekend, labels, unit, True, floor, "time-of-use demand")]


def _ratchet(document: Document) -> Ratchet | None:
    share, back = document.number("lookbackpercent"), document.number("lookbackrange")
    flags = document.take("lookbackmonths")
    older = document.take("demandratchetpercentage")
    if isinstance(older, list) and any(older) and not share:
        shares = {document.as_number(entry, "demandratchetpercentage") for entry in older} - {0.0}
        if len(older) != 12 or len(shares) > 1:
            document.refuse("demandratchetpercentage", "shares that differ by month are not priced.")
            return None
        share, flags = shares.pop(), [bool(entry) for entry in older]
    if not share:
        return None
    if share > 1:
        document.notes.append(f"lookbackpercent: {share:g} was read as {share:g} %")
        share /= 100
    months = tuple(month for month, flag in enumerate(flags or [], 1) if flag) or tuple(range(1, 13))
    return Ratchet(share, int(back) if back else 11, months)


def _fixed(document: Document) -> list[Charge]:
    price, older = document.number("fixedchargefirstmeter"), document.number("fixedmonthlycharge")
    unit = document.take("fixedchargeunits")
    if document.number("fixedchargeeaaddl"):
        document.notes.append("not priced: fixedchargeeaaddl is for further meters")
    if price is None:
        return [Fixed(older)] if older else []
    if older and older != price:
        document.notes.append(
            f"fixedmonthlycharge {older:g} was left aside for fixedchargefirstmeter {price:g}"
        )
    every = _every(document, "fixedchargeunits", unit)
    return [Fixed(price, every)] if price else []


def _minimums(document: Document) -> list[Charge]:
    price, unit = document.number("mincharge"), document.take("minchargeunits")
    older, yearly = document.number("minmonthlycharge"), document.number("annualmincharge")
    minimums: list[Charge] = []
    if price:
        minimums.append(Minimum(price, _every(document, "minchargeunits", unit)))
    elif older:
        minimums.append(Minimum(older))
    if yearly:
        minimums.append(Minimum(yearly, "year", "yearly minimum bill"))
    return minimums


def _every(document: Document, field: str, unit: Any) -> Any:
    if not unit:
        document.notes.append(f"{field}: missing, $/month was taken")
        return "month"
    known = {"$/month": "month", "$/day": "day", "$/year": "year"}
    if str(unit).lower() not in known:
        raise TariffError(f"{document.where}, {field}: unknown unit {unit!r}; known are {', '.join(known)}.")
    return known[str(unit).lower()]


def _not_in_a_load(document: Document) -> None:
    """Refuse what is charged on readings or times that neither the load nor the document holds."""
    structure = structure_of(document, "coincidentratestructure")
    for name in ("coincidentschedule", "coincidentrateunit"):
        document.take(name)
    if structure and any(tier.get("rate") or tier.get("adj") for row in structure for tier in row):
        document.refuse(
            "coincidentratestructure",
            "it is charged on the load at the system's peak, whose times URDB does not hold; add them "
            "with a Coincident charge.",
        )
    if document.number("demandreactivepowercharge"):
        document.refuse(
            "demandreactivepowercharge", "it is charged by kVAR, which a load in kWh does not tell."
        )


def _window(document: Document) -> int | None:
    window = document.number("demandwindow")
    if not window:
        return None
    if window != int(window) or not 0 < window <= 60:
        document.refuse("demandwindow", f"demand over {window:g} minutes is not priced; up to an hour is.")
        return None
    document.notes.append(
        f"demandwindow: demand is the mean over {window:g} minutes; a load of longer intervals understates it"
    )
    return int(window)


def _export(document: Document) -> Export | None:
    rule = document.take("dgrules")
    older = document.take("usenetmetering")
    if rule is None:
        return Export("net_metering_kwh") if older is True else None
    kind = _EXPORT_RULES.get(str(rule).strip().lower())
    if kind is None:
        document.notes.append(f"dgrules: {rule!r} is not known, so export is not priced")
        return None
    return Export(kind)


def _dates(document: Document) -> tuple[date | None, date | None]:
    start, last = (document.day(name) for name in ("startdate", "enddate"))
    end = None if last is None else last + timedelta(days=1)  # URDB's enddate is the last day in force
    if start and end and end <= start:
        document.notes.append(
            f"enddate {last} lies before startdate {start}: the tariff's dates were left aside"
        )
        return None, None
    return start, end
