"""How energy sent to the grid is paid: net metering, net billing, or a sale of its own."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError, TariffError
from omnipandas.intervals.units import Floats
from omnipandas.tariffs.components import Export
from omnipandas.tariffs.model import Tariff

from .energy_items import EnergyLine, TierRule
from .line_items import Rows, plain_rows
from .metering import Metered
from .timeline import Timeline

Filled = tuple[Rows, Floats, Floats | None]  # rows, quantities, and prices where they differ by account


class ExportTerms:
    """A tariff's rule for export, applied to one set of readings.

    Parameters
    ----------
    timeline : Timeline
        Where the readings lie.
    tariff : Tariff
        The tariff, with an `Export`.
    energy : list of EnergyLine
        Its usage charges; export is priced by the time-of-use periods of the first.
    metered : Metered
        The readings, with export.
    """

    def __init__(
        self, timeline: Timeline, tariff: Tariff, energy: list[EnergyLine], metered: Metered
    ) -> None:
        assert tariff.export is not None and metered.export is not None  # noqa: S101, PT018 # checked by export_terms
        self._rule: Export = tariff.export
        self._timeline, self._energy, self._metered = timeline, energy, metered
        self._sent: Floats = metered.export
        self._where = f"tariff {tariff.name!r}, export"

    def quantities(self, line: EnergyLine) -> Floats:
        """Return the usage that a charge is billed for, by row and account [kWh]."""
        if not self._rule.rule.startswith("net_metering"):
            return line.quantities(self._metered)
        return line.by_tier(self._netted(line)[0], self._metered, self._metered.usage)

    def credits(self, energy_usd: Floats) -> tuple[list[Filled], list[Filled]]:
        """Return what comes off a bill before its minimum is looked at, and what is paid whatever that is.

        Parameters
        ----------
        energy_usd : ndarray
            Energy charges by billing period and account [USD], which carried credits come off.
        """
        match self._rule.rule:
            case "net_billing":
                return [self._by_period("export credit")], []
            case "buy_all_sell_all":
                return [], [self._by_period("export sale")]
            case "net_metering_kwh":
                price = self._rule.true_up_price
                left_over = [self._settled("true-up credit", "kWh", price, self._netted(self._energy[0])[1])]
                return [], left_over if price else []
        applied, paid = self._carried(energy_usd)
        left_over = [self._settled("true-up credit", "USD", 1.0, paid)]
        lapses = self._rule.true_up == "lapses"
        return [self._settled("export credit", "USD", 1.0, applied)], [] if lapses else left_over

    def _settled(self, charge: str, unit: str, price: float, quantities: Floats) -> Filled:
        """Return a credit of each billing period, at one price [USD/unit]."""
        period = np.arange(self._timeline.count)
        return plain_rows(period, charge, "credit", unit, np.full(len(period), -price)), quantities, None

    @cached_property
    def _true_up(self) -> npt.NDArray[np.bool_]:
        settled: npt.NDArray[np.bool_] = self._timeline.middle_month + 1 == self._rule.true_up_month
        return settled

    def _netted(self, line: EnergyLine) -> tuple[Floats, Floats]:
        """Return net usage by group, and the credit left over at each true-up [kWh], by account."""
        used, sent = self._metered.sums_of(line.groups), line.groups.sums(self._sent)
        names = list(dict.fromkeys(line.labels))
        name_of = np.array([names.index(label) for label in line.labels])
        credit = np.zeros((len(names), used.shape[1]))
        net = np.zeros_like(used)
        lapsed = np.zeros((self._timeline.count, used.shape[1]))
        rolls = self._rule.rule == "net_metering_kwh"
        for period in range(self._timeline.count):
            rows = slice(line.groups.first[period], line.groups.first[period + 1])
            owner = name_of[rows]
            if period and rolls:
                credit = self._moved(line, period, credit, names)
            balance = -credit
            np.add.at(balance, owner, used[rows] - sent[rows])
            total = np.zeros_like(balance)
            np.add.at(total, owner, used[rows])
            billed, credit = np.maximum(balance, 0.0), np.maximum(-balance, 0.0)
            share = np.divide(used[rows], total[owner], out=np.zeros_like(used[rows]), where=total[owner] > 0)
            net[rows] = billed[owner] * share
            if rolls and self._true_up[period]:
                lapsed[period] = credit.sum(axis=0)
                credit = np.zeros_like(credit)
            if not rolls:
                credit = np.zeros_like(credit)
        return net, lapsed

    def _moved(self, line: EnergyLine, period: int, credit: Floats, names: list[str]) -> Floats:
        """Pass credits of a season's periods on to those that take most of their hours in the next season."""
        timeline, groups = self._timeline, line.groups
        present = {line.labels[row] for row in range(groups.first[period], groups.first[period + 1])}
        moved = credit.copy()
        for at, name in enumerate(names):
            if name in present or not credit[at].any():
                continue
            before = np.arange(timeline.last_day[period - 1] - 6, timeline.last_day[period - 1] + 1)
            after = before + 7
            inside = (before >= 0) & (after < len(timeline.days))
            labels = np.array([*self._code_names(line), ""])
            old, new = labels[line.table[before[inside]]], labels[line.table[after[inside]]]
            heirs = [heir for heir in new[old == name] if heir in present] or sorted(present)
            if not heirs:
                continue
            heir = max(dict.fromkeys(heirs), key=heirs.count)
            moved[names.index(heir)] += credit[at]
            moved[at] = 0.0
        return moved

    def _code_names(self, line: EnergyLine) -> list[str]:
        names = [""] * int(line.table.max() + 1)
        for code, label in zip(line.groups.code, line.labels, strict=True):
            names[code] = label
        return names

    def _carried(self, energy_usd: Floats) -> tuple[Floats, Floats]:
        """Return the credit applied to each bill, and what is paid out at each true-up [USD]."""
        at_once = self._rule.rule == "net_metering_usd"
        earned = self._surplus_usd() if at_once else self._credits_usd()
        applied, paid = np.zeros_like(earned), np.zeros_like(earned)
        balance = np.zeros(earned.shape[1])
        for period in range(self._timeline.count):
            if at_once:
                balance = balance + earned[period]
            applied[period] = np.minimum(balance, np.maximum(energy_usd[period], 0.0))
            balance = balance - applied[period]
            if not at_once:
                balance = balance + earned[period]
            if self._true_up[period]:
                paid[period], balance = balance, np.zeros_like(balance)
        return applied, paid

    def _surplus_usd(self) -> Floats:
        """Return the worth of each billing period's surplus [USD], by account."""
        if self._rule.prices is not None:
            raise TariffError(
                f"{self._where}: net metering nets by the month, so hourly export prices cannot be met."
            )
        line = self._energy[0]
        surplus = np.maximum(line.groups.sums(self._sent) - self._metered.sums_of(line.groups), 0.0)
        return self._by_bill(surplus * self._sell(line)[:, None])

    def _credits_usd(self) -> Floats:
        _, quantities, prices = self._by_period("export credit")
        rows = -self._sell(self._energy[0])[:, None] if prices is None else prices
        return self._by_bill(-quantities * rows)

    def _by_bill(self, amounts: Floats) -> Floats:
        total = np.zeros((self._timeline.count, amounts.shape[1]))
        np.add.at(total, self._energy[0].groups.period, amounts)
        return total

    def _by_period(self, charge: str) -> Filled:
        """Return export by billing and time-of-use period [kWh], at its price as a credit."""
        line = self._energy[0]
        groups = line.groups
        sent = groups.sums(self._sent)
        prices = None
        if self._rule.prices is not None:
            worth = groups.sums(self._sent * self._hourly(self._rule.prices)[:, None])
            prices = -np.divide(worth, sent, out=np.zeros_like(sent), where=sent > 0)
            fixed = np.zeros(groups.count)
        else:
            fixed = -self._sell(line)
        rows = Rows(
            groups.period, charge, "credit", "kWh", fixed, line.labels, np.zeros(groups.count, np.int64)
        )
        return rows, sent, prices

    def _sell(self, line: EnergyLine) -> Floats:
        """Return the export price of each group [USD/kWh]."""
        if self._rule.price is not None:
            return np.full(line.groups.count, self._rule.price)
        found = []
        for label, tiers in zip(line.labels, line.tiers, strict=True):
            prices = {tier.sell for tier in tiers}
            price = prices.pop()
            if prices:
                raise TariffError(
                    f"{self._where}: the tiers of {label!r} differ in their sell price; give one price."
                )
            if price is None:
                raise TariffError(
                    f"{self._where}: {label!r} has no sell price; say what a kWh earns "
                    "with tariff.with_export(rule, price)."
                )
            found.append(price)
        return np.array(found)

    def _hourly(self, prices: pd.Series) -> Floats:
        index = prices.index
        if not isinstance(index, pd.DatetimeIndex) or index.tz is None or not index.is_monotonic_increasing:
            raise TariffError(f"{self._where}, prices: a sorted, tz-aware index is needed.")
        at = index.searchsorted(self._timeline.index, side="right") - 1
        last = pd.Timedelta(1, "h")
        if at[0] < 0 or (self._timeline.index - index[at] >= last).any() or prices.isna().any():
            raise TariffError(f"{self._where}, prices: a price is needed for each hour of the load.")
        return prices.to_numpy(dtype=float)[at]


def export_terms(
    timeline: Timeline, tariff: Tariff, energy: list[EnergyLine], metered: Metered, tiers: TierRule
) -> ExportTerms | None:
    """Return the terms for the readings' export, or None where nothing was sent to the grid.

    Raises
    ------
    TariffError
        The tariff says nothing of export, or has no usage charge to net it with.
    ArgumentError
        Tiers that cannot be met with a net of the month.
    """
    if metered.export is None or not metered.export.any():
        return None
    if tariff.export is None:
        raise TariffError(
            f"tariff {tariff.name!r}, export: the load sends energy to the grid and the tariff says nothing "
            "of how that is paid; say it with tariff.with_export(rule, price)."
        )
    if not energy:
        raise TariffError(
            f"tariff {tariff.name!r}, export: there is no energy charge to net or credit it with."
        )
    if (
        tiers == "chronological"
        and tariff.export.rule.startswith("net_metering")
        and any(not e.plain for e in energy)
    ):
        raise ArgumentError(
            'net metering nets by the month: tiers="chronological" cannot be met; use pro_rata.'
        )
    return ExportTerms(timeline, tariff, energy, metered)
