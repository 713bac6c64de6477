"""Several labels at once, each a yes-or-no question of its own: calibration, thresholds and scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError
from core.metrics.average_precision import stepwise_precision
from core.metrics.boxes import MatchedBoxes, best_f1_threshold
from core.metrics.calibration import expected_calibration_error

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]


def fit_label_temperature(logits: NDArray[np.floating], truth: Bools) -> float:
    """Temperature t that minimises the negative log likelihood of sigmoid(z / t), one for all labels.

    Args:
        logits: (N, K), N at least 1.
        truth: bool (N, K), the label holds.

    Returns:
        t from 0.1 to 10; above 1 the network was too sure.

    Raises:
        ArrayShapeError: shapes do not fit.

    Source: Guo et al. 2017, arXiv:1706.04599, with the binary likelihood.
    """
    if logits.ndim != 2 or truth.shape != logits.shape:
        raise ArrayShapeError(f"logits, truth: expected (N, K) twice, got {logits.shape} and {truth.shape}")
    signed = np.where(truth, 1.0, -1.0) * np.asarray(logits, dtype=np.float64)

    def loss(temperature: float) -> float:
        return float(np.logaddexp(0, -signed / temperature).mean())

    best = min(np.geomspace(0.1, 10, 41), key=loss)
    # Around the best of the coarse steps, but never beyond what is promised.
    return float(min(np.clip(np.geomspace(best / 1.13, best * 1.13, 41), 0.1, 10), key=loss))


def best_label_thresholds(probabilities: Float, truth: Bools, labels: Sequence[str]) -> dict[str, float]:
    """The probability from which each label counts so that its F1 is highest; 0.5 for a label without truth.

    Args:
        probabilities: (N, K), calibrated.
        truth: bool (N, K).
        labels: K names.
    """
    return {
        label: _between(
            best_f1_threshold(MatchedBoxes(probabilities[:, k], truth[:, k], int(truth[:, k].sum()))),
            probabilities[:, k],
        )
        if truth[:, k].any()
        else 0.5
        for k, label in enumerate(labels)
    }


def _between(threshold: float, scores: Float) -> float:
    """Halfway to the next lower score: the other engine may put a photo's score a rounding error lower."""
    return float((threshold + scores[scores < threshold].max(initial=0.0)) / 2)


def label_scores(
    probabilities: Float, truth: Bools, labels: Sequence[str], thresholds: Mapping[str, float]
) -> dict[str, Any]:
    """Precision, recall, F1 and average precision by label, and their means.

    Args:
        probabilities: (N, K), calibrated, each 0 to 1 by itself.
        truth: bool (N, K), the label holds.
        labels: K names.
        thresholds: by label, the probability from which it counts.

    Returns:
        ``accuracy`` (share of photos with exactly the right labels), ``macro_f1`` (mean over the labels
        that occur in truth or answers), ``map`` (mean average precision over the labels that occur in
        truth), ``ece`` (over every question) and ``per_label``. A rate of nothing is 0; a mean of
        nothing is left out, and of no photos at all, only ``per_label`` is returned.
    """
    guess = probabilities >= np.array([thresholds[label] for label in labels])
    per_label = {label: _rates(probabilities[:, k], guess[:, k], truth[:, k]) for k, label in enumerate(labels)}
    if not len(truth):
        return {"per_label": per_label}
    scores: dict[str, Any] = {"accuracy": float((guess == truth).all(axis=1).mean())}
    occurring = [rates["f1"] for k, rates in enumerate(per_label.values()) if (guess[:, k] | truth[:, k]).any()]
    precisions = [rates["ap"] for rates in per_label.values() if "ap" in rates]
    if occurring:
        scores["macro_f1"] = float(np.mean(occurring))
    if precisions:
        scores["map"] = float(np.mean(precisions))
    ece = expected_calibration_error(probabilities.reshape(-1), truth.reshape(-1))
    return {**scores, "ece": ece, "per_label": per_label}


def _rates(probabilities: Float, guess: Bools, truth: Bools) -> dict[str, float]:
    hits, guessed, true = int((guess & truth).sum()), int(guess.sum()), int(truth.sum())
    rates = {
        "precision": hits / max(guessed, 1),
        "recall": hits / max(true, 1),
        "f1": 2 * hits / max(guessed + true, 1),
        "count": true,
    }
    return {"ap": stepwise_precision(probabilities, truth, true), **rates} if true else rates
