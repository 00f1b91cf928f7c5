"""Where a key comes from: arguments, environment, ``.env``, keyring. Values are never shown."""

from __future__ import annotations

import importlib.util
import os
from dataclasses import dataclass, field

import dotenv

from omnipandas.errors import CredentialsError

CLIENT_ID, SECRET, BASE_URL = "OMNIMETIC_CLIENT_ID", "OMNIMETIC_CLIENT_SECRET", "OMNIMETIC_BASE_URL"
VENDOR_URL = "https://app.omnimetic.com/api"
_KEYRING_SERVICE = "omnipandas"


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and, in words, where it came from; its repr says only the latter."""

    value: str = field(repr=False)
    source: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """A client id and its secret; their repr holds neither."""

    client_id: Setting
    secret: Setting

    def document(self) -> dict[str, str]:
        """Return what ``POST /access-token`` takes."""
        return {"clientId": self.client_id.value, "name": "Omnimetic", "secret": self.secret.value}


def credentials(client_id: str | None, secret: str | None) -> Credentials:
    """Find the key: each half from its argument, the environment, ``.env`` or the keyring.

    Raises
    ------
    CredentialsError
        A half is in none of them, or an argument is blank.
    """
    identity, password = _find(CLIENT_ID, client_id, "client_id"), _find(SECRET, secret, "secret")
    if identity is None or password is None:
        missing = [name for name, half in ((CLIENT_ID, identity), (SECRET, password)) if half is None]
        raise CredentialsError(
            f"no {' and no '.join(missing)}: pass connect(client_id=..., secret=...), or set the environment "
            "variables of these names (a .env file does too). Keys are made in the Omnimetic Console. "
            "Without a key, op.demo() gives an embedded sandbox."
        )
    return Credentials(identity, password)


def address(base_url: str | None) -> Setting:
    """Find the base URL as `credentials` finds a key; the vendor's own where none is set."""
    return _find(BASE_URL, base_url, "base_url") or Setting(VENDOR_URL, "the vendor's default")


def _find(name: str, argument: object, parameter: str) -> Setting | None:
    if argument is not None:
        if not isinstance(argument, str) or not argument.strip():
            raise CredentialsError(f"{parameter} is blank or no text: leave it out, or pass the real one.")
        return Setting(argument.strip(), "argument")
    if value := os.environ.get(name, "").strip():
        return Setting(value, f"environment variable {name}")
    if value := (dotenv.dotenv_values(dotenv.find_dotenv(usecwd=True)).get(name) or "").strip():
        return Setting(value, f".env file, {name}")
    if name != BASE_URL and (value := _from_keyring(name)):
        return Setting(value, f"keyring, service {_KEYRING_SERVICE}, {name}")
    return None


def _from_keyring(name: str) -> str:
    if importlib.util.find_spec("keyring") is None:
        return ""
    import keyring
    import keyring.errors

    try:
        return (keyring.get_password(_KEYRING_SERVICE, name) or "").strip()
    except keyring.errors.KeyringError:
        return ""  # a machine without a keyring daemon: as if none were installed
