"""The explorer in a real browser, as a person uses it: keyboard, mouse, mistakes and all."""

from __future__ import annotations

import csv
import io
import json
import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import lab

OPEN = "import omnipandas as op\nclient = op.demo(today='2026-11-01')"
SHOW = "explorer = op.widgets.Explorer(client)\nexplorer"
# What plotly itself has drawn, not what it was sent.
DRAWN = """() => (document.querySelector('.omnipandas-chart')?.calcdata ?? []).map(points =>
    ({ type: points[0].trace.type, name: points[0].trace.name,
       y: points[0].trace._input.z ? null : points.map(point => point.y ?? point.s ?? null) }))"""


@pytest.fixture
def explorer(notebook):
    """A tab with an explorer whose first figure is drawn."""
    tab = notebook(OPEN, SHOW, viewport={"width": 1500, "height": 1100})
    tab.run_all()
    await_drawing(tab, 0)
    tab.ask("explorer.settle()")
    return tab


def await_drawing(tab, before):
    """Wait until a figure later than number `before` is on the page; return its number."""
    tab.page.wait_for_function(
        "before => Number(document.querySelector('.omnipandas-chart')?.dataset.drawn ?? 0) > before",
        arg=before,
        timeout=30_000,
    )
    return number(tab)


def number(tab):
    return int(tab.page.evaluate("() => document.querySelector('.omnipandas-chart')?.dataset.drawn ?? 0"))


def drawn(tab):
    return tab.page.evaluate(DRAWN)


def in_kernel(tab, expression):
    return json.loads(tab.ask(f"import json; print(json.dumps({expression}))"))


def panel(tab, title):
    found = tab.page.locator(".omnipandas-panel", has_text=title)
    found.wait_for()
    return found.inner_text()


def assert_clean(tab):
    assert tab.errors == []
    assert tab.refused == []


def serious(tab, part):
    found = Axe().run(tab.page, context=part).response["violations"]
    return [
        (fault["id"], fault["nodes"][0]["html"])
        for fault in found
        if fault["impact"] in ("serious", "critical")
    ]


def use_keyboard_and_mouse(explorer):
    page = explorer.page
    first = drawn(explorer)
    assert [line["name"] for line in first] == ["winter", "spring", "summer", "autumn"]
    expected = in_kernel(explorer, "explorer.frame['mean_kw'].tolist()")
    assert first[0]["y"][:24] == pytest.approx(expected[:24])

    # The next account, by keyboard alone.
    at = number(explorer)
    page.get_by_label("Accounts").focus()
    page.keyboard.press("ArrowDown")
    at = await_drawing(explorer, at)
    second = drawn(explorer)
    assert second != first
    assert in_kernel(explorer, "explorer.accounts.value") == in_kernel(
        explorer, "explorer.accounts.known[1:2]"
    )
    expected = in_kernel(explorer, "explorer.frame['mean_kw'].tolist()")
    assert second[2]["y"][:24] == pytest.approx(expected[48:72])

    # A third one, found by its words and clicked; then a range by mouse, then a first day typed.
    page.get_by_label("Find").first.fill("phoenix cactus")
    # A person sees the list grow short before choosing from it: the chosen account and the one found.
    expect(page.get_by_label("Accounts").locator("option")).to_have_count(2)
    page.get_by_role("option", name=re.compile("Cactus Drive")).click()
    at = await_drawing(explorer, at)
    page.get_by_label("Range").select_option("Last 30 days")
    at = await_drawing(explorer, at)
    assert in_kernel(explorer, "[str(day) for day in explorer.dates.value]") == ["2026-10-02", "2026-11-01"]
    assert [line["name"] for line in drawn(explorer)] == ["autumn"]
    page.get_by_label("First day").focus()
    page.keyboard.type("10152026")
    await_drawing(explorer, at)
    explorer.page.wait_for_function(
        "() => document.querySelector('.omnipandas-explorer select')"  # the last keystroke's figure
    )
    deadline = time.monotonic() + 10
    while in_kernel(explorer, "str(explorer.dates.value[0])") != "2026-10-15":
        assert time.monotonic() < deadline
    explorer.ask("explorer.settle()")
    assert page.get_by_label("Range").input_value() == "Own dates"
    at = number(explorer)

    # Another study with the arrow keys, another with the mouse; the same element is drawn anew.
    page.evaluate("() => { document.querySelector('.omnipandas-chart').mark = 'the same' }")
    page.get_by_role("tab", name="Load profile").focus()
    page.keyboard.press("ArrowRight")
    at = await_drawing(explorer, at)
    assert [trace["type"] for trace in drawn(explorer)] == ["heatmap"]
    assert page.get_by_role("tab", name="Heatmap").get_attribute("aria-selected") == "true"
    page.get_by_label("Range").select_option("Last year")
    at = await_drawing(explorer, at)
    page.get_by_role("tab", name="Monthly bill").click()
    await_drawing(explorer, at)
    bills = in_kernel(explorer, "explorer.frame['cost_usd'].dropna().tolist()")
    assert [value for value in drawn(explorer)[0]["y"] if value is not None] == pytest.approx(bills)
    assert page.evaluate("() => document.querySelector('.omnipandas-chart').mark") == "the same"
    assert_clean(explorer)


