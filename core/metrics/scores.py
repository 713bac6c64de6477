"""Scores of models on labelled photos, one function a model family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.metrics.boxes import MatchedBoxes, average_precision
from core.metrics.calibration import expected_calibration_error
from core.runtime.calibration import prediction_set

Float = NDArray[np.float64]


def class_scores(
    probabilities: Float, truth: NDArray[np.int64], labels: Sequence[str], set_quantile: float
) -> dict[str, Any]:
    """Accuracy, macro F1, calibration error and coverage of prediction sets.

    Args:
        probabilities: (N, K), calibrated, rows sum to 1.
        truth: int (N,), 0 to K − 1.
        labels: K names.
        set_quantile: as the runtime's ``prediction_set`` takes it.

    Returns:
        ``accuracy``, ``macro_f1`` (mean over the labels that occur in truth or answers), ``ece``,
        ``coverage``, and ``per_label`` with precision, recall, F1 and count. A rate of nothing is 0.
        Of no photos at all, only ``per_label`` is returned.
    """
    guess = probabilities.argmax(axis=1) if len(truth) else np.zeros(0, dtype=np.int64)
    per_label = {label: _label_rates(guess == k, truth == k) for k, label in enumerate(labels)}
    if not len(truth):
        return {"per_label": per_label}
    occurring = [r["f1"] for k, r in enumerate(per_label.values()) if ((guess == k) | (truth == k)).any()]
    covered = [t in prediction_set(p, set_quantile) for p, t in zip(probabilities, truth, strict=True)]
    return {
        "accuracy": float((guess == truth).mean()),
        "macro_f1": float(np.mean(occurring)),
        "ece": expected_calibration_error(probabilities.max(axis=1), guess == truth),
        "coverage": float(np.mean(covered)),
        "per_label": per_label,
    }


def box_scores(matched: Mapping[str, MatchedBoxes], thresholds: Mapping[str, float]) -> dict[str, Any]:
    """Average precision by label and its mean, and precision, recall and F1 at each label's threshold.

    Args:
        matched: by label, at IoU 0.5 for the result to be called ``map_50``.
        thresholds: by label.

    Returns:
        ``map_50`` (mean over labels with truth; left out where none has any) and ``per_label``.
    """
    per_label: dict[str, dict[str, float]] = {}
    for label, m in matched.items():
        counted = m.scores >= thresholds[label]
        hits = int((m.is_true & counted).sum())
        rates = _rates(hits, int(counted.sum()), m.truth_count)
        if m.truth_count:
            rates = {"ap_50": average_precision(m), **rates}
        per_label[label] = rates
    precisions = [r["ap_50"] for r in per_label.values() if "ap_50" in r]
    mean = {"map_50": float(np.mean(precisions))} if precisions else {}
    return {**mean, "per_label": per_label}


def value_scores(values: Float, truth: Float, half_width: float) -> dict[str, float]:
    """Mean absolute and root mean square error, and the share of truths within ± half_width.

    Args:
        values, truth: (N,), N at least 1, in the model's unit.
    """
    error = values - truth
    return {
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt((error**2).mean())),
        "coverage": float((np.abs(error) <= half_width).mean()),
    }


def _label_rates(guessed: NDArray[np.bool_], true: NDArray[np.bool_]) -> dict[str, float]:
    return _rates(int((guessed & true).sum()), int(guessed.sum()), int(true.sum()))


def _rates(hits: int, guessed: int, true: int) -> dict[str, float]:
    precision, recall = hits / max(guessed, 1), hits / max(true, 1)
    f1 = 2 * hits / max(guessed + true, 1)
    return {"precision": precision, "recall": recall, "f1": f1, "count": true}
