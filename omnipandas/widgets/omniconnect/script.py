"""The vendor's browser script: where it is, and whether it may be given a client's key."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from omnipandas.demo_client import DemoClient
from omnipandas.errors import ArgumentError, CredentialsError
from omnipandas.omnimetic.client import Client
from omnipandas.omnimetic.transport import is_loopback, is_safe

VENDOR_URL = "https://cdn.jsdelivr.net/gh/omnimetic/sdk/production/bundle.min.js"
# Environment variables of JupyterHub and Binder; other shared servers cannot be told from one's own.
_SHARED = ("JUPYTERHUB_", "BINDER_")
_INTEGRITY = re.compile(r"sha(256|384|512)-[A-Za-z0-9+/]+={0,2}")


@dataclass(frozen=True, slots=True)
class Script:
    """An address, its bytes' digest, and a text for browsers that cannot reach it; checked when made.

    Raises
    ------
    ArgumentError
        The address is no HTTPS (save on loopback), or the digest none.
    """

    url: str
    integrity: str | None = None
    text: str | None = None

    def __post_init__(self) -> None:
        if not (is_safe(self.url) or self.url.startswith("data:")):
            raise ArgumentError("sdk_url is an https:// address: its script is given client id and secret.")
        if self.integrity is not None and not _INTEGRITY.fullmatch(self.integrity):
            raise ArgumentError("integrity is sha256-, sha384- or sha512- and the digest in base 64.")


def script_of(client: Client, sdk_url: str | None, integrity: str | None) -> Script:
    """Return the script to load: the one asked for, a sandbox's own, or the vendor's."""
    if sdk_url is not None:
        return Script(sdk_url, integrity)
    if not is_loopback(client.base_url):
        return Script(VENDOR_URL, integrity)
    text = client.sdk_source() if isinstance(client, DemoClient) and integrity is None else None
    return Script(f"{client.base_url.removesuffix('/api')}/sdk/bundle.min.js", integrity, text)


def require_own_key(client: Client) -> None:
    """Let a key go to a page only where whoever clicks may see it.

    On a server of many users a key that the notebook did not itself give may be that of whoever set the
    server up; a dashboard's key is its author's, and those who click are its visitors.

    Raises
    ------
    CredentialsError
        The key may be someone else's.
    """
    sources = {client.describe()[half] for half in ("client_id", "secret")} - {"argument"}
    if isinstance(client, DemoClient):
        return
    if os.environ.get("SERVER_SOFTWARE", "").startswith("voila"):
        found = "this is a dashboard, and the key its author's"
    elif sources and any(name.startswith(_SHARED) for name in os.environ):
        found = f"this is a server of many users, and the key from {' and '.join(sorted(sources))}"
    else:
        return
    raise CredentialsError(
        f"OmniConnect shows client id and secret to the page, and they may be someone else's: {found}. "
        "If the key is yours to show, say so: OmniConnect(client, own_key=True)."
    )
