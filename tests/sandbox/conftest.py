from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from omnipandas import sandbox
from omnipandas.sandbox import premises


@dataclass
class Caller:
    """A plain HTTP caller of the sandbox, the vendor's documents in hand and nothing of the product."""

    box: sandbox.Sandbox
    session: requests.Session = field(default_factory=requests.Session)

    def log_in(self) -> Caller:
        body = {"clientId": self.box.client_id, "name": "Omnimetic", "secret": self.box.secret}
        reply = self.session.post(f"{self.box.base_url}/access-token", json=body, timeout=10)
        reply.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {reply.json()['token']}"
        return self

    def get(self, premise: str, what: str, **options: Any) -> requests.Response:
        ids = {one.key: one.id for one in premises.ALL.values()}
        account = f"{self.box.base_url}/accounts/{self.box.account_id}/utility-service-accounts"
        url = f"{account}/{ids.get(premise, premise)}/{what}"
        return self.session.get(url, **{"timeout": 10, **options})

    def rows(self, premise: str, start: str, end: str) -> list[dict[str, Any]]:
        reply = self.get(premise, f"interval-data?startDate={start}&endDate={end}")
        reply.raise_for_status()
        return reply.json()

    def bills(self, premise: str, year: int) -> list[dict[str, Any]]:
        reply = self.get(premise, f"historical-data?year={year}")
        reply.raise_for_status()
        return reply.json()


@pytest.fixture
def box() -> Iterator[sandbox.Sandbox]:
    with sandbox.start(today="2024-03-01") as running:
        yield running


@pytest.fixture
def call(box: sandbox.Sandbox) -> Iterator[Caller]:
    with requests.Session() as session:
        yield Caller(box, session).log_in()


@pytest.fixture
def calling():
    """A caller of a sandbox with other settings: `calling(clock="wall")`."""
    opened: list[Caller] = []

    def call(**settings: Any) -> Caller:
        caller = Caller(sandbox.start(**{"today": "2024-03-01", **settings}))
        opened.append(caller)
        return caller.log_in()

    yield call
    for caller in opened:
        caller.session.close()
        caller.box.close()
