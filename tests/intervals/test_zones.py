"""Wall time against plain `datetime` and `zoneinfo`, minute by minute around every change of 24 zones."""

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.intervals.calendars import Buckets, LocalCalendar
from omnipandas.intervals.units import DAY, MINUTE
from omnipandas.intervals.zones import (
    absent_days,
    changes,
    from_wall,
    in_zone,
    midnights,
    wall_time,
    wall_times,
    zone_name,
    zoned,
)

ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Asuncion",
    "America/Havana",
    "America/Los_Angeles",
    "America/New_York",
    "America/Phoenix",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Atlantic/Azores",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/London",
    "Europe/Moscow",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Easter",
    "Pacific/Kwajalein",
]
EPOCH = datetime(1970, 1, 1)
SKIPPED = [
    ("Pacific/Apia", "2011-12-30"),
    ("Pacific/Fakaofo", "2011-12-30"),
    ("Pacific/Kwajalein", "1993-08-21"),
    ("Pacific/Kanton", "1994-12-31"),
    ("Pacific/Enderbury", "1994-12-31"),
    ("Pacific/Kiritimati", "1994-12-31"),
]


def microseconds(naive: datetime) -> int:
    return (naive - EPOCH) // timedelta(microseconds=1)


def plain_instant(wall: datetime, zone: ZoneInfo, fold: int = 0) -> datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def plain_wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def plain_changes(zone: ZoneInfo, first: datetime, last: datetime) -> list[datetime]:
    """Return the changes of a zone's offset, by steps of six hours and then by halves."""
    found, step = [], timedelta(hours=6)
    while first < last:
        low, high = first, first + step
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            while high - low > timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high)
        first += step
    return found


