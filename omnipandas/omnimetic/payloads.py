"""Sans-I/O: an answer's bytes become typed records, or an error that names the place.

The vendor's spellings (``onPeakUsageInWatts``) end here; its units end in `frames`.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeVar, get_args

import msgspec

from omnipandas.errors import PayloadError

from .archives import require_workbook
from .replies import Reply

_Record = TypeVar("_Record")

_Month = Literal[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
MONTHS: tuple[str, ...] = get_args(_Month)


class TokenGrant(msgspec.Struct, frozen=True):
    """``POST /access-token``: the account id of all further addresses, and the bearer token."""

    id: str
    token: str

    def __repr__(self) -> str:
        return "TokenGrant(...)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:  # msgspec's own shows all fields
        return []


class _Lifetime(msgspec.Struct, frozen=True):
    iat: float
    exp: float


class Address(msgspec.Struct, frozen=True):
    """A premise's postal address, as sent."""

    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = msgspec.field(default=None, name="postalCode")


class AccountRecord(msgspec.Struct, frozen=True, rename="camel"):
    """``.../info``: one service account."""

    id: str
    external_service_account_id: str | None = None
    address: Address | None = None
    linked_date: datetime | None = None
    legal_names: list[str | None] | None = None


class MonthRecord(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """``.../historical-data``: one month. The vendor's "Watts" are watt-hours."""

    month: _Month
    year: int
    energy_consumption_in_watts: float | None = None
    on_peak_usage_in_watts: float | None = None
    off_peak_usage_in_watts: float | None = None
    amount_in_cents: float | None = None


class IntervalRecord(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """``.../interval-data``: one hour, in kWh. `date` stays text: it is parsed in one pass later."""

    date: str
    on_peak_usage: float | None = None
    off_peak_usage: float | None = None
    total_usage: float | None = None


class IdentifiedIntervalRecord(IntervalRecord, frozen=True, rename="camel", gc=False):
    """The same with its id, which tells the two hours of a repeated wall time from one sent twice."""

    id: str | None = None


class LinkedAccounts(NamedTuple):
    """What OmniConnect says of a link: the account's id, where it is told, and the service accounts'."""

    account_id: str | None
    service_account_ids: tuple[str, ...]


_GRANT = msgspec.json.Decoder(TokenGrant)
_LIFETIME = msgspec.json.Decoder(_Lifetime)
_ACCOUNT = msgspec.json.Decoder(AccountRecord)
_MONTHS = msgspec.json.Decoder(list[MonthRecord])
_INTERVALS = msgspec.json.Decoder(list[IntervalRecord])
_IDENTIFIED_INTERVALS = msgspec.json.Decoder(list[IdentifiedIntervalRecord])


def token_grant(reply: Reply) -> TokenGrant:
    """Return the token and account id of a ``POST /access-token`` answer."""
    grant = _decode(_GRANT, reply, "the access token")
    if not grant.id or not grant.token:
        raise PayloadError(
            "the access token: the answer's id or token is blank. Check the base URL.",
            expected="an id and a token",
            found="a blank",
            status_code=reply.status,
        )
    return grant


def token_lifetime(token: str) -> float | None:
    """Return how long a JWT lives, ``exp - iat`` [s]; None where the token does not say.

    The difference of the server's own two stamps holds even where this machine's clock is wrong.
    """
    part = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        lifetime = _LIFETIME.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:  # msgspec's errors are ValueErrors too
        return None  # an opaque token: only the idle hour is known of it
    return lifetime.exp - lifetime.iat


class _Owned(msgspec.Struct, frozen=True, rename="camel"):
    service_account: Any = None


_OWNED = msgspec.json.Decoder(list[_Owned])
_OWNER = re.compile(rb'"serviceAccount"\s*:\s*\{\s*"_id"\s*:\s*"([^"\\]*)"')


def owners(reply: Reply) -> set[str]:
    """Return the ids of the service accounts that the records of a list bear.

    All records of an answer name their account in the same bytes, so that counting those does; decoding the
    ids of a year's hours would take as long as decoding their readings.
    """
    first = _OWNER.search(reply.body)
    if first and reply.body.count(first[0]) == reply.body.count(b'"serviceAccount"'):
        return {first[1].decode()}
    records = _decode(_OWNED, reply, "the records' service accounts")
    return {found for record in records if (found := _text_id(record.service_account))}


def account_owner(reply: Reply) -> set[str]:
    """Return the id that an ``.../info`` answer bears."""
    return {account_record(reply).id}


def account_record(reply: Reply) -> AccountRecord:
    """Return the service account of an ``.../info`` answer."""
    return _decode(_ACCOUNT, reply, "service account")


def month_records(reply: Reply) -> list[MonthRecord]:
    """Return the months of a ``.../historical-data`` answer."""
    return _decode(_MONTHS, reply, "historical data")


def interval_records(reply: Reply) -> list[IntervalRecord]:
    """Return the hours of an ``.../interval-data`` answer."""
    return _decode(_INTERVALS, reply, "interval data")


def identified_interval_records(reply: Reply) -> list[IdentifiedIntervalRecord]:
    """Return the hours of an ``.../interval-data`` answer with their ids, a tenth more slowly."""
    return _decode(_IDENTIFIED_INTERVALS, reply, "interval data")


def linked_accounts(value: object) -> LinkedAccounts:
    """Return the ids in the ``serviceAccounts`` of OmniConnect's OM200.

    The vendor's guide calls it "account id and list of service account ids", the SDK sends a list of
    ``{id}``: a list of ids, a list of objects, and an object or a pair that holds both are read.

    Raises
    ------
    PayloadError
        It is none of these, or holds no service account id.
    """
    account = None
    listed = value
    if isinstance(value, dict):
        account = next((_text_id(value[name]) for name in _ACCOUNT_NAMES if name in value), None)
    elif isinstance(value, list) and len(value) == 2 and isinstance(value[1], list):
        account, listed = _text_id(value[0]), value[1]
    ids = tuple(dict.fromkeys(_service_account_ids(listed)))
    if not ids or "" in ids:
        raise PayloadError(
            "OmniConnect's serviceAccounts: expected service account ids, found none, or unreadable ones, "
            f"in a {type(value).__name__}. The link itself was made: look them up in the Omnimetic Console, "
            "and call remember_accounts(client, ids).",
            path="$.serviceAccounts",
            expected="a list of ids or of objects with an id",
            found=type(value).__name__,
        )
    return LinkedAccounts(account, ids)


_ACCOUNT_NAMES = ("accountId", "account", "utilityUserAccountId")


def _service_account_ids(value: object) -> list[str]:
    """Return the ids in any of the known forms; an empty text stands for what is none of them."""
    if isinstance(value, list):
        return [found for item in value for found in _service_account_ids(item)]
    if isinstance(value, dict):
        lists = {name: part for name, part in value.items() if isinstance(part, list)}
        named = [part for name, part in lists.items() if "serviceaccount" in name.lower()]
        if named or len(lists) == 1:
            return _service_account_ids(named or list(lists.values()))
    return [_text_id(value) or ""]


def _text_id(value: object) -> str | None:
    if isinstance(value, dict):
        value = next((value[name] for name in ("id", "_id", "serviceAccountId") if name in value), None)
    return value if isinstance(value, str) and value else None


def workbook(reply: Reply) -> bytes:
    """Return the bytes of a ``.../download-data`` answer after a check that they are an xlsx file."""
    return require_workbook(reply.body, f"the answer ({reply.kind})", reply.status)


def _decode(decoder: msgspec.json.Decoder[_Record], reply: Reply, subject: str) -> _Record:
    """Decode and check in one pass; the message names the place and the kind, never the content."""
    try:
        return decoder.decode(reply.body)
    except msgspec.ValidationError as error:
        path, expected, found = _mismatch(str(error))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        path, expected, found = "$", "a JSON document", f"{reply.kind} that is no whole JSON document"
    # Raised out here without a cause: msgspec's own errors quote values, a UnicodeDecodeError the body.
    raise PayloadError(
        f"{subject}: expected {expected}, found {found}, at {path} of the answer. Check the base URL and try "
        "again; if it stays, the vendor's format differs from its document: please report this message.",
        path=path,
        expected=expected,
        found=found,
        status_code=reply.status,
    )


def _mismatch(message: str) -> tuple[str, str, str]:
    """Return where, what was expected and what was found, out of msgspec's sentence."""
    sentence, _, path = message.partition(" - at `")
    expected, separator, found = sentence.partition(", got ")
    if separator:
        expected, found = expected.removeprefix("Expected ").strip("`"), found.strip("`")
    elif sentence.startswith("Object missing required field"):
        expected, found = f"a field {sentence.split()[-1]}", "none"
    elif sentence.startswith("Invalid enum value"):
        expected, found = "a month's English name", "another word"
    else:
        expected, found = sentence.removeprefix("Invalid "), "other text"
    return path.rstrip("`") or "$", expected, found
