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


def test_a_token_tells_how_long_it_lives():
    claims = base64.urlsafe_b64encode(json.dumps({"iat": 1637166964, "exp": 1637253364}).encode())
    assert payloads.token_lifetime(f"head.{claims.decode().rstrip('=')}.tail") == 86400


@pytest.mark.parametrize("token", ["opaque", "a.b.c", "a.e30.c", "a.!!!.c", "a.bnVsbA.c"])
def test_an_opaque_token_tells_nothing(token):
    assert payloads.token_lifetime(token) is None


def test_a_grant_shows_no_token():
    assert "tok" not in repr(payloads.TokenGrant("id", "tok")).removeprefix("TokenGrant")
