"""Which headers of a billing history mean what."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PERIOD = "bill billing service read reading period usage meter cycle date last"
_USED = "usage use used consumption consumed import imported delivered energy volume quantity"
_PAID = "cost costs charge charges amount price bill due"
# What a column holds; words of which its header has one or more; words that it may have besides. The first
# row that fits a header is taken, and of a row's headers the first.
_MEANINGS = (
    ("start", "start from begin beginning previous prior", _PERIOD),
    ("end", "end to through thru until ending current present", _PERIOD),
    ("days", "days", "number of no in bill billing billed service total period #"),
    ("month", "month", "bill billing statement usage revenue year"),
    ("year", "year", "bill billing"),
    ("period", "period dates cycle", "bill billing service usage statement of date"),
    ("read", "date", "meter read reading bill billing statement invoice of"),
    ("off", "off offpeak", "peak usage energy total"),
    ("on", "on onpeak peak", "peak usage energy total"),
    (
        "export",
        "export exported generation generated received feed feedin surplus returned excess",
        "energy total solar net in usage to grid",
    ),
    ("total", _USED, "bill billed billing electric electricity net meter monthly total value amount"),
    ("cost", f"{_PAID} total", "current new electric electricity net utility billed of"),
    ("service", "type service commodity fuel", "utility energy"),
    ("units", "unit units uom", "usage consumption of measure"),
    (
        "note",
        "note notes comment comments remarks quality estimated estimate actual status type code",
        "read reading is or bill meter",
    ),
    ("account", "account meter esiid premise customer nmi mpan id", "service number no uid utility"),
)
_WORDS = {meaning: (set(needed.split()), set(besides.split())) for meaning, needed, besides in _MEANINGS}
_TIME_WORDS = {"time", "hour", "timestamp", "interval", "datetime", "he"}
_UNIT = re.compile(
    r"\b(kwh|mwh|wh|therms?|ccf|mcf|hcf|m3|gal(?:lons?)?|mmbtu|usd|cents|dollars)\b|[$]", re.IGNORECASE
)
_MONEY = frozenset(("usd", "cents", "dollars"))
_KWH = {"": 1.0, "kwh": 1.0, "wh": 1e-3, "mwh": 1e3}
_ENERGY = ("on", "off", "total", "export")


def unit_of(header: str) -> str:
    """Return the unit that a header names, in lower case; blank for none."""
    found = _UNIT.search(header.replace("_", " "))
    return "" if found is None else (found[1] or "usd").lower()


def kwh_in(unit: str) -> float | None:
    """Return the kWh in one of a unit of energy (blank: kWh); None for what is none."""
    return _KWH.get(unit.strip().lower())


def meanings_of(header: Sequence[str]) -> dict[str, int]:
    """Return the columns of a header by what they hold; empty where it is no billing history's.

    A history has the days of its periods, or months, and usage or cost.
    """
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        if (meaning := _meaning(cell, found)) is not None:
            found[meaning] = place
    dated = {"start", "end"} <= set(found) or bool({"period", "read", "month"} & set(found))
    return found if dated and {"total", "cost", "on"} & set(found) else {}


def _meaning(header: str, taken: dict[str, int]) -> str | None:
    words, unit = _words(header), unit_of(header)
    if not words and not unit:
        return None
    for meaning, (needed, besides) in _WORDS.items():
        energy, money = meaning in _ENERGY, meaning == "cost"
        wrong_unit = unit and not (money if unit in _MONEY else energy)
        # A unit alone says as much as a word: "kWh", "Total ($)".
        told = bool(words & needed) or (bool(unit) and meaning in ("total", "cost"))
        if meaning not in taken and not wrong_unit and told and words <= needed | besides:
            return meaning
    return None


def has_times(header: Sequence[str]) -> bool:
    """Say whether a header names times of day, as one of intervals does."""
    return any(_words(cell) & _TIME_WORDS for cell in header)


def _words(header: str) -> set[str]:
    spaced = _UNIT.sub(" ", header.replace("_", " "))
    return set(re.sub(r"[^a-z0-9#]+", " ", spaced.lower()).split())
