"""Records into frames: units, split, doubles, clock, zone."""

import numpy as np
import pandas as pd
import pytest

from omnipandas import errors, schema
from omnipandas.omnimetic import frames
from omnipandas.omnimetic.payloads import AccountRecord, Address, IdentifiedIntervalRecord, MonthRecord

DAY = (pd.Timestamp("2023-10-07", tz="UTC"), pd.Timestamp("2023-10-08", tz="UTC"))


def hour(date, on=1.0, off=2.0, total=3.0, record_id=None):
    return IdentifiedIntervalRecord(date, on, off, total, record_id)


def frame_of(records, bounds=DAY, zone="UTC", wall_zone=None):
    block = (
        frames.wall_hour_block(records, *bounds, wall_zone)
        if wall_zone
        else frames.hour_block(records, *bounds)
    )
    return frames.hourly([("a", block)], ["a"], zone)


# ---- hours ---------------------------------------------------------------------------------------


def test_the_documents_own_example_is_kept_as_sent():
    frame = frame_of([hour("2023-10-07T23:00:00.000Z", 0, 4.72, 1)], zone="America/Chicago")
    row = frame.iloc[0]
    assert (row.on_peak_kwh, row.off_peak_kwh, row.total_kwh) == (0, 4.72, 1)
    assert frame.index[0] == pd.Timestamp("2023-10-07 18:00", tz="America/Chicago")
    assert row.interval_end - frame.index[0] == pd.Timedelta(hours=1)


def test_a_frame_has_the_schemas_dtypes_full_or_empty():
    full = frame_of([hour("2023-10-07T05:00:00Z")], zone="America/St_Johns")
    for frame in (full, frames.hourly([], ["a"], "America/St_Johns"), frame_of([], zone="America/St_Johns")):
        expected = schema.INTERVALS.empty("America/St_Johns")
        assert list(frame.columns) == list(expected.columns)
        assert frame.dtypes.astype(str).to_dict() == expected.dtypes.astype(str).to_dict()
        assert str(frame.index.dtype) == str(expected.index.dtype)
        assert frame.index.name == "interval_start"
        assert list(frame["service_account_id"].cat.categories) == ["a"]


def test_a_total_with_a_zero_split_has_an_unreported_split_and_a_true_zero_stays():
    records = [
        hour("2023-10-07T00:00:00.000Z", 0, 0, 5),
        hour("2023-10-07T01:00:00.000Z", 0, 0, 0),
        hour("2023-10-07T02:00:00.000Z", 0, 0, None),
        hour("2023-10-07T03:00:00.000Z", None, 1, 1),
    ]
    frame = frame_of(records)
    assert frame["on_peak_kwh"].isna().tolist() == [True, False, False, True]
    assert frame["off_peak_kwh"].isna().tolist() == [True, False, False, False]
    assert frame["total_kwh"].isna().tolist() == [False, False, True, False]
    assert frame["total_kwh"].iloc[1] == 0


def test_exact_doubles_are_dropped_and_differing_ones_kept_in_order():
    records = [
        hour("2023-10-07T02:00:00.000Z", total=9.0),
        hour("2023-10-07T01:00:00.000Z"),
        hour("2023-10-07T02:00:00.000Z", total=3.0),
        hour("2023-10-07T02:00:00.000Z", total=9.0),
        hour("2023-10-07T01:00:00.000Z"),
        hour("2023-10-07T03:00:00.000Z", total=None),
        hour("2023-10-07T03:00:00.000Z", total=None),
    ]
    frame = frame_of(records)
    assert frame.index.is_monotonic_increasing
    assert frame["total_kwh"].fillna(-1).tolist() == [3.0, 9.0, 3.0, -1]


def test_hours_outside_the_chunk_are_cut_half_open():
    records = [hour(f"2023-10-0{d}T{h}:00:00.000Z") for d in (6, 7, 8) for h in ("00", "23")]
    assert frame_of(records).index.strftime("%d %H").tolist() == ["07 00", "07 23"]


