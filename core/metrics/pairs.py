"""Which answers overlap which truths: pairs of the same group, found in chunks, never as an N × M matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_CHUNK_PAIRS = 1 << 17  # columns of a chunk stay in the processor's cache
_SWEEP_FROM = 24  # truths a group and answer, on average, from which sorting them by x pays


@dataclass(frozen=True, slots=True, eq=False)
class BoxColumns:
    """Boxes of one side, and the order that sorts them by group.

    Attributes:
        group: int64 (N,), ascending, of the sorted boxes; boxes of different groups never meet.
        row: int64 (N,), row of each sorted box in the next two.
        boxes_xyxy: float64 (N, 4).
        area: float64 (N,).
    """

    group: Ints
    row: Ints
    boxes_xyxy: Float
    area: Float


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Overlapping boxes.

    Attributes:
        answer: int64 (P,), ascending, among the sorted ones.
        truth: int64 (P,), among the sorted ones.
        overlap: float64 (P,), intersection over union, above 0; over the answer's area where the truth is a crowd.
    """

    answer: Ints
    truth: Ints
    overlap: Float


def overlapping_pairs(answers: BoxColumns, truths: BoxColumns, is_crowd: Bools, min_overlap: float) -> Pairs:
    """All pairs of a group whose overlap is at least ``min_overlap``.

    Args:
        answers, truths: sorted by group.
        is_crowd: bool, one a truth.
        min_overlap: above 0. Boxes without area overlap nothing.

    Returns:
        Pairs by answer. The time grows with the number of boxes and of pairs whose x-extents can meet.

    Source: the arithmetic, and its order, is that of pycocotools' ``bbIou``, so that an overlap that
    equals a threshold falls on the same side.
    """
    low, high = _group_ranges(answers.group, truths.group)
    order, counts = np.arange(len(truths.row)), high - low
    if counts.sum() > _SWEEP_FROM * (len(answers.row) + 1):
        order = np.lexsort((truths.boxes_xyxy[truths.row, 0], truths.group))
        low, high = _narrow_by_x(answers, truths, order, low, high)
        counts = high - low
    others = np.ascontiguousarray(truths.boxes_xyxy[truths.row[order]].T)
    other_area, crowd = truths.area[truths.row[order]], is_crowd[order]
    found: list[tuple[Ints, Ints, Float]] = []
    for start, stop in _chunks(counts):
        mine = counts[start:stop]
        a = np.repeat(np.arange(stop - start), mine)
        b = np.arange(len(a)) + np.repeat(low[start:stop] - (np.cumsum(mine) - mine), mine)
        row = answers.row[start:stop]  # boxes are fetched a chunk at a time: all of them sorted are not needed
        corners, area = np.ascontiguousarray(answers.boxes_xyxy[row].T), answers.area[row]
        width = np.minimum(corners[2][a], others[2][b]) - np.maximum(corners[0][a], others[0][b])
        meets = np.flatnonzero(width > 0)
        a, b, width = a[meets], b[meets], width[meets]
        height = np.minimum(corners[3][a], others[3][b]) - np.maximum(corners[1][a], others[1][b])
        meets = np.flatnonzero(height > 0)
        a, b = a[meets], b[meets]
        shared = width[meets] * height[meets]
        union = np.where(crowd[b], area[a], area[a] + other_area[b] - shared)
        overlap = shared / union
        enough = np.flatnonzero(overlap >= min_overlap)
        found.append((a[enough] + start, order[b[enough]], overlap[enough]))
    if not found:
        return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    return Pairs(*(np.concatenate(columns) for columns in zip(*found, strict=True)))  # type: ignore[arg-type]


def _group_ranges(groups: Ints, other_groups: Ints) -> tuple[Ints, Ints]:
    """For each sorted group the range [low, high) of equal ones among the other side's, looked up once a run."""
    if len(groups) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    heads = np.flatnonzero(np.concatenate([[True], groups[1:] != groups[:-1]]))
    lengths = np.diff(np.append(heads, len(groups)))
    low = np.searchsorted(other_groups, groups[heads], "left")
    high = np.searchsorted(other_groups, groups[heads], "right")
    return np.repeat(low, lengths), np.repeat(high, lengths)


def _narrow_by_x(answers: BoxColumns, truths: BoxColumns, order: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Ranges of truths, sorted by group and x_min, whose x-extent can meet the answer's.

    Group and x are searched as one number; where its rounding could lose a pair, the slack keeps it.
    """
    of_truth, of_answer = truths.boxes_xyxy[truths.row[order]], answers.boxes_xyxy[answers.row]
    x_min, x_max, left, right = of_truth[:, 0], of_truth[:, 2], of_answer[:, 0], of_answer[:, 2]
    widest = float((x_max - x_min).max())
    least = min(float(x_min.min()), float(left.min()) - widest)
    span = max(float(x_max.max()), float(right.max())) - least + 1.0
    group_count = float(answers.group[-1]) + 1
    slack = max(span * 1e-9, group_count * span * 4e-16)
    keys = truths.group[order] * span + (x_min - least)
    base = answers.group * span - least
    narrow_low = np.searchsorted(keys, base + left - widest - slack, "left")
    narrow_high = np.searchsorted(keys, base + right + slack, "right")
    narrow_low = np.maximum(low, narrow_low)
    return narrow_low, np.maximum(np.minimum(high, narrow_high), narrow_low)


def _chunks(counts: Ints) -> list[tuple[int, int]]:
    """Ranges of rows with about ``_CHUNK_PAIRS`` pairs each; one row is never divided."""
    total = np.cumsum(counts)
    if len(total) == 0 or total[-1] == 0:
        return []
    cuts = np.searchsorted(total, np.arange(_CHUNK_PAIRS, total[-1], _CHUNK_PAIRS), "left") + 1
    edges = np.unique(np.concatenate([[0], cuts, [len(counts)]]))
    return list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
