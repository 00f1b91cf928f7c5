"""The sandbox's loads lie inside the range of real ones, and the page that says so is true."""

from __future__ import annotations

import runpy

import pandas as pd
import pytest

from omnipandas.sandbox import premises

from . import realism


@pytest.fixture(scope="module")
def measured():
    return realism.measured()


@pytest.mark.parametrize("key", [premise.key for premise in premises.PREMISES])
def test_every_figure_lies_inside_the_range_of_real_premises(measured, key):
    premise, found = measured[key]
    assert realism.outside(premise, found) == []


@pytest.mark.parametrize("premise", premises.PREMISES, ids=lambda one: one.key)
def test_so_do_the_shapes_of_each_year_alone_save_a_near_miss(premise):
    """A single year may leave a range once: one real home against the others does so up to seven times."""
    roof = not isinstance(premise.load, premises.Business) and premise.load.roof
    whole = realism.load(premise, before_panels=bool(roof))
    for year in realism.YEARS:
        found = realism.figures(whole[whole.index.year == year])
        left = realism.outside(premise, found)
        assert len(set(left) & set(realism.SHAPES)) <= 1


def test_what_the_solar_house_takes_from_the_grid_differs_as_a_real_one_does(measured):
    premise, found = measured["sunny-roof, net"]
    assert set(realism.outside(premise, found)) & set(realism.SHAPES) == {"cv", "base", "on_share"}
    usage = realism.load(premise)
    assert 0.15 < (usage == 0).mean() < 0.35  # 0.27 in a real home with panels


def test_the_page_is_what_the_loads_say(measured):
    assert realism.PAGE.read_text(encoding="utf-8") == realism.page(measured)


@pytest.mark.shared
def test_the_ranges_and_the_figures_are_those_of_the_reference(shared):
    envelope = pd.read_csv(shared / "data" / "envelope.csv", index_col=[0, 1])
    assert set(envelope.columns) == set(realism.SHAPES)
    for name, (_, *limits) in realism.SHAPES.items():
        for kind, (low, high) in zip(("res", "com"), limits, strict=True):
            assert envelope.loc[(kind, "min"), name] == low
            assert envelope.loc[(kind, "max"), name] == high
    reference = runpy.run_path(str(shared / "data" / "realism.py"))
    premise = premises.PREMISES[3]
    usage = realism.load(premise)
    theirs, ours = reference["describe"](usage), realism.figures(usage)
    for name, value in ours.items():
        assert value == pytest.approx(theirs[name], rel=0.01, abs=0.002), name
