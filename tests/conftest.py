"""Fixtures that more than one folder of tests needs."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def shared():
    """The folder of reference files; tests that take it carry the mark `shared`."""
    from tests.plugin import SHARED

    return SHARED
