"""The vendor's JSON, byte for byte the same for the same question."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from threading import Lock
from typing import Literal

import msgspec
import numpy as np

from .calendars import EPOCH, day_start
from .meter import bills, history_start, readings, unsettled
from .premises import Premise, object_id

Clock = Literal["utc", "wall"]

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """The rendered rows of a local calendar year, each followed by a comma.

    Parameters
    ----------
    body : bytes
        The rows, one after another.
    starts : list of int
        Where each row starts in `body`, and where the last one ends.
    stamps : list of int
        The hour since 1970 that each row's ``date`` shows.
    utc : list of int
        The true hour of each row.
    """

    body: bytes
    starts: Sequence[int]
    stamps: Sequence[int]
    utc: Sequence[int]


_MAKING = Lock()


def ids(premise: Premise) -> dict[str, dict[str, str]]:
    """Return the three ids that stand in every row."""
    return {
        "utilityUserAccount": {"_id": premise.user_account_id},
        "serviceAccount": {"_id": premise.id},
        "utilityCompany": {"_id": premise.utility.id},
    }


def page(premise: Premise, year: int, clock: Clock, estimated: bool) -> Page:
    """Return a year of interval rows as JSON."""
    with _MAKING:  # requests for the months of a year come together: one of them makes it, the others wait
        return _page(premise, year, clock, estimated)


@lru_cache(maxsize=48)
def _page(premise: Premise, year: int, clock: Clock, estimated: bool) -> Page:
    rows = readings(premise, year, estimated)
    stamps = rows.hours.utc if clock == "utc" else rows.hours.wall
    days = np.datetime_as_string(stamps.astype("datetime64[h]").astype("datetime64[D]"), unit="D").tolist()
    account = object_id("rows", premise.key)[2:12]
    middle = msgspec.json.encode(ids(premise)).decode()[1:-1]
    rendered = [
        f'{{"id":"{utc * 3600:08x}{account}{version:06x}",{middle},'
        f'"date":"{day}T{stamp % 24:02d}:00:00.000Z",'
        f'"hour":"{stamp % 24:02d}:00","onPeakUsage":{on / 1000:g},"offPeakUsage":{off / 1000:g},'
        f'"totalUsage":{total / 1000:g}}},'
        for utc, version, day, stamp, on, off, total in zip(
            rows.hours.utc.tolist(),
            rows.version.tolist(),
            days,
            stamps.tolist(),
            rows.on.tolist(),
            rows.off.tolist(),
            rows.total.tolist(),
            strict=True,
        )
    ]
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rendered])]).tolist()
    return Page("".join(rendered).encode(), starts, stamps.tolist(), rows.hours.utc.tolist())


def intervals(premise: Premise, first: date, last: date, *, today: date, clock: Clock) -> bytes:
    """Return the interval rows whose ``date`` lies in the days `first` to `last` (not included).

    The days are those that the rows' own stamps show: UTC days for ``clock="utc"``, local ones for
    ``"wall"``. Readings end with the day before `today`, and begin with the premise's history.
    """
    begin, end = ((day - EPOCH).days * 24 for day in (first, last))
    oldest = day_start(premise.zone, history_start(premise, today))
    newest = day_start(premise.zone, today)
    parts: list[bytes | memoryview] = [b"["]
    years = range(max(first.year - 1, history_start(premise, today).year), min(last.year + 1, today.year) + 1)
    for year in years:
        rows = page(premise, year, clock, unsettled(premise, year, today))
        # Wall stamps step back once, in autumn, inside a day: the day's edges are still in order.
        start = max(bisect_left(rows.stamps, begin), bisect_left(rows.utc, oldest))
        stop = min(bisect_left(rows.stamps, end), bisect_left(rows.utc, newest))
        if start < stop:
            parts.append(memoryview(rows.body)[rows.starts[start] : rows.starts[stop]])
    if len(parts) > 1:
        parts[-1] = parts[-1][:-1]  # the last row's comma
    # One copy only: a year is nearly three megabytes.
    return b"".join([*parts, b"]"])


def months(premise: Premise, year: int, *, today: date) -> bytes:
    """Return the billed months of `year` as JSON."""
    return msgspec.json.encode(
        [
            {
                "id": object_id("month", premise.key, f"{bill.year}-{bill.month}"),
                **ids(premise),
                "month": _MONTHS[bill.month - 1],
                "offPeakUsageInWatts": bill.off_wh,
                "onPeakUsageInWatts": bill.on_wh,
                "year": bill.year,
                "amountInCents": bill.cents,
                "energyConsumptionInWatts": bill.total_wh,
            }
            for bill in bills(premise, year, today)
        ]
    )


def about(premise: Premise, linked_at: datetime) -> bytes:
    """Return the service account's details as JSON."""
    street, city, state, postal_code = premise.address
    return msgspec.json.encode(
        {
            "id": premise.id,
            "externalServiceAccountId": premise.external_id,
            "address": {"street": street, "city": city, "state": state, "postalCode": postal_code},
            "linkedDate": instant(linked_at),
            "legalNames": [f"Sandbox {premise.name}"],
        }
    )


def instant(moment: datetime) -> str:
    """Return an aware `moment` in the vendor's manner, with milliseconds and a Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def next_day(day: date) -> date:
    """Return the day after `day`."""
    return day + timedelta(days=1)
