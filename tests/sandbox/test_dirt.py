"""What is wrong with a premise's readings is listed, there, and all that is wrong."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from omnipandas.sandbox import meter, premises, replies

TODAY = date(2024, 3, 1)
BY_KEY = {premise.key: premise for premise in premises.PREMISES}


class Row(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    date: str
    hour: str
    on_peak_usage: float
    off_peak_usage: float
    total_usage: float


def rows(key, today=TODAY):
    premise = BY_KEY[key]
    body = replies.intervals(premise, date(2021, 1, 1), date(2025, 1, 1), today=today, clock="utc")
    return msgspec.json.decode(body, type=list[Row])


def dirt(key, kind, today=TODAY):
    """The last occurrence of a kind of dirt before today."""
    return [one for one in meter.happened(BY_KEY[key], today) if one.kind == kind][-1]


def stamp(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def within(found, part):
    first, last = stamp(found.start), stamp(found.end)
    return [row for row in part if first <= row.date < last]


def test_each_kind_of_dirt_is_somewhere_and_the_household_has_none():
    kinds = {rule.kind for premise in premises.PREMISES for rule in premise.dirt}
    assert kinds | {"linked_midway"} == set(premises.DirtKind.__args__)
    assert meter.happened(BY_KEY["family"], TODAY) == []


@pytest.mark.parametrize("today", [date(2024, 1, 1), date(2025, 7, 9), date(2026, 11, 21)])
def test_three_years_hold_each_premises_dirt_at_least_once(today):
    for premise in premises.PREMISES:
        found = {one.kind for one in meter.happened(premise, today)}
        assert {rule.kind for rule in premise.dirt} <= found


@pytest.mark.parametrize("key", BY_KEY)
def test_all_that_is_wrong_with_the_rows_is_listed_and_there(key):
    part = rows(key)
    happened = meter.happened(BY_KEY[key], TODAY)
    wrong = {"exact_doubles": [], "differing_doubles": [], "total_mismatch": []}
    distinct = {}
    for row, count in Counter(part).items():
        wrong["exact_doubles"] += [row.date] * (count - 1)
        if row.date in distinct:
            wrong["differing_doubles"].append(row.date)
        distinct[row.date] = row
        if abs(row.on_peak_usage + row.off_peak_usage - row.total_usage) > 0.002:
            wrong["total_mismatch"].append(row.date)
    first, last = (datetime.fromisoformat(part[place].date) for place in (0, -1))
    hours = int((last - first) / timedelta(hours=1)) + 1
    every = {stamp(first + timedelta(hours=number)) for number in range(hours)}
    wrong["gap"] = sorted(every - distinct.keys())
    for kind, stamps in wrong.items():
        listed = [one for one in happened if one.kind == kind]
        assert len(stamps) == sum(one.rows for one in listed), kind
        for one in listed:
            inside = [text for text in stamps if stamp(one.start) <= text < stamp(one.end)]
            assert len(inside) == one.rows == (one.end - one.start) / timedelta(hours=1)


def test_an_outage_is_zeros_for_more_than_a_day():
    outage = dirt("studio-flat", "outage")
    inside = within(outage, rows("studio-flat"))
    assert outage.rows == len(inside) == 31
    assert {row.total_usage for row in inside} == {0}


def test_differing_doubles_share_a_stamp_and_differ_by_more_than_a_rounding():
    pairs = within(dirt("sunny-roof", "differing_doubles"), rows("sunny-roof"))
    for first, second in zip(pairs[::2], pairs[1::2], strict=True):
        assert first.date == second.date
        assert first.id != second.id
        assert second.total_usage - first.total_usage >= 0.01


def test_a_bill_without_its_split_has_a_total_and_two_zeros():
    found = dirt("corner-shop", "split_missing")
    (bill,) = [
        bill
        for bill in json.loads(replies.months(BY_KEY["corner-shop"], found.start.year, today=TODAY))
        if not bill["onPeakUsageInWatts"] and not bill["offPeakUsageInWatts"]
    ]
    assert bill["month"] == f"{found.start:%B}"
    assert bill["energyConsumptionInWatts"] > 0
    assert bill["amountInCents"] > 0


def test_an_estimate_is_nine_equal_days_until_it_is_corrected():
    before, after = date(2023, 11, 8), date(2023, 11, 9)
    found = dirt("all-electric", "estimated", after)
    assert found.settled == after
    estimated = within(found, rows("all-electric", before))
    corrected = within(found, rows("all-electric", after))
    by_hour = {(row.hour, row.total_usage) for row in estimated}
    assert (len(estimated), len(by_hour)) == (216, 24)
    assert len({row.total_usage for row in corrected}) > 150
    old, new = (
        json.loads(replies.months(BY_KEY["all-electric"], 2023, today=today))[9]["amountInCents"]
        for today in (before, after)
    )
    assert old != new


def test_a_late_bill_comes_when_it_is_said_to_and_the_next_one_before_it():
    found = dirt("poolside", "late_month", date(2025, 1, 1))
    year = found.start.year

    def months(today):
        return {bill["month"] for bill in json.loads(replies.months(BY_KEY["poolside"], year, today=today))}

    assert f"{found.start:%B}" not in months(found.settled - timedelta(days=1))
    assert "December" in months(found.settled - timedelta(days=1))
    assert f"{found.start:%B}" in months(found.settled)


def test_bills_come_three_days_after_their_month():
    def newest(today):
        return json.loads(replies.months(BY_KEY["family"], 2024, today=today))[-1]["month"]

    assert newest(date(2024, 3, 3)) == "January"
    assert newest(date(2024, 3, 4)) == "February"


def test_an_account_linked_midway_has_nothing_from_before():
    found = dirt("beach-grill", "linked_midway")
    first = datetime.fromisoformat(rows("beach-grill")[0].date)
    assert first == found.start
    bills = json.loads(replies.months(BY_KEY["beach-grill"], 2023, today=TODAY))
    assert bills[0]["month"] == "June"
