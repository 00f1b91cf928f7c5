"""The premises of the sandbox: who they are, what they use, what is wrong with their readings."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Literal

from .businesses import Business
from .climate import CLIMATES, Climate
from .homes import Appliance, Home
from .utilities import UTILITIES, Utility

DirtKind = Literal[
    "gap",
    "outage",
    "exact_doubles",
    "differing_doubles",
    "split_missing",
    "total_mismatch",
    "estimated",
    "late_month",
    "linked_midway",
]


@dataclass(frozen=True, slots=True)
class DirtRule:
    """Where a premise's readings go wrong, once in every three calendar years.

    Parameters
    ----------
    kind : str
        Which dirt.
    year : int
        The remainder of the year by three.
    month, day, hour : int
        Where it starts, in local time.
    hours : int
        How long it lasts [h]; 0 for a month's bill.
    meaning : str
        What it is, in a sentence.
    """

    kind: DirtKind
    year: int
    month: int
    day: int = 1
    hour: int = 0
    hours: int = 0
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Premise:
    """One premise and its utility service account.

    Parameters
    ----------
    key : str
        A short word for it.
    name : str
        A name that a person remembers.
    kind : str
        What it is.
    utility : Utility
        Its utility company, which has the zone and the on-peak window.
    climate : Climate
        Its weather.
    address : tuple of str
        Street, city, state, ZIP code; the street is made up, the ZIP code lies in the zone.
    load : Home or Business
        Its recipe.
    latitude, longitude : float
        For its roof [degrees, east and north positive].
    dirt : tuple of DirtRule
        All that is wrong with its readings; what is not listed here is clean.
    linked : date
        When it was linked; from then on only, where `midway` is true.
    midway : bool
        Whether it has no readings from before it was linked.
    """

    key: str
    name: str
    kind: str
    utility: Utility
    climate: Climate
    address: tuple[str, str, str, str]
    load: Home | Business
    latitude: float = 40.0
    longitude: float = -90.0
    dirt: tuple[DirtRule, ...] = ()
    linked: date = date(2021, 2, 3)
    midway: bool = False

    @property
    def id(self) -> str:
        """Its utility service account id, 24 hexadecimal characters."""
        return object_id("service account", self.key)

    @property
    def external_id(self) -> str:
        """The utility's own number for it."""
        return f"SANDBOX-{int(object_id('external', self.key)[-8:], 16) % 10**8:08d}"

    @property
    def user_account_id(self) -> str:
        """The id of the login at the utility that it hangs on."""
        return object_id("user account", self.utility.id)

    @property
    def zone(self) -> str:
        """Its IANA time zone."""
        return self.utility.zone

    @property
    def postal_code(self) -> str:
        """Its ZIP code."""
        return self.address[3]


def object_id(*words: str) -> str:
    """Return a 24-character id in the vendor's manner, always the same for the same words."""
    return "65" + hashlib.blake2b("\x1f".join(words).encode(), digest_size=11).hexdigest()


_NEW_YORK, _CHICAGO, _DENVER, _PHOENIX, _LOS_ANGELES, _HONOLULU = UTILITIES

_KITCHEN = (
    Appliance("breakfast", 0.5, 0.5, 0.6, 0.8, 7.5, 0.8),
    Appliance("dinner", 2.0, 1.0, 0.75, 0.8, 18.2, 1.0),
    Appliance("dishes", 1.1, 1.2, 0.45, 0.6, 20.2, 1.2),
)
_LAUNDRY = (
    Appliance("washing", 0.7, 1.0, 0.25, 0.5, 14.0, 3.5),
    Appliance("drying", 3.2, 1.0, 0.22, 0.45, 16.0, 3.0),
)
_HOT_WATER = (
    Appliance("morning shower", 2.3, 0.9, 0.8, 0.8, 6.8, 0.8),
    Appliance("evening shower", 1.8, 0.8, 0.6, 0.7, 21.0, 1.0),
)

FAMILY = Home(
    always=0.36,
    active=0.85,
    appliances=(*_KITCHEN, *_LAUNDRY),
    heating=0.010,
    cooling=0.135,
    heat_below=16.0,
    cool_above=19.0,
    winter=0.2,
)
FLAT = Home(
    always=0.192,
    active=0.629,
    appliances=(
        *_KITCHEN,
        Appliance("washing and drying", 3.8, 1.1, 0.12, 0.3, 17.0, 2.5),
        Appliance("portable heater", 1.5, 2.0, 0.1, 0.15, 20.0, 1.5),
    ),
    heating=0.0107,
    heat_below=19.0,
    winter=0.473,
    cool_above=20.0,
    lively=0.399,
    away=0.0266,
)