@pytest.mark.parametrize("name", ZONES)
def test_wall_time_and_instants_are_those_of_zoneinfo_around_every_change(name):
    zone = ZoneInfo(name)
    first, last = datetime(2008, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    plain = plain_changes(zone, first, last)
    low, high = (microseconds(edge.replace(tzinfo=None)) for edge in (first, last))
    found = changes(zone, low, high)
    assert [change.at for change in found] == [microseconds(at.replace(tzinfo=None)) for at in plain]
    for change in found:
        span = abs(change.after - change.before) + 90 * MINUTE
        instant = np.arange(change.at - span, change.at + span, MINUTE)
        local = wall_time(zone, instant, int(instant[0]), int(instant[-1]))
        stamps = [datetime.fromtimestamp(at / 1e6, UTC) for at in instant.tolist()]
        assert local.tolist() == [microseconds(plain_wall(at, zone)) for at in stamps]
        edges = min(change.wall) - 90 * MINUTE, max(change.wall) + 90 * MINUTE
        wall = np.arange(*edges, MINUTE)
        times = wall_times(zone, wall)
        walls = [EPOCH + timedelta(microseconds=at) for at in wall.tolist()]
        early, late = ([plain_instant(at, zone, fold) for at in walls] for fold in (0, 1))
        gone = [plain_wall(at, zone) != naive for at, naive in zip(early, walls, strict=True)]
        assert times.skipped.tolist() == gone
        assert times.first.tolist() == [microseconds(at.replace(tzinfo=None)) for at in early]
        second = [max(pair).replace(tzinfo=None) for pair in zip(early, late, strict=True)]
        assert times.second.tolist() == [microseconds(at) for at in second]
        moved = wall_time(zone, times.first[times.skipped], *map(int, instant[[0, -1]]))
        assert (moved - wall[times.skipped] == change.after - change.before).all()


@pytest.mark.parametrize("name", ZONES)
def test_days_begin_with_their_first_instant_and_are_as_long_as_zoneinfo_has_them(name):
    zone = ZoneInfo(name)
    dates = [date(2008, 1, 1) + timedelta(n) for n in range(6941)]
    begin = []
    for day in dates:
        wall = datetime(day.year, day.month, day.day)
        at = plain_instant(wall, zone)
        # Where there is no midnight, the day begins with the first minute that shows it.
        while plain_wall(at, zone) != wall and plain_wall(at - timedelta(minutes=1), zone) >= wall:
            at -= timedelta(minutes=1)
        begin.append(at)
    starts = midnights(np.array(dates, dtype="datetime64[D]"), zone)
    assert starts.tz_convert("UTC").to_pydatetime().tolist() == begin
    hours = np.array([(b - a) / timedelta(hours=1) for a, b in itertools.pairwise(begin)])
    calendar = LocalCalendar(starts[:-1].append(starts[1:] - pd.Timedelta(minutes=1)))
    were = hours > 0
    assert calendar.dates.tolist() == [day for day, was in zip(dates, were, strict=False) if was]
    days = Buckets(calendar, "day")
    assert days.hours.tolist() == hours[were].tolist()
    assert (days.starts == starts[:-1][were]).all()
    for freq, key in (("month", lambda day: (day.year, day.month)), ("year", lambda day: day.year)):
        sums: dict[object, float] = {}
        for day, length in zip(dates, hours, strict=False):
            sums[key(day)] = sums.get(key(day), 0.0) + length
        assert Buckets(calendar, freq).hours[:-1] == pytest.approx(list(sums.values())[:-1])


@pytest.mark.parametrize(("name", "day"), SKIPPED)
def test_a_day_that_the_date_line_took_is_no_day(name, day):
    zone, skipped = ZoneInfo(name), np.datetime64(day, "D")
    around = np.arange(skipped - 3, skipped + 4)
    low, high = (int(at.astype("datetime64[us]").astype(np.int64)) for at in around[[0, -1]])
    assert absent_days(zone, low, high).tolist() == [int(skipped.astype(np.int64))]
    starts = midnights(around, zone)
    assert starts[3] == starts[4]
    assert in_zone(pd.Timestamp(day), name) == starts[4]
    index = pd.date_range(starts[0], starts[-1], freq="h", unit="us", inclusive="left")
    calendar = LocalCalendar(index)
    assert calendar.dates.tolist() == np.delete(around, 3)[:-1].tolist()
    assert calendar.days == 5
    assert calendar.day.tolist() == np.repeat(np.arange(5), 24).tolist()
    weekday = calendar.by_day(calendar.weekday_of_day)
    assert weekday.tolist() == index.day_of_week.tolist()
    code = calendar.with_hour(np.arange(5))
    assert code.tolist() == (np.repeat(np.arange(5), 24) * 24 + index.hour).tolist()
    days = Buckets(calendar, "day")
    assert days.of(calendar).tolist() == calendar.day.tolist()
    assert days.hours.tolist() == [24.0] * 5


@pytest.mark.parametrize(
    ("name", "wall", "moved"),
    [
        ("America/New_York", "2023-03-12 02:30", "2023-03-12 03:30"),
        ("Australia/Lord_Howe", "2023-10-01 02:00", "2023-10-01 02:30"),
        ("Australia/Lord_Howe", "2023-10-01 02:15", "2023-10-01 02:45"),
        ("America/Havana", "2023-03-12 00:00", "2023-03-12 01:00"),
        ("Asia/Beirut", "2022-03-27 00:15", "2022-03-27 01:15"),
        ("Antarctica/Troll", "2023-03-26 01:30", "2023-03-26 03:30"),
        ("Pacific/Apia", "2011-12-30 13:00", "2011-12-31 13:00"),
    ],
)
def test_what_spring_leaves_out_moves_by_the_size_of_the_change(name, wall, moved):
    stamp = np.array([wall], dtype="datetime64[us]")
    times = wall_times(ZoneInfo(name), stamp.astype(np.int64))
    assert times.skipped.tolist() == [True]
    assert zoned(times.first, name).tz_localize(None) == pd.Timestamp(moved)
    with pytest.warns(op.errors.QualityWarning, match="no such wall time"):
        instant = from_wall(stamp, name, ["a"])
    assert instant.view(np.int64).tolist() == times.first.tolist()
    text = pd.DataFrame({"timestamp": [wall], "total_kwh": [1.0]})
    with pytest.warns(op.errors.QualityWarning, match="do not exist"):
        frame = op.read_intervals(text, timezone=name, minutes=30)
    assert frame.index.tz_localize(None)[0] == pd.Timestamp(moved)


def test_the_last_years_of_the_calendar_can_be_asked_for():
    for zone in ("America/New_York", "Pacific/Kiritimati", "UTC"):
        assert str(in_zone(pd.Timestamp("9999-12-31"), zone))[:19] == "9999-12-31 00:00:00"


def test_no_wall_times_and_no_dates_are_no_instants():
    zone = ZoneInfo("America/New_York")
    assert len(wall_times(zone, np.zeros(0, dtype=np.int64)).first) == 0
    assert len(midnights(np.zeros(0, dtype="datetime64[D]"), zone)) == 0
    assert len(absent_days(zone, 0, DAY)) == 0


NO_ZONES = [
    "Pacific",
    "America",
    "",
    " ",
    "Mars/Olympus",
    "../etc",
    "/etc/hosts",
    "EST7",
    None,
    5,
    b"UTC",
    UTC,
]


@pytest.mark.parametrize("name", NO_ZONES, ids=repr)
def test_a_name_that_is_no_zone_is_one_clear_error_wherever_it_is_given(name, tmp_path):
    for ask in (
        lambda: zone_name(name),
        lambda: op.read_intervals(pd.DataFrame({"timestamp": [], "total_kwh": []}), timezone=name),
    ):
        with pytest.raises(op.errors.ArgumentError, match="IANA") as raised:
            ask()
        assert repr(name) in str(raised.value)
    if name is not None:
        for ask in (
            lambda: op.connect("an id", "a secret", cache_dir=tmp_path, timezone=name),
            lambda: op.demo(timezone=name),
        ):
            with pytest.raises(op.errors.ArgumentError, match="IANA"):
                ask()


def test_a_zone_may_be_given_as_such(tmp_path):
    zone = ZoneInfo("America/Denver")
    assert zone_name(zone) == "America/Denver"
    with op.connect("an id", "a secret", cache_dir=tmp_path, timezone=zone) as client:
        assert client.timezone == "America/Denver"
    frame = op.read_intervals(
        pd.DataFrame({"timestamp": ["2023-07-01"], "total_kwh": 1.0}), timezone=zone, minutes=60
    )
    assert str(frame.index.tz) == "America/Denver"
    with pytest.raises(op.errors.ArgumentError, match="IANA"), Path(zone_file()).open("rb") as file:
        zone_name(ZoneInfo.from_file(file))


def zone_file() -> str:
    import tzdata

    return str(Path(tzdata.__file__).parent / "zoneinfo" / "America" / "Denver")
