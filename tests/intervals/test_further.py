"""Further columns of INTERVALS come out of whatever gives INTERVALS back."""

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.errors import SchemaError
from omnipandas.schema import TEXT
from tests.frames import intervals, several

ROOF = "America/Denver"


def roof():
    """A roof's June: 400 kWh taken and 320 kWh sent out, each hour as the one a day before."""
    frame = intervals("2023-06-01", "2023-07-01", tz=ROOF, account="roof", split=False)
    day = (frame.index.hour >= 9) & (frame.index.hour < 17)
    return frame.assign(
        total_kwh=np.where(day, 0.0, 400 / (30 * 16)), export_kwh=np.where(day, 320 / (30 * 8), 0.0)
    )


def marked(frame, site):
    """Further columns of all sorts, of which some are the account's and some the row's."""
    count = len(frame)
    return frame.assign(
        export_kwh=np.arange(count) / 4,
        estimated=np.arange(count) % 24 == 5,
        site=pd.Categorical([site] * count, categories=["north", "south"]),
        floor=np.full(count, 3 if site == "north" else 4, dtype="int32"),
        note=pd.array(["first", *[None] * (count - 1)], dtype=TEXT),
        reading=np.arange(count),
        seen=frame.index,
    )


def two_homes():
    return several(
        marked(intervals("2023-03-01", "2023-03-20", account="a"), "north"),
        marked(intervals("2023-03-01", "2023-03-20", account="b", seed=3), "south"),
    )


@pytest.mark.parametrize("method", ["linear", "typical", "week_before"])
@pytest.mark.parametrize("gone", [[250], [251, 252, 253], [340, 341, 342]])
def test_a_filled_roof_is_billed_with_its_export(method, gone):
    whole = roof()
    tariff = op.Tariff.flat("T", 0.10, fixed=8.0).with_export("net_billing", 0.05)
    assert op.charges(whole, tariff)["amount_usd"].sum() == pytest.approx(32.0)
    filled = op.fill_gaps(whole.drop(whole.index[gone]), method)
    assert filled["filled"].sum() == len(gone)
    bill = op.charges(filled, tariff)["amount_usd"].sum()
    # A line over the edge of the day makes up to a kWh of other usage; the rest of the bill is to be right.
    assert bill == pytest.approx(32.0, abs=0.2 if method == "linear" else 1e-9)


def test_export_that_is_unknown_alone_is_filled_and_marked():
    frame = roof()
    at = frame.index[100]
    frame.loc[at, "export_kwh"] = np.nan
    filled = op.fill_gaps(frame, "typical")
    assert filled.index[filled["filled"]].tolist() == [at]
    assert filled.loc[at, "export_kwh"] == roof().loc[at, "export_kwh"]
    assert filled.loc[at, "total_kwh"] == frame.loc[at, "total_kwh"]
    long = frame.drop(frame.index[200:210])
    unfilled = op.fill_gaps(long, "linear")
    assert unfilled["export_kwh"].isna().sum() == 10  # never 0


def test_a_home_without_a_roof_gets_no_export_from_its_neighbour():
    bare = intervals("2023-06-01", "2023-07-01", tz=ROOF, account="bare").assign(export_kwh=np.nan)
    both = several(roof(), bare)
    for method in ("linear", "typical", "week_before"):
        filled = op.fill_gaps(both.drop(both.index[300]), method, limit_hours=5)
        assert filled.loc[filled["service_account_id"] == "bare", "export_kwh"].isna().all()


def test_filling_keeps_what_rows_had_and_gives_absent_ones_the_accounts_own():
    whole = two_homes().sample(frac=1.0, random_state=3)
    before = whole.copy()
    gone = pd.to_datetime(["2023-03-05 05:00", "2023-03-12 14:00"]).tz_localize("America/New_York")
    filled = op.fill_gaps(whole[~whole.index.isin(gone)], "linear")
    pd.testing.assert_frame_equal(whole, before)
    absent = filled.index.isin(gone)
    assert filled.loc[absent, "site"].tolist() == ["north", "south"] * 2
    assert filled.loc[absent, "floor"].tolist() == [3, 4] * 2
    assert filled.loc[absent, "reading"].isna().all()
    assert not filled.loc[absent, "estimated"].any()
    assert filled["estimated"].dtype == bool
    assert filled["site"].dtype == whole["site"].dtype
    assert filled["floor"].dtype == "int32"
    expected = whole.sort_index(kind="stable").set_index("service_account_id", append=True).sort_index()
    kept = filled[~absent].set_index("service_account_id", append=True).sort_index()
    for name in ("export_kwh", "estimated", "site", "reading", "seen", "note"):
        there = expected.loc[kept.index, name]
        pd.testing.assert_series_equal(kept[name], there, check_dtype=False)


def test_a_second_filling_keeps_the_marks_of_the_first():
    frame = two_homes()
    holed = frame.drop(frame.index[[40, 41, 42, 43]])
    first = op.fill_gaps(holed.drop(holed.index[range(500, 540)]), "linear")
    second = op.fill_gaps(first, "week_before")
    assert set(second["fill_method"]) == {"", "linear", "week_before"}
    assert (second["filled"] == (second["fill_method"] != "")).all()
    assert second["filled"].sum() > first["filled"].sum()


@pytest.mark.parametrize("freq", ["hour", "day", "week", "month"])
@pytest.mark.parametrize("shuffled", [False, True])
def test_longer_intervals_carry_further_columns(freq, shuffled):
    frame = two_homes()
    result = op.resample_usage(frame.sample(frac=1.0, random_state=1) if shuffled else frame, freq)
    assert result["export_kwh"].sum() == pytest.approx(frame["export_kwh"].sum())
    assert result["estimated"].dtype == bool
    assert result.loc[result["service_account_id"] == "a", "site"].unique().tolist() == ["north"]
    assert result["site"].dtype == frame["site"].dtype
    assert result["floor"].dtype == "int32"
    assert result["note"].notna().sum() == 2
    if freq == "hour":
        assert result["estimated"].sum() == frame["estimated"].sum()
        assert result["reading"].notna().all()
    else:
        assert result["estimated"].all()
        assert result["reading"].isna().all()  # several values: none of them is the day's
    assert len(result.columns) == len(frame.columns) + 2


def test_a_batterys_store_is_a_level_and_not_summed():
    frame = intervals("2023-03-01", "2023-03-03").assign(stored_kwh=np.arange(48.0), charge_kwh=0.5)
    days = op.resample_usage(frame.iloc[::-1])
    assert days["stored_kwh"].tolist() == [23.0, 47.0]
    assert days["charge_kwh"].tolist() == [12.0, 12.0]


@pytest.mark.parametrize("study", [lambda f: op.fill_gaps(f, "linear"), op.resample_usage])
def test_no_rows_keep_the_columns(study):
    frame = two_homes()
    empty, full = study(frame.iloc[:0]), study(frame)
    assert list(empty.columns) == list(full.columns)
    assert empty["export_kwh"].dtype == np.float64
    assert empty["site"].dtype == frame["site"].dtype


def test_a_column_that_cannot_be_compared_is_named():
    frame = intervals("2023-03-01", "2023-03-03")
    lists = frame.assign(tags=pd.Series([["x"]] * len(frame), index=frame.index))
    with pytest.raises(SchemaError, match="'tags'"):
        op.resample_usage(lists)
    with pytest.raises(SchemaError, match="'tags'"):
        op.fill_gaps(lists.drop(lists.index[5]), "linear")
