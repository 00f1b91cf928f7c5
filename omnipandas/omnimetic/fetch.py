"""get_*: the one place where client, payloads and frames meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from operator import attrgetter

import pandas as pd

from omnipandas.errors import ArgumentError, IncompleteError, OmnipandasError
from omnipandas.intervals.zones import zone_name

from . import frames, payloads, premises, ranges
from .client import Client
from .gathering import Part, Progress, Source, gathered
from .ids import account_ids
from .replies import Reply
from .settings import Clock


def get_service_accounts(
    client: Client,
    ids: str | Iterable[str],
    *,
    refresh: bool = False,
    offline: bool = False,
    progress: Progress | None = None,
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
    progress : callable, optional
        Called as ``progress(done, total)`` with the answers that have come and those that were asked for,
        before the first and after each, in the caller's own thread; what the cache has is not counted.
        What it raises ends the call, and is raised: the way to cancel. What had come by then stays in the
        cache. By default a call of more than a second shows a bar.

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
    return gathered(
        client,
        premises.account_parts(account_ids(ids)),
        Source(refresh, offline, progress),
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
    progress: Progress | None = None,
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
    progress : callable, optional
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
            payloads.owners,
            partial(frames.is_whole_year, year=year),
        )
        for service_account in wanted
        for year in calendar
    ]
    return gathered(
        client,
        parts,
        Source(refresh, offline, progress),
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
    progress: Progress | None = None,
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
    progress : callable, optional
        As in `get_service_accounts`; first of the addresses that tell the zones, where they are needed.

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
    source = Source(refresh, offline, progress)
    clock = client.clock if clock is None else clock
    if clock not in ("utc", "wall"):
        raise ArgumentError(f'clock is "utc" or "wall", not {clock!r}.')
    given = client.timezone if timezone is None else zone_name(timezone)
    ranges.require_order(start, end, now)

    def fetched() -> pd.DataFrame:
        zones, failures = premises.zones(client, wanted, given, clock, source)
        zone = given or premises.shared_zone(zones)
        first, last = ranges.bounds(start, end, zone, now)
        parts = [
            _hour_part(one, premise, chunk, clock, now)
            for one, premise in zones.items()
            for chunk in ranges.month_chunks(first, last, now)
        ]

        def whole(found: list[tuple[Part[frames.HourBlock], frames.HourBlock]]) -> pd.DataFrame:
            blocks = [(part.service_account_id, block) for part, block in found]
            hourly = frames.hourly(blocks, wanted, zone)
            return _signed(hourly, client, timezone=zone, clock=clock, interval_label="start")

        those_known = partial(gathered, client, parts, source, whole)
        if failures:
            raise _without(failures, those_known, fetched)
        return those_known()

    return fetched()


def _hour_part(
    service_account_id: str, zone: str, chunk: ranges.Chunk, clock: Clock, now: pd.Timestamp
) -> Part[frames.HourBlock]:
    return Part(
        service_account_id,
        "interval-data",
        chunk.query,
        f"interval data {chunk.month} of {service_account_id}",
        ranges.is_closed(chunk.closes, now),
        partial(_read_wall_hours, chunk, zone) if clock == "wall" else partial(_read_hours, chunk),
        payloads.owners,
        attrgetter("complete"),
    )


def _read_hours(chunk: ranges.Chunk, reply: Reply) -> frames.HourBlock:
    month = frames.hour_block(payloads.interval_records(reply), chunk.opens, chunk.closes)
    return frames.part_of(month, chunk.start, chunk.end, chunk.hours)


def _read_wall_hours(chunk: ranges.Chunk, zone: str, reply: Reply) -> frames.HourBlock:
    records = payloads.identified_interval_records(reply)
    month = frames.wall_hour_block(records, chunk.opens, chunk.closes, zone)
    return frames.part_of(month, chunk.start, chunk.end, chunk.hours)


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
