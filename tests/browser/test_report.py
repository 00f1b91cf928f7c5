"""A report as its reader opens it: a file, offline, on a light and a dark page, and on paper."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

import omnipandas as op
from tests.browser import lab


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    with op.demo(today="2026-11-01") as client:
        ids = op.linked_accounts(client)
        folder = tmp_path_factory.mktemp("report")
        return op.report(client, [ids[0], ids[4]], "2025-11-01", "2026-11-01", folder / "study.html")


def test_a_report_opens_offline_draws_everything_and_prints(browser, path):
    context = browser.new_context(offline=True, viewport={"width": 1000, "height": 1300})
    try:
        page = context.new_page()
        asked, said = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda message: said.append(message.text))
        page.goto(path.as_uri())
        page.wait_for_function(
            "() => [...document.querySelectorAll('.js-plotly-plot')].every(plot => plot.calcdata?.length)"
        )
        kinds = page.evaluate(
            "() => [...document.querySelectorAll('.js-plotly-plot')].map(p => p.calcdata[0][0].trace.type)"
        )
        # Each account's profile, heatmap, duration, bills, prices, tariffs; the second has findings too.
        assert kinds == ["scatter", "heatmap", "scatter", "bar", "scatter", "bar"] * 2 + ["scatter"]
        found = Axe().run(page).response["violations"]
        assert [
            (f["id"], f["nodes"][0]["html"]) for f in found if f["impact"] in ("serious", "critical")
        ] == []
        lab.ARTEFACTS.mkdir(exist_ok=True)
        page.screenshot(path=lab.ARTEFACTS / "report-light.png", full_page=True)
        page.emulate_media(color_scheme="dark")
        assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(20, 20, 20)"
        page.screenshot(path=lab.ARTEFACTS / "report-dark.png")
        printed = page.pdf(path=lab.ARTEFACTS / "report.pdf")
        assert printed.count(b"/Type /Page\n") >= 4
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
        assert said == []
    finally:
        context.close()
