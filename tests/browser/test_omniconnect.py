"""OmniConnect as a person meets it: in JupyterLab, Notebook, Voila; with good and bad scripts behind it."""

from __future__ import annotations

import base64
import hashlib
import shutil
import time

import pytest

from omnipandas import sandbox
from tests.browser import bundles, lab

CLIENT_ID, SECRET = "e4de5af2-37ab-45a9-88fd-8949b045bf92", "s3cr3t-f00d-4bad-8bad-c0ffee5ec7e7"
FIRST, SECOND, ACCOUNT = bundles.FIRST, bundles.SECOND, bundles.ACCOUNT
BUTTON = ".omnipandas-omniconnect button"
LINE = ".omnipandas-omniconnect p"
DIALOG = ".omnipandas-omniconnect-dialog"
SETUP = f"""
import asyncio, tempfile
import omnipandas as op
demo = op.demo(today="2024-03-01")
box = demo.sandbox
key = op.connect("{CLIENT_ID}", "{SECRET}", cache_dir=tempfile.mkdtemp())
client, options, twice, box_id, box_secret = demo, {{}}, False, box.client_id, box.secret
"""


class Linking:
    """A notebook with a widget in it; `begin` makes a new one and clicks."""

    def __init__(self, tab: lab.Tab, scripts: bundles.Bundles) -> None:
        self.tab, self.page, self.scripts = tab, tab.page, scripts

    def show(self, script: str | None = None, client: str = "key", **options: object) -> Linking:
        if self.page.locator(DIALOG).count():
            self.page.keyboard.press("Escape")
        if script is not None:
            options["sdk_url"] = self.scripts.url(script)
        self.tab.ask(f"client, options, twice = {client}, {options!r}, False")
        self.tab.run_cell(1)
        self.page.wait_for_selector(BUTTON)
        return self

    def begin(self, script: str | None = None, client: str = "key", **options: object) -> Linking:
        self.show(script, client, **options)
        self.page.click(BUTTON)
        return self

    def until(self, *statuses: str, seconds: float = 15) -> str:
        deadline = time.monotonic() + seconds
        while (found := self.tab.ask("print(link.status)")) not in statuses:
            assert time.monotonic() < deadline, f"still {found}, not {statuses}"
            time.sleep(0.05)
        return found

    def ids(self) -> list[str]:
        return self.tab.ask("print(*link.service_account_ids)").split()

    def walk(self, user: str = "anyone") -> None:
        """Choose the first utility, log in, take all accounts."""
        self.page.get_by_role("button", name="Continue").click()
        self.page.get_by_label("User name").fill(user)
        self.page.get_by_label("Password").fill("any")
        self.page.get_by_role("button", name="Log in").click()

    def gone(self) -> None:
        self.page.wait_for_selector(DIALOG, state="detached")


@pytest.fixture(scope="module")
def scripts():
    serving = bundles.Bundles()
    yield serving
    serving.close()


@pytest.fixture(scope="module")
def opened(browser, server, scripts):
    running = server("lab")
    name = running.write(
        "linking.ipynb",
        SETUP,
        "link = op.OmniConnect(client, **options)\nlink",
        "link if twice else None",
        "waited = await link.result(20) if twice else None",
    )
    with lab.tab(browser, running) as tab:
        tab.open(name)
        tab.run_all()
        yield Linking(tab, scripts)


@pytest.fixture
def linking(opened):
    """The module's notebook; what an earlier test has left in its page is no outcome of this one."""
    opened.page.evaluate("() => { delete window.__built; delete window.__chosen }")
    opened.tab.errors.clear()
    return opened


# ---- the vendor's four outcomes, by the sandbox's script ----


