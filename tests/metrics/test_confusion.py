"""What is taken for what: by hand, and consistent with the curves at every threshold."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from core.metrics.answers import box_answers, box_truth
from core.metrics.confusion import BACKGROUND, MISSED, NOT_RECOGNISED, box_confusion, class_confusion, cross_pairs
from core.metrics.curves import curves
from core.metrics.table import COCO_OVERLAPS, match_boxes_table
from tests.metrics.coco_oracle import as_columns, random_case

LABELS = ("cap", "missing")
PLACE = {"A": [0, 0, 10, 10], "B": [20, 0, 30, 10], "C": [40, 0, 50, 10], "D": [60, 0, 70, 10]}


def _confusion(thresholds: dict[str, float]):
    """One photo: at A a cap found, and called missing too; at B a missing cap called cap; C needless; D missed."""
    answers = box_answers(
        [0] * 4, [0, 1, 0, 1], [0.9, 0.95, 0.7, 0.6], [PLACE["A"], PLACE["A"], PLACE["B"], PLACE["C"]]
    )
    truth = box_truth([0] * 3, [0, 1, 0], [PLACE["A"], PLACE["B"], PLACE["D"]])
    table = match_boxes_table(answers, truth, LABELS, 1)
    return box_confusion(table, cross_pairs(table, answers, truth), thresholds, 0.5)


def test_boxes_by_hand():
    found = _confusion({"cap": 0.5, "missing": 0.5})
    assert found.truths == ("cap", "missing", BACKGROUND)
    assert found.answers == ("cap", "missing", MISSED)
    # The surer "missing" at A does not take the cap from the answer that names it rightly: it is needless.
    assert found.counts.tolist() == [[1, 0, 1], [1, 0, 0], [0, 2, 0]]


def test_thresholds_of_each_label_decide_what_counts():
    assert _confusion({"cap": 0.92, "missing": 0.5}).counts.tolist() == [[0, 1, 1], [0, 0, 1], [0, 1, 0]]
    assert _confusion({"cap": 2, "missing": 2}).counts.tolist() == [[0, 0, 2], [0, 0, 1], [0, 0, 0]]


@pytest.mark.parametrize("seed", range(4))
def test_the_diagonal_and_the_sums_are_those_of_the_curves(seed):
    case = random_case(seed, photos=6, labels=3, answers=200, truths=70, side_px=40, levels=20)
    answers, truth = as_columns(case)
    table = match_boxes_table(answers, truth, ("a", "b", "c"), 6, COCO_OVERLAPS)
    crossing = cross_pairs(table, answers, truth)
    assert len(crossing.place) > 10
    for overlap in (0.5, 0.75):
        for threshold in (0.1, 0.5, 0.9):
            counts = box_confusion(table, crossing, dict.fromkeys("abc", threshold), overlap).counts
            off_diagonal = counts[:3, :3] - np.diag(np.diag(counts[:3, :3]))
            for k, label in enumerate("abc"):
                point = curves(table, overlap)[label].at(threshold)
                assert counts[k, k] == point.found
                assert counts[:, k].sum() == point.found + point.needless
                assert counts[k].sum() == point.found + point.missed
            if overlap == 0.5 and threshold == 0.1:
                assert off_diagonal.sum() > 0


def test_whole_photos_equal_scikit_learn_and_know_refusals():
    rng = np.random.default_rng(0)
    truth, answer, recognised = rng.integers(-1, 3, 200), rng.integers(0, 3, 200), rng.random(200) < 0.7
    found = class_confusion(truth, answer, recognised, ("a", "b", "c"))
    assert found.answers[-1] == NOT_RECOGNISED
    expected = confusion_matrix(np.where(truth < 0, 3, truth), np.where(recognised, answer, 3), labels=range(4))
    np.testing.assert_array_equal(found.counts, expected)
