"""A battery behind the meter, dispatched against a tariff by a linear program (HiGHS, through scipy)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from omnipandas.errors import ArgumentError, TariffError
from omnipandas.intervals.loads import Loads
from omnipandas.intervals.optional import library
from omnipandas.intervals.units import Floats, Ints

from .behind_meter import metered, meters
from .components import Demand
from .interval_prices import marginal_prices
from .model import Tariff
from .pricing.compiled import Plan, options_of, plan_of
from .pricing.timeline import IndexKey

FLOWS = ("charge_kwh", "discharge_kwh", "stored_kwh")


def add_battery(
    load: pd.Series | pd.DataFrame,
    tariff: Tariff,
    *,
    kwh: float = 13.5,
    kw: float = 5.0,
    efficiency: float = 0.9,
    grid_charging: bool = True,
    export_price: float = 0.0,
) -> pd.DataFrame:
    """Return a load with a battery that is charged and discharged for the least cost under a tariff.

    Parameters
    ----------
    load : Series or DataFrame
        Usage [kWh] of one account as a Series, tz-aware, or INTERVALS of one account or of many, with
        ``export_kwh`` where there is export (as from `add_solar`). No gaps, and every value is known.
    tariff : Tariff
        The tariff that the dispatch is for.
    kwh, kw : float
        Usable energy [kWh] and greatest power in or out [kW].
    efficiency : float, default 0.9
        Of a round trip; half of the loss falls on each way (its square root).
    grid_charging : bool, default True
        Whether it may charge from the grid, or from what would be exported only.
    export_price : float, default 0
        What a kWh sent to the grid earns [USD/kWh]. The battery itself never sends any.

    Returns
    -------
    DataFrame
        INTERVALS with a battery for each account: `total_kwh` and `export_kwh` [kWh], and beside them
        `charge_kwh`, `discharge_kwh` (both at its terminals) and `stored_kwh` at the interval's end, of all
        its batteries where one was added before. On-peak and off-peak are NaN; further columns stay.

    Raises
    ------
    ArgumentError
        A size that cannot be, a load of another form, or scipy is not installed.
    TariffError
        The tariff has a demand charge by tiers or a ratchet, which is not linear.

    Notes
    -----
    Each billing period is one linear program with perfect foresight, solved by HiGHS: energy at the
    marginal price of the load without the battery (so tiers are held fixed), demand charges at their price
    on each peak. The battery begins and ends each billing period empty. Foresight makes this the most
    that a battery can save, not what one will.

    Examples
    --------
    >>> import pandas as pd
    >>> import omnipandas as op
    >>> index = pd.date_range("2023-01-02", periods=24, freq="h", tz="America/Denver")
    >>> tariff = op.Tariff.tou("Night", {"day": 0.30, "night": 0.10}, {"day": "6-22", "night": "otherwise"})
    >>> after = op.add_battery(pd.Series(1.0, index=index), tariff, kwh=4.0, kw=2.0, efficiency=1.0)
    >>> round(float(after["discharge_kwh"].sum()), 6)
    4.0
    """
    if kwh < 0 or kw <= 0 or not 0 < efficiency <= 1:
        raise ArgumentError("kwh must not be negative, kw above 0, and efficiency in (0, 1].")
    found = meters(load)
    one_way, terms = efficiency**0.5, (grid_charging, export_price)
    flows = [_dispatches(each, tariff, (kw * each.hours, kwh, one_way), terms) for each in found]
    changed = metered(load, found, [charge - discharge for charge, discharge, _ in flows])
    for place, name in enumerate(FLOWS):
        flow = np.zeros(len(changed))
        for loads, each in zip(found, flows, strict=True):
            flow[slice(None) if loads.rows is None else loads.rows.ravel()] = each[place].ravel()
        changed[name] = flow + (changed[name].to_numpy() if name in changed.columns else 0.0)
    return changed


def _dispatches(
    loads: Loads, tariff: Tariff, size: tuple[float, float, float], terms: tuple[bool, float]
) -> tuple[Floats, Floats, Floats]:
    """Return charge, discharge and energy stored of each interval and account [kWh].

    Parameters
    ----------
    loads : Loads
        The accounts.
    tariff : Tariff
        The tariff.
    size : tuple of float
        Most energy in or out in an interval, most that is stored [kWh], and the efficiency of one way.
    terms : tuple
        Whether it charges from the grid, and what export earns [USD/kWh].
    """
    plan = plan_of(
        IndexKey(loads.index, loads.length), None, tariff, options_of("pro_rata", "actual", "none", "any")
    )
    prices = marginal_prices(plan, plan.metered(loads.usage, loads.export))
    sent = np.zeros_like(loads.usage) if loads.export is None else loads.export
    peaks = _peak_charges(tariff, plan)
    flows = np.zeros((3, *loads.usage.shape))
    for lo, hi in zip(plan.timeline.lo, plan.timeline.hi, strict=True):
        inside = [(members[(members >= lo) & (members < hi)] - lo, price) for members, price in peaks]
        charged = [(rows, price / loads.hours) for rows, price in inside if len(rows)]
        for own in range(len(loads.accounts)):
            flows[:, lo:hi, own] = _dispatch(
                loads.usage[lo:hi, own], sent[lo:hi, own], prices[lo:hi, own], charged, *size, *terms
            )
    return flows[0], flows[1], flows[2]


def _peak_charges(tariff: Tariff, plan: Plan) -> list[tuple[Ints, float]]:
    """Return the intervals and the price [USD/kW] of each demand charge that is linear in one peak."""
    for _, version in plan.versions:
        for charge in version.of(Demand):
            if not charge.linear or tariff.demand_window:
                raise TariffError(
                    f"tariff {tariff.name!r}, charge {charge.name!r}: a demand charge with tiers, a "
                    "ratchet, by the day or over a window of its own is not linear, so no dispatch can be "
                    "solved against it."
                )
    return [(members, price) for line in plan.demand for members, price in line.peaks_charged() if price]


def _dispatch(
    usage: Floats,
    sent: Floats,
    prices: Floats,
    peaks: list[tuple[Ints, float]],
    step: float,
    capacity: float,
    one_way: float,
    grid_charging: bool,
    export_price: float,
) -> tuple[Floats, Floats, Floats]:
    """Solve one billing period: charge, discharge, energy stored, grid import and export, and each peak.

    Variables, each of n intervals: charge c, discharge d (at the terminals), stored s, taken g, sent x; then
    one variable for each peak. g - x = usage - sent + c - d; s[t] = s[t-1] + c * one_way - d / one_way.
    """
    optimize, sparse = (library(f"scipy.{part}", "add_battery") for part in ("optimize", "sparse"))
    n, k = len(usage), len(peaks)
    eye, none = sparse.identity(n, format="csr"), sparse.csr_matrix((n, n))
    back = sparse.diags([1.0, -1.0], [0, -1], shape=(n, n), format="csr")
    blank = sparse.csr_matrix((n, k))
    balance = sparse.hstack([-eye, eye, none, eye, -eye, blank])
    storage = sparse.hstack([-one_way * eye, eye / one_way, back, none, none, blank])
    above, bound = [], []
    for number, (rows, _) in enumerate(peaks):
        picked = eye[rows]
        count = len(rows)
        place = np.arange(count), np.full(count, number)
        column, empty = sparse.csr_matrix((-np.ones(count), place), (count, k)), sparse.csr_matrix((count, n))
        above.append(sparse.hstack([empty, empty, empty, picked, empty, column]))
        bound.append(np.zeros(count))
    # A vanishing price on throughput picks, among dispatches that cost the same, the one that cycles least.
    idle = np.full(n, 1e-6)
    cost = np.concatenate([idle, idle, np.zeros(n), prices, np.full(n, -export_price), [p for _, p in peaks]])
    most_charge = np.full(n, step) if grid_charging else np.minimum(step, sent)
    most_stored = np.full(n, capacity)
    most_stored[-1] = 0.0
    upper = np.concatenate(
        [most_charge, np.minimum(step, usage), most_stored, np.full(n, np.inf), sent, np.full(k, np.inf)]
    )
    solved = optimize.linprog(
        cost,
        A_ub=sparse.vstack(above) if above else None,
        b_ub=np.concatenate(bound) if bound else None,
        A_eq=sparse.vstack([balance, storage]),
        b_eq=np.concatenate([usage - sent, np.zeros(n)]),
        bounds=np.column_stack([np.zeros(len(upper)), upper]),
        method="highs",
    )
    if solved.status != 0:
        raise ArgumentError(f"no dispatch was found: {solved.message}")
    charge, discharge, stored = solved.x[:n], solved.x[n : 2 * n], solved.x[2 * n : 3 * n]
    return charge, discharge, stored
