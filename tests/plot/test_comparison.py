from typing import ClassVar

import omnipandas as op
from tests.plot.figures import Manners


class TestManners(Manners):
    results: ClassVar = {
        "compare_periods": lambda f: op.compare_periods(
            f, (str(f.index[0].date()), "2014-07-01"), ("2014-12-31", "2015-07-01")
        )
    }
