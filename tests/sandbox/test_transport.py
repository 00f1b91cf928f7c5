"""Sockets, the command, the fixtures: how the sandbox runs and stops, and how it breaks on purpose."""

from __future__ import annotations

import gc
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests

from omnipandas import sandbox

ROOT = Path(sandbox.__file__).parents[2]


def host_and_port(box):
    host, port = re.fullmatch(r"http://(.+):(\d+)/api", box.base_url).groups()
    return host, int(port)


def ask(box, head: str) -> bytes:
    """Send bytes as they are and read until the sandbox closes."""
    with socket.create_connection(host_and_port(box), timeout=5) as line:
        line.sendall(head.replace("\n", "\r\n").encode())
        parts = []
        try:
            while part := line.recv(65_536):
                parts.append(part)
        except ConnectionResetError:
            parts.append(b"<reset>")
        return b"".join(parts)


def test_a_connection_is_kept_and_replies_come_without_delay(call):
    for _ in range(3):
        call.get("family", "info")
    started = time.perf_counter()
    for _ in range(20):
        call.get("family", "info")
    assert len(call.session.adapters["http://"].poolmanager.pools) == 1
    # Nagle's algorithm and delayed acknowledgements would cost 40 ms each.
    assert time.perf_counter() - started < 20 * 0.04


def test_the_body_of_a_post_does_not_leak_into_the_next_request(box):
    body = '{"clientId":"a","name":"b","secret":"c"}'
    post = f"POST /access-token HTTP/1.1\nHost: a\nContent-Length: {len(body)}\n\n"
    answer = ask(box, post + body + post + body + "GET /nowhere HTTP/1.1\nHost: a\nConnection: close\n\n")
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"401", b"401", b"404"]


def test_a_chunked_body_is_read_and_a_wrong_length_refused(box):
    chunked = "POST /access-token HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\nConnection: close\n\n"
    assert b" 400 " in ask(box, chunked + "2\n{}\n0\n\n").split(b"\r\n")[0]
    assert b" 400 " in ask(box, "POST /jobs HTTP/1.1\nHost: a\nContent-Length: many\n\n").split(b"\r\n")[0]
    too_long = "POST /access-token HTTP/1.1\nHost: a\nContent-Length: 99999999\n\n"
    assert b" 413 " in ask(box, too_long).split(b"\r\n")[0]


@pytest.mark.parametrize(
    "line",
    [
        "GET http://[ HTTP/1.1",
        "GET //[::/ HTTP/1.1",
        "GET /%ff%00 HTTP/1.1",
        "PATCH /jobs HTTP/1.1",
        "nonsense",
        "GET /jobs/" + "9" * 70_000 + " HTTP/1.1",
    ],
    ids=["bad url", "bad host", "bytes", "method", "no http", "long"],
)
def test_nonsense_is_refused_and_the_next_caller_served(box, capfd, line):
    answer = ask(box, f"{line}\nHost: a\nConnection: close\n\n")
    assert re.search(rb"\b4\d\d\b", answer)
    assert requests.get(f"{box.base_url}/openapi.json", timeout=5).status_code == 200
    assert capfd.readouterr() == ("", "")


def test_500_connections_are_held_and_answered_at_once(box):
    lines = [socket.create_connection(host_and_port(box), timeout=20) for _ in range(500)]
    try:
        for line in lines:
            line.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n")
        assert all(line.recv(15) == b"HTTP/1.1 200 OK" for line in lines)
        assert threading.active_count() >= 500
    finally:
        for line in lines:
            line.close()


