from typing import ClassVar

import numpy as np

import omnipandas as op
from tests.frames import bills, intervals
from tests.plot.figures import Manners


class TestManners(Manners):
    results: ClassVar = {"check_usage": lambda f: op.check_usage(f.drop(f.index[5:9]), bills(f))}


def test_findings_are_drawn_from_start_to_end_with_their_meaning():
    frame = intervals("2023-01-01", "2023-03-01")
    report = op.check_usage(frame.drop(frame.index[100:110]))
    bar = op.plot.check_usage(report).data[0]
    assert bar.y[0] == "gap"
    assert "intervals are absent; 10 rows" in bar.text[0]
    assert np.asarray(bar.x, "datetime64[h]")[1] - np.asarray(bar.x, "datetime64[h]")[0] == np.timedelta64(
        10, "h"
    )
