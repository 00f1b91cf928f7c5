"""What every study makes of frames that it cannot take, and of frames that hold nothing."""

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import bills, intervals

STUDIES = {
    "base_load": op.base_load,
    "check_usage": op.check_usage,
    "coincident_peak": op.coincident_peak,
    "compare_periods": lambda frame: op.compare_periods(frame, 2022, 2023),
    "fill_gaps": lambda frame: op.fill_gaps(frame, "linear"),
    "load_duration": op.load_duration,
    "load_factor": op.load_factor,
    "load_heatmap": op.load_heatmap,
    "load_profile": lambda frame: op.load_profile(frame, "season", quantiles=[0.5]),
    "peak_demand": op.peak_demand,
    "ramp": op.ramp,
    "resample_usage": op.resample_usage,
    "split_peaks": op.split_peaks,
    "split_peaks by schedule": lambda frame: op.split_peaks(
        frame, op.PeakSchedule.parse("16-21"), by="month"
    ),
    "typical_week": op.typical_week,
    "weather_fit": lambda frame: op.weather_fit(frame, {}, unit="C"),
    "to_opendsm": lambda frame: op.to_opendsm(frame, pd.Series(1.0, index=frame.index), unit="F"),
}
COMPARED = pytest.mark.parametrize("study", STUDIES.values(), ids=STUDIES)


def mixed_zones(frame):
    stamps = [frame.index[0], *frame.index[1:].tz_convert("Asia/Tokyo")]
    return frame.set_axis(pd.Index(stamps, dtype=object, name="interval_start"))


BAD = {
    "no zone": lambda frame: frame.tz_localize(None),
    "mixed zones": mixed_zones,
    "no dates": lambda frame: frame.reset_index(drop=True),
    "no account": lambda frame: frame.drop(columns="service_account_id"),
    "account missing in a row": lambda frame: frame.assign(
        service_account_id=[None, *["a"] * (len(frame) - 1)]
    ),
    "another unit": lambda frame: frame.rename(columns={n: n.replace("kwh", "wh") for n in frame.columns}),
    "text": lambda frame: frame.astype({"total_kwh": "str", "on_peak_kwh": "str"}),
    "a missing stamp": lambda frame: frame.set_axis(frame.index.where(frame.index != frame.index[3])),
    "no frame": lambda frame: frame["total_kwh"],
}


@COMPARED
@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD)
def test_a_frame_that_is_not_intervals_is_refused(study, spoil):
    with pytest.raises(op.errors.SchemaError):
        study(spoil(intervals("2023-01-01", "2023-01-03")))


@COMPARED
def test_an_interval_that_ends_before_it_starts_is_refused(study):
    frame = intervals("2023-01-01", "2023-01-03")
    if study is op.split_peaks:
        return  # looks at no length
    with pytest.raises(op.errors.SchemaError, match="does not end after it"):
        study(frame.assign(interval_end=frame.index))


@COMPARED
def test_no_rows_give_no_rows_with_the_same_columns_and_dtypes(study):
    frame = intervals("2023-01-01", "2023-03-03")
    empty, full = study(frame.iloc[:0]), study(frame)
    if isinstance(empty, dict):
        assert empty == {}
        return
    assert len(empty) == 0
    assert set(full.columns) - set(empty.columns) <= {"p50_kw"}
    assert empty.index.name == full.index.name
    for column in empty.columns:
        assert empty[column].dtype == full[column].dtype or isinstance(
            full[column].dtype, pd.CategoricalDtype
        )
        assert full[column].dtype != object


@COMPARED
def test_nothing_but_nan_gives_a_sound_result(study):
    frame = intervals("2023-01-01", "2023-01-10")
    frame[["on_peak_kwh", "off_peak_kwh", "total_kwh"]] = np.nan
    result = study(frame)
    if isinstance(result, pd.DataFrame):
        figures = [
            n for n in result.columns if n.endswith("_kw") or n in {"usage_kwh", "total_kwh", "after_kwh"}
        ]
        assert result[figures].isna().all(axis=None) or not len(result)


@COMPARED
def test_one_row_gives_a_sound_result(study):
    result = study(intervals("2023-07-01", "2023-07-01 01:00"))
    assert result is not None


@COMPARED
def test_the_order_of_rows_does_not_matter_and_the_argument_is_not_changed(study):
    frame = intervals("2023-03-01", "2023-03-20")
    mixed = frame.sample(frac=1, random_state=7)
    before = mixed.copy()
    one, other = study(frame), study(mixed)
    pd.testing.assert_frame_equal(mixed, before)
    if isinstance(one, pd.DataFrame) and study is not op.split_peaks:
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other))


@COMPARED
def test_nanosecond_frames_give_the_same(study):
    frame = intervals("2023-03-01", "2023-03-20")
    coarse = frame.set_axis(frame.index.as_unit("ns"))
    coarse["interval_end"] = coarse["interval_end"].dt.as_unit("ns")
    one, other = study(frame), study(coarse)
    if isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(
            pd.DataFrame(one).reset_index(drop=True),
            pd.DataFrame(other).reset_index(drop=True),
            check_dtype=False,
        )


@pytest.mark.parametrize("study", [op.cost_per_kwh, op.implied_rates])
def test_months_that_are_none_are_refused_and_no_months_give_no_rows(study):
    monthly = bills(intervals("2023-01-01", "2023-09-01"))
    for bad in (monthly.drop(columns="cost_usd"), monthly.reset_index(), monthly.astype({"cost_usd": "str"})):
        with pytest.raises(op.errors.SchemaError):
            study(bad)
    assert len(study(monthly.iloc[:0])) == 0
    assert list(study(monthly.iloc[:0]).columns) == list(study(monthly).columns)
