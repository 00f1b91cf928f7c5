"""Tariffs whose hours are put in words, beside the peak schedule of the same words."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import omnipandas as op
from omnipandas.errors import ArgumentError, TariffError
from omnipandas.intervals.units import WEEKDAYS
from omnipandas.intervals.windows import MONTHS
from omnipandas.tariffs.components import Demand, Energy, Tier
from omnipandas.tariffs.hour_tables import week_in_words

ZONES = [
    "America/New_York", "America/Phoenix", "Australia/Lord_Howe", "America/St_Johns", "America/Havana",
    "Pacific/Apia", "Asia/Beirut", "Africa/Cairo", "America/Santiago",
]  # fmt: skip


def tou(words, **settings):
    return op.Tariff.tou("T", {"on": 0.30, "off": 0.10}, {"on": words, "off": "otherwise"}, **settings)


def spans(names):
    place = st.integers(0, len(names) - 1)
    one, two = (
        st.builds(lambda at: names[at], place),
        st.builds(lambda a, b: f"{names[a]}-{names[b]}", place, place),
    )
    return st.one_of(one, two)


@st.composite
def clauses(draw, step=15):
    start, length = draw(st.integers(0, 1440 // step - 1)), draw(st.integers(1, 1440 // step - 1))
    minutes = start * step, (start + length) * step % 1440 or 1440
    hours = "-".join(f"{minute // 60}:{minute % 60:02d}" for minute in minutes)
    days = draw(
        st.one_of(st.sampled_from(["", "weekdays", "weekend", "daily", "all", "every day"]), spans(WEEKDAYS))
    )
    months = draw(st.one_of(st.just(""), spans(MONTHS)))
    return f"{days} {hours} {months}".strip()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(clauses(), min_size=1, max_size=3),
    st.sampled_from(ZONES),
    st.sampled_from([None, "US-AZ"]),
    st.sampled_from(["15min", "1h"]),
)
def test_a_tariff_in_words_costs_what_the_schedule_of_the_same_words_says(words, zone, region, freq):
    index = pd.date_range("2024-01-01", "2025-01-01", freq=freq, tz=zone, inclusive="left")
    load = pd.Series(np.random.default_rng(len(words)).gamma(2.0, 1.0, len(index)), index=index)
    schedule = op.PeakSchedule.parse(";".join(words), holidays=region)
    on = schedule.on_peak(index)
    tariff = tou(words, holidays=region or ())
    ledger = op.charges(load, tariff)
    assert ledger["amount_usd"].sum() == pytest.approx((load * np.where(on, 0.30, 0.10)).sum())
    assert op.interval_costs(load, tariff)["tou_period"].eq("on").tolist() == on.tolist()
    for period, there in (("on", on), ("off", ~on)):
        again = op.PeakSchedule.from_tariff(tariff, peak=[period], holidays=region)
        assert again.on_peak(index).tolist() == there.tolist()


@pytest.mark.parametrize("kind", [op.PeakSchedule.parse, tou])
def test_a_window_over_midnight_belongs_to_the_day_on_which_it_begins(kind):
    index = pd.date_range("2024-07-01", periods=24 * 8, freq="h", tz="America/New_York")
    made = kind("weekday 22-6")
    on = pd.Series(
        made.on_peak(index)
        if isinstance(made, op.PeakSchedule)
        else op.interval_costs(pd.Series(1.0, index=index), made)["tou_period"].eq("on").to_numpy(),
        index=index,
    )
    assert on["2024-07-06 03:00"]  # Saturday
    assert not on["2024-07-08 03:00"]  # Monday
    assert not on["2024-07-01 03:00"]


def test_an_hour_in_no_window_is_refused_also_where_a_night_of_other_days_reaches():
    with pytest.raises(TariffError, match="tariff 'T', windows: a window is missing, jan mon 0:00"):
        op.Tariff.tou("T", {"a": 1, "b": 2}, {"a": "weekday 6-22", "b": ["weekday 22-6", "weekend"]})
    with pytest.raises(TariffError, match="overlap, jan sat 0:00 is in 'a' and in 'b'"):
        op.Tariff.tou(
            "T", {"a": 1, "b": 2}, {"a": "weekday 22-6", "b": ["weekday 6-22", "weekend", "Mon 0-6"]}
        )


@pytest.mark.parametrize(
    ("windows", "words"),
    [
        ({"a": "weekday fortnight", "b": "otherwise"}, "windows, period 'a': cannot read 'fortnight'"),
        ({"a": "", "b": "otherwise"}, "period 'a': its window is empty"),
        ({"a": 5, "b": "otherwise"}, "period 'a': a window is words"),
        ({"a": ["0-6", None], "b": "otherwise"}, "period 'a': a window is words"),
        ({"a": "otherwise", "b": "Otherwise"}, "'a' and 'b' are both"),
        ({"a": "16-16", "b": "otherwise"}, "period 'a': hours '16-16'"),
    ],
)
def test_words_that_cannot_be_read_name_tariff_field_and_period(windows, words):
    with pytest.raises(
        TariffError, match=f"tariff 'T', {'' if words.startswith('windows') else '.*'}{words}"
    ):
        op.Tariff.tou("T", {"a": 1.0, "b": 2.0}, windows)


def test_seasons_of_whole_days_and_of_nights_bill_every_hour_once():
    windows = {"summer": "jun-sep", "night": "oct-may 22-6", "day": "oct-may 6-22"}
    tariff = op.Tariff.tou("T", {"summer": 1.0, "night": 2.0, "day": 3.0}, windows)
    index = pd.date_range("2024-01-01", "2025-01-01", freq="h", tz="America/New_York", inclusive="left")
    load = pd.Series(1.0, index=index)
    period = op.interval_costs(load, tariff)["tou_period"]
    # May's last night goes on to 6:00 of 1 June; on 1 October none of September's does.
    assert period["2024-06-01 05:00"] == "night"
    assert period["2024-06-01 06:00"] == "summer"
    assert period["2024-10-01 03:00"] == "night"
    assert op.charges(load, tariff)["quantity"].sum() == len(index)
    for label in windows:
        assert (
            op.PeakSchedule.from_tariff(tariff, peak=[label]).on_peak(index).tolist()
            == (period == label).tolist()
        )


def test_clauses_parted_by_semicolons_are_a_list():
    one, other = (
        tou("jun-sep weekday 16-21; dec-feb weekday 6-9"),
        tou(["jun-sep weekday 16-21", "dec-feb weekday 6-9"]),
    )
    assert one == other


def test_half_hours_saturdays_and_some_weekdays_are_priced_and_shown():
    tariff = op.Tariff.tou(
        "T",
        {"night": 0.1, "peak": 0.4, "saturday": 0.2, "rest": 0.3},
        {"night": "0:30-7:30", "peak": "Mon-Thu 16-21", "saturday": "Sat 8-20", "rest": "otherwise"},
    )
    assert tariff.kind == "time-of-use"
    assert tariff.schedule("Sat").loc[1, [0.0, 0.5, 7.0, 7.5, 8.0, 19.5]].tolist() == [
        "rest", "night", "night", "rest", "saturday", "saturday",
    ]  # fmt: skip
    assert tariff.schedule().loc[7, 16.0] == "peak | rest"
    assert tariff.schedule("Fri").loc[7, 16.0] == "rest"
    index = pd.date_range("2024-07-01", periods=48 * 7, freq="30min", tz="Europe/London")
    costs = op.interval_costs(pd.Series(1.0, index=index), tariff)
    counts = costs["tou_period"].value_counts()
    assert counts.to_dict() == {
        "night": 14 * 7,
        "peak": 10 * 4,
        "saturday": 24,
        "rest": 48 * 7 - 14 * 7 - 40 - 24,
    }
    ranking = op.compare_tariffs(pd.Series(1.0, index=index), [tariff, op.Tariff.flat("F", 0.25)])
    assert ranking.set_index("tariff").loc["T", "amount_usd"] == pytest.approx(costs["amount_usd"].sum())


def test_hours_that_cannot_be_split_are_priced_by_their_start_with_a_note():
    index = pd.date_range("2024-07-01", periods=24, freq="h", tz="America/New_York")
    ledger = op.charges(pd.Series(1.0, index=index), tou("6:30-9"))
    assert ledger.set_index("tou_period").loc["on", "quantity"] == 2
    assert any("'energy'" in note and "60 minutes" in note for note in ledger.attrs["notes"])
    fine = pd.Series(0.5, index=pd.date_range(index[0], periods=48, freq="30min"))
    ledger = op.charges(fine, tou("6:30-9"))
    assert ledger.set_index("tou_period").loc["on", "quantity"] == 2.5
    assert ledger.attrs["notes"] == ()


def test_versions_with_hours_of_different_steps_follow_one_another():
    old, new = (
        tou("6-9", start=pd.Timestamp("2024-01-01").date()),
        tou("6:30-9", start=pd.Timestamp("2024-07-03").date()),
    )
    index = pd.date_range("2024-07-01", periods=48 * 4, freq="30min", tz="America/New_York")
    costs = op.interval_costs(pd.Series(1.0, index=index), op.Tariff.dated([old, new]))
    assert costs["tou_period"].eq("on").groupby(index.day).sum().tolist() == [6, 6, 5, 5]


def test_a_demand_charge_by_half_hours_and_on_saturdays():
    labels, week = week_in_words({"peak": "Sat 8:30-9:30", "rest": "otherwise"}, where="T")
    demand = Demand(((Tier(10.0),), (Tier(0.0),)), labels=labels, hours=week)
    index = pd.date_range("2024-07-01", "2024-08-01", freq="30min", tz="America/New_York", inclusive="left")
    load = pd.Series(1.0, index=index)
    load["2024-07-06 08:00"], load["2024-07-06 09:00"], load["2024-07-05 09:00"] = 9.0, 3.0, 20.0
    ledger = op.charges(load, op.Tariff("D", (demand,)))
    assert ledger[["tou_period", "quantity", "amount_usd"]].to_numpy().tolist() == [["peak", 6.0, 60.0]]
    assert op.interval_costs(load, op.Tariff("D", (demand,)))["demand_usd"].idxmax() == pd.Timestamp(
        "2024-07-06 09:00", tz="America/New_York"
    )


def test_urdb_has_no_field_for_what_its_tables_cannot_hold():
    for words in ("6:30-9", "Sat 6-9", "Mon-Thu 16-21", "weekday 22-6", "22-6, Jun"):
        with pytest.raises(
            TariffError, match=r"tariff 'T', energyweekdayschedule \(charge 'energy'\): 12 x 24"
        ):
            op.to_urdb(tou(words))
    plain = tou("daily 22-6")
    assert op.read_tariff(op.to_urdb(plain)).charges == plain.charges


def test_a_charge_has_its_hours_once():
    _, week = week_in_words({"a": "6:30-9", "b": "otherwise"}, where="T")
    tiers = ((Tier(1.0),), (Tier(2.0),))
    with pytest.raises(TariffError, match="not both"):
        replace(Energy(tiers, hours=week), weekday=((0,) * 24,) * 12)
    with pytest.raises(TariffError, match="not defined"):
        Energy(tiers[:1], hours=week)
    with pytest.raises(TariffError, match="not by time"):
        Demand(tiers, hours=week, by_time=False)
    assert hash(Energy(tiers, hours=week)) == hash(Energy(tiers, hours=week))
    with pytest.raises(ArgumentError, match="weekday or weekend"):
        tou("6:30-9").schedule("sometimes")
