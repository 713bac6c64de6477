"""Fitting and checking stated probabilities: temperature, set and interval quantiles, calibration error."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError

Float = NDArray[np.float64]

_TIE = 1e-5  # a truth whose sum before it equals the quantile is in the set


def fit_temperature(logits: NDArray[np.floating], labels: NDArray[np.int64]) -> float:
    """Temperature t that minimises the negative log likelihood of softmax(z / t).

    Args:
        logits: (N, K), N at least 1.
        labels: int (N,), 0 to K − 1.

    Returns:
        t from 0.1 to 10; above 1 the network was too sure.

    Raises:
        ArrayShapeError: shapes do not fit.

    Source: Guo et al. 2017, arXiv:1706.04599.
    """
    if logits.ndim != 2 or labels.shape != logits.shape[:1]:
        raise ArrayShapeError(f"logits, labels: expected (N, K) and (N,), got {logits.shape} and {labels.shape}")
    grid = np.geomspace(0.1, 10, 41)
    best = min(grid, key=lambda t: _nll(logits, labels, float(t)))
    fine = np.geomspace(best / 1.13, best * 1.13, 41)
    return float(min(fine, key=lambda t: _nll(logits, labels, float(t))))


def _nll(logits: NDArray[np.floating], labels: NDArray[np.int64], temperature: float) -> float:
    z = np.asarray(logits, dtype=np.float64) / temperature
    z = z - z.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), labels]))


def expected_calibration_error(confidence: Float, correct: NDArray[np.bool_], bins: int = 15) -> float:
    """Mean gap between confidence and accuracy over equal-width bins, weighted by count.

    Returns:
        0 (calibrated) to 1; NaN for no photos.

    Source: Naeini et al. 2015; Guo et al. 2017, equation 3.
    """
    if len(confidence) == 0:
        return float("nan")
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    count = np.bincount(bin_of, minlength=bins)
    gap = np.bincount(bin_of, weights=confidence - correct, minlength=bins)
    return float(np.abs(gap).sum() / count.sum())


def conformal_level(count: int, coverage: float) -> float:
    """Quantile level ⌈(n + 1) c⌉ / n, at most 1, that makes split conformal coverage hold for n scores."""
    return min(math.ceil((count + 1) * coverage) / max(count, 1), 1.0)


def label_shift_ratios(seen: NDArray[np.int64], field_shares: Float) -> Float:
    """How much more common each class is in the field than among the photos seen.

    Args:
        seen: int (N,), classes 0 to K − 1 of the photos; each occurs.
        field_shares: (K,), shares expected in the field, sum to 1.

    Returns:
        float64 (K,): field share / seen share. Adding t · ln(ratio) to the logits moves probabilities at
        temperature t to the field's mix.

    Source: Saerens, Latinne, Decaestecker 2002, doi:10.1162/089976602753284446, equation 2.4.
    """
    seen_shares = np.bincount(seen, minlength=len(field_shares)) / len(seen)
    return np.asarray(field_shares / seen_shares)


def adaptive_set_quantile(
    probabilities: Float, labels: NDArray[np.int64], coverage: float, weights: Float | None = None
) -> float:
    """Threshold q of prediction sets by split conformal calibration.

    Args:
        probabilities: (N, K), calibrated, rows sum to 1.
        labels: int (N,).
        coverage: share of photos whose set holds the truth, 0 to 1.
        weights: (N,), how much more common each photo's like is in the field; None for all alike.

    Returns:
        q in 0…1 for ``core.runtime.calibration.prediction_set``, which adds labels, best first, until their
        probabilities sum to q. The score is the sum *before* the truth, so that sets are no larger than
        the coverage asks for; where the best label alone covers enough, q is about 0 and sets are single.

    Source: Romano, Sesia, Candès 2020, arXiv:2006.02544, without randomisation; weights: Podkopaev and
    Ramdas 2021, arXiv:2103.03323.
    """
    order = np.argsort(-probabilities, axis=1, kind="stable")
    best_first = np.take_along_axis(probabilities, order, axis=1)
    rank = np.argmax(order == labels[:, None], axis=1)
    before = (np.cumsum(best_first, axis=1) - best_first)[np.arange(len(labels)), rank]
    level = conformal_level(len(before), coverage)
    quantile = np.quantile(before, level, method="inverted_cdf", weights=weights)
    return float(min(quantile + _TIE, 1.0))


def interval_quantile(errors: Float, coverage: float) -> float:
    """Half width of an interval that holds the truth at the stated coverage.

    Args:
        errors: (N,), prediction − truth, of photos that were not trained on.

    Source: Lei et al. 2018, split conformal regression with absolute residuals.
    """
    return float(np.quantile(np.abs(errors), conformal_level(len(errors), coverage), method="higher"))
