"""Several labels at once: scores against scikit-learn and by hand, calibration against a known temperature."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, precision_recall_fscore_support

from core.errors import ArrayShapeError
from core.metrics.average_precision import stepwise_precision
from core.metrics.labels import best_label_thresholds, fit_label_temperature, label_scores

LABELS = ["nest", "plant", "rust"]
THRESHOLDS = {"nest": 0.5, "plant": 0.3, "rust": 0.7}


def _answers(count: int = 400, seed: int = 0):
    rng = np.random.default_rng(seed)
    truth = rng.random((count, 3)) < [0.5, 0.2, 0.05]
    # Two digits: many equal scores, whose order must not count.
    return np.clip(rng.normal(0.3 + 0.4 * truth, 0.25), 0, 1).round(2), truth


def test_label_scores_equal_scikit_learns():
    probabilities, truth = _answers()
    guess = probabilities >= list(THRESHOLDS.values())
    scores = label_scores(probabilities, truth, LABELS, THRESHOLDS)
    assert scores["accuracy"] == pytest.approx(accuracy_score(truth, guess))
    assert scores["macro_f1"] == pytest.approx(f1_score(truth, guess, average="macro"))
    assert scores["map"] == pytest.approx(average_precision_score(truth, probabilities, average="macro"))
    precision, recall, f1, count = precision_recall_fscore_support(truth, guess)
    for k, label in enumerate(LABELS):
        rates = dict(scores["per_label"][label])
        assert rates.pop("ap") == pytest.approx(average_precision_score(truth[:, k], probabilities[:, k]))
        assert rates == pytest.approx({"precision": precision[k], "recall": recall[k], "f1": f1[k], "count": count[k]})


def test_label_scores_by_hand():
    probabilities = np.array([[0.9, 0.1, 0.0], [0.8, 0.2, 0.0], [0.4, 0.9, 0.0]])
    truth = np.array([[True, False, False], [False, False, False], [True, True, False]])
    scores = label_scores(probabilities, truth, LABELS, dict.fromkeys(LABELS, 0.5))
    assert scores["accuracy"] == pytest.approx(1 / 3)  # only the first photo has exactly its labels
    assert scores["macro_f1"] == pytest.approx((0.5 + 1.0) / 2)  # nobody mentions rust
    assert scores["per_label"]["nest"]["ap"] == pytest.approx((1 + 2 / 3) / 2)
    assert scores["map"] == pytest.approx((5 / 6 + 1) / 2)
    assert "ap" not in scores["per_label"]["rust"]


def test_nothing_to_score_gives_no_rates():
    assert list(label_scores(np.zeros((0, 3)), np.zeros((0, 3), dtype=bool), LABELS, THRESHOLDS)) == ["per_label"]
    quiet = label_scores(np.zeros((4, 3)), np.zeros((4, 3), dtype=bool), LABELS, THRESHOLDS)
    assert quiet["accuracy"] == 1.0
    assert "macro_f1" not in quiet
    assert "map" not in quiet


def test_stepwise_precision_does_not_depend_on_the_order_of_equal_scores():
    scores, truth = np.array([0.5, 0.5, 0.5, 0.1]), np.array([True, False, False, True])
    assert stepwise_precision(scores, truth, 2) == stepwise_precision(scores, truth[[2, 1, 0, 3]], 2)
    assert stepwise_precision(scores, truth, 2) == pytest.approx((1 / 3 + 2 / 4) / 2)


def test_the_temperature_that_made_the_truth_is_found_again():
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 4, (8000, 3))
    for temperature in (0.5, 1.0, 3.0):
        truth = rng.random(logits.shape) < 1 / (1 + np.exp(-logits / temperature))
        assert fit_label_temperature(logits, truth) == pytest.approx(temperature, rel=0.08)


def test_temperature_stays_in_its_bounds_and_shapes_are_checked():
    assert fit_label_temperature(np.array([[50.0]]), np.array([[True]])) >= 0.1
    assert fit_label_temperature(np.array([[50.0]]), np.array([[False]])) <= 10
    with pytest.raises(ArrayShapeError, match=r"expected \(N, K\) twice, got \(2, 3\) and \(2,\)"):
        fit_label_temperature(np.zeros((2, 3)), np.zeros(2, dtype=bool))


def test_thresholds_have_the_highest_f1_of_all():
    probabilities, truth = _answers(seed=2)
    best = best_label_thresholds(probabilities, truth, LABELS)
    for k, label in enumerate(LABELS):

        def f1(threshold: float, k: int = k) -> float:
            return f1_score(truth[:, k], probabilities[:, k] >= threshold)

        assert f1(best[label]) == pytest.approx(max(f1(t) for t in np.unique(probabilities[:, k])), abs=0.01)
    assert best_label_thresholds(probabilities, np.zeros_like(truth), LABELS) == dict.fromkeys(LABELS, 0.5)


def test_thresholds_lie_between_scores_so_that_rounding_decides_nothing():
    probabilities = np.array([[0.9], [0.7], [0.3], [0.1]])
    truth = np.array([[True], [True], [False], [False]])
    assert best_label_thresholds(probabilities, truth, ["nest"]) == pytest.approx({"nest": 0.5})
    same = best_label_thresholds(np.full((4, 1), 0.4), truth, ["nest"])["nest"]
    assert same == pytest.approx(0.2)  # all say the same: well under what they say
