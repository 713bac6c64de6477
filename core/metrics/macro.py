"""The mean over labels of precision, recall and F1: every label counts the same, however often it occurs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics.curves import Curve, Point
from core.metrics.sorting import run_ends

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class MacroCurve:
    """The mean over labels, at every threshold that occurs for any of them.

    Attributes:
        overlap: the overlap from which a box is found.
        threshold: float64 (n,), ascending.
        precision: mean over the labels that answer from that score on.
        recall, f1: mean over the labels with truth; a label without an answer counts as 0.
    """

    overlap: float
    threshold: Float
    precision: Float
    recall: Float
    f1: Float


def macro_curve(per_label: Sequence[Curve]) -> MacroCurve:
    """The mean over labels with truth; the mean of none is an empty curve.

    Every step of a label's curve changes the mean by a known amount, so that all steps, sorted, are summed up
    once: n log n in the number of answers, whatever the number of labels.
    """
    known = [curve for curve in per_label if curve.truth_count > 0 and len(curve.threshold)]
    count = sum(curve.truth_count > 0 for curve in per_label)
    overlap = per_label[0].overlap if per_label else float("nan")
    if not known:
        nothing = np.zeros(0)
        return MacroCurve(overlap, nothing, nothing, nothing, nothing)
    threshold = np.concatenate([curve.threshold[::-1] for curve in known])
    order = np.argsort(-threshold, kind="stable")
    ends = run_ends(threshold[order])

    def summed(parts: list[Float]) -> Float:
        steps = np.concatenate([np.diff(np.nan_to_num(part[::-1]), prepend=0.0) for part in parts])
        return np.asarray(np.cumsum(steps[order])[ends][::-1])

    answering = summed([(curve.answered > 0).astype(np.float64) for curve in known])
    precision = np.divide(
        summed([c.precision for c in known]), answering, out=np.full(len(ends), np.nan), where=answering > 0.5
    )
    recall, f1 = summed([c.recall for c in known]) / count, summed([c.f1 for c in known]) / count
    return MacroCurve(overlap, threshold[order][ends][::-1], precision, recall, f1)


def macro_point(points: Sequence[Point]) -> Point:
    """The mean over labels' points, as ``macro_curve`` takes it, with their counts added up.

    Args:
        points: one a label, each at its own threshold.

    Returns:
        Threshold NaN where they differ; precision NaN where no label answers, recall and F1 where none has truth.
    """
    known = [one for one in points if one.found + one.missed > 0]
    answering = [one.precision for one in known if one.found + one.needless > 0]
    same = {one.threshold for one in points}
    return Point(
        threshold=same.pop() if len(same) == 1 else float("nan"),
        found=sum(one.found for one in points),
        needless=sum(one.needless for one in points),
        missed=sum(one.missed for one in points),
        precision=_mean(answering),
        recall=_mean([one.recall for one in known]),
        f1=_mean([one.f1 for one in known]),
    )


def _mean(rates: Sequence[float]) -> float:
    return sum(rates) / len(rates) if rates else float("nan")
