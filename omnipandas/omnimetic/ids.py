"""Service account ids: checked before one enters an address."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeGuard

from omnipandas.errors import ArgumentError

# The vendor's ids are 24 hexadecimal digits in its examples; any unreserved characters of RFC 3986 pass.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}")


def checked_id(value: object) -> str:
    """Return a service account id if it may stand in an address.

    Raises
    ------
    ArgumentError
        It is no text, blank, or has characters that no id has.
    """
    if is_id(value):
        return value
    raise ArgumentError(
        f"{value!r} is no service account id: an id is letters and digits, such as "
        "'64d4a4ba8061ed001f6159cf'. OmniConnect returns the ids of linked accounts."
    )


def is_id(value: object) -> TypeGuard[str]:
    """Say whether a value may stand in an address as an id."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None and ".." not in value


def account_ids(ids: object) -> list[str]:
    """Return one id or any iterable of ids as a list in order, each once.

    Raises
    ------
    ArgumentError
        Something in it is no service account id.
    """
    if isinstance(ids, (str, bytes)) or not isinstance(ids, Iterable):
        return [checked_id(ids)]
    return list(dict.fromkeys(checked_id(item) for item in ids))
