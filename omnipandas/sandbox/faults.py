"""What may go wrong on the way, on demand and counted."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

#: Every kind of fault and what a caller meets.
FAULTS = {
    "unauthorized": "401, though the token is good",
    "token-expired": "401 in mid-job: every token is dead, a new one works",
    "forbidden": "403",
    "bad-request": "400",
    "not-found": "404",
    "request-timeout": "408",
    "rate-limited": "429 with Retry-After in seconds",
    "rate-limited-date": "429 with Retry-After as an HTTP date",
    "internal-error": "500 with a JSON body",
    "bad-gateway": "502 with a JSON body",
    "unavailable": "503, with Retry-After where `retry_after` is given",
    "gateway-timeout": "504",
    "status": "the status in `status`, with a JSON body",
    "html-error": "502 with a proxy's HTML page",
    "html-ok": "200 with an HTML page, as a captive portal sends it",
    "reset-before": "the connection is reset before a byte of the answer",
    "reset-mid-body": "the connection is reset in the middle of the body",
    "cut-short": "the connection is closed in the middle of the body",
    "truncated-json": "200, a whole answer, but its JSON stops in the middle",
    "empty-body": "200 without a body",
    "not-a-list": "200 with JSON of another shape",
    "extra-fields": "200 with fields that the documents do not name",
    "null-numbers": "200 with null where numbers belong",
    "shuffled": "200 with the rows in another order",
    "wrong-content-type": "the right body, labelled text/html",
    "gzip": "the right body, gzip-coded and said to be",
    "broken-gzip": "said to be gzip, but damaged",
    "drip": "the body in small pieces, over `seconds`",
    "black-hole": "nothing at all for `seconds`, then the connection is closed",
    "redirect": "302 to a signed address on another host name, which refuses bearer tokens",
    "redirect-loop": "302 to itself, for ever",
    "redirect-to-http": "302 to plain http on a host that is not this machine",
    "huge-body": "`megabytes` of body",
}

#: The endpoints that ``on="data"`` means.
DATA = ("info", "historical-data", "interval-data", "download-data")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault and when it strikes.

    Parameters
    ----------
    kind : str
        One of `FAULTS`.
    on : str
        An endpoint (``access-token``, ``info``, ``historical-data``, ``interval-data``, ``download-data``,
        ``utility-companies``, ``jobs``, ``job``, ``utility-user-account``, ``batch``), ``data`` for the four
        data endpoints, or ``all``.
    times : int
        How often it strikes; 0 for without end.
    after : int
        How many requests pass first.
    every : int
        Of the requests after that, each how-manieth it strikes.
    retry_after : float or None
        Seconds of ``Retry-After``.
    status : int
        The status of ``status``.
    seconds : float
        How long a drip or a black hole lasts [s].
    megabytes : float
        The size of a huge body [MB].

    Examples
    --------
    >>> Fault.parse("rate-limited; retry-after=2; times=3; on=interval-data")
    Fault(kind='rate-limited', on='interval-data', times=3, after=0, every=1, retry_after=2.0, ...)
    """

    kind: str
    on: str = "data"
    times: int = 1
    after: int = 0
    every: int = 1
    retry_after: float | None = None
    status: int = 500
    seconds: float = 30.0
    megabytes: float = 256.0

    def __post_init__(self) -> None:
        if self.kind not in FAULTS:
            raise ValueError(f"no fault is called {self.kind!r}; there are {', '.join(FAULTS)}.")
        if self.times < 0 or self.after < 0 or self.every < 1:
            raise ValueError("times and after must not be below 0, every not below 1.")

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Return the fault that a line of text describes: ``kind; name=value; name=value``.

        Raises
        ------
        ValueError
            For an unknown kind or name, or a value that is no number.
        """
        kind, *rest = (part.strip() for part in text.split(";"))
        numbers = {field.name: int if field.type == "int" else float for field in fields(cls)[2:]}
        given: dict[str, str | int | float] = {}
        for part in filter(None, rest):
            name, _, value = part.partition("=")
            name = name.strip().replace("-", "_")
            if name == "on":
                given[name] = value.strip()
            elif name in numbers:
                given[name] = numbers[name](value)
            else:
                raise ValueError(f"a fault has no {name!r}; it has on, {', '.join(numbers)}.")
        return replace(cls(kind), **given)  # type: ignore[arg-type]  # the names and types were checked above

    def hits(self, endpoint: str) -> bool:
        """Return whether it may strike a request to `endpoint`."""
        return self.on in {"all", endpoint} or (self.on == "data" and endpoint in DATA)


#: Scenarios by name.
SCENARIOS: dict[str, tuple[Fault, ...]] = {
    "calm": (),
    "flaky": (
        Fault("unavailable", times=0, after=1, every=7),
        Fault("reset-before", times=0, after=3, every=11),
        Fault("rate-limited", times=0, after=4, every=13, retry_after=1),
        Fault("html-error", times=0, after=9, every=17),
        Fault("reset-mid-body", times=0, after=12, every=19),
    ),
    "busy": (Fault("rate-limited", times=0, after=2, every=3, retry_after=1),),
    "burst": (
        Fault("internal-error", after=1),
        Fault("bad-gateway", after=2),
        Fault("unavailable", after=3),
    ),
    "expiring": (Fault("token-expired", times=0, after=3, every=4),),
    "redirecting": (Fault("redirect", times=0),),
    "slow": (Fault("drip", times=0, seconds=2.0),),
    "down": (Fault("unavailable", on="all", times=0),),
}


def scenario_of(wanted: str | Fault | Iterable[Fault | str] | None) -> tuple[Fault, ...]:
    """Return the faults of a scenario: its name, a fault, a fault's text, texts joined by ``|``, or several.

    Examples
    --------
    >>> [fault.kind for fault in scenario_of("drip; seconds=3 | rate-limited")]
    ['drip', 'rate-limited']
    """
    if wanted is None:
        return ()
    if isinstance(wanted, Fault):
        return (wanted,)
    if isinstance(wanted, str):
        if wanted in SCENARIOS:
            return SCENARIOS[wanted]
        try:
            return tuple(Fault.parse(part.strip()) for part in wanted.split("|"))
        except ValueError as error:
            raise ValueError(f"{error} Scenarios: {', '.join(SCENARIOS)}.") from error
    return tuple(fault for part in wanted for fault in scenario_of(part))


class Plan:
    """The faults of a running sandbox, each with the requests that it has seen."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._entries: list[tuple[Fault, list[int]]] = []
        self.replace(faults)

    def replace(self, faults: Iterable[Fault]) -> None:
        """Start anew with `faults`."""
        with self._lock:
            self._entries = [(fault, [0, 0]) for fault in faults]

    def add(self, faults: Iterable[Fault]) -> None:
        """Add `faults` to those that are there."""
        with self._lock:
            self._entries += [(fault, [0, 0]) for fault in faults]

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults, struck or not."""
        with self._lock:
            return tuple(fault for fault, _ in self._entries)

    def next(self, endpoint: str) -> Fault | None:
        """Return the fault that strikes this request to `endpoint`: the first one due."""
        due = None
        with self._lock:
            for fault, tally in self._entries:
                if not fault.hits(endpoint):
                    continue
                seen, struck = tally
                tally[0] += 1
                strikes = seen >= fault.after and (seen - fault.after) % fault.every == 0
                if due is None and strikes and (not fault.times or struck < fault.times):
                    tally[1] += 1
                    due = fault
        return due
