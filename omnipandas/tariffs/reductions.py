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

    @cached_property
    def first(self) -> Ints:
        """The first group of each billing period; equal to the next one's where a period has none."""
        return np.searchsorted(self.period, np.arange(len(self.lo) + 1))

    @cached_property
    def _sorted(self) -> tuple[Ints, Ints]:
        """An order that brings each group's runs together, and where each group starts in it."""
        _, groups = self._runs
        starts = np.cumsum(np.bincount(groups, minlength=self.count + 1)[: self.count])
        order = np.argsort(groups, kind="stable")  # intervals of no group come last
        return order[: starts[-1]], np.append(0, starts[:-1])

    @cached_property
    def _runs(self) -> tuple[Ints, Ints]:
        """Where each run of intervals of one group starts, and which group it is."""
        starts = np.append(0, np.flatnonzero(self.of[1:] != self.of[:-1]) + 1)
        return starts, self.of[starts]

    @cached_property
    def _members(self) -> list[list[Ints]]:
        return [
            [np.flatnonzero(self.of[lo:hi] == group) for group in range(start, stop)]
            for (start, stop), lo, hi in zip(pairwise(self.first), self.lo, self.hi, strict=True)
        ]

    def sums(self, values: Floats) -> Floats:
        """Return the sum of each group, for every column of `values`."""
        if values.shape[1] == 1:
            starts, groups = self._runs
            runs = np.add.reduceat(values[:, 0], starts)
            column = np.bincount(groups, runs, self.count + 1)[: self.count, None]
            return column.astype(np.float64, copy=False)
        # Row by row and not as a matrix product: BLAS starts threads, which on a busy machine wait for
        # one another far longer than the sums take.
        return self._reduced(np.add, values)

    def peaks(self, values: Floats) -> Floats:
        """Return the greatest value of each group, for every column of `values`."""
        if not self.count:
            return np.empty((0, values.shape[1]))
        if values.shape[1] == 1:
            runs = np.maximum.reduceat(values[:, 0], self._runs[0])
            order, starts = self._sorted
            return np.maximum.reduceat(runs[order], starts)[:, None]
        return self._reduced(np.maximum, values)

    def _reduced(self, ufunc: np.ufunc, values: Floats) -> Floats:
        reduced = np.empty((self.count, values.shape[1]))
        for first, lo, hi, members in zip(self.first, self.lo, self.hi, self._members, strict=False):
            block = values[lo:hi]
            for offset, rows in enumerate(members):
                part = block if len(rows) == len(block) else block[rows]
                ufunc.reduce(part, axis=0, out=reduced[first + offset])
        return reduced