def test_a_person_links_accounts_and_the_next_cell_has_their_readings(linking):
    linking.begin(client="demo")
    linking.page.get_by_text("Choose your utility").wait_for()
    assert linking.until("open") == "open"
    linking.tab.screenshot("omniconnect-lab-utilities")
    linking.walk()
    linking.page.get_by_role("button", name="Connect").click()
    linking.page.get_by_text("Your accounts are connected").wait_for()
    # The success screen is the person's to leave.
    assert linking.until("OM200") == "OM200"
    assert linking.page.locator(DIALOG).count() == 1
    linking.tab.screenshot("omniconnect-lab-done")
    linking.page.get_by_role("button", name="Done").click()
    linking.gone()
    assert "run the next cell" in linking.page.inner_text(LINE)
    ids = linking.ids()
    assert ids
    assert linking.tab.ask("print(op.linked_accounts(demo)[-len(link.service_account_ids):])") == str(ids)
    code = (
        "frame = op.get_service_accounts(demo, link.service_account_ids)\n"
        "hours = op.get_intervals(demo, link.service_account_ids[0], '2024-02-01', '2024-02-08')\n"
        "print(list(frame.index), len(hours), link)"
    )
    assert linking.tab.ask(code) == f"{ids} 168 <OmniConnect: OM200, {len(ids)} service accounts>"
    assert linking.tab.errors == []


def test_closing_the_vendors_window_is_om400(linking):
    linking.begin(client="demo")
    linking.page.locator("#omnimetic-close").click()
    assert linking.until("OM400") == "OM400"
    linking.gone()
    assert linking.ids() == []


def test_wrong_keys_are_om410_and_their_screen_stays(linking):
    wrong = f"op.connect('{CLIENT_ID}', '{SECRET}', base_url=box.base_url, cache_dir=tempfile.mkdtemp())"
    linking.begin(client=wrong)
    assert linking.until("OM410") == "OM410"
    linking.page.get_by_text("is not right").wait_for()
    linking.page.locator("#omnimetic-close").click()
    linking.gone()
    assert linking.until("OM410") == "OM410", "the later OM400 does not count"
    assert "Console" in linking.page.inner_text(LINE)


def test_a_server_that_fails_is_om500(linking):
    linking.tab.ask("box.faults = 'internal-error; on=access-token'")
    try:
        linking.begin(client="demo")
        linking.page.get_by_text("does not answer as it should").wait_for()
        linking.page.locator("#omnimetic-close").click()
        assert linking.until("OM500") == "OM500"
    finally:
        linking.tab.ask("box.faults = None")
    linking.gone()


def test_try_again_after_a_failed_login_still_brings_the_ids(linking):
    linking.begin(client="demo")
    linking.walk("server-down")
    linking.page.get_by_role("button", name="Try again").click()
    linking.walk()
    linking.page.get_by_role("button", name="Connect").click()
    assert linking.until("OM200") == "OM200"
    assert linking.ids()
    linking.page.get_by_role("button", name="Done").click()
    linking.gone()


def test_a_run_that_was_cancelled_while_it_waited_does_not_draw_into_the_next(linking):
    linking.begin(client="demo")
    linking.walk()
    linking.page.get_by_text("One moment").wait_for()
    linking.page.keyboard.press("Escape")
    linking.gone()
    linking.page.click(BUTTON)
    linking.page.get_by_text("Choose your utility").wait_for()
    linking.page.wait_for_timeout(2500)  # the old run's polling, about once a second, goes on for ever
    assert linking.page.get_by_text("Choose your utility").count() == 1
    assert linking.tab.ask("print(link.status)") == "open"


# ---- cancel, timeout, blocked ----


@pytest.mark.parametrize("way", ["Escape", "Close"])
def test_cancel_and_open_again(linking, way):
    linking.begin("pending")
    linking.page.wait_for_selector("#vendor-screen")
    assert linking.until("open") == "open"
    linking.page.keyboard.press("Escape") if way == "Escape" else linking.page.get_by_role(
        "button", name="Close"
    ).click()
    assert linking.until("cancelled") == "cancelled"
    linking.gone()
    assert linking.page.evaluate(f"() => document.activeElement === document.querySelector('{BUTTON}')")
    linking.page.click(BUTTON)
    linking.page.wait_for_selector("#vendor-screen")
    assert linking.until("open") == "open"
    linking.page.keyboard.press("Escape")
    assert linking.until("cancelled") == "cancelled"


