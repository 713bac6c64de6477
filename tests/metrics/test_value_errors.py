"""Errors of values, by hand and against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from core.errors import ArrayShapeError
from core.metrics.value_errors import value_errors


def test_equal_to_scikit_learn_and_numpy():
    rng = np.random.default_rng(0)
    truth = rng.random(200) * 0.95
    values = truth + rng.normal(0.01, 0.05, 200)
    errors = value_errors(values, truth)
    assert errors.mae.value == pytest.approx(mean_absolute_error(truth, values))
    assert errors.rmse == pytest.approx(root_mean_squared_error(truth, values))
    assert errors.bias == pytest.approx((values - truth).mean())
    assert errors.quantiles[0.9] == pytest.approx(np.quantile(abs(values - truth), 0.9))
    assert errors.within[0.05].value == pytest.approx((abs(values - truth) <= 0.05).mean())
    assert errors.mae.low < errors.mae.value < errors.mae.high
    assert sum(b.count for b in errors.by_truth) == 200


def test_error_against_the_true_value_by_hand():
    truth = np.array([0.0, 0.1, 0.5, 0.6, 1.0])
    values = truth + np.array([0.1, -0.1, 0.2, 0.2, -0.4])
    low, high = value_errors(values, truth, edges=[0.0, 0.5, 1.0]).by_truth
    assert (low.count, low.mae.value, low.bias) == (2, pytest.approx(0.1), pytest.approx(0.0))
    assert (high.count, high.mae.value, high.bias) == (3, pytest.approx(0.8 / 3), pytest.approx(0.0))


def test_no_photos_are_nan_and_bad_numbers_are_named():
    nothing = value_errors(np.zeros(0), np.zeros(0))
    assert nothing.count == 0
    assert np.isnan([nothing.mae.value, nothing.rmse, nothing.bias, nothing.within[0.05].value]).all()
    with pytest.raises(ArrayShapeError, match=r"row 1: expected finite numbers, got value nan and truth 0.5"):
        value_errors(np.array([0.1, np.nan]), np.array([0.1, 0.5]))
    with pytest.raises(ArrayShapeError, match=r"expected equal \(N,\)"):
        value_errors(np.zeros(2), np.zeros(3))
