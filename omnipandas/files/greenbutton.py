"""Green Button: readings in ESPI's XML, as an Atom feed or nested."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from omnipandas.errors import SchemaError
from omnipandas.intervals.units import SECOND, Floats, Ints

from .document import Document
from .entries import Block, Links, Meter, Point, ReadingType, above, same
from .espi import Feed, feed_of
from .registers import Register, side_by_side
from .rows import Question, Rows

# Codes of NAESB REQ.21 (ESPI): UnitSymbol, FlowDirection, ServiceKind, Commodity, AccumulationBehaviour.
_ENERGY = {"72": 1e-3, "31": 1 / 3.6e6, "wh": 1e-3, "kwh": 1.0, "mwh": 1e3, "j": 1 / 3.6e6}
_POWER = {"38": 1e-3, "w": 1e-3, "kw": 1.0, "mw": 1e3}
_OTHER_UNITS = {
    "42": "m3", "119": "ft3", "128": "US gallons", "130": "imperial gallons", "132": "BTU", "134": "litres",
    "169": "therms", "61": "VA", "63": "VAr", "71": "VAh", "73": "VArh", "29": "V", "5": "A", "80": "money",
    "therms": "therms", "therm": "therms", "ccf": "CCF", "m3": "m3", "gal": "gallons",
}  # fmt: skip
_SERVICES = {"1": "gas", "2": "water", "4": "heat", "6": "sewerage"}
_COMMODITIES = {"7": "gas", "8": "propane", "9": "water", "10": "steam", "11": "waste water"}
_ROLES = {"": "total", "0": "total", "1": "total", "19": "export", "4": "net"}
_REGISTERS = frozenset(("1", "3"))
_LONGEST = 25 * 3600 + 1800  # a local day of any zone [s]
_LATEST = 7_258_118_400  # the year 2200 [s since 1970]


@dataclass
class _Stream:
    """The readings of one reading type at one usage point."""

    point: Point | None
    kind: ReadingType
    blocks: list[Block] = field(default_factory=list)

    @property
    def commodity(self) -> str:
        """What is delivered, where it is not electricity; otherwise blank."""
        service = self.point.kind if self.point else ""
        if (name := _SERVICES.get(service) or _COMMODITIES.get(self.kind.commodity)) is not None:
            return name
        return "gas" if self.unit in ("m3", "ft3", "therms", "CCF", "BTU") else ""

    @property
    def uom(self) -> str:
        """The unit's code or word."""
        return (self.kind.uom or self.blocks[0].uom).lower()

    @property
    def unit(self) -> str:
        """The unit in words, where it is not one of energy or power."""
        return "" if self.uom in _ENERGY or self.uom in _POWER else _OTHER_UNITS.get(self.uom, self.uom)


def recognises(document: Document) -> bool:
    """Say whether a document is XML: of the XML layouts Green Button's is the one that is read."""
    return document.kind == "xml"


def rows_of(document: Document, question: Question) -> list[Rows]:
    """Return the electricity of a Green Button file, an account for each usage point.

    Raises
    ------
    SchemaError
        Another XML, another commodity, registers, bills, or a reading type that no link leads to.
    """
    feed = feed_of(document.content)
    streams = _streams(feed)
    if not streams:
        raise SchemaError(
            "an XML without IntervalReadings of Green Button (namespace http://naesb.org/espi): there is no "
            "usage by interval in it. Download the file of the usage, not of the customer or the account."
        )
    power = [stream for stream in streams if not stream.commodity]
    others = sorted({stream.commodity for stream in streams if stream.commodity})
    if not power:
        unit = next((f" in {stream.unit}" for stream in streams if stream.unit), "")
        raise SchemaError(
            f"this Green Button file is of {' and '.join(others)}{unit}, not of electricity in kWh: "
            "download the electricity meter's file."
        )
    left_out = [f"{name} readings" for name in others]
    by_point: dict[Point | None, list[_Stream]] = {}
    for stream in power:
        by_point.setdefault(stream.point, []).append(stream)
    registers: list[Register] = []
    for name, own in zip(_account_names(list(by_point), question), by_point.values(), strict=True):
        registers += _registers(feed, own, name, question, left_out)
    read_as = {} if question.clock else {"clock": "UTC"}
    return side_by_side(registers, left_out=left_out, read_as=read_as)


