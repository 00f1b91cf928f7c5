import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import TariffError
from omnipandas.tariffs.export_rules import Export

INDEX = pd.date_range("2024-01-01", periods=48, freq="h", tz="America/New_York")


def priced(usd, **settings):
    return Export("net_billing", prices=pd.Series(usd, index=INDEX, dtype=float), **settings)


def test_export_prices_are_equal_by_value():
    assert priced(0.1) == priced(0.1)
    assert hash(priced(0.1)) == hash(priced(0.1))
    assert priced(0.1) != priced(0.2)
    assert priced(0.1) != priced(0.1, true_up_month=3)
    assert priced(0.1) != Export("net_billing", 0.1)
    assert Export("net_billing", 0.1) != "net_billing"


def test_a_tariff_does_not_change_with_the_prices_that_it_was_made_of():
    prices = pd.Series(0.1, index=INDEX)
    tariff = op.Tariff.flat("T", 0.2).with_export("net_billing", prices=prices)
    prices[:] = 9.0
    sent = op.charges(pd.Series(1.0, index=INDEX), tariff, export=pd.Series(0.5, index=INDEX))
    assert sent.set_index("charge").loc["export credit", "amount_usd"] == pytest.approx(-2.4)


def test_prices_that_are_no_series_are_refused():
    with pytest.raises(TariffError, match="prices must be a Series, not list"):
        Export("net_billing", prices=[0.1])
