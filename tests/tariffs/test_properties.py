"""What holds for every tariff and load."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

import omnipandas as op
from omnipandas.tariffs.components import Demand, Energy, Fixed, Minimum, Rider, Tier
from omnipandas.tariffs.hour_tables import monthly

ZONES = ["America/New_York", "America/Phoenix", "Australia/Lord_Howe", "America/St_Johns", "Australia/Sydney"]
few = settings(max_examples=20, deadline=None)
prices = st.floats(0.0, 1.0, allow_nan=False).map(lambda price: round(price, 4))


@st.composite
def loads(draw):
    zone = draw(st.sampled_from(ZONES))
    start = draw(st.dates(date(2022, 12, 20), date(2024, 3, 20)))
    index = pd.date_range(str(start), periods=24 * draw(st.integers(1, 80)), freq="h", tz=zone)
    values = np.random.default_rng(draw(st.integers(0, 99))).gamma(2.0, 1.0, len(index))
    return pd.Series(values, index=index)


@st.composite
def schedules(draw, periods):
    hours = st.lists(st.integers(0, periods - 1), min_size=24, max_size=24)
    winter, summer = tuple(draw(hours)), tuple(draw(hours))
    return tuple(summer if 5 <= month <= 8 else winter for month in range(12))


@st.composite
def tiers(draw, depth=3):
    count = draw(st.integers(1, depth))
    bounds = sorted(draw(st.lists(st.integers(1, 900), min_size=count - 1, max_size=count - 1, unique=True)))
    return tuple(Tier(draw(prices), bound) for bound in [*map(float, bounds), float("inf")])


@st.composite
def tariffs(draw, depth=3):
    count = draw(st.integers(1, 4))
    weekday, weekend = draw(schedules(count)), draw(schedules(count))
    energy = Energy(
        tuple(draw(tiers(depth)) for _ in range(count)), weekday, weekend,
        units=tuple(draw(st.sampled_from(["kWh", "kWh daily"])) for _ in range(count)),
    )  # fmt: skip
    charges = [energy, Fixed(draw(prices) * 50, draw(st.sampled_from(["month", "day", "year"])))]
    if draw(st.booleans()):
        by_time = draw(st.booleans())
        seasons = monthly([count - 1] * 5 + [0] * 7)
        when = (weekday, weekend) if by_time else (seasons, seasons)
        charges.append(Demand(tuple(draw(tiers(2)) for _ in range(count)), *when, by_time=by_time))
    if draw(st.booleans()):
        charges.append(Minimum(draw(prices) * 100))
    if draw(st.booleans()):
        charges.append(Rider(draw(prices) / 4))
    return op.Tariff("random", tuple(charges))


@few
@given(loads(), tariffs(), st.sampled_from(["pro_rata", "chronological", "per_period"]))
def test_all_usage_is_billed_once_and_lines_are_quantity_times_price(load, tariff, rule):
    ledger = op.charges(load, tariff, tiers=rule)
    np.testing.assert_allclose(ledger["quantity"] * ledger["price"], ledger["amount_usd"], atol=1e-9)
    energy = ledger["component"] == "energy"
    assert np.isclose(ledger.loc[energy, "quantity"].sum(), load.sum())


@few
@given(loads(), tariffs(), st.sampled_from(["pro_rata", "chronological", "per_period"]))
def test_intervals_cost_what_the_bills_do(load, tariff, rule):
    costs = op.interval_costs(load, tariff, tiers=rule)
    assert np.isclose(costs["amount_usd"].sum(), op.charges(load, tariff, tiers=rule)["amount_usd"].sum())


@few
@given(loads(), tariffs(depth=1), st.floats(0, 1))
def test_untiered_energy_adds_over_a_split_of_the_load(load, tariff, share):
    def energy(part):
        ledger = op.charges(part, tariff)
        return ledger.loc[ledger["component"] == "energy", "amount_usd"].sum()

    assert np.isclose(energy(load), energy(load * share) + energy(load * (1 - share)))


@few
@given(loads(), tariffs(depth=1), st.integers(0, 10**6), st.floats(0, 20))
def test_more_usage_never_costs_less(load, tariff, place, extra):
    more = load.copy()
    more.iloc[place % len(load)] += extra
    before, after = (op.charges(each, tariff)["amount_usd"].sum() for each in (load, more))
    assert after >= before - 1e-9


@few
@given(loads(), tariffs(), st.integers(1, 60))
def test_a_revision_that_changes_nothing_changes_nothing(load, tariff, day):
    start = load.index[0].date()
    change = (load.index[0] + pd.Timedelta(days=day)).date()
    history = op.Tariff.dated([replace(tariff, start=start), replace(tariff, start=change)])
    for rule in ("pro_rata", "chronological", "per_period"):
        same, split = (op.charges(load, each, tiers=rule)["amount_usd"].sum() for each in (tariff, history))
        assert np.isclose(same, split)


@few
@given(tariffs(), st.sampled_from(ZONES), st.integers(1, 12), st.integers(1, 14))
def test_billing_by_read_dates_that_are_the_months_is_billing_by_the_month(tariff, zone, first, count):
    start = pd.Timestamp(2023, first, 1)
    index = pd.date_range(start, start + pd.DateOffset(months=count), freq="h", tz=zone, inclusive="left")
    load = pd.Series(np.random.default_rng(count).gamma(2.0, 1.0, len(index)), index=index)
    by_month = op.charges(load, tariff)
    edges = op.bill_totals(by_month)[["period_start", "period_end"]]
    assert len(edges) == count
    pd.testing.assert_frame_equal(op.charges(load, tariff, edges), by_month)


@few
@given(tariffs(), st.sampled_from(ZONES), st.integers(2022, 2024))
def test_windows_cover_each_hour_of_a_year_once(tariff, zone, year):
    index = pd.date_range(f"{year}-01-01", f"{year + 1}-01-01", freq="h", tz=zone, inclusive="left")
    energy = next(tariff.of(Energy))
    counts = op.charges(pd.Series(1.0, index=index), op.Tariff("one", (energy,)))["quantity"]
    assert np.isclose(counts.sum(), len(index))


@few
@given(loads(), tariffs())
def test_a_tariff_written_and_read_again_costs_the_same(load, tariff):
    plain = replace(tariff, charges=tuple(c for c in tariff.charges if not isinstance(c, Rider)))
    back = op.read_tariff(op.to_urdb(plain))
    assert np.isclose(op.charges(load, plain)["amount_usd"].sum(), op.charges(load, back)["amount_usd"].sum())


@few
@given(loads(), tariffs(), st.integers(2, 6))
def test_an_account_costs_the_same_alone_and_among_others(load, tariff, count):
    wide = pd.DataFrame({str(n): load * (n + 1) for n in range(count)})
    ledger = op.charges(wide, tariff)
    sums = ledger.groupby("service_account_id", observed=True)["amount_usd"].sum()
    alone = [op.charges(wide[name], tariff)["amount_usd"].sum() for name in wide]
    np.testing.assert_allclose(sums.to_numpy(), alone)