def test_a_promise_that_never_settles_times_out(linking):
    linking.begin("pending", timeout=1.5)
    assert linking.until("timeout") == "timeout"
    linking.gone()
    assert "1.5 s" in linking.page.inner_text(LINE)


def test_a_network_error_on_the_token_leaves_the_script_pending_until_the_timeout(linking):
    linking.page.route("**/api/access-token", lambda route: route.abort())
    try:
        linking.begin(client="demo", timeout=2)
        linking.page.get_by_text("Connecting").wait_for()
        assert linking.until("timeout") == "timeout"
    finally:
        linking.page.unroute("**/api/access-token")
    linking.gone()


def test_a_script_that_the_browser_does_not_get_is_blocked(linking):
    linking.begin(client="key")  # the vendor's own address, which is refused here
    assert linking.until("blocked") == "blocked"
    linking.gone()
    assert "cdn.jsdelivr.net" in linking.page.inner_text(LINE)
    assert linking.tab.refused[-1].startswith("https://cdn.jsdelivr.net/gh/omnimetic/sdk/production/")


@pytest.mark.parametrize("script", ["absent", "nothing", "broken", "throws", "open-throws"])
def test_a_script_that_does_not_start_is_blocked_and_says_why(linking, script):
    linking.begin(script)
    assert linking.until("blocked") == "blocked"
    linking.gone()
    words = {"absent": "did not load", "nothing": "defines neither", "broken": "defines neither"}
    said = linking.page.inner_text(LINE)
    assert words.get(script, "failed as it started") in said
    assert SECRET not in said


def test_only_the_bytes_that_integrity_names_are_run(linking):
    digest = hashlib.sha384(bundles.SCRIPTS["linked"].encode()).digest()
    integrity = f"sha384-{base64.b64encode(digest).decode()}"
    linking.begin("linked", integrity=integrity)
    assert linking.until("OM200", "blocked") == "OM200"
    linking.begin("pair", integrity=integrity)
    assert linking.until("OM200", "blocked") == "blocked"
    assert "integrity" in linking.page.inner_text(LINE)
    assert linking.page.evaluate("() => window.__built") == 1


# ---- what the script says, and how ----


@pytest.mark.parametrize(
    ("script", "ids", "account"),
    [
        ("linked", [FIRST, SECOND], None),
        ("list-of-ids", [FIRST, SECOND], None),
        ("object-with-both", [FIRST, SECOND], ACCOUNT),
        ("pair", [FIRST, SECOND], ACCOUNT),
        ("event-only", [FIRST], None),
        ("event-bare", [FIRST], None),
        ("no-promise", [FIRST], None),
        ("guide-name", [FIRST], None),
        ("class-statement", [FIRST], None),
    ],
)
def test_every_known_way_to_tell_the_ids_is_understood(linking, script, ids, account):
    linking.begin(script)
    assert linking.until("OM200") == "OM200"
    assert linking.ids() == ids
    assert linking.tab.ask("print(link.account_id)") == str(account)
    assert linking.tab.ask("print(set(link.service_account_ids) <= set(op.linked_accounts(key)))") == "True"


@pytest.mark.parametrize("script", ["garbage", "none", "missing", "circular"])
def test_ids_that_cannot_be_read_are_a_clear_error(linking, script):
    linking.begin(script)
    assert linking.until("OM200") == "OM200"
    assert "unknown form" in linking.page.inner_text(LINE)
    code = "try: link.service_account_ids\nexcept op.errors.PayloadError as error: print(error)"
    assert "remember_accounts(client, ids)" in linking.tab.ask(code)


def test_the_first_outcome_counts(linking):
    linking.begin("wrong-keys")
    assert linking.until("OM410") == "OM410"
    linking.page.click("#vendor-x")
    linking.gone()
    assert linking.tab.ask("print(link.status)") == "OM410"


