"""Errors of measured values: how large, how often small enough, and for which true values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError
from core.metrics.intervals import Interval, bootstrap_ratio, wilson

Float = NDArray[np.float64]

QUANTILES = (0.5, 0.9, 0.95, 0.99)
MARGINS = (0.02, 0.05, 0.1, 0.2)


@dataclass(frozen=True, slots=True)
class ValueBin:
    """Photos whose true value lies in one range.

    Attributes:
        low, high: the range; the last one holds its upper end.
        count: photos.
        mae: mean absolute error, with a bootstrap interval; NaN for no photos.
        bias: mean of prediction − truth; above 0 the model says too much. NaN for no photos.
    """

    low: float
    high: float
    count: int
    mae: Interval
    bias: float


@dataclass(frozen=True, slots=True)
class ValueErrors:
    """Errors over all photos, in the model's unit; NaN for no photos.

    Attributes:
        count: photos.
        mae: mean absolute error, with a bootstrap interval.
        rmse: root of the mean square error.
        bias: mean of prediction − truth.
        quantiles: q → the absolute error that a share q of the photos stays within.
        within: margin → share of photos whose absolute error is at most that, with Wilson's interval.
        by_truth: against the true value.
    """

    count: int
    mae: Interval
    rmse: float
    bias: float
    quantiles: Mapping[float, float]
    within: Mapping[float, Interval]
    by_truth: tuple[ValueBin, ...]


def value_errors(
    values: Float,
    truth: Float,
    *,
    edges: Sequence[float] | None = None,
    margins: Sequence[float] = MARGINS,
    groups: Sequence[object] | None = None,
    seed: int = 0,
) -> ValueErrors:
    """Measure errors of values.

    Args:
        values, truth: float (N,), finite.
        edges: ascending limits of the ranges of true value; None for ten equal ones over what occurs. Truth
            outside the outer limits is left out of ``by_truth`` alone.
        margins: absolute errors that are small enough.
        groups: (N,), photos of equal group are drawn together for the intervals.
        seed: of the intervals.

    Raises:
        ArrayShapeError: lengths differ, or a number is not finite.
    """
    if values.shape != truth.shape or values.ndim != 1:
        raise ArrayShapeError(f"values, truth: expected equal (N,), got {values.shape} and {truth.shape}")
    if not (np.isfinite(values).all() and np.isfinite(truth).all()):
        bad = int(np.argmin(np.isfinite(values) & np.isfinite(truth)))
        raise ArrayShapeError(f"row {bad}: expected finite numbers, got value {values[bad]} and truth {truth[bad]}")
    error, size = values - truth, np.abs(values - truth)
    if edges is None:
        edges = np.linspace(truth.min(), truth.max(), 11).tolist() if len(truth) else [0.0, 1.0]
    nothing = len(truth) == 0
    return ValueErrors(
        len(truth),
        bootstrap_ratio(size, np.ones(len(size)), groups=groups, seed=seed),
        float("nan") if nothing else float(np.sqrt((error**2).mean())),
        float("nan") if nothing else float(error.mean()),
        {q: float("nan") if nothing else float(np.quantile(size, q)) for q in QUANTILES},
        {margin: wilson(int((size <= margin).sum()), len(size)) for margin in margins},
        tuple(_bins(error, truth, np.asarray(edges, dtype=np.float64), groups, seed)),
    )


def _bins(error: Float, truth: Float, edges: Float, groups: Sequence[object] | None, seed: int) -> list[ValueBin]:
    bins = []
    named = None if groups is None else np.asarray(groups)
    for k, (low, high) in enumerate(pairwise(edges)):
        is_last = k == len(edges) - 2
        inside = np.flatnonzero((truth >= low) & ((truth <= high) if is_last else (truth < high)))
        mine = error[inside]
        mae = bootstrap_ratio(
            np.abs(mine), np.ones(len(mine)), groups=None if named is None else named[inside], repeats=500, seed=seed
        )
        bias = float(mine.mean()) if len(mine) else float("nan")
        bins.append(ValueBin(float(low), float(high), len(mine), mae, bias))
    return bins
