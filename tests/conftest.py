"""Fixtures that more than one folder of tests needs."""

from __future__ import annotations

import pytest

import omnipandas as op
from tests import vendor as scripted
from tests.plugin import SHARED


@pytest.fixture(scope="session")
def shared():
    """The folder of reference files; tests that take it are skipped where it is not."""
    return SHARED


@pytest.fixture(autouse=True)
def _away_from_home(monkeypatch, tmp_path_factory):
    """No test reads a .env of the folder it runs in, nor writes to the user's cache."""
    monkeypatch.chdir(tmp_path_factory.mktemp("cwd"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def vendor():
    """A scripted vendor over real HTTP; see tests/vendor.py."""
    stand_in = scripted.Vendor()
    yield stand_in
    stand_in.close()


class FakeTime:
    """A clock that only sleeping and tests move."""

    def __init__(self) -> None:
        self.seconds = 1_700_000_000.0  # 2023-11-14T22:13:20Z
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


@pytest.fixture
def clock():
    return FakeTime()


@pytest.fixture
def connect(vendor, clock, tmp_path):
    """Make clients of the scripted vendor on a clock that stands still."""
    clients = []
    vendor.now = clock

    def make(**options):
        settings = {
            "client_id": scripted.CLIENT_ID,
            "secret": scripted.SECRET,
            "base_url": vendor.url,
            "cache_dir": tmp_path / "cache",
            "now": clock,
            "sleep": clock.sleep,
        }
        clients.append(op.connect(**settings | options))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(connect):
    return connect()
