"""The entries of a Green Button file, and which belong together by their links."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Links:
    """Where an entry stands and what it points to, as paths."""

    own: str = ""
    up: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


@dataclass(eq=False)
class ReadingType:
    """What values mean: the standard's codes, as text; "" where they are absent."""

    uom: str = ""
    multiplier: str = ""
    flow: str = ""
    commodity: str = ""
    accumulation: str = ""
    length: str = ""
    links: Links = field(default_factory=Links)

    @property
    def codes(self) -> tuple[str, ...]:
        """All of the codes: two types that share them mean the same."""
        return self.uom, self.multiplier, self.flow, self.commodity, self.accumulation, self.length


@dataclass(eq=False)
class Block:
    """Consecutive readings: from and to which of the feed's."""

    low: int
    high: int
    start: float
    duration: float
    uom: str
    length: str
    links: Links = field(default_factory=Links)


@dataclass(eq=False)
class Meter:
    """A MeterReading, with what stands within it where the file nests instead of linking."""

    blocks: list[Block] = field(default_factory=list)
    types: list[ReadingType] = field(default_factory=list)
    links: Links = field(default_factory=Links)


@dataclass(eq=False)
class Point:
    """A UsagePoint, with what stands within it."""

    kind: str
    meters: list[Meter] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    links: Links = field(default_factory=Links)


@dataclass(eq=False)
class Summary:
    """A UsageSummary: one bill. Numbers as the file has them, NaN where absent."""

    start: float
    duration: float
    cost: float
    usage: float
    multiplier: float
    uom: str
    links: Links = field(default_factory=Links)


def path_of(href: str) -> str:
    """Return an address without its host: the same thing is named with it and without."""
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return href.strip()
    return (parts.path + (f"?{parts.query}" if parts.query else "")).strip("/")


def same(one: str, other: str) -> bool:
    """Say whether two paths name the same thing; one may leave out its beginning."""
    return bool(one and other) and (one == other or one.endswith(f"/{other}") or other.endswith(f"/{one}"))


def above(parent: str, path: str) -> bool:
    """Say whether `path` lies at or below `parent`; `parent` may have a beginning that `path` leaves out."""
    return bool(parent) and (f"/{path}/".startswith(f"/{parent}/") or same(parent, path))
