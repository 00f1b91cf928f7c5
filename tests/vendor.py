"""A scripted vendor over real HTTP on loopback: each test says what it answers, and sees what was asked.

It has its own reading of the vendor's contract, apart from the product's and from the sandbox's.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

CLIENT_ID, SECRET = "e4de5af2-37ab-45a9-88fd-8949b045bf92", "s3cr3t-f00d-4bad-8bad-c0ffee5ec7e7"
ACCOUNT = "61717f9aa817d400165cc85a"
PREMISE, OTHER = "64d4a4ba8061ed001f6159cf", "64d4a4ba8061ed001f6159d0"


@dataclass
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    raw: Callable[[BaseHTTPRequestHandler], None] | None = None


def answer(document: object, status: int = 200, **headers: str) -> Answer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Answer(
        status,
        body,
        {"Content-Type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()},
    )


def jwt(issued: float, expires: float, serial: int) -> str:
    words = ({"alg": "HS256", "typ": "JWT"}, {"iat": issued, "exp": expires, "n": serial}, "signature-bytes")
    return ".".join(base64.urlsafe_b64encode(json.dumps(w).encode()).decode().rstrip("=") for w in words)


class Vendor:
    """`rules` are tried first, newest first; each takes a Request and returns an Answer or None."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.rules: list[Callable[[Request], Answer | None]] = []
        self.tokens: list[str] = []
        self.address: dict[str, Any] = {"state": "NY", "postalCode": "10001"}
        self.zone = "America/New_York"
        self.wall = False
        self.inclusive = False
        self.local_days = False
        self.until = datetime(2100, 1, 1, tzinfo=UTC)
        self.now = lambda: 1_700_000_000.0
        self._lock = threading.Lock()
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def date_time_string(self, timestamp: float | None = None) -> str:
                return formatdate(vendor.now() if timestamp is None else timestamp, usegmt=True)

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                vendor._serve(self)

            do_POST = do_GET  # noqa: N815  # the name that http.server looks for

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/api"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join(5)

    def asked(self, word: str) -> list[Request]:
        return [request for request in self.requests if word in request.path]

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        request = Request(
            handler.command,
            parts.path,
            {key: values[0] for key, values in parse_qs(parts.query).items()},
            {key.lower(): value for key, value in handler.headers.items()},
            handler.rfile.read(int(handler.headers.get("content-length") or 0)),
        )
        with self._lock:
            self.requests.append(request)
            found = next((a for rule in reversed(self.rules) if (a := rule(request))), None)
            reply = found or self._default(request)
        if reply.raw is not None:
            reply.raw(handler)
            return
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        handler.wfile.write(reply.body)

    def _default(self, request: Request) -> Answer:
        if request.path == "/api/access-token" and request.method == "POST":
            return self._token(request)
        if request.headers.get("authorization") not in {f"Bearer {token}" for token in self.tokens}:
            return answer({"message": "Unauthorized"}, 401)
        words = request.path.removeprefix("/api/").split("/")
        if len(words) != 5 or words[:3] != ["accounts", ACCOUNT, "utility-service-accounts"]:
            return answer({"message": "Not found"}, 404)
        if words[3] not in (PREMISE, OTHER):
            return answer({"message": "Not found"}, 404)
        if words[4] == "info":
            return answer(
                {
                    "id": words[3],
                    "externalServiceAccountId": "64d4a4ba8061ed001f6159ce",
                    "address": {"street": "1 Main St", "city": "Springfield"} | self.address,
                    "linkedDate": "2023-08-10T08:50:02.621Z",
                    "legalNames": ["Sandbox Family"],
                }
            )
        if words[4] == "historical-data":
            return answer(months(words[3], int(request.query["year"])))
        if words[4] == "interval-data":
            return answer(self.hours(words[3], request.query["startDate"], request.query["endDate"]))
        return answer({"message": "Not found"}, 404)

    def _token(self, request: Request) -> Answer:
        wanted = {"clientId": CLIENT_ID, "name": "Omnimetic", "secret": SECRET}
        if json.loads(request.body) != wanted:
            return answer({"message": "Unauthorized"}, 401)
        token = jwt(self.now(), self.now() + 86400, len(self.tokens))
        self.tokens.append(token)
        return answer({"id": ACCOUNT, "token": token})

    def hours(self, premise: str, start: str, end: str) -> list[dict[str, Any]]:
        """All hours of the asked days, by the readings of clock, day and end that the test has set."""
        zone = ZoneInfo(self.zone) if self.local_days or self.wall else UTC
        first = datetime.combine(date.fromisoformat(start), datetime.min.time(), zone).astimezone(UTC)
        last = date.fromisoformat(end) + timedelta(days=1 if self.inclusive else 0)
        ends = min(datetime.combine(last, datetime.min.time(), zone).astimezone(UTC), self.until)
        first += timedelta(seconds=-first.timestamp() % 3600)
        count = max(0, -(-int((ends - first).total_seconds()) // 3600))
        return [self.hour(premise, first + timedelta(hours=n)) for n in range(count)]

    def hour(self, premise: str, instant: datetime) -> dict[str, Any]:
        stamp = instant.astimezone(ZoneInfo(self.zone)) if self.wall else instant
        on, off = usage(premise, instant)
        return {
            "id": f"{int(instant.timestamp()):024x}",
            "utilityUserAccount": {"_id": "6500260c0fcc610013b84928"},
            "serviceAccount": {"_id": premise},
            "utilityCompany": {"_id": "64a4167b4945ba8fb83f2b33"},
            "date": stamp.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "hour": stamp.strftime("%H:%M"),
            "onPeakUsage": on,
            "offPeakUsage": off,
            "totalUsage": round(on + off, 3),
        }


def usage(premise: str, instant: datetime) -> tuple[float, float]:
    """On- and off-peak kWh of an hour: a number that no other hour of the year has."""
    serial = int(instant.timestamp()) // 3600 % 100_000
    kwh = serial / 1000 + (0.5 if premise == OTHER else 0)
    return (kwh, 0.0) if instant.hour >= 20 else (0.0, kwh)


def months(premise: str, year: int) -> list[dict[str, Any]]:
    names = [date(2001, month, 1).strftime("%B") for month in range(1, 13)]
    return [
        {
            "id": f"{year:020x}{month:04x}",
            "utilityUserAccount": {"_id": "6500260c0fcc610013b84928"},
            "serviceAccount": {"_id": premise},
            "utilityCompany": {"_id": "64a4167b4945ba8fb83f2b33"},
            "month": name,
            "offPeakUsageInWatts": 100_000.0 * month,
            "onPeakUsageInWatts": 50_000.5,
            "year": year,
            "amountInCents": 1128 + month,
            "energyConsumptionInWatts": 100_000.0 * month + 50_000.5,
        }
        for month, name in enumerate(names, 1)
    ]
