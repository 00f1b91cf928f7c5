"""What can be wrong with usage: each kind's code, meaning and remedy; and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from omnipandas.intervals.readings import Readings
from omnipandas.intervals.units import Ints, Mask
from omnipandas.intervals.zones import zoned
from omnipandas.schema import FINDINGS, TEXT

NONE: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding.

    Parameters
    ----------
    meaning : str
        What was found, in a few words.
    suggestion : str
        What to do about it.
    """

    meaning: str
    suggestion: str


CODES: Mapping[str, Code] = {
    "clock_wall": Code(
        "stamps are local wall time read as UTC: no 2:00 in spring, a doubled 1:00 in autumn",
        'Ask again with clock="wall"; until then every hour is off by the zone\'s UTC offset.',
    ),
    "clock_utc": Code(
        "stamps are UTC read as local wall time: a doubled hour in spring, one lost in autumn",
        'Ask again with clock="utc"; until then every hour is off by the zone\'s UTC offset.',
    ),
    "label_end": Code(
        "intervals seem to be labelled at their end",
        "Read the source with end labels, or shift the index back by one interval.",
    ),
    "gap": Code("intervals are absent", "Ask again with refresh=True; fill_gaps makes up what stays away."),
    "starts_late": Code(
        "readings begin in the midst of the range, and nothing is there from before",
        "The account may have been linked or moved into then: begin the study at its first reading.",
    ),
    "ends_early": Code(
        "readings end before the range does",
        "The utility may not have sent them yet: ask again in a few days with refresh=True.",
    ),
    "unknown_usage": Code(
        "rows without a number", "Ask again with refresh=True; fill_gaps makes up the rest."
    ),
    "exact_double": Code("rows repeat another one exactly", "Drop them: they count twice in every sum."),
    "differing_double": Code(
        "two values for one interval",
        "Keep the later pull or the one that fits the bill; both are in the frame and in every sum.",
    ),
    "overlap": Code(
        "intervals reach into the next",
        "Check the length of the intervals: interval_end lies after the next interval_start.",
    ),
    "split_mismatch": Code(
        "on-peak and off-peak do not add up to the total",
        "Trust the total, or give split_peaks a schedule of your own.",
    ),
    "split_missing": Code(
        "no split, where the account has one otherwise",
        "Give split_peaks a schedule: infer_peak_schedule fits one to the other intervals.",
    ),
    "negative_usage": Code(
        "usage below zero",
        "Net metering, if it comes with the sun: move export to a column of its own. Else ask the utility.",
    ),
    "zero_run": Code("no usage at all", "An outage, a vacancy or a meter that did not report: ask which."),
    "flat_run": Code(
        "the same value again and again",
        "Likely estimated reads: leave them out of profiles, and ask again when they have been corrected.",
    ),
    "repeated_days": Code(
        "whole days repeat the day before, hour by hour",
        "Estimated by the utility: ask again with refresh=True in a month, when they may be corrected.",
    ),
    "outlier": Code(
        "usage far beyond the account's own range",
        "Compare with the bill; leave it out of peak demand if the meter erred.",
    ),
    "month_mismatch": Code(
        "the hours do not add up to the billed month",
        "Look at the month's other findings; the bill may use other dates or estimated reads.",
    ),
    "month_missing": Code(
        "hours, but no billed month", "The bill may be late: ask again in a few days with refresh=True."
    ),
    "month_double": Code("a month is billed twice", "Keep the later one: both count in every sum."),
    "month_split_missing": Code(
        "a billed month without its on-peak and off-peak usage",
        "Sum the month's hours by split_peaks(hourly, by='month').",
    ),
    "month_split_mismatch": Code(
        "a billed month whose on-peak and off-peak do not add up to the total",
        "Trust the total; the split may be of other dates.",
    ),
    "cost_missing": Code("a billed month without its cost", "It counts as unknown, never as 0."),
    "revised": Code(
        "values changed since the last pull",
        "Utilities correct readings for weeks: run again what was made of the old values.",
    ),
    "vanished": Code(
        "rows of the last pull are gone", "Ask again with refresh=True, and keep the old frame until then."
    ),
    "added": Code("rows came since the last pull", "Nothing to mend: new intervals arrived."),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Findings of one code, as arrays of one length.

    Parameters
    ----------
    code : str
        One of `CODES`.
    account : numpy.ndarray of int
        Whose each is: its code.
    start, end : numpy.ndarray of int
        Its range [microseconds since 1970 UTC].
    rows : numpy.ndarray of int
        How many rows, intervals or months it is about.
    """

    code: str
    account: Ints
    start: Ints
    end: Ints
    rows: Ints

    def __len__(self) -> int:
        return len(self.account)


def singles(code: str, account: Ints, start: Ints, end: Ints) -> Found:
    """Return findings of one row each."""
    return Found(code, account, start, end, np.ones(len(account), dtype=np.int64))


def runs(code: str, mask: Mask, account: Ints, start: Ints, end: Ints) -> Found:
    """Return a finding for each unbroken run of marked rows; rows are sorted by account and start."""
    first, last = runs_of(mask, account, start, end) if mask.any() else (NONE, NONE)
    return Found(code, account[first], start[first], end[last], last - first + 1)


def runs_of(mask: Mask, account: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Return first and last row of each run of marked rows that follow one another without a gap."""
    joined = mask[1:] & mask[:-1] & (account[1:] == account[:-1]) & (start[1:] <= end[:-1])
    first = np.flatnonzero(mask & ~np.append(False, joined))
    last = np.flatnonzero(mask & ~np.append(joined, False))
    return first, last


def findings_table(load: Readings, found: Iterable[Found]) -> pd.DataFrame:
    """Return FINDINGS about some readings, in the order of `CODES`, then of account and time."""
    kept = [each for each in found if len(each)]
    if not kept:
        return _nothing(str(load.index.tz)).copy()
    place = {code: n for n, code in enumerate(CODES)}
    number = np.repeat([place[each.code] for each in kept], [len(each) for each in kept])
    account, start, end, rows = (
        np.concatenate([getattr(each, name) for each in kept]) for name in ("account", "start", "end", "rows")
    )
    order = np.lexsort((start, account, number))
    codes = list(CODES)
    names = [codes[n] for n in number[order].tolist()]
    frame = pd.DataFrame(
        {
            "code": pd.array(names, dtype=TEXT),
            "service_account_id": load.account_column(account[order]),
            "start": zoned(start[order], load.index.tz),
            "end": zoned(end[order], load.index.tz),
            "rows": rows[order],
            "meaning": pd.array([CODES[name].meaning for name in names], dtype=TEXT),
            "suggestion": pd.array([CODES[name].suggestion for name in names], dtype=TEXT),
        }
    )
    return frame.rename_axis(index=FINDINGS.index.name)


@lru_cache(maxsize=32)
def _nothing(zone: str) -> pd.DataFrame:
    """Return a frame without findings: made once, as it takes as long as all checks together."""
    return FINDINGS.empty(zone)