def _account_names(points: Sequence[Point | None], question: Question) -> list[str]:
    """Return an account's name for each usage point: the last part of its address where there are several."""
    if len(points) == 1:
        return [question.service_account_id or "file"]
    names = [point.links.own.rsplit("/", 1)[-1] if point else "" for point in points]
    if "" in names or len(set(names)) < len(names):
        return [str(place) for place in range(1, len(names) + 1)]
    return names


def _streams(feed: Feed) -> list[_Stream]:
    """Return the feed's blocks, those of one usage point that mean the same together."""
    within = {block: meter for meter in feed.meters for block in meter.blocks}
    around = {inner: point for point in feed.points for inner in (*point.meters, *point.blocks)}
    streams: dict[tuple[object, ...], _Stream] = {}
    for block in feed.blocks:
        if block.low == block.high:
            continue
        meter = within.get(block) or _meter(feed, block.links)
        links = meter.links if meter is not None and meter.links.own else block.links
        point = around.get(meter or block) or around.get(block) or _point(feed, links)
        kind = _type(feed, block, meter)
        key = (point, kind.codes, block.uom.lower())
        streams.setdefault(key, _Stream(point, kind)).blocks.append(block)
    return list(streams.values())


def _meter(feed: Feed, links: Links) -> Meter | None:
    for meter in feed.meters:
        if any(same(up, related) for up in links.up for related in meter.links.related):
            return meter
    below = [m for m in feed.meters if any(above(m.links.own, at) for at in (*links.up, links.own))]
    return max(below, key=lambda meter: len(meter.links.own), default=None)


def _point(feed: Feed, links: Links) -> Point | None:
    for point in feed.points:
        if any(same(up, related) for up in links.up for related in point.links.related):
            return point
    below = [point for point in feed.points if above(point.links.own, links.own)]
    found = max(below, key=lambda point: len(point.links.own), default=None)
    return feed.points[0] if found is None and len(feed.points) == 1 else found


def _type(feed: Feed, block: Block, meter: Meter | None) -> ReadingType:
    if meter is not None:
        linked = [k for k in feed.types if any(same(k.links.own, to) for to in meter.links.related)]
        if kinds := meter.types or linked:
            return kinds[0]
    if len({kind.codes for kind in feed.types}) == 1:
        return feed.types[0]
    if feed.types:
        raise SchemaError(
            f"the file has {len(feed.types)} reading types that differ, and no link says which one a block "
            "of readings has: kWh cannot be told from anything else. Download it again."
        )
    if block.uom:
        return ReadingType()
    raise SchemaError("the file has no ReadingType: nothing says whether its values are Wh, kWh or W.")


def _registers(
    feed: Feed, streams: list[_Stream], account: str, question: Question, left_out: list[str]
) -> list[Register]:
    """Return one account's readings; what says the same twice, or something else, is left out."""
    energy = [stream for stream in streams if stream.uom in _ENERGY]
    usable = energy or [stream for stream in streams if stream.uom in _POWER]
    dropped = [stream for stream in streams if not any(stream is other for other in usable)]
    left_out += [f"readings in {stream.unit or 'W'}" for stream in dropped]
    if not usable:
        units = ", ".join(sorted({stream.unit or "no unit" for stream in streams}))
        raise SchemaError(f"the file's readings are in {units}, not in Wh or W: no usage can be read.")
    found = [_Readings(feed, stream, question) for stream in usable]
    deltas = _kept(found, lambda readings: not readings.running, "readings of a running register", left_out)
    if not deltas:
        raise SchemaError(
            "the readings are those of a running register, not usage by interval: download the interval "
            "usage."
        )
    short = _kept(deltas, lambda readings: readings.longest <= _LONGEST, "billing periods", left_out)
    if not short:
        raise SchemaError(
            "the file has usage by billing period, not by interval. This looks like a bill history: "
            "op.read_bills(path) reads it."
        )
    roles = {readings.role for readings in short}
    wanted = {"total", "export"} if roles & {"total", "export"} else {"net"}
    told = _kept(short, lambda readings: readings.role in wanted, "net or other flows", left_out)
    if not told:
        raise SchemaError("no reading type of the file has flow direction 1 (delivered), 19 or 4.")
    finest = {role: min(r.longest for r in told if r.role == role) for role in {r.role for r in told}}
    fine = _kept(told, lambda r: r.longest == finest[r.role], "longer intervals of the same usage", left_out)
    return [readings.register(account) for readings in fine]


