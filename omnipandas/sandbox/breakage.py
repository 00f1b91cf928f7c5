"""An answer as a fault makes it."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import msgspec
from werkzeug.wrappers import Request, Response

from .faults import Fault
from .ledger import Served
from .transport import DroppedError, reset

_PIECES = 50
_STATUSES = {
    "unauthorized": (401, "Unauthorized access or invalid token"),
    "token-expired": (401, "Unauthorized access or invalid token"),
    "forbidden": (403, "Forbidden"),
    "bad-request": (400, "Bad request"),
    "not-found": (404, "The requested resource doesn't exist"),
    "request-timeout": (408, "Request timeout"),
    "rate-limited": (429, "Too many requests"),
    "rate-limited-date": (429, "Too many requests"),
    "internal-error": (500, "Something went wrong on our end"),
    "bad-gateway": (502, "Bad gateway"),
    "unavailable": (503, "Service unavailable"),
    "gateway-timeout": (504, "Gateway timeout"),
}
_PAGE = (
    b"<!DOCTYPE html><html><head><title>Sorry</title></head>"
    b"<body><h1>We will be right back</h1><p>proxy</p></body></html>"
)


@dataclass(frozen=True, slots=True)
class Breakage:
    """A good answer and the fault that strikes it.

    Parameters
    ----------
    fault : Fault
        The fault.
    response : Response
        The answer as it would be.
    environ, start_response
        The request, as WSGI has it.
    served : Served
        Its row in the ledger, kept true to what is sent.
    stopping : threading.Event
        Set when the sandbox closes: whatever waits stops waiting.
    """

    fault: Fault
    response: Response
    environ: dict[str, Any]
    start_response: Callable[..., Any]
    served: Served
    stopping: threading.Event

    def answer(self) -> Iterable[bytes]:
        """Return the body as it is sent, the headers being under way."""
        match self.fault.kind:
            case "reset-before":
                self.served.status, self.served.sent = None, 0
                return self._dropping((), with_reset=True)
            case "black-hole":
                self.served.status, self.served.sent = None, 0
                return self._dropping(self._silence(), with_reset=False)
            case "reset-mid-body" | "cut-short":
                body = self._begin()
                return self._dropping(
                    [body[: len(body) // 2]], with_reset=self.fault.kind == "reset-mid-body"
                )
            case "drip":
                return self._drops(self._begin())
            case "huge-body":
                size = int(self.fault.megabytes * 1_000_000)
                self.response.status_code = self.served.status = 200
                self.response.headers["Content-Length"] = str(size)
                self._begin()
                return self._heap(size)
            case _:
                changed = _changed(self.fault, self.response, self.environ, self.served.at)
                self.served.status, self.served.sent = changed.status_code, len(changed.get_data())
                return changed(self.environ, self.start_response)

    def _begin(self) -> bytes:
        body = self.response.get_data()
        self.start_response(self.response.status, self.response.headers.to_wsgi_list())
        self.served.sent = 0
        return body

    def _dropping(self, parts: Iterable[bytes], *, with_reset: bool) -> Iterator[bytes]:
        for part in parts:
            self.served.sent += len(part)
            yield part
        if with_reset and "werkzeug.socket" in self.environ:
            reset(self.environ["werkzeug.socket"])
        raise DroppedError(f"{self.fault.kind}: the connection was dropped as asked for")

    def _silence(self) -> Iterator[bytes]:
        self.stopping.wait(self.fault.seconds)
        yield b""

    def _drops(self, body: bytes) -> Iterator[bytes]:
        size = -(-len(body) // _PIECES) or 1
        for first in range(0, len(body), size):
            if self.stopping.wait(self.fault.seconds / _PIECES):
                raise DroppedError("the sandbox is closing")
            part = body[first : first + size]
            self.served.sent += len(part)
            yield part

    def _heap(self, size: int) -> Iterator[bytes]:
        piece = b" " * 65_536
        while self.served.sent < size and not self.stopping.is_set():
            part = piece[: size - self.served.sent]
            self.served.sent += len(part)
            yield part


def _changed(fault: Fault, response: Response, environ: dict[str, Any], asked_at: datetime) -> Response:
    """Return a whole answer, if a wrong one."""
    status, message = _STATUSES.get(fault.kind, (fault.status, "As asked for"))
    if fault.kind in _STATUSES or fault.kind == "status":
        _replace(response, msgspec.json.encode({"statusCode": status, "message": message}), status)
        _retry_after(fault, response, asked_at)
    elif fault.kind in {"html-error", "html-ok"}:
        _replace(response, _PAGE, 502 if fault.kind == "html-error" else 200, "text/html; charset=utf-8")
    elif fault.kind in {"redirect-loop", "redirect-to-http"}:
        _redirect(fault, response, environ)
    elif response.status_code == 200:
        _spoil(fault, response)
    return response


def _replace(
    response: Response, body: bytes, status: int, kind: str = "application/json; charset=utf-8"
) -> None:
    response.status_code = status
    response.headers.remove("Content-Disposition")
    response.headers["Content-Type"] = kind
    response.set_data(body)


def _retry_after(fault: Fault, response: Response, asked_at: datetime) -> None:
    seconds = fault.retry_after
    if seconds is None and fault.kind.startswith("rate-limited"):
        seconds = 1.0
    if seconds is None:
        return
    if fault.kind == "rate-limited-date":
        # An HTTP date has whole seconds: rounded up, so that it never names a moment already gone.
        moment = asked_at.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=seconds + 1)
        response.headers["Retry-After"] = format_datetime(moment, usegmt=True)
    else:
        response.headers["Retry-After"] = f"{seconds:g}"


def _redirect(fault: Fault, response: Response, environ: dict[str, Any]) -> None:
    request = Request(environ)
    asked = request.root_path + request.full_path
    target = asked if fault.kind == "redirect-loop" else f"http://storage.sandbox.invalid{asked}"
    _replace(response, b"", 302)
    response.headers["Location"] = target


def _spoil(fault: Fault, response: Response) -> None:
    """Spoil a good answer's body or its headers."""
    body = response.get_data()
    if fault.kind == "truncated-json":
        response.set_data(body[: len(body) * 2 // 3])
    elif fault.kind == "empty-body":
        response.set_data(b"")
    elif fault.kind == "wrong-content-type":
        response.headers["Content-Type"] = "text/html; charset=utf-8"
    elif fault.kind in {"gzip", "broken-gzip"}:
        packed = gzip.compress(body, compresslevel=1, mtime=0)
        if fault.kind == "broken-gzip":
            middle = len(packed) // 2
            packed = packed[:middle] + bytes(255 - byte for byte in packed[middle:])
        response.headers["Content-Encoding"] = "gzip"
        response.set_data(packed)
    elif fault.kind == "not-a-list":
        response.set_data(msgspec.json.encode({"result": "see attachment"}))
    elif response.content_type.startswith("application/json"):
        response.set_data(msgspec.json.encode(_altered(fault.kind, msgspec.json.decode(body))))


def _altered(kind: str, value: Any) -> Any:
    """Return decoded JSON with more fields, fewer numbers, or another order."""
    if kind == "shuffled" and isinstance(value, list):
        return value[1::2] + value[::2][::-1]
    if isinstance(value, list):
        return [_altered(kind, one) for one in value]
    if isinstance(value, dict) and kind == "extra-fields":
        return {"_v": 3, **value, "meta": {"source": "sandbox", "tags": ["new"]}}
    if isinstance(value, dict) and kind == "null-numbers":
        return {name: None if _is_usage(name) else one for name, one in value.items()}
    return value


def _is_usage(name: str) -> bool:
    return name.startswith(("onPeak", "offPeak", "amount"))
