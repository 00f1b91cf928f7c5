import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from tests.frames import NEW_YORK, ODD_ZONES, bills, intervals, several

KWH = ["on_peak_kwh", "off_peak_kwh", "total_kwh"]


@pytest.fixture
def year():
    return intervals()


def found(report):
    return [(row.code, str(row.start), str(row.end), row.rows) for row in report.itertuples()]


@pytest.mark.parametrize("zone", ODD_ZONES)
@pytest.mark.parametrize("minutes", [15, 30, 60])
def test_clean_readings_have_no_findings_and_full_coverage(zone, minutes):
    frame = intervals("2023-01-01", "2024-01-01", tz=zone, minutes=minutes)
    report = op.check_usage(frame, bills(frame))
    assert found(report) == []
    assert report.coverage["expected"].sum() == len(frame)
    assert (report.coverage["coverage"] == 1).all()
    assert report.sufficiency["words"].tolist() == ["sufficient: 365 valid of 365 days"]


@pytest.mark.parametrize(
    ("month", "hours"), [("2023-03-01", 743), ("2023-11-01", 721), ("2024-02-01", 696), ("2023-02-01", 672)]
)
def test_expected_intervals_know_the_calendar(month, hours):
    frame = intervals("2023-01-01", "2025-01-01")
    assert op.check_usage(frame).coverage.loc[month, "expected"] == hours


def test_a_gap_is_one_range_even_over_a_change_of_month_and_clock(year):
    holed = year[(year.index < "2023-10-31 20:00") | (year.index >= "2023-11-06")]
    report = op.check_usage(holed)
    assert found(report) == [("gap", "2023-10-31 20:00:00-04:00", "2023-11-06 00:00:00-05:00", 4 + 121)]
    assert report.coverage["missing"].loc[["2023-10-01", "2023-11-01"]].tolist() == [4, 121]
    assert report.coverage["expected"].loc["2023-11-01"] == 721


def test_rows_without_a_number_are_not_received(year):
    year.iloc[100:103, year.columns.get_indexer(KWH)] = np.nan
    report = op.check_usage(year)
    assert [row[0] for row in found(report)] == ["unknown_usage"]
    assert report["rows"].tolist() == [3]
    assert report.coverage["missing"].sum() == 3


def test_doubles_are_told_by_whether_they_differ(year):
    again = year.iloc[[500, 501]].copy()
    other = year.iloc[[900]].assign(total_kwh=9.0, on_peak_kwh=0.0, off_peak_kwh=9.0)
    report = op.check_usage(pd.concat([year, again, other]))
    assert report["code"].tolist() == ["exact_double", "differing_double"]
    assert report["rows"].tolist() == [2, 1]
    assert report["start"].tolist() == [year.index[500], year.index[900]]
    assert report.coverage["doubles"].sum() == 3


def test_a_split_that_does_not_add_up_is_reported_beyond_its_tolerance(year):
    year.iloc[10, year.columns.get_loc("total_kwh")] += 0.009
    year.iloc[20, year.columns.get_loc("total_kwh")] += 0.011
    report = op.check_usage(year)
    assert [(row[0], row[1]) for row in found(report)] == [("split_mismatch", str(year.index[20]))]


def test_a_split_is_missed_only_where_the_account_has_one_otherwise(year):
    assert len(op.check_usage(intervals(split=False))) == 0
    year.iloc[50:60, year.columns.get_indexer(KWH[:2])] = np.nan
    report = op.check_usage(year)
    assert report["code"].tolist() == ["split_missing"]
    assert report["rows"].tolist() == [10]


def test_negative_zero_flat_and_repeated_values_and_spikes(year):
    total = year.columns.get_loc("total_kwh")
    year[["on_peak_kwh", "off_peak_kwh"]] = np.nan
    year.iloc[5, total] = -0.5
    year.iloc[100:104, total] = 0.0
    year.iloc[200:202, total] = 0.0  # two hours may be true
    year.iloc[1000:1030, total] = 0.7
    year.iloc[2000:2072, total] = np.tile(year["total_kwh"].iloc[2000:2024], 3)
    year.iloc[4000, total] = 250.0
    report = op.check_usage(year)
    assert {(row.code, year.index.get_loc(row.start), row.rows) for row in report.itertuples()} == {
        ("negative_usage", 5, 1),
        ("zero_run", 100, 4),
        ("flat_run", 1000, 30),
        ("repeated_days", 2000, 72),
        ("outlier", 4000, 1),
    }


