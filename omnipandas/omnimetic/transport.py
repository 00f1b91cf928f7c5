"""One HTTP exchange, safely: where it may go, how long it may take, how much it may bring."""

from __future__ import annotations

import ipaddress
import logging
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from omnipandas.errors import ArgumentError, ConnectionFailedError, PayloadError

from .replies import Reply

_MAX_BODY = 64 * 2**20  # a month of hours is 0.25 MB; a workbook a few MB
_CHUNK = 2**18
_MAX_REDIRECTS = 5
_NETWORK_FAULTS = (OSError, HTTPException, urllib3.exceptions.ProtocolError)
_IN_EXCHANGE: ContextVar[bool] = ContextVar("omnipandas_exchange", default=False)


class _QueryFilter(logging.Filter):
    """Cut queries out of urllib3's debug lines while we exchange: a signed address has its key there."""

    def filter(self, record: logging.LogRecord) -> bool:
        if _IN_EXCHANGE.get():
            record.msg, record.args = re.sub(r"\?\S*", "?...", record.getMessage()), ()
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_QueryFilter())


class _Bearer(requests.auth.AuthBase):
    """Set the token at sending time. Given as `auth`, it also keeps requests from using a netrc file."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class _Session(requests.Session):
    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Let a redirect go on only where it is safe, and without the token on another host."""
        source, target = str(response.request.url), str(prepared_request.url)
        if not is_safe(target) or urlsplit(source).scheme == "https" != urlsplit(target).scheme:
            raise ConnectionFailedError(
                f"{urlsplit(source).hostname} redirects to {_place(target)} without HTTPS: not followed. "
                "Check the base URL; if it is right, this is a fault of the server."
            )
        if self.should_strip_auth(source, target):  # type: ignore[no-untyped-call]  # typed in part only
            prepared_request.headers.pop("Authorization", None)


class Transport:
    """A pool of connections to one base URL, shared by threads.

    Parameters
    ----------
    base_url : str
        HTTPS, or plain HTTP on loopback.
    timeout : tuple of float
        Longest wait for a connection, and for the next bytes [s].
    deadline : float
        Longest time for a whole answer [s].
    connections : int
        How many connections are kept for use again.
    monotonic : callable
        The clock of the deadline [s].
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout: tuple[float, float],
        deadline: float,
        connections: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.base_url = _checked(base_url)
        self._timeout = timeout
        self._deadline = deadline
        self._monotonic = monotonic
        self._session = _Session()
        self._session.max_redirects = _MAX_REDIRECTS
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers["Accept"] = "application/json, */*;q=0.5"
        if is_loopback(self.base_url):
            self._session.trust_env = False  # a proxy of the environment must not get loopback requests
        adapter = HTTPAdapter(pool_connections=connections, pool_maxsize=connections)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def get(self, path: str, query: Mapping[str, str], token: str, subject: str) -> Reply:
        """Return the answer of a GET, redirects followed, the token sent to this host alone."""
        return self._exchange("GET", path, subject, params=dict(query), auth=_Bearer(token))

    def post(self, path: str, document: Mapping[str, str], subject: str) -> Reply:
        """Return the answer of a POST; a redirect is not followed, for it would carry the secret away."""
        return self._exchange(
            "POST", path, subject, json=dict(document), allow_redirects=False, auth=_no_credentials
        )

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def _exchange(self, method: str, path: str, subject: str, **options: Any) -> Reply:
        failure: tuple[str, BaseException | None]
        with _quiet_logs():
            try:
                response = self._session.request(
                    method, self.base_url + path, timeout=self._timeout, stream=True, **options
                )
                with response:
                    body = self._read(response, subject)
                    headers = {name.lower(): value for name, value in response.headers.items()}
                    return Reply(response.status_code, headers, body)
            except requests.TooManyRedirects:
                failure = f"redirected more than {_MAX_REDIRECTS} times", None
            except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
                # ValueError: how requests and urllib.parse let a malformed Location through
                failure = _described(error)
        # Raised out here, so that neither cause nor context carries requests' own message: it holds the
        # address asked for, which after a redirect may be a signed one.
        raise ConnectionFailedError(
            f"{subject}: {urlsplit(self.base_url).netloc} gave no whole answer ({failure[0]}). "
            "Check the network and the base URL, or try again.",
            retryable=failure[1] is not None and not isinstance(failure[1], ssl.SSLCertVerificationError),
        ) from failure[1]

    def _read(self, response: requests.Response, subject: str) -> bytes:
        """Read the body within the deadline and the size; a slow drip ends as a dead line does."""
        ends = self._monotonic() + self._deadline
        pieces, size = [], 0
        # read1 gives what is there; read, and requests' own loop, would wait out a drip to fill a piece.
        while piece := response.raw.read1(_CHUNK, decode_content=True):
            size += len(piece)
            if size > _MAX_BODY:
                raise PayloadError(
                    f"{subject}: the answer is longer than {_MAX_BODY / 2**20:.0f} MiB, which no such "
                    "answer is. Check the base URL.",
                    expected=f"at most {_MAX_BODY} bytes",
                    found="more",
                    status_code=response.status_code,
                )
            if self._monotonic() > ends:
                raise ConnectionFailedError(
                    f"{subject}: the answer was not whole after {self._deadline:.0f} s. Try again later.",
                    retryable=True,
                )
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _no_credentials(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


@contextmanager
def _quiet_logs() -> Iterator[None]:
    mark = _IN_EXCHANGE.set(True)
    try:
        yield
    finally:
        _IN_EXCHANGE.reset(mark)


def is_loopback(url: str) -> bool:
    """Say whether a URL's host is this machine itself."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_safe(url: str) -> bool:
    """Say whether a URL is HTTPS, or plain HTTP that does not leave this machine."""
    scheme = urlsplit(url).scheme
    return scheme == "https" or (scheme == "http" and is_loopback(url))


def _checked(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ArgumentError('base_url is an address such as "https://app.omnimetic.com/api".')
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ArgumentError("base_url has a user, a query or a fragment: give scheme, host and path alone.")
    if not is_safe(base_url):
        raise ArgumentError(
            f"base_url {_place(base_url)} is plain http: Omnimetic answers HTTPS only, and a secret must not "
            "travel in the open. Use https:// (http is for loopback alone)."
        )
    return base_url.rstrip("/")


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"


def _described(error: BaseException) -> tuple[str, BaseException | None]:
    """Return the innermost reason in words, and as an exception where its text holds no address."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    if isinstance(error, _NETWORK_FAULTS) and not isinstance(error, requests.RequestException):
        return f"{type(error).__name__}: {error}", error
    return type(error).__name__, None