def look_at_code_and_downloads(explorer):
    page = explorer.page
    page.get_by_text("The code for this").click()
    code = page.locator(".omnipandas-code")
    assert code.inner_text().strip() == in_kernel(explorer, "explorer.code").strip()
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert saved.value.suggested_filename == "load-profile-2025-11-01-2026-11-01.csv"
    rows = list(csv.DictReader(io.StringIO(saved.value.path().read_text())))
    assert [float(row["mean_kw"]) for row in rows] == in_kernel(
        explorer, "explorer.frame['mean_kw'].tolist()"
    )
    for kind, begins in (("Parquet", b"PAR1"), ("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        with page.expect_download() as saved:
            page.get_by_role("button", name=kind, exact=True).click()
        assert saved.value.path().read_bytes().startswith(begins)
    assert serious(explorer, ".omnipandas-explorer") == []
    explorer.screenshot("explorer-light")
    page.evaluate(
        "() => { jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' }) }"
    )
    page.wait_for_selector("body[data-jp-theme-light=false]", state="attached")
    at = number(explorer)
    page.get_by_role("tab", name="Tariffs").click()
    await_drawing(explorer, at)
    explorer.ask("explorer.settle()")
    assert serious(explorer, ".omnipandas-explorer") == []
    explorer.screenshot("explorer-dark")
    assert_clean(explorer)


def make_things_go_wrong(explorer):
    page = explorer.page
    # An account that fails to load, and the way back.
    explorer.ask("client.sandbox.faults = 'forbidden; times=0; on=interval-data'")
    at = number(explorer)
    page.get_by_label("Accounts").focus()
    page.keyboard.press("ArrowDown")
    assert "403" in panel(explorer, "The server does not accept the key")
    explorer.ask("client.sandbox.faults = None")
    page.get_by_role("button", name="Try again").click()
    at = await_drawing(explorer, at)
    page.locator(".omnipandas-panel").wait_for(state="detached")

    # A range without data: the desert ranch's meter lost two days in June 2024.
    explorer.ask("explorer.accounts.value = explorer.accounts.known[5]; explorer.settle()")
    explorer.ask("explorer.dates.value = '2024-06-21', '2024-06-22'")
    assert "Choose another range" in panel(explorer, "There are no hourly readings from 2024-06-21")
    at = number(explorer)
    page.get_by_label("Range").select_option("Last year")
    await_drawing(explorer, at)

    # No account.
    explorer.ask("explorer.accounts.value = ()")
    assert "Ctrl or Shift" in panel(explorer, "No account is chosen")

    # A lost server. The client's patience is cut short, lest the test take a minute.
    explorer.ask("client._retry = op.RetryPolicy(attempts=1); client.sandbox.close()")
    page.get_by_label("Accounts").focus()
    page.keyboard.press("End")
    panel(explorer, "The server does not answer")
    assert "Traceback" not in page.inner_text(".omnipandas-explorer")
    explorer.screenshot("explorer-lost-server")
    assert serious(explorer, ".omnipandas-explorer") == []

    # No account that could be chosen.
    explorer.ask("explorer.accounts.offer([])")
    assert "op.OmniConnect(client)" in panel(explorer, "No service account is linked yet")


def save_and_reopen(explorer):
    explorer.page.wait_for_function("() => document.querySelector('.omnipandas-chart').dataset.kept")
    saved = explorer.save()
    kept = json.loads(saved)["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    text = json.dumps(kept)
    secret, client_id = in_kernel(explorer, "[client.sandbox.secret, client.sandbox.client_id]")
    hours = in_kernel(
        explorer,
        "op.get_intervals(client, explorer.accounts.value, '2026-05-01', '2026-05-08').total_kwh.tolist()",
    )
    assert "data:image/svg" in text
    assert secret not in text
    assert client_id not in text
    assert "Bearer" not in text
    assert "missing_hours" not in text
    assert len(saved) < 400_000
    assert sum(f" {value}," in text for value in hours) == 0
    explorer.ask("client.close()")
    explorer.end_kernels()
    page = explorer.page
    page.goto(explorer.server.address(page.evaluate("() => jupyterapp.shell.currentWidget.context.path")))
    page.wait_for_selector(".omnipandas-chart img[src^='data:image/svg']", timeout=30_000)
    assert page.get_by_role("tab", name="Load profile").get_attribute("aria-selected") == "true"
    explorer.screenshot("explorer-without-kernel")
    assert_clean(explorer)


def test_in_voila(notebook):
    tab = notebook(OPEN, SHOW, app="voila")
    at = await_drawing(tab, 0)
    before = drawn(tab)
    tab.page.get_by_label("Accounts").focus()
    tab.page.keyboard.press("ArrowDown")
    await_drawing(tab, at)
    assert drawn(tab) != before
    tab.screenshot("explorer-voila")
    assert [error for error in tab.errors if "/voila/static/" not in error] == []  # Voila's own, on any page


TIMED = """argument => new Promise((done, fail) => {
    const chart = document.querySelector('.omnipandas-chart'), begun = performance.now();
    setTimeout(() => fail(new Error('nothing was drawn')), 15000);
    new MutationObserver((_, watch) => { watch.disconnect(); done(performance.now() - begun) })
        .observe(chart, { attributeFilter: ['data-drawn'] });
    ACT })"""
CHOOSE = """const list = document.querySelector('.omnipandas-explorer select[multiple]');
    [...list.options].forEach((option, at) => { option.selected = at === argument });
    list.dispatchEvent(new Event('change', { bubbles: true }))"""
RUN = """jupyterapp.shell.currentWidget.sessionContext.session.kernel
    .requestExecute({ code: argument, store_history: false })"""
FETCH = """import time
from omnipandas.widgets.explorer.views import VIEWS
view = VIEWS[explorer.view]
choice = explorer._choice()
begun = time.perf_counter()
_ = view.draw(view.fetch(client, choice, lambda done, total: None), choice)
print(time.perf_counter() - begun)"""


def time_choices(explorer):
    """Both measured alone in the same run, from the cache."""
    page = explorer.page
    choose, run = TIMED.replace("ACT", CHOOSE), TIMED.replace("ACT", RUN)
    page.get_by_label("Find").first.fill("")
    page.get_by_label("Range").select_option("Last year")
    page.get_by_role("tab", name="Load profile").click()
    page.wait_for_timeout(500)
    explorer.ask("explorer.settle()")
    whole, fetch, draw = [], [], []
    for turn in range(10):
        place = (7, 5)[turn % 2]
        took = page.evaluate(choose, place)
        explorer.ask("explorer.settle()")
        page.wait_for_timeout(150)  # the figure's picture is made meanwhile
        if turn < 2:  # not from the cache
            continue
        whole.append(took)
        fetch.append(1000 * float(explorer.ask(FETCH)))
        draw.append(page.evaluate(run, "explorer.chart.figure = explorer.figure"))
        page.wait_for_timeout(150)
    ratio = min(whole) / (min(fetch) + min(draw))
    words = f"choice {min(whole):.0f} ms, fetch {min(fetch):.0f} ms, draw {min(draw):.0f} ms: {ratio:.2f}"
    (lab.ARTEFACTS / "explorer-times.txt").write_text(words)
    assert ratio < 1.5, words
    assert_clean(explorer)


# One notebook serves several of these, for opening one takes longer than all that is done in it.


def test_choosing_is_drawn_at_once_and_what_is_saved_is_what_is_seen(explorer):
    use_keyboard_and_mouse(explorer)
    time_choices(explorer)
    save_and_reopen(explorer)


def test_code_downloads_and_panels(explorer):
    look_at_code_and_downloads(explorer)
    make_things_go_wrong(explorer)
    assert_clean(explorer)