def test_ids_that_come_after_all_are_not_lost(linking):
    linking.begin("wrong-keys-then-linked")
    assert linking.until("OM410") == "OM410"
    linking.page.click("#vendor-x")
    assert linking.until("OM200") == "OM200"
    assert linking.ids() == [FIRST]


def test_a_rejection_without_a_status_is_a_failed_server(linking):
    linking.begin("rejects-an-error")
    assert linking.until("OM500") == "OM500"
    assert linking.page.locator("#vendor-screen").count() == 1


def test_other_events_of_that_name_are_no_outcome(linking):
    linking.begin("other-event")
    assert linking.until("open") == "open"
    time.sleep(0.3)
    assert linking.tab.ask("print(link.status)") == "open"


def test_a_window_that_goes_without_a_word_is_cancelled(linking):
    linking.begin("empties")
    assert linking.until("cancelled") == "cancelled"
    linking.gone()


# ---- the page around it ----


def test_the_guides_name_comes_first_and_the_pages_own_globals_come_back(linking):
    linking.page.evaluate("() => { window.Omniconnect = 'of the page' }")
    try:
        linking.begin("both")
        linking.page.wait_for_selector("#vendor-screen")
        assert linking.page.evaluate("() => window.__chosen") == "guide"
        linking.page.keyboard.press("Escape")
        linking.gone()
        found = linking.page.evaluate("() => [window.Omniconnect, 'Omnimetic' in window]")
        assert found == ["of the page", False]
    finally:
        linking.page.evaluate("() => { delete window.Omniconnect }")


def test_a_class_that_the_page_already_has_is_not_taken_for_the_vendors(linking):
    linking.page.evaluate("() => { window.Omniconnect = class { open() { window.__chosen = 'stale' } } }")
    try:
        linking.begin("linked")
        assert linking.until("OM200") == "OM200"
        assert linking.page.evaluate("() => window.__chosen") is None
    finally:
        linking.page.keyboard.press("Escape")
        linking.page.evaluate("() => { delete window.Omniconnect }")


def test_an_amd_loader_does_not_keep_the_class_to_itself(linking):
    linking.page.evaluate(
        "() => { window.define = () => { window.__chosen = 'amd' }; window.define.amd = {} }"
    )
    try:
        linking.begin("amd")
        assert linking.until("OM200") == "OM200"
        assert linking.page.evaluate("() => [window.__chosen ?? null, typeof window.define.amd]") == [
            None,
            "object",
        ]
    finally:
        linking.page.evaluate("() => { delete window.define }")


def test_the_scripts_styles_stay_in_its_window_and_go_with_it(linking):
    linking.show("styles")
    look = (
        "() => { const bar = getComputedStyle(document.querySelector('.jp-Toolbar')); return [bar.opacity, "
    )
    look += (
        "bar.backgroundColor, getComputedStyle(document.body).backgroundColor, document.head.querySelectorAll"
    )
    look += "('style, link').length] }"
    before = linking.page.evaluate(look)
    linking.page.click(BUTTON)
    linking.page.wait_for_selector("#vendor-screen")
    assert linking.until("open") == "open"
    during = linking.page.evaluate(look)
    colour = "id => getComputedStyle(document.getElementById(id)).color"
    assert linking.page.evaluate(colour, "vendor-screen") == "rgb(0, 128, 0)"
    assert linking.page.evaluate(colour, "vendor-x") == "rgb(0, 0, 255)"
    assert during[:3] == before[:3]
    assert linking.page.evaluate("() => document.getAnimations().map(one => one.animationName)") == ["turn"]
    linking.page.keyboard.press("Escape")
    linking.gone()
    assert linking.page.evaluate(look) == before


