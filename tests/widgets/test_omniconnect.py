"""The kernel's half of OmniConnect; the page's half is tried in tests/browser/test_omniconnect.py."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from pathlib import Path

import ipywidgets
import pytest
from hypothesis import given
from hypothesis import strategies as st

import omnipandas as op
from omnipandas.omnimetic import payloads
from tests import vendor as scripted

FIRST, SECOND, ACCOUNT = scripted.PREMISE, scripted.OTHER, scripted.ACCOUNT
BOTH = (FIRST, SECOND)


@pytest.fixture
def demo():
    with op.demo(today="2024-03-01") as client:
        yield client


class Page:
    """What a browser would send and receive, by hand."""

    def __init__(self, link: op.OmniConnect) -> None:
        self.link, self.received = link, []
        link.send = self.received.append

    def say(self, kind: str, run: str = "run 1", **more: object) -> None:
        self.link._handle_custom_msg({"kind": kind, "run": run, **more}, [])

    def open(self, run: str = "run 1") -> None:
        for kind in ("start", "keys", "opened"):
            self.say(kind, run)

    def end(self, status: str, run: str = "run 1", **more: object) -> None:
        self.say("end", run, status=status, **more)


@pytest.fixture
def page(client):
    link = op.OmniConnect(client)
    yield Page(link)
    link.close()


# ---- the forms of a link's ids ----


@pytest.mark.parametrize(
    ("sent", "account", "ids"),
    [
        ([{"id": FIRST}, {"id": SECOND}], None, BOTH),
        ([FIRST, SECOND], None, BOTH),
        ([FIRST, {"id": SECOND}, FIRST], None, BOTH),
        ([{"_id": FIRST, "externalServiceAccountId": "77"}], None, (FIRST,)),
        ([{"serviceAccountId": FIRST}], None, (FIRST,)),
        ({"accountId": ACCOUNT, "serviceAccountIds": [FIRST, SECOND]}, ACCOUNT, BOTH),
        ({"accountId": ACCOUNT, "serviceAccounts": [{"id": FIRST}], "legalNames": ["A"]}, ACCOUNT, (FIRST,)),
        ({"account": {"id": ACCOUNT}, "ids": [FIRST]}, ACCOUNT, (FIRST,)),
        ({"id": FIRST}, None, (FIRST,)),
        ([ACCOUNT, [FIRST, SECOND]], ACCOUNT, BOTH),
        ([{"id": ACCOUNT, "serviceAccounts": [{"id": FIRST}, {"id": SECOND}]}], None, BOTH),
        (FIRST, None, (FIRST,)),
    ],
)
def test_every_form_that_the_guide_or_the_sdk_shows_is_read(sent, account, ids):
    assert payloads.linked_accounts(sent) == (account, ids)


@pytest.mark.parametrize(
    "sent", [None, [], {}, "", 7, [None], [1], [{"name": "x"}], [FIRST, None], {"ids": []}]
)
def test_what_holds_no_ids_is_an_error_without_the_content(sent):
    with pytest.raises(op.errors.PayloadError, match="remember_accounts") as caught:
        payloads.linked_accounts(sent)
    assert caught.value.path == "$.serviceAccounts"
    assert FIRST not in str(caught.value)


_ids = st.text("0123456789abcdef", min_size=1, max_size=24)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(_values)
def test_whatever_comes_there_are_ids_or_a_payload_error(sent):
    try:
        found = payloads.linked_accounts(sent)
    except op.errors.PayloadError:
        return
    assert found.service_account_ids
    assert all(one and isinstance(one, str) for one in found.service_account_ids)


@given(st.lists(_ids, min_size=1, max_size=6), _ids)
def test_the_same_ids_come_out_of_every_form(ids, account):
    objects = [{"id": one} for one in ids]
    forms = [ids, objects, {"accountId": account, "serviceAccounts": objects}, [account, ids]]
    expected = tuple(dict.fromkeys(ids))
    assert {payloads.linked_accounts(form).service_account_ids for form in forms} == {expected}


# ---- a run ----


def test_a_run_from_click_to_ids(page, client):
    link = page.link
    assert (link.status, link.service_account_ids, link.account_id) == ("idle", (), None)
    statuses = []
    link.observe(lambda change: statuses.append(change["new"]), "status")
    page.open()
    page.end("OM200", accounts={"accountId": ACCOUNT, "serviceAccounts": [{"id": FIRST}, {"id": SECOND}]})
    assert statuses == ["loading", "open", "OM200"]
    assert (link.service_account_ids, link.account_id) == (BOTH, ACCOUNT)
    assert op.linked_accounts(client) == list(BOTH)
    assert list(op.get_service_accounts(client, link.service_account_ids).index) == list(BOTH)
    assert repr(link) == "<OmniConnect: OM200, 2 service accounts>"


def test_the_message_is_there_when_the_status_changes(page):
    said = []
    page.link.observe(lambda change: said.append(page.link.message), "status")
    page.open()
    page.end("OM410")
    assert "Console" in said[-1]


@pytest.mark.parametrize("status", ["OM400", "OM410", "OM500", "blocked", "timeout", "cancelled"])
def test_other_ends_leave_no_ids_and_say_what_to_do(page, client, status):
    page.open()
    page.end(status)
    assert page.link.status == status
    assert page.link.service_account_ids == ()
    assert op.linked_accounts(client) == []
    assert len(page.link.message) > 40
    assert "{" not in page.link.message
    assert repr(page.link) == f"<OmniConnect: {status}>"


def test_ids_of_an_unknown_form_are_an_error_until_a_readable_link(page):
    page.open()
    page.end("OM200", accounts=[{"name": "?"}])
    assert page.link.status == "OM200"
    with pytest.raises(op.errors.PayloadError):
        _ = page.link.service_account_ids
    page.open("run 2")
    page.end("OM200", "run 2", accounts=["no id!"])
    with pytest.raises(op.errors.ArgumentError, match="no service account id"):
        _ = page.link.service_account_ids
    page.open("run 3")
    page.end("OM200", "run 3", accounts=[FIRST])
    assert page.link.service_account_ids == (FIRST,)


def test_ids_that_cannot_be_remembered_are_there_all_the_same(page, client):
    client.cache.path.with_suffix(".accounts.json").write_text("not JSON")
    page.open()
    page.end("OM200", accounts=[FIRST])
    assert page.link.service_account_ids == (FIRST,)
    assert "not be remembered" in page.link.message


def test_of_a_run_that_another_page_took_over_only_ids_matter(page):
    page.open("run 1")
    page.open("run 2")
    page.end("cancelled", "run 1")
    assert page.link.status == "open"
    page.end("OM200", "run 1", accounts=[FIRST])
    assert page.link.service_account_ids == (FIRST,)


def test_a_later_run_that_fails_keeps_the_ids_of_an_earlier_one(page):
    page.open()
    page.end("OM200", accounts=[FIRST])
    page.open("run 2")
    page.end("cancelled", "run 2")
    assert (page.link.status, page.link.service_account_ids) == ("cancelled", (FIRST,))


@pytest.mark.parametrize("content", [{}, {"kind": 1}, {"kind": "end", "status": "OM999"}, {"kind": "end"}])
def test_messages_that_make_no_sense_change_nothing(page, content):
    page.open()
    page.received.clear()
    page.link._handle_custom_msg({"run": "run 1", **content}, [])
    assert page.link.status == "open"
    assert page.received == []


def test_closing_the_widget_cancels_an_open_run(client):
    link = op.OmniConnect(client)
    Page(link).open()
    link.close()
    assert link.status == "cancelled"
    link.close()


# ---- waiting ----


def test_on_linked_calls_after_each_link_and_at_once_if_there_was_one(page, caplog):
    early, late = [], []

    @page.link.on_linked
    def broken(ids):
        raise RuntimeError("a callback's own fault")

    assert page.link.on_linked(early.append) == early.append
    page.open()
    page.end("OM200", accounts=[FIRST])
    assert "a callback's own fault" in caplog.text
    page.link.on_linked(late.append)
    page.open("run 2")
    page.end("OM200", "run 2", accounts=[SECOND])
    assert early == late == [(FIRST,), (SECOND,)]
    page.open("run 3")
    page.end("OM400", "run 3")
    assert len(early) == 2


def test_result_waits_for_the_ids_even_if_they_come_in_another_thread(page):
    async def wait():
        page.open()
        timer = threading.Timer(0.05, page.end, ("OM200",), {"accounts": [FIRST]})
        timer.start()
        try:
            return await page.link.result(timeout=10), await page.link.result(timeout=10)
        finally:
            timer.join()

    assert asyncio.run(wait()) == ((FIRST,), (FIRST,))


def test_result_is_a_linking_error_for_any_other_end(page):
    page.open()
    page.end("OM410")
    with pytest.raises(op.errors.LinkingError, match="Console") as caught:
        asyncio.run(page.link.result())
    assert (caught.value.outcome, caught.value.retryable) == ("OM410", False)


def test_result_gives_up_after_its_time(page):
    with pytest.raises(op.errors.LinkingError, match=r"in 0\.01 s") as caught:
        asyncio.run(page.link.result(timeout=0.01))
    assert (caught.value.outcome, caught.value.retryable) == ("idle", True)


# ---- the key ----


def test_the_key_is_in_one_message_alone_and_never_in_the_state(page):
    def state() -> str:
        saved = ipywidgets.Widget.get_manager_state(widgets=[page.link])
        return (
            json.dumps(saved) + repr(page.link) + str(page.link) + json.dumps(page.link._repr_mimebundle_())
        )

    words = (scripted.CLIENT_ID, scripted.SECRET)
    page.say("keys")
    assert page.received == [], "no key without a click"
    page.say("start")
    page.say("keys", "run 9")
    assert "secret" not in json.dumps(page.received)
    page.say("keys")
    (message,) = [one for one in page.received if scripted.SECRET in json.dumps(one)]
    assert message == {"kind": "keys", "run": "run 1", "clientId": words[0], "secret": words[1]}
    page.say("opened")
    page.say("keys")
    assert len(page.received) == 2, "once a run"
    page.end("OM200", accounts={"accountId": ACCOUNT, "serviceAccounts": [FIRST]})
    assert not [word for word in (*words, FIRST, ACCOUNT) if word in state()]


@pytest.fixture
def alone(monkeypatch):
    """A machine of one's own, whatever these tests run on."""
    for name in [name for name in os.environ if name.startswith(("JUPYTERHUB_", "BINDER_"))]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("SERVER_SOFTWARE", raising=False)


