"""What if the load were another: hours shifted, a vehicle, a roof. Pure functions on the load.

Each takes INTERVALS and returns INTERVALS, so that one follows another in any order and the same
`compare_tariffs` comes last.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.calendars import LocalCalendar
from omnipandas.intervals.forms import loads_of
from omnipandas.intervals.loads import Loads
from omnipandas.intervals.optional import library
from omnipandas.intervals.units import MINUTE, Floats, Mask
from omnipandas.intervals.zones import instants_of

from .behind_meter import metered, meters, usage_with

Days = Literal["all", "weekday", "weekend"]


def shift_load(
    load: pd.Series | pd.DataFrame,
    share: float,
    from_hours: Iterable[int],
    to_hours: Iterable[int],
    *,
    days: Days = "all",
) -> pd.Series | pd.DataFrame:
    """Return a load with part of the usage of some hours moved to other hours of the same day.

    Parameters
    ----------
    load : Series or DataFrame
        Usage [kWh] of one account as a Series, tz-aware, or INTERVALS of one account or of many. Every value
        is known.
    share : float
        Part of the usage of `from_hours` that moves, 0 to 1.
    from_hours, to_hours : iterable of int
        Local hours of the day (0 to 23); none in both. What leaves a day's `from_hours` is spread evenly over
        its `to_hours`. On a day that has no such hour (the spring change) nothing moves.
    days : {"all", "weekday", "weekend"}
        On which days.

    Returns
    -------
    Series or DataFrame
        The load moved [kWh], as it was given; every day's total is as before. In INTERVALS what arrives is
        first met by what would be exported then; on-peak and off-peak are NaN; further columns stay.

    Raises
    ------
    ArgumentError
        A share or hours that cannot be.
    SchemaError
        Not such a load.

    Examples
    --------
    >>> import pandas as pd
    >>> import omnipandas as op
    >>> index = pd.date_range("2023-01-02", periods=24, freq="h", tz="America/Denver")
    >>> op.shift_load(pd.Series(1.0, index=index), 0.5, [18, 19], [2]).iloc[[2, 18, 19]].tolist()
    [2.0, 0.5, 0.5]
    """
    found = meters(load)
    source, target = _hours(from_hours, "from_hours"), _hours(to_hours, "to_hours")
    if not 0 <= share <= 1:
        raise ArgumentError(f"share must be from 0 to 1, not {share}; 30 % is 0.3.")
    if both := source & target:
        raise ArgumentError(f"from_hours and to_hours both have {sorted(both)}.")
    return usage_with(load, found, [_moved(each, share, source, target, days) for each in found])


def _moved(loads: Loads, share: float, source: set[int], target: set[int], days: Days) -> Floats:
    """Return what arrives less what leaves in each interval, instants x accounts [kWh]."""
    calendar = loads.calendar
    chosen, day = _on(calendar, days), calendar.day
    leaves, arrives = (chosen & np.isin(calendar.hour, list(hours)) for hours in (source, target))
    places = np.bincount(day, arrives)
    moved = loads.usage * np.where(leaves & (places[day] > 0), share, 0.0)[:, None]
    each = replace(loads, usage=moved).sums(day, len(places)) / np.maximum(places, 1.0)[:, None]
    return np.asarray(each[day] * arrives[:, None] - moved, dtype=np.float64)


def add_ev(
    load: pd.Series | pd.DataFrame,
    *,
    kwh_per_day: float = 11.0,
    power_kw: float = 7.2,
    start_hour: int = 18,
    days: Days = "all",
) -> pd.Series | pd.DataFrame:
    """Return a load with an electric vehicle that charges at home.

    Parameters
    ----------
    load : Series or DataFrame
        Usage [kWh] of one account as a Series, tz-aware, or INTERVALS of one account or of many. Every value
        is known.
    kwh_per_day : float, default 11
        Energy taken from the grid on each day of charging [kWh]: 35 miles at 3.2 miles to the kWh, the
        United States' mean day and a usual car.
    power_kw : float, default 7.2
        Power while charging [kW]: 30 A at 240 V, SAE J1772 level 2.
    start_hour : int, default 18
        Local hour at which charging starts; it goes on at full power, past midnight if need be, until the
        energy is in. Charging that has not ended when the load ends is cut off.
    days : {"all", "weekday", "weekend"}
        On which days charging starts.

    Returns
    -------
    Series or DataFrame
        Usage with the vehicle [kWh], as the load was given. In INTERVALS, of which each account gets one,
        the vehicle first takes what would be exported; on-peak and off-peak are NaN; further columns stay.

    Raises
    ------
    ArgumentError
        Energy, power or hour that cannot be, or more energy than 24 hours can take.
    SchemaError
        Not such a load.

    Examples
    --------
    >>> import pandas as pd
    >>> import omnipandas as op
    >>> index = pd.date_range("2023-01-02", periods=24, freq="h", tz="America/Denver")
    >>> op.add_ev(pd.Series(0.0, index=index), kwh_per_day=10, start_hour=1).loc[lambda x: x > 0].tolist()
    [7.2, 2.8]
    """
    found = meters(load)
    if not kwh_per_day >= 0 or not power_kw > 0:
        raise ArgumentError("kwh_per_day must not be negative and power_kw must be above 0.")
    if start_hour not in range(24):
        raise ArgumentError(f"start_hour must be 0 to 23, not {start_hour}.")
    if kwh_per_day > 24 * power_kw:
        raise ArgumentError(
            f"{kwh_per_day} kWh a day cannot be charged at {power_kw} kW: 24 hours take {24 * power_kw}."
        )
    every = [_charging(each, kwh_per_day, power_kw * each.hours, start_hour, days) for each in found]
    return usage_with(load, found, every)


def _charging(loads: Loads, kwh_per_day: float, step: float, start_hour: int, days: Days) -> Floats:
    """Return what a vehicle takes that gets at most `step` in an interval, instants x 1 [kWh]."""
    calendar = loads.calendar
    count = int(np.ceil(kwh_per_day / step - 1e-12))
    profile = np.full(count, step)
    profile[count - 1 :] = kwh_per_day - step * (count - 1)
    starting = np.flatnonzero(_on(calendar, days) & (calendar.hour >= start_hour))
    _, first = np.unique(calendar.day[starting], return_index=True)
    # One row a day of charging, one column an interval of it; what lies in a gap or after the end is lost.
    when = calendar.instant[starting[first]][:, None] + np.arange(count) * loads.length
    at = np.minimum(np.searchsorted(calendar.instant, when), len(calendar.instant) - 1)
    there = calendar.instant[at] == when
    energy = np.broadcast_to(profile, when.shape)[there]
    return np.bincount(at[there], energy, len(calendar.instant))[:, None].astype(np.float64, copy=False)


def add_solar(
    load: pd.Series | pd.DataFrame,
    kw: float | None = None,
    *,
    latitude: float | None = None,
    longitude: float | None = None,
    tilt: float = 20.0,
    azimuth: float = 180.0,
    losses: float = 0.14,
    generation: pd.Series | None = None,
) -> pd.DataFrame:
    """Return a load with a roof of photovoltaics behind the meter: what is still taken, and what is sent out.

    Parameters
    ----------
    load : Series or DataFrame
        Usage [kWh] of one account as a Series, tz-aware, or INTERVALS of one account or of many. Every value
        is known.
    kw : float, optional
        Nameplate power [kW]. With `generation` given, what that profile is multiplied by (1 by default).
    latitude, longitude : float, optional
        Where the roof is [degrees, north and east positive]; needed unless `generation` is given.
    tilt, azimuth : float
        Of the roof [degrees; 180 faces south].
    losses : float, default 0.14
        Part lost between the cells and the meter (PVWatts version 5's default, NREL/TP-6A20-62641).
    generation : Series, optional
        Generation on the load's index or more [kWh, per kW of `kw`], such as measured or from another model.

    Returns
    -------
    DataFrame
        INTERVALS: `total_kwh`, taken from the grid in each interval, and `export_kwh`, sent to it, both
        [kWh] and not negative. Each account gets such a roof; on-peak and off-peak are NaN; further columns
        stay.

    Raises
    ------
    ArgumentError
        Neither a place nor a profile, a profile that lacks intervals, or pvlib is not installed.
    SchemaError
        Not such a load.

    Notes
    -----
    The sky is clear (pvlib's Ineichen model with its climatological turbidity), so that a year comes out
    20 to 40 % above what clouds leave: scale it to the place's known yield by `kw`, or give a profile.
    Cell temperature is left out.

    Examples
    --------
    >>> import pandas as pd
    >>> import omnipandas as op
    >>> index = pd.date_range("2023-06-21", periods=24, freq="h", tz="America/Denver")
    >>> sun = pd.Series([0.0] * 10 + [1.0] * 4 + [0.0] * 10, index=index)
    >>> op.add_solar(pd.Series(0.25, index=index), generation=sun)[["total_kwh", "export_kwh"]].sum().tolist()
    [5.0, 3.0]
    """
    found = meters(load)
    if generation is not None:
        size = 1.0 if kw is None else kw
        made = [_generated(each, generation) * size for each in found]
    else:
        if kw is None or latitude is None or longitude is None:
            raise ArgumentError("give kw, latitude and longitude, or generation.")
        size = kw * (1 - losses)
        made = [_clear_sky(each, latitude, longitude, tilt, azimuth) * size for each in found]
    return metered(load, found, [-profile[:, None] for profile in made])


def _generated(loads: Loads, generation: pd.Series) -> Floats:
    """Return the generation of each interval [kWh]."""
    if not isinstance(generation, pd.Series):
        raise ArgumentError(f"generation is a Series on the load's index, not {type(generation).__name__}.")
    profile = loads_of(generation)[0]
    start, made = pd.Index(instants_of(profile.index)), profile.usage[:, 0]
    if not start.is_unique:
        raise ArgumentError("generation has an interval twice: keep one of the two.")
    if len(start) > 1 and (step := int(np.diff(np.sort(start)).min())) != loads.length:
        raise ArgumentError(
            f"generation is by {step / MINUTE:g} minutes, the load by {loads.length / MINUTE:g}: bring them "
            "to one length first."
        )
    at = start.get_indexer(pd.Index(loads.calendar.instant))
    if (at < 0).any():
        raise ArgumentError(
            f"generation must be on the load's index: it has no value at {loads.index[int(np.argmin(at))]}."
        )
    return np.asarray(made[at], dtype=np.float64)


def _clear_sky(loads: Loads, latitude: float, longitude: float, tilt: float, azimuth: float) -> Floats:
    """Return the plane-of-array insolation of each interval [kWh/m2], which is kWh per kW of nameplate."""
    irradiance, location = (
        library(f"pvlib.{part}", "add_solar without generation=") for part in ("irradiance", "location")
    )
    length = pd.Timedelta(loads.length, "us")
    middle = loads.index.as_unit("ns") + length / 2
    place = location.Location(latitude, longitude)
    with warnings.catch_warnings():
        # pvlib 0.15 reads DatetimeIndex.dayofyear, which pandas 3.1 announces to rename.
        warnings.simplefilter("ignore", DeprecationWarning)
        sun, sky = place.get_solarposition(middle), place.get_clearsky(middle)
    plane = irradiance.get_total_irradiance(
        tilt, azimuth, sun["apparent_zenith"], sun["azimuth"], sky["dni"], sky["ghi"], sky["dhi"]
    )
    watts = plane["poa_global"].fillna(0.0).clip(lower=0.0).to_numpy(dtype=float)
    return np.asarray(watts / 1000 * (length / pd.Timedelta(1, "h")))


def _hours(hours: Iterable[int], name: str) -> set[int]:
    found = set(hours)
    if not found or not found <= set(range(24)):
        raise ArgumentError(f"{name} must be hours of the day from 0 to 23, not {sorted(found)}.")
    return found


def _on(calendar: LocalCalendar, days: Days) -> Mask:
    if days not in ("all", "weekday", "weekend"):
        raise ArgumentError(f"days must be all, weekday or weekend, not {days!r}.")
    weekend = calendar.weekday_of_day >= 5
    chosen = np.ones_like(weekend) if days == "all" else weekend == (days == "weekend")
    return calendar.by_day(chosen.astype(np.int64)) > 0
