"""The cache: what it holds, for how long, and what it survives."""

import multiprocessing
import os
import pickle
import sqlite3
import stat
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

import omnipandas as op
from omnipandas import errors
from omnipandas.omnimetic.cache import DAY, Cache
from tests.vendor import OTHER, PREMISE, answer

YEAR = ("2023-01-01", "2023-11-01")


def hours(client, start="2023-03-01", end="2023-05-01", ids=PREMISE, **options):
    return op.get_intervals(client, ids, start, end, timezone="America/New_York", **options)


def broken(status=503, word="interval-data"):
    return lambda request: answer({}, status) if word in request.path else None


def test_what_is_cached_is_not_asked_for_again(client, vendor):
    first = hours(client)
    asked = len(vendor.requests)
    assert hours(client).equals(first)
    assert len(vendor.requests) == asked


def test_overlapping_ranges_share_their_months(client, vendor):
    hours(client, "2023-01-15", "2023-03-10")
    hours(client, "2023-02-01", "2023-04-02")
    assert len(vendor.asked("interval-data")) == 4
    hours(client, "2023-02-10", "2023-02-11")
    op.get_intervals(client, PREMISE, "2023-02-10", "2023-02-11", timezone="Asia/Tokyo", clock="wall")
    assert len(vendor.asked("interval-data")) == 4


def test_closed_months_keep_for_ninety_days_and_open_ones_for_an_hour(client, vendor, clock):
    hours(client, "2023-08-01", "2023-10-01")  # August is closed on 14 November, September is not
    assert len(vendor.asked("interval-data")) == 2
    clock.seconds += 3601
    hours(client, "2023-08-01", "2023-10-01")
    assert [r.query["startDate"] for r in vendor.asked("interval-data")][2:] == ["2023-08-31"]
    clock.seconds += 90 * DAY
    hours(client, "2023-08-01", "2023-09-01")
    assert len(vendor.asked("interval-data")) == 4


def test_both_lives_can_be_set(connect, vendor, clock):
    client = connect(expire_closed=10.0, expire_open=1e9)
    hours(client, "2023-08-01", "2023-10-01")
    clock.seconds += 11
    hours(client, "2023-08-01", "2023-10-01")
    assert [r.query["startDate"] for r in vendor.asked("interval-data")][2:] == ["2023-07-31"]


def test_refresh_asks_anew_and_keeps_the_new(client, vendor):
    old = hours(client)
    vendor.until = op.get_intervals(client, PREMISE, "2023-04-10", "2023-04-11", timezone="UTC").index[0]
    new = hours(client, refresh=True)
    assert len(new) < len(old)
    assert hours(client).equals(new)


def test_refresh_does_not_fall_back_on_the_stale(client, vendor):
    hours(client)
    vendor.rules.append(broken())
    with pytest.raises(errors.ServerError):
        hours(client, refresh=True)


def test_offline_takes_the_cache_alone_and_names_the_months_it_lacks(client, vendor):
    whole = hours(client, "2023-02-01", "2023-05-01")
    asked = len(vendor.requests)
    assert hours(client, "2023-02-01", "2023-05-01", offline=True).equals(whole)
    with pytest.raises(errors.IncompleteError, match=r"2023-01.*2023-05") as caught:
        hours(client, "2023-01-01", "2023-06-01", offline=True)
    assert caught.value.partial.equals(whole)
    assert len(vendor.requests) == asked


def test_offline_with_an_empty_cache_names_every_month(client, vendor):
    with pytest.raises(errors.IncompleteError, match=r"2023-03.*2023-04") as caught:
        hours(client, offline=True)
    assert caught.value.partial.empty
    assert list(caught.value.partial.columns) == op.schema.INTERVALS.names
    assert vendor.requests == []


def test_offline_without_so_much_as_the_address_names_the_months_too(client, vendor):
    with pytest.raises(errors.IncompleteError, match=rf"service account {PREMISE}.*2023-03.*2023-04"):
        op.get_intervals(client, PREMISE, "2023-03-01", "2023-05-01", offline=True)
    with pytest.raises(errors.ConnectionFailedError, match="not in the cache"):
        op.get_intervals(client, PREMISE, "2023-03-01", "2023-05-01", offline=True, clock="wall")
    assert vendor.requests == []


