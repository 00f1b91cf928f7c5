"""Where a key comes from: arguments, environment, ``.env``, keyring. Values are never shown."""

from __future__ import annotations

import importlib.util
import itertools
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import dotenv

from omnipandas.errors import CredentialsError, SettingsWarning, warn_caller

CLIENT_ID, SECRET, BASE_URL = "OMNIMETIC_CLIENT_ID", "OMNIMETIC_CLIENT_SECRET", "OMNIMETIC_BASE_URL"
VENDOR_URL = "https://app.omnimetic.com/api"
_KEYRING_SERVICE = "omnipandas"
_PROJECT_MARKS = (".git", ".hg", "pyproject.toml", "setup.py", "environment.yml")


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


@dataclass(frozen=True, slots=True)
class Access:
    """A key and the address that it is for."""

    credentials: Credentials
    address: Setting


def access(client_id: str | None, secret: str | None, base_url: str | None) -> Access:
    """Find key and address: each from its argument, the environment, ``.env`` or the keyring.

    A ``.env`` that lies in somebody else's folder must not send a key to an address of its choice: an address
    from such a file is used only with a key of the same file.

    Raises
    ------
    CredentialsError
        A half of the key is in none of them, or an argument is blank.
    """
    given = {
        CLIENT_ID: (client_id, "client_id"),
        SECRET: (secret, "secret"),
        BASE_URL: (base_url, "base_url"),
    }
    client_id = secret = None  # a traceback that shows locals shows none
    found = {name: _argument(*pair) or _environment(name) for name, pair in given.items()}
    given.clear()
    if not all(found.values()):
        file = _dotenv()
        own_key = found[CLIENT_ID] is None and found[SECRET] is None
        if own_key:
            own_key = bool(file.get(CLIENT_ID) and file.get(SECRET))
        for name in (CLIENT_ID, SECRET):
            found[name] = found[name] or file.get(name) or _keyring(name)
        if found[BASE_URL] is None and own_key:
            found[BASE_URL] = file.get(BASE_URL)
        elif found[BASE_URL] is None and BASE_URL in file:
            found[BASE_URL] = Setting(VENDOR_URL, "the vendor's default; the .env file's was left alone")
            warn_caller(
                f"{BASE_URL} of a .env file was left alone: the key does not come from that file. Pass "
                "connect(base_url=...), or put key and address into one file.",
                SettingsWarning,
            )
    return Access(
        Credentials(_required(found, CLIENT_ID), _required(found, SECRET)),
        found[BASE_URL] or Setting(VENDOR_URL, "the vendor's default"),
    )


def _required(found: Mapping[str, Setting | None], name: str) -> Setting:
    if (setting := found[name]) is not None:
        return setting
    missing = [name for name in (CLIENT_ID, SECRET) if found[name] is None]
    raise CredentialsError(
        f"no {' and no '.join(missing)}: pass connect(client_id=..., secret=...), or set the environment "
        "variables of these names (a .env file does too). Keys are made in the Omnimetic Console. "
        "Without a key, op.demo() gives an embedded sandbox."
    )


def _argument(argument: object, parameter: str) -> Setting | None:
    if argument is None:
        return None
    if not isinstance(argument, str) or not argument.strip():
        raise CredentialsError(f"{parameter} is blank or no text: leave it out, or pass the real one.")
    return Setting(argument.strip(), "argument")


def _environment(name: str) -> Setting | None:
    value = os.environ.get(name, "").strip()
    return Setting(value, f"environment variable {name}") if value else None


def _dotenv() -> dict[str, Setting]:
    """Return what the project's ``.env`` file says."""
    file = _dotenv_file(Path.cwd())
    if file is None:
        return {}
    values = dotenv.dotenv_values(file, interpolate=False)
    return {
        name: Setting(value.strip(), f".env file, {name}")
        for name in (CLIENT_ID, SECRET, BASE_URL)
        if (value := values.get(name)) and value.strip()
    }


def _dotenv_file(folder: Path) -> Path | None:
    """Return the ``.env`` of the working folder, or of the project that it lies in, if it is one's own.

    A project ends where its version control or its `pyproject.toml` stands; above the home, or in a folder
    for everybody such as ``/tmp``, nothing is looked for.
    """
    home, everybodys = Path.home(), {Path(tempfile.gettempdir()).resolve(), Path("/tmp")}  # noqa: S108  # refused, not used
    seen = [folder]
    if not _is_project(folder):
        inside = [*itertools.takewhile(lambda above: above not in (home, *everybodys), folder.parents)]
        root = next((i for i, above in enumerate(inside) if _is_project(above)), None)
        seen += inside[: root + 1] if root is not None else []
    for place in seen:
        file = place / ".env"
        if file.is_file() and place.resolve() not in everybodys:
            return file if _is_own(file) else None
    return None


def _is_project(folder: Path) -> bool:
    return any((folder / mark).exists() for mark in _PROJECT_MARKS)


def _is_own(file: Path) -> bool:
    """Say whether a file belongs to this very user; warn where it does not."""
    if not hasattr(os, "getuid") or file.stat().st_uid == os.getuid():
        return True
    warn_caller(
        f"a .env file in {file.parent.name} belongs to another user and was left alone: pass "
        "connect(client_id=..., secret=...), or own the file.",
        SettingsWarning,
    )
    return False


def _keyring(name: str) -> Setting | None:
    if importlib.util.find_spec("keyring") is None:
        return None
    import keyring
    import keyring.errors

    try:
        value = (keyring.get_password(_KEYRING_SERVICE, name) or "").strip()
    except keyring.errors.KeyringError:
        return None  # a machine without a keyring daemon: as if none were installed
    return Setting(value, f"keyring, service {_KEYRING_SERVICE}, {name}") if value else None
