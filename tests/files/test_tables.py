import io

import numpy as np
import pandas as pd
import pytest

import omnipandas as op

NEW_YORK = {"timezone": "America/New_York"}


def text(rows, header="timestamp,total_kwh"):
    return io.StringIO("\n".join([header, *rows]) + "\n")


def test_a_year_written_in_wall_time_is_read_back_as_it_was():
    index = pd.date_range("2023-01-01", "2024-01-01", freq="15min", tz="America/St_Johns", inclusive="left")
    usage = np.arange(len(index)) / 1000
    rows = [f"{stamp:%Y-%m-%d %H:%M},{kwh}" for stamp, kwh in zip(index, usage, strict=True)]
    frame = op.read_intervals(text(rows), timezone="America/St_Johns")
    assert (frame.index == index).all()
    assert frame["total_kwh"].to_numpy() == pytest.approx(usage)
    assert (frame["interval_end"] - frame.index == pd.Timedelta("15min")).all()
    op.schema.INTERVALS.require(frame)
    assert frame["on_peak_kwh"].isna().all()


@pytest.mark.parametrize(
    ("stamp", "settings"),
    [
        ("2023-07-01T05:00:00Z", {}),
        ("2023-07-01T01:00:00-04:00", {}),
        ("07/01/2023 01:00 AM", {"time_format": "%m/%d/%Y %I:%M %p"}),
        ("01.07.2023 01:00", {"time_format": "%d.%m.%Y %H:%M"}),
    ],
)
def test_stamps_of_other_forms_are_the_same_instant(stamp, settings):
    frame = op.read_intervals(text([f"{stamp},1"]), minutes=60, **NEW_YORK, **settings)
    assert frame.index[0] == pd.Timestamp("2023-07-01 01:00", tz="America/New_York")


def test_end_labels_wh_split_export_and_accounts():
    rows = [
        "2023-07-01 01:00,x,100,300,0",
        "2023-07-01 02:00,x,-,NA,50",
        "2023-07-01 01:00,y,1,1,",
        "2023-07-01 02:00,y,1,1,",
    ]
    frame = op.read_intervals(
        text(rows, "when,meter,on,off,out"),
        time="when",
        total=None,
        on_peak="on",
        off_peak="off",
        export="out",
        unit="wh",
        label="end",
        service_account_id="meter",
        **NEW_YORK,
    )
    assert frame.index[0] == pd.Timestamp("2023-07-01 00:00", tz="America/New_York")
    assert frame["service_account_id"].tolist() == ["x", "y", "x", "y"]
    assert frame["total_kwh"].iloc[0] == pytest.approx(0.4)
    assert np.isnan(frame["total_kwh"].iloc[2])
    assert frame["export_kwh"].iloc[2] == pytest.approx(0.05)


def test_dates_and_hours_of_their_own_columns_up_to_hour_24():
    rows = [f"2023-07-01,{hour},1" for hour in range(1, 25)]
    frame = op.read_intervals(text(rows, "d,h,total_kwh"), time=("d", "h"), label="end", **NEW_YORK)
    assert list(frame.index.hour) == list(range(24))
    with pytest.raises(op.errors.SchemaError, match="0 to 24"):
        op.read_intervals(text(["2023-07-01,25,1"], "d,h,total_kwh"), time=("d", "h"), **NEW_YORK)


def test_a_frame_with_dates_is_taken_as_it_is_and_not_changed():
    index = pd.date_range("2023-11-04", "2023-11-07", freq="30min", tz="America/New_York", inclusive="left")
    own = pd.DataFrame({"total_kwh": 1.0}, index=index)
    before = own.copy()
    frame = op.read_intervals(own, **NEW_YORK)
    assert (frame.index == index).all()
    naive = op.read_intervals(own.tz_localize(None), **NEW_YORK)
    assert (naive.index == index).all()
    pd.testing.assert_frame_equal(own, before)


