"""What if the load were another: hours shifted, a vehicle, a roof, a battery. Pure functions on the load.

Each takes a load and returns another of the same kind, so that the same `compare_tariffs` follows.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.forms import loads_of
from omnipandas.intervals.loads import length_of
from omnipandas.intervals.units import HOUR, Floats

Days = Literal["all", "weekday", "weekend"]


def shift_load(
    load: pd.Series, share: float, from_hours: Iterable[int], to_hours: Iterable[int], *, days: Days = "all"
) -> pd.Series:
    """Return a load with part of the usage of some hours moved to other hours of the same day.

    Parameters
    ----------
    load : Series
        Usage [kWh], tz-aware, without gaps.
    share : float
        Part of the usage of `from_hours` that moves, 0 to 1.
    from_hours, to_hours : iterable of int
        Local hours of the day (0 to 23); none in both. What leaves a day's `from_hours` is spread evenly over
        its `to_hours`. On a day that has no such hour (the spring change) nothing moves.
    days : {"all", "weekday", "weekend"}
        On which days.

    Returns
    -------
    Series
        The load moved [kWh]; every day's total is as before.

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
    values, index = _checked(load)
    source, target = _hours(from_hours, "from_hours"), _hours(to_hours, "to_hours")
    if not 0 <= share <= 1:
        raise ArgumentError(f"share must be from 0 to 1, not {share}; 30 % is 0.3.")
    if both := source & target:
        raise ArgumentError(f"from_hours and to_hours both have {sorted(both)}.")
    chosen = _on(index, days)
    day = _day_numbers(index)
    leaves, arrives = chosen & np.isin(index.hour, list(source)), chosen & np.isin(index.hour, list(target))
    places = np.bincount(day, arrives)
    moved = np.where(leaves & (places[day] > 0), values * share, 0.0)
    total = np.bincount(day, moved)
    added = np.where(arrives, np.divide(total, places, out=np.zeros_like(total), where=places > 0)[day], 0.0)
    return pd.Series(values - moved + added, index=index, name=load.name)


