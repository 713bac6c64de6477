"""Calibration by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.runtime.calibration import mahalanobis_distance, prediction_interval, prediction_set, sigmoid, softmax


def test_softmax_of_log_odds_gives_the_odds() -> None:
    np.testing.assert_allclose(softmax(np.log([6.0, 3.0, 1.0])), [0.6, 0.3, 0.1])


def test_temperature_two_takes_square_roots_of_the_odds() -> None:
    roots = np.sqrt([6.0, 3.0, 1.0])
    np.testing.assert_allclose(softmax(np.log([6.0, 3.0, 1.0]), temperature=2), roots / roots.sum())


def test_softmax_of_huge_logits_does_not_overflow() -> None:
    np.testing.assert_allclose(softmax(np.array([10_000.0, 0.0])), [1, 0])


def test_sigmoid_at_zero_at_log_three_and_far_out() -> None:
    values = sigmoid(np.array([0, np.log(3), 1e6, -1e6], np.float32))
    np.testing.assert_allclose(values, [0.5, 0.75, 1, 0], atol=1e-6)
    np.testing.assert_allclose(sigmoid(np.array([2 * np.log(3)], np.float32), temperature=2), [0.75], atol=1e-6)


@pytest.mark.parametrize(
    ("quantile", "expected"),
    [(0.5, (1,)), (0.6, (1,)), (0.61, (1, 0)), (0.9, (1, 0)), (0.91, (1, 0, 2)), (1.0, (1, 0, 2)), (0.0, (1,))],
)
def test_prediction_set_takes_labels_until_the_quantile(quantile: float, expected: tuple[int, ...]) -> None:
    assert prediction_set(np.array([0.3, 0.6, 0.1]), quantile) == expected


@given(
    st.lists(st.floats(0.01, 1), min_size=1, max_size=6),
    st.floats(0, 1),
)
def test_prediction_set_is_the_shortest_that_reaches_the_quantile(weights: list[float], quantile: float) -> None:
    probabilities = np.array(weights) / np.sum(weights)
    chosen = prediction_set(probabilities, quantile)
    assert probabilities[list(chosen)].sum() >= quantile - 2e-6
    assert len(chosen) == 1 or probabilities[list(chosen[:-1])].sum() < quantile + 2e-6


def test_interval_is_cut_to_the_range() -> None:
    assert prediction_interval(0.5, 0.1, (0, 0.95)) == pytest.approx((0.4, 0.6))
    assert prediction_interval(0.02, 0.1, (0, 0.95)) == pytest.approx((0, 0.12))
    assert prediction_interval(0.94, 0.1, (0, 0.95)) == pytest.approx((0.84, 0.95))


def test_distance_counts_standard_deviations_along_the_kept_directions() -> None:
    # Deviations 2 and 0.5: components divide by them, so (2, 0.5) off the mean is sqrt(2) away.
    components = np.diag([1 / 2, 1 / 0.5])
    assert mahalanobis_distance(np.array([3.0, 1.5]), np.array([1.0, 1.0]), components) == pytest.approx(np.sqrt(2))
