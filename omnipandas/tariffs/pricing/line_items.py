"""The lines of a bill: what their ledger rows say, and how they are filled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from omnipandas.intervals.units import Floats, Ints
from omnipandas.intervals.week_tables import DayKinds
from omnipandas.tariffs.components import Charge


@dataclass(frozen=True, eq=False)
class Rows:
    """What a line's ledger rows say before any load is known.

    Parameters
    ----------
    period : ndarray of int
        Billing period of each row.
    charge, component, unit : str
        As in the ledger.
    price : ndarray of float
        Price of each row.
    tou_period : sequence of str or None
        Time-of-use period of each row.
    tier : ndarray of int
        Tier of each row, 0 where it has none.
    """

    period: Ints
    charge: str
    component: str
    unit: str
    price: Floats
    tou_period: Sequence[str | None]
    tier: Ints


def plain_rows(period: Ints, charge: str, component: str, unit: str, price: Floats) -> Rows:
    """Return rows that have neither time-of-use period nor tier."""
    return Rows(period, charge, component, unit, price, [None] * len(period), np.zeros(len(period), np.int64))


@dataclass(frozen=True)
class Version:
    """One version of a tariff in a timeline: the days it is in force, and what kind of day each is."""

    days: npt.NDArray[np.bool_]
    kinds: DayKinds
    share: Floats  # of each billing period's days


class Line(Protocol):
    """A charge compiled over a timeline."""

    @property
    def charge(self) -> Charge:
        """The charge, as its first version has it."""
        ...

    @property
    def versions(self) -> tuple[Version, ...]:
        """The versions of the tariff that it is of."""
        ...

    @property
    def rows(self) -> Rows:
        """What its ledger rows say."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A line of a bill, filled.

    Parameters
    ----------
    rows : Rows
        What its ledger rows say.
    quantities, amounts : ndarray
        Quantities and dollars, by row and account.
    prices : ndarray, optional
        Prices by row and account, where they are not those of the rows.
    line : Line, optional
        The compiled charge; None for what the tariff has no charge for: credits and rounding.
    """

    rows: Rows
    quantities: Floats
    amounts: Floats
    prices: Floats | None = None
    line: Line | None = None


@dataclass
class Bill:
    """The bills of a load: items, by billing period and account.

    Parameters
    ----------
    periods, accounts : int
        How many billing periods and accounts there are.
    by_line : bool
        Whether each line is rounded to the cent.
    """

    periods: int
    accounts: int
    by_line: bool
    items: list[Item] = field(default_factory=list)
    _of: dict[Line, Item] = field(default_factory=dict)

    def add(
        self, rows: Rows, quantities: Floats, prices: Floats | None = None, line: Line | None = None
    ) -> None:
        """Append an item; its dollars are its quantities times its prices."""
        amounts = quantities * (rows.price[:, None] if prices is None else prices)
        item = Item(rows, quantities, cents(amounts) if self.by_line else amounts, prices, line)
        self.items.append(item)
        if line is not None:
            self._of[line] = item

    def of(self, line: Line) -> Item:
        """Return the item of a line."""
        return self._of[line]

    def subtotal(self, components: Sequence[str]) -> Floats:
        """Return the sum of the items of `components`, by billing period and account."""
        total = np.zeros((self.periods, self.accounts))
        for item in self.items:
            if item.rows.component in components:
                np.add.at(total, item.rows.period, item.amounts)
        return total


def cents(amounts: Floats) -> Floats:
    """Return amounts rounded to the cent, half a cent away from zero, as bills are."""
    # The tiny lift keeps 1.005, which is stored as 1.00499999999999989, from being rounded down.
    return np.sign(amounts) * np.floor(np.abs(amounts) * 100 * (1 + 1e-14) + 0.5) / 100
