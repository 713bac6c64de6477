"""Sorts that matching and curves rest on: equal answers for equal input, and time that grows like n log n.

Beyond a million rows what costs is not comparing but reaching across memory, so whoever sorts gets back all that
the sort knows (rows and places both), and nothing is looked up twice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Ints = NDArray[np.int64]

_RADIX_BELOW = 1 << 15  # numbers of 16 bits are sorted digit by digit, in linear time


def best_first(score: Float, photo: Ints) -> Ints:
    """Indices of answers, best score first; ties by photo, then as given: int64 (N,), a permutation.

    The upper bits of each score and its index are sorted as one whole number, several times faster than ``argsort``;
    scores that differ in their lower bits alone are put in order afterwards.
    """
    count = len(score)
    if count == 0:
        return np.zeros(0, dtype=np.int64)
    by_photo = sort_by(photo)[0] if (photo[1:] < photo[:-1]).any() else None
    given = score if by_photo is None else score[by_photo]
    bits = max(count - 1, 1).bit_length()
    keys = _falling_bits(given)
    keys >>= bits
    keys <<= bits
    keys |= np.arange(count, dtype=np.int32)
    keys.sort()
    order = keys & ((1 << bits) - 1)
    keys >>= bits
    is_like_next = keys[1:] == keys[:-1]
    if is_like_next.any():
        alike = np.flatnonzero(np.append(is_like_next, False) | np.concatenate([[False], is_like_next]))
        mine = order[alike]
        order[alike] = mine[np.lexsort((mine, _falling_bits(given[mine])))]
    return order if by_photo is None else by_photo[order]


def _falling_bits(score: Float) -> Ints:
    """Whole numbers that ascend where finite scores descend, and are equal where those are: int64 (N,)."""
    bits = (score + 0.0).view(np.int64)  # −0 becomes 0
    if score.min() < 0:
        bits ^= (bits >> 63) & np.iinfo(np.int64).max  # of negative numbers, more bits are less
    return np.invert(bits, out=bits)


def sort_by(major: Ints, order: Ints | None = None) -> tuple[Ints, Ints]:
    """Sort rows by ``major``; rows of equal ``major`` keep the order in which ``order`` names them.

    Args:
        major: int64 (N,), at least 0.
        order: int64 (N,), a permutation of the rows; None for as they are.

    Returns:
        The rows, sorted, and the place of each in ``order``: int64 (N,) both.

    One sort of whole numbers is several times faster than ``lexsort``; where number and place do not fit into 63
    bits together, the numbers are counted anew first.
    """
    count = len(major)
    if count == 0:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    short: NDArray[np.integer]
    highest, bits = int(major.max()), max(count - 1, 1).bit_length()
    if highest < _RADIX_BELOW:
        short = major.astype(np.int16)
        places = np.argsort(short if order is None else short[order], kind="stable")
    else:
        short = major.astype(np.int32) if highest < 1 << 31 else major  # less memory to reach across
        keys = (short if order is None else short[order]).astype(np.int64)
        if highest >> (62 - bits):
            keys = np.unique(keys, return_inverse=True)[1].astype(np.int64)
        places = np.left_shift(keys, bits, out=keys)
        places |= np.arange(count, dtype=np.int32)
        places.sort()
        places &= (1 << bits) - 1
    return (places if order is None else order[places]), places


def run_ends(values: NDArray[np.generic]) -> Ints:
    """Last index of each run of equal values in (N,) sorted ones: int64, ascending."""
    if len(values) == 0:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.append(values[1:] != values[:-1], True))
