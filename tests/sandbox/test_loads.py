"""Loads and bills: the same whatever is asked, and in whichever order."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnipandas import sandbox
from omnipandas.sandbox import draws, meter, premises, replies

TODAY = date(2024, 3, 1)
CLEAN = [premise for premise in premises.PREMISES if not premise.dirt and not premise.midway]
RELEASED = "c3670fa6ea10bbd7ead7ea4061f7a534c59988458f5f4cea17b539f1b887178b"
DAYS = st.dates(date(2021, 1, 1), date(2024, 3, 5))


def served(premise, first, last, **settings):
    body = replies.intervals(premise, first, last, **{"today": TODAY, "clock": "utc", **settings})
    return json.loads(body)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(premises.PREMISES), DAYS, DAYS, DAYS, st.sampled_from(["utc", "wall"]))
def test_two_ranges_that_meet_are_the_one_range(premise, first, second, third, clock):
    first, second, third = sorted([first, second, third])
    parts = [
        replies.intervals(premise, *days, today=TODAY, clock=clock)[1:-1]
        for days in ((first, second), (second, third), (first, third))
    ]
    whole = parts.pop()
    assert b",".join(filter(None, parts)) == whole


def test_a_new_python_gives_the_same_bytes():
    ask = (
        "from datetime import date; from omnipandas.sandbox import premises, replies; import hashlib;"
        "print(hashlib.sha256(b''.join(replies.intervals(p, date(2022, 10, 1), date(2023, 4, 1),"
        "today=date(2024, 3, 1), clock='wall') for p in reversed(premises.PREMISES))).hexdigest())"
    )
    root = Path(sandbox.__file__).parents[2]
    fresh = subprocess.run([sys.executable, "-c", ask], cwd=root, capture_output=True, text=True, check=True)
    here = hashlib.sha256()
    for premise in reversed(premises.PREMISES):
        replies.intervals(premise, date(2021, 1, 1), date(2021, 2, 1), today=TODAY, clock="utc")
        here.update(
            replies.intervals(premise, date(2022, 10, 1), date(2023, 4, 1), today=TODAY, clock="wall")
        )
    assert fresh.stdout.strip() == here.hexdigest()


def test_the_bytes_are_those_that_were_released():
    """A change here changes every notebook's numbers: it is a change for users, and goes into CHANGELOG."""
    served = hashlib.sha256()
    for premise in premises.ALL.values():
        served.update(
            replies.intervals(premise, date(2023, 1, 1), date(2024, 1, 1), today=TODAY, clock="utc")
        )
        served.update(replies.months(premise, 2023, today=TODAY))
    assert served.hexdigest() == RELEASED


def test_the_hash_is_splitmix64():
    # Its published test vector: the first outputs of a generator seeded with 1234567.
    known = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    assert draws.bits(1234567, np.arange(3)).tolist() == known


def test_waves_and_bells_are_close_to_the_functions_that_they_stand_for():
    turns = np.linspace(-3, 3, 10_001)
    assert np.abs(draws.wave(turns) - np.sin(2 * np.pi * turns)).max() < 2e-4
    drawn = draws.normal(7, np.arange(200_000))
    assert abs(drawn.mean()) < 0.01
    assert abs(drawn.std() - 1) < 0.01
    lingering = draws.lingering(7, np.arange(200_000), 0.7, 12)
    assert abs(np.corrcoef(lingering[1:], lingering[:-1])[0, 1] - 0.7) < 0.02


@pytest.mark.parametrize("premise", premises.PREMISES, ids=lambda one: one.key)
def test_past_days_do_not_change_as_today_moves_but_for_the_listed_correction(premise):
    first, last = date(2023, 6, 1), date(2023, 12, 1)
    before = served(premise, first, last, today=date(2023, 10, 25))
    after = served(premise, first, last)
    cut = [row for row in after if row["date"] <= before[-1]["date"]]
    if premise.key != "all-electric":
        assert before == cut
        return
    changed = [new for old, new in zip(before, cut, strict=True) if old != new]
    (correction,) = [one for one in meter.happened(premise, TODAY) if one.kind == "estimated"]
    stamps = [datetime.fromisoformat(row["date"]) for row in changed]
    assert correction.start <= min(stamps) < max(stamps) < correction.end
    assert len(changed) > 200
    assert correction.settled == date(2023, 11, 9)


def test_a_day_rolls_in_each_day_at_local_midnight():
    premise = premises.PREMISES[0]
    for today in (date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)):
        newest = served(premise, date(2024, 1, 1), date(2025, 1, 1), today=today)[-1]["date"]
        local = datetime.fromisoformat(newest).astimezone(ZoneInfo(premise.zone))
        assert local.replace(tzinfo=None) == datetime.combine(today, datetime.min.time()) - timedelta(hours=1)


@pytest.mark.parametrize("today", [date(2021, 6, 1), date(2024, 1, 1), date(2031, 12, 31)])
def test_history_has_three_full_years_whatever_the_day(today):
    for premise in premises.PREMISES:
        if not premise.midway:
            assert meter.history_start(premise, today) <= date(today.year - 3, 1, 1)


