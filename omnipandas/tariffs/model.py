"""A tariff as a readable, immutable value: what is charged, when and for how much."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from math import inf
from typing import Any, Literal

import pandas as pd

from omnipandas.errors import ArgumentError, TariffError
from omnipandas.intervals.holidays import Holidays, checked_holidays
from omnipandas.schema import TEXT

from .components import (
    Charge,
    Coincident,
    Demand,
    Energy,
    EnergyUnit,
    Export,
    ExportRule,
    Fixed,
    Limits,
    Rider,
    Tier,
)
from .hour_tables import constant, from_windows

_ANYONE = Limits()


@dataclass(frozen=True)
class Tariff:
    """A tariff: what is charged, when and for how much. Immutable; `dataclasses.replace` makes another.

    Parameters
    ----------
    name : str
        The tariff's name; errors and ledgers bear it.
    charges : tuple
        Its `Energy`, `Demand`, `Coincident`, `Fixed`, `Minimum` and `Rider` charges. Riders are
        applied in their order, after all else.
    export : Export, optional
        How energy sent to the grid is paid; None where the tariff says nothing of it.
    start, end : date, optional
        The local dates from which (included) to which (excluded) the prices are in force.
    holidays : str or iterable of date and str, optional
        Days billed as a weekend: the public holidays of a region (``"AZ"``, ``"CA-BC"``), those of a utility
        calendar (``"NERC"``), dates, or holidays' names (``["Labor Day", "Christmas Day"]``).
    demand_window : int, optional
        Minutes over which demand is averaged. Finer loads are averaged over it; coarser loads
        understate the peak, which the ledger's notes then say.
    limits : Limits
        Who may take the tariff.
    label, utility, sector, source, description : str
        Where the figures come from.
    notes : tuple of str
        What was normalised, or left out, when the tariff was read.
    revisions : tuple of Tariff
        Dated versions, from `Tariff.dated`; empty for one version.
    dates_bind : bool, default True
        Whether `start` and `end` bind by themselves; those of a published sheet do not, see `charges`.

    Examples
    --------
    >>> import omnipandas as op
    >>> op.Tariff.tou("EV", {"peak": 0.40, "off-peak": 0.15},
    ...               {"peak": "weekday 16-21", "off-peak": "otherwise"}, fixed=12.0)
    Tariff EV
    charge        period    tier  up to  price  unit
    energy        peak         1            0.4  USD/kWh
    energy        off-peak     1           0.15  USD/kWh
    fixed charge                           12.0  USD/month
    """

    name: str
    charges: tuple[Charge, ...]
    export: Export | None = None
    start: date | None = None
    end: date | None = None
    holidays: Holidays = ()
    demand_window: int | None = None
    limits: Limits = _ANYONE
    label: str = ""
    utility: str = ""
    sector: str = ""
    source: str = ""
    description: str = ""
    notes: tuple[str, ...] = ()
    revisions: tuple[Tariff, ...] = ()
    dates_bind: bool = True

    def __post_init__(self) -> None:
        names = [charge.name for charge in self.charges]
        if doubles := {name for name in names if names.count(name) > 1}:
            raise TariffError(f"tariff {self.name!r}: two charges are named {min(doubles)!r}.")
        if self.start and self.end and self.start >= self.end:
            raise TariffError(
                f"tariff {self.name!r}: its end {self.end} is not after its start {self.start}."
            )
        try:
            known = checked_holidays(self.holidays or ())
        except ArgumentError as error:
            raise TariffError(f"tariff {self.name!r}: {error}") from error
        if not isinstance(self.holidays, str):
            object.__setattr__(self, "holidays", known)
        if self.demand_window is not None and not 0 < self.demand_window <= 60:
            raise TariffError(f"tariff {self.name!r}: demand_window must be 1 to 60 minutes.")

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, f.name) for f in fields(self) if f.name != "notes"))

    def of(self, kind: type[Charge]) -> Iterator[Charge]:
        """Give the charges of one class, in order."""
        return (charge for charge in self.charges if isinstance(charge, kind))

    @property
    def kind(self) -> str:
        """What sort of tariff it is: flat, tiered, time-of-use, tiered time-of-use; with demand or not."""
        words = []
        energies = [charge for charge in self.charges if isinstance(charge, Energy)]
        if any(len(tiers) > 1 for charge in energies for tiers in charge.periods):
            words.append("tiered")
        hours = [row for charge in energies for row in (*charge.weekday, *charge.weekend)]
        if any(len(set(row)) > 1 for row in hours):
            words.append("time-of-use")
        demand = any(isinstance(charge, Demand | Coincident) for charge in self.charges)
        return " ".join(words or ["flat"]) + (" with demand" if demand else "")

    @classmethod
    def flat(cls, name: str, price: float, *, fixed: float = 0.0, **settings: Any) -> Tariff:
        """Return a tariff with one price for every kWh.

        Parameters
        ----------
        name : str
            Its name.
        price : float
            Price [USD/kWh].
        fixed : float, default 0
            Fixed charge [USD/month].
        **settings
            Any further field of `Tariff`; `charges` given here are added.

        Returns
        -------
        Tariff
            The tariff.

        Examples
        --------
        >>> import omnipandas as op
        >>> op.Tariff.flat("Basic", 0.12, fixed=9.5)
        Tariff Basic
        charge        period  tier  up to  price  unit
        energy        all        1          0.12  USD/kWh
        fixed charge                         9.5  USD/month
        """
        return cls.tiered(name, [(inf, price)], fixed=fixed, **settings)

    @classmethod
    def tiered(
        cls,
        name: str,
        tiers: Iterable[tuple[float | None, float]],
        *,
        unit: EnergyUnit = "kWh",
        fixed: float = 0.0,
        **settings: Any,
    ) -> Tariff:
        """Return a tariff whose price depends on how much was used in the billing period.

        Parameters
        ----------
        name : str
            Its name.
        tiers : iterable of (float or None, float)
            Upper bound [`unit`], counted from 0, and price [USD/kWh]; the last bound is None.
        unit : str, default "kWh"
            What the bounds are in, see `Energy`.
        fixed : float, default 0
            Fixed charge [USD/month].
        **settings
            Any further field of `Tariff`; `charges` given here are added.

        Returns
        -------
        Tariff
            The tariff.

        Raises
        ------
        TariffError
            Tiers out of order, or none without a bound at the end.

        Examples
        --------
        >>> import omnipandas as op
        >>> op.Tariff.tiered("Blocks", [(500, 0.10), (None, 0.14)])
        Tariff Blocks
        charge  period  tier  up to  price  unit
        energy  all        1  500.0    0.1  USD/kWh
        energy  all        2          0.14  USD/kWh
        """
        row = tuple(Tier(price, inf if bound is None else bound) for bound, price in tiers)
        energy = Energy((row,), constant(), constant(), ("all",), (unit,))
        return cls._built(name, energy, fixed, settings)

    @classmethod
    def tou(
        cls,
        name: str,
        prices: Mapping[str, float],
        windows: Mapping[str, str | Iterable[str]],
        *,
        fixed: float = 0.0,
        **settings: Any,
    ) -> Tariff:
        """Return a tariff whose price depends on the time of use.

        Parameters
        ----------
        name : str
            Its name.
        prices : mapping of str to float
            Price of each period [USD/kWh].
        windows : mapping of str to str or iterable of str
            When each period is: ``"jun-sep weekday 16-21"``, months with both ends in, hours half-open
            and local, each part optional; ``"otherwise"`` takes what is left.
        fixed : float, default 0
            Fixed charge [USD/month].
        **settings
            Any further field of `Tariff`; `charges` given here are added.

        Returns
        -------
        Tariff
            The tariff.

        Raises
        ------
        TariffError
            Windows that overlap or leave an hour out, or a period without a price.

        Examples
        --------
        >>> import omnipandas as op
        >>> night = op.Tariff.tou("Night", {"day": 0.2, "night": 0.1},
        ...                       {"day": "7-23", "night": "23-7"})
        >>> night.schedule().loc[1, 22:].tolist()
        ['day', 'night']
        """
        where = f"tariff {name!r}"
        labels, weekday, weekend = from_windows(windows, where=where)
        if set(labels) != set(prices):
            missing = sorted(set(labels) ^ set(prices))
            raise TariffError(f"{where}: period(s) {', '.join(missing)} need a price and a window each.")
        periods = tuple((Tier(float(prices[label])),) for label in labels)
        return cls._built(name, Energy(periods, weekday, weekend, labels), fixed, settings)

    @classmethod
    def _built(cls, name: str, energy: Energy, fixed: float, settings: dict[str, Any]) -> Tariff:
        more = tuple(settings.pop("charges", ()))
        known = {f.name for f in fields(cls)}
        if unknown := set(settings) - known:
            raise ArgumentError(f"a Tariff has no field {', '.join(sorted(unknown))}.")
        line = (Fixed(float(fixed)),) if fixed else ()
        return cls(name, (energy, *line, *more), **settings)

    @classmethod
    def dated(cls, versions: Iterable[Tariff]) -> Tariff:
        """Return one tariff of dated versions, each in force from its `start` until the next one's.

        Parameters
        ----------
        versions : iterable of Tariff
            Each with a `start`. A billing period in which prices change is split at the change: usage
            is priced at the prices of its day, whatever is charged by month or by peak is shared by days.

        Returns
        -------
        Tariff
            The newest version, with all of them in `revisions`.

        Raises
        ------
        TariffError
            A version without a start, two with one start, or versions that overlap or leave a gap.

        Examples
        --------
        >>> from datetime import date
        >>> import omnipandas as op
        >>> old = op.Tariff.flat("Basic", 0.10, start=date(2023, 1, 1))
        >>> new = op.Tariff.flat("Basic", 0.12, start=date(2023, 7, 1))
        >>> [str(version.end) for version in op.Tariff.dated([old, new]).revisions]
        ['2023-07-01', 'None']
        """
        given = list(versions)
        if not given:
            raise TariffError("a dated tariff needs at least one version.")
        if undated := [version.name for version in given if version.start is None]:
            raise TariffError(f"tariff {undated[0]!r}: a version needs a start date.")
        ordered = sorted(given, key=lambda version: version.start or date.min)
        closed = []
        for version, following in itertools.pairwise(ordered):
            if version.start == following.start or (version.end and version.end > following.start):  # type: ignore[operator] # both have starts
                raise TariffError(
                    f"tariff {version.name!r}: the versions from {version.start} and from "
                    f"{following.start} overlap; end the first where the next starts."
                )
            if version.end and version.end < following.start:  # type: ignore[operator] # has a start
                raise TariffError(
                    f"tariff {version.name!r}: no version is in force from {version.end} "
                    f"to {following.start}."
                )
            closed.append(replace(version, end=following.start, revisions=()))
        newest = replace(ordered[-1], revisions=())
        return replace(newest, start=ordered[0].start, revisions=(*closed, newest), dates_bind=True)

    def with_export(self, rule: ExportRule, price: float | None = None, **settings: Any) -> Tariff:
        """Return this tariff with another way of paying for export; see `Export` for the arguments.

        Examples
        --------
        >>> import omnipandas as op
        >>> op.Tariff.flat("Basic", 0.12).with_export("net_billing", 0.04).export.price
        0.04
        """
        export = Export(rule, price, **settings)
        versions = tuple(replace(version, export=export) for version in self.revisions)
        return replace(self, export=export, revisions=versions)

    def schedule(
        self, kind: Literal["weekday", "weekend"] = "weekday", charge: str | None = None
    ) -> pd.DataFrame:
        """Return the time-of-use period of each month and local hour.

        Parameters
        ----------
        kind : {"weekday", "weekend"}
            Which days; holidays follow the weekend.
        charge : str, optional
            Name of an energy or demand charge; by default the first energy charge.

        Returns
        -------
        DataFrame
            Twelve rows (`month`, 1 to 12), 24 columns (`hour`, 0 to 23), the periods' labels.

        Examples
        --------
        >>> import omnipandas as op
        >>> op.Tariff.flat("Basic", 0.12).schedule("weekend").shape
        (12, 24)
        """
        if kind not in ("weekday", "weekend"):
            raise ArgumentError(f"kind must be weekday or weekend, not {kind!r}.")
        found = [c for c in self.charges if isinstance(c, Energy | Demand) and charge in (None, c.name)]
        if not found:
            raise ArgumentError(f"tariff {self.name!r} has no charge {charge!r} with time-of-use periods.")
        chosen = found[0]
        rows = chosen.weekday if kind == "weekday" else chosen.weekend
        table = pd.DataFrame(
            [[chosen.labels[period] for period in row] for row in rows],
            index=pd.RangeIndex(1, 13, name="month"),
            columns=pd.RangeIndex(24, name="hour"),
        )
        return table.astype(TEXT)

    def table(self) -> pd.DataFrame:
        """Return the tariff's prices: a row for each charge, period and tier.

        Returns
        -------
        DataFrame
            Columns `charge`, `period`, `tier`, `up_to`, `price`, `unit`.

        Examples
        --------
        >>> import omnipandas as op
        >>> op.Tariff.flat("Basic", 0.12).table()["price"].tolist()
        [0.12]
        """
        rows = [row for charge in self.charges for row in _rows(charge)]
        table = pd.DataFrame(rows, columns=["charge", "period", "tier", "up_to", "price", "unit"])
        kinds: dict[str, Any] = dict.fromkeys(("charge", "period", "unit"), TEXT)
        return table.astype(kinds | {"tier": "Int64", "up_to": "float64", "price": "float64"})

    def __repr__(self) -> str:
        table = pd.DataFrame(
            {
                "charge": (rows := self.table())["charge"],
                "period": rows["period"],
                "tier": ["" if pd.isna(number) else str(number) for number in rows["tier"]],
                "up_to": ["" if pd.isna(bound) or bound == inf else _shown(bound) for bound in rows["up_to"]],
                "price": [_shown(price) for price in rows["price"]],
                "unit": rows["unit"],
            }
        )
        head = " ".join(["Tariff", *([self.utility] if self.utility else []), self.name])
        if self.start or self.end:
            head += f" ({self.start or '...'} to {self.end or '...'})"
        if len(self.revisions) > 1:
            head += f", {len(self.revisions)} versions"
        return "\n".join([head, *_aligned(table)])


def _shown(number: float) -> str:
    text = f"{number:.6f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def _aligned(table: pd.DataFrame) -> list[str]:
    columns = [[name.replace("_", " "), *map(str, table[name])] for name in table.columns]
    left = {"charge", "period", "unit"}
    cells = []
    for name, column in zip(table.columns, columns, strict=True):
        width = max(map(len, column))
        cells.append([text.ljust(width) if name in left else text.rjust(width) for text in column])
    return ["  ".join(row).rstrip() for row in zip(*cells, strict=True)]


def _rows(charge: Charge) -> list[tuple[object, ...]]:
    if isinstance(charge, Energy | Demand):
        unit = "kWh" if isinstance(charge, Energy) else charge.unit
        return [
            (charge.name, label, number, tier.up_to, tier.total, f"USD/{unit}")
            for label, tiers in zip(charge.labels, charge.periods, strict=True)
            for number, tier in enumerate(tiers, 1)
        ]
    if isinstance(charge, Coincident):
        return [(charge.name, "", None, None, charge.price, "USD/kW")]
    if isinstance(charge, Rider):
        return [(charge.name, "", None, None, charge.share, f"x {'+'.join(charge.of)}")]
    return [(charge.name, "", None, None, charge.price, f"USD/{charge.every}")]
