"""Numbers that turn a network's outputs into decisions: measured on photos that were not fitted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.metrics.boxes import MatchedBoxes, best_f1_threshold, match_boxes
from core.metrics.calibration import (
    adaptive_set_quantile,
    fit_temperature,
    interval_quantile,
    label_shift_ratios,
)
from core.metrics.labels import best_label_thresholds, fit_label_temperature, label_scores
from core.metrics.scores import class_scores, value_scores
from core.runtime.boxes import cell_boxes, local_maxima, merge_boxes
from core.runtime.calibration import sigmoid, softmax
from core.runtime.detection import STORAGE_FLOOR
from core.training.config import ModelSection
from core.training.examples import Example
from core.training.fit import Answers

COVERAGE = 0.9
_COMPONENTS = 48
_RECOGNITION_QUANTILE = 0.995
# Field photos lie further out than held-out renders do; the margin was chosen so that field photos of
# poles are let in (see the card for how many are not).
_RECOGNITION_MARGIN = 1.35


def recognition_arrays(pooled: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
    """Mean and whitening components of pooled features: (C,) and (C, D), projections of unit variance."""
    mean = pooled.mean(axis=0)
    _, scale, components = np.linalg.svd(pooled - mean, full_matrices=False)
    count = min(_COMPONENTS, len(scale))
    deviation = np.maximum(scale[:count] / np.sqrt(max(len(pooled) - 1, 1)), 1e-6)
    whitening = (components[:count] / deviation[:, None]).T
    return {
        "recognition_mean": mean.astype(np.float32),
        "recognition_components": np.ascontiguousarray(whitening, dtype=np.float32),
    }


def distances(pooled: NDArray[np.float32], arrays: dict[str, NDArray[np.float32]]) -> NDArray[np.float64]:
    """Mahalanobis distance of each row (N, C) from the training features; float64 (N,), 0 at the mean."""
    projected = (pooled - arrays["recognition_mean"]) @ arrays["recognition_components"]
    return np.asarray(np.sqrt((projected.astype(np.float64) ** 2).sum(axis=1)))


def max_distance(validation: NDArray[np.float64]) -> float:
    """Distance beyond which a photo resembles nothing in training."""
    return float(np.quantile(validation, _RECOGNITION_QUANTILE) * _RECOGNITION_MARGIN)


def decide_temperature(validation: list[Example], answers: Answers) -> float:
    """Temperature over all classes, the reject class among them."""
    return fit_temperature(answers.answer, np.array([e.label for e in validation]))


def field_ratios(
    model: ModelSection, validation: list[Example], field_shares: Mapping[str, float]
) -> NDArray[np.float64]:
    """For each output (labels, then the reject class): field share / share among the renders; 1 where not told.

    Raises:
        ConfigError: the shares name other labels than the model's, or do not sum to 1.
    """
    outputs = len(model.labels) + (1 if model.reject_label else 0)
    if not field_shares:
        return np.ones(outputs)
    if set(field_shares) != set(model.labels) or abs(sum(field_shares.values()) - 1) > 1e-6:
        raise ConfigError(f"[fit] field_shares: expected shares of {', '.join(model.labels)} that sum to 1")
    seen = np.array([e.label for e in validation if e.label < len(model.labels)])
    ratios = label_shift_ratios(seen, np.array([field_shares[label] for label in model.labels]))
    return np.concatenate([ratios, np.ones(outputs - len(ratios))])


def decide_sets(
    model: ModelSection,
    validation: list[Example],
    answers: Answers,
    temperature: float,
    ratios: NDArray[np.float64],
) -> dict[str, float]:
    """Set quantile over the classes without the reject class, at the field's mix of classes."""
    truth = np.array([e.label for e in validation])
    inside = truth < len(model.labels)
    probabilities = softmax(answers.answer[inside][:, : len(model.labels)], temperature)
    quantile = adaptive_set_quantile(probabilities, truth[inside], COVERAGE, ratios[truth[inside]])
    return {"coverage": COVERAGE, "quantile": quantile}


