"""A large Green Button file against a bare loop over its elements, and its memory.

python -m pytest tests/benchmarks/test_greenbutton.py -s
"""

import io
import tracemalloc
from xml.etree.ElementTree import iterparse

import pytest

import omnipandas as op
from tests import writers
from tests.benchmarks.test_main_job import best_of

ZONE = "America/New_York"


@pytest.fixture(scope="module", params=["D", "20000D"], ids=["a block a day", "one block"])
def content(request):
    """A feed of some 20 MB: two years of 15 minutes, in blocks of a day or in one."""
    return writers.espi(writers.usage("2023-01-01", 760, tz=ZONE, minutes=15), block=request.param)


def test_twenty_megabytes_take_less_than_two_bare_loops(content):
    assert len(content) > 18_000_000
    best = best_of(
        5,
        read=lambda: op.read_intervals(io.BytesIO(content), timezone=ZONE),
        loop=lambda: sum(1 for _ in iterparse(io.BytesIO(content))),
    )
    assert best["read"] <= 2 * best["loop"]


def test_memory_does_not_grow_with_the_elements(content):
    tracemalloc.start()
    op.read_intervals(io.BytesIO(content), timezone=ZONE)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # The bytes that were handed over are copied once; all numbers are less than half of them.
    assert peak < 2.5 * len(content)
