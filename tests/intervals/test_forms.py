"""Usage in any form becomes INTERVALS."""

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import ArgumentError, QualityWarning, SchemaError
from omnipandas.schema import INTERVALS
from tests.frames import ODD_ZONES

DENVER = "America/Denver"


def series(count=48, start="2023-01-01", freq="h", tz=DENVER, name=None):
    index = pd.date_range(start, periods=count, freq=freq, tz=tz)
    return pd.Series(np.arange(count) / 8, index=index, name=name)


def test_the_function_is_there_though_a_room_has_its_name():
    from omnipandas.intervals.units import HOUR  # binds the room's name to the package

    assert HOUR == 3_600_000_000
    assert op.intervals(series()).index.name == "interval_start"


@pytest.mark.parametrize("zone", ODD_ZONES)
@pytest.mark.parametrize("freq", ["h", "15min"])
def test_a_series_becomes_intervals_that_studies_take(zone, freq):
    usage = series(24 * 400, "2024-01-01", freq, zone, "home")
    frame = op.intervals(usage)
    INTERVALS.require(frame)
    assert list(frame.columns) == INTERVALS.names
    assert str(frame.index.dtype) == f"datetime64[us, {zone}]"
    assert frame.index.name == "interval_start"
    assert (frame["interval_end"] - frame.index == pd.Timedelta(freq if freq != "h" else "1h")).all()
    assert frame[["on_peak_kwh", "off_peak_kwh"]].isna().all(axis=None)
    np.testing.assert_array_equal(frame["total_kwh"], usage)
    assert frame["service_account_id"].unique().tolist() == ["home"]
    assert "gap" not in set(op.check_usage(frame)["code"])
    tariff = op.Tariff.flat("T", 0.1)
    pd.testing.assert_frame_equal(op.charges(frame, tariff), op.charges(usage, tariff))


@pytest.mark.parametrize("zone", ODD_ZONES)
def test_naive_stamps_are_the_wall_time_of_the_zone(zone):
    aware = pd.Series(1.0, index=pd.date_range("2023-01-01", "2024-01-01", freq="h", tz=zone))
    wall = aware.set_axis(aware.index.tz_localize(None))
    assert op.intervals(wall, timezone=zone).index.equals(aware.index.as_unit("us"))
    with pytest.raises(ArgumentError, match="timezone="):
        op.intervals(wall)


def test_a_wall_time_that_is_not_moves_and_is_told():
    wall = pd.Series(1.0, index=pd.date_range("2023-03-12", periods=3, freq="h"))
    with pytest.warns(QualityWarning, match="2023-03-12 02:00"):
        frame = op.intervals(wall, timezone="America/New_York")
    assert frame.index[-1] == pd.Timestamp("2023-03-12 03:00", tz="America/New_York")


def test_aware_stamps_are_put_into_the_zone():
    frame = op.intervals(series(tz="UTC"), timezone=DENVER)
    assert str(frame.index.tz) == DENVER
    assert frame.index[0] == pd.Timestamp("2023-01-01", tz="UTC")
    assert str(op.intervals(series(tz="UTC")).index.tz) == "UTC"


def test_a_frame_of_accounts_becomes_rows_sorted_by_start():
    wide = pd.DataFrame({"b": series(), 7: series() * 2})
    before = wide.copy()
    frame = op.intervals(wide.iloc[::-1])
    pd.testing.assert_frame_equal(wide, before)
    assert frame.index.is_monotonic_increasing
    assert frame["service_account_id"].cat.categories.tolist() == ["b", "7"]
    assert frame["service_account_id"].head(2).tolist() == ["b", "7"]
    for name, own in (("b", wide["b"]), ("7", wide[7])):
        np.testing.assert_array_equal(frame.loc[frame["service_account_id"] == name, "total_kwh"], own)


@pytest.mark.parametrize("values", [[1, 2, 3], (1.0, 2.0, 3.0), np.array([1, 2, 3], dtype="int8")])
def test_an_array_starts_where_it_is_told(values):
    frame = op.intervals(values, start="2023-11-05", timezone="America/New_York", minutes=30)
    assert [str(stamp) for stamp in frame.index] == [
        "2023-11-05 00:00:00-04:00",
        "2023-11-05 00:30:00-04:00",
        "2023-11-05 01:00:00-04:00",
    ]
    assert frame["total_kwh"].tolist() == [1.0, 2.0, 3.0]
    assert frame["interval_end"].iloc[-1] == pd.Timestamp("2023-11-05 01:30:00-04:00")


