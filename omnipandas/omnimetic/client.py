"""The connection to an Omnimetic account: `connect` finds the key, `Client` asks and answers."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NoReturn, Self

import pandas as pd
import platformdirs

from omnipandas.errors import PayloadError, UnauthorizedError
from omnipandas.intervals.zones import zone_name

from . import credentials as keys
from .cache import Cache
from .ids import checked_id, is_id
from .owners import Owners
from .payloads import TokenGrant, token_grant
from .replies import Reply, require_success
from .settings import Settings, taking
from .tokens import TokenSource
from .transport import Transport


class Client:
    """One key's access to the Omnimetic API, for any number of threads; made by `connect`.

    Attributes
    ----------
    base_url : str
        Where the API is.
    cache : Cache
        What was fetched before: its size, its entries, and ways to clear it.
    owners : Owners
        Whose answers each account's have been so far.
    clock : {"utc", "wall"}
        How the vendor's instants are read where a call does not say.
    timezone : str or None
        The premises' IANA zone where a call does not say; None takes it from the ZIP code.
    max_workers : int
        How many requests may be under way at once.

    Notes
    -----
    A client's repr, its errors and its logs hold neither the key nor a token.
    """

    def __init__(self, credentials: keys.Credentials, address: keys.Setting, settings: Settings) -> None:
        self._credentials = credentials
        self._address = address
        self._transport = Transport(
            address.value,
            timeout=settings.timeout,
            deadline=settings.deadline,
            connections=settings.max_workers,
        )
        self.base_url = self._transport.base_url
        self.cache = Cache(
            Path(settings.cache_dir or platformdirs.user_cache_path("omnipandas")),
            f"{self.base_url}\n{credentials.client_id.value}",
            expire_closed=settings.expire_closed,
            expire_open=settings.expire_open,
            now=settings.now,
        )
        self.owners = Owners(self.cache)
        self.clock = settings.clock
        self.timezone = None if settings.timezone is None else zone_name(settings.timezone)
        self.max_workers = settings.max_workers
        self._retry = settings.retry
        self._now = settings.now
        self._sleep = settings.sleep
        self._tokens = TokenSource(self._fetch_grant, settings.now)
        self._finalizer = weakref.finalize(self, _close, self._transport, self.cache)

    def __repr__(self) -> str:
        return f"<Client of {self.base_url}; client id from {self._credentials.client_id.source}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Client holds a secret and is not pickled: call connect() in each process.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections and the cache file; the client is not to be used after that."""
        self._finalizer()

    def now(self) -> pd.Timestamp:
        """Return the present as an instant in UTC, by the client's clock."""
        return pd.Timestamp(self._now(), unit="s", tz="UTC").as_unit("us")

    def describe(self) -> dict[str, str]:
        """Say where each setting came from, never its value.

        Returns
        -------
        dict of str to str
            Keys ``client_id``, ``secret`` and ``base_url``.

        Examples
        --------
        >>> import omnipandas as op
        >>> client = op.connect("an id", "a secret", cache_dir=getfixture("tmp_path"))
        >>> client.describe()
        {'client_id': 'argument', 'secret': 'argument', 'base_url': "the vendor's default"}
        """
        return {
            "client_id": self._credentials.client_id.source,
            "secret": self._credentials.secret.source,
            "base_url": self._address.source,
        }

    def get(self, service_account_id: str, resource: str, query: Mapping[str, str], *, subject: str) -> Reply:
        """Return a service account's good answer (status 200) from the network.

        Parameters
        ----------
        service_account_id : str
            Whose.
        resource : str
            The address' last word, for example ``interval-data``.
        query : mapping of str to str
            The address' parameters.
        subject : str
            What is asked for, in words, for messages.

        Raises
        ------
        ResponseError, ConnectionFailedError
            After the repeats that the client's `RetryPolicy` allows.
        """
        service_account_id = checked_id(service_account_id)

        def ask(grant: TokenGrant) -> Reply:
            path = f"/accounts/{grant.id}/utility-service-accounts/{service_account_id}/{resource}"
            reply = self._transport.get(path, query, grant, subject)
            return require_success(reply, subject, self._now())

        refused: TokenGrant | None = None
        while True:
            grant, new = self._tokens.grant(refused=refused)
            try:
                return self._repeated(partial(ask, grant))
            except UnauthorizedError as error:
                # A token that was renewed just now and is refused is the user's to see. One that was in
                # force before, be it another thread's renewal of a moment ago, may have died since.
                if error.status_code != 401 or (new and refused is not None):
                    raise
                refused = grant

    def secret_for_linking(self) -> tuple[str, str]:
        """Return client id and secret for OmniConnect's browser part, which cannot do without them."""
        return self._credentials.client_id.value, self._credentials.secret.value

    def _fetch_grant(self) -> TokenGrant:
        subject = "access token"

        def ask() -> Reply:
            reply = self._transport.post("/access-token", self._credentials.document, subject)
            return require_success(reply, subject, self._now())

        grant = token_grant(self._repeated(ask))
        if not is_id(grant.id):
            raise PayloadError(
                "access token: the account id that came with it has characters that no id has. "
                "Check the base URL.",
                path="$.id",
                expected="letters and digits",
                found="other characters",
            )
        return grant

    def _repeated(self, ask: Callable[[], Reply]) -> Reply:
        return self._retry.repeated(ask, self._sleep)


