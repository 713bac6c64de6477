"""Boxes of one label on a few photos at one overlap, held in memory: what training measures itself by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics.answers import box_answers, box_truth
from core.metrics.average_precision import interpolated_precision
from core.metrics.curves import score_curve
from core.metrics.table import match_boxes_table
from core.metrics.threshold_choice import best_f1

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
    """Match predictions to truth as ``core.metrics.table`` does: best score first, each truth once.

    Args:
        photos: for each photo (predicted boxes (N, 4), scores (N,), true boxes (M, 4)). A predicted box with
            a side below 0 has no area, and finds nothing.
        overlap: above 0 to 1.
    """
    counts, truth_counts = [len(boxes) for boxes, _, _ in photos], [len(truth) for _, _, truth in photos]
    boxes = np.concatenate([np.zeros((0, 4)), *(boxes for boxes, _, _ in photos)]).astype(np.float64)
    boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2])
    scores = np.concatenate([np.zeros(0), *(scores for _, scores, _ in photos)]).astype(np.float64)
    true_boxes = np.concatenate([np.zeros((0, 4)), *(truth for _, _, truth in photos)])
    numbers = np.arange(len(photos))
    table = match_boxes_table(
        box_answers(np.repeat(numbers, counts), np.zeros(len(boxes)), scores, boxes),
        box_truth(np.repeat(numbers, truth_counts), np.zeros(len(true_boxes)), true_boxes),
        ("box",),
        max(len(photos), 1),
        np.array([overlap]),
    )
    is_true = np.empty(len(boxes), dtype=bool)
    is_true[table.row] = table.is_true(0)
    return MatchedBoxes(scores, is_true, len(true_boxes))


def average_precision(matched: MatchedBoxes) -> float:
    """COCO's average precision, over 101 recalls; NaN without truth. Equal scores count in the order given."""
    order = np.argsort(-matched.scores, kind="stable")
    return interpolated_precision(matched.is_true[order], None, matched.truth_count)[0]


def best_f1_threshold(matched: MatchedBoxes, default: float = 0.5) -> float:
    """Score from which a box counts so that F1 is highest; the default where nothing is true."""
    if not matched.is_true.any():
        return default
    return best_f1(score_curve("box", matched.scores, matched.is_true, matched.truth_count)).point.threshold
