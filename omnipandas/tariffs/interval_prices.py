"""What each interval costs, and what one kilowatt-hour more in it would."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from omnipandas.intervals.units import Floats
from omnipandas.schema import INTERVAL_COSTS, TEXT

from .components import Rider
from .ledger import priced
from .model import Tariff
from .pricing.compiled import DailyFixed, Dates, Plan, options_of
from .pricing.energy_items import TierRule
from .pricing.ledger_frames import account_codes
from .pricing.line_items import Bill
from .pricing.metering import Metered


def interval_costs(
    hourly: pd.DataFrame | pd.Series,
    tariff: Tariff,
    billing_periods: Any = None,
    *,
    tiers: TierRule = "pro_rata",
    daily_fixed: DailyFixed = "actual",
    dates: Dates = "as_read",
    export: pd.DataFrame | pd.Series | None = None,
) -> pd.DataFrame:
    """Return what each interval of a load costs under a tariff, and its marginal price.

    Energy charges are laid on the intervals of their time-of-use period by usage, a demand charge on
    the interval that sets the peak (the first of equal ones; a daily one on each day's), all else evenly
    on the billing period. The intervals' dollars add up to the bills of `charges`.

    Parameters
    ----------
    hourly, tariff, billing_periods, tiers, daily_fixed, dates, export
        As for `charges`.

    Returns
    -------
    DataFrame
        INTERVAL_COSTS: index `interval_start`, tz-aware; `service_account_id`, `tou_period` (of the
        first energy charge), `usage_kwh` [kWh], `energy_usd`, `demand_usd`, `fixed_usd`, `other_usd` and
        `amount_usd` [USD], `marginal_usd_per_kwh` [USD/kWh]: what the energy charges and the percentage
        riders on them rise by for one more kilowatt-hour. Demand charges are not in it. Where tiers
        are filled in chronological order it is the price of the tier in which the billing period ends.

    Raises
    ------
    SchemaError, ArgumentError, TariffError
        As `charges`.

    Examples
    --------
    >>> import pandas as pd
    >>> import omnipandas as op
    >>> index = pd.date_range("2023-01-02", periods=24, freq="h", tz="America/Denver")
    >>> tariff = op.Tariff.tou("Evening", {"peak": 0.3, "rest": 0.1}, {"peak": "17-20", "rest": "otherwise"})
    >>> costs = op.interval_costs(pd.Series(2.0, index=index), tariff)
    >>> costs["energy_usd"].iloc[[16, 17]].tolist()
    [0.2, 0.6]
    """
    options = options_of(tiers, daily_fixed, "none", dates)
    frames = [
        _frame(plan, metered, accounts)
        for plan, metered, accounts in priced(hourly, tariff, billing_periods, options, export)
    ]
    if not frames:
        zone = (
            str(hourly.index.tz) if isinstance(hourly.index, pd.DatetimeIndex) and hourly.index.tz else "UTC"
        )
        return INTERVAL_COSTS.empty(zone)
    names = list(dict.fromkeys(n for frame in frames for n in frame["service_account_id"].cat.categories))
    kind = pd.CategoricalDtype(names)
    return pd.concat([f.assign(service_account_id=f["service_account_id"].astype(kind)) for f in frames])


def _frame(plan: Plan, metered: Metered, accounts: tuple[Hashable, ...]) -> pd.DataFrame:
    bill = plan.bill(metered)
    billed = plan.timeline.period_of >= 0
    energy, demand = np.zeros_like(metered.usage), np.zeros_like(metered.usage)
    for line in plan.energy:
        energy += line.by_interval(metered, bill.of(line).amounts)
    for peaks in plan.demand:
        demand += peaks.by_interval(metered, bill.of(peaks).amounts)
    fixed = _spread(plan, bill, ("fixed",))
    rest = _spread(plan, bill, ("minimum", "credit", "tax", "rounding"))
    labels = np.array([*plan.energy[0].labels, np.nan] if plan.energy else [np.nan], dtype=object)
    period = labels[plan.energy[0].groups.of] if plan.energy else np.full(len(billed), np.nan, dtype=object)
    marginal = marginal_prices(plan, metered)

    def column(values: Floats) -> Floats:
        return values[billed].ravel(order="F")

    count = int(billed.sum())
    stamps = pd.DatetimeIndex(plan.timeline.index[billed]).as_unit("us")
    owner = np.repeat(np.arange(len(accounts)), count)
    columns = {
        "service_account_id": account_codes(list(accounts), owner),
        "tou_period": pd.array(np.tile(period[billed], len(accounts)), dtype=TEXT),
        "usage_kwh": column(metered.usage),
        "energy_usd": column(energy),
        "demand_usd": column(demand),
        "fixed_usd": column(fixed),
        "other_usd": column(rest),
        "amount_usd": column(energy + demand + fixed + rest),
        "marginal_usd_per_kwh": column(marginal),
    }
    index = stamps.append([stamps] * (len(accounts) - 1)).rename("interval_start")
    return pd.DataFrame(columns, index=index)


def marginal_prices(plan: Plan, metered: Metered) -> Floats:
    """Return what one more kWh in each interval would cost, for each account [USD/kWh]."""
    total = np.zeros_like(metered.usage)
    for line in plan.energy:
        total += line.at_intervals(line.marginal(metered))
    return total * _rider_factor(plan)[:, None]


def _rider_factor(plan: Plan) -> Floats:
    timeline = plan.timeline
    factor = np.ones(timeline.count + 1)
    for version, tariff in plan.versions:
        taxes = np.zeros(timeline.count)
        for rider in tariff.of(Rider):
            base = ("energy" in rider.of) + taxes * ("tax" in rider.of)
            levied = np.isin(timeline.middle_month + 1, rider.months)
            taxes = taxes + rider.share * version.share * base * levied
        factor[:-1] += taxes
    return factor[timeline.period_of]


def _spread(plan: Plan, bill: Bill, components: tuple[str, ...]) -> Floats:
    timeline = plan.timeline
    total = bill.subtotal(components) / (timeline.hi - timeline.lo)[:, None]
    every = np.vstack([total, np.zeros((1, total.shape[1]))])
    return every[timeline.period_of]
