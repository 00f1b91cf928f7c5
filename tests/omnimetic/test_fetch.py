"""get_*: from questions to frames, over real HTTP against a scripted vendor."""

import io
import itertools
import json
import os
import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import omnipandas as op
from omnipandas import errors
from tests.vendor import OTHER, PREMISE, Answer, answer, usage


def failing(*words, status=500):
    """A rule that fails every request whose query holds one of the words."""
    return lambda r: answer({}, status) if any(word in str(r.query) for word in words) else None


# ---- service accounts and months -----------------------------------------------------------------


def test_service_accounts_come_in_the_order_asked(client):
    frame = op.get_service_accounts(client, [OTHER, PREMISE])
    assert frame.index.tolist() == [OTHER, PREMISE]
    assert frame.loc[PREMISE, "timezone"] == "America/New_York"
    assert frame.loc[PREMISE, "linked_at"] == pd.Timestamp("2023-08-10T08:50:02.621Z")
    assert frame.attrs["source"] == client.base_url


def test_months_of_years_and_accounts(client, vendor):
    frame = op.get_historical(client, [PREMISE, OTHER], range(2021, 2023))
    assert len(frame) == 48
    assert [r.query["year"] for r in vendor.asked("historical")].count("2021") == 2
    first = frame.iloc[0]
    assert frame.index[0] == pd.Timestamp("2021-01-01")
    assert (first.on_peak_kwh, first.off_peak_kwh, first.total_kwh) == (50.0005, 100, 150.0005)
    assert first.cost_usd == 11.29


@pytest.mark.parametrize(
    "get",
    [
        op.get_service_accounts,
        lambda c, i: op.get_historical(c, i, 2022),
        lambda c, i: op.get_intervals(c, i, "2023-01-01", "2023-01-02"),
    ],
)
def test_no_ids_are_an_empty_frame(client, vendor, get):
    frame = get(client, [])
    assert len(frame) == 0
    assert len(frame.columns) >= 5
    assert vendor.requests == []


# ---- hours: seams, zones, readings ---------------------------------------------------------------


def truth(zone, start, end, premise=PREMISE):
    """Every hour of a range by plain arithmetic, apart from the product's calendar."""
    first, last = (
        pd.Timestamp(b).tz_localize(zone, ambiguous=True, nonexistent="shift_forward") for b in (start, end)
    )
    whole = pd.date_range(
        first.ceil("h") if zone == "UTC" else first.tz_convert("UTC").ceil("h"),
        last.tz_convert("UTC"),
        freq="h",
        inclusive="left",
    )
    rows = [usage(premise, instant) for instant in whole.to_pydatetime()]
    return pd.DataFrame(rows, index=whole.tz_convert(zone), columns=["on", "off"])


def agrees(frame, expected):
    assert (frame.index == expected.index).all()
    known = frame["on_peak_kwh"].notna()
    assert np.allclose(frame["total_kwh"], expected["on"] + expected["off"])
    assert np.allclose(frame.loc[known, "on_peak_kwh"], expected.loc[known.to_numpy(), "on"])


ZONES = ["America/New_York", "America/Phoenix", "Australia/Sydney", "Australia/Lord_Howe", "America/St_Johns"]
READINGS = st.fixed_dictionaries(
    {"inclusive": st.booleans(), "local_days": st.booleans(), "wall": st.booleans()}
)
DAYS = st.dates(pd.Timestamp("2019-12-25").date(), pd.Timestamp("2020-12-31").date())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    zone=st.sampled_from(ZONES),
    days=st.tuples(DAYS, st.integers(1, 100)),
    hours=st.tuples(st.integers(0, 23), st.integers(0, 23)),
    reading=READINGS,
)
def test_any_range_equals_one_big_call_whatever_the_vendors_readings(
    connect, vendor, zone, days, hours, reading
):
    vendor.zone, vendor.address = zone, {"postalCode": "2898"}
    vendor.inclusive, vendor.local_days, vendor.wall = (
        reading[k] for k in ("inclusive", "local_days", "wall")
    )
    start = pd.Timestamp(days[0]) + pd.Timedelta(hours=hours[0])
    end = pd.Timestamp(days[0]) + pd.Timedelta(days=days[1], hours=hours[1])
    frame = op.get_intervals(
        connect(), PREMISE, start, end, timezone=zone, clock="wall" if vendor.wall else "utc", refresh=True
    )
    expected = truth(zone, start, end)
    agrees(frame, expected)


