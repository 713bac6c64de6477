"""Matching and average precision, against answers worked out by hand."""

import numpy as np
import pytest

from core.metrics.boxes import MatchedBoxes, average_precision, best_f1_threshold, match_boxes

TRUTH = np.array([[0, 0, 10, 10], [20, 20, 30, 30]], dtype=float)


def test_each_truth_is_found_once_and_by_the_best_box():
    boxes = np.array([[0, 0, 10, 9], [0, 0, 10, 10], [50, 50, 60, 60]], dtype=float)
    matched = match_boxes([(boxes, np.array([0.6, 0.9, 0.8]), TRUTH)], overlap=0.5)
    assert matched.is_true.tolist() == [False, True, False]
    assert matched.truth_count == 2


def test_overlap_at_the_threshold_counts():
    half = np.array([[0, 0, 10, 5]], dtype=float)  # IoU exactly 0.5
    assert match_boxes([(half, np.array([0.5]), TRUTH)], overlap=0.5).is_true.tolist() == [True]
    assert match_boxes([(half, np.array([0.5]), TRUTH)], overlap=0.51).is_true.tolist() == [False]


def test_average_precision_by_hand():
    # true, false, true of 3 truths: precision 1 at recalls 0 to 0.33 (34 of 101), 2/3 to 0.66 (33), then 0.
    matched = MatchedBoxes(np.array([0.9, 0.8, 0.7]), np.array([True, False, True]), 3)
    assert average_precision(matched) == pytest.approx((34 + 33 * 2 / 3) / 101)


def test_photos_without_truth_or_boxes():
    empty = np.zeros((0, 4))
    nothing = match_boxes([(empty, np.zeros(0), empty)], 0.5)
    assert np.isnan(average_precision(nothing))
    false_only = match_boxes([(TRUTH, np.array([0.9, 0.8]), empty)], 0.5)
    assert false_only.is_true.tolist() == [False, False]
    missed = match_boxes([(empty, np.zeros(0), TRUTH)], 0.5)
    assert average_precision(missed) == 0.0


def test_threshold_of_best_f1():
    matched = MatchedBoxes(np.array([0.9, 0.8, 0.7, 0.1]), np.array([True, True, False, False]), 2)
    assert best_f1_threshold(matched) == 0.8
    assert best_f1_threshold(MatchedBoxes(np.zeros(0), np.zeros(0, dtype=bool), 2), default=0.4) == 0.4


def test_threshold_of_best_f1_counts_equal_scores_together():
    """No threshold lies between two answers of 0.7: F1 counts both, the true and the false one."""
    matched = MatchedBoxes(np.array([0.9, 0.7, 0.7]), np.array([True, True, False]), 3)
    assert best_f1_threshold(matched) == 0.7
    matched = MatchedBoxes(np.array([0.9, 0.7, 0.7, 0.7]), np.array([True, True, False, False]), 2)
    assert best_f1_threshold(matched) == 0.9


def test_a_predicted_box_turned_inside_out_finds_nothing():
    boxes = np.array([[10, 10, 0, 0]], dtype=float)
    assert match_boxes([(boxes, np.array([0.9]), TRUTH)], 0.05).is_true.tolist() == [False]
