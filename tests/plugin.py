"""Rules for the whole run, notebooks and doctests included; loaded by `-p tests.plugin`."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

# How long an example takes says how busy the machine is, not whether the property holds.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


def pytest_configure(config: pytest.Config) -> None:
    # Nothing a test does may depend on, or write to, the home folder or the keys of whoever runs it.
    for name in ("OMNIMETIC_CLIENT_ID", "OMNIMETIC_CLIENT_SECRET", "OMNIMETIC_BASE_URL"):
        os.environ.pop(name, None)
    # On a busy machine a call may last long enough to show a progress bar, which no notebook has stored.
    os.environ["TQDM_DISABLE"] = "1"
    # Kernels and sub-processes import this checkout, installed or not.
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    config.addinivalue_line("markers", "shared: needs the reference files beside the checkout (../shared)")
    config.addinivalue_line("markers", "chromium: needs a browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # By what they take: a test that forgets its mark skips like the others on a machine without these.
    missing = pytest.mark.skip(reason="needs ../shared, the reference files beside the checkout")
    for item in items:
        taken = set(getattr(item, "fixturenames", ()))
        if "shared" in taken:
            item.add_marker("shared")
        if taken & {"browser", "server"}:
            item.add_marker("chromium")
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(missing)


def pytest_terminal_summary(terminalreporter) -> None:
    if os.environ.get("CI") == "true" and (skipped := terminalreporter.stats.get("skipped")):
        terminalreporter.write_line(f"CI=true: {len(skipped)} skipped test(s) count as failures", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and exitstatus == 0 and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
