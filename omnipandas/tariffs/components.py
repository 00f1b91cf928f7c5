"""The charges of a tariff, each a readable, immutable value that answers for itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import TariffError
from omnipandas.intervals.week_tables import WeekTable

from .export_rules import Export as Export
from .hour_tables import Schedule
from .tiers import Tier as Tier
from .tiers import Tiers, check_tiers

TableRow = tuple[str, str, int | None, float | None, float, str]
EnergyUnit = Literal["kWh", "kWh daily", "kWh/kW", "kWh/kW daily"]
DemandUnit = Literal["kW", "kW daily"]
Every = Literal["month", "day", "year"]
COMPONENTS = ("fixed", "energy", "demand", "minimum", "credit", "tax", "rounding")
ENERGY_UNITS: tuple[EnergyUnit, ...] = get_args(EnergyUnit)


class Timed:
    """What is charged by time-of-use period: an `Energy` or a `Demand`."""

    name: str
    periods: tuple[Tiers, ...]
    weekday: Schedule
    weekend: Schedule
    labels: tuple[str, ...]
    hours: WeekTable | None

    @property
    def priced_in(self) -> str:
        """The unit that its prices are for."""
        raise NotImplementedError

    @property
    def tiered(self) -> bool:
        """Whether a price depends on how much there is."""
        return any(len(tiers) > 1 for tiers in self.periods)

    def table_rows(self) -> list[TableRow]:
        """Return its rows of `Tariff.table`: one for each period and tier."""
        return [
            (self.name, label, number, tier.up_to, tier.total, f"USD/{self.priced_in}")
            for label, tiers in zip(self.labels, self.periods, strict=True)
            for number, tier in enumerate(tiers, 1)
        ]

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
        named = self.tables if self.hours is None else self.week.whole[self.week.whole >= 0]
        if not set(np.unique(named).tolist()) <= set(range(len(self.periods))):
            raise TariffError(f"charge {self.name!r}: its schedule names a period that is not defined.")

    @cached_property
    def tables(self) -> npt.NDArray[np.int64]:
        """The weekday and the weekend schedule as one array, 2 x 12 x 24."""
        return np.array([self.weekday, self.weekend])

    @cached_property
    def week(self) -> WeekTable:
        """The period of each slot of the day, by month and weekday."""
        return self.hours or WeekTable.of_tables(self.tables)

    @property
    def by_hours(self) -> bool:
        """Whether the period changes within a day."""
        return bool((self.week.weeks != self.week.weeks[:, :, :1]).any())


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
    component: ClassVar[str] = "energy"

    @property
    def priced_in(self) -> str:
        """The unit that its prices are for, whatever its bounds are in."""
        return "kWh"

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
    component: ClassVar[str] = "demand"

    @property
    def priced_in(self) -> str:
        """The unit that its prices are for."""
        return self.unit

    @property
    def linear(self) -> bool:
        """Whether it is a price times one peak of the billing period."""
        return not self.tiered and self.ratchet is None and self.unit == "kW"

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
    component: ClassVar[str] = "demand"

    def __post_init__(self) -> None:
        if self.how not in ("max", "mean"):
            raise TariffError(f"charge {self.name!r}: how must be max or mean, not {self.how!r}.")
        times = tuple(pd.Timestamp(time) for time in self.times)
        if any(time.tzinfo is None for time in times):
            raise TariffError(f"charge {self.name!r}: give each of its times with a time zone.")
        object.__setattr__(self, "times", times)

    def table_rows(self) -> list[TableRow]:
        """Return its row of `Tariff.table`."""
        return [(self.name, "", None, None, self.price, "USD/kW")]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A charge by the calendar: `price` [USD] every month, day or year."""

    price: float
    every: Every = "month"
    name: str = "fixed charge"
    component: ClassVar[str] = "fixed"

    def __post_init__(self) -> None:
        _check_every(self.name, self.every)

    def table_rows(self) -> list[TableRow]:
        """Return its row of `Tariff.table`."""
        return [(self.name, "", None, None, self.price, f"USD/{self.every}")]


@dataclass(frozen=True, slots=True)
class Minimum:
    """The least that a bill comes to: `price` [USD] a month, day or year, before taxes."""

    price: float
    every: Every = "month"
    name: str = "minimum bill"
    component: ClassVar[str] = "minimum"

    def __post_init__(self) -> None:
        _check_every(self.name, self.every)

    def table_rows(self) -> list[TableRow]:
        """Return its row of `Tariff.table`."""
        return [(self.name, "", None, None, self.price, f"USD/{self.every}")]


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
    component: ClassVar[str] = "tax"

    def __post_init__(self) -> None:
        if unknown := set(self.of) - set(COMPONENTS):
            raise TariffError(f"rider {self.name!r}: unknown component(s) {', '.join(sorted(unknown))}.")

    def table_rows(self) -> list[TableRow]:
        """Return its row of `Tariff.table`."""
        return [(self.name, "", None, None, self.share, f"x {'+'.join(self.of)}")]


@dataclass(frozen=True, slots=True)
class Limits:
    """Who may take the tariff: bounds of peak demand [kW] and of monthly usage [kWh]."""

    min_kw: float | None = None
    max_kw: float | None = None
    min_kwh: float | None = None
    max_kwh: float | None = None


Charge = Energy | Demand | Coincident | Fixed | Minimum | Rider


def _check_every(name: str, every: str) -> None:
    if every not in get_args(Every):
        known = ", ".join(get_args(Every))
        raise TariffError(f"charge {name!r}: unknown unit USD/{every}; known are {known}.")
