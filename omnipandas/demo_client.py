"""The one door between product and sandbox: a client of a sandbox that runs in this very process."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import weakref
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal, cast

from . import sandbox
from .omnimetic.client import Client
from .omnimetic.credentials import Credentials, Setting
from .omnimetic.linked import remember_accounts
from .omnimetic.settings import Clock, Settings
from .sandbox.instance import Scenario

EndDate = Literal["exclusive", "inclusive"]
_SOURCE = "the embedded sandbox"


class DemoClient(Client):
    """A client of an embedded sandbox; made by `demo`.

    Attributes
    ----------
    sandbox : omnipandas.sandbox.Sandbox
        The running stand-in: its premises with all that is wrong with their readings, what it was asked
        and what it served, and faults to order.
    """

    def __init__(self, box: sandbox.Sandbox, cache_dir: Path, settings: Settings) -> None:
        self.sandbox = box
        self._stop = weakref.finalize(self, _stop, box, cache_dir)
        credentials = Credentials(Setting(box.client_id, _SOURCE), Setting(box.secret, _SOURCE))
        super().__init__(credentials, Setting(box.base_url, _SOURCE), settings)

    def sdk_source(self) -> str:
        """Return OmniConnect's stand-in as a script that needs no server, for browsers that reach none."""
        return sandbox.sdk_source(offline=True)

    def link(self, ids: Iterable[str]) -> None:
        """Tell the sandbox of accounts that were linked in a page that could not reach it."""
        self.sandbox.link(set(ids) & set(self.sandbox.linkable_ids))

    def close(self) -> None:
        """Close the connections, stop the sandbox and delete its cache."""
        super().close()
        self._stop()


def demo(
    *,
    today: date | str | None = None,
    clock: Clock = Settings.clock,
    timezone: str | None = Settings.timezone,
    end_date: EndDate | None = None,
    scenario: Scenario = None,
    max_workers: int = Settings.max_workers,
) -> DemoClient:
    """Return a client of an embedded sandbox: no account, no key, no network.

    The sandbox is a stand-in for the Omnimetic API that runs in this process and answers over real HTTP
    on loopback; its twelve made-up premises lie in six time zones. It stops with the client.

    Parameters
    ----------
    today : date or str, optional
        The day that it is for sandbox and client, for studies that should not change; by default the
        real one. Readings go up to the day before.
    clock : {"utc", "wall"}
        How the sandbox stamps its hours, and how the client reads them.
    timezone : str, optional
        As in `connect`.
    end_date : {"exclusive", "inclusive"}, optional
        The sandbox's reading of the vendor's ``endDate``; frames are the same under both. By default the
        environment variable ``OMNIPANDAS_SANDBOX_END_DATE``, or exclusive.
    scenario : str, Fault or iterable of them, optional
        Faults that the sandbox serves, for example ``"flaky"``.
    max_workers : int, default 4
        As in `connect`.

    Returns
    -------
    DemoClient
        `linked_accounts` of it gives the premises: a household, a household with an electric car and a
        small shop come first.

    Raises
    ------
    ArgumentError
        An unknown zone or clock.
    ValueError
        An unknown scenario, day or reading of ``endDate``.

    Notes
    -----
    All loads, bills, names and addresses are synthetic.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo(today="2026-11-01")
    >>> household = op.linked_accounts(client)[0]
    >>> hourly = op.get_intervals(client, household, "2026-07-01", "2026-08-01")
    >>> len(hourly)
    744
    """
    settings = Settings(
        clock=clock,
        timezone=timezone,
        max_workers=max_workers,
        now=Settings.now if today is None else _clock_from(today),
    )
    settings.require_sound()
    chosen = end_date or cast("EndDate", os.environ.get("OMNIPANDAS_SANDBOX_END_DATE") or "exclusive")
    box = sandbox.start(today=today, clock=clock, end_date=chosen, scenario=scenario)
    cache_dir = Path(tempfile.mkdtemp(prefix="omnipandas-demo-"))
    client = DemoClient(box, cache_dir, replace(settings, cache_dir=cache_dir))
    remember_accounts(client, box.service_account_ids)
    return client


def _clock_from(today: date | str) -> Callable[[], float]:
    """Return a clock that shows noon of `today` now and goes on from there."""
    day = date.fromisoformat(today) if isinstance(today, str) else today
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()
    begun = time.monotonic()
    return lambda: noon + time.monotonic() - begun


def _stop(box: sandbox.Sandbox, cache_dir: Path) -> None:
    box.close()
    shutil.rmtree(cache_dir, ignore_errors=True)
