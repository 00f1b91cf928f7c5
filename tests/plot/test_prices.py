from typing import ClassVar

import numpy as np

import omnipandas as op
from tests.frames import bills, intervals
from tests.plot.figures import Manners


class TestManners(Manners):
    results: ClassVar = {"cost_per_kwh": lambda f: op.cost_per_kwh(bills(f))}


def test_an_unknown_price_breaks_the_line():
    monthly = bills(intervals())
    monthly.iloc[4, -1] = np.nan
    line = op.plot.cost_per_kwh(op.cost_per_kwh(monthly)).data[0]
    assert np.isnan(line.y[4])
    assert line.connectgaps is not True