def test_zeros_of_every_day_are_the_accounts_habit_but_long_ones_are_not(year):
    sunny = (year.index.hour >= 10) & (year.index.hour < 15)
    year.loc[sunny, KWH] = 0.0
    assert len(op.check_usage(year)) == 0
    year.iloc[3000:3060, year.columns.get_indexer(KWH)] = 0.0
    report = op.check_usage(year)
    assert report["code"].tolist() == ["zero_run"]
    assert report["rows"].iloc[0] >= 60


def test_overlapping_intervals_are_reported(year):
    frame = year.iloc[:48].copy()
    frame.iloc[10, frame.columns.get_loc("interval_end")] += pd.Timedelta("30min")
    assert found(op.check_usage(frame)) == [("overlap", str(frame.index[11]), str(frame.index[12]), 1)]


def test_hours_are_held_against_the_billed_months(year):
    monthly = bills(year)
    monthly.iloc[2, monthly.columns.get_loc("total_kwh")] *= 1.01
    monthly.iloc[4, monthly.columns.get_loc("cost_usd")] = np.nan
    monthly.iloc[5, monthly.columns.get_indexer(KWH[:2])] = np.nan
    monthly = pd.concat([monthly.drop(monthly.index[7]), monthly.iloc[[9]]])
    report = op.check_usage(year, monthly)
    assert [(row.code, row.start.month) for row in report.itertuples()] == [
        ("month_mismatch", 3),
        ("month_missing", 8),
        ("month_double", 10),
        ("month_split_missing", 6),
        ("month_split_mismatch", 3),
        ("cost_missing", 5),
    ]


def test_a_bill_is_late_only_ten_days_after_its_month(year):
    monthly = bills(year).iloc[:-2]
    assert found(op.check_usage(year[year.index < "2023-12-10"], monthly)) == []
    assert op.check_usage(year[year.index < "2023-12-11"], monthly)["code"].tolist() == ["month_missing"]


def test_the_range_that_was_asked_for_shows_late_starts_and_early_ends(year):
    part = year[(year.index >= "2023-03-05") & (year.index < "2023-11-20")]
    report = op.check_usage(part, start="2023-01-01", end="2024-01-01")
    assert report["code"].tolist() == ["starts_late", "ends_early"]
    assert report["rows"].tolist() == [63 * 24, 42 * 24]
    assert report.coverage["expected"].sum() == 8760
    both = several(year, part.assign(service_account_id="b"))
    assert op.check_usage(both)[["code", "service_account_id"]].to_numpy().tolist() == [
        ["starts_late", "b"],
        ["ends_early", "b"],
    ]
    with pytest.raises(op.errors.ArgumentError, match="before end"):
        op.check_usage(year, start="2024-01-01", end="2023-01-01")


def test_what_changed_since_the_last_pull(year):
    old = year.iloc[:1000].drop(year.index[[50]])
    new = year.iloc[:1010].drop(year.index[[70, 71]]).copy()
    new.loc[new.index[200:203], "total_kwh"] += 1
    new.loc[new.index[200:203], "off_peak_kwh"] += 1
    report = op.check_usage(new, previous=old)
    changed = report[report["code"].isin(["revised", "vanished", "added"])]
    assert changed[["code", "rows"]].to_numpy().tolist() == [
        ["revised", 3],
        ["vanished", 2],
        ["added", 1],
        ["added", 10],
    ]
    assert changed["start"].iloc[0] == new.index[200]
    assert len(op.check_usage(year, previous=year)) == 0
    with pytest.raises(op.errors.SchemaError, match="tz_convert"):
        op.check_usage(year, previous=old.tz_convert("UTC"))


def stamped(frame, clock):
    """A true year with its stamps read by the wrong clock."""
    if clock == "clock_wall":
        return frame.set_axis(frame.index.tz_localize(None).tz_localize("UTC").tz_convert(NEW_YORK))
    naive = frame.index.tz_convert("UTC").tz_localize(None)
    local = naive.tz_localize(NEW_YORK, ambiguous=np.ones(len(naive), bool), nonexistent=pd.Timedelta("1h"))
    return frame.set_axis(local)


@pytest.mark.parametrize("clock", ["clock_wall", "clock_utc"])
def test_a_clock_read_wrongly_is_told_and_explains_its_gap_and_double(year, clock):
    wrong = stamped(year, clock).rename_axis(index="interval_start")
    wrong["interval_end"] = wrong.index + pd.Timedelta("1h")
    report = op.check_usage(wrong.sort_index(kind="stable"))
    assert report["code"].tolist() == [clock]
    assert "clock=" in report["suggestion"].iloc[0]


