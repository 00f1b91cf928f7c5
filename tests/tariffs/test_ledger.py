"""What no reference engine covers, against calculations by hand; each says where its rule comes from."""

import itertools
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError, SchemaError, TariffError
from omnipandas.tariffs.components import Coincident, Demand, Energy, Fixed, Minimum, Ratchet, Rider, Tier
from omnipandas.tariffs.hour_tables import constant, monthly

DENVER = "America/Denver"


def load(start, end, zone=DENVER, value=1.0, freq="h", name="home"):
    index = pd.date_range(start, end, freq=freq, tz=zone, inclusive="left")
    return pd.Series(value, index=index, name=name, dtype=float)


def totals(ledger):
    return ledger.groupby("period_start")["amount_usd"].sum().to_numpy()


def flat_demand(price, **settings):
    return Demand(
        ((Tier(price),),), constant(), constant(), unit=settings.pop("unit", "kW"), by_time=False, **settings
    )


# ---- published bills -----------------------------------------------------------------------------


def test_psegs_general_service_bill():
    # PSE&G's example bill, general lighting and power: 17,588 kWh and 30 kW;
    # 3.74 + 17,588 x 0.09444 - 17,588 x 0.017192 + 262.34 = 1,624.72.
    usage = load("2023-06-01", "2023-07-01", "America/New_York", 17_588 / 720)
    usage.iloc[100], usage.iloc[101] = 30.0, 2 * usage.iloc[101] - 30.0
    energy = Energy(((Tier(0.09444, adjustment=-0.017192),),), constant(), constant())
    tariff = op.Tariff("GLP", (Fixed(3.74), energy, flat_demand(262.34 / 30)))
    ledger = op.charges(usage, tariff, rounding="bill")
    assert round(ledger["amount_usd"].sum(), 2) == 1624.72
    assert ledger.loc[ledger["component"] == "demand", "quantity"].tolist() == [30.0]


@pytest.mark.parametrize(("bill", "taxed"), [(169.85, 171.55), (275.13, 277.88)])
def test_seymours_bills_with_one_percent_tax(bill, taxed):
    # City of Seymour (WI), "Bill comparison": 1,200 kWh in winter and 2,000 kWh in summer, with 1 % tax.
    tariff = op.Tariff("Seymour", (Fixed(bill), Rider(0.01)))
    ledger = op.charges(load("2023-01-01", "2023-02-01"), tariff, rounding="line")
    assert round(ledger["amount_usd"].sum(), 2) == taxed


def test_a_ratchet_of_eighty_percent_of_the_eleven_months_before():
    # PNNL, on demand ratchets: with 80 % of the prior 11 months, one peak of 1,000 kW bills at least 800 kW.
    usage = load("2022-01-01", "2024-01-01", value=500.0)
    usage.loc["2022-07-14 15:00"] = 1000.0
    ledger = op.charges(usage, op.Tariff("Ratchet", (flat_demand(10.0, ratchet=Ratchet(0.8)),)))
    billed = ledger["quantity"].to_numpy()
    assert billed[:6].tolist() == [500.0] * 6
    assert billed[6] == 1000.0
    assert billed[7:18].tolist() == [800.0] * 11
    assert billed[18:].tolist() == [500.0] * 6


def test_a_ratchet_of_half_a_known_annual_peak():
    # Energy Toolbase, "Demand ratchets": 50 % of an annual 200 kW; May 80 -> 100, June 105 -> 105.
    usage = load("2023-05-01", "2023-07-01", value=50.0)
    usage.loc["2023-05-10 12:00"], usage.loc["2023-06-10 12:00"] = 80.0, 105.0
    ratchet = Ratchet(0.5, 11, history_kw=200.0)
    ledger = op.charges(usage, op.Tariff("Ratchet", (flat_demand(1.0, ratchet=ratchet),)))
    assert ledger["quantity"].tolist() == [100.0, 105.0]


