"""Made-up weather: a season, spells that last days, a daily swing. Not a forecast, not a record.

Levels follow the 1991-2020 climate normals of each city (NOAA), rounded to half a degree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .calendars import Hours
from .draws import Floats, lingering, stream, uniform, wave


@dataclass(frozen=True, slots=True)
class Climate:
    """The weather of a city, in degrees Celsius.

    Parameters
    ----------
    city : str
        Whose; premises of one city share their weather.
    mean : float
        Mean of the year.
    season : float
        Half the difference between the warmest and the coldest time of the year.
    spell : float
        Standard deviation of the spells of weather.
    swing : float
        Half the difference between the afternoon and the early morning of a clear day.
    cloud : float
        Mean share of the sun's light that clouds take.
    """

    city: str
    mean: float
    season: float
    spell: float
    swing: float
    cloud: float


CLIMATES = {
    climate.city: climate
    for climate in (
        Climate("New York", 13.0, 12.0, 4.5, 3.5, 0.35),
        Climate("Chicago", 10.5, 13.5, 5.0, 4.5, 0.38),
        Climate("Denver", 10.5, 12.0, 5.5, 7.5, 0.25),
        Climate("Phoenix", 24.0, 11.0, 3.0, 6.5, 0.12),
        Climate("Los Angeles", 18.5, 4.5, 2.5, 4.5, 0.22),
        Climate("San Diego", 17.5, 4.0, 2.0, 3.5, 0.25),
        Climate("Honolulu", 25.5, 2.2, 0.8, 2.8, 0.25),
    )
}

_DAYS_OF_A_YEAR = 365.2425
_COLDEST_DAY = 18.0


def season(hours: Hours) -> Floats:
    """Return the season: -1 in mid-January, 1 in mid-July."""
    return -wave((hours.wall / 24.0 - _COLDEST_DAY) / _DAYS_OF_A_YEAR + 0.25)


def temperature(climate: Climate, hours: Hours) -> Floats:
    """Return the outdoor temperature of each hour [degrees Celsius]."""
    spells = stream("spell", climate.city)
    between = (hours.wall % 24) / 24.0
    today = lingering(spells, hours.day, 0.72, 12)
    tomorrow = lingering(spells, hours.day + 1, 0.72, 12)
    clear = 1.3 - cloudiness(climate, hours)
    swing = climate.swing * clear * wave((hours.hour - 9.0) / 24.0)
    gusts = 0.4 * lingering(stream("gust", climate.city), hours.utc, 0.7, 6)
    spell = climate.spell * (today * (1.0 - between) + tomorrow * between)
    return np.asarray(climate.mean + climate.season * season(hours) + spell + swing + gusts)


def cloudiness(climate: Climate, hours: Hours) -> Floats:
    """Return the share of the sun's light that clouds take, 0.02 to 0.95, by day and within the day."""
    by_day = lingering(stream("cloud", climate.city), hours.day, 0.5, 6)
    by_hour = lingering(stream("passing", climate.city), hours.utc, 0.6, 6)
    return np.clip(climate.cloud + 0.24 * by_day + 0.10 * by_hour, 0.02, 0.95)


def sunshine(climate: Climate, place: tuple[float, float], hours: Hours) -> Floats:
    """Return the light on a south-facing roof, as a share of its clear summer noon.

    The sun's height follows from declination and hour angle at `place` (latitude and longitude, in degrees);
    a tilted roof keeps some of the winter's light.
    """
    latitude, longitude = place
    declination = 23.45 / 360.0 * season(hours)
    sine, cosine = (float(wave(np.array([latitude / 360.0 + quarter]))[0]) for quarter in (0.0, 0.25))
    solar_time = (hours.utc + 0.5 + longitude / 15.0) % 24.0
    angle = (solar_time - 12.0) / 24.0
    height = sine * wave(declination) + cosine * wave(declination + 0.25) * wave(angle + 0.25)
    risen = np.clip(height, 0.0, None)
    light = 0.72 * risen + 0.28 * np.clip(3.0 * risen, 0.0, 1.0) * np.clip(wave(angle + 0.25), 0.0, None)
    haze = 0.9 + 0.1 * uniform(stream("haze", climate.city), hours.day)
    return np.clip(light, 0.0, 1.0) * (1.0 - cloudiness(climate, hours)) * haze