def test_an_hour_that_does_not_exist_moves_on_and_says_so():
    rows = ["2023-03-12 01:00,1", "2023-03-12 02:00,2", "2023-03-12 04:00,3"]
    with pytest.warns(op.errors.QualityWarning, match="do not exist"):
        frame = op.read_intervals(text(rows), minutes=60, **NEW_YORK)
    assert [str(stamp) for stamp in frame.index] == [
        "2023-03-12 01:00:00-05:00",
        "2023-03-12 03:00:00-04:00",
        "2023-03-12 04:00:00-04:00",
    ]


def test_autumns_hour_that_comes_once_is_the_first_and_says_so():
    rows = ["2023-11-05 00:00,1", "2023-11-05 01:00,2", "2023-11-05 02:00,3"]
    with pytest.warns(op.errors.QualityWarning, match="there once"):
        frame = op.read_intervals(text(rows), **NEW_YORK)
    assert str(frame.index[1]) == "2023-11-05 01:00:00-04:00"


def test_lord_howes_half_hour_comes_twice():
    rows = [f"2023-04-02 {at},{n}" for n, at in enumerate(["01:00", "01:30", "01:30", "02:00"])]
    frame = op.read_intervals(text(rows), timezone="Australia/Lord_Howe")
    assert (np.diff(frame.index.tz_convert("UTC")) == pd.Timedelta("30min")).all()


@pytest.mark.parametrize(
    ("rows", "settings", "error", "says"),
    [
        (["2023-01-01 00:00,abc"], {}, op.errors.SchemaError, "row 1: 'abc' is no number"),
        (["2023-01-01 00:00,1"], {"total": "kwh"}, op.errors.SchemaError, "no column 'kwh'"),
        (["7/1/2023 1:00,1"], {}, op.errors.SchemaError, "time_format"),
        (["2023-01-01 00:00,1"], {}, op.errors.SchemaError, "give minutes"),
        (["2023-01-01 00:00,1"], {"minutes": 45}, op.errors.ArgumentError, "60, 30, 15"),
        (["2023-01-01 00:00,1"], {"unit": "mwh"}, op.errors.ArgumentError, "unit"),
        (["2023-01-01 00:00,1"], {"label": "middle"}, op.errors.ArgumentError, "label"),
        (["2023-01-01 00:00,1"], {"timezone": "Mars/Olympus"}, op.errors.ArgumentError, "IANA"),
        (["2023-01-01 00:00,1"], {"total": None}, op.errors.ArgumentError, "on_peak="),
    ],
)
def test_what_cannot_be_read_says_what_to_do(rows, settings, error, says):
    with pytest.raises(error, match=says):
        op.read_intervals(text(rows), **{**NEW_YORK, **settings})


def test_an_empty_file_has_no_header_and_a_header_alone_no_rows():
    with pytest.raises(op.errors.SchemaError, match="no CSV"):
        op.read_intervals(io.StringIO(""), **NEW_YORK)
    frame = op.read_intervals(text([]), **NEW_YORK)
    assert len(frame) == 0
    op.schema.INTERVALS.require(frame)


REAL = {
    "us_il_ameren_2024.csv": {"timezone": "America/Chicago", "total": "kwh", "time_format": "%m/%d/%Y %H:%M"},
    "us_ca_sdge_2022.csv": {
        "timezone": "America/Los_Angeles",
        "total": "kwh",
        "export": "generation_kwh",
        "time_format": "%m/%d/%Y %I:%M %p",
    },
    "ca_bc_hue_residential1_2012.csv": {
        "timezone": "America/Vancouver",
        "total": "kwh",
        "time": ("date", "hour"),
        "time_format": "%m/%d/%Y",
    },
    "eu_enphase_hourly_2022-10_2024-08.csv": {
        "timezone": "Europe/Amsterdam",
        "time": "Date/Time",
        "total": "Energy Consumed (Wh)",
        "export": "Exported to Grid (Wh)",
        "unit": "wh",
        "time_format": "%m/%d/%Y %H:%M",
    },
}


