"""The connection to an Omnimetic account: `connect` finds the key, `Client` asks and answers."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn, Self

import pandas as pd
import platformdirs
import tenacity

from omnipandas.errors import ArgumentError, OmnipandasError, PayloadError, UnauthorizedError
from omnipandas.intervals.zones import zone_name

from . import credentials as keys
from . import payloads
from .cache import DAY, Cache
from .ids import checked_id, is_id
from .tokens import TokenSource
from .transport import Transport

Clock = Literal["utc", "wall"]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How a failed request is repeated: only where it is safe, the failure may pass, and time is left.

    Parameters
    ----------
    attempts : int
        Most tries of one request.
    first_wait, longest_wait : float
        Wait after the first failure, doubled each time with jitter, and its bound [s].
    budget : float
        Longest time that one request may take with all its repeats [s]. A ``Retry-After`` is honoured
        where it fits in; one that does not ends the request with its error at once.
    """

    attempts: int = 5
    first_wait: float = 0.5
    longest_wait: float = 8.0
    budget: float = 60.0


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """How a client behaves, as `connect` documents it; checked when it is made.

    Raises
    ------
    ArgumentError
        An unknown clock or zone, or no room for a request.
    """

    cache_dir: Path
    clock: Clock = "utc"
    timezone: str | None = None
    max_workers: int = 4
    timeout: tuple[float, float] = (10.0, 30.0)
    deadline: float = 120.0
    retry: RetryPolicy = RetryPolicy()
    expire_closed: float = 90 * DAY
    expire_open: float = 3600.0
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        if self.clock not in ("utc", "wall"):
            raise ArgumentError(f'clock is "utc" or "wall", not {self.clock!r}.')
        if self.timezone is not None:
            zone_name(self.timezone)
        workers: object = self.max_workers
        if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
            raise ArgumentError(f"max_workers is a whole number from 1, not {workers!r}.")


class Client:
    """One key's access to the Omnimetic API, for any number of threads; made by `connect`.

    Attributes
    ----------
    base_url : str
        Where the API is.
    cache : Cache
        What was fetched before: its size, its entries, and ways to clear it.
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

    def __init__(
        self, credentials: keys.Credentials, address: keys.Setting, settings: ClientSettings
    ) -> None:
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
            settings.cache_dir,
            f"{self.base_url}\n{credentials.client_id.value}",
            expire_closed=settings.expire_closed,
            expire_open=settings.expire_open,
            now=settings.now,
        )
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

    def get(
        self, service_account_id: str, resource: str, query: Mapping[str, str], *, subject: str
    ) -> payloads.Reply:
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

        def ask(grant: payloads.TokenGrant) -> payloads.Reply:
            path = f"/accounts/{grant.id}/utility-service-accounts/{service_account_id}/{resource}"
            reply = self._transport.get(path, query, grant.token, subject)
            return payloads.require_success(reply, subject, self._now())

        grant = self._tokens.grant()
        try:
            return self._repeated(lambda: ask(grant))
        except UnauthorizedError as error:
            if error.status_code != 401:
                raise
        # The token died before its time: one renewal, one replay; a second 401 is the user's to see.
        renewed = self._tokens.grant(refused=grant)
        return self._repeated(lambda: ask(renewed))

    def secret_for_linking(self) -> tuple[str, str]:
        """Return client id and secret for OmniConnect's browser part, which cannot do without them."""
        return self._credentials.client_id.value, self._credentials.secret.value

    def _fetch_grant(self) -> payloads.TokenGrant:
        subject = "access token"
        document = {
            "clientId": self._credentials.client_id.value,
            "name": "Omnimetic",
            "secret": self._credentials.secret.value,
        }

        def ask() -> payloads.Reply:
            reply = self._transport.post("/access-token", document, subject)
            return payloads.require_success(reply, subject, self._now())

        grant = payloads.token_grant(self._repeated(ask))
        if not is_id(grant.id):
            raise PayloadError(
                "access token: the account id that came with it has characters that no id has. "
                "Check the base URL.",
                path="$.id",
                expected="letters and digits",
                found="other characters",
            )
        return grant

    def _repeated(self, ask: Callable[[], payloads.Reply]) -> payloads.Reply:
        """Ask again where the failure may pass. All our requests are safe to repeat: reads, and a login."""
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(_may_pass),
            wait=self._wait,
            stop=self._is_over,
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(ask)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = _failure(state)
        if error.retry_after is not None:
            return error.retry_after
        # Half of the wait is certain and half is chance, so that clients that failed together part.
        half = {"multiplier": self._retry.first_wait / 2, "max": self._retry.longest_wait / 2}
        return (tenacity.wait_exponential(**half) + tenacity.wait_random_exponential(**half))(state)

    def _is_over(self, state: tenacity.RetryCallState) -> bool:
        spent = max(state.idle_for, state.seconds_since_start or 0.0)
        return (
            state.attempt_number >= self._retry.attempts or spent + state.upcoming_sleep > self._retry.budget
        )


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, OmnipandasError) and error.retryable


def _failure(state: tenacity.RetryCallState) -> OmnipandasError:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, OmnipandasError):
        raise TypeError("only failed requests are repeated") from error
    return error


def _close(transport: Transport, cache: Cache) -> None:
    transport.close()
    cache.close()


def connect(
    client_id: str | None = None,
    secret: str | None = None,
    *,
    base_url: str | None = None,
    cache_dir: str | Path | None = None,
    clock: Clock = "utc",
    timezone: str | None = None,
    max_workers: int = 4,
    timeout: tuple[float, float] = (10.0, 30.0),
    deadline: float = 120.0,
    retry: RetryPolicy = RetryPolicy(),  # frozen: one default may serve all
    expire_closed: float = 90 * DAY,
    expire_open: float = 3600.0,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Client:
    """Return a client of the Omnimetic API. Nothing is sent before the first question.

    Parameters
    ----------
    client_id, secret : str, optional
        The key, as the Omnimetic Console shows it. What is left out is taken from the environment
        (``OMNIMETIC_CLIENT_ID``, ``OMNIMETIC_CLIENT_SECRET``), then from a ``.env`` file in the working
        folder or above, then from the keyring where one is installed (service ``omnipandas``).
    base_url : str, optional
        Where the API is; else ``OMNIMETIC_BASE_URL``, else the vendor's address. HTTPS, save on loopback.
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
    settings = ClientSettings(
        cache_dir=Path(cache_dir) if cache_dir is not None else platformdirs.user_cache_path("omnipandas"),
        clock=clock,
        timezone=timezone,
        max_workers=max_workers,
        timeout=timeout,
        deadline=deadline,
        retry=retry,
        expire_closed=expire_closed,
        expire_open=expire_open,
        now=now,
        sleep=sleep,
    )
    return Client(keys.credentials(client_id, secret), keys.address(base_url), settings)
