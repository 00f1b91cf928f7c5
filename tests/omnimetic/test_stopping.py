"""A call that is interrupted returns at once, whatever its threads wait for."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

import omnipandas as op
from tests.vendor import PREMISE, Answer, answer

CODE = """
import sys, threading, time
import omnipandas as op
url, kind = sys.argv[1:3]
waits = (10.0, 0.2) if kind == "retry" else (10.0, 60.0)
client = op.connect("e4de5af2-37ab-45a9-88fd-8949b045bf92", "s3cr3t-f00d-4bad-8bad-c0ffee5ec7e7",
                    base_url=url, cache_dir=sys.argv[3], timeout=waits)
try:
    print("ready", flush=True)
    op.get_intervals(client, "64d4a4ba8061ed001f6159cf", "2023-01-01", "2023-09-01", timezone="UTC")
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


def silent(handler):
    """Never answer, until the other side has gone."""
    handler.connection.settimeout(30)
    with contextlib.suppress(OSError):
        handler.connection.recv(1)


def dripping(handler):
    """Send a header byte by byte, without end."""
    try:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        for _ in range(300):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        pass


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")
@pytest.mark.parametrize("kind", ["silent", "drip", "retry", "token"])
def test_ctrl_c_returns_within_two_seconds(vendor, tmp_path, kind):
    def rule(request):
        if ("access-token" in request.path) != (kind == "token"):
            return None
        if kind == "retry":
            return answer({}, 503, Retry_After="50")
        return Answer(raw=dripping if kind == "drip" else silent)

    vendor.rules.append(rule)
    child = subprocess.Popen(
        [sys.executable, "-c", CODE, vendor.url, kind, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout.readline() == "ready\n"
        ends = time.monotonic() + 20
        while not vendor.asked("access-token" if kind == "token" else "interval") and time.monotonic() < ends:
            time.sleep(0.05)
        time.sleep(0.5)
        begun = time.monotonic()
        child.send_signal(signal.SIGINT)
        assert child.stdout.readline() == "stopped\n"
        assert time.monotonic() - begun < 2
        assert child.wait(10) == 0
        assert time.monotonic() - begun < 4
    finally:
        child.kill()
        child.communicate()


def test_a_progress_that_raises_ends_the_call_at_once_and_leaves_no_thread(connect, vendor):
    def rule(request):
        late = request.query.get("startDate", "") > "2023-01-01"
        return Answer(raw=silent) if "interval" in request.path and late else None

    vendor.rules.append(rule)
    client = connect(timeout=(5.0, 60.0))
    before = threading.active_count()

    def progress(done, _total):
        if done:
            raise RuntimeError("enough")

    begun = time.monotonic()
    with pytest.raises(RuntimeError, match="enough"):
        op.get_intervals(client, PREMISE, "2023-01-01", "2023-06-01", timezone="UTC", progress=progress)
    assert time.monotonic() - begun < 2
    ends = time.monotonic() + 2
    while threading.active_count() > before and time.monotonic() < ends:
        time.sleep(0.02)
    # The vendor's own threads, one a connection, end with their sockets.
    named = [thread.name for thread in threading.enumerate() if thread.name.startswith("omnipandas")]
    assert named == []
    vendor.rules.clear()
    assert len(op.get_intervals(client, PREMISE, "2023-01-01", "2023-02-01", timezone="UTC")) == 744


@pytest.fixture
def raw():
    """A server that says what a test has it say, byte by byte: `serve(answer)` gives its address."""
    running = []

    def serve(say):
        listener = socket.create_server(("127.0.0.1", 0))
        running.append(listener)

        def run():
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=one, args=(line,), daemon=True).start()

        def one(line):
            with line:
                line.settimeout(10)
                try:
                    line.recv(65536)
                    say(line)
                except OSError:
                    pass

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    for listener in running:
        listener.close()


def forever(line, piece, pause):
    while True:
        line.sendall(piece)
        time.sleep(pause)


SAYINGS = {
    "continue": lambda line: forever(line, b"HTTP/1.1 100 Continue\r\n\r\n", 0.01),
    "status line": lambda line: forever(line, b"H", 0.05),
    "header": lambda line: (line.sendall(b"HTTP/1.1 200 OK\r\nX: "), forever(line, b"x", 0.05)),
    "headers": lambda line: (line.sendall(b"HTTP/1.1 200 OK\r\n"), forever(line, b"A: b\r\n", 0.02)),
    "body": lambda line: (
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"),
        forever(line, b" ", 0.05),
    ),
    "chunks": lambda line: (
        line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
        forever(line, b"1\r\n \r\n", 0.05),
    ),
    "close-delimited": lambda line: (line.sendall(b"HTTP/1.1 200 OK\r\n\r\n"), forever(line, b" ", 0.05)),
    "redirect's body": lambda line: (
        line.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 9999999999\r\n\r\n"),
        forever(line, b"x" * 1000, 0.001),
    ),
}


@pytest.mark.parametrize("saying", SAYINGS)
def test_no_answer_outlasts_the_deadline(connect, raw, saying):
    client = connect(
        base_url=raw(SAYINGS[saying]), deadline=1.0, timeout=(5.0, 5.0), retry=op.RetryPolicy(attempts=1)
    )
    begun = time.monotonic()
    with pytest.raises(op.errors.ConnectionFailedError):
        op.get_historical(client, PREMISE, 2022)
    assert time.monotonic() - begun < 3


def test_a_redirects_body_is_not_read(connect, vendor):
    sent = []

    def endless(handler):
        handler.wfile.write(
            b"HTTP/1.1 302 Found\r\nLocation: /api/elsewhere\r\nContent-Length: 1000000000\r\n\r\n"
        )
        try:
            for _ in range(1000):
                handler.wfile.write(b"x" * 1_000_000)
                sent.append(1)
        except OSError:
            pass

    def rule(request):
        if "elsewhere" in request.path:
            return answer([])
        return Answer(raw=endless) if "historical" in request.path else None

    vendor.rules.append(rule)
    assert op.get_historical(connect(), PREMISE, 2022).empty
    assert len(sent) < 20
