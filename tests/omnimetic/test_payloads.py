"""The decoder on recorded bodies: one folder a case, each file read."""

import base64
import json
from pathlib import Path

import pytest

from omnipandas import errors
from omnipandas.omnimetic import payloads

CASES = sorted(folder for folder in (Path(__file__).parents[1] / "payloads").iterdir())


def recorded(folder):
    expected = json.loads((folder / "expected.json").read_text())
    (body,) = folder.glob("body.*")
    assert {path.name for path in folder.iterdir()} == {"expected.json", body.name}, (
        "a file that no test reads"
    )
    reply = payloads.Reply(expected["status"], {"content-type": expected["content_type"]}, body.read_bytes())
    return reply, getattr(payloads, expected["decoder"]), expected


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_a_recorded_body_gives_its_records_or_its_error(folder):
    reply, decode, expected = recorded(folder)
    if "error" in expected:
        with pytest.raises(getattr(errors, expected["error"])) as caught:
            decode(reply)
        assert expected["names"] in str(caught.value)
        assert caught.value.path == expected["path"]
        assert caught.value.expected
        assert caught.value.found
        assert caught.value.status_code == 200
        return
    result = decode(reply)
    if "records" in expected:
        assert len(result) == expected["records"]
    if "length" in expected:
        assert len(result) == expected["length"]
    record = result[0] if isinstance(result, list) and result else result
    for name, value in expected.get("fields", {}).items():
        assert getattr(record, name) == value


@pytest.mark.parametrize("folder", [f for f in CASES if "error" in recorded(f)[2]], ids=lambda f: f.name)
def test_no_error_repeats_the_body(folder):
    reply, decode, _ = recorded(folder)
    with pytest.raises(errors.PayloadError) as caught:
        decode(reply)
    for word in (b"4.72", b"Please sign in", b"maintenance", b"jaipur", b"https://example.com"):
        assert word.decode() not in str(caught.value)


def reply(status, **headers):
    return payloads.Reply(status, {k.replace("_", "-"): v for k, v in headers.items()}, b"secret body")


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (400, errors.BadRequestError, False),
        (401, errors.UnauthorizedError, False),
        (403, errors.UnauthorizedError, False),
        (404, errors.NotFoundError, False),
        (408, errors.ResponseError, True),
        (409, errors.ResponseError, False),
        (429, errors.RateLimitError, True),
        (500, errors.ServerError, True),
        (501, errors.ServerError, False),
        (502, errors.ServerError, True),
        (503, errors.ServerError, True),
        (504, errors.ServerError, True),
        (301, errors.ResponseError, False),
    ],
)
def test_a_status_has_its_error(status, kind, retryable):
    with pytest.raises(kind) as caught:
        payloads.require_success(reply(status), "interval data 2023-02", 0.0)
    assert type(caught.value) is kind
    assert caught.value.status_code == status
    assert caught.value.retryable is retryable
    assert "interval data 2023-02" in str(caught.value)
    assert "secret body" not in str(caught.value)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 5 ", 5.0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 60.0),
        ("Wed, 21 Oct 2015 07:26:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, seconds):
    now = 1_445_412_420.0  # 2015-10-21T07:27:00Z
    with pytest.raises(errors.RateLimitError) as caught:
        payloads.require_success(reply(429, retry_after=header), "x", now)
    assert caught.value.retry_after == seconds


def test_a_retry_after_date_is_read_by_the_servers_clock():
    dates = {"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT", "date": "Wed, 21 Oct 2015 07:27:55 GMT"}
    with pytest.raises(errors.RateLimitError) as caught:
        payloads.require_success(reply(429, **dates), "x", 0.0)
    assert caught.value.retry_after == 5


def test_a_token_tells_how_long_it_lives():
    claims = base64.urlsafe_b64encode(json.dumps({"iat": 1637166964, "exp": 1637253364}).encode())
    assert payloads.token_lifetime(f"head.{claims.decode().rstrip('=')}.tail") == 86400


@pytest.mark.parametrize("token", ["opaque", "a.b.c", "a.e30.c", "a.!!!.c", "a.bnVsbA.c"])
def test_an_opaque_token_tells_nothing(token):
    assert payloads.token_lifetime(token) is None


def test_a_grant_shows_no_token():
    assert "tok" not in repr(payloads.TokenGrant("id", "tok")).removeprefix("TokenGrant")
