"""Records become tidy frames: the clock, the zone and the units of `schema` are made here, once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from omnipandas.errors import ArgumentError
from omnipandas.intervals.forms import interval_frame
from omnipandas.intervals.zones import Stamps, from_wall, zone_name
from omnipandas.schema import TEXT

from .payloads import MONTHS, AccountRecord, Address, IdentifiedIntervalRecord, IntervalRecord, MonthRecord
from .stamps import instants

_HOUR = pd.Timedelta(hours=1)
_ZIP = re.compile(r"(\d{5})(?:-\d{4})?")
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HourBlock:
    """Some hours of one service account, in order and without exact doubles; 32 bytes an hour.

    Parameters
    ----------
    start : ndarray of datetime64
        Left edges, in UTC.
    on, off, total : ndarray of float
        Usage [kWh] as sent.
    complete : bool
        Whether the answer has every hour of its month.
    """

    start: Stamps
    on: _Floats
    off: _Floats
    total: _Floats
    complete: bool = True


def service_accounts(records: Mapping[str, AccountRecord]) -> pd.DataFrame:
    """Return the `schema.SERVICE_ACCOUNTS` frame of records by their ids, in their order."""
    addresses = [record.address or Address() for record in records.values()]
    linked = [record.linked_date for record in records.values()]
    columns = {
        "external_id": _texts(record.external_service_account_id for record in records.values()),
        "street": _texts(address.street for address in addresses),
        "city": _texts(address.city for address in addresses),
        "state": _texts(address.state for address in addresses),
        "postal_code": _texts(address.postal_code for address in addresses),
        "timezone": _texts(zone_of(address) for address in addresses),
        "linked_at": pd.to_datetime(pd.Series(linked, dtype="object"), utc=True).dt.as_unit("us").array,
        "legal_names": _texts(_joined(record.legal_names) for record in records.values()),
    }
    return pd.DataFrame(columns, index=pd.Index(list(records), dtype=TEXT, name="service_account_id"))


def _texts(values: Iterable[str | None]) -> pd.api.extensions.ExtensionArray:
    return pd.array(list(values), dtype=TEXT)


def _joined(names: list[str | None] | None) -> str | None:
    return None if names is None else "; ".join(name for name in names if name)


def zone_of(address: Address) -> str | None:
    """Return the IANA zone of a United States ZIP code; None where the address has none.

    Five digits alone may be another country's: where a state is given in two letters, it must be the
    ZIP code's own.

    Notes
    -----
    Source: the table of the package ``zipcodes``. Its look-up takes any text that begins with a ZIP
    code ("201203" of Jaipur as 20120 in Virginia), so the form is checked first.
    """
    found = _ZIP.fullmatch((address.postal_code or "").strip())
    state = (address.state or "").strip().upper()
    return _zip_zone(found[1], state if len(state) == 2 else "") if found else None


@lru_cache(maxsize=1024)
def _zip_zone(zip_code: str, state: str) -> str | None:
    import zipcodes  # 0.2 s for its table, which most calls never need

    for place in zipcodes.matching(zip_code):
        if state in ("", place["state"]):
            try:
                return zone_name(place["timezone"])
            except ArgumentError:
                continue  # military mail has none, and one entry names a town
    return None


def monthly(blocks: Sequence[tuple[str, int, list[MonthRecord]]], ids: Sequence[str]) -> pd.DataFrame:
    """Return the `schema.MONTHLY` frame of month records.

    Parameters
    ----------
    blocks : sequence of (str, int, list of MonthRecord)
        What arrived, with its service account id and the year asked for; months of another year are
        left out, exact doubles dropped and differing ones kept.
    ids : sequence of str
        All service accounts asked for: the categories, and the order of rows of the same month.
    """
    places = {service_account: place for place, service_account in enumerate(ids)}
    rows = [
        (places[service_account], record)
        for service_account, year, records in blocks
        for record in records
        if record.year == year
    ]
    on = _floats([record.on_peak_usage_in_watts for _, record in rows]) / 1000
    off = _floats([record.off_peak_usage_in_watts for _, record in rows]) / 1000
    total = _floats([record.energy_consumption_in_watts for _, record in rows]) / 1000
    on, off = _reported_split(on, off, total)
    months = [f"{record.year:04d}-{MONTHS.index(record.month) + 1:02d}" for _, record in rows]
    columns = {
        "service_account_id": _account_column(np.array([place for place, _ in rows], dtype=np.intp), ids),
        "on_peak_kwh": on,
        "off_peak_kwh": off,
        "total_kwh": total,
        "cost_usd": _floats([record.amount_in_cents for _, record in rows]) / 100,
    }
    frame = pd.DataFrame(columns, index=pd.DatetimeIndex(np.array(months, "M8[us]"), name="month"))
    order = np.lexsort((frame["service_account_id"].cat.codes.to_numpy(), frame.index.to_numpy()))
    frame = frame.iloc[order]
    return frame[~frame.reset_index().duplicated().to_numpy()]


def hour_block(records: Sequence[IntervalRecord], start: pd.Timestamp, end: pd.Timestamp) -> HourBlock:
    """Return one answer's hours, cut to ``[start, end)``: the hours around it come with another answer.

    Parameters
    ----------
    records : sequence of IntervalRecord
        As decoded, in any order, stamped in UTC.
    start, end : Timestamp
        The bounds, tz-aware.

    Raises
    ------
    PayloadError
        A record's date is no instant.
    """
    return _block(records, instants([record.date for record in records]), start, end)


def wall_hour_block(
    records: Sequence[IdentifiedIntervalRecord], start: pd.Timestamp, end: pd.Timestamp, zone: str
) -> HourBlock:
    """Return what `hour_block` does, of records stamped with the wall time of `zone`."""
    wall = instants([record.date for record in records])
    return _block(records, from_wall(wall, zone, [record.id for record in records]), start, end)


def _block(
    records: Sequence[IntervalRecord], stamps: Stamps, start: pd.Timestamp, end: pd.Timestamp
) -> HourBlock:
    on = _floats([record.on_peak_usage for record in records])
    off = _floats([record.off_peak_usage for record in records])
    total = _floats([record.total_usage for record in records])
    first, last = (bound.tz_convert("UTC").tz_localize(None).to_datetime64() for bound in (start, end))
    inside = (stamps >= first) & (stamps < last)
    block = HourBlock(stamps, on, off, total)
    if not inside.all():
        block = _taken(block, inside)
    if (np.diff(block.start) <= np.timedelta64(0, "us")).any():
        block = _taken(block, np.argsort(block.start, kind="stable"))
        repeated = pd.DataFrame(
            {"start": block.start, "on": block.on, "off": block.off, "total": block.total}
        )
        block = _taken(block, ~repeated.duplicated().to_numpy())
    return block


def part_of(month: HourBlock, start: pd.Timestamp, end: pd.Timestamp, hours: int) -> HourBlock:
    """Return the hours of a month's block in ``[start, end)``, complete where all `hours` of it came."""
    first, last = (bound.tz_convert("UTC").tz_localize(None).to_datetime64() for bound in (start, end))
    complete = len(month.start) >= hours and len(np.unique(month.start)) >= hours
    rows = slice(*np.searchsorted(month.start, [first, last]).tolist())
    return replace(_taken(month, rows), complete=complete)


