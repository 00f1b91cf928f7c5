"""Bills by month and by read dates in what takes them."""

import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError, SchemaError
from omnipandas.intervals.billed import billed
from tests import frames

READ = ["2024-12-27", "2025-01-29", "2025-02-28", "2025-03-28", "2025-04-29", "2025-05-29", "2025-06-28"]
MIDDLE = ["2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01", "2025-05-01", "2025-06-01"]
NAMES = ["on_peak_kwh", "off_peak_kwh", "total_kwh"]


@pytest.fixture(scope="module")
def hourly():
    return frames.intervals("2024-12-01", "2025-07-10")


@pytest.fixture(scope="module")
def bills(hourly):
    """BILLS that follow from the hours, by plain loops over their local days."""
    rows = []
    for start, end in pairwise(READ):
        first, last = (pd.Timestamp(day, tz=frames.NEW_YORK) for day in (start, end))
        usage = hourly[(hourly.index >= first) & (hourly.index < last)][NAMES].sum()
        cost = 12 + 0.2 * usage["on_peak_kwh"] + 0.1 * usage["off_peak_kwh"]
        rows.append((pd.Timestamp(start), "a", pd.Timestamp(end), *usage, cost))
    columns = ["period_start", "service_account_id", "period_end", *NAMES, "cost_usd"]
    return pd.DataFrame(rows, columns=columns).set_index("period_start")


def as_months(bills):
    return bills.drop(columns="period_end").rename_axis("month")


def test_a_bill_belongs_to_the_month_of_its_middle_day(bills):
    assert [f"{month:%Y-%m-%d}" for month in billed(bills, []).months] == MIDDLE
    prices = op.cost_per_kwh(bills)
    assert [f"{month:%Y-%m-%d}" for month in prices.index] == MIDDLE
    np.testing.assert_allclose(prices["all_in_usd_per_kwh"], bills["cost_usd"] / bills["total_kwh"])


def test_prices_are_found_in_bills_by_read_dates(bills):
    rates = op.implied_rates(bills)
    assert rates[["fixed_usd", "on_peak_usd_per_kwh", "off_peak_usd_per_kwh"]].to_numpy() == pytest.approx(
        np.array([[12, 0.2, 0.1]])
    )
    assert op.cost_per_kwh(bills, by="period", rates=rates)["usage_kwh"].tolist() == pytest.approx(
        [bills["on_peak_kwh"].sum(), bills["off_peak_kwh"].sum()]
    )


def test_hours_are_held_against_the_days_of_each_bill(hourly, bills):
    assert op.check_usage(hourly, bills).empty
    wrong = bills.copy()
    wrong.iloc[1, wrong.columns.get_loc("total_kwh")] += 50
    report = op.check_usage(hourly, wrong)
    assert "month_mismatch" in report["code"].tolist()
    row = report[report["code"] == "month_mismatch"].iloc[0]
    assert (row["start"], row["end"]) == tuple(pd.Timestamp(day, tz=frames.NEW_YORK) for day in READ[1:3])


def test_absent_and_overlapping_bills_are_found(hourly, bills):
    absent = op.check_usage(hourly, bills.drop(bills.index[2]))
    assert absent["code"].tolist() == ["month_missing"]
    assert absent["start"].iloc[0] == pd.Timestamp(READ[2], tz=frames.NEW_YORK)
    late = op.check_usage(hourly, bills.iloc[:-1])
    assert late["code"].tolist() == ["month_missing"]
    twice = op.check_usage(hourly, pd.concat([bills, bills.iloc[[3]]]).sort_index())
    assert twice["code"].tolist() == ["month_double"]


def test_bills_and_readings_without_an_account_in_common_are_refused(hourly, bills):
    with pytest.raises(ArgumentError, match="no service account is in both"):
        op.check_usage(hourly, bills.assign(service_account_id="other"))


def test_a_ledger_by_the_bills_is_held_against_them(hourly, bills):
    tariff = op.Tariff.flat("Basic", 0.10)
    residual = op.reconcile(op.charges(hourly, tariff, billing_periods=bills), bills)
    np.testing.assert_allclose(residual["modelled_kwh"], bills["total_kwh"])
    np.testing.assert_allclose(residual["modelled_usd"], 0.1 * bills["total_kwh"], atol=0.01)
    months = op.charges(hourly[hourly.index < "2025-07-01"], tariff)
    with pytest.raises(ArgumentError, match=re.escape("billing_periods=bills")):
        op.reconcile(months, bills)


def test_bars_stand_over_the_days_that_they_are_of(bills):
    bar = op.plot.monthly(bills).data[0]
    assert pd.DatetimeIndex(bar.x)[0] == pd.Timestamp(READ[0])
    assert bar.width[0] == 33 * 86_400_000
    assert bar.customdata[0] == "27 Dec 2024 to 28 Jan 2025"
    two = pd.concat([bills, bills.assign(service_account_id="b")])
    first, second = op.plot.monthly_cost(two).data
    assert first.offset[0] + first.width[0] == second.offset[0]


@pytest.mark.parametrize(
    "taker",
    [
        op.cost_per_kwh,
        op.implied_rates,
        op.plot.monthly,
        op.plot.monthly_cost,
        lambda monthly: op.check_usage(frames.intervals("2025-01-01", "2025-01-03"), monthly),
        lambda monthly: op.reconcile(
            op.charges(frames.intervals("2025-01-01", "2025-02-01"), op.Tariff.flat("Basic", 0.1)), monthly
        ),
    ],
)
def test_read_dates_are_no_months(bills, taker):
    with pytest.raises(SchemaError, match=re.escape("2024-12-27, which is no month's first day")):
        taker(as_months(bills))


def test_periods_that_cannot_be_right_are_refused(bills):
    with pytest.raises(SchemaError, match="not after it starts"):
        billed(bills.assign(period_end=bills.index), [])
    with pytest.raises(SchemaError, match="time zone"):
        billed(bills.tz_localize("UTC"), [])
    with pytest.raises(SchemaError, match="times of day"):
        billed(bills.set_axis(bills.index + pd.Timedelta(hours=1)), [])
    with pytest.raises(SchemaError, match="period_end"):
        billed(bills.assign(period_end="soon"), [])
    assert billed(bills.reset_index(), []).days.tolist() == billed(bills, []).days.tolist()
