"""Any frame written in a plain layout is read as it was; damaged files are read right or refused."""

import io
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import omnipandas as op

ZONES = {
    "America/New_York": ("2024-03-09", "2024-11-02"),
    "Europe/London": ("2024-03-30", "2024-10-26"),
    "Australia/Lord_Howe": ("2024-10-05", "2024-04-06"),
    "America/St_Johns": ("2024-03-09", "2024-11-02"),
    "America/Havana": ("2024-03-09", "2024-11-02"),
    "America/Santiago": ("2024-09-07", "2024-04-06"),
    "Africa/Cairo": ("2024-04-25", "2024-10-31"),
    "Asia/Beirut": ("2024-03-30", "2024-10-26"),
    "Asia/Kathmandu": ("2024-03-30", "2024-10-26"),
}


def truth(zone, start, days, minutes, accounts=1, export=False, seed=0):
    """INTERVALS of whole local days, made without the reader."""
    first = pd.Timestamp(start).tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    last = (pd.Timestamp(start) + pd.Timedelta(days=days)).tz_localize(
        zone, ambiguous=True, nonexistent="shift_forward"
    )
    index = pd.date_range(first, last, freq=f"{minutes}min", inclusive="left")
    noise = np.random.default_rng(seed)
    rows = []
    for number in range(accounts):
        own = pd.DataFrame({"at": index, "account": f"meter {number}"})
        own["total"] = np.round(noise.uniform(0, 3, len(index)), 3)
        own["export"] = np.round(noise.uniform(0, 1, len(index)), 3) if export else np.nan
        rows.append(own)
    frame = pd.concat(rows, ignore_index=True)
    frame["end"] = frame["at"] + pd.Timedelta(minutes=minutes)
    return frame


def lines(header, cells, separator=","):
    return "\n".join([separator.join(header), *(separator.join(row) for row in cells)]) + "\n"


def usual(frame, **_):
    """One column of ISO wall times, ids, both directions."""
    cells = [
        (
            row.account,
            f"{row.at:%Y-%m-%d %H:%M}",
            str(row.total),
            "" if np.isnan(row.export) else str(row.export),
        )
        for row in frame.itertuples()
    ]
    return lines(["Meter ID", "timestamp", "usage_kwh", "export_kwh"], cells)


def american(frame, **_):
    """Under a preamble date and 12-hour time, quotes, dollars, a total below."""
    rows = [
        (
            row.account,
            f"{row.at:%-m/%-d/%Y}",
            f"{row.at:%-I:%M %p}",
            f'"{row.total}"',
            f"{row.export}",
            "$0.12 ",
        )
        for row in frame.itertuples()
    ]
    body = lines(["Meter Number", "DATE", "START TIME", "IMPORT (kWh)", "EXPORT (kWh)", "COST"], rows)
    return f'Name,SOMEBODY\nAddress,"1 ANY ST, ANYTOWN"\n\n{body}\ntotal,,,99,,$9\n'


def european(frame, **_):
    """Semicolons, dots, decimal commas, Wh."""
    rows = [
        (row.account, f"{row.at:%d.%m.%Y %H:%M:%S}", f"{row.total * 1000:.1f}".replace(".", ","))
        for row in frame.itertuples()
    ]
    return lines(["Meter ID", "Zeitpunkt", "Verbrauch (Wh)"], rows, ";")


def offsets(frame, **_):
    """ISO stamps with offsets, ends, the newest first."""
    rows = [
        (row.account, row.at.isoformat(), row.end.isoformat(), str(row.total)) for row in frame.itertuples()
    ]
    return lines(["mprn", "Start", "End", "Consumption (kWh)"], rows[::-1])


def seconds(frame, **_):
    """Seconds since 1970."""
    rows = [(row.account, str(int(row.at.timestamp())), str(row.total)) for row in frame.itertuples()]
    return lines(["account id", "time", "value"], rows)


def power(frame, minutes, **_):
    """Mean power; UTC in the header."""
    rows = [
        (row.account, f"{row.at.tz_convert('UTC'):%Y-%m-%d %H:%M}", repr(row.total * 60 / minutes))
        for row in frame.itertuples()
    ]
    return lines(["esiid", "Time (UTC)", "Home (kW)"], rows)


