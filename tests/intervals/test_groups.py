"""Groups of many accounts are kept apart, however many they are and however late the time."""

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.intervals.groups import highest_so_far, same_key
from omnipandas.intervals.ordered import sorted_rows


def accounts(count, days=9, minutes=60):
    """Accounts of constant usage, each its own number, over a change of the clocks."""
    index = pd.date_range("2023-03-06", periods=days * 1440 // minutes, freq=f"{minutes}min", unit="us")
    return op.intervals(
        pd.DataFrame(
            np.tile(np.arange(1.0, count + 1), (len(index), 1)),
            index=index.tz_localize("UTC").tz_convert("America/New_York"),
            columns=[f"home {place:04d}" for place in range(count)],
        )
    )


@pytest.mark.parametrize("count", [129, 260, 2000])
@pytest.mark.parametrize("method", ["linear", "typical", "week_before"])
def test_each_account_is_filled_with_its_own_readings(count, method):
    frame = accounts(count)
    at = frame.index == frame.index.unique()[8 * 24 + 5]
    filled = op.fill_gaps(frame[~at], method)
    made = filled[filled["filled"]]
    assert len(made) == count
    np.testing.assert_allclose(made["total_kwh"], np.arange(1.0, count + 1), rtol=1e-12)


@pytest.mark.parametrize("count", [260, 2000])
def test_each_accounts_gap_is_found_where_lengths_are_mixed(count):
    frame = accounts(count, days=2)
    code = frame["service_account_id"].cat.codes
    hour = (frame.index - frame.index[0]) // pd.Timedelta("1h")
    # Each account lacks one hour; every other one has its last hour in quarters.
    last = (hour == 47) & (code % 2 == 0)
    quarters = [
        frame[last].set_axis(frame.index[last] + pd.Timedelta(minutes=start)) for start in (0, 15, 30, 45)
    ]
    fine = pd.concat(quarters).assign(interval_end=lambda own: own.index + pd.Timedelta("15min"))
    mixed = pd.concat([frame[(hour != 5 + code % 20) & ~last], fine])
    rows = sorted_rows(mixed)
    assert rows.load.one_length is None
    account, start, end, intervals = rows.gaps
    assert len(account) == count
    assert set(account.tolist()) == set(range(count))
    assert (end - start == 3_600_000_000).all()
    assert (intervals == 1).all()
    report = op.check_usage(mixed)
    assert (report["code"] == "gap").sum() == count


def test_a_running_maximum_stays_within_its_group_at_the_ends_of_time():
    ends = np.array([5, 3, 2**62, 1, -(2**62), 7, 6], dtype=np.int64)
    group = np.array([0, 0, 0, 1, 1, 2, 2])
    assert highest_so_far(group, ends).tolist() == [5, 5, 2**62, 1, 1, 7, 7]


def test_a_key_is_looked_for_in_the_rows_own_group():
    group = np.array([0, 0, 0, 2**40, 2**40])
    key = np.array([10, 20, 20, 2**60, 2**60 + 10])
    assert same_key(group, key, key - 10).tolist() == [-1, 0, 0, -1, 3]
    assert same_key(group, key, key).tolist() == [0, 1, 1, 3, 4]
