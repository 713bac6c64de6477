"""Logits to honest numbers: temperature, conformal sets and intervals, and "not recognised"."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.types import FloatImage

FloatVector = NDArray[np.floating]


def softmax(logits: FloatVector, temperature: float = 1.0) -> NDArray[np.float64]:
    """Probabilities of logits divided by the temperature.

    Args:
        logits: shape (…, K).
        temperature: over 0; above 1 makes the model less sure.

    Returns:
        float64, shape (…, K); sums to 1 over the last axis.

    Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", arXiv:1706.04599.
    """
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    weights = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True), dtype=np.float64)


def sigmoid(logits: FloatImage, temperature: float = 1.0) -> FloatImage:
    """Elementwise 1 / (1 + exp(−z / t)), float32, of any shape. Large |z| saturates without overflow."""
    scaled = np.clip(np.asarray(logits, dtype=np.float32) / np.float32(temperature), -60, 60)
    return np.asarray(1 / (1 + np.exp(-scaled)), dtype=np.float32)


def prediction_set(probabilities: FloatVector, quantile: float) -> tuple[int, ...]:
    """Indices, best first, until their probabilities sum to at least the quantile (never empty).

    Args:
        probabilities: shape (K,), sum to 1.
        quantile: 0 to 1, from calibration data at the coverage wanted.

    Source: Romano, Sesia and Candès 2020, "Classification with Valid and Adaptive Coverage" (APS,
    without randomisation), arXiv:2006.02544.
    """
    order = np.argsort(-np.asarray(probabilities), kind="stable")
    # Six digits: sums of float probabilities that should reach 1 may end a rounding error below it.
    reached = np.round(np.cumsum(probabilities[order]), 6) >= round(quantile, 6)
    count = int(np.argmax(reached)) + 1 if reached.any() else len(order)
    return tuple(int(i) for i in order[:count])


def prediction_interval(value: float, half_width: float, value_range: tuple[float, float]) -> tuple[float, float]:
    """``value ± half_width``, cut to ``value_range`` = (low, high)."""
    low, high = value_range
    return (float(np.clip(value - half_width, low, high)), float(np.clip(value + half_width, low, high)))


def mahalanobis_distance(features: FloatVector, mean: FloatVector, components: FloatVector) -> float:
    """Distance from the training features, in standard deviations over the kept directions.

    Args:
        features: pooled last feature map, shape (C,).
        mean: shape (C,).
        components: shape (C, D); projections of the training features have unit variance.

    Returns:
        At least 0; grows with strangeness.

    Source: Lee et al. 2018, arXiv:1807.03888 (one Gaussian for all classes here).
    """
    projected = (np.asarray(features, dtype=np.float64) - mean) @ components
    return float(np.sqrt(np.dot(projected, projected)))
