"""The prices behind the bills."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.billed import billed
from omnipandas.intervals.optional import scipy_part
from omnipandas.intervals.units import Floats
from omnipandas.schema import IMPLIED_RATES

from .choices import keyed

FEWEST_MONTHS = 6
WIDEST = 0.5
NAMES = ("fixed_usd", "on_peak_usd_per_kwh", "off_peak_usd_per_kwh")
BOUNDS = ("fixed_usd", "on_peak", "off_peak")


def implied_rates(monthly: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return the fixed charge and the prices on-peak and off-peak that best explain each account's bills.

    Parameters
    ----------
    monthly : DataFrame
        MONTHLY or BILLS, of one account or of many, in any order; bills without split or cost are left out.
    confidence : float, default 0.95
        Of the intervals.

    Returns
    -------
    DataFrame
        IMPLIED_RATES: index `service_account_id`; `fixed_usd` [USD a month], `on_peak_usd_per_kwh` and
        `off_peak_usd_per_kwh` [USD/kWh], each with the ends of its interval; `months`, `rmse_usd`,
        `told_apart`, `words`. Where the bills cannot tell them apart all prices are NaN, `told_apart` is
        false and `words` says why. An empty frame gives an empty result.

    Raises
    ------
    SchemaError
        Where `monthly` is neither MONTHLY nor BILLS.
    ArgumentError
        Where `confidence` does not lie between 0 and 1.
    OmnipandasError
        Where SciPy is not installed (extra ``studies``).

    Notes
    -----
    Ordinary least squares, cost = fixed + on-peak price x on-peak usage + off-peak price x off-peak usage,
    with Student's t for the intervals. Refused: fewer than six bills, usage that rises and falls together
    on-peak and off-peak, or intervals wider than half the mean price (of the mean bill, for the fixed
    charge) on either side. One set of prices is taken for all months: seasons and tiers show as a large
    `rmse_usd`.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> month = pd.date_range("2023-01-01", periods=6, freq="MS", unit="us", name="month")
    >>> monthly = pd.DataFrame(
    ...     {
    ...         "service_account_id": "a",
    ...         "on_peak_kwh": [90.0, 80.0, 120.0, 60.0, 70.0, 150.0],
    ...         "off_peak_kwh": [300.0, 280.0, 250.0, 310.0, 260.0, 330.0],
    ...     },
    ...     index=month,
    ... )
    >>> monthly["total_kwh"] = monthly["on_peak_kwh"] + monthly["off_peak_kwh"]
    >>> monthly["cost_usd"] = 10 + 0.2 * monthly["on_peak_kwh"] + 0.1 * monthly["off_peak_kwh"]
    >>> op.implied_rates(monthly).round(3)[["fixed_usd", "on_peak_usd_per_kwh", "told_apart"]]
                        fixed_usd  on_peak_usd_per_kwh  told_apart
    service_account_id
    a                        10.0                  0.2        True
    """
    if not 0 < confidence < 1:
        raise ArgumentError(f"confidence lies between 0 and 1, not {confidence}.")
    names = ("on_peak_kwh", "off_peak_kwh", "total_kwh", "cost_usd")
    bills = billed(monthly, names)
    accounts, account = bills.accounts, bills.account
    stats = scipy_part("stats", "implied_rates")
    on, off, _, cost = (bills.numbers(name) for name in names)
    known = ~(np.isnan(on) | np.isnan(off) | np.isnan(cost))
    rows = []
    for place in range(len(accounts)):
        own = known & (account == place)
        freedom = max(int(own.sum()) - 3, 1)
        wide = float(stats.t.ppf((1 + confidence) / 2, freedom))
        rows.append(_rates(on[own], off[own], cost[own], wide))
    return keyed(IMPLIED_RATES, accounts, rows)


def _rates(on: Floats, off: Floats, cost: Floats, wide: float) -> dict[str, object]:
    """Return one account's row of IMPLIED_RATES."""
    row: dict[str, object] = {column.name: np.nan for column in IMPLIED_RATES.columns}
    row |= {"months": len(cost), "told_apart": False}
    if len(cost) < FEWEST_MONTHS:
        return row | {"words": f"refused: {len(cost)} bills with a split and a cost, {FEWEST_MONTHS} needed"}
    design = np.stack([np.ones(len(cost)), on, off], axis=1)
    scale = np.maximum(np.abs(design).max(axis=0), 1e-12)
    if np.linalg.matrix_rank(design / scale, tol=1e-6) < 3:
        return row | {
            "words": "refused: on-peak and off-peak usage rise and fall together (or do not change), so that "
            "no bill tells their prices apart"
        }
    found = np.linalg.lstsq(design / scale, cost, rcond=None)[0] / scale
    left = cost - design @ found
    row["rmse_usd"] = float(np.sqrt(np.mean(left**2)))
    variance = float(left @ left) / (len(cost) - 3)
    covariance = np.linalg.inv((design / scale).T @ (design / scale)) / np.outer(scale, scale)
    half = wide * np.sqrt(variance * np.diag(covariance))
    limits = _limits(on, off, cost)
    if (half > limits).any():
        worst = NAMES[int(np.argmax(half / limits))]
        return row | {
            "words": f"refused: the bills leave {worst} open to {half[NAMES.index(worst)]:.3g} "
            "on either side; more months, or months that differ more, would tell"
        }
    for name, bound, value, width in zip(NAMES, BOUNDS, found, half, strict=True):
        row |= {name: value, f"{bound}_low": value - width, f"{bound}_high": value + width}
    words = f"{len(cost)} bills explained within {row['rmse_usd']:.2f} USD (root mean square)"
    return row | {"told_apart": True, "words": words}


def _limits(on: Floats, off: Floats, cost: Floats) -> npt.NDArray[np.float64]:
    """Return how wide each interval may be on either side."""
    price = abs(float(cost.sum())) / max(float((on + off).sum()), 1e-12)
    return WIDEST * np.array([max(abs(float(cost.mean())), 0.01), price, price])