@pytest.mark.parametrize(
    ("zone", "day", "rows"),
    [
        ("America/New_York", "2023-03-12", 23),
        ("America/New_York", "2023-11-05", 25),
        ("America/New_York", "2023-07-01", 24),
        ("America/Phoenix", "2023-03-12", 24),
        ("Australia/Sydney", "2023-04-02", 25),
        ("Australia/Sydney", "2023-10-01", 23),
        ("America/St_Johns", "2023-03-12", 23),
        ("America/St_Johns", "2023-11-05", 25),
        ("Australia/Lord_Howe", "2023-10-01", 23),  # 23.5 hours hold 23 or 24 whole-hour stamps
        ("Australia/Lord_Howe", "2023-04-02", 25),  # and 24.5 hours 24 or 25
        ("America/New_York", "2020-02-29", 24),
    ],
)
def test_a_local_day_has_its_own_number_of_hours(client, vendor, zone, day, rows):
    end = (pd.Timestamp(day) + pd.Timedelta(days=1)).strftime("%Y-%m-%d")
    frame = op.get_intervals(client, PREMISE, day, end, timezone=zone)
    assert (frame.index.strftime("%Y-%m-%d") == day).all()
    length = pd.Timestamp(end, tz=zone) - pd.Timestamp(day, tz=zone)
    assert abs(len(frame) - length / pd.Timedelta(hours=1)) <= 0.5
    assert len(frame) == rows
    assert (np.diff(frame.index) == np.timedelta64(1, "h")).all()


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "cut",
    [
        "2023-03-12 02:00",
        "2022-11-06 01:00",
        "2023-04-02 03:00",
        "2023-10-01 02:30",
        "2023-01-01",
        "2023-02-28 23:00",
    ],
)
def test_two_halves_are_one_whole(client, zone, cut):
    bounds = [
        (pd.Timestamp(cut) - pd.Timedelta(days=40)).strftime("%Y-%m-%d"),
        cut,
        (pd.Timestamp(cut) + pd.Timedelta(days=40)).strftime("%Y-%m-%d"),
    ]
    left, right = (
        op.get_intervals(client, PREMISE, a, b, timezone=zone) for a, b in itertools.pairwise(bounds)
    )
    whole = op.get_intervals(client, PREMISE, bounds[0], bounds[2], timezone=zone)
    pd.testing.assert_frame_equal(pd.concat([left, right]), whole)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("inclusive", [False, True])
@pytest.mark.parametrize("day", ["2020-03-08", "2020-04-05", "2020-10-04", "2020-11-01", "2020-02-29"])
def test_wall_stamps_around_a_change_of_clocks_are_the_true_hours(client, vendor, zone, day, inclusive):
    vendor.zone, vendor.wall, vendor.inclusive = zone, True, inclusive
    start, end = (pd.Timestamp(day) + pd.Timedelta(days=n) for n in (-1, 2))
    frame = op.get_intervals(client, PREMISE, start, end, timezone=zone, clock="wall")
    agrees(frame, truth(zone, start, end))


def test_a_year_is_twelve_requests(client, vendor):
    frame = op.get_intervals(client, PREMISE, "2022-01-01", "2023-01-01")
    assert len(frame) == 8760
    assert len(vendor.asked("interval-data")) == 12


def test_the_frames_zone_is_that_of_the_zip_code(client):
    frame = op.get_intervals(client, PREMISE, "2023-01-01", "2023-01-02")
    assert str(frame.index.tz) == "America/New_York"
    assert frame.index[0] == pd.Timestamp("2023-01-01", tz="America/New_York")


def test_a_clients_zone_and_clock_are_the_calls_unless_it_says_otherwise(connect):
    client = connect(timezone="Asia/Tokyo", clock="wall")
    frame = op.get_intervals(client, PREMISE, "2023-01-01", "2023-01-02")
    assert (str(frame.index.tz), frame.attrs["clock"]) == ("Asia/Tokyo", "wall")
    frame = op.get_intervals(client, PREMISE, "2023-01-01", "2023-01-02", timezone="UTC", clock="utc")
    assert (str(frame.index.tz), frame.attrs["clock"]) == ("UTC", "utc")


