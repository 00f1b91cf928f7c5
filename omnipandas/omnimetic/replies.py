"""Sans-I/O: an HTTP answer, and the error that its status stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from omnipandas.errors import (
    BadRequestError,
    NotFoundError,
    OmnipandasError,
    RateLimitError,
    ResponseError,
    ServerError,
    UnauthorizedError,
)

# 408, 429 and the 5xx may pass by themselves; the vendor documents 500 as a fault of its own.
_RETRYABLE = frozenset({408, 429, 500, 502, 503, 504})
_MEDIA_TYPE = re.compile(r"(?:application|text|image|multipart)/(?:vnd\.)?[a-z.-]{1,60}(?:\+(?:json|xml))?")


class Reply(NamedTuple):
    """An HTTP answer: status, headers (names in lower case) and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """How much of what it says it is, in words."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        # Nothing else of the server's words is repeated: a proxy may have put the token there.
        return f"{len(self.body):,} bytes of {kind if _MEDIA_TYPE.fullmatch(kind) else 'no known type'}"


def require_success(reply: Reply, subject: str, now: float) -> Reply:
    """Return the reply if its status is 200, else raise the error of its status.

    Parameters
    ----------
    reply : Reply
        The answer.
    subject : str
        What was asked for, in words, for the message.
    now : float
        The time of day [s since 1970], against which a ``Retry-After`` date is read where the answer itself
        has no ``Date``.

    Raises
    ------
    ResponseError
        `BadRequestError`, `UnauthorizedError`, `NotFoundError`, `RateLimitError`, `ServerError`, or
        `ResponseError` itself for any other status.
    """
    if reply.status == 200:
        return reply
    kind, advice = _meaning(reply.status)
    raise kind(
        f"{subject}: the server answered {reply.status}. {advice}",
        status_code=reply.status,
        retry_after=_seconds_to_wait(reply.headers, now),
        retryable=reply.status in _RETRYABLE,
    )


def _meaning(status: int) -> tuple[type[OmnipandasError], str]:
    if status == 400:
        return BadRequestError, "It found a parameter missing or wrong: check the ids, years and dates."
    if status in (401, 403):
        return UnauthorizedError, "The client id, the secret or this account is not accepted: check the key."
    if status == 404:
        return (
            NotFoundError,
            "Check the service account id: OmniConnect returns it when an account is linked.",
        )
    if status == 429:
        return RateLimitError, "Too many requests: wait, or ask for less at a time."
    if status >= 500:
        return ServerError, "The fault is the server's: try again later."
    return ResponseError, "This status is not in the vendor's document: check the base URL."


def _seconds_to_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Read ``Retry-After``, seconds or an HTTP date (RFC 9110, section 10.2.3), by the server's clock."""
    header = headers.get("retry-after", "").strip()
    if header.isascii() and header.isdecimal() and len(header) < 10:
        return float(header)
    until = _http_date(header)
    if until is None:
        return None
    return max(0.0, until - (_http_date(headers.get("date", "")) or now))


def _http_date(text: str) -> float | None:
    try:
        when = parsedate_to_datetime(text)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
