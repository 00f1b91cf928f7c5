"""Whose readings came: what an account's answers name as theirs is pinned when it is first seen.

The vendor does not say that the ids in an answer equal the one in its address, so a difference alone is no
fault. An account that is suddenly another is one, and so are two accounts that are the same.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Collection

from omnipandas.errors import PayloadError

from .cache import Cache


class Owners:
    """The pins of one key, kept beside its cache as hashes.

    Parameters
    ----------
    cache : Cache
        Where they are kept.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._lock = threading.Lock()
        self._seen: dict[str, bytes] = {}

    def require(self, asked: str, named: Collection[str], subject: str) -> None:
        """Raise unless an answer names one account, the one that has always answered here; pin it if new.

        Parameters
        ----------
        asked : str
            The service account in the address.
        named : collection of str
            The accounts that the answer's records bear; none where they bear none.
        subject : str
            What was asked for, in words.

        Raises
        ------
        PayloadError
            Several accounts, or another than before.
        """
        if not named:
            return
        if len(named) > 1:
            raise _mixed(subject, "one account", f"{len(named)} accounts")
        owner = _digest(next(iter(named)))
        itself = owner == _digest(asked)
        with self._lock:
            pinned, holder = self._pin(f"owner/{asked}"), self._pin(f"owned/{owner.hex()}")
            if pinned not in (None, owner) and not itself:
                raise _mixed(subject, "the account that has always answered here", "another")
            if holder not in (None, _digest(asked)) and not itself:
                raise _mixed(subject, "an account of its own", "one that answers to another id")
            if pinned != owner or holder != _digest(asked):
                # An answer that bears the very id that was asked for is believed over an older pin.
                self._keep(f"owner/{asked}", owner)
                self._keep(f"owned/{owner.hex()}", _digest(asked))

    def after_fork(self) -> None:
        """Begin anew in a forked child: another thread of the parent may have held the lock."""
        self._lock = threading.Lock()

    def _pin(self, name: str) -> bytes | None:
        if name not in self._seen and (kept := self._cache.pin(name)) is not None:
            self._seen[name] = kept
        return self._seen.get(name)

    def _keep(self, name: str, value: bytes) -> None:
        self._seen[name] = value
        self._cache.set_pin(name, value)


def _digest(words: str) -> bytes:
    return hashlib.blake2b(words.encode(), digest_size=16).digest()


def _mixed(subject: str, expected: str, found: str) -> PayloadError:
    return PayloadError(
        f"{subject}: expected records of {expected}, found {found}. Nothing of this answer was kept or "
        "returned: readings of different homes would be mixed. Try again; if it stays, tell the vendor. If "
        "the account was linked anew, client.cache.clear() forgets the old one.",
        path="$[...].serviceAccount._id",
        expected=f"records of {expected}",
        found=found,
    )