def test_a_ratchet_looks_at_the_named_months_only():
    usage = load("2023-01-01", "2024-01-01", value=10.0)
    usage.loc["2023-02-10 12:00"], usage.loc["2023-07-10 12:00"] = 100.0, 60.0
    summer = Ratchet(0.5, 11, months=(6, 7, 8, 9))
    billed = op.charges(usage, op.Tariff("R", (flat_demand(1.0, ratchet=summer),)))["quantity"].tolist()
    assert billed == [10.0, 100.0, 10.0, 10.0, 10.0, 10.0, 60.0, 30.0, 30.0, 30.0, 30.0, 30.0]


# ---- the calendar ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", "2023-03-12", 23),
        ("America/New_York", "2023-11-05", 25),
        ("America/Phoenix", "2023-03-12", 24),
        ("Australia/Sydney", "2023-04-02", 25),
        ("America/St_Johns", "2023-03-12", 23),
    ],
)
def test_a_day_of_23_or_25_hours_pays_for_its_hours(zone, day, hours):
    # The energy of a day is what its hours add up to; the clock's change is at 2 or 3 in the morning.
    tariff = op.Tariff.tou("Night", {"night": 0.1, "day": 0.3}, {"night": "0-6", "day": "otherwise"})
    usage = load(day, pd.Timestamp(day) + pd.Timedelta(days=1), zone)
    ledger = op.charges(usage, tariff).set_index("tou_period")["quantity"]
    assert ledger["night"] == 6 + hours - 24
    assert ledger["day"] == 18


def test_lord_howe_prices_an_hour_by_the_local_hour_it_starts_in():
    usage = load("2023-10-01", "2023-10-02", "Australia/Lord_Howe", 0.5, "30min")
    tariff = op.Tariff.tou("Night", {"night": 0.1, "day": 0.3}, {"night": "0-6", "day": "otherwise"})
    quantities = op.charges(usage, tariff).set_index("tou_period")["quantity"]
    assert quantities.tolist() == [5.5, 18.0]  # its clock goes on by half an hour


