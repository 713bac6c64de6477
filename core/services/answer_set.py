"""Predictions made anywhere, beside the truth: read from CSV or COCO, checked, ready to be matched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.datasets.problems import Problems
from core.errors import ConfigError
from core.metrics.answers import BoxAnswers, BoxTruth, box_answers, box_truth
from core.metrics.class_table import match_labels_table
from core.metrics.table import ALL_OVERLAPS, MatchTable, match_boxes_table
from core.services.answer_coco import read_coco_answers, read_coco_truth
from core.services.answer_columns import Columns
from core.services.answer_csv import read_csv_answers, read_csv_truth

Float = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class AnswerSet:
    """Answers and truth of the same photos.

    Attributes:
        kind: ``box``, or ``class`` for labels of whole photos.
        photos: names, in the order of their indices: sorted, or by COCO's image id.
        labels: every label of truth and answers, sorted (COCO: by category id), or those asked for.
        scored: photo, label and score of every answer.
        true_labels: photo and label of every truth.
        answers, truth: the same as boxes; None for labels of whole photos.
        notes: what is unusual and was counted all the same, in words.
    """

    kind: Literal["box", "class"]
    photos: tuple[str, ...]
    labels: tuple[str, ...]
    scored: tuple[Ints, Ints, Float]
    true_labels: tuple[Ints, Ints]
    answers: BoxAnswers | None
    truth: BoxTruth | None
    notes: tuple[str, ...]

    def table(self, overlaps: Float = ALL_OVERLAPS) -> MatchTable:
        """Match once; ``overlaps`` matter for boxes only."""
        if self.answers is not None and self.truth is not None:
            return match_boxes_table(self.answers, self.truth, self.labels, len(self.photos), overlaps)
        return match_labels_table(*self.scored, *self.true_labels, self.labels, len(self.photos))


def read_answer_set(predictions: Path, truth: Path, labels: Sequence[str] | None = None) -> AnswerSet:
    """Read predictions and truth, and put them together.

    Args:
        predictions: CSV ``path,label,score[,x_min,y_min,x_max,y_max]``, or COCO results (``.json``).
        truth: a dataset CSV (DESIGN section 8; a photo that shows nothing has an empty label or NONE), or COCO
            instances (``.json``). COCO results need COCO truth; paths of a CSV are file names there.
        labels: the labels that may occur; None takes whatever occurs. A label that occurs among the answers
            alone has no truth: its answers are needless, its recall and average precision undefined.

    Raises:
        ConfigError: a file is missing, empty or wrong: an unknown photo or label, a score or side that is NaN,
            infinite or no number, an inverted box, the same whole-photo answer twice. Names file and row of up to 10.
            No answers at all are allowed, if the CSV has its header: then every truth is missed.
    """
    true = read_coco_truth(truth) if truth.suffix.lower() == ".json" else read_csv_truth(truth)
    if predictions.suffix.lower() == ".json":
        if true.photo_ids is None:
            raise ConfigError(f"{predictions}: COCO results name photos by number; give COCO instances as truth")
        given = read_coco_answers(predictions, true)
    else:
        given = read_csv_answers(predictions)
    if (given.boxes_xyxy is None) != (true.boxes_xyxy is None):
        boxed, plain = (truth, predictions) if given.boxes_xyxy is None else (predictions, truth)
        raise ConfigError(f"{plain} row 1: expected columns x_min,y_min,x_max,y_max, as {boxed} has them")
    return _together(given, true, labels)


def _together(given: Columns, true: Columns, labels: Sequence[str] | None) -> AnswerSet:
    photos = true.photo_names if true.photo_ids is not None else tuple(sorted(set(true.photo)))
    found = [label for label in (*true.label, *given.label) if label]
    known = tuple(labels or true.label_names or sorted(set(found)))
    if true.label_names is None and labels is None and not known:
        raise ConfigError(f"{true.file}: expected at least one label there or in {given.file}, got none")
    problems_given, problems_true = Problems(given.file), Problems(true.file)
    photo_index, label_index = {p: k for k, p in enumerate(photos)}, {label: k for k, label in enumerate(known)}
    photo = _looked_up(given.photo, photo_index, f"a photo of {true.file}", given, problems_given)
    label = _looked_up(given.label, label_index, f"a label among {', '.join(known)}", given, problems_given)
    there = np.array([k for k, name in enumerate(true.label) if name], dtype=np.int64)
    shown = true.taken(there)
    true_photo = _looked_up(shown.photo, photo_index, "a photo", shown, problems_true)
    true_label = _looked_up(shown.label, label_index, f"a label among {', '.join(known)}", shown, problems_true)
    if given.boxes_xyxy is None:
        _check_once(photo, label, len(known), given, problems_given)
        _check_once(true_photo, true_label, len(known), shown, problems_true)
    problems_given.stop_if_any()
    problems_true.stop_if_any()
    notes = _notes(given, shown, photos, known)
    scored, true_labels = (photo, label, given.score), (true_photo, true_label)
    if given.boxes_xyxy is None or shown.boxes_xyxy is None:
        return AnswerSet("class", photos, known, scored, true_labels, None, None, notes)
    answers = box_answers(photo, label, given.score, given.boxes_xyxy, given.area)
    truth = box_truth(true_photo, true_label, shown.boxes_xyxy, shown.area, shown.size, shown.is_crowd)
    return AnswerSet("box", photos, known, scored, true_labels, answers, truth, notes)


def _looked_up(names: Sequence[str], index: dict[str, int], expected: str, of: Columns, problems: Problems) -> Ints:
    found = np.array([index.get(name, -1) for name in names], dtype=np.int64)
    for k in np.flatnonzero(found < 0).tolist():
        problems.add(of.place(k), expected, names[k])
    return found


def _check_once(photo: Ints, label: Ints, label_count: int, of: Columns, problems: Problems) -> None:
    group = photo * label_count + label
    order = np.argsort(group, kind="stable")
    again = order[1:][group[order][1:] == group[order][:-1]]
    for k in np.sort(again).tolist():
        problems.add(of.place(k), f"one row for {of.photo[k]} and {of.label[k]}", "a second one")


def _notes(given: Columns, shown: Columns, photos: Sequence[str], labels: Sequence[str]) -> tuple[str, ...]:
    notes = []
    if not given.photo:
        notes.append(f"{given.file} has no answers: every truth is missed, and precision is undefined")
    elif silent := len(set(photos) - set(given.photo)):
        notes.append(f"{silent} of {len(photos)} photos have no answer; what they show is missed")
    if given.photo and float(np.ptp(given.score)) == 0:
        notes.append(f"every score in {given.file} is {given.score[0]:g}: the curves have one point")
    without_truth = [label for label in labels if label not in set(shown.label)]
    if without_truth:
        notes.append(f"no truth for {', '.join(without_truth)}: recall and average precision are undefined")
    return (*notes, *given.notes)
