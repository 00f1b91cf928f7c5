"""Fixtures of the browser tests: one server per application and one Chromium, for as long as they run."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser import lab

_serial = itertools.count()

# Playwright's loop runs in this thread while the browser lives. Package scope ends both when the run leaves
# this folder, before any other test needs a loop of its own.


@pytest.fixture(scope="package")
def browser():
    if reason := lab.missing():
        pytest.skip(reason)
    with lab.chromium() as running:
        yield running


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[Callable[[lab.App], lab.Server]]:
    """Running applications by name, each started when it is first asked for."""
    with contextlib.ExitStack() as stack:
        running: dict[lab.App, lab.Server] = {}

        def get(app: lab.App = "lab") -> lab.Server:
            if reason := lab.missing(app):
                pytest.skip(reason)
            if app not in running:
                running[app] = stack.enter_context(lab.serve(tmp_path_factory.mktemp(app), app))
            return running[app]

        yield get


@pytest.fixture
def notebook(request, browser, server) -> Iterator[Callable[..., lab.Tab]]:
    """Open a notebook of the given code cells: `tab = notebook("1 + 1", app="lab")`."""
    with contextlib.ExitStack() as stack:

        def get(*cells: str, app: lab.App = "lab", **options: Any) -> lab.Tab:
            running = server(app)
            name = running.write(f"{request.node.originalname}-{next(_serial)}.ipynb", *cells)
            window = stack.enter_context(lab.tab(browser, running, **options))
            window.open(name)
            return window

        yield get