def local_months(premise, rows):
    """Sum a year's rows by local month with the standard library: {month: [on, off, total]} in Wh."""
    zone = ZoneInfo(premise.zone)
    sums = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        local = datetime.fromisoformat(row["date"]).astimezone(zone)
        if local.year == 2023:
            for place, name in enumerate(("onPeakUsage", "offPeakUsage", "totalUsage")):
                sums[local.month][place] += round(row[name] * 1000)
    return sums


@pytest.mark.parametrize("premise", premises.PREMISES, ids=lambda one: one.key)
def test_bills_follow_from_the_hours_save_where_the_dirt_says_so(premise):
    rows = served(premise, date(2022, 12, 31), date(2024, 1, 2))
    rows = list({(row["id"], row["date"]): row for row in rows}.values())  # exact doubles count once
    sums = local_months(premise, rows)
    bills = json.loads(replies.months(premise, 2023, today=TODAY))
    differing, unsplit = set(), set()
    for bill in bills:
        number = datetime.strptime(bill["month"], "%B").month
        on, off, total = sums[number]
        if bill["energyConsumptionInWatts"] != total:
            differing.add(f"2023-{number:02d}")
        elif (bill["onPeakUsageInWatts"], bill["offPeakUsageInWatts"]) != (on, off):
            unsplit.add(f"2023-{number:02d}")
    dirt = meter.happened(premise, TODAY)
    listed = {month for one in dirt for month in one.months if month.startswith("2023")}
    assert differing == listed
    assert unsplit == {
        f"{one.start:%Y-%m}" for one in dirt if one.kind == "split_missing" and one.start.year == 2023
    }


def test_the_first_premises_bill_is_its_tariff_by_hand():
    bill = json.loads(replies.months(premises.PREMISES[0], 2023, today=TODAY))[6]
    on, off = bill["onPeakUsageInWatts"], bill["offPeakUsageInWatts"]
    assert bill["month"] == "July"
    assert bill["amountInCents"] == round(1_445 + on * 0.02715 + off * 0.01108)


@pytest.mark.parametrize("premise", CLEAN, ids=lambda one: one.key)
def test_a_clean_premise_has_each_hour_once_and_on_plus_off_is_the_total(premise):
    rows = served(premise, date(2021, 1, 2), date(2024, 3, 1))
    stamps = [datetime.fromisoformat(row["date"]) for row in rows]
    assert {later - earlier for earlier, later in pairwise(stamps)} == {timedelta(hours=1)}
    for row in rows:
        assert round(1000 * (row["onPeakUsage"] + row["offPeakUsage"])) == round(1000 * row["totalUsage"])
        assert row["totalUsage"] > 0
    assert len({row["id"] for row in rows}) == len(rows)


def test_wall_time_stamped_z_skips_an_hour_in_spring_and_doubles_one_in_autumn():
    family = premises.PREMISES[0]
    spring = [row["hour"] for row in served(family, date(2023, 3, 12), date(2023, 3, 13), clock="wall")]
    autumn = [row["hour"] for row in served(family, date(2023, 11, 5), date(2023, 11, 6), clock="wall")]
    assert (len(spring), "02:00" in spring) == (23, False)
    assert (len(autumn), autumn.count("01:00")) == (25, 2)


def test_rows_are_stamped_in_utc_and_hour_is_that_of_the_stamp():
    (row,) = [
        row
        for row in served(premises.PREMISES[0], date(2023, 7, 1), date(2023, 7, 2))
        if row["hour"] == "05:00"
    ]
    assert row["date"] == "2023-07-01T05:00:00.000Z"
    # 05:00Z is local midnight in Chicago in summer: the first of the month's own hours.
    hours = meter.readings(premises.PREMISES[0], 2023).hours
    place = hours.utc.tolist().index(int(datetime(2023, 7, 1, 5, tzinfo=UTC).timestamp()) // 3600)
    assert hours.hour[place] == 0


def test_usage_has_the_resolution_of_a_meter_and_net_usage_is_never_negative():
    for premise in premises.PREMISES:
        text = replies.intervals(
            premise, date(2023, 5, 1), date(2023, 5, 3), today=TODAY, clock="utc"
        ).decode()
        for part in text.split('Usage":')[1:]:
            number = part.split(",")[0].split("}")[0]
            assert float(number) >= 0
            assert len(number.partition(".")[2]) <= 3


def test_there_are_zeros_only_at_noon_under_panels_and_in_an_outage():
    zeros = Counter()
    for premise in premises.PREMISES:
        for year in (2021, 2022, 2023):
            hours, wh = meter.readings(premise, year).hours, meter.readings(premise, year).total
            zeros[premise.key] += int((wh == 0).sum())
            if premise.key == "sunny-roof":
                assert set(hours.hour[wh == 0].tolist()) <= set(range(6, 19))
    assert {key: count for key, count in zeros.items() if count and key != "sunny-roof"} == {
        "studio-flat": 31
    }


def test_the_weather_that_the_loads_followed_can_be_asked_for():
    with sandbox.start(today="2024-03-01") as box:
        hours, degrees = box.temperatures("desert-ranch", date(2023, 1, 1), date(2024, 1, 1))
    assert len(hours) == len(degrees) == 8_760
    assert str(hours[0]) == "2023-01-01T07:00:00.000000"
    july, january = degrees[hours.astype("datetime64[M]") == np.datetime64("2023-07")], degrees[:700]
    assert 30 < july.mean() < 40
    assert 8 < january.mean() < 18
