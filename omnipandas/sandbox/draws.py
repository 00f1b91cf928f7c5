"""Random numbers that depend on nothing but a key and a counter.

A stateful generator would make an hour's value depend on what was asked before it. Here each number is a hash
(the SplitMix64 finaliser of Steele, Lea and Flood, 2014) of a stream's key and a counter, in 64-bit
integers, so that any range in any order, on any machine and any numpy, gives the same loads. What follows
uses only the four operations on IEEE doubles, never a library sine or logarithm, for the same reason.
"""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def stream(*words: object) -> int:
    """Return the 64-bit key of a named stream of numbers."""
    text = "\x1f".join(map(str, words)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")


def bits(key: int, counter: Ints) -> npt.NDArray[np.uint64]:
    """Return 64 hashed bits for each value of `counter`."""
    mixed = (counter.astype(np.uint64) + np.uint64(1)) * _GOLDEN + np.uint64(key)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    hashed: npt.NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(31))
    return hashed


def uniform(key: int, counter: Ints) -> Floats:
    """Return a number in [0, 1) for each value of `counter`."""
    return (bits(key, counter) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def normal(key: int, counter: Ints) -> Floats:
    """Return a bell-shaped number of mean 0 and variance 1, within 3.5 of 0, for each value of `counter`.

    It is the sum of four uniforms (Irwin-Hall): a true normal needs a logarithm, whose last bit differs
    between machines.
    """
    hashed = bits(key, counter)
    lanes = [(hashed >> np.uint64(shift) & np.uint64(0xFFFF)).astype(np.float64) for shift in (0, 16, 32, 48)]
    total: Floats = (lanes[0] + lanes[1] + lanes[2] + lanes[3] + 2.0) * 2.0**-16
    return (total - 2.0) * 1.7320508075688772


def lingering(key: int, counter: Ints, keep: float, reach: int) -> Floats:
    """Return noise of mean 0 and variance 1 that remembers: each step keeps `keep` of the one before.

    The memory is cut after `reach` steps, so that no value needs the whole past.
    """
    total = np.zeros(len(counter))
    weight, variance = 1.0, 0.0
    for back in range(reach):
        total = total + weight * normal(key, counter - back)
        variance += weight * weight
        weight *= keep
    scaled: Floats = total / math.sqrt(variance)
    return scaled


def wave(turns: npt.NDArray[np.floating[Any]]) -> Floats:
    """Return a sine of `turns` whole turns, by a polynomial of degree 7 (within 0.0002)."""
    x = turns - np.floor(turns + 0.5)
    x = np.where(x > 0.25, 0.5 - x, np.where(x < -0.25, -0.5 - x, x)) * 6.283185307179586
    square = x * x
    return np.asarray(x * (1.0 - square * (1 / 6 - square * (1 / 120 - square * (1 / 5040)))))
