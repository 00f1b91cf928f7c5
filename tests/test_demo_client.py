"""op.demo(), beyond its doctest: the setting that an environment gives it."""

import pandas as pd
import pytest

import omnipandas as op

TODAY = "2026-11-01"


def two_days(client):
    return op.get_intervals(client, op.linked_accounts(client)[0], "2026-07-01", "2026-07-03")


def bytes_of_intervals(client):
    return sum(served.sent for served in client.sandbox.requests if served.endpoint == "interval-data")


def test_the_environment_chooses_the_reading_of_end_date_and_frames_stay_the_same(monkeypatch):
    with op.demo(today=TODAY) as client:
        expected, fewer = two_days(client), bytes_of_intervals(client)
    monkeypatch.setenv("OMNIPANDAS_SANDBOX_END_DATE", "inclusive")
    with op.demo(today=TODAY) as client:
        found, more = two_days(client), bytes_of_intervals(client)
    pd.testing.assert_frame_equal(found, expected)
    assert more > fewer > 0  # the day endDate itself was served, and left out of the frame


def test_an_argument_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv("OMNIPANDAS_SANDBOX_END_DATE", "neither")
    with op.demo(today=TODAY, end_date="exclusive") as client:
        assert len(two_days(client)) == 48
    with pytest.raises(ValueError, match="end_date"):
        op.demo(today=TODAY)


def test_tokens_that_the_sandbox_expires_are_renewed():
    with op.demo(today=TODAY) as client:
        ids = op.linked_accounts(client)
        op.get_service_accounts(client, ids[0])
        client.sandbox.expire_tokens()
        assert len(op.get_service_accounts(client, ids[1])) == 1
        assert client.sandbox.counts["access-token"] == 2