def measure_classes(
    model: ModelSection, test: list[Example], answers: Answers, temperature: float, quantile: float
) -> dict[str, Any]:
    """Accuracy, F1 by label, calibration and coverage on labelled photos; reject class apart."""
    truth, count = np.array([e.label for e in test]), len(model.labels)
    everything = softmax(answers.answer, temperature)
    inside = truth < count
    probabilities = softmax(answers.answer[inside][:, :count], temperature)
    metrics = {"count": len(test), **class_scores(probabilities, truth[inside], model.labels, quantile)}
    if model.reject_label and (~inside).any():
        metrics["refused_without_object"] = float((everything[~inside][:, count] > 0.5).mean())
        metrics["refused_with_object"] = float((everything[inside][:, count] > 0.5).mean())
    return metrics


def match_centres(
    model: ModelSection, test: list[Example], answers: Answers, stride_px: int, overlap: float
) -> dict[str, MatchedBoxes]:
    """Decode and match a detector's answers, by label, on photos of the network's own input size."""
    photos: dict[str, list[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]]] = {
        label: [] for label in model.labels
    }
    for example, answer in zip(test, answers.answer, strict=True):
        boxes, scores, labels = _boxes_of_answer(answer, len(model.labels), stride_px)
        for k, label in enumerate(model.labels):
            truth = example.boxes_xyxy_px[example.box_labels == k]
            photos[label].append((boxes[labels == k], scores[labels == k], truth))
    return {label: match_boxes(values, overlap) for label, values in photos.items()}


def _boxes_of_answer(answer: NDArray[np.float32], label_count: int, stride_px: int) -> tuple[Any, Any, Any]:
    all_scores = sigmoid(answer[..., :label_count])
    cells = local_maxima(all_scores, STORAGE_FLOOR)
    boxes = cell_boxes(answer[..., label_count:], cells, stride_px)
    scores = all_scores[cells[:, 0], cells[:, 1], cells[:, 2]]
    kept = merge_boxes(boxes, scores, cells[:, 2], np.zeros(len(cells), dtype=bool))
    return boxes[kept], scores[kept], cells[kept, 2]


def choose_thresholds(matched: dict[str, MatchedBoxes]) -> dict[str, float]:
    """The threshold of best F1, by label."""
    return {label: best_f1_threshold(m) for label, m in matched.items()}


def measure_values(test: list[Example], values: NDArray[np.float32], half_width: float) -> dict[str, Any]:
    """Mean absolute and root mean square error, and the interval's coverage."""
    truth = np.array([e.value for e in test])
    return {"count": len(test), **value_scores(values[:, 0].astype(np.float64), truth, half_width)}


def decide_interval(validation: list[Example], values: NDArray[np.float32]) -> dict[str, float]:
    """Half width of the interval at the stated coverage."""
    error = values[:, 0].astype(np.float64) - np.array([e.value for e in validation])
    return {"coverage": COVERAGE, "quantile": interval_quantile(error, COVERAGE)}


def decide_labels(model: ModelSection, validation: list[Example], answers: Answers) -> tuple[float, dict[str, float]]:
    """Several labels at once: the temperature, and each label's threshold of best F1 at it."""
    truth = _label_truth(model, validation)
    temperature = fit_label_temperature(answers.answer, truth)
    probabilities = sigmoid(answers.answer, temperature).astype(np.float64)
    return temperature, best_label_thresholds(probabilities, truth, model.labels)


def measure_labels(
    model: ModelSection,
    test: list[Example],
    answers: Answers,
    temperature: float,
    thresholds: Mapping[str, float],
) -> dict[str, Any]:
    """Several labels at once: what ``core.metrics.labels.label_scores`` says of them, and the count."""
    probabilities = sigmoid(answers.answer, temperature).astype(np.float64)
    scores = label_scores(probabilities, _label_truth(model, test), model.labels, thresholds)
    return {"count": len(test), **scores}


def _label_truth(model: ModelSection, examples: list[Example]) -> NDArray[np.bool_]:
    """bool (N, K): which labels each photo has."""
    return np.array([[k in e.labels for k in range(len(model.labels))] for e in examples])
