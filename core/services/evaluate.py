"""How good a model is on labelled photos: what ``gridlens evaluate`` calls. LiteRT answers, as in inspection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.datasets.problems import Problems
from core.datasets.read import read_dataset
from core.errors import ConfigError, PhotoError
from core.imaging.decode import decode_upright
from core.imaging.photo import describe
from core.runtime.detection import Detector
from core.runtime.model import Model
from core.runtime.model_config import ModelFolder
from core.runtime.registry import load_model
from core.services.answer_csv import read_csv_truth
from core.services.curves import without_nan
from core.services.evaluation_scores import AnsweredPhoto, score_answers
from core.types import BoxXyxyPx


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
        intervals: 95 % intervals (low, high) of some metrics, photos drawn one by one.
        label_intervals: the same of some numbers in ``per_label``.
        details: JSON-ready ``confusion``, ``reliability`` (classes) and ``errors`` (values), those that apply.
        answered: every photo that was answered, with its truth and findings, in the dataset's order.
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
    intervals: Mapping[str, tuple[float, float]]
    label_intervals: Mapping[str, Mapping[str, tuple[float, float]]]
    details: Mapping[str, Any]
    answered: tuple[AnsweredPhoto, ...] = ()


@dataclass(frozen=True, slots=True)
class _Truth:
    labels: tuple[str, ...] = ()
    boxes: tuple[BoxXyxyPx, ...] = ()
    value: float | None = None


def _model(folder: ModelFolder, windows: bool) -> Model:
    model = load_model(folder)
    if not windows:
        return model
    if not isinstance(model, Detector):
        raise ConfigError(f"windows: expected a detector, got {folder.config.name}, a {folder.config.family} model")
    return model.reading_windows()


def evaluate_model(
    folder: ModelFolder,
    dataset_csv: Path,
    *,
    overlap: float = 0.5,
    windows: bool = False,
    max_pixels: int = 300_000_000,
    on_progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Answer every photo of a dataset CSV (DESIGN section 8) and score the answers.

    Args:
        folder: the model version.
        dataset_csv: paths in it are relative to its folder.
        overlap: IoU from which a box counts as found; average precision has its own.
        windows: the photos are windows of larger ones, at the scale at which a detector works, as those are that it
            learned from; without, every photo is brought to the detector's long side first.
        max_pixels: larger photos are refused.
        on_progress: called with (done, count).

    Raises:
        ConfigError: ``windows`` for a model that is no detector; or the CSV is missing, empty, or has not the columns
            of the model's family; a number in it is none, a label is not the model's, a box is inverted, or a photo
            has two labels or values. Names file and row.
    """
    truths = _read_truth(dataset_csv, folder)
    model = _model(folder, windows)
    answered: list[AnsweredPhoto] = []
    failed: list[tuple[str, str]] = []
    for done, (path, truth) in enumerate(truths.items(), start=1):
        try:
            photo = describe(dataset_csv.parent / path, path, max_pixels)
            wanted_px = model.wanted_long_side_px(photo.width_px, photo.height_px)
            image = decode_upright(dataset_csv.parent / path, path, at_least_px=wanted_px)
            prediction = model.predict(photo.sha256, image, (photo.width_px, photo.height_px))
            answered.append(AnsweredPhoto(path, truth.labels, truth.boxes, truth.value, prediction.findings))
        except (PhotoError, OSError) as error:
            failed.append((path, str(error)))
        if on_progress:
            on_progress(done, len(truths))
    scores = score_answers(folder, answered, overlap)
    is_detector = folder.config.family == "detection"
    return Evaluation(
        folder.config.name,
        folder.version,
        str(dataset_csv),
        len(answered),
        tuple(failed),
        scores.metrics,
        scores.per_label,
        folder.config.thresholds if is_detector or folder.config.multi_label else {},
        overlap if is_detector else None,
        scores.intervals,
        scores.label_intervals,
        scores.details,
        tuple(answered),
    )


def check_dataset(dataset_csv: Path, folder: ModelFolder) -> int:
    """Photos of a dataset that a model can be evaluated on.

    Raises:
        ConfigError: as ``evaluate_model``.
    """
    return len(_read_truth(dataset_csv, folder))


def evaluation_document(evaluation: Evaluation) -> dict[str, Any]:
    """The JSON of ``gridlens evaluate``, as DESIGN section 9 names it; keys that do not apply are left out.

    Beside DESIGN's keys there are ``intervals``, ``label_intervals``, ``confusion``, ``reliability`` and ``errors``.
    """
    document: dict[str, Any] = {
        "model": evaluation.model,
        "version": evaluation.version,
        "dataset": evaluation.dataset,
        "count": evaluation.count,
        "failed": [{"path": path, "error": error} for path, error in evaluation.failed],
        "metrics": evaluation.metrics,
        "per_label": evaluation.per_label,
        "threshold": evaluation.threshold or None,
        "overlap": evaluation.overlap,
        "intervals": evaluation.intervals or None,
        "label_intervals": evaluation.label_intervals or None,
        **evaluation.details,
    }
    return {key: without_nan(value) for key, value in document.items() if value is not None}


def _read_truth(dataset_csv: Path, folder: ModelFolder) -> dict[str, _Truth]:
    """What is true of every photo, by path, in the file's order."""
    if folder.config.family == "regression":
        rows = read_dataset(dataset_csv, "regression").rows
        return {row.path: _Truth(value=row.value) for row in rows}
    columns = read_csv_truth(dataset_csv)
    is_detector = folder.config.family == "detection"
    if is_detector and columns.boxes_xyxy is None:
        raise ConfigError(f"{dataset_csv} row 1: expected columns path,label,x_min,y_min,x_max,y_max; x_min is missing")
    problems = Problems(str(dataset_csv))
    labels: dict[str, list[str]] = {}
    boxes: dict[str, list[BoxXyxyPx]] = {}
    for k, (path, label) in enumerate(zip(columns.photo, columns.label, strict=True)):
        mine = labels.setdefault(path, [])
        if not label:
            continue
        if label not in folder.config.labels:
            problems.add(columns.place(k), f"a label among {', '.join(folder.config.labels)}", label)
        if mine and not is_detector and not folder.config.multi_label:
            problems.add(columns.place(k), f"one label for {path}, which has {mine[0]}", label)
        mine.append(label)
        if is_detector and columns.boxes_xyxy is not None:
            x_min, y_min, x_max, y_max = columns.boxes_xyxy[k].tolist()
            boxes.setdefault(path, []).append((x_min, y_min, x_max, y_max))
    problems.stop_if_any()
    return {path: _Truth(tuple(mine), tuple(boxes.get(path, ()))) for path, mine in labels.items()}
