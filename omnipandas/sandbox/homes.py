"""How a home uses electricity: what is always on, what people do, what the weather asks for.

A load is built from appliances and days, not drawn as a smooth curve with noise: people are out, come home,
cook, wash; weeks away happen; the thermostat follows the weather; a car charges when it was driven. The
recipe is ours; its levels are set so that each home falls inside the range of real homes (see REALISM.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .calendars import Hours
from .climate import Climate, season, sunshine, temperature
from .draws import Bools, Floats, Ints, lingering, normal, stream, uniform

_OUT_AT_WORK = (2, 1, 1, 1, 1, 2, 5, 8, 7, 4, 3, 3, 4, 3, 3, 4, 6, 9, 12, 13, 12, 10, 7, 4)
_AT_HOME = (3, 2, 1, 1, 1, 2, 3, 5, 8, 9, 9, 8, 9, 8, 7, 7, 8, 10, 12, 12, 11, 10, 7, 5)


@dataclass(frozen=True, slots=True)
class Appliance:
    """Something that runs for a while when somebody starts it.

    Parameters
    ----------
    name : str
        What.
    kwh : float
        Usage of a run, on average [kWh].
    hours : float
        How long a run lasts [h].
    a_day : float
        Chance that it runs on a weekday.
    weekend : float
        The same on Saturday and Sunday.
    around : float
        Local hour about which it starts.
    spread : float
        How far from it a start usually lies [h].
    """

    name: str
    kwh: float
    hours: float
    a_day: float
    weekend: float
    around: float
    spread: float


@dataclass(frozen=True, slots=True)
class Home:
    """A home's equipment and habits.

    Parameters
    ----------
    always : float
        What never goes off: refrigerator, router, standby [kWh per hour].
    active : float
        Lights, screens, small things at the busiest hour [kWh per hour].
    appliances : tuple of Appliance
        What people start.
    heating, cooling : float
        Electricity per degree below, or above, the balance temperature [kWh per hour and degree Celsius].
    heat_below, cool_above : float
        Balance temperatures [degrees Celsius].
    lively : float
        How much one day differs from another.
    away : float
        Share of the weeks in which nobody is there.
    winter : float
        How much more light and indoor life winter brings.
    roof : float
        Solar panels [kW at their best hour].
    works_out : bool
        Whether most people leave on weekdays.
    """

    always: float
    active: float
    appliances: tuple[Appliance, ...] = ()
    heating: float = 0.0
    cooling: float = 0.0
    heat_below: float = 15.0
    cool_above: float = 20.0
    lively: float = 0.25
    away: float = 0.03
    winter: float = 0.15
    roof: float = 0.0
    works_out: bool = True


def home_load(premise: str, home: Home, climate: Climate, hours: Hours) -> Floats:
    """Return a home's usage before any solar panels [kWh per hour]."""
    there = ~_away(premise, home, hours)
    day = np.clip(1.0 + home.lively * lingering(stream(premise, "day"), hours.day, 0.45, 6), 0.35, 2.0)
    mood = np.clip(1.0 + 0.45 * lingering(stream(premise, "mood"), hours.utc, 0.72, 9), 0.15, 2.6)
    weekday = np.array(_OUT_AT_WORK if home.works_out else _AT_HOME)[hours.hour] / 13.0
    weekend = np.array(_AT_HOME)[hours.hour] / 13.0
    shape = np.where(hours.weekend, weekend, weekday) * (1.0 - home.winter * season(hours))
    load = home.always * (1.0 + 0.07 * normal(stream(premise, "fridge"), hours.utc))
    load = load + home.active * shape * day * mood * np.where(there, 1.0, 0.08)
    for appliance in home.appliances:
        load = load + _runs(premise, appliance, hours, there)
    return np.asarray(load + _thermostat(premise, home, climate, hours, there))


def solar_yield(home: Home, climate: Climate, place: tuple[float, float], hours: Hours) -> Floats:
    """Return what the roof makes [kWh per hour]."""
    return home.roof * sunshine(climate, place, hours)


def _away(premise: str, home: Home, hours: Hours) -> Bools:
    """Return the hours of the weeks away, which run from Monday to Sunday."""
    away: Bools = uniform(stream(premise, "away"), (hours.day + 3) // 7) < home.away
    return away


def _runs(premise: str, appliance: Appliance, hours: Hours, there: Bools) -> Floats:
    """Return an appliance's usage by hour, its runs placed in wall time and carried over midnight."""
    first, last = int(hours.day[0]) - 1, int(hours.day[-1]) + 1
    day = np.arange(first, last, dtype=np.int64)
    key = (premise, appliance.name)
    chance = np.where((day + 3) % 7 >= 5, appliance.weekend, appliance.a_day)
    runs = uniform(stream(*key, "runs"), day) < chance
    start = day * 24.0 + appliance.around + appliance.spread * normal(stream(*key, "start"), day)
    size = np.clip(1.0 + 0.3 * normal(stream(*key, "size"), day), 0.3, 2.0)
    length = appliance.hours * size
    rate = np.where(runs, appliance.kwh / appliance.hours, 0.0)
    load = np.zeros((last - first + 3) * 24)
    for ahead in range(int(appliance.hours * 2.0) + 2):
        hour = np.floor(start).astype(np.int64) + ahead
        overlap = np.clip(np.minimum(start + length, hour + 1.0) - np.maximum(start, hour), 0.0, 1.0)
        # Two days' runs may meet in one hour: a plain indexed += would lose one of them.
        np.add.at(load, hour - (first - 1) * 24, rate * overlap)
    by_hour: Floats = load[hours.wall - (first - 1) * 24]
    return by_hour * there


def _thermostat(premise: str, home: Home, climate: Climate, hours: Hours, there: Bools) -> Floats:
    """Return what heating and cooling take: the house lags the weather, cycles, and is let go when empty."""
    if not (home.heating or home.cooling):
        return np.zeros(len(hours.utc))
    felt = _felt(climate, hours)
    cycling = np.clip(1.0 + 0.28 * lingering(stream(premise, "cycling"), hours.utc, 0.4, 4), 0.0, 2.0)
    night = (hours.hour < 5) | (hours.hour >= 23)
    evening = (hours.hour >= 15) & (hours.hour < 21)
    heating = home.heating * np.clip(home.heat_below - felt, 0.0, None) * np.where(night, 0.8, 1.0)
    cooling = home.cooling * np.clip(felt - home.cool_above, 0.0, None) * np.where(evening, 1.25, 0.85)
    return np.asarray((heating + cooling) * cycling * np.where(there, 1.0, 0.35))


def _felt(climate: Climate, hours: Hours) -> Floats:
    """Return the temperature that the walls have let in: a mean of the last hours, the newest first."""
    # Five hours more at the start, by plain counting: at New Year no clock changes.
    longer = Hours(_extended(hours.utc), _extended(hours.wall))
    outside = temperature(climate, longer)
    weights = (0.34, 0.24, 0.17, 0.12, 0.08, 0.05)
    length = len(hours.utc)
    felt = np.zeros(length)
    for back, weight in enumerate(weights):
        felt = felt + weight * outside[5 - back : 5 - back + length]
    return felt


def _extended(counter: Ints) -> Ints:
    before = np.arange(counter[0] - 5, counter[0], dtype=np.int64)
    return np.concatenate([before, counter])
