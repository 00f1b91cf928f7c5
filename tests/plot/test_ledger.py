from typing import ClassVar

import pytest

import omnipandas as op
from omnipandas.errors import SchemaError
from tests.plot.figures import LOAD, TARIFF, Manners


class TestManners(Manners):
    results: ClassVar = {"charges": lambda f: op.charges(f, TARIFF)}


def test_bills_are_stacked_by_component_and_add_up():
    ledger = op.charges(LOAD, TARIFF)
    figure = op.plot.charges(ledger)
    assert [bar.name for bar in figure.data] == ["fixed", "energy", "demand"]
    assert sum(sum(bar.y) for bar in figure.data) == pytest.approx(ledger["amount_usd"].sum())
    with pytest.raises(SchemaError):
        op.plot.charges(ledger.drop(columns="component"))