def test_months_are_local_and_a_leap_day_is_one_more_day():
    ledger = op.charges(load("2024-01-01", "2025-01-01"), op.Tariff("Day", (Fixed(1.0, "day"),)))
    assert ledger["quantity"].tolist() == [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert str(ledger["period_start"].iloc[3]) == "2024-04-01 00:00:00-06:00"
    assert str(ledger["period_end"].iloc[11]) == "2025-01-01 00:00:00-07:00"


@pytest.mark.parametrize(
    ("zone", "skipped"),
    [
        ("Pacific/Apia", "2011-12-30"),
        ("Pacific/Fakaofo", "2011-12-30"),
        ("Pacific/Kwajalein", "1993-08-21"),
        ("Pacific/Kanton", "1994-12-31"),
    ],
)
def test_a_day_that_the_date_line_took_is_not_billed_and_not_lacking(zone, skipped):
    first = pd.Timestamp(skipped).replace(day=1)
    last = first + pd.DateOffset(months=1)
    usage = load(str(first - pd.DateOffset(months=1)), str(last + pd.DateOffset(months=1)), zone)
    tariff = op.Tariff("Both", (Fixed(31.0), Fixed(1.0, "day", "by the day"), flat_demand(2.0)))
    whole = op.charges(usage, tariff).set_index("charge")
    days = (last - first).days
    assert whole.loc["fixed charge", "amount_usd"].tolist() == [31.0, 31.0, 31.0]
    assert whole.loc["by the day", "quantity"].iloc[1] == days - 1
    # From read date to read date, over the day that was not and with an edge on it.
    for edges in (
        [first, last],
        [first, skipped, last + pd.DateOffset(days=10)],
        [first, pd.Timestamp(skipped) + pd.DateOffset(days=1), last + pd.DateOffset(days=10)],
    ):
        pairs = [(str(a), str(b)) for a, b in itertools.pairwise(edges)]
        billed = op.charges(usage, tariff, pairs).set_index("charge").loc[["by the day"]]
        assert billed["quantity"].tolist() == [
            len(usage[(usage.index >= a) & (usage.index < b)]) / 24
            for a, b in zip(billed["period_start"], billed["period_end"], strict=True)
        ]
        assert billed["quantity"].sum() == (pd.Timestamp(edges[-1]) - first).days - 1
    with pytest.raises(SchemaError, match="does not cover"):
        op.charges(usage, tariff, [(str(first), str(last + pd.DateOffset(months=2)))])


def test_a_clock_that_goes_back_over_midnight_bills_no_day_twice():
    # St. John's, 1 November 2009, 0:01: the clocks showed 31 October 23:01 again, in the month before.
    usage = load("2009-10-01", "2009-12-01", "America/St_Johns", freq="15min")
    tariff = op.Tariff("Both", (Fixed(1.0, "day"), Energy(((Tier(1.0),),), constant(), constant())))
    lines = op.charges(usage, tariff).set_index("charge")
    assert lines.loc["fixed charge", "quantity"].tolist() == [31.0, 30.0]
    assert lines.loc["energy", "quantity"].tolist() == [4 * 24 * 31, 4 * (24 * 30 + 1)]


def test_holidays_are_those_of_a_region_a_utility_a_list_of_dates_or_of_names():
    windows = {"work": "weekday", "rest": "weekend"}
    tariff = op.Tariff.tou("Work", {"work": 1.0, "rest": 0.0}, windows)
    usage = load("2025-01-01", "2026-01-01")
    for days, weekdays in [
        ("AZ", 250),
        ("CA", 249),
        ("CAN", 256),
        ("NERC", 255),
        (["NERC", date(2025, 11, 28)], 254),
        (["Labor Day", "Day After Thanksgiving"], 259),
    ]:
        lines = op.charges(usage, replace(tariff, holidays=days))
        assert lines["amount_usd"].sum() == 24 * weekdays


def test_weekends_and_holidays_are_local_days():
    # Friday 23:00 in Denver is Saturday 06:00 UTC. 4 July 2023 was a Tuesday.
    windows = {"work": "weekday", "rest": "weekend"}
    tariff = op.Tariff.tou("Work", {"work": 1.0, "rest": 0.0}, windows)
    usage = load("2023-07-03", "2023-07-10")
    assert op.charges(usage, tariff).set_index("tou_period")["quantity"].tolist() == [120.0, 48.0]
    for days in ((date(2023, 7, 4),), "US", "US-CO"):
        observed = replace(tariff, holidays=days)
        assert op.charges(usage, observed).set_index("tou_period")["quantity"].tolist() == [96.0, 72.0]
    with pytest.raises(TariffError, match="holidays"):
        op.charges(usage, replace(tariff, holidays="XX"))


def test_days_by_the_year_of_the_reference_are_an_option():
    tariff = op.Tariff("Day", (Fixed(2.0, "day"), Minimum(1.0, "day")))
    usage = load("2023-02-01", "2023-03-01")
    assert op.charges(usage, tariff)["amount_usd"].sum() == 56.0
    assert op.charges(usage, tariff, daily_fixed="twelfths")["amount_usd"].sum() == pytest.approx(730 / 12)


# ---- billing periods -------------------------------------------------------------------------------


def test_real_read_dates_bound_the_bills():
    usage = load("2023-01-01", "2023-04-01")
    reads = [("2023-01-17", "2023-02-16"), ("2023-02-16", "2023-03-18")]
    tariff = op.Tariff.tiered("Blocks", [(500, 0.10), (None, 0.20)], fixed=10.0)
    ledger = op.charges(usage, tariff, reads)
    # 30 days of 24 kWh; the second period has the 23-hour day of 12 March. A month's charge once each.
    assert totals(ledger) == pytest.approx([10 + 50 + 220 * 0.2, 10 + 50 + 219 * 0.2])
    for same in (
        pd.IntervalIndex.from_tuples([(pd.Timestamp(a), pd.Timestamp(b)) for a, b in reads], closed="left"),
        pd.DataFrame(reads, columns=["period_start", "period_end"]),
        pd.DataFrame(reads, columns=["start", "end"]).map(lambda d: pd.Timestamp(d, tz=DENVER)),
    ):
        pd.testing.assert_frame_equal(op.charges(usage, tariff, same), ledger)


def test_accounts_may_have_read_dates_of_their_own():
    usage = pd.DataFrame(
        {"a": load("2023-01-01", "2023-03-01"), "b": load("2023-01-01", "2023-03-01", value=2.0)}
    )
    reads = pd.DataFrame(
        {
            "service_account_id": ["a", "b"],
            "period_start": ["2023-01-01", "2023-01-05"],
            "period_end": ["2023-01-31", "2023-02-04"],
        }
    )
    ledger = op.charges(usage, op.Tariff.flat("Basic", 0.1), reads)
    assert ledger["quantity"].tolist() == [720.0, 1440.0]
    assert ledger["service_account_id"].tolist() == ["a", "b"]
    with pytest.raises(ArgumentError, match="no period of the account b"):
        op.charges(usage, op.Tariff.flat("Basic", 0.1), reads.iloc[:1])


def test_a_bill_of_sixty_days_is_two_months_and_a_part_of_a_month_is_its_share():
    tariff = op.Tariff("Fixed", (Fixed(12.0), flat_demand(2.0)))
    two = op.charges(load("2023-03-01", "2023-05-01"), tariff, [("2023-03-01", "2023-05-01")])
    assert two["amount_usd"].tolist() == pytest.approx([24.0, 4.0])  # two months, one peak of 1 kW
    part = op.charges(load("2023-01-01", "2023-01-11"), tariff)
    assert part["amount_usd"].sum() == pytest.approx(14.0 * 10 / 31)


@pytest.mark.parametrize(
    ("periods", "words"),
    [
        ([("2023-01-01", "2023-02-01"), ("2023-01-31", "2023-03-01")], "overlaps"),
        ([("2023-02-01", "2023-01-01")], "ends before"),
        ([("yesterday-ish", "2023-01-01")], "not a pair of dates"),
        ([], "empty"),
        (pd.DataFrame({"from": ["2023-01-01"]}), "lacks"),
    ],
)
def test_billing_periods_that_cannot_be_are_refused(periods, words):
    with pytest.raises(ArgumentError, match=words):
        op.charges(load("2023-01-01", "2023-03-01"), op.Tariff.flat("Basic", 0.1), periods)


def test_a_billing_period_that_the_load_does_not_cover_is_refused():
    for start, end in (
        ("2023-01-02", "2023-03-01"),
        ("2023-01-01 05:00", "2023-03-01"),
        ("2023-01-01", "2023-01-31"),
    ):
        with pytest.raises(SchemaError, match="does not cover the billing period"):
            op.charges(load(start, end), op.Tariff.flat("Basic", 0.1), [("2023-01-01", "2023-02-01")])


# ---- revisions --------------------------------------------------------------------------------------


def test_a_change_of_prices_in_mid_period_splits_it():
    # 30 days, 10 under the old prices: usage by its own day; charges by month and by peak by days.
    old = op.Tariff.flat("Basic", 0.10, fixed=9.0, start=date(2023, 1, 1), charges=(flat_demand(3.0),))
    new = op.Tariff.flat("Basic", 0.40, fixed=12.0, start=date(2023, 6, 11), charges=(flat_demand(6.0),))
    usage = load("2023-06-01", "2023-07-01")
    usage.loc["2023-06-20 12:00"] = 5.0
    ledger = op.charges(usage, op.Tariff.dated([new, old]))
    by = ledger.groupby("component")["amount_usd"].sum()
    assert by["energy"] == pytest.approx(240 * 0.10 + 484 * 0.40)
    assert by["fixed"] == pytest.approx(9.0 / 3 + 12.0 * 2 / 3)
    assert by["demand"] == pytest.approx(5 * (3.0 / 3 + 6.0 * 2 / 3))


def test_a_load_outside_a_tariffs_dates_is_refused_with_the_field():
    tariff = op.Tariff.flat("Basic", 0.10, start=date(2023, 2, 1), end=date(2023, 3, 1))
    for start, end, field in (
        ("2023-01-31", "2023-03-01", "startdate"),
        ("2023-02-01", "2023-03-02", "enddate"),
    ):
        with pytest.raises(TariffError, match=f"'Basic', {field}"):
            op.charges(load(start, end), tariff)
    assert op.charges(load("2023-02-01", "2023-03-01"), tariff).attrs["notes"] == ()
    applied = op.charges(load("2022-02-01", "2022-03-01"), tariff, dates="any")
    assert "applied to a load from 2022-02-01 to 2022-02-28" in applied.attrs["notes"][0]
    with pytest.raises(TariffError, match="startdate"):
        op.charges(load("2022-02-01", "2022-03-01"), op.Tariff.dated([tariff]), dates="any")


def test_a_published_sheets_dates_bind_when_asked():
    sheet = op.read_tariff("pge-e-1-t")
    usage = load("2018-01-01", "2018-02-01", "America/Los_Angeles")
    assert "in force from 2021-03-01" in op.charges(usage, sheet).attrs["notes"][0]
    with pytest.raises(TariffError, match="startdate"):
        op.charges(usage, sheet, dates="in_force")


# ---- charges ----------------------------------------------------------------------------------------


def test_fifteen_minute_demand_is_four_times_the_quarter_hours_energy():
    # "Hourly data understates demand": a quarter of an hour at 8 kW within an hour of 2 kW.
    quarters = load("2023-01-01", "2023-02-01", value=0.5, freq="15min")
    quarters.loc["2023-01-10 12:15"] = 2.0
    tariff = op.Tariff("D", (flat_demand(1.0),))
    assert op.charges(quarters, tariff)["quantity"].tolist() == [8.0]
    half = replace(tariff, demand_window=30)
    assert op.charges(quarters, half)["quantity"].tolist() == [5.0]
    hours = quarters.resample("h").sum()
    assert op.charges(hours, tariff)["quantity"].tolist() == [3.5]
    with pytest.raises(TariffError, match="demand_window"):
        op.charges(quarters, replace(tariff, demand_window=20))


def test_daily_demand_charges_each_days_peak():
    usage = load("2023-01-01", "2023-01-04")
    usage.iloc[[5, 30, 60]] = [4.0, 6.0, 10.0]
    tiers = ((Tier(1.0, 5.0), Tier(2.0)),)
    charge = Demand(tiers, constant(), constant(), unit="kW daily", by_time=False)
    ledger = op.charges(usage, op.Tariff("D", (charge,)))
    assert ledger["quantity"].tolist() == [4 + 5 + 5, 1 + 5]
    assert ledger["amount_usd"].sum() == 14.0 + 12.0


def test_coincident_demand_is_the_load_at_the_given_times():
    usage = load("2023-01-01", "2023-03-01")
    usage.loc["2023-01-10 18:00"], usage.loc["2023-01-20 18:00"] = 3.0, 7.0
    times = tuple(pd.Timestamp(t, tz="UTC") for t in ("2023-01-11 01:00", "2023-01-21 01:30"))
    for how, kw in (("max", 7.0), ("mean", 5.0)):
        ledger = op.charges(usage, op.Tariff("C", (Coincident(2.0, times, how),)))
        assert ledger[["quantity", "amount_usd"]].to_numpy().tolist() == [[kw, 2 * kw]]
    with pytest.raises(TariffError, match="time zone"):
        Coincident(2.0, (pd.Timestamp("2023-01-11"),))


def test_minimum_bills_fill_up_to_the_month_and_then_to_the_year():
    usage = load("2023-01-01", "2024-01-01", value=0.0)
    usage.loc["2023-07"] = 1.0
    tariff = op.Tariff.flat("M", 0.1, charges=(Minimum(20.0), Minimum(500.0, "year", "yearly")))
    ledger = op.charges(usage, tariff)
    assert ledger["amount_usd"].sum() == pytest.approx(500.0)
    months = totals(ledger)
    assert months[:6] == pytest.approx([20.0] * 6)
    assert months[6] == pytest.approx(74.4)
    assert ledger.loc[ledger["charge"] == "yearly", "amount_usd"].tolist() == pytest.approx(
        [500 - 220 - 74.4]
    )


def test_riders_follow_one_another_and_a_tax_is_levied_in_its_months():
    # A fuel rider of 10 % on energy, a tax of 5 % on all with the rider, in summer only.
    riders = (
        Rider(0.10, ("energy",), "fuel"),
        Rider(0.05, ("fixed", "energy", "tax"), "state tax", months=(7, 8)),
    )
    tariff = op.Tariff.flat("T", 0.1, fixed=10.0, charges=riders)
    ledger = op.charges(load("2023-06-01", "2023-08-01"), tariff)
    assert totals(ledger) == pytest.approx([10 + 72 * 1.1, (10 + 74.4 * 1.1) * 1.05])


def test_rounding_by_line_and_by_bill():
    tariff = op.Tariff("R", (Fixed(1.005), Fixed(1.005, name="second")))
    usage = load("2023-01-01", "2023-02-01")
    assert op.charges(usage, tariff, rounding="line")["amount_usd"].tolist() == [1.01, 1.01]
    by_bill = op.charges(usage, tariff, rounding="bill")
    assert by_bill["amount_usd"].sum() == pytest.approx(2.01, abs=1e-12)
    assert by_bill["component"].tolist() == ["fixed", "fixed", "rounding"]


def test_tiers_in_the_order_of_the_hours():
    # 744 kWh; the first 400 are up at 16 January 16:00. Day price of the second tier differs.
    weekday = constant()
    energy = Energy(((Tier(0.1, 400.0), Tier(0.5)),), weekday, weekday)
    two = Energy(
        ((Tier(0.1, 400.0), Tier(0.5)), (Tier(0.2, 400.0), Tier(0.6))),
        *[tuple((0,) * 12 + (1,) * 12 for _ in range(12))] * 2,
        labels=("am", "pm"),
    )
    usage = load("2023-01-01", "2023-02-01")
    one = op.charges(usage, op.Tariff("T", (energy,)), tiers="chronological")
    assert one["quantity"].tolist() == [400.0, 344.0]
    ledger = op.charges(usage, op.Tariff("T", (two,)), tiers="chronological")
    found = ledger.set_index(["tou_period", "tier"])["quantity"]
    assert found["am"].tolist() == [16 * 12 + 12, 744 / 2 - 204]
    assert found["pm"].tolist() == [16 * 12 + 4, 744 / 2 - 196]


def test_bounds_by_day_count_the_days_of_the_billing_period():
    tariff = op.Tariff.tiered("E", [(10, 0.1), (None, 0.2)], unit="kWh daily")
    ledger = op.charges(load("2024-02-01", "2024-03-01"), tariff)
    assert ledger["quantity"].tolist() == [290.0, 29 * 14.0]


def test_a_seasons_demand_price_is_shared_by_days_where_a_bill_spans_two_seasons():
    seasons = monthly([0] * 5 + [1] * 7)
    charge = Demand(((Tier(2.0),), (Tier(8.0),)), seasons, seasons, ("winter", "summer"), by_time=False)
    ledger = op.charges(
        load("2023-05-01", "2023-07-01"), op.Tariff("S", (charge,)), [("2023-05-22", "2023-06-21")]
    )
    assert ledger["price"].tolist() == pytest.approx([2.0 * 10 / 30, 8.0 * 20 / 30])


# ---- frames -----------------------------------------------------------------------------------------


def test_the_ledger_has_the_schemas_columns_and_dtypes():
    wide = pd.DataFrame({"a": load("2023-01-01", "2023-03-01"), "b": load("2023-01-01", "2023-03-01")})
    for usage in (wide["a"], wide, wide.iloc[:0]):
        ledger = op.charges(usage, op.Tariff.flat("Basic", 0.1, fixed=1.0))
        assert list(ledger.columns) == op.schema.CHARGES.names
        kinds = {name: str(dtype) for name, dtype in ledger.dtypes.items()}
        expected = {c.name: c.dtype.replace("zone", DENVER) for c in op.schema.CHARGES.columns}
        assert kinds == expected
        assert ledger.index.name == "line"


def long_form(wide, **columns):
    frames = [
        pd.DataFrame(
            {
                "service_account_id": name,
                "interval_end": wide.index + pd.Timedelta(1, "h"),
                "total_kwh": wide[name],
                **columns,
            }
        )
        for name in wide
    ]
    frame = pd.concat(frames).rename_axis("interval_start")
    return frame.astype({"service_account_id": "category"}).sort_index(kind="stable")


def test_long_form_wide_form_and_series_agree():
    rng = np.random.default_rng(0)
    index = load("2023-01-01", "2023-04-01").index
    wide = pd.DataFrame(rng.random((len(index), 3)), index=index, columns=["a", "b", "c"])
    tariff = op.read_tariff("aps-saver-choice-plus")
    one_by_one = pd.concat([op.charges(wide[name], tariff) for name in wide], ignore_index=True)
    for frame in (op.charges(wide, tariff), op.charges(long_form(wide), tariff)):
        assert (
            frame["service_account_id"].astype(str).tolist()
            == one_by_one["service_account_id"].astype(str).tolist()
        )
        np.testing.assert_allclose(frame["amount_usd"], one_by_one["amount_usd"])


def test_accounts_of_different_ranges_are_priced_each_over_its_own():
    both = pd.DataFrame({"a": load("2023-01-01", "2023-03-01"), "b": load("2023-01-01", "2023-03-01")})
    frame = long_form(both)
    frame = frame[
        (frame["service_account_id"] == "a") | (frame.index < pd.Timestamp("2023-02-01", tz=DENVER))
    ]
    before = frame.copy()
    ledger = op.charges(frame, op.Tariff.flat("Basic", 0.1))
    assert ledger.groupby("service_account_id", observed=True).size().to_dict() == {"a": 2, "b": 1}
    pd.testing.assert_frame_equal(frame, before)


def wrong(change):
    usage = load("2023-01-01", "2023-02-01")
    return change(usage)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.drop(s.index[5]), "a gap: after 2023-01-01 04:00.* 1 interval"),
        (lambda s: pd.concat([s.iloc[:6], s.iloc[5:]]), "there twice"),
        (lambda s: s.iloc[::-1], "not sorted|overlap|interval"),
        (lambda s: s.tz_localize(None), "no time zone"),
        (lambda s: s.where(s.index != s.index[7], -1.0), "negative.*export_kwh"),
        (lambda s: s.where(s.index != s.index[7]), "missing: a gap cannot be priced"),
        (lambda s: s.where(s.index != s.index[7], np.inf), "infinite"),
        (lambda s: s.reset_index(drop=True), "DatetimeIndex"),
        (lambda s: s.resample("D").sum(), "hourly or finer"),
        (lambda s: s.to_frame("a").assign(b="x"), "not numbers"),
        (lambda s: list(s), "list"),
        (lambda s: pd.concat([s.iloc[:30], s.iloc[30:].shift(freq="30min")]), "gap|length"),
    ],
)
def test_bad_loads_are_refused_in_words(change, words):
    with pytest.raises(SchemaError, match=words):
        op.charges(wrong(change), op.Tariff.flat("Basic", 0.1))