def test_without_a_zip_code_the_zone_must_be_given(client, vendor):
    vendor.address = {"state": "RJ", "postalCode": "201203"}
    with pytest.raises(errors.ArgumentError, match="timezone="):
        op.get_intervals(client, PREMISE, "2023-01-01", "2023-01-02")
    assert vendor.asked("interval-data") == []
    assert len(op.get_intervals(client, PREMISE, "2023-01-01", "2023-01-02", timezone="Asia/Kolkata")) == 24


def two_zones(request):
    if request.path.endswith(f"{OTHER}/info"):
        return answer({"id": OTHER, "address": {"state": "CA", "postalCode": "94105"}})
    return None


def test_premises_of_several_zones_need_one(client, vendor):
    vendor.rules.append(two_zones)
    with pytest.raises(errors.ArgumentError, match=r"America/Los_Angeles, America/New_York.*timezone="):
        op.get_intervals(client, [PREMISE, OTHER], "2023-01-01", "2023-01-02")
    frame = op.get_intervals(client, [PREMISE, OTHER], "2023-01-01", "2023-01-02", timezone="America/Denver")
    assert len(frame) == 48
    assert str(frame.index.tz) == "America/Denver"


def test_wall_stamps_of_several_zones_are_read_each_in_its_own(client, vendor):
    vendor.rules.append(two_zones)
    frame = op.get_intervals(
        client, [PREMISE, OTHER], "2023-01-02", "2023-01-03", timezone="UTC", clock="wall"
    )
    stamps = {p: rows.index[0] for p, rows in frame.groupby("service_account_id", observed=True)}
    assert len(frame) == 48
    sent = {p: frame[frame["service_account_id"] == p]["total_kwh"] for p in stamps}
    hours = {p: round((kwh.iloc[0] - (0.5 if p == OTHER else 0)) * 1000) for p, kwh in sent.items()}
    assert (
        hours[PREMISE] - hours[OTHER]
    ) % 100_000 == 3  # the same instant is three hours later by New York's wall


def test_a_frame_of_several_accounts_has_both_and_sorts(client):
    frame = op.get_intervals(client, [PREMISE, OTHER], "2023-01-01", "2023-02-01")
    assert frame.index.is_monotonic_increasing
    assert frame.groupby("service_account_id", observed=True).size().tolist() == [744, 744]
    assert list(frame["service_account_id"].cat.categories) == [PREMISE, OTHER]


def test_hours_not_yet_there_are_absent(client, vendor, clock):
    vendor.until = pd.Timestamp(clock(), unit="s", tz="UTC").to_pydatetime()
    frame = op.get_intervals(client, PREMISE, "2023-11-01", "2024-01-01")
    assert frame.index[-1] == pd.Timestamp("2023-11-14 17:00", tz="America/New_York")
    assert len(vendor.asked("interval-data")) == 1


# ---- bad questions, before anything is sent -------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda c: op.get_service_accounts(c, "../x"), "service account id"),
        (lambda c: op.get_service_accounts(c, " "), "service account id"),
        (lambda c: op.get_service_accounts(c, [[PREMISE]]), "service account id"),
        (lambda c: op.get_historical(c, "../x", 2022), "service account id"),
        (lambda c: op.get_historical(c, PREMISE, "2022"), "year"),
        (lambda c: op.get_historical(c, PREMISE, 20222), "year"),
        (lambda c: op.get_historical(c, PREMISE, 2024), "future"),
        (lambda c: op.get_historical(c, PREMISE, []), "no year"),
        (lambda c: op.get_intervals(c, "../x", "2023-01-01", "2023-01-02"), "service account id"),
        (lambda c: op.get_intervals(c, PREMISE, "2023-01-02", "2023-01-01"), "empty"),
        (lambda c: op.get_intervals(c, PREMISE, "2023-01-01", "2023-01-01"), "empty"),
        (lambda c: op.get_intervals(c, PREMISE, "2023-11-16", "2023-12-01"), "future"),
        (lambda c: op.get_intervals(c, PREMISE, "soon", "2023-12-01"), "start"),
        (
            lambda c: op.get_intervals(c, PREMISE, "2023-01-01", "2023-02-01", timezone="Mars/Base"),
            "time zone",
        ),
        (lambda c: op.get_intervals(c, PREMISE, "2023-01-01", "2023-02-01", clock="local"), "clock"),
        (lambda c: op.download_workbook(c, "../x", "x.xlsx"), "service account id"),
        (lambda c: op.download_workbook(c, PREMISE, "."), "folder"),
        (lambda c: op.download_workbook(c, PREMISE, "no/such/folder/x.xlsx"), "folder"),
        (lambda c: op.download_workbook(c, [PREMISE, OTHER], "x.xlsx"), "service account id"),
    ],
)
def test_a_bad_question_is_refused_before_anything_is_sent(client, vendor, call, match):
    with pytest.raises(errors.ArgumentError, match=match) as caught:
        call(client)
    assert isinstance(caught.value, ValueError)
    assert vendor.requests == []


