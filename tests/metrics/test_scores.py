"""Scores by family, against hand-computed answers and scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, mean_absolute_error, precision_recall_fscore_support

from core.metrics.boxes import MatchedBoxes
from core.metrics.scores import box_scores, class_scores, value_scores

LABELS = ["TREE", "STEEL", "CONCRETE"]


def test_class_scores_equal_scikit_learns():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 300)
    probabilities = rng.dirichlet(np.ones(3), 300)
    scores = class_scores(probabilities, truth, LABELS, set_quantile=0.8)
    guess = probabilities.argmax(axis=1)
    assert scores["accuracy"] == pytest.approx(accuracy_score(truth, guess))
    assert scores["macro_f1"] == pytest.approx(f1_score(truth, guess, average="macro"))
    precision, recall, f1, count = precision_recall_fscore_support(truth, guess)
    for k, label in enumerate(LABELS):
        expected = {"precision": precision[k], "recall": recall[k], "f1": f1[k], "count": count[k]}
        assert scores["per_label"][label] == pytest.approx(expected)


def test_macro_f1_leaves_out_labels_that_nobody_mentions():
    probabilities = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0]])
    scores = class_scores(probabilities, np.array([0, 1]), LABELS, set_quantile=0.5)
    assert scores["macro_f1"] == 1.0
    assert scores["coverage"] == 1.0


def test_no_photos_give_no_rates():
    scores = class_scores(np.zeros((0, 3)), np.zeros(0, dtype=np.int64), LABELS, 0.9)
    assert list(scores) == ["per_label"]


def test_box_scores_by_hand():
    cap = MatchedBoxes(np.array([0.9, 0.8, 0.3]), np.array([True, False, True]), 2)
    nothing = MatchedBoxes(np.zeros(0), np.zeros(0, dtype=bool), 0)
    scores = box_scores({"cap": cap, "missing": nothing}, {"cap": 0.5, "missing": 0.5})
    assert scores["per_label"]["cap"] == pytest.approx(
        {"ap_50": (51 + 50 * 2 / 3) / 101, "precision": 0.5, "recall": 0.5, "f1": 0.5, "count": 2}
    )
    assert scores["map_50"] == pytest.approx((51 + 50 * 2 / 3) / 101)  # of the one label with truth
    assert "ap_50" not in scores["per_label"]["missing"]


def test_value_scores_by_hand_and_scikit_learn():
    values, truth = np.array([0.1, 0.5, 0.9]), np.array([0.2, 0.5, 0.6])
    scores = value_scores(values, truth, half_width=0.15)
    assert scores["mae"] == pytest.approx(mean_absolute_error(truth, values))
    assert scores["rmse"] == pytest.approx(np.sqrt((0.01 + 0 + 0.09) / 3))
    assert scores["coverage"] == pytest.approx(2 / 3)