@pytest.mark.parametrize(
    "date",
    [
        "2023-10-07T23:00:00.000Z",
        "2023-10-07T23:00:00Z",
        "2023-10-07T23:00Z",
        "2023-10-07T23:00:00.000000Z",
        "2023-10-07T18:00:00.000-05:00",
        "2023-10-07T23:00:00+00:00",
    ],
)
def test_an_instant_may_have_any_iso_form(date):
    assert frame_of([hour(date)]).index[0] == pd.Timestamp("2023-10-07 23:00", tz="UTC")
    mixed = frame_of([hour("2023-10-07T01:00:00.000Z"), hour(date)])
    assert mixed.index[-1] == pd.Timestamp("2023-10-07 23:00", tz="UTC")


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "2023-10-07T25:00:00.000Z",
        "2023-13-07T23:00:00.000Z",
        "é023-10-07T23:00:00Z",
        "2023-10-07Tx3:00:00.000Z",
    ],
)
def test_what_is_no_instant_is_an_error(date):
    with pytest.raises(errors.PayloadError, match="date"):
        frame_of([hour("2023-10-07T01:00:00.000Z"), hour(date)])


def test_accounts_share_one_sorted_index_in_the_order_asked():
    blocks = [
        ("b", frames.hour_block([hour("2023-10-07T01:00:00Z"), hour("2023-10-07T02:00:00Z")], *DAY)),
        ("a", frames.hour_block([hour("2023-10-07T02:00:00Z"), hour("2023-10-07T03:00:00Z")], *DAY)),
    ]
    frame = frames.hourly(blocks, ["b", "a"], "UTC")
    assert frame["service_account_id"].tolist() == ["b", "b", "a", "a"]
    assert frame.index.is_monotonic_increasing


# ---- the wall clock ------------------------------------------------------------------------------

NEW_YORK = "America/New_York"


def wall(day, hours):
    return [hour(f"{day}T{h:02d}:00:00.000Z", total=float(n), record_id=str(n)) for n, h in enumerate(hours)]


def test_wall_stamps_of_an_autumn_day_make_twenty_five_hours_in_order():
    records = wall("2023-11-05", [0, 1, 1, *range(2, 24)])
    bounds = pd.Timestamp("2023-11-05", tz=NEW_YORK), pd.Timestamp("2023-11-06", tz=NEW_YORK)
    for sent in (records, records[::-1]):
        frame = frame_of(sent, bounds, NEW_YORK, NEW_YORK)
        assert (np.diff(frame.index) == np.timedelta64(1, "h")).all()
        assert len(frame) == 25
        assert frame["total_kwh"].tolist() == list(range(25))


def test_the_same_record_twice_in_the_repeated_hour_is_one_hour():
    records = wall("2023-11-05", [0, 1, 1, 2])
    bounds = pd.Timestamp("2023-11-05", tz=NEW_YORK), pd.Timestamp("2023-11-06", tz=NEW_YORK)
    frame = frame_of([*records, records[1], records[2]], bounds, NEW_YORK, NEW_YORK)
    assert frame["total_kwh"].tolist() == [0, 1, 2, 3]


def test_without_ids_the_second_row_of_the_repeated_hour_is_the_later():
    records = [hour("2023-11-05T01:00:00.000Z", total=t) for t in (7.0, 8.0)]
    bounds = pd.Timestamp("2023-11-05", tz=NEW_YORK), pd.Timestamp("2023-11-06", tz=NEW_YORK)
    frame = frame_of(records, bounds, NEW_YORK, NEW_YORK)
    assert frame.index.tz_convert("UTC").hour.tolist() == [5, 6]


def test_wall_stamps_of_a_spring_day_make_twenty_three_hours():
    records = wall("2023-03-12", [0, 1, *range(3, 24)])
    bounds = pd.Timestamp("2023-03-12", tz=NEW_YORK), pd.Timestamp("2023-03-13", tz=NEW_YORK)
    frame = frame_of(records, bounds, NEW_YORK, NEW_YORK)
    assert (np.diff(frame.index) == np.timedelta64(1, "h")).all()
    assert len(frame) == 23


def test_a_wall_stamp_that_spring_leaves_out_is_moved_and_reported():
    records = wall("2023-03-12", range(24))
    bounds = pd.Timestamp("2023-03-12", tz=NEW_YORK), pd.Timestamp("2023-03-13", tz=NEW_YORK)
    with pytest.warns(errors.QualityWarning, match="no such wall time"):
        frame = frame_of(records, bounds, NEW_YORK, NEW_YORK)
    assert len(frame) == 24
    assert frame.index.duplicated().sum() == 1