def test_closing_ends_what_is_under_way_and_leaves_no_thread(recwarn):
    before = set(threading.enumerate())
    box = sandbox.start(today="2024-03-01", scenario="black-hole; on=all; times=0; seconds=600")
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(requests.get, f"{box.base_url}/openapi.json", timeout=30) for _ in range(2)]
        while len(box.requests) < 2:
            time.sleep(0.01)
        started = time.monotonic()
        box.close()
        box.close()
        assert time.monotonic() - started < 3
        assert all(isinstance(one.exception(), requests.ConnectionError) for one in waiting)
    gc.collect()
    assert set(threading.enumerate()) <= before
    assert [str(one.message) for one in recwarn if one.category is ResourceWarning] == []
    with pytest.raises(OSError, match=r"refused|reset"):
        socket.create_connection(host_and_port(box), timeout=1)


def test_a_taken_port_and_unknown_settings_are_errors_at_once(box):
    with pytest.raises(OSError, match="in use"):
        sandbox.start(port=host_and_port(box)[1])
    for wrong in ({"scenario": "gremlins"}, {"clock": "sun"}, {"end_date": "maybe"}, {"today": "someday"}):
        with pytest.raises(ValueError, match=r".+"):
            sandbox.start(**wrong)
    with pytest.raises(KeyError, match="nobody"):
        sandbox.start(linked=["nobody"])


def test_it_listens_on_this_machine_only_unless_told(box):
    assert host_and_port(box)[0] == "127.0.0.1"
    with sandbox.start(host="::1") as other:
        assert requests.get(f"{other.base_url}/openapi.json", timeout=5).status_code == 200


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("unauthorized", 401),
        ("forbidden", 403),
        ("bad-request", 400),
        ("not-found", 404),
        ("request-timeout", 408),
        ("rate-limited", 429),
        ("internal-error", 500),
        ("bad-gateway", 502),
        ("unavailable", 503),
        ("gateway-timeout", 504),
        ("status; status=418", 418),
    ],
)
def test_an_error_status_comes_with_a_json_body_and_is_counted(call, kind, status):
    reply = call.get("family", "info", headers={"X-Sandbox-Fault": kind})
    assert (reply.status_code, reply.json()["statusCode"]) == (status, status)
    assert call.box.counts[kind.partition(";")[0]] == call.box.counts[str(status)] == 1
    assert call.get("family", "info").status_code == 200


def test_retry_after_comes_in_seconds_and_as_a_date(call):
    seconds = call.get("family", "info", headers={"X-Sandbox-Fault": "rate-limited; retry-after=3"})
    assert seconds.headers["Retry-After"] == "3"
    dated = call.get("family", "info", headers={"X-Sandbox-Fault": "rate-limited-date; retry-after=3"})
    wait = parsedate_to_datetime(dated.headers["Retry-After"]) - parsedate_to_datetime(dated.headers["Date"])
    assert 3 <= wait.total_seconds() <= 5
    assert "Retry-After" not in call.get("family", "info", headers={"X-Sandbox-Fault": "unavailable"}).headers


def test_a_dead_token_in_mid_job_is_dead_and_a_new_one_works(call):
    assert call.get("family", "info", headers={"X-Sandbox-Fault": "token-expired"}).status_code == 401
    assert call.get("family", "info").status_code == 401
    assert call.log_in().get("family", "info").status_code == 200


def test_broken_connections_break_where_they_say(box, call):
    token = call.session.headers["Authorization"]
    path = f"/api/accounts/{box.account_id}/utility-service-accounts/{box.service_account_ids[0]}/info"
    head = f"GET {path} HTTP/1.1\nHost: a\nAuthorization: {token}\nX-Sandbox-Fault: "
    assert ask(box, head + "reset-before\n\n") == b"<reset>"
    assert ask(box, head + "reset-mid-body\n\n").endswith(b"<reset>")
    cut = ask(box, head + "cut-short\n\n")
    promised = int(re.search(rb"Content-Length: (\d+)", cut).group(1))
    assert len(cut.partition(b"\r\n\r\n")[2]) == promised // 2
    assert ask(box, head + "black-hole; seconds=0.05\n\n") == b""
    assert box.counts["broken"] == 2
    assert [row.fault for row in box.requests[1:]] == [
        "reset-before",
        "reset-mid-body",
        "cut-short",
        "black-hole",
    ]


