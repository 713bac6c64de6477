"""Drift from what a model was trained on: the Fréchet distance of each batch from its training photos."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.metrics.control import ControlChart, distance_chart, read_batches
from core.metrics.distances import frechet_of_moments
from core.metrics.feature_drift import SHOWN_PHOTOS

Float = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FROM_TRAINING = "distance from the training photos"
_DRAWS = 10
_MOST_PHOTOS = 100  # of a batch in one draw


def training_chart(
    features: Float,
    batch: Ints,
    batches: Sequence[str],
    is_reference: Bools,
    *,
    tail: float,
    min_photos: int = 3,
    seed: int = 0,
) -> tuple[ControlChart, dict[int, Ints]]:
    """Fréchet distance between each batch and the training photos, with a limit from the reference's own batches.

    All batches are measured on equally many photos (means over some draws), since fewer photos lie farther by that
    alone. Field photos never lie at 0 from renders; what counts is whether they move away.

    Args:
        features: float (N, D) in standard deviations of the training photos, whose mean is 0 and covariance 1 by
            that; rows of NaN are photos whose features were not read, and are left out.
        batch, batches, is_reference, min_photos: as ``core.metrics.control.mean_chart``.
        tail: probability of exceeding the limit without change.
        seed: of the draws.

    Returns:
        The chart (value: square root of the distance, in standard deviations), and for each measured batch its photos
        that lie farthest from the training photos, farthest first.

    Raises:
        ConfigError: fewer than five reference batches.

    Source: Heusel et al. 2017, arXiv:1706.08500, equation 6.
    """
    rng = np.random.default_rng(seed)
    read = read_batches(FROM_TRAINING, features, batch, is_reference, min_photos)
    drawn = min(int(read.count[read.measured].min()), _MOST_PHOTOS)
    value, farthest = np.full(len(batches), np.nan), {}
    for b in read.measured.tolist():
        mine = np.flatnonzero((batch == b) & read.known)
        value[b] = np.mean([_distance(features[rng.choice(mine, drawn, replace=False)]) for _ in range(_DRAWS)])
        farthest[b] = mine[np.argsort(-(features[mine] ** 2).sum(axis=1), kind="stable")][:SHOWN_PHOTOS]
    return distance_chart(FROM_TRAINING, value, read, batches, is_reference, tail), farthest


def _distance(drawn: Float) -> float:
    width = drawn.shape[1]
    covariance = np.atleast_2d(np.cov(drawn, rowvar=False, ddof=1))
    return float(np.sqrt(frechet_of_moments(drawn.mean(axis=0), covariance, np.eye(width))))
