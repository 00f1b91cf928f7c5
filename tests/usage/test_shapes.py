import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import ODD_ZONES, intervals, several


@pytest.mark.parametrize("zone", ODD_ZONES[:5])
def test_the_heatmap_has_each_hour_of_each_day_once(zone):
    frame = intervals("2023-03-01", "2023-11-30", tz=zone)
    heat = op.load_heatmap(frame)
    days = (pd.Timestamp("2023-11-30") - pd.Timestamp("2023-03-01")).days
    assert len(heat) == days * 24
    plain = frame["total_kwh"].groupby([frame.index.strftime("%Y-%m-%d"), frame.index.hour]).mean()
    got = heat.dropna().set_index([heat.dropna().index.strftime("%Y-%m-%d"), "hour"])["mean_kw"]
    assert got.to_numpy() == pytest.approx(plain.to_numpy())
    assert heat["hours"].sum() == len(frame)


def test_spring_leaves_a_cell_empty_and_autumn_holds_two_hours():
    spring = op.load_heatmap(intervals("2023-03-12", "2023-03-13")).set_index("hour")
    assert np.isnan(spring.loc[2, "mean_kw"])
    assert spring["hours"].sum() == 23
    autumn = op.load_heatmap(intervals("2023-11-05", "2023-11-06")).set_index("hour")
    assert autumn.loc[1, "hours"] == 2


def test_the_twelve_by_twenty_four_puts_years_together():
    frame = several(intervals("2022-01-01", "2024-01-01"), intervals("2023-02-01", "2023-04-01", account="b"))
    heat = op.load_heatmap(frame, "month")
    own = heat[heat["service_account_id"] == "a"]
    assert len(own) == 12 * 24
    a = frame[frame["service_account_id"] == "a"]
    assert own["mean_kw"].to_numpy() == pytest.approx(
        a["total_kwh"].groupby([a.index.month, a.index.hour]).mean().to_numpy()
    )
    assert len(heat[heat["service_account_id"] == "b"]) == 2 * 24


def test_days_without_a_reading_between_others_are_there_and_empty():
    frame = intervals("2023-07-01", "2023-07-05")
    heat = op.load_heatmap(frame[frame.index.day != 2])
    assert heat.loc["2023-07-02", "mean_kw"].isna().all()
    assert len(heat) == 4 * 24


def test_the_duration_curve_holds_all_energy_in_order():
    frame = several(
        intervals("2023-01-01", "2023-02-01"), intervals("2023-01-01", "2023-02-01", account="b", minutes=15)
    )
    frame.iloc[5, frame.columns.get_loc("total_kwh")] = np.nan
    curve = op.load_duration(frame)
    for account, own in curve.groupby("service_account_id", observed=True):
        rows = frame[(frame["service_account_id"] == account) & frame["total_kwh"].notna()]
        length = (rows["interval_end"] - rows.index) / pd.Timedelta("1h")
        assert own["load_kw"].is_monotonic_decreasing
        assert own["load_kw"].to_numpy() == pytest.approx(
            np.sort((rows["total_kwh"] / length).to_numpy())[::-1]
        )
        assert own["hours"].iloc[-1] == pytest.approx(length.sum())
        assert own["share"].iloc[-1] == pytest.approx(1)
        assert list(own.index) == list(range(1, len(own) + 1))
        energy = (own["load_kw"] * np.diff(own["hours"], prepend=0)).sum()
        assert energy == pytest.approx(rows["total_kwh"].sum())


def test_the_typical_week_is_the_mean_of_each_of_its_hours():
    frame = intervals("2023-03-01", "2023-06-01")
    week = op.typical_week(frame)
    key = frame.index.day_of_week * 24 + frame.index.hour
    assert week["mean_kw"].to_numpy() == pytest.approx(frame["total_kwh"].groupby(key).mean().to_numpy())
    assert list(week.index) == list(range(168))
    two = op.typical_week(frame, by="season", quantiles=[0.5])
    assert list(two["season"].unique()) == ["spring"]
    assert two["p50_kw"].iloc[3] == pytest.approx(frame["total_kwh"][key == 3].median())
    with pytest.raises(op.errors.ArgumentError, match="weekday"):
        op.typical_week(frame, by="day_type")
