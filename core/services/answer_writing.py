"""Keep what an evaluation, or another program, answered: the files of ``core.services.saved_answers``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from core.config import Settings
from core.datasets.rows import BOX_COLUMNS
from core.runtime.model_config import ModelFolder
from core.services.answer_photos import photo_columns
from core.services.answer_set import read_answer_set
from core.services.evaluate import Evaluation
from core.services.evaluation_scores import AnsweredPhoto
from core.services.saved_answers import PHOTOS_FILE, SavedAnswers, new_answers_dir, write_answers

NOTHING_SHOWN = "NONE"


def answers_folder(settings: Settings, name: str) -> Path:
    """Where answers go: a plain name lies in Gridlens's home, anything with a slash is the folder itself.

    Raises:
        ConfigError: a plain name is not one.
    """
    return Path(name) if "/" in name else new_answers_dir(settings, name)


def save_evaluation(evaluation: Evaluation, model: ModelFolder, dataset_csv: Path, folder: Path) -> SavedAnswers:
    """Keep an evaluation's answers with their truth and what is known of the photos.

    Args:
        evaluation: from ``evaluate_model``.
        model: the model version that answered.
        dataset_csv: what it was evaluated on.
        folder: a new one.

    Raises:
        ConfigError: the folder is there already, or its name is none.
        StoreError: it cannot be written.
    """
    config = model.config
    kind = {"classification": "class", "detection": "box", "regression": "value"}[config.family]
    saved = SavedAnswers(
        folder=folder,
        kind=kind,  # type: ignore[arg-type]
        model=config.name,
        number=config.number,
        version=model.version,
        title=config.title,
        labels=config.labels,
        dataset=str(dataset_csv),
        photos_dir=dataset_csv.parent,
        photo_count=evaluation.count,
        failed_count=len(evaluation.failed),
        made_at=datetime.now(UTC),
        multi_label=config.multi_label,
        calibration=config.calibration,
        conformal=config.conformal,
        thresholds=config.thresholds,
    )
    rows = {"class": _class_rows, "box": _box_rows, "value": _value_rows}[kind]
    answers, truth = rows(evaluation.answered)
    paths = [answered.path for answered in evaluation.answered]
    files = {
        saved.answers_file: _csv(answers),
        saved.truth_file: _csv(truth),
        PHOTOS_FILE: _csv(photo_columns(paths, dataset_csv.parent, dataset_csv)),
    }
    return write_answers(saved, files)


def save_import(
    predictions: Path, truth: Path, folder: Path, *, model: ModelFolder | None = None, photos_dir: Path | None = None
) -> SavedAnswers:
    """Keep predictions made elsewhere beside their truth, as ``gridlens curves`` reads them.

    Args:
        predictions, truth: CSV or COCO; see ``core.services.answer_set.read_answer_set``.
        folder: a new one.
        model: the installed version that thresholds chosen from it are to hold for; None for another program.
        photos_dir: the folder that paths of photos begin at; None for the truth's own.

    Raises:
        ConfigError: a file is wrong, the folder is there already, or its name is none.
        StoreError: it cannot be written.
    """
    answers = read_answer_set(predictions, truth, model.config.labels if model else None)
    config = model.config if model else None
    place = photos_dir or truth.parent
    saved = SavedAnswers(
        folder=folder,
        kind=answers.kind,
        model=config.name if config else "",
        number=config.number if config else 0,
        version=model.version if model else "",
        title=config.title if config else folder.name,
        labels=answers.labels,
        dataset=truth.name,
        photos_dir=place,
        photo_count=len(answers.photos),
        failed_count=0,
        made_at=datetime.now(UTC),
        answers_file=f"answers{predictions.suffix.lower()}",
        truth_file=f"truth{truth.suffix.lower()}",
        thresholds=config.thresholds if config else {},
    )
    table = truth if truth.suffix.lower() == ".csv" else None
    files: dict[str, str | bytes] = {
        saved.answers_file: predictions.read_bytes(),
        saved.truth_file: truth.read_bytes(),
        PHOTOS_FILE: _csv(photo_columns(answers.photos, place, table)),
    }
    return write_answers(saved, files)


Rows = list[Sequence[object]]


def _class_rows(answered: Sequence[AnsweredPhoto]) -> tuple[Rows, Rows]:
    answers: Rows = [("path", "label", "score", "recognised")]
    truth: Rows = [("path", "label")]
    for photo in answered:
        truth += [(photo.path, label) for label in photo.labels or (NOTHING_SHOWN,)]
        for finding in photo.findings:
            known = "yes" if finding.recognised else "no"
            answers += [(photo.path, label, repr(p), known) for label, p in finding.probabilities.items()]
    return answers, truth


def _box_rows(answered: Sequence[AnsweredPhoto]) -> tuple[Rows, Rows]:
    answers: Rows = [("path", "label", "score", *BOX_COLUMNS)]
    truth: Rows = [("path", "label", *BOX_COLUMNS)]
    for photo in answered:
        truth += [(photo.path, label, *box) for label, box in zip(photo.labels, photo.boxes, strict=True)]
        if not photo.labels:
            truth.append((photo.path, "", "", "", "", ""))
        for finding in photo.findings:
            x_min, y_min, x_max, y_max = finding.box_xyxy_px or (0.0, 0.0, 0.0, 0.0)
            # A network may put an edge beyond its opposite.
            box = (x_min, y_min, max(x_max, x_min), max(y_max, y_min))
            answers.append((photo.path, finding.label, repr(finding.confidence or 0.0), *(f"{s:.3f}" for s in box)))
    return answers, truth


def _value_rows(answered: Sequence[AnsweredPhoto]) -> tuple[Rows, Rows]:
    answers: Rows = [("path", "value", "low", "high", "recognised")]
    truth: Rows = [("path", "value")]
    for photo in answered:
        finding = photo.findings[0]
        low, high = finding.interval or ("", "")
        answers.append((photo.path, finding.value, low, high, "yes" if finding.recognised else "no"))
        truth.append((photo.path, photo.value))
    return answers, truth


def _csv(rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
