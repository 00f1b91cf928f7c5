from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError
from tests.plot.figures import LOAD, TARIFF, Manners


class TestManners(Manners):
    results: ClassVar = {"cost_by_hour": lambda f: op.interval_costs(f, TARIFF)}


class TestMannersOverPrice(Manners):
    titled = ("xaxis2", "yaxis", "yaxis2")
    results: ClassVar = {"interval_costs": lambda f: op.interval_costs(f, TARIFF).loc["2023-03"]}


@pytest.fixture(scope="module")
def costs():
    return op.interval_costs(LOAD, TARIFF)


def test_load_over_price_keeps_every_hour_of_the_autumn_change_apart(costs):
    figure = op.plot.interval_costs(costs.loc["2023-11-04":"2023-11-06"])
    assert (np.diff(figure.data[0].x) == np.timedelta64(1, "h")).all()
    assert sum(text.endswith("5 Nov 2023 01:00") for text in figure.data[0].customdata) == 2
    both = op.interval_costs(pd.DataFrame({"a": LOAD, "b": LOAD}), TARIFF)
    with pytest.raises(ArgumentError, match="one account"):
        op.plot.interval_costs(both)


def test_the_cost_of_an_hour_is_its_dollars_by_its_usage(costs):
    figure = op.plot.cost_by_hour(costs)
    total = sum(np.asarray(bar.y) for bar in figure.data)
    evening = costs[costs.index.hour == 19]
    assert total[19] == pytest.approx(evening["amount_usd"].sum() / evening["usage_kwh"].sum())
