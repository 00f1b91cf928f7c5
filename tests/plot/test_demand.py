from typing import ClassVar

import omnipandas as op
from tests.plot.figures import Manners


class TestManners(Manners):
    results: ClassVar = {
        "base_load": op.base_load,
        "load_factor": lambda f: op.load_factor(f, "day"),
        "peak_demand": lambda f: op.peak_demand(f, "day"),
        "ramp": lambda f: op.ramp(f, "day"),
    }