def test_two_displays_of_one_widget_share_one_run(linking):
    linking.show("linked")
    linking.tab.ask("twice = True")
    linking.tab.run_cell(2)
    linking.page.wait_for_function(f"() => document.querySelectorAll('{BUTTON}').length === 2")
    linking.page.locator(BUTTON).nth(1).click()
    assert linking.until("OM200") == "OM200"
    # A second click, by whichever display, finds the open window and starts nothing.
    linking.page.evaluate(f"() => document.querySelectorAll('{BUTTON}')[0].click()")
    assert linking.page.locator(DIALOG).count() == 1
    assert linking.page.evaluate("() => window.__built") == 1
    assert linking.page.locator(LINE).all_inner_texts() == ["Linked: run the next cell."] * 2
    linking.tab.ask("twice = False")
    linking.tab.run_cell(2)
    assert linking.page.locator(DIALOG).count() == 0, "the display that opened it is gone"
    assert linking.tab.ask("print(link.status)") == "OM200"


def test_running_the_cell_anew_cancels_the_open_run_and_begins_a_fresh_one(linking):
    linking.begin("pending")
    assert linking.until("open") == "open"
    linking.tab.ask("old = link")
    linking.tab.run_cell(1)
    linking.gone()
    linking.page.wait_for_selector(BUTTON)
    assert linking.tab.ask("print(old.status, link.status)") == "cancelled idle"


def test_a_second_run_keeps_the_ids_of_the_first_until_it_has_its_own(linking):
    linking.begin("linked")
    assert linking.until("OM200") == "OM200"
    linking.page.keyboard.press("Escape")
    linking.gone()
    assert linking.tab.ask("print(link.status)") == "OM200", "closing the success screen undoes nothing"
    linking.page.click(BUTTON)
    assert linking.until("OM200") == "OM200"
    assert linking.ids() == [FIRST, SECOND]
    linking.page.wait_for_function("() => window.__built === 2")


def test_closing_the_widget_in_the_middle_closes_its_window(linking):
    linking.begin("close-throws")
    assert linking.until("open") == "open"
    linking.tab.ask("link.close()")
    linking.gone()
    assert linking.tab.ask("print(link.status, link)") == "cancelled <OmniConnect: cancelled>"


def test_on_linked_and_await_have_the_ids(linking):
    linking.show("linked")
    linking.tab.ask(
        "seen = []; link.on_linked(seen.append); waiting = asyncio.ensure_future(link.result(20))"
    )
    linking.page.click(BUTTON)
    assert linking.until("OM200") == "OM200"
    both = f"('{FIRST}', '{SECOND}')"
    assert linking.tab.ask("print(seen == [link.service_account_ids], await waiting)") == f"True {both}"


def test_a_cell_may_await_the_person(linking):
    linking.show("linked")
    linking.tab.ask("twice = True")
    linking.page.evaluate(
        """() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 3;
        jupyterapp.commands.execute('notebook:run-cell') }"""
    )
    linking.page.click(BUTTON)
    assert linking.tab.ask("print(waited)") == f"('{FIRST}', '{SECOND}')"
    linking.tab.ask("twice = False")


def test_keyboard_alone_is_enough(linking):
    linking.show(client="demo")
    page = linking.page
    page.focus(BUTTON)
    page.keyboard.press("Enter")
    page.get_by_text("Choose your utility").wait_for()
    inside = f"() => !!document.activeElement.closest('{DIALOG}')"
    assert page.evaluate(inside)
    for key in ["Tab"] * 8 + ["Shift+Tab"] * 9:
        page.keyboard.press(key)
        assert page.evaluate(inside)
    assert page.get_attribute(DIALOG, "role") == "dialog"
    assert page.get_by_role("dialog", name="Link a utility account").count() == 1
    page.keyboard.press("Escape")
    assert linking.until("cancelled") == "cancelled"
    assert page.evaluate(f"() => document.activeElement === document.querySelector('{BUTTON}')")


def test_it_can_be_read_in_the_dark_theme(linking):
    linking.show(client="demo")
    change = "name => { jupyterapp.commands.execute('apputils:change-theme', { theme: name }) }"
    linking.page.evaluate(change, "JupyterLab Dark")
    try:
        linking.page.wait_for_selector("body[data-jp-theme-light=false]", state="attached")
        linking.page.click(BUTTON)
        linking.page.get_by_text("Choose your utility").wait_for()
        linking.tab.screenshot("omniconnect-lab-dark")
        linking.page.keyboard.press("Escape")
        linking.page.get_by_text("Cancelled").wait_for()
        linking.tab.screenshot("omniconnect-lab-dark-closed")
        assert _contrast(linking.page, LINE) > 4.5
        assert _contrast(linking.page, BUTTON) > 4.5
    finally:
        linking.page.evaluate(change, "JupyterLab Light")


