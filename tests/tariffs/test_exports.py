"""Export rules by hand; ../shared's reference bills are in test_reference.py."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError, SchemaError, TariffError
from omnipandas.tariffs.components import Fixed, Minimum


def months(usage, export, start="2023-01-01"):
    """A flat load and export with the given kWh in each month."""
    index = pd.date_range(start, periods=len(usage), freq="MS", tz="America/Denver")
    hours = pd.date_range(index[0], index[-1] + pd.DateOffset(months=1), freq="h", inclusive="left")
    place = (hours.year - index[0].year) * 12 + hours.month - index[0].month
    size = np.bincount(place)[place]
    return (
        pd.Series(np.array(kwh, float)[place] / size, index=hours, name="home") for kwh in (usage, export)
    )


def bills(usage, export, rule, price=None, **settings):
    taken, sent = months(usage, export)
    tariff = op.Tariff.flat("T", 0.20, fixed=10.0).with_export(rule, price, **settings)
    ledger = op.charges(taken, tariff, export=sent)
    return ledger.groupby("period_start")["amount_usd"].sum().round(9).tolist(), ledger


def test_kilowatt_hours_roll_on_until_the_true_up():
    found, _ = bills([100, 100, 100], [150, 20, 0], "net_metering_kwh")
    assert found == [10.0, 10 + 30 * 0.2, 30.0]
    found, _ = bills([100, 100], [150, 0], "net_metering_kwh", true_up_month=1, true_up_price=0.03)
    assert found == [10 - 50 * 0.03, 30.0]


def test_dollars_roll_on_and_come_off_energy_only():
    found, _ = bills([100, 100, 100], [200, 20, 0], "net_metering_usd", 0.1)
    assert found == [10.0, 10 + 16 - 10.0, 30.0]


def test_dollars_left_at_the_true_up_are_paid_or_lapse():
    for end, last in (("paid", 10 - 10.0), ("lapses", 10.0)):
        found, _ = bills([100, 100], [200, 100], "net_metering_usd", 0.1, true_up_month=1, true_up=end)
        assert found == [last, 10.0]


def test_net_billing_credits_the_same_bill_and_its_carried_form_the_next():
    assert bills([100, 100], [50, 0], "net_billing", 0.1)[0] == [10 + 20 - 5.0, 30.0]
    assert bills([100, 100], [50, 0], "net_billing_carried", 0.1)[0] == [30.0, 25.0]


def test_a_sale_of_its_own_goes_beside_the_minimum_bill():
    taken, sent = months([100], [80])
    tariff = op.Tariff.flat("T", 0.2, charges=(Minimum(50.0),)).with_export("buy_all_sell_all", 0.1)
    assert op.charges(taken, tariff, export=sent)["amount_usd"].sum() == pytest.approx(50 - 8)


def test_an_hourly_export_price():
    taken, sent = months([100], [744])
    prices = pd.Series(np.where(sent.index.hour < 12, 0.02, 0.06), index=sent.index)
    tariff = op.Tariff.flat("T", 0.2).with_export("net_billing", prices=prices)
    ledger = op.charges(taken, tariff, export=sent)
    credit = ledger[ledger["component"] == "credit"].iloc[0]
    assert credit["amount_usd"] == pytest.approx(-372 * 0.08)
    assert credit["quantity"] * credit["price"] == pytest.approx(credit["amount_usd"])
    for wrong in (prices.iloc[5:], prices.tz_localize(None), prices.where(prices.index != prices.index[3])):
        with pytest.raises(TariffError, match="prices"):
            op.charges(taken, op.Tariff.flat("T", 0.2).with_export("net_billing", prices=wrong), export=sent)
    with pytest.raises(TariffError, match="hourly export prices cannot"):
        op.charges(
            taken, op.Tariff.flat("T", 0.2).with_export("net_metering_usd", prices=prices), export=sent
        )


def test_credits_move_to_the_period_that_takes_their_hours_in_the_next_season():
    taken, sent = months([100, 100], [150, 0], start="2023-05-01")
    windows = {"winter": "oct-may", "peak": "jun-sep weekday 14-19", "summer": "otherwise"}
    tariff = op.Tariff.tou("T", {"winter": 0.1, "peak": 0.5, "summer": 0.2}, windows).with_export(
        "net_metering_kwh"
    )
    ledger = op.charges(taken, tariff, export=sent).set_index(["period_start", "tou_period"])["quantity"]
    june = ledger.xs(pd.Timestamp("2023-06-01", tz="America/Denver"))
    weekdays = 22  # of June 2023
    assert june["peak"] == pytest.approx(100 * weekdays * 5 / 720)
    assert june.sum() == pytest.approx(50.0)


def test_export_in_the_intervals_frame_is_the_same():
    taken, sent = months([100, 50], [30, 80])
    tariff = op.Tariff.flat("T", 0.2).with_export("net_billing", 0.05)
    frame = pd.DataFrame({"service_account_id": "home", "total_kwh": taken, "export_kwh": sent})
    wide = op.charges(taken.to_frame(), tariff, export=sent.to_frame("home"))
    expected = op.charges(taken, tariff, export=sent)["amount_usd"].tolist()
    assert op.charges(frame, tariff)["amount_usd"].tolist() == pytest.approx(expected)
    assert wide["amount_usd"].tolist() == pytest.approx(expected)


def test_export_that_cannot_be_priced_is_refused():
    taken, sent = months([100], [30])
    flat = op.Tariff.flat("T", 0.2)
    with pytest.raises(TariffError, match="says nothing"):
        op.charges(taken, flat, export=sent)
    with pytest.raises(TariffError, match="no sell price"):
        op.charges(taken, flat.with_export("net_billing"), export=sent)
    bare = op.Tariff("T", (Fixed(1.0),)).with_export("net_billing", 0.1)
    with pytest.raises(TariffError, match="no energy charge"):
        op.charges(taken, bare, export=sent)
    tiered = op.Tariff.tiered("T", [(50, 0.1), (None, 0.2)]).with_export("net_metering_kwh")
    with pytest.raises(ArgumentError, match="chronological"):
        op.charges(taken, tiered, tiers="chronological", export=sent)
    with pytest.raises(SchemaError, match="same index"):
        op.charges(taken, flat.with_export("net_billing", 0.1), export=sent.iloc[:-1])
    with pytest.raises(SchemaError, match=r"export.*negative"):
        op.charges(taken, flat.with_export("net_billing", 0.1), export=-sent)
    assert op.charges(taken, flat, export=sent * 0)["amount_usd"].sum() == pytest.approx(20.0)


def test_tiers_whose_sell_prices_differ_are_refused():
    energy = next(iter(op.Tariff.tiered("T", [(50, 0.1), (None, 0.2)]).charges))
    one, two = energy.periods[0]
    charge = replace(energy, periods=((replace(one, sell=0.1), replace(two, sell=0.2)),))
    taken, sent = months([100], [30])
    with pytest.raises(TariffError, match="differ in their sell price"):
        op.charges(taken, op.Tariff("T", (charge,)).with_export("net_billing"), export=sent)
