"""Prices up to a bound."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite

from omnipandas.errors import TariffError


@dataclass(frozen=True, slots=True)
class Tier:
    """A price up to a bound.

    Parameters
    ----------
    price : float
        Price [USD per unit].
    up_to : float, default inf
        The tier's upper bound, counted from 0 [unit of the charge].
    adjustment : float, default 0
        Added to the price [USD per unit]: riders and adjustments that a sheet lists apart.
    sell : float, optional
        What a kWh sent to the grid earns [USD/kWh].
    """

    price: float
    up_to: float = inf
    adjustment: float = 0.0
    sell: float | None = None

    @property
    def total(self) -> float:
        """Price and adjustment together [USD per unit]."""
        return self.price + self.adjustment


Tiers = tuple[Tier, ...]


def check_tiers(tiers: Tiers, *, where: str) -> None:
    """Raise unless the tiers rise, end without a bound, and have finite prices.

    Raises
    ------
    TariffError
        Naming `where` and the tier.
    """
    if not tiers:
        raise TariffError(f"{where}: no tier, so no price.")
    bounds = [tier.up_to for tier in tiers]
    for number, tier in enumerate(tiers, 1):
        if not isfinite(tier.total):
            raise TariffError(f"{where}, tier {number}: its price is {tier.total}, not a number.")
        if not tier.up_to > (0 if number == 1 else bounds[number - 2]):
            raise TariffError(
                f"{where}, tier {number}: tiers are not sorted, its bound {tier.up_to} is not above "
                f"{0 if number == 1 else bounds[number - 2]}."
            )
    if bounds[-1] != inf:
        raise TariffError(f"{where}: the last tier ends at {bounds[-1]}; usage above it has no price.")
