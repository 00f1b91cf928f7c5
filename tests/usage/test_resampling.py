import pytest

import omnipandas as op
from tests.frames import ODD_ZONES, intervals


@pytest.mark.parametrize("zone", ODD_ZONES)
@pytest.mark.parametrize("freq", ["hour", "30min"])
def test_short_intervals_never_overlap_where_the_clocks_change(zone, freq):
    frame = intervals("2023-03-01", "2023-11-20", tz=zone, minutes=15)
    usage = op.resample_usage(frame, freq)
    assert (usage["interval_end"].iloc[:-1].to_numpy() == usage.index[1:].tz_convert("UTC")).all()
    assert (usage["missing_hours"] == 0).all()
    assert not usage.index.has_duplicates


def test_weeks_begin_on_monday_and_quarters_with_their_month():
    frame = intervals("2023-10-28", "2024-01-03")
    weeks = op.resample_usage(frame, "week")
    assert set(weeks.index.day_of_week) == {0}
    assert weeks["missing_hours"].iloc[0] == 5 * 24
    quarters = op.resample_usage(frame, "quarter")
    assert list(quarters.index.strftime("%Y-%m-%d")) == ["2023-10-01", "2024-01-01"]
    with pytest.raises(op.errors.ArgumentError, match="quarter"):
        op.resample_usage(frame, "decade")