def test_a_lost_autumn_hour_alone_is_a_gap(year):
    second = year.index.get_indexer([pd.Timestamp("2023-11-05 06:00", tz="UTC")])
    assert op.check_usage(year.drop(year.index[second]))["code"].tolist() == ["gap"]


def test_end_labels_show_against_the_utilitys_peak_hours_and_the_sun(year):
    schedule = op.PeakSchedule.parse("weekdays 16-21")
    assert len(op.check_usage(year, schedule=schedule)) == 0
    late = year.set_axis(year.index + pd.Timedelta("1h")).assign(
        interval_end=lambda rows: rows.index + pd.Timedelta("1h")
    )
    late = late.rename_axis(index="interval_start")
    assert op.check_usage(late, schedule=schedule)["code"].tolist() == ["label_end"]
    solar = year.assign(export_kwh=np.maximum(np.cos((sun_hour(year.index, -74.0) - 12) * np.pi / 12), 0.0))
    assert len(op.check_usage(solar, longitude=-74.0)) == 0
    shifted = solar.set_axis(solar.index + pd.Timedelta("1h")).rename_axis(index="interval_start")
    shifted["interval_end"] = shifted.index + pd.Timedelta("1h")
    assert op.check_usage(shifted, longitude=-74.0)["code"].tolist() == ["label_end"]


def sun_hour(index, longitude):
    """Mean solar time of the intervals' middles [h], without the equation of time."""
    middle = index.tz_convert("UTC") + pd.Timedelta("30min")
    return (middle.hour + middle.minute / 60 + longitude / 15).to_numpy() % 24


@pytest.mark.parametrize(
    ("start", "end", "drop", "words"),
    [
        ("2023-01-01", "2023-11-26", 0, "sufficient: 329 valid of 329 days"),
        (
            "2023-01-01",
            "2023-11-25",
            0,
            "insufficient: baseline too short, 328 valid of 328 days, 329 needed",
        ),
        (
            "2023-01-01",
            "2024-01-01",
            37,
            "insufficient: too many days missing, 328 valid of 365 days, 90 % needed",
        ),
        ("2023-01-01", "2024-01-01", 36, "sufficient: 329 valid of 365 days"),
        ("2022-01-01", "2024-01-01", 0, "sufficient: 365 valid of 365 days"),
    ],
)
def test_sufficiency_is_caltracks(start, end, drop, words):
    frame = intervals(start, end, tz="America/Phoenix")
    holed = frame.drop(frame.index[2400 : 2400 + drop * 24])
    assert op.check_usage(holed).sufficiency["words"].tolist() == [words]


def test_the_report_is_a_frame_that_says_briefly_what_it_holds(year):
    report = op.check_usage(year.drop(year.index[[7, 90]]))
    assert repr(report).startswith("UsageReport: 8,758 of 8,760 intervals (100.0%), 1 account, 2 findings")
    assert "gap [a]: intervals are absent; 2 rows, first 2023-01-01 07:00, 2 times." in repr(report)
    html = report._repr_html_()
    assert "<li>gap [a]" in html
    assert type(report[report["code"] == "gap"]) is pd.DataFrame
    assert list(report.columns) == op.schema.FINDINGS.names
    escaped = op.check_usage(year.drop(year.index[7]).assign(service_account_id="<b>"))
    assert "<b>]" not in escaped._repr_html_()


def test_the_order_of_rows_and_accounts_does_not_matter():
    a, b = intervals("2023-01-01", "2023-03-01"), intervals("2023-01-01", "2023-03-01", account="b", seed=2)
    frame = several(a.drop(a.index[40:44]), b.drop(b.index[100]))
    mixed = frame.sample(frac=1, random_state=1)
    one, other = op.check_usage(frame), op.check_usage(mixed)
    assert found(one) == found(other)
    assert one["service_account_id"].tolist() == ["a", "b"]


def test_changing_lengths_are_counted_as_they_are():
    hours = intervals("2023-01-01", "2023-01-11")
    quarters = intervals("2023-01-11", "2023-01-21", minutes=15)
    frame = pd.concat([hours, quarters])
    report = op.check_usage(frame)
    assert found(report) == []
    assert report.coverage["expected"].tolist() == [240 + 960]
    assert op.check_usage(frame.drop(quarters.index[8:12]))["rows"].tolist() == [4]


def test_a_range_may_begin_on_a_day_without_midnight():
    hourly = intervals("2024-03-10", "2024-03-12", tz="America/Havana")
    report = op.check_usage(hourly, start="2024-03-10", end="2024-03-12")
    assert report.coverage["expected"].tolist() == [47]
    assert report.coverage["missing"].tolist() == [0]
