"""Whether stated confidence can be believed: reliability diagram, coverage of sets and intervals, before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError
from core.metrics.calibration import expected_calibration_error
from core.metrics.intervals import Interval, wilson
from core.runtime.calibration import prediction_set

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Binning = Literal["width", "count"]


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Answers of about equal confidence.

    Attributes:
        low, high: confidence from and to (the last bin holds its upper end).
        count: answers.
        confidence: their mean; NaN for none.
        accuracy: share that is right, with Wilson's interval; NaN for none.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: Interval


@dataclass(frozen=True, slots=True)
class Reliability:
    """A reliability diagram and its summary.

    Attributes:
        bins: from low to high confidence, empty ones among them.
        expected_error: mean gap of confidence and accuracy over 15 bins of equal width, weighted by count.
        highest_error: the widest gap of a bin of ``bins`` with answers.
        brier: mean squared distance of confidence and right (1) or wrong (0).
        overconfidence: mean confidence − accuracy; above 0 the model is too sure.
        count: answers. All summary numbers are NaN where there is none.
    """

    bins: tuple[ReliabilityBin, ...]
    expected_error: float
    highest_error: float
    brier: float
    overconfidence: float
    count: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often the truth lies in what was stated.

    Attributes:
        covered: share, with Wilson's interval.
        wanted: the stated coverage, 0 to 1.
        mean_size: labels in a set, or width of an interval; NaN for none.
        by_label: share covered by true label; empty for intervals of values.
        sizes: how many sets have 0, 1, 2 … labels; empty for intervals of values.
    """

    covered: Interval
    wanted: float
    mean_size: float
    by_label: Mapping[str, Interval]
    sizes: tuple[int, ...]


def reliability(confidence: Float, correct: Bools, bin_count: int = 15, binning: Binning = "width") -> Reliability:
    """The reliability diagram of answers.

    Args:
        confidence: float (N,), 0 to 1.
        correct: bool (N,).
        bin_count: at least 1.
        binning: ``width`` for equal steps of confidence, ``count`` for about equal numbers of answers (equal
            confidences stay together).

    Raises:
        ArrayShapeError: lengths differ, or a confidence is outside 0 to 1 or NaN.

    Source: Niculescu-Mizil and Caruana 2005, doi:10.1145/1102351.1102430; Guo et al. 2017, arXiv:1706.04599.
    """
    if confidence.shape != correct.shape or confidence.ndim != 1:
        raise ArrayShapeError(f"confidence, correct: expected equal (N,), got {confidence.shape} and {correct.shape}")
    if len(confidence) and not ((confidence >= 0) & (confidence <= 1)).all():
        bad = int(np.argmin((confidence >= 0) & (confidence <= 1)))
        raise ArrayShapeError(f"confidence {bad}: expected 0 to 1, got {confidence[bad]}")
    edges = np.linspace(0, 1, bin_count + 1)
    if binning == "count" and len(confidence):
        edges = np.unique(np.concatenate([[0.0], np.quantile(confidence, edges[1:-1]), [1.0]]))
    bin_of = np.clip(np.searchsorted(edges, confidence, side="right") - 1, 0, len(edges) - 2)
    bins = tuple(
        _bin(float(edges[k]), float(edges[k + 1]), confidence[bin_of == k], correct[bin_of == k])
        for k in range(len(edges) - 1)
    )
    if not len(confidence):
        return Reliability(bins, *(float("nan"),) * 4, 0)
    return Reliability(
        bins,
        expected_calibration_error(confidence, correct),
        max(abs(b.confidence - b.accuracy.value) for b in bins if b.count),
        float(((confidence - correct) ** 2).mean()),
        float(confidence.mean() - correct.mean()),
        len(confidence),
    )


def uncalibrated(probabilities: Float, temperature: float) -> Float:
    """What the network said before calibration: softmax(z) from softmax(z / t), rows (N, K) that sum to 1."""
    powered = (probabilities / probabilities.max(axis=1, keepdims=True)) ** temperature
    return np.asarray(powered / powered.sum(axis=1, keepdims=True))


def set_coverage(
    probabilities: Float, truth: Ints, labels: Sequence[str], quantile: float, wanted: float, level: float = 0.95
) -> Coverage:
    """Coverage of the prediction sets that the runtime would give.

    Args:
        probabilities: (N, K), calibrated.
        truth: int (N,), 0 to K − 1.
        labels: K names.
        quantile: as the runtime's ``prediction_set`` takes it.
        wanted: stated coverage.
        level: of the intervals around the shares.
    """
    sets = [prediction_set(row, quantile) for row in probabilities]
    covered = np.array([t in members for t, members in zip(truth, sets, strict=True)], dtype=bool)
    sizes = np.array([len(members) for members in sets], dtype=np.int64)
    by_label = {
        name: wilson(int(covered[truth == k].sum()), int((truth == k).sum()), level) for k, name in enumerate(labels)
    }
    return Coverage(
        wilson(int(covered.sum()), len(covered), level),
        wanted,
        float(sizes.mean()) if len(sizes) else float("nan"),
        by_label,
        tuple(np.bincount(sizes, minlength=len(labels) + 1).tolist()),
    )


def interval_coverage(low: Float, high: Float, truth: Float, wanted: float, level: float = 0.95) -> Coverage:
    """Coverage of intervals of values; all (N,), ends included."""
    covered = (low <= truth) & (truth <= high)
    width = float((high - low).mean()) if len(truth) else float("nan")
    return Coverage(wilson(int(covered.sum()), len(truth), level), wanted, width, {}, ())


def _bin(low: float, high: float, confidence: Float, correct: Bools) -> ReliabilityBin:
    mean = float(confidence.mean()) if len(confidence) else float("nan")
    return ReliabilityBin(low, high, len(confidence), mean, wilson(int(correct.sum()), len(correct)))
