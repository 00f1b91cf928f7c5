from typing import ClassVar

import pytest

import omnipandas as op
from tests.frames import intervals
from tests.plot.figures import Manners, assert_no_two_hours_lie_on_one_another, autumn_days, two


class TestManners(Manners):
    results: ClassVar = {"fill_gaps": lambda f: op.fill_gaps(f.drop(f.index[1000:1100]), "typical")}


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe"])
def test_no_two_hours_lie_on_one_another_where_the_clocks_change(zone):
    assert_no_two_hours_lie_on_one_another(op.plot.fill_gaps(op.fill_gaps(autumn_days(zone), "linear")))


def test_a_figure_of_one_account_says_what_to_choose():
    filled = op.fill_gaps(two(intervals("2023-01-01", "2023-02-01")), "linear")
    with pytest.raises(op.errors.ArgumentError, match="choose one"):
        op.plot.fill_gaps(filled)
