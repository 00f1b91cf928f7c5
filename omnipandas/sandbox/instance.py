"""A running sandbox."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Self

import numpy as np

from .app import Api
from .calendars import day_start, span
from .climate import temperature
from .faults import Fault, Plan, scenario_of
from .ledger import Served
from .meter import Dirt, happened, history_start
from .premises import ALL, PREMISES, Premise
from .replies import Clock
from .sdk import ACCOUNT_ID
from .transport import Server
from .world import CLIENT_ID, SECRET, EndDate, World, first_linked

Scenario = str | Fault | Iterable[Fault | str] | None


@dataclass(frozen=True, slots=True)
class PremiseFacts:
    """What is known of a premise of the sandbox.

    Parameters
    ----------
    service_account_id : str
        Its id, 24 hexadecimal characters.
    name, kind : str
        A name that a person remembers, and what it is.
    timezone : str
        IANA zone.
    postal_code : str
        ZIP code, which lies in the zone.
    utility : str
        Its utility company's name.
    on_peak : str
        The utility's on-peak window, in words.
    history_start : date
        The first local day with readings.
    dirt : tuple of Dirt
        All that is wrong with its readings up to today; what is not listed is clean.
    """

    service_account_id: str
    name: str
    kind: str
    timezone: str
    postal_code: str
    utility: str
    on_peak: str
    history_start: date
    dirt: tuple[Dirt, ...]


class Sandbox:
    """A stand-in for the Omnimetic API, served over HTTP from a thread of this process.

    Made by `start`, which documents the settings. It is a context manager; `close` stops it.

    Attributes
    ----------
    base_url : str
        What to give as ``base_url``, ending in ``/api``. The same is served without ``/api``.
    client_id, secret : str
        The credentials that it accepts. They are demo values, the same for every sandbox, and no secret.
    account_id : str
        The id that comes with a token.
    """

    def __init__(self, world: World, host: str, port: int) -> None:
        self._world = world
        self._server = Server(host, port, Api(world))
        world.stopping = self._server.stopping
        shown = f"[{host}]" if ":" in host else host
        self.base_url = f"http://{shown}:{self._server.server_port}/api"
        self.client_id, self.secret, self.account_id = world.client_id, world.secret, ACCOUNT_ID
        self._server.start()

    @property
    def sdk_url(self) -> str:
        """The address of the stand-in for the vendor's browser SDK; `sdk_source` gives its text."""
        return f"{self.base_url.removesuffix('/api')}/sdk/bundle.min.js"

    def __repr__(self) -> str:
        return f"<Sandbox at {self.base_url}, {len(self.service_account_ids)} premises linked>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving; connections that are still open are ended. Closing twice is fine."""
        self._server.close()

    # ---- premises ------------------------------------------------------------------------------------

    @property
    def service_account_ids(self) -> list[str]:
        """The ids of the linked premises: household, EV house and small shop first, then the others."""
        with self._world.lock:
            return [one for one in ALL if one in self._world.linked]

    @property
    def linkable_ids(self) -> list[str]:
        """The ids of the premises that are not linked yet, in a stable order."""
        with self._world.lock:
            return [one for one in ALL if one not in self._world.linked]

    @property
    def premises(self) -> list[PremiseFacts]:
        """The facts of each linked premise, in the order of `service_account_ids`."""
        return [self.premise(one) for one in self.service_account_ids]

    def premise(self, service_account_id: str) -> PremiseFacts:
        """Return the facts of a premise, linked or not, by its id or its key (``"family"``).

        Raises
        ------
        KeyError
            If there is none.
        """
        premise = _premise(service_account_id)
        today = self._world.today(premise.zone)
        first, last = premise.utility.window
        days = "weekdays" if premise.utility.weekdays_only else "every day"
        without = ", not on six holidays" if premise.utility.holidays else ""
        return PremiseFacts(
            premise.id,
            premise.name,
            premise.kind,
            premise.zone,
            premise.postal_code,
            premise.utility.name,
            f"{days} {first}-{last}{without}",
            history_start(premise, today),
            tuple(happened(premise, today)),
        )

    def link(self, service_account_ids: Iterable[str]) -> list[str]:
        """Link premises, as OmniConnect does, and return their ids; linking twice is fine.

        Raises
        ------
        ValueError
            If an id is not one of the sandbox's premises.
        """
        return self._world.link(service_account_ids)

    def temperatures(
        self, service_account_id: str, start: date, end: date
    ) -> tuple[np.ndarray[Any, np.dtype[np.datetime64]], np.ndarray[Any, np.dtype[np.float64]]]:
        """Return the weather that a premise's load followed; the vendor has no such call.

        Parameters
        ----------
        service_account_id : str
            Its id or its key.
        start, end : date
            Local days, half-open.

        Returns
        -------
        hours : array of datetime64[us], shape (n,)
            The start of each hour, in UTC.
        degrees : array of float, shape (n,)
            Outdoor temperature [degrees Celsius].
        """
        premise = _premise(service_account_id)
        hours = span(premise.zone, day_start(premise.zone, start), day_start(premise.zone, end))
        return hours.utc.astype("datetime64[h]").astype("datetime64[us]"), temperature(premise.climate, hours)

    # ---- faults --------------------------------------------------------------------------------------

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults of the running scenario; assign a scenario to replace them and start its counts anew."""
        return self._world.plan.faults

    @faults.setter
    def faults(self, scenario: Scenario) -> None:
        self._world.plan.replace(scenario_of(scenario))

    def fail(self, *scenario: Fault | str) -> None:
        """Add faults to those that are there: ``sandbox.fail("rate-limited; times=2; retry-after=0")``."""
        self._world.plan.add(scenario_of(scenario))

    # ---- what was served -----------------------------------------------------------------------------

    @property
    def requests(self) -> list[Served]:
        """Every request so far and what was answered; no header, token or body is kept."""
        return self._world.ledger.rows()

    @property
    def counts(self) -> Counter[str]:
        """Requests by endpoint, status and fault, and ``"all"``; broken connections count as ``"broken"``."""
        return self._world.ledger.counts()

    def forget_requests(self) -> None:
        """Start `requests` and `counts` anew."""
        self._world.ledger.clear()

    # ---- settings that may change while it runs --------------------------------------------------------

    @property
    def today(self) -> date | None:
        """The pinned day, None where the clock decides; the last readings are those of the day before."""
        return self._world.pinned

    @today.setter
    def today(self, day: date | None) -> None:
        self._world.pinned = day

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock that tokens live by."""
        return self._world.now

    @now.setter
    def now(self, clock: Callable[[], datetime]) -> None:
        self._world.now = clock

    def expire_tokens(self) -> None:
        """Make every token given out so far invalid."""
        self._world.tokens.revoke_all()


