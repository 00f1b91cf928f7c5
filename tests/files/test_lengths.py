import io

import numpy as np
import pandas as pd
import pytest

import omnipandas as op

ZONE = {"timezone": "America/New_York"}


def read(index, **settings):
    rows = [f"{at:%Y-%m-%d %H:%M},1" for at in index]
    return op.read_intervals(io.StringIO("timestamp,kwh\n" + "\n".join(rows) + "\n"), **ZONE, **settings)


def minutes(frame):
    return ((frame["interval_end"] - frame.index) / pd.Timedelta(minutes=1)).to_numpy()


def test_a_day_whose_every_second_row_is_absent_has_the_accounts_length():
    index = pd.date_range("2023-06-01", "2023-06-08", freq="30min", inclusive="left")
    thinned = index[(index.day != 4) | (index.minute == 0)]
    frame = read(thinned)
    assert (minutes(frame) == 30).all()
    assert op.check_usage(frame).coverage["missing"].sum() == 24


def test_a_run_of_days_of_another_length_is_of_that_length():
    coarse = pd.date_range("2023-06-01", "2023-06-08", freq="60min", inclusive="left")
    fine = pd.date_range("2023-06-08", "2023-06-20", freq="15min", inclusive="left")
    frame = read(coarse.append(fine))
    assert (minutes(frame)[: len(coarse)] == 60).all()
    assert (minutes(frame)[len(coarse) :] == 15).all()
    frame = read(fine.append(coarse + pd.Timedelta(days=19)))
    assert (minutes(frame)[len(fine) :] == 60).all()


def test_a_finer_day_alone_is_finer():
    index = pd.date_range("2023-06-01", "2023-06-08", freq="60min", inclusive="left")
    fine = pd.date_range("2023-06-08", "2023-06-09", freq="15min", inclusive="left")
    assert (minutes(read(index.append(fine)))[len(index) :] == 15).all()


@pytest.mark.parametrize("zone", ["America/New_York", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe"])
@pytest.mark.parametrize("month", ["2024-03", "2024-11", "2024-04", "2024-10"])
def test_a_day_ends_at_the_next_local_midnight(zone, month):
    days = pd.date_range(f"{month}-01", periods=28)
    text = "Date,kWh\n" + "\n".join(f"{day:%Y-%m-%d},{day.day}" for day in days) + "\n"
    frame = op.read_intervals(io.StringIO(text), timezone=zone)
    first = days.tz_localize(zone, ambiguous=np.ones(28, dtype=bool), nonexistent="shift_forward")
    assert (frame.index == first).all()
    assert (frame["interval_end"].array[:-1] == first[1:]).all()
    assert frame["total_kwh"].tolist() == list(range(1, 29))


def test_ends_in_the_file_say_the_length_where_rows_are_far_apart():
    text = "Start,End,kWh\n2024-05-01 00:00,2024-05-01 00:30,1\n2024-05-03 09:00,2024-05-03 09:30,2\n"
    assert (minutes(op.read_intervals(io.StringIO(text), **ZONE)) == 30).all()


def test_rows_a_month_apart_look_like_bills():
    with pytest.raises(op.errors.SchemaError, match=r"bill history.*read_bills"):
        read(pd.date_range("2023-01-15", periods=12, freq="30D"))
