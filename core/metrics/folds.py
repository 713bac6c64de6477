"""Curves of several folds (or seeds, or models) as one curve with its spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError
from core.metrics.curves import Curve

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FoldBand:
    """One rate over thresholds, over all folds.

    Attributes:
        threshold: float64 (n,), ascending.
        mean: over the folds that have a value there; NaN where none has.
        deviation: standard deviation between folds (K − 1); NaN for one.
        low, high: the lowest and highest fold.
    """

    threshold: Float
    mean: Float
    deviation: Float
    low: Float
    high: Float


def fold_bands(curves: Sequence[Curve], thresholds: Float | None = None) -> dict[str, FoldBand]:
    """Bands of ``precision``, ``recall`` and ``f1``.

    Args:
        curves: one a fold, of the same label.
        thresholds: ascending; None for every threshold that occurs in any fold, so that nothing is lost.

    Raises:
        ArrayShapeError: no fold, or folds of different labels.
    """
    if not curves or len({curve.label for curve in curves}) > 1:
        raise ArrayShapeError(f"curves: expected folds of one label, got {[curve.label for curve in curves]}")
    if thresholds is None:
        thresholds = np.unique(np.concatenate([curve.threshold for curve in curves]))
    bands: dict[str, FoldBand] = {}
    for rate in ("precision", "recall", "f1"):
        lines = np.stack([_line(curve, getattr(curve, rate), rate, thresholds) for curve in curves])
        known = ~np.isnan(lines)
        count = known.sum(axis=0)
        mean = np.divide(np.nansum(lines, axis=0), count, out=np.full(len(thresholds), np.nan), where=count > 0)
        squares = np.where(known, (lines - mean) ** 2, 0.0).sum(axis=0)
        variance = np.divide(squares, count - 1, out=np.full(len(thresholds), np.nan), where=count > 1)
        low = np.where(count > 0, np.where(known, lines, np.inf).min(axis=0), np.nan)
        high = np.where(count > 0, np.where(known, lines, -np.inf).max(axis=0), np.nan)
        bands[rate] = FoldBand(thresholds, mean, np.sqrt(variance), low, high)
    return bands


def _line(curve: Curve, values: Float, rate: str, thresholds: Float) -> Float:
    """A rate at any threshold; above the highest score nothing is answered: recall and F1 are 0, precision unknown."""
    beyond = np.nan if rate == "precision" or not curve.truth_count else 0.0
    return np.append(values, beyond)[np.searchsorted(curve.threshold, thresholds, side="left")]
