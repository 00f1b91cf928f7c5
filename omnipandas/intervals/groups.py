"""Sums, peaks and quantiles of a load by group: one column or a thousand, at a hand-written loop's speed."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from .units import Floats, Ints


class Groups:
    """Groups of intervals, each within one billing period.

    Parameters
    ----------
    codes : ndarray of int
        Each interval's code in its billing period; `width` where the interval is in no group.
    width : int
        How many codes there are.
    lo, hi : ndarray of int
        The intervals of each billing period, half-open.

    Attributes
    ----------
    period, code : ndarray of int
        Billing period and code of each group that occurs, in this order.
    """

    def __init__(self, codes: Ints, width: int, lo: Ints, hi: Ints) -> None:
        self._size = len(codes)
        self.lo, self.hi = lo, hi
        count = len(lo)
        dump = count * width
        whole = lo[0] == 0 and hi[-1] == len(codes) and bool((lo[1:] == hi[:-1]).all())
        if whole:
            every = codes + np.repeat(np.arange(count) * width, hi - lo)
            if codes.max() == width:
                every[codes == width] = dump
        else:
            every = np.full(len(codes), dump)
            for period in range(count):
                part = codes[lo[period] : hi[period]]
                every[lo[period] : hi[period]] = np.where(part == width, dump, part + period * width)
        present = np.flatnonzero(np.bincount(every, minlength=dump + 1)[:dump])
        self.period, self.code = np.divmod(present, width)
        self.count = len(present)
        dense = np.full(dump + 1, self.count)
        dense[present] = np.arange(self.count)
        self.of: Ints = dense[every]
        self.covers = whole and len(codes) > 0 and bool(self.of.max() < self.count)

    @cached_property
    def first(self) -> Ints:
        """The first group of each billing period; equal to the next one's where a period has none."""
        return np.searchsorted(self.period, np.arange(len(self.lo) + 1))

    @cached_property
    def _gathered(self) -> tuple[Ints, Ints]:
        """An order that brings each group's intervals together, and where each group starts in it."""
        first, groups = self._runs
        order = np.argsort(groups, kind="stable")  # intervals of no group come last
        length = np.diff(np.append(first, len(self.of)))[order]
        before = np.cumsum(length) - length
        place = np.repeat(first[order] - before, length) + np.arange(len(self.of))
        ends = np.cumsum(np.bincount(self.of, minlength=self.count + 1)[: self.count])
        return place[: ends[-1]], np.append(0, ends[:-1])

    @cached_property
    def _runs(self) -> tuple[Ints, Ints]:
        """Where each run of intervals of one group starts, and which group it is."""
        starts = np.append(0, np.flatnonzero(self.of[1:] != self.of[:-1]) + 1)
        return starts, self.of[starts]

    def sums(self, values: Floats) -> Floats:
        """Return the sum of each group, for every column of `values`."""
        return self._reduced(np.add, values)

    def peaks(self, values: Floats) -> Floats:
        """Return the greatest value of each group, for every column of `values`."""
        return self._reduced(np.maximum, values)

    def _reduced(self, ufunc: np.ufunc, values: Floats) -> Floats:
        if not self.count:
            return np.empty((0, values.shape[1]))
        if values.shape[1] == 1:
            return self._alone(ufunc, values[:, 0])
        return reduced_together(values, [(self, ufunc)])[0]

    def _alone(self, ufunc: np.ufunc, values: Floats) -> Floats:
        """Reduce the one column there is."""
        if ufunc is np.add:
            starts, groups = self._runs
            runs = np.add.reduceat(values, starts)
            return np.bincount(groups, runs, self.count + 1)[: self.count, None].astype(
                np.float64, copy=False
            )
        place, starts = self._gathered  # maxima of many short runs would be several times as slow
        reduced: Floats = np.maximum.reduceat(values[place], starts)[:, None]
        return reduced

    @cached_property
    def members(self) -> list[list[Ints]]:
        """The intervals of each group, counted from its billing period's first, by billing period."""
        return [
            [np.flatnonzero(self.of[lo:hi] == group) for group in range(start, stop)]
            for (start, stop), lo, hi in zip(pairwise(self.first), self.lo, self.hi, strict=True)
        ]


