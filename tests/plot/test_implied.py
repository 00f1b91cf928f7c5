from typing import ClassVar

import omnipandas as op
from tests.frames import bills
from tests.plot.figures import Manners


class TestManners(Manners):
    results: ClassVar = {"implied_rates": lambda f: op.implied_rates(bills(f))}