def add_ev(
    load: pd.Series,
    *,
    kwh_per_day: float = 11.0,
    power_kw: float = 7.2,
    start_hour: int = 18,
    days: Days = "all",
) -> pd.Series:
    """Return a load with an electric vehicle that charges at home.

    Parameters
    ----------
    load : Series
        Usage [kWh], tz-aware, without gaps.
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
    Series
        Usage with the vehicle [kWh].

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
    values, index = _checked(load)
    if not kwh_per_day >= 0 or not power_kw > 0:
        raise ArgumentError("kwh_per_day must not be negative and power_kw must be above 0.")
    if start_hour not in range(24):
        raise ArgumentError(f"start_hour must be 0 to 23, not {start_hour}.")
    if kwh_per_day > 24 * power_kw:
        raise ArgumentError(
            f"{kwh_per_day} kWh a day cannot be charged at {power_kw} kW: 24 hours take {24 * power_kw}."
        )
    step = power_kw * length_of(index) / HOUR
    count = int(np.ceil(kwh_per_day / step - 1e-12))
    profile = np.full(count, step)
    if count:
        profile[-1] = kwh_per_day - step * (count - 1)
    fresh = np.flatnonzero(np.diff(_day_numbers(index), prepend=-1))
    starting = _on(index, days) & (index.hour >= start_hour)
    day = _day_numbers(index)
    first = np.full(len(fresh), len(index))
    np.minimum.at(first, day[starting], np.flatnonzero(starting))
    vehicle = np.zeros(len(index) + count)
    for offset, energy in enumerate(profile):
        np.add.at(vehicle, np.minimum(first + offset, len(index)), energy)
    return pd.Series(values + vehicle[: len(index)], index=index, name=load.name)


def add_solar(
    load: pd.Series,
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
    load : Series
        Usage [kWh], tz-aware, without gaps.
    kw : float, optional
        Nameplate power [kW]. With `generation` given, what that profile is multiplied by (1 by default).
    latitude, longitude : float, optional
        Where the roof is [degrees, north and east positive]; needed unless `generation` is given.
    tilt, azimuth : float
        Of the roof [degrees; 180 faces south].
    losses : float, default 0.14
        Part lost between the cells and the meter (PVWatts version 5's default, NREL/TP-6A20-62641).
    generation : Series, optional
        Generation on the load's index [kWh, per kW of `kw`], such as measured or from another model.

    Returns
    -------
    DataFrame
        INTERVALS of one account: `total_kwh`, taken from the grid in each interval, and `export_kwh`, sent to
        it, both [kWh] and not negative, with the interval's end.

    Raises
    ------
    ArgumentError
        Neither a place nor a profile, a profile on another index, or pvlib is not installed.
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
    values, index = _checked(load)
    if generation is not None:
        if not generation.index.equals(index):
            raise ArgumentError("generation must be on the load's index.")
        profile, _ = _checked(generation)
        made = profile * (1.0 if kw is None else kw)
    else:
        if kw is None or latitude is None or longitude is None:
            raise ArgumentError("give kw, latitude and longitude, or generation.")
        made = _clear_sky(index, latitude, longitude, tilt, azimuth) * kw * (1 - losses)
    net = values - made
    return intervals_frame(index, load.name, np.maximum(net, 0.0), np.maximum(-net, 0.0))


def _clear_sky(
    index: pd.DatetimeIndex, latitude: float, longitude: float, tilt: float, azimuth: float
) -> Floats:
    """Return the plane-of-array insolation of each interval [kWh/m2], which is kWh per kW of nameplate."""
    try:
        from pvlib import irradiance, location
    except ImportError as error:
        raise ArgumentError(
            "a solar profile needs pvlib: pip install 'omnipandas[studies]', or give generation=."
        ) from error
    length = pd.Timedelta(length_of(index), "us")
    middle = index.as_unit("ns") + length / 2
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


def intervals_frame(index: pd.DatetimeIndex, name: object, usage: Floats, export: Floats) -> pd.DataFrame:
    """Return usage and export of one account as an INTERVALS frame."""
    length = pd.Timedelta(length_of(index), "us")
    columns = {
        "service_account_id": pd.Categorical(["load" if name is None else str(name)] * len(index)),
        "interval_end": index + length,
        "on_peak_kwh": np.full(len(index), np.nan),
        "off_peak_kwh": np.full(len(index), np.nan),
        "total_kwh": usage,
        "export_kwh": export,
    }
    return pd.DataFrame(columns, index=index.rename("interval_start"))


def _checked(load: pd.Series) -> tuple[Floats, pd.DatetimeIndex]:
    if not isinstance(load, pd.Series):
        raise ArgumentError(
            f"a Series of one account's usage is needed, not {type(load).__name__}; for example "
            'hourly.loc[hourly["service_account_id"] == id, "total_kwh"].'
        )
    loads = loads_of(load)[0]
    return loads.usage[:, 0], loads.index


def _hours(hours: Iterable[int], name: str) -> set[int]:
    found = set(hours)
    if not found or not found <= set(range(24)):
        raise ArgumentError(f"{name} must be hours of the day from 0 to 23, not {sorted(found)}.")
    return found


def _on(index: pd.DatetimeIndex, days: Days) -> npt.NDArray[np.bool_]:
    if days not in ("all", "weekday", "weekend"):
        raise ArgumentError(f"days must be all, weekday or weekend, not {days!r}.")
    weekend = np.asarray(index.day_of_week >= 5)
    return {"all": np.ones(len(index), bool), "weekday": ~weekend, "weekend": weekend}[days]


def _day_numbers(index: pd.DatetimeIndex) -> npt.NDArray[np.int64]:
    days = index.tz_localize(None).normalize().to_numpy()
    return np.cumsum(np.append(False, days[1:] != days[:-1]))
