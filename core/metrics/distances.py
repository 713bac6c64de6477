"""How far apart two sets of feature vectors are: Fréchet distance and kernel MMD."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.errors import ArrayShapeError

Float = NDArray[np.float64]


def frechet_distance(first: Float, second: Float) -> float:
    """Squared Fréchet distance between Gaussians fitted to two sets of vectors.

    Args:
        first, second: float (N, D) and (M, D), at least two rows each. With fewer rows than columns the
            distance is biased upwards; compare only sets of equal size, or a set with its own floor.

    Returns:
        0 for equal means and covariances, without upper limit; in squared units of the features.

    Raises:
        ArrayShapeError: shapes do not fit.

    Source: Dowson and Landau 1982, doi:10.1016/0047-259X(82)90077-X; as FID: Heusel et al. 2017, arXiv:1706.08500.
    """
    _check(first, second)
    between = first.mean(axis=0) - second.mean(axis=0)
    a, b = np.cov(first, rowvar=False, ddof=1), np.cov(second, rowvar=False, ddof=1)
    return frechet_of_moments(between, np.atleast_2d(a), np.atleast_2d(b))


def frechet_of_moments(mean_difference: Float, first_covariance: Float, second_covariance: Float) -> float:
    """``frechet_distance`` from moments, for sets that are read as a stream: (D,), (D, D), (D, D)."""
    values, vectors = np.linalg.eigh(first_covariance)
    root = (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T
    cross = np.sqrt(np.clip(np.linalg.eigvalsh(root @ second_covariance @ root), 0, None)).sum()
    distance = mean_difference @ mean_difference + np.trace(first_covariance) + np.trace(second_covariance) - 2 * cross
    return float(max(distance, 0.0))


def kernel_bandwidth(vectors: Float) -> float:
    """The median heuristic: median distance between rows of (N, D); 1 where all rows are equal."""
    distances = np.sqrt(_squared_distances(vectors, vectors)[np.triu_indices(len(vectors), 1)])
    median = float(np.median(distances)) if len(distances) else 0.0
    return median if median > 0 else 1.0


def kernel_matrix(first: Float, second: Float, bandwidth: float) -> Float:
    """Gaussian kernel exp(−d² / 2σ²) between rows of (N, D) and (M, D): float64 (N, M), 0 to 1."""
    return np.asarray(np.exp(-_squared_distances(first, second) / (2 * bandwidth**2)))


def kernel_mmd(first: Float, second: Float, bandwidth: float | None = None) -> float:
    """Unbiased squared maximum mean discrepancy with a Gaussian kernel.

    Args:
        first, second: float (N, D) and (M, D), at least two rows each.
        bandwidth: of the kernel, in units of the features; None for the median heuristic over both sets.

    Returns:
        About 0 for equal distributions (it may be slightly negative), at most 2.

    Source: Gretton et al. 2012, "A Kernel Two-Sample Test", equation 3.
    """
    _check(first, second)
    sigma = bandwidth or kernel_bandwidth(np.concatenate([first, second]))
    n, m = len(first), len(second)
    inside = (kernel_matrix(first, first, sigma).sum() - n) / (n * (n - 1))
    other = (kernel_matrix(second, second, sigma).sum() - m) / (m * (m - 1))
    return float(inside + other - 2 * kernel_matrix(first, second, sigma).mean())


def _squared_distances(first: Float, second: Float) -> Float:
    products = first @ second.T
    squared = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)[None] - 2 * products
    return np.asarray(np.clip(squared, 0, None))


def _check(first: Float, second: Float) -> None:
    if first.ndim != 2 or second.ndim != 2 or first.shape[1] != second.shape[1] or min(len(first), len(second)) < 2:
        raise ArrayShapeError(
            f"first, second: expected (N, D) and (M, D) of at least two rows, got {first.shape} and {second.shape}"
        )
