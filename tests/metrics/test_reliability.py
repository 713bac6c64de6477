"""Reliability and coverage: by hand, and on labels drawn with the stated probabilities."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from core.errors import ArrayShapeError
from core.metrics.calibration import adaptive_set_quantile
from core.metrics.reliability import interval_coverage, reliability, set_coverage, uncalibrated
from core.runtime.calibration import softmax


def _drawn(seed: int, sharpen: float = 1.0):
    rng = np.random.default_rng(seed)
    confidence = rng.random(5000)
    return confidence, rng.random(5000) < confidence**sharpen


def test_bins_and_brier_score_equal_scikit_learn():
    confidence, correct = _drawn(0)
    ours = reliability(confidence, correct, bin_count=10)
    accuracy, mean = calibration_curve(correct, confidence, n_bins=10)
    np.testing.assert_allclose([b.accuracy.value for b in ours.bins], accuracy)
    np.testing.assert_allclose([b.confidence for b in ours.bins], mean)
    assert ours.brier == pytest.approx(brier_score_loss(correct, confidence))


def test_honest_confidence_has_a_small_error_and_its_bins_hold_the_diagonal():
    ours = reliability(*_drawn(1))
    assert ours.expected_error < 0.03
    assert abs(ours.overconfidence) < 0.02
    assert sum(b.accuracy.low <= b.confidence <= b.accuracy.high for b in ours.bins) >= 13


def test_a_model_that_is_too_sure_shows_it():
    ours = reliability(*_drawn(2, sharpen=3.0))
    assert ours.overconfidence > 0.2
    assert ours.highest_error > ours.expected_error > 0.2


def test_bins_of_equal_count_and_equal_confidences():
    even = reliability(*_drawn(3), bin_count=10, binning="count")
    assert {b.count for b in even.bins} <= {499, 500, 501}
    one = reliability(np.full(20, 0.7), np.arange(20) < 14, binning="count")
    assert sum(b.count for b in one.bins) == 20
    assert max(b.count for b in one.bins) == 20
    assert one.expected_error == pytest.approx(0.0)


def test_no_answers_are_nan_and_confidence_beyond_one_is_named():
    nothing = reliability(np.zeros(0), np.zeros(0, bool))
    assert nothing.count == 0
    assert np.isnan([nothing.expected_error, nothing.highest_error, nothing.brier, nothing.overconfidence]).all()
    with pytest.raises(ArrayShapeError, match=r"confidence 1: expected 0 to 1, got 1.5"):
        reliability(np.array([0.5, 1.5]), np.array([True, True]))
    with pytest.raises(ArrayShapeError, match=r"confidence 0: expected 0 to 1, got nan"):
        reliability(np.array([np.nan]), np.array([True]))
    with pytest.raises(ArrayShapeError, match=r"expected equal \(N,\)"):
        reliability(np.zeros(2), np.zeros(3, bool))


def test_what_was_said_before_calibration_comes_back():
    logits = np.random.default_rng(4).normal(size=(50, 4)) * 3
    calibrated = np.stack([softmax(row, 2.5) for row in logits])
    plain = np.stack([softmax(row, 1.0) for row in logits])
    np.testing.assert_allclose(uncalibrated(calibrated, 2.5), plain, atol=1e-9)


def test_sets_cover_what_they_promise_and_intervals_by_hand():
    rng = np.random.default_rng(5)
    probabilities = rng.dirichlet(np.ones(3), 4000)
    truth = np.array([rng.choice(3, p=p) for p in probabilities])
    quantile = adaptive_set_quantile(probabilities[:2000], truth[:2000], 0.9)
    coverage = set_coverage(probabilities[2000:], truth[2000:], ("a", "b", "c"), quantile, 0.9)
    assert coverage.covered.value == pytest.approx(0.9, abs=0.03)
    assert sum(coverage.sizes) == 2000
    assert coverage.mean_size == pytest.approx(sum(k * n for k, n in enumerate(coverage.sizes)) / 2000)
    assert set(coverage.by_label) == {"a", "b", "c"}
    by_hand = interval_coverage(np.array([0.0, 0.0]), np.array([1.0, 0.5]), np.array([1.0, 0.6]), 0.9)
    assert (by_hand.covered.value, by_hand.mean_size) == (0.5, 0.75)
    nothing = set_coverage(np.zeros((0, 3)), np.zeros(0, np.int64), ("a", "b", "c"), 0.9, 0.9)
    assert np.isnan([nothing.covered.value, nothing.mean_size]).all()