def test_bodies_are_spoiled_as_they_say(call):
    def spoiled(kind, **options):
        return call.get("family", "historical-data?year=2023", headers={"X-Sandbox-Fault": kind}, **options)

    truth = call.bills("family", 2023)
    with pytest.raises(requests.JSONDecodeError):
        spoiled("truncated-json").json()
    assert spoiled("truncated-json").content[:2] == b"[{"
    assert spoiled("empty-body").content == b""
    assert spoiled("not-a-list").json() == {"result": "see attachment"}
    assert spoiled("extra-fields").json()[0]["_v"] == 3
    assert spoiled("null-numbers").json()[0]["amountInCents"] is None
    shuffled = spoiled("shuffled").json()
    assert shuffled != truth
    assert sorted(shuffled, key=str) == sorted(truth, key=str)
    assert spoiled("wrong-content-type").json() == truth
    assert "html" in spoiled("wrong-content-type").headers["Content-Type"]
    packed = spoiled("gzip")
    assert (packed.headers["Content-Encoding"], packed.json()) == ("gzip", truth)
    assert b"<html>" in spoiled("html-ok").content
    assert spoiled("html-error").status_code == 502
    with spoiled("huge-body; megabytes=3", stream=True) as huge:
        assert sum(len(part) for part in huge.iter_content(100_000)) == 3_000_000
    started = time.perf_counter()
    assert spoiled("drip; seconds=0.3").json() == truth
    assert time.perf_counter() - started > 0.2


def test_redirects_go_where_they_say(call):
    def followed(kind):
        headers = {"X-Sandbox-Fault": kind}
        return call.get("family", "historical-data?year=2023", headers=headers, allow_redirects=False)

    assert followed("redirect-loop").headers["Location"].startswith("/api/accounts/")
    assert followed("redirect-to-http").headers["Location"].startswith("http://storage.sandbox.invalid/")
    assert "signature=" in followed("redirect").headers["Location"]


@pytest.mark.parametrize(
    "what", ["historical-data?year=2023", "interval-data?startDate=2023-06-01&endDate=2023-06-02"]
)
def test_a_signed_address_on_another_host_serves_the_same_and_refuses_tokens(calling, what):
    call, plain = calling(redirects=True), calling()
    location = call.get("family", what, allow_redirects=False).headers["Location"]
    assert location.startswith("http://localhost:")
    token = call.session.headers["Authorization"]
    assert requests.get(location, timeout=5).content == plain.get("family", what).content
    assert requests.get(location, headers={"Authorization": token}, timeout=5).status_code == 400
    assert requests.get(location[:-1] + "0", timeout=5).status_code in {200, 403}
    assert requests.get(location.replace("signature=", "signature=x"), timeout=5).status_code == 403
    assert requests.get(location.replace("2023", "2022"), timeout=5).status_code == 403
    assert call.get("family", "download-data").content[:2] == b"PK"


def test_a_workbook_holds_details_months_and_hours(call, tmp_path):
    import python_calamine

    file = tmp_path / "usage.xlsx"
    file.write_bytes(call.get("family", "download-data").content)
    book = python_calamine.CalamineWorkbook.from_path(str(file))
    assert book.sheet_names == ["Service Account", "Historical Data", "Interval Data"]
    months = book.get_sheet_by_name("Historical Data").to_python()
    january = call.bills("family", 2023)[0]
    (row,) = [row for row in months if row[:2] == [2023, 1]]
    assert row[4:] == [january["energyConsumptionInWatts"], january["amountInCents"]]
    hours = book.get_sheet_by_name("Interval Data").to_python()
    last = call.rows("family", "2024-02-29", "2024-03-02")[-1]
    assert hours[-1] == [
        last["date"],
        last["hour"],
        last["onPeakUsage"],
        last["offPeakUsage"],
        last["totalUsage"],
    ]