def _premise(wanted: str) -> Premise:
    for premise in ALL.values():
        if wanted in {premise.id, premise.key}:
            return premise
    raise KeyError(f"no premise of the sandbox has the id or the key {wanted!r}.")


def _real_now() -> datetime:
    return datetime.now(UTC)


def start(
    *,
    scenario: Scenario = None,
    today: date | str | None = None,
    clock: Clock = "utc",
    end_date: EndDate = "exclusive",
    redirects: bool = False,
    linked: Iterable[str] | None = None,
    now: Callable[[], datetime] | None = None,
    client_id: str = CLIENT_ID,
    secret: str = SECRET,
    host: str = "127.0.0.1",
    port: int = 0,
    pending_polls: int = 1,
) -> Sandbox:
    """Return a running sandbox: the whole vendor contract over HTTP, on loopback unless told otherwise.

    Parameters
    ----------
    scenario : str, Fault, iterable of them, or None
        Faults to serve: the name of a scenario (``"flaky"``), a `Fault`, or its text
        (``"rate-limited; times=2; on=interval-data"``). By default the environment variable
        ``OMNIPANDAS_SANDBOX_SCENARIO``, or none. A request's header ``X-Sandbox-Fault`` holds a fault's text
        for that request alone.
    today : date or str, optional
        The day that it is at every premise; by default that of `now`. Readings go up to the day before, from
        1 January 2021, or of three years before `today` if that is earlier. Past days never change as `today`
        moves, save the one listed correction (see ``premises[i].dirt``).
    clock : {"utc", "wall"}
        Whether ``date`` is a true UTC instant, or local wall time stamped Z.
    end_date : {"exclusive", "inclusive"}
        Whether the day ``endDate`` is served. Days are those that the rows' ``date`` shows.
    redirects : bool
        Whether data are served from a signed address under the machine's other host name (``localhost`` for
        ``127.0.0.1``), which refuses an Authorization header.
    linked : iterable of str, optional
        The ids or keys of the premises that are linked from the start; by default the twelve.
    now : callable, optional
        The clock: it returns an aware datetime. Tokens die an hour after their last use and 24 hours after
        they were made, by this clock.
    client_id, secret : str
        The credentials to accept; demo values by default, the same for every sandbox.
    host, port : str, int
        Where to listen; port 0 takes a free one.
    pending_polls : int
        How often a login job answers that it is pending.

    Returns
    -------
    Sandbox
        Running; close it, or use it in a ``with`` statement.

    Raises
    ------
    ValueError
        For an unknown scenario, fault, clock or reading of ``endDate``.
    OSError
        If the port is taken.

    Notes
    -----
    The net usage of the house with solar panels is never below 0: the vendor's contract has no field for
    export. Every premise, address and utility is made up; the ZIP codes are real, so that zones can be
    found from them.

    Examples
    --------
    >>> from omnipandas import sandbox
    >>> with sandbox.start(today="2024-03-01") as box:
    ...     [premise.name for premise in box.premises[:3]]
    ['Maple Street family', 'Night-charging EV house', 'Corner shop']
    """
    if clock not in {"utc", "wall"} or end_date not in {"exclusive", "inclusive"}:
        raise ValueError('clock is "utc" or "wall", and end_date "exclusive" or "inclusive".')
    if scenario is None:
        scenario = os.environ.get("OMNIPANDAS_SANDBOX_SCENARIO") or None
    chosen = PREMISES if linked is None else [_premise(one) for one in linked]
    world = World(
        client_id=client_id,
        secret=secret,
        now=now or _real_now,
        pinned=date.fromisoformat(today) if isinstance(today, str) else today,
        clock=clock,
        end_date=end_date,
        redirects=redirects,
        plan=Plan(scenario_of(scenario)),
        linked={premise.id: first_linked(premise) for premise in chosen},
        pending_polls=pending_polls,
    )
    return Sandbox(world, host, port)
