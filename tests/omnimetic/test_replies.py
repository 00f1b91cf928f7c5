"""Statuses become errors, with the time to wait."""

import pytest

from omnipandas import errors
from omnipandas.omnimetic.replies import Reply, require_success


def reply(status, **headers):
    return Reply(status, {k.replace("_", "-"): v for k, v in headers.items()}, b"secret body")


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
        require_success(reply(status), "interval data 2023-02", 0.0)
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
        require_success(reply(429, retry_after=header), "x", now)
    assert caught.value.retry_after == seconds


def test_a_retry_after_date_is_read_by_the_servers_clock():
    dates = {"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT", "date": "Wed, 21 Oct 2015 07:27:55 GMT"}
    with pytest.raises(errors.RateLimitError) as caught:
        require_success(reply(429, **dates), "x", 0.0)
    assert caught.value.retry_after == 5
