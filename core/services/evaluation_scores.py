"""From the answers of one model to its scores, by family: what ``evaluate_model`` reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.metrics.answers import BoxAnswers, BoxTruth, box_answers, box_truth
from core.metrics.average_precision import mean_precision, precision_interval, table_precision
from core.metrics.class_table import top_k_accuracy
from core.metrics.confusion import Confusion, box_confusion, class_confusion, cross_pairs
from core.metrics.curves import curves
from core.metrics.intervals import Interval, wilson
from core.metrics.labels import label_scores
from core.metrics.reliability import reliability
from core.metrics.scores import class_scores, value_scores
from core.metrics.table import COCO_OVERLAPS, match_boxes_table
from core.metrics.value_errors import value_errors
from core.runtime.model_config import ModelFolder
from core.types import BoxXyxyPx, Finding

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AnsweredPhoto:
    """What is true of a photo, and what a model says of it.

    Attributes:
        path: as the dataset names it.
        labels: true labels, one a box for detection; () for nothing.
        boxes: true boxes beside the labels, for detection.
        value: true value, for regression.
        findings: the model's.
    """

    path: str
    labels: tuple[str, ...]
    boxes: tuple[BoxXyxyPx, ...]
    value: float | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Scores of one family.

    Attributes:
        metrics: one number each.
        per_label: by label, one number each.
        intervals: 95 % intervals (low, high) of some of the metrics.
        label_intervals: of some of ``per_label``.
        details: JSON-ready: ``confusion``, ``reliability``, ``errors``, those that apply.
    """

    metrics: Mapping[str, float]
    per_label: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    label_intervals: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)


def score_answers(folder: ModelFolder, answered: Sequence[AnsweredPhoto], overlap: float) -> Scores:
    """Score by the model's family; ``overlap`` matters for boxes only.

    Raises:
        ConfigError: the overlap is not above 0 and at most 1.
    """
    if folder.config.multi_label:
        return _score_labels(folder, answered)
    if folder.config.family == "classification":
        return _score_classes(folder, answered)
    if folder.config.family == "regression":
        return _score_values(folder, answered)
    return _score_boxes(folder, answered, overlap)


def _score_classes(folder: ModelFolder, answered: Sequence[AnsweredPhoto]) -> Scores:
    labels = folder.config.labels
    truth = np.array([labels.index(a.labels[0]) if a.labels else -1 for a in answered], dtype=np.int64)
    stated = np.array([[a.findings[0].probabilities[label] for label in labels] for a in answered])
    stated, recognised = stated.reshape(-1, len(labels)), np.array([a.findings[0].recognised for a in answered], bool)
    there = truth >= 0
    quantile = folder.config.conformal.get("quantile", 1.0)
    metrics = class_scores(stated[there], truth[there], labels, quantile)
    per_label = metrics.pop("per_label")
    intervals: dict[str, tuple[float, float]] = {}
    answer, count = stated.argmax(axis=1), int(there.sum())
    correct = answer[there] == truth[there]
    if count:
        metrics["refused"] = float((~recognised[there]).mean())
        intervals["accuracy"] = _ends(wilson(int(correct.sum()), count))
        intervals["coverage"] = _ends(wilson(round(metrics["coverage"] * count), count))
        intervals["refused"] = _ends(wilson(int((~recognised[there]).sum()), count))
        if len(labels) > 2:
            metrics["top_2_accuracy"] = top_k_accuracy(stated[there], truth[there], 2)
    if count < len(answered):
        refused = ~recognised[~there]
        metrics["refused_without_object"] = float(refused.mean())
        intervals["refused_without_object"] = _ends(wilson(int(refused.sum()), len(refused)))
    confusion = class_confusion(truth, answer, recognised, labels)
    diagram = reliability(np.clip(stated[there].max(axis=1, initial=0.0), 0, 1), correct)
    details = {"confusion": _confusion(confusion), "reliability": asdict(diagram)}
    return Scores(metrics, per_label, intervals, details=details)


def _score_labels(folder: ModelFolder, answered: Sequence[AnsweredPhoto]) -> Scores:
    """Several labels at once: a photo has one row for each of its labels, or one with none."""
    labels = folder.config.labels
    truth = np.array([[label in a.labels for label in labels] for a in answered], dtype=bool)
    stated = [{k: v for f in a.findings for k, v in f.probabilities.items()} for a in answered]
    probabilities = np.array([[s[label] for label in labels] for s in stated])
    shape = (-1, len(labels))
    metrics = label_scores(probabilities.reshape(shape), truth.reshape(shape), labels, folder.config.thresholds)
    per_label = metrics.pop("per_label")
    if answered:
        metrics["refused"] = float(np.mean([not a.findings[0].recognised for a in answered]))
    return Scores(metrics, per_label)


