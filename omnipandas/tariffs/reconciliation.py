"""Modelled bills against the utility's own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.billed import Billed, billed
from omnipandas.schema import CHARGES, RECONCILIATION, STAMP, TEXT

from .ledger import bill_totals

CENT = 0.01
KEYS = ["service_account_id", "start", "end"]


def reconcile(ledger: pd.DataFrame, monthly: pd.DataFrame, *, tolerance: float = CENT) -> pd.DataFrame:
    """Return modelled against billed dollars, bill by bill, with what the residual says in words.

    A month's bill is held against the ledger's period whose middle day lies in that month, a bill by read
    dates against the ledger's period of the same days.

    Parameters
    ----------
    ledger : DataFrame
        CHARGES, from `charges`.
    monthly : DataFrame
        MONTHLY (index `month`) or BILLS (index `period_start`, `period_end`); `service_account_id`,
        `total_kwh` [kWh] and `cost_usd` [USD].
    tolerance : float, default 0.01
        Up to what difference a bill agrees [USD].

    Returns
    -------
    DataFrame
        RECONCILIATION, a row for each account and month (bill) in either frame: `modelled_kwh`, `billed_kwh`,
        `modelled_usd`, `billed_usd`, `residual_usd` (billed less modelled), `residual_share` and
        `verdict`. ``attrs["verdict"]`` has a sentence for each account.

    Raises
    ------
    SchemaError
        Not such frames.
    ArgumentError
        The frames have no account in common, a month or a bill is there twice, or bills by read dates
        are held against a ledger of other periods.

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
    bills = billed(monthly, ["total_kwh", "cost_usd"])
    modelled, paid_for = _modelled(ledger, bills.monthly), _billed(bills)
    _check_matching(modelled, paid_for)
    both = modelled.merge(paid_for, on=KEYS, how="outer", indicator="where").sort_values(KEYS, kind="stable")
    if not bills.monthly and len(modelled) and len(paid_for) and not (both["where"] == "both").any():
        raise ArgumentError(
            "the ledger has no period of the same days as a bill: price it by the bills, "
            "op.charges(hourly, tariff, billing_periods=bills)."
        )
    both["month"] = both["month_x"].fillna(both["month_y"])
    both["days"], both["whole_days"] = both["days_x"], both["days_y"].fillna(both["month"].dt.days_in_month)
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


def _check_matching(modelled: pd.DataFrame, paid_for: pd.DataFrame) -> None:
    """Raise where the ledger and the bills cannot be held against each other."""
    if not len(modelled) or not len(paid_for):
        return
    if not set(modelled["service_account_id"]) & set(paid_for["service_account_id"]):
        raise ArgumentError(
            "the ledger and the bills have no service account in common: "
            f"{modelled['service_account_id'].iloc[0]} and {paid_for['service_account_id'].iloc[0]}."
        )
    if paid_for.duplicated(KEYS).any():
        twice = paid_for[paid_for.duplicated(KEYS)].iloc[0]
        raise ArgumentError(
            f"two bills of {twice['service_account_id']} for {twice['start']:%Y-%m-%d} and on; keep one."
        )


def _modelled(ledger: pd.DataFrame, by_month: bool) -> pd.DataFrame:
    bills = bill_totals(ledger)
    start, end = (bills[edge].dt.tz_localize(None).dt.normalize() for edge in ("period_start", "period_end"))
    bills["days"] = (end - start).dt.days
    bills["month"] = (start + (end - start) / 2).dt.to_period("M").dt.to_timestamp().astype(STAMP)
    bills["start"], bills["end"] = (edge.astype(STAMP) for edge in (start, end))
    if by_month:
        bills["start"], bills["end"] = bills["month"], bills["month"]
    bills["service_account_id"] = bills["service_account_id"].astype(object)
    grouped = bills.groupby(KEYS, sort=False)
    return grouped.agg(
        modelled_kwh=("usage_kwh", "sum"),
        modelled_usd=("amount_usd", "sum"),
        days=("days", "sum"),
        month=("month", "first"),
    ).reset_index()


def _billed(bills: Billed) -> pd.DataFrame:
    edges = (bills.month, bills.month) if bills.monthly else (bills.start, bills.end)
    return pd.DataFrame(
        {
            "service_account_id": bills.frame["service_account_id"].astype(object).to_numpy(),
            "start": edges[0].astype(STAMP),
            "end": edges[1].astype(STAMP),
            "month": bills.month.astype(STAMP),
            "days": bills.days,
            "billed_kwh": bills.numbers("total_kwh"),
            "billed_usd": bills.numbers("cost_usd"),
        }
    )


def _verdicts(both: pd.DataFrame, tolerance: float) -> list[str]:
    rows = zip(
        both["whole_days"], both["days"], both["modelled_kwh"], both["billed_kwh"],
        both["modelled_usd"], both["billed_usd"], strict=True,
    )  # fmt: skip
    return [_verdict(*row, tolerance=tolerance) for row in rows]


def _verdict(
    whole_days: float,
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
    if days < whole_days - 3:
        return f"the load covers {days:.0f} of {whole_days:.0f} days"
    if not np.isnan(billed_kwh) and abs(billed_kwh - modelled_kwh) > max(1.0, 0.01 * billed_kwh):
        return f"usage differs: {billed_kwh:,.1f} kWh billed, {modelled_kwh:,.1f} kWh in the load"
    side = "above" if residual > 0 else "below"
    return f"billed {abs(residual):,.2f} USD {side} the model at the same usage"


def _sentence(rows: pd.DataFrame, tolerance: float) -> str:
    """Say what pattern the residuals of one account follow."""
    whole = rows[rows["days"] >= rows["whole_days"] - 3]
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
