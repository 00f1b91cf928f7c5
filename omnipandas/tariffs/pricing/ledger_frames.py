"""Bills as CHARGES frames."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.intervals.units import Floats
from omnipandas.schema import CHARGES, TEXT

from .line_items import Bill, Rows
from .timeline import Timeline


class LedgerShape:
    """A ledger but for its numbers: built once for a plan, filled for every load."""

    def __init__(
        self,
        timeline: Timeline,
        rows: Sequence[Rows],
        account: Hashable,
        attrs: Mapping[Hashable | None, Any],
    ) -> None:
        self.lines = list(rows)
        period = np.concatenate([line.period for line in rows])
        self.order = np.argsort(period, kind="stable")
        period = period[self.order]
        self._size = len(period)

        order = self.order.tolist()

        def texts(values: list[str | None]) -> pd.api.extensions.ExtensionArray:
            return pd.array([values[at] for at in order], dtype=TEXT)

        def repeated(name: str) -> list[str | None]:
            return [text for line in rows for text in [getattr(line, name)] * len(line.period)]

        tier = np.concatenate([line.tier for line in rows])[self.order]
        columns = {
            "service_account_id": account_codes([account], np.zeros(self._size, np.int8)),
            "period_start": timeline.edges.take(period),
            "period_end": timeline.edges.take(period + timeline.count),
            "charge": texts(repeated("charge")),
            "component": texts(repeated("component")),
            "tou_period": texts([label for line in rows for label in line.tou_period]),
            "tier": pd.arrays.IntegerArray(tier, tier == 0),
            "quantity": np.zeros(self._size),
            "unit": texts(repeated("unit")),
            "price": np.concatenate([line.price for line in rows])[self.order],
            "amount_usd": np.zeros(self._size),
        }
        index = pd.RangeIndex(self._size, name=CHARGES.index.name)
        # Not copied, each column keeps a block of its own, so that filling one copies nothing else.
        self.template = pd.DataFrame(columns, index=index, copy=False)
        self._account = account
        self.place = {name: at for at, name in enumerate(columns)}
        self._attrs = attrs

    def fill(self, bill: Bill, accounts: tuple[Hashable, ...]) -> pd.DataFrame:
        """Return the ledger of `accounts`."""
        if len(accounts) == 1:
            frame = self.template.copy(deep=False)
            if accounts[0] != self._account:
                frame.isetitem(0, account_codes(list(accounts), np.zeros(self._size, np.int8)))
        else:
            frame = self._many(accounts)
        frame.isetitem(self.place["quantity"], self._stacked([item.quantities for item in bill.items]))
        frame.isetitem(self.place["amount_usd"], self._stacked([item.amounts for item in bill.items]))
        if any(item.prices is not None for item in bill.items):
            each = [
                np.broadcast_to(item.rows.price[:, None], item.amounts.shape)
                if item.prices is None
                else item.prices
                for item in bill.items
            ]
            frame.isetitem(self.place["price"], self._stacked(each))
        frame.attrs = {**self._attrs}
        return frame

    def _stacked(self, parts: list[Floats]) -> Floats:
        return np.concatenate(parts)[self.order].ravel(order="F")

    def _many(self, accounts: tuple[Hashable, ...]) -> pd.DataFrame:
        frame = self.template.take(np.tile(np.arange(self._size), len(accounts)))
        codes = np.repeat(np.arange(len(accounts)), self._size)
        frame.isetitem(0, account_codes(list(accounts), codes))
        frame.index = pd.RangeIndex(len(frame), name=CHARGES.index.name)
        return frame


def account_codes(names: list[Hashable], codes: npt.NDArray[np.integer[Any]]) -> Any:
    """Return a categorical of account names by their codes."""
    return pd.Categorical.from_codes(codes, dtype=_kind(tuple(names)), validate=False)


@lru_cache(maxsize=16)
def _kind(names: tuple[Hashable, ...]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(list(names))
