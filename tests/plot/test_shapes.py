from typing import ClassVar

import pytest

import omnipandas as op
from tests.frames import intervals
from tests.plot.figures import Manners, two


class TestManners(Manners):
    results: ClassVar = {
        "load_duration": op.load_duration,
        "load_heatmap": op.load_heatmap,
        "typical_week": lambda f: op.typical_week(f, "season"),
    }


def test_a_figure_of_one_account_says_what_to_choose():
    heat = op.load_heatmap(two(intervals("2023-01-01", "2023-02-01")))
    with pytest.raises(op.errors.ArgumentError, match="choose one"):
        op.plot.load_heatmap(heat)
