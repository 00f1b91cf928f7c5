"""The sandbox's speed, as ratios of times taken side by side.

python -m pytest tests/benchmarks/test_sandbox.py -s
"""

import json
import socket
import subprocess
import sys
import threading
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from omnipandas import sandbox
from omnipandas.sandbox import meter, premises, replies
from tests.benchmarks.test_main_job import best_of

ROUNDS = 15
ROOT = Path(__file__).parents[2]
HOUSEHOLD = premises.PREMISES[0]


def receive(line: socket.socket, size: int) -> None:
    while size > 0:
        part = line.recv(1 << 20)
        assert part
        size -= len(part)


@pytest.fixture(scope="module")
def box():
    with sandbox.start(today="2024-03-01") as running:
        yield running


def test_a_year_is_served_nearly_as_fast_as_a_bare_socket_copies_it(box):
    """100 MB/s were asked for; a bare loopback copy here does 1,000 and more."""
    token = box._world.tokens.make()
    path = f"/api/accounts/{box.account_id}/utility-service-accounts/{box.service_account_ids[0]}"
    ask = f"GET {path}/interval-data?startDate=2023-01-01&endDate=2024-01-01 HTTP/1.1\r\nHost: a\r\n"
    ask = f"{ask}Authorization: Bearer {token}\r\n\r\n".encode()
    body = replies.intervals(
        HOUSEHOLD, date(2023, 1, 1), date(2024, 1, 1), today=date(2024, 3, 1), clock="utc"
    )
    port = int(box.base_url.rsplit(":", 1)[1].split("/")[0])
    with (
        closing(socket.create_connection(("127.0.0.1", port))) as line,
        closing(socket.create_server(("127.0.0.1", 0))) as listening,
        closing(socket.create_connection(listening.getsockname())) as near,
        closing(listening.accept()[0]) as far,
    ):

        def served():
            line.sendall(ask)
            head = b""
            while b"\r\n\r\n" not in head:
                head += line.recv(65_536)
            receive(line, len(body) - len(head.partition(b"\r\n\r\n")[2]))

        def copied():
            sending = threading.Thread(target=far.sendall, args=(body,))
            sending.start()
            receive(near, len(body))
            sending.join()

        best = best_of(ROUNDS, served=served, copied=copied)
    print(f"{len(body) / best['served'] / 1e6:.0f} MB/s")  # noqa: T201 (its purpose)
    assert best["served"] < 8 * best["copied"]


def test_a_year_is_made_in_the_time_that_reading_it_takes_anybody(box):
    """Made and rendered from nothing, against json.loads of the reply."""
    body = replies.intervals(
        HOUSEHOLD, date(2023, 1, 1), date(2024, 1, 1), today=date(2024, 3, 1), clock="utc"
    )

    def made():
        meter.counted.cache_clear()
        replies._page.cache_clear()
        replies.page(HOUSEHOLD, 2023, "utc", False)

    best = best_of(ROUNDS, made=made, read=lambda: json.loads(body))
    assert best["made"] < 3 * best["read"]


def test_starting_costs_next_to_nothing_beside_the_imports():
    def run(code):
        return lambda: subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)

    start = "import omnipandas.sandbox as s; s.start().close()"
    best = best_of(
        3, sandbox=run(start), its_imports=run("import numpy, werkzeug, msgspec"), pandas=run("import pandas")
    )
    assert best["sandbox"] < 1.2 * best["pandas"]
    assert best["sandbox"] < 3 * best["its_imports"]


def test_a_running_process_starts_one_as_fast_as_a_bare_server():
    import http.server

    def bare():
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        server.shutdown()
        thread.join()
        server.server_close()

    best = best_of(5, sandbox=lambda: sandbox.start().close(), bare=bare)
    assert best["sandbox"] < 3 * best["bare"]
