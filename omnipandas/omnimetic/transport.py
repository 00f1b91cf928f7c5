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
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.auth import AuthBase

from omnipandas.errors import ArgumentError, ConnectionFailedError, OmnipandasError

from .deadlines import Exchange, WatchedAdapter
from .forking import begins_anew
from .payloads import TokenGrant
from .replies import Reply

_MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PRINTABLE = re.compile(r"[!-~]+")
_NETWORK_FAULTS = (OSError, HTTPException, urllib3.exceptions.ProtocolError)
_IN_EXCHANGE: ContextVar[bool] = ContextVar("omnipandas_exchange", default=False)


class _QueryFilter(logging.Filter):
    """Cut queries out of urllib3's debug lines while we exchange: a signed address has its key there."""

    def filter(self, record: logging.LogRecord) -> bool:
        if _IN_EXCHANGE.get():
            record.msg, record.args = re.sub(r"\?\S*", "?...", record.getMessage()), ()
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_QueryFilter())


class _Bearer(AuthBase):
    """Set the token at sending time. Given as `auth`, it also keeps requests from using a netrc file."""

    def __init__(self, grant: TokenGrant) -> None:
        self._grant = grant

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._grant.token}"
        return request


class _KeyInBody(AuthBase):
    """Put the key into the body at sending time, so that no frame of ours holds it in the open."""

    def __init__(self, document: Callable[[], Mapping[str, str]]) -> None:
        self._document = document

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.prepare_body(None, None, json=dict(self._document()))
        return request


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
        self._connections = connections
        self._place = urlsplit(self.base_url).netloc
        self._under_way: set[Exchange] = set()
        self._session = self._new_session()
        begins_anew(self)

    def get(self, path: str, query: Mapping[str, str], grant: TokenGrant, subject: str) -> Reply:
        """Return the answer of a GET, redirects followed, the token sent to this host alone."""
        return self._watched(subject, lambda exchange: self._followed(exchange, path, query, grant))

    def post(self, path: str, document: Callable[[], Mapping[str, str]], subject: str) -> Reply:
        """Return the answer of a POST; a redirect is not followed, for it would carry the secret away."""
        key = _KeyInBody(document)
        return self._watched(
            subject, lambda exchange: exchange.whole(self._sent("POST", self.base_url + path, {}, key))
        )

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def abort(self) -> None:
        """End all exchanges that are under way, whatever they wait for."""
        for exchange in list(self._under_way):
            exchange.end()

    def after_fork(self) -> None:
        """Begin anew in a forked child, which must not read its parent's answers."""
        _OF_PARENTS.append(self._session)
        self._session = self._new_session()
        self._under_way = set()

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.headers["Accept"] = "application/json, */*;q=0.5"
        if is_loopback(self.base_url):
            session.trust_env = False  # a proxy of the environment must not get loopback requests
        adapter = WatchedAdapter(pool_connections=self._connections, pool_maxsize=self._connections)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        return session

    def _followed(self, exchange: Exchange, path: str, query: Mapping[str, str], grant: TokenGrant) -> Reply:
        """Follow redirects by hand: requests would read each one's body whole, however long."""
        auth: AuthBase = _Bearer(grant)
        url, params = self.base_url + path, query
        for _ in range(_MAX_REDIRECTS + 1):
            response = self._sent("GET", url, params, auth)
            location = response.headers.get("location")
            if response.status_code not in _REDIRECTS or not location:
                return exchange.whole(response)
            response.close()  # unread: what it says is not for us
            exchange.require_time()
            source, url, params = url, urljoin(response.url, location), {}
            if not is_safe(url) or urlsplit(source).scheme == "https" != urlsplit(url).scheme:
                raise ConnectionFailedError(
                    f"{self._place} redirects to an address without HTTPS: not followed. Check the base "
                    "URL; if it is right, this is a fault of the server."
                )
            if self._session.should_strip_auth(self.base_url, url):
                auth = _NOTHING
        raise requests.TooManyRedirects

    def _sent(self, method: str, url: str, query: Mapping[str, str], auth: AuthBase) -> requests.Response:
        return self._session.request(
            method,
            url,
            params=dict(query),
            auth=auth,
            timeout=self._timeout,
            stream=True,
            allow_redirects=False,
        )

    def _watched(self, subject: str, ask: Callable[[Exchange], Reply]) -> Reply:
        """Watch one exchange from its first byte sent to its last received; say plainly why it failed."""
        exchange = Exchange(subject, self._deadline, self._monotonic)
        self._under_way.add(exchange)
        failure: tuple[str, BaseException | None, bool]
        try:
            with exchange, _quiet_logs():
                return ask(exchange)
        except requests.TooManyRedirects:
            failure = f"redirected more than {_MAX_REDIRECTS} times", None, False
        except OmnipandasError:
            raise
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            # ValueError: how requests and urllib.parse let a malformed Location through
            failure = _described(error)
        finally:
            self._under_way.discard(exchange)
        # Raised out here, so that neither cause nor context carries requests' own message: it holds the
        # address asked for, which after a redirect may be a signed one.
        exchange.require_time()
        raise ConnectionFailedError(
            f"{subject}: {self._place} gave no whole answer ({failure[0]}). "
            "Check the network and the base URL, or try again.",
            retryable=failure[2],
        ) from failure[1]


# A session that a parent process opened: closed in a child, TLS would say goodbye in the parent's name.
_OF_PARENTS: list[requests.Session] = []


class _Nothing(AuthBase):
    """Send no credentials, not even those of a netrc file."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


_NOTHING = _Nothing()


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
    try:
        parts = urlsplit(base_url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # a port that is no number, a bracket without its other
        sound = False
    if not sound or not _PRINTABLE.fullmatch(base_url):
        raise ArgumentError('base_url is an address such as "https://app.omnimetic.com/api".')
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ArgumentError("base_url has a user, a query or a fragment: give scheme, host and path alone.")
    if not is_safe(base_url):
        raise ArgumentError(
            f"base_url {parts.scheme}://{parts.hostname} is plain http: Omnimetic answers HTTPS only, and a "
            "secret must not travel in the open. Use https:// (http is for loopback alone)."
        )
    return base_url.rstrip("/")


def _described(error: BaseException) -> tuple[str, BaseException | None, bool]:
    """Return the innermost reason in words of ours, as an exception without its frames, and if it may pass.

    A server's own words stay out: an echoing proxy may have put the token there. Frames of requests hold
    the headers that were sent.
    """
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    if isinstance(error, ssl.SSLCertVerificationError):
        words = "its certificate is not trusted here; an own authority's file goes into REQUESTS_CA_BUNDLE"
        return words, None, False
    if isinstance(error, requests.RequestException) or not isinstance(error, _NETWORK_FAULTS):
        return type(error).__name__, None, False
    if isinstance(error, OSError) and error.errno is None and "bundle" in str(error):
        return "no certificates: REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names no file", None, False
    words = type(error).__name__
    if isinstance(error, OSError) and error.errno and error.strerror:
        words += f": {error.strerror}"
    error.__cause__ = error.__context__ = None
    return words, error.with_traceback(None), True