def test_on_a_machine_of_ones_own_any_key_may_be_shown(alone, monkeypatch, tmp_path):
    monkeypatch.setenv("OMNIMETIC_CLIENT_ID", scripted.CLIENT_ID)
    monkeypatch.setenv("OMNIMETIC_CLIENT_SECRET", scripted.SECRET)
    with op.connect(cache_dir=tmp_path) as client:
        op.OmniConnect(client).close()


@pytest.mark.parametrize("sign", ["JUPYTERHUB_USER", "BINDER_SERVICE_HOST"])
def test_on_a_shared_server_a_key_of_the_environment_is_not_shown_without_a_word(
    alone, monkeypatch, tmp_path, sign
):
    monkeypatch.setenv(sign, "anyone")
    monkeypatch.setenv("OMNIMETIC_CLIENT_ID", scripted.CLIENT_ID)
    monkeypatch.setenv("OMNIMETIC_CLIENT_SECRET", scripted.SECRET)
    with op.connect(cache_dir=tmp_path) as client:
        with pytest.raises(op.errors.CredentialsError, match=r"own_key=True") as caught:
            op.OmniConnect(client)
        assert "environment variable OMNIMETIC_CLIENT_SECRET" in str(caught.value)
        assert scripted.SECRET not in str(caught.value)
        op.OmniConnect(client, own_key=True).close()
    with (
        op.connect(client_id=scripted.CLIENT_ID, cache_dir=tmp_path) as half,
        pytest.raises(op.errors.CredentialsError, match="CLIENT_SECRET"),
    ):
        op.OmniConnect(half)
    with op.connect(scripted.CLIENT_ID, scripted.SECRET, cache_dir=tmp_path) as given:
        op.OmniConnect(given).close()


