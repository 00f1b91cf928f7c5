"""Units of usage: which one a header names, and how many kWh (or kW) one of it is."""

from __future__ import annotations

import re
from collections.abc import Mapping

from omnipandas.errors import ArgumentError, SchemaError

ENERGY: Mapping[str, float] = {"kwh": 1.0, "wh": 1e-3, "mwh": 1e3, "j": 1 / 3.6e6}
POWER: Mapping[str, float] = {"kw": 1.0, "w": 1e-3, "mw": 1e3}
UNITS = (*ENERGY, *POWER)

# How a unit is written, in small letters without blanks, hyphens and points; what is no energy maps to its
# name.
_SPELLINGS = {
    "kwh": (
        "kwh",
        "kwhs",
        "kwhr",
        "kwhrs",
        "kwhour",
        "kwhours",
        "kwatthour",
        "kilowatthour",
        "kilowatthours",
    ),
    "wh": ("wh", "whs", "watthour", "watthours", "whr"),
    "mwh": ("mwh", "mwhs", "megawatthour", "megawatthours"),
    "j": ("j", "joule", "joules"),
    "kw": ("kw", "kws", "kwatt", "kwatts", "kilowatt", "kilowatts"),
    "w": ("w", "watt", "watts", "wattage"),
    "mw": ("mw", "mws", "megawatt", "megawatts"),
    "therms": ("therm", "therms", "thm", "dth", "dekatherm", "dekatherms"),
    "CCF": ("ccf", "mcf", "hcf", "cf", "ft3", "cubicfeet"),
    "m3": ("m3", "m³", "cubicmeter", "cubicmeters", "cubicmetre", "cubicmetres"),
    "gallons": ("gal", "gals", "gallon", "gallons", "kgal", "cgl", "liter", "liters", "litre", "litres"),
    "BTU": ("btu", "kbtu", "mbtu", "mmbtu", "gj"),
    "kVARh": ("kvarh", "kvar", "var", "varh", "kvah", "kva", "va"),
    "V": ("v", "volt", "volts"),
    "A": ("a", "amp", "amps"),
}
_NAMES = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings}
COMMODITIES: Mapping[str, str] = {
    "therms": "gas", "CCF": "gas or water", "m3": "gas or water", "gallons": "water", "BTU": "heat or gas",
}  # fmt: skip

_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_CASES = re.compile(r"(?<=[a-z])(?=K[Ww][Hh]?$)|(?<=[a-z][a-jln-z])(?=[KkMm]?Wh$)|(?<=^k[Ww]h)(?=[A-Z])")
# One letter alone is a unit in brackets only, or behind an underscore at the end.
_SINGLE = frozenset(("j", "w", "v", "a", "gal", "cf", "va", "var"))


def unit_of(word: str) -> str | None:
    """Return the unit that a word is, as `UNITS` has it, or the name of one that is no electricity."""
    return _NAMES.get(re.sub(r"[\s.\-]", "", word).lower())


def unit_in(header: str) -> str | None:
    """Return the unit that a header names, in brackets before all.

    Examples
    --------
    >>> [unit_in(name) for name in ("USAGE (kWh)", "energy(kWh/hh)", "fwd_kWh", "Demand (MW)", "Cost")]
    ['kwh', 'kwh', 'kwh', 'mw', None]
    """
    inside = [
        part
        for inner in reversed(_BRACKETS.findall(header))
        for part in (inner, re.split(r"[/,;:]", inner)[0], *inner.split())
    ]
    for part in inside:
        if (unit := unit_of(part)) is not None and part.lower() not in _SINGLE:
            return unit
    words = re.split(r"[^\w³]+|_+", _CASES.sub(" ", _BRACKETS.sub(" ", header)))
    named = [word for word in words if word]
    for place, word in enumerate(named):
        if word.lower() in _SINGLE and not re.search(rf"_{word}$", header):
            continue
        pair = "".join(named[place : place + 2]).lower()
        if pair in (
            "kilowatthour",
            "kilowatthours",
            "watthours",
            "megawatthours",
            "kwhr",
            "kwhrs",
            "kwhours",
        ):
            return _NAMES[pair]
        if (unit := unit_of(word)) is not None:
            return unit
    return next((unit for part in inside if (unit := unit_of(part)) is not None), None)


def without_unit(header: str) -> str:
    """Return a header's words, small, without its unit and what stands in brackets with it."""
    kept = _BRACKETS.sub(lambda match: " " if unit_in(match[0]) else f" {match[1]} ", header)
    units = re.sub(r"(?<![A-Za-z])[kM]Wh", lambda match: match[0].lower(), _CASES.sub(" ", kept))
    words = re.split(r"[^\w³]+|_+", re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", units))
    unit = unit_in(header)
    return " ".join(word.lower() for word in words if word and (unit is None or unit_of(word) != unit))


def agreed(argument: str | None, named: str | None, where: str) -> str:
    """Return the unit to read by: the caller's, the file's, or kWh where neither says.

    Raises
    ------
    ArgumentError
        Where the two contradict each other.
    SchemaError
        Where the file names a unit that is no electricity.
    """
    if named is not None and named not in UNITS:
        what = COMMODITIES.get(named, "no energy")
        raise SchemaError(
            f"{where} is in {named}: {what}, not electricity in kWh. Give the file of the electric meter, or "
            "name another column by total=."
        )
    if argument is not None and named is not None and argument != named:
        raise ArgumentError(
            f"unit={argument!r}, but {where} says {named}: leave unit= out to read it as {named}, or "
            "rename the column."
        )
    return argument or named or "kwh"
