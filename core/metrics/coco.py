"""COCO's twelve numbers, equal to pycocotools' on its own definitions: areas, answers a photo, crowds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics.answers import BoxAnswers, BoxTruth
from core.metrics.assignment import assign
from core.metrics.average_precision import interpolated_precision
from core.metrics.table import COCO_OVERLAPS, SortedBoxes, sort_boxes

Float = NDArray[np.float64]
Bools = NDArray[np.bool_]

AREAS: Mapping[str, tuple[float, float]] = {
    "all": (0.0, 1e5**2),
    "small": (0.0, 32.0**2),
    "medium": (32.0**2, 96.0**2),
    "large": (96.0**2, 1e5**2),
}
MAX_ANSWERS = (1, 10, 100)


@dataclass(frozen=True, slots=True, eq=False)
class CocoScores:
    """Average precision and recall by overlap, label, area and answers a photo; NaN for a label without truth.

    Attributes:
        overlaps: (T,).
        areas: names, in the order of axis A.
        max_answers: in the order of axis B.
        precision: float64 (T, K, A, B), average precision over 101 recalls.
        recall: float64 (T, K, A, B), recall of all answers that may count.
    """

    overlaps: Float
    areas: tuple[str, ...]
    max_answers: tuple[int, ...]
    precision: Float
    recall: Float

    def mean(
        self, what: str = "precision", *, overlap: float | None = None, area: str = "all", at_most: int = 100
    ) -> float:
        """Mean over labels with truth and over overlaps (or one of them); NaN where no label has truth."""
        values: Float = getattr(self, what)[:, :, self.areas.index(area), self.max_answers.index(at_most)]
        if overlap is not None:
            values = values[np.isclose(self.overlaps, overlap)]
        known = values[~np.isnan(values)]
        return float(known.mean()) if len(known) else float("nan")

    def summary(self) -> dict[str, float]:
        """The twelve numbers in pycocotools' order, under their usual names."""
        return {
            "AP": self.mean(),
            "AP50": self.mean(overlap=0.5),
            "AP75": self.mean(overlap=0.75),
            "APs": self.mean(area="small"),
            "APm": self.mean(area="medium"),
            "APl": self.mean(area="large"),
            "AR1": self.mean("recall", at_most=1),
            "AR10": self.mean("recall", at_most=10),
            "AR100": self.mean("recall"),
            "ARs": self.mean("recall", area="small"),
            "ARm": self.mean("recall", area="medium"),
            "ARl": self.mean("recall", area="large"),
        }


def coco_scores(answers: BoxAnswers, truth: BoxTruth, label_count: int, overlaps: Float = COCO_OVERLAPS) -> CocoScores:
    """Match anew for every range of areas and measure.

    Args:
        answers, truth: all photos together; ties of score are broken by photo index, then as given, so
            number the photos in the order of COCO's image ids.
        label_count: K.
        overlaps: ascending.

    Source: Lin et al. 2014, arXiv:1405.0312; pycocotools 2.0.
    """
    boxes = sort_boxes(answers, truth, label_count, float(overlaps[0]))
    shape = (len(overlaps), label_count, len(AREAS), len(MAX_ANSWERS))
    precision, recall = np.full(shape, np.nan), np.full(shape, np.nan)
    for a, limits in enumerate(AREAS.values()):
        _measure_area(answers, truth, boxes, overlaps, limits, precision[:, :, a], recall[:, :, a])
    return CocoScores(overlaps, tuple(AREAS), MAX_ANSWERS, precision, recall)


def _measure_area(
    answers: BoxAnswers,
    truth: BoxTruth,
    boxes: SortedBoxes,
    overlaps: Float,
    limits: tuple[float, float],
    precision: Float,
    recall: Float,
) -> None:
    """Fill (T, K, B) slices for one range of areas."""
    size, crowd = truth.size[boxes.truth_row], truth.is_crowd[boxes.truth_row]
    is_ignored = crowd | (size < limits[0]) | (size > limits[1])
    found = assign(boxes.pairs, len(answers), overlaps, is_ignored=is_ignored, is_crowd=crowd)
    outside = (answers.area[boxes.row] < limits[0]) | (answers.area[boxes.row] > limits[1])
    label_count = precision.shape[1]
    truth_counts = np.bincount(truth.label[boxes.truth_row][~is_ignored], minlength=label_count)
    label = answers.label[boxes.row]
    for k in range(label_count):
        mine = np.flatnonzero(label == k)
        mine = mine[np.argsort(boxes.place[mine])]
        for b, at_most in enumerate(MAX_ANSWERS):
            kept = mine[boxes.rank[mine] < at_most]
            for t in range(len(overlaps)):
                is_found = found[t, kept] >= 0
                on_ignored = is_found & is_ignored[found[t, kept]] if len(is_ignored) else is_found
                is_counted = ~(on_ignored | (~is_found & outside[kept]))
                precision[t, k, b], recall[t, k, b] = interpolated_precision(
                    is_found & ~on_ignored, is_counted, int(truth_counts[k])
                )
