"""The sandbox's loads beside real ones: the figures, their real ranges, and the page that shows both.

    python -m tests.sandbox.realism      writes omnipandas/sandbox/REALISM.md

The ranges are those of twelve real homes and of real commercial buildings read by a utility's meter (hourly,
a year or more each; Illinois, San Diego, Northern California, Texas, Vancouver, a European home with panels,
offices in Washington and London, a food shop in Arizona and others of the same kinds), as collected for this
project in November 2026 from public data sets. Only figures are taken over, no reading.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from omnipandas.sandbox import calendars, climate, meter, premises
from omnipandas.sandbox.businesses import Business
from omnipandas.sandbox.homes import home_load
from omnipandas.sandbox.premises import Premise

PAGE = Path(premises.__file__).with_name("REALISM.md")
YEARS = range(2023, 2026)

#: name: (what it is, lowest and highest of real homes, lowest and highest of real buildings)
SHAPES = {
    "cv": ("standard deviation / mean", (0.477, 0.963), (0.227, 0.894)),
    "skew": ("skewness", (0.895, 3.973), (0.562, 1.381)),
    "a1": ("autocorrelation, 1 h", (0.442, 0.876), (0.760, 0.961)),
    "a24": ("autocorrelation, 24 h", (0.243, 0.839), (0.646, 0.898)),
    "a168": ("autocorrelation, 168 h", (0.224, 0.757), (0.513, 0.935)),
    "res_a1": ("the same, 1 h, of what the profile leaves", (0.310, 0.709), (0.653, 0.946)),
    "profR2": ("share explained by month x weekend x hour", (0.224, 0.772), (0.351, 0.935)),
    "LF": ("load factor", (0.076, 0.313), (0.062, 0.569)),
    "base": ("median daily lowest 3-h mean / mean", (0.232, 0.637), (0.500, 0.798)),
    "we_wd": ("weekend / weekday", (0.939, 1.286), (0.676, 1.093)),
    "day_cv": ("standard deviation / mean of days", (0.218, 0.729), (0.129, 0.758)),
    "mon_hi_lo": ("highest / lowest month", (1.327, 10.646), (1.091, 7.132)),
    "pk_16_21": ("days with their peak at 16-21 h", (0.230, 0.945), (0.134, 0.420)),
    "pk_ent": ("entropy of the peak's hour [bit]", (2.250, 4.164), (2.885, 4.461)),
    "on_share": ("share at 16-20 h on weekdays", (0.155, 0.278), (0.142, 0.188)),
    "night_share": ("share before 6 h", (0.115, 0.286), (0.170, 0.265)),
    "step": ("mean change from hour to hour / mean", (0.157, 0.475), (0.048, 0.166)),
    "low_days": ("days below 0.4 of the median day", (0.000, 0.128), (0.000, 0.203)),
    "spike": ("hours above 5 medians", (0.000, 0.066), (0.000, 0.006)),
}
#: Absolute figures of real homes [kWh per hour], and of real buildings as multiples of their mean.
SIZES = {
    "mean": ((0.58, 2.86), (1.0, 1.0)),
    "p5": ((0.13, 1.03), (0.43, 0.58)),
    "p50": ((0.39, 2.61), (0.84, 0.92)),
    "p95": ((1.47, 5.52), (1.66, 1.74)),
    "max": ((5.18, 12.4), (2.17, 3.55)),
}
#: kWh per degree-day [degrees Celsius], of homes with electric heating or with cooling.
SLOPES = {"heating": (0.1, 0.5), "cooling": (2.5, 3.8)}
HEATED = {"family", "studio-flat", "all-electric", "empty-house"}
COOLED = {"family", "night-charger", "desert-ranch", "sunny-roof", "poolside"}


def load(premise: Premise, *, before_panels: bool = False) -> pd.Series:
    """Return three years of hours [kWh] without the dirt, in local time."""
    parts = []
    for year in YEARS:
        hours = calendars.year_hours(premise.zone, year)
        usage = meter.counted(premise, year) / 1000
        if before_panels:
            usage = np.round(home_load(premise.key, premise.load, premise.climate, hours), 3)
        index = pd.to_datetime(hours.utc * 3600, unit="s", utc=True).tz_convert(premise.zone)
        parts.append(pd.Series(usage, index=index))
    return pd.concat(parts)


def weather(premise: Premise) -> pd.Series:
    """Return the daily mean temperature [degrees Celsius]."""
    hours = [calendars.year_hours(premise.zone, year) for year in YEARS]
    degrees = np.concatenate([climate.temperature(premise.climate, one) for one in hours])
    days = pd.to_datetime(np.concatenate([one.day for one in hours]), unit="D")
    return pd.Series(degrees).groupby(days).mean()


def figures(usage: pd.Series) -> dict[str, float]:
    """Return all shape and size figures of an hourly load in local time."""
    local = usage.index
    hour, weekend, month = local.hour, local.day_of_week >= 5, local.month
    day = pd.to_datetime(local.date)
    days = usage.groupby(day).sum()
    mean = usage.mean()
    profile = usage.groupby([month, weekend, hour]).transform("mean")
    left = usage - profile
    peaks = usage.groupby(day).idxmax().map(lambda moment: moment.hour)
    shares = peaks.value_counts(normalize=True)
    months = usage.groupby(month).mean()
    return {
        "mean": mean,
        "p5": usage.quantile(0.05),
        "p50": usage.median(),
        "p95": usage.quantile(0.95),
        "max": usage.max(),
        "cv": usage.std() / mean,
        "skew": usage.skew(),
        # The hours are consecutive in true time, so a shift by rows is a shift by hours.
        "a1": usage.autocorr(1),
        "a24": usage.autocorr(24),
        "a168": usage.autocorr(168),
        "res_a1": left.autocorr(1),
        "profR2": 1 - left.var() / usage.var(),
        "LF": mean / usage.max(),
        "base": usage.rolling(3).mean().groupby(day).min().median() / mean,
        "we_wd": usage[weekend].mean() / usage[~weekend].mean(),
        "day_cv": days.std() / days.mean(),
        "mon_hi_lo": months.max() / months.min(),
        "pk_16_21": peaks.between(16, 21).mean(),
        "pk_ent": -(shares * np.log2(shares)).sum(),
        "on_share": usage[~weekend & (hour >= 16) & (hour < 21)].sum() / usage.sum(),
        "night_share": usage[hour < 6].sum() / usage.sum(),
        "step": usage.diff().abs().mean() / mean,
        "low_days": (days < 0.4 * days.median()).mean(),
        "spike": (usage > 5 * usage.median()).mean(),
    }


def slopes(usage: pd.Series, degrees: pd.Series) -> dict[str, float]:
    """Return the kWh per degree-day of the best change-point model of daily usage (least squares)."""
    days = usage.groupby(pd.to_datetime(usage.index.date)).sum().to_numpy()
    best = None
    for low in range(10, 19):
        for high in range(max(low, 16), 25):
            cold, warm = np.maximum(low - degrees, 0), np.maximum(degrees - high, 0)
            model = np.column_stack([np.ones(len(days)), cold, warm])
            solved, *_ = np.linalg.lstsq(model, days, rcond=None)
            error = ((days - model @ solved) ** 2).sum()
            if best is None or error < best[0]:
                best = (error, solved)
    return {"heating": best[1][1], "cooling": best[1][2]}


def outside(premise: Premise, found: dict[str, float]) -> list[str]:
    """Return the names of the figures that lie outside the real range."""
    business = isinstance(premise.load, Business)
    ranges = {name: limits[1 + business] for name, limits in SHAPES.items()}
    ranges |= {name: limits[business] for name, limits in SIZES.items()}
    if premise.key in HEATED and "heating" in found:
        ranges["heating"] = SLOPES["heating"]
    if premise.key in COOLED and "cooling" in found:
        ranges["cooling"] = SLOPES["cooling"]
    scale = found["mean"] if business else 1.0
    # The real figures are printed to two or three digits: so are ours, before they are compared.
    sized = {
        name: round(found[name] / scale, 2) if name in SIZES else round(found[name], 3) for name in ranges
    }
    return [name for name, (low, high) in ranges.items() if not low <= sized[name] <= high]


def measured() -> dict[str, tuple[Premise, dict[str, float]]]:
    """Return the figures of each premise, and of the solar house both before and behind its panels."""
    found = {}
    for premise in premises.PREMISES:
        roof = not isinstance(premise.load, Business) and premise.load.roof
        usage = load(premise, before_panels=bool(roof))
        numbers = figures(usage) | slopes(usage, weather(premise))
        found[premise.key] = (premise, numbers)
        if roof:
            found[f"{premise.key}, net"] = (premise, figures(load(premise)))
    return found


def page(found: dict[str, tuple[Premise, dict[str, float]]]) -> str:
    """Return the text of REALISM.md."""
    net = next(name for name in found if name.endswith("net"))
    homes = {name: one for name, one in found.items() if not isinstance(one[0].load, Business)}
    del homes[net]
    businesses = {name: one for name, one in found.items() if isinstance(one[0].load, Business)}
    means = ", ".join(f"{one[1]['mean']:.3g}" for one in businesses.values())
    served = found[net][1]
    lines = [
        "# The sandbox's loads beside real ones",
        "",
        "Made by `python -m tests.sandbox.realism`; a test keeps it true. The figures are of the hours of",
        f"{YEARS[0]} to {YEARS[-1]}, without the dirt. *Real* is the range of real premises read by a",
        "utility's meter: twelve homes, and commercial buildings. All figures of the sandbox lie inside.",
        "",
        "## Homes",
        *_table(homes, business=False),
        "",
        "Slopes are kWh a day per degree Celsius of the best change-point model, given where a home has",
        "electric heating or cooling.",
        "",
        "## Businesses",
        "Sizes are multiples of the mean: the real ones are of 50 to 60 kWh per hour, the sandbox's of",
        f"{means}.",
        "",
        *_table(businesses, business=True),
        "",
        "## Behind solar panels",
        "The contract has no field for export, so the sunny-roof house is served what its meter takes from",
        "the grid, never below 0. The table above has its consumption. What is served lies outside the range",
        "of homes without panels in three figures, two of which do so in a real home with panels too (its",
        "import: cv 1.03, base 0, 27 % of the hours at 0):",
        f"cv {served['cv']:.2f}, base {served['base']:.2f},",
        f"share at 16-20 h on weekdays {served['on_share']:.2f}.",
        "",
    ]
    return "\n".join(lines)


def _table(found: dict[str, tuple[Premise, dict[str, float]]], *, business: bool) -> list[str]:
    lines = [
        f"| Figure | Real | {' | '.join(found)} |",
        "| --- | --- |" + " --- |" * len(found),
    ]
    for name, limits in SIZES.items():
        if business and name == "mean":
            continue
        unit = "x mean" if business else "[kWh per hour]"
        low, high = limits[business]
        cells = [one[1][name] / (one[1]["mean"] if business else 1.0) for one in found.values()]
        lines.append(
            f"| {name} {unit} | {low:g} to {high:g} | {' | '.join(f'{cell:.2f}' for cell in cells)} |"
        )
    for name, (meaning, *limits) in SHAPES.items():
        low, high = limits[business]
        cells = [f"{one[1][name]:.3f}" for one in found.values()]
        lines.append(f"| {meaning} | {low:g} to {high:g} | {' | '.join(cells)} |")
    if not business:
        for name, keys in (("heating", HEATED), ("cooling", COOLED)):
            low, high = SLOPES[name]
            cells = [f"{one[1][name]:.2f}" if key in keys else "" for key, one in found.items()]
            lines.append(f"| {name} slope [kWh per degree-day] | {low:g} to {high:g} | {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    PAGE.write_text(page(measured()), encoding="utf-8")