def test_on_a_shared_server_a_key_of_a_file_is_not_shown_without_a_word(alone, monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "x")
    text = f"OMNIMETIC_CLIENT_ID={scripted.CLIENT_ID}\nOMNIMETIC_CLIENT_SECRET={scripted.SECRET}\n"
    Path(".env").write_text(text)
    with op.connect(cache_dir=tmp_path) as client, pytest.raises(op.errors.CredentialsError, match=r"\.env"):
        op.OmniConnect(client)


def test_a_dashboards_visitors_do_not_get_its_authors_key(alone, monkeypatch, client, demo):
    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5.13")
    with pytest.raises(op.errors.CredentialsError, match="its author's"):
        op.OmniConnect(client)
    op.OmniConnect(demo).close()
    op.OmniConnect(client, own_key=True).close()


# ---- the script ----


def settings(link: op.OmniConnect) -> dict[str, object]:
    page = Page(link)
    page.say("start")
    link.close()
    return page.received[0]


def test_where_the_script_comes_from(client, demo, tmp_path):
    guide = "https://cdn.jsdelivr.net/gh/omnimetic/sdk/production/bundle.min.js"
    with op.connect("an id", "a secret", cache_dir=tmp_path) as real:
        assert settings(op.OmniConnect(real)) == {
            "kind": "settings",
            "run": "run 1",
            "url": guide,
            "integrity": None,
            "source": None,
            "timeout": 900.0,
        }
        other = "https://example.com/sdk.js"
        assert settings(op.OmniConnect(real, sdk_url=other, timeout=5))["url"] == other
    beside = client.base_url.removesuffix("/api") + "/sdk/bundle.min.js"
    assert settings(op.OmniConnect(client))["url"] == beside
    assert settings(op.OmniConnect(client))["source"] is None
    mine = settings(op.OmniConnect(demo))
    assert mine["url"] == demo.sandbox.sdk_url
    assert "Omnimetic" in mine["source"]
    assert demo.sandbox.secret not in mine["source"]
    assert settings(op.OmniConnect(demo, sdk_url=other))["source"] is None


