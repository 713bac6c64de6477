"""One row a label: what one position of the sliders amounts to, with intervals where they can be had in time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.metrics.average_precision import mean_precision, precision_interval
from core.metrics.class_table import top_k_accuracy
from core.metrics.curves import ALL
from core.metrics.intervals import Interval, wilson
from core.metrics.table import COCO_OVERLAPS
from core.services.measured import Measured, View, probability_rows

_MOST_FOR_BOOTSTRAP = 20_000  # answers; more would take longer than a slider may


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label (or ``ALL``) at its threshold.

    Attributes:
        label: its name.
        threshold: NaN for ``ALL`` where labels have different ones.
        truths, found, needless, missed: counts.
        precision, recall: with Wilson's intervals; NaN with the ends 0 and 1 for a rate of nothing.
        f1: NaN where there is neither truth nor answer.
        average_precision: at the overlap; its interval, by photo, for single labels of boxes where there are few
            enough answers, else with ends NaN.
    """

    label: str
    threshold: float
    truths: int
    found: int
    needless: int
    missed: int
    precision: Interval
    recall: Interval
    f1: float
    average_precision: Interval


def label_rows(measured: Measured, seen: View) -> tuple[LabelRow, ...]:
    """``ALL`` first, then every label."""
    rows = []
    for label, at in seen.points.items():
        answered = at.found + at.needless
        rows.append(
            LabelRow(
                label,
                at.threshold,
                at.found + at.missed,
                at.found,
                at.needless,
                at.missed,
                wilson(at.found, answered),
                wilson(at.found, at.found + at.missed),
                at.f1,
                _average_precision(measured, label, seen.overlap_index),
            )
        )
    return tuple(rows)


def map_words(measured: Measured) -> dict[str, float]:
    """Mean average precision, over labels and, for boxes, over overlaps as COCO does; NaN without truth.

    Where every photo has one label of several: also how often it is the best answer, and among the two best.
    """
    lines = np.stack([measured.glance.precision[label] for label in measured.labels])
    if measured.crossing is None:
        return {"mean AP": mean_precision(lines[:, 0]), **_top(measured)}
    at = [measured.overlap_index(float(overlap)) for overlap in COCO_OVERLAPS]
    return {"mAP at IoU 0.5": mean_precision(lines[:, at[0]]), "mAP 0.5 to 0.95": mean_precision(lines[:, at])}


def macro_words(seen: View) -> dict[str, float]:
    """Precision, recall and F1 as means over labels at the position; none for one label, which is its own mean."""
    if len(seen.points) < 3:
        return {}
    mean = seen.macro
    return {"macro precision": mean.precision, "macro recall": mean.recall, "macro F1": mean.f1}


def _top(measured: Measured) -> dict[str, float]:
    if measured.saved.multi_label or len(measured.labels) < 3:
        return {}
    probabilities, truth = probability_rows(measured)
    return {f"top-{k}": top_k_accuracy(probabilities, truth, k) for k in (1, 2)} if len(truth) else {}


def _average_precision(measured: Measured, label: str, overlap_index: int) -> Interval:
    value = float(measured.glance.precision[label][overlap_index])
    is_small = len(measured.glance.table) <= _MOST_FOR_BOOTSTRAP
    if label != ALL and measured.crossing is not None and is_small and not np.isnan(value):
        return _bootstrapped(measured, label, overlap_index)
    return Interval(value, float("nan"), float("nan"), measured.glance.truths[label], 0.95)


@lru_cache(maxsize=64)  # of small tables only
def _bootstrapped(measured: Measured, label: str, overlap_index: int) -> Interval:
    return precision_interval(measured.glance.table, measured.labels.index(label), overlap_index)
