"""Sums and peaks of a load by group: one column or a thousand, at the speed of a hand-written loop."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


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
        every = np.full(len(codes), dump)
        whole = lo[0] == 0 and hi[-1] == len(codes) and bool((lo[1:] == hi[:-1]).all())
        if whole:
            every = codes + np.repeat(np.arange(count) * width, hi - lo)
            every[codes == width] = dump
        else:
            for period in range(count):
                part = codes[lo[period] : hi[period]]
                every[lo[period] : hi[period]] = np.where(part == width, dump, part + period * width)
        present = np.flatnonzero(np.bincount(every, minlength=dump + 1)[:dump])
        self.period, self.code = np.divmod(present, width)
        self.count = len(present)
        dense = np.full(dump + 1, self.count)
        dense[present] = np.arange(self.count)
        self.of: Ints = dense[every]

    @cached_property
    def first(self) -> Ints:
        """The first group of each billing period; equal to the next one's where a period has none."""
        return np.searchsorted(self.period, np.arange(len(self.lo) + 1))

    @cached_property
    def _sorted(self) -> tuple[Ints | None, Ints]:
        """An order that brings each group's intervals together (None: they are), and where each starts."""
        starts = np.cumsum(np.bincount(self.of, minlength=self.count + 1)[: self.count])
        starts = np.append(0, starts[:-1])
        if bool((self.of[1:] >= self.of[:-1]).all()) and self.of[-1] < self.count:
            return None, starts
        order = np.argsort(self.of, kind="stable")
        return order[: int((self.of < self.count).sum())], starts

    @cached_property
    def _selectors(self) -> list[Floats]:
        """For each billing period, a matrix of ones: groups by intervals."""
        found = []
        for (start, stop), lo, hi in zip(pairwise(self.first), self.lo, self.hi, strict=True):
            found.append((self.of[lo:hi] == np.arange(start, stop)[:, None]).astype(float))
        return found

    @cached_property
    def _members(self) -> list[list[Ints]]:
        return [
            [np.flatnonzero(self.of[lo:hi] == group) for group in range(start, stop)]
            for (start, stop), lo, hi in zip(pairwise(self.first), self.lo, self.hi, strict=True)
        ]

    def sums(self, values: Floats) -> Floats:
        """Return the sum of each group, for every column of `values`."""
        if values.shape[1] == 1:
            return np.bincount(self.of, values[:, 0], self.count + 1)[: self.count, None]
        sums = np.empty((self.count, values.shape[1]))
        for (start, stop), lo, hi, ones in zip(pairwise(self.first), self.lo, self.hi, self._selectors, strict=True):
            np.matmul(ones, values[lo:hi], out=sums[start:stop])
        return sums

    def peaks(self, values: Floats) -> Floats:
        """Return the greatest value of each group, for every column of `values`."""
        if not self.count:
            return np.empty((0, values.shape[1]))
        if values.shape[1] == 1:
            order, starts = self._sorted
            column = values[:, 0] if order is None else values[:, 0][order]
            return np.maximum.reduceat(column, starts)[:, None]
        peaks = np.empty((self.count, values.shape[1]))
        for (start, _), lo, hi, members in zip(pairwise(self.first), self.lo, self.hi, self._members, strict=True):
            block = values[lo:hi]
            for offset, rows in enumerate(members):
                part = block if len(rows) == len(block) else block[rows]
                np.max(part, axis=0, out=peaks[start + offset])
        return peaks