def test_a_failing_server_gives_one_warning_though_the_address_is_old_too(client, vendor, clock):
    old = op.get_intervals(client, PREMISE, "2023-10-01", "2023-11-01")
    clock.seconds += 7200
    vendor.rules.append(lambda r: answer({}, 503))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert op.get_intervals(client, PREMISE, "2023-10-01", "2023-11-01").equals(old)
    assert [w.category for w in caught] == [errors.StaleDataWarning]
    assert caught[0].filename == __file__


def test_offline_says_how_old_what_is_past_its_time_is(client, clock):
    hours(client, "2023-10-01", "2023-11-01")
    clock.seconds += 2 * DAY
    with pytest.warns(errors.StaleDataWarning, match=r"1 of 1 answers.*2.0 days old, since offline"):
        hours(client, "2023-10-01", "2023-11-01", offline=True)


def test_refresh_and_offline_exclude_each_other(client):
    with pytest.raises(errors.ArgumentError, match="choose one"):
        hours(client, refresh=True, offline=True)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_failing_server_gives_the_stale_with_one_warning(client, vendor, clock, status):
    old = hours(client, "2023-09-20", "2023-11-10")
    clock.seconds += 5 * 3600
    vendor.rules.append(broken(status))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert hours(client, "2023-09-20", "2023-11-10").equals(old)
    (warning,) = caught
    assert warning.category is errors.StaleDataWarning
    assert "3 of 3 answers" in str(warning.message)
    assert "5.0 hours old" in str(warning.message)
    assert warning.filename == __file__


def test_a_fault_of_ones_own_is_not_excused_by_the_cache(client, vendor, clock):
    hours(client, "2023-10-01", "2023-11-01")
    clock.seconds += 2 * 3600
    vendor.rules.append(broken(404))
    with pytest.raises(errors.NotFoundError):
        hours(client, "2023-10-01", "2023-11-01")


def test_nothing_but_good_data_is_kept(client, vendor):
    for rule in (broken(404), lambda r: answer(b"<html>", 200) if "interval" in r.path else None):
        vendor.rules.append(rule)
        with pytest.raises(errors.OmnipandasError):
            hours(client)
    assert client.cache.entries == 0


def test_two_keys_have_two_files(connect, vendor):
    vendor.rules.append(lambda r: answer({"id": "acc", "token": "t"}) if r.method == "POST" else None)
    one, two = connect(), connect(client_id="another")
    assert one.cache.path != two.cache.path
    elsewhere = connect(base_url=vendor.url + "/v2")
    assert elsewhere.cache.path not in (one.cache.path, two.cache.path)
    assert connect().cache.path == one.cache.path


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_the_file_is_its_owners_alone(client):
    hours(client)
    for path in client.cache.path.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name


def test_size_entries_and_clearing_by_account(client):
    hours(client, ids=[PREMISE, OTHER])
    assert client.cache.entries == 4
    assert client.cache.size > 100_000
    assert client.cache.clear(PREMISE) == 2
    assert client.cache.entries == 2
    assert client.cache.clear() == 2
    assert "0 entries" in repr(client.cache)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.ArgumentError, match="cache_dir"):
        op.connect("id", "secret", cache_dir=tmp_path / "file")


@pytest.mark.parametrize("damage", [b"this is no database, it never was one" * 40, None])
def test_a_damaged_file_is_set_aside_and_rebuilt(connect, vendor, damage):
    client = connect()
    whole = hours(client)
    client.close()
    path = client.cache.path
    path.write_bytes(damage or path.read_bytes()[:100] + os.urandom(path.stat().st_size - 100))
    again = connect()
    with pytest.warns(errors.CacheWarning, match="set aside"):
        assert hours(again).equals(whole)
    assert len(list(path.parent.glob("*.damaged-*"))) == 1
    assert again.cache.entries == 2
    assert hours(again).equals(whole)


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("boom",)


