"""What a kilowatt-hour costs, as the bills tell it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.schema import COST_PER_KWH

from .calendars import counted, summed
from .readings import choice, monthly_accounts

SPANS = ("month", "quarter", "year", "all")


def cost_per_kwh(monthly: pd.DataFrame, *, by: str = "month") -> pd.DataFrame:
    """Return the all-in price of each month, or of longer spans: cost by usage.

    Parameters
    ----------
    monthly : DataFrame
        MONTHLY, of one account or of many, in any order.
    by : {"month", "quarter", "year", "all"}, default "month"
        Over what to take the mean; months whose cost or usage is unknown are left out of both sums.

    Returns
    -------
    DataFrame
        COST_PER_KWH: index `month` (first of the span), `total_kwh` [kWh], `cost_usd` [USD] and
        `all_in_usd_per_kwh` [USD/kWh], which holds fixed charges and taxes too. NaN where cost or usage is
        unknown, and where no energy was used. An empty frame gives an empty result.

    Raises
    ------
    SchemaError
        Where `monthly` is not MONTHLY.
    ArgumentError
        Where `by` is none of the four.

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
    choice("by", by, SPANS)
    accounts, account = monthly_accounts(monthly, ["total_kwh", "cost_usd"])
    if not len(monthly):
        return COST_PER_KWH.empty()
    kwh, usd = (
        monthly[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in ("total_kwh", "cost_usd")
    )
    month = pd.DatetimeIndex(monthly.index).to_numpy().astype("datetime64[M]")
    spans, place = np.unique(_span(month, by), return_inverse=True)
    code = account * len(spans) + place
    known = ~(np.isnan(kwh) | np.isnan(usd))
    size = len(accounts) * len(spans)
    both = counted(code[known], size) > 0
    kept = np.flatnonzero(counted(code, size))
    kwh, usd = (
        np.where(both, summed(code[known], values[known], size), np.nan)[kept] for values in (kwh, usd)
    )
    index = pd.DatetimeIndex(spans[kept % len(spans)].astype("datetime64[us]"), name="month")
    return pd.DataFrame(
        {
            "service_account_id": pd.Categorical.from_codes(kept // len(spans), categories=accounts),
            "total_kwh": kwh,
            "cost_usd": usd,
            "all_in_usd_per_kwh": np.divide(usd, kwh, out=np.full(len(kept), np.nan), where=kwh > 0),
        },
        index=index,
    )


def _span(month: npt.NDArray[np.datetime64], by: str) -> npt.NDArray[np.datetime64]:
    """Return the first month of each month's span."""
    number = month.astype(np.int64)
    if by == "all":
        number = np.full_like(number, number.min())
    length = {"month": 1, "quarter": 3, "year": 12, "all": 1}[by]
    return (number // length * length).astype("datetime64[M]")