def real(shared, name):
    return op.read_intervals(shared / "data" / "real" / name, **REAL[name])


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore::omnipandas.errors.QualityWarning")
@pytest.mark.parametrize(
    ("name", "found", "missing"),
    [
        ("us_il_ameren_2024.csv", {"gap": 1, "zero_run": 1}, 4),
        ("us_ca_sdge_2022.csv", {"zero_run": 1}, 0),
        ("ca_bc_hue_residential1_2012.csv", {"gap": 26, "exact_double": 1, "zero_run": 3}, 26),
        ("eu_enphase_hourly_2022-10_2024-08.csv", {"zero_run": 1}, 0),
    ],
)
def test_the_oddities_of_real_files_are_found_and_no_others(shared, name, found, missing):
    report = op.check_usage(real(shared, name))
    assert report["code"].value_counts().to_dict() == found
    assert report.coverage["missing"].sum() == missing


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore::omnipandas.errors.QualityWarning")
@pytest.mark.parametrize("name", REAL)
def test_real_files_keep_their_energy_through_every_study(shared, name):
    frame = real(shared, name)
    total = pytest.approx(frame["total_kwh"].sum())
    profile = op.load_profile(frame, by=["season", "day_type"])
    assert (profile["mean_kw"] * profile["hours"]).sum() == total
    assert op.resample_usage(frame, "month")["total_kwh"].sum() == total
    factor = op.load_factor(frame, "all").iloc[0]
    assert factor["mean_kw"] * factor["hours"] == total
    assert 0.05 < factor["load_factor"] < 0.6


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore::omnipandas.errors.QualityWarning")
@pytest.mark.parametrize(
    ("name", "mean", "highest", "factor"),
    [
        ("us_ca_sdge_2022.csv", 1.20, 8.39, 0.14),
        ("ca_bc_hue_residential1_2012.csv", 1.10, 12.4, 0.09),
        ("eu_enphase_hourly_2022-10_2024-08.csv", 0.61, 5.21, 0.12),
    ],
)
def test_real_loads_have_the_figures_that_were_worked_out_apart(shared, name, mean, highest, factor):
    """Figures of ../shared/data/README.md, made there with other code from hourly sums."""
    frame = op.resample_usage(real(shared, name), "hour")
    row = op.load_factor(frame, "all").iloc[0]
    assert row["mean_kw"] == pytest.approx(mean, abs=0.02)
    assert row["peak_kw"] == pytest.approx(highest, abs=0.06)
    assert row["load_factor"] == pytest.approx(factor, abs=0.01)


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore::omnipandas.errors.QualityWarning")
def test_illinois_in_quarters_sums_to_its_own_hourly_column(shared):
    path = shared / "data" / "real" / "us_il_ameren_2024.csv"
    hours = op.resample_usage(real(shared, path.name), "hour")
    column = op.read_intervals(path, **{**REAL[path.name], "total": "kwh_60min"})["total_kwh"].dropna()
    column = column.groupby(level=0).sum()  # the hour that spring leaves out holds a quarter of the next
    both = hours["total_kwh"].reindex(column.index)
    whole = hours["missing_hours"].reindex(column.index) == 0
    assert whole.mean() > 0.99
    assert (both - column)[whole].abs().max() < 0.011


@pytest.mark.shared
def test_vancouvers_weather_explains_some_of_the_load_of_the_home_beside_it(shared):
    frame = real(shared, "ca_bc_hue_residential1_2012.csv")
    table = pd.read_csv(shared / "data" / "real" / "ca_bc_yvr_hourly_2012-04_2014-03.csv")
    index = pd.DatetimeIndex(table["Date/Time"]).tz_localize("Etc/GMT+8").tz_convert("America/Vancouver")
    temperature = pd.Series(table["Temp (C)"].to_numpy(), index=index)
    fit = op.weather_fit(frame, temperature, unit="C").iloc[0]
    assert fit["model"] in {"heating", "both"}
    assert 0.1 <= fit["heating_kwh_per_degree"] <= 1.5
    assert 0.05 <= fit["r_squared"] <= 0.4
