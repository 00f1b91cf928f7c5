"""Holidays: which local days count as a Sunday."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from omnipandas.errors import ArgumentError


def holiday_mask(dates: npt.NDArray[np.datetime64], region: str) -> npt.NDArray[np.bool_]:
    """Mark the dates that are public holidays of `region`, as the `holidays` library has them.

    Parameters
    ----------
    dates : numpy.ndarray
        Local dates, ``datetime64[D]``.
    region : str
        A state of the United States (``"AZ"``; ``"CA"`` is California), or a country with or without
        its subdivision (``"US"``, ``"CAN"``, ``"CA-BC"``, ``"AU-NSW"``).

    Raises
    ------
    ArgumentError
        Where the library does not know the region.
    """
    if not len(dates):
        return np.zeros(0, dtype=bool)
    years = range(int(str(dates.min())[:4]), int(str(dates.max())[:4]) + 1)
    return np.isin(dates, list(_holidays(region, years.start, years.stop)))


def holiday_names(dates: npt.NDArray[np.datetime64], region: str) -> dict[np.datetime64, str]:
    """Return the public holidays of `region` among the dates, with their names.

    Raises
    ------
    ArgumentError
        Where the library does not know the region.
    """
    low, high = dates.min(), dates.max()
    found = _holidays(region, int(str(low)[:4]), int(str(high)[:4]) + 1)
    return {day: name for day, name in found.items() if low <= day <= high}


@lru_cache(maxsize=64)
def _holidays(region: str, start: int, stop: int) -> dict[np.datetime64, str]:
    import holidays  # 40 ms to import; most studies never ask

    country, _, subdivision = region.upper().partition("-")
    if not subdivision and country in holidays.list_supported_countries()["US"]:
        country, subdivision = "US", country
    try:
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=range(start, stop))
    except NotImplementedError as error:
        raise ArgumentError(
            f"no holidays are known for region {region!r}: give a state such as 'AZ', or a country with "
            "or without its subdivision, such as 'US', 'CA-BC' or 'AU-NSW'."
        ) from error
    return {np.datetime64(day, "D"): name for day, name in sorted(found.items())}
