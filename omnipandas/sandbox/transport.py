"""HTTP/1.1 over sockets: threads, kept-alive connections, and connections that break on purpose."""

from __future__ import annotations

import io
import socket
import socketserver
import struct
import sys
import threading
from collections.abc import Callable, Iterable
from http.server import HTTPServer
from typing import Any

from werkzeug.serving import WSGIRequestHandler

App = Callable[..., Iterable[bytes]]

_BODY_LIMIT = 1_000_000
_RESET = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)  # on, after 0 seconds


class DroppedError(ConnectionError):
    """Raised by an answer that ends its connection before it is whole."""


def reset(connection: socket.socket) -> None:
    """Make closing `connection` a reset, not an orderly end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


class Handler(WSGIRequestHandler):
    """One connection; Werkzeug's own handler closes it after each answer, this one keeps it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 300.0
    server: Server  # type: ignore[assignment]  # not a subclass of Werkzeug's, which prints and exits

    def run_wsgi(self) -> None:
        """Answer one request."""
        try:
            environ = self.make_environ()
            body = self._body(environ["wsgi.input"], "HTTP_TRANSFER_ENCODING" in environ)
        except (OSError, ValueError):
            self.close_connection = True
            self.send_error(400)
            return
        if body is None:
            self.close_connection = True
            self.send_error(413)
            return
        environ["wsgi.input"] = io.BytesIO(body)
        answer = self.server.app(environ, self._start)
        try:
            for part in answer:
                self.wfile.write(part)
        except (DroppedError, ConnectionError, TimeoutError):
            self.close_connection = True
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()

    def _body(self, source: Any, chunked: bool) -> bytes | None:
        """Return the request's body, read to its end so that the next request starts where it should."""
        if chunked:
            parts = io.BytesIO()
            while part := source.read(65_536):
                if parts.tell() > _BODY_LIMIT:
                    return None
                parts.write(part)
            return parts.getvalue()
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= _BODY_LIMIT:
            return None
        return bytes(self.rfile.read(length))

    def _start(self, status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> Any:
        code, _, phrase = status.partition(" ")
        # Not `send_response`, which would add the machine's date to the application's.
        self.send_response_only(int(code), phrase)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        return self.wfile.write

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing, as `log`; the base class parses the path for it, and fails on a bad one."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        """Say nothing: what was asked and served stands in ``Sandbox.requests``."""


class Server(socketserver.ThreadingMixIn, HTTPServer):
    """A threaded server that can be closed at once, whatever its connections are doing."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024
    multithread = True
    multiprocess = False
    ssl_context = None
    passthrough_errors = False
    _server_version = "omnipandas-sandbox"

    def __init__(self, host: str, port: int, app: App) -> None:
        self.app = app
        self.stopping = threading.Event()
        self._lock = threading.Condition()
        self._open: set[socket.socket] = set()
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True, name="sandbox")

    def server_bind(self) -> None:
        """Bind; without the base class's look-up of the host's full name, which may ask the network."""
        socketserver.TCPServer.server_bind(self)
        host, port = self.server_address[:2]
        self.server_name, self.server_port = str(host), int(port)

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread.start()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection, remembered so that `close` can end it."""
        with self._lock:
            self._open.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._open.discard(request)
                self._lock.notify_all()

    def shutdown_request(self, request: Any) -> None:
        """Close a connection; one that is to be reset without the orderly goodbye."""
        try:
            is_reset = request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, len(_RESET)) == _RESET
        except OSError:
            is_reset = False
        if is_reset:
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a broken connection go; anything else is the sandbox's own fault and is shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        """Stop listening, end every connection, and wait for their threads."""
        self.stopping.set()
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        self.server_close()
        with self._lock:
            for connection in list(self._open):
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # it is gone already
            self._lock.wait_for(lambda: not self._open, timeout=3.0)
