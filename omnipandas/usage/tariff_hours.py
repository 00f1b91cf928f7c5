"""The hours and prices of a tariff's time-of-use periods, whoever read the tariff."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import TariffError

FIELDS = ("energyweekdayschedule", "energyweekendschedule", "energyratestructure")
Labels = npt.NDArray[Any]
Prices = npt.NDArray[np.float64]


@runtime_checkable
class TimeOfUse(Protocol):
    """What a tariff offers that has time-of-use periods."""

    def schedule(self, kind: Any = ..., charge: str | None = ...) -> pd.DataFrame:
        """Return the period's label of each month and local hour of weekdays or weekends."""
        ...

    def table(self) -> pd.DataFrame:
        """Return charge, period, tier, price and unit of each price."""
        ...


def tariff_hours(tariff: TimeOfUse | Mapping[str, Any]) -> tuple[list[Labels], list[Prices]]:
    """Return periods and first-tier prices [USD/kWh], of weekdays and of weekends, each month x hour.

    Raises
    ------
    TariffError
        Where the tariff has no time-of-use energy schedule, or one that cannot be right.
    """
    if isinstance(tariff, Mapping):
        labels, price = _of_urdb(tariff)
    elif isinstance(tariff, TimeOfUse):
        labels, price = _of_table(tariff)
    else:
        raise TariffError(f"{type(tariff).__name__} is no tariff with a time-of-use energy schedule.")
    if any(table.shape != (12, 24) for table in labels):
        raise TariffError("the tariff's energy schedules are not 12 months x 24 hours.")
    if unpriced := sorted({label for table in labels for label in table.ravel().tolist()} - set(price)):
        raise TariffError(f"the tariff's schedule names energy period {unpriced[0]!r}, which has no price.")
    return labels, [np.vectorize(price.__getitem__, otypes=[np.float64])(table) for table in labels]


def _of_urdb(tariff: Mapping[str, Any]) -> tuple[list[Labels], dict[Any, float]]:
    if missing := [name for name in FIELDS if name not in tariff]:
        raise TariffError(f"the tariff has no {', '.join(missing)}: it has no time-of-use energy schedule.")
    weekday, weekend, rates = (tariff[name] for name in FIELDS)
    price = {place: tiers[0].get("rate", 0.0) + tiers[0].get("adj", 0.0) for place, tiers in enumerate(rates)}
    return [np.asarray(weekday), np.asarray(weekend)], price


def _of_table(tariff: TimeOfUse) -> tuple[list[Labels], dict[Any, float]]:
    table = tariff.table()
    energy = table[table["unit"] == "USD/kWh"]
    if energy.empty:
        raise TariffError("the tariff has no energy charge, so it has no peak hours.")
    charge = str(energy["charge"].iloc[0])
    first = energy[energy["charge"] == charge].drop_duplicates("period")
    labels = [tariff.schedule(kind, charge).to_numpy(dtype=object) for kind in ("weekday", "weekend")]
    return labels, dict(zip(first["period"], first["price"], strict=True))
