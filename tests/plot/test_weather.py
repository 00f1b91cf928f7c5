from typing import ClassVar

import omnipandas as op
from tests.plot.figures import Manners, temperature


class TestManners(Manners):
    results: ClassVar = {
        "degree_days": lambda f: op.degree_days(temperature(f), "day", unit="C"),
        "weather_fit": lambda f: op.weather_fit(f, temperature(f), unit="C"),
    }
