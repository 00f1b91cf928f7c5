"""What stands in an XML of Green Button's namespace: blocks of readings, and what describes them."""

from __future__ import annotations

import io
from array import array
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element, ParseError, iterparse
from xml.parsers import expat

import numpy as np

from omnipandas.errors import SchemaError
from omnipandas.intervals.units import Floats, Mask

from .entries import Block, Links, Meter, Point, ReadingType, Summary, path_of

NAMESPACE = "http://naesb.org/espi"
# QualityOfReading: 8 and 9 are estimated, 10 is questionable, 12 projected; some utilities use words.
ESTIMATED = frozenset(("8", "9", "10", "12", "estimated", "estimate", "est", "e"))


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


_ATOM = "{http://www.w3.org/2005/Atom}"
_READING, _VALUE, _PERIOD = _tag("IntervalReading"), _tag("value"), _tag("timePeriod")
_START, _DURATION = _tag("start"), _tag("duration")
_QUALITIES, _QUALITY, _WORD = _tag("ReadingQuality"), _tag("quality"), _tag("readingQuality")


class Feed:
    """All of a file; its readings lie in flat arrays, its elements are given up as soon as they are read."""

    def __init__(self) -> None:
        self._start, self._duration, self._value = array("d"), array("d"), array("d")
        self._estimated = bytearray()
        self._done = 0
        self.blocks: list[Block] = []
        self.types: list[ReadingType] = []
        self.meters: list[Meter] = []
        self.points: list[Point] = []
        self.summaries: list[Summary] = []
        self._fresh: list[Block | ReadingType | Meter | Point | Summary] = []

    @property
    def start(self) -> Floats:
        """Starts [seconds since 1970 UTC]; NaN where a reading has none of its own."""
        return np.frombuffer(self._start, dtype=np.float64) if self._start else np.zeros(0)

    @property
    def duration(self) -> Floats:
        """Lengths [s]; NaN where a reading has none of its own."""
        return np.frombuffer(self._duration, dtype=np.float64) if self._duration else np.zeros(0)

    @property
    def value(self) -> Floats:
        """Values, in the unit of their reading type; NaN unknown."""
        return np.frombuffer(self._value, dtype=np.float64) if self._value else np.zeros(0)

    @property
    def estimated(self) -> Mask:
        """Marks what is no actual reading."""
        return np.frombuffer(self._estimated, dtype=np.bool_) if self._estimated else np.zeros(0, dtype=bool)

    def add_reading(self, element: Element) -> None:
        """Take in an IntervalReading."""
        start = duration = value = quality = None
        for child in element:
            tag = child.tag
            if tag == _VALUE:
                value = child.text
            elif tag == _PERIOD:
                for part in child:
                    if part.tag == _START:
                        start = part.text
                    elif part.tag == _DURATION:
                        duration = part.text
            elif tag == _QUALITIES and quality not in ESTIMATED:  # a reading may have several
                quality = child.findtext(_QUALITY)
            elif tag == _WORD:
                quality = child.text
        self._start.append(float(start or "nan"))
        self._duration.append(float(duration or "nan"))
        self._value.append(float(value or "nan"))
        self._estimated.append(quality is not None and quality.strip().lower() in ESTIMATED)
        element.clear()

    def add_block(self, element: Element) -> None:
        """Take in an IntervalBlock, after its readings."""
        interval = element.find(_tag("interval"))
        found = Block(
            self._done,
            len(self._start),
            _number(interval, "start"),
            _number(interval, "duration"),
            _text(element, "uom"),
            _text(element, "secondsPerInterval"),
        )
        self._done = found.high
        self.blocks.append(found)
        self._fresh.append(found)
        element.clear()

    def add_type(self, element: Element) -> None:
        """Take in a ReadingType."""
        found = ReadingType(
            uom=_text(element, "uom"),
            multiplier=_text(element, "powerOfTenMultiplier"),
            flow=_text(element, "flowDirection"),
            commodity=_text(element, "commodity"),
            accumulation=_text(element, "accumulationBehaviour"),
            length=_text(element, "intervalLength"),
        )
        self.types.append(found)
        self._fresh.append(found)

    def add_meter(self, element: Element) -> None:  # noqa: ARG002 (one signature for all that are noted)
        """Take in a MeterReading; what came within it is its own."""
        found = Meter(self._taken(Block), self._taken(ReadingType))
        self.meters.append(found)
        self._fresh.append(found)

    def add_point(self, element: Element) -> None:
        """Take in a UsagePoint; what came within it is its own."""
        kind = element.findtext(f"{_tag('ServiceCategory')}/{_tag('kind')}", "").strip()
        found = Point(kind, self._taken(Meter), self._taken(Block))
        self.points.append(found)
        self._fresh.append(found)

    def add_summary(self, element: Element) -> None:
        """Take in a UsageSummary."""
        period = element.find(_tag("billingPeriod"))
        usage = element.find(_tag("overallConsumptionLastPeriod"))
        if usage is None:
            usage = element.find(_tag("currentBillingPeriodOverAllConsumption"))
        found = Summary(
            _number(period, "start"),
            _number(period, "duration"),
            _number(element, "billLastPeriod"),
            _number(usage, "value"),
            _number(usage, "powerOfTenMultiplier"),
            _text(usage, "uom"),
        )
        self.summaries.append(found)
        self._fresh.append(found)

    def end_entry(self, element: Element) -> None:
        """Give what came since the last entry this entry's links."""
        own = next(iter(_hrefs(element, "self")), "")
        links = Links(own, _hrefs(element, "up"), _hrefs(element, "related"))
        for found in self._fresh:
            found.links = links
        self._fresh.clear()
        element.clear()

    def _taken(self, kind: type) -> list[Any]:
        taken = [found for found in self._fresh if isinstance(found, kind)]
        self._fresh = [found for found in self._fresh if not isinstance(found, kind)]
        return taken


