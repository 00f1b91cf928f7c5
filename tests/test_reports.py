from __future__ import annotations

import re

import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError, UnauthorizedError

JULY = "2026-07-01", "2026-08-01"


@pytest.fixture(scope="module")
def demo():
    with op.demo(today="2026-11-01") as client:
        yield client


@pytest.fixture(scope="module")
def household(demo):
    return op.linked_accounts(demo)[0]


@pytest.fixture(scope="module")
def page(demo, household, tmp_path_factory):
    ranch = op.linked_accounts(demo)[5]
    path = tmp_path_factory.mktemp("report") / "july.html"
    assert op.report(demo, [household, ranch], *JULY, path) == path
    return path.read_text(encoding="utf-8")


def without_plotly(page):
    """The page without plotly.js, whose text holds addresses of its own."""
    start, end = page.index("<script>"), page.index("</script>")
    return page[:start] + page[end:]


def test_the_figures_in_words_are_those_of_the_analyses(demo, household, page):
    hourly = op.get_intervals(demo, household, *JULY)
    monthly = op.get_historical(demo, household, 2026)
    july = monthly.loc["2026-07-01"]
    assert f"<td>{hourly['total_kwh'].sum():,.0f} kWh</td>" in page
    assert f"<td>{hourly['total_kwh'].max():,.2f} kW</td>" in page
    when = hourly["total_kwh"].idxmax()
    assert f"<td>{when:%A %d %B %Y, %H:%M}</td>" in page
    assert f"<td>${july['cost_usd']:,.2f}</td>" in page
    assert f"<td>${july['cost_usd'] / july['total_kwh']:.3f} per kWh</td>" in page
    assert "744 of 744 intervals" in page


def test_each_premise_is_studied_in_its_own_zone(page):
    assert page.count('<section class="account">') == 2
    assert "America/Chicago" in page
    assert "America/Phoenix" in page
    assert page.count("Tariffs, the cheapest first") == 2


def test_it_asks_for_nothing_and_says_so(page):
    body = without_plotly(page)
    assert "default-src 'none'" in body
    assert page.count("plotly.js v") == 1
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", body)
    assert "@import" not in body


def test_it_holds_no_secret_and_no_names(demo, page):
    client_id, secret = demo.secret_for_linking()
    body = without_plotly(page)
    for word in (client_id, secret, "Bearer", "Maple Street family", demo.base_url):
        assert word not in body


def test_ranking_is_that_of_the_tariffs_given(demo, household, tmp_path):
    tariffs = [op.Tariff.flat("<Dear>", 0.40), op.Tariff.flat("Cheap", 0.10, fixed=5)]
    path = op.report(demo, household, *JULY, tmp_path / "r.html", tariffs=tariffs)
    text = path.read_text(encoding="utf-8")
    kwh = op.get_intervals(demo, household, *JULY)["total_kwh"].sum()
    assert f"<td>${kwh * 0.10 + 5:,.2f}</td>" in text
    assert "&lt;Dear&gt;" in text
    assert "<td><Dear></td>" not in text


def test_a_load_that_cannot_be_priced_says_why(demo, tmp_path):
    solar = op.linked_accounts(demo)[6]  # differing doubles in May 2025
    path = op.report(demo, solar, "2025-05-01", "2025-06-01", tmp_path / "r.html")
    assert "This load was not priced: " in path.read_text(encoding="utf-8")


def test_a_range_without_readings_says_so(demo, tmp_path):
    grill = op.linked_accounts(demo)[10]  # linked in 2023
    path = op.report(demo, grill, "2022-01-01", "2022-02-01", tmp_path / "r.html")
    assert "There are neither readings nor bills in this range." in path.read_text(encoding="utf-8")


def test_arguments_that_cannot_be_right_send_nothing(demo, household, tmp_path):
    demo.sandbox.forget_requests()
    with pytest.raises(ArgumentError, match="at least one"):
        op.report(demo, [], *JULY, tmp_path / "r.html")
    with pytest.raises(ArgumentError, match="existing folder"):
        op.report(demo, household, *JULY, tmp_path / "nowhere" / "r.html")
    with pytest.raises(ArgumentError, match="existing folder"):
        op.report(demo, household, *JULY, tmp_path)
    with pytest.raises(ArgumentError, match="range is empty"):
        op.report(demo, household, *reversed(JULY), tmp_path / "r.html")
    assert demo.sandbox.counts["all"] == 0
    assert list(tmp_path.iterdir()) == []


def test_an_error_writes_nothing_and_leaves_what_was_there(demo, household, tmp_path):
    path = tmp_path / "r.html"
    path.write_text("before")
    demo.cache.clear(household)
    demo.sandbox.faults = "forbidden; times=0; on=interval-data"
    try:
        with pytest.raises(UnauthorizedError):
            op.report(demo, household, *JULY, path)
    finally:
        demo.sandbox.faults = None
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
