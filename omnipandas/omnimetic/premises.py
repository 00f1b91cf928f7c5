"""Where accounts are: the requests for their addresses, and the time zones that these tell."""

from __future__ import annotations

from dataclasses import replace

from omnipandas.errors import ArgumentError, IncompleteError, OmnipandasError

from . import frames, payloads
from .client import Client
from .gathering import Part, Source, gathered
from .settings import Clock


def account_parts(ids: list[str]) -> list[Part[payloads.AccountRecord]]:
    """Return the requests that bring the accounts' details."""
    return [
        Part(
            service_account,
            "info",
            {},
            f"service account {service_account}",
            False,
            payloads.account_record,
            payloads.account_owner,
            lambda _: True,
        )
        for service_account in ids
    ]


def zones(
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
        addresses = replace(source, refresh=False, ageless=True)
        found = gathered(client, account_parts(ids), addresses, _by_address)
    except IncompleteError as error:
        found, failures = error.partial, error.failures
        if not found and clock == "utc" and source.offline:
            # Go on in UTC, so that the error names the months that the cache lacks as well.
            return dict.fromkeys(ids, "UTC"), failures
        if not found:
            raise next(iter(failures.values())) from error
    if unknown := [service_account for service_account, zone in found.items() if not (zone or given)]:
        raise ArgumentError(
            f"no time zone is known for {', '.join(unknown)}: the address has no US ZIP code. "
            'Give the premise\'s, for example timezone="America/New_York".'
        )
    return {service_account: zone or given or "" for service_account, zone in found.items()}, failures


def _by_address(
    found: list[tuple[Part[payloads.AccountRecord], payloads.AccountRecord]],
) -> dict[str, str | None]:
    return {
        part.service_account_id: frames.zone_of(record.address or payloads.Address())
        for part, record in found
    }


def shared_zone(zones: dict[str, str]) -> str:
    """Return the one zone that premises lie in; UTC where there is none of them.

    Raises
    ------
    ArgumentError
        They lie in several.
    """
    several = sorted(set(zones.values()))
    if len(several) > 1:
        raise ArgumentError(
            f"the premises lie in several time zones ({', '.join(several)}), and a frame has one: give "
            "timezone=, or fetch each zone by itself."
        )
    return several[0] if several else "UTC"
