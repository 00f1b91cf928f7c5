"""What a peak schedule asks of a tariff: its time-of-use periods and their prices, by month and hour."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from omnipandas.errors import TariffError
from omnipandas.intervals.schedules import Labels, tariff_hours
from omnipandas.intervals.schedules import PeakSchedule as PeakSchedule  # op's, with the readers below
from omnipandas.intervals.units import Floats

from .hour_tables import as_schedule
from .model import Tariff
from .urdb.documents import Document
from .urdb.reading import structure_of, tiers_of

FIELDS = ("energyweekdayschedule", "energyweekendschedule", "energyratestructure")


@tariff_hours.register
def _of_tariff(tariff: Tariff) -> tuple[list[Labels], list[Floats]]:
    table = tariff.table()
    energy = table[table["unit"] == "USD/kWh"]
    if energy.empty:
        raise TariffError("the tariff has no energy charge, so it has no peak hours.")
    charge = str(energy["charge"].iloc[0])
    first = energy[energy["charge"] == charge].drop_duplicates("period")
    labels = [tariff.schedule(kind, charge).to_numpy(dtype=object) for kind in ("weekday", "weekend")]
    return _priced(labels, dict(zip(first["period"], first["price"], strict=True)))


@tariff_hours.register
def _of_document(record: Mapping) -> tuple[list[Labels], list[Floats]]:  # type: ignore[type-arg] # what is registered is a class
    document = Document(record, strict=False)
    if missing := [name for name in FIELDS if document.take(name) is None]:
        raise TariffError(f"the tariff has no {', '.join(missing)}: it has no time-of-use energy schedule.")
    # Which periods have a price is asked below, of the periods that hours name.
    labels = [
        np.array(as_schedule(document.take(name), sys.maxsize, where=f"{document.where}, {name}"))
        for name in FIELDS[:2]
    ]
    rates = structure_of(document, FIELDS[2]) or []
    price = {place: tiers_of(document, FIELDS[2], place, row)[0].total for place, row in enumerate(rates)}
    return _priced(labels, price)


def _priced(labels: list[Labels], price: Mapping[Any, float]) -> tuple[list[Labels], list[Floats]]:
    if unpriced := sorted({label for table in labels for label in table.ravel().tolist()} - set(price)):
        raise TariffError(f"the tariff's schedule names energy period {unpriced[0]!r}, which has no price.")
    return labels, [np.vectorize(price.__getitem__, otypes=[np.float64])(table) for table in labels]