@pytest.mark.parametrize("row", [pickle.dumps(Bomb()), b"", b"\x81", b"\xc1"])
def test_a_foreign_row_runs_no_code_and_is_fetched_anew(client, vendor, row):
    whole = hours(client)
    with sqlite3.connect(client.cache.path) as database:
        database.execute("UPDATE responses SET value = ?", (row,))
    database.close()
    assert hours(client).equals(whole)
    assert not os.path.exists("boom")  # noqa: PTH110  # in the working folder of this very test
    assert len(vendor.asked("interval-data")) == 4


def test_many_threads_share_a_file(connect):
    clients = [connect() for _ in range(3)]
    with ThreadPoolExecutor(6) as pool:
        frames = list(pool.map(lambda n: hours(clients[n % 3], "2023-01-01", "2023-06-01"), range(12)))
    assert all(frame.equals(frames[0]) for frame in frames)
    assert clients[0].cache.entries == 5


def test_many_that_open_a_new_file_at_once_wait_for_one_another(tmp_path):
    for turn in range(25):
        caches = [Cache(tmp_path / str(turn), "shared identity") for _ in range(6)]
        together = threading.Barrier(len(caches))

        def write(number, caches=caches, together=together):
            together.wait(10)
            caches[number].put("account", "info", {"n": str(number)}, b"x" * 50_000, "", closed=True)

        with ThreadPoolExecutor(len(caches)) as pool:
            list(pool.map(write, range(len(caches))))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for cache in caches:
                cache.warn()
        assert caches[0].entries == len(caches)
        for cache in caches:
            cache.close()


def _write_many(folder, start):
    from pathlib import Path

    cache = Cache(Path(folder), "shared identity")
    for number in range(start, start + 50):
        cache.put("account", "interval-data", {"n": str(number)}, b"x" * 20_000, "", closed=True)
    cache.close()


def test_two_processes_share_a_file(tmp_path):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write_many, args=(tmp_path, start)) for start in (0, 50, 100)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    assert Cache(tmp_path, "shared identity").entries == 150


def asked_months(vendor):
    return [request.query["startDate"] for request in vendor.asked("interval-data")]


def test_a_closed_month_that_is_empty_or_short_keeps_as_long_as_an_open_one(client, vendor, clock):
    def linked_a_moment_ago(request):
        if "interval-data" not in request.path:
            return None
        rows = vendor.hours(PREMISE, request.query["startDate"], request.query["endDate"])
        return answer([] if request.query["startDate"] == "2023-02-28" else rows[:200])

    vendor.rules.append(linked_a_moment_ago)
    assert len(hours(client)) < 24 * 61
    vendor.rules.clear()
    assert len(hours(client)) < 24 * 61
    clock.seconds += 3601
    whole = hours(client)
    assert len(whole) == 24 * 61 - 1
    asked = len(vendor.requests)
    clock.seconds += 80 * DAY
    assert hours(client).equals(whole)
    assert len(vendor.requests) == asked


def test_a_year_without_all_its_months_is_asked_for_again(client, vendor, clock):
    vendor.rules.append(lambda r: answer([]) if "historical" in r.path else None)
    assert op.get_historical(client, PREMISE, 2020).empty
    vendor.rules.clear()
    clock.seconds += 3601
    assert len(op.get_historical(client, PREMISE, 2020)) == 12


def test_an_answer_from_the_future_is_not_fresh(client, vendor, clock):
    present = clock.seconds
    clock.seconds = present + 25 * 365 * DAY
    hours(client)
    clock.seconds = present
    hours(client)
    assert len(vendor.asked("interval-data")) == 4


