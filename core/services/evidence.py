"""The photos behind the counts: what was found rightly, what needlessly, and what was missed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.services.measured import Measured, View
from core.types import BoxXyxyPx

Ints = NDArray[np.int64]
Outcome = Literal["right", "needless", "missed"]
OUTCOMES: tuple[Outcome, ...] = ("right", "needless", "missed")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One answer, or one truth that no answer found.

    Attributes:
        file: the photo.
        photo: its name in the answers.
        label: the answer's, or of what was missed the truth's.
        score: of the answer; for what was missed, the best score that this photo has for the label, below its
            threshold or at another place. None where the model gave none.
        box: of the answer, or of the truth that was missed; None for labels of whole photos.
        instead: the true label, where the answer is needless and the photo shows another one; "" otherwise.
    """

    file: Path
    photo: str
    label: str
    score: float | None
    box: BoxXyxyPx | None
    instead: str = ""


def evidence(
    measured: Measured, seen: View, outcome: Outcome, *, label: str | None = None, offset: int = 0, limit: int = 12
) -> tuple[int, tuple[Evidence, ...]]:
    """How many there are, and some of them: right and needless ones surest first, missed ones in the photos' order.

    Args:
        measured: the answers.
        seen: from ``core.services.measured.view`` of the same answers.
        outcome: which.
        label: of one label alone; None for all.
        offset, limit: a page of them.
    """
    k = None if label is None else measured.labels.index(label)
    if outcome == "missed":
        truths = _missed(measured, seen, k)
        return len(truths), tuple(_of_truth(measured, row) for row in truths[offset : offset + limit].tolist())
    rows = _answered(measured, seen, k, is_right=outcome == "right")
    return len(rows), tuple(_of_answer(measured, row) for row in rows[offset : offset + limit].tolist())


def _answered(measured: Measured, seen: View, label: int | None, *, is_right: bool) -> Ints:
    """Rows of the table that count, surest first."""
    table = measured.glance.table
    least = np.array([seen.thresholds[name] for name in measured.labels])
    wanted = (table.score >= least[table.label]) & table.is_counted(seen.overlap_index)
    wanted &= table.is_true(seen.overlap_index) == is_right
    if label is not None:
        wanted &= table.label == label
    return np.asarray(table.by_score[wanted[table.by_score]])


def _missed(measured: Measured, seen: View, label: int | None) -> Ints:
    """Rows of truths that no answer found, by photo."""
    table = measured.glance.table
    least = np.array([seen.thresholds[name] for name in measured.labels])
    found = table.truth[seen.overlap_index][table.score >= least[table.label]]
    is_missed = ~table.truth_is_ignored
    is_missed[found[found >= 0]] = False
    if label is not None:
        is_missed &= table.truth_label == label
    rows = np.flatnonzero(is_missed)
    return np.asarray(rows[np.argsort(table.truth_photo[rows], kind="stable")])


def _of_answer(measured: Measured, row: int) -> Evidence:
    table, answers = measured.glance.table, measured.answers
    photo, label = int(table.photo[row]), measured.labels[table.label[row]]
    box = None if answers.answers is None else _box(answers.answers.boxes_xyxy[table.row[row]])
    is_true = bool(table.truth[:, row].max() >= 0)
    others = "" if box is not None or is_true else ", ".join(_true_labels(measured, photo))
    return Evidence(_file(measured, photo), answers.photos[photo], label, float(table.score[row]), box, others)


def _of_truth(measured: Measured, row: int) -> Evidence:
    table, answers = measured.glance.table, measured.answers
    photo, label = int(table.truth_photo[row]), int(table.truth_label[row])
    span = table.span(label)
    scores = table.score[span][table.photo[span] == photo]
    box = None if answers.truth is None else _box(answers.truth.boxes_xyxy[row])
    score = float(scores[0]) if len(scores) else None
    return Evidence(_file(measured, photo), answers.photos[photo], measured.labels[label], score, box)


def _true_labels(measured: Measured, photo: int) -> list[str]:
    of_photo, label = measured.answers.true_labels
    return [measured.labels[k] for k in label[of_photo == photo]]


def _file(measured: Measured, photo: int) -> Path:
    return measured.saved.photos_dir / measured.answers.photos[photo]


def _box(corners: NDArray[np.float64]) -> BoxXyxyPx:
    x_min, y_min, x_max, y_max = corners.tolist()
    return (x_min, y_min, x_max, y_max)
