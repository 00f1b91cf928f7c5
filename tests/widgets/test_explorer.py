from __future__ import annotations

import io
import json
import threading
from datetime import date

import ipywidgets
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import omnipandas as op
from omnipandas.errors import ArgumentError
from omnipandas.schema import TEXT
from omnipandas.widgets.explorer.controls import table
from omnipandas.widgets.explorer.views import VIEWS
from tests.vendor import OTHER, PREMISE


@pytest.fixture(scope="module")
def demo():
    with op.demo(today="2026-11-01") as client:
        yield client
        # Whoever is still at work would repeat his questions to a sandbox that is gone.
        for thread in threading.enumerate():
            if thread.name.startswith("omnipandas"):
                thread.join(30)


@pytest.fixture
def calm(demo):
    """The demo without faults, before and after."""
    demo.sandbox.faults = None
    yield demo
    demo.sandbox.faults = None


@pytest.fixture
def ids(demo):
    return op.linked_accounts(demo)


def panel(explorer):
    return explorer._stage.panel.value


def synced(widget):
    """All that a saved notebook would keep of a widget and its parts."""
    found, waiting = {}, [widget]
    while waiting:
        one = waiting.pop()
        if one.model_id in found:
            continue
        found[one.model_id] = state = one.get_state()
        waiting += [part for part in vars(one).values() if isinstance(part, ipywidgets.Widget)]
        waiting += list(getattr(one, "children", ()))
        state.pop("_esm", None)
    return json.dumps(found, default=str)


@pytest.mark.parametrize("title", VIEWS)
def test_the_code_of_a_view_gives_its_frame_and_figure(calm, ids, title):
    explorer = op.widgets.Explorer(calm, ids[4], view=title).wait()
    assert explorer.error is None
    names = {"client": calm}
    exec(compile(explorer.code, title, "exec"), names)
    assert_frame_equal(pd.DataFrame(names["frame"]), pd.DataFrame(explorer.frame))
    assert names["figure"].to_json() == explorer.figure.to_json() == explorer.chart.spec
    assert len(explorer.figure.data) > 0
    assert explorer.code.splitlines()[-1] == "figure"


def test_every_choice_is_drawn(calm, ids):
    explorer = op.widgets.Explorer(calm, ids[:2]).wait()
    first = explorer.figure.to_json()
    explorer.accounts.value = ids[1]
    assert explorer.wait().figure.to_json() != first
    explorer.dates.value = "2026-01-01", "2026-02-01"
    explorer.by.value = "day_type"
    explorer.wait()
    expected = op.load_profile(op.get_intervals(calm, ids[1], "2026-01-01", "2026-02-01"), "day_type")
    assert_frame_equal(explorer.frame, expected)
    explorer.view = "Monthly bill"
    assert explorer.wait().frame.index.tolist() == [pd.Timestamp("2026-01-01")]
    assert repr(explorer) == "<Explorer: Monthly bill of 1 account, 2026-01-01 to 2026-02-01>"


def test_labels_and_limits_come_after_the_figure(calm, ids):
    grill = next(p.service_account_id for p in calm.sandbox.premises if p.name == "Beach grill")
    explorer = op.widgets.Explorer(calm, [grill, ids[0]])
    explorer.wait()
    explorer.settle()
    explorer.dates.preset = "All there is"
    explorer.wait()
    explorer.settle()
    assert explorer.dates.value == (date(2023, 5, 17), date(2026, 11, 1))
    assert explorer.accounts._list.options[0][0] == "21 Sandbox Shore · Honolulu · Pacific/Honolulu"


def test_the_next_choice_drops_the_one_under_way(connect, vendor):
    client = connect()
    held, go_on = threading.Event(), threading.Event()

    def hold(request):
        if request.path.endswith(f"{PREMISE}/interval-data"):
            held.set()
            go_on.wait(10)

    vendor.rules.append(hold)
    explorer = op.widgets.Explorer(client, [PREMISE, OTHER])
    assert held.wait(10)
    explorer.accounts.value = OTHER
    go_on.set()
    explorer.wait(20)
    assert set(explorer.frame["service_account_id"]) == {OTHER}
    explorer.settle()
    assert set(explorer.frame["service_account_id"]) == {OTHER}
    dropped = [r for r in vendor.asked("interval-data") if PREMISE in r.path]
    assert len(dropped) < 12  # of thirteen months: those under way, and hardly more


def test_no_accounts_no_choice_no_tariff(calm):
    explorer = op.widgets.Explorer(calm, []).wait()
    assert "No service account is linked yet" in panel(explorer)
    explorer = op.widgets.Explorer(calm, op.linked_accounts(calm)[:1]).wait()
    explorer.accounts.value = ()
    assert "No account is chosen" in panel(explorer)
    assert explorer.frame is explorer.figure is explorer.error is None


def test_a_range_without_readings_says_what_to_do(calm, ids):
    explorer = op.widgets.Explorer(calm, ids[5]).settle()
    explorer.dates.value = "2024-06-21", "2024-06-22"  # the desert ranch's meter lost two days then
    explorer.settle()
    assert "There are no hourly readings from 2024-06-21 to 2024-06-22" in panel(explorer)
    assert explorer.frame is None


