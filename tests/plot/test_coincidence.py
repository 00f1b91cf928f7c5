from typing import ClassVar

import omnipandas as op
from tests.plot.figures import Manners, two


class TestManners(Manners):
    results: ClassVar = {"coincident_peak": lambda f: op.coincident_peak(two(f), "day")}
