"""The vendor's documents, statement by statement, over real HTTP."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
import requests

from omnipandas import sandbox

INTERVAL_FIELDS = {
    "id",
    "utilityUserAccount",
    "serviceAccount",
    "utilityCompany",
    "date",
    "hour",
    "onPeakUsage",
    "offPeakUsage",
    "totalUsage",
}
MONTH_FIELDS = {
    "id",
    "utilityUserAccount",
    "serviceAccount",
    "utilityCompany",
    "month",
    "year",
    "energyConsumptionInWatts",
    "onPeakUsageInWatts",
    "offPeakUsageInWatts",
    "amountInCents",
}


def claims(token: str) -> dict[str, int]:
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


class Clock:
    def __init__(self) -> None:
        self.time = datetime(2024, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, **span: float) -> None:
        self.time += timedelta(**span)


def test_a_token_has_the_account_id_and_lives_24_hours_by_its_own_claims(box):
    body = {"clientId": box.client_id, "name": "Omnimetic", "secret": box.secret}
    reply = requests.post(f"{box.base_url}/access-token", json=body, timeout=10)
    assert reply.status_code == 200
    assert set(reply.json()) == {"id", "token"}
    assert reply.json()["id"] == box.account_id
    issued = claims(reply.json()["token"])
    assert issued["exp"] - issued["iat"] == 86_400
    assert issued["accountId"] == box.account_id


@pytest.mark.parametrize("idle", [{"minutes": 59}, {"minutes": 60}])
def test_a_token_dies_of_an_idle_hour(calling, idle):
    clock = Clock()
    call = calling(now=clock)
    clock.pass_(**idle)
    status = call.get("family", "info").status_code
    assert status == (200 if idle["minutes"] < 60 else 401)


def test_a_token_in_use_dies_24_hours_after_it_was_made(calling):
    clock = Clock()
    call = calling(now=clock)
    for _ in range(47):
        clock.pass_(minutes=30)
        assert call.get("family", "info").status_code == 200
    clock.pass_(minutes=30)
    assert call.get("family", "info").status_code == 401


def test_info_months_and_hours_have_the_documented_fields(call):
    about = call.get("family", "info").json()
    assert set(about) == {"id", "externalServiceAccountId", "address", "linkedDate", "legalNames"}
    assert set(about["address"]) == {"street", "city", "state", "postalCode"}
    months = call.bills("family", 2023)
    assert [month["month"] for month in months][:3] == ["January", "February", "March"]
    assert all(set(month) == MONTH_FIELDS for month in months)
    rows = call.rows("family", "2023-06-01", "2023-06-03")
    assert all(set(row) == INTERVAL_FIELDS for row in rows)
    assert all(row["serviceAccount"]["_id"] == about["id"] for row in rows)
    assert rows[0]["date"] == "2023-06-01T00:00:00.000Z"
    assert [row["hour"] for row in rows] == [f"{hour:02d}:00" for hour in range(24)] * 2


def test_the_end_date_is_read_either_way(calling):
    assert len(calling().rows("family", "2023-06-01", "2023-06-03")) == 48
    assert len(calling(end_date="inclusive").rows("family", "2023-06-01", "2023-06-03")) == 72


def test_an_unknown_account_premise_or_path_is_a_404_with_a_json_body(call):
    for path in ("info", "nowhere"):
        reply = call.get("0" * 24, path)
        assert reply.status_code == 404
        assert set(reply.json()) == {"statusCode", "message"}


@pytest.mark.parametrize(
    "what",
    [
        "historical-data",
        "historical-data?year=23",
        "historical-data?year=abcd",
        "interval-data",
        "interval-data?startDate=2023-01-01",
        "interval-data?startDate=2023-02-30&endDate=2023-03-03",
        "interval-data?startDate=2023-03-03&endDate=2023-03-01",
        "interval-data?startDate=20230303&endDate=20230304",
    ],
)
def test_a_missing_or_malformed_parameter_is_a_400_with_a_json_body(call, what):
    reply = call.get("family", what)
    assert reply.status_code == 400
    assert reply.json()["message"]


def test_no_token_or_a_wrong_one_is_a_401(call):
    for header in ("", "Bearer nonsense", "Basic abc"):
        assert call.get("family", "info", headers={"Authorization": header}).status_code == 401


def test_wrong_keys_are_a_401_and_missing_ones_a_400(box):
    url = f"{box.base_url}/access-token"
    wrong = {"clientId": box.client_id, "name": "Omnimetic", "secret": "no"}
    assert requests.post(url, json=wrong, timeout=10).status_code == 401
    assert requests.post(url, json={"clientId": box.client_id}, timeout=10).status_code == 400
    assert requests.post(url, data=b"{", timeout=10).status_code == 400
    assert requests.post(url, json=[1], timeout=10).status_code == 400


def test_the_twelve_premises_have_data_and_their_order_is_stable(call):
    with sandbox.start(today="2024-03-01") as other:
        assert other.service_account_ids == call.box.service_account_ids
    assert len(call.box.service_account_ids) == 12
    for premise in call.box.service_account_ids:
        assert call.rows(premise, "2023-11-01", "2023-11-08")