@pytest.mark.parametrize(
    "options",
    [
        {"sdk_url": "http://example.com/sdk.js"},
        {"sdk_url": "javascript:alert(1)"},
        {"integrity": "sha1-abc="},
        {"integrity": "sha384-not base 64"},
        {"timeout": 0},
        {"timeout": float("nan")},
        {"timeout": 1e9},
    ],
)
def test_settings_that_cannot_be_right_are_refused(client, options):
    with pytest.raises(op.errors.ArgumentError):
        op.OmniConnect(client, **options)


def test_the_sandbox_learns_of_accounts_that_were_linked_out_of_its_sight(demo):
    page = Page(op.OmniConnect(demo))
    new = demo.sandbox.linkable_ids[:2]
    with pytest.raises(op.errors.NotFoundError):
        op.get_intervals(demo, new[0], "2024-02-01", "2024-02-02")
    page.open()
    page.end("OM200", accounts=[{"id": one} for one in new])
    assert len(op.get_intervals(demo, new[0], "2024-02-01", "2024-02-02")) == 24
    assert op.linked_accounts(demo)[-2:] == new
    page.link.close()


def test_ids_that_no_sandbox_has_are_the_pages_word_and_no_crash(demo):
    page = Page(op.OmniConnect(demo))
    page.open()
    page.end("OM200", accounts=[FIRST])
    assert page.link.service_account_ids == (FIRST,)
    page.link.close()
