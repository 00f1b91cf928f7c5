"""Accounts of different lengths of intervals in one frame are judged each by its own."""

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import intervals, several


def spoilt(minutes, account):
    """Forty days with a flat day, two days like the one before, a gap, zeros, and a late start."""
    frame = intervals("2023-02-20", "2023-04-01", minutes=minutes, account=account, seed=minutes)
    usage = frame["total_kwh"].to_numpy().copy()
    day = 1440 // minutes
    usage[3 * day : 4 * day + 5] = 0.7
    usage[6 * day : 8 * day] = np.tile(usage[5 * day : 6 * day], 2)
    usage[9 * day : 9 * day + day // 2] = 0.0
    usage[10 * day] = 90.0
    frame = frame.assign(total_kwh=usage, on_peak_kwh=np.nan, off_peak_kwh=np.nan)
    return frame.drop(frame.index[11 * day : 11 * day + 4])


@pytest.mark.parametrize("other", [15, 30, 5])
def test_a_frame_of_two_lengths_finds_what_each_account_shows_alone(other):
    late = spoilt(other, "b").loc["2023-02-23":"2023-03-28"]
    both = several(spoilt(60, "a"), late)
    together = op.check_usage(both, start="2023-02-20", end="2023-04-01")
    assert {"flat_run", "repeated_days", "starts_late", "ends_early"} <= set(together["code"])
    for account, own in both.groupby("service_account_id", observed=True):
        own = own.assign(service_account_id=own["service_account_id"].cat.remove_unused_categories())
        alone = op.check_usage(own, start="2023-02-20", end="2023-04-01")
        mine = together[together["service_account_id"] == account]
        columns = ["code", "start", "end", "rows"]
        pd.testing.assert_frame_equal(
            pd.DataFrame(mine)[columns].reset_index(drop=True),
            pd.DataFrame(alone)[columns].reset_index(drop=True),
        )
        held = together.coverage[together.coverage["service_account_id"] == account]
        pd.testing.assert_frame_equal(
            held.drop(columns="service_account_id"), alone.coverage.drop(columns="service_account_id")
        )


def test_an_account_that_changes_its_length_is_still_judged():
    frame = pd.concat([spoilt(60, "a"), intervals("2023-04-01", "2023-04-08", minutes=15)])
    assert {"flat_run", "repeated_days"} <= set(op.check_usage(frame)["code"])
