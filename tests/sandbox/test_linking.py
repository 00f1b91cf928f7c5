"""The endpoints that OmniConnect's SDK calls, and the premises that they link."""

from __future__ import annotations

import pytest
import requests

from omnipandas.sandbox import premises


def post(call, path, body, **options):
    return call.session.post(f"{call.box.base_url}{path}", json=body, timeout=10, **options)


def fetch(call, path):
    return call.session.get(f"{call.box.base_url}{path}", timeout=10)


def log_in(call, username="anyone", utility=0):
    company = fetch(call, "/utility-companies").json()[utility]
    body = {"username": username, "password": "x", "utilityCompanyId": company["id"]}
    job = post(call, "/jobs", body, headers={"type": "undefined"})
    assert job.status_code == 201
    return fetch(call, f"/jobs/{job.json()['id']}"), fetch(call, f"/jobs/{job.json()['id']}")


@pytest.mark.parametrize("utility", range(6))
def test_any_name_logs_in_and_what_it_links_then_has_data(call, utility):
    pending, done = log_in(call, utility=utility)
    assert pending.json()["status"] == "pending"
    account = fetch(call, f"/utility-user-account/{done.json()['response']['accountId']}").json()
    ids = [one["id"] for one in account["serviceAccounts"]]
    assert len(ids) == 2
    assert all(call.get(one, "info").status_code == 404 for one in ids)
    linked = post(call, f"/{call.box.account_id}/utility-service-accounts/batch", ids)
    assert linked.status_code == 201
    assert linked.json() == [{"id": one} for one in ids]
    for one in ids:
        assert len(call.rows(one, "2023-06-01", "2023-06-02")) == 24
        assert call.get(one, "info").json()["address"] in [
            row["address"] for row in account["serviceAccounts"]
        ]
    assert call.box.service_account_ids[12:] == ids


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("wrong-password", {"status": "success", "response": {"status": "incorrect-credential"}}),
        ("server-down", {"status": "success", "response": {"status": "server-error"}}),
        ("broken-job", {"status": "error"}),
    ],
)
def test_three_names_fail_on_purpose(call, name, answer):
    _, done = log_in(call, name)
    assert {key: value for key, value in done.json().items() if key != "id"} == answer


def test_what_cannot_be_linked_is_refused_and_nothing_is_linked_by_halves(call):
    path = f"/{call.box.account_id}/utility-service-accounts/batch"
    good = call.box.linkable_ids[0]
    for body, status in (
        (["0" * 24], 404),
        ([good, "0" * 24], 404),
        ([], 400),
        ({"id": good}, 400),
        ([1], 400),
    ):
        assert post(call, path, body).status_code == status
    assert post(call, f"/{'0' * 24}/utility-service-accounts/batch", [good]).status_code == 404
    assert good in call.box.linkable_ids
    with pytest.raises(ValueError, match="no premise"):
        call.box.link(["0" * 24])


def test_linking_needs_a_token(box):
    for path in ("/utility-companies", f"/jobs/{'0' * 24}", f"/utility-user-account/{'0' * 24}"):
        assert requests.get(f"{box.base_url}{path}", timeout=5).status_code == 401


def test_linking_twice_is_linking_once_and_python_can_link_too(calling):
    call = calling(linked=["family"])
    assert call.box.service_account_ids == [call.box.premise("family").service_account_id]
    ids = call.box.linkable_ids[:3]
    assert call.box.link(ids) == call.box.link(ids) == ids
    assert len(call.box.service_account_ids) == 4
    first = call.get(ids[0], "info").json()["linkedDate"]
    call.box.link(ids)
    assert call.get(ids[0], "info").json()["linkedDate"] == first


def test_a_page_of_another_origin_may_ask(box):
    asked = {
        "Origin": "http://localhost:8888",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,type",
    }
    for path in ("/access-token", "/jobs", f"/{box.account_id}/utility-service-accounts/batch"):
        reply = requests.options(f"{box.base_url}{path}", headers=asked, timeout=5)
        assert reply.status_code == 204
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        allowed = reply.headers["Access-Control-Allow-Headers"].lower()
        assert all(name in allowed for name in ("authorization", "content-type", "type"))
    refused = requests.get(f"{box.base_url}/utility-companies", timeout=5)
    assert refused.headers["Access-Control-Allow-Origin"] == "*"


def test_paths_work_without_api_too_since_some_sdk_builds_leave_it_out(box):
    url = box.base_url.removesuffix("/api")
    body = {"clientId": box.client_id, "name": "Omnimetic", "secret": box.secret}
    assert requests.post(f"{url}/access-token", json=body, timeout=5).status_code == 200


def test_the_facts_of_a_premise_are_told(box):
    facts = {premise.name: premise for premise in box.premises}
    flat = facts["Studio flat upstairs"]
    assert (flat.timezone, flat.postal_code) == ("America/New_York", "10025")
    assert [one.kind for one in flat.dirt] == ["outage"]
    assert flat.on_peak == "every day 8-24"
    assert {premise.timezone for premise in box.premises} == {
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Phoenix",
        "America/Los_Angeles",
        "Pacific/Honolulu",
    }
    with pytest.raises(KeyError, match="nobody"):
        box.premise("nobody")


def test_zip_codes_lie_in_the_zones_that_the_premises_have():
    import zipcodes

    for premise in premises.ALL.values():
        (place,) = zipcodes.matching(premise.postal_code)
        assert place["timezone"] == premise.zone
        assert (place["city"], place["state"]) == premise.address[1:3]
        assert "Sandbox" in premise.address[0]