def _close(transport: Transport, cache: Cache) -> None:
    transport.close()
    cache.close()


@taking(Settings)
def connect(settings: Settings) -> Client:
    """Return a client of the Omnimetic API. Nothing is sent before the first question.

    Parameters
    ----------
    client_id, secret : str, optional
        The key, as the Omnimetic Console shows it. What is left out is taken from the environment
        (``OMNIMETIC_CLIENT_ID``, ``OMNIMETIC_CLIENT_SECRET``), then from a ``.env`` file of one's own in the
        working folder or its project's, then from the keyring where one is installed (service
        ``omnipandas``).
    base_url : str, optional
        Where the API is; else ``OMNIMETIC_BASE_URL``, else the vendor's address. HTTPS, save on loopback.
        A ``.env`` file's address is used with the key of the same file alone.
    cache_dir : str or Path, optional
        Folder of the cache; by default the user's own cache folder.
    clock : {"utc", "wall"}, default "utc"
        Whether the vendor's instants are true UTC or the premise's wall time stamped Z: the vendor does
        not say. `check_usage` tells which fits.
    timezone : str, optional
        The premises' IANA zone; by default that of each one's ZIP code.
    max_workers : int, default 4
        Requests under way at once.
    timeout : (float, float), default (10, 30)
        Longest wait for a connection and for the next bytes [s].
    deadline : float, default 120
        Longest time for one whole answer [s].
    retry : RetryPolicy, optional
        How failures that may pass are repeated.
    expire_closed, expire_open : float
        How long answers stay fresh in the cache [s]: periods that ended over 60 days ago, and others.
        By default 90 days and an hour.
    now, sleep : callable
        The time of day [s since 1970] and the way to wait, for tests and pinned studies.

    Returns
    -------
    Client
        Shared freely between threads.

    Raises
    ------
    CredentialsError
        No key, or half of one.
    ArgumentError
        An address without HTTPS, an unknown zone or clock, a cache folder that cannot be written.

    Notes
    -----
    Source: vendor's API reference, "Authentication"; a token lives for an hour of inactivity.

    Examples
    --------
    >>> import omnipandas as op
    >>> op.connect("my-client-id", "my-secret", cache_dir=getfixture("tmp_path"))
    <Client of https://app.omnimetic.com/api; client id from argument>
    """
    settings.require_sound()
    access = keys.access(settings.client_id, settings.secret, settings.base_url)
    return Client(access.credentials, access.address, settings.without_key())
