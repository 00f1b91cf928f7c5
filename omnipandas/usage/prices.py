"""What a kilowatt-hour costs, as the bills tell it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.billed import Billed, billed
from omnipandas.intervals.groups import counted, summed
from omnipandas.intervals.units import Floats, Ints
from omnipandas.schema import COST_BY_PERIOD, COST_PER_KWH, IMPLIED_RATES, TEXT

from .choices import choice

SPANS = ("month", "quarter", "year", "all")


def cost_per_kwh(
    monthly: pd.DataFrame, *, by: str = "month", rates: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return what a kilowatt-hour costs, all-in and marginal, by month or longer, or by period.

    Parameters
    ----------
    monthly : DataFrame
        MONTHLY or BILLS, of one account or of many, in any order. A bill by read dates counts in the month
        that holds its middle day.
    by : {"month", "quarter", "year", "all", "period"}, default "month"
        Over what to take the mean; months whose cost or usage is unknown are left out of both sums.
        ``period`` tells on-peak from off-peak and needs `rates`.
    rates : DataFrame, optional
        As `implied_rates` returns it, for the marginal price: what one more kilowatt-hour costs.

    Returns
    -------
    DataFrame
        COST_PER_KWH: index `month` (first of the span), `total_kwh` [kWh], `cost_usd` [USD],
        `all_in_usd_per_kwh`, which holds fixed charges and taxes too, and `marginal_usd_per_kwh`
        [USD/kWh], the mean of the periods' prices by their usage. NaN where cost or usage is unknown, where
        no energy was used, and, for the marginal price, where there are no rates. For ``period``
        COST_BY_PERIOD: index `period`, `usage_kwh`, `marginal_usd_per_kwh` and `all_in_usd_per_kwh` (with the
        fixed charge spread over all usage). An empty frame gives an empty result.

    Raises
    ------
    SchemaError
        Where `monthly` is neither MONTHLY nor BILLS, or `rates` is not IMPLIED_RATES.
    ArgumentError
        Where `by` is none of the five, or ``period`` comes without `rates`.

    Examples
    --------
    >>> import omnipandas as op, pandas as pd
    >>> month = pd.DatetimeIndex(["2023-01-01", "2023-02-01", "2023-03-01"], name="month")
    >>> monthly = pd.DataFrame(
    ...     {"service_account_id": "a", "total_kwh": [400.0, 500.0, 0.0], "cost_usd": [60.0, None, 12.0]},
    ...     index=month,
    ... )
    >>> op.cost_per_kwh(monthly)["all_in_usd_per_kwh"]
    month
    2023-01-01    0.15
    2023-02-01     NaN
    2023-03-01     NaN
    Name: all_in_usd_per_kwh, dtype: float64
    """
    choice("by", by, (*SPANS, "period"))
    if by == "period":
        return _by_period(monthly, rates)
    bills = billed(monthly, ["total_kwh", "cost_usd"])
    accounts, account = bills.accounts, bills.account
    if not len(monthly):
        return COST_PER_KWH.empty()
    spans, place = np.unique(_span(bills.month, by), return_inverse=True)
    code, size = account * len(spans) + place, len(accounts) * len(spans)
    kept = np.flatnonzero(counted(code, size))
    kwh, usd = (bills.numbers(name) for name in ("total_kwh", "cost_usd"))
    known = ~(np.isnan(kwh) | np.isnan(usd))
    marginal = _marginal(monthly, bills, rates) * kwh
    price = known & ~np.isnan(marginal)
    sums = [_sum(values, code, size, known)[kept] for values in (kwh, usd)]
    return pd.DataFrame(
        {
            "service_account_id": pd.Categorical.from_codes(kept // len(spans), categories=accounts),
            "total_kwh": sums[0],
            "cost_usd": sums[1],
            "all_in_usd_per_kwh": _ratio(sums[1], sums[0]),
            "marginal_usd_per_kwh": _ratio(
                _sum(marginal, code, size, price)[kept], _sum(kwh, code, size, price)[kept]
            ),
        },
        index=pd.DatetimeIndex(spans[kept % len(spans)].astype("datetime64[us]"), name="month"),
    )


def _numbers(monthly: pd.DataFrame, name: str) -> Floats:
    return np.asarray(monthly[name].to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)


def _sum(values: Floats, code: Ints, size: int, known: npt.NDArray[np.bool_]) -> Floats:
    """Return the sum of the known values of each group; NaN for a group without one."""
    return np.where(counted(code[known], size) > 0, summed(code[known], values[known], size), np.nan)


def _ratio(above: Floats, below: Floats) -> Floats:
    ratio: Floats = np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)
    return ratio


def _prices(accounts: pd.Index, rates: pd.DataFrame) -> list[Floats]:
    """Return fixed charge, on-peak and off-peak price of each account; NaN where there are none."""
    names = ("fixed_usd", "on_peak_usd_per_kwh", "off_peak_usd_per_kwh")
    IMPLIED_RATES.require(rates, names)
    found = rates.reindex(accounts.astype(TEXT))
    return [_numbers(found, name) for name in names]


def _marginal(monthly: pd.DataFrame, bills: Billed, rates: pd.DataFrame | None) -> Floats:
    """Return each month's mean price of one more kilowatt-hour [USD/kWh]."""
    if rates is None:
        return np.full(len(monthly), np.nan)
    split = billed(monthly, ["on_peak_kwh", "off_peak_kwh"])
    on, off = (split.numbers(name) for name in ("on_peak_kwh", "off_peak_kwh"))
    _, on_price, off_price = _prices(bills.accounts, rates)
    return _ratio(on * on_price[bills.account] + off * off_price[bills.account], on + off)


def _by_period(monthly: pd.DataFrame, rates: pd.DataFrame | None) -> pd.DataFrame:
    if rates is None:
        raise ArgumentError('by="period" needs rates=implied_rates(monthly): a bill has one cost for both.')
    bills = billed(monthly, ["on_peak_kwh", "off_peak_kwh"])
    accounts, account = bills.accounts, bills.account
    if not len(monthly):
        return COST_BY_PERIOD.empty()
    on, off = (bills.numbers(name) for name in ("on_peak_kwh", "off_peak_kwh"))
    known = ~(np.isnan(on) | np.isnan(off))
    usage = np.stack([_sum(part, account, len(accounts), known) for part in (on, off)], axis=1)
    fixed, *prices = _prices(accounts, rates)
    marginal = np.stack(prices, axis=1)
    spread = _ratio(fixed * counted(account[known], len(accounts)), usage.sum(axis=1))
    return pd.DataFrame(
        {
            "service_account_id": pd.Categorical.from_codes(
                np.repeat(np.arange(len(accounts)), 2), categories=accounts
            ),
            "usage_kwh": usage.ravel(),
            "marginal_usd_per_kwh": marginal.ravel(),
            "all_in_usd_per_kwh": (marginal + spread[:, np.newaxis]).ravel(),
        },
        index=pd.Index(np.tile(["on_peak", "off_peak"], len(accounts)), dtype=TEXT, name="period"),
    )


def _span(month: npt.NDArray[np.datetime64], by: str) -> npt.NDArray[np.datetime64]:
    """Return the first month of each month's span."""
    number = month.astype(np.int64)
    if by == "all":
        number = np.full_like(number, number.min())
    length = {"month": 1, "quarter": 3, "year": 12, "all": 1}[by]
    return (number // length * length).astype("datetime64[M]")
