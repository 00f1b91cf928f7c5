import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError, SchemaError

INDEX = pd.date_range("2023-01-01", "2024-01-01", freq="h", tz="America/Denver", inclusive="left")


@pytest.fixture(scope="module")
def home():
    rng = np.random.default_rng(5)
    return pd.Series(rng.gamma(2.0, 0.4, len(INDEX)), index=INDEX, name="home")


def billed(home, dollars, kwh=1.0, tariff=None):
    ledger = op.charges(home, tariff or op.Tariff.flat("T", 0.1, fixed=5.0))
    bills = op.bill_totals(ledger)
    monthly = pd.DataFrame(
        {
            "service_account_id": "home",
            "total_kwh": bills["usage_kwh"].to_numpy() * kwh,
            "cost_usd": dollars(bills["amount_usd"].to_numpy(), bills["usage_kwh"].to_numpy()),
        },
        index=pd.DatetimeIndex(bills["period_start"].dt.strftime("%Y-%m-01"), name="month"),
    )
    return ledger, monthly


def bend(usd, start):
    return np.where(np.arange(len(usd)) < start, usd, usd * 1.1 + np.arange(len(usd)))


@pytest.mark.parametrize(
    ("dollars", "words"),
    [
        (lambda usd, kwh: usd.round(2), "all 12 bills agree"),
        (lambda usd, kwh: usd + 3.5, "3.50 USD above the model: a fixed charge"),
        (lambda usd, kwh: usd * 1.02, "2.00% above the model: a tax"),
        (lambda usd, kwh: usd - kwh * 0.01, "0.01000 USD/kWh below the model: a price per kWh"),
        (lambda usd, kwh: bend(usd, 5), "agree until 2023-06 and not from then on"),
        (lambda usd, kwh: usd + np.arange(1, 13) ** 2, "without one pattern"),
    ],
)
def test_residuals_are_read_as_what_causes_them(home, dollars, words):
    frame = op.reconcile(*billed(home, dollars))
    assert words in frame.attrs["verdict"]["home"]
    assert list(frame.columns) == op.schema.RECONCILIATION.names


def test_usage_that_differs_is_said_before_prices_are_blamed(home):
    frame = op.reconcile(*billed(home, lambda usd, kwh: usd * 1.05, kwh=1.05))
    assert "usage differs in 12 of 12 months" in frame.attrs["verdict"]["home"]
    assert frame["verdict"].iloc[0].startswith("usage differs")


def test_months_with_no_bill_no_load_or_half_a_load_say_so(home):
    ledger, monthly = billed(home.loc["2023-01-15":"2023-04-30"], lambda usd, kwh: usd)
    monthly.loc["2023-02-01", "cost_usd"] = np.nan
    monthly.loc["2023-01-01", "cost_usd"] = 99.0
    later = monthly.iloc[[-1]].set_axis(pd.DatetimeIndex(["2023-05-01"]))
    frame = op.reconcile(ledger, pd.concat([monthly, later]).rename_axis("month"))
    assert frame["verdict"].tolist() == [
        "the load covers 17 of 31 days",
        "no bill to compare with",
        "agrees",
        "agrees",
        "not modelled: no load in this month",
    ]


def test_a_bill_stands_for_the_month_of_its_middle_day(home):
    ledger = op.charges(home, op.Tariff.flat("T", 0.1), [("2023-01-25", "2023-02-24")])
    monthly = pd.DataFrame(
        {"service_account_id": ["home"], "total_kwh": [1.0], "cost_usd": [1.0]},
        index=pd.DatetimeIndex(["2023-02-01"], name="month"),
    )
    assert op.reconcile(ledger, monthly).index.tolist() == [pd.Timestamp("2023-02-01")]


def test_bills_that_cannot_be_matched_are_refused(home):
    ledger, monthly = billed(home, lambda usd, kwh: usd)
    with pytest.raises(ArgumentError, match="no service account in common"):
        op.reconcile(ledger, monthly.assign(service_account_id="other"))
    with pytest.raises(ArgumentError, match="two bills of home for 2023-01"):
        op.reconcile(ledger, pd.concat([monthly.iloc[:1], monthly]))
    with pytest.raises(SchemaError):
        op.reconcile(monthly, monthly)