def _contrast(page, selector: str) -> float:
    """The contrast of text to what is painted behind it (WCAG 2, relative luminance)."""
    colours = page.eval_on_selector(
        selector,
        """node => { const behind = found => { const colour = getComputedStyle(found).backgroundColor;
        return colour === 'rgba(0, 0, 0, 0)' && found.parentElement ? behind(found.parentElement) : colour };
        return [getComputedStyle(node).color, behind(node)] }""",
    )
    levels = []
    for colour in colours:
        parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        levels.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
    return max(levels) / min(levels)


# ---- secrets ----


def test_no_secret_is_in_the_page_the_state_or_the_saved_notebook_at_any_stage(linking):
    words = linking.tab.ask("print(box_id, box_secret)").split()
    assert all(len(word) > 30 for word in words)

    def search(stage: str, *more: str) -> None:
        page = linking.page.evaluate(
            """() => [document.documentElement.outerHTML, ...[...document.querySelectorAll('input, textarea')]
            .map(field => field.value), JSON.stringify([localStorage, sessionStorage])].join(' ')"""
        )
        assert len(page) > 10_000
        saved = linking.tab.save().decode()
        assert '"application/vnd.jupyter.widget-state+json"' in saved, (
            "the state is saved, as the setting says"
        )
        state = linking.tab.ask("print(link.get_state())")
        cells = linking.tab.ask(
            "print(link, repr(link.client) if hasattr(link, 'client') else '', repr(demo))"
        )
        for word in (*words, *more):
            for place, text in {"page": page, "file": saved, "state": state, "repr": cells}.items():
                assert word not in text, f"{stage}: {word} is in the {place}"

    linking.show(client="demo")
    search("idle")
    linking.page.click(BUTTON)
    linking.page.get_by_text("Choose your utility").wait_for()
    search("open")
    linking.walk()
    linking.page.get_by_role("button", name="Connect").wait_for()
    search("accounts")
    linking.page.get_by_role("button", name="Connect").click()
    assert linking.until("OM200") == "OM200"
    linking.page.get_by_role("button", name="Done").click()
    linking.gone()
    search("linked", *linking.ids())


def test_the_key_leaves_the_kernel_only_after_a_click_and_only_when_the_script_is_there(linking):
    linking.show("absent")
    linking.tab.ask("sent = []; send = link.send; link.send = lambda m: (sent.append(m), send(m))")
    assert linking.tab.ask("print(sent)") == "[]"
    linking.page.click(BUTTON)
    assert linking.until("blocked") == "blocked"
    assert linking.tab.ask("print([m['kind'] for m in sent])") == "['settings']"
    linking.show("pending")
    linking.tab.ask("sent = []; send = link.send; link.send = lambda m: (sent.append(m), send(m))")
    linking.page.click(BUTTON)
    assert linking.until("open") == "open"
    assert linking.tab.ask("print([(m['kind'], 'secret' in m) for m in sent])") == (
        "[('settings', False), ('keys', True)]"
    )


# ---- other places ----


def test_where_the_browser_cannot_reach_the_kernel_the_script_comes_as_text(linking):
    linking.page.route("**/sdk/bundle.min.js", lambda route: route.abort())
    linking.page.route(
        "**/api/**", lambda route: route.abort() if "/api/access" in route.request.url else None
    )
    linking.page.unroute("**/api/**")
    try:
        linking.tab.ask("box.forget_requests()")
        linking.begin(client="demo")
        linking.walk()
        linking.page.get_by_role("button", name="Connect").click()
        assert linking.until("OM200") == "OM200"
        linking.page.get_by_role("button", name="Done").click()
        linking.gone()
    finally:
        linking.page.unroute("**/sdk/bundle.min.js")
    # Runs that were cancelled in earlier tests go on polling for a job, in vain.
    assert linking.tab.ask("print({request.endpoint for request in box.requests} - {'job'})") == "set()"
    code = "op.get_intervals(demo, link.service_account_ids, '2024-02-01', '2024-02-02', timezone='UTC')"
    assert int(linking.tab.ask(f"print(len({code}))")) == 24 * len(linking.ids())


