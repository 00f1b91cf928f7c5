from typing import ClassVar

import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError
from tests.plot.figures import LOAD, TARIFF, Manners

TARIFFS = [TARIFF, op.read_tariff("jea-residential"), op.read_tariff("sce-gs-2-b")]


class TestManners(Manners):
    results: ClassVar = {"compare_tariffs": lambda f: op.compare_tariffs(f, TARIFFS)}


@pytest.fixture(scope="module")
def ranking():
    return op.compare_tariffs(LOAD, TARIFFS)


def test_a_ranking_has_the_cheapest_on_top_and_pales_what_may_not_be_taken(ranking):
    figure = op.plot.compare_tariffs(ranking)
    energy = next(bar for bar in figure.data if bar.name == "energy")
    assert energy.y[-1].startswith("RS Residential")
    assert energy.marker.opacity.tolist() == [0.35, 1.0, 1.0]
    with pytest.raises(ArgumentError, match="no account"):
        op.plot.compare_tariffs(ranking, "elsewhere")
    two = op.compare_tariffs(pd.DataFrame({"a": LOAD, "b": LOAD}), [TARIFF])
    with pytest.raises(ArgumentError, match="2 accounts"):
        op.plot.compare_tariffs(two)
    assert op.plot.compare_tariffs(two, "b").data


def test_a_waterfall_leads_from_one_total_to_the_other(ranking):
    bars = op.plot.tariff_difference(ranking, TARIFF.name).data[0]
    steps = [y for y, kind in zip(bars.y, bars.measure, strict=True) if kind == "relative"]
    assert bars.y[0] + sum(steps) == pytest.approx(bars.y[-1])
    with pytest.raises(ArgumentError, match="not in the ranking"):
        op.plot.tariff_difference(ranking, "elsewhere")
