from typing import ClassVar

import pytest

import omnipandas as op
from tests.plot.figures import Manners, assert_no_two_hours_lie_on_one_another, autumn_days


class TestManners(Manners):
    results: ClassVar = {"resample_usage": lambda f: op.resample_usage(f, "hour")}


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe"])
def test_no_two_hours_lie_on_one_another_where_the_clocks_change(zone):
    usage = op.resample_usage(autumn_days(zone), "hour")
    assert_no_two_hours_lie_on_one_another(op.plot.resample_usage(usage))
