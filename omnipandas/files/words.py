"""What headers mean: one table for all plain layouts, a row a meaning.

A new plain layout is a word more in here and a case in ``tests/cases``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from .quantities import COMMODITIES, UNITS, unit_in, without_unit


@dataclass(frozen=True)
class Word:
    """Some words for one meaning.

    Parameters
    ----------
    role : str
        What a column of that name holds: time, end, total, net, export, on_peak, mid_peak, off_peak, production,
        id, quality, notes, unit, channel, commodity, device, repeated, slot, or aside for what is no usage.
    phrases : str
        The words, parted by ``|``, small, without accents and marks.
    rank : int
        The lower, the sooner it is taken where several columns have the role.
    unit : str, optional
        The unit that such a column has where its name says none.
    label : {"start", "end"}, optional
        Which edge of the interval its stamps are.
    reading : str, optional
        ``register`` where such a column is a running total.
    clock : str, optional
        The zone of its stamps.
    """

    role: str
    phrases: str
    rank: int = 5
    unit: str | None = None
    label: str | None = None
    reading: str | None = None
    clock: str | None = None


TABLE = (
    # ---- stamps: the start of the interval, or an edge that the file leaves open ---------------------
    Word("time", "interval start|interval start date time|interval start time|period start|start interval", 1),
    Word("time", "start|start time|start date|start datetime|start date time|usage start time|usage start", 2),
    Word("time", "from|begin|beginning|starttime|startdate|date from|time from|interval begin|von|debut|inicio", 2),
    Word("time", "alkuaika|aika|date de debut|reading start|read start|start timestamp", 2),
    Word("time", "timestamp|time stamp|datetime|date time|date heure|datum und uhrzeit|datum uhrzeit", 3),
    Word("time", "time|ts|tstp|read time|reading time|time bucket|zeit|zeitstempel|zeitpunkt|tidpunkt", 4),
    Word("time", "date|day|usage date|data date|datum|fecha|fecha y hora|read date|reading date|interval date", 4),
    Word("time", "usage day|service date|consumption date|paivamaara|dato|data|interval|time period|period", 5),
    Word("time", "hour|hour number|hora|heure|stunde|uhrzeit|time of day|interval time|hr|clock", 5),
    Word("time", "energy delivered time period|local time|utc time|local date", 5),
    Word("time", "hour ending|hour end|he|hour ended", 5, label="end"),
    Word("time", "horodate|read date and end time|period ending|ending|interval ending|time ending", 3, label="end"),
    Word("time", "last changed", 6, label="end"),
    Word("slot", "settlement period|interval number|interval no|period number|hh|half hour"),
    Word("end", "end|end time|end date|end datetime|end date time|interval end|interval end date time|stop", 1),
    Word("end", "to|until|usage end time|usage end|period end|date to|time to|endtime|enddate|bis|fin|loppuaika", 1),
    Word("end", "date de fin|interval end time|reading end|end interval|time at end of hour|end of hour", 1),
    Word("end", "local time at end of hour", 2, label="end"),
    Word("end", "utc time at end of hour", 1, label="end", clock="UTC"),
    Word("aside", "revision date|updated|last updated|created|modified|generated|received at|loaded|published"),
    Word("aside", "bill date|billing date|meter read date|due date|posted|download date|update time|as of"),
    Word("aside", "interval timezone|timezone|time zone|tz|utc offset|offset|start reading|end reading"),
    # ---- usage --------------------------------------------------------------------------------------
    Word("total", "total kwh|total|total usage|usage total|total consumption|total energy use", 1),
    Word("total", "mains|main|whole home|whole house", 0),
    Word("total", "usage|consumption|consumed|energy consumed|energy consumption", 1),
    Word("total", "electric usage|electricity usage|electricity consumption|usage amount|usage value|used|use", 1),
    Word("total", "fwd|forward|inflow|delivered|kwh delivered|energy delivered|usage delivered|active import", 1),
    Word("total", "home|house|household|total home|building|verbrauch|kulutus|consumo", 1),
    Word("total", "consommation|electricity facility|electricity purchased facility|electricity total", 1),
    Word("total", "electricity total energy consumption|fuel use electricity total|site energy|energia activa", 1),
    Word("total", "consumed active energy|active energy|total active energy|forward active energy|strom", 1),
    Word("total", "ae kwh|consumo kwh|total load|house consumption|load consumption|fuel use electricity net", 2),
    Word("total", "import|imported|imports", 2),
    Word("total", "from grid|imported from grid|grid import|grid consumption|purchased|bezug|netzbezug", 2),
    Word("total", "energie vom netz bezogen|consumption from grid|energy imported|energy import|bought", 2),
    Word("total", "general|general supply|general usage|peak consumption|e1", 2),
    Word("total", "kwh|energy|electricity|electric|value|valeur|maara|quantity|reading value|interval", 3),
    Word("total", "read value|meter reading|reading|interval usage|interval value|interval data|wert|valor", 3),
    Word("total", "demand|load|grid|site|actual load|integrated load|amount kwh|kwh used|per half hour", 4),
    Word("total", "global active power", 3, unit="kw"),
    Word("total", "power|active power|average power|avg power|real power|puissance|leistung|avg", 5, unit="power"),
    Word("total", "sum", 2, reading="register"),
    Word("total", "state|meter index|index|zahlerstand|meterstand|register reading|cumulative|totalizer", 4),
    Word("net", "electricity net energy consumption|energy use net", 5),
    Word("net", "net|net usage|net consumption|net energy|net grid|net kwh|electricity net|net load"),
    Word("export", "export|exported|exports|exported to grid|to grid|grid export|surplus generation|surplus", 1),
    Word("export", "generation|generated|rev|reverse|outflow|received|kwh received|energy received|returned", 1),
    Word("export", "usage received|energy exported|energy export|feed in|feedin|fed in|einspeisung|sold", 1),
    Word("export", "returned active energy|reversed|active export|energie ins netz eingespeist|injection", 1),
    Word("export", "netzeinspeisung|production export|solar export|to grid energy|energy returned|b1", 1),
    Word("on_peak", "on peak|onpeak|on pk|peak|peak usage|on peak usage|on peak consumption|hp|heures pleines"),
    Word("off_peak", "off peak|offpeak|off pk|off peak usage|off peak consumption|hc|heures creuses"),
    Word("mid_peak", "mid peak|midpeak|shoulder|partial peak|part peak|super off peak|super offpeak|superoffpeak"),
    Word("production", "production|produced|energy produced|solar|pv|pv production|solar production|inverter"),
    Word("production", "net generation|system production|solar energy|erzeugung|pv produktion|from solar"),
    Word("aside", "cost|costs|price|charge|charges|amount|amount due|bill|rate|tariff|tariff name|estimated cost"),
    Word("aside", "temperature|temp|high temp|low temp|outdoor temperature|weather|humidity|wind|rain|snow"),
    Word("aside", "voltage|current|intensity|global intensity|power factor|reactive|apparent|frequency|var"),
    Word("aside", "global reactive power|voltage v|min v|max v|emissions|co2"),
    Word("aside", "min|max|mean|minimum|maximum|average", 8),
    Word("aside", "powerwall|battery|vehicle|ev|charged|discharged|stored energy discharged|stored energy charged"),
    Word("aside", "from powerwall|to powerwall|from battery|to battery|charger|car|soc|state of charge|percentage"),
    Word("aside", "forecast|demand forecast|imputed|adjusted|demand adjusted|demand imputed|total interchange"),
    Word("aside", "duration|minutes|length|resolution|resoluutio|interval length|pas en minutes|multiplier"),
    Word("aside", "address|city|state province|zip|postcode|name on account|service address|lat|lon|count|days"),
    Word("aside", "self consumption|self consumed|self use|eigenverbrauch|standing charge|sub metering|lights"),
    # ---- who, how, what -------------------------------------------------------------------------------
    Word("id", "service account id|usage point|usage point id|service point|service point id|esiid|esi id", 1),
    Word("id", "mprn|mpan|nmi|lclid|meter uid|metering point|metering point id|mittauspisteen tunnus|cups", 1),
    Word("id", "statistic id|entity id|point id|premise|premise id|site id|building id|bldg id|home id|prm", 1),
    Word("id", "account id|account number|account|account no|account num|customer id|customer|gsrn|ean", 2),
    Word("id", "utility service id|service id|service agreement|sa id|said", 2),
    Word("id", "meter number|meter id|meter|meter no|meter serial number|meterid|utility meter number|serial", 3),
    Word("quality", "estimated actual|actual estimated|actual or estimated|estimated usage|estimated|is estimated|estimate|estimation"),
    Word("quality", "reading quality|quality|quality code|laatu|row quality|validation|read quality|status|flag"),
    Word("quality", "read type|reading status|read status|qualitat|qualite|data quality|consumption status|qc"),
    Word("notes", "notes|note|comment|comments|remark|remarks"),
    Word("unit", "unit|units|unite|uom|unit of measure|unit of measurement|yksikkotyyppi|yksikko|einheit|unidad"),
    Word("channel", "consumption surplusgeneration|register|direction|flow direction|flow|channel|channel name"),
    Word("channel", "reading type|read type|measurement|measure|register id|consumption category|usage type|kind"),
    Word("channel", "channel type|energy direction|energy type|data stream|suffix|lukeman tyyppi|series"),
    Word("commodity", "type|service type|service|fuel|fuel type|commodity|utility type|meter type|tuotteen tyyppi"),
    Word("device", "device|device id|name|device name|device type|circuit|circuit name|appliance"),
    Word("repeated", "repeated hour flag|repeated hour|dst flag|dstflag|dst|is dst|repeated|fold|second occurrence"),
)  # fmt: skip

_CLOCKS = {
    "utc": "UTC", "gmt": "UTC", "zulu": "UTC",
    "est": "Etc/GMT+5", "cst": "Etc/GMT+6", "mst": "Etc/GMT+7", "pst": "Etc/GMT+8",
}  # fmt: skip
_ZONE = re.compile(
    r"\b(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Canada|Etc|Europe|Indian|Pacific|US)"
    r"(?:/[A-Z][A-Za-z_+\-]+\d*)+"
)
_PHRASES: Mapping[str, tuple[Word, ...]] = {
    phrase: tuple(word for word in TABLE if phrase in word.phrases.split("|"))
    for phrase in {phrase for word in TABLE for phrase in word.phrases.split("|")}
}
_LONGEST = max(len(phrase.split()) for phrase in _PHRASES)
_NO_AMOUNTS = ("time", "end", "slot", "id")
# What is bought beside electricity, also where it is stated in kWh.
_OTHERS = frozenset(("gas", "propane", "oil", "water", "wood", "steam", "heizung"))
_NO_USAGE = re.compile(r"[$€£¢°%]|\b(?:USD|CAD|EUR|GBP|pence|cents?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Meaning:
    """What a header means.

    Parameters
    ----------
    role, rank, label, reading, clock
        As for `Word`; role is blank where no word is known.
    unit : str, optional
        The unit that it names, or that its words imply; ``power`` where they imply power in none.
    exact : bool
        Whether the words are all of the header.
    size : int
        How many words are known: the more, the surer.
    roles : tuple of str
        All roles that its words can have: a ``Read Type`` may be a quality or a channel.
    """

    role: str
    rank: int = 9
    unit: str | None = None
    label: str | None = None
    reading: str | None = None
    clock: str | None = None
    exact: bool = False
    size: int = 0
    roles: tuple[str, ...] = ()


def plain(text: str) -> str:
    """Return text small, without accents."""
    parted = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in parted if not unicodedata.combining(letter)).lower()


@lru_cache(maxsize=4096)
def meaning_of(header: str) -> Meaning:
    """Return what a header means.

    Examples
    --------
    >>> meaning_of("USAGE_START_TIME").role, meaning_of("IMPORT (kWh)").unit, meaning_of("Horodate").label
    ('time', 'kwh', 'end')
    """
    unit = unit_in(header)
    words = plain(without_unit(header)).split()
    clock = next((_CLOCKS[word] for word in words if word in _CLOCKS), None)
    zone = _ZONE.search(header)
    words = [word for word in words if word not in _CLOCKS or len(words) == 1]
    if zone is not None:
        clock = zone[0]
        words = plain(without_unit(header.replace(zone[0], " "))).split()
    if (
        _OTHERS & set(words)
        or _NO_USAGE.search(header)
        or (unit is not None and unit not in UNITS and unit not in COMMODITIES)
    ):
        return Meaning("aside", unit=unit, exact=True, roles=("aside",))
    if not words:
        role = "total" if unit else ""
        return Meaning(role, 3, unit, exact=True, roles=(role,))
    size, found = _longest(words)
    if not found:
        return Meaning("total" if unit else "", 7, unit, clock=clock, roles=("total",) if unit else ())
    first = found[0]
    # Beside a unit of energy a word such as "delivered" is no stamp, and "off peak" is one beside none.
    if unit is not None:
        first = next((word for word in found if word.role not in _NO_AMOUNTS), Word("total", "", 6))
    exact = size == len(words)
    label = first.label or ("end" if first.role == "time" and "ending" in words else None)
    return Meaning(
        first.role, first.rank + (not exact), unit or first.unit, label, first.reading,
        clock or first.clock, exact, size, tuple(word.role for word in found),
    )  # fmt: skip


def _longest(words: list[str]) -> tuple[int, tuple[Word, ...]]:
    """Return the longest known phrase among the words: how many they are, and its meanings.

    Of several as long, what says that it is no usage, or another kind of it, comes before what all usage is.
    """
    for size in range(min(_LONGEST, len(words)), 0, -1):
        phrases = [" ".join(words[place : place + size]) for place in range(len(words) - size, -1, -1)]
        if found := [_PHRASES[phrase] for phrase in phrases if phrase in _PHRASES]:
            return size, min(found, key=lambda meanings: _precedence(meanings[0]))
    return 0, ()


def _precedence(word: Word) -> tuple[int, int]:
    narrow = ("aside", "production", "net", "export", "on_peak", "off_peak", "mid_peak")
    return (narrow.index(word.role) if word.role in narrow and word.rank <= 5 else len(narrow)), word.rank