def reduced_together(values: Floats, jobs: list[tuple[Groups, np.ufunc]]) -> list[Floats]:
    """Return the sums or peaks of several groupings of the same billing periods, in one pass over the load.

    Billing period by billing period, so that a block stays in the processor's cache, and by rows: a frame
    keeps its columns in one piece each, so that its block is turned first. Not as a product with a matrix
    of ones: BLAS starts threads, which on a busy machine wait for one another far longer than it takes.
    """
    width = values.shape[1]
    lo, hi = jobs[0][0].lo, jobs[0][0].hi
    reduced = [np.empty((groups.count, width)) for groups, _ in jobs]
    # Two buffers for all blocks, for fresh memory costs more than the copy into it.
    turned, picked = (np.empty((int((hi - lo).max()), width)) for _ in range(2))
    by_row = values.flags.c_contiguous
    for period, (start, stop) in enumerate(zip(lo, hi, strict=True)):
        block = values[start:stop]
        if not by_row:
            block = turned[: stop - start]
            block[:] = values[start:stop]
        for (groups, ufunc), out in zip(jobs, reduced, strict=True):
            for offset, rows in enumerate(groups.members[period]):
                part = block
                if len(rows) < len(block):
                    # "clip", as take with an `out` copies once more where it has to be ready to raise.
                    part = np.take(block, rows, axis=0, out=picked[: len(rows)], mode="clip")
                ufunc.reduce(part, axis=0, out=out[groups.first[period] + offset])
    return reduced


def counted(code: npt.NDArray[np.integer], groups: int) -> Ints:
    """Return how many rows each group has."""
    return np.asarray(np.bincount(code, minlength=groups), dtype=np.int64)


def summed(code: npt.NDArray[np.integer], weight: npt.NDArray[np.generic], groups: int) -> Floats:
    """Return the sum of `weight` over the rows of each group."""
    return np.asarray(np.bincount(code, weight, groups), dtype=np.float64)


def highest_so_far(group: Ints, values: Ints) -> Ints:
    """Return the highest of each row's value and those before it in its group; groups stand in order."""
    # Ranks by group, then value: their running maximum keeps groups apart, however great the values are.
    order = np.lexsort((values, group))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return values[order[np.maximum.accumulate(rank)]]


def same_key(group: Ints, key: Ints, wanted: Ints) -> Ints:
    """Return for each row the first row of its group whose key is the one wanted; -1 for none."""
    keys, place = np.unique(key, return_inverse=True)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    # Places among the keys that occur, not keys: groups x places stays far below what an integer holds.
    code, sought = group * len(keys) + place, group * len(keys) + at
    order = np.argsort(code, kind="stable")
    hit = order[np.minimum(np.searchsorted(code[order], sought), len(order) - 1)]
    return np.where((keys[at] == wanted) & (code[hit] == sought), hit, -1)


def grouped_quantiles(code: Ints, values: Floats, groups: int, shares: tuple[float, ...]) -> list[Floats]:
    """Return each quantile of each group by linear interpolation; NaN for a group without values."""
    counts = counted(code, groups)
    if not len(values):
        return [np.full(groups, np.nan) for _ in shares]
    ordered = values[group_order(code, values, groups)]
    start = np.minimum(np.cumsum(counts) - counts, len(values) - 1)
    last = np.maximum(counts - 1, 0)
    quantiles = []
    for share in shares:
        place = share * last
        low = np.floor(place).astype(np.int64)
        below = ordered[start + low]
        above = ordered[start + np.minimum(low + 1, last)]
        quantiles.append(np.where(counts > 0, below + (above - below) * (place - low), np.nan))
    return quantiles


def group_order(code: Ints, values: Floats, groups: int) -> Ints:
    """Return the order that sorts rows by group, and by value within a group."""
    by_value = np.argsort(values)
    # numpy sorts 16-bit integers by radix, in one pass.
    narrow = np.uint16 if groups <= np.iinfo(np.uint16).max else np.int64
    return np.asarray(by_value[np.argsort(code[by_value].astype(narrow), kind="stable")], dtype=np.int64)
