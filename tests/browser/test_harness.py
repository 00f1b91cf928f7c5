"""The harness itself: what it promises to the tests that lean on it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.browser import lab


@pytest.fixture(scope="module")
def tab(browser, server):
    running = server("lab")
    name = running.write(
        "harness.ipynb", "import omnipandas\nprint(omnipandas.__file__)", "6 * 7", "1 / bottom"
    )
    with lab.tab(browser, running) as window:
        window.open(name)
        window.ask("bottom = 1")
        yield window


def test_cells_run_and_the_kernel_imports_this_checkout(tab):
    tab.run_all()
    assert str(lab.CHECKOUT) in tab.page.inner_text(".jp-OutputArea-output >> nth=0")
    assert tab.ask("print(Out[2] + 1)") == "43"
    assert tab.errors == []


def test_a_cell_that_fails_fails_the_test(tab):
    tab.ask("bottom = 0")
    with pytest.raises(AssertionError, match="ZeroDivisionError: division by zero"):
        tab.run_cell(2)
    with pytest.raises(AssertionError, match="NameError"):
        tab.ask("nowhere")
    with pytest.raises(Exception, match=r"no end after 0\.2 s"):
        tab.ask("import time; time.sleep(1)", timeout=0.2)


def test_whatever_is_not_on_loopback_is_refused_and_listed(tab):
    tab.errors.clear()
    asked = "url => fetch(url).then(() => 'came', () => 'refused')"
    assert tab.page.evaluate(asked, "https://omnimetic.example/x") == "refused"
    assert "https://omnimetic.example/x" in tab.refused
    assert tab.page.evaluate(asked, f"{tab.server.url}/api") == "came"
    tab.page.evaluate("() => { setTimeout(() => { throw new Error('on purpose') }); console.error('said') }")
    tab.page.wait_for_timeout(100)
    assert sorted(tab.errors) == ["on purpose", "said"]


@pytest.mark.chromium
def test_the_browser_leaves_no_event_loop_behind():
    # In a process of its own: here the package's browser may be running.
    if reason := lab.missing():
        pytest.skip(reason)
    code = (
        "import asyncio\nfrom tests.browser import lab\n"
        "with lab.chromium() as browser: print(browser.version)\n"
        "print(asyncio.run(asyncio.sleep(0, 'free')))"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=lab.CHECKOUT,
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert ran.stdout.split()[-1:] == ["free"], ran.stderr
    assert ran.stderr == ""
