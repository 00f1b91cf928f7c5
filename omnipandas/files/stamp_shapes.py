"""The shape of a stamp: what each of its digits says, told from how it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from omnipandas.intervals.units import HOUR, MINUTE

_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            *("jan|ene", "feb|fév", "mar|mär|mrz", "apr|avr|abr", "may|mai", "jun|juin", "jul|juil"),
            *("aug|aoû|ago", "sep|set", "oct|okt", "nov", "dec|dez|déc|dic"),
        ],
        start=1,
    )
    for name in names.split("|")
}
# Offsets [h] that the words of North America, Europe and Australia stand for; IST, say, has three meanings.
_ZONES: Mapping[str, float] = {
    "z": 0, "utc": 0, "gmt": 0, "nst": -3.5, "ndt": -2.5, "ast": -4, "adt": -3, "est": -5, "edt": -4,
    "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10,
    "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "aest": 10, "aedt": 11,
}  # fmt: skip

_DATE = r"""(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?(?:
    (?P<Y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})
  | (?P<Yc>\d{4})(?P<mc>\d{2})(?P<dc>\d{2})
  | (?P<a>\d{1,2})(?P<dot>[-/.])(?P<b>\d{1,2})(?P=dot)(?P<Yx>\d{4}|\d{2})
  | (?P<dn>\d{1,2})[-\s/.]*(?P<mon>[a-zà-ÿ]{3,9})\.?[-\s/.,]*(?P<Yn>\d{4}|\d{2})
  | (?P<mon_>[a-zà-ÿ]{3,9})\.?[\s-]+(?P<dn_>\d{1,2})(?:st|nd|rd|th)?,?[\s-]+(?P<Yn_>\d{4})
  | (?P<m_>\d{1,2})/(?P<d_>\d{1,2})(?=\s)
)"""
_TIME = r"""(?:
    (?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d+))?)?(?:\s*(?P<p>[ap])\.?m\.?)?
  | (?P<H_>\d{1,2})\s*(?P<p_>[ap])\.?m\.?
)"""
_COMPACT = r"(?:(?P<Hc>\d{2})(?P<Mc>\d{2})(?P<Sc>\d{2})?)"
_ZONE = r"""(?:\s?(?P<sign>[+-])(?P<zh>\d{2}):?(?P<zm>\d{2})?
  | \s?\(?(?P<zone>z|utc|gmt|[a-z]{3,4})\)?)?"""
_TO = r"\s*(?:\bto\b|until|bis|-|/|\?|\.\.|\x96)\s*"


def _second(pattern: str) -> str:
    """Return a pattern whose groups are those of a period's end."""
    return re.sub(r"\(\?P(<|=)(\w+)", r"(?P\g<1>\g<2>2", pattern)


_CLOCK = rf"(?:(?:t|[\s,]+(?:at\s+)?|:)(?:{_TIME}|{_COMPACT}))"
_STAMP = rf"{_DATE}(?:{_CLOCK}{_ZONE})?"
_JOINED = r"(?P<Yc>\d{4})(?P<mc>\d{2})(?P<dc>\d{2})(?P<Hc>\d{2})(?P<Mc>\d{2})(?P<Sc>\d{2})?"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (
        _STAMP,
        _JOINED,
        rf"{_DATE}{_CLOCK}{_ZONE}{_TO}(?:{_second(_DATE)}(?:t|[\s,]+))?{_second(_TIME)}{_second(_ZONE)}",
        _TIME,
        rf"{_TIME}{_TO}{_second(_TIME)}",
        r"(?:he|hour(?:\s+ending)?|hr|h)\.?\s*(?P<he>\d{1,2})",
    )
)


@dataclass(frozen=True)
class Shape:
    """Where a stamp's fields stand, and what it says beside them.

    Parameters
    ----------
    fields : mapping of str to (start, stop)
        The digits of each field: Y, m, d; a, b (day and month in either order); H, M, S, f; zh, zm (offset);
        he (an hour's number); the same with a 2 for a period's end.
    constants : mapping of str to int
        What words say: the month (m), the half of the day (p, p2), the offset (zone) [us].
    dots : bool
        Whether a and b are parted by dots, which only day-first dates are.
    """

    fields: Mapping[str, tuple[int, int]]
    constants: Mapping[str, int]
    dots: bool

    @property
    def dated(self) -> bool:
        """Whether it says a day."""
        return "d" in self.fields or "a" in self.fields

    @property
    def timed(self) -> bool:
        """Whether it says a time of the day."""
        return "H" in self.fields or "he" in self.fields

    @property
    def kind(self) -> str:
        """What it is: stamp, date, time, hour, or a period or span (of a day) with both edges."""
        if "he" in self.fields:
            return "hour"
        if "H2" in self.fields:
            return "period" if self.dated else "span"
        return ("stamp" if self.timed else "date") if self.dated else "time"


@lru_cache(maxsize=4096)
def shape_of(skeleton: str) -> Shape | None:
    """Return the shape of a stamp that is written with 0 for every digit; None where it is no stamp."""
    for pattern in _PATTERNS:
        if (match := pattern.fullmatch(skeleton)) is not None:
            return _shape(match)
    return None


def _shape(match: re.Match[str]) -> Shape | None:
    fields: dict[str, tuple[int, int]] = {}
    constants: dict[str, int] = {}
    for name, text in match.groupdict().items():
        if text is None:
            continue
        last = "2" * name.endswith("2")
        plain = name.removesuffix("2").rstrip("_")
        if plain == "mon":
            if (month := _MONTHS.get(text[:4].lower(), _MONTHS.get(text[:3].lower()))) is None:
                return None
            constants["m" + last] = month
        elif plain == "zone":
            if (hours := _ZONES.get(text.lower())) is None:
                return None
            constants["zone" + last] = int(hours * HOUR)
        elif plain == "p":
            constants["p" + last] = int(text.lower() == "p")
        elif plain == "sign":
            constants["sign" + last] = -1 if text == "-" else 1
        elif plain not in ("s", "dot"):
            short = plain if plain in ("zh", "zm", "he") else plain[0]
            fields[short + last] = match.span(name)
    dots = "." in (match.groupdict().get("dot") or "")
    return Shape(fields, constants, dots)


def offset_unit(name: str) -> int:
    """Return the length of an offset's field [us]."""
    return HOUR if name == "zh" else MINUTE