def test_differing_doubles_of_an_ordinary_hour_stay_together_under_the_wall_clock():
    records = [hour("2023-06-05T01:00:00.000Z", total=t, record_id=str(t)) for t in (7.0, 8.0)]
    bounds = pd.Timestamp("2023-06-05", tz=NEW_YORK), pd.Timestamp("2023-06-06", tz=NEW_YORK)
    frame = frame_of(records, bounds, NEW_YORK, NEW_YORK)
    assert frame.index.hour.tolist() == [1, 1]


# ---- months --------------------------------------------------------------------------------------


def test_the_documents_own_month_is_kwh_and_dollars_with_an_unreported_split():
    record = MonthRecord("August", 2023, 677270.4, 0, 0, 1128)
    frame = frames.monthly([("a", 2023, [record])], ["a"])
    assert frame.index[0] == pd.Timestamp("2023-08-01")
    assert frame["total_kwh"].iloc[0] == pytest.approx(677.2704)
    assert frame["cost_usd"].iloc[0] == 11.28
    assert frame[["on_peak_kwh", "off_peak_kwh"]].isna().all(axis=None)


def test_an_unknown_cost_is_unknown():
    frame = frames.monthly([("a", 2023, [MonthRecord("May", 2023, 1000.0)])], ["a"])
    assert np.isnan(frame["cost_usd"].iloc[0])


def test_months_are_sorted_other_years_left_out_and_doubles_treated_as_those_of_hours():
    records = [
        MonthRecord("March", 2023, 3000.0),
        MonthRecord("January", 2023, 1000.0),
        MonthRecord("March", 2023, 3000.0),
        MonthRecord("March", 2023, 3500.0),
        MonthRecord("March", 2022, 9000.0),
    ]
    frame = frames.monthly([("b", 2023, records), ("a", 2023, records[:2])], ["b", "a"])
    assert frame.index.strftime("%m").tolist() == ["01", "01", "03", "03", "03"]
    assert frame["service_account_id"].tolist() == ["b", "a", "b", "b", "a"]
    assert frame["total_kwh"].tolist() == [1, 1, 3, 3.5, 3]


def test_no_months_are_an_empty_frame_of_the_schema():
    frame = frames.monthly([], ["a"])
    expected = schema.MONTHLY.empty()
    assert frame.dtypes.astype(str).to_dict() == expected.dtypes.astype(str).to_dict()
    assert str(frame.index.dtype) == str(expected.index.dtype)
    assert frame.index.name == "month"


# ---- service accounts ----------------------------------------------------------------------------


def test_service_accounts_have_the_schemas_dtypes_full_or_empty():
    record = AccountRecord("a", "x", Address("1 Main St", "Phoenix", "AZ", "85001"), None, ["A", None, "B"])
    expected = schema.SERVICE_ACCOUNTS.empty().dtypes.astype(str).to_dict()
    for frame in (frames.service_accounts({"a": record}), frames.service_accounts({})):
        assert frame.dtypes.astype(str).to_dict() == expected
        assert frame.index.name == "service_account_id"
    full = frames.service_accounts({"a": record})
    assert full.loc["a", "legal_names"] == "A; B"
    assert full["linked_at"].isna().all()
    assert frames.service_accounts({"a": AccountRecord("a")}).isna().all(axis=None)


@pytest.mark.parametrize(
    ("state", "postal_code", "zone"),
    [
        ("NY", "10001", "America/New_York"),
        ("NY", "10001-1234", "America/New_York"),
        ("AZ", "85001", "America/Phoenix"),
        ("az ", " 85001 ", "America/Phoenix"),
        ("HI", "96813", "Pacific/Honolulu"),
        ("IN", "47362", "America/Indiana/Indianapolis"),
        (None, "60601", "America/Chicago"),
        ("Illinois", "60601", "America/Chicago"),
        ("RJ", "201203", None),  # the vendor's example: Jaipur, six digits
        (None, "201203", None),
        ("BE", "10115", None),  # Berlin, five digits that are New York's too
        ("NSW", "2898", None),
        ("NL", "A1A 1A1", None),
        ("AE", "09007", None),  # military mail has no zone
        ("NY", "00000", None),
        ("NY", "", None),
        (None, None, None),
    ],
)
def test_a_zone_is_that_of_the_zip_code_and_never_guessed(state, postal_code, zone):
    assert frames.zone_of(Address(state=state, postal_code=postal_code)) == zone