# ---- what the vendor answers ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequestError),
        (401, errors.UnauthorizedError),
        (404, errors.NotFoundError),
        (500, errors.ServerError),
    ],
)
def test_each_documented_status_has_its_error(client, vendor, status, kind):
    vendor.rules.append(lambda r: answer({"message": "x"}, status) if "interval" in r.path else None)
    with pytest.raises(kind, match="interval data 2023-01") as caught:
        op.get_intervals(client, PREMISE, "2023-01-01", "2023-03-01")
    assert type(caught.value) is kind


@pytest.mark.parametrize("body", [b"<html>sign in</html>", b"[{", b"", b"{}"])
def test_a_good_status_with_a_wrong_body_is_a_payload_error(client, vendor, body):
    vendor.rules.append(lambda r: answer(body) if "interval" in r.path else None)
    with pytest.raises(errors.PayloadError):
        op.get_intervals(client, PREMISE, "2023-01-01", "2023-01-02")


def test_a_lost_month_is_an_error_with_what_arrived_and_resumes(client, vendor):
    whole = op.get_intervals(client, PREMISE, "2023-01-01", "2023-05-01")
    client.cache.clear()
    vendor.rules.append(failing("2023-01-31"))  # February's request begins on its eve
    with pytest.raises(errors.IncompleteError, match="interval data 2023-02") as caught:
        op.get_intervals(client, PREMISE, "2023-01-01", "2023-05-01")
    error = caught.value
    assert error.partial.equals(whole[whole.index.month != 2])
    assert list(error.failures) == [f"interval data 2023-02 of {PREMISE}"]
    assert isinstance(error.failures[f"interval data 2023-02 of {PREMISE}"], errors.ServerError)
    assert (error.status_code, error.retryable) == (500, True)
    with pytest.raises(errors.IncompleteError):
        error.resume()
    vendor.rules.clear()
    asked = len(vendor.requests)
    assert error.resume().equals(whole)
    assert len(vendor.requests) == asked + 1


def test_a_lost_year_is_an_error_with_what_arrived(client, vendor):
    vendor.rules.append(failing("2021", status=404))
    with pytest.raises(errors.IncompleteError, match="historical data 2021") as caught:
        op.get_historical(client, PREMISE, [2020, 2021, 2022])
    assert sorted(set(caught.value.partial.index.year)) == [2020, 2022]
    assert caught.value.status_code == 404


def test_an_unknown_id_among_known_ones_loses_nothing_of_theirs(client, vendor):
    ids = [PREMISE, "64d4a4ba8061ed001f60dead"]
    with pytest.raises(errors.IncompleteError, match="64d4a4ba8061ed001f60dead") as caught:
        op.get_service_accounts(client, ids)
    assert caught.value.partial.index.tolist() == [PREMISE]
    with pytest.raises(errors.IncompleteError) as caught:
        op.get_intervals(client, ids, "2023-01-01", "2023-02-01")
    assert len(caught.value.partial) == 744
    assert isinstance(next(iter(caught.value.failures.values())), errors.NotFoundError)
    with pytest.raises(errors.IncompleteError) as again:
        caught.value.resume()
    assert len(again.value.partial) == 744


def test_an_unknown_id_alone_is_not_found(client):
    with pytest.raises(errors.NotFoundError):
        op.get_intervals(client, "64d4a4ba8061ed001f60dead", "2023-01-01", "2023-02-01")


