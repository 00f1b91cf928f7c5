"""How energy sent to the grid is paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd

from omnipandas.errors import TariffError

ExportRule = Literal[
    "net_metering_kwh", "net_metering_usd", "net_billing", "net_billing_carried", "buy_all_sell_all"
]
EXPORT_RULES: tuple[ExportRule, ...] = get_args(ExportRule)


@dataclass(frozen=True, eq=False)
class Export:
    """How energy sent to the grid is paid.

    Parameters
    ----------
    rule : str
        ``net_metering_kwh``: exports are taken off the usage of the same time-of-use period and month,
        what is left over rolls on in kWh until the true-up. ``net_metering_usd``: what is left over is
        paid at the export price and rolls on in dollars. ``net_billing``: usage and export are counted
        interval by interval, exports are credited in the same bill. ``net_billing_carried``: the same,
        credited from the next bill on. ``buy_all_sell_all``: export is a sale of its own.
    price : float, optional
        Export price [USD/kWh]; where None, the `sell` price of the tiers.
    prices : Series, optional
        An export price for each interval [USD/kWh], tz-aware; goes before `price`.
    true_up_month : int, default 12
        Calendar month with whose bill the credits are settled and begin anew.
    true_up_price : float, default 0
        What a kWh left over then earns [USD/kWh], under ``net_metering_kwh``.
    true_up : {"paid", "lapses"}
        What becomes of dollars left over then.
    """

    rule: ExportRule
    price: float | None = None
    prices: pd.Series | None = None
    true_up_month: int = 12
    true_up_price: float = 0.0
    true_up: Literal["paid", "lapses"] = "paid"

    def __post_init__(self) -> None:
        if self.rule not in EXPORT_RULES:
            raise TariffError(f"unknown export rule {self.rule!r}; known are {', '.join(EXPORT_RULES)}.")
        if self.true_up_month not in range(1, 13):
            raise TariffError(f"true_up_month must be 1 to 12, not {self.true_up_month}.")
        if self.prices is not None:
            if not isinstance(self.prices, pd.Series):
                raise TariffError(f"export prices must be a Series, not {type(self.prices).__name__}.")
            # Its own: a tariff does not change with what it was made of.
            object.__setattr__(self, "prices", self.prices.copy())

    def _key(self) -> tuple[object, ...]:
        settled = self.true_up_month, self.true_up_price, self.true_up
        return self.rule, self.price, None if self.prices is None else len(self.prices), *settled

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Export) or self._key() != other._key():
            return False
        # A Series has no single truth value.
        return self.prices is None or other.prices is None or self.prices.equals(other.prices)

    def __hash__(self) -> int:
        return hash(self._key())
