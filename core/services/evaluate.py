"""How good a model is on labelled photos: what ``gridlens evaluate`` calls. LiteRT answers, as in inspection."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError, PhotoError
from core.imaging.decode import decode_upright
from core.imaging.photo import describe
from core.metrics.boxes import match_boxes
from core.metrics.labels import label_scores
from core.metrics.scores import box_scores, class_scores, value_scores
from core.runtime.model_config import ModelFolder
from core.runtime.registry import load_model
from core.types import Finding

BOX_COLUMNS = ("x_min", "y_min", "x_max", "y_max")
NO_OBJECT = "NONE"

Rows = list[dict[str, str]]
Answered = list[tuple[Rows, tuple[Finding, ...]]]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Scores of one model version on one dataset.

    Attributes:
        model, version: the model.
        dataset: path of the CSV.
        count: photos that were answered.
        failed: (path, reason) of those that could not be read.
        metrics: see ``core.metrics.scores`` and ``core.metrics.labels``; for classes also ``refused``
            (photos with an object that were not recognised; of several labels at once: all photos) and
            ``refused_without_object`` (label NONE or empty), both 0 to 1.
        per_label: by label.
        threshold: confidence from which a box, or one of several labels, counts, by label.
        overlap: IoU from which a box is found; None for other families.
    """

    model: str
    version: str
    dataset: str
    count: int
    failed: tuple[tuple[str, str], ...]
    metrics: Mapping[str, float]
    per_label: Mapping[str, Mapping[str, float]]
    threshold: Mapping[str, float]
    overlap: float | None


def evaluate_model(
    folder: ModelFolder,
    dataset_csv: Path,
    *,
    overlap: float = 0.5,
    max_pixels: int = 300_000_000,
    on_progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Answer every photo of a dataset CSV (DESIGN section 8) and score the answers.

    Args:
        folder: the model version.
        dataset_csv: paths in it are relative to its folder.
        overlap: IoU from which a box counts as found.
        max_pixels: larger photos are refused.
        on_progress: called with (done, count).

    Raises:
        ConfigError: the CSV is missing, empty, or has not the columns of the model's family.
    """
    groups = _read_rows(dataset_csv, folder)
    model = load_model(folder)
    answered: Answered = []
    failed: list[tuple[str, str]] = []
    for done, (path, rows) in enumerate(groups.items(), start=1):
        try:
            photo = describe(dataset_csv.parent / path, path, max_pixels)
            wanted_px = model.wanted_long_side_px(photo.width_px, photo.height_px)
            image = decode_upright(dataset_csv.parent / path, path, at_least_px=wanted_px)
            prediction = model.predict(photo.sha256, image, (photo.width_px, photo.height_px))
            answered.append((rows, prediction.findings))
        except (PhotoError, OSError) as error:
            failed.append((path, str(error)))
        if on_progress:
            on_progress(done, len(groups))
    score = _score_labels if folder.config.multi_label else _SCORERS[folder.config.family]
    scores = score(folder, answered, overlap)
    per_label = scores.pop("per_label", {})
    is_detector = folder.config.family == "detection"
    return Evaluation(
        folder.config.name,
        folder.version,
        str(dataset_csv),
        len(answered),
        tuple(failed),
        scores,
        per_label,
        folder.config.thresholds if is_detector or folder.config.multi_label else {},
        overlap if is_detector else None,
    )


def _read_rows(dataset_csv: Path, folder: ModelFolder) -> dict[str, Rows]:
    if not dataset_csv.is_file():
        raise ConfigError(f"{dataset_csv}: expected a dataset CSV, found nothing")
    family, labels = folder.config.family, folder.config.labels
    needed = {"classification": ("label",), "detection": ("label", *BOX_COLUMNS), "regression": ("value",)}[family]
    groups: dict[str, Rows] = {}
    with dataset_csv.open(newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in ("path", *needed) if name not in (reader.fieldnames or [])]
        if missing:
            raise ConfigError(f"{dataset_csv}: expected columns path, {', '.join(needed)}; {missing[0]} is missing")
        for number, row in enumerate(reader, start=2):
            if "label" in needed and row["label"] not in (*labels, "", NO_OBJECT):
                known = ", ".join(labels)
                raise ConfigError(f"{dataset_csv} row {number}: expected a label among {known}, got {row['label']!r}")
            groups.setdefault(row["path"], []).append(row)
    if not groups:
        raise ConfigError(f"{dataset_csv}: expected at least one photo, got none")
    return groups


def _score_classes(folder: ModelFolder, answered: Answered, overlap: float) -> dict[str, Any]:
    labels = list(folder.config.labels)
    with_object = [(rows[0]["label"], f[0]) for rows, f in answered if rows[0]["label"] in labels]
    without = [f[0] for rows, f in answered if rows[0]["label"] not in labels]
    truth = np.array([labels.index(label) for label, _ in with_object], dtype=np.int64)
    probabilities = np.array([[f.probabilities[label] for label in labels] for _, f in with_object])
    quantile = folder.config.conformal.get("quantile", 1.0)
    scores = class_scores(probabilities.reshape(-1, len(labels)), truth, labels, quantile)
    if with_object:
        scores["refused"] = float(np.mean([not f.recognised for _, f in with_object]))
    if without:
        scores["refused_without_object"] = float(np.mean([not f.recognised for f in without]))
    return scores


def _score_labels(folder: ModelFolder, answered: Answered, overlap: float) -> dict[str, Any]:
    """A photo has one row for each of its labels, or one with none."""
    labels = folder.config.labels
    truth = np.array([[any(r["label"] == label for r in rows) for label in labels] for rows, _ in answered], dtype=bool)
    answers = [{k: v for f in findings for k, v in f.probabilities.items()} for _, findings in answered]
    probabilities = np.array([[a[label] for label in labels] for a in answers])
    shape = (-1, len(labels))
    scores = label_scores(probabilities.reshape(shape), truth.reshape(shape), labels, folder.config.thresholds)
    if answered:
        scores["refused"] = float(np.mean([not findings[0].recognised for _, findings in answered]))
    return scores


def _score_boxes(folder: ModelFolder, answered: Answered, overlap: float) -> dict[str, Any]:
    matched = {}
    for label in folder.config.labels:
        photos = []
        for rows, findings in answered:
            mine = [f for f in findings if f.label == label]
            boxes = _boxes([f.box_xyxy_px or (0, 0, 0, 0) for f in mine])
            scores = np.array([f.confidence or 0.0 for f in mine])
            truth = _boxes([tuple(float(r[c]) for c in BOX_COLUMNS) for r in rows if r["label"] == label])
            photos.append((boxes, scores, truth))
        matched[label] = match_boxes(photos, overlap)
    return box_scores(matched, folder.config.thresholds)


def _score_values(folder: ModelFolder, answered: Answered, overlap: float) -> dict[str, Any]:
    values = np.array([findings[0].value for _, findings in answered], dtype=np.float64)
    truth = np.array([float(rows[0]["value"]) for rows, _ in answered])
    if not len(truth):
        return {}
    refused = float(np.mean([not findings[0].recognised for _, findings in answered]))
    return {**value_scores(values, truth, folder.config.conformal["quantile"]), "refused": refused}


def _boxes(values: list[tuple[float, ...]]) -> NDArray[np.float64]:
    return np.array(values, dtype=np.float64).reshape(-1, 4)


_SCORERS = {"classification": _score_classes, "detection": _score_boxes, "regression": _score_values}