def _score_boxes(folder: ModelFolder, answered: Sequence[AnsweredPhoto], overlap: float) -> Scores:
    if not 0 < overlap <= 1:
        raise ConfigError(f"overlap: expected a number above 0 and at most 1, got {overlap:g}")
    labels, thresholds = folder.config.labels, folder.config.thresholds
    answers, truth = _columns(answered, labels)
    overlaps = COCO_OVERLAPS
    if np.abs(overlaps - overlap).min() > 1e-9:
        overlaps = np.sort(np.append(overlaps, overlap))
    table = match_boxes_table(answers, truth, labels, max(len(answered), 1), overlaps)
    precision = table_precision(table)
    half, upper = table.overlap_index(0.5), [table.overlap_index(float(value)) for value in COCO_OVERLAPS]
    by_label = curves(table, overlap)
    per_label: dict[str, dict[str, float]] = {}
    label_intervals: dict[str, dict[str, tuple[float, float]]] = {}
    for k, label in enumerate(labels):
        point = by_label[label].at(thresholds[label])
        # Without an answer, or without truth, a rate of nothing is 0, as in core.metrics.scores.
        rates = {name: float(np.nan_to_num(getattr(point, name))) for name in ("precision", "recall", "f1")}
        per_label[label] = {**rates, "count": by_label[label].truth_count}
        if by_label[label].truth_count:
            per_label[label] = {"ap_50": float(precision[k, half]), **per_label[label]}
            label_intervals[label] = {"ap_50": _ends(precision_interval(table, k, half))}
    metrics = {}
    if table.truth_counts().any():
        metrics = {"map_50": mean_precision(precision[:, half]), "map_50_95": mean_precision(precision[:, upper])}
    confusion = box_confusion(table, cross_pairs(table, answers, truth), thresholds, overlap)
    details = {"confusion": _confusion(confusion)}
    return Scores(metrics, per_label, label_intervals=label_intervals, details=details)


def _score_values(folder: ModelFolder, answered: Sequence[AnsweredPhoto]) -> Scores:
    if not answered:
        return Scores({})
    values = np.array([a.findings[0].value for a in answered], dtype=np.float64)
    truth = np.array([a.value for a in answered], dtype=np.float64)
    metrics = value_scores(values, truth, folder.config.conformal["quantile"])
    metrics["refused"] = float(np.mean([not a.findings[0].recognised for a in answered]))
    errors = value_errors(values, truth)
    metrics["bias"] = errors.bias
    intervals = {
        "mae": _ends(errors.mae),
        "coverage": _ends(wilson(round(metrics["coverage"] * len(truth)), len(truth))),
    }
    details = {
        "quantiles": dict(errors.quantiles),
        "within": {margin: share.value for margin, share in errors.within.items()},
        "by_truth": [
            {"low": b.low, "high": b.high, "count": b.count, "mae": b.mae.value, "bias": b.bias}
            for b in errors.by_truth
        ],
    }
    return Scores(metrics, intervals=intervals, details={"errors": details})


def _columns(answered: Sequence[AnsweredPhoto], labels: Sequence[str]) -> tuple[BoxAnswers, BoxTruth]:
    index = {label: k for k, label in enumerate(labels)}
    found = [(n, f) for n, a in enumerate(answered) for f in a.findings if f.box_xyxy_px is not None]
    boxes = np.array([f.box_xyxy_px for _, f in found], dtype=np.float64).reshape(-1, 4)
    boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2])  # a network may put an edge beyond its opposite
    true = [(n, label, box) for n, a in enumerate(answered) for label, box in zip(a.labels, a.boxes, strict=True)]
    return (
        box_answers(
            [n for n, _ in found], [index[f.label] for _, f in found], [f.confidence or 0.0 for _, f in found], boxes
        ),
        box_truth([n for n, _, _ in true], [index[label] for _, label, _ in true], [box for _, _, box in true]),
    )


def _confusion(confusion: Confusion) -> dict[str, Any]:
    return {"truths": confusion.truths, "answers": confusion.answers, "counts": confusion.counts}


def _ends(interval: Interval) -> tuple[float, float]:
    return interval.low, interval.high