def test_in_notebook_also_where_the_pages_policy_keeps_a_script_out(notebook, scripts):
    tab = notebook(SETUP, "link = op.OmniConnect(client, **options)\nlink", app="notebook")
    tab.run_all()
    linking = Linking(tab, scripts)
    tab.page.click(BUTTON)
    linking.walk()
    tab.screenshot("omniconnect-notebook")
    tab.page.get_by_role("button", name="Connect").click()
    assert linking.until("OM200") == "OM200"
    tab.page.get_by_role("button", name="Done").click()
    linking.gone()
    assert linking.ids()
    linking.show("linked")
    tab.page.evaluate(
        """() => document.head.append(Object.assign(document.createElement('meta'),
        { httpEquiv: 'Content-Security-Policy', content: "script-src 'self' 'unsafe-eval' blob:" }))"""
    )
    tab.page.click(BUTTON)
    assert linking.until("blocked") == "blocked"
    assert "policy" in tab.page.inner_text(LINE)


def test_the_notebook_that_teaches_it_goes_on_with_what_a_person_links(browser, server, scripts):
    running = server("lab").elsewhere()  # where a browser would look for the sandbox on its own machine
    shutil.copy(lab.CHECKOUT / "notebooks" / "02_link_accounts.ipynb", running.root)
    with lab.tab(browser, running) as tab:
        tab.open("02_link_accounts.ipynb")
        tab.run_all()
        linking = Linking(tab, scripts)
        tab.page.locator(BUTTON).scroll_into_view_if_needed()
        asked = []
        tab.page.on("request", lambda request: asked.append(request.url))
        tab.page.click(BUTTON)
        linking.walk()
        tab.page.get_by_role("button", name="Connect").click()
        assert linking.until("OM200") == "OM200"
        tab.page.get_by_role("button", name="Done").click()
        linking.gone()
        assert [url for url in asked if "hub.localhost" not in url and not url.startswith("blob:")] == []
        cells = tab.page.evaluate(
            """() => jupyterapp.shell.currentWidget.content.widgets.map((cell, index) =>
            cell.model.type === 'code' ? index : null).filter(index => index !== null)"""
        )
        for index in cells[4:]:
            tab.run_cell(index)
        assert (
            tab.ask("print(mine == list(link.service_account_ids), len(op.linked_accounts(client)))")
            == "True 14"
        )
        # A restarted kernel knows of no run: its window goes.
        tab.page.click(BUTTON)
        tab.page.get_by_text("Choose your utility").wait_for()
        tab.restart_kernel()
        linking.gone()
        assert "has gone" in tab.page.inner_text(LINE)


def test_in_voila(notebook, scripts):
    tab = notebook(
        SETUP,
        "import ipywidgets\nlink, seen = op.OmniConnect(demo), ipywidgets.Label('nothing yet')\n"
        "link.on_linked(lambda ids: setattr(seen, 'value', f'{len(ids)} linked'))\n"
        "ipywidgets.VBox([link, seen])",
        app="voila",
    )
    tab.page.click(BUTTON, timeout=60_000)
    Linking(tab, scripts).walk()
    tab.page.get_by_role("button", name="Connect").click()
    tab.page.get_by_text(" linked", exact=False).first.wait_for()
    tab.screenshot("omniconnect-voila")
    tab.page.get_by_role("button", name="Done").click()
    tab.page.wait_for_selector(DIALOG, state="detached")
    content = tab.page.content()
    assert "omnipandas-omniconnect" in content
    assert sandbox.start.__kwdefaults__["secret"] not in content
