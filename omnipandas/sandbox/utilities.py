"""The sandbox's utilities: on-peak windows in the style of published ones, and tariffs that price a month.

The names are made up. Windows and price levels follow the manner of published residential and small-business
schedules of each region in 2023 and 2024, rounded; no company's tariff is copied.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from .calendars import EPOCH, Hours
from .draws import Bools, Ints


@dataclass(frozen=True, slots=True)
class Tariff:
    """A fixed charge and prices by period, or by tier of the month's usage.

    Parameters
    ----------
    fixed_cents : int
        Charge per month [cents].
    on_peak, off_peak : int
        Prices [thousandths of a cent per kWh].
    tier_kwh : int
        Usage of the month above which `above` is added to every price [kWh]; 0 for no tiers.
    above : int
        What is added above `tier_kwh` [thousandths of a cent per kWh].
    """

    fixed_cents: int
    on_peak: int
    off_peak: int
    tier_kwh: int = 0
    above: int = 0

    def cents(self, on_peak_wh: int, off_peak_wh: int) -> int:
        """Return the month's bill [cents]: exact integers summed first, rounded once (half up)."""
        millionths = on_peak_wh * self.on_peak + off_peak_wh * self.off_peak
        if self.tier_kwh:
            millionths += max(0, on_peak_wh + off_peak_wh - 1000 * self.tier_kwh) * self.above
        return self.fixed_cents + (millionths + 500_000) // 1_000_000


@dataclass(frozen=True, slots=True)
class Utility:
    """A utility company of the sandbox.

    Parameters
    ----------
    id : str
        24 hexadecimal characters.
    name : str
        Its name.
    zone : str
        IANA zone of its territory.
    window : tuple of int
        First hour of the on-peak window and the hour after its last, in local time.
    weekdays_only : bool
        Whether Saturday and Sunday are off-peak.
    holidays : bool
        Whether the six holidays that most schedules name are off-peak too.
    home, business : Tariff
        Its two tariffs.
    """

    id: str
    name: str
    zone: str
    window: tuple[int, int]
    weekdays_only: bool
    holidays: bool
    home: Tariff
    business: Tariff

    def on_peak(self, hours: Hours) -> Bools:
        """Return which of `hours` are on-peak."""
        first, last = self.window
        on_peak: Bools = (hours.hour >= first) & (hours.hour < last)
        if self.weekdays_only:
            on_peak &= ~hours.weekend
        if self.holidays:
            years = range(_year(hours.day[0]), _year(hours.day[-1]) + 1)
            on_peak &= ~np.isin(hours.day, [day for year in years for day in holidays(year)])
        return on_peak


def _year(day: int | np.int64) -> int:
    return (EPOCH + timedelta(days=int(day))).year


@lru_cache(maxsize=64)
def holidays(year: int) -> tuple[int, ...]:
    """Return the days since the epoch of the six holidays that tariffs name, on their own dates.

    New Year's Day, Memorial Day, Independence Day, Labor Day, Thanksgiving and Christmas.
    """
    last_may, first_september, first_november = date(year, 5, 31), date(year, 9, 1), date(year, 11, 1)
    found = [
        date(year, 1, 1),
        last_may - timedelta(days=last_may.weekday()),
        date(year, 7, 4),
        first_september + timedelta(days=-first_september.weekday() % 7),
        first_november + timedelta(days=(3 - first_november.weekday()) % 7 + 21),
        date(year, 12, 25),
    ]
    return tuple((day - EPOCH).days for day in found)


def sums(wh: Ints, on_peak: Bools) -> tuple[int, int]:
    """Return the on-peak and off-peak usage [Wh]."""
    on = int(wh[on_peak].sum())
    return on, int(wh.sum()) - on


UTILITIES = (
    Utility(
        "65a1c0de0000000000000001",
        "Hudson Sandbox Electric",
        "America/New_York",
        (8, 24),
        False,
        False,
        Tariff(1_800, on_peak=32_500, off_peak=14_200),
        Tariff(3_400, on_peak=29_800, off_peak=13_900),
    ),
    Utility(
        "65a1c0de0000000000000002",
        "Lakeside Sandbox Power",
        "America/Chicago",
        (13, 19),
        True,
        False,
        Tariff(1_445, on_peak=27_150, off_peak=11_080),
        Tariff(4_120, on_peak=18_900, off_peak=9_640),
    ),
    Utility(
        "65a1c0de0000000000000003",
        "Front Range Sandbox Energy",
        "America/Denver",
        (15, 19),
        True,
        True,
        Tariff(1_110, on_peak=28_400, off_peak=10_470),
        Tariff(4_800, on_peak=17_600, off_peak=8_850),
    ),
    Utility(
        "65a1c0de0000000000000004",
        "Saguaro Sandbox Electric",
        "America/Phoenix",
        (16, 19),
        True,
        True,
        Tariff(1_590, on_peak=34_300, off_peak=12_310),
        Tariff(5_200, on_peak=22_400, off_peak=10_150),
    ),
    Utility(
        "65a1c0de0000000000000005",
        "Pacific Sandbox Edison",
        "America/Los_Angeles",
        (16, 21),
        True,
        False,
        Tariff(1_570, on_peak=46_900, off_peak=31_200, tier_kwh=420, above=5_400),
        Tariff(6_100, on_peak=41_700, off_peak=25_300),
    ),
    Utility(
        "65a1c0de0000000000000006",
        "Island Sandbox Electric",
        "Pacific/Honolulu",
        (17, 21),
        False,
        False,
        Tariff(1_350, on_peak=51_600, off_peak=38_300),
        Tariff(3_950, on_peak=47_200, off_peak=36_500),
    ),
)
