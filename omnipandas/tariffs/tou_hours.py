"""What a peak schedule asks of a tariff: its time-of-use periods and their prices, by month and hour."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from omnipandas.errors import TariffError
from omnipandas.intervals.schedules import PeakSchedule as PeakSchedule  # op's, with the readers below
from omnipandas.intervals.schedules import tariff_hours
from omnipandas.intervals.week_tables import WeekTable

from .components import Energy
from .hour_tables import as_schedule
from .model import Tariff
from .urdb.documents import Document
from .urdb.sources import records_of
from .urdb.structures import structure_of, tiers_of

FIELDS = ("energyweekdayschedule", "energyweekendschedule", "energyratestructure")
Periods = dict[int | str, tuple[int, float]]


@tariff_hours.register
def _of_tariff(tariff: Tariff) -> tuple[WeekTable, Periods]:
    charge = next(tariff.of(Energy), None)
    if charge is None:
        raise TariffError("the tariff has no energy charge, so it has no peak hours.")
    priced = enumerate(zip(charge.labels, charge.periods, strict=True))
    return charge.week, {label: (code, tiers[0].total) for code, (label, tiers) in priced}


@tariff_hours.register(Mapping)
@tariff_hours.register(list)
@tariff_hours.register(str)
@tariff_hours.register(bytes)
@tariff_hours.register(os.PathLike)
def _of_source(source: Any) -> tuple[WeekTable, Periods]:
    documents = [Document(record, strict=False) for record in records_of(source)]
    if len(documents) == 1:
        return _of_document(documents[0])
    starts = [document.day("startdate") for document in documents]
    if None in starts:
        raise TariffError(f"{documents[starts.index(None)].where}: a version needs a start date.")
    return _of_document(max(documents, key=lambda document: document.day("startdate") or date.min))


def _of_document(document: Document) -> tuple[WeekTable, Periods]:
    if missing := [name for name in FIELDS if document.take(name) is None]:
        raise TariffError(f"the tariff has no {', '.join(missing)}: it has no time-of-use energy schedule.")
    # Which periods have a price is asked below, of the periods that hours name.
    tables = np.array(
        [
            as_schedule(document.take(name), sys.maxsize, where=f"{document.where}, {name}")
            for name in FIELDS[:2]
        ]
    )
    rates = structure_of(document, FIELDS[2]) or []
    price = {place: tiers_of(document, FIELDS[2], place, row)[0].total for place, row in enumerate(rates)}
    if unpriced := sorted(set(tables.ravel().tolist()) - set(price)):
        raise TariffError(f"the tariff's schedule names energy period {unpriced[0]!r}, which has no price.")
    return WeekTable.of_tables(tables), {place: (place, usd) for place, usd in price.items()}
