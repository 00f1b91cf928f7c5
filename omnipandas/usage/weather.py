"""Usage and outdoor temperature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from omnipandas.intervals.calendars import Buckets
from omnipandas.intervals.groups import counted, summed
from omnipandas.intervals.optional import library
from omnipandas.intervals.readings import account_codes
from omnipandas.intervals.units import Floats
from omnipandas.schema import DEGREE_DAYS, WEATHER_FIT

from .choices import choice, keyed
from .resampling import resample_usage
from .temperatures import UNITS, Temperature, temperatures

BASE = {"C": 18.0, "F": 65.0}
FEWEST_DAYS = 30
MODELS = ("flat", "heating", "cooling", "both")


def degree_days(
    temperature: pd.Series,
    by: str = "month",
    *,
    unit: str,
    heating_base: float | None = None,
    cooling_base: float | None = None,
) -> pd.DataFrame:
    """Return heating and cooling degree days of each local day, month or year.

    Parameters
    ----------
    temperature : Series
        Outdoor temperatures, hourly or finer, on a tz-aware index in the premise's zone.
    by : {"day", "month", "year", "all"}, default "month"
        Over what to sum, in local time.
    unit : {"C", "F"}
        Of the temperatures and the bases.
    heating_base, cooling_base : float, optional
        Temperatures below and above which degrees count; by default 18 degrees C or 65 degrees F.

    Returns
    -------
    DataFrame
        DEGREE_DAYS: index `interval_start`; `mean_temperature`, `heating_degree_days`,
        `cooling_degree_days` in degrees of `unit`, from each day's mean temperature; `days` that count (those
        with 80 % of their hours or more), `hours` and `missing_hours` [h]. An empty series gives an
        empty result. Means are over time: a reading lasts until the next, at most for the usual step.

    Raises
    ------
    SchemaError
        Where the index has no zone, or values are not numbers.
    ArgumentError
        Where `by` or `unit` cannot be right.

    Notes
    -----
    From daily means, as NOAA has it (https://www.weather.gov/key/climate_heat_cool).

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-01-01", "2023-01-03", freq="h", tz="America/Denver", inclusive="left")
    >>> temperature = pd.Series([8.0] * 24 + [20.0] * 24, index=index)
    >>> days = op.degree_days(temperature, "day", unit="C")
    >>> days[["heating_degree_days", "cooling_degree_days"]].reset_index(drop=True)
       heating_degree_days  cooling_degree_days
    0                 10.0                  0.0
    1                  0.0                  2.0
    """
    choice("by", by, ("day", "month", "year", "all"))
    choice("unit", unit, UNITS)
    readings = temperatures(temperature)
    if not len(readings):
        return DEGREE_DAYS.empty(str(readings.calendar.tz))
    daily, hours, full = readings.daily()
    buckets = Buckets(readings.calendar, by)
    bucket = np.zeros(readings.days.count, dtype=np.int64)
    bucket[readings.calendar.day] = buckets.of(readings.calendar)
    below = np.maximum((BASE[unit] if heating_base is None else heating_base) - daily, 0.0)
    above = np.maximum(daily - (BASE[unit] if cooling_base is None else cooling_base), 0.0)
    owner, n = bucket[full], buckets.count
    count = counted(owner, n)
    kept = np.flatnonzero(counted(bucket[hours >= 0], n))
    hours = summed(bucket, hours, n)

    def sums(values: Floats) -> Floats:
        return np.where(count > 0, summed(owner, values[full], n), np.nan)[kept]

    with np.errstate(invalid="ignore"):
        mean = sums(daily) / count[kept]
    return pd.DataFrame(
        {
            "mean_temperature": mean,
            "heating_degree_days": sums(below),
            "cooling_degree_days": sums(above),
            "days": count[kept],
            "hours": hours[kept],
            "missing_hours": np.maximum(buckets.hours - hours, 0.0)[kept],
        },
        index=buckets.starts[kept].rename("interval_start"),
    )


@dataclass(frozen=True, slots=True)
class _Fit:
    """A change-point model and how well it fits."""

    model: str
    base: float
    heating: float
    heating_base: float
    cooling: float
    cooling_base: float
    squares: float


def weather_fit(hourly: pd.DataFrame, temperature: Temperature, *, unit: str) -> pd.DataFrame:
    """Return the change-point model of each account's daily usage by outdoor temperature.

    Parameters
    ----------
    hourly : DataFrame
        INTERVALS, of one account or of many, in any order.
    temperature : Series, or mapping of account to Series
        Outdoor temperatures, hourly or finer, on a tz-aware index; means are over time, as in `degree_days`.
    unit : {"C", "F"}
        Of the temperatures; slopes and bases are in its degrees.

    Returns
    -------
    DataFrame
        WEATHER_FIT: index `service_account_id`; `model` (``flat``, ``heating``, ``cooling``, ``both``),
        `base_kwh_per_day`, `heating_kwh_per_degree`, `heating_base`, `cooling_kwh_per_degree`,
        `cooling_base`, adjusted `r_squared`, `cv_rmse`, `days`, `words`. What the model has not is NaN. Fewer
        than 30 whole days with a temperature give no model: all NaN, and `words` says so.

    Raises
    ------
    SchemaError
        Where `hourly` is not INTERVALS, or a temperature index has no zone.
    ArgumentError
        Where `unit` cannot be right, or SciPy is not installed (extra ``studies``).

    Notes
    -----
    Usage of a day is base + heating x max(heating base - T, 0) + cooling x max(T - cooling base, 0) with
    slopes of 0 or more: the three- and five-parameter change-point models of ASHRAE Guideline 14 and of
    Kissock, Haberl and Claridge, Inverse Modeling Toolkit, 2003. Slopes by non-negative least squares at
    each pair of bases, bases by search (`scipy.optimize`); of the four models the one of lowest
    Bayesian information criterion is taken.

    Examples
    --------
    >>> import numpy as np, omnipandas as op, pandas as pd
    >>> index = pd.date_range("2023-01-01", "2023-07-01", freq="h", tz="America/Phoenix", inclusive="left")
    >>> temperature = pd.Series(np.linspace(5.0, 30.0, len(index)), index=index)
    >>> daily = temperature.groupby(index.date).transform("mean")
    >>> hourly = pd.DataFrame(
    ...     {
    ...         "service_account_id": "a",
    ...         "interval_end": index + pd.Timedelta("1h"),
    ...         "on_peak_kwh": 0.0,
    ...         "off_peak_kwh": 0.0,
    ...         "total_kwh": 0.5 + 0.1 * np.maximum(daily - 20.0, 0.0),
    ...     },
    ...     index=index,
    ... )
    >>> fit = op.weather_fit(hourly, temperature, unit="C").round(2)
    >>> fit[["model", "cooling_base", "cooling_kwh_per_degree"]]
                          model  cooling_base  cooling_kwh_per_degree
    service_account_id
    a                   cooling          20.0                     2.4
    """
    choice("unit", unit, UNITS)
    optimize = library("scipy.optimize", "weather_fit")
    daily = resample_usage(hourly, "day")
    accounts, account = account_codes(daily["service_account_id"])
    whole = daily["missing_hours"].to_numpy() < 1e-9
    rows = []
    for place, name in enumerate(accounts):
        own = temperature if isinstance(temperature, pd.Series) else temperature.get(str(name))
        usage = daily["total_kwh"][whole & (account == place)]
        rows.append(_fitted(usage, own, unit, optimize.nnls, optimize.brute))
    return keyed(WEATHER_FIT, accounts, rows)


def _fitted(
    usage: pd.Series,
    temperature: pd.Series | None,
    unit: str,
    nnls: Callable[..., tuple[Floats, float]],
    brute: Callable[..., Floats],
) -> dict[str, object]:
    """Return one account's row of WEATHER_FIT."""
    kwh, degrees = _paired(usage, temperature)
    nothing = {column.name: np.nan for column in WEATHER_FIT.columns} | {"model": "", "days": len(kwh)}
    if len(kwh) < FEWEST_DAYS:
        return nothing | {
            "words": f"no model: {len(kwh)} whole days with a temperature, {FEWEST_DAYS} needed"
        }
    fits = [_best(model, kwh, degrees, nnls, brute) for model in MODELS]
    n = len(kwh)
    sizes = {"flat": 1, "heating": 3, "cooling": 3, "both": 5}
    floor = 1e-12 * float(np.sum(kwh**2)) + 1e-300
    best = min(fits, key=lambda fit: n * np.log(max(fit.squares, floor) / n) + sizes[fit.model] * np.log(n))
    spread = float(np.sum((kwh - kwh.mean()) ** 2))
    freedom = n - sizes[best.model]
    explained = 1 - (best.squares / freedom) / (spread / (n - 1)) if spread > 0 else np.nan
    figures = {
        "model": best.model,
        "base_kwh_per_day": best.base,
        "heating_kwh_per_degree": best.heating,
        "heating_base": best.heating_base,
        "cooling_kwh_per_degree": best.cooling,
        "cooling_base": best.cooling_base,
        "r_squared": explained,
        "cv_rmse": np.sqrt(best.squares / freedom) / kwh.mean() if kwh.mean() > 0 else np.nan,
        "days": n,
    }
    return figures | {"words": _words(best, unit, float(explained))}


def _paired(usage: pd.Series, temperature: pd.Series | None) -> tuple[Floats, Floats]:
    """Return usage and mean temperature of the local days that have both."""
    if temperature is None or not len(usage) or not len(temperature):
        return np.zeros(0), np.zeros(0)
    zone = pd.DatetimeIndex(usage.index).tz
    readings = temperatures(temperature, zone)
    daily, _, full = readings.daily()
    mean = pd.Series(daily[full], index=readings.calendar.dates[full])
    dates = pd.DatetimeIndex(usage.index).tz_localize(None).to_numpy().astype("datetime64[D]")
    both = mean.reindex(dates).to_numpy()
    kept = ~np.isnan(both)
    return np.asarray(usage.to_numpy()[kept], dtype=np.float64), np.asarray(both[kept], dtype=np.float64)


def _best(
    model: str,
    kwh: Floats,
    degrees: Floats,
    nnls: Callable[..., tuple[Floats, float]],
    brute: Callable[..., Floats],
) -> _Fit:
    """Return one model with the bases that leave the least squares."""
    low, high = np.quantile(degrees, [0.05, 0.95])
    fit = partial(_solved, model, kwh, degrees, nnls)
    if model == "flat" or high - low < 1e-9:
        return fit(())
    dimensions = 2 if model == "both" else 1
    bases = brute(lambda at: fit(tuple(np.atleast_1d(at))).squares, [(low, high)] * dimensions, Ns=16)
    return fit(tuple(np.atleast_1d(bases)))


def _solved(
    model: str,
    kwh: Floats,
    degrees: Floats,
    nnls: Callable[..., tuple[Floats, float]],
    bases: tuple[float, ...],
) -> _Fit:
    """Return base and slopes at given change points, slopes not below 0."""
    heating_base = float(bases[0]) if bases and model in {"heating", "both"} else np.nan
    cooling_base = float(bases[-1]) if bases and model in {"cooling", "both"} else np.nan
    if model == "both" and bases and heating_base > cooling_base:
        return _Fit(model, 0.0, 0.0, heating_base, 0.0, cooling_base, float(np.sum(kwh**2)) * 10)
    columns = [np.ones(len(kwh))]
    if not np.isnan(heating_base):
        columns.append(np.maximum(heating_base - degrees, 0.0))
    if not np.isnan(cooling_base):
        columns.append(np.maximum(degrees - cooling_base, 0.0))
    found, residual = nnls(np.stack(columns, axis=1), kwh)
    heating = float(found[1]) if not np.isnan(heating_base) else np.nan
    cooling = float(found[-1]) if not np.isnan(cooling_base) else np.nan
    return _Fit(model, float(found[0]), heating, heating_base, cooling, cooling_base, float(residual) ** 2)


def _words(fit: _Fit, unit: str, explained: float) -> str:
    parts = [f"{fit.base:.1f} kWh a day"]
    if not np.isnan(fit.heating):
        parts.append(f"{fit.heating:.2f} kWh for each degree {unit} below {fit.heating_base:.1f}")
    if not np.isnan(fit.cooling):
        parts.append(f"{fit.cooling:.2f} kWh for each degree {unit} above {fit.cooling_base:.1f}")
    told = "" if np.isnan(explained) else f"; the model explains {explained:.0%} of the days' variance"
    return ", ".join(parts) + told
