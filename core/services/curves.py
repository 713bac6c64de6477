"""Curves, average precision and thresholds of an answer set: what ``gridlens curves`` and the API give."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.metrics.average_precision import mean_precision, stepwise_precision, table_precision
from core.metrics.coco import coco_scores
from core.metrics.curves import ALL, Curve, curves
from core.metrics.macro import MacroCurve, macro_curve
from core.metrics.table import ALL_OVERLAPS, WHOLE_PHOTO, MatchTable
from core.metrics.threshold_choice import Choice, Costs, best_f1, cheapest, recall_at_least
from core.services.answer_set import AnswerSet

Float = NDArray[np.float64]

_UPPER_TEN = len(ALL_OVERLAPS) - 10  # COCO averages over the overlaps from 0.5 on


@dataclass(frozen=True, slots=True, eq=False)
class CurveReport:
    """Everything that follows from one match table at one overlap.

    Attributes:
        table: the matches, at every overlap.
        overlap: from which a box is found; 1 for labels of whole photos.
        curves: by label, ``ALL`` (micro) first.
        macro: the mean over labels with truth.
        precision: average precision by label and overlap, float64 (K, T); NaN for a label without truth. Boxes as
            COCO defines it, at most 100 a photo and label; labels of whole photos as scikit-learn does.
        pooled_precision: of ``ALL``, without interpolation, at ``overlap``; NaN without truth.
        coco: pycocotools' twelve numbers; empty for labels of whole photos.
    """

    table: MatchTable
    overlap: float
    curves: Mapping[str, Curve]
    macro: MacroCurve
    precision: Float
    pooled_precision: float
    coco: Mapping[str, float]


def report_curves(answers: AnswerSet, overlap: float = 0.5) -> CurveReport:
    """Match once and measure.

    Args:
        answers: predictions and truth.
        overlap: from which a box is found: 0.05, 0.10 … 0.95.

    Raises:
        ConfigError: another overlap.
    """
    table = answers.table()
    if answers.kind == "class":
        overlap = float(WHOLE_PHOTO[0])
    elif np.abs(ALL_OVERLAPS - overlap).min() > 1e-3:
        raise ConfigError(f"overlap: expected 0.05, 0.10 … 0.95, got {overlap:g}")
    by_label = curves(table, overlap)
    counts, is_true = table.truth_counts(), table.is_true(table.overlap_index(overlap))
    kept = table.is_counted(table.overlap_index(overlap))
    if answers.answers is not None and answers.truth is not None:
        precision = table_precision(table)
        summary = coco_scores(answers.answers, answers.truth, len(answers.labels)).summary()
    else:
        spans = [table.span(k) for k in range(len(answers.labels))]
        each = [stepwise_precision(table.score[s], is_true[s], int(n)) for s, n in zip(spans, counts, strict=True)]
        precision, summary = np.array(each).reshape(-1, 1), {}
    return CurveReport(
        table=table,
        overlap=overlap,
        curves=by_label,
        macro=macro_curve([by_label[label] for label in answers.labels]),
        precision=precision,
        pooled_precision=stepwise_precision(table.score[kept], is_true[kept], int(counts.sum())),
        coco=summary,
    )


def choose_threshold(curve: Curve, *, recall: float | None = None, costs: Costs | None = None) -> Choice:
    """Cheapest if costs are given, the highest with enough recall if that is, else best F1.

    Raises:
        ConfigError: recall and costs are given, or no threshold will do.
    """
    if recall is not None and costs is not None:
        raise ConfigError("threshold: expected a recall or costs, got both")
    if costs is not None:
        return cheapest(curve, costs)
    return best_f1(curve) if recall is None else recall_at_least(curve, recall)


def choose_thresholds(
    report: CurveReport, *, recall: float | None = None, costs: Costs | None = None
) -> tuple[dict[str, Choice], list[str]]:
    """A threshold for ALL and for every label, and in words why one has none."""
    choices: dict[str, Choice] = {}
    notes: list[str] = []
    for name, curve in report.curves.items():
        try:
            choices[name] = choose_threshold(curve, recall=recall, costs=costs)
        except ConfigError as error:
            notes.append(f"no threshold chosen for {error}")
    return choices, notes


def curves_document(report: CurveReport, choices: Mapping[str, Choice]) -> dict[str, Any]:
    """The JSON of ``gridlens curves``, as DESIGN section 9 names it; NaN is null.

    ``labels.ALL`` is the pooled (micro) curve; beside DESIGN's keys there are ``macro``, ``macro_ap``,
    ``ap_by_overlap``, ``counts``, ``chosen`` and, for boxes, ``coco``.
    """
    table, is_boxes = report.table, bool(report.coco)
    at = table.overlap_index(report.overlap)
    documents = {ALL: {**_curve(report.curves[ALL]), "ap": report.pooled_precision}}
    for k, label in enumerate(table.labels):
        documents[label] = {**_curve(report.curves[label]), "ap": float(report.precision[k, at])}
    upper = report.precision[:, _UPPER_TEN:] if is_boxes else None
    document: dict[str, Any] = {
        "labels": documents,
        "overlap": table.overlaps.tolist() if is_boxes else [],
        "map_50": None if upper is None else mean_precision(upper[:, 0]),
        "map_50_95": None if upper is None else mean_precision(upper),
        "macro_ap": mean_precision(report.precision[:, at]),
        "macro": {
            "threshold": report.macro.threshold,
            "precision": report.macro.precision,
            "recall": report.macro.recall,
            "f1": report.macro.f1,
        },
        "ap_by_overlap": {label: report.precision[k] for k, label in enumerate(table.labels)} if is_boxes else {},
        "counts": {
            name: {"truth": curve.truth_count, "answers": int(curve.answered[0]) if len(curve.answered) else 0}
            for name, curve in report.curves.items()
        },
        "chosen": {name: _choice(choice) for name, choice in choices.items()},
        "chosen_at_overlap": report.overlap if is_boxes else None,
        "coco": dict(report.coco),
    }
    cleaned: dict[str, Any] = without_nan(document)
    return cleaned


def without_nan(value: Any) -> Any:
    """The same with arrays as lists, and null where a number is not defined: JSON has no NaN."""
    if isinstance(value, Mapping):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        listed = value.tolist()
        return without_nan(listed) if np.issubdtype(value.dtype, np.floating) and np.isnan(value).any() else listed
    if isinstance(value, list | tuple):
        return [without_nan(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def _curve(curve: Curve) -> dict[str, Any]:
    return {"threshold": curve.threshold, "precision": curve.precision, "recall": curve.recall, "f1": curve.f1}


def _choice(choice: Choice) -> dict[str, Any]:
    point = choice.point
    return {
        "rule": choice.rule,
        "threshold": point.threshold,
        "precision": point.precision,
        "recall": point.recall,
        "f1": point.f1,
        "found": point.found,
        "needless": point.needless,
        "missed": point.missed,
        "cost": choice.cost,
    }