def test_an_error_is_a_panel_and_goes_with_the_next_try(calm, ids):
    calm.cache.clear(ids[3])
    calm.sandbox.faults = "forbidden; times=0; on=interval-data"
    explorer = op.widgets.Explorer(calm, ids[3]).wait()
    assert type(explorer.error).__name__ == "UnauthorizedError"
    assert "The server does not accept the key" in panel(explorer)
    assert "Traceback" not in panel(explorer)
    assert explorer._stage.again.layout.display == "block"
    calm.sandbox.faults = None
    explorer._stage.again.click()
    explorer.wait()
    assert (explorer.error, panel(explorer)) == (None, "")
    assert explorer._stage.again.layout.display == "none"


def test_premises_of_several_zones_are_told_apart_in_words(calm, ids):
    explorer = op.widgets.Explorer(calm, ids[:3]).wait()
    explorer.accounts.value = ids[:2]
    explorer.wait()
    assert "several time zones" in panel(explorer)


def test_our_own_mistakes_are_panels_too(calm, ids, monkeypatch):
    def broken(hourly, by):
        raise ZeroDivisionError("<by nothing>")

    monkeypatch.setattr(op, "load_profile", broken)
    explorer = op.widgets.Explorer(calm, ids[0]).wait()
    assert "omnipandas made a mistake" in panel(explorer)
    assert "ZeroDivisionError: &lt;by nothing&gt;" in panel(explorer)


def test_what_is_saved_holds_neither_key_nor_frame(calm, ids):
    explorer = op.widgets.Explorer(calm, ids[0]).wait()
    explorer.settle()
    saved = synced(explorer)
    client_id, secret = calm.secret_for_linking()
    hourly = op.get_intervals(calm, ids[0], "2025-11-01", "2026-11-01")
    assert secret not in saved
    assert client_id not in saved
    assert "Bearer" not in saved
    assert len(saved) < 100_000
    assert sum(str(value) in saved for value in hourly["total_kwh"].head(200)) < 20
    assert "missing_hours" not in saved  # a column of the frame, not of the figure


def test_tables_are_made_when_they_are_asked_for(calm, ids):
    explorer = op.widgets.Explorer(calm, ids[0], view="Monthly bill").wait()
    downloads = explorer._stage.downloads
    sent = []
    downloads.send = lambda content, buffers=None: sent.append((content, buffers))
    downloads._on_request(downloads, {"format": "CSV"}, [])
    downloads._on_request(downloads, {"format": "exe"}, [])
    downloads._on_request(downloads, "CSV", [])
    (content, (body,)) = sent[0]
    assert content["file"] == "monthly-bill-2025-11-01-2026-11-01.csv"
    assert len(sent) == 1
    read = pd.read_csv(io.BytesIO(body), index_col="month", parse_dates=True)
    assert read["cost_usd"].tolist() == explorer.frame["cost_usd"].tolist()
    explorer.accounts.value = ()
    downloads._on_request(downloads, {"format": "CSV"}, [])
    assert len(sent) == 1


@pytest.mark.parametrize("title", VIEWS)
def test_parquet_keeps_every_column(calm, ids, title):
    explorer = op.widgets.Explorer(calm, ids[4], view=title).wait()
    _, _, body = table(explorer.frame, "name", "Parquet")
    read = pd.read_parquet(io.BytesIO(body))
    if pd.__version__ < "3":  # which reads text as objects
        read = read.astype({name: TEXT for name, kind in explorer.frame.dtypes.items() if kind == TEXT})
    assert_frame_equal(read, pd.DataFrame(explorer.frame), check_categorical=False)


def test_arguments_that_cannot_be_right(calm, ids):
    with pytest.raises(ArgumentError, match="the views are Load profile"):
        op.widgets.Explorer(calm, ids, view="Pie")
    with pytest.raises(ArgumentError, match="years"):
        op.widgets.Explorer(calm, ids, years=0)
    with pytest.raises(ArgumentError, match="service account id"):
        op.widgets.Explorer(calm, ["../etc"])
    explorer = op.widgets.Explorer(calm, ids[0]).wait()
    with pytest.raises(ArgumentError):
        explorer.view = "Pie"


def test_the_receipt_stands_in_words_over_its_figure(calm, ids):
    explorer = op.widgets.Explorer(calm, [ids[4], ids[0]], view="Data quality").wait()
    assert "8,760 of 8,760 intervals (100.0%)" in panel(explorer)
    assert "Estimated by the utility" in panel(explorer)
    assert explorer.chart.layout.visibility == "visible"
    explorer.accounts.value = ids[0]
    explorer.wait()
    assert "0 findings" in panel(explorer)  # nothing to draw, but something to say
    assert explorer.chart.layout.visibility == "hidden"
    assert explorer.frame.empty


def test_waiting_has_an_end(calm, ids):
    calm.cache.clear(ids[4])
    calm.sandbox.faults = "black-hole; times=0; seconds=2"
    explorer = op.widgets.Explorer(calm, ids[4])
    with pytest.raises(TimeoutError, match=r"within 0\.05 s"):
        explorer.wait(0.05)
    calm.sandbox.faults = None
    explorer.wait()
    assert explorer.error is None
