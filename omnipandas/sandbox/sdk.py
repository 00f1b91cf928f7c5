"""The stand-in for the vendor's browser SDK, as text and as addresses."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha384
from pathlib import Path
from typing import Any

import msgspec

from .premises import LINKABLE, Premise, object_id
from .utilities import UTILITIES

ACCOUNT_ID = object_id("account", "sandbox")

#: User names that do not log in, and what they meet instead; every other name does.
LOGINS = {"wrong-password": "incorrect-credential", "server-down": "server-error", "broken-job": "error"}


def sdk_source(*, base_url: str | None = None, offline: bool = False, poll_ms: int = 1000) -> str:
    """Return the stand-in SDK as JavaScript.

    It defines ``window.Omnimetic`` with the vendor's contract: the constructor takes a container and
    ``{secret, clientId}``, ``open()`` returns a promise, and each outcome is dispatched as a
    ``widgetResponse`` event too. Any user name logs in, save ``wrong-password``, ``server-down`` and
    ``broken-job``.

    Parameters
    ----------
    base_url : str, optional
        Where its calls go; by default to the host that it was loaded from.
    offline : bool
        Whether the calls are answered in the page itself, for browsers that cannot reach the sandbox, as on
        Binder. The ids are those of the sandbox: tell it with ``Sandbox.link(ids)`` and they have data.
        Offline any keys are accepted, save a secret with ``wrong`` in it.
    poll_ms : int
        How long it waits between two looks at a login [ms]; the vendor's waits about a second.

    Returns
    -------
    str
        JavaScript, without a build step, holding no secret.
    """
    source = _script().replace("const POLL_MS = 1000;", f"const POLL_MS = {poll_ms:d};", 1)
    if base_url is not None:
        source = _set(source, "BASE_URL", base_url)
    return _set(source, "OFFLINE", _backend()) if offline else source


def sdk_data_url(*, base_url: str | None = None, offline: bool = True) -> str:
    """Return the stand-in SDK as a ``data:`` address that a script element can load without any server."""
    source = sdk_source(base_url=base_url, offline=offline)
    return f"data:text/javascript;base64,{b64encode(source.encode()).decode()}"


def sdk_integrity(source: str) -> str:
    """Return the subresource-integrity value of a script's text: ``sha384-...``."""
    return f"sha384-{b64encode(sha384(source.encode()).digest()).decode()}"


def service_account(premise: Premise) -> dict[str, Any]:
    """Return how a premise stands in the list of a utility login."""
    street, city, state, postal_code = premise.address
    return {
        "id": premise.id,
        "externalServiceAccountId": premise.external_id,
        "address": {"street": street, "city": city, "state": state, "postalCode": postal_code},
    }


def companies() -> list[dict[str, str]]:
    """Return the utilities that a person can choose from."""
    return [
        {"id": one.id, "name": one.name, "url": "https://sandbox.invalid", "logo": ""} for one in UTILITIES
    ]


@cache
def _script() -> str:
    return Path(__file__).with_name("sdk.js").read_text(encoding="utf-8")


def _set(source: str, name: str, value: Any) -> str:
    # A closing script tag inside the text would end an inline script early.
    written = msgspec.json.encode(value).decode().replace("</", "<\\/")
    return source.replace(f"const {name} = null;", f"const {name} = {written};", 1)


def _backend() -> dict[str, Any]:
    logins = {one.id: object_id("user account", one.id) for one in UTILITIES}
    return {
        "account": ACCOUNT_ID,
        "companies": companies(),
        "outcomes": LOGINS,
        "logins": logins,
        "accounts": {
            logins[utility.id]: {
                "id": logins[utility.id],
                "name": utility.name,
                "serviceAccounts": [service_account(one) for one in LINKABLE if one.utility is utility],
            }
            for utility in UTILITIES
        },
    }
