"""Words and codes for which way energy flows."""

from __future__ import annotations

import re

# Each word, in lower case without marks, with the column that it means; "" for what is neither.
_WORDS = {
    "total": (
        "consumption", "consumed", "usage", "used", "use", "import", "imported", "delivered", "delivery",
        "general", "general consumption", "general usage", "controlled load", "gc", "cl", "load", "kwh",
        "energy", "energy delivered", "kwh delivered", "kwh del", "from grid", "grid import", "purchased",
        "electric usage", "c", "peak consumption", "offpeak consumption", "channel 1", "active import",
    ),
    "export": (
        "export", "exported", "received", "receipt", "feed in", "feedin", "generation", "generated",
        "surplus generation", "surplus", "energy received", "kwh received", "kwh rec", "to grid",
        "grid export", "returned", "sold", "solar export", "solar", "g", "active export",
    ),
    "": ("gg", "gross generation", "kvarh", "kvar", "kvah", "kva", "reactive", "q", "k"),
}  # fmt: skip
_ROLE = {word: role for role, words in _WORDS.items() for word in words}
# Suffixes of the Australian market: E from the grid, B to it, D their difference; Q and K reactive.
_SUFFIX = re.compile(r"([EBQKD])\d")
_SUFFIX_ROLE = {"E": "total", "B": "export", "D": "total"}


def role_of(word: str) -> str | None:
    """Return "total", "export", "" for what is neither, or None for a word that is not known."""
    if (suffix := _SUFFIX.fullmatch(word.strip().upper())) is not None:
        return _SUFFIX_ROLE.get(suffix[1], "")
    return _ROLE.get(re.sub(r"[^a-z0-9]+", " ", word.lower()).strip())
