"""The stand-in SDK in a real browser: the vendor's outcomes, and the traps that a wrapper must survive."""

from __future__ import annotations

import base64

import pytest
from playwright import sync_api

from omnipandas import sandbox
from tests.browser import lab

PAGE = """<!doctype html><title>page</title><div id="here"></div><script>
  window.heard = []; window.settled = [];
  addEventListener("widgetResponse", ({detail}) => heard.push(detail));
</script>"""
OPEN = """([secret, id]) => {
  window.widget = new Omnimetic(document.getElementById("here"), {secret, clientId: id});
  widget.open().then(v => settled.push(["resolved", v]), e => settled.push(["rejected", e]));
}"""


@pytest.fixture
def box():
    with sandbox.start(today="2024-03-01", pending_polls=0) as running:
        yield running


@pytest.fixture(scope="module")
def browser():
    if reason := lab.missing(None):
        pytest.skip(reason)
    with lab.chromium() as running:
        yield running


@pytest.fixture
def page(browser, box):
    with browser.new_context() as context:
        opened = context.new_page()
        opened.set_default_timeout(10_000)
        # A page of another origin than the sandbox's address, on this machine, as a notebook's is.
        opened.goto(box.sdk_url.replace("127.0.0.1", "localhost"))
        opened.set_content(PAGE)
        yield opened


def opened(page, box, *, secret=None, source=None):
    page.add_script_tag(content=source or sandbox.sdk_source(base_url=box.base_url, poll_ms=20))
    page.evaluate(OPEN, [secret or box.secret, box.client_id])
    return page


def log_in(page, utility="Lakeside Sandbox Power", name="anyone"):
    page.get_by_label(utility).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill("anything")
    page.get_by_role("button", name="Log in").click()


def outcome(page):
    page.wait_for_function("settled.length > 0")
    return page.evaluate("settled[0]")


def test_a_person_links_two_premises_and_they_have_data(page, box, call):
    page.add_script_tag(url=box.sdk_url)  # as it is served: it finds its way back by its own address
    page.evaluate(OPEN, [box.secret, box.client_id])
    log_in(page)
    page.get_by_role("button", name="Connect").click()
    verdict, payload = outcome(page)
    assert (verdict, payload["status"]) == ("resolved", "OM200")
    ids = [one["id"] for one in payload["serviceAccounts"]]
    assert len(ids) == 2
    assert page.get_by_role("button", name="Done").is_visible()  # it settles before Done
    assert page.evaluate("heard") == [payload]
    page.get_by_role("button", name="Done").click()
    assert page.evaluate("[document.getElementById('here').innerHTML, heard.length]") == ["", 1]
    assert set(ids) <= set(box.service_account_ids)
    assert len(call.rows(ids[0], "2023-06-01", "2023-06-02")) == 24
    assert call.get(ids[0], "info").json()["linkedDate"] > "2024"


def test_it_can_be_used_by_keyboard_alone(page, box):
    opened(page, box)
    page.wait_for_selector("#omnimetic-companies")
    assert page.evaluate("document.activeElement.type") == "radio"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#omnimetic-login")
    page.keyboard.type("anyone")
    page.keyboard.press("Tab")
    page.keyboard.type("anything")
    page.keyboard.press("Enter")
    page.wait_for_selector("#omnimetic-accounts")
    page.keyboard.press("Space")  # the first account's tick goes
    page.keyboard.press("Enter")
    verdict, payload = outcome(page)
    assert verdict == "resolved"
    second = box.premise("new-house-2").service_account_id
    assert [one["id"] for one in payload["serviceAccounts"]] == [second]


def test_offline_it_walks_the_same_way_with_the_same_ids(page, box, call):
    opened(page, box, source=sandbox.sdk_source(offline=True, poll_ms=20))
    log_in(page, "Island Sandbox Electric")
    page.get_by_role("button", name="Connect").click()
    ids = [one["id"] for one in outcome(page)[1]["serviceAccounts"]]
    assert box.counts["access-token"] == 1  # the caller's own: the page asked nobody
    assert box.link(ids) == ids
    assert call.rows(ids[0], "2023-06-01", "2023-06-02")


def test_offline_a_wrong_secret_is_told_too(page, box):
    opened(page, box, secret="wrong", source=sandbox.sdk_source(offline=True))
    assert outcome(page)[1]["status"] == "OM410"


