import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import ODD_ZONES, intervals, several


def slow_means(frame, keys):
    """Means by a plain loop over rows: key of a local stamp -> mean kW."""
    found: dict = {}
    for stamp, kwh, end in zip(frame.index, frame["total_kwh"], frame["interval_end"], strict=True):
        if not np.isnan(kwh):
            sums = found.setdefault(keys(stamp), [0.0, 0.0])
            sums[0] += kwh
            sums[1] += (end - stamp) / pd.Timedelta("1h")
    return {key: kwh / hours for key, (kwh, hours) in found.items()}


@pytest.mark.parametrize("zone", ODD_ZONES)
def test_the_profile_of_a_year_is_the_mean_of_each_local_hour(zone):
    frame = intervals("2023-01-01", "2024-01-01", tz=zone)
    profile = op.load_profile(frame)
    expected = slow_means(frame, lambda stamp: stamp.hour)
    assert list(profile.index) == list(range(24))
    assert profile["mean_kw"].to_numpy() == pytest.approx([expected[hour] for hour in range(24)])
    assert profile["hours"].sum() == pytest.approx(8760)
    assert (profile["missing_hours"] == 0).all()


def test_spring_has_one_two_oclock_less_and_autumn_one_one_oclock_more():
    spring = op.load_profile(intervals("2023-03-11", "2023-03-13"))["hours"]
    autumn = op.load_profile(intervals("2023-11-04", "2023-11-06"))["hours"]
    assert spring[2] == 1
    assert autumn[1] == 3
    assert spring.drop(2).eq(2).all()
    assert autumn.drop(1).eq(2).all()


def test_groups_are_those_of_the_local_day():
    frame = intervals("2023-06-29", "2023-07-06", tz="America/Denver")
    profile = op.load_profile(frame, by=["month", "day_type"], holidays="CO")
    expected = slow_means(
        frame,
        lambda s: (
            s.month,
            "holiday" if (s.month, s.day) == (7, 4) else "weekend" if s.day_of_week > 4 else "weekday",
            s.hour,
        ),
    )
    got = {
        (r.month, r.day_type, hour): r.mean_kw
        for hour, r in zip(profile.index, profile.itertuples(), strict=False)
    }
    assert got == pytest.approx(expected)


def test_seasons_are_meteorological_or_the_users_own():
    frame = intervals()
    profile = op.load_profile(frame, by="season")
    assert list(profile["season"].unique()) == ["winter", "spring", "summer", "autumn"]
    own = {"summer": range(5, 11), "winter": (11, 12, 1, 2, 3, 4)}
    two = op.load_profile(frame, by="season", seasons=own).set_index("season", append=True)
    warm = frame[frame.index.month.isin(range(5, 11)) & (frame.index.hour == 7)]["total_kwh"].mean()
    assert two.loc[(7, "summer"), "mean_kw"] == pytest.approx(warm)


def test_accounts_are_told_apart_and_zones_of_quarter_hours_are_kept_in_kw():
    frame = several(
        intervals("2023-07-01", "2023-07-03"),
        intervals("2023-07-01", "2023-07-03", minutes=15, account="b", seed=1),
    )
    profile = op.load_profile(frame, by="account")
    for account, own in frame.groupby("service_account_id", observed=True):
        expected = slow_means(own, lambda stamp: stamp.hour)
        rows = profile[profile["service_account_id"] == account]
        assert dict(rows["mean_kw"]) == pytest.approx(expected)


def test_missing_hours_are_counted_where_they_are_missing():
    frame = intervals("2023-07-01", "2023-07-11")
    holed = frame.drop(frame.index[30:33])  # 6:00 to 9:00 of 2 July
    holed.loc[holed.index[104], "total_kwh"] = np.nan
    profile = op.load_profile(several(holed, intervals("2023-07-03", "2023-07-05", account="b")))
    rows = profile[profile["service_account_id"] == "a"]
    unknown = holed.index[104].hour
    assert rows["missing_hours"][rows["missing_hours"] > 0].to_dict() == {6: 1, 7: 1, 8: 1, unknown: 1}
    assert (profile[profile["service_account_id"] == "b"]["missing_hours"] == 0).all()
    assert (rows["hours"] + rows["missing_hours"] == 10).all()


def test_quantiles_are_those_of_numpy():
    frame = several(intervals("2023-02-01", "2023-05-01"), intervals("2023-03-01", "2023-06-01", account="b"))
    frame.iloc[17, frame.columns.get_loc("total_kwh")] = np.nan
    profile = op.load_profile(frame, by="month", quantiles=(0, 0.1, 0.5, 1))
    for hour, row in zip(profile.index, profile.itertuples(), strict=True):
        own = frame[
            (frame["service_account_id"] == row.service_account_id)
            & (frame.index.month == row.month)
            & (frame.index.hour == hour)
        ]["total_kwh"]
        expected = np.nanquantile(own, [0, 0.1, 0.5, 1])
        assert [row.p0_kw, row.p10_kw, row.p50_kw, row.p100_kw] == pytest.approx(expected)


@pytest.mark.parametrize("bad", ["hour", "seasons", ["season", "season"]])
def test_an_unknown_or_repeated_group_is_refused(bad):
    with pytest.raises(op.errors.ArgumentError):
        op.load_profile(intervals("2023-01-01", "2023-01-02"), by=bad)


def test_bad_quantiles_and_seasons_are_refused():
    frame = intervals("2023-01-01", "2023-01-02")
    with pytest.raises(op.errors.ArgumentError, match="between 0 and 1"):
        op.load_profile(frame, quantiles=[10])
    with pytest.raises(op.errors.ArgumentError, match="no season"):
        op.load_profile(frame, by="season", seasons={"summer": [6, 7]})
    with pytest.raises(op.errors.ArgumentError, match="two seasons"):
        op.load_profile(frame, by="season", seasons={"a": range(1, 13), "b": [6]})
    with pytest.raises(op.errors.ArgumentError, match="XX"):
        op.load_profile(frame, by="day_type", holidays="XX")
