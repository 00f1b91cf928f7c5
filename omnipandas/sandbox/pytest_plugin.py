"""Fixtures for others' tests.

Put ``pytest_plugins = ["omnipandas.sandbox.pytest_plugin"]`` into a conftest.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from .instance import Sandbox, start


@pytest.fixture
def omnimetic_sandbox() -> Iterator[Sandbox]:
    """Yield a sandbox of this test's own, its day pinned to 2024-03-01."""
    with start(today="2024-03-01") as sandbox:
        yield sandbox


@pytest.fixture
def start_sandbox() -> Iterator[Callable[..., Sandbox]]:
    """Yield `omnipandas.sandbox.start`; every sandbox that it starts is closed after the test."""
    with ExitStack() as stack:

        def started(**settings: Any) -> Sandbox:
            return stack.enter_context(start(**settings))

        yield started
