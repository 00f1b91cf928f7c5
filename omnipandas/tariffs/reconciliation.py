"""Modelled bills against the utility's own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.schema import CHARGES, MONTHLY, RECONCILIATION, TEXT

from .ledger import bill_totals

CENT = 0.01


def reconcile(ledger: pd.DataFrame, monthly: pd.DataFrame, *, tolerance: float = CENT) -> pd.DataFrame:
    """Return modelled against billed dollars, month by month, with what the residual says in words.

    A billing period stands for the month that holds its middle day.

    Parameters
    ----------
    ledger : DataFrame
        CHARGES, from `charges`.
    monthly : DataFrame
        MONTHLY: index `month`; `service_account_id`, `total_kwh` [kWh] and `cost_usd` [USD].
    tolerance : float, default 0.01
        Up to what difference a bill agrees [USD].

    Returns
    -------
    DataFrame
        RECONCILIATION, a row for each account and month in either frame: `modelled_kwh`, `billed_kwh`,
        `modelled_usd`, `billed_usd`, `residual_usd` (billed less modelled), `residual_share` and
        `verdict`. ``attrs["verdict"]`` has a sentence for each account.

    Raises
    ------
    SchemaError
        Not such frames.
    ArgumentError
        The frames have no account in common, or a month is there twice.

    Examples
    --------
    >>> import pandas as pd
    >>> import omnipandas as op
    >>> index = pd.date_range("2023-01-01", "2023-03-01", freq="h", tz="America/Denver", inclusive="left")
    >>> ledger = op.charges(pd.Series(1.0, index=index, name="home"), op.Tariff.flat("Basic", 0.10))
    >>> monthly = pd.DataFrame({"service_account_id": "home", "on_peak_kwh": 0.0, "off_peak_kwh": 0.0,
    ...                         "total_kwh": [744.0, 672.0], "cost_usd": [79.4, 72.2]},
    ...                        index=pd.DatetimeIndex(["2023-01-01", "2023-02-01"], name="month"))
    >>> residual = op.reconcile(ledger, monthly)
    >>> residual["residual_usd"].round(2).tolist()
    [5.0, 5.0]
    >>> residual.attrs["verdict"]["home"]
    'each bill is 5.00 USD above the model: a fixed charge is missing or differs'
    """
    CHARGES.require(ledger)
    MONTHLY.require(monthly, ["service_account_id", "total_kwh", "cost_usd"])
    modelled, billed = _modelled(ledger), _billed(monthly)
    keys = ["service_account_id", "month"]
    if (
        not set(modelled["service_account_id"]) & set(billed["service_account_id"])
        and len(ledger)
        and len(monthly)
    ):
        raise ArgumentError(
            "the ledger and the bills have no service account in common: "
            f"{modelled['service_account_id'].iloc[0]} and {billed['service_account_id'].iloc[0]}."
        )
    if billed.duplicated(keys).any():
        twice = billed[billed.duplicated(keys)].iloc[0]
        raise ArgumentError(
            f"two bills of {twice['service_account_id']} for {twice['month']:%Y-%m}; keep one."
        )
    both = modelled.merge(billed, on=keys, how="outer").sort_values(keys, kind="stable")
    both["residual_usd"] = both["billed_usd"] - both["modelled_usd"]
    paid = both["billed_usd"].where(both["billed_usd"] != 0)
    both["residual_share"] = both["residual_usd"] / paid
    both["verdict"] = _verdicts(both, tolerance)
    verdicts = {account: _sentence(rows, tolerance) for account, rows in both.groupby("service_account_id")}
    names = pd.CategoricalDtype(list(dict.fromkeys(both["service_account_id"])))
    frame = both.set_index("month")[RECONCILIATION.names].astype(
        {"service_account_id": names, "verdict": TEXT}
    )
    frame.attrs["verdict"] = verdicts
    return frame


def _modelled(ledger: pd.DataFrame) -> pd.DataFrame:
    bills = bill_totals(ledger)
    start, end = (bills[edge].dt.tz_localize(None) for edge in ("period_start", "period_end"))
    middle = start + (end - start) / 2
    bills["month"] = middle.dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    bills["days"] = (end.dt.normalize() - start.dt.normalize()).dt.days
    bills["service_account_id"] = bills["service_account_id"].astype(object)
    grouped = bills.groupby(["service_account_id", "month"], sort=False)
    return grouped.agg(
        modelled_kwh=("usage_kwh", "sum"), modelled_usd=("amount_usd", "sum"), days=("days", "sum")
    ).reset_index()


def _billed(monthly: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "service_account_id": monthly["service_account_id"].astype(object).to_numpy(),
            "month": pd.DatetimeIndex(monthly.index)
            .to_period("M")
            .to_timestamp()
            .to_numpy()
            .astype("datetime64[us]"),
            "billed_kwh": monthly["total_kwh"].to_numpy(dtype=float),
            "billed_usd": monthly["cost_usd"].to_numpy(dtype=float),
        }
    )


def _verdicts(both: pd.DataFrame, tolerance: float) -> list[str]:
    rows = zip(
        both["month"], both["days"], both["modelled_kwh"], both["billed_kwh"],
        both["modelled_usd"], both["billed_usd"], strict=True,
    )  # fmt: skip
    return [_verdict(*row, tolerance=tolerance) for row in rows]


def _verdict(
    month: pd.Timestamp,
    days: float,
    modelled_kwh: float,
    billed_kwh: float,
    modelled_usd: float,
    billed_usd: float,
    *,
    tolerance: float,
) -> str:
    if np.isnan(modelled_usd):
        return "not modelled: no load in this month"
    if np.isnan(billed_usd):
        return "no bill to compare with"
    residual = billed_usd - modelled_usd
    if abs(residual) <= tolerance + 1e-9:
        return "agrees"
    if days < month.days_in_month - 3:
        return f"the load covers {days:.0f} of {month.days_in_month} days"
    if not np.isnan(billed_kwh) and abs(billed_kwh - modelled_kwh) > max(1.0, 0.01 * billed_kwh):
        return f"usage differs: {billed_kwh:,.1f} kWh billed, {modelled_kwh:,.1f} kWh in the load"
    side = "above" if residual > 0 else "below"
    return f"billed {abs(residual):,.2f} USD {side} the model at the same usage"


def _sentence(rows: pd.DataFrame, tolerance: float) -> str:
    """Say what pattern the residuals of one account follow."""
    whole = rows[rows["days"] >= rows["month"].dt.days_in_month - 3]
    known = whole.dropna(subset=["residual_usd"])
    if known.empty:
        return "nothing to compare: no month has both a whole load and a bill"
    residual = known["residual_usd"].to_numpy()
    if (np.abs(residual) <= tolerance + 1e-9).all():
        return f"all {len(known)} bills agree with the model"
    usage = known[["billed_kwh", "modelled_kwh"]].to_numpy()
    apart = np.abs(usage[:, 0] - usage[:, 1]) > np.maximum(1.0, 0.01 * usage[:, 0])
    if apart.any():
        return (
            f"usage differs in {int(apart.sum())} of {len(known)} months: look for gaps, estimated reads, "
            "or billing periods that are not calendar months"
        )
    sign = "above" if residual.mean() > 0 else "below"
    slack = max(0.02, 2 * tolerance)
    if len(known) > 1 and np.ptp(residual) <= slack:
        gap = f"{abs(residual.mean()):,.2f} USD {sign} the model"
        return f"each bill is {gap}: a fixed charge is missing or differs"
    share = residual / known["modelled_usd"].to_numpy()
    if len(known) > 1 and np.ptp(share * known["modelled_usd"].mean()) <= slack:
        return (
            f"each bill is {abs(share.mean()):.2%} {sign} the model: a tax or a percentage rider is missing"
        )
    per_kwh = residual / np.where(usage[:, 1] > 0, usage[:, 1], np.nan)
    if len(known) > 1 and np.ptp(per_kwh * usage[:, 1].mean()) <= slack:
        gap = f"{abs(per_kwh.mean()):.5f} USD/kWh {sign} the model"
        return f"each bill is {gap}: a price per kWh is missing or differs"
    if (change := _change(known, tolerance)) is not None:
        return f"bills agree until {change:%Y-%m} and not from then on: prices changed, add that version"
    total, billed = residual.sum(), known["billed_usd"].sum()
    gap = f"{abs(total):,.2f} USD ({abs(total) / billed:.1%}) {sign} the model"
    return f"bills are {gap} in all, without one pattern"


def _change(known: pd.DataFrame, tolerance: float) -> pd.Timestamp | None:
    good = np.abs(known["residual_usd"].to_numpy()) <= tolerance + 1e-9
    first_bad = int(np.argmin(good))
    if first_bad == 0 or good[first_bad:].any():
        return None
    return pd.Timestamp(known["month"].iloc[first_bad])
