"""Peaks and boxes by hand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.runtime.boxes import cell_boxes, contained_fractions, local_maxima, merge_boxes, overlap_fractions


def test_peaks_of_each_label_are_found_and_neighbours_and_weak_ones_are_not() -> None:
    scores = np.zeros((5, 6, 2), np.float32)
    scores[1, 1, 0], scores[1, 2, 0] = 0.9, 0.8  # a peak and its shoulder
    scores[1, 1, 1] = 0.3  # the other label's own peak at the same cell
    scores[4, 5, 0] = 0.2  # in the corner
    scores[3, 3, 1] = 0.04  # under the floor
    assert sorted(map(tuple, local_maxima(scores, 0.05).tolist())) == [(1, 1, 0), (1, 1, 1), (4, 5, 0)]


def test_cell_box_is_measured_from_the_cell_centre_in_strides() -> None:
    distances = np.zeros((4, 4, 4), np.float32)
    distances[1, 2] = [1, 0.5, 2, 1.5]  # left, top, right, bottom
    boxes = cell_boxes(distances, np.array([[1, 2, 0]]), stride_px=8)
    np.testing.assert_allclose(boxes, [[(2.5 - 1) * 8, (1.5 - 0.5) * 8, (2.5 + 2) * 8, (1.5 + 1.5) * 8]])


def test_overlap_and_containment() -> None:
    boxes = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30], [2, 2, 7, 4], [3, 3, 3, 3]], np.float32)
    np.testing.assert_allclose(overlap_fractions(boxes[:1], boxes)[0], [1, 50 / 150, 0, 0.1, 0], rtol=1e-6)
    np.testing.assert_allclose(contained_fractions(boxes[:1], boxes)[0], [1, 0.5, 0, 1, 0], rtol=1e-6)


def test_the_whole_box_wins_over_the_cut_one_that_scores_higher() -> None:
    boxes = np.array([[10, 10, 30, 30], [10, 10, 30, 20]], np.float32)  # the second ends at a tile border
    scores = np.array([0.6, 0.9], np.float32)
    labels = np.array([0, 0])
    assert merge_boxes(boxes, scores, labels, np.array([False, True])).tolist() == [0]
    assert merge_boxes(boxes, scores, labels, np.array([False, False])).tolist() == [1]


def test_half_a_cap_under_half_overlap_is_still_dropped_when_cut() -> None:
    boxes = np.array([[10, 10, 30, 30], [10, 10, 30, 18]], np.float32)  # IoU 0.4
    scores, labels = np.array([0.6, 0.5], np.float32), np.array([0, 0])
    assert merge_boxes(boxes, scores, labels, np.array([False, True])).tolist() == [0]
    assert merge_boxes(boxes, scores, labels, np.array([False, False])).tolist() == [0, 1]


def test_labels_do_not_suppress_each_other() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 10]], np.float32)
    kept = merge_boxes(boxes, np.array([0.4, 0.7], np.float32), np.array([0, 1]), np.zeros(2, bool))
    assert kept.tolist() == [1, 0]


def test_no_boxes_merge_to_none() -> None:
    assert (
        merge_boxes(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, int), np.zeros(0, bool)).size
        == 0
    )


@given(arrays(np.float32, (12, 4), elements=st.floats(0, 60, width=32)))
def test_kept_boxes_of_a_label_never_overlap_by_half_and_come_best_first(corners: np.ndarray) -> None:
    boxes = np.concatenate([corners[:, :2], corners[:, :2] + corners[:, 2:] + 1], axis=1).astype(np.float32)
    scores = np.linspace(0.1, 0.9, 12, dtype=np.float32)
    kept = merge_boxes(boxes, scores, np.zeros(12, int), np.zeros(12, bool))
    assert kept[0] == 11
    assert (np.diff(scores[kept]) <= 0).all()
    for i, index in enumerate(kept):
        assert (overlap_fractions(boxes[[index]], boxes[kept[i + 1 :]]) < 0.5).all()
