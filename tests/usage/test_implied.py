import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import bills, intervals, several


@pytest.fixture
def monthly():
    return bills(several(intervals(), intervals("2023-03-01", "2023-09-01", account="b", seed=1)))


def test_the_prices_that_made_the_bills_are_found_within_their_intervals(monthly):
    rates = op.implied_rates(monthly)
    assert rates["told_apart"].all()
    assert rates["fixed_usd"].to_numpy() == pytest.approx([12, 12])
    assert rates["on_peak_usd_per_kwh"].to_numpy() == pytest.approx([0.2, 0.2])
    assert rates["off_peak_usd_per_kwh"].to_numpy() == pytest.approx([0.1, 0.1])


def test_intervals_hold_the_true_price_as_often_as_they_say():
    rng = np.random.default_rng(5)
    held = []
    for _ in range(150):
        on, off = rng.uniform(50, 150, 24), rng.uniform(200, 500, 24)
        month = pd.date_range("2022-01-01", periods=24, freq="MS", unit="us", name="month")
        cost = 12 + 0.2 * on + 0.1 * off + rng.normal(0, 1.5, 24)
        bill = {"service_account_id": "a", "on_peak_kwh": on, "off_peak_kwh": off, "total_kwh": on + off}
        row = op.implied_rates(pd.DataFrame({**bill, "cost_usd": cost}, index=month), confidence=0.9).iloc[0]
        held.append(row["on_peak_low"] <= 0.2 <= row["on_peak_high"])
    assert 0.83 <= np.mean(held) <= 0.96


def test_bills_that_cannot_tell_are_refused_with_a_reason(monthly):
    own = monthly[monthly["service_account_id"] == "a"]
    together = own.assign(on_peak_kwh=own["off_peak_kwh"] / 4)
    few = own.iloc[:5]
    rng = np.random.default_rng(0)
    noisy = own.assign(
        on_peak_kwh=own["off_peak_kwh"] / 4 + rng.normal(0, 0.5, 12),
        cost_usd=own["cost_usd"] + rng.normal(0, 20, 12),
    )
    for frame, reason in ((together, "rise and fall together"), (few, "5 bills"), (noisy, "open to")):
        row = op.implied_rates(frame).iloc[0]
        assert not row["told_apart"]
        assert reason in row["words"]
        assert np.isnan(row["on_peak_usd_per_kwh"])
        assert np.isnan(row["fixed_usd"])
    with pytest.raises(op.errors.ArgumentError, match="confidence"):
        op.implied_rates(own, confidence=95)