class _Readings:
    """The numbers of a stream."""

    def __init__(self, feed: Feed, stream: _Stream, question: Question) -> None:
        at = np.concatenate([np.arange(block.low, block.high) for block in stream.blocks])
        self.start, self.length = _times(feed, stream, at)
        self.estimated = feed.estimated[at]
        scale = 10.0 ** _whole(stream.kind.multiplier)
        if stream.uom in _ENERGY:
            self.kwh = feed.value[at] * (_ENERGY[stream.uom] * scale)
        else:
            self.kwh = feed.value[at] * (_POWER[stream.uom] * scale) * self.length / 3600
        if np.isinf(self.kwh).any():
            raise SchemaError("a reading of the file is infinite: download it again.")
        self.role = _ROLES.get(stream.kind.flow, "other")
        self.accumulation = stream.kind.accumulation
        self.clock = question.clock

    @property
    def longest(self) -> float:
        """The usual length [s]."""
        return float(np.median(self.length))

    @property
    def running(self) -> bool:
        """Whether the values are a running total: the code says so, and they never fall."""
        known = self.kwh[~np.isnan(self.kwh)]
        return self.accumulation in _REGISTERS and len(known) > 1 and bool((np.diff(known) >= 0).all())

    def register(self, account: str) -> Register:
        """Return them as a register of `account`."""
        role = "total" if self.role == "net" else self.role
        start, end = (
            pd.DatetimeIndex(stamps.view("datetime64[us]"), tz=None if self.clock else "UTC")
            for stamps in (_microseconds(self.start), _microseconds(self.start + self.length))
        )
        return Register(account, self.role, role, start, self.kwh, self.estimated, end)


def _kept(
    found: list[_Readings], keep: Callable[[_Readings], bool], words: str, left_out: list[str]
) -> list[_Readings]:
    kept = [readings for readings in found if keep(readings)]
    if kept and len(kept) < len(found):
        left_out.append(words)
    return kept


def _times(feed: Feed, stream: _Stream, at: Ints) -> tuple[Floats, Floats]:
    """Return starts and lengths [s]; where a reading has none it follows the one before it in its block."""
    start, length = feed.start[at], feed.duration[at]
    if np.isnan(start).any() or np.isnan(length).any():
        low = 0
        for block in stream.blocks:
            count = block.high - block.low
            own = slice(low, low + count)
            even = _seconds(block.length) or _seconds(stream.kind.length) or block.duration / count
            length[own] = np.where(np.isnan(length[own]), even, length[own])
            follows = block.start + np.append(0.0, np.cumsum(length[own])[:-1])
            start[own] = np.where(np.isnan(start[own]), follows, start[own])
            low += count
    good = (start >= 0) & (start < _LATEST) & (length > 0) & (length < _LATEST)
    if not good.all():
        raise SchemaError(
            f"reading {int(np.argmin(good)) + 1} of a block has no time or no length that can be right: "
            "download the file again."
        )
    return start, length


def _seconds(text: str) -> float:
    try:
        return float(text or 0)
    except ValueError as error:
        raise SchemaError(f"a length of {text!r} is no number of seconds.") from error


def _whole(text: str) -> int:
    try:
        found = int(text or 0)
    except ValueError as error:
        raise SchemaError(f"powerOfTenMultiplier {text!r} is no whole number.") from error
    if abs(found) > 12:
        raise SchemaError(f"powerOfTenMultiplier {found} cannot be right.")
    return found


def _microseconds(seconds: Floats) -> Ints:
    return np.round(seconds * SECOND).astype(np.int64)
