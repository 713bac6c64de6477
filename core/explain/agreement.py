"""How alike maps are: methods with each other, and one method before and after the network has forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.explain.scores import resized
from core.types import FloatImage

COMMON_CELLS = 28  # a side on which maps of different layers meet
_TOP_SHARE = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """How methods agree on one photo.

    Attributes:
        names: in the order of rows and columns.
        correlation: float64 (N, N), rank correlation, −1 to 1.
        overlap: float64 (N, N), intersection over union of the highest fifth of cells, 0 to 1; by chance 0.11.
    """

    names: tuple[str, ...]
    correlation: NDArray[np.float64]
    overlap: NDArray[np.float64]


def agreement(maps: Mapping[str, FloatImage]) -> Agreement:
    """Compare maps pair by pair at a common size.

    Args:
        maps: name → float32 (H, W), any sizes, all of the same photo.
    """
    names = tuple(maps)
    common = [resized(maps[name], (COMMON_CELLS, COMMON_CELLS)) for name in names]
    pairs = np.ones((2, len(names), len(names)))
    for i in range(len(names)):
        for j in range(i):
            pairs[0, i, j] = pairs[0, j, i] = rank_correlation(common[i], common[j])
            pairs[1, i, j] = pairs[1, j, i] = _top_overlap(common[i], common[j])
    return Agreement(names, pairs[0], pairs[1])


def rank_correlation(a_hw: FloatImage, b_hw: FloatImage) -> float:
    """Spearman's correlation of two maps of one shape, −1 to 1; 0 where one of them is the same everywhere."""
    ranks = [_mean_ranks(m.reshape(-1)) for m in (a_hw, b_hw)]
    a, b = (rank - rank.mean() for rank in ranks)
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b / size) if size > 0 else 0.0


def _mean_ranks(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Ranks from 0; equal values share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts + 1) / 2)[place], np.float64)


def _top_overlap(a_hw: FloatImage, b_hw: FloatImage) -> float:
    tops = [_top_cells(m) for m in (a_hw, b_hw)]
    return len(tops[0] & tops[1]) / len(tops[0] | tops[1])


def _top_cells(map_hw: FloatImage) -> set[int]:
    count = max(1, round(map_hw.size * _TOP_SHARE))
    order: Sequence[int] = np.argsort(-map_hw, axis=None, kind="stable")[:count].tolist()
    return set(order)