PREMISES = (
    Premise(
        "family",
        "Maple Street family",
        "family house with gas heating and central air conditioning",
        _CHICAGO,
        CLIMATES["Chicago"],
        ("1200 Sandbox Maple Street", "Chicago", "IL", "60614"),
        FAMILY,
    ),
    Premise(
        "night-charger",
        "Night-charging EV house",
        "house whose car charges after midnight",
        _LOS_ANGELES,
        CLIMATES["Los Angeles"],
        ("77 Sandbox Plug Lane", "Los Angeles", "CA", "90042"),
        Home(
            always=0.30,
            active=0.95,
            appliances=(*_KITCHEN, *_LAUNDRY, Appliance("car", 7.5, 1.5, 0.62, 0.5, 23.6, 0.9)),
            cooling=0.16,
            cool_above=20.0,
            heating=0.012,
            heat_below=15.0,
        ),
        dirt=(DirtRule("exact_doubles", 1, 9, 12, 0, 24, "a day that the utility sent twice, all equal"),),
    ),
    Premise(
        "corner-shop",
        "Corner shop",
        "small food shop, open every day",
        _NEW_YORK,
        CLIMATES["New York"],
        ("9 Sandbox Corner", "Brooklyn", "NY", "11215"),
        Business(
            always=4.64,
            open=4.04,
            opens=7.5,
            closes=18.0,
            saturday=0.969,
            sunday=0.428,
            closed_on_holidays=False,
            cooling=0.23,
            heating=0.0414,
            lively=0.161,
            bustle=0.117,
            hum=0.16,
        ),
        dirt=(DirtRule("split_missing", 2, 8, meaning="a bill without its on-peak and off-peak split"),),
    ),
    Premise(
        "studio-flat",
        "Studio flat upstairs",
        "flat of one person",
        _NEW_YORK,
        CLIMATES["New York"],
        ("415 Sandbox Avenue, Apt 6", "New York", "NY", "10025"),
        FLAT,
        dirt=(
            DirtRule("outage", 0, 8, 4, 16, 31, "a storm cut the power: true zeros, more than a day of them"),
        ),
    ),
    Premise(
        "all-electric",
        "All-electric bungalow",
        "house with electric heating",
        _DENVER,
        CLIMATES["Denver"],
        ("58 Sandbox Frost Road", "Denver", "CO", "80205"),
        Home(
            always=0.32,
            active=1.3,
            appliances=(*_KITCHEN, *_LAUNDRY, *_HOT_WATER),
            heating=0.011,
            heat_below=18.0,
            winter=0.367,
            cool_above=18.5,
            lively=0.263,
            away=0.0507,
        ),
        dirt=(
            DirtRule(
                "estimated",
                1,
                10,
                6,
                0,
                216,
                "nine days estimated by the utility (each the same), corrected 25 days after their end",
            ),
        ),
    ),
    Premise(
        "desert-ranch",
        "Desert ranch house",
        "house with air conditioning in the desert",
        _PHOENIX,
        CLIMATES["Phoenix"],
        ("3300 Sandbox Cactus Drive", "Phoenix", "AZ", "85016"),
        Home(
            always=0.34,
            active=0.55,
            appliances=(*_KITCHEN, *_LAUNDRY),
            cooling=0.125,
            cool_above=21.0,
            heating=0.012,
            heat_below=15.0,
            works_out=False,
        ),
        dirt=(DirtRule("gap", 2, 6, 20, 9, 58, "readings lost while the usage went on and was billed"),),
    ),
    Premise(
        "sunny-roof",
        "Sunny-roof house",
        "house with rooftop solar: what the meter takes from the grid, never below 0",
        _LOS_ANGELES,
        CLIMATES["San Diego"],
        ("210 Sandbox Sunrise Court", "San Diego", "CA", "92103"),
        Home(
            always=0.355,
            active=0.972,
            appliances=(*_KITCHEN, *_LAUNDRY),
            cooling=0.126,
            cool_above=20.0,
            roof=2.0,
            lively=0.453,
            away=0.0872,
            winter=0.0174,
        ),
        latitude=32.7,
        longitude=-117.2,
        dirt=(
            DirtRule("differing_doubles", 0, 5, 9, 6, 18, "hours sent again with other values and other ids"),
        ),
    ),
    Premise(
        "poolside",
        "Poolside house",
        "house with a pool pump and air conditioning",
        _PHOENIX,
        CLIMATES["Phoenix"],
        ("640 Sandbox Lagoon Way", "Tempe", "AZ", "85281"),
        Home(
            always=0.41,
            active=0.245,
            appliances=(
                *_KITCHEN,
                *_LAUNDRY,
                Appliance("pool pump", 8.0, 7.0, 0.97, 0.97, 4.5, 0.4),
            ),
            cooling=0.132,
            cool_above=19.5,
            heating=0.00878,
            heat_below=12.0,
            lively=0.252,
            away=0.0354,
            winter=0.0981,
        ),
        dirt=(DirtRule("late_month", 0, 11, meaning="a bill that came seventy-five days after its month"),),
    ),
    Premise(
        "empty-house",
        "Empty house",
        "vacant house, kept from freezing and dry",
        _DENVER,
        CLIMATES["Denver"],
        ("12 Sandbox Hollow", "Boulder", "CO", "80302"),
        Home(
            always=0.28,
            active=0.05,
            appliances=(
                Appliance("caretaker", 6.0, 1.6, 0.03, 0.12, 16.0, 2.5),
                Appliance("dehumidifier", 6.0, 5.0, 0.85, 0.85, 17.0, 1.5),
            ),
            heating=0.017,
            heat_below=14.0,
            away=0.0,
            lively=0.5,
        ),
        dirt=(
            DirtRule("total_mismatch", 2, 4, 3, 10, 30, "totals that are not on-peak plus off-peak usage"),
        ),
    ),
    Premise(
        "glass-office",
        "Glass-front office",
        "office, weekdays",
        _CHICAGO,
        CLIMATES["Chicago"],
        ("500 Sandbox Plaza", "Chicago", "IL", "60603"),
        Business(
            always=29.7,
            open=37.8,
            opens=5.0,
            closes=18.0,
            saturday=0.454,
            sunday=0.264,
            cooling=1.85,
            heating=0.479,
            lively=0.194,
            evenings=0.18,
            bustle=0.117,
        ),
    ),
    Premise(
        "beach-grill",
        "Beach grill",
        "restaurant, lunch and dinner",
        _HONOLULU,
        CLIMATES["Honolulu"],
        ("21 Sandbox Shore", "Honolulu", "HI", "96815"),
        Business(
            always=14.7,
            open=7.28,
            opens=8.5,
            closes=20.5,
            saturday=1.04,
            sunday=0.959,
            closed_on_holidays=False,
            cooling=0.623,
            lunch=7.48,
            dinner=2.58,
            lively=0.223,
            bustle=0.35,
            hum=0.125,
        ),
        linked=date(2023, 5, 17),
        midway=True,
    ),
    Premise(
        "hilltop-school",
        "Hilltop school",
        "school, quiet in summer and at the turn of the year",
        _DENVER,
        CLIMATES["Denver"],
        ("700 Sandbox Hill", "Denver", "CO", "80205"),
        Business(
            always=23.1,
            open=35.0,
            opens=5.5,
            closes=17.0,
            saturday=0.471,
            sunday=0.279,
            cooling=0.419,
            heating=1.53,
            recess=True,
            lively=0.0858,
            evenings=0.58,
            bustle=0.0869,
        ),
        dirt=(
            DirtRule("gap", 0, 3, 18, 14, 5, "five readings lost while the usage went on and was billed"),
            DirtRule("exact_doubles", 1, 1, 30, 0, 48, "two days that the utility sent twice, all equal"),
        ),
    ),
)

