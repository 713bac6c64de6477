"""Distances between sets: closed forms, SciPy's matrix root, invariance."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from core.errors import ArrayShapeError
from core.metrics.distances import frechet_distance, kernel_bandwidth, kernel_mmd


def test_frechet_equals_the_formula_with_scipys_matrix_root():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(200, 5)) @ rng.normal(size=(5, 5)), rng.normal(1, 2, (150, 5))
    ca, cb = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    between = a.mean(axis=0) - b.mean(axis=0)
    expected = between @ between + np.trace(ca + cb - 2 * sqrtm(ca @ cb).real)
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-6)
    assert frechet_distance(a, a) == pytest.approx(0.0, abs=1e-9)
    assert frechet_distance(a, a + 3.0) == pytest.approx(45.0)


def test_frechet_of_one_column_by_hand():
    a, b = np.array([[0.0], [2.0]]), np.array([[10.0], [16.0]])  # deviations √2 and √18
    assert frechet_distance(a, b) == pytest.approx(144 + (np.sqrt(18) - np.sqrt(2)) ** 2)


def test_mmd_by_hand():
    a, b = np.array([[0.0], [1.0]]), np.array([[2.0], [3.0]])
    k = lambda d: np.exp(-(d**2) / 2)  # noqa: E731
    assert kernel_mmd(a, b, 1.0) == pytest.approx(k(1) + k(1) - 2 * (k(2) + k(3) + k(1) + k(2)) / 4)


def test_mmd_is_about_nothing_for_equal_distributions_and_grows_with_the_shift():
    rng = np.random.default_rng(1)
    same = [kernel_mmd(rng.normal(size=(60, 4)), rng.normal(size=(60, 4)), 2.0) for _ in range(40)]
    assert abs(np.mean(same)) < 0.005
    base = rng.normal(size=(80, 4))
    shifted = [kernel_mmd(base, rng.normal(size=(80, 4)) + s, 2.0) for s in (0.0, 0.5, 1.0, 2.0)]
    assert shifted == sorted(shifted)


def test_the_bandwidth_is_the_median_distance():
    assert kernel_bandwidth(np.array([[0.0], [1.0], [5.0]])) == 4.0
    assert kernel_bandwidth(np.zeros((4, 2))) == 1.0


def test_shapes_that_do_not_fit_are_named():
    with pytest.raises(ArrayShapeError, match=r"expected \(N, D\) and \(M, D\) of at least two rows, got \(1, 2\)"):
        frechet_distance(np.zeros((1, 2)), np.zeros((3, 2)))
    with pytest.raises(ArrayShapeError, match=r"got \(3, 2\) and \(3, 4\)"):
        kernel_mmd(np.zeros((3, 2)), np.zeros((3, 4)))
