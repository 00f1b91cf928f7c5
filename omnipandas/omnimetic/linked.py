"""The service accounts that a person has linked: the API lists none, so their ids are kept here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from omnipandas.atomic import write_whole
from omnipandas.errors import ArgumentError

from .client import Client
from .ids import account_ids


def linked_accounts(client: Client) -> list[str]:
    """Return the ids of the service accounts remembered for this key on this machine.

    Parameters
    ----------
    client : Client
        As returned by `connect` or `demo`; for the latter these are the sandbox's premises.

    Returns
    -------
    list of str
        Service account ids in the order in which they were linked; empty where none was.

    Raises
    ------
    ArgumentError
        The file that holds them is damaged.

    Notes
    -----
    Source: the vendor's OmniConnect guide ("IDs of connected service accounts which your application
    should store"). They lie beside the cache, one file per base URL and client id, mode 0600.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.demo()
    >>> len(op.linked_accounts(client)) >= 3
    True
    """
    path = _path(client)
    try:
        ids = json.loads(path.read_text(encoding="utf-8"))["service_account_ids"]
        return account_ids(ids)
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError) as error:
        raise ArgumentError(
            f"the list of linked accounts, {path.name} beside the cache, is damaged: delete it and call "
            "remember_accounts(client, ids) again."
        ) from error


def remember_accounts(client: Client, ids: str | Iterable[str]) -> list[str]:
    """Add service accounts to the remembered ones and return them all.

    Parameters
    ----------
    client : Client
        Whose key linked them.
    ids : str or iterable of str
        Service account ids.

    Returns
    -------
    list of str
        All remembered ids, each once.

    Raises
    ------
    ArgumentError
        An id is none; nothing is written then.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.connect("an id", "a secret", cache_dir=getfixture("tmp_path"))
    >>> op.remember_accounts(client, "64d4a4ba8061ed001f6159cf")
    ['64d4a4ba8061ed001f6159cf']
    """
    new = account_ids(ids)
    return _store(client, [*linked_accounts(client), *new])


def forget_accounts(client: Client, ids: str | Iterable[str]) -> list[str]:
    """Take service accounts out of the remembered ones, and their answers out of the cache.

    Parameters
    ----------
    client : Client
        Whose list it is.
    ids : str or iterable of str
        Service account ids; unknown ones are passed over.

    Returns
    -------
    list of str
        The ids that are left.

    Raises
    ------
    ArgumentError
        An id is none; nothing is written then.

    Examples
    --------
    >>> import omnipandas as op
    >>> client = op.connect("an id", "a secret", cache_dir=getfixture("tmp_path"))
    >>> _ = op.remember_accounts(client, ["64d4a4ba8061ed001f6159cf", "64d4a4ba8061ed001f6159d0"])
    >>> op.forget_accounts(client, "64d4a4ba8061ed001f6159cf")
    ['64d4a4ba8061ed001f6159d0']
    """
    gone = set(account_ids(ids))
    for service_account_id in gone:
        client.cache.clear(service_account_id)
    return _store(client, [kept for kept in linked_accounts(client) if kept not in gone])


def _path(client: Client) -> Path:
    return client.cache.path.with_suffix(".accounts.json")


def _store(client: Client, ids: list[str]) -> list[str]:
    """Write the list whole or not at all, readable by its owner alone."""
    path = _path(client)
    ids = list(dict.fromkeys(ids))
    write_whole(path, json.dumps({"service_account_ids": ids}, indent=1).encode(), mode=0o600)
    return ids
