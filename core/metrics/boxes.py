"""Matching found boxes to true ones, and average precision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.runtime.boxes import overlap_fractions

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class MatchedBoxes:
    """Boxes of one label over many photos, each either a true or a false find.

    Attributes:
        scores: float64 (N,), all photos together.
        is_true: bool (N,), the box was matched to a truth that no better box took.
        truth_count: number of true boxes.
    """

    scores: Float
    is_true: NDArray[np.bool_]
    truth_count: int


def match_boxes(photos: list[tuple[Float, Float, Float]], overlap: float) -> MatchedBoxes:
    """Match predictions to truth, best score first, each truth once, at IoU ≥ overlap.

    Args:
        photos: for each photo (predicted boxes (N, 4), scores (N,), true boxes (M, 4)).
        overlap: 0 to 1.
    """
    all_scores: list[Float] = []
    all_true: list[NDArray[np.bool_]] = []
    truth_count = 0
    for boxes, scores, truth in photos:
        truth_count += len(truth)
        is_true = np.zeros(len(boxes), dtype=bool)
        overlaps = overlap_fractions(boxes.astype(np.float32), truth.astype(np.float32))
        for i in np.argsort(-scores, kind="stable"):
            if len(truth) == 0:
                break
            best = int(np.argmax(overlaps[i]))
            if overlaps[i, best] >= overlap:
                is_true[i] = True
                overlaps[:, best] = -1
        all_scores.append(np.asarray(scores, dtype=np.float64))
        all_true.append(is_true)
    empty = np.zeros(0)
    return MatchedBoxes(
        np.concatenate(all_scores or [empty]), np.concatenate(all_true or [empty.astype(bool)]), truth_count
    )


def average_precision(matched: MatchedBoxes) -> float:
    """Area under the precision envelope over recall, at every recall that occurs; NaN without truth."""
    if matched.truth_count == 0:
        return float("nan")
    order = np.argsort(-matched.scores, kind="stable")
    true_count = np.cumsum(matched.is_true[order])
    precision = true_count / np.arange(1, len(order) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(envelope[matched.is_true[order]].sum() / matched.truth_count)


def best_f1_threshold(matched: MatchedBoxes, default: float = 0.5) -> float:
    """Score from which a box counts so that F1 is highest; the default where nothing is true."""
    order = np.argsort(-matched.scores, kind="stable")
    true_count = np.cumsum(matched.is_true[order])
    if len(order) == 0 or true_count[-1] == 0:
        return default
    f1 = 2 * true_count / (np.arange(1, len(order) + 1) + matched.truth_count)
    return float(matched.scores[order][int(np.argmax(f1))])
