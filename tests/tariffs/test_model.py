from dataclasses import FrozenInstanceError, replace
from datetime import date

import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError, TariffError
from omnipandas.tariffs.components import Demand, Energy, Export, Fixed, Minimum, Ratchet, Rider, Tier
from omnipandas.tariffs.hour_tables import constant, from_windows


def test_a_tariff_is_immutable_hashable_and_equal_by_value():
    one, other = (op.Tariff.tou("T", {"a": 1.0, "b": 2.0}, {"a": "7-19", "b": "otherwise"}) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert one != replace(one, name="U")
    with pytest.raises(FrozenInstanceError):
        one.name = "U"


def test_windows_in_words():
    labels, weekday, weekend = from_windows(
        {"peak": ["jun-sep weekday 16-21", "dec-feb weekday 6-9"], "night": "22-6", "rest": "otherwise"},
        where="t",
    )
    assert labels == ("peak", "night", "rest")
    assert weekday[6][15:22] == (2, 0, 0, 0, 0, 0, 2)
    assert weekday[11][5:10] == (1, 0, 0, 0, 2)
    assert weekday[2][16] == 2
    assert weekend[6][16] == 2
    assert weekend[0][23] == weekend[0][0] == 1


@pytest.mark.parametrize(
    ("windows", "words"),
    [
        ({"a": "0-12", "b": "11-24"}, "overlap, jan weekday 11:00 is in 'a' and in 'b'"),
        ({"a": "0-12"}, "a window is missing, jan weekday 12:00"),
        ({"a": "weekday"}, "missing, jan weekend 0:00"),
        ({"a": "juno"}, "cannot read 'juno'"),
        ({"a": "5"}, "one hour's edge"),
        ({"a": "1-2-3"}, "cannot read"),
    ],
)
def test_windows_that_overlap_or_leave_hours_out_are_refused(windows, words):
    with pytest.raises(TariffError, match=words):
        from_windows(windows, where="tariff 'T'")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: op.Tariff.tiered("T", [(500, 0.1), (400, 0.2), (None, 0.3)]), "not sorted"),
        (lambda: op.Tariff.tiered("T", [(500, 0.1)]), "the last tier ends at 500"),
        (lambda: op.Tariff.tiered("T", [(None, float("nan"))]), "not a number"),
        (lambda: op.Tariff.tiered("T", []), "no tier"),
        (lambda: op.Tariff.tiered("T", [(None, 0.1)], unit="BTU"), "unknown unit 'BTU'"),
        (lambda: op.Tariff.tou("T", {"a": 1.0}, {"a": "0-12", "b": "otherwise"}), r"period\(s\) b"),
        (lambda: op.Tariff("T", (Fixed(1.0), Fixed(2.0))), "two charges"),
        (lambda: op.Tariff.flat("T", 0.1, start=date(2023, 1, 1), end=date(2023, 1, 1)), "not after"),
        (lambda: op.Tariff.flat("T", 0.1, demand_window=90), "demand_window"),
        (lambda: Fixed(1.0, "moon"), "USD/moon"),
        (lambda: Minimum(1.0, "moon"), "USD/moon"),
        (lambda: Ratchet(80), "80 % is 0.8"),
        (lambda: Ratchet(0.8, 0), "looks back"),
        (lambda: Rider(0.1, ("water",)), "water"),
        (lambda: Export("barter"), "barter"),
        (lambda: Export("net_billing", true_up_month=13), "true_up_month"),
        (lambda: Demand(((Tier(1.0),),), constant(), constant(), unit="kVA"), "kVA"),
        (lambda: Demand(((Tier(1.0),),), constant(1), constant()), "not defined"),
        (lambda: Demand(((Tier(1.0),), (Tier(2.0),)), constant(1), constant(), by_time=False), "not by time"),
        (lambda: Energy(((Tier(1.0),),), constant()[:11], constant()), "12 rows"),
        (lambda: Energy(((Tier(1.0),),), constant(), constant(), ("a", "b")), "labels"),
        (lambda: op.Tariff.dated([]), "at least one"),
        (lambda: op.Tariff.dated([op.Tariff.flat("T", 0.1)]), "start date"),
    ],
)
def test_tariffs_that_cannot_be_are_refused(make, words):
    with pytest.raises(TariffError, match=words):
        make()


def test_unknown_fields_and_kinds_of_day_are_refused():
    with pytest.raises(ArgumentError, match="no field colour"):
        op.Tariff.flat("T", 0.1, colour="red")
    with pytest.raises(ArgumentError, match="weekday or weekend"):
        op.Tariff.flat("T", 0.1).schedule("monday")
    with pytest.raises(ArgumentError, match="'demand'"):
        op.Tariff.flat("T", 0.1).schedule(charge="demand")


def test_the_repr_is_a_table():
    text = repr(op.read_tariff("pge-e-1-t"))
    lines = text.splitlines()
    assert (
        lines[0]
        == "Tariff Pacific Gas & Electric Co E-1 Residential Service Baseline Region T (2021-03-01 to ...)"
    )
    assert lines[1].split() == ["charge", "period", "tier", "up", "to", "price", "unit"]
    assert lines[2].split() == ["energy", "summer", "1", "6.8", "0.25902", "USD/kWh"]
    assert lines[-1].split() == ["minimum", "bill", "10.0", "USD/month"]


def test_the_kind_of_a_tariff():
    assert op.Tariff.flat("T", 0.1).kind == "flat"
    assert op.read_tariff("sce-gs-2-b").kind == "time-of-use with demand"
    assert op.read_tariff("pge-e-1-t").kind == "tiered"


def test_a_schedule_shows_the_periods_by_month_and_hour():
    tariff = op.read_tariff("sdge-ev-tou-5")
    assert tariff.schedule().loc[3, 10:13].tolist() == ["winter super off-peak"] * 4
    assert tariff.schedule().loc[5, 10] == "winter off-peak"
    assert tariff.schedule("weekend").loc[7, 13] == "summer super off-peak"
    assert op.read_tariff("sce-gs-2-b").schedule(charge="time-of-use demand").loc[7, 12] == "summer on-peak"


def test_the_list_of_shipped_tariffs():
    table = op.list_tariffs()
    assert list(table.columns) == op.schema.TARIFFS.names
    assert {"flat", "tiered", "time-of-use", "time-of-use with demand"} <= set(table["kind"])
    assert (table["sector"] == "Commercial").any()
    assert isinstance(table.loc["jea-residential", "start"], pd.Timestamp)