def test_faults_strike_when_they_are_due_and_only_then(call):
    call.box.faults = "unavailable; after=1; times=2; every=2; on=info"
    statuses = [call.get("family", "info").status_code for _ in range(7)]
    assert statuses == [200, 503, 200, 503, 200, 200, 200]
    call.box.fail("forbidden; on=historical-data")
    assert call.get("family", "info").status_code == 200
    assert call.get("family", "historical-data?year=2023").status_code == 403
    call.box.faults = None
    assert call.box.faults == ()
    assert call.box.counts["unavailable"] == 2


def test_faults_are_counted_once_each_under_many_threads(call):
    call.box.faults = "unavailable; times=5; on=info"
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: call.get("family", "info").status_code, range(40)))
    assert statuses.count(503) == call.box.counts["unavailable"] == 5


@pytest.mark.parametrize(
    "text", ["gremlin", "drip; speed=3", "drip; times=-1", "drip; every=0", "drip; seconds=x"]
)
def test_a_fault_that_does_not_exist_is_refused(call, text):
    with pytest.raises(ValueError, match=r".+"):
        sandbox.Fault.parse(text)
    assert call.get("family", "info", headers={"X-Sandbox-Fault": text}).status_code == 400


def test_the_environment_names_a_scenario(monkeypatch):
    monkeypatch.setenv("OMNIPANDAS_SANDBOX_SCENARIO", "burst")
    with sandbox.start() as box:
        assert box.faults == sandbox.SCENARIOS["burst"]
    with sandbox.start(scenario="calm") as box:
        assert box.faults == ()


def test_no_secret_or_token_stands_in_the_ledger_or_the_repr(call):
    call.get("family", "info")
    written = repr(call.box) + repr(call.box.requests)
    assert call.box.secret not in written
    assert call.session.headers["Authorization"].split()[1] not in written
    assert call.box.requests[-1].authorized


def test_the_command_serves_says_how_to_reach_it_and_stops_on_ctrl_c():
    command = [
        sys.executable,
        "-m",
        "omnipandas.sandbox",
        "--port",
        "0",
        "--scenario",
        "unavailable; on=info",
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        try:
            said = dict(line.split("=", 1) for line in (running.stdout.readline().strip() for _ in range(3)))
            url = said["OMNIMETIC_BASE_URL"]
            keys = {"clientId": said["OMNIMETIC_CLIENT_ID"], "secret": said["OMNIMETIC_CLIENT_SECRET"]}
            reply = requests.post(f"{url}/access-token", json={**keys, "name": "Omnimetic"}, timeout=5)
            assert reply.status_code == 200
        finally:
            running.send_signal(signal.SIGINT)
            _, errors = running.communicate(timeout=10)
    assert (running.returncode, errors) == (0, "")


def test_the_command_refuses_what_it_does_not_know():
    command = [sys.executable, "-m", "omnipandas.sandbox", "--scenario", "gremlins"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 2
    assert "no fault is called 'gremlins'" in done.stderr


def test_others_can_import_the_fixtures(tmp_path):
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["omnipandas.sandbox.pytest_plugin"]')
    (tmp_path / "test_theirs.py").write_text(
        "def test_one(omnimetic_sandbox):\n"
        "    assert len(omnimetic_sandbox.service_account_ids) == 12\n"
        "def test_two(start_sandbox):\n"
        "    first, second = start_sandbox(), start_sandbox(clock='wall', scenario='flaky')\n"
        "    assert first.base_url != second.base_url\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_it_imports_neither_the_product_nor_pandas():
    look = (
        "import sys; import omnipandas.sandbox;"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in {'pandas', 'requests', 'plotly'}"
        " or name.startswith('omnipandas.') and not name.startswith('omnipandas.sandbox')))"
    )
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
