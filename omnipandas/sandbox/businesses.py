"""How a shop, an office, a restaurant or a school uses electricity: opening hours, machines, weather.

The recipe is ours; its levels are set so that each business falls inside the range of real buildings.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .calendars import EPOCH, Hours
from .climate import Climate, season, temperature
from .draws import Bools, Floats, lingering, stream, uniform
from .utilities import holidays


@dataclass(frozen=True, slots=True)
class Business:
    """A business's equipment and opening hours.

    Parameters
    ----------
    always : float
        What never goes off: cold rooms, servers, safety lights [kWh per hour].
    open : float
        What opening adds at full swing [kWh per hour].
    opens, closes : float
        Local hours; the ramp before and after takes about two.
    saturday, sunday : float
        How much of a weekday's swing these days have.
    closed_on_holidays : bool
        Whether the six holidays are Sundays.
    cooling, heating : float
        Per degree above 16, or below 12, while open; a third of it at night [kWh per hour and degree
        Celsius].
    recess : bool
        Whether summer and the turn of the year are quiet, as in a school.
    lunch, dinner : float
        What meals add at noon and in the evening [kWh per hour].
    lively : float
        How much one day differs from another.
    bustle : float
        How much one hour differs from the next at the same time of day.
    evenings : float
        Chance of an event in the evening: a class, a meeting, cleaning.
    hum : float
        How much the whole wavers: compressors, fans.
    """

    always: float
    open: float
    opens: float
    closes: float
    saturday: float
    sunday: float
    closed_on_holidays: bool = True
    cooling: float = 0.0
    heating: float = 0.0
    recess: bool = False
    lunch: float = 0.0
    dinner: float = 0.0
    lively: float = 0.10
    bustle: float = 0.12
    evenings: float = 0.0
    hum: float = 0.04


def business_load(premise: str, business: Business, climate: Climate, hours: Hours) -> Floats:
    """Return a business's usage [kWh per hour]."""
    swing = _day_swing(business, hours)
    if business.recess:
        swing = swing * np.where(_recess(hours), 0.38, 1.0)
    evening = uniform(stream(premise, "evening"), hours.day) < business.evenings
    late = hours.hour + 0.5 - business.closes
    after = np.clip((late + 1.0) / 2.0, 0.0, 1.0) * (late < 4.5)
    occupied = np.maximum(_opening(business, hours) * swing, 0.75 * evening * after)
    day = np.clip(1.0 + business.lively * lingering(stream(premise, "day"), hours.day, 0.6, 8), 0.6, 1.5)
    hum = 1.0 + business.hum * lingering(stream(premise, "hum"), hours.utc, 0.7, 10)
    bustle = business.bustle * lingering(stream(premise, "bustle"), hours.utc, 0.72, 10)
    outside = temperature(climate, hours)
    weather = business.cooling * np.clip(outside - 16.0, 0.0, 24.0)
    weather = weather + business.heating * np.clip(12.0 - outside, 0.0, 24.0)
    meals = business.lunch * _bell(hours, 12.5, 2.0) + business.dinner * _bell(hours, 19.0, 3.0)
    working = business.open * occupied + meals * swing + weather * (0.33 + 0.67 * occupied)
    working = working * day * np.clip(1.0 + bustle, 0.3, 2.0)
    return np.asarray((business.always * (1.0 + 0.04 * season(hours)) + working) * hum)


def _day_swing(business: Business, hours: Hours) -> Floats:
    swing = np.where(
        hours.weekday == 5, business.saturday, np.where(hours.weekday == 6, business.sunday, 1.0)
    )
    if business.closed_on_holidays:
        first, last = (int(day) // 365 + EPOCH.year - 1 for day in (hours.day[0], hours.day[-1]))
        closed = [day for year in range(first, last + 2) for day in holidays(year)]
        swing = np.where(np.isin(hours.day, closed), business.sunday, swing)
    return swing


def _opening(business: Business, hours: Hours) -> Floats:
    """Return how far open it is, 0 to 1, with ramps of two hours."""
    rising = np.clip((hours.hour + 0.5 - business.opens + 1.5) / 2.0, 0.0, 1.0)
    falling = np.clip((business.closes + 1.0 - hours.hour - 0.5) / 2.0, 0.0, 1.0)
    return np.asarray(rising * falling)


def _bell(hours: Hours, around: float, width: float) -> Floats:
    bell: Floats = np.clip(1.0 - np.abs(hours.hour + 0.5 - around) / width, 0.0, 1.0)
    return bell


def _recess(hours: Hours) -> Bools:
    """Return the hours of a school's holidays: mid-June to mid-August, and the turn of the year."""
    day = hours.day.astype("datetime64[D]")
    of_month = (day - day.astype("datetime64[M]")).astype(np.int64) + 1
    date = hours.month * 100 + of_month
    recess: Bools = ((date >= 612) & (date < 816)) | (date >= 1222) | (date < 104)
    return recess
