"""The main job against its peers and its limits, as ratios of times taken side by side in one process.

python -m pytest tests/benchmarks/test_main_job.py -s
"""

import json
import subprocess
import sys
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pandas as pd
import pytest

import omnipandas as op
from omnipandas.omnimetic import frames, payloads
from tests.vendor import PREMISE

ROUNDS = 25
ROOT = Path(__file__).parents[2]


def best_of(rounds, **contenders):
    """Return each contender's best time, all of them run in turn so that a busy moment hits all alike."""
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, run in contenders.items():
            start = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - start)
    print({name: f"{seconds * 1e3:.2f} ms" for name, seconds in best.items()})  # noqa: T201  # its purpose
    return best


class Row(msgspec.Struct, gc=False):
    """The same fields, decoded and nothing more: the limit."""

    id: str
    date: str
    hour: str
    onPeakUsage: float  # noqa: N815  # the vendor's own spelling
    offPeakUsage: float  # noqa: N815  # the same
    totalUsage: float  # noqa: N815  # the same


BARE = msgspec.json.Decoder(list[Row])


@pytest.fixture(scope="module")
def year():
    """One year of the vendor's rows: 8,760 of some 320 bytes."""
    from tests.vendor import Vendor

    vendor = Vendor()
    first = datetime(2023, 1, 1, tzinfo=UTC)
    rows = [vendor.hour(PREMISE, first + timedelta(hours=n)) for n in range(8760)]
    vendor.close()
    body = json.dumps(rows).encode()
    assert 2.6e6 < len(body) < 3e6
    return body


def tidy(body):
    reply = payloads.Reply(200, {}, body)
    bounds = pd.Timestamp("2023-01-01", tz="UTC"), pd.Timestamp("2024-01-01", tz="UTC")
    block = frames.hour_block(payloads.interval_records(reply), *bounds)
    return frames.hourly([(PREMISE, block)], [PREMISE], "America/New_York")


def test_a_year_of_json_to_a_tidy_frame(year):
    def by_json():
        frame = pd.DataFrame(json.loads(year))
        frame["date"] = pd.to_datetime(frame["date"])

    def by_normalize():
        frame = pd.json_normalize(json.loads(year))
        frame["date"] = pd.to_datetime(frame["date"])

    assert len(tidy(year)) == 8760
    best = best_of(
        ROUNDS, ours=lambda: tidy(year), bare=lambda: BARE.decode(year), json=by_json, normalize=by_normalize
    )
    assert best["json"] / best["ours"] >= 6
    assert best["normalize"] / best["ours"] >= 10
    assert best["ours"] / best["bare"] <= 2


def test_a_warm_year_of_intervals(year, connect):
    client = connect()
    question = (client, PREMISE, "2022-01-01", "2023-01-01")
    assert len(op.get_intervals(*question)) == 8760
    best = best_of(ROUNDS, ours=lambda: op.get_intervals(*question), bare=lambda: BARE.decode(year))
    assert best["ours"] / best["bare"] <= 4


def test_peak_memory(year):
    tracemalloc.start()
    try:
        tidy(year)
        tracemalloc.clear_traces()
        tracemalloc.reset_peak()
        frame = tidy(year)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    size = int(frame.memory_usage(deep=True).sum())
    print(f"peak {peak / 1e6:.1f} MB; body {len(year) / 1e6:.1f} MB; frame {size / 1e6:.1f} MB")  # noqa: T201  # its purpose
    assert peak + len(year) <= 3 * len(year) + size


def test_import():
    def run(module):
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True, cwd=ROOT)

    best = best_of(7, ours=lambda: run("omnipandas"), pandas=lambda: run("pandas"))
    assert best["ours"] / best["pandas"] <= 1.35


def test_import_of_all_that_a_first_cell_needs():
    def run(statement):
        subprocess.run([sys.executable, "-c", statement], check=True, cwd=ROOT)

    best = best_of(
        5,
        ours=lambda: run("import omnipandas as op; op.connect; op.get_intervals"),
        peers=lambda: run("import pandas, requests, requests_cache, msgspec, tqdm.auto"),
    )
    assert best["ours"] / best["peers"] <= 1.35
