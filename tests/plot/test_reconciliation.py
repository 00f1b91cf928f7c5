from typing import ClassVar

import pandas as pd
import pytest

import omnipandas as op
from tests.frames import bills as billed
from tests.plot.figures import LOAD, TARIFF, Manners


class TestManners(Manners):
    titled = ("xaxis2", "yaxis", "yaxis2")
    results: ClassVar = {"reconcile": lambda f: op.reconcile(op.charges(f, TARIFF), billed(f))}


def test_modelled_beside_billed_and_the_residual_with_its_verdict():
    ledger = op.charges(LOAD, TARIFF)
    bills = op.bill_totals(ledger)
    months = pd.DatetimeIndex(bills["period_start"].dt.tz_localize(None), name="month")
    monthly = pd.DataFrame(
        {
            "service_account_id": "home",
            "total_kwh": bills["usage_kwh"].to_numpy(),
            "cost_usd": bills["amount_usd"].to_numpy() + 4,
        },
        index=months,
    )
    figure = op.plot.reconcile(op.reconcile(ledger, monthly))
    assert figure.data[2].y.tolist() == pytest.approx([4.0] * 12)
    assert "4.00 USD above" in figure.data[2].customdata[0]
