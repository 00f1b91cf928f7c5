import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import intervals, several


@pytest.mark.parametrize("by", ["day", "month"])
def test_the_common_peak_is_that_of_the_sum(by):
    a = intervals("2023-10-20", "2023-11-10")
    b = intervals("2023-10-20", "2023-11-10", account="b", seed=9)
    b.iloc[30, b.columns.get_loc("total_kwh")] = np.nan
    got = op.coincident_peak(several(a, b), by)
    both = a["total_kwh"] + b["total_kwh"]
    key = both.index.date if by == "day" else both.index.month
    at = both.groupby(key).idxmax()
    assert list(got["coincident_at"].iloc[::2]) == list(at)
    assert got["system_peak_kw"].iloc[::2].to_numpy() == pytest.approx(both[at].to_numpy())
    assert got["coincident_kw"].iloc[1::2].to_numpy() == pytest.approx(b["total_kwh"][at].to_numpy())
    own = a["total_kwh"].where(both.notna()).groupby(key).max()
    assert got["own_peak_kw"].iloc[::2].to_numpy() == pytest.approx(own.to_numpy())
    assert (got["coincidence_factor"] <= 1 + 1e-12).all()
    assert got["missing_hours"].sum() >= 2  # one unknown hour, told of both accounts


def test_a_common_peak_needs_one_length_and_no_doubles():
    a = intervals("2023-01-01", "2023-01-03")
    with pytest.raises(op.errors.ArgumentError, match="resample_usage"):
        op.coincident_peak(several(a, intervals("2023-01-01", "2023-01-03", minutes=15, account="b")))
    with pytest.raises(op.errors.ArgumentError, match="twice"):
        op.coincident_peak(pd.concat([a, a.iloc[:1]]))
