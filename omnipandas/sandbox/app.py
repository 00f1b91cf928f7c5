"""The vendor's endpoints as a WSGI application."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from .breakage import Breakage
from .faults import Fault
from .ledger import Served
from .premises import ALL, LINKABLE, PREMISES, Premise, object_id
from .replies import about, intervals, months, next_day
from .sdk import ACCOUNT_ID, LOGINS, companies, sdk_source, service_account
from .utilities import UTILITIES
from .workbook import workbook
from .world import World

_JSON = "application/json; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_YEAR = re.compile(r"[1-9]\d{3}\Z", re.ASCII)
_ID = re.compile(r"[0-9a-f]{24}\Z")
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Type, X-Sandbox-Fault",
    "Access-Control-Allow-Private-Network": "true",
    "Access-Control-Max-Age": "600",
}
_SERVICE_ACCOUNT = "/accounts/<account>/utility-service-accounts/<premise>"
_ROUTES = Map(
    [
        Rule("/access-token", methods=["POST"], endpoint="access-token"),
        Rule(f"{_SERVICE_ACCOUNT}/info", methods=["GET"], endpoint="info"),
        Rule(f"{_SERVICE_ACCOUNT}/historical-data", methods=["GET"], endpoint="historical-data"),
        Rule(f"{_SERVICE_ACCOUNT}/interval-data", methods=["GET"], endpoint="interval-data"),
        Rule(f"{_SERVICE_ACCOUNT}/download-data", methods=["GET"], endpoint="download-data"),
        Rule("/utility-companies", methods=["GET"], endpoint="utility-companies"),
        Rule("/jobs", methods=["POST"], endpoint="jobs"),
        Rule("/jobs/<job>", methods=["GET"], endpoint="job"),
        Rule("/utility-user-account/<login>", methods=["GET"], endpoint="utility-user-account"),
        Rule("/<account>/utility-service-accounts/batch", methods=["POST"], endpoint="batch"),
        Rule("/signed/<premise>/<kind>", methods=["GET"], endpoint="signed"),
        Rule("/openapi.json", methods=["GET"], endpoint="openapi"),
        Rule("/sdk/bundle.min.js", methods=["GET"], endpoint="sdk"),
    ],
    strict_slashes=False,
    merge_slashes=False,
)
_OPEN = {"access-token", "signed", "openapi", "sdk"}


class ApiError(Exception):
    """An answer that is an error.

    Parameters
    ----------
    status : int
        HTTP status.
    message : str
        What the caller did wrong.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