def is_whole_year(records: Sequence[MonthRecord], year: int) -> bool:
    """Say whether records have every month of a year."""
    return len({record.month for record in records if record.year == year}) == len(MONTHS)


def _taken(block: HourBlock, rows: npt.NDArray[np.bool_] | npt.NDArray[np.intp] | slice) -> HourBlock:
    return HourBlock(block.start[rows], block.on[rows], block.off[rows], block.total[rows])


def hourly(blocks: Sequence[tuple[str, HourBlock]], ids: Sequence[str], timezone: str) -> pd.DataFrame:
    """Return the `schema.INTERVALS` frame of blocks of hours, in `timezone`.

    Parameters
    ----------
    blocks : sequence of (str, HourBlock)
        What arrived, with its service account id; an account's blocks do not overlap.
    ids : sequence of str
        All service accounts asked for: the categories, and the order of rows of the same hour.
    timezone : str
        The frame's IANA zone.
    """
    places = {service_account: place for place, service_account in enumerate(ids)}
    codes = np.repeat(
        np.array([places[service_account] for service_account, _ in blocks], dtype=np.intp),
        [len(block.start) for _, block in blocks],
    )
    none = HourBlock(np.array([], "M8[us]"), np.array([]), np.array([]), np.array([]))
    every = [block for _, block in blocks] or [none]
    whole = HourBlock(
        np.concatenate([block.start for block in every]),
        np.concatenate([block.on for block in every]),
        np.concatenate([block.off for block in every]),
        np.concatenate([block.total for block in every]),
    )
    if (np.diff(whole.start) < np.timedelta64(0, "us")).any():
        order = np.lexsort((codes, whole.start))
        codes, whole = codes[order], _taken(whole, order)
    index = pd.DatetimeIndex(whole.start).tz_localize("UTC").tz_convert(timezone)
    on, off = _reported_split(whole.on, whole.off, whole.total)
    usage = {"on_peak_kwh": on, "off_peak_kwh": off, "total_kwh": whole.total}
    return interval_frame(index, index + _HOUR, _account_column(codes, ids), usage)


def _floats(numbers: list[float | None]) -> _Floats:
    """Return numbers as a column; an absent or null one is NaN."""
    return np.array(numbers, dtype=np.float64)


def _reported_split(on: _Floats, off: _Floats, total: _Floats) -> tuple[_Floats, _Floats]:
    """Make a 0/0 split of a total that is not 0 unknown: the utility did not report it."""
    unreported = (on == 0) & (off == 0) & (np.abs(total) > 0)
    if not unreported.any():
        return on, off
    return np.where(unreported, np.nan, on), np.where(unreported, np.nan, off)


def _account_column(codes: npt.NDArray[np.intp], ids: Sequence[str]) -> pd.api.extensions.ExtensionArray:
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(pd.Index(list(ids), dtype=TEXT)))
