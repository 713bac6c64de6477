"""Saved answers, matched once and ready to be looked at from any threshold and overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import ConfigError
from core.metrics.confusion import Confusion, CrossPairs, box_confusion, class_confusion, cross_pairs
from core.metrics.curves import ALL, Curve, Point
from core.metrics.glance import Glance, glance
from core.metrics.macro import macro_point
from core.metrics.threshold_choice import Choice, Costs
from core.services.answer_set import AnswerSet, read_answer_set
from core.services.curves import choose_threshold
from core.services.saved_answers import SavedAnswers

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

DEFAULT_THRESHOLD = 0.5
DEFAULT_OVERLAP = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Saved answers of labels or boxes, matched.

    Attributes:
        saved: the folder.
        answers: what was read from it.
        glance: curves, surfaces, average precision, and exact points.
        crossing: answers that overlap truths of another label; None for labels of whole photos.
    """

    saved: SavedAnswers
    answers: AnswerSet
    glance: Glance
    crossing: CrossPairs | None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, in the order of the curves."""
        return self.answers.labels

    def start_thresholds(self) -> dict[str, float]:
        """The model's own thresholds, 0.5 for labels without one."""
        return {label: self.saved.thresholds.get(label, DEFAULT_THRESHOLD) for label in self.labels}

    def overlap_index(self, overlap: float) -> int:
        """The nearest of the table's overlaps; 0 for labels of whole photos, which have one."""
        return int(np.argmin(np.abs(self.glance.table.overlaps - overlap)))


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What one position of the sliders amounts to.

    Attributes:
        overlap_index: which of the table's overlaps.
        thresholds: by label.
        points: ``ALL`` (added up) first, then every label.
        confusion: None where a photo may have any number of labels at once.
    """

    overlap_index: int
    thresholds: Mapping[str, float]
    points: Mapping[str, Point]
    confusion: Confusion | None

    @property
    def macro(self) -> Point:
        """The mean of the labels' points: every label counts the same, however often it occurs."""
        return macro_point([point for name, point in self.points.items() if name != ALL])


def measure(saved: SavedAnswers) -> Measured:
    """Read and match saved answers.

    Raises:
        ConfigError: they are values, see ``core.services.measured_values``; or a file is damaged.
    """
    if saved.kind == "value":
        raise ConfigError(f"{saved.name}: expected answers with labels, received values")
    answers = read_answer_set(
        saved.folder / saved.answers_file, saved.folder / saved.truth_file, saved.labels if saved.model else None
    )
    return match_answers(saved, answers)


def match_answers(saved: SavedAnswers, answers: AnswerSet) -> Measured:
    """Match answers that were read, or made, already."""
    table = answers.table()
    boxed = answers.answers is not None and answers.truth is not None
    crossing = cross_pairs(table, answers.answers, answers.truth) if boxed else None  # type: ignore[arg-type]
    return Measured(saved, answers, glance(table), crossing)


def view(measured: Measured, thresholds: Mapping[str, float], overlap: float = DEFAULT_OVERLAP) -> View:
    """Count everything at one threshold a label and one overlap; milliseconds for a million boxes."""
    t = measured.overlap_index(overlap)
    return View(t, dict(thresholds), measured.glance.points(thresholds, t), confusion(measured, thresholds, t))


def same_view(measured: Measured, seen: View, overlap: float) -> View:
    """What the position of another set of answers amounts to here; labels that it does not know count from 0.5."""
    return view(measured, {name: seen.thresholds.get(name, DEFAULT_THRESHOLD) for name in measured.labels}, overlap)


def confusion(measured: Measured, thresholds: Mapping[str, float], overlap_index: int) -> Confusion | None:
    """The confusion matrix; None where a photo may have any number of labels at once.

    A photo's answer is its best label; under that label's threshold, or refused by the model, it is not recognised.
    """
    table = measured.glance.table
    if measured.crossing is not None:
        return box_confusion(table, measured.crossing, thresholds, float(table.overlaps[overlap_index]))
    if measured.saved.multi_label or _has_several(measured.answers.true_labels[0]):
        return None
    best, clears = best_answers(measured, thresholds)
    return class_confusion(true_label_of(measured), np.maximum(best, 0), clears, measured.labels)


def best_answers(measured: Measured, thresholds: Mapping[str, float]) -> tuple[Ints, Bools]:
    """Of every photo the best label (int64, −1 for none), and whether it clears its threshold (bool)."""
    table, count = measured.glance.table, len(measured.answers.photos)
    best, score = np.full(count, -1, dtype=np.int64), np.full(count, -np.inf)
    worst_first = table.by_score[::-1]
    best[table.photo[worst_first]] = table.label[worst_first]  # the last one written is the surest
    score[table.photo[worst_first]] = table.score[worst_first]
    least = np.array([thresholds[label] for label in measured.labels])
    return best, (best >= 0) & (score >= least[np.maximum(best, 0)])


def true_label_of(measured: Measured) -> Ints:
    """Of every photo its one true label: int64, −1 for none of them."""
    truth = np.full(len(measured.answers.photos), -1, dtype=np.int64)
    photo, label = measured.answers.true_labels
    truth[photo] = label
    return truth


def probability_rows(measured: Measured) -> tuple[Float, Ints]:
    """Probabilities (N, K) and truth (N,) of photos that show one of the labels and have a score for every label.

    Scores of a photo that do not sum to 1 are no probabilities of one label among all; such photos are left out.
    """
    table, truth = measured.glance.table, true_label_of(measured)
    rows = np.full((len(truth), len(measured.labels)), np.nan)
    rows[table.photo, table.label] = table.score
    whole = (truth >= 0) & (np.abs(rows.sum(axis=1) - 1) < 1e-3)  # NaN, where a label is not scored, is not near 1
    return rows[whole], truth[whole]


def choose(
    measured: Measured, overlap: float, *, each: bool, recall: float | None = None, costs: Costs | None = None
) -> tuple[dict[str, Choice], list[str]]:
    """Thresholds by best F1, by recall or by cost: one for all labels (from the pooled curve), or one a label.

    Returns:
        Label → choice (``ALL`` where one holds for all), and in words why a label has none.
    """
    t = measured.overlap_index(overlap)
    choices: dict[str, Choice] = {}
    notes: list[str] = []
    for name in measured.labels if each else (ALL,):
        curve: Curve = measured.glance.curve(name, t)
        try:
            choices[name] = choose_threshold(curve, recall=recall, costs=costs)
        except ConfigError as error:
            notes.append(f"no threshold chosen for {error}")
    return choices, notes


def total_cost(points: Mapping[str, Point], costs: Costs) -> float:
    """Cost over all photos at the points of a view."""
    at = points[ALL]
    return costs.missed_fault * at.missed + costs.needless_visit * at.needless + costs.visit * (at.found + at.needless)


def _has_several(photo: Sequence[int] | Ints) -> bool:
    return len(np.unique(photo)) < len(photo)