def channels(frame, **_):
    """Both directions in rows; the end beside the start."""
    rows = [
        (row.account, f"{row.at:%m/%d/%Y}", f"{row.at:%H:%M}", f"{row.end:%H:%M}", str(value), kind)
        for row in frame.itertuples()
        for kind, value in (("Consumption", row.total), ("Surplus Generation", row.export))
        if not np.isnan(value)
    ]
    header = ["ESIID", "USAGE_DATE", "USAGE_START_TIME", "USAGE_END_TIME", "USAGE_KWH"]
    return lines([*header, "CONSUMPTION_SURPLUSGENERATION"], rows)


def periods(frame, **_):
    """Both edges in one cell; tabs."""
    rows = [
        (row.account, f"{row.at:%Y-%m-%d %H:%M} to {row.end:%H:%M}", str(row.total))
        for row in frame.itertuples()
    ]
    return lines(["Meter ID", "Period", "kWh"], rows, "\t")


def ends(frame, **_):
    """Wall times of the ends."""
    rows = [(row.account, f"{row.end:%Y-%m-%d %H:%M}", str(row.total)) for row in frame.itertuples()]
    return lines(["Meter ID", "Read Date and End Time", "kWh"], rows)


def backwards(frame, **_):
    """Wall times, the newest first."""
    rows = [(row.account, f"{row.at:%Y-%m-%d %H:%M}", str(row.total)) for row in frame.itertuples()]
    return lines(["Meter ID", "timestamp", "kWh"], rows[::-1])


WITH_EXPORT = (usual, american, channels)
WRITERS = (*WITH_EXPORT, european, offsets, seconds, power, periods, ends, backwards)


def test_ends_of_hours_are_read_where_clocks_change_by_half_an_hour():
    frame = truth("Australia/Lord_Howe", "2024-10-05", 3, 60)
    read = op.read_intervals(io.StringIO(ends(frame)), timezone="Australia/Lord_Howe")
    assert (read.index == pd.DatetimeIndex(frame["at"])).all()


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.__name__)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    zone=st.sampled_from(list(ZONES)),
    season=st.integers(0, 1),
    days=st.integers(3, 4),
    minutes=st.sampled_from([15, 30, 60]),
    accounts=st.integers(1, 2),
    seed=st.integers(0, 9),
)
@pytest.mark.filterwarnings("error::omnipandas.errors.QualityWarning")
def test_what_is_written_is_read(writer, zone, season, days, minutes, accounts, seed):
    frame = truth(zone, ZONES[zone][season], days, minutes, accounts, writer in WITH_EXPORT, seed)
    read = op.read_intervals(io.StringIO(writer(frame, minutes=minutes)), timezone=zone)
    expected = frame.sort_values(["at", "account"], kind="stable")
    assert (read.index == pd.DatetimeIndex(expected["at"])).all()
    assert (read["interval_end"].array == pd.DatetimeIndex(expected["end"])).all()
    assert read["service_account_id"].astype("str").tolist() == expected["account"].tolist()
    np.testing.assert_allclose(read["total_kwh"], expected["total"], rtol=1e-12, atol=1e-12)
    if writer in WITH_EXPORT:
        np.testing.assert_allclose(read["export_kwh"], expected["export"], rtol=1e-12, atol=1e-12)


# ---- damage ---------------------------------------------------------------------------------------

FILES = sorted(path for path in (Path(__file__).parents[1] / "cases").iterdir() if path.suffix != ".json")


def outcome(content, timezone="America/Los_Angeles"):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", op.errors.QualityWarning)
        try:
            return op.read_intervals(content, timezone=timezone)
        except (op.errors.SchemaError, op.errors.ArgumentError):
            return None


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(FILES), at=st.floats(0, 1), noise=st.binary(max_size=6), cut=st.integers(0, 40))
def test_a_damaged_file_is_read_or_refused(path, at, noise, cut):
    content = path.read_bytes()
    place = int(at * len(content))
    frame = outcome(content[:place] + noise + content[place + cut :])
    if frame is not None:
        op.schema.INTERVALS.require(frame)
        assert not np.isinf(frame["total_kwh"]).any()
        assert (frame["interval_end"] > frame.index).all()


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(FILES), at=st.floats(0, 1))
def test_a_file_that_broke_off_is_read_or_refused(path, at):
    content = path.read_bytes()
    frame = outcome(content[: int(at * len(content))])
    if frame is not None:
        op.schema.INTERVALS.require(frame)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(alphabet=st.sampled_from('ab,;\t"\n 0123456789:-/.kWhDATEtime'), max_size=400))
def test_any_text_is_read_or_refused(text):
    outcome(text.encode())


