"""The parts of a tariff: charges, tiers, and how export is paid, each a readable, immutable value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf, isfinite
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import TariffError
from omnipandas.intervals.week_tables import WeekTable

from .hour_tables import Schedule

EnergyUnit = Literal["kWh", "kWh daily", "kWh/kW", "kWh/kW daily"]
DemandUnit = Literal["kW", "kW daily"]
Every = Literal["month", "day", "year"]
ExportRule = Literal[
    "net_metering_kwh", "net_metering_usd", "net_billing", "net_billing_carried", "buy_all_sell_all"
]
COMPONENTS = ("fixed", "energy", "demand", "minimum", "credit", "tax", "rounding")
ENERGY_UNITS: tuple[EnergyUnit, ...] = ("kWh", "kWh daily", "kWh/kW", "kWh/kW daily")
EXPORT_RULES: tuple[ExportRule, ...] = (
    "net_metering_kwh", "net_metering_usd", "net_billing", "net_billing_carried", "buy_all_sell_all",
)  # fmt: skip


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


class Timed:
    """What is charged by time-of-use period: an `Energy` or a `Demand`."""

    name: str
    periods: tuple[Tiers, ...]
    weekday: Schedule
    weekend: Schedule
    labels: tuple[str, ...]
    hours: WeekTable | None

    def __post_init__(self) -> None:
        if not self.labels:
            labels = tuple(str(number) for number in range(len(self.periods)))
            object.__setattr__(self, "labels", labels)
        if len(self.labels) != len(self.periods):
            raise TariffError(f"charge {self.name!r}: {len(self.periods)} periods need as many labels.")
        for label, tiers in zip(self.labels, self.periods, strict=True):
            check_tiers(tiers, where=f"charge {self.name!r}, period {label!r}")
        if self.hours is not None and (self.weekday or self.weekend):
            raise TariffError(
                f"charge {self.name!r}: give its hours as a week or as two schedules, not both."
            )
        if self.hours is None:
            for rows in (self.weekday, self.weekend):
                if len(rows) != 12 or any(len(row) != 24 for row in rows):
                    raise TariffError(f"charge {self.name!r}: a schedule has 12 rows of 24 hours.")
        if not set(np.unique(self.week.whole).tolist()) <= set(range(-1, len(self.periods))):
            raise TariffError(f"charge {self.name!r}: its schedule names a period that is not defined.")

    @cached_property
    def tables(self) -> npt.NDArray[np.int64]:
        """The weekday and the weekend schedule as one array, 2 x 12 x 24."""
        return np.array([self.weekday, self.weekend])

    @cached_property
    def week(self) -> WeekTable:
        """The period of each slot of the day, by month and weekday."""
        return self.hours or WeekTable.of_tables(self.tables)


@dataclass(frozen=True)
class Energy(Timed):
    """A charge for usage, by time-of-use period and tier.

    Parameters
    ----------
    periods : tuple of tuple of Tier
        Tiers of each time-of-use period.
    weekday, weekend : Schedule
        Period of each hour of each month (12 x 24). Holidays follow the weekend.
    labels : tuple of str
        The periods' names.
    units : tuple of str
        What each period's tiers are bounded in: ``kWh`` of a month, ``kWh daily`` (times days),
        ``kWh/kW`` (times the peak demand), ``kWh/kW daily`` (times both).
    name : str
        The charge's name in the ledger.
    hours : WeekTable, optional
        When each period is, where the two schedules, which are left out then, cannot say it.
    """

    periods: tuple[Tiers, ...]
    weekday: Schedule = ()
    weekend: Schedule = ()
    labels: tuple[str, ...] = ()
    units: tuple[EnergyUnit, ...] = ()
    name: str = "energy"
    hours: WeekTable | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.units:
            object.__setattr__(self, "units", ("kWh",) * len(self.periods))
        for label, unit in zip(self.labels, self.units, strict=True):
            if unit not in ENERGY_UNITS:
                raise TariffError(
                    f"charge {self.name!r}, period {label!r}: unknown unit {unit!r}; "
                    f"known are {', '.join(ENERGY_UNITS)}."
                )


@dataclass(frozen=True, slots=True)
class Ratchet:
    """A floor under the billed demand, from earlier peaks.

    Parameters
    ----------
    share : float
        Part of the earlier peak that is billed at least, in (0, 1].
    months_back : int, default 11
        How many billing periods before the present one are looked at.
    months : tuple of int, optional
        Calendar months (1 to 12) whose peaks count; by default all.
    history_kw : float, default 0
        The greatest peak known from before the load begins [kW].
    """

    share: float
    months_back: int = 11
    months: tuple[int, ...] = tuple(range(1, 13))
    history_kw: float = 0.0

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise TariffError(f"a ratchet's share must be in (0, 1], not {self.share}; 80 % is 0.8.")
        if self.months_back < 1 or not set(self.months) <= set(range(1, 13)) or self.history_kw < 0:
            raise TariffError(
                "a ratchet looks back at least one month, at months 1 to 12, from no negative demand."
            )


@dataclass(frozen=True)
class Demand(Timed):
    """A charge for the greatest mean load of a period.

    Parameters
    ----------
    periods : tuple of tuple of Tier
        Tiers [USD/kW] of each period.
    weekday, weekend : Schedule
        Period of each hour of each month (12 x 24). Holidays follow the weekend.
    labels : tuple of str
        The periods' names.
    unit : {"kW", "kW daily"}
        Whether the peak of the billing period or of each day is charged.
    by_time : bool, default True
        True: each period is charged for its own peak. False: the peak of the whole billing period is
        charged, at the price of the month (a flat or seasonal demand charge).
    ratchet : Ratchet, optional
        A floor from earlier peaks.
    name : str
        The charge's name in the ledger.
    hours : WeekTable, optional
        When each period is, where the two schedules, which are left out then, cannot say it.
    """

    periods: tuple[Tiers, ...]
    weekday: Schedule = ()
    weekend: Schedule = ()
    labels: tuple[str, ...] = ()
    unit: DemandUnit = "kW"
    by_time: bool = True
    ratchet: Ratchet | None = None
    name: str = "demand"
    hours: WeekTable | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.unit not in ("kW", "kW daily"):
            raise TariffError(
                f"charge {self.name!r}: unknown unit {self.unit!r}; kW and kW daily are known. "
                "kVA and hp need readings that a load in kWh does not hold."
            )
        if not self.by_time and (self.hours or (self.tables != self.tables[:1, :, :1]).any()):
            raise TariffError(
                f"charge {self.name!r}: a demand charge that is not by time has one period for each month; "
                "schedules.monthly makes such a schedule."
            )
        if self.ratchet and self.unit == "kW daily":
            raise TariffError(f"charge {self.name!r}: a ratchet on a daily demand charge is not known.")


@dataclass(frozen=True)
class Coincident:
    """A charge for the load at given times, such as the hours of the system's peak.

    Parameters
    ----------
    price : float
        Price [USD/kW].
    times : tuple of Timestamp
        The intervals' starts, tz-aware. Each billing period is charged for the times in it.
    how : {"max", "mean"}
        Whether the greatest or the mean of the loads at those times is billed.
    name : str
        The charge's name in the ledger.
    """

    price: float
    times: tuple[pd.Timestamp, ...]
    how: Literal["max", "mean"] = "max"
    name: str = "coincident demand"

    def __post_init__(self) -> None:
        if self.how not in ("max", "mean"):
            raise TariffError(f"charge {self.name!r}: how must be max or mean, not {self.how!r}.")
        times = tuple(pd.Timestamp(time) for time in self.times)
        if any(time.tzinfo is None for time in times):
            raise TariffError(f"charge {self.name!r}: give each of its times with a time zone.")
        object.__setattr__(self, "times", times)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A charge by the calendar: `price` [USD] every month, day or year."""

    price: float
    every: Every = "month"
    name: str = "fixed charge"

    def __post_init__(self) -> None:
        _check_every(self.name, self.every, ("month", "day", "year"))