@pytest.mark.parametrize("bits", [1, 20])
def test_a_flipped_bit_is_never_read(client, vendor, bits):
    import random

    whole = hours(client)
    chance = random.Random(bits)
    for _ in range(15):
        with sqlite3.connect(client.cache.path) as database:
            rows = database.execute("SELECT key, value FROM responses WHERE key NOT LIKE 'pin:%'").fetchall()
            for key, value in rows:
                body = bytearray(value)
                for _ in range(bits):
                    place = chance.randrange(1, len(body))
                    body[place] ^= 1 << chance.randrange(8)
                database.execute("UPDATE responses SET value = ? WHERE key = ?", (bytes(body), key))
        database.close()
        with pytest.warns(errors.CacheWarning, match="damaged"):
            assert hours(client).equals(whole)


def test_a_row_under_anothers_name_is_not_read(client, vendor):
    whole = hours(client)
    with sqlite3.connect(client.cache.path) as database:
        (one, a), (two, b) = database.execute(
            "SELECT key, value FROM responses WHERE key LIKE '%interval%'"
        ).fetchall()
        database.execute("UPDATE responses SET value = ? WHERE key = ?", (b, one))
        database.execute("UPDATE responses SET value = ? WHERE key = ?", (a, two))
    database.close()
    with pytest.warns(errors.CacheWarning, match="damaged"):
        assert hours(client).equals(whole)


def test_another_processes_lock_ends_in_a_warning_and_a_frame(client, vendor):
    whole = hours(client, "2023-01-01", "2023-02-01")
    other = sqlite3.connect(client.cache.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    begun = time.monotonic()
    try:
        with pytest.warns(errors.CacheWarning, match="cannot be used now"):
            frame = hours(client, "2023-02-01", "2023-07-01")
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert len(frame) == 24 * 150 - 1
    assert time.monotonic() - begun < 15
    assert len(whole) == 744


def test_a_table_of_another_make_is_set_aside(connect, vendor):
    path = connect().cache.path
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE responses (name TEXT, thing BLOB)")
    database.close()
    client = connect()
    with pytest.warns(errors.CacheWarning, match="set aside"):
        whole = hours(client)
    assert hours(client).equals(whole)
    assert len(vendor.asked("interval-data")) == 2


@pytest.mark.parametrize("where", ["INSERT", "COMMIT"])
def test_an_interrupt_in_a_write_leaves_the_cache_sound(client, vendor, where, monkeypatch):
    whole = hours(client)
    storage = client.cache._storage
    with storage._lock:
        connection = storage._connection
    armed = [True]

    def interrupt(statement):
        if armed[0] and statement.startswith(where):
            armed[0] = False
            raise KeyboardInterrupt

    class Interrupted:
        def __getattr__(self, name):
            return getattr(connection, name)

        def execute(self, statement, *rest):
            interrupt(statement)
            return connection.execute(statement, *rest)

        def commit(self):
            interrupt("COMMIT")
            connection.commit()

    storage._connection = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        client.cache.put(PREMISE, "info", {}, b"{}", "", closed=False)
    assert not connection.in_transaction
    assert hours(client, refresh=True).equals(whole)


def test_a_full_disk_ends_in_a_warning_and_a_frame(connect, vendor):
    client = connect()
    hours(client, "2023-01-01", "2023-02-01")
    with client.cache._storage.connection() as database:
        pages = database.execute("PRAGMA page_count").fetchone()[0]
        database.execute(f"PRAGMA max_page_count={pages}")
    with pytest.warns(errors.CacheWarning, match="full"):
        assert len(hours(client, "2023-02-01", "2023-07-01")) == 24 * 150 - 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of forking with threads, which is the point
def test_a_forked_child_asks_for_itself(client, vendor):
    whole = hours(client)
    children = []
    for number in range(3):
        child = os.fork()
        if not child:
            ends = 1
            try:
                month = f"2022-{number + 1:02d}-01", f"2022-{number + 2:02d}-01"
                right = hours(client).equals(whole) and len(hours(client, *month)) >= 24 * 28 - 1
                ends = 0 if right else 2
            finally:
                os._exit(ends)
        children.append(child)
    frames = [hours(client, f"2021-{m:02d}-01", f"2021-{m + 1:02d}-01") for m in range(1, 8)]
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0, 0]
    assert all(str(frame.index[0].date()) == f"2021-{m:02d}-01" for m, frame in enumerate(frames, 1))
