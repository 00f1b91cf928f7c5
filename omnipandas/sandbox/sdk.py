"""The stand-in for the vendor's browser SDK, as text."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec


@cache
def _script() -> str:
    return Path(__file__).with_name("sdk.js").read_text(encoding="utf-8")


def sdk_source(*, base_url: str) -> str:
    """Return the stand-in SDK, its calls going to `base_url`."""
    return _script().replace('"SANDBOX_BASE_URL"', msgspec.json.encode(base_url).decode())
