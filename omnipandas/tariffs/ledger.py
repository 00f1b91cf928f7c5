"""The ledger: what each account owes in each billing period, line by line."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.forms import loads_of
from omnipandas.intervals.loads import Loads
from omnipandas.schema import CHARGES

from .model import Tariff
from .pricing.compiled import DailyFixed, Dates, Options, Plan, Rounding, options_of, plan_of
from .pricing.energy_items import TierRule
from .pricing.metering import Metered
from .pricing.timeline import IndexKey, billing_days


def charges(
    hourly: pd.DataFrame | pd.Series,
    tariff: Tariff,
    billing_periods: Any = None,
    *,
    tiers: TierRule = "pro_rata",
    daily_fixed: DailyFixed = "actual",
    rounding: Rounding = "none",
    dates: Dates = "as_read",
    export: pd.DataFrame | pd.Series | None = None,
) -> pd.DataFrame:
    """Return the ledger of a load under a tariff: one row for each line of each bill.

    A bill is the sum of its lines' `amount_usd`, exactly. Every line that the tariff can charge in a
    billing period is there, also where its quantity is 0.

    Parameters
    ----------
    hourly : DataFrame or Series
        INTERVALS of one or more accounts, or a tz-aware Series of one account's usage [kWh], or a frame
        of usage [kWh] with a tz-aware index and a column for each account. Intervals of an hour or
        finer. Energy sent to the grid stands in the column ``export_kwh`` of INTERVALS, not negative.
    tariff : Tariff
        The tariff.
    billing_periods : DataFrame, IntervalIndex or iterable of (start, end), optional
        Read dates: local days, the end not part of the period. A frame has `period_start` and
        `period_end`, and `service_account_id` where accounts differ. By default calendar months; a month
        that the load covers in part is billed for the days that it covers.
    tiers : {"pro_rata", "chronological", "per_period"}
        How tiers and time-of-use periods meet. ``pro_rata``: the bounds hold for the billing period's
        usage, each tier is shared over the time-of-use periods by their usage. ``chronological``: usage
        climbs the tiers interval after interval. ``per_period``: the bounds hold for each time-of-use
        period on its own.
    daily_fixed : {"actual", "twelfths"}
        Days of a charge by the day: the real ones, or 365/12 in each month.
    rounding : {"none", "line", "bill"}
        Nothing is rounded; each line is rounded to the cent; or each bill is, by a line `rounding`.
        Half a cent is rounded away from zero.
    dates : {"as_read", "in_force", "any"}
        What becomes of a load outside the tariff's dates. ``as_read``: the dates of a dated tariff
        and of one made here bind; those of a single published sheet do not, for a study applies its
        prices to the load at hand, and ``ledger.attrs["notes"]`` says so. ``in_force``: they always bind.
        ``any``: those of a single version never bind.
    export : DataFrame or Series, optional
        Energy sent to the grid [kWh], in the form of a Series or wide `hourly`.

    Returns
    -------
    DataFrame
        CHARGES: `service_account_id`, `period_start`, `period_end` (half-open, in the load's zone),
        `charge`, `component`, `tou_period`, `tier`, `quantity` [unit], `unit`, `price` [USD/unit],
        `amount_usd`; ordered by account, billing period and charge.

    Raises
    ------
    SchemaError
        Gaps, doubles, a naive index, missing or negative values, a billing period not covered.
    ArgumentError
        Billing periods that overlap, an unknown option.
    TariffError
        The tariff is not in force, or says nothing of how export is paid.

    Notes
    -----
    Hours, days and months are local. Demand is the greatest mean load of an interval (of
    `Tariff.demand_window`, where the load is finer): hourly loads understate a 15-minute demand.
    A charge or bound by the month counts once for a billing period of 25 to 35 days (CalTRACK 2.0), by
    its share of the calendar months otherwise. Where prices or seasons change within a billing period,
    usage is priced by its own day; fixed, minimum, percentage and demand charges are shared by days.

    Examples
    --------
    >>> import pandas as pd
    >>> import omnipandas as op
    >>> index = pd.date_range("2023-01-01", "2023-02-01", freq="h", tz="America/Denver", inclusive="left")
    >>> lines = op.charges(pd.Series(1.0, index=index), op.Tariff.flat("Basic", 0.12, fixed=9.5))
    >>> lines[["charge", "quantity", "unit", "price", "amount_usd"]]
                charge  quantity   unit  price  amount_usd
    line
    0           energy     744.0    kWh   0.12       89.28
    1     fixed charge       1.0  month   9.50        9.50
    """
    options = options_of(tiers, daily_fixed, rounding, dates)
    frames = [
        plan.ledger(plan.bill(metered), accounts)
        for plan, metered, accounts in priced(hourly, tariff, billing_periods, options, export)
    ]
    return joined(frames, hourly)


def priced(
    hourly: pd.DataFrame | pd.Series,
    tariff: Tariff,
    billing_periods: Any,
    options: Options,
    export: pd.DataFrame | pd.Series | None,
) -> Iterator[tuple[Plan, Metered, tuple[Hashable, ...]]]:
    """Give, for each set of accounts that share intervals and billing periods, the plan and the readings."""
    if not isinstance(tariff, Tariff):
        raise ArgumentError(f"a Tariff is needed, not {type(tariff).__name__}; read_tariff makes one.")
    if not len(hourly):
        return
    for loads in loads_of(hourly, export):
        key = IndexKey(loads.index, loads.length)
        periods = billing_days(billing_periods, loads.index.tz)
        if None in periods:
            plan = plan_of(key, periods[None], tariff, options)
            yield plan, plan.metered(loads.usage, loads.export), loads.accounts
            continue
        if missing := [account for account in loads.accounts if account not in periods]:
            raise ArgumentError(f"billing_periods has no period of the account {missing[0]}.")
        for account in loads.accounts:
            plan = plan_of(key, periods[account], tariff, options)
            one = _one(loads, account)
            yield plan, plan.metered(one.usage, one.export), one.accounts


def _one(loads: Loads, account: Hashable) -> Loads:
    at = [loads.accounts.index(account)]
    sent = None if loads.export is None else loads.export[:, at]
    return replace(loads, accounts=(account,), usage=loads.usage[:, at], export=sent)


def joined(frames: list[pd.DataFrame], hourly: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Return ledgers as one, with a common set of accounts; an empty one for an empty load."""
    if not frames:
        index = hourly.index
        zone = str(index.tz) if isinstance(index, pd.DatetimeIndex) and index.tz else "UTC"
        return CHARGES.empty(zone)
    if len(frames) == 1:
        return frames[0]
    accounts = [name for frame in frames for name in frame["service_account_id"].cat.categories]
    kind = pd.CategoricalDtype(list(dict.fromkeys(accounts)))
    alike = [frame.assign(service_account_id=frame["service_account_id"].astype(kind)) for frame in frames]
    attrs = frames[0].attrs
    whole = pd.concat(alike, ignore_index=True)
    whole.index = pd.RangeIndex(len(whole), name=CHARGES.index.name)
    whole.attrs = {**attrs, "notes": tuple(dict.fromkeys(n for f in frames for n in f.attrs["notes"]))}
    return whole


def bill_totals(ledger: pd.DataFrame) -> pd.DataFrame:
    """Return the total of each bill in a ledger.

    Parameters
    ----------
    ledger : DataFrame
        CHARGES.

    Returns
    -------
    DataFrame
        A row for each account and billing period: `service_account_id`, `period_start`, `period_end`,
        `usage_kwh` [kWh], `amount_usd` [USD].

    Raises
    ------
    SchemaError
        Not a ledger.

    Examples
    --------
    >>> import pandas as pd
    >>> import omnipandas as op
    >>> index = pd.date_range("2023-01-01", "2023-03-01", freq="h", tz="America/Denver", inclusive="left")
    >>> ledger = op.charges(pd.Series(1.0, index=index), op.Tariff.flat("Basic", 0.10))
    >>> op.bill_totals(ledger)["amount_usd"].tolist()
    [74.4, 67.2]
    """
    CHARGES.require(ledger)
    bills = ["service_account_id", "period_start", "period_end"]
    energy = (ledger["component"] == "energy") & (ledger["unit"] == "kWh")
    names = ledger.loc[energy, "charge"]
    first = energy & (ledger["charge"] == (names.iloc[0] if len(names) else ""))
    kept = ledger[bills].assign(
        usage_kwh=np.where(first, ledger["quantity"], 0.0), amount_usd=ledger["amount_usd"]
    )
    return kept.groupby(bills, observed=True, sort=False).sum().reset_index()
