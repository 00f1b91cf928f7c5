"""Which of several tariffs is best for a load, and why."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.groups import Groups
from omnipandas.intervals.units import Floats, Ints
from omnipandas.intervals.windows import MONTHS
from omnipandas.schema import COMPARISON, dtype_of

from .components import COMPONENTS
from .ledger import priced
from .model import Tariff
from .pricing.compiled import DailyFixed, Dates, Options, Plan, Rounding, options_of
from .pricing.energy_items import TierRule
from .pricing.line_items import Bill
from .pricing.metering import Metered


def compare_tariffs(
    hourly: pd.DataFrame | pd.Series,
    tariffs: Iterable[Tariff] | Mapping[str, Tariff],
    *,
    current: str | None = None,
    by: Literal["account", "portfolio"] = "account",
    billing_periods: Any = None,
    tiers: TierRule = "pro_rata",
    daily_fixed: DailyFixed = "actual",
    rounding: Rounding = "none",
    dates: Dates = "any",
    export: pd.DataFrame | pd.Series | None = None,
) -> pd.DataFrame:
    """Return a ranking of tariffs for a load, the cheapest first, with the reasons.

    Parameters
    ----------
    hourly : DataFrame or Series
        The load, as for `charges`.
    tariffs : iterable of Tariff, or mapping of str to Tariff
        The tariffs, by their names or by those of the mapping.
    current : str, optional
        Name of the tariff to compare with; by default each account's cheapest.
    by : {"account", "portfolio"}
        Rank for each account, or for all of them together (each under the same tariff).
    billing_periods, tiers, daily_fixed, rounding, export
        As for `charges`.
    dates : {"as_read", "in_force", "any"}, default "any"
        As for `charges`; by default prices are applied to the load whenever they were in force.

    Returns
    -------
    DataFrame
        COMPARISON: index `rank`; `service_account_id`, `tariff`, `eligible`, `amount_usd`,
        `difference_usd`, `usd_per_kwh`, one column of dollars for each component, `break_even_kwh`
        (the monthly usage, in this load's shape and at its mean prices, at which the tariff costs as much
        as the one compared with; NaN where there is none) and `why`.

    Raises
    ------
    ArgumentError
        No tariff, two of one name, or `current` not among them.
    SchemaError, TariffError
        As `charges`.

    Examples
    --------
    >>> import pandas as pd
    >>> import omnipandas as op
    >>> index = pd.date_range("2023-01-01", "2024-01-01", freq="h", tz="America/Denver", inclusive="left")
    >>> load = pd.Series(1.0, index=index, name="home")
    >>> basic, club = op.Tariff.flat("Basic", 0.12), op.Tariff.flat("Club", 0.10, fixed=8)
    >>> ranking = op.compare_tariffs(load, [basic, club]).round(2)
    >>> ranking[["tariff", "amount_usd", "break_even_kwh"]].to_dict("list")
    {'tariff': ['Club', 'Basic'], 'amount_usd': [972.0, 1051.2], 'break_even_kwh': [nan, 400.0]}
    """
    named = _named(tariffs)
    if current is not None and current not in named:
        raise ArgumentError(f"current: {current!r} is not among the tariffs {', '.join(named)}.")
    options = options_of(tiers, daily_fixed, rounding, dates)
    if by not in ("account", "portfolio"):
        raise ArgumentError(f"by must be account or portfolio, not {by!r}.")
    studies = [
        _Study(name, tariff, hourly, billing_periods, options, export, together=by == "portfolio")
        for name, tariff in named.items()
    ]
    if not studies[0].accounts:
        return COMPARISON.empty()
    rows = [row for at in range(len(studies[0].accounts)) for row in _ranked(studies, at, current)]
    frame = pd.DataFrame(rows, columns=["rank", *COMPARISON.names]).set_index("rank")
    names = pd.CategoricalDtype(list(studies[0].accounts))
    kinds: dict[str, Any] = {column.name: dtype_of(column) for column in COMPARISON.columns}
    return frame.astype({**kinds, "service_account_id": names})


def _named(tariffs: Iterable[Tariff] | Mapping[str, Tariff]) -> dict[str, Tariff]:
    if isinstance(tariffs, Mapping):
        named = {str(name): tariff for name, tariff in tariffs.items()}
    else:
        given = [tariffs] if isinstance(tariffs, Tariff) else list(tariffs)
        named = {tariff.name: tariff for tariff in given}
        if len(named) < len(given):
            names = [tariff.name for tariff in given]
            twice = next(name for name in names if names.count(name) > 1)
            raise ArgumentError(f"two tariffs are named {twice!r}: give a mapping of names to tariffs.")
    if not named:
        raise ArgumentError("no tariff to compare; give at least one.")
    return named


class _Study:
    """What a load costs under one tariff, by account."""

    def __init__(
        self,
        name: str,
        tariff: Tariff,
        hourly: pd.DataFrame | pd.Series,
        billing_periods: Any,
        options: Options,
        export: pd.DataFrame | pd.Series | None,
        *,
        together: bool,
    ) -> None:
        self.name, self.tariff = name, tariff
        self.accounts: list[Hashable] = []
        components, usage, peaks, months, energy = [], [], [], [], []
        for plan, metered, accounts in priced(hourly, tariff, billing_periods, options, export):
            bill = plan.bill(metered)
            components.append(np.array([bill.subtotal((name,)).sum(axis=0) for name in COMPONENTS]))
            usage.append(plan.billed_usage(metered))
            peaks.append(metered.peaks.max(axis=0))
            months.append(np.full(len(accounts), plan.timeline.months.sum()))
            energy.append(_by_month_and_hour(plan, metered, bill))
            self.accounts += accounts
        if not self.accounts:
            return
        self.components = np.hstack(components)
        self.usage, self.peaks, self.months = (np.concatenate(part) for part in (usage, peaks, months))
        self.energy = np.concatenate(energy, axis=2)
        self.limited = [self._limit(at) for at in range(len(self.accounts))]
        if together:
            self._join()

    def _limit(self, at: int) -> str:
        limits, peak = self.tariff.limits, self.peaks[at]
        monthly = self.usage[at] / self.months[at] if self.months[at] else 0.0
        for bound, value, unit, below in (
            (limits.min_kw, peak, "kW", True),
            (limits.max_kw, peak, "kW", False),
            (limits.min_kwh, monthly, "kWh a month", True),
            (limits.max_kwh, monthly, "kWh a month", False),
        ):
            if bound is not None and (value < bound if below else value > bound):
                side = "below its least" if below else "above its most"
                return f"not eligible: {value:,.1f} {unit} is {side} of {bound:,.0f}"
        return ""

    def _join(self) -> None:
        shut = [text for text in self.limited if text]
        self.limited = [f"{len(shut)} of {len(self.accounts)} accounts {shut[0]}" if shut else ""]
        self.accounts = ["portfolio"]
        self.components = self.components.sum(axis=1, keepdims=True)
        self.usage, self.months = self.usage.sum(keepdims=True), self.months.max(keepdims=True)
        self.energy = self.energy.sum(axis=2, keepdims=True)

    @property
    def amounts(self) -> Floats:
        """Cost by account [USD]."""
        return np.asarray(self.components.sum(axis=0))


def _by_month_and_hour(plan: Plan, metered: Metered, bill: Bill) -> Floats:
    """Return the energy charges by month of the bill, local hour and account, 12 x 24 x accounts [USD]."""
    timeline = plan.timeline
    # A group for each billing period, hour and time-of-use period of every energy charge that meet.
    code, width = timeline.slot % 24, 24
    for line in plan.energy:
        code = code * (line.groups.count + 1) + line.groups.of
        code, width = _dense(code)
    groups = Groups(code, width, timeline.lo, timeline.hi)
    first = np.full(groups.count + 1, len(timeline.index))
    np.minimum.at(first, groups.of, np.arange(len(groups.of)))
    first = first[:-1]
    usage = groups.sums(metered.usage)
    usd = np.zeros_like(usage)
    for line in plan.energy:
        price = line.mean_prices(metered, bill.of(line).amounts)
        every = np.vstack([price, np.zeros((1, metered.accounts))])
        usd += usage * every[line.groups.of[first]]
    table = np.zeros((12, 24, metered.accounts))
    np.add.at(table, (timeline.middle_month[groups.period], timeline.slot[first] % 24), usd)
    return table


def _dense(code: Ints) -> tuple[Ints, int]:
    """Return codes counted from 0 without those that do not occur, and how many there are."""
    occurs = np.zeros(int(code.max()) + 1, dtype=bool)
    occurs[code] = True
    return (np.cumsum(occurs) - 1)[code], int(occurs.sum())


def _ranked(studies: list[_Study], at: int, current: str | None) -> list[tuple[Any, ...]]:
    order = sorted(studies, key=lambda study: (bool(study.limited[at]), study.amounts[at]))
    reference = next((study for study in studies if study.name == current), order[0])
    rows = []
    for rank, study in enumerate(order, 1):
        parts = dict(zip(COMPONENTS, study.components[:, at].tolist(), strict=True))
        amount, usage = study.amounts[at], study.usage[at]
        rows.append(
            (
                rank, study.accounts[at], study.name, not study.limited[at], amount,
                amount - reference.amounts[at], amount / usage if usage else np.nan,
                parts["fixed"], parts["energy"], parts["demand"], parts["minimum"], parts["credit"],
                parts["tax"] + parts["rounding"], _break_even(study, reference, at),
                study.limited[at] or _why(study, reference, at),
            )
        )  # fmt: skip
    return rows


def _break_even(study: _Study, reference: _Study, at: int) -> float:
    """Where two lines cross: what does not depend on usage, and what grows with it."""
    moving = [name in ("energy", "demand", "credit") for name in COMPONENTS]
    difference = study.components[:, at] - reference.components[:, at]
    still, grows = difference[np.logical_not(moving)].sum(), difference[moving].sum()
    if abs(grows) < 1e-9 or -still / grows <= 0 or not study.months[at]:
        return float("nan")
    return float(-still / grows * study.usage[at] / study.months[at])


def _why(study: _Study, reference: _Study, at: int) -> str:
    if study is reference:
        return "the tariff compared with"
    difference = study.components[:, at] - reference.components[:, at]
    parts = [(name, usd) for name, usd in zip(COMPONENTS, difference, strict=True) if abs(usd) >= 0.005]
    parts.sort(key=lambda part: -abs(part[1]))
    if not parts:
        return f"costs the same as {reference.name}"
    words = [f"{name} {abs(usd):,.2f} {'more' if usd > 0 else 'less'}" for name, usd in parts[:3]]
    if any(name == "energy" for name, _ in parts[:3]):
        where = _where(study, reference, at)
        words = [word + where if word.startswith("energy") else word for word in words]
    return ", ".join(words)


def _where(study: _Study, reference: _Study, at: int) -> str:
    """Say in which season, days and hours most of the difference in energy charges arises."""
    table = study.energy[:, :, at] - reference.energy[:, :, at]
    sign = np.sign(table.sum()) or 1.0
    months = table.sum(axis=1) * sign
    if (months <= 0).all():
        return ""
    chosen = months >= 0.5 * months.max()
    hours = table[chosen].sum(axis=0) * sign
    start, stop = _widest(hours)
    return (
        f" (mostly {_spans(chosen)}, {start}:00 to {stop}:00)"
        if stop - start < 24
        else f" (mostly {_spans(chosen)})"
    )


def ranking_in_words(ranking: pd.DataFrame) -> pd.DataFrame:
    """Return a ranking as people read it: tariff, cost and price as text, and why."""
    return pd.DataFrame(
        {
            "tariff": ranking["tariff"],
            "cost": ranking["amount_usd"].map("${:,.2f}".format),
            "per kWh": ranking["usd_per_kwh"].map("${:.3f}".format),
            "why": ranking["why"],
        }
    )


def _widest(hours: Floats) -> tuple[int, int]:
    """Return the run of hours around the greatest value in which values are at least half of it."""
    top = int(hours.argmax())
    start, stop = top, top + 1
    while start > 0 and hours[start - 1] >= 0.5 * hours[top]:
        start -= 1
    while stop < 24 and hours[stop] >= 0.5 * hours[top]:
        stop += 1
    return start, stop


def _spans(months: npt.NDArray[np.bool_]) -> str:
    if months.all():
        return "all year"
    starts = [m for m in range(12) if months[m] and not months[m - 1]]
    spans = []
    for start in starts:
        end = start
        while months[(end + 1) % 12]:
            end = (end + 1) % 12
        spans.append(MONTHS[start] if end == start else f"{MONTHS[start]} to {MONTHS[end]}")
    return " and ".join(spans)
