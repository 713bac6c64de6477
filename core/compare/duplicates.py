"""Near-duplicates over a whole library: photos whose fingerprints differ in a few bits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError

Hashes = NDArray[np.uint64]
Ints = NDArray[np.int64]

MAX_BITS = 15
_BLOCK_PAIRS = 4_000_000  # pairs looked at at once: 64 MB


def near_duplicates(hashes: Hashes, at_most_bits: int) -> tuple[Ints, ...]:
    """Groups of photos in which each is a near-duplicate of another.

    Args:
        hashes: uint64 (N, H): of each photo H fingerprints. Two photos are near-duplicates when each of their
            fingerprints differs in at most ``at_most_bits``; one alone takes two evenly grey photos for the same.
        at_most_bits: 0 to 15.

    Returns:
        Groups of at least two, each sorted, the largest first. A chain of near-duplicates is one group, though its
        ends may differ in more bits.

    Raises:
        ConfigError: the bits are out of range.
    """
    if not 0 <= at_most_bits <= MAX_BITS:
        raise ConfigError(f"near-duplicates: expected 0 to {MAX_BITS} bits, received {at_most_bits}")
    if not len(hashes):
        return ()
    # Equal ones first: a thousand copies would be half a million pairs.
    different, copy_of = np.unique(hashes, axis=0, return_inverse=True)
    root = np.arange(len(different))
    for first, second in _candidates(different[:, 0], at_most_bits + 1):
        is_near = (np.bitwise_count(different[first] ^ different[second]) <= at_most_bits).all(axis=1)
        _join(root, first[is_near], second[is_near])
    root = _settled(root)[copy_of.ravel()]
    order = np.argsort(root, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(root[order])) + 1)
    return tuple(sorted((group for group in groups if len(group) > 1), key=lambda group: (-len(group), int(group[0]))))


def _candidates(hashes: Hashes, bands: int) -> Iterator[tuple[Ints, Ints]]:
    """Pairs that are equal in at least one of so many parts: of d + 1 parts, d differing bits leave one untouched."""
    edges = np.linspace(0, 64, bands + 1).astype(int)
    for low, high in pairwise(edges.tolist()):
        mask = np.uint64(((1 << high - low) - 1) << low)
        part = hashes & mask
        order = np.argsort(part, kind="stable")
        ends = np.append(np.flatnonzero(np.diff(part[order])) + 1, len(order))
        # Each photo with those after it in its run of equal parts.
        after = np.repeat(ends, np.diff(ends, prepend=0)) - np.arange(len(order)) - 1
        start = 0
        while start < len(order):
            cumulated = np.cumsum(after[start:])
            stop = start + max(1, int(np.searchsorted(cumulated, _BLOCK_PAIRS)))
            count = after[start:stop]
            first = np.repeat(np.arange(start, stop), count)
            step = np.arange(len(first)) - np.repeat(np.cumsum(count) - count, count) + 1
            yield order[first], order[first + step]
            start = stop


def _join(root: Ints, first: Ints, second: Ints) -> None:
    """Give both of every pair the smallest root of either, until nothing changes."""
    while len(first):
        a, b = _settled(root)[first], _settled(root)[second]
        differs = a != b
        first, second, a, b = first[differs], second[differs], a[differs], b[differs]
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))


def _settled(root: Ints) -> Ints:
    while not np.array_equal(root, root[root]):
        root[:] = root[root]
    return root
