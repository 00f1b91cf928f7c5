"""One exchange with a server, watched: from the first byte sent it has so long and may bring so much."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, Self

import requests
import urllib3
from requests.adapters import HTTPAdapter

from omnipandas.errors import ConnectionFailedError, PayloadError

from .replies import Reply

_MAX_BODY = 64 * 2**20  # a month of hours is 0.25 MB; a workbook a few MB
_CHUNK = 2**18
_CURRENT: ContextVar[Exchange | None] = ContextVar("omnipandas_exchange_watched", default=None)


class Exchange:
    """A question and its answer, redirects included.

    The socket's own timeout begins anew with each byte: a header sent byte by byte, or ``100 Continue``
    without end, would never be over. So a timer ends the connection itself at the deadline.

    Parameters
    ----------
    subject : str
        What is asked for, in words.
    deadline : float
        Longest time for all of it [s].
    monotonic : callable
        The clock of the deadline [s].
    """

    def __init__(self, subject: str, deadline: float, monotonic: Callable[[], float]) -> None:
        self._subject = subject
        self._deadline = deadline
        self._monotonic = monotonic
        self._ends = monotonic() + deadline
        self._connection: urllib3.connection.HTTPConnection | None = None
        self._timer = threading.Timer(deadline, self.end)
        self._timer.daemon = True
        self._over = False

    def __enter__(self) -> Self:
        self._mark: Token[Exchange | None] = _CURRENT.set(self)
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        _CURRENT.reset(self._mark)

    def uses(self, connection: urllib3.connection.HTTPConnection) -> None:
        """Take note of the connection that the exchange goes over now."""
        self._connection = connection

    @property
    def over(self) -> bool:
        """Whether the exchange was ended."""
        return self._over

    def end(self) -> None:
        """End the connection, whoever waits for it."""
        self._over = True
        line = getattr(self._connection, "sock", None)
        if isinstance(line, socket.socket):
            with contextlib.suppress(OSError):  # it ended by itself
                # Not TLS's own shutdown: another thread may be reading.
                socket.socket.shutdown(line, socket.SHUT_RDWR)

    def require_time(self) -> None:
        """Raise where the deadline has passed.

        Raises
        ------
        ConnectionFailedError
            It has.
        """
        if self._over or self._monotonic() > self._ends:
            raise ConnectionFailedError(
                f"{self._subject}: the answer was not whole after {self._deadline:.0f} s. Try again later.",
                retryable=True,
            )

    def whole(self, response: requests.Response) -> Reply:
        """Read an answer to its end, within the deadline and the size.

        Raises
        ------
        PayloadError
            It is longer than any answer of this API.
        ConnectionFailedError
            The deadline passed: a slow drip ends as a dead line does.
        """
        with response:
            pieces, size = [], 0
            # read1 gives what is there; read, and requests' own loop, would wait out a drip to fill a piece.
            while piece := response.raw.read1(_CHUNK, decode_content=True):
                size += len(piece)
                if size > _MAX_BODY:
                    raise PayloadError(
                        f"{self._subject}: the answer is longer than {_MAX_BODY / 2**20:.0f} MiB, which no "
                        "such answer is. Check the base URL.",
                        expected=f"at most {_MAX_BODY} bytes",
                        found="more",
                        status_code=response.status_code,
                    )
                self.require_time()
                pieces.append(piece)
            self.require_time()
            body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Reply(response.status_code, headers, body)


class _Watched:
    """A connection that tells the exchange under way of itself."""

    def request(self, *arguments: Any, **options: Any) -> None:
        if (exchange := _CURRENT.get()) is not None:
            exchange.uses(self)  # type: ignore[arg-type]  # mixed into connections alone
        super().request(*arguments, **options)  # type: ignore[misc]  # likewise

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]  # likewise
        if (exchange := _CURRENT.get()) is not None and exchange.over:
            raise TimeoutError  # it took too long; the timer found no socket to end


class _HTTPConnection(_Watched, urllib3.connection.HTTPConnection):
    pass


class _HTTPSConnection(_Watched, urllib3.connection.HTTPSConnection):
    pass


class _HTTPPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


class WatchedAdapter(HTTPAdapter):
    """requests' adapter with connections that an `Exchange` can end."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the pools of watched connections."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> urllib3.ProxyManager:
        """Return the pools that go over a proxy, of watched connections too."""
        manager: urllib3.ProxyManager = super().proxy_manager_for(*arguments, **options)
        manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
        return manager