class Api:
    """The WSGI application over a `World`."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request and write it down."""
        request = Request(environ)
        path = environ["PATH_INFO"]
        if path == "/api" or path.startswith("/api/"):
            environ["SCRIPT_NAME"] = "/api"
            environ["PATH_INFO"] = path[4:] or "/"
        served = Served(
            self.world.now(),
            request.method,
            path,
            request.query_string.decode("latin-1"),
            "unknown",
            "HTTP_AUTHORIZATION" in environ,
        )
        response, fault = self._answer(request, served)
        response.headers.extend(_CORS)
        response.headers["Date"] = format_datetime(served.at.astimezone(UTC), usegmt=True)
        served.status = response.status_code
        served.fault = fault.kind if fault else None
        served.sent = int(response.headers.get("Content-Length") or 0)
        answer: Iterable[bytes]
        if fault:
            answer = Breakage(fault, response, environ, start_response, served, self.world.stopping).answer()
        else:
            answer = response(environ, start_response)
        self.world.ledger.add(served)
        return answer

    def _answer(self, request: Request, served: Served) -> tuple[Response, Fault | None]:
        fault = None
        try:
            if request.method == "OPTIONS":
                return Response(status=204), None
            endpoint, values = _ROUTES.bind_to_environ(request.environ).match()
            served.endpoint = endpoint
            fault = self._fault(request, endpoint)
            if fault and fault.kind == "token-expired":
                self.world.tokens.revoke_all()
            if fault and fault.kind == "redirect":
                request.environ["sandbox.redirect"] = True
            if endpoint not in _OPEN:
                self._authorize(request)
            return getattr(self, "_" + endpoint.replace("-", "_"))(request, **values), fault
        except ApiError as error:
            return _error(error.status, error.message), fault
        except MethodNotAllowed as error:
            response = _error(405, "Method not allowed")
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
            return response, fault
        except HTTPException as error:
            unknown = error.code == 404
            message = "The requested resource doesn't exist" if unknown else "The request cannot be read"
            return _error(error.code or 500, message), fault

    def _fault(self, request: Request, endpoint: str) -> Fault | None:
        if asked := request.headers.get("X-Sandbox-Fault"):
            try:
                return Fault.parse(asked)
            except ValueError as error:
                raise ApiError(400, f"X-Sandbox-Fault: {error}") from error
        return self.world.plan.next(endpoint)

    def _authorize(self, request: Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self.world.tokens.use(token.strip()):
            raise ApiError(401, "Unauthorized access or invalid token")

    def _premise(self, account: str, premise: str) -> Premise:
        if account != ACCOUNT_ID:
            raise ApiError(404, "Account not found")
        if not _ID.match(premise):
            raise ApiError(400, "utilityServiceAccountId must be 24 hexadecimal characters")
        with self.world.lock:
            if premise not in self.world.linked:
                raise ApiError(404, "Utility service account not found")
        return ALL[premise]

    # ---- data ------------------------------------------------------------------------------------

    def _access_token(self, request: Request) -> Response:
        fields = request.form.to_dict() if request.form else _json_body(request)
        if not isinstance(fields, dict):
            raise ApiError(400, "the body must be an object with clientId, name and secret")
        for name in ("clientId", "name", "secret"):
            if not isinstance(fields.get(name), str) or not fields[name]:
                raise ApiError(400, f"{name} is required")
        given = f"{fields['clientId']}\n{fields['secret']}".encode()
        if not hmac.compare_digest(given, f"{self.world.client_id}\n{self.world.secret}".encode()):
            raise ApiError(401, "Incorrect client id or secret")
        return _json({"id": ACCOUNT_ID, "token": self.world.tokens.make()})

    def _info(self, _request: Request, account: str, premise: str) -> Response:
        found = self._premise(account, premise)
        return _raw(about(found, self.world.linked[found.id]))

    def _historical_data(self, request: Request, account: str, premise: str) -> Response:
        found = self._premise(account, premise)
        year = request.args.get("year")
        if year is None or not _YEAR.match(year):
            raise ApiError(400, "year is required, as YYYY")
        return self._redirected(request, found, "historical-data") or _raw(self._months(found, year))

    def _months(self, premise: Premise, year: str) -> bytes:
        today = self.world.today(premise.zone)
        return months(premise, int(year), today=today) if int(year) <= today.year else b"[]"

    def _interval_data(self, request: Request, account: str, premise: str) -> Response:
        found = self._premise(account, premise)
        start, end = (_day(request, name) for name in ("startDate", "endDate"))
        if end < start:
            raise ApiError(400, "endDate lies before startDate")
        return self._redirected(request, found, "interval-data") or _raw(self._rows(found, start, end))

    def _rows(self, premise: Premise, start: date, end: date) -> bytes:
        last = next_day(end) if self.world.end_date == "inclusive" and end < date.max else end
        return intervals(premise, start, last, today=self.world.today(premise.zone), clock=self.world.clock)

    def _download_data(self, request: Request, account: str, premise: str) -> Response:
        found = self._premise(account, premise)
        return self._redirected(request, found, "download-data") or self._book(found)

    def _book(self, premise: Premise) -> Response:
        linked = self.world.linked[premise.id].astimezone(UTC).isoformat()
        content = workbook(premise, self.world.today(premise.zone), self.world.clock, linked)
        response = _raw(content)
        response.headers["Content-Type"] = _XLSX
        response.headers["Content-Disposition"] = f'attachment; filename="{premise.id}.xlsx"'
        return response

    # ---- a signed address on another host ----------------------------------------------------------

    def _redirected(self, request: Request, premise: Premise, kind: str) -> Response | None:
        if not (self.world.redirects or "sandbox.redirect" in request.environ):
            return None
        return Response(status=302, headers={"Location": self.signed_url(request, premise, kind)})

    def signed_url(self, request: Request, premise: Premise, kind: str) -> str:
        """Return an address of the same rows under the machine's other name, good for five minutes."""
        other = "127.0.0.1" if request.host.startswith("localhost") else "localhost"
        port = request.environ["SERVER_PORT"]
        query = {**request.args.to_dict(), "expires": str(int(self.world.now().timestamp()) + 300)}
        query["signature"] = _signature(premise.id, kind, query)
        return f"http://{other}:{port}/signed/{premise.id}/{kind}?{urlencode(query)}"

    def _signed(self, request: Request, premise: str, kind: str) -> Response:
        if "Authorization" in request.headers:
            raise ApiError(400, "Only one way to sign a request is allowed: leave Authorization out")
        query = request.args.to_dict()
        signature = query.pop("signature", "")
        good = hmac.compare_digest(signature.encode(), _signature(premise, kind, query).encode())
        if not good or int(query["expires"]) < self.world.now().timestamp():
            raise ApiError(403, "The signature does not match, or has expired")
        found = ALL[premise]
        if kind == "historical-data":
            return _raw(self._months(found, query["year"]))
        if kind == "interval-data":
            return _raw(
                self._rows(found, *(date.fromisoformat(query[name]) for name in ("startDate", "endDate")))
            )
        return self._book(found)

    # ---- linking -----------------------------------------------------------------------------------

    def _utility_companies(self, _request: Request) -> Response:
        return _json(companies())

    def _jobs(self, request: Request) -> Response:
        fields = _json_body(request)
        names = ("username", "password", "utilityCompanyId")
        if not isinstance(fields, dict) or not all(isinstance(fields.get(name), str) for name in names):
            raise ApiError(400, "username, password and utilityCompanyId are required")
        utility = next((one for one in UTILITIES if one.id == fields["utilityCompanyId"]), None)
        if utility is None:
            raise ApiError(400, "no such utility company")
        with self.world.lock:
            job = object_id("job", str(len(self.world.jobs)))
            self.world.jobs[job] = {
                "polls": self.world.pending_polls,
                "outcome": LOGINS.get(fields["username"], "success"),
                "login": object_id("user account", utility.id),
            }
        return _json({"id": job}, 201)

    def _job(self, _request: Request, job: str) -> Response:
        with self.world.lock:
            found = self.world.jobs.get(job)
            if found is None:
                raise ApiError(404, "Job not found")
            found["polls"] -= 1
            waiting, outcome, login = found["polls"] >= 0, found["outcome"], found["login"]
        if waiting:
            return _json({"id": job, "status": "pending"})
        if outcome == "error":
            return _json({"id": job, "status": "error"})
        answer = {"accountId": login} if outcome == "success" else {"status": outcome}
        return _json({"id": job, "status": "success", "response": answer})

    def _utility_user_account(self, _request: Request, login: str) -> Response:
        utility = next((one for one in UTILITIES if object_id("user account", one.id) == login), None)
        if utility is None:
            raise ApiError(404, "Utility user account not found")
        with self.world.lock:
            linked = set(self.world.linked)
        offered = [one for one in LINKABLE if one.utility is utility]
        offered += [one for one in PREMISES if one.utility is utility and one.id not in linked]
        return _json(
            {
                "id": login,
                "name": utility.name,
                "externalUserAccountId": f"SANDBOX-{login[-6:].upper()}",
                "serviceAccounts": [service_account(one) for one in offered],
            }
        )

    def _batch(self, request: Request, account: str) -> Response:
        if account != ACCOUNT_ID:
            raise ApiError(404, "Account not found")
        ids = _json_body(request)
        if not isinstance(ids, list) or not ids or not all(isinstance(one, str) for one in ids):
            raise ApiError(400, "the body must be a list of service account ids")
        try:
            linked = self.world.link(ids)
        except ValueError as error:
            raise ApiError(404, "Utility service account not found") from error
        return _json([{"id": one} for one in linked], 201)

    # ---- documents -----------------------------------------------------------------------------------

    def _openapi(self, _request: Request) -> Response:
        return _raw(Path(__file__).with_name("openapi.json").read_bytes())

    def _sdk(self, _request: Request) -> Response:
        # The script asks the host it was loaded from: a proxy's address may be unknown here.
        response = _raw(sdk_source().encode())
        response.headers["Content-Type"] = "text/javascript; charset=utf-8"
        return response


def _signature(premise: str, kind: str, query: dict[str, str]) -> str:
    signed = "\n".join([premise, kind, urlencode(sorted(query.items()))]).encode()
    return hmac.new(b"omnipandas sandbox storage", signed, hashlib.sha256).hexdigest()


def _json_body(request: Request) -> Any:
    try:
        return msgspec.json.decode(request.get_data())
    except msgspec.DecodeError as error:
        raise ApiError(400, "the body is not JSON") from error


def _day(request: Request, name: str) -> date:
    text = request.args.get(name, "")
    if _DAY.match(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass  # a day that no calendar has: answered below
    raise ApiError(400, f"{name} is required, as YYYY-MM-DD")


def _raw(body: bytes) -> Response:
    return Response(body, headers={"Content-Type": _JSON})


def _json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status=status, headers={"Content-Type": _JSON})


def _error(status: int, message: str) -> Response:
    return _json({"statusCode": status, "message": message}, status)
