"""A bearer token's life: fetched on first need, renewed before it dies, one renewal at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from .forking import begins_anew
from .payloads import TokenGrant, token_lifetime

# The vendor's document: "one-hour active life ... replaced after one hour of inactivity"; its example
# token also carries exp 24 hours after iat. Whichever comes first ends it; renewed this much before.
_IDLE = 3600.0
_MARGIN = 60.0


@dataclass(slots=True)
class _Grant:
    grant: TokenGrant = field(repr=False)
    expires: float
    last_used: float


class TokenSource:
    """Gives the token in force to any number of threads.

    Parameters
    ----------
    fetch : callable
        Asks the server for a new grant.
    now : callable
        The clock [s]; differences alone matter.
    """

    def __init__(self, fetch: Callable[[], TokenGrant], now: Callable[[], float]) -> None:
        self._fetch = fetch
        self._now = now
        self._lock = threading.Lock()
        self._current: _Grant | None = None
        begins_anew(self)

    def after_fork(self) -> None:
        """Begin anew in a forked child: another thread of the parent may have held the lock."""
        self._lock = threading.Lock()

    def grant(self, *, refused: TokenGrant | None = None) -> tuple[TokenGrant, bool]:
        """Return the grant in force, a new one if the last is about to die or is the `refused` one.

        Threads that were refused the same token wait for one renewal and share it.

        Returns
        -------
        TokenGrant
            The grant.
        bool
            Whether it was fetched just now, so that to refuse it can only mean the key.
        """
        with self._lock:
            fresh = False
            current = self._current
            if current is None or current.grant is refused or self._is_spent(current):
                fetched = self._fetch()
                now = self._now()
                lifetime = token_lifetime(fetched.token)
                current = _Grant(fetched, float("inf") if lifetime is None else now + lifetime, now)
                self._current, fresh = current, True
            current.last_used = self._now()
            return current.grant, fresh

    def _is_spent(self, current: _Grant) -> bool:
        now = self._now()
        return now >= current.expires - _MARGIN or now >= current.last_used + _IDLE - _MARGIN