_NOTED: dict[str, Callable[[Feed, Element], None]] = {
    _tag("IntervalBlock"): Feed.add_block,
    _tag("ReadingType"): Feed.add_type,
    _tag("MeterReading"): Feed.add_meter,
    _tag("UsagePoint"): Feed.add_point,
    _tag("UsageSummary"): Feed.add_summary,
    _tag("ElectricPowerUsageSummary"): Feed.add_summary,
    f"{_ATOM}entry": Feed.end_entry,
}


def feed_of(content: bytes) -> Feed:
    """Return what stands in an XML of Green Button's namespace, in one pass.

    No entity is expanded and no link is followed: a document type is refused, links are compared as text.

    Raises
    ------
    SchemaError
        No well-formed XML, one with a DOCTYPE, or a number that is none.
    """
    _refuse_doctype(content)
    feed = Feed()
    try:
        # S314: a document type, which bombs and entities need, was refused.
        for _, element in iterparse(io.BytesIO(content)):  # noqa: S314
            tag = element.tag
            if tag == _READING:
                feed.add_reading(element)
            elif tag in _NOTED:
                _NOTED[tag](feed, element)
    except ParseError as error:
        line, column = error.position
        raise SchemaError(
            f"the XML is not well formed at line {line}, column {column}: it may have broken off. "
            "Download it again."
        ) from error
    except (ValueError, LookupError) as error:
        raise SchemaError("the XML holds a number or an encoding that cannot be read.") from error
    return feed


class _Begun(Exception):  # noqa: N818 (no error: how a callback stops expat)
    pass


def _refuse_doctype(content: bytes) -> None:
    """Raise where the file declares a document type; look no further than its first element."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise SchemaError(
            "the XML declares a document type, which no Green Button file needs and which may hide a bomb: "
            "it is not read."
        )

    def begun(*_: object) -> None:
        raise _Begun

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begun
    try:
        parser.Parse(content, True)
    except _Begun:
        pass
    except SchemaError:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise SchemaError("the file begins like XML and is none: download it again.") from error


def _text(element: Element | None, name: str) -> str:
    return "" if element is None else (element.findtext(_tag(name)) or "").strip()


def _number(element: Element | None, name: str) -> float:
    return float(_text(element, name) or "nan")


def _hrefs(entry: Element, rel: str) -> tuple[str, ...]:
    found = (link.get("href", "") for link in entry.findall(f"{_ATOM}link") if link.get("rel") == rel)
    return tuple(path_of(href) for href in found if href)