def test_an_arrays_year_crosses_both_changes():
    frame = op.intervals(np.ones(8760), start="2023-01-01", timezone="America/New_York")
    assert frame["interval_end"].iloc[-1] == pd.Timestamp("2024-01-01", tz="America/New_York")
    assert (frame.index[1:] == frame["interval_end"][:-1]).all()


def test_export_and_the_account_may_be_given():
    load = series()
    frame = op.intervals(load, export=load * 2, service_account_id="roof")
    assert frame["service_account_id"].unique().tolist() == ["roof"]
    np.testing.assert_array_equal(frame["export_kwh"], load * 2)
    wide = pd.DataFrame({"a": load, "b": load})
    two = op.intervals(wide, export=wide * 3)
    np.testing.assert_array_equal(two["export_kwh"], two["total_kwh"] * 3)
    array = op.intervals([1.0], export=[2.0], start=load.index[0])
    assert array["export_kwh"].tolist() == [2.0]


def test_gaps_doubles_and_unknown_values_stay():
    load = series()
    load.iloc[3] = np.nan
    kept = pd.concat([load.drop(load.index[5]), load.iloc[[7]]])
    frame = op.intervals(kept)
    assert len(frame) == 48
    assert frame["total_kwh"].isna().sum() == 1
    assert {"gap", "unknown_usage"} <= set(op.check_usage(frame)["code"])
    nullable = op.intervals(load.astype("Float64"))
    assert nullable["total_kwh"].dtype == np.float64


@pytest.mark.parametrize(
    "empty", [series(0), pd.DataFrame({"a": series(0)}), series(5).to_frame().iloc[:, :0]]
)
def test_nothing_gives_no_rows_of_all_columns(empty):
    frame = op.intervals(empty)
    assert len(frame) == 0
    INTERVALS.require(frame)
    assert str(frame.index.dtype) == f"datetime64[us, {DENVER}]"


@pytest.mark.parametrize(
    ("usage", "arguments", "error", "words"),
    [
        ([1.0, 2.0], {}, ArgumentError, "start="),
        ([1.0, 2.0], {"start": "2023-01-01"}, ArgumentError, "timezone="),
        ([1.0, 2.0], {"start": "soon", "timezone": DENVER}, ArgumentError, "start is a time"),
        ([1.0, 2.0], {"start": None, "timezone": "Denver"}, ArgumentError, "no time zone 'Denver'"),
        (np.ones(35_040), {"start": "2023-01-01", "timezone": DENVER}, ArgumentError, "minutes=15"),
        (["1", "2"], {"start": "2023-01-01", "timezone": DENVER}, SchemaError, "numbers in kWh"),
        (np.ones((2, 2)), {"start": "2023-01-01", "timezone": DENVER}, SchemaError, "one dimension"),
        (None, {"start": "2023-01-01", "timezone": DENVER}, SchemaError, "array"),
        (series(), {"start": "2023-01-01"}, ArgumentError, "start= is an array's"),
        (series(), {"minutes": 0}, ArgumentError, "minutes"),
        (series(), {"minutes": "15"}, ArgumentError, "minutes"),
        (series(), {"minutes": 90}, SchemaError, "overlap"),
        (series().reset_index(drop=True), {}, SchemaError, "DatetimeIndex"),
        (series().astype(str), {}, SchemaError, "numbers in kWh"),
        (pd.DataFrame({"a": series(), "b": "x"}), {}, SchemaError, "'b'"),
        (pd.DataFrame({"a": series()}), {"service_account_id": "b"}, ArgumentError, "columns' names"),
        (pd.concat([series().to_frame("a")] * 2, axis=1), {}, SchemaError, "one name"),
        (op.intervals(series()), {}, ArgumentError, "long form"),
        (pd.concat([series(), series(9, "2023-01-03", "15min")]), {"minutes": None}, SchemaError, "lengths"),
        (series().rename_axis(None).set_axis([pd.NaT, *series().index[1:]]), {}, SchemaError, "NaT"),
        (series(), {"export": series(5)}, SchemaError, "same index"),
        (series(), {"export": [1.0]}, SchemaError, "export must be a Series"),
        ([1.0], {"start": series().index[0], "export": [1.0, 2.0]}, SchemaError, "as many"),
    ],
)
def test_what_cannot_be_is_refused_in_words(usage, arguments, error, words):
    with pytest.raises(error, match=words):
        op.intervals(usage, **arguments)
