"""Service account ids: checked before one enters an address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeGuard

import pandas as pd

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
    """Return one id, any iterable of ids or the ids of a frame as a list in order, each once.

    Raises
    ------
    ArgumentError
        Something in it is no service account id, or it is a frame or a mapping that does not say which part
        of it are the ids.
    """
    if isinstance(ids, pd.DataFrame):
        ids = _column(ids)
    if isinstance(ids, Mapping):
        raise ArgumentError(
            "a mapping does not say whether its keys or its values are service account ids: give those that "
            "are, as a list."
        )
    # An array of no dimension says that it is iterable, and is not.
    if isinstance(ids, (str, bytes)) or not isinstance(ids, Iterable) or getattr(ids, "ndim", 1) == 0:
        return [checked_id(ids)]
    return list(dict.fromkeys(checked_id(item) for item in ids))


def _column(frame: pd.DataFrame) -> pd.Series | pd.Index:
    """Return the ids of a frame: its index of that name, as of the accounts' frame, or its column."""
    if frame.index.name == "service_account_id":
        return frame.index
    if "service_account_id" in frame.columns:
        return frame["service_account_id"]
    raise ArgumentError(
        f"this frame has no service_account_id, neither as index nor as column; it has "
        f"{', '.join(map(str, frame.columns))}. op.get_service_accounts returns one that has."
    )
