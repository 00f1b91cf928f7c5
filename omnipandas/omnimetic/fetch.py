"""get_*: the one place where client, payloads and frames meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import pandas as pd

from omnipandas.atomic import file_path, require_writable, write_whole
from omnipandas.errors import ArgumentError, IncompleteError, OmnipandasError
from omnipandas.intervals.zones import zone_name

from . import frames, payloads, ranges
from .client import Client, Clock
from .gathering import Part, Source, gathered
from .ids import account_ids, checked_id


def get_service_accounts(
    client: Client, ids: str | Iterable[str], *, refresh: bool = False, offline: bool = False
) -> pd.DataFrame:
    """Return a frame of service accounts: address, time zone, when linked.

    Parameters
    ----------
    client : Client
        As returned by `connect` or `demo`.
    ids : str or iterable of str
        One service account id or many; doubles count once.
    refresh : bool, default False
        Ask the server even where the cache is fresh.
    offline : bool, default False
        Take the cache alone, however old.

    Returns
    -------
    DataFrame
        One row per id, in the order asked; index ``service_account_id``, columns as in
        `schema.SERVICE_ACCOUNTS`. ``timezone`` is that of the ZIP code, missing where there is none.

    Raises
    ------
    ArgumentError
        An id is none; nothing was sent.
    IncompleteError
        Some of the ids failed.
    ResponseError, ConnectionFailedError, PayloadError
        All of them failed, this way first.

    Notes
    -----
    Source: vendor's API reference, "Request for fetching service account details".

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo()
    >>> accounts = op.get_service_accounts(client, op.linked_accounts(client)[:3])
    >>> list(accounts.columns)[:4]
    ['external_id', 'street', 'city', 'state']
    """
    parts = _account_parts(account_ids(ids))
    return gathered(
        client,
        parts,
        Source(refresh, offline),
        lambda found: _signed(
            frames.service_accounts({part.service_account_id: record for part, record in found}), client
        ),
    )


def get_historical(
    client: Client,
    ids: str | Iterable[str],
    years: int | Iterable[int],
    *,
    refresh: bool = False,
    offline: bool = False,
) -> pd.DataFrame:
    """Return monthly usage and cost with a datetime index.

    Parameters
    ----------
    client : Client
        As returned by `connect` or `demo`.
    ids : str or iterable of str
        One service account id or many.
    years : int or iterable of int
        One calendar year or many, for example ``range(2021, 2024)``.
    refresh, offline : bool, default False
        As in `get_service_accounts`.

    Returns
    -------
    DataFrame
        One row per account and month that the utility has; index ``month`` (the first day, naive),
        columns as in `schema.MONTHLY`: usage [kWh] and ``cost_usd`` [USD]. What was not reported is NaN.

    Raises
    ------
    ArgumentError
        An id or a year is none; nothing was sent.
    IncompleteError
        Some years or ids failed; what arrived is in `partial`, and `resume` asks for the rest.
    ResponseError, ConnectionFailedError, PayloadError
        All of them failed, this way first.

    Notes
    -----
    Source: vendor's API reference, "Request for fetching historical data". Its fields named "...InWatts"
    are read as watt-hours: 677,270.4 is a month only then.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo()
    >>> household = op.linked_accounts(client)[0]
    >>> monthly = op.get_historical(client, household, 2025)
    >>> list(monthly.columns)
    ['service_account_id', 'on_peak_kwh', 'off_peak_kwh', 'total_kwh', 'cost_usd']
    """
    wanted, now = account_ids(ids), client.now()
    calendar = ranges.calendar_years(years, now)
    parts = [
        Part(
            service_account,
            "historical-data",
            {"year": str(year)},
            f"historical data {year} of {service_account}",
            ranges.is_closed(pd.Timestamp(year=year + 1, month=1, day=1, tz="UTC"), now),
            payloads.month_records,
        )
        for service_account in wanted
        for year in calendar
    ]
    return gathered(
        client,
        parts,
        Source(refresh, offline),
        lambda found: _signed(
            frames.monthly(
                [(part.service_account_id, int(part.query["year"]), records) for part, records in found],
                wanted,
            ),
            client,
        ),
    )


def get_intervals(
    client: Client,
    ids: str | Iterable[str],
    start: ranges.Bound,
    end: ranges.Bound,
    *,
    timezone: str | None = None,
    clock: Clock | None = None,
    refresh: bool = False,
    offline: bool = False,
) -> pd.DataFrame:
    """Return hourly usage with a time-zone-aware index.

    Parameters
    ----------
    client : Client
        As returned by `connect` or `demo`.
    ids : str or iterable of str
        One service account id or many.
    start, end : str, date or datetime
        The half-open range ``[start, end)``. A naive bound means local time in the frame's zone.
    timezone : str, optional
        The frame's IANA zone, and the premises' own where their ZIP code does not tell it. By default the
        client's, else that of the ZIP code.
    clock : {"utc", "wall"}, optional
        How the vendor's instants are read: as true UTC, or as the premise's wall time stamped Z. By
        default the client's.
    refresh, offline : bool, default False
        As in `get_service_accounts`.

    Returns
    -------
    DataFrame
        One row per account and hour that the utility has; index ``interval_start`` (tz-aware, sorted, the
        hour's left edge), columns as in `schema.INTERVALS`, usage [kWh]. A local day has 23, 24 or 25
        rows. Exact doubles are dropped, differing ones kept for `check_usage` to report; hours that the
        utility does not have are absent.

    Raises
    ------
    ArgumentError
        An id, a bound, a zone or a clock is wrong; the range is empty, reversed or in the future (nothing
        was sent). Or no zone is known for a premise, or they lie in several: give `timezone`.
    IncompleteError
        Some months or ids failed; what arrived is in `partial`, and `resume` asks for the rest.
    ResponseError, ConnectionFailedError, PayloadError
        All of them failed, this way first.

    Notes
    -----
    Source: vendor's API reference, "Request for fetching interval data". The range is asked for by
    calendar months, a few at a time; closed months (older than 60 days) stay in the cache for long.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo()
    >>> household = op.linked_accounts(client)[0]
    >>> autumn = op.get_intervals(client, household, "2025-11-02", "2025-11-03")
    >>> len(autumn)
    25
    """
    wanted, now = account_ids(ids), client.now()
    source = Source(refresh, offline)
    clock = client.clock if clock is None else clock
    if clock not in ("utc", "wall"):
        raise ArgumentError(f'clock is "utc" or "wall", not {clock!r}.')
    given = client.timezone if timezone is None else zone_name(timezone)
    ranges.require_order(start, end, now)
    zones, failures = _zones(client, wanted, given, clock, source)
    zone = given or _shared_zone(zones)
    first, last = ranges.bounds(start, end, zone, now)
    parts = [
        Part(
            service_account,
            "interval-data",
            chunk.query,
            f"interval data {chunk.month} of {service_account}",
            ranges.is_closed(chunk.closes, now),
            partial(_read_wall_hours, chunk, premise) if clock == "wall" else partial(_read_hours, chunk),
        )
        for service_account, premise in zones.items()
        for chunk in ranges.month_chunks(first, last, now)
    ]

    def whole(found: list[tuple[Part[frames.HourBlock], frames.HourBlock]]) -> pd.DataFrame:
        blocks = [(part.service_account_id, block) for part, block in found]
        return _signed(
            frames.hourly(blocks, wanted, zone), client, timezone=zone, clock=clock, interval_label="start"
        )

    if not failures:
        return gathered(client, parts, source, whole)
    again = partial(
        get_intervals,
        client,
        wanted,
        start,
        end,
        timezone=timezone,
        clock=clock,
        refresh=refresh,
        offline=offline,
    )
    raise _without(failures, partial(gathered, client, parts, source, whole), again)


def download_workbook(client: Client, service_account_id: str, path: str | Path) -> Path:
    """Save the utility's own workbook of a service account and return where it lies.

    Parameters
    ----------
    client : Client
        As returned by `connect` or `demo`.
    service_account_id : str
        One service account.
    path : str or Path
        The file to write, whole or not at all, readable by its owner alone (mode 0600); its folder must be
        there.

    Returns
    -------
    Path
        `path`, for `read_workbook`.

    Raises
    ------
    ArgumentError
        The id is none, or the path is no place for a file; nothing was sent.
    PayloadError
        What came is no xlsx file; nothing was written.
    ResponseError, ConnectionFailedError
        As the server or the network had it.

    Notes
    -----
    Source: vendor's API reference, "Utility Data". A workbook is not cached.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo()
    >>> household = op.linked_accounts(client)[0]
    >>> path = op.download_workbook(client, household, getfixture("tmp_path") / "usage.xlsx")
    >>> len(op.read_workbook(path)) > 0
    True
    """
    service_account_id = checked_id(service_account_id)
    target = require_writable(file_path(path))
    reply = client.get(service_account_id, "download-data", {}, subject=f"workbook of {service_account_id}")
    return write_whole(target, payloads.workbook(reply), mode=0o600)


def _account_parts(ids: list[str]) -> list[Part[payloads.AccountRecord]]:
    return [
        Part(
            service_account,
            "info",
            {},
            f"service account {service_account}",
            False,
            payloads.account_record,
        )
        for service_account in ids
    ]


def _read_hours(chunk: ranges.Chunk, reply: payloads.Reply) -> frames.HourBlock:
    return frames.hour_block(payloads.interval_records(reply), chunk.start, chunk.end)


def _read_wall_hours(chunk: ranges.Chunk, zone: str, reply: payloads.Reply) -> frames.HourBlock:
    return frames.wall_hour_block(payloads.identified_interval_records(reply), chunk.start, chunk.end, zone)


def _zones(
    client: Client, ids: list[str], given: str | None, clock: Clock, source: Source
) -> tuple[dict[str, str], dict[str, OmnipandasError]]:
    """Return each premise's zone, and the errors of those whose address could not be had.

    The zone that is given is the premise's own where there is one premise or the stamps are UTC; of
    several under the wall clock each has that of its ZIP code, the given one standing in for an unknown.
    """
    if given is not None and (clock == "utc" or len(ids) == 1):
        return dict.fromkeys(ids, given), {}
    failures: dict[str, OmnipandasError] = {}
    try:
        # A premise does not move: its address is taken from the cache at any age.
        addresses = Source(offline=source.offline, ageless=True)
        zones = gathered(client, _account_parts(ids), addresses, _premise_zones)
    except IncompleteError as error:
        zones, failures = error.partial, error.failures
        if not zones and clock == "utc" and source.offline:
            # Go on in UTC, so that the error names the months that the cache lacks as well.
            return dict.fromkeys(ids, "UTC"), failures
        if not zones:
            raise next(iter(failures.values())) from error
    if unknown := [service_account for service_account, zone in zones.items() if not (zone or given)]:
        raise ArgumentError(
            f"no time zone is known for {', '.join(unknown)}: the address has no US ZIP code. "
            'Give the premise\'s, for example timezone="America/New_York".'
        )
    return {service_account: zone or given or "" for service_account, zone in zones.items()}, failures


def _premise_zones(
    found: list[tuple[Part[payloads.AccountRecord], payloads.AccountRecord]],
) -> dict[str, str | None]:
    return {
        part.service_account_id: frames.zone_of(record.address or payloads.Address())
        for part, record in found
    }


def _shared_zone(zones: dict[str, str]) -> str:
    several = sorted(set(zones.values()))
    if len(several) > 1:
        raise ArgumentError(
            f"the premises lie in several time zones ({', '.join(several)}), and a frame has one: give "
            "timezone=, or fetch each zone by itself."
        )
    return several[0] if several else "UTC"


def _without(
    failures: dict[str, OmnipandasError],
    fetch: Callable[[], pd.DataFrame],
    again: Callable[[], pd.DataFrame],
) -> IncompleteError:
    """Return the error of a call of whose premises some have no address, with what the others brought."""
    failures = dict(failures)
    try:
        arrived = fetch()
    except IncompleteError as error:
        arrived = error.partial
        failures |= error.failures
    first = next(iter(failures.values()))
    return IncompleteError(
        f"{', '.join(failures)} failed. First reason: {first} What did arrive is in error.partial; "
        "error.resume() asks again.",
        partial=arrived,
        failures=failures,
        resume=again,
    )


def _signed(frame: pd.DataFrame, client: Client, **facts: str) -> pd.DataFrame:
    """Note in `attrs` where the frame came from: a courtesy for its reader, on which no code depends."""
    frame.attrs.update({"source": client.base_url, "fetched_at": client.now().isoformat()} | facts)
    return frame