def test_intervals_of_several_lengths_are_refused():
    frame = long_form(pd.DataFrame({"a": load("2023-01-01", "2023-01-03")}))
    frame.iloc[3, frame.columns.get_loc("interval_end")] += pd.Timedelta(1, "h")
    with pytest.raises(SchemaError, match="several lengths"):
        op.charges(frame, op.Tariff.flat("Basic", 0.1))


def test_options_and_tariffs_that_are_not_known_are_refused():
    usage = load("2023-01-01", "2023-01-03")
    for option in ({"tiers": "best"}, {"daily_fixed": "some"}, {"rounding": "up"}, {"dates": "never"}):
        with pytest.raises(ArgumentError, match=next(iter(option))):
            op.charges(usage, op.Tariff.flat("Basic", 0.1), **option)
    with pytest.raises(ArgumentError, match="a Tariff is needed"):
        op.charges(usage, {"name": "Basic"})


def test_bill_totals_add_the_lines_of_each_bill():
    usage = load("2023-01-01", "2023-03-01")
    ledger = op.charges(usage, op.read_tariff("fpl-gsld-1"))
    bills = op.bill_totals(ledger)
    assert bills["usage_kwh"].tolist() == [744.0, 672.0]
    assert bills["amount_usd"].tolist() == pytest.approx([6833.67, 6833.67])
