"""Choose service accounts by address."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import pandas as pd

from omnipandas.errors import SchemaError

from .lists import SearchedList


class AccountPicker(SearchedList):
    """A searchable list of service accounts, each with its address and time zone.

    Parameters
    ----------
    accounts : DataFrame or iterable of str
        SERVICE_ACCOUNTS; or any frame with a column `service_account_id`; or the ids alone.
    value : str or iterable of str, optional
        The ids chosen at first.
    rows : int, default 6
        The list's height in lines.

    Attributes
    ----------
    value : tuple of str
        The chosen ids, for every `ids` argument.

    Raises
    ------
    SchemaError
        The frame has no service accounts.
    ArgumentError
        A chosen id is not in the list.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo()
    >>> accounts = op.get_service_accounts(client, op.linked_accounts(client)[:3])
    >>> picker = op.widgets.AccountPicker(accounts, accounts.index[0])
    >>> len(picker.value)
    1
    """

    def __init__(
        self, accounts: pd.DataFrame | Iterable[str], value: str | Iterable[str] = (), *, rows: int = 6
    ) -> None:
        super().__init__(account_options(accounts), value, description="Accounts", rows=rows)


def account_options(accounts: pd.DataFrame | Iterable[str]) -> list[tuple[str, str]]:
    """Return each account's words (address, city, zone; else its id) and its id.

    Raises
    ------
    SchemaError
        The frame has no service accounts.
    """
    if not isinstance(accounts, pd.DataFrame):
        return [(str(one), str(one)) for one in accounts]
    if accounts.index.name == "service_account_id":
        return [(_address(one, row), str(one)) for one, row in accounts.iterrows()]
    if "service_account_id" in accounts:
        return [(str(one), str(one)) for one in accounts["service_account_id"].unique()]
    raise SchemaError(
        "no service accounts in this frame: give what get_service_accounts returns, or a frame with a "
        "column service_account_id."
    )


def _address(service_account_id: Hashable, row: pd.Series) -> str:
    words = [row.get(name) for name in ("street", "city", "timezone")]
    told = [str(word) for word in words if isinstance(word, str) and word]
    return " · ".join(told) or str(service_account_id)
