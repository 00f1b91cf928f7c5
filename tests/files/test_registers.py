"""Registers side by side, and whole files of several registers read to the end."""

import io

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.files.registers import Register, side_by_side
from tests import writers

CHANGES = [
    ("America/Los_Angeles", "2025-03-09"),
    ("America/Los_Angeles", "2025-11-02"),
    ("Europe/London", "2024-02-29"),
    ("Australia/Sydney", "2025-04-06"),
    ("Australia/Sydney", "2025-10-05"),
    ("Australia/Lord_Howe", "2025-04-06"),
    ("Australia/Lord_Howe", "2025-10-05"),
    ("America/Havana", "2025-03-09"),
    ("America/Havana", "2025-11-02"),
    ("America/St_Johns", "2025-11-02"),
    ("America/Santiago", "2025-04-05"),
    ("America/Santiago", "2025-09-07"),
    ("Pacific/Apia", "2011-12-30"),
]


def register(role, stamps, kwh, name="1"):
    marks = np.zeros(len(kwh), dtype=bool)
    return Register("a", name, role, pd.DatetimeIndex(stamps), np.array(kwh, dtype=float), marks)


def test_equal_stamps_meet_the_nth_with_the_nth():
    autumn = ["2025-11-02 01:00", "2025-11-02 01:00"]
    (rows,) = side_by_side(
        [register("export", [*autumn, "2025-11-02 02:00"], [7, 8, 9]), register("total", autumn, [1, 2])]
    )
    assert rows.total.tolist()[:2] == [1, 2]
    assert np.isnan(rows.total[2])
    assert rows.export.tolist() == [7, 8, 9]


def test_two_names_are_added_and_one_name_goes_on():
    stamps = pd.date_range("2025-01-01", periods=4, freq="h")
    parts = [register("total", stamps[:2], [1, 2]), register("total", stamps[2:], [3, 4])]
    (rows,) = side_by_side([*parts, register("total", stamps[1:], [10, np.nan, 30], name="2")])
    np.testing.assert_array_equal(rows.total, [np.nan, 12, np.nan, 34])


@pytest.mark.parametrize("minutes", [15, 30, 60])
@pytest.mark.parametrize(("zone", "moment"), CHANGES)
@pytest.mark.parametrize(("accounts", "export"), [(("a",), True), (("a", "b"), False), (("a", "b"), True)])
def test_what_is_written_comes_back_as_intervals(zone, moment, minutes, accounts, export):
    if zone.endswith("Lord_Howe") and minutes == 60:
        pytest.skip("clocks that change by half an hour leave no whole hours")
    days = writers.days_around(moment, 3)
    frame = writers.usage(*days, tz=zone, minutes=minutes, accounts=accounts, export=export)
    told = {"service_account_id": "a"} if len(accounts) == 1 else {}
    check(writers.espi(frame), frame, zone, **told)
    check(writers.wide(frame, numbered="HE"), frame.assign(estimated=False), zone)
    if len(accounts) == 1:
        check(writers.sce(frame), frame, zone, **told)
    if minutes != 60:
        market = writers.usage(*days, tz="Etc/GMT-10", minutes=minutes, accounts=accounts, export=export)
        check(writers.nem12(market), market, zone)


def check(content, frame, zone, **arguments):
    read = op.read_intervals(io.BytesIO(content), timezone=zone, **arguments)
    op.schema.INTERVALS.require(read)
    ours = (
        read.rename_axis("interval_start").reset_index().sort_values(["service_account_id", "interval_start"])
    )
    want = frame.tz_convert(zone).reset_index().sort_values(["service_account_id", "interval_start"])
    for name in ("interval_start", "interval_end"):
        assert (pd.DatetimeIndex(ours[name]) == pd.DatetimeIndex(want[name]).tz_convert(zone)).all()
    for name in [name for name in ("total_kwh", "export_kwh", "estimated") if name in want]:
        expected = want[name].to_numpy()
        found = ours[name].to_numpy() if name in ours else np.zeros(len(want), dtype=bool)
        np.testing.assert_allclose(found.astype(float), expected.astype(float), rtol=1e-9)