def test_closing_is_om400_and_empties_the_container(page, box):
    opened(page, box)
    page.get_by_role("button", name="Close").click()
    assert outcome(page) == ["rejected", {"status": "OM400", "message": "Rejected: User closes the widget"}]
    assert page.evaluate("document.getElementById('here').innerHTML") == ""


def test_wrong_keys_are_om410_the_error_stays_and_its_x_tells_om400_too(page, box):
    opened(page, box, secret="no")
    assert outcome(page)[1]["status"] == "OM410"
    assert page.get_by_role("alert").is_visible()
    page.get_by_role("button", name="Close").click()
    assert [one["status"] for one in page.evaluate("heard")] == ["OM410", "OM400"]
    assert page.evaluate("settled.length") == 1


def test_a_broken_server_is_om500_once_the_person_leaves(page, box):
    box.faults = "unavailable; on=access-token"
    opened(page, box)
    page.get_by_role("alert").wait_for()
    assert page.evaluate("settled.length") == 0
    page.get_by_role("button", name="Close").click()
    assert outcome(page)[1]["status"] == "OM500"


def test_try_again_opens_anew_and_the_first_promise_never_settles(page, box):
    box.faults = "unavailable; on=access-token"
    opened(page, box)
    page.get_by_role("button", name="Try again").click()
    page.wait_for_selector("#omnimetic-companies")
    page.get_by_role("button", name="Close").click()
    page.wait_for_function("heard.length > 0")
    assert page.evaluate("[heard[0].status, settled.length]") == ["OM400", 0]


@pytest.mark.parametrize("name", ["server-down", "broken-job"])
def test_a_utility_that_is_down_is_om500(page, box, name):
    opened(page, box)
    log_in(page, name=name)
    page.get_by_text("site does not answer").wait_for()
    page.get_by_role("button", name="Close").click()
    assert outcome(page)[1]["status"] == "OM500"


def test_wrong_credentials_ask_again(page, box):
    opened(page, box)
    log_in(page, name="wrong-password")
    page.get_by_text("does not know this name").wait_for()
    assert page.get_by_label("User name").is_visible()


def test_a_network_error_leaves_the_promise_pending_with_an_unhandled_rejection(page, box):
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    box.faults = "reset-before; on=access-token; times=0"
    opened(page, box)
    page.wait_for_timeout(500)
    assert "Failed to fetch" in errors[0]
    assert page.evaluate("settled.length + heard.length") == 0


def test_on_a_page_with_an_amd_loader_no_global_appears(page, box):
    page.evaluate("void (window.define = Object.assign((needs, make) => (window.made = make()), {amd: {}}))")
    page.add_script_tag(url=box.sdk_url)
    assert page.evaluate("[typeof Omnimetic, typeof made.Omnimetic]") == ["undefined", "function"]


def test_the_constructor_throws_without_keys_and_a_shadow_root_shows_nothing(page, box):
    page.add_script_tag(url=box.sdk_url)
    for keys in ("undefined", "{secret: 'a'}", "{clientId: 'a'}"):
        with pytest.raises(sync_api.Error, match="secret and clientId"):
            page.evaluate(f"new Omnimetic(document.getElementById('here'), {keys})")
    shown = page.evaluate("""() => {
        const root = document.getElementById("here").attachShadow({mode: "open"});
        const inside = root.appendChild(document.createElement("div"));
        new Omnimetic(inside, {secret: "a", clientId: "b"}).open().catch(() => {});
        return root.getElementById("omnimetic-screen").childElementCount;
    }""")
    assert shown == 0


def test_two_instances_reject_each_other_and_an_unopened_one_throws(page, box):
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    opened(page, box)
    page.evaluate("new Omnimetic(document.getElementById('here'), {secret: 'a', clientId: 'b'})")
    page.get_by_role("button", name="Close").click()
    assert outcome(page)[1]["status"] == "OM400"
    assert "is not a function" in errors[0]


def test_the_text_and_its_addresses(box):
    source = sandbox.sdk_source(base_url=box.base_url, offline=True)
    assert box.base_url in source
    assert box.secret not in source
    url = sandbox.sdk_data_url()
    assert base64.b64decode(url.partition(",")[2]).decode() == sandbox.sdk_source(offline=True)
    assert sandbox.sdk_integrity("").startswith("sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTA")