@dataclass(frozen=True, slots=True)
class Minimum:
    """The least that a bill comes to: `price` [USD] a month, day or year, before taxes."""

    price: float
    every: Every = "month"
    name: str = "minimum bill"

    def __post_init__(self) -> None:
        _check_every(self.name, self.every, ("month", "day", "year"))


@dataclass(frozen=True, slots=True)
class Rider:
    """A percentage of other lines.

    Parameters
    ----------
    share : float
        Part of the base that is charged, 0.01 for 1 %; negative for a discount.
    of : tuple of str
        The components in the base. Riders follow one another: a later one with ``tax`` in its base
        is also charged on the earlier ones.
    name : str
        The line's name in the ledger.
    months : tuple of int, optional
        Calendar months (1 to 12) in which it is charged, by the middle of the billing period.
    """

    share: float
    of: tuple[str, ...] = ("fixed", "energy", "demand", "minimum", "credit")
    name: str = "tax"
    months: tuple[int, ...] = tuple(range(1, 13))

    def __post_init__(self) -> None:
        if unknown := set(self.of) - set(COMPONENTS):
            raise TariffError(f"rider {self.name!r}: unknown component(s) {', '.join(sorted(unknown))}.")


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

    def _key(self) -> tuple[object, ...]:
        # A Series has no single truth value: one and the same object is equal, no other.
        prices = None if self.prices is None else id(self.prices)
        settled = self.true_up_month, self.true_up_price, self.true_up
        return self.rule, self.price, prices, *settled

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Export) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())


@dataclass(frozen=True, slots=True)
class Limits:
    """Who may take the tariff: bounds of peak demand [kW] and of monthly usage [kWh]."""

    min_kw: float | None = None
    max_kw: float | None = None
    min_kwh: float | None = None
    max_kwh: float | None = None


Charge = Energy | Demand | Coincident | Fixed | Minimum | Rider


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


def _check_every(name: str, every: str, known: tuple[str, ...]) -> None:
    if every not in known:
        raise TariffError(f"charge {name!r}: unknown unit USD/{every}; known are {', '.join(known)}.")
