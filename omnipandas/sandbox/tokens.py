"""Access tokens: JWT-shaped, dead an hour after their last use and a day after they were made."""

from __future__ import annotations

import hashlib
import hmac
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

IDLE = timedelta(hours=1)
LIFE = timedelta(hours=24)


class Tokens:
    """The tokens that a sandbox has given out.

    Parameters
    ----------
    account_id : str
        Whose they are.
    now : callable
        The clock, returning an aware datetime.
    """

    def __init__(self, account_id: str, now: Callable[[], datetime]) -> None:
        self._account_id = account_id
        self._now = now
        self._lock = threading.Lock()
        self._made = 0
        self._living: dict[str, tuple[datetime, datetime]] = {}  # token: (made, last used)

    def make(self) -> str:
        """Return a new token."""
        with self._lock:
            now = self._now()
            self._made += 1
            issued = int(now.timestamp())
            header = {"alg": "HS256", "typ": "JWT"}
            claims = {
                "accountId": self._account_id,
                "jti": self._made,
                "iat": issued,
                "exp": issued + int(LIFE.total_seconds()),
            }
            signed = b".".join(_base64(msgspec.json.encode(part)) for part in (header, claims))
            # The signing key is no secret: the sandbox accepts only the tokens that it remembers.
            signature = hmac.new(b"omnipandas sandbox", signed, hashlib.sha256).digest()
            token = b".".join([signed, _base64(signature)]).decode()
            self._living[token] = (now, now)
            return token

    def use(self, token: str) -> bool:
        """Return whether `token` is alive, and start its idle hour anew if so."""
        with self._lock:
            now = self._now()
            made, last = self._living.get(token, (None, None))
            if made is None or last is None or now - last >= IDLE or now - made >= LIFE:
                self._living.pop(token, None)
                return False
            self._living[token] = (made, now)
            return True

    def revoke_all(self) -> None:
        """Forget every token."""
        with self._lock:
            self._living.clear()


def _base64(content: bytes) -> bytes:
    return urlsafe_b64encode(content).rstrip(b"=")