_LINKABLE_PLACES = (
    (_NEW_YORK, CLIMATES["New York"], "New York", "NY", "10003"),
    (_CHICAGO, CLIMATES["Chicago"], "Chicago", "IL", "60640"),
    (_DENVER, CLIMATES["Denver"], "Denver", "CO", "80205"),
    (_PHOENIX, CLIMATES["Phoenix"], "Phoenix", "AZ", "85016"),
    (_LOS_ANGELES, CLIMATES["Los Angeles"], "Los Angeles", "CA", "90026"),
    (_HONOLULU, CLIMATES["Honolulu"], "Honolulu", "HI", "96815"),
)

#: Two premises at each utility that nobody has linked yet: OmniConnect's stand-in offers them.
LINKABLE = tuple(
    Premise(
        f"{word}-{utility.id[-1]}",
        f"{name} of {city}",
        kind,
        utility,
        climate,
        (f"{number} Sandbox Link Street", city, state, zip_code),
        load,
    )
    for utility, climate, city, state, zip_code in _LINKABLE_PLACES
    for word, name, kind, number, load in (
        ("new-flat", "New flat", "flat of two", 10, FLAT),
        ("new-house", "New house", "family house", 20, FAMILY),
    )
)

ALL = {premise.id: premise for premise in (*PREMISES, *LINKABLE)}
