"""Temperature, conformal quantiles and calibration error, against hand-computed answers and scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import log_loss

from core.errors import ArrayShapeError
from core.metrics.calibration import (
    adaptive_set_quantile,
    conformal_level,
    expected_calibration_error,
    fit_temperature,
    interval_quantile,
    label_shift_ratios,
)
from core.runtime.calibration import prediction_set, softmax


def test_temperature_recovers_the_one_that_labels_were_drawn_with():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(6000, 3)) * 2
    true_probabilities = np.stack([softmax(row, 2.5) for row in logits])
    labels = np.array([rng.choice(3, p=p) for p in true_probabilities])
    found = fit_temperature(logits, labels)
    assert found == pytest.approx(2.5, rel=0.1)
    loss = {t: log_loss(labels, np.stack([softmax(r, t) for r in logits])) for t in (found, 1.0, 5.0)}
    assert loss[found] < min(loss[1.0], loss[5.0])


def test_temperature_refuses_shapes_that_do_not_fit():
    with pytest.raises(ArrayShapeError, match=r"expected \(N, K\) and \(N,\)"):
        fit_temperature(np.zeros((4, 3)), np.zeros(5, dtype=np.int64))


def test_expected_calibration_error_by_hand():
    # Two bins: confidence 0.95 with 3 of 4 right (gap 0.2), confidence 0.55 with 1 of 1 right (gap 0.45).
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.55])
    correct = np.array([True, True, True, False, True])
    assert expected_calibration_error(confidence, correct) == pytest.approx((4 * 0.2 + 1 * 0.45) / 5)
    assert np.isnan(expected_calibration_error(np.zeros(0), np.zeros(0, dtype=bool)))


def test_conformal_level_is_the_finite_sample_one():
    assert conformal_level(9, 0.9) == 1.0  # ceil(10 × 0.9) / 9
    assert conformal_level(99, 0.9) == pytest.approx(90 / 99)


def test_prediction_sets_cover_new_photos_as_promised():
    rng = np.random.default_rng(1)
    probabilities = rng.dirichlet(np.ones(4) * 0.6, size=8000)
    labels = np.array([rng.choice(4, p=p) for p in probabilities])
    quantile = adaptive_set_quantile(probabilities[:4000], labels[:4000], 0.9)
    sets = [prediction_set(p, quantile) for p in probabilities[4000:]]
    coverage = np.mean([label in s for label, s in zip(labels[4000:], sets, strict=True)])
    assert 0.88 <= coverage <= 0.95
    assert 1.0 < np.mean([len(s) for s in sets]) < 4.0


def test_interval_covers_new_values_as_promised():
    rng = np.random.default_rng(2)
    errors = rng.normal(scale=0.1, size=8000)
    half_width = interval_quantile(errors[:4000], 0.9)
    assert half_width == pytest.approx(0.1645, rel=0.06)  # the normal distribution's 90 % interval
    assert 0.88 <= np.mean(np.abs(errors[4000:]) <= half_width) <= 0.92


def test_label_shift_makes_probabilities_right_for_the_fields_mix():
    """Two classes with Gaussian evidence: trained half and half, met nine to one."""
    rng = np.random.default_rng(3)
    field = (rng.random(20000) < 0.1).astype(int)
    evidence = rng.normal(np.where(field == 1, 1.0, -1.0), 1.5)
    logits = np.stack([np.zeros_like(evidence), 2 * evidence / 1.5**2], axis=1)  # right for half and half
    ratios = label_shift_ratios(np.array([0, 1] * 50), np.array([0.9, 0.1]))
    np.testing.assert_allclose(ratios, [1.8, 0.2])
    probability = np.stack([softmax(row) for row in logits + np.log(ratios)])[:, 1]
    assert probability.mean() == pytest.approx(field.mean(), abs=0.01)
    likely = probability > 0.5
    assert field[likely].mean() == pytest.approx(probability[likely].mean(), abs=0.05)


def test_weighted_set_quantile_covers_the_fields_mix():
    rng = np.random.default_rng(4)
    probabilities = rng.dirichlet([2.0, 1.0], size=6000)
    labels = np.array([rng.choice(2, p=p) for p in probabilities])
    weights = np.where(labels == 1, 3.0, 1.0)
    quantile = adaptive_set_quantile(probabilities, labels, 0.9, weights)
    covered = np.array([label in prediction_set(p, quantile) for p, label in zip(probabilities, labels, strict=True)])
    assert 0.88 <= np.average(covered, weights=weights) <= 0.95
