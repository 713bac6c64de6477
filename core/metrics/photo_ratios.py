"""Metrics as sums over photos, which ``breakdown`` divides by any property of the photos."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.metrics.breakdown import PhotoRatio
from core.metrics.table import MatchTable

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def match_ratios(table: MatchTable, thresholds: Mapping[str, float], overlap: float) -> dict[str, PhotoRatio]:
    """Recall, precision, and missed and needless findings a photo, all labels together.

    Args:
        table: the matches.
        thresholds: score from which an answer counts, for every label.
        overlap: one of the table's; 1 for labels of whole photos.

    Returns:
        ``recall``, ``precision``, ``missed a photo``, ``needless a photo``; each over ``table.photo_count`` photos.

    Raises:
        ArrayShapeError: the table has not that overlap.
        KeyError: a label has no threshold.
    """
    t, photos = table.overlap_index(overlap), table.photo_count
    least = np.array([thresholds[label] for label in table.labels])
    counted = (table.score >= least[table.label]) & table.is_counted(t)
    answered = _by_photo(table.photo[counted], photos)
    found = _by_photo(table.photo[counted & table.is_true(t)], photos)
    truths = _by_photo(table.truth_photo[~table.truth_is_ignored], photos)
    once = np.ones(photos)
    return {
        "recall": PhotoRatio("recall", found, truths),
        "precision": PhotoRatio("precision", found, answered),
        "missed a photo": PhotoRatio("missed a photo", truths - found, once, "lower"),
        "needless a photo": PhotoRatio("needless a photo", answered - found, once, "lower"),
    }


def class_ratios(truth: Ints, answer: Ints, is_recognised: Bools) -> dict[str, PhotoRatio]:
    """Accuracy and refusals of labels of whole photos.

    Args:
        truth: int (N,), −1 for a photo that shows none of the labels; it counts for neither.
        answer: int (N,), the best label.
        is_recognised: bool (N,).
    """
    there = (truth >= 0).astype(np.float64)
    return {
        "accuracy": PhotoRatio("accuracy", there * (answer == truth), there),
        "refused": PhotoRatio("refused", there * ~is_recognised, there, "lower"),
    }


def value_ratios(values: Float, truth: Float, margin: float) -> dict[str, PhotoRatio]:
    """Mean absolute error, and the share of photos within ± margin; values and truth (N,), finite."""
    error, once = np.abs(values - truth), np.ones(len(truth))
    return {
        "mae": PhotoRatio("mae", error, once, "lower"),
        "within margin": PhotoRatio("within margin", (error <= margin).astype(np.float64), once),
    }


def _by_photo(photo: NDArray[np.int32], count: int) -> Float:
    return np.bincount(photo, minlength=count).astype(np.float64)