# ---- channels -------------------------------------------------------------------------------------


def stacked(values):
    index = pd.date_range("2024-05-01", periods=6, freq="h")
    rows = [f"{at:%Y-%m-%d %H:%M},{name},{value}" for at in index for name, value in values.items()]
    return io.StringIO("timestamp,Register,kWh\n" + "\n".join(rows) + "\n")


def test_two_registers_of_usage_are_added_and_one_of_generation_is_export():
    values = {"General usage": 1.0, "Controlled load": 0.5, "Feed-in": 0.25}
    frame = op.read_intervals(stacked(values), timezone="Australia/Sydney")
    assert frame["total_kwh"].tolist() == [1.5] * 6
    assert frame["export_kwh"].tolist() == [0.25] * 6


def test_registers_that_no_word_tells_are_named_by_the_caller():
    values = {"A": 1.0, "Q": 0.25}
    with pytest.raises(op.errors.SchemaError, match="channel="):
        op.read_intervals(stacked(values), timezone="Australia/Sydney")
    channel = ("Register", {"A": "total", "Q": "export"})
    frame = op.read_intervals(stacked(values), timezone="Australia/Sydney", channel=channel)
    assert frame["export_kwh"].tolist() == [0.25] * 6
    with pytest.raises(op.errors.ArgumentError, match="'total' or 'export'"):
        op.read_intervals(stacked(values), timezone="Australia/Sydney", channel=("Register", {"A": "usage"}))
    with pytest.raises(op.errors.SchemaError, match="none of yours"):
        op.read_intervals(stacked(values), timezone="Australia/Sydney", channel=("Register", {"Z": "total"}))


def test_several_columns_of_usage_are_not_chosen_from():
    text = "timestamp,a (kWh),b (kWh)\n2024-01-01 00:00,1,2\n2024-01-01 01:00,1,2\n"
    with pytest.raises(op.errors.SchemaError, match="total="):
        op.read_intervals(io.StringIO(text), timezone="America/New_York")
    frame = op.read_intervals(io.StringIO(text), timezone="America/New_York", total=["a (kWh)", "b (kWh)"])
    assert frame["total_kwh"].tolist() == [3.0, 3.0]


@pytest.mark.parametrize(
    ("header", "arguments", "error", "says"),
    [
        ("kWh", {"unit": "wh"}, op.errors.ArgumentError, "says kwh"),
        ("Usage (therms)", {}, op.errors.SchemaError, "gas"),
        ("Usage (CCF)", {}, op.errors.SchemaError, "CCF"),
        ("Usage (m3)", {}, op.errors.SchemaError, "m3"),
        ("Usage (gallons)", {"unit": "kwh"}, op.errors.SchemaError, "water"),
        ("Power", {}, op.errors.SchemaError, "unit='kw'"),
        ("Power (W)", {"unit": "kwh"}, op.errors.ArgumentError, "says w"),
        ("Temperature (C)", {}, op.errors.SchemaError, "no column of electric usage"),
    ],
)
def test_another_unit_is_refused_by_its_name(header, arguments, error, says):
    text = f"timestamp,{header}\n2024-01-01 00:00,1\n2024-01-01 01:00,2\n"
    with pytest.raises(error, match=says):
        op.read_intervals(io.StringIO(text), timezone="America/New_York", **arguments)


@pytest.mark.parametrize(
    ("unit", "kwh"),
    [("kwh", 1000), ("wh", 1), ("mwh", 1e6), ("j", 1 / 3600), ("kw", 250), ("w", 0.25), ("mw", 250_000)],
)
def test_every_unit_becomes_kwh(unit, kwh):
    text = "timestamp,value\n2024-01-01 00:00,1000\n2024-01-01 00:15,1000\n"
    frame = op.read_intervals(io.StringIO(text), timezone="America/New_York", unit=unit)
    assert frame["total_kwh"].tolist() == pytest.approx([kwh, kwh])


def test_what_may_matter_and_is_left_out_is_said_and_nothing_else():
    rows = "\n".join(
        f"2024-05-01 {hour:02d}:00,{kind},1" for hour in range(3) for kind in ("mains", "fridge")
    )
    with pytest.warns(op.errors.QualityWarning, match="3 row"):
        frame = op.read_intervals(io.StringIO(f"time,device,kWh\n{rows}\n"), timezone="America/New_York")
    assert len(frame) == 3
    assert "3 row" in frame.attrs["left_out"]
