"""One word for one idea: what rows are grouped by."""

import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError
from tests.frames import intervals

HOURLY = intervals("2023-07-01", "2023-07-04")
TEMPERATURE = pd.Series(20.0, index=HOURLY.index)
STUDIES = {
    "resample_usage": (lambda **by: op.resample_usage(HOURLY, **by), "month"),
    "split_peaks": (lambda **by: op.split_peaks(HOURLY, **by), "month"),
    "to_opendsm": (lambda **by: op.to_opendsm(HOURLY, TEMPERATURE, unit="C", **by)["a"], "day"),
}


@pytest.mark.parametrize("name", STUDIES)
def test_the_former_word_gives_the_same_with_a_warning_at_the_callers_line(name):
    study, value = STUDIES[name]
    with pytest.warns(DeprecationWarning, match=f"by='{value}'") as caught:
        former = study(freq=value)
    assert [warning.filename for warning in caught] == [__file__]
    pd.testing.assert_frame_equal(former, study(by=value))


@pytest.mark.parametrize("name", STUDIES)
def test_an_unknown_word_is_refused_by_name(name):
    study, _ = STUDIES[name]
    with pytest.raises(ArgumentError, match=r"^by must be one of .*not 'fortnight'"):
        study(by="fortnight")