def test_after_a_refusal_the_other_months_are_not_asked_for(client, vendor):
    vendor.rules.append(lambda r: answer({}, 403) if "interval" in r.path else None)
    with pytest.raises(errors.UnauthorizedError):
        op.get_intervals(client, PREMISE, "2018-01-01", "2023-01-01")
    assert len(vendor.asked("interval-data")) < 20


def test_many_months_come_in_order_whoever_is_first(client, vendor):
    import time

    vendor.rules.append(lambda r: time.sleep(0.03) if "2023-01" in r.query.get("startDate", "") else None)
    frame = op.get_intervals(client, PREMISE, "2023-01-01", "2023-07-01")
    assert frame.index.is_monotonic_increasing
    assert len(frame) == 4343


@pytest.mark.parametrize(("delay", "shown"), [(60.0, False), (0.0, True)])
def test_a_long_call_shows_a_progress_bar_and_a_short_one_none(delay, shown):
    code = f"""
import omnipandas as op
from omnipandas.omnimetic import gathering
gathering._PROGRESS_DELAY = {delay}
client = op.demo(today="2023-11-01")
op.get_intervals(client, op.linked_accounts(client)[0], "2023-01-01", "2023-04-01")
client.close()
"""
    environment = {name: value for name, value in os.environ.items() if name != "TQDM_DISABLE"}
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, env=environment
    )
    assert ("Omnimetic" in done.stderr) == shown
    assert done.stdout == ""


def test_frames_do_not_change_with_the_order_of_the_answer(client, vendor):
    whole = op.get_intervals(client, PREMISE, "2023-01-01", "2023-02-01", refresh=True)

    def shuffled(request):
        if "interval" not in request.path:
            return None
        rows = vendor.hours(PREMISE, request.query["startDate"], request.query["endDate"])
        return answer(rows[::-1][::2] + rows[::2] + rows[::-1][1::2])

    vendor.rules.append(shuffled)
    assert op.get_intervals(client, PREMISE, "2023-01-01", "2023-02-01", refresh=True).equals(whole)


# ---- the workbook --------------------------------------------------------------------------------


def xlsx():
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="xlsxwriter") as writer:
        pd.DataFrame({"Month": ["January"], "kWh": [12.5]}).to_excel(writer, sheet_name="Usage", index=False)
        pd.DataFrame({"Bill": [3]}).to_excel(writer, sheet_name="Bills", index=False)
    return buffer.getvalue()


def workbook(body, status=200):
    return lambda r: (
        Answer(status, body, {"Content-Type": "application/octet-stream"}) if "download" in r.path else None
    )


def test_a_workbook_is_saved_and_read(client, vendor, tmp_path):
    vendor.rules.append(workbook(xlsx()))
    path = op.download_workbook(client, PREMISE, tmp_path / "usage.xlsx")
    assert path == tmp_path / "usage.xlsx"
    sheets = op.read_workbook(str(path))
    assert list(sheets) == ["Usage", "Bills"]
    assert sheets["Usage"]["kWh"].tolist() == [12.5]
    assert client.cache.entries == 0


@pytest.mark.parametrize("body", [b"<html>", b"", xlsx()[:-100], b"PK\x03\x04 but no more"])
def test_what_is_no_workbook_leaves_the_old_file_alone(client, vendor, tmp_path, body):
    vendor.rules.append(workbook(body))
    path = tmp_path / "usage.xlsx"
    path.write_bytes(b"the old one")
    with pytest.raises(errors.PayloadError, match="xlsx"):
        op.download_workbook(client, PREMISE, path)
    assert path.read_bytes() == b"the old one"
    assert [p.name for p in tmp_path.iterdir() if p.name != "cache"] == ["usage.xlsx"]


def test_a_file_that_is_none_or_no_workbook_is_refused(tmp_path):
    with pytest.raises(errors.ArgumentError, match="no file"):
        op.read_workbook(tmp_path / "none.xlsx")
    (tmp_path / "zip.xlsx").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
        archive.writestr("a.txt", "a")
    for name in ("zip.xlsx", "other.xlsx"):
        with pytest.raises(errors.PayloadError, match="xlsx"):
            op.read_workbook(tmp_path / name)


def test_the_recorded_vendor_has_the_shape_of_the_vendors_rows(vendor):
    row = json.dumps(vendor.hours(PREMISE, "2023-01-01", "2023-01-02")[0], separators=(",", ":"))
    assert 300 <= len(row) <= 340
