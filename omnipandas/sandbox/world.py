"""The state behind the endpoints of one sandbox."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from .faults import Plan
from .ledger import Ledger
from .premises import ALL, Premise
from .replies import Clock
from .sdk import ACCOUNT_ID
from .tokens import Tokens

EndDate = Literal["exclusive", "inclusive"]

CLIENT_ID = "5a6d0b0c-1e57-4b0a-9c0d-5a9db0c15a9d"
SECRET = "sandbox0-0000-4000-8000-not0a0secret"  # noqa: S105 (a demo value, said to be one)


@dataclass(slots=True)
class World:
    """The state behind the endpoints of one sandbox; see `omnipandas.sandbox.start` for the settings."""

    client_id: str
    secret: str
    now: Callable[[], datetime]
    pinned: date | None
    clock: Clock
    end_date: EndDate
    redirects: bool
    plan: Plan
    linked: dict[str, datetime]
    pending_polls: int = 1
    stopping: threading.Event = field(default_factory=threading.Event)
    ledger: Ledger = field(default_factory=Ledger)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    tokens: Tokens = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = Tokens(ACCOUNT_ID, lambda: self.now())

    def today(self, zone: str) -> date:
        """Return the local day at a premise: the pinned one, or that of the clock."""
        return self.pinned or self.now().astimezone(ZoneInfo(zone)).date()

    def link(self, ids: Iterable[str]) -> list[str]:
        """Link premises by id and return the ids; ValueError names those that do not exist."""
        wanted = list(ids)
        if unknown := [one for one in wanted if one not in ALL]:
            raise ValueError(f"no premise of the sandbox has the id {', '.join(map(str, unknown))}.")
        with self.lock:
            for one in wanted:
                self.linked.setdefault(one, self.now())
        return wanted


def first_linked(premise: Premise) -> datetime:
    """Return when a premise that is linked from the start was linked: nine in the morning, local time."""
    return datetime.combine(premise.linked, time(9), ZoneInfo(premise.zone))
